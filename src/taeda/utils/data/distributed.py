"""Sampling when several processes train on one data set: each gets a part of its own."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import taeda
from taeda import distributed
from taeda.utils.data.sampler import Sampler

__all__ = ["DistributedSampler"]


class DistributedSampler(Sampler):
    """Every `num_replicas`-th place of the data set, from place `rank` on; `set_epoch` changes the shuffle.

    The list is filled up with places from its start (or cut, with `drop_last`), so that all parts are equally long.
    """

    def __init__(
        self, dataset: Any, num_replicas: int | None = None, rank: int | None = None, shuffle: bool = True,
        seed: int = 0, drop_last: bool = False,
    ) -> None:
        num_replicas = distributed.get_world_size() if num_replicas is None else num_replicas
        rank = distributed.get_rank() if rank is None else rank
        if rank >= num_replicas or rank < 0:
            raise ValueError(f"Invalid rank {rank}, rank should be in the interval [0, {num_replicas - 1}]")
        self.dataset = dataset
        self.num_replicas = num_replicas
        self.rank = rank
        self.epoch = 0
        self.drop_last = drop_last
        size = len(dataset)
        if drop_last and size % num_replicas != 0:
            self.num_samples = math.ceil((size - num_replicas) / num_replicas)
        else:
            self.num_samples = math.ceil(size / num_replicas)
        self.total_size = self.num_samples * num_replicas
        self.shuffle = shuffle
        self.seed = seed

    def __iter__(self) -> Iterator[int]:
        size = len(self.dataset)
        if self.shuffle:
            generator = taeda.Generator()
            generator.manual_seed(self.seed + self.epoch)
            places = taeda.randperm(size, generator=generator).tolist()
        else:
            places = list(range(size))
        missing = self.total_size - len(places)
        if missing > 0 and places:
            places += (places * math.ceil(missing / len(places)))[:missing]
        places = places[: self.total_size]
        return iter(places[self.rank : self.total_size : self.num_replicas])

    def __len__(self) -> int:
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """The number of the pass over the data, from which (with the seed) the order follows."""
        self.epoch = epoch
