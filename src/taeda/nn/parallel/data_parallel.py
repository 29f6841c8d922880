"""The deeper name of DataParallel."""

from taeda.nn.parallel import DataParallel, data_parallel

__all__ = ["DataParallel", "data_parallel"]
