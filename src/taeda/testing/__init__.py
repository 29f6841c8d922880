"""Tools for tests: comparing results, making tensors, and checking an op in every way that it can be called."""

from taeda._module_tree import open_package
from taeda.testing.comparison import assert_allclose, assert_close, make_tensor
from taeda.testing.derivatives import check_gradients
from taeda.testing.ops import check_op
from taeda.testing.samples import Make

__all__ = ["Make", "assert_allclose", "assert_close", "check_gradients", "check_op", "make_tensor"]

open_package(globals())
