"""Methods of tensors that are conversions or compositions: to(), float(), new_zeros(), repeat(), ..."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import taeda
from taeda import _core
from taeda._binding import internal
from taeda.functions import creation
from taeda.ir.dtype import TENSORS, info


def _convert(x: Any, dtype: Any, copy: bool) -> Any:
    if dtype is None or dtype == x.dtype:
        return x.clone() if copy else x
    return internal.convert(x, dtype)


def _moved(x: Any, device: Any, dtype: Any) -> Any:
    """A copy of `x` on another device."""
    if x.is_meta:
        raise NotImplementedError("Cannot copy out of meta tensor; no data!")
    copied = _core.call_on(device, taeda.clone, x)
    return _convert(copied, dtype, False)


def to(
    self: Any,
    *args: Any,
    device: Any = None,
    dtype: Any = None,
    other: Any = None,
    non_blocking: bool = False,
    copy: bool = False,
    memory_format: Any = None,
) -> Any:
    """This tensor with another dtype and device: to(dtype), to(device), to(device, dtype), to(other)."""
    positional = list(args)
    if positional and isinstance(positional[0], _core.Tensor):
        other = positional.pop(0)
    if other is not None:
        dtype = other.dtype if dtype is None else dtype
        device = other.device if device is None else device
    for a in positional:
        if isinstance(a, _core.dtype):
            dtype = a
        elif isinstance(a, bool):
            copy = copy or (a and a is positional[-1] and len(positional) > 2)
        elif a is not None:
            device = a
    if device is not None:
        device = device if isinstance(device, _core.device) else _core.device(device)
        if device.type != self.device.type:
            return _moved(self, device, dtype)
    return _convert(self, dtype, copy)


def type(self: Any, dtype: Any = None, non_blocking: bool = False) -> Any:
    """The type as a string ('torch.FloatTensor'), or this tensor converted to `dtype`."""
    if dtype is None:
        return "torch." + info(self.dtype._name).word + "Tensor"
    if isinstance(dtype, str):
        names = {info(name).word + "Tensor": name for name in TENSORS}
        dtype = getattr(_core, names[dtype.rpartition(".")[2]])
    return _convert(self, dtype, False)


def _conversion(name: str) -> Callable[..., Any]:
    def convert(self: Any, memory_format: Any = None) -> Any:
        return _convert(self, getattr(_core, name), False)

    convert.__doc__ = f"This tensor as {name}."
    return convert


def type_as(self: Any, other: Any) -> Any:
    """This tensor with the dtype of `other`."""
    return _convert(self, other.dtype, False)


def cpu(self: Any, memory_format: Any = None) -> Any:
    """This tensor in the memory of the CPU."""
    return to(self, device="cpu")


def cuda(self: Any, device: Any = None, non_blocking: bool = False, memory_format: Any = None) -> Any:
    """Not there yet."""
    raise NotImplementedError("device 'cuda' is not there yet; this build of Taeda computes on the CPU")


def expand_as(self: Any, other: Any) -> Any:
    """This tensor expanded to the shape of `other`."""
    return self.expand(other.shape)


def view_as(self: Any, other: Any) -> Any:
    """This tensor viewed with the shape of `other`."""
    return self.view(other.shape)


def reshape_as(self: Any, other: Any) -> Any:
    """This tensor reshaped to the shape of `other`."""
    return self.reshape(other.shape)


def sum_to_size(self: Any, *size: Any) -> Any:
    """This tensor summed to a shape it could be broadcast from."""
    shape = tuple(size[0]) if len(size) == 1 and not isinstance(size[0], int) else size
    if len(shape) > self.dim() or any(
        n not in (1, m) for n, m in zip(reversed(shape), reversed(self.shape), strict=False)
    ):
        raise RuntimeError(f"size {{{list(shape)}}} is not expandable to size {{{list(self.shape)}}}.")
    lead = self.dim() - len(shape)
    dims = [*range(lead), *(lead + k for k, n in enumerate(shape) if n == 1 and self.shape[lead + k] != 1)]
    return self.sum(dims, keepdim=True).reshape(shape) if dims else self


def _new(name: str) -> Callable[..., Any]:
    def make(
        self: Any,
        *size: Any,
        dtype: Any = None,
        device: Any = None,
        requires_grad: bool = False,
        layout: Any = None,
        pin_memory: bool = False,
    ) -> Any:
        return getattr(taeda, name)(
            *size,
            dtype=self.dtype if dtype is None else dtype,
            device=self.device if device is None else device,
            requires_grad=requires_grad,
            layout=layout,
        )

    make.__doc__ = f"taeda.{name} with this tensor's dtype."
    return make


def new_full(
    self: Any,
    size: Any,
    fill_value: Any,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    layout: Any = None,
    pin_memory: bool = False,
) -> Any:
    """taeda.full with this tensor's dtype and device."""
    return taeda.full(
        size,
        fill_value,
        dtype=self.dtype if dtype is None else dtype,
        device=self.device if device is None else device,
        requires_grad=requires_grad,
        layout=layout,
    )


