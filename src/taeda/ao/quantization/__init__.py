"""What a model that may be quantised holds before it is: stubs, which hand their input on.

PyTorch's observers, quantised modules and their conversion are not there: asked for, they raise NotImplementedError.
Weights of 8 and 4 bits are made by `taeda.quantization`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from taeda import nn

__all__ = ["DeQuantStub", "QuantStub", "QuantWrapper"]


class QuantStub(nn.Module):
    """Marks where values would be quantised; hands them on."""

    def __init__(self, qconfig: Any = None) -> None:
        super().__init__()
        if qconfig:
            self.qconfig = qconfig

    def forward(self, x: Any) -> Any:
        return x


class DeQuantStub(QuantStub):
    """Marks where values would be floating again; hands them on."""


class QuantWrapper(nn.Module):
    """A module between a QuantStub and a DeQuantStub."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.quant, self.dequant, self.module = QuantStub(), DeQuantStub(), module
        self.train(module.training)

    def forward(self, X: Any) -> Any:  # noqa: N803, PyTorch's name
        return self.dequant(self.module(self.quant(X)))


_ABSENT = frozenset((
    "FakeQuantize", "HistogramObserver", "MinMaxObserver", "QConfig", "QConfigMapping", "convert", "default_observer",
    "default_per_channel_weight_observer", "default_weight_observer", "fuse_modules", "fuse_modules_qat",
    "get_default_qat_qconfig", "get_default_qconfig", "prepare", "prepare_qat", "quantize", "quantize_dynamic",
))  # fmt: skip


def _absent(name: str) -> Callable[..., Any]:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"ao.quantization.{name}: quantisation by observers is not there; "
                                  "taeda.quantization.quantize_ gives a model weights of 8 or 4 bits")

    refuse.__name__ = name
    return refuse


def __getattr__(name: str) -> Any:
    if name in _ABSENT:
        return _absent(name)
    raise AttributeError(f"module 'taeda.ao.quantization' has no attribute {name!r}")
