"""`torch.cuda` on a machine without a CUDA device, or rather in a Taeda that has no CUDA target yet.

Questions are answered truthfully (there is no device, nothing is allocated); whatever needs a device raises what
PyTorch's CPU build raises. Programs that ask first, and those that only seed, run unchanged.
"""

from __future__ import annotations

import contextlib
import importlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

from taeda._module_tree import open_package

__all__ = ["amp", "random"]

default_generators: tuple[Any, ...] = ()
has_half = True
has_magma = False


def _refuse() -> None:
    raise AssertionError("Torch not compiled with CUDA enabled")


def _public(function: Any) -> Any:
    __all__.append(function.__name__)
    return function


def _needs_device(name: str, doc: str) -> None:
    """Define the function `name`, which cannot do its work without a device."""

    def function(*args: Any, **kwargs: Any) -> Any:
        _refuse()

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{doc} Raises AssertionError: there is no CUDA device."
    globals()[name] = _public(function)


def _answers(name: str, answer: Callable[[], Any], doc: str) -> None:
    """Define the function `name`, whose answer without a device does not depend on its arguments."""

    def function(*args: Any, **kwargs: Any) -> Any:
        return answer()

    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    globals()[name] = _public(function)


for _name, _doc in {
    "init": "Start CUDA.",
    "current_device": "The number of the current device.",
    "current_stream": "The stream that kernels are put on.",
    "default_stream": "The stream that is there from the start.",
    "current_blas_handle": "cuBLAS's handle.",
    "cudart": "The CUDA runtime.",
    "get_device_capability": "The compute capability of a device.",
    "get_device_name": "The name of a device.",
    "get_device_properties": "The properties of a device.",
    "get_rng_state": "The state of a device's generator.",
    "get_sync_debug_mode": "How synchronising operations are reported.",
    "get_per_process_memory_fraction": "The share of a device's memory that this process may take.",
    "initial_seed": "The seed of the current device's generator.",
    "ipc_collect": "Free memory shared with other processes.",
    "mem_get_info": "Free and whole memory of a device.",
    "synchronize": "Wait for all kernels of a device.",
    "caching_allocator_alloc": "Take memory of a device.",
    "caching_allocator_delete": "Give back memory of caching_allocator_alloc.",
    "can_device_access_peer": "Whether a device reads the memory of another.",
    "change_current_allocator": "Let an allocator of the user's provide the memory.",
    "check_error": "Raise the exception of a CUDA error code.",
    "current_solver_handle": "cuSOLVER's handle.",
    "device_memory_used": "Bytes of a device's memory in use.",
    "get_allocator_backend": "The name of the allocator.",
    "get_stream_from_external": "A stream that other code made.",
    "graph_pool_handle": "A number for memory that several graphs share.",
    "is_current_stream_capturing": "Whether kernels are captured as a graph.",
    "make_graphed_callables": "Modules whose kernels are launched together.",
    "memory_snapshot": "All blocks of the allocator.",
    "set_per_process_memory_fraction": "Say which share of a device's memory this process may take.",
    "set_rng_state": "Set the state of a device's generator.",
    "set_sync_debug_mode": "Say how synchronising operations are reported.",
    "clock_rate": "The clock of a device, in MHz.",
    "memory_usage": "The percentage of time in which memory was read or written.",
    "power_draw": "The power that a device draws, in mW.",
    "temperature": "The temperature of a device, in degrees Celsius.",
    "utilization": "The percentage of time in which kernels ran.",
}.items():
    _needs_device(_name, _doc)

