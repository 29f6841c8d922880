"""Pipes of iterators."""

from taeda.utils.data.datapipes.datapipe import IterDataPipe
from taeda.utils.data.datapipes.iter.combinatorics import Shuffler, ShufflerIterDataPipe

__all__ = ["IterDataPipe", "Shuffler", "ShufflerIterDataPipe"]
