"""`DataLoader`."""

import itertools
import multiprocessing
import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.context import BaseContext
from typing import Any, Generic, TypeAlias, TypeVar

import taeda
from taeda.utils.data.collate import default_collate, default_convert
from taeda.utils.data.dataset import IterableDataset
from taeda.utils.data.fetch import make_fetch
from taeda.utils.data.sampler import BatchSampler, RandomSampler, Sampler, SequentialSampler
from taeda.utils.data.workers import LoaderIterator, WorkersIterator

__all__ = ["DataLoader"]

T = TypeVar("T")
_collate_fn_t: TypeAlias = Callable[[list[Any]], Any]


class _Forever(Sampler[None]):
    """The sampler of iterable data sets, which have no indices."""

    def __iter__(self) -> Iterator[None]:
        return itertools.repeat(None)


class DataLoader(Generic[T]):
    """Batches of a data set, fetched in this process or in `num_workers` others.

    `batch_size` None gives samples instead of batches. Order: `shuffle`, a `sampler` of indices, or a `batch_sampler`
    of lists of them. `collate_fn` makes a batch of a list of samples. `drop_last`: leave out a last batch that is
    shorter. `timeout`: seconds to wait for a batch of a worker, 0 for no limit. `worker_init_fn(worker number)` runs
    first in each worker. `prefetch_factor`: batches that each worker is ahead. `persistent_workers`: keep the workers
    for the next pass. `generator`: random numbers for the order and for the workers' seeds. `in_order`: batches come in
    the order of the sampler, whichever worker is first.

    An exception in a worker is raised here with its traceback; a worker that dies raises `RuntimeError`.
    """

    _initialised = False

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Any = None,
        batch_sampler: Any = None,
        num_workers: int = 0,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], None] | None = None,
        multiprocessing_context: Any = None,
        generator: Any = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        if num_workers < 0:
            raise ValueError(
                "num_workers option should be non-negative; use num_workers=0 to disable multiprocessing."
            )
        if timeout < 0:
            raise ValueError("timeout option should be non-negative")
        if num_workers == 0 and prefetch_factor is not None:
            raise ValueError(
                "prefetch_factor option could only be specified in multiprocessing.let num_workers > 0 to enable "
                "multiprocessing, otherwise set prefetch_factor to None."
            )
        if num_workers > 0 and prefetch_factor is None:
            prefetch_factor = 2
        elif prefetch_factor is not None and prefetch_factor < 0:
            raise ValueError("prefetch_factor option should be non-negative")
        if persistent_workers and num_workers == 0:
            raise ValueError("persistent_workers option needs num_workers > 0")
        self.dataset = dataset
        self.num_workers = num_workers
        self.prefetch_factor = prefetch_factor
        self.pin_memory = pin_memory
        self.pin_memory_device = pin_memory_device
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.multiprocessing_context = multiprocessing_context
        self.in_order = in_order
        self._iterable = isinstance(dataset, IterableDataset)
        if self._iterable:
            for name, value in (("shuffle", shuffle), ("sampler", sampler), ("batch_sampler", batch_sampler)):
                if value is not None and not (name == "shuffle" and value is False):
                    raise ValueError(
                        f"DataLoader with IterableDataset: expected unspecified {name} option, but got {name}={value}"
                    )
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError(
                    "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last"
                )
            batch_size, drop_last = None, False
        elif batch_size is None and drop_last:
            raise ValueError(
                "batch_size=None option disables auto-batching and is mutually exclusive with drop_last"
            )
        if sampler is None:
            if self._iterable:
                sampler = _Forever()
            else:
                sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        if batch_size is not None and batch_sampler is None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.generator = generator
        if collate_fn is None:
            collate_fn = default_collate if self._auto_collation else default_convert
        self.collate_fn = collate_fn
        self.persistent_workers = persistent_workers
        self._iterator: WorkersIterator | None = None
        self._length_told: int | None = None
        if pin_memory:
            warnings.warn(
                "'pin_memory' argument is set as true but no accelerator is found, then device pinned memory won't be "
                "used.",
                stacklevel=2,
            )
        self._warn_of_many_workers()
        self._initialised = True

    def check_worker_number_rationality(self) -> None:
        """Warn where there are more workers than cores."""
        self._warn_of_many_workers()

    @property
    def _auto_collation(self) -> bool:
        return self.batch_sampler is not None

    @property
    def _index_sampler(self) -> Iterable[Any]:
        return self.batch_sampler if self._auto_collation else self.sampler

    @property
    def multiprocessing_context(self) -> Any:
        """How workers are started: a context, or the name of a start method; None for the default."""
        return self._context

    @multiprocessing_context.setter
    def multiprocessing_context(self, context: Any) -> None:
        if context is not None:
            if self.num_workers == 0:
                raise ValueError(
                    "multiprocessing_context can only be used with multi-process loading (num_workers > 0), but got "
                    f"num_workers={self.num_workers}"
                )
            if isinstance(context, str):
                methods = multiprocessing.get_all_start_methods()
                if context not in methods:
                    raise ValueError(
                        "multiprocessing_context option should specify a valid start method in "
                        f"{methods!r}, but got multiprocessing_context={context!r}"
                    )
                context = multiprocessing.get_context(context)
            if not isinstance(context, BaseContext):
                raise TypeError(
                    "multiprocessing_context option should be a valid context object or a string specifying the start "
                    f"method, but got multiprocessing_context={context}"
                )
        self._context = context

    def __setattr__(self, name: str, value: Any) -> None:
        fixed = ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers")
        if self._initialised and name in fixed:
            raise ValueError(f"{name} attribute should not be set after {type(self).__name__} is initialized")
        super().__setattr__(name, value)

    def _warn_of_many_workers(self) -> None:
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        if self.num_workers > cores:
            warnings.warn(
                f"This DataLoader will create {self.num_workers} worker processes in total. Our suggested max number "
                f"of worker in current system is {cores}, which is smaller than what this DataLoader is going to "
                "create. Please be aware that excessive worker creation might get DataLoader running slow or even "
                "freeze, lower the worker number to avoid potential slowness/freeze if necessary.",
                stacklevel=3,
            )

    def __iter__(self) -> Iterator[Any]:
        if self.num_workers == 0:
            return _InProcessIterator(self)
        if not self.persistent_workers:
            return WorkersIterator(self)
        if self._iterator is None or self._iterator.stopped:
            self._iterator = WorkersIterator(self)
        else:
            self._iterator.reset(self)
        return self._iterator

    def __len__(self) -> int:
        if not self._iterable:
            return len(self._index_sampler)  # type: ignore[arg-type]
        length = self._length_told = len(self.dataset)
        if self.batch_size is None:
            return length
        return length // self.batch_size if self.drop_last else -(-length // self.batch_size)


