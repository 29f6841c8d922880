"""Complex numbers from parts and their parts: views, conjugation, polar coordinates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from taeda.ir.dtype import info, mirrored
from taeda.ir.loop import call
from taeda.ops import dtypes
from taeda.ops.dtypes import Operand
from taeda.ops.op import Result, Sample, Tensor, derived, kernel, pointwise, sample
from taeda.ops.pointwise import conj_physical, contiguous, imaginary_part, join_parts, real_part, resolve
from taeda.ops.views import select


def _complex_only(input: Any, name: str) -> None:
    if input.dtype not in dtypes.COMPLEX:
        raise RuntimeError(f"{name} is only supported for complex tensors")


def as_real(b: Any, register: Any) -> Any:
    """The register of a tensor, or of the parts of a complex one along a last dimension of size 2."""
    if register.dtype not in dtypes.COMPLEX:
        return register
    parts = b.view("unsqueeze", register, [register.ndim], register.ndim + 1)
    return b.view_dtype(parts, dtypes.real_dtype(register.dtype))


@kernel(public=False, view=True, conjugate=False, takes_mirrored=False)
def stored_parts(b: Any, input: Tensor) -> Tensor:
    """`view_as_real`, of which `real` and `imag` are made."""
    return as_real(b, input)


@stored_parts.meta
def _(input: Any) -> Result:
    return Result(dtypes.real_dtype(input.dtype), (*input.shape, 2))


@stored_parts.gradient
def _(grad: Any) -> Any:
    return view_as_complex(contiguous(grad))


@derived(method=False, view=True, role="view_as_real")
def view_as_real(input: Tensor) -> Tensor:
    """A view of a complex tensor as the real tensor of its parts, which are along a last dimension of size 2.

    Raises RuntimeError for a lazy conjugate, whose memory holds other parts.
    """
    if info(input.dtype).is_mirrored:
        raise RuntimeError(
            "view_as_real doesn't work on unresolved conjugated tensors.  To resolve the conjugate tensor so you can "
            "view it as real, use self.resolve_conj(); however, be warned that the resulting tensor will NOT alias the "
            "original.")
    _complex_only(input, "view_as_real")
    return stored_parts(input)


@kernel(method=False, view=True, conjugate=False, takes_mirrored=False, role="view_as_complex")
def view_as_complex(b: Any, input: Tensor) -> Tensor:
    """A view of a real tensor whose last dimension, of size 2, holds the parts of complex numbers."""
    last = input.ndim - 1
    b.check(input.size(last) == 2, RuntimeError, "Tensor must have a last dimension of size 2")
    b.check(input.stride(last) == 1, RuntimeError, "Tensor must have a last dimension with stride 1")
    for d in range(last):
        b.check(input.stride(d) % 2 == 0, RuntimeError,
                "Tensor must have a stride divisible by 2 for all but last dimension")
    b.check(input.storage_offset() % 2 == 0, RuntimeError, "Tensor must have a storage_offset divisible by 2")
    whole = b.view_dtype(input, dtypes.COMPLEX_OF[input.dtype])
    return b.view("squeeze", whole, [last], last)


@view_as_complex.meta
def _(input: Any) -> Result:
    if input.dtype not in dtypes.COMPLEX_OF:
        raise RuntimeError("view_as_complex is only supported for half, float and double tensors, but got a tensor of "
                           f"scalar type: {dtypes.torch_kernel_name(input.dtype)}")
    if input.ndim == 0:
        raise RuntimeError("Input tensor must have one or more dimensions")
    return Result(dtypes.COMPLEX_OF[input.dtype], input.shape[:-1])


@view_as_complex.gradient
def _(grad: Any) -> Any:
    return view_as_real(grad)


@view_as_complex.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, 2))


@kernel(public=False, view=True, conjugate=False, role="mirror")
def mirror(b: Any, input: Tensor) -> Tensor:
    """The conjugates of complex numbers, the negatives of real ones: a view (ir/mirror.py)."""
    return b.view_dtype(input, mirrored(input.dtype))


@mirror.meta
def _(input: Any) -> Result:
    return Result(mirrored(input.dtype), input.shape)


@mirror.gradient
def _(grad: Any) -> Any:
    return conjugate_or_negative(grad)


@derived(public=False)
def conjugate_or_negative(input: Tensor) -> Tensor:
    """What `mirror` shows, computed at once."""
    return conj_physical(input) if info(input.dtype).is_complex else -input


@mirror.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3))


@derived(view=True, elementwise=True)
def conj(input: Tensor) -> Tensor:
    """The complex conjugate: a view, through which it can be written; `input` itself, if real.

    The conjugation is done by whatever reads the view (`is_conj` says that it is pending), `resolve_conj` does it now.

    >>> import taeda
    >>> x = taeda.tensor([1 + 2j])
    >>> y = x.conj()
    >>> y[0] = 3j
    >>> x, y.is_conj()
    (tensor([0.-3.j]), True)
    """
    return mirror(input) if info(input.dtype).is_complex else input


def _parts(input: Any, k: int) -> Any:
    """Part k of complex numbers: a view of the memory, where the imaginary parts of lazy conjugates are negative."""
    pending = info(input.dtype).is_mirrored
    part = select(stored_parts(mirror(input) if pending else input), -1, k)
    return mirror(part) if pending and k else part


@derived(method=False, view=True, elementwise=True)
def real(input: Tensor) -> Tensor:
    """The real part: a view, through which it can be written; `input` itself, if real."""
    return _parts(input, 0) if info(input.dtype).is_complex else input


@derived(method=False, view=True)
def imag(input: Tensor) -> Tensor:
    """The imaginary part: a view, through which it can be written. Raises RuntimeError for real tensors."""
    if not info(input.dtype).is_complex:
        raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")
    return _parts(input, 1)


@derived(view=True, elementwise=True)
def resolve_conj(input: Tensor) -> Tensor:
    """`input` itself, or, if it is a lazy conjugate, a new tensor of its numbers."""
    row = info(input.dtype)
    return resolve(input) if row.is_mirrored and row.is_complex else input


@derived(view=True, elementwise=True)
def resolve_neg(input: Tensor) -> Tensor:
    """`input` itself, or, if it is a lazy negative, a new tensor of its numbers."""
    row = info(input.dtype)
    return resolve(input) if row.is_mirrored and not row.is_complex else input


for _op in (conj, resolve_conj, resolve_neg, real):
    @_op.samples
    def _(make: Any) -> Iterator[Sample]:
        yield sample(make(2, 3))


# -- from parts -------------------------------------------------------------------------------------------------------


def _check_parts(first_part: Any, second_part: Any) -> None:
    first, second = first_part.dtype, second_part.dtype
    if first not in dtypes.COMPLEX_OF or second not in dtypes.COMPLEX_OF:
        words = " and ".join(map(dtypes.torch_kernel_name, (first, second)))
        raise RuntimeError(f"Expected both inputs to be Half, Float or Double tensors but got {words}")
    if first != second:
        raise RuntimeError(f"Expected object of scalar type {dtypes.torch_kernel_name(first)} but got scalar type "
                           f"{dtypes.torch_kernel_name(second)} for second argument")


def _from_polar(operands: Sequence[Operand]) -> tuple[str, str]:
    if any(o.dtype not in ("float32", "float64") for o in operands):
        words = " and ".join(dtypes.torch_kernel_name(o.dtype) for o in operands)
        raise RuntimeError(f"Expected both inputs to be Float or Double tensors but got {words}")
    _check_parts(*operands)
    return operands[0].dtype, dtypes.COMPLEX_OF[operands[0].dtype]


@derived(public="complex", method=False, out=True)
def complex_(real: Tensor, imag: Tensor) -> Tensor:
    """The complex numbers of real and imaginary parts, which have one dtype: float16, float32 or float64."""
    _check_parts(real, imag)
    return join_parts(real, imag)


@pointwise(dtype=_from_polar, method=False, inplace=False, conjugate=False)
def polar(abs: Tensor, angle: Tensor) -> Tensor:
    """The complex numbers of absolute values and angles in radians."""
    return call("complex", abs * call("cos", angle), abs * call("sin", angle))


@polar.gradient
def _(grad: Any, abs: Any, angle: Any) -> Any:
    cosine, sine = angle.cos(), angle.sin()
    a, b = real_part(grad), imaginary_part(grad)
    return a * cosine + b * sine, abs * (b * cosine - a * sine)


@complex_.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(4))


@polar.samples
def _(make: Any) -> Iterator[Sample]:
    # At negative absolute values PyTorch's gradient has the wrong sign: it takes them for lengths.
    yield sample(make(3, 4, low=0.5, high=2.0), make(4))

