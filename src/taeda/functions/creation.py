"""Public functions that make tensors: PyTorch's signatures around the ops of ops/creation.py and ops/random.py."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

from taeda import _core
from taeda._binding import internal


class _On:
    """The ops below with their results on one device."""

    def __init__(self, device: Any):
        self._device = device

    def __getattr__(self, name: str) -> Any:
        return functools.partial(_core.call_on, self._device, getattr(internal, name))


def _on(device: Any, layout: Any = None) -> Any:
    """The ops that make tensors: on `device`, or where the default is."""
    if layout is not None and str(layout) != "torch.strided":
        raise NotImplementedError(f"layout {layout} is not there yet; use torch.strided")
    return internal if device is None else _On(device)


def _sizes(size: tuple[Any, ...]) -> tuple[Any, ...]:
    """zeros(2, 3), zeros((2, 3)), zeros([2, 3]), zeros(torch.Size) alike."""
    if (
        len(size) == 1
        and not isinstance(size[0], int)
        and hasattr(size[0], "__len__")
        and not isinstance(size[0], _core.Tensor)
    ):
        return tuple(size[0])
    return size


def _finish(made: Any, out: Any, requires_grad: bool) -> Any:
    if out is not None:
        if tuple(out.shape) != tuple(made.shape):
            out.resize_(made.shape)
        return out.copy_(made)
    if requires_grad:
        if not made.dtype.is_floating_point:
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
        return made.requires_grad_()
    return made


def _dtype(dtype: Any) -> Any:
    return _core.get_default_dtype() if dtype is None else dtype


def full(
    size: Any,
    fill_value: Any,
    *,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Any:
    """A tensor of shape `size` filled with `fill_value`, which also gives the dtype where that is None."""
    ops = _on(device, layout)
    if isinstance(fill_value, _core.Tensor):
        dtype = dtype or fill_value.dtype
        fill_value = fill_value.item()
    if dtype is None:
        dtype = (
            _core.bool if isinstance(fill_value, bool) else _core.int64 if isinstance(fill_value, int) else _dtype(None)
        )
    return _finish(
        ops.full(tuple(size) if not isinstance(size, int) else (size,), fill_value, dtype), out, requires_grad
    )


def zeros(
    *size: Any,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
    names: Any = None,
) -> Any:
    """A tensor of zeros."""
    return _finish(_on(device, layout).full(_sizes(size), 0, _dtype(dtype)), out, requires_grad)


def ones(
    *size: Any,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
    names: Any = None,
) -> Any:
    """A tensor of ones."""
    return _finish(_on(device, layout).full(_sizes(size), 1, _dtype(dtype)), out, requires_grad)


def empty(
    *size: Any,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
    memory_format: Any = None,
    names: Any = None,
) -> Any:
    """An uninitialised tensor."""
    ops = _on(device, layout)
    return _finish(ops.empty(_sizes(size), _dtype(dtype)), out, requires_grad)


def empty_strided(
    size: Any,
    stride: Any,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Any:
    """An uninitialised tensor with the given strides."""
    ops = _on(device, layout)
    needed = 1 + sum((n - 1) * s for n, s in zip(size, stride, strict=True)) if all(n > 0 for n in size) else 0
    made = ops.empty((needed,), _dtype(dtype)).as_strided(tuple(size), tuple(stride), 0)
    return _finish(made.detach(), None, requires_grad)


def _like(make: Callable[..., Any]) -> Callable[..., Any]:
    def like(
        input: Any,
        *,
        dtype: Any = None,
        layout: Any = None,
        device: Any = None,
        requires_grad: bool = False,
        memory_format: Any = None,
    ) -> Any:
        ops = _on(input.device if device is None else device, layout)
        made = make(ops, input.shape, input.dtype if dtype is None else dtype)
        if not input.is_contiguous() and memory_format is None:
            made = _with_layout_of(made, input)
        return made.requires_grad_() if requires_grad else made

    return like


def _with_layout_of(made: Any, input: Any) -> Any:
    """`made` with its dimensions laid out in memory in the order of those of `input`, if `input` is dense."""
    strides = input.stride()
    order = sorted(range(input.dim()), key=lambda d: (-strides[d], d))
    expected = 1
    for d in reversed(order):
        if input.shape[d] != 1 and strides[d] != expected:
            return made
        expected *= input.shape[d]
    inverse = sorted(range(len(order)), key=order.__getitem__)
    return made.reshape([input.shape[d] for d in order]).permute(*inverse).detach()


zeros_like = _like(lambda ops, size, dtype: ops.full(size, 0, dtype))
ones_like = _like(lambda ops, size, dtype: ops.full(size, 1, dtype))
empty_like = _like(lambda ops, size, dtype: ops.empty(size, dtype))


def full_like(
    input: Any,
    fill_value: Any,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Any:
    """A tensor of the shape and dtype of `input` filled with `fill_value`."""
    return _like(lambda ops, size, dtype: ops.full(size, fill_value, dtype))(
        input, dtype=dtype, layout=layout, device=device, requires_grad=requires_grad, memory_format=memory_format
    )


def arange(
    *args: Any,
    start: Any = 0,
    end: Any = None,
    step: Any = 1,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Any:
    """arange(end), arange(start, end), arange(start, end, step): start, start + step, ... below end."""
    ops = _on(device, layout)
    if len(args) == 1 and end is None:
        end = args[0]
    elif len(args) == 1:
        start = args[0]
    elif len(args) >= 2:
        start, end = args[:2]
        step = args[2] if len(args) == 3 else step
    start, end, step = (x.item() if isinstance(x, _core.Tensor) else x for x in (start, end, step))
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if not all(math.isfinite(x) for x in (start, end)):
        raise RuntimeError(f"unsupported range: {start} -> {end}")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    if dtype is None:
        integers = all(isinstance(x, int) for x in (start, end, step))
        dtype = _core.int64 if integers else _core.get_default_dtype()
    if not dtype.is_floating_point:
        start, end, step = int(start), (end if isinstance(end, int) else math.ceil(end)), int(step) or step
    count = (
        -((start - end) // step) if isinstance(step, int) and isinstance(end, int) else math.ceil((end - start) / step)
    )
    return _finish(ops.arange(start, step, count, dtype), out, requires_grad)


def linspace(
    start: Any,
    end: Any,
    steps: int,
    *,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Any:
    """`steps` numbers from `start` to `end`, both included."""
    ops = _on(device, layout)
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    start, end = (x.item() if isinstance(x, _core.Tensor) else x for x in (start, end))
    step = (end - start) / (steps - 1) if steps > 1 else 0.0
    end = start if steps == 1 else end
    return _finish(ops.linspace(float(start), float(end), float(step), steps, _dtype(dtype)), out, requires_grad)


def logspace(
    start: Any,
    end: Any,
    steps: int,
    base: float = 10.0,
    *,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Any:
    """base ** linspace(start, end, steps)."""
    dtype = _dtype(dtype)
    exponents = linspace(start, end, steps, dtype=_core.float64, device=device, layout=layout)
    return _finish((base**exponents).to(dtype), out, requires_grad)


def eye(
    n: int,
    m: int | None = None,
    *,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Any:
    """The (n, m) matrix with ones on the diagonal."""
    ops = _on(device, layout)
    m = n if m is None else m
    if n < 0 or m < 0:
        raise RuntimeError(f"n must be greater or equal to 0, got {min(n, m)}")
    return _finish(ops.eye(n, m, _dtype(dtype)), out, requires_grad)


# -- random -----------------------------------------------------------------------------------------------------------


def rand(
    *size: Any,
    generator: Any = None,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Any:
    """Uniform numbers in [0, 1)."""
    ops = _on(device, layout)
    return _finish(ops.uniform(_sizes(size), 0.0, 1.0, _dtype(dtype), generator), out, requires_grad)


def randn(
    *size: Any,
    generator: Any = None,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Any:
    """Standard normal numbers."""
    ops = _on(device, layout)
    return _finish(ops.normal(_sizes(size), 0.0, 1.0, _dtype(dtype), generator), out, requires_grad)


def randint(
    *args: Any,
    low: int = 0,
    high: int | None = None,
    size: Any = None,
    generator: Any = None,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Any:
    """randint(high, size) or randint(low, high, size): integers in [low, high)."""
    ops = _on(device, layout)
    given = list(args)
    if given and not isinstance(given[-1], int):
        size = given.pop()
    if len(given) == 2:
        low, high = given
    elif len(given) == 1:
        high = given[0] if high is None else high
    if high is None or size is None:
        raise TypeError("randint() needs high and size")
    if low >= high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    return _finish(
        ops.random_integers(tuple(size), low, high, _core.int64 if dtype is None else dtype, generator),
        out,
        requires_grad,
    )


def rand_like(input: Any, *, dtype: Any = None, generator: Any = None, **options: Any) -> Any:
    """Uniform numbers in [0, 1), of the shape and dtype of `input`."""
    return _like(lambda ops, size, dtype: ops.uniform(size, 0.0, 1.0, dtype, generator))(input, dtype=dtype, **options)


def randn_like(input: Any, *, dtype: Any = None, generator: Any = None, **options: Any) -> Any:
    """Standard normal numbers, of the shape and dtype of `input`."""
    return _like(lambda ops, size, dtype: ops.normal(size, 0.0, 1.0, dtype, generator))(input, dtype=dtype, **options)


def randint_like(
    input: Any, *args: int, low: int = 0, high: int | None = None, dtype: Any = None, **options: Any
) -> Any:
    """Integers in [low, high), of the shape and dtype of `input`."""
    bounds = args if args else (low, high) if high is not None else (low,)
    low, high = bounds if len(bounds) == 2 else (0, bounds[0])
    make = _like(lambda ops, size, dtype: ops.random_integers(size, low, high, dtype, None))
    return make(input, dtype=dtype, **options)


def randperm(
    n: int,
    *,
    generator: Any = None,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Any:
    """A random permutation of range(n)."""
    ops = _on(device, layout)
    keys = ops.random_integers((n,), -(2**62), 2**62, _core.int64, generator)
    order = keys.argsort()
    return _finish(order if dtype is None else order.to(dtype), out, requires_grad)


def normal(
    mean: Any = 0.0,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Any = None,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Any:
    """Normal numbers; mean and std may be tensors (broadcast), or numbers together with a size."""
    ops = _on(device, layout)
    tensors = [x for x in (mean, std) if isinstance(x, _core.Tensor)]
    if not tensors:
        return _finish(ops.normal(tuple(size), float(mean), float(std), _dtype(dtype), generator), out, requires_grad)
    shape = (mean + std).shape
    noise = _on(tensors[0].device).normal(shape, 0.0, 1.0, tensors[0].dtype, generator)
    return _finish(noise * std + mean, out, False)


def bernoulli(input: Any, p: float | None = None, *, generator: Any = None, out: Any = None) -> Any:
    """1 with the probability given by the elements of `input` (or by p), else 0."""
    if p is not None:
        input = full_like(input, p)
    return _finish(internal.bernoulli_of(input, generator), out, False)


def manual_seed(seed: int) -> Any:
    """Seed the default generator; returns it."""
    return _core.default_generator.manual_seed(seed)


def seed() -> int:
    """Seed the default generator from the system; returns the seed."""
    return _core.default_generator.seed()


def initial_seed() -> int:
    """The seed of the default generator."""
    return _core.default_generator.initial_seed()


def get_rng_state() -> Any:
    """The state of the default generator, a uint8 tensor."""
    return _core.default_generator.get_state()


def set_rng_state(state: Any) -> None:
    """Set the state of the default generator."""
    _core.default_generator.set_state(state)
