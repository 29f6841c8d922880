"""What runs in a worker process of a `DataLoader`."""

import os
import queue
import random
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import taeda
from taeda.utils.data.channel import Channel, Closed, TimedOut
from taeda.utils.data.fetch import make_fetch

__all__ = ["WorkerInfo", "get_worker_info"]


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """Which worker this process is: its number, how many there are, its seed, its copy of the data set."""

    id: int
    num_workers: int
    seed: int
    dataset: Any


_worker_info: WorkerInfo | None = None


def get_worker_info() -> WorkerInfo | None:
    """What this worker process is; None in any other process."""
    return _worker_info


@dataclass(frozen=True)
class Job:
    """Everything a worker needs to know."""

    dataset: Any
    batched: bool
    collate_fn: Callable[[Any], Any]
    drop_last: bool
    init_fn: Callable[[int], Any] | None
    worker_id: int
    num_workers: int


class Failure:
    """An exception of a worker: its type, and its text with the traceback."""

    def __init__(self, where: str) -> None:
        kind, _, _ = sys.exc_info()
        self.kind: Any = kind
        self.message = f"Caught {kind.__name__ if kind else 'error'} {where}.\nOriginal {traceback.format_exc()}"

    def reraise(self) -> None:
        """Raise an exception of the same type whose message is the text; `RuntimeError` where that cannot be made."""
        if self.kind is KeyError:
            # The message of a KeyError is printed as a string literal, unless it comes as an object of its own.
            raise KeyError(_Printed(self.message))
        try:
            error = self.kind(self.message)
        except Exception:
            raise RuntimeError(self.message) from None
        raise error


class _Printed(str):
    def __repr__(self) -> str:
        return str(self)


class End:
    """Says that a worker's iterable data set has ended."""


def _send(channel: Channel, key: Any, value: Any, where: str) -> None:
    try:
        channel.send((key, value))
    except Closed:
        raise
    except Exception:  # the value, or the exception's type, cannot be pickled
        failure = value if isinstance(value, Failure) else Failure(where)
        try:
            channel.send((key, failure))
        except Closed:
            raise
        except Exception:
            failure.kind = RuntimeError
            channel.send((key, failure))


def _listen(channel: Channel, tasks: "queue.SimpleQueue[Any]") -> None:
    """Take tasks off the channel at once, so that the process that sends them never waits for this one's work."""
    parent = os.getppid()
    while True:
        try:
            task = channel.receive(timeout=5.0)
        except TimedOut:
            if os.getppid() != parent:
                break
            continue
        except Exception:
            break
        tasks.put(task)
        if task is None:
            return
    tasks.put(None)


def run(channel: Channel, job: Job, base_seed: int) -> None:
    """Fetch batches until there are no more tasks. Tasks are `(key, indices)`, `("resume", seed)` or None to end."""
    where = f"in DataLoader worker process {job.worker_id}"
    for kept in list(Channel.kept):
        kept.close()
    tasks: queue.SimpleQueue[Any] = queue.SimpleQueue()
    try:
        channel.send(("ready", None))
        threading.Thread(target=_listen, args=(channel, tasks), daemon=True).start()
        setup_failure = _prepare(job, base_seed, where)
        fetch, fetch_failure = _make_fetch(job, where) if setup_failure is None else (None, None)
        while (task := tasks.get()) is not None:
            key, indices = task
            if key == "resume":
                setup_failure = None
                fetch, fetch_failure = _make_fetch(job, where)
                _send(channel, key, None, where)
                continue
            value: Any = setup_failure or fetch_failure
            if value is None:
                assert fetch is not None
                try:
                    value = fetch(indices)
                except Exception as error:
                    ended = isinstance(error, StopIteration) and _is_iterable(job)
                    value = End() if ended else Failure(where)
            else:
                setup_failure = fetch_failure = None  # told once, as an exception of the first batch
                if fetch is None:
                    fetch, fetch_failure = _make_fetch(job, where)
            _send(channel, key, value, where)
            del value
    except (Closed, KeyboardInterrupt):
        pass  # the process that wanted the batches is gone or has lost interest
    finally:
        channel.close()


def _is_iterable(job: Job) -> bool:
    from taeda.utils.data.dataset import IterableDataset

    return isinstance(job.dataset, IterableDataset)


def _generate_state(base_seed: int, worker_id: int) -> list[int]:
    """Four numbers that seed NumPy in a worker, different in each and in each epoch."""
    import numpy

    words = [worker_id, base_seed & 0xFFFFFFFF, base_seed >> 32, 0]
    return [int(word) for word in numpy.random.SeedSequence(words).generate_state(4)]


def _prepare(job: Job, base_seed: int, where: str) -> Failure | None:
    global _worker_info
    taeda.set_num_threads(1)
    seed = base_seed + job.worker_id
    random.seed(seed)
    taeda.manual_seed(seed)
    if "numpy" in sys.modules:
        import numpy

        numpy.random.seed(_generate_state(base_seed, job.worker_id))
    _worker_info = WorkerInfo(job.worker_id, job.num_workers, seed, job.dataset)
    if job.init_fn is not None:
        try:
            job.init_fn(job.worker_id)
        except Exception:
            return Failure(where)
    return None


def _make_fetch(job: Job, where: str) -> tuple[Any, Failure | None]:
    try:
        return make_fetch(job.dataset, job.batched, job.collate_fn, job.drop_last), None
    except Exception:
        return None, Failure(where)
