"""Python's multiprocessing under PyTorch's name, with `spawn`, which starts several processes and joins them.

Tensors go through its queues and pipes, and to processes that are started, as shared memory: the receiver sees the
memory of the sender, and what either writes the other reads (sharing.py). So several processes can train one model
(Hogwild) after `model.share_memory()`.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import signal
import traceback
from collections.abc import Callable
from multiprocessing import *  # noqa: F403
from multiprocessing import reducer
from typing import Any

import taeda
from taeda.multiprocessing import sharing

__all__ = [
    "ProcessContext", "ProcessException", "ProcessExitedException", "ProcessRaisedException", "SpawnContext",
    "get_all_sharing_strategies", "get_sharing_strategy", "reducer", "set_sharing_strategy", "spawn",
    "start_processes",
]  # fmt: skip
__all__ += multiprocessing.__all__

for _shared in (taeda.Tensor, taeda.nn.Parameter):
    reducer.ForkingPickler.register(_shared, sharing.reduce_tensor)
reducer.ForkingPickler.register(taeda.UntypedStorage, sharing.reduce_storage)

_strategy = "file_descriptor"


def set_sharing_strategy(new_strategy: str) -> None:
    """Keep the name of a way to share memory."""
    global _strategy
    if new_strategy not in get_all_sharing_strategies():
        raise AssertionError(f"invalid sharing strategy: {new_strategy}")
    _strategy = new_strategy


def get_sharing_strategy() -> str:
    """The name last kept."""
    return _strategy


def get_all_sharing_strategies() -> set[str]:
    """The names of ways to share memory."""
    return {"file_descriptor", "file_system"}


class ProcessException(Exception):
    """A process of `spawn` ended badly."""

    def __init__(self, msg: str, error_index: int, pid: int) -> None:
        super().__init__(msg)
        self.msg = msg
        self.error_index = error_index
        self.pid = pid

    def __reduce__(self) -> Any:
        return type(self), (self.msg, self.error_index, self.pid)


class ProcessRaisedException(ProcessException):
    """A process raised an exception; the message holds its traceback."""


class ProcessExitedException(ProcessException):
    """A process ended with an exit code, or by a signal."""

    def __init__(
        self, msg: str, error_index: int, error_pid: int, exit_code: int, signal_name: str | None = None
    ) -> None:
        super().__init__(msg, error_index, error_pid)
        self.exit_code = exit_code
        self.signal_name = signal_name

    def __reduce__(self) -> Any:
        return type(self), (self.msg, self.error_index, self.pid, self.exit_code, self.signal_name)


def _run(function: Callable[..., Any], index: int, args: tuple[Any, ...], errors: Any) -> None:
    try:
        function(index, *args)
    except KeyboardInterrupt:
        pass  # the parent was interrupted as well
    except Exception:
        errors.put(traceback.format_exc())
        raise SystemExit(1) from None


class ProcessContext:
    """Processes that were started together."""

    def __init__(self, processes: list[Any], errors: list[Any]) -> None:
        self.processes = processes
        self.error_queues = errors
        self.sentinels = {process.sentinel: index for index, process in enumerate(processes)}

    def pids(self) -> list[int]:
        """Their numbers."""
        return [int(process.pid) for process in self.processes]

    def join(self, timeout: float | None = None, grace_period: float | None = None) -> bool:
        """Wait for one to end. True if all have; if one failed the others are ended, and its error is raised."""
        if not self.sentinels:
            return True
        ready = multiprocessing.connection.wait(list(self.sentinels), timeout=timeout)
        failed = None
        for sentinel in ready:
            index = self.sentinels.pop(sentinel)
            self.processes[index].join()
            if self.processes[index].exitcode != 0:
                failed = index
                break
        if failed is None:
            return not self.sentinels
        for process in self.processes:
            if process.is_alive():
                process.terminate()
            process.join()
        process = self.processes[failed]
        if self.error_queues[failed].empty():
            if process.exitcode < 0:
                name = signal.Signals(-process.exitcode).name
                raise ProcessExitedException(
                    f"process {failed} terminated with signal {name}", failed, process.pid, process.exitcode, name
                )
            raise ProcessExitedException(
                f"process {failed} terminated with exit code {process.exitcode}", failed, process.pid, process.exitcode
            )
        text = self.error_queues[failed].get()
        raise ProcessRaisedException(f"\n\n-- Process {failed} terminated with the following error:\n{text}", failed,
                                     process.pid)


SpawnContext = ProcessContext


def start_processes(
    fn: Callable[..., Any], args: tuple[Any, ...] = (), nprocs: int = 1, join: bool = True, daemon: bool = False,
    start_method: str = "spawn",
) -> ProcessContext | None:
    """Run `fn(i, *args)` in `nprocs` processes. With `join` wait for all; a failure of one ends the others."""
    context: Any = multiprocessing.get_context(start_method)
    processes, errors = [], []
    for index in range(nprocs):
        queue = context.SimpleQueue()
        process = context.Process(target=_run, args=(fn, index, args, queue), daemon=daemon)
        process.start()
        errors.append(queue)
        processes.append(process)
    started = ProcessContext(processes, errors)
    if not join:
        return started
    while not started.join():
        pass
    return None


def spawn(
    fn: Callable[..., Any], args: tuple[Any, ...] = (), nprocs: int = 1, join: bool = True, daemon: bool = False,
    start_method: str = "spawn",
) -> ProcessContext | None:
    """`start_processes` with fresh interpreters."""
    return start_processes(fn, args, nprocs, join, daemon, start_method="spawn")
