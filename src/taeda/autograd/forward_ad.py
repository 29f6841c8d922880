"""Forward mode for code that is not a function: dual tensors, which carry a tangent through the ops they meet.

>>> import taeda
>>> import taeda.autograd.forward_ad as fwAD
>>> with fwAD.dual_level():
...     x = fwAD.make_dual(taeda.tensor([0.0, 1.0]), taeda.tensor([1.0, 2.0]))
...     fwAD.unpack_dual(x * x).tangent
tensor([0., 4.])
"""

from __future__ import annotations

from types import TracebackType
from typing import Any, NamedTuple

__all__ = ["UnpackedDualTensor", "dual_level", "enter_dual_level", "exit_dual_level", "make_dual", "unpack_dual"]

_layers: list[Any] = []  # contexts of func.levels.layer; one at most


class UnpackedDualTensor(NamedTuple):
    """What unpack_dual gives: a tensor and its tangent, or None."""

    primal: Any
    tangent: Any


def enter_dual_level() -> int:
    """Begin a level of forward mode; gives its number."""
    from taeda.func.levels import layer

    if _layers:
        raise RuntimeError("Nested forward mode AD is not supported at the moment")
    context = layer("jvp")
    here = context.__enter__()
    _layers.append((context, here))
    return 0


def exit_dual_level(*, level: int | None = None) -> None:
    """End the level. Tensors that carry a tangent are plain ones to unpack_dual from now on."""
    if not _layers:
        raise RuntimeError("Trying to exit a forward AD level that was not the last one that was created. This is not "
                           "supported.")
    context, _ = _layers.pop()
    context.__exit__(None, None, None)


class dual_level:
    """A level of forward mode for the time of a `with` block."""

    def __enter__(self) -> int:
        return enter_dual_level()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        exit_dual_level()


def make_dual(tensor: Any, tangent: Any, *, level: int | None = None) -> Any:
    """`tensor` with a tangent: a direction of the same shape and dtype in which everything computed from it is
    differentiated."""
    from taeda.func.forward import dual

    if not _layers:
        raise RuntimeError("Trying to create a dual Tensor for forward AD but no level exists, make sure to "
                           "enter_dual_level() first.")
    for name, t in (("primal", tensor), ("tangent", tangent)):
        if not (t.is_floating_point() or t.is_complex()):
            raise ValueError(f"Expected {name} to be floating point or complex, but got: {t.dtype}")
    return dual(tensor, tangent, _layers[0][1].level)


def unpack_dual(tensor: Any, *, level: int | None = None) -> UnpackedDualTensor:
    """A tensor without its tangent, and the tangent; None where it has none."""
    from taeda.func.lifted import Dual

    if isinstance(tensor, Dual) and _layers and tensor.level == _layers[0][1].level:
        return UnpackedDualTensor(tensor.primal, tensor.tangent)
    if isinstance(tensor, Dual) and not _layers:
        return UnpackedDualTensor(tensor.primal, None)
    return UnpackedDualTensor(tensor, None)
