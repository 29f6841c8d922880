"""Numbers as small integers: a code for each, and a scale (and perhaps an offset) for each group of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import taeda
from taeda._binding import internal
from taeda.assertions import check_type

PANEL = 32  # rows that are stored together


@dataclass(frozen=True)
class Scheme:
    """`bits` 8 or 4; `group`: so many neighbours along a row share a scale (None: the whole row); `symmetric`: codes
    around zero, without offsets; `inputs` 8: what is multiplied with the weights is rounded to 8 bits too, for each row
    and at most 64 neighbours by their largest, which is quicker where whole numbers are (None: it is not rounded)."""

    bits: int
    group: int | None = None
    symmetric: bool = True
    inputs: int | None = None

    def __post_init__(self) -> None:
        if self.bits not in (4, 8):
            raise ValueError(f"weights have 4 or 8 bits, not {self.bits}")
        if self.group is not None and (isinstance(self.group, bool) or not isinstance(self.group, int)
                                       or self.group < 1):
            raise ValueError(f"a group is a positive number of elements, not {self.group!r}")
        if self.inputs not in (None, 8):
            raise ValueError(f"inputs have 8 bits or are not rounded (None), not {self.inputs!r}")

    def step(self, k: int) -> int | None:
        """How many neighbours of an input of k elements share a scale; None if it is not rounded, because it is not
        asked for or k and the group are no multiples of 8."""
        group = min(self.group or k, k)
        if self.inputs is None or k % group:
            return None
        return next((step for step in (64, 32, 16, 8) if group % step == 0), None)


def int8(group: int | None = None, symmetric: bool = True, inputs: int | None = None) -> Scheme:
    """8 bits a weight; by default one scale for each row."""
    return Scheme(8, group, symmetric, inputs)


def int4(group: int | None = 64, symmetric: bool = True, inputs: int | None = None) -> Scheme:
    """4 bits a weight, in groups of 64 by default."""
    return Scheme(4, group, symmetric, inputs)


class Codes(NamedTuple):
    """A matrix in panels of 32 rows: codes (panels, K, 32) in int8, or two in a byte (panels, K, 16) in uint8; scales
    and offsets (panels, groups, 32). `rows` of the matrix are real, the rest is padding."""

    codes: taeda.Tensor
    scales: taeda.Tensor
    offsets: taeda.Tensor | None
    rows: int
    group: int


def encode(weight: taeda.Tensor, scheme: Scheme) -> Codes:
    """A matrix (rows, K), each number rounded to the nearest code of its group.

    Raises `ValueError` for what is no matrix of floats with elements, or has elements that are not finite.
    """
    check_type("encode", "weight", weight, taeda.Tensor)
    check_type("encode", "scheme", scheme, Scheme)
    if weight.dim() != 2 or not weight.is_floating_point() or not weight.numel():
        raise ValueError(f"a matrix of floats is wanted, got {weight.dtype} of shape {tuple(weight.shape)}")
    with taeda.no_grad():
        rows, k = weight.shape
        group = min(k if scheme.group is None else scheme.group, k)
        groups = -(-k // group)
        padded = taeda.zeros(-(-rows // PANEL) * PANEL, groups * group)
        padded[:rows, :k] = weight.to(taeda.float32)
        if not bool(padded.isfinite().all()):
            raise ValueError("the matrix has elements that are infinite or no numbers")
        parts = padded.view(-1, groups, group)
        scales, offsets = _factors(parts, scheme)
        scales = _short(scales)
        if offsets is not None:
            offsets = offsets.to(scales.dtype)
        codes = _nearest(parts, scales, offsets, scheme)
        return pack(codes.view(-1, groups * group)[:, :k], scales, offsets, rows, group)


def _factors(parts: taeda.Tensor, scheme: Scheme) -> tuple[taeda.Tensor, taeda.Tensor | None]:
    """Scales and offsets (rows, groups) of parts (rows, groups, group)."""
    low, high = parts.amin(-1), parts.amax(-1)
    if not scheme.symmetric:
        return (high - low) / (2 ** scheme.bits - 1), low if scheme.bits == 4 else low + (high - low) / 255 * 128
    if scheme.bits == 8:
        return taeda.maximum(high, -low) / 127, None
    # The farther end gets -8, of which there is no positive counterpart.
    return taeda.where(-low >= high, low, high) / -8, None


def _short(scales: taeda.Tensor) -> taeda.Tensor:
    """In float16 where that keeps their precision."""
    size = scales.abs()
    fits = ((size == 0) | ((size > 6.2e-5) & (size < 65000))).all()
    return scales.to(taeda.float16) if bool(fits) else scales


def _nearest(parts: taeda.Tensor, scales: taeda.Tensor, offsets: taeda.Tensor | None, scheme: Scheme) -> taeda.Tensor:
    wide = scales.to(taeda.float32).unsqueeze(-1)
    numbers = parts if offsets is None else parts - offsets.to(taeda.float32).unsqueeze(-1)
    numbers = taeda.where(wide == 0, 0.0, numbers / wide).round()
    if scheme.bits == 8:
        return numbers.clamp(-128, 127).to(taeda.int8)
    return (numbers + (8 if offsets is None else 0)).clamp(0, 15).to(taeda.uint8)


def in_panels(x: taeda.Tensor) -> taeda.Tensor:
    """A matrix with rows of zeros after its own, up to a whole number of panels, as `pack` takes it."""
    missing = -x.size(0) % PANEL
    return taeda.cat([x, taeda.zeros(missing, x.size(1), dtype=x.dtype)]) if missing else x.contiguous()


def pack(codes: taeda.Tensor, scales: taeda.Tensor, offsets: taeda.Tensor | None, rows: int, group: int) -> Codes:
    """Codes (rows padded to panels, K) in int8, or in uint8 from 0 to 15, and factors (rows, groups), as `Codes`."""
    panels = codes.size(0) // PANEL
    found = codes.view(panels, PANEL, codes.size(1)).transpose(1, 2)
    if codes.dtype == taeda.uint8:
        found = found[:, :, :PANEL // 2] | (found[:, :, PANEL // 2:] << 4)

    def turned(x: taeda.Tensor) -> taeda.Tensor:
        return x.view(panels, PANEL, -1).transpose(1, 2).contiguous()
    return Codes(found.contiguous(), turned(scales), None if offsets is None else turned(offsets), rows, group)


def unpack(codes: Codes) -> tuple[taeda.Tensor, taeda.Tensor, taeda.Tensor | None]:
    """What `pack` was given, without padding: the codes (rows, K), in int8 or in uint8 from 0 to 15, and the scales and
    offsets (rows, groups)."""
    numbers = codes.codes
    if numbers.dtype == taeda.uint8:
        numbers = taeda.cat([numbers & 15, numbers >> 4], 2)

    def turned(x: taeda.Tensor) -> taeda.Tensor:
        return x.transpose(1, 2).flatten(0, 1)[:codes.rows].contiguous()
    return turned(numbers), turned(codes.scales), None if codes.offsets is None else turned(codes.offsets)


def decode(codes: Codes) -> taeda.Tensor:
    """The matrix in float32, with the very numbers that products use."""
    check_type("decode", "codes", codes, Codes)
    return internal.dequantized(codes.codes, codes.scales, codes.offsets, codes.group)[:codes.rows]
