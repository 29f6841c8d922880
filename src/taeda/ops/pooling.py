"""Maxima and means over windows, in one to three dimensions, and over windows that cover a plane evenly.

What is pooled over are the last dimensions: (N, C, *) or (C, *). The primitives work on any number of leading ones; the
public ops check what PyTorch checks and convert dtypes: float16, bfloat16 and small integers are widened, which changes
no maximum, and means are rounded once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from taeda.ir.dtype import info
from taeda.ir.expression import minimum
from taeda.ir.geometry import Windows
from taeda.ops.dtypes import is_float, torch_kernel_name
from taeda.ops.op import Dims, Result, Sample, Sizes, Tensor, check, derived, kernel, sample
from taeda.ops.pointwise import convert

# -- primitives ------------------------------------------------------------------------------------------------------
# `taps`, `step`, `padding` and `tap_step` have one number for each pooled dimension.

_OUT_OF_RANGE = ("RuntimeError", "Found an invalid max index: {0} (a plane has {1} elements)")


def _outputs(input: Any, w: Windows) -> tuple[Any, ...]:
    rank = w.rank
    return (*input.shape[:input.ndim - rank], *w.output(input.shape[input.ndim - rank:]))


@kernel(public=False)
def max_values(b: Any, input: Tensor, taps: tuple[int, ...], step: tuple[int, ...], padding: tuple[int, ...],
               tap_step: tuple[int, ...], ceil: bool) -> Tensor:
    """The maximum of each window. Its gradient finds the places again, which costs less than keeping them."""
    w = Windows(taps, step, padding, tap_step, ceil)
    out = b.alloc(input.dtype, _outputs(input, w))
    b.method("pooling.max_pool", input=input, out=out, places=None, windows=w)
    return out


@max_values.meta
def _(input: Any, taps: Any, step: Any, padding: Any, tap_step: Any, ceil: Any) -> Result:
    return Result(input.dtype, _outputs(input, Windows(taps, step, padding, tap_step, ceil)))


@max_values.gradient
def _(grad: Any, input: Any, taps: Any, step: Any, padding: Any, tap_step: Any, ceil: Any) -> Any:
    return max_spread(grad, input, taps, step, padding, tap_step, ceil)


@kernel(public=False)
def max_spread(b: Any, upstream: Tensor, input: Tensor, taps: tuple[int, ...], step: tuple[int, ...],
               padding: tuple[int, ...], tap_step: tuple[int, ...], ceil: bool) -> Tensor:
    """`upstream` added up at the places of the maxima of `input`."""
    out = b.alloc(input.dtype, input.shape)
    b.method("pooling.max_pool_gradient", upstream=upstream, input=input, out=out,
             windows=Windows(taps, step, padding, tap_step, ceil))
    return out


@max_spread.meta
def _(upstream: Any, input: Any, taps: Any, step: Any, padding: Any, tap_step: Any, ceil: Any) -> Result:
    return Result(upstream.dtype, input.shape)


@max_spread.gradient
def _(grad: Any, input: Any, taps: Any, step: Any, padding: Any, tap_step: Any, ceil: Any) -> Any:
    _, places = max_places(input, taps, step, padding, tap_step, ceil)
    return take_places(grad, places, len(taps)), None


@kernel(public=False, differentiable=(True, False))
def max_places(b: Any, input: Tensor, taps: tuple[int, ...], step: tuple[int, ...], padding: tuple[int, ...],
               tap_step: tuple[int, ...], ceil: bool) -> tuple[Tensor, Tensor]:
    """The maximum of each window and its place in the plane, int64."""
    w = Windows(taps, step, padding, tap_step, ceil)
    shape = _outputs(input, w)
    out, places = b.alloc(input.dtype, shape), b.alloc("int64", shape)
    b.method("pooling.max_pool", input=input, out=out, places=places, windows=w)
    return out, places


@max_places.meta
def _(input: Any, taps: Any, step: Any, padding: Any, tap_step: Any, ceil: Any) -> tuple[Result, Result]:
    shape = _outputs(input, Windows(taps, step, padding, tap_step, ceil))
    return Result(input.dtype, shape), Result("int64", shape)


@max_places.gradient
def _(grads: Any, outputs: Any, input: Any, taps: Any) -> Any:
    if grads[0] is None:
        return None
    return put_places(grads[0], outputs[1], input.shape[input.ndim - len(taps):])


@kernel(public=False)
def take_places(b: Any, input: Tensor, places: Tensor, rank: int) -> Tensor:
    """The elements of each plane of `input` at `places`; the last `rank` dimensions are the plane."""
    out = b.alloc(input.dtype, places.shape)
    b.method("pooling.take_places", input=input, places=places, out=out, rank=rank, fault=_OUT_OF_RANGE)
    return out


@take_places.meta
def _(input: Any, places: Any, rank: Any) -> Result:
    return Result(input.dtype, places.shape)


@take_places.gradient
def _(grad: Any, input: Any, places: Any, rank: Any) -> Any:
    return put_places(grad, places, input.shape[input.ndim - rank:]), None


@kernel(public=False)
def put_places(b: Any, input: Tensor, places: Tensor, sizes: Sizes) -> Tensor:
    """Planes of `sizes`, zero but for the elements of `input` added at `places`."""
    return _put(b, input, places, sizes, True)


def _put(b: Any, input: Any, places: Any, sizes: Sequence[Any], add: bool) -> Any:
    out = b.alloc(input.dtype, (*input.shape[:input.ndim - len(sizes)], *sizes))
    b.method("pooling.put_places", input=input, places=places, out=out, rank=len(sizes), add=add, fault=_OUT_OF_RANGE)
    return out


@put_places.meta
def _(input: Any, places: Any, sizes: Any) -> Result:
    return Result(input.dtype, (*input.shape[:input.ndim - len(sizes)], *sizes))


@put_places.gradient
def _(grad: Any, places: Any, sizes: Any) -> Any:
    return take_places(grad, places, len(sizes)), None


@kernel(public=False)
def set_places(b: Any, input: Tensor, places: Tensor, sizes: Sizes) -> Tensor:
    """Planes of `sizes`, zero but for the elements of `input` at `places`; where two meet, the last one stays."""
    return _put(b, input, places, sizes, False)


@set_places.meta
def _(input: Any, places: Any, sizes: Any) -> Result:
    return Result(input.dtype, (*input.shape[:input.ndim - len(sizes)], *sizes))


@set_places.gradient
def _(grad: Any, places: Any, sizes: Any) -> Any:
    return take_places(grad, places, len(sizes)), None


@kernel(public=False)
def mean_windows(b: Any, input: Tensor, taps: tuple[int, ...], step: tuple[int, ...], padding: tuple[int, ...],
                 ceil: bool, include_padding: bool, divisor: int) -> Tensor:
    """The sum of each window over how many elements it has, or over `divisor` if that is not 0."""
    w = Windows(taps, step, padding, (1,) * len(taps), ceil)
    out = b.alloc(input.dtype, _outputs(input, w))
    b.method("pooling.mean_pool", input=input, out=out, windows=w, include_padding=include_padding, divisor=divisor)
    return out


@mean_windows.meta
def _(input: Any, taps: Any, step: Any, padding: Any, ceil: Any, include_padding: Any, divisor: Any) -> Result:
    return Result(input.dtype, _outputs(input, Windows(taps, step, padding, (1,) * len(taps), ceil)))


@mean_windows.gradient
def _(grad: Any, input: Any, taps: Any, step: Any, padding: Any, ceil: Any, include_padding: Any, divisor: Any) -> Any:
    return mean_spread(grad, input.shape[input.ndim - len(taps):], taps, step, padding, ceil, include_padding, divisor)


@kernel(public=False)
def mean_spread(b: Any, upstream: Tensor, sizes: Sizes, taps: tuple[int, ...], step: tuple[int, ...],
                padding: tuple[int, ...], ceil: bool, include_padding: bool, divisor: int) -> Tensor:
    """The transpose of `mean_windows`, for planes of `sizes`."""
    out = b.alloc(upstream.dtype, (*upstream.shape[:upstream.ndim - len(sizes)], *sizes))
    b.method("pooling.mean_pool_gradient", upstream=upstream, out=out,
             windows=Windows(taps, step, padding, (1,) * len(taps), ceil), include_padding=include_padding,
             divisor=divisor)
    return out


@mean_spread.meta
def _(upstream: Any, sizes: Any, taps: Any, step: Any, padding: Any, ceil: Any, include_padding: Any,
      divisor: Any) -> Result:
    return Result(upstream.dtype, (*upstream.shape[:upstream.ndim - len(sizes)], *sizes))


@mean_spread.gradient
def _(grad: Any, taps: Any, step: Any, padding: Any, ceil: Any, include_padding: Any, divisor: Any) -> Any:
    return mean_windows(grad, taps, step, padding, ceil, include_padding, divisor)


@kernel(public=False)
def adaptive_mean(b: Any, input: Tensor, output_size: Sizes) -> Tensor:
    """The means of windows that cover the last dimensions evenly."""
    rank = len(output_size)
    out = b.alloc(input.dtype, (*input.shape[:input.ndim - rank], *output_size))
    b.method("pooling.adaptive_mean_pool", input=input, out=out, rank=rank)
    return out


@adaptive_mean.meta
def _(input: Any, output_size: Any) -> Result:
    return Result(input.dtype, (*input.shape[:input.ndim - len(output_size)], *output_size))


@adaptive_mean.gradient
def _(grad: Any, input: Any, output_size: Any) -> Any:
    return adaptive_spread(grad, input.shape[input.ndim - len(output_size):])


@kernel(public=False)
def adaptive_spread(b: Any, upstream: Tensor, sizes: Sizes) -> Tensor:
    """The transpose of `adaptive_mean`, for planes of `sizes`."""
    rank = len(sizes)
    out = b.alloc(upstream.dtype, (*upstream.shape[:upstream.ndim - rank], *sizes))
    b.method("pooling.adaptive_mean_pool_gradient", upstream=upstream, out=out, rank=rank)
    return out


@adaptive_spread.meta
def _(upstream: Any, sizes: Any) -> Result:
    return Result(upstream.dtype, (*upstream.shape[:upstream.ndim - len(sizes)], *sizes))


@adaptive_spread.gradient
def _(grad: Any, upstream: Any, sizes: Any) -> Any:
    return adaptive_mean(grad, upstream.shape[upstream.ndim - len(sizes):])


@kernel(public=False, differentiable=(True, False))
def adaptive_places(b: Any, input: Tensor, output_size: Sizes) -> tuple[Tensor, Tensor]:
    """The maxima of windows that cover the last dimensions evenly, and their places in the plane, int64."""
    rank = len(output_size)
    shape = (*input.shape[:input.ndim - rank], *output_size)
    out, places = b.alloc(input.dtype, shape), b.alloc("int64", shape)
    b.method("pooling.adaptive_max_pool", input=input, out=out, places=places, rank=rank)
    return out, places


@adaptive_places.meta
def _(input: Any, output_size: Any) -> tuple[Result, Result]:
    shape = (*input.shape[:input.ndim - len(output_size)], *output_size)
    return Result(input.dtype, shape), Result("int64", shape)


@adaptive_places.gradient
def _(grads: Any, outputs: Any, input: Any, output_size: Any) -> Any:
    if grads[0] is None:
        return None
    return put_places(grads[0], outputs[1], input.shape[input.ndim - len(output_size):])


# -- checks, as PyTorch words them -----------------------------------------------------------------------------------

_WORDS = {1: "int", 2: "two ints", 3: "three ints"}


def _spread(value: Any, rank: int, name: str, op: str) -> tuple[int, ...]:
    values = (value,) * rank if isinstance(value, int) else tuple(value)
    values = values * rank if len(values) == 1 else values
    if len(values) != rank:
        raise RuntimeError(f"{op}: {name} must either be a single int, or a tuple of {_WORDS[rank]}")
    return values


def _windows(op: str, rank: int, input: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any,
             ceil: bool) -> Windows:
    """The windows, once everything about them has been checked."""
    taps = _spread(kernel_size, rank, "kernel_size", op)
    step = taps if stride is None or stride == () else _spread(stride, rank, "stride", op)
    padding, tap_step = _spread(padding, rank, "padding", op), _spread(dilation, rank, "dilation", op)
    if any(n <= 0 for n in taps):
        raise RuntimeError(f"kernel size should be greater than zero, but got {list(taps)}")
    if any(n <= 0 for n in step):
        raise RuntimeError("stride should not be zero")
    if any(n <= 0 for n in tap_step):
        raise RuntimeError(f"dilation should be greater than zero, but got {list(tap_step)}")
    for p, k, d in zip(padding, taps, tap_step, strict=True):
        if p < 0:
            raise RuntimeError(f"pad must be non-negative, but got pad: {p}")
        if p > (d * (k - 1) + 1) // 2:
            raise RuntimeError("pad should be at most half of effective kernel size, but got "
                               f"pad={p}, kernel_size={k} and dilation={d}")
    if input.ndim not in (rank + 1, rank + 2):
        raise RuntimeError(f"{op}: Expected {rank + 1}D or {rank + 2}D (batch mode) tensor with optional 0 dim batch "
                           f"size for input, but got one of {input.ndim} dimensions")
    w = Windows(taps, step, padding, tap_step, ceil)
    sizes = input.shape[input.ndim - rank:]
    for n in input.shape[input.ndim - rank - 1:]:
        check(n > 0, RuntimeError, f"Expected {rank + 1}D or {rank + 2}D (batch mode) tensor with optional 0 dim batch "
              "size for input, but got:[" + ", ".join(f"{{{k}}}" for k in range(input.ndim)) + "]", *input.shape)
    outs = w.output(sizes)
    least = outs[0]
    for n in outs[1:]:
        least = minimum(least, n)
    shape = [input.shape[input.ndim - rank - 1], *sizes]
    count = rank + 1

    def places(first: int) -> str:
        return "x".join(f"{{{0 if k == 0 else first + k}}}" for k in range(count))
    check(least > 0, RuntimeError, f"Given input size: ({places(0)}). Calculated output size: ({places(rank)}). "
          "Output size is too small", *shape, *outs)
    return w


def _largest(op: str, rank: int, input: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil: bool,
             places: bool) -> Any:
    if input.dtype == "bool":
        raise NotImplementedError(f"\"{op}\" not implemented for 'Bool'")
    w = _windows(op, rank, input, kernel_size, stride, padding, dilation, ceil)
    wide = convert(input, _max_dtype(input.dtype))
    arguments = w.taps, w.step, w.padding, w.tap_step, w.ceil
    if not places:
        return convert(max_values(wide, *arguments), input.dtype)
    values, at = max_places(wide, *arguments)
    return convert(values, input.dtype), at


def _max_dtype(dtype: str) -> str:
    """A dtype that holds all values of this one and that maxima are computed in."""
    return info(dtype).accumulate


def _mean(op: str, rank: int, input: Any, kernel_size: Any, stride: Any, padding: Any, ceil: bool,
          include_padding: bool, divisor: int | None) -> Any:
    if divisor == 0:
        raise RuntimeError("divisor must be not zero")
    if input.dtype != "int64":
        _needs_float(op, input)
    w = _windows(op, rank, input, kernel_size, stride, padding, 1, ceil)
    wide = convert(input, _max_dtype(input.dtype))
    return convert(mean_windows(wide, w.taps, w.step, w.padding, w.ceil, include_padding, divisor or 0), input.dtype)


def _needs_float(op: str, input: Any) -> None:
    if not is_float(input.dtype):
        raise NotImplementedError(f'"{op}" not implemented for \'{torch_kernel_name(input.dtype)}\'')


def _adaptive_checks(op: str, input: Any, output_size: Sequence[Any], rank: int) -> tuple[Any, ...]:
    if len(output_size) == 1:
        output_size = tuple(output_size) * rank
    elif rank > 1 and input.ndim <= rank == len(output_size):
        raise ValueError(f"Input dimension should be at least {rank + 1}")
    if len(output_size) != rank:
        raise RuntimeError(f"{op}: internal error: output_size.size() must be {rank}")
    if input.ndim not in (rank + 1, rank + 2):
        raise RuntimeError(f"{op}(): Expected {rank + 1}D or {rank + 2}D tensor, but got one of {input.ndim} "
                           "dimensions")
    places = ", ".join(f"{{{k}}}" for k in range(input.ndim))
    for d in range(input.ndim - rank, input.ndim):
        check(input.shape[d] > 0, RuntimeError, f"{op}(): Expected input to have non-zero size for non-batch "
              f"dimensions, but input has sizes [{places}] with dimension {d} being empty", *input.shape)
    for n in output_size:
        check(n >= 0, RuntimeError, f"{op}: elements of output_size must be greater than or equal to 0 but received {{"
              + "}, {".join(str(k) for k in range(rank)) + "}", *output_size)
    return tuple(output_size)


def _adaptive_mean(op: str, rank: int, input: Any, output_size: Sequence[Any]) -> Any:
    _needs_float(op, input)
    outs = _adaptive_checks(op, input, output_size, rank)
    return convert(adaptive_mean(convert(input, _max_dtype(input.dtype)), outs), input.dtype)


def _adaptive_max(op: str, rank: int, input: Any, output_size: Sequence[Any]) -> Any:
    _needs_float(op, input)
    outs = _adaptive_checks(op, input, output_size, rank)
    values, places = adaptive_places(convert(input, _max_dtype(input.dtype)), outs)
    return convert(values, input.dtype), places


# -- public ----------------------------------------------------------------------------------------------------------

BOTH = ("torch", "nn.functional")


@derived(modules=BOTH, method=False)
def max_pool1d(input: Tensor, kernel_size: Dims, stride: Dims = None, padding: Dims = 0, dilation: Dims = 1,
               ceil_mode: bool = False) -> Tensor:
    """Maxima over windows of (N, C, L) or (C, L).

    Window q has the elements q * stride - padding + k * dilation, for k below kernel_size, that are inside; `stride` is
    kernel_size by default. `ceil_mode` allows a last window that reaches outside.
    """
    return _largest("max_pool1d", 1, input, kernel_size, stride, padding, dilation, ceil_mode, False)


@derived(modules=BOTH, method=False)
def max_pool2d(input: Tensor, kernel_size: Dims, stride: Dims = None, padding: Dims = 0, dilation: Dims = 1,
               ceil_mode: bool = False) -> Tensor:
    """Maxima over windows of (N, C, H, W) or (C, H, W): see `max_pool1d`."""
    return _largest("max_pool2d", 2, input, kernel_size, stride, padding, dilation, ceil_mode, False)


@derived(modules=BOTH, method=False, autocast="float32")
def max_pool3d(input: Tensor, kernel_size: Dims, stride: Dims = None, padding: Dims = 0, dilation: Dims = 1,
               ceil_mode: bool = False) -> Tensor:
    """Maxima over windows of (N, C, D, H, W) or (C, D, H, W): see `max_pool1d`."""
    return _largest("max_pool3d", 3, input, kernel_size, stride, padding, dilation, ceil_mode, False)


@derived(modules=BOTH, method=False)
def max_pool1d_with_indices(input: Tensor, kernel_size: Dims, stride: Dims = None, padding: Dims = 0,
                            dilation: Dims = 1, ceil_mode: bool = False) -> tuple[Tensor, Tensor]:
    """`max_pool1d` and the places of the maxima in their line, int64."""
    return _largest("max_pool1d", 1, input, kernel_size, stride, padding, dilation, ceil_mode, True)


@derived(modules=BOTH, method=False)
def max_pool2d_with_indices(input: Tensor, kernel_size: Dims, stride: Dims = None, padding: Dims = 0,
                            dilation: Dims = 1, ceil_mode: bool = False) -> tuple[Tensor, Tensor]:
    """`max_pool2d` and the places of the maxima, y * W + x in their plane, int64."""
    return _largest("max_pool2d", 2, input, kernel_size, stride, padding, dilation, ceil_mode, True)


@derived(modules=BOTH, method=False, autocast="float32")
def max_pool3d_with_indices(input: Tensor, kernel_size: Dims, stride: Dims = None, padding: Dims = 0,
                            dilation: Dims = 1, ceil_mode: bool = False) -> tuple[Tensor, Tensor]:
    """`max_pool3d` and the places of the maxima, (z * H + y) * W + x in their volume, int64."""
    return _largest("max_pool3d", 3, input, kernel_size, stride, padding, dilation, ceil_mode, True)


@derived(modules=BOTH, method=False)
def avg_pool1d(input: Tensor, kernel_size: Dims, stride: Dims = None, padding: Dims = 0, ceil_mode: bool = False,
               count_include_pad: bool = True) -> Tensor:
    """Means over windows of (N, C, L) or (C, L); zeros of the padding count if `count_include_pad`."""
    return _mean("avg_pool1d", 1, input, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


@derived(modules=("nn.functional",), method=False)
def avg_pool2d(input: Tensor, kernel_size: Dims, stride: Dims = None, padding: Dims = 0, ceil_mode: bool = False,
               count_include_pad: bool = True, divisor_override: int | None = None) -> Tensor:
    """Means over windows of (N, C, H, W) or (C, H, W); sums over `divisor_override` where that is given."""
    return _mean("avg_pool2d", 2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


@derived(modules=("nn.functional",), method=False, autocast="float32")
def avg_pool3d(input: Tensor, kernel_size: Dims, stride: Dims = None, padding: Dims = 0, ceil_mode: bool = False,
               count_include_pad: bool = True, divisor_override: int | None = None) -> Tensor:
    """Means over windows of (N, C, D, H, W) or (C, D, H, W); sums over `divisor_override` where that is given."""
    return _mean("avg_pool3d", 3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


@derived(modules=BOTH, method=False)
def adaptive_avg_pool1d(input: Tensor, output_size: Sizes) -> Tensor:
    """Means over `output_size` windows that cover the last dimension evenly.

    Window i is from floor(i * L / output_size) to ceil((i + 1) * L / output_size).
    """
    return _adaptive_mean("adaptive_avg_pool1d", 1, input, output_size)


@derived(modules=("nn.functional",), method=False)
def adaptive_avg_pool2d(input: Tensor, output_size: Sizes) -> Tensor:
    """Means over windows that cover the last two dimensions evenly: see `adaptive_avg_pool1d`."""
    return _adaptive_mean("adaptive_avg_pool2d", 2, input, output_size)


@derived(modules=("nn.functional",), method=False, autocast="float32")
def adaptive_avg_pool3d(input: Tensor, output_size: Sizes) -> Tensor:
    """Means over windows that cover the last three dimensions evenly: see `adaptive_avg_pool1d`."""
    return _adaptive_mean("adaptive_avg_pool3d", 3, input, output_size)


@derived(modules=BOTH, method=False)
def adaptive_max_pool1d_with_indices(input: Tensor, output_size: Sizes) -> tuple[Tensor, Tensor]:
    """Maxima over windows that cover the last dimension evenly, and their places, int64: see `adaptive_avg_pool1d`."""
    return _adaptive_max("adaptive_max_pool1d", 1, input, output_size)


@derived(modules=("nn.functional",), method=False)
def adaptive_max_pool2d_with_indices(input: Tensor, output_size: Sizes) -> tuple[Tensor, Tensor]:
    """Maxima over windows that cover the last two dimensions evenly, and their places y * W + x, int64."""
    return _adaptive_max("adaptive_max_pool2d", 2, input, output_size)


@derived(modules=("nn.functional",), method=False, autocast="float32")
def adaptive_max_pool3d_with_indices(input: Tensor, output_size: Sizes) -> tuple[Tensor, Tensor]:
    """Maxima over windows that cover the last three dimensions evenly, and their places, int64."""
    return _adaptive_max("adaptive_max_pool3d", 3, input, output_size)


def _unpooled(rank: int, input: Any, indices: Any, kernel_size: Any, stride: Any, padding: Any,
              output_size: Any) -> Any:
    """The planes of max_unpool1d to 3d, of the size that pooling would have started from, or of `output_size`."""
    op = f"max_unpool{rank}d"
    taps, padding = _spread(kernel_size, rank, "kernel_size", op), _spread(padding, rank, "padding", op)
    step = taps if stride is None or stride == () else _spread(stride, rank, "stride", op)
    sizes = [(n - 1) * step[d] + taps[d] - 2 * padding[d] for d, n in enumerate(input.shape[input.ndim - rank:])]
    if output_size is None:
        return max_unpool(input, indices, sizes)
    if len(output_size) == rank + 2:
        output_size = output_size[2:]
    if len(output_size) != rank:
        raise ValueError(f"output_size should be a sequence containing {rank} or {rank + 2} elements, but it has a "
                         f"length of '{len(output_size)}'")
    places = ", ".join(f"{{{k + 2}}}" for k in range(rank))
    for d in range(rank):
        lowest, highest = sizes[d] - step[d], sizes[d] + step[d]
        check((lowest < output_size[d]) * (output_size[d] < highest), ValueError,
              f"invalid output_size [{places}] (dim {d} must be between {{0}} and {{1}})", lowest, highest,
              *output_size)
    return max_unpool(input, indices, output_size)


@derived(modules=("nn.functional",), method=False)
def max_unpool1d(input: Tensor, indices: Tensor, kernel_size: Dims, stride: Dims = None, padding: Dims = 0,
                 output_size: Sizes | None = None) -> Tensor:
    """The maxima of (N, C, L) or (C, L) put back at their places, zeros elsewhere."""
    return _unpooled(1, input, indices, kernel_size, stride, padding, output_size)


@derived(modules=("nn.functional",), method=False, autocast="float32")
def max_unpool2d(input: Tensor, indices: Tensor, kernel_size: Dims, stride: Dims = None, padding: Dims = 0,
                 output_size: Sizes | None = None) -> Tensor:
    """The maxima of (N, C, H, W) or (C, H, W) put back at their places, zeros elsewhere."""
    return _unpooled(2, input, indices, kernel_size, stride, padding, output_size)


@derived(modules=("nn.functional",), method=False, autocast="float32")
def max_unpool3d(input: Tensor, indices: Tensor, kernel_size: Dims, stride: Dims = None, padding: Dims = 0,
                 output_size: Sizes | None = None) -> Tensor:
    """The maxima of (N, C, D, H, W) or (C, D, H, W) put back at their places, zeros elsewhere."""
    return _unpooled(3, input, indices, kernel_size, stride, padding, output_size)


@max_unpool1d.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 1), make(2, 3, 1, dtype="int64", low=0, high=2), 2)
    yield sample(make(1, 2, 1), make(1, 2, 1, dtype="int64", low=0, high=3), 2, output_size=(1, 2, 3))


@max_unpool2d.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 1, 1), make(3, 1, 1, dtype="int64", low=0, high=6), (2, 3))


@max_unpool3d.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(1, 2, 1, 1, 1), make(1, 2, 1, 1, 1, dtype="int64", low=0, high=12), (2, 3, 2))


@derived(public=False)
def max_unpool(input: Tensor, indices: Tensor, sizes: Sizes) -> Tensor:
    """Planes of `sizes`, zero but for the elements of `input` at `indices` (int64, places in the plane).

    What max_unpool1d to 3d are made of. An index outside of the plane is a RuntimeError.
    """
    if indices.dtype != "int64":
        raise RuntimeError(f"elements in indices should be type int64 but got: {torch_kernel_name(indices.dtype)}")
    if input.ndim != indices.ndim:
        raise RuntimeError("Expected shape of indices to be same as that of the input tensor, but they have "
                           f"{indices.ndim} and {input.ndim} dimensions")
    first, second = (", ".join(f"{{{k + d}}}" for d in range(input.ndim)) for k in (0, input.ndim))
    for d in range(input.ndim):
        check(input.shape[d] == indices.shape[d], RuntimeError, "Expected shape of indices to be same as that of the "
              f"input tensor ([{first}]) but got indices tensor with shape: [{second}]", *input.shape, *indices.shape)
    return convert(set_places(convert(input, _max_dtype(input.dtype)), indices, sizes), input.dtype)


@max_unpool.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 2), make(2, 3, 5, dtype="float32").argsort(-1)[..., :2], 5)
    yield sample(make(3, 2, 2), make(3, 16, dtype="float32").argsort(-1)[:, :4].reshape(3, 2, 2), (4, 4))


def _max_samples(make: Any, rank: int) -> Iterator[Sample]:
    size = (9, 8, 7)[:rank]
    yield sample(make(2, 3, *size), 2)
    yield sample(make(3, *size), 3, 2, 1, 2, True)


for _rank, _ops in ((1, (max_pool1d, max_pool1d_with_indices)), (2, (max_pool2d, max_pool2d_with_indices)),
                    (3, (max_pool3d, max_pool3d_with_indices))):
    for _op in _ops:
        _op.samples(lambda make, rank=_rank: _max_samples(make, rank))


@avg_pool1d.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 9), 3, 2, 1, True, False)


@avg_pool2d.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 8, 9), 2)
    yield sample(make(2, 8, 9), (3, 2), (2, 1), 1, True, False)
    yield sample(make(2, 8, 9), 3, 2, 1, True, True)
    yield sample(make(2, 8, 9), 3, 2, 1, False, True, 5)


@avg_pool3d.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 5, 6, 7), (2, 3, 2), (2, 1, 2), (1, 1, 0), False, False)


@adaptive_avg_pool1d.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 9), 4)


@adaptive_avg_pool2d.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 8, 9), (3, 4))
    yield sample(make(2, 8, 9), (1, 1))


@adaptive_avg_pool3d.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 4, 5, 6), (2, 3, 4))


@adaptive_max_pool1d_with_indices.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 9), 4)


@adaptive_max_pool2d_with_indices.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 8, 9), (3, 4))


@adaptive_max_pool3d_with_indices.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 4, 5, 6), (2, 3, 4))


# -- norms over windows ----------------------------------------------------------------------------------------------


def _norms(means: Any, norm_type: Any, count: int) -> Any:
    """From the means of the powers of windows of `count` elements; negative sums count as zero, as in PyTorch."""
    return ((means.sign() * means.abs().relu()) * count).pow(1.0 / norm_type)


@derived(modules=("nn.functional",), method=False)
def lp_pool1d(input: Tensor, norm_type: float, kernel_size: Dims, stride: Dims = None,
              ceil_mode: bool = False) -> Tensor:
    """p-norms over windows of (N, C, L) or (C, L)."""
    taps = _spread(kernel_size, 1, "kernel_size", "lp_pool1d")
    return _norms(avg_pool1d(input.pow(norm_type), taps, stride, 0, ceil_mode), norm_type, taps[0])


@derived(modules=("nn.functional",), method=False)
def lp_pool2d(input: Tensor, norm_type: float, kernel_size: Dims, stride: Dims = None,
              ceil_mode: bool = False) -> Tensor:
    """p-norms over windows of (N, C, H, W) or (C, H, W)."""
    taps = _spread(kernel_size, 2, "kernel_size", "lp_pool2d")
    return _norms(avg_pool2d(input.pow(norm_type), taps, stride, 0, ceil_mode), norm_type, taps[0] * taps[1])


@derived(modules=("nn.functional",), method=False)
def lp_pool3d(input: Tensor, norm_type: float, kernel_size: Dims, stride: Dims = None,
              ceil_mode: bool = False) -> Tensor:
    """p-norms over windows of (N, C, D, H, W) or (C, D, H, W)."""
    taps = _spread(kernel_size, 3, "kernel_size", "lp_pool3d")
    means = avg_pool3d(input.pow(norm_type), taps, stride, 0, ceil_mode)
    return _norms(means, norm_type, taps[0] * taps[1] * taps[2])


@lp_pool1d.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 7, low=0.1, high=1.0), 2.0, 3)
    yield sample(make(2, 3, 7, low=0.1, high=1.0), 3.0, 2, 1, True)


@lp_pool2d.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 4, 6, low=0.1, high=1.0), 3.0, (2, 3))
    yield sample(make(3, 4, 6, low=0.1, high=1.0), 2.0, 2, 1)


@lp_pool3d.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(1, 2, 4, 4, 3, low=0.1, high=1.0), 2.0, 2)
