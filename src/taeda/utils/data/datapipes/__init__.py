"""PyTorch's older way to write data sets, as pipes of iterators: the base class, and the pipe that shuffles."""

from taeda.utils.data.datapipes import iter
from taeda.utils.data.datapipes.datapipe import IterDataPipe

__all__ = ["IterDataPipe", "iter"]
