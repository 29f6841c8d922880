"""`check_op`: everything that follows from an op's definition, tested with its samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import taeda
from taeda.assertions import check_type
from taeda.ops.definition import Op
from taeda.testing import forms
from taeda.testing.derivatives import check_gradients
from taeda.testing.samples import Make, map_tensors, tensors_of


def check_op(
    op: Any,
    *,
    reference: Callable[..., Any] | None = None,
    dtypes: tuple[str, ...] = ("float32", "float64"),
    tolerance: float = 1e-5,
    order: int = 2,
) -> int:
    """Test an op made by the decorators of `taeda.ops` with the samples beside its definition.

    Compared are: the results with those of `reference`, where one is given; those in each dtype with those in float64;
    the gradients, and theirs if `order` is 2, with differences in float64; every layout of the operands, the method,
    the in-place form and out= with the plain call; sizes and dtypes on
    the device "meta" with those of the results.
    Raises AssertionError at the first that differs; returns how many samples there were.
    """
    check_type("check_op", "op", op, Op)
    if op.sample_function is None:
        raise ValueError(f"{op.name} has no samples; write them beside its definition: @{op.__name__}.samples")
    count = 0
    for sample in op.sample_function(Make("float64")):
        count += 1
        exact = _plain(op, sample.args, sample.kwargs)
        if reference is not None:
            forms.equal(exact, _plain(reference, sample.args, sample.kwargs), 1e-9, f"{op.name} and its reference")
        if op.differentiable is not False and tensors_of((list(sample.args), sample.kwargs)):
            check_gradients(op, sample.args, sample.kwargs, order=order)
    for dtype in dtypes:
        for sample in op.sample_function(Make(dtype)):
            _check_dtype(op, sample, tolerance)
            _check_meta(op, sample)
            forms.check_layouts(op, sample.args, sample.kwargs)
            if op.kind == "pointwise":
                forms.check_small(op, sample.args, sample.kwargs)
            if op.method:
                forms.check_same("method", getattr(taeda.Tensor, op.public), op, sample.args, sample.kwargs)
            if op.inplace and op.is_view:
                forms.check_inplace_view(op.in_place, op, sample.args, sample.kwargs)
            elif op.inplace and isinstance(sample.args[0], taeda.Tensor):
                forms.check_inplace("in_place", op, sample.args, sample.kwargs, _InPlace(op))
            if op.out:
                forms.check_out(op, sample.args, sample.kwargs)
    if not count:
        raise ValueError(f"the samples of {op.name} are empty")
    return count


class _InPlace:
    """Where `forms.check_inplace` finds the in-place form."""

    def __init__(self, op: Any):
        self.in_place = op.in_place


def _plain(function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    with taeda.no_grad():
        return function(*args, **kwargs)


def _check_dtype(op: Any, sample: Any, tolerance: float) -> None:
    """A result in a narrower dtype is that of the same numbers in float64, rounded."""
    wide = map_tensors(
        lambda t: t.detach().to(taeda.float64) if t.dtype.is_floating_point else t, (list(sample.args), sample.kwargs)
    )
    found = tensors_of(_plain(op, sample.args, sample.kwargs))
    expected = tensors_of(_plain(op, *wide))
    for a, b in zip(found, expected, strict=True):
        forms.equal(a, b.to(a.dtype), tolerance, f"{op.name} in {a.dtype}")


def _check_meta(op: Any, sample: Any) -> None:
    """Without data, the results have the sizes, dtypes and strides that they have with it."""
    args, kwargs = map_tensors(lambda t: t.detach().to("meta"), (list(sample.args), sample.kwargs))
    if not tensors_of((args, kwargs)):
        return
    found, real = tensors_of(_plain(op, args, kwargs)), tensors_of(_plain(op, sample.args, sample.kwargs))
    for k, (a, b) in enumerate(zip(found, real, strict=True)):
        assert a.device.type == "meta", f"{op.name}: result {k} is on {a.device}, not on meta"
        assert (a.shape, a.dtype, a.stride()) == (b.shape, b.dtype, b.stride()), (
            f"{op.name} on meta: result {k} is {a.dtype} {tuple(a.shape)} with strides {a.stride()}, but {b.dtype} "
            f"{tuple(b.shape)} with strides {b.stride()} on {b.device}"
        )
