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


class HeadsLayerNorm(nn.Module):
    """Layer norm of each head by itself, with weights (heads, head size) and without biases (Cohere)."""

    def __init__(self, heads: int, size: int, epsilon: float) -> None:
        super().__init__()
        self.epsilon = epsilon
        self.weight = nn.Parameter(taeda.ones(heads, size))

    def forward(self, x: taeda.Tensor) -> taeda.Tensor:
        return F.layer_norm(x, x.shape[-1:], eps=self.epsilon) * self.weight


def make_norm(config: DecoderConfig, size: int) -> nn.Module:
    """The norm over `size` features that a decoder uses."""
    if config.norm == "layer":
        return nn.LayerNorm(size, config.norm_epsilon, bias=config.norm_bias)
    if config.norm_offset:
        return OffsetRMSNorm(size, config.norm_epsilon, config.norm_offset)
    return nn.RMSNorm(size, config.norm_epsilon)


def make_head_norm(config: DecoderConfig, heads: int) -> nn.Module | None:
    """The norm of queries or keys (rows, heads, head size), if there is one."""
    if not config.query_key_norm:
        return None
    if config.query_key_norm == "heads":
        return HeadsLayerNorm(heads, config.head_size, config.norm_epsilon)
    return make_norm(config, config.head_size * (heads if config.query_key_norm == "all" else 1))
