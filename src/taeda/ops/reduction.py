"""Reductions. The primitives combine over static dimensions and keep them with size 1; everything public is derived."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.expression import maximum as larger
from taeda.ir.expression import product, to_float
from taeda.ir.loop import Kernel, Operand, Store, const, load, position
from taeda.ir.loop import select as pick
from taeda.ops import dtypes
from taeda.ops.elementary import exp, log
from taeda.ops.op import (
    Dims,
    DType,
    Number,
    Result,
    Sample,
    Sizes,
    Tensor,
    check,
    derived,
    kernel,
    reduction,
    sample,
)
from taeda.ops.pointwise import compute, convert, imaginary_part, maximum, minimum, real_part, where
from taeda.ops.views import reshape, squeeze_dims, unsqueeze_dims, wrap_dim, wrap_dims

# -- primitives ----------------------------------------------------------------------------------------------


@reduction(combiner="sum")
def reduce_sum(input: Tensor, dim: tuple[int, ...]) -> Tensor:
    """The sum over dimensions `dim`, kept with size 1; 16-bit floats are added in float32."""
    return input


@reduce_sum.gradient
def _(grad: Any, input: Any) -> Any:
    return grad.expand(input.shape)


@reduction(combiner="prod")
def reduce_prod(input: Tensor, dim: tuple[int, ...]) -> Tensor:
    """The product over dimensions `dim`, kept with size 1."""
    return input


@reduce_prod.gradient
def _(grad: Any, input: Any, output: Any, dim: Any) -> Any:
    # With one zero, only that element has a gradient: the product of the others. With more, none has.
    zero = input.eq(0)
    zeros = reduce_sum(convert(zero, "int64"), dim)
    others = reduce_prod(where(zero, 1, input), dim)
    return grad * where(zero, where(zeros.eq(1), others, 0), where(zeros.eq(0), output / input, 0))


@reduction(combiner="max")
def reduce_max(input: Tensor, dim: tuple[int, ...]) -> Tensor:
    """The maximum over dimensions `dim`, kept with size 1. NaN wins."""
    return input


@reduce_max.gradient
def _(grad: Any, input: Any, output: Any, dim: Any) -> Any:
    return spread_to_equal(grad, input, output, dim)


@reduction(combiner="min")
def reduce_min(input: Tensor, dim: tuple[int, ...]) -> Tensor:
    """The minimum over dimensions `dim`, kept with size 1. NaN wins."""
    return input


@reduce_min.gradient
def _(grad: Any, input: Any, output: Any, dim: Any) -> Any:
    return spread_to_equal(grad, input, output, dim)


def spread_to_equal(grad: Any, input: Any, output: Any, dim: Any) -> Any:
    """`grad` divided evenly among the elements that are equal to the result."""
    mask = convert(input.eq(output), input.dtype)
    return grad * mask / reduce_sum(mask, dim)


@reduction(combiner="argmax", result="int64", differentiable=False)
def reduce_argmax(input: Tensor, dim: tuple[int, ...]) -> Tensor:
    """Where the first maximum (or NaN) along the one dimension `dim` is."""
    return input


@reduction(combiner="argmin", result="int64", differentiable=False)
def reduce_argmin(input: Tensor, dim: tuple[int, ...]) -> Tensor:
    """Where the first minimum (or NaN) along the one dimension `dim` is."""
    return input


@reduction(combiner="any", result="bool", differentiable=False)
def reduce_any(input: Tensor, dim: tuple[int, ...]) -> Tensor:
    """Whether any element over dimensions `dim` is non-zero."""
    return input.cast("bool")


@reduction(combiner="all", result="bool", differentiable=False)
def reduce_all(input: Tensor, dim: tuple[int, ...]) -> Tensor:
    """Whether all elements over dimensions `dim` are non-zero."""
    return input.cast("bool")


# -- helpers -------------------------------------------------------------------------------------------------


def restore(reduced: Any, dims: tuple[int, ...], keepdim: bool) -> Any:
    """A reduction's result with or without the reduced dimensions."""
    return reduced if keepdim or not dims else squeeze_dims(reduced, dims)


def keep(grad: Any, dims: tuple[int, ...], keepdim: bool) -> Any:
    """The gradient of a reduction's result, with the reduced dimensions."""
    return grad if keepdim or not dims else unsqueeze_dims(grad, dims)


