"""`torch._higher_order_ops`: functions that take functions, from where PyTorch has them."""

from taeda._module_tree import open_package
from taeda.control_flow import cond, while_loop
from taeda.scans import associative_scan, map, scan

__all__ = ["associative_scan", "cond", "map", "scan", "while_loop"]

open_package(globals())
