"""Random numbers: tensors of them, in-place fillings, choices by weights, and the state of the default generator."""

from __future__ import annotations

import math
from typing import Any

import taeda
from taeda import _core
from taeda._binding import internal
from taeda.functions.creation import dtype_of, finished, made_like, on
from taeda.functions.function import function
from taeda.ir.dtype import info
from taeda.ops.signature import Device, DType, Generator, Layout, MemoryFormat, Object, Sizes, Tensor

# Complex numbers are drawn by their parts, each of which has half of the variance.


def _uniform(ops: Any, size: Any, dtype: Any, generator: Any) -> Any:
    if dtype.is_complex:
        return taeda.view_as_complex(ops.uniform((*size, 2), 0.0, 1.0, dtype.to_real(), generator))
    return ops.uniform(size, 0.0, 1.0, dtype, generator)


def _standard_normal(ops: Any, size: Any, dtype: Any, generator: Any) -> Any:
    if dtype.is_complex:
        return taeda.view_as_complex(ops.normal((*size, 2), 0.0, math.sqrt(0.5), dtype.to_real(), generator))
    return ops.normal(size, 0.0, 1.0, dtype, generator)


# -- new tensors -------------------------------------------------------------------------------------------------------


@function
def rand(size: Sizes, *, generator: Generator | None = None, out: Tensor | None = None, dtype: DType | None = None,
         layout: Layout | None = None, device: Device | None = None, requires_grad: bool = False,
         pin_memory: bool = False, names: Object = None) -> Any:
    """Uniform numbers in [0, 1)."""
    ops = on(device, layout)
    return finished(_uniform(ops, size, dtype_of(dtype, out), generator), out, requires_grad)


@function
def randn(size: Sizes, *, generator: Generator | None = None, out: Tensor | None = None, dtype: DType | None = None,
          layout: Layout | None = None, device: Device | None = None, requires_grad: bool = False,
          pin_memory: bool = False, names: Object = None) -> Any:
    """Standard normal numbers."""
    ops = on(device, layout)
    return finished(_standard_normal(ops, size, dtype_of(dtype, out), generator), out, requires_grad)


def _integers(ops: Any, low: int, high: int, size: Any, generator: Any, dtype: Any) -> Any:
    if low >= high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    return ops.random_integers(size, low, high, dtype, generator)


@function(spread="")
def randint(high: int, size: Sizes, *, generator: Generator | None = None, out: Tensor | None = None,
            dtype: DType | None = None, layout: Layout | None = None, device: Device | None = None,
            requires_grad: bool = False, pin_memory: bool = False) -> Any:
    """Integers in [0, high)."""
    return randint_low(0, high, size, generator=generator, out=out, dtype=dtype, layout=layout, device=device,
                       requires_grad=requires_grad)


@function(public="randint", overload="low", spread="")
def randint_low(low: int, high: int, size: Sizes, *, generator: Generator | None = None, out: Tensor | None = None,
                dtype: DType | None = None, layout: Layout | None = None, device: Device | None = None,
                requires_grad: bool = False, pin_memory: bool = False) -> Any:
    """Integers in [low, high)."""
    ops = on(device, layout)
    if dtype is None:
        dtype = _core.int64 if out is None else out.dtype
    return finished(_integers(ops, low, high, size, generator, dtype), out, requires_grad)


@function
def rand_like(input: Tensor, *, generator: Generator | None = None, dtype: DType | None = None,
              layout: Layout | None = None, device: Device | None = None, pin_memory: bool = False,
              requires_grad: bool = False, memory_format: MemoryFormat | None = None) -> Any:
    """Uniform numbers in [0, 1), of the shape and dtype of `input`."""
    return made_like(lambda ops, size, to: _uniform(ops, size, to, generator), input, dtype, layout, device,
                     requires_grad, memory_format)


@function
def randn_like(input: Tensor, *, generator: Generator | None = None, dtype: DType | None = None,
               layout: Layout | None = None, device: Device | None = None, pin_memory: bool = False,
               requires_grad: bool = False, memory_format: MemoryFormat | None = None) -> Any:
    """Standard normal numbers, of the shape and dtype of `input`."""
    return made_like(lambda ops, size, to: _standard_normal(ops, size, to, generator), input, dtype, layout, device,
                     requires_grad, memory_format)


