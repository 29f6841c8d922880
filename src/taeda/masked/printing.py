"""The text of masked tensors, as PyTorch prints it."""

from __future__ import annotations

import textwrap
from typing import Any

_WIDTH = 8


def _number(value: Any) -> str:
    return f"{value:{_WIDTH}.4f}" if isinstance(value, float) else str(value)


def _rows(data: Any, mask: Any) -> str:
    """A tensor of one dimension or more: innermost rows on a line each."""
    if isinstance(mask, list) and (not mask or not isinstance(mask[0], list)):
        return "[" + ", ".join(_number(d) if m else "--".rjust(_WIDTH) for d, m in zip(data, mask, strict=True)) + "]"
    inner = (textwrap.indent(_rows(d, m), "  ") for d, m in zip(data, mask, strict=True))
    return "[\n" + ",\n".join(inner) + "\n]"


def masked_repr(x: Any) -> str:
    """`repr` of a masked tensor: "--" where an element does not count."""
    data, mask = x.data_part.detach(), x.mask_part
    if not data.dim():
        counts = bool(mask)
        return f"MaskedTensor({_number(data.item()) if counts else '--'}, {counts})"
    return "MaskedTensor(\n" + textwrap.indent(_rows(data.tolist(), mask.tolist()), "  ") + "\n)"
