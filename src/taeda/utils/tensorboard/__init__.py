"""Files that TensorBoard shows: `SummaryWriter`, with PyTorch's names. The package `tensorboard` is not needed.

>>> import os, tempfile
>>> from taeda.utils.tensorboard import SummaryWriter
>>> with tempfile.TemporaryDirectory() as folder, SummaryWriter(folder) as writer:
...     for step in range(3):
...         writer.add_scalar("loss/train", 1 / (step + 1), step)
...     len(os.listdir(folder))
1
"""

from taeda.utils.tensorboard.records import EventFile as FileWriter
from taeda.utils.tensorboard.records import RecordWriter
from taeda.utils.tensorboard.writer import SummaryWriter

__all__ = ["FileWriter", "RecordWriter", "SummaryWriter"]