def reduce(primitive: Any, input: Any, dims: tuple[int, ...], keepdim: bool) -> Any:
    """A primitive over `dims`; a scalar is its own sum, product, maximum."""
    if primitive is reduce_prod and input.dtype in dtypes.COMPLEX and dims:
        return restore(complex_product(input, dims), dims, keepdim)
    return restore(primitive(input, dims), dims, keepdim) if dims else input


@derived(public=False)
def complex_product(input: Tensor, dims: tuple[int, ...]) -> Tensor:
    """The product of complex numbers over `dims`, kept with size 1: the last of the running products."""
    from taeda.ops.joining import constant_pad_nd
    from taeda.ops.scan import cumprod

    others = [d for d in range(input.ndim) if d not in dims]
    moved = input.permute((*others, *dims)).reshape((*(input.shape[d] for d in others), count(input, dims)))
    last = cumprod(constant_pad_nd(moved, (0, 1), 1), -1).select(-1, -1)
    return unsqueeze_dims(last, dims)


def count(input: Any, dims: tuple[int, ...]) -> Any:
    """How many elements are reduced to one."""
    return product(input.shape[d] for d in dims)


def floating(input: Any, name: str) -> Any:
    """`input`, which must be of floating dtype."""
    if dtypes.is_integer(input.dtype):
        raise RuntimeError(f"{name}(): input dtype should be either floating point or complex dtypes. Got "
                           f"{dtypes.torch_kernel_name(input.dtype)} instead.")
    return input


def check_not_empty(input: Any, dim: Any, dims: tuple[int, ...], name: str) -> None:
    """Extrema of nothing are errors; `dim` is what the user said."""
    if dim is None or dim == ():
        check(
            input.numel() != 0,
            RuntimeError,
            f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the "
            "reduction dim with the 'dim' argument.",
        )
        return
    for d in dims:
        check(input.shape[d] != 0, IndexError, f"{name}(): Expected reduction dim {d} to have non-zero size.")


def _axis_samples(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    yield sample(make(3, 4, 5), 1)
    yield sample(make(3, 4), -1, True)
    yield sample(make())


def _axes_samples(make: Any) -> Iterator[Sample]:
    yield from _axis_samples(make)
    yield sample(make(3, 4, 5), (0, -1), True)
    yield sample(make(3, 4, 5), (0, 2))


# -- sums ----------------------------------------------------------------------------------------------------


@derived(out=True)
def sum(input: Tensor, dim: Dims | None = None, keepdim: bool = False, *, dtype: DType | None = None) -> Tensor:
    """The sum over dimensions `dim` (all by default). Integers and bools are added as int64, unless `dtype` says
    otherwise."""
    x = convert(input, dtype or ("int64" if dtypes.is_integer(input.dtype) else input.dtype))
    return reduce(reduce_any if x.dtype == "bool" else reduce_sum, x, wrap_dims(dim, input.ndim), keepdim)


sum.samples(_axes_samples)


@derived(out=True)
def nansum(input: Tensor, dim: Dims | None = None, keepdim: bool = False, *, dtype: DType | None = None) -> Tensor:
    """The sum of the elements that are not NaN."""
    return sum(where(input.isnan(), 0, input) if dtypes.is_float(input.dtype) else input, dim, keepdim, dtype=dtype)


nansum.samples(_axes_samples)


@derived(out=True)
def mean(input: Tensor, dim: Dims | None = None, keepdim: bool = False, *, dtype: DType | None = None) -> Tensor:
    """The mean over dimensions `dim` (all by default); of 16-bit floats in float32, rounded once."""
    dtype = dtype or input.dtype
    if dtypes.is_integer(dtype):
        raise RuntimeError(
            "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. "
            f"Got: {dtypes.torch_kernel_name(dtype)}"
        )
    dims = wrap_dims(dim, input.ndim)
    x = compute(convert(input, dtype))
    if not dims:
        return convert(x, dtype)
    return restore(convert(reduce_sum(x, dims) / to_float(count(input, dims)), dtype), dims, keepdim)


mean.samples(_axes_samples)


@derived(out=True)
def nanmean(input: Tensor, dim: Dims | None = None, keepdim: bool = False, *, dtype: DType | None = None) -> Tensor:
    """The mean of the elements that are not NaN."""
    factor = sum(input.isnan().logical_not(), dim, keepdim)
    return nansum(floating(input, "nanmean"), dim, keepdim, dtype=dtype) / factor


nanmean.samples(_axes_samples)


@derived(out=True, autocast="float32")
def prod(input: Tensor, *, dtype: DType | None = None) -> Tensor:
    """The product of all elements, or over `dim`. Integers are multiplied as int64."""
    x = convert(input, dtype or ("int64" if dtypes.is_integer(input.dtype) else input.dtype))
    return reduce(reduce_all if x.dtype == "bool" else reduce_prod, x, tuple(range(x.ndim)), False)


@derived(public="prod", overload="dim", out=True, autocast="float32")
def prod_dim(input: Tensor, dim: int, keepdim: bool = False, *, dtype: DType | None = None) -> Tensor:
    """The product over `dim`."""
    x = convert(input, dtype or ("int64" if dtypes.is_integer(input.dtype) else input.dtype))
    return reduce(reduce_all if x.dtype == "bool" else reduce_prod, x, wrap_dims(dim, x.ndim), keepdim)


@prod.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    yield sample(make())


@prod_dim.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), 1)
    yield sample(make(3, 4), 0, True)


