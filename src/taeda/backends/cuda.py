"""CUDA's libraries, of which none is used."""

import contextlib
from collections.abc import Iterator
from typing import Any

__all__ = [
    "cudnn_sdp_enabled", "enable_cudnn_sdp", "enable_flash_sdp", "enable_math_sdp", "enable_mem_efficient_sdp",
    "flash_sdp_enabled", "is_built", "is_flash_attention_available", "math_sdp_enabled", "matmul",
    "mem_efficient_sdp_enabled", "sdp_kernel",
]  # fmt: skip


def is_built() -> bool:
    """Whether CUDA is part of this build: False."""
    return False


def is_flash_attention_available() -> bool:
    """Whether CUDA's FlashAttention is part of this build: False."""
    return False


class _Matmul:
    """Settings of cuBLAS, kept and given back."""

    allow_tf32 = False
    allow_fp16_reduced_precision_reduction = True
    allow_bf16_reduced_precision_reduction = True
    allow_fp16_accumulation = False
    fp32_precision = "none"


matmul = _Matmul()
_enabled = {"flash": True, "mem_efficient": True, "math": True, "cudnn": True}


def flash_sdp_enabled() -> bool:
    """Whether attention may use FlashAttention on CUDA."""
    return _enabled["flash"]


def enable_flash_sdp(enabled: bool) -> None:
    """Let attention use FlashAttention on CUDA, or not."""
    _enabled["flash"] = enabled


def mem_efficient_sdp_enabled() -> bool:
    """Whether attention may use the memory-efficient kernel on CUDA."""
    return _enabled["mem_efficient"]


def enable_mem_efficient_sdp(enabled: bool) -> None:
    """Let attention use the memory-efficient kernel on CUDA, or not."""
    _enabled["mem_efficient"] = enabled


def math_sdp_enabled() -> bool:
    """Whether attention may be composed of products and a softmax on CUDA."""
    return _enabled["math"]


def enable_math_sdp(enabled: bool) -> None:
    """Let attention be composed of products and a softmax on CUDA, or not."""
    _enabled["math"] = enabled


def cudnn_sdp_enabled() -> bool:
    """Whether attention may use cuDNN."""
    return _enabled["cudnn"]


def enable_cudnn_sdp(enabled: bool) -> None:
    """Let attention use cuDNN, or not."""
    _enabled["cudnn"] = enabled


@contextlib.contextmanager
def sdp_kernel(
    enable_flash: bool = True, enable_math: bool = True, enable_mem_efficient: bool = True, enable_cudnn: bool = True
) -> Iterator[dict[str, Any]]:
    """Choose the kernels that attention may use on CUDA, for a block."""
    before = dict(_enabled)
    _enabled.update(flash=enable_flash, math=enable_math, mem_efficient=enable_mem_efficient, cudnn=enable_cudnn)
    try:
        yield {}
    finally:
        _enabled.update(before)