@function
def randint_like(input: Tensor, high: int, *, generator: Generator | None = None, dtype: DType | None = None,
                 layout: Layout | None = None, device: Device | None = None, pin_memory: bool = False,
                 requires_grad: bool = False, memory_format: MemoryFormat | None = None) -> Any:
    """Integers in [0, high), of the shape and dtype of `input`."""
    return made_like(lambda ops, size, to: _integers(ops, 0, high, size, generator, to), input, dtype, layout, device,
                     requires_grad, memory_format)


@function(public="randint_like", overload="low")
def randint_like_low(input: Tensor, low: int, high: int, *, generator: Generator | None = None,
                     dtype: DType | None = None, layout: Layout | None = None, device: Device | None = None,
                     pin_memory: bool = False, requires_grad: bool = False,
                     memory_format: MemoryFormat | None = None) -> Any:
    """Integers in [low, high), of the shape and dtype of `input`."""
    return made_like(lambda ops, size, to: _integers(ops, low, high, size, generator, to), input, dtype, layout, device,
                     requires_grad, memory_format)


@function
def randperm(n: int, *, generator: Generator | None = None, out: Tensor | None = None, dtype: DType | None = None,
             layout: Layout | None = None, device: Device | None = None, requires_grad: bool = False,
             pin_memory: bool = False) -> Any:
    """A random permutation of range(n)."""
    ops = on(device, layout)
    if n < 0:
        raise RuntimeError(f"n must be non-negative, got {n}")
    if dtype is None:
        dtype = _core.int64 if out is None else out.dtype
    order = ops.shuffled(ops.random_bits((n,), generator))
    return finished(order.to(dtype), out, requires_grad)


def _normal(mean: Any, std: Any, out: Any, generator: Any) -> Any:
    """Normal numbers of means and deviations of which one at least is a tensor."""
    one = mean if isinstance(mean, _core.Tensor) else std
    for name, x in (("mean", mean), ("std", std)):
        if isinstance(x, _core.Tensor) and not x.dtype.is_floating_point:
            raise RuntimeError(f"normal expects {name} to be of a floating-point dtype, but got {x.dtype}")
    if isinstance(std, _core.Tensor):
        if std.numel() and not std.is_meta and std.min().item() < 0:
            raise RuntimeError("normal expects all elements of std >= 0.0")
    elif std < 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std}")
    shape = taeda.broadcast_shapes(*(x.shape for x in (mean, std) if isinstance(x, _core.Tensor)))
    noise = on(one.device).normal(shape, 0.0, 1.0, one.dtype, generator)
    return finished(noise * std + mean, out, False)


@function
def normal(mean: Tensor, std: Tensor, *, generator: Generator | None = None, out: Tensor | None = None) -> Any:
    """Normal numbers of the given means and deviations, which are broadcast."""
    return _normal(mean, std, out, generator)


@function(public="normal", overload="std")
def normal_std(mean: Tensor, std: float = 1, *, generator: Generator | None = None, out: Tensor | None = None) -> Any:
    """Normal numbers of the given means, and one deviation."""
    return _normal(mean, std, out, generator)


@function(public="normal", overload="mean")
def normal_mean(mean: float, std: Tensor, *, generator: Generator | None = None, out: Tensor | None = None) -> Any:
    """Normal numbers of one mean and the given deviations."""
    return _normal(mean, std, out, generator)


@function(public="normal", overload="size", spread="")
def normal_size(mean: float, std: float, size: Sizes, *, generator: Generator | None = None, out: Tensor | None = None,
                dtype: DType | None = None, layout: Layout | None = None, device: Device | None = None,
                requires_grad: bool = False, pin_memory: bool = False) -> Any:
    """Normal numbers of one mean and one deviation, of the given shape."""
    ops = on(device, layout)
    if std < 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std}")
    return finished(ops.normal(size, float(mean), float(std), dtype_of(dtype, out), generator), out, requires_grad)


@function(method=True, out=True)
def bernoulli(input: Tensor, *, generator: Generator | None = None) -> Any:
    """1 with the probability given by the elements of `input`, else 0."""
    return internal.bernoulli_of(input, generator)


