"""`TorchDispatchMode`: a context that sees every op below autograd, as PyTorch's overload."""

from __future__ import annotations

from typing import Any

from taeda import _core
from taeda.overrides import Mode

__all__ = [
    "BaseTorchDispatchMode", "TorchDispatchMode", "is_in_torch_dispatch_mode", "is_traceable_wrapper_subclass",
    "is_traceable_wrapper_subclass_type", "return_and_correct_aliasing", "transform_subclass",
]  # fmt: skip


def _entered(mode: Any, outer: Any) -> Any:
    from taeda.library.dispatching import Entered  # not at the start: modules import this one

    return Entered(mode, outer)


class TorchDispatchMode(Mode):
    """A context in which `__torch_dispatch__(func, types, args, kwargs)` of this object is called for every op, its
    backward included. `func` is an overload, as `torch.ops.aten.mm.default`; calling it does what the op does, seen by
    the mode outside this one.

    What PyTorch composes of others comes as those (`linear` as `t` and `addmm`); a backward that is no product comes as
    `aten.NAME_backward` with the gradients and what the op saved. Indexing by `x[..]` and copies between dtypes that
    the core makes itself are not seen.

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
    _for_core = staticmethod(_entered)


class BaseTorchDispatchMode(TorchDispatchMode):
    """The mode that changes nothing."""

    def __torch_dispatch__(self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None) -> Any:
        return func(*args, **(kwargs or {}))


def is_in_torch_dispatch_mode(include_infra_modes: bool = True) -> bool:
    """Whether a mode is entered."""
    before = _core.set_dispatch_mode(None)
    _core.set_dispatch_mode(before)
    return before is not None


def is_traceable_wrapper_subclass_type(t: type) -> bool:
    """Whether objects of the class consist of other tensors, as `__tensor_flatten__` and `__tensor_unflatten__` say."""
    return issubclass(t, _core.Tensor) and hasattr(t, "__tensor_flatten__") and hasattr(t, "__tensor_unflatten__")


def is_traceable_wrapper_subclass(t: object) -> bool:
    """Whether `t` is a tensor that consists of others (`is_traceable_wrapper_subclass_type`)."""
    return is_traceable_wrapper_subclass_type(type(t))


def transform_subclass(t: Any, callback: Any, outer_size: Any = None, outer_stride: Any = None) -> Any:
    """A tensor of the class of `t` made of `callback(name, tensor)` of each that `t` consists of."""
    names, context = t.__tensor_flatten__()
    inner = {name: callback(name, getattr(t, name)) for name in names}
    size = t.size() if outer_size is None else outer_size
    found = type(t).__tensor_unflatten__(inner, context, size, t.stride() if outer_stride is None else outer_stride)
    if found.shape != size:
        raise AssertionError(f"{type(t).__name__}.__tensor_unflatten__ gave a tensor of {found.shape}, not {size}")
    return found


def return_and_correct_aliasing(func: Any, args: Any, kwargs: Any, out: Any) -> Any:
    """What `__torch_dispatch__` of a wrapper should return: of an in-place op the tensor that was written to, of one
    with out= that argument, else `out`."""
    if func._overloadname.endswith("out") and kwargs and "out" in kwargs:
        return kwargs["out"]
    name = func.overloadpacket.__name__
    return args[0] if name.endswith("_") and not name.endswith("__") else out
