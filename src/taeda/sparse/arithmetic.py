"""Sums, products and functions of the elements of sparse tensors.

What turns zeros into zeros is done to the values; what is not linear, to those of the coalesced tensor.
"""

from __future__ import annotations

from typing import Any

import taeda
from taeda import _core
from taeda.composed import Composed, op
from taeda.sparse.conversion import coalesced, convert, rows_of_entries
from taeda.sparse.tensors import (
    BSC,
    BSR,
    COO,
    CSR,
    CompressedTensor,
    CooTensor,
    SparseTensor,
    compressed,
    coo,
    gathered,
    number_of_places,
    places,
)

# -- of one tensor -----------------------------------------------------------------------------------------------------

# Ops of one tensor that turn zeros into zeros.
_UNARY = (
    "abs", "asin", "asinh", "atan", "atanh", "ceil", "deg2rad", "erf", "erfinv", "expm1", "floor", "frac", "isinf",
    "isnan", "isneginf", "isposinf", "log1p", "rad2deg", "relu", "round", "sgn", "sign", "signbit", "sin", "sinh",
    "sqrt", "square", "tan", "tanh", "trunc", "angle",
)  # fmt: skip
# Linear ones: entries at one place may stay apart.
_LINEAR = ("neg", "positive", "clone", "convert", "conj_physical", "resolve_conj", "real", "imag")


def _of_values(name: str, linear: bool) -> None:
    def rule(input: Any, *rest: Any) -> Any:
        x = coalesced(input) if isinstance(input, CooTensor) and not linear else input
        return x.like_this(op(name)(x.values_part, *rest))

    SparseTensor.rule(name)(rule)


for _name in _UNARY:
    _of_values(_name, False)
for _name in _LINEAR:
    _of_values(_name, True)
for _name in ("round.decimals", "threshold", "nan_to_num"):
    _of_values(_name, False)


@SparseTensor.rule("conj")
def _conj(input: Any) -> Any:
    return input.like_this(op("conj_physical")(input.values_part))  # no view, as in PyTorch


@SparseTensor.rule("pow.number")
def _pow(input: Any, exponent: Any) -> Any:
    if exponent == 0:
        raise RuntimeError("pow(sparse, 0) would be a tensor of ones: convert it with to_dense()")
    x = coalesced(input) if isinstance(input, CooTensor) else input
    return x.like_this(x.values_part.pow(exponent))


@SparseTensor.rule("pow.tensor")
def _pow_of_tensors(input: Any, exponent: Any) -> Any:
    if isinstance(exponent, taeda.Tensor) and exponent.dim() == 0 and not isinstance(exponent, Composed):
        return _pow(input, exponent.item())
    return SparseTensor.missing("pow.Tensor_Tensor", ())


@SparseTensor.rule("contiguous")
def _contiguous(input: Any) -> Any:
    return input


@SparseTensor.rule("zero")
def _zero(input: Any) -> Any:
    if isinstance(input, CompressedTensor):
        return compressed(input.layout, taeda.zeros_like(input.pointers_part), input.plain_part[..., :0],
                          input.values_part.detach().narrow(input.plain_part.dim() - 1, 0, 0), input.shape)
    return coo(input.indices_part[:, :0], input.values_part.detach()[:0], input.shape, True)


def _like(name: str) -> None:
    """zeros_like and its kin: a sparse tensor without entries."""

    def rule(input: Any, dtype: Any, layout: Any, device: Any, pin_memory: bool, requires_grad: bool,
             memory_format: Any) -> Any:
        if layout is _core.strided or not isinstance(input, Composed):
            return getattr(taeda, name)(taeda.empty(tuple(input.shape), dtype=dtype or input.dtype, device="meta"),
                                        device=device or input.device, requires_grad=requires_grad)
        made = _zero(input.detach().to(dtype) if dtype is not None else input.detach())
        if isinstance(made, CooTensor):
            made.is_in_order = False if name == "empty_like" else made.is_in_order
        return made.requires_grad_() if requires_grad else made

    SparseTensor.rule(f"torch.{name}")(rule)


_like("zeros_like")
_like("empty_like")


@SparseTensor.rule("torch.ones_like", "torch.full_like", "torch.rand_like", "torch.randn_like", "torch.randint_like",
                   "torch.randint_like.low")
def _filled_like(input: Any, *rest: Any) -> Any:
    return SparseTensor.missing("fill_.Scalar", ())


