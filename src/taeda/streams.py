"""`torch.Stream` and `torch.Event`: the order in which a device works, and points in it.

The CPU has done its work when a call returns, so its streams and events have nothing to wait for; events take the time.
"""

from __future__ import annotations

from typing import Any

from taeda import _core
from taeda.cpu import PointInTime, StreamOfDoneWork

__all__ = ["Event", "Stream"]


def _checked(device: Any) -> Any:
    place = _core.device("cpu") if device is None else _core.device(device)
    if place.type != "cpu":
        raise RuntimeError(f"streams and events are there for the device 'cpu'; there is no device {str(place)!r}")
    return place


class Stream(StreamOfDoneWork):
    """The order in which a device works; on the CPU that of the program.

    Example::

        >>> import taeda as torch
        >>> with torch.Stream("cpu") as stream:
        ...     event = stream.record_event()
        >>> event.query(), stream.query()
        (True, True)
    """

    def __init__(self, device: Any = None, *, priority: int = 0) -> None:
        self.device = _checked(device)
        self.priority = priority
        self.device_index, self.stream_id = -1, 0

    @property
    def device_type(self) -> str:
        """The kind of its device."""
        return str(self.device.type)

    def record_event(self, event: Any = None) -> Event:
        """An event at this point."""
        event = Event(self.device) if event is None else event
        event.record(self)
        return event

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *error: Any) -> None:
        return None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stream) and (self.device, self.stream_id) == (other.device, other.stream_id)

    def __hash__(self) -> int:
        return hash((str(self.device), self.stream_id))

    def __repr__(self) -> str:
        return (f"torch.Stream device_type={self.device_type}, device_index={self.device_index}, "
                f"stream_id={self.stream_id}")


class Event(PointInTime):
    """A point in the work of a device; on the CPU a point in time."""

    def __init__(self, device: Any = None, *, enable_timing: bool = False, blocking: bool = False,
                 interprocess: bool = False) -> None:
        self.device = _checked(device)
        self.enable_timing, self.blocking, self.interprocess = enable_timing, blocking, interprocess

    @property
    def event_id(self) -> int:
        """A number that a device driver would give it: 0."""
        return 0

    def elapsed_time(self, end_event: Event) -> float:
        """Milliseconds from this event to another. RuntimeError unless both were recorded, with enable_timing=True."""
        for event in (self, end_event):
            if not event.enable_timing:
                raise RuntimeError("elapsed_time: both events must be made with enable_timing=True")
            if event._at is None:
                raise RuntimeError("elapsed_time: both events must be recorded before")
        assert self._at is not None and end_event._at is not None
        return (end_event._at - self._at) * 1000

    def __repr__(self) -> str:
        return f"torch.Event device_type={self.device.type}, device_index=-1, event_flag=0, event_id=0"
