"""Folders that GPTQ and AWQ wrote: the numbers of their codes, taken apart here one by one, and what cannot be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from families import MODELS, weight

import taeda
from taeda.llm import Decoder, DecoderConfig, MismatchError, load, save
from taeda.llm.checkpoint import shrink_
from taeda.llm.config import ConfigError
from taeda.quantization import QuantizedLinear, Scheme, int4, int8
from taeda.serialization import CheckpointError

Arrays = dict[str, np.ndarray]


def words(codes: np.ndarray, bits: int, order: list[int] | None = None) -> np.ndarray:
    """Rows of codes in integers of 32 bits, each code put in its place by itself."""
    each = 32 // bits
    found = np.zeros((codes.shape[0], -(-codes.shape[1] // each)), np.uint32)
    for row in range(codes.shape[0]):
        for column in range(codes.shape[1]):
            place = column % each if order is None else order.index(column % each)
            found[row, column // each] |= np.uint32(int(codes[row, column]) << (bits * place))
    return found.view(np.int32)


def rounded(name: str, outputs: int, inputs: int, format: str, bits: int, group: int, *, symmetric: bool = False,
            disorder: bool = False) -> tuple[Arrays, np.ndarray]:
    """The tensors of a layer of any codes, and its weight (outputs, inputs) by a loop over all of it."""
    rng = np.random.RandomState(len(name) + outputs)
    groups = -(-inputs // group)
    codes = rng.randint(0, 2 ** bits, (outputs, inputs))
    zeros = np.full((outputs, groups), 2 ** (bits - 1)) if symmetric else rng.randint(0, 2 ** bits, (outputs, groups))
    scales = (0.02 + 0.1 * rng.rand(outputs, groups)).astype(np.float16) / np.float16(2 ** (bits - 4))
    of_input = np.arange(inputs) // group
    if disorder:
        of_input = rng.permutation(of_input)
    matrix = np.zeros((outputs, inputs))
    for n in range(outputs):
        for k in range(inputs):
            g = of_input[k]
            matrix[n, k] = (int(codes[n, k]) - int(zeros[n, g])) * float(scales[n, g])
    found: Arrays
    if format in ("gptq", "gptq_v2"):
        stored = (zeros - 1) % 2 ** bits if format == "gptq" else zeros
        found = {"qweight": words(codes, bits).T, "qzeros": words(stored.T, bits), "scales": scales.T,
                 "g_idx": of_input.astype(np.int32)}
    elif format == "gemm":
        order = [0, 2, 4, 6, 1, 3, 5, 7]
        found = {"qweight": words(codes.T, bits, order), "qzeros": words(zeros.T, bits, order), "scales": scales.T}
    else:
        wide = np.zeros((outputs, (groups // 16 + 1) * 16))
        wide[:, :groups] = zeros
        found = {"qweight": words(codes, bits), "qzeros": words(wide, bits),
                 "scales": np.pad(scales, ((0, 0), (0, wide.shape[1] - groups)))}
    return {f"{name}.{part}": np.ascontiguousarray(x) for part, x in found.items()}, matrix


def config(family: str, **changes: Any) -> dict[str, Any]:
    return MODELS[family] | dict(num_hidden_layers=1, torch_dtype="float32") | changes


# The stored layers of a family, with their outputs, and which are side by side in one of them.
LAYERS = {
    "llama3": {"self_attn.q_proj": 32, "self_attn.k_proj": 16, "self_attn.v_proj": 16, "self_attn.o_proj": 32,
               "mlp.gate_proj": 48, "mlp.up_proj": 48, "mlp.down_proj": 32},
    "phi3": {"self_attn.qkv_proj": 64, "self_attn.o_proj": 32, "mlp.gate_up_proj": 96, "mlp.down_proj": 32},
    "gpt2": {"attn.c_attn": 96, "attn.c_proj": 32, "mlp.c_fc": 128, "mlp.c_proj": 32},
    "gpt_neox": {"attention.query_key_value": 96, "attention.dense": 32, "mlp.dense_h_to_4h": 48,
                 "mlp.dense_4h_to_h": 32},
}
PLACES = {"gpt2": "transformer.h.0.", "gpt_neox": "gpt_neox.layers.0."}


def make(folder: Path, family: str, format: str, bits: int = 4, group: int = 16, said: dict[str, Any] | None = None,
         **details: bool) -> Decoder:
    """Write the folder; gives the model with the same numbers in float32."""
    content = config(family)
    with taeda.device("meta"):
        wanted = Decoder(DecoderConfig.from_huggingface(content))
    from taeda.llm.layouts import layout

    shapes = {name: parameter.shape for name, parameter in wanted.named_parameters()}
    plain = {name: stored.join([taeda.empty(shapes[p], device="meta") for p in stored.parameters]).shape
             for name, stored in layout(wanted.config, list(shapes)).items()}
    packed: Arrays = {}
    full = {name: weight(name, tuple(shape)) for name, shape in plain.items()}
    for layer, outputs in LAYERS[family].items():
        name = PLACES.get(family, "model.layers.0.") + layer
        inputs = full[f"{name}.weight"].size // outputs
        tensors, matrix = rounded(name, outputs, inputs, format, bits, group, **details)
        packed |= tensors
        full[f"{name}.weight"] = (matrix.T if family == "gpt2" else matrix).astype(np.float32)
    replaced = {name.rpartition(".")[0] for name in packed}
    rest = {name: x for name, x in full.items() if name.removesuffix(".weight") not in replaced}
    folder.mkdir(exist_ok=True)
    plain_folder = folder / "plain"
    plain_folder.mkdir()
    method = "awq" if format in ("gemm", "gemv") else "gptq"
    key = "version" if method == "awq" else "checkpoint_format"
    said = said or {"quantization_config": {"quant_method": method, "bits": bits, key: format,
                                            "group_size": group if group < 1000 else -1, "zero_point": True}}
    for where, arrays, more in ((folder, packed | rest, said), (plain_folder, full, {})):
        (where / "config.json").write_text(json.dumps(content | more))
        taeda.save_safetensors({name: taeda.tensor(np.ascontiguousarray(x)) for name, x in arrays.items()},
                               where / "model.safetensors", {"format": "pt"})
    return load(plain_folder)


def check(folder: Path, plain: Decoder) -> Decoder:
    found = load(folder)
    compared = 0
    for name, layer in found.named_modules():
        if isinstance(layer, QuantizedLinear):
            expected = plain.get_submodule(name).weight
            assert float((layer.weight - expected).abs().max()) < 1e-6 * float(expected.abs().max()), name
            compared += 1
    assert compared >= 6
    tokens = taeda.tensor([[5, 9, 2, 60, 33, 8, 1]])
    theirs, ours = plain(tokens), found(tokens)
    assert float((theirs - ours).abs().max()) < 2e-4 * float(theirs.abs().max())
    return found


@pytest.mark.parametrize("format, bits, group, details", [
    ("gptq", 4, 16, {}), ("gptq", 4, 16, {"symmetric": True}), ("gptq", 8, 16, {}),
    ("gptq", 8, 1 << 20, {"symmetric": True}), ("gptq_v2", 4, 1 << 20, {}), ("gptq_v2", 8, 16, {"disorder": True}),
    ("gptq", 4, 8, {"disorder": True}), ("gptq", 4, 32, {"disorder": True, "symmetric": True}),
    ("gemm", 4, 16, {}), ("gemm", 4, 1 << 20, {}), ("gemv", 4, 16, {}),
])
def test_formats(tmp_path: Path, format: str, bits: int, group: int, details: dict[str, bool]) -> None:
    found = check(tmp_path, make(tmp_path, "llama3", format, bits, min(group, 1 << 20), **details))
    layer = found.model.layers[0].mlp.down_proj
    assert layer.scheme.bits == bits and layer.scheme.symmetric == bool(details.get("symmetric"))
    assert (layer.order is not None) == bool(details.get("disorder"))
    assert layer.scales.dtype == (taeda.float16 if layer.scheme.symmetric else taeda.float32)
    alone = found.generate([5, 9, 2], max_tokens=5).tokens
    assert [c.tokens for c in found.generate([[5, 9, 2], [7, 7]], max_tokens=5)][0] == alone


@pytest.mark.parametrize("family, format", [("phi3", "gptq"), ("phi3", "gemm"), ("gpt2", "gptq"), ("gpt_neox", "gptq"),
                                            ("gpt_neox", "gemv")])
def test_joined_layers(tmp_path: Path, family: str, format: str) -> None:
    check(tmp_path, make(tmp_path, family, format, disorder=format == "gptq"))


@pytest.mark.parametrize("name, content", [
    ("quantize_config.json", {"bits": 4, "group_size": 16, "desc_act": False, "sym": True, "damp_percent": 0.01}),
    ("quant_config.json", {"zero_point": True, "q_group_size": 16, "w_bit": 4, "version": "GEMM"}),
])
def test_files_of_older_tools(tmp_path: Path, name: str, content: dict[str, Any]) -> None:
    plain = make(tmp_path, "llama3", "gptq" if "bits" in content else "gemm", said={"unused": None})
    (tmp_path / name).write_text(json.dumps(content))
    check(tmp_path, plain)


def edit(folder: Path, **changes: Any) -> None:
    path = folder / "config.json"
    content = json.loads(path.read_text())
    content["quantization_config"] |= changes
    path.write_text(json.dumps(content))


def test_biases_that_are_not_known(tmp_path: Path) -> None:
    """Some tools write a bias for each layer: zeros go, others stay."""
    plain = make(tmp_path, "llama3", "gptq")
    tensors = taeda.load_safetensors(tmp_path / "model.safetensors")
    name = "model.layers.0.mlp.up_proj.bias"
    tensors |= {name: taeda.zeros(48), "model.layers.0.self_attn.q_proj.bias": taeda.ones(32)}
    taeda.save_safetensors(tensors, tmp_path / "model.safetensors", {"format": "pt"})
    layer = load(tmp_path).model.layers[0]
    assert layer.mlp.up_proj.bias is None and taeda.equal(layer.self_attn.q_proj.bias, taeda.ones(32))
    assert plain.model.layers[0].self_attn.q_proj.bias is None


@pytest.mark.parametrize("changes, error, message", [
    ({"quant_method": "bitsandbytes"}, NotImplementedError, "quantised by 'bitsandbytes' are not read"),
    ({"bits": 3}, NotImplementedError, "GPTQ weights of 3 bits"),
    ({"quant_method": "awq", "bits": 8}, NotImplementedError, "AWQ weights of 8 bits"),
    ({"quant_method": "awq", "zero_point": False}, NotImplementedError, "without zero points"),
    ({"checkpoint_format": "marlin"}, NotImplementedError, "GPTQ weights in the format 'marlin'"),
    ({"quant_method": "awq", "version": "gemv_fast"}, NotImplementedError, "AWQ weights in the format 'gemv_fast'"),
    ({"bits": "four"}, ConfigError, "'bits' is 'four', expected a positive integer"),
    ({"group_size": 0}, ConfigError, "'group_size' is 0"),
    ({"quant_method": 7}, ConfigError, "'quant_method' is 7"),
    ({"group_size": 32}, MismatchError, r"misshapen: model.layers.0.self_attn.q_proj.scales is \(2, 32\), "
                                        r"expected \(1, 32\)"),
    ({"bits": 8}, MismatchError, r"q_proj.qweight is \(4, 32\), expected \(8, 32\)"),
])
def test_what_cannot_be_read(tmp_path: Path, changes: dict[str, Any], error: type[Exception], message: str) -> None:
    make(tmp_path, "llama3", "gptq")
    edit(tmp_path, **changes)
    with pytest.raises(error, match=message):
        load(tmp_path)


def test_damage(tmp_path: Path) -> None:
    make(tmp_path, "llama3", "gptq")
    whole = taeda.load_safetensors(tmp_path / "model.safetensors")
    layer = "model.layers.0.mlp.down_proj"

    def tried(**changes: taeda.Tensor | None) -> None:
        tensors = whole | {f"{layer}.{part}": x for part, x in changes.items()}
        taeda.save_safetensors({name: x for name, x in tensors.items() if x is not None},
                               tmp_path / "model.safetensors", {"format": "pt"})
        load(tmp_path)

    tried()
    with pytest.raises(MismatchError, match=f"missing: {layer}.qzeros"):
        tried(qzeros=None)
    with pytest.raises(CheckpointError, match="g_idx does not divide 48 inputs in 3 groups of 16"):
        tried(g_idx=taeda.zeros(48, dtype=taeda.int32))
    with pytest.raises(CheckpointError, match="g_idx does not divide"):
        tried(g_idx=taeda.arange(48, dtype=taeda.int32) * 1000 - 5)
    with pytest.raises(CheckpointError, match=r"qweight is of torch.int64"):
        tried(qweight=whole[f"{layer}.qweight"].long())
    with pytest.raises(CheckpointError, match=r"scales is of torch.int32"):
        tried(scales=whole[f"{layer}.scales"].int())


def test_what_has_few_bits_keeps_them(tmp_path: Path) -> None:
    make(tmp_path, "llama3", "gptq")
    with pytest.raises(ValueError, match="few bits already"):
        load(tmp_path, quantize=int4(16))
    with pytest.raises(NotImplementedError, match="GPTQ, AWQ"):
        save(load(tmp_path), tmp_path / "again")


# -- writing -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", [int4(16), int4(None), int8(16), int8()])
@pytest.mark.parametrize("family", ["llama_biases", "qwen2_moe", "mixtral"])
def test_layers_of_taeda_in_gptq_layout(scheme: Scheme, family: str, tmp_path: Path) -> None:
    taeda.manual_seed(0)
    model = Decoder(DecoderConfig.from_huggingface(MODELS[family])).eval()
    shrink_(model, scheme)
    save(model, tmp_path, format="gptq")
    said = json.loads((tmp_path / "config.json").read_text())["quantization_config"]
    assert (said["bits"], said["group_size"], said["sym"]) == (scheme.bits, scheme.group or -1, True)
    found = load(tmp_path)
    coded = {name: layer for name, layer in model.named_modules() if isinstance(layer, QuantizedLinear)}
    del coded["lm_head"]
    assert coded
    for name, layer in coded.items():
        other = found.get_submodule(name)
        assert other.codes.dtype == layer.codes.dtype and taeda.equal(other.weight, layer.weight)
    # The numbers of a layer by hand, as GPTQ's tools make them.
    name, layer = next(iter(coded.items()))
    x = {part: t.numpy() for part, t in taeda.load_safetensors(tmp_path / "model.safetensors").items()}
    place = name if family != "mixtral" else name.replace("mlp", "block_sparse_moe")
    each, bits = 32 // scheme.bits, scheme.bits
    k, n = 5, 9
    code = x[f"{place}.qweight"].view(np.uint32)[k // each, n] >> (bits * (k % each)) & (2 ** bits - 1)
    group = x[f"{place}.g_idx"][k]
    zero = (x[f"{place}.qzeros"].view(np.uint32)[group, n // each] >> (bits * (n % each)) & (2 ** bits - 1)) + 1
    assert float(layer.weight[n, k]) == pytest.approx((int(code) - int(zero)) * float(x[f"{place}.scales"][group, n]))


@pytest.mark.parametrize("family", ["llama_biases", "qwen2_moe", "phi3", "gpt2", "gpt_neox", "falcon_new", "mpt"])
@pytest.mark.parametrize("format", ["gptq", "awq"])
def test_layers_that_are_stored_joined(format: str, family: str, tmp_path: Path) -> None:
    taeda.manual_seed(0)
    model = Decoder(DecoderConfig.from_huggingface(MODELS[family])).eval()
    shrink_(model, int4(16))
    save(model, tmp_path, format=format)
    found = load(tmp_path)
    coded = [name for name, layer in model.named_modules() if isinstance(layer, QuantizedLinear) and name != "lm_head"]
    assert coded
    for name in coded:
        layer, other = model.get_submodule(name), found.get_submodule(name)
        assert taeda.equal(other.weight, layer.weight)
        assert (other.bias is None) == (layer.bias is None)
        assert layer.bias is None or taeda.equal(other.bias, layer.bias)


@pytest.mark.parametrize("family", ["llama3", "phi3", "gpt_neox"])
def test_folders_of_awq_again(family: str, tmp_path: Path) -> None:
    make(tmp_path / "a", family, "gemm")
    save(load(tmp_path / "a"), tmp_path / "b", format="awq")
    a, b = (taeda.load_safetensors(tmp_path / name / "model.safetensors") for name in "ab")
    assert a.keys() == b.keys()
    assert all(x.dtype == b[name].dtype and taeda.equal(x, b[name]) for name, x in a.items())


@pytest.mark.parametrize("details", [dict(), dict(disorder=True), dict(symmetric=True)])
def test_folders_of_gptq_again(details: dict[str, bool], tmp_path: Path) -> None:
    make(tmp_path / "a", "llama3", "gptq", **details)
    first = load(tmp_path / "a")
    save(first, tmp_path / "b", format="gptq")
    a, b = (taeda.load_safetensors(tmp_path / name / "model.safetensors") for name in "ab")
    assert a.keys() == b.keys()
    for name, x in a.items():
        assert x.shape == b[name].shape and taeda.allclose(x.float(), b[name].float(), rtol=1e-6), name
    tokens = taeda.tensor([[3, 1, 4, 1, 5]])
    assert taeda.equal(load(tmp_path / "b")(tokens), first(tokens))


def test_what_layouts_cannot_say(tmp_path: Path) -> None:
    def model(family: str = "llama2") -> Decoder:
        return Decoder(DecoderConfig.from_huggingface(MODELS[family]))

    with pytest.raises(ValueError, match="no layer of this model is rounded"):
        save(model(), tmp_path, format="gptq")
    for format, scheme, reason in (("gptq", int4(16, symmetric=False), "no whole numbers of scales"),
                                   ("awq", int8(16), "AWQ's layout has codes of 4 bits, these layers have 8")):
        some = model()
        shrink_(some, scheme)
        with pytest.raises(NotImplementedError, match=reason):
            save(some, tmp_path, format=format)
    some.model.layers[0].mlp.up_proj.factors = taeda.ones(32)
    with pytest.raises(NotImplementedError, match="up_proj are multiplied by factors"):
        save(some, tmp_path, format="gptq")
    assert not list(tmp_path.iterdir())
