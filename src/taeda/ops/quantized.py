"""Products with weights that are stored as small integers: the numbers are made of them inside the product.

A weight (N, K) is stored in *panels* of 32 rows, in which k is the slower dimension, so that a kernel reads it once
from begin to end and has neighbouring columns of the product side by side:

    codes    int8 (panels, K, 32), or for 4 bits uint8 (panels, K, 16): row j in the low halves of the bytes for j < 16,
             row j + 16 in the high ones
    scales   float16 or float32 (panels, groups, 32), one for each row and group of `group` neighbours along K
    offsets  the same shape and dtype, or None

The number is code * scale + offset in float32; without offsets code * scale, where 4-bit codes count from -8. Rows past
N are padding. The product has the bits of one with the float32 matrix `dequantized`: that is done in registers, before
each multiplication.
"""

from __future__ import annotations

from typing import Any

from taeda.ir.expression import ceildiv, product
from taeda.ops.creation import arange
from taeda.ops.indexing import converted, index_select
from taeda.ops.joining import cat
from taeda.ops.op import Result, SymInt, Tensor, derived, kernel
from taeda.ops.pointwise import where
from taeda.ops.reduction import amax
from taeda.ops.views import narrow

PANEL = 32


def _check(input: Any, codes: Any, scales: Any, offsets: Any, bias: Any, group: int) -> None:
    if bias is not None and (bias.dtype != "float32" or bias.ndim != 1):
        raise RuntimeError(f"expected a float32 vector as bias, got {bias.dtype} of {bias.ndim} dimensions")
    if input.dtype != "float32" or input.ndim != 2:
        raise RuntimeError(f"expected a float32 matrix, got {input.dtype} of {input.ndim} dimensions")
    _check_codes(codes, scales, offsets, group)


def _check_codes(codes: Any, scales: Any, offsets: Any, group: int) -> None:
    if codes.dtype not in ("int8", "uint8") or codes.ndim != 3:
        raise RuntimeError(f"codes are int8 or uint8 of 3 dimensions, got {codes.dtype} of {codes.ndim}")
    for x in (scales, *(() if offsets is None else (offsets,))):
        if x.dtype not in ("float16", "float32") or x.dtype != scales.dtype or x.ndim != 3:
            raise RuntimeError(f"scales and offsets are float16 or float32 of 3 dimensions, got {x.dtype} of {x.ndim}")
    if group < 1:
        raise RuntimeError(f"a group is of 1 element or more, not {group}")


