"""What the files of linear algebra share: checks of matrices with PyTorch's messages, views, batches."""

from __future__ import annotations

from typing import Any, NamedTuple

from taeda.ir.dtype import NARROW
from taeda.ir.expression import product
from taeda.ops import dtypes
from taeda.ops.broadcasting import broadcast_shape
from taeda.ops.copies import fresh
from taeda.ops.creation import eye
from taeda.ops.matmul import transposed
from taeda.ops.op import Tensor, check, derived
from taeda.ops.pointwise import conj_physical
from taeda.ops.views import expand


def check_float(x: Any, name: str) -> None:
    """Float or complex, and no 16-bit float."""
    if not dtypes.is_float(x.dtype) and not dtypes.is_complex(x.dtype):
        raise RuntimeError(f"{name}: Expected a floating point or complex tensor as input. Got "
                           f"{dtypes.torch_kernel_name(x.dtype)}")
    if x.dtype in NARROW:
        raise NotImplementedError(f"\"{name.rpartition('.')[2]}_cpu\" not implemented for "
                                  f"'{dtypes.torch_kernel_name(x.dtype)}'")


def check_matrices(x: Any, name: str, letter: str = "A") -> None:
    if x.ndim < 2:
        raise RuntimeError(f"{name}: The input tensor {letter} must have at least 2 dimensions.")


def check_square(x: Any, name: str, letter: str = "A") -> None:
    check_matrices(x, name, letter)
    check(x.shape[-1] == x.shape[-2], RuntimeError,
          f"{name}: {letter} must be batches of square matrices, but they are {{0}} by {{1}} matrices",
          x.shape[-2], x.shape[-1])


def check_square_float(x: Any, name: str) -> Any:
    """x, square matrices of float or complex numbers."""
    check_square(x, name)
    check_float(x, name)
    return x


def check_same_dtype(A: Any, B: Any, name: str, letter: str = "A") -> None:
    if A.dtype != B.dtype:
        raise RuntimeError(f"{name}: Expected {letter} and B to have the same dtype, but found {letter} of type "
                           f"{dtypes.torch_kernel_name(A.dtype)} and B of type {dtypes.torch_kernel_name(B.dtype)} "
                           "instead")


def check_equation(A: Any, B: Any, left: bool, name: str) -> None:
    """That A X = B, or X A = B where not `left`, has a meaning for square A."""
    check(A.shape[-2] == (B.shape[-2] if left else B.shape[-1]), RuntimeError,
          f"{name}: Incompatible shapes of A and B for the equation {'AX = B' if left else 'XA = B'}"
          " ({0}x{1} and {2}x{3})", A.shape[-2], A.shape[-1], B.shape[-2], B.shape[-1])


def batch_words(ndim: int) -> str:
    """How messages say which matrix of a batch failed, if there is one."""
    return "(Batch element {0}): " if ndim > 2 else ""


def batch_size(x: Any) -> Any:
    """The number of matrices in a tensor or register."""
    return product(x.shape[:-2])


def adjoint(x: Any) -> Any:
    """The matrices of x transposed and conjugated."""
    return conj_physical(transposed(x))


def register_transposed(b: Any, x: Any) -> Any:
    """As `transposed`, of a register."""
    return b.view("permute", x, (*range(x.ndim - 2), x.ndim - 1, x.ndim - 2))


@derived(public=False)
def columnwise(input: Tensor) -> Tensor:
    """A copy whose matrices have one column after the other, as results that LAPACK gives lie."""
    return transposed(fresh(transposed(input)))


class _Batch(NamedTuple):
    """The batch dimensions of a stack of matrices, as broadcast_shape reads them."""

    shape: tuple[Any, ...]
    ndim: int


def common_batch(*tensors: Any) -> tuple[Any, ...]:
    """The broadcast batch dimensions of stacks of matrices; that they broadcast is checked when the op runs."""
    return broadcast_shape([_Batch(tuple(x.shape[:-2]), x.ndim - 2) for x in tensors])


def broadcast_batches(*tensors: Any) -> tuple[Any, ...]:
    """The tensors with common batch dimensions."""
    if all(x.ndim == 2 for x in tensors):
        return tensors
    batch = common_batch(*tensors)
    return tuple(expand(x, (*batch, *x.shape[-2:])) for x in tensors)


def identity_like(x: Any) -> Any:
    """The identity of the shape of (square) x."""
    n = x.shape[-1]
    return expand(eye(n, n, x.dtype), x.shape)
