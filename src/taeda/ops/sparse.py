"""Matrices stored as rows of entries: products with strided matrices, and the order of entries.

A matrix (rows, inner) is a vector of `values`, of `columns` beside it, and of row `pointers` (rows + 1): row r has the
entries from pointers[r] to pointers[r + 1]. All sparse layouts (taeda/sparse) are multiplied in this form, which for a
transposed matrix is the order of its entries by column. The three products are each other's gradients::

    out = sparse_product(values, pointers, columns, dense)        d values = sampled_product(.., grad, dense)
                                                                  d dense  = transposed_product(values, .., grad)

Pointers and columns are checked inside the kernels: whatever they hold, nothing is read outside of a buffer.
"""

from __future__ import annotations

from typing import Any

from taeda.ir.expression import minimum
from taeda.ops.indexing import index_select, same_size
from taeda.ops.op import Result, SymInt, Tensor, derived, kernel, sample

_POINTERS = ("RuntimeError", "the row pointers of a sparse matrix must rise from 0 to its {3} entries, but row {0} "
                             "goes from {1} to {2}")
_COLUMN = ("IndexError", "entry {0} of a sparse matrix is in column {1}, but there are {2} columns")


def _pattern_checked(b: Any, pointers: Any) -> None:
    b.check(pointers.size(0) >= 1, RuntimeError, "a sparse matrix has a row pointer more than rows")


def _check_pattern(pointers: Any, columns: Any) -> None:
    for name, x in (("pointers", pointers), ("columns", columns)):
        if x.dtype != "int64" or x.ndim != 1:
            raise RuntimeError(f"the {name} of a sparse matrix are an int64 vector, not {x.dtype} of {x.ndim} "
                               "dimensions")


def _check_numbers(dtype: str, *others: Any) -> None:
    if dtype == "bool" or dtype.startswith("float8") or dtype == "complex32":
        raise NotImplementedError(f"products of sparse matrices of {dtype}")
    for x in others:
        if x.dtype != dtype:
            raise RuntimeError(f"expected a sparse and a strided matrix of one dtype, got {dtype} and {x.dtype}")
        if x.ndim != 2:
            raise RuntimeError(f"a sparse matrix is multiplied by matrices, not by tensors of {x.ndim} dimensions")


@kernel(public=False, batch=False)
def sparse_product(b: Any, values: Tensor, pointers: Tensor, columns: Tensor, dense: Tensor) -> Tensor:
    """The product of a sparse matrix (rows, inner) with `dense` (inner, width). Sums run in the order of the entries.

    Raises RuntimeError for pointers that are none, IndexError for a column that does not exist.
    """
    _pattern_checked(b, pointers)
    b.check(same_size(values.size(0), columns.size(0)), RuntimeError,
            "a sparse matrix of {0} values has {1} columns beside them", values.size(0), columns.size(0))
    out = b.alloc(values.dtype, [pointers.size(0) - 1, dense.size(1)])
    b.method("sparse.sparse_product", pointers=pointers, columns=columns, values=values, dense=dense, out=out,
             faults=[_POINTERS, _COLUMN])
    return out


@sparse_product.meta
def _(values: Any, pointers: Any, columns: Any, dense: Any) -> Result:
    _check_pattern(pointers, columns)
    _check_numbers(values.dtype, dense)
    return Result(values.dtype, [pointers.shape[0] - 1, dense.shape[1]])


@sparse_product.gradient
def _(grad: Any, values: Any, pointers: Any, columns: Any, dense: Any) -> Any:
    return (sampled_product(grad, dense, pointers, columns), None, None,
            transposed_product(values, pointers, columns, grad, dense.shape[0]))


@kernel(public=False, batch=False)
def sampled_product(b: Any, left: Tensor, right: Tensor, pointers: Tensor, columns: Tensor) -> Tensor:
    """Those elements of left (rows, width) @ right (inner, width)^T that stand at the entries of a sparse matrix
    (rows, inner)."""
    _pattern_checked(b, pointers)
    b.check(same_size(left.size(0), pointers.size(0) - 1), RuntimeError,
            "a matrix of {0} rows at the entries of a sparse one of {1}", left.size(0), pointers.size(0) - 1)
    b.check(same_size(left.size(1), right.size(1)), RuntimeError,
            "mat1 and mat2 shapes cannot be multiplied ({0} and {1} columns)", left.size(1), right.size(1))
    out = b.full(left.dtype, [columns.size(0)], 0)
    b.method("sparse.sampled_product", pointers=pointers, columns=columns, left=left, right=right, out=out,
             faults=[_POINTERS, _COLUMN])
    return out


