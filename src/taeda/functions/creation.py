"""Public functions that make tensors: PyTorch's signatures around the ops of ops/creation.py."""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from taeda import _core
from taeda._binding import internal
from taeda.functions.conversion import in_memory_format
from taeda.functions.function import function
from taeda.ops.signature import (
    Device,
    DType,
    Layout,
    MemoryFormat,
    Number,
    Object,
    Sample,
    Sizes,
    Tensor,
    TensorOrNumber,
    sample,
)


class _On:
    """The ops below with their results on one device."""

    def __init__(self, device: Any):
        self._device = device

    def __getattr__(self, name: str) -> Any:
        return functools.partial(_core.call_on, self._device, getattr(internal, name))


def on(device: Any, layout: Any = None) -> Any:
    """The ops that make tensors: on `device`, or where the default is."""
    if layout is not None and str(layout) != "torch.strided":
        raise NotImplementedError(f"layout {layout} is not there yet; use torch.strided")
    return internal if device is None or device == _core.get_default_device() else _On(device)


def dtype_of(dtype: Any, out: Any = None) -> Any:
    """The dtype asked for: else that of `out`, else the default one."""
    if dtype is not None:
        return dtype
    return _core.get_default_dtype() if out is None else out.dtype


def finished(made: Any, out: Any, requires_grad: bool) -> Any:
    """`made`, written to `out` if given, requiring a gradient if asked for."""
    if out is not None:
        if made.dtype != out.dtype:
            raise RuntimeError(f"dtype {made.dtype} does not match dtype of out parameter ({out.dtype})")
        if out.shape != made.shape:
            out.resize_(made.shape)
        return out.copy_(made)
    if requires_grad:
        if not (made.dtype.is_floating_point or made.dtype.is_complex):
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
        return made.requires_grad_()
    return made


def _filled(size: Any, value: Any, out: Any, dtype: Any, layout: Any, device: Any, requires_grad: bool) -> Any:
    if device is None and layout is None and out is None and not requires_grad:  # the call that is made in loops
        return internal.full(size, value, _core.get_default_dtype() if dtype is None else dtype)
    return finished(on(device, layout).full(size, value, dtype_of(dtype, out)), out, requires_grad)


@function
def zeros(size: Sizes, *, out: Tensor | None = None, dtype: DType | None = None, layout: Layout | None = None,
          device: Device | None = None, requires_grad: bool = False, pin_memory: bool = False,
          names: Object = None) -> Any:
    """A tensor of zeros."""
    return _filled(size, 0, out, dtype, layout, device, requires_grad)


@function
def ones(size: Sizes, *, out: Tensor | None = None, dtype: DType | None = None, layout: Layout | None = None,
         device: Device | None = None, requires_grad: bool = False, pin_memory: bool = False,
         names: Object = None) -> Any:
    """A tensor of ones."""
    return _filled(size, 1, out, dtype, layout, device, requires_grad)


def _dtype_of_number(value: Any) -> Any:
    if isinstance(value, complex):
        return dtype_of(None).to_complex()
    return _core.bool if isinstance(value, bool) else _core.int64 if isinstance(value, int) else dtype_of(None)


@function(spread="")
def full(size: Sizes, fill_value: Number, *, out: Tensor | None = None, dtype: DType | None = None,
         layout: Layout | None = None, device: Device | None = None, requires_grad: bool = False,
         pin_memory: bool = False, names: Object = None) -> Any:
    """A tensor of shape `size` filled with `fill_value`, which also gives the dtype where that is None."""
    if dtype is None and out is None:
        dtype = _dtype_of_number(fill_value)
    return _filled(size, fill_value, out, dtype, layout, device, requires_grad)


for _f, _arguments in ((zeros, ()), (ones, ()), (full, (2.5,))):
    @_f.samples
    def _(make: Any, arguments: tuple[Any, ...] = _arguments) -> Iterator[Sample]:
        yield sample((2, 3), *arguments)
        yield sample((), *arguments)


