"""sort, topk, kthvalue, median, mode: order along a dimension. NaN counts as the largest element."""

from __future__ import annotations

from typing import Any

from taeda.ir.expression import all_of
from taeda.ops.dtypes import category, is_float, torch_kernel_name
from taeda.ops.indexing import converted, normal_dim, zeros_of
from taeda.ops.op import Result, SymInt, Tensor, check, derived, kernel, sample
from taeda.ops.scattering import scatter_along


def _no_complex(input: Any, name: str) -> None:
    if category(input.dtype) > 2:
        raise NotImplementedError(f'"{name}" not implemented for \'{torch_kernel_name(input.dtype)}\'')


@kernel(public=False, differentiable=(True, False))
def sort_along(b: Any, input: Tensor, dim: int, descending: bool) -> tuple[Tensor, Tensor]:
    """The elements in order along `dim`, and where each stood. Equal elements keep their order."""
    values, indices = b.alloc(input.dtype, input.shape), b.alloc("int64", input.shape)
    b.method("sorting.sort", input=input, values=values, places=indices, dim=dim, descending=descending)
    return values, indices


@sort_along.meta
def _(input: Any, dim: int, descending: bool) -> tuple[Result, Result]:
    return Result(input.dtype, input.shape), Result("int64", input.shape)


@sort_along.gradient
def _(grads: Any, outputs: Any, input: Any, dim: int) -> Any:
    return _back(grads[0], outputs[1], input, dim)


def _back(grad: Any, indices: Any, input: Any, dim: int) -> Any:
    return scatter_along(zeros_of(input.shape, grad.dtype), dim, indices, grad, "write", False, True)


def _resized(shape: Any, dim: int, size: Any) -> list[Any]:
    return [size if d == dim else n for d, n in enumerate(shape)]


@kernel(public=False, differentiable=(True, False))
def topk_along(b: Any, input: Tensor, k: SymInt, dim: int, largest: bool) -> tuple[Tensor, Tensor]:
    """The first k elements of `sort_along`."""
    shape = _resized(input.shape, dim, k)
    values, indices = b.alloc(input.dtype, shape), b.alloc("int64", shape)
    b.method("sorting.topk", input=input, values=values, places=indices, dim=dim, largest=largest)
    return values, indices


@topk_along.meta
def _(input: Any, k: Any, dim: int, largest: bool) -> tuple[Result, Result]:
    shape = _resized(input.shape, dim, k)
    return Result(input.dtype, shape), Result("int64", shape)


@topk_along.gradient
def _(grads: Any, outputs: Any, input: Any, dim: int) -> Any:
    return _back(grads[0], outputs[1], input, dim)


def _reduced(shape: Any, dim: int, keepdim: bool) -> list[Any]:
    return _resized(shape, dim, 1) if keepdim else [n for d, n in enumerate(shape) if d != dim]


@kernel(public=False, differentiable=(True, False))
def select_along(b: Any, input: Tensor, k: SymInt, dim: int, mode: str, keepdim: bool) -> tuple[Tensor, Tensor]:
    """One element along `dim`, and where it stands: 'kth', 'median', 'nanmedian' or 'mode'."""
    shape = _reduced(input.shape, dim, keepdim)
    values, indices = b.alloc(input.dtype, shape), b.alloc("int64", shape)
    b.method("sorting.select_rank", input=input, values=values, places=indices, dim=dim, mode=mode, k=k)
    return values, indices


@select_along.meta
def _(input: Any, k: Any, dim: int, mode: str, keepdim: bool) -> tuple[Result, Result]:
    shape = _reduced(input.shape, dim, keepdim)
    return Result(input.dtype, shape), Result("int64", shape)


@select_along.gradient
def _(grads: Any, outputs: Any, input: Any, dim: int, keepdim: bool) -> Any:
    grad, indices = grads[0], outputs[1]
    if not keepdim and input.ndim:
        grad, indices = grad.unsqueeze(dim), indices.unsqueeze(dim)
    return _back(grad, indices, input, dim)


# -- public ------------------------------------------------------------------------------------------------------------


@derived(fields=("values", "indices"), differentiable=(True, False), out=True)
def sort(input: Tensor, dim: int = -1, descending: bool = False, *, stable: bool = False) -> tuple[Tensor, Tensor]:
    """The elements in order along `dim`, and where each stood (int64). Always stable; NaN is the largest."""
    _no_complex(input, "sort")
    return sort_along(input, normal_dim(dim, input.ndim), descending)


@derived(differentiable=False)
def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    """Where the elements stand that `sort` gives."""
    _no_complex(input, "argsort")
    return sort_along(input, normal_dim(dim, input.ndim), descending)[1]