@sampled_product.meta
def _(left: Any, right: Any, pointers: Any, columns: Any) -> Result:
    _check_pattern(pointers, columns)
    _check_numbers(left.dtype, left, right)
    return Result(left.dtype, [columns.shape[0]])


@sampled_product.gradient
def _(grad: Any, left: Any, right: Any, pointers: Any, columns: Any) -> Any:
    return (sparse_product(grad, pointers, columns, right),
            transposed_product(grad, pointers, columns, left, right.shape[0]), None, None)


@derived(public=False)
def transposed_product(values: Tensor, pointers: Tensor, columns: Tensor, dense: Tensor, inner: SymInt) -> Tensor:
    """The product of the transpose (inner, rows) of a sparse matrix with `dense` (rows, width)."""
    turned, places = group_numbers(columns, None, inner)
    rows = index_select(row_numbers(pointers, columns), 0, places)
    return sparse_product(index_select(values, 0, places), turned, rows, dense)


@kernel(public=False, differentiable=False, batch=False)
def group_numbers(b: Any, keys: Tensor, order: Tensor | None, bound: SymInt) -> tuple[Tensor, Tensor]:
    """How many of the `keys` (int64, 0 <= key < bound) are below each number up to `bound`, and their places in rising
    order, equal ones in the order in which `order` names them (default: as they come)."""
    b.check(bound >= 0, RuntimeError, "a size of {0}", bound)
    if order is not None:
        b.check(same_size(keys.numel(), order.numel()), RuntimeError, "an order of {1} entries for {0}", keys.numel(),
                order.numel())
    pointers, places = b.alloc("int64", [bound + 1]), b.alloc("int64", [keys.numel()])
    b.method("sparse.group_numbers", keys=keys, bound=bound, pointers=pointers, order=order, places=places,
             faults=[("RuntimeError", "entry {0} has the index {1}, which is not below the size {2}"),
                     ("RuntimeError", "an order of {2} entries has the entry {1} at place {0}")])
    return pointers, places


@group_numbers.meta
def _(keys: Any, order: Any, bound: Any) -> tuple[Result, Result]:
    for x in (keys, *(() if order is None else (order,))):
        if x.dtype != "int64" or x.ndim != 1:
            raise RuntimeError(f"keys and their order are int64 vectors, not {x.dtype} of {x.ndim} dimensions")
    return Result("int64", [bound + 1]), Result("int64", [keys.shape[0]])


@kernel(public=False, differentiable=False, batch=False)
def row_numbers(b: Any, pointers: Tensor, columns: Tensor) -> Tensor:
    """The row of each entry of a sparse matrix; of `columns` only the number is read."""
    _pattern_checked(b, pointers)
    numbers = b.alloc("int64", [columns.size(0)])
    rows = pointers.size(0) - 1
    b.check(minimum(columns.size(0), 1) * (rows < 1) < 1, RuntimeError,
            "a sparse matrix without rows has {0} entries", columns.size(0))
    b.method("sparse.row_numbers", pointers=pointers, rows=rows, numbers=numbers, faults=[_POINTERS])
    return numbers


@row_numbers.meta
def _(pointers: Any, columns: Any) -> Result:
    _check_pattern(pointers, columns)
    return Result("int64", [columns.shape[0]])


# A matrix of 4 rows and 5 columns with 6 entries, one row of them empty.
def _pattern(make: Any) -> tuple[Any, Any]:
    pointers = make(5, dtype="int64", low=0, high=1)
    columns = make(6, dtype="int64", low=0, high=5)
    for k, n in enumerate((0, 2, 2, 5, 6)):
        pointers[k] = n
    return pointers, columns


@sparse_product.samples
def _(make: Any) -> Any:
    pointers, columns = _pattern(make)
    for width in (3, 1, 40):
        yield sample(make(6), pointers, columns, make(5, width))


@sampled_product.samples
def _(make: Any) -> Any:
    pointers, columns = _pattern(make)
    for width in (3, 1, 40):
        yield sample(make(4, width), make(5, width), pointers, columns)


@transposed_product.samples
def _(make: Any) -> Any:
    pointers, columns = _pattern(make)
    yield sample(make(6), pointers, columns, make(4, 3), 5)


@group_numbers.samples
def _(make: Any) -> Any:
    yield sample(make(9, dtype="int64", low=0, high=4), None, 4)
    yield sample(make(3, dtype="int64", low=0, high=1), make(3, dtype="int64", low=2, high=3), 1)


@row_numbers.samples
def _(make: Any) -> Any:
    yield sample(*_pattern(make))
