"""The text of nested tensors, as PyTorch prints it."""

from __future__ import annotations

import textwrap
from typing import Any

from taeda import _core


def _history(x: Any) -> str:
    node = x.grad_fn
    if node is not None:
        return f", grad_fn=<{x.history or type(node).__name__}>"
    return ", requires_grad=True" if x.requires_grad else ""


def _component(component: Any, requires_grad: bool) -> str:
    """A component by itself, with its empty lines indented too: as a leaf, since its history is that of the whole."""
    leaf = component.detach()
    return textwrap.indent(repr(leaf.requires_grad_() if requires_grad else leaf), "  ", lambda line: True)


def nested_repr(x: Any) -> str:
    """`repr`: of layout jagged the sizes and offsets, of layout strided the components."""
    history = _history(x)
    if x.layout is _core.strided:
        components = ",\n".join(_component(t, bool(history)) for t in x.unbind())
        return f"nested_tensor([\n{components}\n]{history})"
    return (f"NestedTensor(size={x._sizes()}, offsets={x.raggedness.offsets}{history}, "
            f"contiguous={x.is_contiguous()})")
