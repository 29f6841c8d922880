"""The tensor types of PyTorch's first years: `FloatTensor(2, 3)`, `isinstance(x, LongTensor)`.

A type is a dtype: its instances are the tensors of that dtype, and calling it makes one as `Tensor(...)` does.
"""

from __future__ import annotations

import operator
from typing import Any

from taeda import _core

__all__ = [
    "BFloat16Tensor", "BoolTensor", "ByteTensor", "CharTensor", "DoubleTensor", "FloatTensor", "HalfTensor",
    "IntTensor", "LongTensor", "ShortTensor",
]  # fmt: skip


class _TensorType(type):
    """What `isinstance` asks, and what a call does."""

    dtype: Any

    def __instancecheck__(cls, value: Any) -> bool:
        return (
            isinstance(value, _core.Tensor) and value.dtype == cls.dtype and value.device.type == "cpu"
            and value.layout is _core.strided
        )

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        import taeda

        if len(args) == 1 and isinstance(args[0], _core.Tensor) and args[0].dtype != cls.dtype:
            raise TypeError(
                f"expected a tensor of {cls.dtype} to make a {cls.__module__}.{cls.__name__} of, but got one of "
                f"{args[0].dtype}; write x.to({cls.dtype})"
            )
        if len(args) == 1 and not isinstance(args[0], (_core.Tensor, _core.Size)):
            data = args[0]
            is_sequence = hasattr(data, "__len__") and hasattr(data, "__getitem__") and not isinstance(data, dict)
            if is_sequence and not hasattr(data, "data_ptr"):  # a storage has that
                return taeda.tensor(list(data) if isinstance(data, range) else data, dtype=cls.dtype, **kwargs)
            if not is_sequence:
                if not hasattr(data, "__index__"):
                    raise TypeError(f"new(): data must be a sequence (got {type(data).__name__})")
                args = (operator.index(data),)
        made = _core.Tensor(*args, **kwargs)
        # Made from sizes: of another dtype it is as uninitialised as this one.
        return made if made.dtype == cls.dtype else taeda.empty(made.shape, dtype=cls.dtype)

    def __repr__(cls) -> str:
        return f"<class '{cls.__module__}.{cls.__name__}'>"


class _SparseType(_TensorType):
    """The same for COO tensors: `sparse.FloatTensor(indices, values, size)`."""

    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, _core.Tensor) and value.dtype == cls.dtype and value.layout is _core.sparse_coo

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        import taeda

        if args and isinstance(args[0], _core.Tensor):
            return taeda.sparse_coo_tensor(*args, **kwargs)  # of the values' dtype, as in PyTorch
        size = args[0] if len(args) == 1 and isinstance(args[0], (tuple, list)) else args or (0,)
        return taeda.sparse_coo_tensor(size=size, dtype=cls.dtype, **kwargs)


def _make(name: str, dtype: Any) -> Any:
    doc = f"The tensors of {dtype}; called, a new one of the given sizes (uninitialised) or data."
    return _TensorType(name, (), {"dtype": dtype, "__doc__": doc, "__module__": "torch"})


def sparse_type(name: str) -> Any:
    """The type of COO tensors that `taeda.sparse` calls `name`."""
    dtype = globals()[name].dtype
    doc = f"The COO tensors of {dtype}; called, one of indices, values and a size, or of sizes and without entries."
    return _SparseType(name, (), {"dtype": dtype, "__doc__": doc, "__module__": "torch.sparse"})


FloatTensor = _make("FloatTensor", _core.float32)
DoubleTensor = _make("DoubleTensor", _core.float64)
HalfTensor = _make("HalfTensor", _core.float16)
BFloat16Tensor = _make("BFloat16Tensor", _core.bfloat16)
ByteTensor = _make("ByteTensor", _core.uint8)
CharTensor = _make("CharTensor", _core.int8)
ShortTensor = _make("ShortTensor", _core.int16)
IntTensor = _make("IntTensor", _core.int32)
LongTensor = _make("LongTensor", _core.int64)
BoolTensor = _make("BoolTensor", _core.bool)
