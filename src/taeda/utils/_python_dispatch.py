"""`TorchDispatchMode`: a context that sees every op below autograd, as PyTorch's overload."""

from __future__ import annotations

from typing import Any

from taeda import _core
from taeda.library.dispatching import Entered
from taeda.overrides import Mode

__all__ = ["BaseTorchDispatchMode", "TorchDispatchMode", "is_in_torch_dispatch_mode"]


class TorchDispatchMode(Mode):
    """A context in which `__torch_dispatch__(func, types, args, kwargs)` of this object is called for every op, its
    backward included. `func` is an overload, as `torch.ops.aten.mm.default`; calling it does what the op does, seen by
    the mode outside this one.

    What PyTorch composes of others comes as those (`linear` as `t` and `addmm`); a backward that is no product comes as
    `aten.NAME_backward` with the gradients and what the op saved. Indexing by `x[..]` and copies between dtypes that
    the core makes itself are not seen. Tensor subclasses with `__torch_dispatch__` are not there.

    Example::

        >>> import taeda
        >>> class Names(TorchDispatchMode):
        ...     def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        ...         print(func)
        ...         return func(*args, **(kwargs or {}))
        >>> x, weight = taeda.ones(2, 3), taeda.ones(4, 3)
        >>> with Names():
        ...     _ = taeda.nn.functional.linear(x, weight) + 1
        aten.t.default
        aten.mm.default
        aten.add.Tensor
    """

    def __init__(self, _dispatch_key: Any = None) -> None:
        if _dispatch_key is not None:
            raise NotImplementedError("TorchDispatchMode: modes of a dispatch key are not there")

    def __torch_dispatch__(self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None) -> Any:
        raise NotImplementedError

    _set_innermost = staticmethod(_core.set_dispatch_mode)
    _for_core = Entered


class BaseTorchDispatchMode(TorchDispatchMode):
    """The mode that changes nothing."""

    def __torch_dispatch__(self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None) -> Any:
        return func(*args, **(kwargs or {}))


def is_in_torch_dispatch_mode(include_infra_modes: bool = True) -> bool:
    """Whether a mode is entered."""
    before = _core.set_dispatch_mode(None)
    _core.set_dispatch_mode(before)
    return before is not None
