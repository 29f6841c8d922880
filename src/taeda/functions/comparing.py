"""Questions about tensors that are answered with a Python bool."""

from __future__ import annotations

from taeda import _core
from taeda._binding import internal
from taeda.functions.function import function
from taeda.ops.signature import Object, Tensor


@function(method=True)
def allclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether |input - other| <= atol + rtol * |other| for all elements."""
    return bool(internal.all_close(input, other, rtol, atol, equal_nan).item())


@function(method=True)
def equal(input: Tensor, other: Tensor) -> bool:
    """Whether the tensors have the same shape and elements."""
    return input.shape == other.shape and bool(internal.all_equal(input, other).item())


@function(modules=(), method=True)
def __contains__(input: Tensor, element: Object) -> bool:  # noqa: N807
    """Whether an element equals `element`."""
    if isinstance(element, (_core.Tensor, int, float, complex)):
        return bool((input == element).any().item())
    raise RuntimeError(f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {element.__class__}.")


@function(overridable=False)
def is_tensor(obj: Object | None) -> bool:
    """Whether `obj` is a tensor."""
    return isinstance(obj, _core.Tensor)


@function(overridable=False)
def is_storage(obj: Object | None) -> bool:
    """Whether `obj` is a storage."""
    return isinstance(obj, _core.UntypedStorage)


@function
def is_floating_point(input: Tensor) -> bool:
    """Whether the dtype is floating."""
    return bool(input.dtype.is_floating_point)


@function
def is_complex(input: Tensor) -> bool:
    """Whether the dtype is complex."""
    return bool(input.dtype.is_complex)


@function(method=True)
def is_conj(input: Tensor) -> bool:
    """Whether a conjugation is pending: of `x.conj()` and its views."""
    return bool(_core.is_mirrored(input)) and input.dtype.is_complex


@function(method=True)
def is_neg(input: Tensor) -> bool:
    """Whether a negation is pending: of `x.conj().imag` and its views."""
    return bool(_core.is_mirrored(input)) and not input.dtype.is_complex


@function(method=True)
def is_nonzero(input: Tensor) -> bool:
    """Whether the only element is not zero."""
    if input.numel() == 0:
        raise RuntimeError("Boolean value of Tensor with no values is ambiguous")
    return bool(input)
