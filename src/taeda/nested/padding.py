"""Between nested tensors and strided ones with padding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import taeda
from taeda.nested.tensors import NestedTensor, compact


def padded(x: NestedTensor, padding: float, width: int | None = None) -> Any:
    """(components, .., width, ..): the components with `padding` behind their ends, the dimensions in their order."""
    x = compact(x)
    raggedness = x.raggedness
    width = raggedness.longest if width is None else width
    rows = x.values_part.movedim(x.ragged - 1, 0)
    room = rows.detach().new_full((raggedness.components * width, *rows.shape[1:]), padding)
    filled = room.index_copy(0, raggedness.places(width), rows)
    return filled.unflatten(0, (raggedness.components, width)).movedim(1, x.ragged)


def unpadded(x: Any, like: NestedTensor) -> NestedTensor:
    """The rows of a padded tensor that the components of a nested one (all side by side) have."""
    raggedness = like.raggedness
    rows = x.movedim(like.ragged, 1)
    width = rows.shape[1]
    values = rows.flatten(0, 1).index_select(0, raggedness.places(width)).movedim(0, like.ragged - 1)
    return like.like_this(values)


def padded_to(x: NestedTensor, padding: float, output_size: Sequence[int] | None) -> Any:
    """`padded` to given sizes."""
    inner = list(x.values_part.shape)
    inner[x.ragged - 1] = x.raggedness.longest
    least = [x.raggedness.components, *inner]
    if output_size is None:
        return padded(x, padding)
    wanted = [least[0] if k == 0 and n == -1 else n for k, n in enumerate(output_size)]
    if len(wanted) != len(least) or any(w < n for w, n in zip(wanted, least, strict=True)):
        raise RuntimeError(f"Value in output_size is less than NestedTensor padded size: output_size {wanted} for "
                           f"components that need {least}")
    made = padded(x, padding, wanted[x.ragged])
    behind = [m for w, n in zip(reversed(wanted), reversed(made.shape), strict=True) for m in (0, w - n)]
    return taeda.nn.functional.pad(made, behind, value=padding) if any(behind) else made