@function
def empty(size: Sizes, *, out: Tensor | None = None, dtype: DType | None = None, layout: Layout | None = None,
          device: Device | None = None, requires_grad: bool = False, pin_memory: bool = False,
          memory_format: MemoryFormat | None = None, names: Object = None) -> Any:
    """An uninitialised tensor."""
    ops = on(device, layout)
    if out is not None:
        return out.resize_(size)
    return finished(ops.empty(size, dtype_of(dtype)), None, requires_grad)


@function
def empty_strided(size: Sizes, stride: Sizes, *, dtype: DType | None = None, layout: Layout | None = None,
                  device: Device | None = None, requires_grad: bool = False, pin_memory: bool = False) -> Any:
    """An uninitialised tensor with the given strides."""
    ops = on(device, layout)
    if len(size) != len(stride):
        raise RuntimeError(f"dimensionality of sizes ({len(size)}) must match dimensionality of strides "
                           f"({len(stride)})")
    if any(n < 0 for n in (*size, *stride)):
        raise RuntimeError(f"Trying to create tensor with negative dimension or stride: {list(size)}, {list(stride)}")
    needed = 1 + sum((n - 1) * s for n, s in zip(size, stride, strict=True)) if all(n > 0 for n in size) else 0
    made = ops.empty((needed,), dtype_of(dtype)).as_strided(size, stride, 0)
    return finished(made.detach(), None, requires_grad)


@function(spread="")
def empty_permuted(size: Sizes, physical_layout: tuple[int, ...], *, dtype: DType | None = None,
                   layout: Layout | None = None, device: Device | None = None, requires_grad: bool = False,
                   pin_memory: bool = False) -> Any:
    """An uninitialised dense tensor whose dimensions lie in memory in the order `physical_layout`, outermost first."""
    order = physical_layout
    if len(order) != len(size):
        raise RuntimeError("Number of dimensions in size does not match the length of the physical_layout; "
                           f"i.e. len(size) = {len(size)} is not equal to len(physical_layout) = {len(order)}")
    for d in order:
        if not 0 <= d < len(order):
            raise RuntimeError(f"Dimension out of range (expected to be between 0 and {len(order) - 1}, but got "
                               f"{d} at index {order.index(d)}).  NB: negative dims not currently supported; file an "
                               "issue if you want it.")
        if order.count(d) > 1:
            raise RuntimeError("Duplicate dim not allowed")
    strides, step = [0] * len(order), 1
    for d in reversed(order):
        strides[d] = step
        step *= max(size[d], 1)
    return empty_strided(size, tuple(strides), dtype=dtype, layout=layout, device=device, requires_grad=requires_grad)


@function
def scalar_tensor(s: Number, *, dtype: DType | None = None, layout: Layout | None = None, device: Device | None = None,
                  pin_memory: bool = False, requires_grad: bool = False) -> Any:
    """The number as a tensor without dimensions, of the default floating dtype unless `dtype` says otherwise."""
    return _filled((), s, None, dtype_of(dtype), layout, device, requires_grad)


@scalar_tensor.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(2.5)
    yield sample(3)


# -- like another tensor -----------------------------------------------------------------------------------------------


def _with_layout_of(made: Any, input: Any) -> Any:
    """`made` with its dimensions laid out in memory in the order of those of `input`, if `input` is dense."""
    strides = input.stride()
    order = sorted(range(input.dim()), key=lambda d: (-strides[d], d))
    expected = 1
    for d in reversed(order):
        if input.shape[d] != 1 and strides[d] != expected:
            return made
        expected *= input.shape[d]
    inverse = sorted(range(len(order)), key=order.__getitem__)
    return made.reshape([input.shape[d] for d in order]).permute(*inverse).detach()


def made_like(make: Callable[[Any, Any, Any], Any], input: Any, dtype: Any, layout: Any, device: Any,
              requires_grad: bool, memory_format: Any) -> Any:
    """make(ops, shape, dtype), laid out as `input` is and where it is."""
    ops = on(input.device if device is None else device, layout)
    made = make(ops, input.shape, input.dtype if dtype is None else dtype)
    if memory_format is not None and memory_format is not _core.preserve_format:
        made = in_memory_format(made, memory_format).detach()
    elif not input.is_contiguous():
        made = _with_layout_of(made, input)
    return finished(made, None, requires_grad)