@derived(differentiable=False)
def count_nonzero(input: Tensor, dim: Dims | None = None) -> Tensor:
    """How many elements over `dim` (all by default) are not zero."""
    return sum(input.ne(0), dim)


@count_nonzero.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    yield sample(make(3, 4), 1)


# -- variance ------------------------------------------------------------------------------------------------


@derived(public=False)
def variance(input: Tensor, dims: tuple[int, ...], correction: Number) -> Tensor:
    """The sum of squared differences from the mean, divided by max(0, count - correction); dimensions are kept."""
    x = compute(input)
    if not dims:
        return convert((x - x) / to_float(larger(0, 1 - correction)), input.dtype)
    n = count(input, dims)
    d = x - reduce_sum(x, dims) / to_float(n)
    return convert(reduce_sum(d * d, dims) / to_float(larger(0, n - correction)), input.dtype)


@variance.gradient
def _(grad: Any, input: Any, dims: Any, correction: Any) -> Any:
    x = compute(input)
    if not dims:
        return convert(compute(grad) * (x - x) * 2 / to_float(larger(0, 1 - correction)), input.dtype)
    n = count(input, dims)
    d = x - reduce_sum(x, dims) / to_float(n)
    return convert(compute(grad) * (2 / to_float(n - correction)) * d, input.dtype)


def _var(input: Any, dim: Any, correction: Any, keepdim: bool, name: str, root: bool) -> Any:
    dims = wrap_dims(dim, input.ndim)
    correction = 1 if correction is None else correction
    if input.dtype in dtypes.COMPLEX:  # the mean square of distances in the plane
        v = variance(real_part(input), dims, correction) + variance(imaginary_part(input), dims, correction)
    else:
        v = variance(_floating_only(input, name), dims, correction)
    return restore(root_of_variance(v) if root else v, dims, keepdim)


def _floating_only(input: Any, name: str) -> Any:
    if dtypes.is_integer(input.dtype):
        raise RuntimeError(f"{name} only support floating point and complex dtypes")
    return input


@derived(public=False)
def root_of_variance(input: Tensor) -> Tensor:
    """The square root; its gradient at 0 is 0."""
    return input.sqrt()


@root_of_variance.gradient
def _(grad: Any, output: Any) -> Any:
    return where(output.eq(0), 0, grad / (output * 2))