for _name, _answer, _doc in (
    ("is_available", lambda: False, "Whether a CUDA device can be used: False."),
    ("is_initialized", lambda: False, "Whether CUDA has been started: False."),
    ("is_bf16_supported", lambda: False, "Whether the device computes in bfloat16: False."),
    ("is_tf32_supported", lambda: False, "Whether the device computes in TF32: False."),
    ("device_count", lambda: 0, "How many devices there are: 0."),
    ("get_arch_list", list, "The architectures that kernels were compiled for: none."),
    ("get_gencode_flags", str, "nvcc's flags: none."),
    ("get_rng_state_all", list, "The states of all devices' generators: none."),
    ("memory_allocated", lambda: 0, "Bytes that tensors take on a device: 0."),
    ("max_memory_allocated", lambda: 0, "The most bytes that tensors took on a device: 0."),
    ("memory_reserved", lambda: 0, "Bytes held by the allocator of a device: 0."),
    ("max_memory_reserved", lambda: 0, "The most bytes held by the allocator of a device: 0."),
    ("memory_cached", lambda: 0, "Old name of memory_reserved."),
    ("max_memory_cached", lambda: 0, "Old name of max_memory_reserved."),
    ("memory_stats", OrderedDict, "The allocator's statistics: none."),
    ("memory_stats_as_nested_dict", dict, "The allocator's statistics: none."),
    ("empty_cache", lambda: None, "Give unused memory of the devices back: there is none."),
    ("manual_seed", lambda: None, "Seed the current device's generator: there is none."),
    ("manual_seed_all", lambda: None, "Seed the generators of all devices: there are none."),
    ("seed", lambda: None, "Seed the current device's generator at random: there is none."),
    ("seed_all", lambda: None, "Seed the generators of all devices at random: there are none."),
    ("reset_peak_memory_stats", lambda: None, "Forget the peaks of memory: there are none."),
    ("reset_max_memory_allocated", lambda: None, "Forget the peak of allocated memory: there is none."),
    ("reset_max_memory_cached", lambda: None, "Forget the peak of reserved memory: there is none."),
    ("host_memory_stats", OrderedDict, "The statistics of pinned memory: none."),
    ("host_memory_stats_as_nested_dict", dict, "The statistics of pinned memory: none."),
    ("list_gpu_processes", lambda: "no processes are running", "The processes on a device: there is none."),
    ("memory_summary", lambda: "no CUDA device: no memory is allocated", "The allocator's statistics as a text."),
    ("reset_accumulated_host_memory_stats", lambda: None, "Forget sums over pinned memory: there are none."),
    ("reset_accumulated_memory_stats", lambda: None, "Forget sums over memory: there are none."),
    ("reset_peak_host_memory_stats", lambda: None, "Forget the peaks of pinned memory: there are none."),
    ("caching_allocator_enable", lambda: None, "Keep unused memory, or not: there is none."),
    ("set_rng_state_all", lambda: None, "Set the states of all devices' generators: there are none."),
):
    _answers(_name, _answer, _doc)


def _number(device: Any) -> int:
    """The number of a device given as an int, a string, or a device; -1 for None and for the CPU."""
    from taeda import device as device_type

    if device is None:
        return -1
    if isinstance(device, int):
        return device
    d = device_type(device) if isinstance(device, str) else device
    return -1 if d.type != "cuda" else (d.index or 0)


@_public
def set_device(device: Any) -> None:
    """Make a device the current one. Raises AssertionError for any but a negative number."""
    if _number(device) >= 0:
        _refuse()


@_public
class device:  # noqa: N801, PyTorch's name
    """`with cuda.device(d):` makes `d` the current device; a negative number or None changes nothing."""

    def __init__(self, device: Any):
        self.idx = _number(device)

    def __enter__(self) -> None:
        set_device(self.idx)

    def __exit__(self, *error: Any) -> None:
        return None


@_public
class device_of(device):  # noqa: N801, PyTorch's name
    """`with cuda.device_of(tensor):` makes the tensor's device the current one; a CPU tensor changes nothing."""

    def __init__(self, obj: Any):
        super().__init__(obj.device if obj.is_cuda else None)


@_public
class Stream:
    """A queue of kernels. Raises RuntimeError: there is no CUDA device."""

    def __init__(self, *args: Any, **kwargs: Any):
        raise RuntimeError("torch.cuda.Stream requires CUDA support")


