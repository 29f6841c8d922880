"""Nested tensors: batches of tensors of different sizes without padding, by PyTorch's names.

>>> import taeda
>>> from taeda.nested import nested_tensor
>>> x = nested_tensor([taeda.ones(2, 4), taeda.ones(5, 4)], layout=taeda.jagged)
>>> taeda.nn.Linear(4, 8)(x).size(2)
8
>>> x.to_padded_tensor(0.0).shape
torch.Size([2, 5, 4])
"""

from __future__ import annotations

from taeda._binding import modules
from taeda.nested import layers, padding, printing, raggedness, reductions, rules, tensors, views
from taeda.nested.tensors import NestedTensor

globals().update(modules["nested"])
__all__ = [*sorted(modules["nested"]), "NestedTensor"]

_parts = (layers, padding, printing, raggedness, reductions, rules, tensors, views)  # they hold the rules
