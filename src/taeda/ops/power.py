"""Powers. An exponent that is a Python number is a run-time number, but a few of them deserve kernels of their own: the
Program then has a launch for each of these, and one for all others, of which one runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from taeda.ir.expression import Symbol, kind_of, to_float, to_int, unwrap
from taeda.ir.loop import Expr, Kernel, Operand, Store, call, cast, const, load, scalar
from taeda.ops import dtypes
from taeda.ops.comparison import logical_and
from taeda.ops.elementary import log
from taeda.ops.op import Number, Result, Sample, Tensor, TensorOrNumber, derived, kernel, pointwise, sample
from taeda.ops.pointwise import convert, real_part, where, xlogy, zero

# x ** exponent
_POWERS: dict[float, Callable[[Expr], Expr]] = {
    1: lambda x: x, 2: lambda x: x * x, 3: lambda x: x * x * x, 4: lambda x: (x * x) * (x * x),
    0.5: lambda x: call("sqrt", x), -0.5: lambda x: call("rsqrt", x), -1: lambda x: call("reciprocal", x),
    -2: lambda x: call("reciprocal", x * x)}
# exponent * x ** (exponent - 1)
_SLOPES: dict[float, Callable[[Expr], Expr]] = {
    1: lambda x: const(1, x.dtype), 2: lambda x: 2 * x, 3: lambda x: 3 * (x * x),
    4: lambda x: 4 * (x * x * x), 0.5: lambda x: 0.5 * call("rsqrt", x)}


def _power(x: Expr, exponent: Expr) -> Expr:
    """x ** exponent, with the formula of the exponent if it is a known constant."""
    formula = _POWERS.get(exponent.attribute) if exponent.op == "const" else None
    return (
        call("pow", x, exponent)
        if formula is None or dtypes.is_integer(x.dtype) and exponent.attribute < 0
        else formula(x)
    )


def _power_type(input: Any, exponent: Any) -> str:
    return dtypes.result_type(
        [dtypes.Operand(input.dtype, input.ndim), dtypes.number_operand(kind_of(unwrap(exponent)))]
    )


def _cases(b: Any, inputs: Sequence[Any], exponent: Any, dtype: str, special: dict[float, Callable[..., Expr]],
           general: Callable[..., Expr], name: str) -> Any:
    """Launches of `special[e](*inputs)` if the exponent is e, of `general(*inputs, exponent)` otherwise."""
    wide = dtypes.compute_dtype(dtype)
    loads = [cast(cast(load(k, r.dtype), dtype), wide) for k, r in enumerate(inputs)]
    floating = not dtypes.is_integer(wide)
    number = to_float(exponent) if floating else to_int(exponent)
    out: Any = max(r.ndim for r in inputs)
    others: Any = 1
    launches: list[tuple[Expr, Any, tuple[Any, ...]]] = []
    for e, formula in special.items():
        if floating or e == int(e) and e >= 0:
            launches.append((formula(*loads), number == (float(e) if floating else int(e)), ()))
            differs = number != (float(e) if floating else int(e))
            others = differs if isinstance(others, int) else others & differs
    launches.append((general(*loads, cast(scalar(0, dtypes.real_dtype(wide)), wide)), others, (number,)))
    for value, when, scalars in launches:
        made = Kernel((*(Operand(r.dtype, "input") for r in inputs), Operand(dtype, "element")),
                      (Store(len(inputs), cast(value, dtype)),), name)
        (out,) = b.loops(made, inputs, [out], scalars, when=when, alternative=True)
    return out


@kernel(public=False)
def power_by_number(b: Any, input: Tensor, exponent: Number) -> Tensor:
    """input ** exponent for an exponent known at run time."""
    dtype = _power_type(input, exponent)
    if dtypes.is_integer(dtype):
        b.check(exponent >= 0, RuntimeError, "Integers to negative integer powers are not allowed.")
    return _cases(b, [input], exponent, dtype, _POWERS, lambda x, e: call("pow", x, e), "pow")


@power_by_number.meta
def _(input: Any, exponent: Any) -> Result:
    return Result(_power_type(input, exponent), input.shape)


@power_by_number.gradient
def _(grad: Any, input: Any, exponent: Any) -> Any:
    return power_slope(grad, convert(input, grad.dtype), exponent)


@kernel(public=False)
def power_slope(b: Any, factor: Tensor, input: Tensor, exponent: Number) -> Tensor:
    """factor * exponent * input ** (exponent - 1), and 0 for exponent 0. `factor` and `input` have one shape and
    dtype."""
    special: dict[float, Callable[..., Expr]] = {e: (lambda g, x, f=f: g * f(x)) for e, f in _SLOPES.items()}
    special[0] = lambda g, x: const(0, g.dtype)
    return _cases(b, [factor, input], exponent, input.dtype, special,
                  lambda g, x, e: g * (e * call("pow", x, e - 1)), "pow_gradient")


@power_slope.meta
def _(factor: Any, input: Any, exponent: Any) -> Result:
    return Result(input.dtype, input.shape)


@power_slope.gradient
def _(grad: Any, factor: Any, input: Any, exponent: Any) -> Any:
    return power_slope(grad, input, exponent), power_slope(grad * factor * exponent, input, exponent - 1)


@derived(public="pow", overload="number", inplace=True, out=True, operators=("__pow__", "__ipow__"), elementwise=True)
def pow_number(input: Tensor, exponent: Number) -> Tensor:
    """input ** exponent. Integers to negative powers raise RuntimeError."""
    if isinstance(exponent, Symbol) and exponent.kind != "complex":
        return power_by_number(input, exponent)
    return power(input, exponent)


@pow_number.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), 2)
    yield sample(make(3, 4), 3.0)
    yield sample(make(3, 4), 0)
    yield sample(make(3, 4, low=0.1), 0.5)
    yield sample(make(3, 4, low=0.1), -1.7)
    yield sample(make(3, 4, dtype="int64"), 2)


@pointwise(public="pow", overload="tensor", operators=("__rpow__",))
def power(input: TensorOrNumber, exponent: TensorOrNumber) -> Tensor:
    """input ** exponent, element-wise."""
    if input.dtype == "bool":
        raise NotImplementedError("\"pow\" not implemented for 'Bool'")
    return _power(input, exponent)


@power.gradient
def _(grad: Any, input: Any, exponent: Any, output: Any) -> Any:
    by_input = by_exponent = None
    if hasattr(input, "ndim"):
        if isinstance(exponent, Symbol) and exponent.kind != "complex":
            by_input = power_slope(grad, convert(input, grad.dtype), exponent)
        elif isinstance(exponent, (int, float)):
            by_input = grad * (exponent * power(input, exponent - 1)) if exponent else zero(grad)
        else:
            by_input = where(exponent.eq(0), 0, grad * (exponent * power(input, exponent - 1)))
    if hasattr(exponent, "ndim"):
        slope = grad * output * log(input) if hasattr(input, "ndim") else xlogy(grad * output, input)
        size = exponent if exponent.dtype not in dtypes.COMPLEX else real_part(exponent)
        by_exponent = where(logical_and(output.eq(0), size >= 0), 0, slope)
    return by_input, by_exponent


@power.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, low=0.1), make(4))
    yield sample(2.0, make(3))


@derived(inplace=True, out=True, operators=(), elementwise=True)
def float_power(input: TensorOrNumber, exponent: TensorOrNumber) -> Tensor:
    """input ** exponent in float64, or complex128 if either is complex."""
    operands = (input, exponent)
    wide = "complex128" if any(hasattr(x, "ndim") and x.dtype in dtypes.COMPLEX for x in operands) else "float64"
    return power(*(convert(x, wide) if hasattr(x, "ndim") else x for x in operands))


@float_power.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4, low=0.1), make(4))
    yield sample(make(3, 4), 2)
