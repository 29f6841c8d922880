"""What tensors without memory of their own (lifted ones, composed ones) answer, and that they refuse the rest."""

from __future__ import annotations

import types
from typing import Any

from taeda import _core

# What a tensor knows from its sizes, dtype and device, or through ops.
ANSWERED = frozenset((
    "shape", "dtype", "device", "layout", "ndim", "itemsize", "nbytes", "is_cpu", "is_cuda", "is_meta", "is_sparse",
    "is_sparse_csr", "is_mkldnn", "is_quantized", "is_nested", "is_xpu", "is_mps", "is_xla", "is_vulkan", "name", "T",
    "mT", "H", "mH", "real", "imag", "size", "stride", "dim", "ndimension", "numel", "nelement", "element_size",
    "storage_offset", "is_contiguous", "is_floating_point", "is_complex", "is_signed", "is_inference", "is_shared",
    "is_pinned", "get_device", "type", "output_nr",
))  # fmt: skip


def refuse_the_rest(cls: Any, which: str, remedy: str) -> None:
    """Give a subclass of Tensor, for every method and property of the core that needs memory and that it does not
    define itself, one that raises NotImplementedError: "Tensor.name of `which`: it has no memory of its own, `remedy`".
    """

    def refusal(name: str) -> Any:
        def refuse(self: Any, *args: Any, **kwargs: Any) -> Any:
            raise NotImplementedError(f"Tensor.{name} of {which}: it has no memory of its own, {remedy}")

        return refuse

    for name, kind in list(vars(_core.Tensor).items()):
        if name in ANSWERED or hasattr(cls, name) and getattr(cls, name) is not getattr(_core.Tensor, name):
            continue
        if isinstance(kind, types.GetSetDescriptorType) and not name.startswith("__"):
            setattr(cls, name, property(refusal(name)))
        elif isinstance(kind, types.MethodDescriptorType):
            setattr(cls, name, refusal(name))
