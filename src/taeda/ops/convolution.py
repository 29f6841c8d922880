"""Convolutions and transposed convolutions in one to three dimensions.

Three primitives are each other's gradients: `convolve`, its transpose `convolve_transposed` and `convolve_weight`, the
gradient of both with respect to the weight.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from taeda.ir.dtype import info
from taeda.ir.expression import maximum, minimum, product
from taeda.ops.dtypes import is_complex, torch_kernel_name
from taeda.ops.matmul import multiply_matrices
from taeda.ops.op import Dims, Result, Sample, Sizes, Tensor, check, derived, kernel, registry, sample
from taeda.ops.pointwise import convert, imaginary_part, join_parts, real_part
from taeda.ops.reduction import sum as sum_over

# -- primitives: input and weight of one dtype, which is float32, float64, bfloat16, int32 or int64 --------------------


@kernel(public=False, epilogue=lambda *arguments: True)
def convolve(b: Any, input: Tensor, weight: Tensor, bias: Tensor | None, sizes: Sizes, padding: Sizes,
             stride: tuple[int, ...], dilation: tuple[int, ...], groups: int) -> Tensor:
    """input (N, C, *), weight (M, C / groups, *kernel), bias (M) → (N, M, *sizes); `padding` is that in front."""
    out = b.alloc(input.dtype, (input.shape[0], weight.shape[0], *sizes))
    b.method("convolution.convolve", input=input, weight=weight, bias=bias, out=out, stride=stride, padding=padding,
             dilation=dilation, groups=groups)
    return out


@convolve.meta
def _(input: Any, weight: Any, bias: Any, sizes: Any, padding: Any, stride: Any, dilation: Any, groups: Any) -> Result:
    return Result(input.dtype, (input.shape[0], weight.shape[0], *sizes))


@convolve.gradient
def _(grad: Any, input: Any, weight: Any, bias: Any, padding: Any, stride: Any, dilation: Any, groups: Any) -> Any:
    return (convolve_transposed(grad, weight, None, input.shape[2:], padding, stride, dilation, groups),
            convolve_weight(input, grad, weight.shape[2:], padding, stride, dilation, groups),
            None if bias is None else _by_bias(grad))


def _by_bias(grad: Any) -> Any:
    return sum_over(grad, (0, *range(2, grad.ndim)))


@kernel(public=False, epilogue=lambda *arguments: all(s == 1 for s in arguments[5]))
def convolve_transposed(b: Any, input: Tensor, weight: Tensor, bias: Tensor | None, sizes: Sizes, padding: Sizes,
                        stride: tuple[int, ...], dilation: tuple[int, ...], groups: int) -> Tensor:
    """input (N, M, *), weight (M, C / groups, *kernel), bias (C) → (N, C, *sizes): the transpose of `convolve`."""
    out = b.alloc(input.dtype, (input.shape[0], weight.shape[1] * groups, *sizes))
    b.method("convolution.convolve_transposed", input=input, weight=weight, bias=bias, out=out, stride=stride,
             padding=padding, dilation=dilation, groups=groups)
    return out


@convolve_transposed.meta
def _(input: Any, weight: Any, bias: Any, sizes: Any, padding: Any, stride: Any, dilation: Any, groups: Any) -> Result:
    return Result(input.dtype, (input.shape[0], weight.shape[1] * groups, *sizes))


@convolve_transposed.gradient
def _(grad: Any, input: Any, weight: Any, bias: Any, padding: Any, stride: Any, dilation: Any, groups: Any) -> Any:
    return (convolve(grad, weight, None, input.shape[2:], padding, stride, dilation, groups),
            convolve_weight(grad, input, weight.shape[2:], padding, stride, dilation, groups),
            None if bias is None else _by_bias(grad))


@kernel(public=False)
def convolve_weight(b: Any, input: Tensor, upstream: Tensor, kernel_size: Sizes, padding: Sizes,
                    stride: tuple[int, ...], dilation: tuple[int, ...], groups: int) -> Tensor:
    """input (N, C, *), upstream (N, M, *) → (M, C / groups, *kernel_size): the gradient of the weight."""
    out = b.alloc(input.dtype, (upstream.shape[1], input.shape[1] // groups, *kernel_size))
    b.method("convolution.convolve_weight", input=input, upstream=upstream, out=out, stride=stride, padding=padding,
             dilation=dilation, groups=groups)
    return out


@convolve_weight.meta
def _(input: Any, upstream: Any, kernel_size: Any, padding: Any, stride: Any, dilation: Any, groups: Any) -> Result:
    return Result(input.dtype, (upstream.shape[1], input.shape[1] // groups, *kernel_size))


@convolve_weight.gradient
def _(grad: Any, input: Any, upstream: Any, padding: Any, stride: Any, dilation: Any, groups: Any) -> Any:
    return (convolve_transposed(upstream, grad, None, input.shape[2:], padding, stride, dilation, groups),
            convolve(input, grad, None, upstream.shape[2:], padding, stride, dilation, groups))


# -- for a batch of examples --------------------------------------------------------------------------------------
#
# Where examples share the weight, the batch is a larger one. Where each has its own, products of matrices with the
# windows of the input do it.


def _windows(x: Any, sizes: Any, kernel: Any, padding: Any, stride: Any, dilation: Any, groups: int) -> Any:
    """The windows of x (B, N, C, *) as (B, groups, C / groups * kernel, N * sizes)."""
    rank = len(stride)
    pads: list[Any] = []
    for d in reversed(range(rank)):
        last = (sizes[d] - 1) * stride[d] + (kernel[d] - 1) * dilation[d] + 1
        pads += [padding[d], last - x.shape[3 + d] - padding[d]]
    x = registry.ops["constant_pad_nd"](x, tuple(pads), 0)
    for d in range(rank):
        x = x.unfold(3 + d, (kernel[d] - 1) * dilation[d] + 1, stride[d])
        if dilation[d] > 1:
            x = registry.ops["slice_along"](x, x.ndim - 1, 0, (kernel[d] - 1) * dilation[d] + 1, dilation[d])
    examples, count, channels = x.shape[:3]
    x = x.reshape((examples, count, groups, channels // groups, *x.shape[3:]))
    sizes_at, kernel_at = range(4, 4 + rank), range(4 + rank, 4 + 2 * rank)
    x = x.permute((0, 2, 3, *kernel_at, 1, *sizes_at))
    return x.reshape((examples, groups, channels // groups * product(kernel), count * product(sizes)))


def _by_group(x: Any, groups: int) -> Any:
    """x (B, N, M, *) as (B, groups, M / groups, N * sizes)."""
    examples, count, channels = x.shape[:3]
    x = x.reshape((examples, count, groups, channels // groups, *x.shape[3:]))
    x = x.permute((0, 2, 3, 1, *range(4, x.ndim)))
    return x.reshape((examples, groups, channels // groups, count * product(x.shape[4:])))


@convolve.batch
def _(batch: Any, input: Any, weight: Any, bias: Any, sizes: Any, padding: Any, stride: Any, dilation: Any,
      groups: int) -> Any:
    if not batch.carries(weight) and (bias is None or not batch.carries(bias)):
        whole = convolve(batch.merged(input), weight, bias, sizes, padding, stride, dilation, groups)
        return batch.parted(whole)
    input, weight = batch.whole(input), batch.whole(weight)
    count, outputs, kernel = input.shape[1], weight.shape[1], weight.shape[3:]
    windows = _windows(input, sizes, kernel, padding, stride, dilation, groups)
    rows = weight.reshape((batch.size, groups, outputs // groups, weight.shape[2] * product(kernel)))
    found = multiply_matrices(rows, windows).reshape((batch.size, outputs, count, *sizes))
    found = found.permute((0, 2, 1, *range(3, found.ndim)))
    if bias is None:
        return found
    bias = batch.whole(bias)
    return found + bias.reshape((batch.size, 1, outputs, *(1,) * len(stride)))


@convolve_transposed.batch
def _(batch: Any, input: Any, weight: Any, bias: Any, sizes: Any, padding: Any, stride: Any, dilation: Any,
      groups: int) -> Any:
    if not batch.carries(weight) and (bias is None or not batch.carries(bias)):
        x = batch.merged(input)
        return batch.parted(convolve_transposed(x, weight, bias, sizes, padding, stride, dilation, groups))
    # A convolution of the input with zeros in between, with the weight turned around.
    x, weight, rank = batch.whole(input), batch.whole(weight), len(stride)
    for d in range(rank):
        if stride[d] > 1:
            wide = [*x.shape[:3 + d], (x.shape[3 + d] - 1) * stride[d] + 1, *x.shape[4 + d:]]
            x = registry.ops["slice_gradient"](x, tuple(wide), 3 + d, 0, wide[3 + d], stride[d])
    inputs, outputs, kernel = weight.shape[1], weight.shape[2], weight.shape[3:]
    turned = registry.ops["reversed_along"](weight, tuple(range(3, 3 + rank)))
    turned = turned.reshape((batch.size, groups, inputs // groups, outputs, *kernel))
    turned = turned.permute((0, 1, 3, 2, *range(4, 4 + rank)))
    front = [(kernel[d] - 1) * dilation[d] - padding[d] for d in range(rank)]
    windows = _windows(x, sizes, kernel, front, (1,) * rank, dilation, groups)
    rows = turned.reshape((batch.size, groups, outputs, inputs // groups * product(kernel)))
    found = multiply_matrices(rows, windows).reshape((batch.size, groups * outputs, x.shape[1], *sizes))
    found = found.permute((0, 2, 1, *range(3, found.ndim)))
    return found if bias is None else found + batch.whole(bias).reshape((batch.size, 1, -1, *(1,) * rank))


@convolve_weight.batch
def _(batch: Any, input: Any, upstream: Any, kernel_size: Any, padding: Any, stride: Any, dilation: Any,
      groups: int) -> Any:
    input, upstream = batch.whole(input), batch.whole(upstream)
    windows = _windows(input, upstream.shape[3:], kernel_size, padding, stride, dilation, groups)
    found = multiply_matrices(_by_group(upstream, groups), windows.permute((0, 1, 3, 2)))
    return found.reshape((batch.size, upstream.shape[2], input.shape[2] // groups, *kernel_size))


@convolve_weight.batch_sum
def _(batch: Any, input: Any, upstream: Any, kernel_size: Any, padding: Any, stride: Any, dilation: Any,
      groups: int) -> Any:
    input, upstream = batch.merged(input), batch.merged(upstream)
    return convolve_weight(input, upstream, kernel_size, padding, stride, dilation, groups)


# -- checks, as PyTorch words them -----------------------------------------------------------------------------------

def spread(value: Any, rank: int, name: str, op: str) -> tuple[int, ...]:
    """One static number for each spatial dimension."""
    values = (value,) * rank if isinstance(value, int) else tuple(value)
    values = values * rank if len(values) == 1 else values
    if len(values) != rank:
        raise RuntimeError(f"expected {name} to be a single integer value or a list of {rank} values to match the "
                           f"convolution dimensions, but got {name}={list(values)}")
    return values


def _shape(count: int, first: int = 0) -> str:
    """The place of a shape of `count` dimensions in a message."""
    return "[" + ", ".join(f"{{{first + k}}}" for k in range(count)) + "]"


def _checked(op: str, rank: int, transposed: bool, input: Any, weight: Any, bias: Any, stride: Any, padding: Any,
             dilation: Any, groups: int) -> tuple[Any, tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """The input with a batch, and static parameters with one number for each dimension."""
    if weight.ndim != rank + 2:
        raise RuntimeError(f"{op}: expected a weight of {rank + 2} dimensions, but got one of {weight.ndim}")
    if input.dtype != weight.dtype:
        raise RuntimeError(f"Input type ({info(input.dtype).cpp}) and weight type "
                           f"({info(weight.dtype).cpp}) should be the same")
    if bias is not None and bias.dtype != input.dtype:
        raise RuntimeError(f"Input type ({info(input.dtype).cpp}) and bias type "
                           f"({info(bias.dtype).cpp}) should be the same")
    if input.dtype in ("bool", "complex32"):
        raise NotImplementedError(f'"{op}" not implemented for \'{torch_kernel_name(input.dtype)}\'')
    stride, padding, dilation = (spread(v, rank, n, op) for v, n in
                                 ((stride, "stride"), (padding, "padding"), (dilation, "dilation")))
    if any(p < 0 for p in padding):
        raise RuntimeError("negative padding is not supported")
    if any(s <= 0 for s in stride):
        raise RuntimeError("non-positive stride is not supported")
    if any(d <= 0 for d in dilation):
        raise RuntimeError("non-positive dilation is not supported")
    if groups <= 0:
        raise RuntimeError("non-positive groups is not supported")
    batched = input if input.ndim == rank + 2 else input.unsqueeze(0)
    w = weight.shape
    if groups > 1:
        check(w[0] >= groups, RuntimeError, f"Given groups={groups}, expected weight to be at least {groups} at "
              f"dimension 0, but got weight of size {_shape(rank + 2)} instead", *w)
        check(w[0] % groups == 0, RuntimeError, f"Given groups={groups}, expected weight to be divisible by {groups} "
              f"at dimension 0, but got weight of size [{_shape(rank + 2)}] instead", *w)
    expected = w[0] if transposed else w[1] * groups
    if rank == 3:  # {0} to {9} are as many numbers as a message holds
        kind = f"Given transposed={int(transposed)}" if transposed else f"Given groups={groups}"
        check(batched.shape[1] == expected, RuntimeError,
              f"{kind}, weight of size {_shape(5)}, expected input to have {{5}} channels, but got {{6}} channels "
              "instead", *w, expected, batched.shape[1])
    else:
        last = rank + 2
        kind = "Given transposed=1" if transposed else f"Given groups={groups}"
        channel = f"{{{last + 1}}}"
        check(batched.shape[1] == expected, RuntimeError,
              f"{kind}, weight of size {_shape(last)}, expected input{_shape(last, last)} to have "
              f"{{{2 * last}}} channels, but got {channel} channels instead", *w, *batched.shape, expected)
    if bias is not None:
        out_channels = w[1] * groups if transposed else w[0]
        kind = "Given transposed=1" if transposed else "Given"
        wanted = (f"{kind}{',' if transposed else ''} weight of size {_shape(rank + 2)}, expected bias to be "
                  f"1-dimensional with {{{rank + 2}}} elements, but got bias of size ")
        if bias.ndim != 1:
            raise RuntimeError(f"expected bias to be 1-dimensional, but got a bias of {bias.ndim} dimensions")
        check(bias.shape[0] == out_channels, RuntimeError, wanted + f"[{{{rank + 3}}}] instead", *w, out_channels,
              bias.shape[0])
    return batched, stride, padding, dilation


def _wrong_rank(op: str, rank: int, input: Any) -> bool:
    """Whether the input has the wrong number of dimensions. Its sizes are known, and named, when the op runs."""
    if input.ndim in (rank + 1, rank + 2):
        return False
    check(input.shape[0] < 0 if input.ndim else False, RuntimeError, f"Expected {rank + 1}D (unbatched) or {rank + 2}D "
          f"(batched) input to {op}, but got input of size: {_shape(input.ndim)}", *input.shape)
    return True


def _by(values: Sequence[Any], first: int) -> str:
    return "(" + " x ".join(f"{{{first + k}}}" for k in range(len(values))) + ")"


def _check_kernel(size: Sequence[Any], kernel: Sequence[Any], before: Sequence[Any], after: Sequence[Any],
                  dilation: Sequence[int]) -> list[Any]:
    """The padded sizes minus the extents of the kernel, which must not be negative."""
    padded = [n + p + q for n, p, q in zip(size, before, after, strict=True)]
    extent = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
    room = [p - e for p, e in zip(padded, extent, strict=True)]
    least = room[0]
    for r in room[1:]:
        least = minimum(least, r)
    check(least >= 0, RuntimeError, f"Calculated padded input size per channel: {_by(padded, 0)}. Kernel size: "
          f"{_by(extent, len(padded))}. Kernel size can't be greater than actual input size", *padded, *extent)
    return room


def _convolution(op: str, rank: int, input: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any,
                 groups: int) -> Any:
    if _wrong_rank(op, rank, input):
        return input  # never gets there
    x, stride, padding, dilation = _checked(op, rank, False, input, weight, bias, stride, padding, dilation, groups)
    room = _check_kernel(x.shape[2:], weight.shape[2:], padding, padding, dilation)
    sizes = [maximum(r, 0) // s + 1 for r, s in zip(room, stride, strict=True)]
    return _in_compute_dtype(convolve, rank, input, x, weight, bias, sizes, padding, stride, dilation, groups)


def _convolution_by_name(op: str, rank: int, input: Any, weight: Any, bias: Any, stride: Any, padding: str,
                         dilation: Any, groups: int) -> Any:
    if padding == "valid":
        return _convolution(op, rank, input, weight, bias, stride, 0, dilation, groups)
    if padding != "same":
        raise RuntimeError(f"Invalid padding string: '{padding}'")
    if _wrong_rank(op, rank, input):
        return input  # never gets there
    x, stride, _, dilation = _checked(op, rank, False, input, weight, bias, stride, 0, dilation, groups)
    if any(s != 1 for s in stride):
        raise RuntimeError("padding='same' is not supported for strided convolutions")
    # Where the padding is odd, the back gets the one more.
    before = [(k - 1) * d // 2 for k, d in zip(weight.shape[2:], dilation, strict=True)]
    return _in_compute_dtype(convolve, rank, input, x, weight, bias, x.shape[2:], before, stride, dilation, groups)


def _in_compute_dtype(op: Any, rank: int, input: Any, x: Any, weight: Any, bias: Any, *rest: Any) -> Any:
    """The primitive in a dtype it is computed in, rounded once; without the batch if `input` has none."""
    if is_complex(x.dtype):
        out = _of_parts(op, x, weight, bias, *rest)
        return out if input.ndim == rank + 2 else out.reshape(out.shape[1:])
    # Products of bfloat16 are the concern of the method: some processors have them.
    wide = x.dtype if x.dtype == "bfloat16" else info(x.dtype).accumulate
    bias = None if bias is None else convert(bias, wide)
    out = convert(op(convert(x, wide), convert(weight, wide), bias, *rest), x.dtype)
    return out if input.ndim == rank + 2 else out.reshape(out.shape[1:])


def _of_parts(op: Any, x: Any, weight: Any, bias: Any, *rest: Any) -> Any:
    """A complex product of three real ones: (a + ib)(c + id) = (ac - bd) + i((a + b)(c + d) - ac - bd)."""
    a, b, c, d = real_part(x), imaginary_part(x), real_part(weight), imaginary_part(weight)
    first, second, both = op(a, c, None, *rest), op(b, d, None, *rest), op(a + b, c + d, None, *rest)
    out = join_parts(first - second, both - first - second)
    return out if bias is None else out + bias.reshape((-1, *(1,) * (x.ndim - 2)))


def _transposed(op: str, rank: int, input: Any, weight: Any, bias: Any, stride: Any, padding: Any, output_padding: Any,
                groups: int, dilation: Any) -> Any:
    if _wrong_rank(op, rank, input):
        return input  # never gets there
    x, stride, padding, dilation = _checked(op, rank, True, input, weight, bias, stride, padding, dilation, groups)
    extra = spread(output_padding, rank, "output_padding", op)
    if any(e < 0 for e in extra):
        raise RuntimeError("negative output_padding is not supported")
    if any(e >= s and e >= d for e, s, d in zip(extra, stride, dilation, strict=True)):
        raise RuntimeError("output padding must be smaller than either stride or dilation, but got output_padding: "
                           f"{list(extra)} stride: {list(stride)} dilation: {list(dilation)}")
    sizes = [(n - 1) * s - 2 * p + (k - 1) * d + 1 + e for n, s, p, k, d, e in
             zip(x.shape[2:], stride, padding, weight.shape[2:], dilation, extra, strict=True)]
    least = sizes[0]
    for n in sizes[1:]:
        least = minimum(least, n)
    check(least > 0, RuntimeError, f"Given input size per channel: {_by(sizes, 0)}. Calculated output size per "
          f"channel: {_by(sizes, rank)}. Output size is too small", *x.shape[2:], *sizes)
    return _in_compute_dtype(convolve_transposed, rank, input, x, weight, bias, sizes, padding, stride, dilation,
                             groups)


# -- public ----------------------------------------------------------------------------------------------------------

BOTH = ("torch", "nn.functional")


@derived(modules=BOTH, method=False, autocast="lower")
def conv1d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Dims = 1, padding: Dims = 0,
           dilation: Dims = 1, groups: int = 1) -> Tensor:
    """input (N, C, L) or (C, L), weight (M, C / groups, K), bias (M) → (N, M, L') or (M, L').

    out[m, q] = bias[m] + sum over c, k of weight[m, c, k] * input[c, q * stride - padding + k * dilation], where m and
    c are of one group. L' = (L + 2 * padding - dilation * (K - 1) - 1) // stride + 1.
    """
    return _convolution("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


@derived(public="conv1d", overload="padding", modules=BOTH, method=False, autocast="lower")
def conv1d_padding(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Dims = 1, padding: str = "valid",
                   dilation: Dims = 1, groups: int = 1) -> Tensor:
    """`conv1d` with padding "valid" (none) or "same" (the output is as long as the input)."""
    return _convolution_by_name("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


@derived(modules=BOTH, method=False, autocast="lower")
def conv2d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Dims = 1, padding: Dims = 0,
           dilation: Dims = 1, groups: int = 1) -> Tensor:
    """input (N, C, H, W) or (C, H, W), weight (M, C / groups, KH, KW), bias (M) → (N, M, H', W') or (M, H', W').

    The formula is that of `conv1d` in both dimensions. float16 and bfloat16 are added up in float32 and rounded once.
    """
    return _convolution("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


@derived(public="conv2d", overload="padding", modules=BOTH, method=False, autocast="lower")
def conv2d_padding(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Dims = 1, padding: str = "valid",
                   dilation: Dims = 1, groups: int = 1) -> Tensor:
    """`conv2d` with padding "valid" (none) or "same" (the output is as large as the input)."""
    return _convolution_by_name("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


@derived(modules=BOTH, method=False, autocast="lower")
def conv3d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Dims = 1, padding: Dims = 0,
           dilation: Dims = 1, groups: int = 1) -> Tensor:
    """input (N, C, D, H, W) or (C, D, H, W), weight (M, C / groups, KD, KH, KW), bias (M): see `conv1d`."""
    return _convolution("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


@derived(public="conv3d", overload="padding", modules=BOTH, method=False, autocast="lower")
def conv3d_padding(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Dims = 1, padding: str = "valid",
                   dilation: Dims = 1, groups: int = 1) -> Tensor:
    """`conv3d` with padding "valid" (none) or "same" (the output is as large as the input)."""
    return _convolution_by_name("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


@derived(modules=BOTH, method=False, autocast="lower")
def conv_transpose1d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Dims = 1, padding: Dims = 0,
                     output_padding: Dims = 0, groups: int = 1, dilation: Dims = 1) -> Tensor:
    """The transpose of `conv1d`: input (N, C, L) or (C, L), weight (C, M / groups, K), bias (M) → (N, M, L') or
    (M, L').

    L' = (L - 1) * stride - 2 * padding + dilation * (K - 1) + output_padding + 1.
    """
    return _transposed("conv_transpose1d", 1, input, weight, bias, stride, padding, output_padding, groups, dilation)


@derived(modules=BOTH, method=False, autocast="lower")
def conv_transpose2d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Dims = 1, padding: Dims = 0,
                     output_padding: Dims = 0, groups: int = 1, dilation: Dims = 1) -> Tensor:
    """The transpose of `conv2d`: input (N, C, H, W) or (C, H, W), weight (C, M / groups, KH, KW), bias (M)."""
    return _transposed("conv_transpose2d", 2, input, weight, bias, stride, padding, output_padding, groups, dilation)


@derived(modules=BOTH, method=False, autocast="lower")
def conv_transpose3d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Dims = 1, padding: Dims = 0,
                     output_padding: Dims = 0, groups: int = 1, dilation: Dims = 1) -> Tensor:
    """The transpose of `conv3d`: input (N, C, D, H, W) or (C, D, H, W), weight (C, M / groups, KD, KH, KW)."""
    return _transposed("conv_transpose3d", 3, input, weight, bias, stride, padding, output_padding, groups, dilation)


@derived(modules=BOTH, method=False, autocast="lower")
def conv_tbc(input: Tensor, weight: Tensor, bias: Tensor, pad: int = 0) -> Tensor:
    """`conv1d` of sequences with time first: input (L, N, C), weight (K, C, M), bias (M) → (L', N, M)."""
    if input.ndim != 3:
        raise RuntimeError(f"Input must have 3 dims: time, batch, in_channel. It has {input.ndim}.")
    if weight.ndim != 3:
        raise RuntimeError("Weight tensor must have 3 dims: kernel_width, in_channels, out_channels. It has "
                           f"{weight.ndim}.")
    return conv1d(input.permute((1, 2, 0)), weight.permute((2, 1, 0)), bias, 1, pad).permute((2, 0, 1)).clone()


@conv1d.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 9), make(4, 3, 3), make(4))
    yield sample(make(3, 9), make(4, 3, 3), padding=1, stride=2)
    yield sample(make(2, 4, 11), make(6, 2, 3), make(6), stride=2, padding=2, dilation=2, groups=2)


@conv_tbc.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(9, 2, 3), make(3, 3, 4), make(4))
    yield sample(make(5, 1, 2), make(2, 2, 3), make(3), 1)


