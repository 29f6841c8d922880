"""Every family against recorded results of `transformers` on PyTorch (record_transformers.py)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from families import MODELS, prompt, weight

import taeda
from taeda.llm import ConfigError, Decoder, DecoderConfig, MemoryNeeded, MismatchError, load, save
from taeda.quantization import Scheme, int4, int8

RECORDS = np.load(Path(__file__).parents[1] / "recorded" / "llm.families.npz")


def write(name: str, folder: Path, **changed: Any) -> dict[str, taeda.Tensor]:
    """The folder of a model; returns its tensors."""
    folder.mkdir(exist_ok=True)
    config = json.loads(str(RECORDS[f"{name}.config"])) | changed
    (folder / "config.json").write_text(json.dumps(config))
    shapes = json.loads(str(RECORDS[f"{name}.shapes"]))
    tensors = {key: taeda.from_numpy(weight(key, tuple(shape))) for key, shape in shapes.items()}
    taeda.save_safetensors(tensors, folder / "model.safetensors")
    return tensors


def greedy(model: Decoder, tokens: taeda.Tensor, count: int) -> list[int]:
    caches, found = model.caches(), []
    for _ in range(count):
        found.append(int(model(tokens, caches, last_only=True).argmax(-1).item()))
        tokens = taeda.tensor([found[-1:]])
    return found


@pytest.mark.parametrize("name", MODELS)
def test_same_as_transformers(name: str, tmp_path: Path) -> None:
    tensors = write(name, tmp_path)
    model = load(tmp_path)
    tokens = taeda.from_numpy(prompt(name))
    with taeda.no_grad():
        logits = model(tokens)[:, ::13].numpy()
        assert greedy(model, tokens[:1, :10], 64) == RECORDS[f"{name}.greedy"].tolist()
    expected = RECORDS[f"{name}.logits"]
    assert np.abs(logits - expected).max() < 1e-4 * np.abs(expected).max()
    save(model, tmp_path / "saved")
    saved = taeda.load_safetensors(tmp_path / "saved" / "model.safetensors")
    assert set(saved) == set(tensors)
    assert all(taeda.equal(saved[key], tensors[key]) for key in tensors)


@pytest.mark.parametrize("name", ["gemma2", "qwen2_moe", "phi3", "gpt2", "bloom", "cohere", "glm4"])
def test_cached_tokens_are_the_same(name: str, tmp_path: Path) -> None:
    """In pieces, with other sequences beside it, and whole; the batch changes no bit."""
    write(name, tmp_path)
    model = load(tmp_path)
    tokens = taeda.from_numpy(prompt(name))
    with taeda.no_grad():
        whole = model(tokens)
        together, alone = model.caches(2), model.caches()
        first = model(taeda.cat([tokens[0, :20], tokens[1, :7]]).unsqueeze(0), together, [20, 7])
        single = model(tokens[:1, :20], alone)
        assert taeda.equal(first[0, :20], single[0])
        last = model(taeda.cat([tokens[0, 20:], tokens[1, 7:8]]).unsqueeze(0), together, [20, 1])
        assert taeda.equal(last[0, :20], model(tokens[:1, 20:], alone)[0])
    if name != "phi3":  # whose positions depend on the length of the text
        assert taeda.allclose(taeda.cat([first[0, :20], last[0, :20]]), whole[0], rtol=1e-4, atol=1e-4)
        assert taeda.allclose(taeda.cat([first[0, 20:], last[0, 20:]]), whole[1, :8], rtol=1e-4, atol=1e-4)


def test_gradients_reach_every_parameter(tmp_path: Path) -> None:
    write("qwen3_moe", tmp_path)
    model = load(tmp_path).requires_grad_()
    tokens = taeda.from_numpy(prompt("qwen3_moe"))
    taeda.nn.functional.cross_entropy(model(tokens[:, :-1]).flatten(0, 1), tokens[:, 1:].flatten()).backward()
    assert all(p.grad is not None and bool(p.grad.isfinite().all()) for p in model.parameters())


def test_all_misfits_in_one_error(tmp_path: Path) -> None:
    tensors = write("llama2", tmp_path)
    del tensors["model.norm.weight"], tensors["model.layers.1.mlp.up_proj.weight"]
    tensors["model.layers.0.self_attn.q_proj.weight"] = taeda.zeros(3, 4)
    tensors["model.vision.weight"] = taeda.zeros(1)
    taeda.save_safetensors(tensors, tmp_path / "model.safetensors")
    with pytest.raises(MismatchError) as raised:
        load(tmp_path)
    assert raised.value.missing == ["model.layers.1.mlp.up_proj.weight", "model.norm.weight"]
    assert raised.value.extra == ["model.vision.weight"]
    assert raised.value.misshapen == [("model.layers.0.self_attn.q_proj.weight", (3, 4), (32, 32))]
    for part in ("missing: model.norm.weight", "extra: model.vision.weight", "is (3, 4), expected (32, 32)"):
        assert part in str(raised.value)


def test_body_alone(tmp_path: Path) -> None:
    """A checkpoint of the body has names without its prefix, and masks that are no parameters."""
    tensors = write("gpt2", tmp_path)
    expected = load(tmp_path)(taeda.tensor([[1, 2, 3]]))
    bare = {name.removeprefix("transformer."): tensor for name, tensor in tensors.items()}
    bare["h.0.attn.bias"] = taeda.ones(1, 1, 4, 4)
    taeda.save_safetensors(bare, tmp_path / "model.safetensors")
    assert taeda.equal(load(tmp_path)(taeda.tensor([[1, 2, 3]])), expected)


def test_shards_and_dtypes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("qwen2", tmp_path / "a")
    model = load(tmp_path / "a", taeda.bfloat16)
    monkeypatch.setattr("taeda.llm.checkpoint._SHARD_BYTES", 10_000)
    save(model, tmp_path / "b")
    assert len(list((tmp_path / "b").glob("model-*-of-*.safetensors"))) > 1
    again = load(tmp_path / "b")
    assert json.loads((tmp_path / "b" / "config.json").read_text())["dtype"] == "bfloat16"
    assert all(taeda.equal(p, again.get_parameter(name)) for name, p in model.named_parameters())
    assert {p.dtype for p in again.parameters()} == {taeda.bfloat16}
    tokens = taeda.tensor([[1, 2, 3]])
    assert taeda.allclose(again(tokens).float(), load(tmp_path / "a")(tokens), rtol=0.1, atol=0.2)


@pytest.mark.parametrize("name", ["llama3", "qwen3_moe", "gpt2"])
@pytest.mark.parametrize("scheme", [int8(), int4(16, False)], ids=str)
def test_quantized(name: str, scheme: Scheme, tmp_path: Path) -> None:
    write(name, tmp_path / "a")
    tokens = taeda.from_numpy(prompt(name))
    expected, model = load(tmp_path / "a")(tokens), load(tmp_path / "a", quantize=scheme)
    found = model(tokens)
    # Of most tokens; in a mixture some go to another expert.
    assert float((found - expected).abs().median() / expected.std()) < (0.03 if scheme.bits == 8 else 0.3)
    alone, together = model.caches(), model.caches(2)
    rows = taeda.cat([tokens[0, :9], tokens[1, :9]]).unsqueeze(0)
    with taeda.no_grad():  # the bits of a sequence do not depend on its batch
        assert taeda.equal(model(rows, together, [9, 9])[0, :9], model(tokens[:1, :9], alone)[0])
    save(model, tmp_path / "b")
    again = load(tmp_path / "b")
    assert taeda.equal(again(tokens), found)
    tensors = taeda.load_safetensors(tmp_path / "b" / "model.safetensors")
    lost = next(key for key in tensors if key.endswith("scales"))
    del tensors[lost]
    taeda.save_safetensors(tensors, tmp_path / "b" / "model.safetensors")
    with pytest.raises(MismatchError, match=f"missing: {lost}"):
        load(tmp_path / "b")


@pytest.mark.parametrize("changed, message", [
    (dict(num_attention_heads=0), "'num_attention_heads' is 0"),
    (dict(hidden_size="32"), "'hidden_size' is '32'"),
    (dict(num_attention_heads=5), "not a multiple"),
    (dict(num_key_value_heads=3), "not a multiple"),
    (dict(hidden_act="nonsense"), "the activation 'nonsense'"),
    (dict(rope_parameters=dict(rope_type="llama3")), "'low_freq_factor' is missing"),
    (dict(rope_parameters=[1]), "expected an object"),
    (dict(eos_token_id="x"), "'eos_token_id' is 'x'"),
])
def test_configurations_that_describe_no_model(changed: dict[str, Any], message: str) -> None:
    content = dict(MODELS["llama2"], **changed)
    with pytest.raises(ConfigError, match=message.replace("(", "\\(")):
        Decoder(DecoderConfig.from_huggingface(content))


def test_other_families() -> None:
    with pytest.raises(NotImplementedError, match="'mamba'.*there are bloom"):
        DecoderConfig.from_huggingface(dict(model_type="mamba"))


@pytest.mark.parametrize("name, changed", [
    ("mpt", dict(no_bias=False)), ("mpt", dict(attn_config=dict(qk_ln=True))),
    ("opt", dict(do_layer_norm_before=False)),
    ("bloom", dict(apply_residual_connection_post_layernorm=True)), ("falcon", dict(num_ln_in_parallel_attn=2)),
])
def test_variants_that_are_not_there(name: str, changed: dict[str, Any]) -> None:
    key = next(iter(changed.get("attn_config", changed)))
    with pytest.raises(NotImplementedError, match=f"with {key}"):
        DecoderConfig.from_huggingface(MODELS[name] | changed)


def test_bad_calls(tmp_path: Path) -> None:
    model = Decoder(DecoderConfig.from_huggingface(MODELS["llama2"]))
    with pytest.raises(ValueError, match="300 tokens do not fit the model's context of 256"):
        model(taeda.zeros(1, 300, dtype=taeda.int64))
    with pytest.raises(IndexError):
        model(taeda.tensor([[97]]))
    with pytest.raises(ValueError, match="1 caches for tokens"):
        model(taeda.tensor([[1, 2]]), model.caches(), [3])
    with pytest.raises(FileNotFoundError, match="no config.json"):
        load(tmp_path)
    with pytest.raises(FileNotFoundError, match="there is no model at"):
        load(tmp_path / "nothing")


def test_weights_that_do_not_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("llama2", tmp_path)

    def failing(*given: object) -> None:
        raise taeda.OutOfMemoryError("no memory")

    monkeypatch.setattr("taeda.llm.checkpoint.fill", failing)
    with pytest.raises(MemoryNeeded, match=r"numbers in float64 are .* KB.*without dtype.*int4"):
        load(tmp_path, dtype=taeda.float64)
    with pytest.raises(taeda.OutOfMemoryError, match="taeda quantize"):
        load(tmp_path, quantize=int8())
