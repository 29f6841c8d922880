"""Linear layers whose weights are codes."""

from __future__ import annotations

from collections.abc import Callable

import taeda
from taeda import nn
from taeda._binding import internal
from taeda.assertions import check_type
from taeda.quantization.codes import PANEL, Codes, Scheme, decode, encode


class QuantizedLinear(nn.Module):
    """A linear layer whose weight is stored as codes: buffers `codes`, `scales`, perhaps `offsets`; parameter `bias`.
    Where there is a buffer `order` (in_features), it says which input each column of the codes belongs to; where there
    are `factors` (in_features), inputs are multiplied by them first.

    Input (*, in_features), output (*, out_features) of the same dtype; the arithmetic is in float32. With
    `scheme.inputs` inputs are rounded to 8 bits and products are sums of whole numbers, except where a gradient is
    asked for.
    """

    def __init__(self, in_features: int, out_features: int, bias: bool, scheme: Scheme) -> None:
        super().__init__()
        check_type("QuantizedLinear", "scheme", scheme, Scheme)
        self.in_features, self.out_features, self.scheme = in_features, out_features, scheme
        self.group = min(scheme.group or in_features, in_features)
        self.step = scheme.step(in_features)
        panels, groups = -(-out_features // PANEL), -(-in_features // self.group)
        packed = scheme.bits == 4
        self.register_buffer("codes", taeda.zeros(panels, in_features, PANEL // 2 if packed else PANEL,
                                                  dtype=taeda.uint8 if packed else taeda.int8))
        factors = (panels, groups, PANEL)
        self.register_buffer("scales", taeda.zeros(factors, dtype=taeda.float16))
        self.register_buffer("offsets", None if scheme.symmetric else taeda.zeros(factors, dtype=taeda.float16))
        self.register_buffer("order", None)
        self.register_buffer("factors", None)
        self.bias = nn.Parameter(taeda.zeros(out_features), requires_grad=False) if bias else None

    @staticmethod
    def from_linear(layer: nn.Linear, scheme: Scheme) -> QuantizedLinear:
        """The layer with its weight rounded to codes."""
        with taeda.device("meta"):
            found = QuantizedLinear(layer.in_features, layer.out_features, layer.bias is not None, scheme)
        found.take(encode(layer.weight.detach(), scheme))
        found.bias = layer.bias
        return found.train(layer.training)

    def take(self, codes: Codes) -> None:
        """Use this weight."""
        self.codes, self.scales, self.offsets = codes.codes, codes.scales, codes.offsets

    def _apply(self, fn: Callable[[taeda.Tensor], taeda.Tensor], recurse: bool = True) -> QuantizedLinear:
        """Scales, offsets and factors keep their dtype where the model takes another one (`model.bfloat16()`)."""
        names = ("scales", "offsets", "factors")
        before = [getattr(self, name) for name in names]
        super()._apply(fn, recurse)
        for name, old in zip(names, before, strict=True):
            new = getattr(self, name)
            if old is not None and new.dtype != old.dtype:
                setattr(self, name, old.to(new.device))
        return self

    @property
    def weight(self) -> taeda.Tensor:
        """The weight (out_features, in_features) in float32, made anew each time."""
        found = decode(Codes(self.codes, self.scales, self.offsets, self.out_features, self.group))
        if self.order is not None:
            found = found[:, self.order.argsort()]
        return found if self.factors is None else found * self.factors

    def forward(self, input: taeda.Tensor) -> taeda.Tensor:
        buffers = self._buffers  # small products take no longer than it takes to find these as attributes
        weight = buffers["codes"], buffers["scales"], buffers["offsets"]
        if buffers["order"] is not None:
            input = input.index_select(-1, buffers["order"])
        if self.step is not None and not (input.requires_grad and taeda.is_grad_enabled()):
            return internal.rounded_linear(input, *weight, self.bias, self.out_features, self.step, self.group,
                                           buffers["factors"])
        return internal.coded_linear(input, *weight, self.bias, self.out_features, self.group, buffers["factors"])

    def extra_repr(self) -> str:
        return (f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}, "
                f"{self.scheme}")


def quantize_(model: nn.Module, scheme: Scheme,
              which: Callable[[str, nn.Linear], bool] = lambda name, layer: True) -> list[str]:
    """Replace the linear layers of a model by ones whose weights are stored by `scheme`; gives their names.

    `which(name, layer)` says whether a layer is replaced. Weights are rounded to the nearest. Raises `ValueError` for
    weights that are not finite, `TypeError` for a model that is a linear layer itself.
    """
    check_type("quantize_", "model", model, nn.Module)
    if isinstance(model, nn.Linear):
        raise TypeError("the model is a linear layer: use QuantizedLinear.from_linear, which gives another one")
    found = [(name, layer) for name, layer in model.named_modules()
             if type(layer) is nn.Linear and layer.weight.numel() and which(name, layer)]
    for name, layer in found:
        model.set_submodule(name, QuantizedLinear.from_linear(layer, scheme))
    return [name for name, _ in found]
