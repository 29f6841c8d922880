"""The side of the `DataLoader` that directs worker processes.

Nothing here can wait for ever on a worker that is gone: waiting is always on the workers' channels and on the sentinels
of their processes together, and each worker has its own channel, so that one that is killed in the middle of a message
harms no other. Workers in turn end when their channel closes or their parent dies.
"""

import itertools
import multiprocessing
import signal
import time
import weakref
from collections import deque
from collections.abc import Iterator
from multiprocessing.connection import wait
from typing import Any

from taeda.utils.data import worker as worker_side
from taeda.utils.data.channel import Channel, Closed, TimedOut

_START_LIMIT = 120.0  # seconds in which a started process must say that it lives
_END_LIMIT = 3.0  # seconds for a worker to end by itself, then after a terminating signal


class _Worker:
    def __init__(self, context: Any, job: worker_side.Job, base_seed: int) -> None:
        self.number = job.worker_id
        self.channel, other = Channel.pair()
        self.process = context.Process(target=worker_side.run, args=(other, job, base_seed), daemon=True)
        self.ready = False
        self.started = time.monotonic()
        try:
            self.process.start()
        except BaseException:
            self.channel.close()
            raise
        finally:
            other.close()  # only the worker holds it now, so that its end is seen

    def describe_end(self) -> str:
        """How the process ended, as an error text."""
        self.process.join(_END_LIMIT)
        code = self.process.exitcode
        if code is not None and code < 0:
            try:
                name = signal.strsignal(-code) or signal.Signals(-code).name
            except ValueError:
                name = str(-code)
            return f"DataLoader worker (pid {self.process.pid}) is killed by signal: {name}. "
        return f"DataLoader worker (pid(s) {self.process.pid}) exited unexpectedly with exit code {code}"


def _stop(workers: list[_Worker]) -> None:
    """End all workers: kindly, then by signal."""
    for worker in workers:
        worker.channel.end()
    deadline = time.monotonic() + _END_LIMIT
    for worker in workers:
        worker.process.join(max(0.0, deadline - time.monotonic()))
    for end in ("terminate", "kill"):
        living = [worker for worker in workers if worker.process.is_alive()]
        for worker in living:
            getattr(worker.process, end)()
        for worker in living:
            worker.process.join(_END_LIMIT)
    workers.clear()


class LoaderIterator:
    """One pass of a DataLoader."""


