"""Messages between the process and a worker, on a pair of sockets.

A message is a pickle; large buffers in it (tensors, arrays) travel in an anonymous file of shared memory whose
descriptor is sent along, so they are copied once and nothing is left behind, however a process ends. Reading never
blocks for longer than asked, not even inside a message.
"""

import contextlib
import mmap
import os
import pickle
import socket
import struct
import time
import weakref
from multiprocessing.connection import wait
from typing import Any

from taeda.shared_memory import new_file

_HEADER = struct.Struct("<QQB")  # length of the pickle, length of the shared memory, number of buffers (255: more)
_INLINE_LIMIT = 1 << 15
_CAN_SHARE = hasattr(socket, "send_fds")


class Closed(Exception):
    """The other side has closed, or its process has ended."""


class TimedOut(Exception):
    """No complete message came in time."""


class Channel:
    """One end."""

    # Ends that stay in the process that makes the pair. A forked worker has copies of them and must close them: while
    # it holds a copy, it (or another worker) would not see that its channel has been closed.
    kept: "weakref.WeakSet[Channel]" = weakref.WeakSet()

    def __init__(self, end: socket.socket) -> None:
        self.socket = end

    @classmethod
    def pair(cls) -> tuple["Channel", "Channel"]:
        """The end that stays here, and the end for the worker."""
        first, second = socket.socketpair()
        kept = cls(first)
        cls.kept.add(kept)
        return kept, cls(second)

    def fileno(self) -> int:
        return self.socket.fileno()

    def close(self) -> None:
        """Close this end; the other sees it as the end of messages if no process has a copy."""
        self.socket.close()

    def end(self) -> None:
        """End the connection, whoever has copies of this end, and close."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def send(self, value: Any) -> None:
        """Send a message. Raises what pickling raises, before anything is sent, or `Closed`."""
        buffers: list[pickle.PickleBuffer] = []
        content = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
        raws = [buffer.raw() for buffer in buffers]
        total = sum(raw.nbytes for raw in raws)
        if not raws or total < _INLINE_LIMIT or not _CAN_SHARE:
            self._send(_HEADER.pack(0, 0, 0)[:0], pickle.dumps(value, protocol=5) if raws else content, 0, None)
            return
        # Each buffer starts at a multiple of 64 bytes; the sizes stand before the pickle.
        starts, size = [], 0
        for raw in raws:
            starts.append(size)
            size += -(-raw.nbytes // 64) * 64
        descriptor = new_file(max(size, 1))
        try:
            with mmap.mmap(descriptor, max(size, 1)) as memory:
                for raw, start in zip(raws, starts, strict=True):
                    memory[start : start + raw.nbytes] = raw
            sizes = struct.pack(f"<Q{len(raws)}Q", len(raws), *(raw.nbytes for raw in raws))
            self._send(sizes, content, max(size, 1), descriptor)
        finally:
            os.close(descriptor)

    def _send(self, sizes: bytes, content: bytes, shared: int, descriptor: int | None) -> None:
        header = _HEADER.pack(len(sizes) + len(content), shared, 1 if sizes else 0)
        try:
            if descriptor is None:
                self.socket.sendall(header)
            else:
                sent = socket.send_fds(self.socket, [header], [descriptor])
                self.socket.sendall(header[sent:])
            self.socket.sendall(sizes)
            self.socket.sendall(content)
        except OSError as error:
            raise Closed(str(error)) from None

    def receive(self, timeout: float | None = None, sentinel: Any = None) -> Any:
        """The next message. `Closed` if the other side is gone, also when the process of `sentinel` has ended."""
        deadline = None if timeout is None else time.monotonic() + timeout
        descriptors: list[int] = []
        try:
            header = self._read(_HEADER.size, deadline, sentinel, descriptors)
            length, shared, has_buffers = _HEADER.unpack(header)
            content = memoryview(self._read(length, deadline, sentinel, descriptors))
            if not has_buffers:
                return pickle.loads(content)
            if len(descriptors) != 1:
                raise Closed("the descriptor of shared memory did not come")
            memory = mmap.mmap(descriptors[0], shared)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        (count,) = struct.unpack_from("<Q", content)
        sizes = struct.unpack_from(f"<{count}Q", content, 8)
        view, start, buffers = memoryview(memory), 0, []
        for size in sizes:
            buffers.append(view[start : start + size])
            start += -(-size // 64) * 64
        return pickle.loads(content[8 * (count + 1) :], buffers=buffers)

    def _read(self, count: int, deadline: float | None, sentinel: Any, descriptors: list[int]) -> bytearray:
        result = bytearray(count)
        view, done = memoryview(result), 0
        while done < count:
            remaining = None if deadline is None else deadline - time.monotonic()
            if remaining is not None and remaining <= 0:
                raise TimedOut
            ready = wait([self.socket, sentinel] if sentinel is not None else [self.socket], remaining)
            if self.socket not in ready:
                # The process has ended; what it sent before would have made the socket ready.
                if ready:
                    raise Closed("the process has ended")
                raise TimedOut
            try:
                if _CAN_SHARE and not descriptors:
                    part, received, _, _ = socket.recv_fds(self.socket, count - done, 1)
                    descriptors.extend(received)
                    view[done : done + len(part)] = part
                    got = len(part)
                else:
                    got = self.socket.recv_into(view[done:], count - done)
            except OSError as error:
                raise Closed(str(error)) from None
            if got == 0:
                raise Closed("the other side has closed")
            done += got
        return result
