"""`Variable`, PyTorch's old name of a tensor that requires gradients."""

from typing import Any

import taeda

__all__ = ["Variable"]


class _VariableMeta(type):
    def __instancecheck__(cls, other: Any) -> bool:
        return isinstance(other, taeda.Tensor)


class Variable(metaclass=_VariableMeta):
    """Calling it gives a tensor with the same data: `Variable(x)` is `x` detached."""

    def __new__(cls, data: Any = None, requires_grad: bool = False) -> Any:
        if data is None:
            data = taeda.empty(0)
        if not isinstance(data, taeda.Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}")
        return data.detach().requires_grad_(requires_grad)
