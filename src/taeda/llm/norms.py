"""Normalisation layers, by what a configuration says."""

from __future__ import annotations

import taeda
import taeda.nn.functional as F
from taeda import nn
from taeda.llm.config import DecoderConfig


class OffsetRMSNorm(nn.Module):
    """RMS norm whose weight is stored without the `offset` that is added to it (Gemma)."""

    def __init__(self, size: int, epsilon: float, offset: float) -> None:
        super().__init__()
        self.epsilon, self.offset = epsilon, offset
        self.weight = nn.Parameter(taeda.zeros(size))

    def forward(self, x: taeda.Tensor) -> taeda.Tensor:
        # The arithmetic is in float32 until the end, unlike Llama's, which rounds before the weight.
        weight = self.weight.to(taeda.float32) + self.offset
        return F.rms_norm(x.to(taeda.float32), weight.shape, weight, self.epsilon).to(x.dtype)


def make_norm(config: DecoderConfig, size: int) -> nn.Module:
    """The norm over `size` features that a decoder uses."""
    if config.norm == "layer":
        return nn.LayerNorm(size, config.norm_epsilon)
    if config.norm_offset:
        return OffsetRMSNorm(size, config.norm_epsilon, config.norm_offset)
    return nn.RMSNorm(size, config.norm_epsilon)
