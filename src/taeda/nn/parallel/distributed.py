"""The deeper name of DistributedDataParallel."""

from taeda.nn.parallel import DistributedDataParallel

__all__ = ["DistributedDataParallel"]
