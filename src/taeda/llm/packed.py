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
from typing import TYPE_CHECKING, Any

import taeda
from taeda.llm.config import ConfigError, Keys
from taeda.llm.layouts import layout, split_turned
from taeda.quantization import QuantizedLinear, Scheme
from taeda.quantization.codes import Codes, in_panels, pack, unpack
from taeda.serialization import CheckpointError

if TYPE_CHECKING:
    from taeda.llm.decoder import Decoder

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


# -- writing -----------------------------------------------------------------------------------------------------------


def packed_tensors(model: Decoder) -> tuple[Tensors, dict[str, Any]]:
    """The tensors of a folder in GPTQ's layout, and what its config.json says of it ("quantization_config"). The head
    is in full precision, as other tools expect it: where it was rounded, with the numbers that it has.

    Raises `NotImplementedError` for codes that this layout cannot say: layers of different bits or groups, offsets that
    are no whole number of scales, factors of inputs (AWQ), layers that are stored joined or turned.
    """
    coded = {name: layer for name, layer in model.named_modules()
             if isinstance(layer, QuantizedLinear) and name != "lm_head"}
    if not coded:
        raise ValueError("no layer of this model is rounded to 4 or 8 bits: quantise it first (quantize_, shrink_, or "
                         "load with quantize=)")
    schemes = {(layer.scheme.bits, layer.scheme.group) for layer in coded.values()}
    if len(schemes) > 1:
        raise NotImplementedError(f"GPTQ's layout has one number of bits and one size of groups for all layers, these "
                                  f"have {sorted(schemes, key=str)}")
    bits, group = schemes.pop()
    with taeda.device("meta"):
        plain = type(model)(model.config)
    tensors: Tensors = {}
    symmetric = True
    with taeda.no_grad():
        for name, stored in layout(model.config, [name for name, _ in plain.named_parameters()]).items():
            layers = [path for path, _, kind in (p.rpartition(".") for p in stored.parameters)
                      if path in coded and kind == "weight"]
            if not layers:
                tensors[name] = stored.join([_plain(model, p) for p in stored.parameters])
                continue
            if len(stored.parameters) > 1 or stored.split is split_turned:
                raise NotImplementedError(f"codes of {', '.join(layers)} are one tensor in a folder of the family "
                                          f"{model.config.family}, which is not written in GPTQ's layout yet")
            parts, zero_points = _packed(coded[layers[0]], layers[0], Packing("gptq", bits, group))
            symmetric &= zero_points
            place, bias = name.removesuffix(".weight"), coded[layers[0]].bias
            tensors |= {f"{place}.{part}": x for part, x in parts.items()}
            if bias is not None:
                tensors[f"{place}.bias"] = bias.detach()
    ordered = any(layer.order is not None for layer in coded.values())
    return tensors, {"quant_method": "gptq", "checkpoint_format": "gptq", "bits": bits, "group_size": group or -1,
                     "desc_act": ordered, "static_groups": False, "sym": symmetric, "lm_head": False,
                     "true_sequential": True, "damp_percent": 0.01}


def _plain(model: Decoder, parameter: str) -> taeda.Tensor:
    path, _, kind = parameter.rpartition(".")
    layer = model.get_submodule(path)
    value: taeda.Tensor = getattr(layer, kind).detach()
    return value.to(model.dtype) if isinstance(layer, QuantizedLinear) else value


def _packed(layer: QuantizedLinear, name: str, packing: Packing) -> tuple[Tensors, bool]:
    """The tensors of a layer; whether its zero points are all in the middle."""
    bits, k, rows = packing.bits, layer.in_features, layer.out_features
    if layer.factors is not None:
        raise NotImplementedError(f"the inputs of {name} are multiplied by factors first (AWQ), of which GPTQ's layout "
                                  "knows nothing")
    if k % packing.codes or rows % packing.codes:
        raise NotImplementedError(f"{name} has {k} inputs and {rows} outputs: GPTQ's layout packs {packing.codes} of "
                                  "them in an integer, of which both have to be multiples")
    codes, scales, offsets = unpack(Codes(layer.codes, layer.scales, layer.offsets, rows, layer.group))
    middle = 2 ** (bits - 1)
    codes = codes if bits == 4 else codes.view(taeda.uint8) ^ middle
    zeros = taeda.full(scales.shape, middle, dtype=taeda.uint8)
    if offsets is not None:
        wide, moved = scales.to(taeda.float32), offsets.to(taeda.float32)
        exact = taeda.where(wide == 0, 0.0, -moved / wide) + (0 if bits == 4 else middle)
        whole = exact.round()
        if not bool(((exact - whole).abs() < 1e-3).all()) or not bool(((whole >= 0) & (whole < 2 ** bits)).all()):
            raise NotImplementedError(f"the offsets of {name} are no whole numbers of scales, as GPTQ's layout has "
                                      "them: round the model symmetrically (symmetric=True)")
        zeros = whole.to(taeda.uint8)
    of_input = taeda.arange(k, dtype=taeda.int32) // layer.group
    if layer.order is not None:
        back = layer.order.argsort()
        codes, of_input = codes[:, back], of_input[back]
    return {"qweight": _words(codes.t(), bits, 0), "qzeros": _words(((zeros - 1) & (2 ** bits - 1)).t(), bits, 1),
            "scales": scales.t().contiguous(), "g_idx": of_input.to(taeda.int32)}, bool((zeros == middle).all())


def _words(codes: taeda.Tensor, bits: int, dim: int) -> taeda.Tensor:
    """Codes (groups or inputs, outputs) in integers of 32 bits, lowest bits first, of neighbours along a dimension."""
    if dim == 0:
        return _words(codes.t(), bits, 1).t().contiguous()
    bytes = codes.contiguous()
    if bits == 4:
        pairs = bytes.unflatten(-1, (-1, 2))
        bytes = (pairs[..., 0] | (pairs[..., 1] << 4)).contiguous()
    return bytes.flatten().view(taeda.int32).view(bytes.size(0), -1)