@function
def zeros_like(input: Tensor, *, dtype: DType | None = None, layout: Layout | None = None, device: Device | None = None,
               pin_memory: bool = False, requires_grad: bool = False, memory_format: MemoryFormat | None = None) -> Any:
    """A tensor of zeros of the shape and dtype of `input`."""
    return made_like(lambda ops, size, to: ops.full(size, 0, to), input, dtype, layout, device, requires_grad,
                     memory_format)


@function
def ones_like(input: Tensor, *, dtype: DType | None = None, layout: Layout | None = None, device: Device | None = None,
              pin_memory: bool = False, requires_grad: bool = False, memory_format: MemoryFormat | None = None) -> Any:
    """A tensor of ones of the shape and dtype of `input`."""
    return made_like(lambda ops, size, to: ops.full(size, 1, to), input, dtype, layout, device, requires_grad,
                     memory_format)


@function
def empty_like(input: Tensor, *, dtype: DType | None = None, layout: Layout | None = None, device: Device | None = None,
               pin_memory: bool = False, requires_grad: bool = False, memory_format: MemoryFormat | None = None) -> Any:
    """An uninitialised tensor of the shape and dtype of `input`."""
    return made_like(lambda ops, size, to: ops.empty(size, to), input, dtype, layout, device, requires_grad,
                     memory_format)


@function
def full_like(input: Tensor, fill_value: Number, *, dtype: DType | None = None, layout: Layout | None = None,
              device: Device | None = None, pin_memory: bool = False, requires_grad: bool = False,
              memory_format: MemoryFormat | None = None) -> Any:
    """A tensor of the shape and dtype of `input` filled with `fill_value`."""
    return made_like(lambda ops, size, to: ops.full(size, fill_value, to), input, dtype, layout, device, requires_grad,
                     memory_format)


for _f, _arguments in ((zeros_like, ()), (ones_like, ()), (full_like, (2,))):
    @_f.samples
    def _(make: Any, arguments: tuple[Any, ...] = _arguments) -> Iterator[Sample]:
        yield sample(make(2, 3), *arguments)


# -- ranges ------------------------------------------------------------------------------------------------------------


