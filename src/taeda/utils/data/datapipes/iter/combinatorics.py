"""Pipes that change the order of samples."""

import random
from collections.abc import Iterable, Iterator
from typing import Any, Self

import taeda
from taeda.utils.data.datapipes.datapipe import IterDataPipe

__all__ = ["Shuffler", "ShufflerIterDataPipe"]


class ShufflerIterDataPipe(IterDataPipe):
    """The samples of `datapipe` in an order that is drawn from a buffer of `buffer_size` of them.

    >>> pipe = ShufflerIterDataPipe(range(4), buffer_size=2).set_seed(0)
    >>> sorted(pipe)
    [0, 1, 2, 3]
    """

    def __init__(self, datapipe: Iterable[Any], *, buffer_size: int = 10000, unbatch_level: int = 0) -> None:
        if buffer_size <= 0:
            raise ValueError("buffer_size should be larger than 0")
        if unbatch_level:
            raise NotImplementedError("ShufflerIterDataPipe: unbatch_level; take batches apart before")
        self.datapipe, self.buffer_size = datapipe, buffer_size
        self._enabled = True
        self._seed: int | None = None
        self._random = random.Random()
        self._buffer: list[Any] = []

    def set_shuffle(self, shuffle: bool = True) -> Self:
        """Whether the order is changed at all."""
        self._enabled = shuffle
        return self

    def set_seed(self, seed: int) -> Self:
        """What the order of the next iteration is drawn with, instead of a number of the default generator."""
        self._seed = seed
        return self

    def reset(self) -> None:
        self._buffer = []
        if self._enabled:
            if self._seed is None:
                self._seed = int(taeda.empty((), dtype=taeda.int64).random_().item())
            self._random.seed(self._seed)
            self._seed = None

    def __iter__(self) -> Iterator[Any]:
        self.reset()
        if not self._enabled:
            yield from self.datapipe
            return
        for sample in self.datapipe:
            if len(self._buffer) < self.buffer_size:
                self._buffer.append(sample)
                continue
            place = self._random.randint(0, len(self._buffer) - 1)
            found, self._buffer[place] = self._buffer[place], sample
            yield found
        while self._buffer:
            yield self._buffer.pop(self._random.randint(0, len(self._buffer) - 1))

    def __len__(self) -> int:
        return len(self.datapipe)  # type: ignore[arg-type]


Shuffler = ShufflerIterDataPipe
