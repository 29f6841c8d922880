"""Random numbers. All come from Philox4x32-10: a key from the generator (its seed and how many calls it has served)
and the
element's linear position as the counter. So a seed gives one stream, whatever the number of threads or the device."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.loop import Expr, Kernel, Operand, Store, call, cast, const, index, load, scalar, select
from taeda.ops import dtypes
from taeda.ops.creation import _as, full, generate
from taeda.ops.op import DType, Generator, Number, Result, Sample, Sizes, SymInt, Tensor, check, derived, kernel, sample
from taeda.ops.pointwise import convert, zero


def bits(word: int, at: int = 0) -> Expr:
    """Word 0..3 of this element's random bits, as an int32; scalar `at` is the key."""
    return call("philox", scalar(at, "int64"), index(), attribute=word)


def uniform_float(dtype: str, first_word: int = 0, at: int = 0) -> Expr:
    """Uniform in [0, 1): 24 random bits for float32 and below, 53 for float64."""
    if dtype != "float64":
        top = cast(bits(first_word, at), "int64") & 0xFFFFFF
        return cast(top, "float32") * const(2.0**-24, "float32")
    low = cast(bits(first_word, at), "int64") & 0xFFFFFFFF
    high = cast(bits(first_word + 1, at), "int64") & 0x1FFFFF
    return cast((high << 32) | low, "float64") * const(2.0**-53, "float64")


def normal_float(dtype: str, at: int = 0) -> Expr:
    """Standard normal, by Box and Muller's transform."""
    wide = "float64" if dtype == "float64" else "float32"
    radius = call("sqrt", call("log", const(1.0, wide) - uniform_float(wide, 0, at)) * -2.0)
    return radius * call("cos", uniform_float(wide, 2, at) * 6.283185307179586)


def _result(size: Any, *_: Any, dtype: str) -> Result:
    return Result(dtype, size)


@kernel(public=False, pure=False)
def uniform(b: Any, size: Sizes, low: Number, high: Number, dtype: DType, generator: Generator = None) -> Tensor:
    """Uniform in [low, high)."""
    wide = dtypes.compute_dtype(dtype)
    value = scalar(1, wide) + uniform_float(wide) * (scalar(2, wide) - scalar(1, wide))
    return generate(b, dtype, size, value, (generator[0], _as(low, wide), _as(high, wide)), "uniform")


@uniform.meta
def _(size: Any, low: Any, high: Any, dtype: str, generator: Any = None) -> Result:
    return Result(dtype, size)


@kernel(public=False, pure=False)
def normal(b: Any, size: Sizes, mean: Number, std: Number, dtype: DType, generator: Generator = None) -> Tensor:
    """Normal with the given mean and standard deviation."""
    wide = dtypes.compute_dtype(dtype)
    value = scalar(1, wide) + normal_float(wide) * scalar(2, wide)
    return generate(b, dtype, size, value, (generator[0], _as(mean, wide), _as(std, wide)), "normal")


@normal.meta
def _(size: Any, mean: Any, std: Any, dtype: str, generator: Any = None) -> Result:
    return Result(dtype, size)


@kernel(public=False, pure=False)
def random_integers(
    b: Any, size: Sizes, low: SymInt, high: SymInt, dtype: DType, generator: Generator = None
) -> Tensor:
    """Integers in [low, high), from 64 random bits each: the bias is below span / 2^64."""
    b.check(
        low < high, RuntimeError, "random_ expects 'from' to be less than 'to', but got from={0} >= to={1}", low, high
    )
    value = scalar(1, "int64") + _scaled_bits(scalar(2, "int64") - scalar(1, "int64"))
    return generate(b, dtype, size, value, (generator[0], low, high), "random_integers")


def _scaled_bits(span: Expr) -> Expr:
    """The upper half of the product of 64 random bits and a span, both unsigned: by halves, which vectors multiply (a
    remainder they do not have)."""
    low, high = (_low(cast(bits(word), "int64")) for word in (0, 1))
    first = high * _low(span) + _high(low * _low(span))
    second = low * _high(span) + _low(first)
    return high * _high(span) + _high(first) + _high(second)


def _low(x: Expr) -> Expr:
    return x & 0xFFFFFFFF


def _high(x: Expr) -> Expr:
    return (x >> 32) & 0xFFFFFFFF


@random_integers.meta
def _(size: Any, low: Any, high: Any, dtype: str, generator: Any = None) -> Result:
    return Result(dtype, size)


@kernel(public=False, pure=False)
def random_bits(b: Any, size: Sizes, generator: Generator = None) -> Tensor:
    """Integers of 64 random bits."""
    value = (cast(bits(1), "int64") << 32) | _low(cast(bits(0), "int64"))
    return generate(b, "int64", size, value, (generator[0],), "random_bits")


@random_bits.meta
def _(size: Any, generator: Any = None) -> Result:
    return Result("int64", size)


@kernel(public=False)
def shuffled(b: Any, numbers: Tensor) -> Tensor:
    """range(n) in the order that a row of n numbers (int64; all their bits are used) draws: the place of i is one of
    the i + 1 that there are by then."""
    out = b.alloc("int64", numbers.shape)
    b.method("sorting.shuffle", numbers=numbers, out=out)
    return out


