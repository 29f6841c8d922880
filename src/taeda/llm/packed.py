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
class Form:
    """How a format stores matrices that are (outputs, inputs or groups of them) here: turned or not, with neighbours
    along dimension `packed` of what is stored in an integer (of zero points always along the last), the even ones first
    or not, and zero points minus one or not."""

    turned: bool
    packed: int
    even_first: bool = False
    minus_one: bool = False

    def stored(self, x: taeda.Tensor) -> taeda.Tensor:
        return x.t() if self.turned else x

    def shape(self, rows: int, columns: int) -> Shape:
        return (columns, rows) if self.turned else (rows, columns)

    def packed_shape(self, rows: int, columns: int, codes: int, dim: int) -> Shape:
        return tuple(-(-n // codes) if d == dim else n for d, n in enumerate(self.shape(rows, columns)))

    def pack(self, codes: taeda.Tensor, bits: int, dim: int) -> taeda.Tensor:
        """Codes as they are here, in uint8, as integers of 32 bits, lowest bits first."""
        wide = self.stored(codes)
        parts = (wide.t() if dim == 0 else wide).contiguous()
        if self.even_first:
            parts = parts.unflatten(-1, (-1, 8))[..., taeda.tensor(_EVEN_FIRST).argsort()].flatten(-2)
        if bits == 4:
            pairs = parts.unflatten(-1, (-1, 2))
            parts = pairs[..., 0] | (pairs[..., 1] << 4)
        words = parts.contiguous().flatten().view(taeda.int32).view(parts.size(0), -1)
        return words.t().contiguous() if dim == 0 else words

    def unpack(self, words: taeda.Tensor, bits: int, dim: int) -> taeda.Tensor:
        """The codes that `pack` was given."""
        parts = (words.t() if dim == 0 else words).contiguous().unsqueeze(-1).view(taeda.uint8)
        if bits == 4:
            parts = taeda.stack([parts & 15, parts >> 4], -1).flatten(-2)
        if self.even_first:
            parts = parts[..., taeda.tensor(_EVEN_FIRST)]
        flat = parts.flatten(1)
        return self.stored(flat.t() if dim == 0 else flat)


_FORMS = {"gptq": Form(True, 0, minus_one=True), "gptq_v2": Form(True, 0), "gemm": Form(True, 1, even_first=True),
          "gemv": Form(False, 1)}


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

    @property
    def form(self) -> Form:
        return _FORMS[self.format]


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
    form = packing.form
    wanted = {"qweight": form.packed_shape(outputs, inputs, codes, form.packed),
              "qzeros": form.packed_shape(outputs, groups, codes, 1), "scales": form.shape(outputs, groups)}
    if "gptq" in packing.format:
        wanted["g_idx"] = (inputs,)
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
    weight = form.unpack(found["qweight"], packing.bits, form.packed)
    zeros = form.unpack(found["qzeros"], packing.bits, 1)[:, :groups]
    if form.minus_one:
        zeros = (zeros + 1) & (2 ** packing.bits - 1)  # 0 was stored as the largest code
    parts = [weight, form.stored(found["scales"])[:, :groups], zeros]
    return parts if "g_idx" not in found else [*parts, found["g_idx"]]


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


def packed_tensors(model: Decoder, method: str) -> tuple[Tensors, dict[str, Any]]:
    """The tensors of a folder in the layout of "gptq" or "awq", and what its config.json says of it
    ("quantization_config"). The head is in full precision, as other tools expect it: where it was rounded, with the
    numbers that it has.

    Raises `NotImplementedError` for codes that the layout cannot say: layers of different bits or groups, offsets that
    are no whole number of scales, factors of inputs, for AWQ also 8 bits and inputs in another order.
    """
    coded = {name: layer for name, layer in model.named_modules()
             if isinstance(layer, QuantizedLinear) and name != "lm_head"}
    if not coded:
        raise ValueError("no layer of this model is rounded to 4 or 8 bits: quantise it first (quantize_, shrink_, or "
                         "load with quantize=)")
    schemes = {(layer.scheme.bits, layer.scheme.group) for layer in coded.values()}
    if len(schemes) > 1:
        raise NotImplementedError(f"{method.upper()}'s layout has one number of bits and one size of groups for all "
                                  f"layers, these have {sorted(schemes, key=str)}")
    bits, group = schemes.pop()
    if method == "awq" and bits != 4:
        raise NotImplementedError(f"AWQ's layout has codes of 4 bits, these layers have {bits}")
    packing = Packing(_FORMATS[method][0], bits, group)
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
            if len(layers) < len(stored.parameters):
                raise NotImplementedError(f"{name} is one tensor of layers of which only {', '.join(layers)} are "
                                          "rounded")
            # Rows are outputs, in whatever way the family stores weights that are not rounded.
            join = taeda.cat if stored.split is split_turned else stored.join
            each = [_whole(coded[path], path, packing) for path in layers]
            orders = [parts[3] for parts in each]
            if not all(taeda.equal(order, orders[0]) for order in orders):
                raise NotImplementedError(f"the inputs of {', '.join(layers)}, which are one tensor in a folder, are "
                                          "in different orders")
            whole = [join([parts[n] for parts in each]) for n in range(3)]
            symmetric &= bool((whole[2] == 2 ** (bits - 1)).all())
            place = name.removesuffix(".weight")
            tensors |= {f"{place}.{part}": x for part, x in _packed(whole, orders[0], place, packing).items()}
            biases = [coded[path].bias for path in layers]
            if biases[0] is not None:
                tensors[f"{place}.bias"] = join([bias.detach() for bias in biases if bias is not None])
    if method == "awq":
        routers = ["block_sparse_moe.gate", "mlp.gate", "mlp.shared_expert_gate"]
        mixed = any(layer.experts is not None for layer in model.config.layers)
        return tensors, {"quant_method": "awq", "version": "gemm", "bits": bits, "group_size": group or -1,
                         "zero_point": True, "modules_to_not_convert": routers if mixed else None}
    ordered = any(layer.order is not None for layer in coded.values())
    return tensors, {"quant_method": "gptq", "checkpoint_format": "gptq", "bits": bits, "group_size": group or -1,
                     "desc_act": ordered, "static_groups": False, "sym": symmetric, "lm_head": False,
                     "true_sequential": True, "damp_percent": 0.01}


def _plain(model: Decoder, parameter: str) -> taeda.Tensor:
    path, _, kind = parameter.rpartition(".")
    layer = model.get_submodule(path)
    value: taeda.Tensor = getattr(layer, kind).detach()
    return value.to(model.dtype) if isinstance(layer, QuantizedLinear) else value


def _whole(layer: QuantizedLinear, name: str, packing: Packing) -> list[taeda.Tensor]:
    """Codes (outputs, inputs) in uint8, scales and zero points (outputs, groups), and the group of each input."""
    bits, k = packing.bits, layer.in_features
    if layer.factors is not None:
        raise NotImplementedError(f"the inputs of {name} are multiplied by factors of its own first (method='awq'), of "
                                  "which these layouts know nothing: round the model by GPTQ, or to the nearest")
    codes, scales, offsets = unpack(Codes(layer.codes, layer.scales, layer.offsets, layer.out_features, layer.group))
    middle = 2 ** (bits - 1)
    codes = codes if bits == 4 else codes.view(taeda.uint8) ^ middle
    zeros = taeda.full(scales.shape, middle, dtype=taeda.uint8)
    if offsets is not None:
        wide, moved = scales.to(taeda.float32), offsets.to(taeda.float32)
        exact = taeda.where(wide == 0, 0.0, -moved / wide) + (0 if bits == 4 else middle)
        whole = exact.round()
        if not bool(((exact - whole).abs() < 1e-3).all()) or not bool(((whole >= 0) & (whole < 2 ** bits)).all()):
            raise NotImplementedError(f"the offsets of {name} are no whole numbers of scales, as these layouts have "
                                      "them: round the model symmetrically (symmetric=True)")
        zeros = whole.to(taeda.uint8)
    of_input = taeda.arange(k, dtype=taeda.int32) // layer.group
    if layer.order is not None:
        back = layer.order.argsort()
        codes, of_input = codes[:, back], of_input[back]
        if "gptq" not in packing.format:
            raise NotImplementedError(f"the inputs of {name} are in another order (GPTQ's desc_act), of which AWQ's "
                                      "layout knows nothing")
    return [codes, scales, zeros, of_input.to(taeda.int32)]


def _packed(parts: list[taeda.Tensor], of_input: taeda.Tensor, name: str, packing: Packing) -> Tensors:
    """The tensors that `take_layer` takes."""
    codes, scales, zeros = parts
    if any(n % packing.codes for n in codes.shape):
        raise NotImplementedError(f"{name} has {codes.size(1)} inputs and {codes.size(0)} outputs: {packing.codes} of "
                                  "them are packed in an integer, of which both have to be multiples")
    form, bits = packing.form, packing.bits
    if form.minus_one:
        zeros = (zeros - 1) & (2 ** bits - 1)
    found = {"qweight": form.pack(codes, bits, form.packed), "qzeros": form.pack(zeros, bits, 1),
             "scales": form.stored(scales).contiguous()}
    if "gptq" in packing.format:
        return found | {"g_idx": of_input}
    short = found["scales"].to(taeda.float16)
    if not bool((short == found["scales"]).all()):
        raise NotImplementedError(f"the scales of {name} do not fit in 16 bits, as AWQ's layout has them")
    return found | {"scales": short}
