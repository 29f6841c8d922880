"""`ShapeProp`: runs a graph on example inputs and notes the shape and dtype of every value."""

from __future__ import annotations

from typing import Any, NamedTuple

import taeda
from taeda.fx.interpreter import Interpreter
from taeda.fx.node import Node, map_aggregate

__all__ = ["ShapeProp", "TensorMetadata"]


class TensorMetadata(NamedTuple):
    """What is known of a tensor without its values."""

    shape: taeda.Size
    dtype: taeda.dtype
    requires_grad: bool
    stride: tuple[int, ...]
    memory_format: Any
    is_quantized: bool
    qparams: dict[str, Any]


def _extract_tensor_metadata(result: taeda.Tensor, include_contiguity: bool = True) -> TensorMetadata:
    layout = None
    if include_contiguity:
        for candidate in (taeda.contiguous_format, taeda.channels_last, taeda.channels_last_3d):
            if result.is_contiguous(memory_format=candidate):
                layout = candidate
                break
    return TensorMetadata(result.shape, result.dtype, result.requires_grad, result.stride(), layout, False, {})


class ShapeProp(Interpreter):
    """`ShapeProp(gm).propagate(x)`: afterwards each node has `meta["tensor_meta"]` and `meta["type"]`."""

    def __init__(self, gm: Any, fake_mode: Any = None) -> None:
        super().__init__(gm)
        if fake_mode is not None:
            raise NotImplementedError("ShapeProp with a fake mode: pass tensors on the device 'meta' instead")

    def run_node(self, n: Node) -> Any:
        """The result of the node, of which the shape is noted."""
        result = super().run_node(n)
        found = False

        def extract(value: Any) -> Any:
            nonlocal found
            if isinstance(value, taeda.Tensor):
                found = True
                return _extract_tensor_metadata(value)
            return value

        meta = map_aggregate(result, extract)
        if found:
            n.meta["tensor_meta"] = meta
        n.meta["type"] = type(result)
        return result

    def propagate(self, *args: Any) -> Any:
        """Run on these arguments."""
        return super().run(*args)
