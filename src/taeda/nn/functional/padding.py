"""Padding. Constants are an op; the other modes are gathers."""

from collections.abc import Callable, Sequence
from typing import Any

import taeda
from taeda.nn.functional._legacy import op

_constant = op("constant_pad_nd")


def _reflect(positions: Any, size: int, before: int, after: int) -> Any:
    if before >= size or after >= size:
        raise RuntimeError(
            f"Padding size should be less than the corresponding input dimension, but got: padding ({before}, {after}) "
            f"at dimension of size {size}"
        )
    positions = positions.abs()
    return (size - 1) - ((size - 1) - positions).abs()


def _replicate(positions: Any, size: int, before: int, after: int) -> Any:
    return positions.clamp(0, size - 1)


def _circular(positions: Any, size: int, before: int, after: int) -> Any:
    if before > size or after > size:
        raise RuntimeError("Padding value causes wrapping around more than once.")
    start = max(-before, 0)  # negative sizes cut first; what is left repeats
    return start + (positions - start) % (size - start - max(-after, 0))


_MODES: dict[str, Callable[[Any, int, int, int], Any]] = {
    "reflect": _reflect,
    "replicate": _replicate,
    "circular": _circular,
}


def pad(input: Any, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Any:
    """Pad the last dimensions: `pad` is (before, after) for the last one, then for the one before it, and so on.

    Modes `reflect`, `replicate` and `circular` pad the last one, two or three dimensions of a tensor that has a
    channel dimension (and maybe a batch) before them. Negative sizes cut.
    """
    sizes = list(pad)
    if len(sizes) % 2:
        raise RuntimeError("Padding length must be divisible by 2")
    if len(sizes) // 2 > input.dim():
        raise RuntimeError(
            "Padding length should be less than or equal to two times the input dimension but got padding length "
            f"{len(sizes)} and input of dimension {input.dim()}"
        )
    if mode == "constant":
        return _constant(input, sizes, 0.0 if value is None else value)
    if value is not None and value != 0:
        raise RuntimeError(f'Padding mode "{mode}" doesn\'t take in value argument')
    if mode not in _MODES:
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    if input.dim() not in (len(sizes) // 2 + 1, len(sizes) // 2 + 2):
        raise NotImplementedError(
            "Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now"
        )
    for pair in range(len(sizes) // 2):
        before, after = sizes[2 * pair], sizes[2 * pair + 1]
        if before == 0 and after == 0:
            continue
        dimension = input.dim() - 1 - pair
        size = input.size(dimension)
        positions = taeda.arange(-before, size + after, device=input.device)
        input = input.index_select(dimension, _MODES[mode](positions, size, before, after))
    return input
