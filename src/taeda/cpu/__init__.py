"""`torch.cpu`: what code that is written for any device asks of the CPU. Its work is done when a call returns, so its
streams and events have nothing to wait for."""

from __future__ import annotations

import importlib
import platform
import time
from types import TracebackType
from typing import Any

__all__ = [
    "Event", "Stream", "StreamContext", "current_device", "current_stream", "device_count", "get_capabilities",
    "is_available", "is_initialized", "set_device", "stream", "synchronize",
]  # fmt: skip


class StreamOfDoneWork:
    """What a stream answers whose work is done when a call returns."""

    def wait_stream(self, stream: Any) -> None:
        """Nothing to wait for."""

    def wait_event(self, event: Any) -> None:
        """Nothing to wait for."""

    def synchronize(self) -> None:
        """Nothing to wait for."""

    def query(self) -> bool:
        """Whether all work is done: True."""
        return True


class PointInTime:
    """What an event answers whose stream has nothing to do."""

    _at: float | None = None

    def record(self, stream: Any = None) -> None:
        """Let it be now."""
        self._at = time.perf_counter()

    def query(self) -> bool:
        """Whether it has passed: True."""
        return True

    def synchronize(self) -> None:
        """Nothing to wait for."""

    def wait(self, stream: Any = None) -> None:
        """Nothing to wait for."""


class Stream(StreamOfDoneWork):
    """The order in which the CPU works: that of the program."""

    def __init__(self, priority: int = -1) -> None:
        self.priority = priority

    def record_event(self, event: Any = None) -> Event:
        """An event at this point."""
        event = Event() if event is None else event
        event.record(self)
        return event


class Event(PointInTime):
    """A point in time."""

    _at: float

    def __init__(self, enable_timing: bool = False, blocking: bool = False, interprocess: bool = False) -> None:
        self.record()

    def elapsed_time(self, end_event: Event) -> float:
        """Milliseconds from this event to another."""
        return (end_event._at - self._at) * 1000


_default_stream = Stream()
_current_stream = _default_stream


class StreamContext:
    """`with StreamContext(stream):` it is the current one."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self._before = _default_stream

    def __enter__(self) -> None:
        global _current_stream
        if self.stream is not None:
            self._before, _current_stream = _current_stream, self.stream

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        global _current_stream
        if self.stream is not None:
            _current_stream = self._before


def stream(stream: Any) -> StreamContext:
    """`with taeda.cpu.stream(s):` it is the current one."""
    return StreamContext(stream)


def current_stream(device: Any = None) -> Stream:
    """The stream that work is put on."""
    return _current_stream


def current_device() -> str:
    """The current device: "cpu"."""
    return "cpu"


def set_device(device: Any) -> None:
    """There is one CPU; it is the current device already."""


def device_count() -> int:
    """How many CPUs there are as devices: 1."""
    return 1


def is_available() -> bool:
    """Whether the CPU can be used: True."""
    return True


def is_initialized() -> bool:
    """Whether the CPU has been started: True."""
    return True


def synchronize(device: Any = None) -> None:
    """Nothing to wait for: calls return when their work is done."""


def _flags() -> set[str]:
    try:
        with open("/proc/cpuinfo") as f:
            line = next((line for line in f if line.startswith(("flags", "Features"))), "")
    except OSError:
        return set()
    return set(line.partition(":")[2].split())


def get_capabilities() -> dict[str, Any]:
    """What the processor can do: names of instruction sets, and its architecture.

    Example::

        >>> import taeda
        >>> isinstance(taeda.cpu.get_capabilities()["architecture"], str)
        True
    """
    found = _flags()
    names = ("sse", "sse2", "sse3", "ssse3", "sse4_1", "sse4_2", "avx", "avx2", "avx512_bf16", "avx512_vnni",
             "amx_bf16", "amx_int8", "f16c", "popcnt", "bmi", "bmi2")
    known: dict[str, Any] = {name: name in found for name in names}
    known["bmi"], known["fma3"] = "bmi1" in found, "fma" in found
    for part in ("f", "bw", "cd", "dq", "vl"):
        known[f"avx512_{part}"] = f"avx512{part}" in found
    known["architecture"] = platform.machine()
    return known


def _is_avx2_supported() -> bool:
    return bool(get_capabilities()["avx2"])


def _is_avx512_supported() -> bool:
    return bool(get_capabilities()["avx512_f"])


def __getattr__(name: str) -> Any:
    if name == "amp":
        return importlib.import_module("taeda.cpu.amp")
    raise AttributeError(f"module 'taeda.cpu' has no attribute {name!r}")
