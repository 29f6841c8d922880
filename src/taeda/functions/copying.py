"""Copies of views, copies with a part replaced, and other small relatives of views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import taeda
from taeda import _core
from taeda.functions.creation import _finish


def _fresh(x: Any) -> Any:
    """A contiguous copy."""
    return x.clone() if x.is_contiguous() else x.contiguous()


def _copy_of(name: str, take: Callable[..., Any]) -> Callable[..., Any]:
    def copy(input: Any, *args: Any, out: Any = None, **kwargs: Any) -> Any:
        found = take(input, *args, **kwargs)
        return _finish(found if out is not None else _fresh(found), out, False)

    copy.__name__ = copy.__qualname__ = name
    copy.__doc__ = f"A copy of what {name.removesuffix('_copy')} gives a view of."
    return copy


def _method(name: str) -> Callable[..., Any]:
    return lambda input, *args, **kwargs: getattr(input, name)(*args, **kwargs)


def _slice(input: Any, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1) -> Any:
    dim = dim % max(input.dim(), 1)
    return input[(slice(None),) * dim + (slice(start, end, step),)]


alias_copy = _copy_of("alias_copy", lambda input: input)
detach_copy = _copy_of("detach_copy", _method("detach"))
expand_copy = _copy_of("expand_copy", lambda input, size, *, implicit=False: input.expand(tuple(size)))
slice_copy = _copy_of("slice_copy", _slice)
diagonal_copy = _copy_of("diagonal_copy", _method("diagonal"))
as_strided_copy = _copy_of("as_strided_copy", _method("as_strided"))
narrow_copy = _copy_of("narrow_copy", _method("narrow"))
view_copy = _copy_of("view_copy", lambda input, size=None, dtype=None: input.view(size if dtype is None else dtype))
permute_copy = _copy_of("permute_copy", _method("permute"))
unfold_copy = _copy_of("unfold_copy", _method("unfold"))
untranspose_copy = _copy_of("transpose_copy", _method("transpose"))
select_copy = _copy_of("select_copy", _method("select"))
t_copy = _copy_of("t_copy", _method("t"))


def _replaced(input: Any, src: Any, take: Callable[[Any], Any], out: Any = None) -> Any:
    made = input.clone()
    place = take(made)
    if tuple(place.shape) != tuple(src.shape):
        raise RuntimeError(f"expected src to have a size equal to the slice of self. src size = {list(src.shape)}, "
                           f"slice size = {list(place.shape)}")
    place.copy_(src)
    return _finish(made, out, False)


def select_scatter(input: Any, src: Any, dim: int, index: int, *, out: Any = None) -> Any:
    """A copy of `input` with `src` as its slice `index` along `dim`."""
    return _replaced(input, src, lambda x: x.select(dim, index), out)


def slice_scatter(input: Any, src: Any, dim: int = 0, start: int | None = None, end: int | None = None,
                  step: int = 1, *, out: Any = None) -> Any:
    """A copy of `input` with `src` at [start:end:step] along `dim`."""
    return _replaced(input, src, lambda x: _slice(x, dim, start, end, step), out)


def diagonal_scatter(input: Any, src: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    """A copy of `input` with `src` on its diagonal."""
    return _replaced(input, src, lambda x: x.diagonal(offset, dim1, dim2))


def as_strided_scatter(input: Any, src: Any, size: Any, stride: Any, storage_offset: int | None = None) -> Any:
    """A copy of `input` with `src` at the places that a geometry over its memory names."""
    places = taeda.arange(input.numel()).as_strided(tuple(size), tuple(stride), storage_offset or 0)
    if tuple(places.shape) != tuple(src.shape):
        raise RuntimeError(f"expected src to have a size equal to the slice of self. src size = {list(src.shape)}, "
                           f"slice size = {list(places.shape)}")
    made = input.reshape(-1).index_copy(0, places.reshape(-1), src.to(input.dtype).reshape(-1))
    return made.reshape(input.shape)


# -- of real numbers ---------------------------------------------------------------------------------------------------


def _real_only(name: str, input: Any) -> Any:
    if input.dtype.is_complex:
        raise NotImplementedError(f"{name}: complex numbers are not there yet")
    return input


def conj(input: Any) -> Any:
    """The complex conjugate: `input` itself, if real."""
    return _real_only("conj", input)


def conj_physical(input: Any, *, out: Any = None) -> Any:
    """The complex conjugate, computed at once: `input` itself, if real."""
    return _finish(_real_only("conj_physical", input), out, False)


def conj_physical_(input: Any) -> Any:
    """conj_physical, in place."""
    return _real_only("conj_physical_", input)


def resolve_conj(input: Any) -> Any:
    """`input` with a pending conjugation done: itself, if real."""
    return _real_only("resolve_conj", input)


def resolve_neg(input: Any) -> Any:
    """`input` with a pending negation done. None is ever pending."""
    return input


def real(input: Any) -> Any:
    """The real part: `input` itself, if real."""
    return _real_only("real", input)


def imag(input: Any) -> Any:
    """The imaginary part. Raises RuntimeError for real tensors."""
    _real_only("imag", input)
    raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")


# -- new tensors -------------------------------------------------------------------------------------------------------


def scalar_tensor(s: Any, *, dtype: Any = None, layout: Any = None, device: Any = None, pin_memory: bool = False,
                  requires_grad: bool = False) -> Any:
    """The number as a tensor without dimensions, of the default floating dtype unless `dtype` says otherwise."""
    dtype = _core.get_default_dtype() if dtype is None else dtype
    return taeda.full((), s, dtype=dtype, device=device, layout=layout, requires_grad=requires_grad)


def empty_permuted(size: Any, physical_layout: Any, *, dtype: Any = None, layout: Any = None, device: Any = None,
                   requires_grad: bool = False, pin_memory: bool = False) -> Any:
    """An uninitialised dense tensor whose dimensions lie in memory in the order `physical_layout`, outermost first."""
    order = [int(d) for d in physical_layout]
    if len(order) != len(size):
        raise RuntimeError(f"Number of dimensions in size does not match the length of the physical_layout; "
                           f"i.e. len(size) = {len(size)} "
                           f"is not equal to len(physical_layout) = {len(order)}")
    for d in order:
        if not 0 <= d < len(order):
            raise RuntimeError(f"Dimension out of range (expected to be between 0 and {len(order) - 1}, but got "
                               f"{d} at index "
                               f"{order.index(d)}).  NB: negative dims not currently supported; file an issue "
                               f"if you want it.")
        if order.count(d) > 1:
            raise RuntimeError("Duplicate dim not allowed")
    strides, step = [0] * len(order), 1
    for d in reversed(order):
        strides[d] = step
        step *= max(int(size[d]), 1)
    return taeda.empty_strided(size, strides, dtype=dtype, layout=layout, device=device, requires_grad=requires_grad)


def resize_as_(input: Any, the_template: Any, *, memory_format: Any = None) -> Any:
    """Resize `input`, in place, to the shape of `the_template`."""
    return input.resize_(tuple(the_template.shape))
