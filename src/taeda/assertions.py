"""Checks that programs make of their own values: `torch._assert`, `torch._check` and its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from taeda.overrides import handle_torch_function, has_torch_function

__all__ = [
    "_assert", "_assert_async", "_check", "_check_index", "_check_not_implemented", "_check_tensor_all",
    "_check_tensor_all_with", "_check_type", "_check_value", "_check_with",
]  # fmt: skip


def check_type(where: str, name: str, value: Any, expected: type | tuple[type, ...]) -> None:
    """Raise TypeError unless the argument `name` of `where` is an `expected`."""
    if not isinstance(value, expected):
        kinds = expected if isinstance(expected, tuple) else (expected,)
        words = " or ".join(kind.__name__ for kind in kinds)
        raise TypeError(f"{where}(): argument '{name}' must be {words}, not {type(value).__name__}")


def _assert(condition: Any, message: str) -> None:
    """`assert` as a function, which tracing can record."""
    if has_torch_function((condition,)):
        handle_torch_function(_assert, (condition,), condition, message)
        return
    assert condition, message


def _assert_async(tensor: Any, message: str = "Expected Tensor with single nonzero value, but got zero") -> None:
    """RuntimeError unless the one element of `tensor` is not zero; at once, since the processor is never waited for."""
    import taeda

    if has_torch_function((tensor,)):
        handle_torch_function(_assert_async, (tensor,), tensor, message)
        return
    if not isinstance(tensor, taeda.Tensor):
        kind = type(tensor).__name__
        raise TypeError(f"_assert_async(): argument 'input' (position 1) must be Tensor, not {kind}")
    if not tensor.is_meta and not bool(tensor):
        raise RuntimeError(message)


def _check_with(error_type: type[Exception], cond: Any, message: Callable[[], str] | None) -> None:
    """Raise `error_type` with the text of `message()` unless `cond` is True."""
    import taeda

    if not isinstance(cond, bool | taeda.Tensor):
        raise TypeError(f"cond must be a bool, but got {type(cond)}")
    if bool(cond):
        return
    if message is None:
        text = "Expected cond to be True, but got False. (Could this error message be improved? If so, please report " \
               "an enhancement request to PyTorch.)"
    elif not callable(message):
        raise TypeError("message must be a callable")
    else:
        text = str(message())
    raise error_type(text)


def _check(cond: Any, message: Callable[[], str] | None = None) -> None:
    """RuntimeError unless `cond`."""
    _check_with(RuntimeError, cond, message)


def _check_index(cond: Any, message: Callable[[], str] | None = None) -> None:
    """IndexError unless `cond`."""
    _check_with(IndexError, cond, message)


def _check_value(cond: Any, message: Callable[[], str] | None = None) -> None:
    """ValueError unless `cond`."""
    _check_with(ValueError, cond, message)


def _check_type(cond: Any, message: Callable[[], str] | None = None) -> None:
    """TypeError unless `cond`."""
    _check_with(TypeError, cond, message)


def _check_not_implemented(cond: Any, message: Callable[[], str] | None = None) -> None:
    """NotImplementedError unless `cond`."""
    _check_with(NotImplementedError, cond, message)


def _check_tensor_all_with(error_type: type[Exception], cond: Any, message: Callable[[], str] | None = None) -> None:
    """Raise `error_type` with the text of `message()` unless all elements of the bool tensor `cond` are True."""
    import taeda

    if not isinstance(cond, taeda.Tensor):
        raise TypeError(f"cond must be a tensor, but got {type(cond)}")
    if cond.dtype != taeda.bool:
        raise TypeError(f"cond tensor must have dtype torch.bool, but got {cond.dtype}")
    _check_with(error_type, bool(cond.all()), message)


def _check_tensor_all(cond: Any, message: Callable[[], str] | None = None) -> None:
    """RuntimeError unless all elements of the bool tensor `cond` are True."""
    _check_tensor_all_with(RuntimeError, cond, message)
