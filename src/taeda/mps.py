"""`torch.mps`: Apple's GPUs, which Taeda does not use: there is no such device."""

from __future__ import annotations

from taeda.absent_devices import answer, false, nothing, refuse

__all__: list[str] = []

answer(globals(), false, "is_available")
answer(globals(), int, "device_count current_allocated_memory driver_allocated_memory recommended_max_memory")
answer(globals(), nothing, "empty_cache manual_seed seed")
refuse(globals(), RuntimeError("Cannot access the MPS backend: Taeda has none"),
       "synchronize get_rng_state set_rng_state set_per_process_memory_fraction compile_shader load_metallib")