@SparseTensor.rule("Tensor.new_zeros", "Tensor.new_empty")
def _new(input: Any, size: Any, dtype: Any, device: Any, requires_grad: bool, layout: Any, pin_memory: bool) -> Any:
    made = taeda.sparse_coo_tensor(size, dtype=dtype or input.dtype, device=device or input.device,
                                   requires_grad=requires_grad)
    return convert(made, layout or input.layout)


@SparseTensor.rule("reshape", "torch.flatten", "flatten", "torch.reshape_as")
def _reshape(input: Any, *rest: Any) -> Any:
    raise RuntimeError("reshape is not implemented for sparse tensors")


@SparseTensor.rule("torch.resize_as_")
def _resize_as(input: Any, the_template: Any, memory_format: Any) -> Any:
    if not isinstance(input, SparseTensor) or not isinstance(the_template, SparseTensor):
        raise RuntimeError("resize_as_() between sparse and strided tensors is not supported")
    if input.shape != the_template.shape:
        input.become(_zero(the_template.detach().to(input.dtype)))
    return input


@SparseTensor.rule("copy")
def _copied(input: Any, source: Any, *rest: Any) -> Any:
    if not isinstance(input, SparseTensor) or not isinstance(source, SparseTensor):
        raise RuntimeError("copy() between dense and sparse Tensors is not implemented! Found self type = "
                           f"{input.type()} and src type = {source.type()}")
    return convert(source, input.layout).clone()


# -- sums --------------------------------------------------------------------------------------------------------------


def _different(name: str, x: Any, y: Any) -> RuntimeError:
    return RuntimeError(f"{name}: Expected sizes of 'self' and 'other' to match, but {list(x.shape)} != "
                        f"{list(y.shape)}")


def _added(x: Any, y: Any, alpha: Any) -> Any:
    """x + alpha * y."""
    if not isinstance(x, SparseTensor):
        if not isinstance(x, taeda.Tensor):
            raise RuntimeError("add(number, sparse) is not supported: it would have no zeros. Use to_dense()")
        return _onto_strided(x, y, alpha)
    if not isinstance(y, SparseTensor):
        raise RuntimeError("add(sparse, dense) is not supported. Use add(dense, sparse) instead.")
    if x.shape != y.shape:
        raise _different("add", x, y)
    if isinstance(x, CompressedTensor):
        if x.layout is not y.layout:
            y = convert(y, x.layout, x.blocks if x.layout in (BSR, BSC) else None)
        return convert(_added(convert(x, COO), convert(y, COO), alpha), x.layout,
                       x.blocks if x.layout in (BSR, BSC) else None)
    y = convert(y, COO)
    if x.sparse_dim() != y.sparse_dim():
        raise RuntimeError(f"add: expected 'self' and 'other' to have same number of sparse dimensions, but got "
                           f"{x.sparse_dim()} and {y.sparse_dim()}")
    second = y.values_part if alpha == 1 else y.values_part * alpha
    if x.indices_part is y.indices_part:
        return x.like_this(x.values_part + second)
    dtype = taeda.promote_types(x.dtype, second.dtype)
    both = coo(taeda.cat([x.indices_part, y.indices_part], 1),
               taeda.cat([x.values_part.to(dtype), second.to(dtype)]), x.shape)
    return coalesced(both)


def _flat_places(y: Any) -> tuple[Any, Any, int]:
    """Entries of a sparse tensor: their places, their values, the number of places."""
    if isinstance(y, CompressedTensor):
        if y.pointers_part.dim() == 1 and y.layout is CSR:
            row = rows_of_entries(y.pointers_part, y.plain_part)
            return row * y.shape[1] + y.plain_part, y.values_part, y.shape[0] * y.shape[1]
        y = convert(y, COO)
    return places(y), y.values_part, number_of_places(y)


def _onto_strided(x: Any, y: Any, alpha: Any) -> Any:
    if x.shape != y.shape:
        raise _different("add", x, y)
    at, values, count = _flat_places(y)
    dtype = taeda.promote_types(x.dtype, values.dtype)
    flat = x.to(dtype).reshape(count, *y.dense_sizes)
    values = values.to(dtype)
    return flat.index_add(0, at, values, alpha=alpha).reshape(tuple(x.shape))


@SparseTensor.rule("add")
def _add(input: Any, other: Any) -> Any:
    return _added(input, other, 1)


