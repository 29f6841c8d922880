"""Sparse tensors: COO and the compressed layouts CSR, CSC, BSR and BSC, with PyTorch's names.

They are made of plain tensors (tensors.py) and say by rules (taeda/composed.py) what ops do with them; the products run
in kernels (ops/sparse.py).

>>> import taeda
>>> a = taeda.sparse_coo_tensor([[0, 1], [1, 0]], [2.0, 3.0], (2, 2))
>>> taeda.sparse.mm(a, taeda.eye(2))
tensor([[0., 2.],
        [3., 0.]])
"""

from __future__ import annotations

from typing import Any

from taeda._binding import modules
from taeda.sparse import arithmetic, conversion, indexing, products, reductions, tensors
from taeda.sparse.invariants import as_sparse_gradcheck, check_sparse_tensor_invariants

globals().update(modules["sparse"])
__all__ = [*sorted(modules["sparse"]), "as_sparse_gradcheck", "check_sparse_tensor_invariants"]
_TYPES = {
    "BFloat16Tensor", "ByteTensor", "CharTensor", "DoubleTensor", "FloatTensor", "HalfTensor", "IntTensor",
    "LongTensor", "ShortTensor",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _TYPES:
        from taeda.legacy_types import sparse_type

        globals()[name] = found = sparse_type(name)
        return found
    if name in ("SparseSemiStructuredTensor", "to_sparse_semi_structured"):
        raise NotImplementedError(f"sparse.{name}: semi-structured sparsity is not there")
    raise AttributeError(f"module 'taeda.sparse' has no attribute {name!r}")


_parts = (arithmetic, conversion, indexing, products, reductions, tensors)  # they hold the rules
