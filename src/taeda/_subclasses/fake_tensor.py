"""PyTorch's tensors without values. Here those are tensors on the device "meta", which are no class of their own."""

from __future__ import annotations

from typing import Any

import taeda

__all__ = ["FakeTensor", "is_fake"]


class FakeTensor(taeda.Tensor):
    """The class of PyTorch's tensors without values: nothing is of it."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("FakeTensor: make the tensor on device='meta'")


def is_fake(x: Any) -> bool:
    """Whether `x` is a FakeTensor."""
    return isinstance(x, FakeTensor)