def _range(start: Any, end: Any, step: Any, out: Any, dtype: Any, layout: Any, device: Any,
           requires_grad: bool) -> Any:
    ops = on(device, layout)
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if not all(math.isfinite(x) for x in (start, end)):
        raise RuntimeError(f"unsupported range: {start} -> {end}")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    if dtype is None and out is None:
        integers = all(isinstance(x, int) for x in (start, end, step))
        dtype = _core.int64 if integers else _core.get_default_dtype()
    dtype = dtype_of(dtype, out)
    if dtype is _core.int64:
        start, end, step = int(start), int(end), int(step)
        if step == 0:
            raise ValueError("step must be nonzero")
    exact = isinstance(step, int) and isinstance(end, int) and isinstance(start, int)
    count = -((start - end) // step) if exact else math.ceil((end - start) / step)
    if not dtype.is_floating_point:  # those of fewer bits have as many elements as the numbers that were given say
        start, step = int(start), int(step)
    return finished(ops.arange(start, step, count, dtype), out, requires_grad)


@function
def arange(end: Number, *, out: Tensor | None = None, dtype: DType | None = None, layout: Layout | None = None,
           device: Device | None = None, requires_grad: bool = False, pin_memory: bool = False) -> Any:
    """0, 1, ... below `end`."""
    return _range(0, end, 1, out, dtype, layout, device, requires_grad)


@function(public="arange", overload="start")
def arange_start(start: Number, end: Number, step: Number = 1, *, out: Tensor | None = None, dtype: DType | None = None,
                 layout: Layout | None = None, device: Device | None = None, requires_grad: bool = False,
                 pin_memory: bool = False) -> Any:
    """start, start + step, ... below `end`."""
    return _range(start, end, step, out, dtype, layout, device, requires_grad)


@arange.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(5)
    yield sample(4.5)


@arange_start.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(2, 9, 3)
    yield sample(5, 1, -1.5)
    yield sample(0.0, 1.0, 0.25)


@function(public="range")
def closed_range(start: Number, end: Number, step: Number = 1, *, out: Tensor | None = None, dtype: DType | None = None,
                 layout: Layout | None = None, device: Device | None = None, requires_grad: bool = False,
                 pin_memory: bool = False) -> Any:
    """start, start + step, ... up to and with `end`, of the default dtype. Prefer arange, which ends before `end`."""
    warnings.warn("torch.range is deprecated and will be removed in a future release because its behavior is "
                  "inconsistent with Python's range builtin. Instead, use torch.arange, which produces values in "
                  "[start, end).", stacklevel=2)
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if not (math.isfinite(start) and math.isfinite(end)):
        raise RuntimeError(f"unsupported range: {start} -> {end}")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    dtype = dtype_of(dtype, out)
    count = math.floor((end - start) / step) + 1
    if not dtype.is_floating_point:
        start, step = int(start), int(step)
    return finished(on(device, layout).arange(start, step, count, dtype), out, requires_grad)


def _ends(name: str, start: Any, end: Any, device: Any, dtype: Any) -> tuple[Any, Any, Any]:
    """Both ends as numbers, whole ones for integers of a `dtype`, and the device: that of the first tensor among them
    where none is given.

    What has no values ("meta") stands for 0: the geometry of the result does not depend on it.
    """
    tensors = {word: t for word, t in (("start", start), ("end", end)) if isinstance(t, _core.Tensor)}
    for word, t in tensors.items():
        if t.dim():
            raise RuntimeError(f"{name} only supports 0-dimensional start and end tensors, but got {word} with "
                               f"{t.dim()} dimension(s).")
    for t in tensors.values():
        device = device if device is not None else t.device
    start, end = ((0 if x.is_meta else x.item()) if isinstance(x, _core.Tensor) else x for x in (start, end))
    if not (dtype.is_floating_point or dtype.is_complex):
        start, end = int(start), int(end)
    return start, end, device


@function
def linspace(start: TensorOrNumber, end: TensorOrNumber, steps: int, *, out: Tensor | None = None,
             dtype: DType | None = None, layout: Layout | None = None, device: Device | None = None,
             requires_grad: bool = False, pin_memory: bool = False) -> Any:
    """`steps` numbers from `start` to `end`, both included."""
    dtype = dtype_of(dtype, out)
    start, end, device = _ends("linspace", start, end, device, dtype)
    ops = on(device, layout)
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    step = (end - start) / (steps - 1) if steps > 1 else 0.0
    end = start if steps == 1 else end
    return finished(ops.linspace(float(start), float(end), float(step), steps, dtype), out,
                    requires_grad)


@function
def logspace(start: TensorOrNumber, end: TensorOrNumber, steps: int, base: float = 10.0, *, out: Tensor | None = None,
             dtype: DType | None = None, layout: Layout | None = None, device: Device | None = None,
             requires_grad: bool = False, pin_memory: bool = False) -> Any:
    """base ** linspace(start, end, steps)."""
    dtype = dtype_of(dtype, out)
    start, end, device = _ends("logspace", start, end, device, dtype)
    exponents = linspace(start, end, steps, dtype=_core.float64, device=device, layout=layout)
    return finished((base**exponents).to(dtype), out, requires_grad)


for _f in (linspace, logspace):
    @_f.samples
    def _(make: Any) -> Iterator[Sample]:
        yield sample(-1.0, 2.0, 7)
        yield sample(0, 3, 1)
        yield sample(0, 3, 0)


@function
def eye(n: int, m: int | None = None, *, out: Tensor | None = None, dtype: DType | None = None,
        layout: Layout | None = None, device: Device | None = None, requires_grad: bool = False,
        pin_memory: bool = False) -> Any:
    """The (n, m) matrix with ones on the diagonal."""
    ops = on(device, layout)
    m = n if m is None else m
    if n < 0 or m < 0:
        raise RuntimeError(f"{'n' if n < 0 else 'm'} must be greater or equal to 0, got {n if n < 0 else m}")
    return finished(ops.eye(n, m, dtype_of(dtype, out)), out, requires_grad)


@eye.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(3)
    yield sample(2, 4)


# -- with the dtype of another tensor ----------------------------------------------------------------------------------


@function(modules=(), method=True)
def new_zeros(input: Tensor, size: Sizes, *, dtype: DType | None = None, device: Device | None = None,
              requires_grad: bool = False, layout: Layout | None = None, pin_memory: bool = False) -> Any:
    """A tensor of zeros with the dtype and on the device of this one."""
    return _filled(size, 0, None, dtype or input.dtype, layout, device or input.device, requires_grad)


@function(modules=(), method=True)
def new_ones(input: Tensor, size: Sizes, *, dtype: DType | None = None, device: Device | None = None,
             requires_grad: bool = False, layout: Layout | None = None, pin_memory: bool = False) -> Any:
    """A tensor of ones with the dtype and on the device of this one."""
    return _filled(size, 1, None, dtype or input.dtype, layout, device or input.device, requires_grad)


@function(modules=(), method=True, spread="")
def new_full(input: Tensor, size: Sizes, fill_value: Number, *, dtype: DType | None = None,
             device: Device | None = None, requires_grad: bool = False, layout: Layout | None = None,
             pin_memory: bool = False) -> Any:
    """A tensor filled with `fill_value`, with the dtype and on the device of this one."""
    return _filled(size, fill_value, None, dtype or input.dtype, layout, device or input.device, requires_grad)


@function(modules=(), method=True)
def new_empty(input: Tensor, size: Sizes, *, dtype: DType | None = None, device: Device | None = None,
              requires_grad: bool = False, layout: Layout | None = None, pin_memory: bool = False) -> Any:
    """An uninitialised tensor with the dtype and on the device of this one."""
    ops = on(device or input.device, layout)
    return finished(ops.empty(size, dtype or input.dtype), None, requires_grad)


@function(modules=(), method=True, spread="")
def new_empty_strided(input: Tensor, size: Sizes, stride: Sizes, dtype: DType | None = None,
                      layout: Layout | None = None, device: Device | None = None, pin_memory: bool = False,
                      requires_grad: bool = False) -> Any:
    """An uninitialised tensor with the given strides and the dtype of this one."""
    return empty_strided(size, stride, dtype=dtype or input.dtype, layout=layout, device=device or input.device,
                         requires_grad=requires_grad)


@function(modules=(), method=True, spread="data")
def new(input: Tensor, data: Object = (), *, device: Device | None = None) -> Any:
    """PyTorch's oldest way to a tensor of this dtype: uninitialised for sizes, `new(2, 3)`; with the elements of a
    list, `new([1, 2])`; empty without arguments. Prefer new_empty and new_tensor."""
    first = data[0] if data else ()
    if len(data) == 1 and isinstance(first, _core.Tensor):
        if first.dtype != input.dtype:
            raise TypeError(f"new(): expected a tensor of {input.dtype}, got one of {first.dtype}")
        return first.detach()
    if len(data) == 1 and not isinstance(first, (int, _core.Size)):
        return _core.tensor(first, dtype=input.dtype, device=device or input.device)
    sizes = first if isinstance(first, _core.Size) else data
    return input.new_empty(tuple(sizes) if data else (0,), device=device or input.device)


@function(modules=(), method=True)
def new_tensor(input: Tensor, data: Object, *, dtype: DType | None = None, device: Device | None = None,
               requires_grad: bool = False, layout: Layout | None = None, pin_memory: bool = False) -> Any:
    """taeda.tensor with the dtype and on the device of this one."""
    device = device or input.device
    if isinstance(data, _core.Tensor):
        return finished(data.detach().clone().to(device, dtype or data.dtype), None, requires_grad)
    return _core.tensor(data, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad)


for _f, _arguments in ((new_zeros, ()), (new_ones, ()), (new_full, (3,))):
    @_f.samples
    def _(make: Any, arguments: tuple[Any, ...] = _arguments) -> Iterator[Sample]:
        yield sample(make(2), (2, 3), *arguments)