def _variance_overloads(name: str, root: bool, with_mean: bool) -> None:
    """Defines var, std, var_mean or std_mean: (dim, *, correction, keepdim), (unbiased), and (dim, unbiased,
    keepdim)."""

    def result(input: Any, dim: Any, correction: Any, keepdim: bool) -> Any:
        v = _var(input, dim, correction, keepdim, "std and var", root)
        return (v, mean(input, dim, keepdim)) if with_mean else v

    def by_correction(input, dim=None, *, correction=1, keepdim=False):  # type: ignore[no-untyped-def]
        return result(input, dim, correction, keepdim)

    def over_all(input, unbiased):  # type: ignore[no-untyped-def]
        return result(input, None, int(unbiased), False)

    def unbiased(input, dim, unbiased, keepdim=False):  # type: ignore[no-untyped-def]
        return result(input, dim, int(unbiased), keepdim)

    types = {
        "input": "Tensor",
        "dim": "Dims | None",
        "correction": "Number | None",
        "keepdim": "bool",
        "unbiased": "bool",
        "return": "tuple[Tensor, Tensor]" if with_mean else "Tensor",
    }
    about = {"var": "variance", "std": "standard deviation"}[name[:3]] + (" and the mean" if with_mean else "")

    def samples(make: Any) -> Iterator[Sample]:
        yield sample(make(3, 4))
        yield sample(make(3, 4, 5), (0, 2), correction=0, keepdim=True)
        yield sample(make(3, 4), 1, correction=2)

    for body, overload in ((by_correction, ""), (over_all, "all"), (unbiased, "unbiased")):
        body.__name__ = body.__qualname__ = name
        body.__module__ = __name__
        body.__doc__ = f"The {about} over `dim` (all dimensions by default), dividing by count - correction."
        body.__annotations__ = {
            n: types[n]
            for n in (
                *body.__code__.co_varnames[: body.__code__.co_argcount + body.__code__.co_kwonlyargcount],
                "return",
            )
        }
        op = derived(body, public=name, overload=overload, out=not with_mean, method=not with_mean)
        if not overload:
            op.samples(samples)


for _name in ("var", "std", "var_mean", "std_mean"):
    _variance_overloads(_name, _name.startswith("std"), _name.endswith("mean"))


@derived(public=False)
def standardize(input: Tensor, dims: tuple[int, ...], eps: float) -> Tensor:
    """(input - mean) / sqrt(variance + eps) over `dims`, the variance divided by the count: the heart of
    normalisations.

    16-bit floats give float32, which is for the caller to round.
    """
    centred, scale = _centred_and_scale(compute(input), dims, eps)
    return centred * scale


def _centred_and_scale(x: Any, dims: Any, eps: Any) -> tuple[Any, Any]:
    """x - mean, and 1 / sqrt(variance + eps)."""
    n = to_float(count(x, dims))
    centred = x - reduce_sum(x, dims) / n
    return centred, (reduce_sum(centred * centred, dims) / n + eps).rsqrt()


@standardize.gradient
def _(grad: Any, input: Any, dims: Any, eps: Any) -> Any:
    return convert(_gradient_of_standardized(grad, compute(input), dims, eps), input.dtype)


def _gradient_of_standardized(grad: Any, x: Any, dims: Any, eps: Any) -> Any:
    n = to_float(count(x, dims))
    centred, scale = _centred_and_scale(x, dims, eps)
    y = centred * scale
    return scale * (grad - reduce_sum(grad, dims) / n - y * (reduce_sum(grad * y, dims) / n))


