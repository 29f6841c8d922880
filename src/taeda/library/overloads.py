"""PyTorch's names of ops below autograd: `taeda.ops.aten.mm.default`, which modes and tables of packages go by.

A packet (`aten.add`) is a name, an overload (`aten.add.Tensor`) one of its signatures; both are called like the op.
Which overload a call is follows from its arguments (`overload_name`). Names that only PyTorch has, as `convolution` for
all convolutions, stand in `COMPOSED`.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import taeda
from taeda import _core
from taeda._binding import internal

__all__ = ["OpOverload", "OpOverloadPacket", "aten_overload", "backward_packet", "packet", "running"]

_packets: dict[tuple[str, str], OpOverloadPacket] = {}
_running = threading.local()  # what this thread's calls of backwards compute, by the name of the packet


class OpOverloadPacket:
    """An op by its name, as `taeda.ops.aten.add`.

    >>> taeda.ops.aten.add
    <OpOverloadPacket(op='aten.add')>
    >>> taeda.ops.aten.add.Tensor(taeda.ones(2), 1)
    tensor([2., 2.])
    """

    def __init__(self, namespace: str, name: str, function: Callable[..., Any]) -> None:
        self._namespace, self._function = namespace, function
        self.__name__ = name
        self._qualified_op_name = f"{namespace}::{name}"
        self._overloads: dict[str, OpOverload] = {}

    def __getattr__(self, name: str) -> OpOverload:
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in self._overloads:
            self._overloads[name] = OpOverload(self, name)
        return self._overloads[name]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return vars(_running).get(self.__name__, self._function)(*args, **kwargs)

    def overloads(self) -> list[str]:
        """The names of the overloads that were asked for so far."""
        return list(self._overloads)

    def __str__(self) -> str:
        return f"{self._namespace}.{self.__name__}"

    def __repr__(self) -> str:
        return f"<OpOverloadPacket(op='{self}')>"


class OpOverload:
    """One signature of an op, as `taeda.ops.aten.add.Tensor`; called like the op."""

    def __init__(self, of: OpOverloadPacket, overload: str) -> None:
        self._overloadpacket, self._overloadname = of, overload
        self.__name__ = f"{of.__name__}.{overload}"
        self.__module__ = f"torch.ops.{of._namespace}"
        self.namespace = of._namespace

    @property
    def overloadpacket(self) -> OpOverloadPacket:
        """The op that this is a signature of."""
        return self._overloadpacket

    def name(self) -> str:
        """ "aten::add.Tensor", or "aten::mm" of a default. """
        plain = self._overloadpacket._qualified_op_name
        return plain if self._overloadname == "default" else f"{plain}.{self._overloadname}"

    def decompose(self, *args: Any, **kwargs: Any) -> Any:
        """NotImplemented: what consists of other ops was taken apart before it came here."""
        return NotImplemented

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._overloadpacket(*args, **kwargs)

    def __str__(self) -> str:
        return f"{self._overloadpacket}.{self._overloadname}"

    def __repr__(self) -> str:
        return f"<OpOverload(op='{self._overloadpacket}', overload='{self._overloadname}')>"

    def __reduce__(self) -> Any:
        return _find, (self.namespace, self._overloadpacket.__name__, self._overloadname)


def _find(namespace: str, name: str, overload: str) -> OpOverload:
    return getattr(packet(namespace, name), overload)


# -- what only PyTorch has a name for -------------------------------------------------------------------------------


def _convolution(
    input: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, transposed: bool, output_padding: Any,
    groups: int,
) -> Any:
    functional, n = taeda.nn.functional, weight.dim() - 2
    if not 1 <= n <= 3:
        raise RuntimeError("weight should have at least three dimensions" if n < 1 else
                           f"convolutions have up to three spatial dimensions, got a weight of shape {weight.shape}")
    if transposed:
        return getattr(functional, f"conv_transpose{n}d")(
            input, weight, bias, tuple(stride), tuple(padding), tuple(output_padding), groups, tuple(dilation)
        )
    return getattr(functional, f"conv{n}d")(input, weight, bias, tuple(stride), tuple(padding), tuple(dilation), groups)


_torch: Any = taeda

COMPOSED: dict[str, Callable[..., Any]] = {
    "_log_softmax": lambda x, dim, half_to_float=False: _torch.log_softmax(x, dim),
    "_softmax": lambda x, dim, half_to_float=False: _torch.softmax(x, dim),
    "_scaled_dot_product_flash_attention_for_cpu": lambda *a, **k: _torch.nn.functional.scaled_dot_product_attention(
        *a, **k
    ),
    "_local_scalar_dense": lambda x: x.item(),
    "_assert_async": lambda x, message="": _torch._assert_async(x, *((message,) if message else ())),
    "_conj": lambda x: x.conj(),
    "_is_all_true": lambda x: x.all(),
    "_pin_memory": lambda x, device=None: x.pin_memory(),
    "_sparse_addmm": lambda x, a, b, *, beta=1, alpha=1: _torch.sparse.addmm(x, a, b, beta=beta, alpha=alpha),
    "_sparse_mm_reduce_impl": lambda a, b, reduce: _torch.sparse.mm(a, b, reduce),
    "sym_size": lambda x, dim=None: x.size() if dim is None else x.size(dim),
    "view_as_real_copy": lambda x: _torch.view_as_real(x).clone(),
    "_convolution": lambda *arguments: _convolution(*arguments[:9]),
    "alias": lambda x: x.view_as(x),
    "_to_copy": lambda x, **options: x.to(copy=True, **options),
    "_unsafe_view": lambda x, size: x.view(size),
    "convolution": _convolution,
    "index": lambda x, indices: x[tuple(slice(None) if i is None else i for i in indices)],
    "slice": lambda x, dim=0, start=None, end=None, step=1: internal.slice_along(
        x, dim, 0 if start is None else start, sys.maxsize if end is None else end, step),
}


def _function(name: str) -> Callable[..., Any] | None:
    for home in (COMPOSED, vars(taeda), vars(taeda.nn.functional), vars(taeda.special), vars(taeda.linalg)):
        if name in home:
            return home[name]
    if name.startswith("_foreach_"):
        return getattr(taeda, name, None)
    return getattr(_core.Tensor, name, None) or getattr(internal, name, None)


def packet(namespace: str, name: str, function: Callable[..., Any] | None = None) -> OpOverloadPacket:
    """The op of this name; AttributeError if there is none."""
    key = (namespace, name)
    if key not in _packets:
        function = function or _function(name)
        if function is None:
            raise AttributeError(f"'_OpNamespace' '{namespace}' object has no attribute '{name}'")
        _packets[key] = OpOverloadPacket(namespace, name, function)
    return _packets[key]


def backward_packet(name: str) -> OpOverloadPacket:
    """The packet of an op's backward, which computes while a mode is handed that backward (`running`)."""

    def compute(*args: Any) -> Any:
        raise NotImplementedError(f"aten::{name}: it can only be computed while a mode is handed this backward")

    return packet("aten", name, compute)


