"""Padding as modules. `padding` is one number for all sides, or (before, after) from the last dimension on."""

from typing import Any, ClassVar

from taeda.nn import functional as F
from taeda.nn.module import Module
from taeda.nn.sizes import ntuple

__all__ = [
    "CircularPad1d", "CircularPad2d", "CircularPad3d", "ConstantPad1d", "ConstantPad2d", "ConstantPad3d",
    "ReflectionPad1d", "ReflectionPad2d", "ReflectionPad3d", "ReplicationPad1d", "ReplicationPad2d",
    "ReplicationPad3d", "ZeroPad1d", "ZeroPad2d", "ZeroPad3d",
]  # fmt: skip


class _PadNd(Module):
    dimensions: ClassVar[int]
    mode: ClassVar[str]

    def __init__(self, padding: Any) -> None:
        super().__init__()
        self.padding = ntuple(padding, 2 * self.dimensions)

    def forward(self, input: Any) -> Any:
        return F.pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _ConstantPadNd(_PadNd):
    mode = "constant"

    def __init__(self, padding: Any, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Any) -> Any:
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_ConstantPadNd):
    """Pad the last dimension with a value."""

    dimensions = 1


class ConstantPad2d(_ConstantPadNd):
    """Pad the last two dimensions with a value."""

    dimensions = 2


class ConstantPad3d(_ConstantPadNd):
    """Pad the last three dimensions with a value."""

    dimensions = 3


class _ZeroPadNd(_ConstantPadNd):
    def __init__(self, padding: Any) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class ZeroPad1d(_ZeroPadNd):
    """Pad the last dimension with zeros."""

    dimensions = 1


class ZeroPad2d(_ZeroPadNd):
    """Pad the last two dimensions with zeros."""

    dimensions = 2


class ZeroPad3d(_ZeroPadNd):
    """Pad the last three dimensions with zeros."""

    dimensions = 3


class _ReflectionPadNd(_PadNd):
    mode = "reflect"


class ReflectionPad1d(_ReflectionPadNd):
    """Pad (N, C, L) by reflection at its ends."""

    dimensions = 1


class ReflectionPad2d(_ReflectionPadNd):
    """Pad (N, C, H, W) by reflection at its edges."""

    dimensions = 2


class ReflectionPad3d(_ReflectionPadNd):
    """Pad (N, C, D, H, W) by reflection at its faces."""

    dimensions = 3


class _ReplicationPadNd(_PadNd):
    mode = "replicate"


class ReplicationPad1d(_ReplicationPadNd):
    """Pad (N, C, L) with its end values."""

    dimensions = 1


class ReplicationPad2d(_ReplicationPadNd):
    """Pad (N, C, H, W) with its edge values."""

    dimensions = 2


class ReplicationPad3d(_ReplicationPadNd):
    """Pad (N, C, D, H, W) with its face values."""

    dimensions = 3


class _CircularPadNd(_PadNd):
    mode = "circular"


class CircularPad1d(_CircularPadNd):
    """Pad (N, C, L) as if it repeated."""

    dimensions = 1


class CircularPad2d(_CircularPadNd):
    """Pad (N, C, H, W) as if it repeated."""

    dimensions = 2


class CircularPad3d(_CircularPadNd):
    """Pad (N, C, D, H, W) as if it repeated."""

    dimensions = 3