@shuffled.meta
def _(numbers: Any) -> Result:
    return Result("int64", numbers.shape)


@kernel(public=False, pure=False)
def exponential(b: Any, size: Sizes, rate: Number, dtype: DType, generator: Generator = None) -> Tensor:
    """Exponential with the given rate."""
    wide = dtypes.compute_dtype(dtype)
    value = -call("log", const(1.0, wide) - uniform_float(wide)) / scalar(1, wide)
    return generate(b, dtype, size, value, (generator[0], _as(rate, wide)), "exponential")


@exponential.meta
def _(size: Any, rate: Any, dtype: str, generator: Any = None) -> Result:
    return Result(dtype, size)


@kernel(public=False, pure=False)
def bernoulli_of(b: Any, input: Tensor, generator: Generator = None) -> Tensor:
    """1 with the probability that `input` says, else 0; dtype of `input`."""
    wide = dtypes.compute_dtype(input.dtype)
    x = cast(load(0, input.dtype), wide)
    value = select(uniform_float(wide) < x, const(1, input.dtype), const(0, input.dtype))
    made = Kernel((Operand(input.dtype, "input"), Operand(input.dtype, "element")), (Store(1, value),), "bernoulli")
    return b.loops(made, [b.contiguous(input)], [input.ndim], (generator[0],))[0]


@bernoulli_of.meta
def _(input: Any, generator: Any = None) -> Result:
    return Result(input.dtype, input.shape)


@bernoulli_of.batch
def _(batch: Any, input: Any, generator: Any) -> Any:
    if batch.randomness == "different":
        return bernoulli_of(batch.whole(input), generator)
    numbers = uniform(input.shape[1:], 0.0, 1.0, input.dtype, generator)
    return convert(numbers < input, input.dtype)


@bernoulli_of.gradient
def _(grad: Any) -> Any:
    return zero(grad)


@kernel(public="native_dropout", pure=False, differentiable=(True, False), method=False, elementwise=True)
def native_dropout(
    b: Any, input: Tensor, p: float, train: bool | None = True, generator: Generator = None
) -> tuple[Tensor, Tensor]:
    """`input` with each element kept with probability 1 - p and then divided by it; and what was kept, as bool."""
    if not train:
        out = b.alloc(input.dtype, input.shape)
        b.copy(out, input)
        return out, b.full("bool", input.shape, 1)
    b.check((p >= 0) * (p <= 1), ValueError, "dropout probability has to be between 0 and 1, but got {0!r}", p)
    wide = dtypes.compute_dtype(input.dtype)
    keep = uniform_float("float32") < scalar(1, "float32")
    x = cast(load(0, input.dtype), wide)
    kept = cast(select(keep, x * scalar(2, wide), const(0, wide)), input.dtype)
    made = Kernel(
        (Operand(input.dtype, "input"), Operand(input.dtype, "element"), Operand("bool", "element")),
        (Store(1, kept), Store(2, keep)),
        "dropout",
    )
    scale = _reciprocal(1 - p)
    out, mask = b.loops(made, [b.contiguous(input)], [input.ndim, input.ndim], (generator[0], 1.0 - p, scale))
    return out, mask


def _reciprocal(x: Any) -> Any:
    """1 / x, and 0 for 0."""
    from taeda.ir.expression import unwrap, wrap

    e = unwrap(x)
    if not isinstance(e, tuple):
        return 0.0 if e == 0 else 1.0 / e
    return wrap(("where", ("eq", e, 0), 0.0, ("truediv", 1.0, e)))


@native_dropout.meta
def _(input: Any, p: Any, train: Any = True, generator: Any = None) -> tuple[Result, Result]:
    return Result(input.dtype, input.shape), Result("bool", input.shape)


@native_dropout.batch
def _(batch: Any, input: Any, p: Any, train: Any, generator: Any) -> Any:
    if not train or batch.randomness == "different":
        return native_dropout(batch.whole(input), p, train, generator)
    kept, mask = native_dropout(full(input.shape[1:], 1, input.dtype), p, train, generator)
    return input * kept, batch.whole(mask)


@native_dropout.gradient
def _(grads: Any, outputs: Any, p: Any, train: Any) -> Any:
    if not train:
        return grads[0]
    return grads[0] * outputs[1] * _reciprocal(1 - p)


@derived(modules=("torch", "nn.functional"), method=False, inplace=True, elementwise=True)
def dropout(input: Tensor, p: float = 0.5, train: bool = True, generator: Generator = None) -> Tensor:
    """`input` with each element zeroed with probability p and the others divided by 1 - p, while training."""
    if train and input.dtype in dtypes.COMPLEX:
        return input * native_dropout(full(input.shape, 1.0, dtypes.real_dtype(input.dtype)), p, True, generator)[0]
    if train:
        x = input if dtypes.is_float(input.dtype) else convert(input, "float32")
        return convert(native_dropout(x, p, True, generator)[0], input.dtype)
    check((p >= 0) * (p <= 1), ValueError, "dropout probability has to be between 0 and 1, but got {0!r}", p)
    return input


@dropout.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), 0.3, False)
    yield sample(make(3, 4), 0.0, True)
