"""Of PyTorch's quantised modules the one that models hold before they are quantised."""

from __future__ import annotations

from typing import Any

import taeda
from taeda.nn.module import Module

__all__ = ["FloatFunctional"]


class FloatFunctional(Module):
    """Sums, products and concatenations as methods of a module, where quantisation would observe them.

    >>> FloatFunctional().add(taeda.ones(2), 1)
    tensor([2., 2.])
    """

    def forward(self, x: Any) -> Any:
        raise RuntimeError("FloatFunctional is not intended to use the 'forward'. Please use the underlying operation")

    def add(self, x: Any, y: Any) -> Any:
        """x + y"""
        return taeda.add(x, y)

    def add_scalar(self, x: Any, y: float) -> Any:
        """x + y"""
        return taeda.add(x, y)

    def mul(self, x: Any, y: Any) -> Any:
        """x y"""
        return taeda.mul(x, y)

    def mul_scalar(self, x: Any, y: float) -> Any:
        """x y"""
        return taeda.mul(x, y)

    def matmul(self, x: Any, y: Any) -> Any:
        """The product of matrices."""
        return taeda.matmul(x, y)

    def cat(self, x: Any, dim: int = 0) -> Any:
        """The tensors one after the other."""
        return taeda.cat(x, dim=dim)

    def add_relu(self, x: Any, y: Any) -> Any:
        """relu(x + y)"""
        return taeda.relu(taeda.add(x, y))
