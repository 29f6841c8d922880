"""Nested tensors: making them (taeda/nested)."""

from __future__ import annotations

from typing import Any

import taeda
from taeda import _core
from taeda.functions.function import function
from taeda.ops.signature import Device, DType, Layout, Object, Sizes, Tensor


def _layout(layout: Any) -> Any:
    found = _core.strided if layout is None else layout
    if found not in (_core.strided, _core.jagged):
        raise RuntimeError(f"Specified layout is unsupported for nested tensors: {layout}")
    return found


def _component(given: Any, dtype: Any, device: Any) -> Any:
    if isinstance(given, taeda.Tensor):
        made = given.to(dtype) if dtype is not None and given.dtype is not dtype else given
        return made if device is None else made.to(device)
    return taeda.tensor(given, dtype=dtype, device=device)


@function(modules=("nested",))
def nested_tensor(tensor_list: Object, *, dtype: DType | None = None, layout: Layout | None = None,
                  device: Device | None = None, requires_grad: bool = False, pin_memory: bool = False) -> Any:
    """A nested tensor with copies of tensors (or lists of numbers) as its components, which may differ in size along
    one dimension. It is a leaf. `layout=torch.jagged` gives it a shape; the default, torch.strided, does not.

    >>> import taeda
    >>> x = taeda.nested.nested_tensor([taeda.ones(2, 4), taeda.ones(3, 4)], layout=taeda.jagged)
    >>> x.sum(1)
    tensor([[2., 2., 2., 2.],
            [3., 3., 3., 3.]])
    """
    from taeda.nested.tensors import of_components

    if not isinstance(tensor_list, (list, tuple)):
        raise TypeError("nested_tensor(): expected a list of tensors or of lists, but got "
                        f"{type(tensor_list).__name__}")
    parts = [_component(t, dtype, device).detach() for t in tensor_list]
    made = of_components(parts, _layout(layout))
    if len(parts) == 1:
        made = made.like_this(made.values_part.clone())
    if pin_memory:
        raise RuntimeError("Cannot access accelerator device when none is available.")
    return made.requires_grad_() if requires_grad else made


@function(modules=("nested",))
def as_nested_tensor(ts: Object, dtype: DType | None = None, device: Device | None = None,
                     layout: Layout | None = None) -> Any:
    """A nested tensor of tensors, with gradients that reach them: a list, or one tensor whose first dimension counts
    the components."""
    from taeda.nested.raggedness import raggedness_of
    from taeda.nested.tensors import NestedTensor, nested, of_components

    found = _layout(layout)
    if isinstance(ts, NestedTensor):
        made = ts.to(dtype) if dtype is not None else ts
        return made if made.layout is found or layout is None else nested(made.values_part, made.raggedness,
                                                                          made.ragged, found)
    if isinstance(ts, taeda.Tensor):
        if ts.dim() < 2:
            raise RuntimeError("as_nested_tensor(): expected a tensor of at least 2 dimensions, but got "
                               f"{list(ts.shape)}")
        x = _component(ts, dtype, device)
        offsets = taeda.arange(x.shape[0] + 1, device=x.device) * x.shape[1]
        return nested(x.flatten(0, 1), raggedness_of(offsets), 1, found)
    if not isinstance(ts, (list, tuple)) or not all(isinstance(t, taeda.Tensor) for t in ts):
        raise TypeError("as_nested_tensor(): Expected first argument to be a tensor or a list / tuple of tensors")
    return of_components([_component(t, dtype, device) for t in ts], found)


