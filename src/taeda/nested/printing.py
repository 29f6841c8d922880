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


def nested_repr(x: Any) -> str:
    """`repr`: of layout jagged the sizes and offsets, of layout strided the components."""
    history = _history(x)
    if x.layout is _core.strided:
        components = ",\n".join(textwrap.indent(repr(t.detach()), "  ") for t in x.unbind())
        return f"nested_tensor([\n{components}\n]{history})"
    return (f"NestedTensor(size={x._sizes()}, offsets={x.raggedness.offsets}{history}, "
            f"contiguous={x.is_contiguous()})")
