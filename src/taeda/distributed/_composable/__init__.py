"""Functions that change modules for several processes, under the names that they had before they were public."""

from taeda._module_tree import open_package
from taeda.distributed.fsdp import fully_shard

__all__ = ["fully_shard"]

open_package(globals())