@derived(out=True)
def msort(input: Tensor) -> Tensor:
    """`input` sorted along its first dimension."""
    return sort_along(input, 0, False)[0]


@derived(fields=("values", "indices"), differentiable=(True, False), out=True)
def topk(input: Tensor, k: SymInt, dim: int = -1, largest: bool = True, sorted: bool = True) -> tuple[Tensor, Tensor]:
    """The k largest (or smallest) elements along `dim` in order, and where they stand. They come sorted in any case."""
    _no_complex(input, "topk")
    d = normal_dim(dim, input.ndim)
    row = input.shape[d] if input.ndim else 1
    check(all_of(k >= 0, k <= row), RuntimeError,
          f"selected index k out of range: k is {{0}}, dimension {d} has {{1}} elements", k, row)
    if input.ndim == 0:
        values, indices = topk_along(input.reshape((1,)), k, 0, largest)
        return values.reshape(()), indices.reshape(())
    return topk_along(input, k, d, largest)


def _not_empty(input: Any, dim: int, name: str) -> None:
    if input.ndim:
        check(input.shape[dim] > 0, IndexError, f"{name}(): Expected reduction dim {dim} to have non-zero size.")


@derived(fields=("values", "indices"), differentiable=(True, False), out=True)
def kthvalue(input: Tensor, k: SymInt, dim: int = -1, keepdim: bool = False) -> tuple[Tensor, Tensor]:
    """The k-th smallest element (from 1) along `dim`, and where it stands."""
    _no_complex(input, "kthvalue_cpu")
    d = normal_dim(dim, input.ndim)
    row = input.shape[d] if input.ndim else 1
    check(all_of(k >= 1, k <= row), RuntimeError,
          f"kthvalue(): selected number k out of range for dimension {d}")
    return select_along(input, k, d, "kth", keepdim)


def _median_overloads(name: str) -> None:
    what = "the middle element, the lower of two" + (", NaN if there is one" if name == "median" else " among numbers")

    @derived(public=name, out=True)
    def whole(input: Tensor) -> Tensor:
        _no_complex(input, name)
        flat = input.reshape((-1,))
        check(flat.shape[0] > 0, IndexError, f"{name}(): expected a tensor with elements")
        return select_along(flat, 0, 0, name, False)[0]

    @whole.gradient
    def _(grad: Any, input: Any, output: Any) -> Any:
        chosen = input.eq(output)
        if is_float(input.dtype):
            chosen = chosen.logical_or(input.isnan().logical_and(output.isnan()))
        share = converted(chosen, grad.dtype)
        return grad * (share / share.sum())

    @derived(public=name, overload="dim", fields=("values", "indices"), differentiable=(True, False), out=True)
    def along(input: Tensor, dim: int, keepdim: bool = False) -> tuple[Tensor, Tensor]:
        _no_complex(input, name)
        d = normal_dim(dim, input.ndim)
        _not_empty(input, d, name)
        return select_along(input, 0, d, name, keepdim)

    whole.__doc__ = f"Of all elements, {what}. The gradient is shared by the elements equal to it."
    along.__doc__ = f"Along `dim`, {what}, and where it stands."

    @whole.samples
    def _(make: Any) -> Any:
        yield sample(make(4, 5))

    @along.samples
    def _(make: Any) -> Any:
        yield sample(make(4, 5), 1)
        yield sample(make(4, 6), 0, True)


_median_overloads("median")
_median_overloads("nanmedian")


@derived(fields=("values", "indices"), differentiable=(True, False), out=True)
def mode(input: Tensor, dim: int = -1, keepdim: bool = False) -> tuple[Tensor, Tensor]:
    """The most frequent element along `dim`, the smallest of several, and where it stands last."""
    _no_complex(input, "mode")
    d = normal_dim(dim, input.ndim)
    _not_empty(input, d, "mode")
    return select_along(input, 0, d, "mode", keepdim)


def _distinct(make: Any, *shape: int) -> Any:
    """Rows without equal elements, of which PyTorch may choose any; not in order."""
    x = make(*shape)
    steps = (x * 0 + 20).cumsum(-1)
    return x + steps.where(steps % 40 == 0, 160 - steps).to(x.dtype)


@sort.samples
def _(make: Any) -> Any:
    yield sample(make(4, 5), stable=True)
    yield sample(make(4, 60), 1, True, stable=True)


@topk.samples
def _(make: Any) -> Any:
    yield sample(_distinct(make, 4, 7), 3)
    yield sample(_distinct(make, 4, 7).T, 2, 0, False)


@kthvalue.samples
def _(make: Any) -> Any:
    yield sample(_distinct(make, 4, 7), 3)
