"""How `functional.linear_cross_entropy` cuts its rows into chunks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["LinearCrossEntropyOptions"]

_POLICIES = ("auto", "accurate", "balanced", "compact")


@dataclass
class LinearCrossEntropyOptions:
    """Options of the form of `linear_cross_entropy` that never holds all logits at once.

    `batch_chunk_size` is the number of rows whose logits exist at a time, or None to have it chosen by
    `chunking_method`: "aspect_ratio:N" makes the logits of a chunk about as large as the input, divided by N; "auto" is
    N = 2. The rest is PyTorch's: gradients are added up in the dtype of the weights, whatever `acc_policy` and
    `acc_dtype` say, and the graph can be kept whatever `allow_retain_graph` says.
    """

    allow_retain_graph: bool = False
    batch_chunk_size: int | None = None
    chunking_method: str | None = "auto"
    acc_policy: str = "auto"
    acc_dtype: Any = None

    def __post_init__(self) -> None:
        if self.acc_policy not in _POLICIES:
            raise ValueError(f"invalid acc_policy: {self.acc_policy!r}")
        if self.chunking_method is not None and self.chunking_method != "auto":
            name, colon, factor = self.chunking_method.partition(":")
            factor = factor if colon else "1"
            if name != "aspect_ratio" or not factor.isdigit() or int(factor) < 1:
                raise ValueError(f"invalid chunking_method: {self.chunking_method!r}")
        size = self.batch_chunk_size
        if size is not None and (not isinstance(size, int) or size < 1):
            raise ValueError(f"batch_chunk_size must be positive int or None, got {size!r}")

    def rows(self, batch: int, features: int, classes: int) -> int:
        """Rows per chunk."""
        if self.batch_chunk_size is not None:
            return self.batch_chunk_size
        if self.chunking_method is None:
            return max(batch, 1)
        method = "aspect_ratio:2" if self.chunking_method == "auto" else self.chunking_method
        _, colon, factor = method.partition(":")
        pieces = max(-(-classes // max(features, 1)), 1)
        power = 1 << max(-(-batch // pieces) - 1, 0).bit_length()
        return max(power // (int(factor) if colon else 1), 1)