@derived(public=False)
def standardize_groups(input: Tensor, groups: int, eps: float) -> Tensor:
    """`standardize` over groups of channels: input (N, C, S), C divisible by `groups`.

    The result is a kernel of its own, which reads the statistics per channel: so a scale and a shift per channel,
    which do not lie like a group, can be part of it."""
    n, channels, size = input.shape
    x = compute(input)
    centred, scale = _centred_and_scale(_grouped(x, groups), (2,), eps)
    mean = reduce_sum(_grouped(x, groups), (2,)) / to_float(count(centred, (2,)))
    mean, scale = (v.expand((n, groups, channels // groups)).reshape((n, channels, 1)).expand((n, channels, size))
                   for v in (mean, scale))
    return (x - mean) * scale


def _grouped(x: Any, groups: int) -> Any:
    return x.reshape((x.shape[0], groups, x.shape[1] // groups * x.shape[2]))


@standardize_groups.gradient
def _(grad: Any, input: Any, groups: Any, eps: Any) -> Any:
    x = compute(input)
    by_input = _gradient_of_standardized(_grouped(grad, groups), _grouped(x, groups), (2,), eps)
    return convert(by_input.reshape(input.shape), input.dtype)


@standardize_groups.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 6, 5), 3, 1e-5)
    yield sample(make(3, 4, 1), 1, 1e-3)


# -- extrema -------------------------------------------------------------------------------------------------


@derived(out=True)
def amax(input: Tensor, dim: Dims = (), keepdim: bool = False) -> Tensor:
    """The maximum over `dim` (all by default); equal maxima share the gradient."""
    dims = wrap_dims(dim, input.ndim)
    check_not_empty(input, dim, dims, "amax")
    return reduce(reduce_max, input, dims, keepdim)


@derived(out=True)
def amin(input: Tensor, dim: Dims = (), keepdim: bool = False) -> Tensor:
    """The minimum over `dim` (all by default); equal minima share the gradient."""
    dims = wrap_dims(dim, input.ndim)
    check_not_empty(input, dim, dims, "amin")
    return reduce(reduce_min, input, dims, keepdim)


amax.samples(_axes_samples)
amin.samples(_axes_samples)


@derived(fields=("min", "max"), out=True)
def aminmax(input: Tensor, *, dim: int | None = None, keepdim: bool = False) -> tuple[Tensor, Tensor]:
    """Minimum and maximum at once."""
    dims = wrap_dims(dim, input.ndim)
    for d in dims:
        message = (
            "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity."
            if dim is None
            else f"aminmax: Expected reduction dim {d} to have non-zero size."
        )
        check(input.shape[d] != 0, RuntimeError if dim is None else IndexError, message)
    return reduce(reduce_min, input, dims, keepdim), reduce(reduce_max, input, dims, keepdim)


@aminmax.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    yield sample(make(3, 4), dim=1, keepdim=True)


def _extremum(input: Any, primitive: Any, name: str) -> Any:
    check_not_empty(input, None, (), name)
    return reduce(primitive, input, tuple(range(input.ndim)), False)


@derived(out=True)
def max(input: Tensor) -> Tensor:
    """The maximum of all elements; with `dim`, values and indices; with a tensor, maximum(input, other)."""
    return _extremum(input, reduce_max, "max")


@derived(out=True)
def min(input: Tensor) -> Tensor:
    """The minimum of all elements; with `dim`, values and indices; with a tensor, minimum(input, other)."""
    return _extremum(input, reduce_min, "min")


# Before the definitions with `dim`: an integer tensor without dimensions would be taken for one.
@derived(public="max", overload="other", out=True, elementwise=True)
def max_other(input: Tensor, other: Tensor) -> Tensor:
    """maximum(input, other)."""
    return maximum(input, other)


@derived(public="min", overload="other", out=True, elementwise=True)
def min_other(input: Tensor, other: Tensor) -> Tensor:
    """minimum(input, other)."""
    return minimum(input, other)


def _with_indices(input: Any, dim: int, keepdim: bool, values: Any, indices: Any, name: str) -> Any:
    dims = (wrap_dim(dim, input.ndim),)
    if input.ndim == 0:
        return input, convert(input.ne(input), "int64") * 0
    check_not_empty(input, dim, dims, name)
    comparable = convert(input, "uint8") if input.dtype == "bool" else input
    return restore(values(input, dims), dims, keepdim), restore(indices(comparable, dims), dims, keepdim)


@derived(public="max", overload="dim", fields=("values", "indices"), differentiable=(True, False), out=True)
def max_dim(input: Tensor, dim: int, keepdim: bool = False) -> tuple[Tensor, Tensor]:
    """The maximum along `dim` and where its first occurrence is."""
    return _with_indices(input, dim, keepdim, reduce_max, reduce_argmax, "max")


@derived(public="min", overload="dim", fields=("values", "indices"), differentiable=(True, False), out=True)
def min_dim(input: Tensor, dim: int, keepdim: bool = False) -> tuple[Tensor, Tensor]:
    """The minimum along `dim` and where its first occurrence is."""
    return _with_indices(input, dim, keepdim, reduce_min, reduce_argmin, "min")


def _selected_gradient(grads: Any, input: Any, dim: Any, keepdim: Any, outputs: Any) -> Any:
    if grads[0] is None:
        return None
    if input.ndim == 0:
        return grads[0]
    dims = (dim % input.ndim,)
    return place_at(keep(grads[0], dims, keepdim), keep(outputs[1], dims, keepdim), input.shape, dims[0])


max_dim.gradient(_selected_gradient)
min_dim.gradient(_selected_gradient)


@kernel(public=False)
def place_at(b: Any, values: Tensor, indices: Tensor, size: Sizes, dim: int) -> Tensor:
    """Zeros of shape `size`, with `values` at `indices` along `dim` (in both, `dim` has size 1)."""
    dtype = values.dtype
    inside = position().eq(load(1, "int64"))
    made = Kernel((Operand(dtype, "input"), Operand("int64", "input"), Operand(dtype, "element")),
                  (Store(2, pick(inside, load(0, dtype), const(0, dtype))),), "place_at")
    wide = [b.view("expand", r, size) for r in (values, indices)]
    return b.loops(made, wide, [values.ndim], reduced=(dim,))[0]


@place_at.meta
def _(values: Any, indices: Any, size: Any, dim: Any) -> Result:
    return Result(values.dtype, size)


@place_at.gradient
def _(grad: Any, indices: Any, dim: Any) -> Any:
    return grad.gather(dim, indices), None


@max.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4))
    yield sample(make())


