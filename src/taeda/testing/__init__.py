"""Tools for tests of ops and of what is made of them."""

from taeda.testing.derivatives import check_gradients
from taeda.testing.samples import Make

__all__ = ["Make", "check_gradients"]
