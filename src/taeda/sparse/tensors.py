"""Sparse tensors: what they are made of, and how they are made.

A `CooTensor` has `indices`, an int64 matrix (sparse dimensions, entries), and `values` (entries, *dense dimensions). It
is coalesced if its entries are in order and none stands at the place of another; else entries at one place are summed.
A `CompressedTensor` of layout CSR or CSC has for each row (column) of a matrix the `pointers` (rows + 1) to where its
entries begin, and for each entry the number of its column (row) and its value; BSR and BSC have blocks for entries.
There may be dimensions of a batch in front, and dense ones behind.

Index arrays that come from users are checked here (`checked_coo`, `checked_compressed`), and again in every kernel.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import taeda
from taeda import _core
from taeda.composed import Composed

COO, CSR, CSC, BSR, BSC = (getattr(_core, f"sparse_{name}") for name in ("coo", "csr", "csc", "bsr", "bsc"))
# As PyTorch's errors call the layouts.
WORDS = {_core.strided: "Strided", COO: "Sparse", CSR: "SparseCsr", CSC: "SparseCsc", BSR: "SparseBsr",
         BSC: "SparseBsc"}


class SparseTensor(Composed):
    """What sparse tensors of all layouts have in common."""

    __slots__ = ("values_part",)
    values_part: Any
    rules: ClassVar[dict[str, Any]] = {}
    in_place_rules: ClassVar[dict[str, Any]] = {}
    backend = "SparseCPU"

    def differentiable(self) -> Any:
        return self.values_part

    @property
    def dense_sizes(self) -> tuple[int, ...]:
        """The sizes of the dense dimensions."""
        return tuple(self.shape[self.dim() - self.dense_dim():])

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        from taeda.sparse.printing import sparse_repr

        return sparse_repr(self)

    def __getitem__(self, key: Any) -> Any:
        from taeda.sparse.indexing import get_item

        return get_item(self, key)

    def __reduce_ex__(self, protocol: Any) -> Any:
        from taeda.sparse.storing import reduce_sparse

        return reduce_sparse(self)

    def type(self, dtype: Any = None, non_blocking: bool = False) -> Any:
        """The type as a string ('torch.sparse.FloatTensor'), or this tensor converted."""
        if dtype is None:
            return self.values_part.type().replace("torch.", "torch.sparse.")
        return self.to(self.values_part.new_empty(0).type(dtype).dtype)


class CooTensor(SparseTensor):
    """A sparse tensor of layout `torch.sparse_coo`."""

    __slots__ = ("indices_part", "is_in_order")
    indices_part: Any
    is_in_order: bool
    priority = 2
    layout = COO
    is_sparse = True
    is_sparse_csr = False

    def like_this(self, part: Any) -> Any:
        return coo(self.indices_part, part, self.shape, self.is_in_order)

    def become(self, other: Any) -> None:
        if not isinstance(other, CooTensor):
            other = other.to_sparse()
        self.indices_part, self.values_part = other.indices_part, other.values_part
        self.is_in_order = other.is_in_order
        _core.reshape_composed(self, tuple(other.shape), other.values_part)

    def gradient_part(self, gradient: Any) -> Any:
        if isinstance(gradient, CooTensor) and gradient.indices_part is self.indices_part:
            return gradient.values_part
        dense = gradient.to_dense() if isinstance(gradient, Composed) else gradient
        return gathered(dense, self)

    def stride(self, dim: int | None = None) -> Any:
        """Zeros: steps in memory have no meaning here."""
        return (0,) * self.dim() if dim is None else 0


class CompressedTensor(SparseTensor):
    """A sparse tensor of layout CSR, CSC, BSR or BSC."""

    __slots__ = ("layout", "plain_part", "pointers_part")
    layout: Any
    pointers_part: Any
    plain_part: Any
    backend = "SparseCsrCPU"
    priority = 1
    is_sparse = False

    @property
    def is_sparse_csr(self) -> bool:
        return self.layout is CSR

    @property
    def by_rows(self) -> bool:
        """Whether rows are compressed, not columns."""
        return self.layout in (CSR, BSR)

    @property
    def blocks(self) -> tuple[int, int]:
        """The sizes of a block; (1, 1) where entries are numbers."""
        if self.layout in (CSR, CSC):
            return 1, 1
        first = self.plain_part.dim()
        return tuple(self.values_part.shape[first:first + 2])

    def like_this(self, part: Any) -> Any:
        return compressed(self.layout, self.pointers_part, self.plain_part, part, self.shape)

    def become(self, other: Any) -> None:
        if not isinstance(other, CompressedTensor) or other.layout is not self.layout:
            other = other.to_sparse(layout=self.layout)
        self.pointers_part, self.plain_part, self.values_part = other.pointers_part, other.plain_part, other.values_part
        _core.reshape_composed(self, tuple(other.shape), other.values_part)

    def gradient_part(self, gradient: Any) -> Any:
        if isinstance(gradient, CompressedTensor) and gradient.plain_part is self.plain_part:
            return gradient.values_part
        from taeda.sparse.conversion import masked_by

        dense = gradient.to_dense() if isinstance(gradient, Composed) else gradient
        return masked_by(dense, self).values_part


# Making them, from parts that fit -------------------------------------------------------------------------------------


def coo(indices: Any, values: Any, size: Sequence[int], in_order: bool = False) -> Any:
    """A COO tensor of parts that are known to fit."""
    made = CooTensor.made(size, values)
    made.indices_part, made.values_part, made.is_in_order = indices, values, in_order or indices.shape[1] < 2
    return made


def compressed(layout: Any, pointers: Any, plain: Any, values: Any, size: Any) -> Any:
    """A compressed tensor of parts that are known to fit."""
    made = CompressedTensor.made(size, values)
    made.layout, made.pointers_part, made.plain_part, made.values_part = layout, pointers, plain, values
    return made


def places(x: Any) -> Any:
    """Of a COO tensor, for each entry the number of its place in the sparse dimensions, counted row by row."""
    total = None
    for d in range(x.sparse_dim()):
        row = x.indices_part[d]
        total = row if total is None else total * x.shape[d] + row
    return taeda.zeros(x._nnz(), dtype=taeda.int64) if total is None else total


def number_of_places(x: Any) -> int:
    """How many places there are in the sparse dimensions."""
    n = 1
    for size in x.shape[: x.sparse_dim()]:
        n *= size
    return n


def gathered(dense: Any, x: Any) -> Any:
    """The elements of a strided tensor at the entries of a COO tensor."""
    flat = dense.reshape(number_of_places(x), *x.dense_sizes)
    return flat.index_select(0, places(x))


# Checks ---------------------------------------------------------------------------------------------------------------


def checked_coo(indices: Any, values: Any, size: Sequence[int]) -> None:
    """Raises RuntimeError for indices outside of `size`."""
    sparse_dim = indices.shape[0]
    if not indices.shape[1] or indices.is_meta or not sparse_dim:
        return
    low, high = indices.amin(1).tolist(), indices.amax(1).tolist()
    for d in range(sparse_dim):
        if low[d] < 0:
            raise RuntimeError(f"found negative index {low[d]} for dim {d}")
        if high[d] >= size[d]:
            raise RuntimeError(f"size is inconsistent with indices: for dim {d}, size is {size[d]} but found index "
                               f"{high[d]}")


def checked_compressed(layout: Any, pointers: Any, plain: Any, values: Any, size: Sequence[int]) -> None:
    """Raises RuntimeError for parts that are no compressed tensor of `size`."""
    by_rows = layout in (CSR, BSR)
    blocked = layout in (BSR, BSC)
    c, p = ("crow_indices", "col_indices") if by_rows else ("ccol_indices", "row_indices")
    for name, x in ((c, pointers), (p, plain)):
        if x.dim() < 1:
            raise RuntimeError(f"{name} must have dimensionality >= 1 but got {x.dim()}")
    if pointers.dim() != plain.dim():
        raise RuntimeError(f"number of dimensions of {c} and {p} must be the same but got {pointers.dim()} and "
                           f"{plain.dim()}, respectively")
    batch = pointers.dim() - 1
    block = 2 if blocked else 0
    dense = values.dim() - batch - 1 - block
    if dense < 0:
        raise RuntimeError(f"values must have dimensionality > sum of batch and block dimensionalities (={batch} + "
                           f"{block}) but got {values.dim()}")
    if len(size) != batch + 2 + dense:
        raise RuntimeError(f"tensor dimensionality must be sum of batch, base, and dense dimensionalities (={batch} + "
                           f"2 + {dense}) but got {len(size)}")
    for name, x in ((c, pointers), (p, plain), ("values", values)):
        if tuple(x.shape[:batch]) != tuple(size[:batch]):
            raise RuntimeError(f"all batch dimensions of the compressed and plain indices and of values must be equal "
                               f"to {list(size[:batch])}, but {name} has shape {list(x.shape)}")
    if plain.shape[-1] != values.shape[batch]:
        raise RuntimeError(f"number of entries of {p} and values must be the same but got {plain.shape[-1]} and "
                           f"{values.shape[batch]}")
    if tuple(values.shape[batch + 1 + block:]) != tuple(size[batch + 2:]):
        raise RuntimeError(f"values have the dense sizes {list(values.shape[batch + 1 + block:])}, but the tensor "
                           f"{list(size[batch + 2:])}")
    blocks = tuple(values.shape[batch + 1:batch + 3]) if blocked else (1, 1)
    for k in (0, 1):
        if not blocks[k] or size[batch + k] % blocks[k]:
            raise RuntimeError(f"tensor shape[{batch + k}] (={size[batch + k]}) must be divisible with blocksize[{k}] "
                               f"(={blocks[k]}) as defined by values shape")
    lines, across = ("rows", "ncols") if by_rows else ("columns", "nrows")
    rows, columns = (size[batch + k] // blocks[k] for k in ((0, 1) if by_rows else (1, 0)))
    if pointers.shape[-1] != rows + 1:
        raise RuntimeError(f"{c}.shape[-1] must be equal to the number of compressed {lines} + 1 (={rows + 1}), but "
                           f"got {pointers.shape[-1]}")
    entries = plain.shape[-1]
    if pointers.is_meta or not pointers.numel():
        return
    if bool((pointers[..., 0] != 0).any()):
        raise RuntimeError(f"`{c}[..., 0] == 0` is not satisfied.")
    if bool((pointers[..., -1] != entries).any()):
        raise RuntimeError(f"`{c}[..., -1] == nnz` is not satisfied.")
    steps = pointers.diff(dim=-1)
    if bool(((steps < 0) | (steps > columns)).any()):
        raise RuntimeError(f"`0 <= {c}[..., 1:] - {c}[..., :-1] <= {across}` is not satisfied.")
    if not entries:
        return
    if bool((plain < 0).any()):
        raise RuntimeError(f"`0 <= {p}` is not satisfied.")
    if bool((plain >= columns).any()):
        raise RuntimeError(f"`{p} < {across}` is not satisfied.")
    rising = plain.diff(dim=-1) > 0
    if entries > 1 and not bool(rising.all()):
        from taeda.sparse.conversion import rows_of_entries

        row = rows_of_entries(pointers, plain)
        if not bool((rising | (row.diff(dim=-1) != 0)).all()):
            raise RuntimeError(f"`{p}[..., {c}[..., i - 1]:{c}[..., i]] for all i = 1, ..., "
                               f"{'nrows' if by_rows else 'ncols'} are sorted and distinct along the last dimension "
                               "values` is not satisfied.")