class WorkersIterator(LoaderIterator):
    """One pass over a data set with worker processes (several passes if they are persistent)."""

    def __init__(self, loader: Any) -> None:
        self._timeout = loader.timeout or None
        self._in_order = loader.in_order
        self._persistent = loader.persistent_workers
        self._ahead = max(1, loader.prefetch_factor) * loader.num_workers
        self._iterable = loader._iterable
        self._workers: list[_Worker] = []
        self._finalizer = weakref.finalize(self, _stop, self._workers)
        context = loader.multiprocessing_context or multiprocessing.get_context()
        self._loader = loader
        self._begin(loader)
        for number in range(loader.num_workers):
            job = worker_side.Job(
                loader.dataset,
                loader._auto_collation,
                loader.collate_fn,
                loader.drop_last,
                loader.worker_init_fn,
                number,
                loader.num_workers,
            )
            self._workers.append(_Worker(context, job, self._base_seed))
        self._fill()

    def _begin(self, loader: Any) -> None:
        from taeda.utils.data.loader import draw_base_seed

        self._indices = iter(loader._index_sampler)
        self._base_seed = draw_base_seed(loader)
        self._sent = self._given = 0
        self._owner: dict[int, int] = {}  # task: worker
        self._results: dict[int, Any] = {}
        self._arrived: deque[int] = deque()
        self._active = [True] * loader.num_workers
        self._turn = itertools.cycle(range(loader.num_workers))
        self._exhausted = False

    def _shutdown_workers(self) -> None:
        self._finalizer()

    @property
    def stopped(self) -> bool:
        """Whether the workers are gone."""
        return not self._workers

    def reset(self, loader: Any) -> None:
        """Start another pass with the same workers."""
        # Results of a pass that was not finished are still on their way; a worker answers in order, so whatever
        # comes before its answer to this message is old.
        waiting = set(range(len(self._workers)))
        self._begin(loader)
        for worker in self._workers:
            self._send(worker, ("resume", self._base_seed))
        while waiting:
            number, key, _ = self._receive()
            if key == "resume":
                waiting.discard(number)
        self._fill()

    def __iter__(self) -> "Iterator[Any]":
        return self

    def __len__(self) -> int:
        return len(self._loader._index_sampler)

    def _send(self, worker: _Worker, task: Any) -> None:
        try:
            worker.channel.send(task)
        except Closed:
            self._die(worker)

    def _die(self, worker: _Worker) -> None:
        message = worker.describe_end()
        self._finalizer()
        raise RuntimeError(message)

    def _fill(self) -> None:
        """Give out tasks until the workers are as far ahead as wanted."""
        while len(self._owner) < self._ahead and not self._exhausted:
            for _ in range(len(self._workers)):
                number = next(self._turn)
                if self._active[number]:
                    break
            else:
                return
            try:
                indices = next(self._indices)
            except StopIteration:
                self._exhausted = True
                return
            task = self._sent
            self._sent += 1
            self._owner[task] = number
            self._send(self._workers[number], (task, indices))

    def _receive(self) -> tuple[int, Any, Any]:
        """The next message of any worker: its number, the task, the result."""
        deadline = None if self._timeout is None else time.monotonic() + self._timeout
        while True:
            remaining = None if deadline is None else deadline - time.monotonic()
            starting = [worker for worker in self._workers if not worker.ready]
            if starting:
                limit = min(worker.started for worker in starting) + _START_LIMIT - time.monotonic()
                remaining = limit if remaining is None else min(remaining, limit)
            by_handle: dict[Any, _Worker] = {}
            for worker in self._workers:
                by_handle[worker.channel] = by_handle[worker.process.sentinel] = worker
            ready = wait(list(by_handle), None if remaining is None else max(0.0, remaining))
            # Channels first: a worker may have ended after its last message.
            for handle in sorted(ready, key=lambda one: not isinstance(one, Channel)):
                worker = by_handle[handle]
                if not isinstance(handle, Channel):
                    self._die(worker)
                try:
                    limit_now = None if deadline is None else max(0.0, deadline - time.monotonic())
                    key, value = worker.channel.receive(limit_now, worker.process.sentinel)
                except Closed:
                    self._die(worker)
                except TimedOut:
                    break
                if key == "ready":
                    worker.ready = True
                    break
                return worker.number, key, value
            if not ready or (deadline is not None and time.monotonic() >= deadline):
                self._give_up(starting)

    def _give_up(self, starting: list[_Worker]) -> None:
        late = [worker for worker in starting if time.monotonic() - worker.started >= _START_LIMIT]
        self._finalizer()
        if late:
            raise RuntimeError(
                f"DataLoader worker (pid {late[0].process.pid}) did not start within {_START_LIMIT:.0f} seconds. If "
                "other threads were running when it was forked, a lock they held may be locked for ever in the worker: "
                "start workers before the threads, or with multiprocessing_context='spawn'."
            )
        raise RuntimeError(f"DataLoader timed out after {self._timeout} seconds")

    def __next__(self) -> Any:
        while True:
            value = self._take()
            if isinstance(value, worker_side.End):
                continue
            if isinstance(value, worker_side.Failure):
                if not self._persistent:
                    self._fill()
                value.reraise()
            self._fill()
            return value

    def _take(self) -> Any:
        """The result that comes next; `StopIteration` when there is none."""
        while True:
            if self._in_order:
                # Tasks of a worker whose iterable data set has ended get no result.
                while self._given < self._sent and self._given not in self._owner and self._given not in self._results:
                    self._given += 1
                if self._given in self._results:
                    self._given += 1
                    return self._results.pop(self._given - 1)
            elif self._arrived:
                return self._results.pop(self._arrived.popleft())
            if not self._owner:
                if not self._exhausted and any(self._active):
                    self._fill()
                    if self._owner:
                        continue
                if not self._persistent:
                    self._finalizer()
                raise StopIteration
            number, task, value = self._receive()
            if task not in self._owner:
                continue  # of a pass that was given up
            del self._owner[task]
            if isinstance(value, worker_side.End):
                self._active[number] = False
                for other in [key for key, owner in self._owner.items() if owner == number]:
                    del self._owner[other]
                self._fill()
                continue
            self._results[task] = value
            self._arrived.append(task)