@function(public="bernoulli", overload="p", method=True)
def bernoulli_p(input: Tensor, p: float, *, generator: Generator | None = None) -> Any:
    """1 with probability `p`, else 0, in the shape and dtype of `input`."""
    if not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p}")
    return internal.bernoulli_of(on(input.device).full(input.shape, p, input.dtype), generator)


@function(method=True, out=True)
def multinomial(input: Tensor, num_samples: int, replacement: bool = False, *,
                generator: Generator | None = None) -> Any:
    """`num_samples` places per row of `input`, each with a probability proportional to the weight there.

    With replacement by searching the running sum of the weights; without, the places of the largest weight/E, E
    exponential, which have the same distribution as drawing one after the other.
    """
    if input.dim() not in (1, 2):
        raise RuntimeError("prob_dist must be 1 or 2 dim")
    if not input.dtype.is_floating_point:
        raise RuntimeError(f"multinomial only supports floating-point dtypes for input, got: {str(input.dtype)[6:]}")
    if num_samples <= 0:
        raise RuntimeError("cannot sample n_sample <= 0 samples")
    weights = input.detach()
    if not replacement and num_samples > weights.shape[-1]:
        raise RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    if not weights.is_meta and not bool((weights.isfinite() & (weights >= 0)).all().item()):
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    if weights.numel() and not weights.is_meta and bool((weights.sum(-1) == 0).any().item()):
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
    wide = weights.to(_core.float64 if weights.dtype == _core.float64 else _core.float32)
    if not replacement:
        rates = on(input.device).exponential(wide.shape, 1.0, wide.dtype, generator)
        return (wide / rates).topk(num_samples, -1)[1]
    sums = wide.cumsum(-1)
    shape = (*wide.shape[:-1], num_samples)
    points = on(input.device).uniform(shape, 0.0, 1.0, wide.dtype, generator) * sums[..., -1:]
    # `right`: a point on an edge belongs to the weight after it, so that a weight of 0 is never chosen.
    last = ((wide > 0).to(_core.int64) * taeda.arange(wide.shape[-1], device=input.device)).amax(-1, keepdim=True)
    return taeda.searchsorted(sums, points, right=True).minimum(last)


# -- in place ----------------------------------------------------------------------------------------------------------


def _floating(name: str, x: Any) -> None:
    if not x.dtype.is_floating_point:
        raise NotImplementedError(f'"{name}" not implemented for \'{info(x.dtype._name).word}\'')


def _draw(x: Any, generator: Any) -> Any:
    dtype = x.dtype if x.dtype == _core.float64 else _core.float32
    return on(x.device).uniform(x.shape, 0.0, 1.0, dtype, generator)


@function(modules=(), method=True)
def uniform_(input: Tensor, from__: float = 0, to: float = 1, *, generator: Generator | None = None) -> Any:
    """Fill with uniform numbers in [from, to)."""
    if from__ > to:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={from__} > to={to}")
    ops = on(input.device)
    if input.is_complex():
        numbers = _uniform(ops, input.shape, input.dtype, generator)
        return input.copy_(numbers * (to - from__) + complex(from__, from__))
    _floating("check_uniform_bounds", input)
    return input.copy_(ops.uniform(input.shape, float(from__), float(to), input.dtype, generator))


@function(modules=(), method=True)
def normal_(input: Tensor, mean: float = 0, std: float = 1, *, generator: Generator | None = None) -> Any:
    """Fill with normal numbers; of complex ones both parts have the mean, and share the variance."""
    if std < 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std}")
    ops = on(input.device)
    if input.is_complex():
        return input.copy_(_standard_normal(ops, input.shape, input.dtype, generator) * std + complex(mean, mean))
    _floating("normal_kernel_cpu", input)
    return input.copy_(ops.normal(input.shape, float(mean), float(std), input.dtype, generator))


@function(modules=(), method=True)
def exponential_(input: Tensor, lambd: float = 1, *, generator: Generator | None = None) -> Any:
    """Fill with numbers of the exponential distribution of rate `lambd`."""
    if not input.dtype.is_floating_point:
        raise RuntimeError("Exponential distribution is a continuous probability distribution. dtype must be a "
                           f"floating point but you specified {info(input.dtype._name).word}")
    if lambd <= 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd}")
    return input.copy_(on(input.device).exponential(input.shape, float(lambd), input.dtype, generator))