min.samples(max.sample_function)


@max_dim.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), 1)
    yield sample(make(3, 4, 2), 0, True)
    yield sample(make(), 0)


min_dim.samples(max_dim.sample_function)


def _arg(input: Any, dim: Any, keepdim: bool, primitive: Any, name: str) -> Any:
    if input.dtype == "bool":
        raise NotImplementedError(f"\"{name}_cpu\" not implemented for 'Bool'")
    if input.ndim == 0:
        return convert(input.ne(input), "int64") * 0
    if dim is None:
        check(
            input.numel() != 0,
            IndexError,
            f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the "
            "reduction dim with the 'dim' argument.",
        )
        first = primitive(reshape(input, (-1,)), (0,))
        return reshape(first, (1,) * input.ndim) if keepdim else squeeze_dims(first, (0,))
    dims = (wrap_dim(dim, input.ndim),)
    check_not_empty(input, dim, dims, name)
    return restore(primitive(input, dims), dims, keepdim)


@derived(differentiable=False, out=True)
def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the first maximum along `dim` is; without `dim`, of the flattened tensor."""
    return _arg(input, dim, keepdim, reduce_argmax, "argmax")


@derived(differentiable=False, out=True)
def argmin(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the first minimum along `dim` is; without `dim`, of the flattened tensor."""
    return _arg(input, dim, keepdim, reduce_argmin, "argmin")


argmax.samples(_axis_samples)
argmin.samples(_axis_samples)


# -- truth ---------------------------------------------------------------------------------------------------


def _truth(primitive: Any, input: Any, dim: Any, keepdim: bool) -> Any:
    found = reduce(primitive, input, wrap_dims(dim, input.ndim), keepdim)
    return convert(convert(found, "bool"), "uint8" if input.dtype == "uint8" else "bool")


@derived(differentiable=False, out=True)
def any(input: Tensor, dim: Dims | None = None, keepdim: bool = False) -> Tensor:
    """Whether any element over `dim` (all by default) is not zero."""
    return _truth(reduce_any, input, dim, keepdim)


@derived(differentiable=False, out=True)
def all(input: Tensor, dim: Dims | None = None, keepdim: bool = False) -> Tensor:
    """Whether all elements over `dim` (all by default) are not zero."""
    return _truth(reduce_all, input, dim, keepdim)


def _truth_samples(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, dtype="bool"))
    yield sample(make(3, 4), 1)
    yield sample(make(3, 4, dtype="int64"), 0, True)


any.samples(_truth_samples)
all.samples(_truth_samples)


# -- exponentials --------------------------------------------------------------------------------------------


@derived(out=True, modules=("torch", "special"))
def logsumexp(input: Tensor, dim: Dims, keepdim: bool = False) -> Tensor:
    """log(sum(exp(input))) over `dim`, without overflow."""
    dims = wrap_dims(dim, input.ndim)
    x = convert(input, dtypes.default_float()) if dtypes.is_integer(input.dtype) else input
    return restore(log_sum_exp(x, dims), dims, keepdim)


@derived(public=False)
def log_sum_exp(input: Tensor, dims: tuple[int, ...]) -> Tensor:
    """logsumexp with the dimensions kept."""
    x = compute(input)
    is_complex = x.dtype in dtypes.COMPLEX
    if not dims and not is_complex:  # the imaginary part of a logarithm is between -π and π
        return convert(x + 0, input.dtype)
    size = real_part(x) if is_complex else x
    top = reduce_max(size, dims) if dims else size
    shift = where(top.isinf(), 0, top)
    total = exp(x - shift)
    return convert(log(reduce_sum(total, dims) if dims else total) + shift, input.dtype)