def new_tensor(
    self: Any,
    data: Any,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    layout: Any = None,
    pin_memory: bool = False,
) -> Any:
    """taeda.tensor with this tensor's dtype."""
    if isinstance(data, _core.Tensor):
        data = data.detach().clone()
        made = data.to(self.dtype if dtype is None else dtype)
        return made.requires_grad_() if requires_grad else made
    return taeda.tensor(data, dtype=self.dtype if dtype is None else dtype, requires_grad=requires_grad)


def new_empty_strided(self: Any, size: Any, stride: Any, dtype: Any = None, **options: Any) -> Any:
    """taeda.empty_strided with this tensor's dtype."""
    return taeda.empty_strided(size, stride, dtype=self.dtype if dtype is None else dtype, **options)


def contains(self: Any, element: Any) -> bool:
    """Whether an element equals `element`."""
    if isinstance(element, (_core.Tensor, int, float, complex)):
        return bool((self == element).any().item())
    raise RuntimeError(f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {element.__class__}.")


# -- random, in place --------------------------------------------------------------------------------------------------


def _fill_random(make: Callable[..., Any]) -> Callable[..., Any]:
    def fill(self: Any, *args: Any, generator: Any = None, **kwargs: Any) -> Any:
        return self.copy_(make(self, *args, generator=generator, **kwargs))

    return fill


def _uniform(x: Any, a: float = 0.0, b: float = 1.0, *, generator: Any, **bounds: float) -> Any:
    low, high = bounds.get("from", a), bounds.get("to", b)
    if low > high:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={low} > to={high}")
    return internal.uniform(x.shape, float(low), float(high), x.dtype, generator)


def _normal(x: Any, mean: float = 0.0, std: float = 1.0, *, generator: Any) -> Any:
    if std < 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std}")
    return internal.normal(x.shape, float(mean), float(std), x.dtype, generator)


def _exponential(x: Any, lambd: float = 1.0, *, generator: Any) -> Any:
    if lambd <= 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd}")
    return internal.exponential(x.shape, float(lambd), x.dtype, generator)


def _bernoulli(x: Any, p: Any = 0.5, *, generator: Any) -> Any:
    if not isinstance(p, _core.Tensor):
        p = taeda.full(x.shape, float(p))
    return internal.bernoulli_of(p.expand(x.shape), generator)


def _random(x: Any, low: int = 0, high: int | None = None, *, generator: Any, **bounds: int) -> Any:
    low, high = bounds.get("from", low), bounds.get("to", high)
    if "to" not in bounds and high is None and low != 0:
        low, high = 0, low
    if high is None:
        kind = info(x.dtype._name)  # all integers up to there, PyTorch's bound
        high = 2 if kind.kind == "bool" else 2 ** (kind.mantissa + 1) if kind.is_floating else kind.highest
    return internal.random_integers(x.shape, low, high, x.dtype, generator)


def _trunc_normal(
    x: Any, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, *, generator: Any
) -> Any:
    from taeda.nn.init import trunc_normal_

    return trunc_normal_(x, mean, std, a, b, generator)


METHODS: dict[str, Callable[..., Any]] = {
    "to": to,
    "type": type,
    "type_as": type_as,
    "cpu": cpu,
    "cuda": cuda,
    "expand_as": expand_as,
    "view_as": view_as,
    "reshape_as": reshape_as,
    "sum_to_size": sum_to_size,
    "new_full": new_full,
    "new_tensor": new_tensor,
    "new_empty_strided": new_empty_strided,
    "__contains__": contains,
    **{method: _conversion(name) for name in TENSORS if (method := info(name).method)},
    **{f"new_{name}": _new(name) for name in ("zeros", "ones", "empty")},
    "uniform_": _fill_random(_uniform),
    "normal_": _fill_random(_normal),
    "exponential_": _fill_random(_exponential),
    "bernoulli_": _fill_random(_bernoulli),
    "random_": _fill_random(_random),
    "bernoulli": lambda self, p=None, generator=None: creation.bernoulli(self, p, generator=generator),
}