@SparseTensor.rule("add.scaled")
def _add_scaled(input: Any, other: Any, alpha: Any) -> Any:
    return _added(input, other, alpha)


@SparseTensor.rule("sub")
def _sub(input: Any, other: Any) -> Any:
    return _added(input, other, -1)


@SparseTensor.rule("sub.scaled")
def _sub_scaled(input: Any, other: Any, alpha: Any) -> Any:
    return _added(input, other, -alpha)


@SparseTensor.in_place_rule("add", "add.scaled")
def _add_in_place(input: Any, other: Any, alpha: Any = 1) -> Any:
    from taeda.composed import written

    at_once = (not isinstance(input, Composed) and isinstance(other, SparseTensor) and input.is_contiguous()
               and input.shape == other.shape and input.dtype is other.dtype)
    if not at_once:
        return written(input, _added(input, other, alpha))
    at, values, count = _flat_places(other)
    input.view(count, *other.dense_sizes).index_add_(0, at, values, alpha=alpha)
    return input


@SparseTensor.in_place_rule("sub", "sub.scaled")
def _sub_in_place(input: Any, other: Any, alpha: Any = 1) -> Any:
    return _add_in_place(input, other, -alpha)


# -- products ----------------------------------------------------------------------------------------------------------


def _is_number(y: Any) -> bool:
    return not isinstance(y, taeda.Tensor) or y.dim() == 0 and not isinstance(y, Composed)


@SparseTensor.rule("mul")
def _mul(input: Any, other: Any) -> Any:
    if not isinstance(input, SparseTensor):
        input, other = other, input
    if _is_number(other):
        return input.like_this(input.values_part * other)
    if not isinstance(other, SparseTensor):
        if input.shape != other.shape:
            other = other.expand(tuple(input.shape))
        if isinstance(input, CompressedTensor):
            from taeda.sparse.conversion import masked_by

            return input.like_this(input.values_part * masked_by(other, input).values_part)
        return input.like_this(input.values_part * gathered(other, input))
    if input.shape != other.shape:
        raise _different("mul", input, other)
    if isinstance(input, CompressedTensor):
        blocks = input.blocks if input.layout in (BSR, BSC) else None
        return convert(_mul(convert(input, COO), convert(other, COO)), input.layout, blocks)
    x, y = coalesced(input), coalesced(convert(other, COO))
    if x.sparse_dim() != y.sparse_dim():
        raise RuntimeError(f"mul: expected 'self' and 'other' to have same number of sparse dimensions, but got "
                           f"{x.sparse_dim()} and {y.sparse_dim()}")
    if not x._nnz() or not y._nnz():
        return coo(x.indices_part[:, :0], x.values_part[:0] * y.values_part[:0], x.shape, True)
    wanted, there = places(x), places(y)
    at = taeda.searchsorted(there, wanted).clamp(max=there.numel() - 1)
    both = (there.index_select(0, at) == wanted).nonzero().squeeze(1)
    values = x.values_part.index_select(0, both) * y.values_part.index_select(0, at.index_select(0, both))
    return coo(x.indices_part.index_select(1, both), values, x.shape, True)


def _divisor(other: Any) -> Any:
    if isinstance(other, SparseTensor):
        raise RuntimeError("Sparse division requires a dense divisor")
    if not _is_number(other):
        raise RuntimeError("Sparse division requires a scalar or zero-dim dense tensor divisor (got shape "
                           f"{list(other.shape)} for divisor)")
    return other


@SparseTensor.rule("div")
def _div(input: Any, other: Any) -> Any:
    divisor = _divisor(other)
    return input.like_this(input.values_part / divisor)


@SparseTensor.rule("div.rounded")
def _div_rounded(input: Any, other: Any, rounding_mode: Any) -> Any:
    other = _divisor(other)
    x = coalesced(input) if isinstance(input, CooTensor) and rounding_mode is not None else input
    return x.like_this(x.values_part.div(other, rounding_mode=rounding_mode))


@SparseTensor.rule("floor_divide")
def _floor_divide(input: Any, other: Any) -> Any:
    return _div_rounded(input, other, "floor")


@SparseTensor.rule("torch.equal")
def _equal(input: Any, other: Any) -> Any:
    if input.layout is not other.layout or input.shape != other.shape:
        return False
    return taeda.equal(input.to_dense(), other.to_dense())