@_public
class Event:
    """A mark in a stream. Raises RuntimeError: there is no CUDA device."""

    def __init__(self, *args: Any, **kwargs: Any):
        raise RuntimeError("Tried to instantiate dummy base class Event")


def _needs_device_to_be_made(name: str, doc: str) -> None:
    """Define the class `name`, of which nothing can be made without a device."""

    def refuse(self: Any, *args: Any, **kwargs: Any) -> None:
        raise RuntimeError(f"Tried to instantiate dummy base class {name}")

    globals()[name] = type(name, (), {"__init__": refuse, "__doc__": f"{doc} There is no CUDA device.",
                                      "__module__": __name__})
    __all__.append(name)


for _name, _doc in (
    ("CUDAGraph", "Kernels that are launched together."),
    ("ExternalStream", "A stream made by other code."),
    ("graph", "A region that is captured as a CUDAGraph."),
    ("MemPool", "Memory that allocations of a region come from."),
    ("CUDAPluggableAllocator", "An allocator of the user's."),
    ("GreenContext", "A part of a device."),
):
    _needs_device_to_be_made(_name, _doc)


@_public
class StreamContext:
    """`with StreamContext(s):` puts kernels on `s`; None changes nothing."""

    def __init__(self, stream: Any):
        self.stream = stream

    def __enter__(self) -> None:
        if self.stream is not None:
            _refuse()

    def __exit__(self, *error: Any) -> None:
        return None


@_public
@contextlib.contextmanager
def stream(stream: Any) -> Iterator[None]:
    """`with cuda.stream(s):` puts kernels on `s`; None changes nothing."""
    if stream is not None:
        _refuse()
    yield


@_public
def set_stream(stream: Any) -> None:
    """Put kernels on `stream` from here on; None changes nothing."""
    if stream is not None:
        _refuse()


@_public
@contextlib.contextmanager
def caching_allocator_disabled() -> Iterator[None]:
    """In the block unused memory of devices is given back at once: there is none."""
    yield


@_public
@contextlib.contextmanager
def use_mem_pool(pool: Any, device: Any = None) -> Iterator[None]:
    """In the block allocations come from `pool`. Raises AssertionError: there is no CUDA device."""
    _refuse()
    yield


@_public
class CudaError(RuntimeError):
    """An error of the CUDA runtime, by its code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"CUDA error ({code})")


@_public
class DeferredCudaCallError(Exception):
    """What was put off until CUDA starts went wrong then."""


@_public
class cudaStatus:  # noqa: N801, PyTorch's name
    """Codes of the CUDA runtime."""

    SUCCESS: int = 0
    ERROR_NOT_READY: int = 34


class _TypeOfDevice(type):
    """A tensor type of CUDA: no tensor is of it, and none can be made."""

    def __instancecheck__(cls, value: Any) -> bool:
        return False

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(f"type torch.cuda.{cls.__name__} not available. Torch not compiled with CUDA enabled.")


def _type_of_device(name: str) -> Any:
    """The old tensor type or storage class `name` on a CUDA device."""
    doc = f"{name} on a CUDA device: nothing is of it here."
    made = globals()[name] = _TypeOfDevice(name, (), {"__doc__": doc, "__module__": __name__})
    return made


_TYPES = frozenset(
    kind + what for what in ("Tensor", "Storage")
    for kind in ("BFloat16", "Bool", "Byte", "Char", "Double", "Float", "Half", "Int", "Long", "Short")
) | {"ComplexDoubleStorage", "ComplexFloatStorage"}


def __getattr__(name: str) -> Any:
    if name in _TYPES:
        return _type_of_device(name)
    if name in ("OutOfMemoryError", "AcceleratorError"):
        return getattr(importlib.import_module("taeda"), name)
    if name in ("amp", "nvtx", "random"):
        return importlib.import_module(f"taeda.cuda.{name}")
    raise AttributeError(f"module 'taeda.cuda' has no attribute {name!r}")

open_package(globals())
