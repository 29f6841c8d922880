"""The base class of pipes of iterators."""

from typing import Any

from taeda.utils.data.dataset import IterableDataset

__all__ = ["IterDataPipe"]


class IterDataPipe(IterableDataset[Any]):
    """An iterable data set that takes its samples from others: subclasses define `__iter__`."""

    def reset(self) -> None:
        """Called before an iteration: what was left of the last one is dropped."""
