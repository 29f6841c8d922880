"""Sparse tensors: making them, converting to and from them, and what they are made of (taeda/sparse)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import taeda
from taeda import _core
from taeda.functions.function import function
from taeda.ops.signature import Device, Dims, DType, Layout, Number, Object, Sizes, Tensor

# -- making them -------------------------------------------------------------------------------------------------------


def _index(given: Any, device: Any) -> Any:
    x = given if isinstance(given, taeda.Tensor) else taeda.tensor(given, dtype=taeda.int64)
    if device is not None:
        x = x.to(device)
    return x


def _part(given: Any, dtype: Any, device: Any) -> Any:
    """Values as the tensor will have them: what is given, without taking part in what is done to it later."""
    if not isinstance(given, taeda.Tensor):
        return taeda.tensor(given, dtype=dtype, device=device)
    x = given.to(dtype) if dtype is not None and given.dtype is not dtype else given
    x = x.to(device) if device is not None else x
    if x.layout is not _core.strided:
        raise TypeError(f"expected values to be a strided tensor, got layout {x.layout}")
    return x.view_as(x) if x.requires_grad else x.detach()


def _checks(given: Any) -> bool:
    from taeda.sparse.invariants import wanted

    return wanted() if given is None else bool(given)


def _finished(made: Any, requires_grad: bool, history: str) -> Any:
    made.history = history
    if requires_grad and not made.requires_grad:
        made.requires_grad_()
    return made


@function
def sparse_coo_tensor(indices: Object, values: Object, size: Sizes | None = None, *, dtype: DType | None = None,
                      device: Device | None = None, pin_memory: bool = False, requires_grad: bool = False,
                      check_invariants: bool | None = None, is_coalesced: bool | None = None) -> Any:
    """A sparse tensor of layout `torch.sparse_coo` with `values` (entries, *dense) at `indices` (sparse dimensions,
    entries); values at one place are summed where it matters (`coalesce`). `size`: by default the smallest that holds
    all entries. Indices outside of it raise RuntimeError, unless `check_invariants` is False: then the function that
    uses them raises.

    >>> import taeda
    >>> taeda.sparse_coo_tensor([[0, 1], [2, 0]], [3.0, 4.0], (2, 3)).to_dense()
    tensor([[0., 0., 3.],
            [4., 0., 0.]])
    """
    from taeda.sparse.tensors import checked_coo, coo

    i, v = _index(indices, device), _part(values, dtype, device)
    if i.dim() == 1 and not i.numel() and size is not None:
        i = i.reshape(0, 0) if not v.numel() else i.reshape(0, v.shape[0])
    if i.dim() == 1:
        i = i.unsqueeze(0) if size is None or len(size) == v.dim() else i.unsqueeze(1)
    if i.dim() != 2:
        raise RuntimeError(f"indices must be sparse_dim x nnz, but got: {list(i.shape)}")
    if i.layout is not _core.strided:
        raise TypeError(f"expected indices to be a strided tensor, got layout {i.layout}")
    if v.dim() < 1:
        v = v.reshape(1).expand(i.shape[1]) if i.shape[1] == 1 else v
        if v.dim() < 1:
            raise RuntimeError("values must have a dimension for the entries, but got a number")
    i = i if i.dtype is taeda.int64 else i.long()
    sparse_dim, entries = i.shape
    if entries != v.shape[0]:
        raise RuntimeError("indices and values must have same nnz, but got nnz from indices: "
                           f"{entries}, nnz from values: {v.shape[0]}")
    if size is None:
        if not entries and sparse_dim:
            highest = [0] * sparse_dim
        else:
            highest = (i.amax(1) + 1).tolist() if sparse_dim else []
        size = (*highest, *v.shape[1:])
    elif len(size) != sparse_dim + v.dim() - 1:
        raise RuntimeError(f"'len(size) == sparse_dim + dense_dim' is not satisfied: len(size) = {len(size)}, "
                           f"sparse_dim = {sparse_dim}, dense_dim = {v.dim() - 1}")
    elif tuple(size[sparse_dim:]) != tuple(v.shape[1:]):
        raise RuntimeError(f"values has incorrect size, expected {[entries, *size[sparse_dim:]]}, got {list(v.shape)}")
    if any(n < 0 for n in size):
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(size)}: {list(size)}")
    if _checks(check_invariants):
        checked_coo(i, v, size)
    made = coo(i.detach(), v, size, bool(is_coalesced))
    return _finished(made, requires_grad, "SparseCooTensorWithDimsAndTensorsBackward0")


@function(public="sparse_coo_tensor", overload="empty")
def sparse_coo_empty(size: Sizes, *, dtype: DType | None = None, device: Device | None = None, pin_memory: bool = False,
                     requires_grad: bool = False, check_invariants: bool | None = None) -> Any:
    """A sparse tensor without entries."""
    from taeda.sparse.tensors import coo

    indices = taeda.zeros((len(size), 0), dtype=taeda.int64, device=device)
    return _finished(coo(indices, taeda.zeros(0, dtype=dtype, device=device), size, False), requires_grad, "")


def _compressed(layout: Any, first: Any, second: Any, values: Any, size: Any, dtype: Any, device: Any,
                requires_grad: bool, check_invariants: Any) -> Any:
    from taeda.sparse.tensors import BSC, BSR, CSR, WORDS, checked_compressed, compressed

    if layout not in WORDS or WORDS[layout] in ("Strided", "Sparse"):
        raise RuntimeError("sparse_compressed_tensor expected sparse compressed tensor layout but got "
                           f"{'none' if layout is None else WORDS.get(layout, layout)}")
    pointers, plain, v = _index(first, device), _index(second, device), _part(values, dtype, device)
    for name, x in (("compressed", pointers), ("plain", plain)):
        if x.dtype not in (taeda.int64, taeda.int32):
            raise RuntimeError(f"{name} indices must be int64 or int32, but got {x.dtype}")
    if size is None:
        batch, blocked = pointers.dim() - 1, layout in (BSR, BSC)
        blocks = tuple(v.shape[batch + 1:batch + 3]) if blocked else (1, 1)
        by_rows = layout in (CSR, BSR)
        lines = pointers.shape[-1] - 1
        across = int(plain.max()) + 1 if plain.numel() else 0
        rows, columns = (lines, across) if by_rows else (across, lines)
        size = (*pointers.shape[:-1], rows * blocks[0], columns * blocks[1], *v.shape[batch + 1 + 2 * blocked:])
    if _checks(check_invariants):
        checked_compressed(layout, pointers, plain, v, size)
    return _finished(compressed(layout, pointers.detach(), plain.detach(), v, size), requires_grad,
                     "SparseCompressedTensorBackward0")


@function
def sparse_compressed_tensor(compressed_indices: Object, plain_indices: Object, values: Object,
                             size: Sizes | None = None, *, dtype: DType | None = None, layout: Layout | None = None,
                             device: Device | None = None, pin_memory: bool = False, requires_grad: bool = False,
                             check_invariants: bool | None = None) -> Any:
    """A sparse tensor of a compressed `layout` (`torch.sparse_csr`, `_csc`, `_bsr` or `_bsc`): for each row (or column)
    `compressed_indices` (rows + 1) say where its entries begin, `plain_indices` (entries) in which column (row) they
    are. Raises RuntimeError for indices that are no such tensor of `size`."""
    return _compressed(layout, compressed_indices, plain_indices, values, size, dtype, device, requires_grad,
                       check_invariants)


def _layout_function(name: str, first: str, second: str) -> None:
    def make(compressed_indices: Object, plain_indices: Object, values: Object, size: Sizes | None = None, *,
             dtype: DType | None = None, device: Device | None = None, pin_memory: bool = False,
             requires_grad: bool = False, check_invariants: bool | None = None) -> Any:
        return _compressed(getattr(_core, f"sparse_{name}"), compressed_indices, plain_indices, values, size, dtype,
                           device, requires_grad, check_invariants)

    made = f"sparse_{name}_tensor"
    make.__name__ = made
    make.__doc__ = (f"A sparse tensor of layout `torch.sparse_{name}` of `{first}`, `{second}` and `values`; see "
                    "`sparse_compressed_tensor`.")
    defined = function(make)
    names = (first, second, "values", "size")
    defined.parameters = [p._replace(name=n) for p, n in zip(defined.parameters, names, strict=False)] + \
        defined.parameters[4:]


for _name, _rows in (("csr", True), ("csc", False), ("bsr", True), ("bsc", False)):
    _layout_function(_name, *(("crow_indices", "col_indices") if _rows else ("ccol_indices", "row_indices")))

# -- converting --------------------------------------------------------------------------------------------------------


@function(modules=(), method=True)
def to_sparse(input: Tensor, sparse_dim: int | None = None, *, layout: Layout | None = None,
              blocksize: tuple[int, ...] | None = None, dense_dim: int | None = None) -> Any:
    """This tensor in a sparse `layout` (default: COO), its zeros left out. `sparse_dim` or `dense_dim`: how many
    dimensions are sparse or dense; `blocksize`: of the layouts with blocks.

    >>> import taeda
    >>> taeda.eye(2).to_sparse().values()
    tensor([1., 1.])
    """
    from taeda.sparse import conversion

    if sparse_dim is not None:
        if layout is not None or blocksize is not None or dense_dim is not None:
            raise TypeError("to_sparse() takes either sparse_dim, or layout, blocksize and dense_dim")
        if input.layout is not _core.strided:
            if sparse_dim != input.sparse_dim():
                raise RuntimeError(f"to_sparse: expected sparse_dim {input.sparse_dim()} of a tensor that is sparse, "
                                   f"got {sparse_dim}")
            return conversion.convert(input, _core.sparse_coo)
        return conversion.strided_to_coo(input, sparse_dim)
    return conversion.convert(input, _core.sparse_coo if layout is None else layout, blocksize, dense_dim)


def _conversion(name: str, blocked: bool) -> None:
    layout = getattr(_core, f"sparse_{name}")

    def to_layout(input: Tensor, dense_dim: int | None = None) -> Any:
        from taeda.sparse.conversion import convert

        return convert(input, layout, None, dense_dim)

    def to_blocks(input: Tensor, blocksize: tuple[int, ...], dense_dim: int | None = None) -> Any:
        from taeda.sparse.conversion import convert

        return convert(input, layout, blocksize, dense_dim)

    body = to_blocks if blocked else to_layout
    body.__name__, body.__doc__ = f"to_sparse_{name}", f"This tensor in the layout `torch.sparse_{name}`."
    function(body, modules=(), method=True, spread="")


for _name in ("csr", "csc", "bsr", "bsc"):
    _conversion(_name, _name.startswith("b"))


@function(modules=(), method=True)
def to_sparse_coo(input: Tensor) -> Any:
    """This tensor in the layout `torch.sparse_coo`."""
    from taeda.sparse.conversion import convert

    return convert(input, _core.sparse_coo)


@function(modules=(), method=True)
def to_dense(input: Tensor, dtype: DType | None = None, *, masked_grad: bool | None = None) -> Any:
    """The strided tensor with the same elements."""
    from taeda.sparse.conversion import convert

    made = convert(input, _core.strided)
    return made if dtype is None else made.to(dtype)


@function(modules=(), method=True)
def sparse_mask(input: Tensor, mask: Tensor) -> Any:
    """The elements of this tensor at the entries of the sparse tensor `mask`, in its layout."""
    from taeda.sparse.conversion import masked_by

    if mask.layout is _core.strided:
        raise RuntimeError("sparse_mask: expected the mask to be sparse, but it is strided")
    return masked_by(input.to_dense(), mask)


# -- what they are made of ---------------------------------------------------------------------------------------------


def _word(x: Any) -> str:
    from taeda.sparse.tensors import WORDS

    return WORDS[x.layout]


def _coordinate(x: Any, name: str) -> Any:
    if x.layout is not _core.sparse_coo:
        raise RuntimeError(f"{name} expected sparse coordinate tensor layout but got {_word(x)}")
    return x


def _uncoalesced(name: str) -> RuntimeError:
    return RuntimeError(f"Cannot get {name} on an uncoalesced tensor, please call .coalesce() first")


def _not_there(x: Any, name: str) -> NotImplementedError:
    backend = {"Strided": "CPU", "Sparse": "SparseCPU"}.get(_word(x), "SparseCsrCPU")
    return NotImplementedError(f"Could not run 'aten::{name}' with arguments from the '{backend}' backend.")


@function(modules=(), method=True)
def indices(input: Tensor) -> Any:
    """The indices (sparse dimensions, entries) of a coalesced COO tensor."""
    if not _coordinate(input, "indices").is_in_order:
        raise _uncoalesced("indices")
    return input.indices_part.detach()


@function(modules=(), method=True)
def values(input: Tensor) -> Any:
    """The values of the entries of a sparse tensor; a COO tensor must be coalesced."""
    if input.layout is _core.strided:
        raise RuntimeError("values expected sparse tensor layout but got Strided")
    if input.layout is _core.sparse_coo and not input.is_in_order:
        raise _uncoalesced("values")
    return input.values_part if input.requires_grad and _core.is_grad_enabled() else input.values_part.detach()


@function(modules=(), method=True)
def _indices(input: Tensor) -> Any:
    """The indices of a COO tensor, coalesced or not."""
    if input.layout is not _core.sparse_coo:
        raise _not_there(input, "_indices")
    return input.indices_part.detach()


@function(modules=(), method=True)
def _values(input: Tensor) -> Any:
    """The values of a COO tensor, coalesced or not, without history."""
    if input.layout is not _core.sparse_coo:
        raise _not_there(input, "_values")
    return input.values_part.detach()


@function(modules=(), method=True)
def _nnz(input: Tensor) -> Any:
    """How many entries a sparse tensor has; of a batch of compressed ones, each of its matrices."""
    if input.layout is _core.strided:
        raise _not_there(input, "_nnz")
    part = input.indices_part if input.layout is _core.sparse_coo else input.plain_part
    return part.shape[-1]


@function(modules=(), method=True)
def is_coalesced(input: Tensor) -> Any:
    """Whether the entries of a COO tensor are in order, and each at a place of its own."""
    return _coordinate(input, "is_coalesced").is_in_order


@function(modules=(), method=True)
def coalesce(input: Tensor) -> Any:
    """A COO tensor with its entries in order and those at one place summed; itself if it is such a one.

    >>> import taeda
    >>> taeda.sparse_coo_tensor([[1, 0, 1]], [1.0, 2.0, 3.0]).coalesce().values()
    tensor([2., 4.])
    """
    from taeda.sparse.conversion import coalesced

    made = coalesced(_coordinate(input, "coalesce"))
    if made is not input:
        made.history = "CoalesceBackward0"
    return made


@function(modules=(), method=True)
def _coalesced_(input: Tensor, coalesced: bool) -> Any:
    """Say whether a COO tensor is coalesced. What is not so gives wrong results, and no crash."""
    _coordinate(input, "_coalesced_").is_in_order = coalesced
    return input


def _index_method(name: str, by_rows: bool, part: str) -> None:
    def get(input: Tensor) -> Any:
        from taeda.sparse.tensors import BSC, BSR, CSC, CSR

        if input.layout not in ((CSR, BSR) if by_rows else (CSC, BSC)):
            raise RuntimeError(f"{name} expected sparse {'row' if by_rows else 'column'} compressed tensor layout but "
                               f"got {_word(input)}")
        return getattr(input, part).detach()

    get.__name__ = name
    which = ("row" if by_rows else "column") if part == "pointers_part" else ("column" if by_rows else "row")
    get.__doc__ = (f"Where the entries of each {which} begin, in a tensor compressed by {which}s."
                   if part == "pointers_part" else f"The {which} of each entry of a compressed tensor.")
    function(get, modules=(), method=True)


for _name, _by_rows, _part_name in (("crow_indices", True, "pointers_part"), ("col_indices", True, "plain_part"),
                                    ("ccol_indices", False, "pointers_part"), ("row_indices", False, "plain_part")):
    _index_method(_name, _by_rows, _part_name)


@function(modules=(), method=True, aliases=("_dimI",))
def sparse_dim(input: Tensor) -> Any:
    """How many dimensions of a sparse tensor are sparse; none of a strided one."""
    if input.layout is _core.strided:
        return 0
    return input.indices_part.shape[0] if input.layout is _core.sparse_coo else 2


@function(modules=(), method=True, aliases=("_dimV",))
def dense_dim(input: Tensor) -> Any:
    """How many dimensions of a sparse tensor are dense; all of a strided one."""
    from taeda.sparse.tensors import BSC, BSR

    if input.layout is _core.strided:
        return input.dim()
    if input.layout is _core.sparse_coo:
        return input.values_part.dim() - 1
    return input.values_part.dim() - input.plain_part.dim() - (2 if input.layout in (BSR, BSC) else 0)


def _resized(x: Any, size: Sequence[int], sparse_dim: int, dense_dim: int, clear: bool, name: str) -> Any:
    from taeda.sparse.tensors import coo

    _coordinate(x, name)
    if sparse_dim + dense_dim != len(size):
        raise RuntimeError(f"'len(size) == sparse_dim + dense_dim' is not satisfied: len(size) = {len(size)}, "
                           f"sparse_dim = {sparse_dim}, dense_dim = {dense_dim}")
    if clear or not x._nnz():
        indices = x.indices_part.new_empty((sparse_dim, 0))
        made = coo(indices, x.values_part.new_empty((0, *size[sparse_dim:])), size, x.is_in_order)
    else:
        if sparse_dim != x.sparse_dim() or dense_dim != x.dense_dim():
            raise RuntimeError("changing the number of sparse or dense dimensions of a tensor with entries is not "
                               f"supported: it has {x.sparse_dim()} and {x.dense_dim()}")
        if any(n < m for n, m in zip(size, x.shape, strict=True)) or tuple(size[sparse_dim:]) != x.dense_sizes:
            raise RuntimeError("shrinking the sparse dimensions of a tensor with entries, or changing dense ones, is "
                               f"not supported: from {list(x.shape)} to {list(size)}")
        made = coo(x.indices_part, x.values_part.detach(), size, x.is_in_order)
    x.become(made)
    return x


@function(modules=(), method=True, spread="")
def sparse_resize_(input: Tensor, size: Sizes, sparse_dim: int, dense_dim: int) -> Any:
    """Give a COO tensor another size that holds its entries."""
    return _resized(input, size, sparse_dim, dense_dim, False, "sparse_resize_")


@function(modules=(), method=True, spread="")
def sparse_resize_and_clear_(input: Tensor, size: Sizes, sparse_dim: int, dense_dim: int) -> Any:
    """Give a COO tensor another size, and no entries."""
    return _resized(input, size, sparse_dim, dense_dim, True, "sparse_resize_and_clear_")


# -- products and sums: the functions of torch.sparse ------------------------------------------------------------------


@function(modules=("torch",), method=True)
def smm(input: Tensor, mat: Tensor) -> Any:
    """The product of a sparse matrix and a strided one, as a sparse matrix."""
    from taeda.sparse.products import product

    return product(input, mat).to_sparse()


@function(modules=("torch",))
def hspmm(mat1: Tensor, mat2: Tensor) -> Any:
    """The product of a COO matrix and a strided one, as a COO matrix with a dense dimension."""
    from taeda.sparse.products import product_of_rows

    return product_of_rows(mat1, mat2)


@function(modules=("torch",), method=True)
def sspaddmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Any:
    """beta * input + alpha * (mat1 @ mat2) for sparse `input` and `mat1`, as a sparse matrix."""
    from taeda.sparse.products import product

    return input.to_sparse() * beta + product(mat1, mat2).to_sparse() * alpha


@function(public="mm", modules=("sparse",))
def sparse_mm(mat1: Tensor, mat2: Tensor, reduce: str | None = None) -> Any:
    """The product of two matrices, of which one at least is sparse; of two sparse ones a sparse one.

    `reduce` says what becomes of the products along a row of a CSR matrix with a strided one: their "sum", or the
    "mean", "amax" or "amin" of those that are there (of none it is 0).

    >>> import taeda
    >>> taeda.sparse.mm(taeda.eye(2).to_sparse(), taeda.ones(2, 3))
    tensor([[1., 1., 1.],
            [1., 1., 1.]])
    """
    from taeda.sparse.products import product, reduced_product

    if reduce not in (None, "sum"):
        return reduced_product(mat1, mat2, reduce)
    return product(mat1, mat2)


@function(public="sum", modules=("sparse",))
def sparse_sum(input: Tensor, dim: Dims = None, dtype: DType | None = None) -> Any:
    """The sum of all elements, or over dimensions: then sparse if a sparse dimension is left."""
    from taeda.sparse.reductions import total

    return total(input, dim, False, dtype, True)


@function(public="softmax", modules=("sparse",))
def sparse_softmax(input: Tensor, dim: int, *, dtype: DType | None = None) -> Any:
    """softmax over the entries along a dimension: what has no entry counts as minus infinity."""
    from taeda.sparse.reductions import soft_max

    return soft_max(input, dim, dtype, False)


@function(public="log_softmax", modules=("sparse",))
def sparse_log_softmax(input: Tensor, dim: int, *, dtype: DType | None = None) -> Any:
    """The logarithm of `softmax`, exactly."""
    from taeda.sparse.reductions import soft_max

    return soft_max(input, dim, dtype, True)


@function(public="addmm", modules=("sparse",))
def sparse_addmm(mat: Tensor, mat1: Tensor, mat2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Any:
    """beta * mat + alpha * (mat1 @ mat2), where `mat1` is sparse."""
    return taeda.addmm(mat, mat1, mat2, beta=beta, alpha=alpha)


@function(public="sampled_addmm", modules=("sparse",), out=True)
def sparse_sampled_addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Any:
    """beta * input + alpha * (mat1 @ mat2) at the entries of `input`, a CSR matrix: nothing else of the product is
    computed."""
    from taeda.sparse.products import sampled

    return sampled(input, mat1, mat2, beta, alpha)


@function(public="spdiags", modules=("sparse",))
def sparse_spdiags(diagonals: Tensor, offsets: Tensor, shape: tuple[int, ...], layout: Layout | None = None) -> Any:
    """A sparse matrix with the rows of `diagonals` on its diagonals: element j of a row stands in column j, `offsets`
    say how far above the main one each is."""
    from taeda.sparse.creation import of_diagonals

    return of_diagonals(diagonals, offsets, shape, layout)
