"""Folders whose weights other tools have rounded: GPTQ and AWQ, as `config.json` or a file of its own says.

A layer `x` then has in place of `x.weight` (outputs N, inputs K) integers of 32 bits, with several codes in each,
lowest bits first, and the factors of groups of inputs:

    GPTQ       qweight (K / codes, N), qzeros (groups, N / codes), scales (groups, N), perhaps g_idx (K), the groups of
               inputs where they are not neighbours. Zero points are stored minus one ("gptq") or as they are
               ("gptq_v2").
    AWQ gemm   qweight (K, N / codes), qzeros (groups, N / codes), scales (groups, N); of 8 codes in an integer the even
               columns come first
    AWQ gemv   qweight (N, K / codes), qzeros (N, groups / codes), scales (N, groups), filled up past the groups

A weight is (code - zero point) * scale. It stays in as many bits: the codes become those of `taeda.quantization`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import taeda
from taeda.llm.config import ConfigError, Keys
from taeda.quantization import QuantizedLinear, Scheme
from taeda.quantization.codes import in_panels, pack
from taeda.serialization import CheckpointError

Tensors = dict[str, taeda.Tensor]
Shape = tuple[int, ...]

# Files beside config.json, in which older tools say what newer ones say in it.
FILES = ("quantize_config.json", "quant_config.json")
_PARTS = ("qweight", "qzeros", "scales", "g_idx")
_FORMATS = {"gptq": ("gptq", "gptq_v2"), "awq": ("gemm", "gemv")}
_EVEN_FIRST = (0, 4, 1, 5, 2, 6, 3, 7)  # where the codes of 8 neighbouring columns are


@dataclass(frozen=True)
class Packing:
    """How the codes of a folder are stored: `format` is gptq, gptq_v2, gemm or gemv; `group` None: a group is a row."""

    format: str
    bits: int
    group: int | None

    @property
    def codes(self) -> int:
        """Codes in an integer of 32 bits."""
        return 32 // self.bits


def packing_of(config: dict[str, Any], folder: Path, read: Callable[[Path], Any]) -> Packing | None:
    """How the weights of a folder are packed; None where they are not.

    Raises `ConfigError` for keys that make no sense, `NotImplementedError` for a method, format or number of bits that
    is not there.
    """
    where, content = "config.json", config.get("quantization_config")
    if content is None:
        where = next((name for name in FILES if (folder / name).is_file()), "")
        if not where:
            return None
        content = read(folder / where)
    if not isinstance(content, dict):
        raise ConfigError(f"{where}: how the weights are quantised is said by an object, got {content!r}")
    try:
        return _packing(content, where)
    except ConfigError as error:
        raise ConfigError(str(error).replace("config.json", where, 1)) from None


def _packing(content: dict[str, Any], where: str) -> Packing:
    keys = Keys(content)
    # AutoAWQ's first files name no method, but bits and groups in their own way; AutoGPTQ's name neither.
    method = keys.text("quant_method", default="awq" if "w_bit" in content else "gptq").lower()
    if method not in _FORMATS:
        raise NotImplementedError(f"{where}: weights quantised by {method!r} are not read yet; those of "
                                  f"{' and '.join(_FORMATS)} are, and `taeda quantize` rounds a model that is not "
                                  "quantised")
    names = ("checkpoint_format", "format") if method == "gptq" else ("version", "format")
    format = keys.text(*names, default=_FORMATS[method][0]).lower()
    if format not in _FORMATS[method]:
        raise NotImplementedError(f"{where}: {method.upper()} weights in the format {format!r} are not read yet; those "
                                  f"in {' and '.join(_FORMATS[method])} are")
    bits = keys.size("bits", "w_bit", default=4)
    if bits not in ((4, 8) if method == "gptq" else (4,)):
        raise NotImplementedError(f"{where}: {method.upper()} weights of {bits} bits are not read yet; those of 4 "
                                  f"{'or 8 ' if method == 'gptq' else ''}are")
    if method == "awq" and not keys.flag("zero_point", True):
        raise NotImplementedError(f"{where}: AWQ weights without zero points are not read yet")
    group = content.get("group_size", content.get("q_group_size", 128))
    return Packing(format, bits, None if group == -1 else Keys({"group_size": group}).size("group_size"))


def is_packed(tensors: Tensors, layer: str) -> bool:
    return f"{layer}.qweight" in tensors


def take_layer(tensors: Tensors, layer: str, packing: Packing, outputs: int, inputs: int,
               missing: list[str], misshapen: list[tuple[str, Shape, Shape]]) -> list[taeda.Tensor] | None:
    """Take the tensors of a layer out of a checkpoint: codes (outputs, inputs) in uint8, scales and zero points
    (outputs, groups), and where it is not None the group of each input. None where some are missing or misshapen,
    which are noted."""
    group, codes = packing.group or inputs, packing.codes
    if inputs % codes or outputs % codes:
        raise CheckpointError(f"{layer} has {inputs} inputs and {outputs} outputs: {packing.bits} bits are packed in "
                              f"integers of {codes} codes, of which both have to be multiples")
    groups = -(-inputs // group)
    wanted: dict[str, Shape]
    if packing.format == "gemv":
        wanted = {"qweight": (outputs, inputs // codes), "qzeros": (outputs, -(-groups // codes)),
                  "scales": (outputs, groups)}
    elif packing.format == "gemm":
        wanted = {"qweight": (inputs, outputs // codes), "qzeros": (groups, outputs // codes),
                  "scales": (groups, outputs)}
    else:
        wanted = {"qweight": (inputs // codes, outputs), "qzeros": (groups, outputs // codes),
                  "scales": (groups, outputs), "g_idx": (inputs,)}
    found = {part: tensors.pop(f"{layer}.{part}") for part in wanted if f"{layer}.{part}" in tensors}
    good = True
    for part, shape in wanted.items():
        name = f"{layer}.{part}"
        if part not in found:
            if part != "g_idx":
                missing.append(name)
                good = False
            continue
        x = found[part]
        if packing.format == "gemv" and part in ("qzeros", "scales") and x.dim() == 2 and x.size(1) > shape[1]:
            shape = (shape[0], x.size(1))  # filled up to a number of codes that the tool liked
        if tuple(x.shape) != shape:
            misshapen.append((name, tuple(x.shape), shape))
            good = False
        elif part != "scales" and x.dtype != taeda.int32 or part == "scales" and not x.is_floating_point():
            raise CheckpointError(f"{name} is of {x.dtype}, which {packing.format} does not store: expected "
                              f"{'floats' if part == 'scales' else 'torch.int32'}")
    if not good:
        return None
    weight, zeros = (unpacked(found[part], packing.bits) for part in ("qweight", "qzeros"))
    scales = found["scales"]
    if packing.format == "gemv":
        return [weight.flatten(1), scales[:, :groups], zeros.flatten(1)[:, :groups]]
    if packing.format == "gemm":
        order = taeda.tensor(_EVEN_FIRST)
        return [weight[..., order].flatten(1).t(), scales.t(), zeros[..., order].flatten(1).t()]
    zeros = zeros.flatten(1).t()
    if packing.format == "gptq":
        zeros = (zeros + 1) & (2 ** packing.bits - 1)  # 0 was stored as the largest code
    parts = [weight.permute(1, 0, 2).flatten(1), scales.t(), zeros]
    return parts if "g_idx" not in found else [*parts, found["g_idx"]]


def unpacked(words: taeda.Tensor, bits: int) -> taeda.Tensor:
    """The codes in integers of 32 bits (rows, columns), lowest bits first: (rows, columns, 32 / bits) in uint8."""
    bytes = words.contiguous().unsqueeze(-1).view(taeda.uint8)
    return bytes if bits == 8 else taeda.stack([bytes & 15, bytes >> 4], -1).flatten(-2)


def layer_of(parts: list[taeda.Tensor], name: str, packing: Packing) -> QuantizedLinear:
    """A layer (without bias) of what `take_layer` gives.

    Raises `CheckpointError` for groups of inputs that are not of the size that was said.
    """
    weight, scales, zeros = parts[:3]
    (rows, k), bits = weight.shape, packing.bits
    group = min(packing.group or k, k)
    order = None if len(parts) < 4 else _order(parts[3], name, group, scales.size(1))
    if order is not None:
        weight = weight[:, order]
    middle = 2 ** (bits - 1)
    symmetric = bool((zeros == middle).all())
    # Offsets are products of a code and a scale, for which 16 bits are too few.
    scales = scales.to(taeda.float16 if symmetric and scales.dtype == taeda.float16 else taeda.float32)
    counted_from = 0 if bits == 4 else middle  # codes of 8 bits have a sign
    offsets = None if symmetric else (counted_from - zeros.to(taeda.float32)) * scales
    if bits == 8:
        weight = (weight ^ middle).view(taeda.int8)
    codes = pack(in_panels(weight), in_panels(scales), None if offsets is None else in_panels(offsets), rows, group)
    with taeda.device("meta"):
        found = QuantizedLinear(k, rows, False, Scheme(bits, group, symmetric))
    found.take(codes)
    found.order = order
    return found


def _order(groups: taeda.Tensor, name: str, group: int, count: int) -> taeda.Tensor | None:
    """The inputs in the order of their groups; None where they are so already."""
    k = groups.numel()
    expected = taeda.arange(k) // group
    groups = groups.to(taeda.int64)
    if taeda.equal(groups, expected):
        return None
    order = groups.argsort(stable=True)
    if not taeda.equal(groups[order], expected):
        raise CheckpointError(f"{name}.g_idx does not divide {k} inputs in {count} groups of {group} (group_size)")
    return order