@kernel(public=False, epilogue=lambda *arguments: True)
def coded_matmul(b: Any, input: Tensor, codes: Tensor, scales: Tensor, offsets: Tensor | None, bias: Tensor | None,
                 outputs: SymInt, group: int) -> Tensor:
    """input (M, K) in float32 @ the transpose of the coded weight (outputs, K) + bias: (M, outputs)."""
    _check(input, codes, scales, offsets, bias, group)
    panels, k, row = codes.shape
    groups = ceildiv(k, group)
    good = (k == input.shape[1]) * (row == (PANEL // 2 if codes.dtype == "uint8" else PANEL)) * (k >= 1)
    for x in (scales, *(() if offsets is None else (offsets,))):
        good = good * (x.shape[0] == panels) * (x.shape[1] == groups) * (x.shape[2] == PANEL)
    b.check(good, RuntimeError, "codes ({0}, {1}, {2}) in groups of {3} do not fit an input (*, {4}), or their scales",
            panels, k, row, group, input.shape[1])
    b.check((outputs >= 0) * (ceildiv(outputs, PANEL) <= panels), RuntimeError,
            "a weight of {0} rows does not fit in {1} panels of 32", outputs, panels)
    if bias is not None:
        b.check(bias.shape[0] == outputs, RuntimeError, "a bias of {0} does not fit a weight of {1} rows",
                bias.shape[0], outputs)
    out = b.alloc("float32", (input.shape[0], outputs))
    b.method("coded.coded_matmul", left=input, codes=codes, scales=scales, offsets=offsets, bias=bias, out=out,
             group=group)
    return out


@coded_matmul.meta
def _(input: Any, codes: Any, scales: Any, offsets: Any, bias: Any, outputs: Any, group: int) -> Result:
    _check(input, codes, scales, offsets, bias, group)
    return Result("float32", (input.shape[0], outputs))


@coded_matmul.gradient
def _(grad: Any, codes: Any, scales: Any, offsets: Any, bias: Any, group: int) -> Any:
    """Of input and bias: codes and scales are constants."""
    weight = narrow(dequantized(codes, scales, offsets, group), 0, 0, grad.shape[1])
    return {"bias": None if bias is None else grad.sum((0,)), "input": grad.matmul(weight)}


@derived(public=False)
def dequantized(codes: Tensor, scales: Tensor, offsets: Tensor | None, group: int) -> Tensor:
    """The float32 matrix (panels * 32, K) of a coded weight."""
    _check_codes(codes, scales, offsets, group)
    panels, k, _ = codes.shape
    if codes.dtype == "uint8":
        numbers = converted(cat((codes & 15, codes >> 4), 2), "float32")
        if offsets is None:
            numbers = numbers - 8
    else:
        numbers = converted(codes, "float32")
    of_row = arange(0, 1, k, "int64") // group
    numbers = numbers * converted(index_select(scales, 1, of_row), "float32")
    if offsets is not None:
        numbers = numbers + converted(index_select(offsets, 1, of_row), "float32")
    return numbers.permute((0, 2, 1)).reshape((panels * PANEL, k))


_TINY = 2.0 ** -126  # the smallest normal number of float32


def _in_full(input: Any, factors: Any) -> Any:
    """In float32, each element of a row times its factor, where there are some."""
    wide = converted(input, "float32")
    return wide if factors is None else wide * factors


@derived(public=False)
def coded_linear(input: Tensor, codes: Tensor, scales: Tensor, offsets: Tensor | None, bias: Tensor | None,
                 outputs: SymInt, group: int, factors: Tensor | None = None) -> Tensor:
    """input (*, K) @ the transpose of the coded weight (outputs, K) + bias: (*, outputs), of the dtype of input, which
    is multiplied by `factors` (K) first."""
    k, rows = input.shape[-1], product(input.shape[:-1])
    flat = _in_full(input, factors)
    flat = flat if input.ndim == 2 else flat.reshape((rows, k))
    wide_bias = None if bias is None else converted(bias, "float32")
    result = coded_matmul(flat, codes, scales, offsets, wide_bias, outputs, group)
    result = converted(result, input.dtype)
    return result if input.ndim == 2 else result.reshape((*input.shape[:-1], outputs))


# -- inputs in 8 bits too ----------------------------------------------------------------------------------------------


@kernel(public=False)
def rounded_matmul(b: Any, input: Tensor, input_scales: Tensor, sums: Tensor, codes: Tensor, scales: Tensor,
                   offsets: Tensor | None, step: int, group: int) -> Tensor:
    """(M, panels * 32) of inputs in int8 (M, K) with float32 scales and int32 sums (M, K / step), and coded weights."""
    _check_rounded(input, input_scales, sums, codes, scales, offsets, step, group)
    panels, k, row = codes.shape
    rows = input.shape[0]
    good = (k == input.shape[1]) * (row == (PANEL // 2 if codes.dtype == "uint8" else PANEL)) * (k >= 1)
    good = good * (k % group == 0)
    for x in (input_scales, sums):
        good = good * (x.shape[0] == rows) * (x.shape[1] * step == k)
    for x in (scales, *(() if offsets is None else (offsets,))):
        good = good * (x.shape[0] == panels) * (x.shape[1] * group == k) * (x.shape[2] == PANEL)
    b.check(good, RuntimeError, "codes ({0}, {1}, {2}) in groups of {3} do not fit rounded inputs (*, {4}), or their "
            "scales", panels, k, row, group, input.shape[1])
    out = b.alloc("float32", (rows, panels * PANEL))
    b.method("coded.rounded_matmul", input=input, input_scales=input_scales, sums=sums, codes=codes, scales=scales,
             offsets=offsets, out=out, step=step, group=group)
    return out


def _check_rounded(input: Any, input_scales: Any, sums: Any, codes: Any, scales: Any, offsets: Any, step: int,
                   group: int) -> None:
    _check_codes(codes, scales, offsets, group)
    given = [(x.dtype, x.ndim) for x in (input, input_scales, sums)]
    if given != [("int8", 2), ("float32", 2), ("int32", 2)]:
        raise RuntimeError(f"expected matrices of int8, float32 and int32, got {given}")
    if step < 8 or step % 8 or group % step:
        raise RuntimeError(f"a step is a multiple of 8 that divides a group, not {step} of {group}")


@rounded_matmul.meta
def _(input: Any, input_scales: Any, sums: Any, codes: Any, scales: Any, offsets: Any, step: int,
      group: int) -> Result:
    _check_rounded(input, input_scales, sums, codes, scales, offsets, step, group)
    return Result("float32", (input.shape[0], codes.shape[0] * PANEL))


@derived(public=False)
def rounded_linear(input: Tensor, codes: Tensor, scales: Tensor, offsets: Tensor | None, bias: Tensor | None,
                   outputs: SymInt, step: int, group: int, factors: Tensor | None = None) -> Tensor:
    """As `coded_linear`, with each `step` neighbours of an input rounded to 8 bits: -127..127 times their largest size
    / 127, and 0 where that is below the normal numbers. Without gradients."""
    k, rows = input.shape[-1], product(input.shape[:-1])
    parts = _in_full(input, factors).reshape((rows, k // step, step))
    units = amax(parts.abs(), (2,), True) / 127.0
    # Of units whose reciprocal is infinite nothing is left; others need no bounds, as the quotients do not pass 127.
    numbers = (parts * where(units > _TINY, 1.0 / units, 0.0)).round()
    sums = converted(numbers.sum((2,)), "int32")
    result = rounded_matmul(converted(numbers, "int8").reshape((rows, k)), units.reshape((rows, k // step)), sums,
                            codes, scales, offsets, step, group)
    result = narrow(result, 1, 0, outputs)
    if bias is not None:
        result = result + converted(bias, "float32")
    result = converted(result, input.dtype)
    return result if input.ndim == 2 else result.reshape((*input.shape[:-1], outputs))
