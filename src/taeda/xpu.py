"""`torch.xpu`: Intel's GPUs, which Taeda does not use: there is no such device."""

from __future__ import annotations

from typing import Any

from taeda.absent_devices import answer, false, nothing, refuse, statistics

__all__: list[str] = ["device", "stream"]

answer(globals(), false, "is_available is_initialized is_bf16_supported is_tf32_supported")
answer(globals(), int, "device_count current_allocated_memory memory_allocated memory_reserved max_memory_allocated "
                       "max_memory_reserved")
answer(globals(), list, "get_arch_list get_rng_state_all memory_snapshot")
answer(globals(), dict, "memory_stats_as_nested_dict")
answer(globals(), str, "get_gencode_flags")
answer(globals(), statistics, "memory_stats")
answer(globals(), nothing, "empty_cache manual_seed manual_seed_all seed seed_all reset_peak_memory_stats "
                           "reset_accumulated_memory_stats set_rng_state_all")
refuse(globals(), AssertionError("Torch not compiled with XPU enabled"),
       "current_device current_stream get_device_capability get_device_name get_device_properties get_rng_state init "
       "initial_seed mem_get_info set_device set_rng_state set_stream synchronize get_stream_from_external "
       "can_device_access_peer is_current_stream_capturing set_per_process_memory_fraction "
       "get_per_process_memory_fraction")


class device:  # noqa: N801, PyTorch's name
    """`with xpu.device(d):` makes `d` the current device; a negative number or None changes nothing."""

    def __init__(self, device: Any) -> None:
        self.idx = -1 if device is None else device if isinstance(device, int) else 0

    def __enter__(self) -> None:
        if self.idx >= 0:
            raise AssertionError("Torch not compiled with XPU enabled")

    def __exit__(self, *error: object) -> None:
        return None


class stream:  # noqa: N801, PyTorch's name
    """`with xpu.stream(s):` puts kernels on `s`; None changes nothing."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def __enter__(self) -> None:
        if self.stream is not None:
            raise AssertionError("Torch not compiled with XPU enabled")

    def __exit__(self, *error: object) -> None:
        return None