@log_sum_exp.gradient
def _(grad: Any, input: Any, output: Any) -> Any:
    return grad * exp(input - output)


@logsumexp.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), 1)
    yield sample(make(3, 4, 2), (0, 2), True)


def _softmax_input(input: Any, dtype: Any, name: str) -> Any:
    dtype = dtype or input.dtype
    if not dtypes.is_float(dtype):
        raise NotImplementedError(f'"{name}" not implemented for \'{dtypes.torch_kernel_name(dtype)}\'')
    return convert(input, dtype)


@derived(modules=("torch", "nn.functional", "special"))
def softmax(input: Tensor, dim: int, *, dtype: DType | None = None) -> Tensor:
    """exp(input) divided by its sum over `dim`, without overflow."""
    return soft_max(_softmax_input(input, dtype, "softmax_lastdim_kernel_impl"), wrap_dim(dim, input.ndim))


@derived(public=False)
def soft_max(input: Tensor, dim: int) -> Tensor:
    """softmax of a floating tensor; of 16-bit floats in float32, rounded once."""
    x = compute(input)
    if not x.ndim:
        return convert(exp(x - x), input.dtype)
    e = exp(x - reduce_max(x, (dim,)))
    return convert(e / reduce_sum(e, (dim,)), input.dtype)


@soft_max.gradient
def _(grad: Any, dim: Any, output: Any) -> Any:
    g, y = compute(grad), compute(output)
    if not grad.ndim:
        return grad * 0
    t = g * y
    return convert(t - y * reduce_sum(t, (dim,)), grad.dtype)


@derived(modules=("torch", "nn.functional", "special"))
def log_softmax(input: Tensor, dim: int, *, dtype: DType | None = None) -> Tensor:
    """log(softmax(input)), without overflow or loss of precision."""
    return log_soft_max(_softmax_input(input, dtype, "log_softmax_lastdim_kernel_impl"), wrap_dim(dim, input.ndim))


@derived(public=False)
def log_soft_max(input: Tensor, dim: int) -> Tensor:
    """log_softmax of a floating tensor; of 16-bit floats in float32, rounded once."""
    x = compute(input)
    if not x.ndim:
        return convert(x - x, input.dtype)
    shifted = x - reduce_max(x, (dim,))
    return convert(shifted - log(reduce_sum(exp(shifted), (dim,))), input.dtype)


@log_soft_max.gradient
def _(grad: Any, dim: Any, output: Any) -> Any:
    if not grad.ndim:
        return grad * 0
    g = compute(grad)
    return convert(g - exp(compute(output)) * reduce_sum(g, (dim,)), grad.dtype)


@derived(public="_softmax_backward_data", method=False)
def softmax_backward_data(grad_output: Tensor, output: Tensor, dim: int, input_dtype: DType) -> Tensor:
    """The gradient of softmax(input, dim) with respect to its input, from its output."""
    g, y = compute(grad_output), compute(output)
    t = g * y
    return convert(t - y * reduce_sum(t, (wrap_dim(dim, t.ndim),)) if t.ndim else t * 0, input_dtype)


@derived(public="_log_softmax_backward_data", method=False)
def log_softmax_backward_data(grad_output: Tensor, output: Tensor, dim: int, input_dtype: DType) -> Tensor:
    """The gradient of log_softmax(input, dim) with respect to its input, from its output."""
    g, y = compute(grad_output), compute(output)
    return convert(g - exp(y) * reduce_sum(g, (wrap_dim(dim, g.ndim),)) if g.ndim else g * 0, input_dtype)


@derived(modules=("nn.functional",))
def softmin(input: Tensor, dim: int, *, dtype: DType | None = None) -> Tensor:
    """softmax(-input)."""
    return softmax(-input, dim, dtype=dtype)


def _softmax_samples(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), -1)
    yield sample(make(3, 4, 5), 1)
    yield sample(make(5), 0)


softmax.samples(_softmax_samples)
log_softmax.samples(_softmax_samples)
softmin.samples(_softmax_samples)
