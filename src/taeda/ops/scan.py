"""Running sums, products, extremes and log-sum-exps along a dimension."""

from __future__ import annotations

from typing import Any

from taeda.ir.dtype import info
from taeda.ops.creation import full
from taeda.ops.dtypes import FLOAT8, is_float, is_integer, torch_kernel_name
from taeda.ops.indexing import converted, normal_dim, zeros_of
from taeda.ops.op import DType, Result, Tensor, derived, kernel, sample
from taeda.ops.pointwise import where
from taeda.ops.scattering import scatter_along


@kernel(public=False)
def scan_along(b: Any, input: Tensor, dim: int, operation: str, reverse: bool, dtype: DType) -> Tensor:
    """Running 'sum', 'prod' or 'logsumexp' along `dim`, from its end if `reverse`. Integers give int64."""
    out = b.alloc(dtype, input.shape)
    b.method("scanning.scan", input=input, out=out, dim=dim, operation=operation, reverse=reverse)
    return out


@scan_along.meta
def _(input: Any, dim: int, operation: str, reverse: bool, dtype: str) -> Result:
    return Result(dtype, input.shape)


@scan_along.gradient
def _(grad: Any, output: Any, input: Any, dim: int, operation: str, reverse: bool, dtype: str) -> Any:
    def running(x: Any, how: str = "sum", back: bool = True) -> Any:
        return scan_along(x, dim, how, reverse != back, x.dtype)

    if operation == "sum":
        return running(grad)
    if operation == "prod":
        # Before the first zero, grad_k = sum over i >= k of grad_i out_i / x_k; at it, the same with 1 in its place.
        one, zero = full((), 1, grad.dtype), full((), 0, grad.dtype)
        is_zero = input.eq(0)
        count = scan_along(is_zero, dim, "sum", reverse, "int64")
        first = is_zero.logical_and(count.eq(1))
        without = scan_along(where(first, one, input), dim, "prod", reverse, grad.dtype)
        at_zero = where(first, running(grad * without), zero)
        return where(is_zero, at_zero, running(grad * output) / where(is_zero, one, input))
    # exp(x_k) * sum over i >= k of grad_i exp(-out_i), kept in logarithms; the two signs of grad apart.
    # The logarithm of what is not there is the lowest number, not -inf: differences of it must not become NaN.
    lowest = full((), info(grad.dtype).lowest, grad.dtype)

    def part(positive: Any) -> Any:
        logs = where(positive > 0, positive.abs().log(), lowest)
        return (running(logs - output, "logsumexp") + input).exp()
    return part(grad) - part(-grad)


def _accumulate(input: Any, dim: int, dtype: Any, operation: str, name: str) -> Any:
    d = normal_dim(dim, input.ndim)
    if dtype is not None:
        input = converted(input, dtype)
    to = "int64" if is_integer(input.dtype) else input.dtype
    if input.dtype == "complex32" or input.dtype in FLOAT8:
        raise NotImplementedError(f'"{name}_cpu" not implemented for \'{torch_kernel_name(input.dtype)}\'')
    result = scan_along(input, d, operation, False, to)
    return result if dtype is None else converted(result, dtype)


@derived(out=True, inplace=True)
def cumsum(input: Tensor, dim: int, *, dtype: DType | None = None) -> Tensor:
    """Running sums along `dim`, in order, float32 summed in float64. Integers and bools give int64, unless `dtype` says
    otherwise."""
    return _accumulate(input, dim, dtype, "sum", "cumsum")


@derived(out=True, inplace=True)
def cumprod(input: Tensor, dim: int, *, dtype: DType | None = None) -> Tensor:
    """Running products along `dim`. Integers and bools give int64, unless `dtype` says otherwise."""
    return _accumulate(input, dim, dtype, "prod", "cumprod")


@derived(out=True)
def logcumsumexp(input: Tensor, dim: int) -> Tensor:
    """log of the running sums of exp(input) along `dim`, without overflow."""
    if not is_float(input.dtype):
        raise NotImplementedError(f'"logcumsumexp_out_cpu" not implemented for \'{torch_kernel_name(input.dtype)}\'')
    return _accumulate(input, dim, None, "logsumexp", "logcumsumexp")


def _samples(make: Any) -> Any:
    yield sample(make(4, 5), 0)
    yield sample(make(4, 3, 5), -1)


for _op in (cumsum, cumprod, logcumsumexp):
    _op.samples(_samples)


@kernel(public=False, differentiable=(True, False))
def extremes_along(b: Any, input: Tensor, dim: int, largest: bool) -> tuple[Tensor, Tensor]:
    """The largest or smallest element so far along `dim`, and where it stands; of equal ones the later."""
    values, indices = b.alloc(input.dtype, input.shape), b.alloc("int64", input.shape)
    b.method("scanning.scan_extremes", input=input, values=values, places=indices, dim=dim, largest=largest)
    return values, indices


@extremes_along.meta
def _(input: Any, dim: int, largest: bool) -> tuple[Result, Result]:
    return Result(input.dtype, input.shape), Result("int64", input.shape)


@extremes_along.gradient
def _(grads: Any, outputs: Any, input: Any, dim: int) -> Any:
    return scatter_along(zeros_of(input.shape, grads[0].dtype), dim, outputs[1], grads[0], "sum", False, True)


@derived(fields=("values", "indices"), differentiable=(True, False), out=True)
def cummax(input: Tensor, dim: int) -> tuple[Tensor, Tensor]:
    """The largest element so far along `dim`, and where it stands (of equal ones the later). NaN stays."""
    return extremes_along(input, normal_dim(dim, input.ndim), True)


@derived(fields=("values", "indices"), differentiable=(True, False), out=True)
def cummin(input: Tensor, dim: int) -> tuple[Tensor, Tensor]:
    """The smallest element so far along `dim`, and where it stands (of equal ones the later). NaN stays."""
    return extremes_along(input, normal_dim(dim, input.ndim), False)


for _op in (cummax, cummin):
    _op.samples(_samples)