@conv1d_padding.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 9), make(4, 3, 4), make(4), padding="same")


@conv2d.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 6, 7), make(4, 3, 3, 3), make(4), padding=1)
    yield sample(make(3, 6, 7), make(4, 3, 3, 2))
    yield sample(make(2, 4, 7, 8), make(6, 2, 3, 3), make(6), stride=(2, 1), padding=(1, 2), dilation=(1, 2), groups=2)
    yield sample(make(1, 4, 7, 8), make(4, 1, 3, 3), stride=2, padding=1, groups=4)
    yield sample(make(2, 5, 3, 3), make(4, 5, 1, 1), make(4))
    yield sample(make(1, 2, 10, 10), make(16, 2, 3, 3), make(16), padding=1)


@conv2d_padding.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 6, 7), make(4, 3, 3, 2), make(4), padding="same", dilation=(1, 3))
    yield sample(make(2, 3, 6, 7), make(4, 3, 3, 2), padding="valid", stride=2)


@conv3d.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(1, 2, 4, 5, 6), make(3, 2, 2, 3, 2), make(3), padding=1, stride=(1, 2, 2))


@conv3d_padding.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(1, 2, 4, 3, 4), make(3, 2, 2, 3, 2), padding="same")


@conv_transpose1d.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 5), make(3, 4, 3), make(4), stride=2, padding=1, output_padding=1)


@conv_transpose2d.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 4, 5), make(3, 4, 3, 3), make(4))
    yield sample(make(4, 4, 5), make(4, 3, 3, 2), make(6), stride=(2, 3), padding=(1, 0), output_padding=(1, 2),
                 groups=2, dilation=(2, 1))


@conv_transpose3d.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(1, 2, 3, 3, 4), make(2, 3, 2, 3, 2), stride=2, padding=1)


__all__ = ["conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "convolve",
           "convolve_transposed", "convolve_weight"]
