"""Nested tensors: a batch of tensors that differ in their size along one dimension, without padding.

The components lie side by side in one plain tensor, `values`, along that *ragged* dimension; `offsets` says where each
begins (raggedness.py). So dimension d of the nested tensor is dimension d - 1 of its values, except for dimension 0,
which counts the components.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import taeda
from taeda import _core
from taeda.composed import Composed
from taeda.nested.raggedness import NestedSize, Raggedness, raggedness_of


class NestedTensor(Composed):
    """A nested tensor. Make it with `taeda.nested.nested_tensor`."""

    __slots__ = ("layout", "ragged", "raggedness", "values_part")
    layout: Any
    values_part: Any
    raggedness: Raggedness
    ragged: int  # the dimension along which components differ, 1 or higher
    rules: ClassVar[dict[str, Any]] = {}
    in_place_rules: ClassVar[dict[str, Any]] = {}
    backend = "NestedTensorCPU"
    priority = 2
    is_nested = True

    # What composed tensors say --------------------------------------------------------------------------------------

    def differentiable(self) -> Any:
        return self.values_part

    def like_this(self, part: Any) -> Any:
        return nested(part, self.raggedness, self.ragged, self.layout)

    def become(self, other: Any) -> None:
        self.values_part, self.raggedness, self.ragged = other.values_part, other.raggedness, other.ragged
        _core.reshape_composed(self, _extents(other.values_part, other.raggedness, other.ragged), other.values_part)

    def gradient_part(self, gradient: Any) -> Any:
        if not isinstance(gradient, NestedTensor) or gradient.raggedness is not self.raggedness:
            raise RuntimeError(f"the gradient of a nested tensor of shape {self._sizes()} must be a nested tensor with "
                               "the same offsets; make it with torch.nested.nested_tensor_from_jagged(values, "
                               "x.offsets())")
        return gradient.values_part

    @classmethod
    def missing(cls, name: str, arguments: tuple[Any, ...]) -> Any:
        raise NotImplementedError(f"{name}(): not supported for nested tensors. Use it on values(), on the components "
                                  "of unbind(), or on to_padded_tensor()")

    @classmethod
    def general_rule(cls, name: str) -> Callable[..., Any] | None:
        from taeda.nested.rules import rule_of_kind

        return rule_of_kind(name)

    @classmethod
    def general_in_place_rule(cls, name: str) -> Callable[..., Any] | None:
        from taeda.nested.rules import in_place_rule_of_kind

        return in_place_rule_of_kind(name)

    # Sizes ----------------------------------------------------------------------------------------------------------

    def _sizes(self) -> tuple[int, ...]:
        inner = list(self.values_part.shape)
        inner[self.ragged - 1] = self.raggedness.size
        return (self.raggedness.components, *inner)

    @property
    def shape(self) -> Any:
        """The sizes; that of the ragged dimension is a `NestedSize`, equal for tensors with the same offsets."""
        if self.layout is _core.strided:
            raise RuntimeError("NestedTensorImpl doesn't support sizes: a nested tensor of layout torch.strided has no "
                               "shape. Ask size(dim) of its regular dimensions, or make it with layout=torch.jagged")
        return _core.Size(self._sizes())

    def size(self, dim: int | None = None) -> Any:
        """The sizes, or one of them."""
        if dim is None:
            return self.shape
        dim = wrapped(self, dim)
        if dim == self.ragged and self.layout is _core.strided:
            raise RuntimeError(f"Given dimension {dim} is irregular and does not have a size.")
        return self._sizes()[dim]

    def stride(self, dim: int | None = None) -> Any:
        """Steps in elements along the dimensions of the values; that of dimension 0 is a multiple of the ragged
        size."""
        inner = self.values_part.stride()
        rows = self.values_part.shape[self.ragged - 1]
        strides = (self.raggedness.size * (self.values_part.numel() // max(rows, 1)), *inner)
        return strides if dim is None else strides[wrapped(self, dim)]

    def numel(self) -> int:
        """The number of elements of all components."""
        if self.raggedness.lengths is not None:
            return compact(self).numel()
        return int(self.values_part.numel())

    nelement = numel

    def is_contiguous(self, *, memory_format: Any = None) -> bool:
        """Whether the values are contiguous, in order and without rows that belong to no component."""
        return self.ragged == 1 and self.raggedness.lengths is None and self.values_part.is_contiguous()

    # Parts ----------------------------------------------------------------------------------------------------------

    def values(self) -> Any:
        """The components side by side: a plain tensor, with gradients."""
        return self.values_part

    def offsets(self) -> Any:
        """Where each component begins along the ragged dimension of the values, and the end."""
        return self.raggedness.offsets

    def lengths(self) -> Any:
        """The sizes of the components where rows between them belong to none; else None."""
        return self.raggedness.lengths

    _values = property(lambda self: self.values_part.detach())
    _offsets = property(lambda self: self.raggedness.offsets)
    _lengths = property(lambda self: self.raggedness.lengths)
    _ragged_idx = property(lambda self: self.ragged)
    _max_seqlen = property(lambda self: self.raggedness.longest)
    _min_seqlen = property(lambda self: self.raggedness.shortest)

    def _get_max_seqlen(self) -> int:
        return self.raggedness.longest

    def _get_min_seqlen(self) -> int:
        return self.raggedness.shortest

    def to_padded_tensor(self, padding: float, output_size: Any = None) -> Any:
        """One strided tensor, `padding` behind what is shorter than the longest component (or than `output_size`)."""
        from taeda.nested.padding import padded_to

        return padded_to(self, padding, output_size)

    def _nested_tensor_size(self) -> Any:
        """The sizes of the components as a matrix."""
        inner = [list(self.values_part.shape) for _ in range(self.raggedness.components)]
        for sizes, n in zip(inner, self.raggedness.sizes, strict=True):
            sizes[self.ragged - 1] = n
        return taeda.tensor(inner, dtype=taeda.int64)

    # Python ---------------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return self.raggedness.components

    def __iter__(self) -> Any:
        return iter(self.unbind())

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        from taeda.nested.printing import nested_repr

        return nested_repr(self)

    def __getitem__(self, key: Any) -> Any:
        from taeda.nested.views import get_item

        return get_item(self, key)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _rebuild, (self.values_part, self.raggedness.offsets, self.raggedness.lengths, self.ragged,
                          self.layout is _core.strided)

    def tolist(self) -> Any:
        """The components as lists."""
        return [component.tolist() for component in self.unbind()]

    def numpy(self, *, force: bool = False) -> Any:
        """Raises RuntimeError: components differ in size."""
        raise RuntimeError(".numpy() is not supported for nested tensors: use to_padded_tensor(..).numpy(), or the "
                           "components of unbind()")

    def plain(self) -> Any:
        """The element of a tensor of one; raises NotImplementedError for others."""
        return compact(self).values_part if self.numel() == 1 else self.to_dense()

    def to_dense(self, dtype: Any = None, *, masked_grad: bool | None = None) -> Any:
        """Raises NotImplementedError: components differ in size."""
        return self.missing("to_dense", ())


def nested(values: Any, raggedness: Raggedness, ragged: int, layout: Any) -> NestedTensor:
    """A nested tensor of parts that are known to fit."""
    made: NestedTensor = NestedTensor.made(_extents(values, raggedness, ragged), values)
    made.values_part, made.raggedness, made.ragged, made.layout = values, raggedness, ragged, layout
    return made


def _extents(values: Any, raggedness: Raggedness, ragged: int) -> tuple[int, ...]:
    """Sizes for the core, which asks for the number of dimensions alone."""
    inner = list(values.shape)
    inner[ragged - 1] = 1
    return (raggedness.components, *inner)


def wrapped(x: NestedTensor, dim: int, extra: int = 0) -> int:
    """A dimension as a number from 0."""
    rank = x.values_part.dim() + 1 + extra
    if not -rank <= dim < rank:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-rank}, {rank - 1}], but got {dim})")
    return dim % rank


def compact(x: NestedTensor) -> NestedTensor:
    """The same components side by side, none apart."""
    if x.raggedness.lengths is None:
        return x
    values = x.values_part.index_select(x.ragged - 1, x.raggedness.used_rows)
    return nested(values, x.raggedness.compacted, x.ragged, x.layout)


# Making them --------------------------------------------------------------------------------------------------------


def of_components(tensors: list[Any], layout: Any) -> NestedTensor:
    """Of plain tensors, side by side: the gradients reach them."""
    if not tensors:
        if layout is not _core.strided:
            raise RuntimeError("Cannot construct a nested tensor from an empty tensor list")
        return nested(taeda.zeros(0), raggedness_of(taeda.zeros(1, dtype=taeda.int64)), 1, layout)
    first = tensors[0]
    if any(t.dim() != first.dim() for t in tensors):
        raise RuntimeError("When constructing a nested tensor, all tensors in list must have the same dim")
    for what in ("dtype", "device"):
        if any(getattr(t, what) != getattr(first, what) for t in tensors):
            raise RuntimeError(f"When constructing a nested tensor, all tensors in list must have the same {what}")
    if not first.dim():
        raise NotImplementedError("a nested tensor of numbers: use torch.stack(), or give components with dimensions")
    different = [d for d in range(first.dim()) if any(t.shape[d] != first.shape[d] for t in tensors)]
    if len(different) > 1:
        if layout is not _core.strided:
            raise RuntimeError("When constructing a nested tensor, all tensors in list must have the same sizes "
                               "outside of a single ragged dimension, but dimensions "
                               f"{[d + 1 for d in different]} differ")
        raise NotImplementedError(f"a nested tensor whose components differ in {len(different)} dimensions "
                                  f"({[d + 1 for d in different]}); they may differ in one")
    dim = different[0] if different else 0
    sizes = taeda.tensor([0, *(t.shape[dim] for t in tensors)], dtype=taeda.int64, device=first.device)
    offsets = sizes.cumsum(0)
    return nested(taeda.cat(tensors, dim), raggedness_of(offsets), dim + 1, layout)


def checked_offsets(values: Any, offsets: Any, lengths: Any, ragged: int) -> None:
    """RuntimeError where they reach outside of the values, or do not rise."""
    for name, x in (("offsets", offsets), ("lengths", lengths)):
        if x is None:
            continue
        if x.dim() != 1 or x.dtype not in (taeda.int64, taeda.int32):
            raise RuntimeError(f"{name} must be a vector of int64 or int32, but got {x.dtype} of shape "
                               f"{list(x.shape)}")
    if offsets.shape[0] < 1:
        raise RuntimeError("offsets must have one more element than there are components, but it is empty")
    if lengths is not None and lengths.shape[0] != offsets.shape[0] - 1:
        raise RuntimeError(f"expected lengths to have {offsets.shape[0] - 1} elements, one for each component, but got "
                           f"{lengths.shape[0]}")
    if offsets.is_meta:
        return
    rows = values.shape[ragged - 1]
    steps = offsets.diff()
    if bool((offsets[0] < 0) | (offsets[-1] > rows)) or bool((steps < 0).any()):
        raise RuntimeError(f"offsets must rise from 0 to at most the {rows} rows of the values, but got "
                           f"{offsets.tolist()}")
    if lengths is None and bool((offsets[0] != 0) | (offsets[-1] != rows)):
        raise RuntimeError(f"offsets must begin with 0 and end with the {rows} rows of the values, but got "
                           f"{offsets.tolist()}; give lengths= where rows belong to no component")
    if lengths is not None and bool(((lengths < 0) | (offsets[:-1] + lengths > rows)).any()):
        raise RuntimeError(f"components of lengths {lengths.tolist()} at {offsets.tolist()[:-1]} reach outside of the "
                           f"{rows} rows of the values")


def _rebuild(values: Any, offsets: Any, lengths: Any, ragged: int, is_strided: bool) -> NestedTensor:
    """What pickles call: the parts are checked."""
    if not 1 <= ragged <= values.dim():
        raise RuntimeError(f"a nested tensor of {values.dim() + 1} dimensions cannot be ragged in dimension {ragged}")
    checked_offsets(values, offsets, lengths, ragged)
    return nested(values, raggedness_of(offsets, lengths), ragged, _core.strided if is_strided else _core.jagged)


__all__ = ["NestedSize", "NestedTensor", "checked_offsets", "compact", "nested", "of_components", "raggedness_of",
           "wrapped"]