@function(modules=(), method=True)
def bernoulli_(input: Tensor, p: float = 0.5, *, generator: Generator | None = None) -> Any:
    """Fill with 1 with probability `p`, else 0."""
    if not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p}")
    return input.copy_(internal.bernoulli_of(on(input.device).full(input.shape, float(p), _core.float32), generator))


@function(public="bernoulli_", overload="tensor", modules=(), method=True)
def bernoulli_tensor_(input: Tensor, p: Tensor, *, generator: Generator | None = None) -> Any:
    """Fill with 1 with the probabilities `p`, which are broadcast, else 0."""
    return input.copy_(internal.bernoulli_of(p.expand(input.shape), generator))


@function(modules=(), method=True)
def random_(input: Tensor, *, generator: Generator | None = None) -> Any:
    """Fill with integers from 0 to the largest up to which the dtype has all."""
    return random_to_(input, _integers_up_to(input.dtype), generator=generator)


def _integers_up_to(dtype: Any) -> int:
    """One more than the largest of the integers that a dtype has without gaps (of int64, that one)."""
    kind = info(dtype._name)
    largest = 1 if kind.kind == "bool" else 2 ** (kind.mantissa + 1) if kind.is_floating else int(kind.highest)
    return min(largest + 1, 2**63 - 1)


@function(public="random_", overload="to", modules=(), method=True)
def random_to_(input: Tensor, to: int, *, generator: Generator | None = None) -> Any:
    """Fill with integers in [0, to)."""
    return input.copy_(_integers(on(input.device), 0, to, input.shape, generator, input.dtype))


@function(public="random_", overload="from", modules=(), method=True)
def random_from_(input: Tensor, from__: int, to: int | None, *, generator: Generator | None = None) -> Any:
    """Fill with integers in [from, to)."""
    to = _integers_up_to(input.dtype) if to is None else to
    return input.copy_(_integers(on(input.device), from__, to, input.shape, generator, input.dtype))


@function(modules=(), method=True)
def cauchy_(input: Tensor, median: float = 0, sigma: float = 1, *, generator: Generator | None = None) -> Any:
    """Fill with numbers of the Cauchy distribution."""
    _floating("cauchy_", input)
    if sigma <= 0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma}")
    return input.copy_(((_draw(input, generator) - 0.5) * math.pi).tan() * sigma + median)


@function(modules=(), method=True)
def geometric_(input: Tensor, p: float, *, generator: Generator | None = None) -> Any:
    """Fill with the number of the first success of trials that succeed with probability p."""
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p}")
    return input.copy_((taeda.log1p(-_draw(input, generator)) / math.log1p(-p)).ceil().clamp_min(1))


@function(modules=(), method=True)
def log_normal_(input: Tensor, mean: float = 1, std: float = 2, *, generator: Generator | None = None) -> Any:
    """Fill with exp of normal numbers of the given mean and deviation."""
    _floating("log_normal_", input)
    if std <= 0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std}")
    dtype = input.dtype if input.dtype == _core.float64 else _core.float32
    return input.copy_(on(input.device).normal(input.shape, float(mean), float(std), dtype, generator).exp())


# -- the default generator ---------------------------------------------------------------------------------------------


@function
def manual_seed(seed: Object) -> Any:
    """Seed the default generator; returns it."""
    return _core.default_generator.manual_seed(seed)


@function
def seed() -> Any:
    """Seed the default generator from the system; returns the seed."""
    return _core.default_generator.seed()


@function
def initial_seed() -> Any:
    """The seed of the default generator."""
    return _core.default_generator.initial_seed()


@function
def get_rng_state() -> Any:
    """The state of the default generator, a uint8 tensor."""
    return _core.default_generator.get_state()


@function
def set_rng_state(new_state: Tensor) -> Any:
    """Set the state of the default generator."""
    return _core.default_generator.set_state(new_state)


@function
def _sample_dirichlet(input: Tensor, generator: Generator | None = None) -> Any:
    """Dirichlet variables of concentration `input`, over the last dimension: gamma variables over their sum."""
    drawn = taeda._standard_gamma(input, generator)
    return drawn / drawn.sum(-1, keepdim=True)
