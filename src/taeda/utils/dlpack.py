"""Tensors to and from other libraries without a copy, by DLPack."""

import enum
from typing import Any

from taeda import Tensor, from_dlpack

__all__ = ["DLDeviceType", "from_dlpack", "to_dlpack"]


def to_dlpack(tensor: Any) -> Any:
    """The capsule of `tensor` that other libraries take over; they share its memory."""
    if not isinstance(tensor, Tensor):
        raise TypeError(f"to_dlpack(): expected a tensor, not {type(tensor).__name__}")
    return tensor.detach().__dlpack__()


class DLDeviceType(enum.IntEnum):
    """DLPack's numbers of devices."""

    kDLCPU = 1
    kDLCUDA = 2
    kDLCUDAHost = 3
    kDLOpenCL = 4
    kDLVulkan = 7
    kDLMetal = 8
    kDLVPI = 9
    kDLROCM = 10
    kDLROCMHost = 11
    kDLExtDev = 12
    kDLCUDAManaged = 13
    kDLOneAPI = 14
    kDLWebGPU = 15
    kDLHexagon = 16
    kDLMAIA = 17