@function(modules=("nested",))
def nested_tensor_from_jagged(values: Tensor, offsets: Tensor | None = None, lengths: Tensor | None = None,
                              jagged_dim: int | None = None, min_seqlen: int | None = None,
                              max_seqlen: int | None = None) -> Any:
    """A nested tensor of layout torch.jagged whose components lie in `values`, a view: component i begins at row
    `offsets[i]` and ends at `offsets[i + 1]`, or has `lengths[i]` rows. `jagged_dim`: the dimension of the nested
    tensor that is ragged (1). Made with the same `offsets`, tensors fit each other.

    >>> import taeda
    >>> x = taeda.nested.nested_tensor_from_jagged(taeda.arange(5.0), taeda.tensor([0, 2, 5]))
    >>> [component.tolist() for component in x.unbind()]
    [[0.0, 1.0], [2.0, 3.0, 4.0]]
    """
    from taeda.nested.raggedness import raggedness_of
    from taeda.nested.tensors import checked_offsets, nested

    if offsets is None and lengths is None:
        raise RuntimeError("nested_tensor_from_jagged(): At least one of offsets or lengths is required.")
    ragged = 1 if jagged_dim is None else jagged_dim
    if not 1 <= ragged <= values.dim():
        raise RuntimeError(f"nested_tensor_from_jagged(): jagged_dim must be from 1 to {values.dim()}, but got "
                           f"{ragged}")
    if offsets is None and lengths is not None:
        if lengths.dim() != 1 or lengths.dtype not in (taeda.int64, taeda.int32):
            raise RuntimeError(f"lengths must be a vector of int64 or int32, but got {lengths.dtype} of shape "
                               f"{list(lengths.shape)}")
        offsets = taeda.cat([lengths.new_zeros(1), lengths.cumsum(0).to(lengths.dtype)])
        lengths = None
    checked_offsets(values, offsets, lengths, ragged)
    return nested(values, raggedness_of(offsets, lengths, min_seqlen, max_seqlen), ragged, _core.jagged)


@function(modules=("nested",))
def to_padded_tensor(input: Tensor, padding: float, output_size: Sizes | None = None, out: Tensor | None = None) -> Any:
    """The components of a nested tensor as one strided tensor, `padding` behind what is shorter than the longest."""
    from taeda.nested.tensors import NestedTensor

    if not isinstance(input, NestedTensor):
        raise RuntimeError("to_padded_tensor(): expected a nested tensor, but got a strided one")
    made = input.to_padded_tensor(padding, output_size)
    return made if out is None else out.resize_(made.shape).copy_(made)


def _each(given: Any, components: int, name: str, device: Any) -> Any:
    if isinstance(given, int):
        return taeda.full((components,), given, dtype=taeda.int64, device=device)
    if not isinstance(given, taeda.Tensor) or given.dim() != 1 or given.shape[0] != components:
        raise RuntimeError(f"narrow(): {name} must be an int or a vector of {components} ints")
    return given.long()


@function(modules=("nested",))
def narrow(tensor: Tensor, dim: int, start: Object, length: Object, layout: Layout | None = None) -> Any:
    """Of each row of a strided tensor, `length` elements of dimension 1 from `start` on, numbers or vectors of them: a
    nested tensor that is a view."""
    from taeda.nested.raggedness import raggedness_of
    from taeda.nested.tensors import nested

    if _layout(layout) is not _core.jagged:
        raise RuntimeError("narrow(): only layout=torch.jagged is supported")
    if dim != 1:
        raise RuntimeError("jagged layout only supports dim=1")
    if tensor.dim() < 2:
        raise RuntimeError(f"narrow(): expected a tensor of at least 2 dimensions, but got {list(tensor.shape)}")
    components, rows = tensor.shape[:2]
    begin = _each(start, components, "start", tensor.device)
    count = _each(length, components, "length", tensor.device)
    if bool(((begin < 0) | (count < 0) | (begin + count > rows)).any()):
        raise RuntimeError(f"narrow(): start {begin.tolist()} and length {count.tolist()} reach outside of {rows} rows")
    offsets = taeda.arange(components + 1, device=tensor.device) * rows
    offsets[:-1] += begin
    return nested(tensor.flatten(0, 1), raggedness_of(offsets, count), 1, _core.jagged)


@function(modules=("nested",))
def masked_select(tensor: Tensor, mask: Tensor) -> Any:
    """The elements that the mask lets through, a component for each row: a nested tensor of layout torch.jagged."""
    from taeda.nested.raggedness import raggedness_of
    from taeda.nested.tensors import nested

    if tensor.layout is not _core.strided:
        raise RuntimeError(f"torch.nested.masked_select requires a strided tensor, given {tensor.layout}")
    if mask.layout is not _core.strided:
        raise RuntimeError(f"torch.nested.masked_select requires a strided mask, given: {mask.layout}")
    if mask.dtype is not taeda.bool:
        raise RuntimeError(f"masked_select(): expected BoolTensor for mask, but got {mask.dtype}")
    x, m = taeda.broadcast_tensors(tensor, mask)
    counts = m.flatten(1).sum(1) if m.dim() > 1 else m.long()
    offsets = taeda.cat([counts.new_zeros(1), counts.cumsum(0)])
    return nested(x.masked_select(m), raggedness_of(offsets), 1, _core.jagged)