@contextmanager
def running(func: OpOverloadPacket, compute: Callable[..., Any]) -> Iterator[None]:
    """In this context calls of `func` in this thread compute `compute`, which is forgotten at its end."""
    known = vars(_running)
    before = known.get(func.__name__)
    known[func.__name__] = compute
    try:
        yield
    finally:
        if before is None:
            del known[func.__name__]
        else:
            known[func.__name__] = before


# -- which overload a call is ----------------------------------------------------------------------------------------

_COMPARISONS = frozenset(("eq", "ne", "lt", "le", "gt", "ge", "bitwise_and", "bitwise_or", "bitwise_xor", "remainder",
                          "fmod", "lerp"))
_BY_NUMBER = {"transpose": "int", "select": "int", "slice": "Tensor", "where": "self", "index": "Tensor",
              "split": "Tensor", "embedding": "default", "add": "Tensor", "sub": "Tensor", "mul": "Tensor",
              "div": "Tensor", "rsub": "Scalar", "masked_fill": "Scalar", "fill": "Scalar"}
_REDUCTIONS = {"sum": "dim_IntList", "mean": "dim", "max": "dim", "min": "dim", "any": "dim", "all": "dim",
               "prod": "dim_int", "std": "correction", "var": "correction", "norm": "ScalarOpt_dim"}


def overload_name(name: str, args: Sequence[Any]) -> str:
    """The overload of the op `name` that a call with these positional arguments is."""
    plain = name.removesuffix("_")
    second = args[1] if len(args) > 1 else None
    if plain in _COMPARISONS:
        return "Tensor" if isinstance(second, taeda.Tensor) else "Scalar"
    if plain == "pow":
        if not isinstance(args[0], taeda.Tensor):
            return "Scalar"
        return "Tensor_Tensor" if isinstance(second, taeda.Tensor) else "Tensor_Scalar"
    if plain in _REDUCTIONS:
        return "default" if second is None else _REDUCTIONS[plain]
    return _BY_NUMBER.get(plain, "default")


def aten_overload(name: str, args: Sequence[Any], function: Callable[..., Any] | None = None) -> OpOverload:
    """The overload that a call of the op `name` with these arguments is."""
    return getattr(packet("aten", name, function), overload_name(name, args))