def draw_base_seed(loader: DataLoader[Any]) -> int:
    """The seed from which the workers' seeds come; drawn at every pass, with workers or without."""
    return int(taeda.empty((), dtype=taeda.int64).random_(generator=loader.generator).item())


class _InProcessIterator(LoaderIterator):
    """One pass over a data set in this process."""

    def __init__(self, loader: DataLoader[Any]) -> None:
        if loader.timeout != 0:
            raise AssertionError("timeout must be 0 without workers")
        self._indices = iter(loader._index_sampler)
        self._base_seed = draw_base_seed(loader)
        self._fetch = make_fetch(loader.dataset, loader._auto_collation, loader.collate_fn, loader.drop_last)
        self._loader = loader

    def __iter__(self) -> "_InProcessIterator":
        return self

    def __next__(self) -> Any:
        return self._fetch(next(self._indices))

    def __len__(self) -> int:
        return len(self._loader._index_sampler)  # type: ignore[arg-type]


# PyTorch's names of the iterators, by which programs tell them apart.
_BaseDataLoaderIter = LoaderIterator
_SingleProcessDataLoaderIter = _InProcessIterator
_MultiProcessingDataLoaderIter = WorkersIterator


class _DatasetKind:
    """PyTorch's numbers for data with places and for data that is only passed through."""

    Map, Iterable = 0, 1
