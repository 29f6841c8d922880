"""Reading and writing the folders in which models are published: config.json, safetensors, tokenizer."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import taeda
from taeda import nn
from taeda.llm.config import ConfigError, DecoderConfig
from taeda.llm.decoder import Decoder
from taeda.llm.layouts import IGNORED, Stored, layout, prefix, split_rows, split_turned
from taeda.llm.memory import MemoryNeeded, of_weights
from taeda.llm.packed import Packing, is_packed, layer_of, packed_tensors, packing_of, take_layer
from taeda.llm.tokenizer import FILES as TOKENIZER_FILES
from taeda.llm.tokenizer import Tokenizer
from taeda.quantization import QuantizedLinear, Scheme, calibrate_, encode, int8, quantize_
from taeda.serialization import CheckpointError, map_safetensors, save_safetensors

_SHARD_BYTES = 5 << 30
_QUANTIZED = "taeda_quantization"  # the key of config.json that says how weights are stored


class MismatchError(CheckpointError):
    """A checkpoint whose tensors are not those of the model. `missing`, `extra` and `misshapen` (with both shapes) list
    all of them."""

    def __init__(self, where: str, missing: list[str], extra: list[str],
                 misshapen: list[tuple[str, tuple[int, ...], tuple[int, ...]]]) -> None:
        self.missing, self.extra, self.misshapen = missing, extra, misshapen
        lines = [f"the tensors of {where} are not those of the model that config.json describes:"]
        lines += [f"  missing: {name}" for name in missing]
        lines += [f"  extra: {name}" for name in extra]
        lines += [f"  misshapen: {name} is {found}, expected {expected}" for name, found, expected in misshapen]
        super().__init__("\n".join(lines))


def read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"failed reading {path}: {error}") from None


def load(folder: str | os.PathLike[str], dtype: taeda.dtype | None = None, quantize: Scheme | None = None) -> Decoder:
    """The model of a Hugging Face folder: `config.json`, safetensors, and where they are there `tokenizer.json` and
    `generation_config.json`; or of a GGUF file, with the tokenizer in it or a `tokenizer.json` beside it. Weights that
    GPTQ or AWQ have rounded to 4 bits, or 8, stay so.

    The weights stay in the file, which is mapped to memory, and come from the disk as they are used; `dtype` converts
    them instead. `quantize`, `taeda.quantization.int8()` or `int4()`, rounds those of the layers to fewer bits.
    Parameters take no gradients until asked (`requires_grad_`).

    Raises `FileNotFoundError`, `ConfigError` for a config.json that describes no model, `NotImplementedError` for a
    family that is not there, `MismatchError` (a `CheckpointError`) listing every tensor that is missing, extra or of
    another shape, `CheckpointError` for damaged files, and `taeda.OutOfMemoryError` where weights that are converted do
    not fit.
    """
    where = Path(folder)
    if not where.exists():
        raise FileNotFoundError(f"there is no model at {where}: a folder with config.json and *.safetensors is wanted")
    if where.is_file():
        from taeda.llm.gguf import load_gguf

        if quantize is not None:
            raise ValueError(f"{where}: a GGUF file keeps the bits it has; quantize is for folders")
        found = load_gguf(where)
        return found if dtype is None else found.to(dtype)
    if not (where / "config.json").is_file():
        raise FileNotFoundError(f"{where} holds no config.json: it is no folder of a Hugging Face model")
    config = DecoderConfig.from_huggingface(read_json(where / "config.json"))
    packing = packing_of(config.source, where, read_json)
    if quantize is not None and (packing is not None or _QUANTIZED in config.source):
        raise ValueError(f"{where}: the weights of this model have few bits already, which it keeps; quantize is for "
                         "models in full precision")
    with taeda.device("meta"):
        model = Decoder(config)
    try:
        if _QUANTIZED in config.source:
            _fill_quantized(model, _read_tensors(where), str(where))
        else:
            fill(model, _read_tensors(where), str(where), dtype, packing)
        if quantize is not None:
            shrink_(model, quantize)
    except taeda.OutOfMemoryError:
        raise MemoryNeeded(of_weights(model, dtype, quantize is not None)) from None
    model.folder = str(where)
    if (where / "generation_config.json").is_file():
        defaults = read_json(where / "generation_config.json")
        if not isinstance(defaults, dict):
            raise CheckpointError(f"failed reading {where / 'generation_config.json'}: expected an object, got a "
                                  f"{type(defaults).__name__}")
        model.defaults = defaults
    if (where / "tokenizer.json").is_file():
        model.tokenizer = Tokenizer.from_folder(where)
    return model.eval()


def _read_tensors(folder: Path) -> dict[str, taeda.Tensor]:
    """All tensors of a folder, mapped."""
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        content = read_json(index)
        shards = content.get("weight_map") if isinstance(content, dict) else None
        if not isinstance(shards, dict) or not all(isinstance(name, str) for name in shards.values()):
            raise CheckpointError(f"failed reading {index}: it has no 'weight_map' from tensors to files")
        names = sorted(set(shards.values()))
    else:
        names = ["model.safetensors"] if (folder / "model.safetensors").is_file() else sorted(
            path.name for path in folder.glob("*.safetensors"))
    if not names:
        raise FileNotFoundError(f"{folder} holds no *.safetensors; files of pickled tensors are not read")
    tensors: dict[str, taeda.Tensor] = {}
    for name in names:
        if Path(name).name != name:
            raise CheckpointError(f"failed reading {index}: the shard {name!r} lies outside of the folder")
        tensors.update(map_safetensors(folder / name))
    return tensors


def fill(model: Decoder, tensors: dict[str, taeda.Tensor], where: str, dtype: taeda.dtype | None = None,
         packing: Packing | None = None) -> None:
    """Give the parameters of a model (on "meta") the tensors of a checkpoint. `packing`: how those are stored that
    others have rounded."""
    shapes = {name: parameter.shape for name, parameter in model.named_parameters()}
    stored = layout(model.config, list(shapes))
    start = prefix(model.config)
    if not any(name.startswith(start) for name in tensors):  # the body alone was saved
        tensors = {name if name in stored else start + name: tensor for name, tensor in tensors.items()}
    missing: list[str] = []
    misshapen: list[tuple[str, tuple[int, ...], tuple[int, ...]]] = []
    rounded = {}
    if packing is not None:
        tensors = dict(tensors)
        rounded = _take_rounded(model, stored, shapes, tensors, packing, missing, misshapen)
        stored = {name: s for name, s in stored.items() if name not in rounded}
    unused = [name for name in tensors if name not in stored and not name.endswith(IGNORED)
              and not (model.config.tied and name in ("lm_head.weight", "embed_out.weight"))]
    missing += [name for name in stored if name not in tensors]
    misshapen += [(name, tuple(tensors[name].shape), expected) for name, s in stored.items() if name in tensors
                  for expected in [_stored_shape(s, shapes)] if tuple(tensors[name].shape) != expected]
    if unused or missing or misshapen:
        raise MismatchError(where, missing, sorted(unused), misshapen)
    with taeda.no_grad():
        for name in list(rounded):
            for parameter, parts, bias in rounded.pop(name):
                assert packing is not None
                path = parameter.removesuffix(".weight")
                layer = layer_of(parts, path, packing)
                layer.bias = model.get_submodule(path).bias if bias is None else nn.Parameter(bias, requires_grad=False)
                model.set_submodule(path, layer)
        for name, s in stored.items():
            parts = s.split(tensors[name], [shapes[p][0] for p in s.parameters])
            for parameter, value in zip(s.parameters, parts, strict=True):
                _assign(model, parameter, value if dtype is None else value.to(dtype))


Rounded = list[tuple[str, list[taeda.Tensor], taeda.Tensor | None]]


def _take_rounded(model: Decoder, stored: dict[str, Stored], shapes: dict[str, Any], tensors: dict[str, taeda.Tensor],
                  packing: Packing, missing: list[str],
                  misshapen: list[tuple[str, tuple[int, ...], tuple[int, ...]]]) -> dict[str, Rounded]:
    """For the tensors of a checkpoint in place of which are codes: their parameters, with what `take_layer` gives for
    each, and biases that the configuration does not know. They are taken out of `tensors`."""
    found: dict[str, Rounded] = {}
    for name, s in stored.items():
        layer = name.removesuffix(".weight")
        if layer == name or not is_packed(tensors, layer):
            continue
        sizes = [shapes[p][0] for p in s.parameters]
        if not all(type(model.get_submodule(p.removesuffix(".weight"))) is nn.Linear for p in s.parameters):
            continue
        parts = take_layer(tensors, layer, packing, sum(sizes), shapes[s.parameters[0]][1], missing, misshapen)
        found[name] = []
        if parts is None:
            continue
        # Rows are outputs here, in whatever way the family stores weights that are not rounded.
        split = split_rows if s.split is split_turned else s.split
        by_parameter = zip(*(split(x, sizes) for x in parts[:3]), strict=True)
        # Some tools write a bias of zeros for each layer.
        bias = tensors.pop(f"{layer}.bias") if f"{layer}.bias" in tensors and f"{layer}.bias" not in stored else None
        biases = [None] * len(sizes) if bias is None or not bool(bias.any()) else split(bias, sizes)
        found[name] = [(parameter, [*some, *parts[3:]], b)
                       for parameter, some, b in zip(s.parameters, by_parameter, biases, strict=True)]
    return found


def shrink_(model: Decoder, scheme: Scheme, calibration: Sequence[taeda.Tensor] | None = None,
            report: Callable[[int, int], None] = lambda done, all: None, method: str = "gptq") -> None:
    """Round the weights of the layers to fewer bits, and those of the head to 8, for these few decide much (what it
    reads is rounded as for the layers); where it is the embeddings, it becomes a matrix of its own, which is read for
    every token. Embeddings and routers stay.

    `calibration`, tokens (batch, length) of some texts, rounds by what layers read there (`calibrate_`), and not just
    to the nearest; by `method` "gptq" or "awq". `report(done, all)` is told how far it has come.
    """
    if any(isinstance(layer, QuantizedLinear) for name, layer in model.named_modules() if name != "lm_head"):
        raise ValueError("the layers of this model have few bits already, which they keep: round a model in full "
                         "precision")

    def which(name: str, layer: nn.Linear) -> bool:
        return name.startswith("model.layers.") and not name.endswith(("mlp.gate", "mlp.shared_expert_gate"))

    if calibration is None:
        quantize_(model, scheme, which)
    else:
        calibrate_(model, scheme, calibration, which, report, method)
    head = model.lm_head
    if not isinstance(head, QuantizedLinear):
        weight = (model.model.embed_tokens if head is None else head).weight
        model.lm_head = _empty_head(model, scheme)
        model.lm_head.take(encode(weight.detach(), model.lm_head.scheme))
    model.config.source[_QUANTIZED] = dataclasses.asdict(scheme)


def _empty_head(model: Decoder, scheme: Scheme) -> QuantizedLinear:
    with taeda.device("meta"):
        return QuantizedLinear(model.config.hidden_size, model.config.vocab_size, False, int8(inputs=scheme.inputs))


def _fill_quantized(model: Decoder, tensors: dict[str, taeda.Tensor], where: str) -> None:
    """A checkpoint that was saved after `shrink_`: its names are those of the modules."""
    found = model.config.source[_QUANTIZED]
    try:
        scheme = Scheme(found["bits"], found["group"], found["symmetric"], found.get("inputs"))
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"config.json: {_QUANTIZED!r} is {found!r}: {error}") from None
    for name, layer in list(model.named_modules()):
        if name != "lm_head" and f"{name}.codes" in tensors and type(layer) is nn.Linear:
            with taeda.device("meta"):
                other = QuantizedLinear(layer.in_features, layer.out_features, layer.bias is not None, scheme)
                if f"{name}.factors" in tensors:
                    other.factors = taeda.empty(layer.in_features)
            model.set_submodule(name, other)
    model.lm_head = _empty_head(model, scheme)
    wanted = model.state_dict()
    # Scales are float16 or float32; of everything else the shapes count too.
    misshapen = [(name, tuple(tensors[name].shape), tuple(x.shape)) for name, x in wanted.items()
                 if name in tensors and tensors[name].shape != x.shape]
    missing, extra = sorted(set(wanted) - set(tensors)), sorted(set(tensors) - set(wanted))
    if missing or extra or misshapen:
        raise MismatchError(where, missing, extra, misshapen)
    buffers = {name for name, _ in model.named_buffers()}
    for name, tensor in tensors.items():
        path, _, last = name.rpartition(".")
        value = tensor if name in buffers else nn.Parameter(tensor, requires_grad=False)
        setattr(model.get_submodule(path), last, value)


def _stored_shape(stored: Stored, shapes: dict[str, Any]) -> tuple[int, ...]:
    return tuple(stored.join([taeda.empty(shapes[p], device="meta") for p in stored.parameters]).shape)


def _assign(model: nn.Module, name: str, value: taeda.Tensor) -> None:
    path, _, last = name.rpartition(".")
    setattr(model.get_submodule(path), last, nn.Parameter(value, requires_grad=False))


def save(model: Decoder, folder: str | os.PathLike[str], format: str | None = None) -> None:
    """Write a model as the folder that `load` and `transformers` read: config.json, safetensors in files of at most
    5 GB, and the tokenizer's files. A quantised model keeps its codes, which `load` alone reads.

    `format` says another layout, which others read too: "gguf", a file with all of it, of which int8 is Q8_0 and int4
    Q4_0; "gptq" or "awq", a folder in which layers are as tools of that name write them, the latter in 4 bits. All take
    symmetric codes, "gguf" in groups of a multiple of 32. Raises `NotImplementedError` for codes and models that the
    layout cannot say.
    """
    if format == "gguf":
        from taeda.llm.gguf import save_gguf

        return save_gguf(model, folder)
    if format not in (None, "gptq", "awq"):
        raise ValueError(f"a model is saved in the format None (a folder), 'gguf', 'gptq' or 'awq', not {format!r}")
    if not model.config.source:
        raise ConfigError("this model has no config.json: make its configuration by DecoderConfig.from_huggingface")
    source = {key: value for key, value in model.config.source.items() if key != "quantization_config"}
    parameters = dict(model.named_parameters())
    if format is not None:
        tensors, source["quantization_config"] = packed_tensors(model, format)
        source.pop(_QUANTIZED, None)
    elif _QUANTIZED in source:
        tensors = dict(model.state_dict())
    elif any(isinstance(m, QuantizedLinear) for m in model.modules()):
        raise NotImplementedError("the codes of a GGUF file, of GPTQ, AWQ or quantize_ have no layout of their own: "
                                  "save them by format='gguf', 'gptq' or 'awq', load the folder with quantize=, or "
                                  "save the model in full precision")
    else:
        with taeda.no_grad():
            tensors = {name: stored.join([parameters[p].detach() for p in stored.parameters])
                       for name, stored in layout(model.config, list(parameters)).items()}
    where = Path(folder)
    where.mkdir(parents=True, exist_ok=True)
    dtype = str(next(iter(parameters.values())).dtype).rpartition(".")[2]
    kind = "torch_dtype" if "torch_dtype" in model.config.source else "dtype"
    _write_json(where / "config.json", source | {kind: dtype})
    if model.defaults:
        _write_json(where / "generation_config.json", model.defaults)
    if model.folder is not None and Path(model.folder).resolve() != where.resolve():
        for name in TOKENIZER_FILES:
            if (Path(model.folder) / name).is_file():
                shutil.copyfile(Path(model.folder) / name, where / name)
    elif model.tokenizer is not None and model.folder is None:
        model.tokenizer.save(where)
    _write_tensors(where, tensors)


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _shards(tensors: dict[str, taeda.Tensor]) -> Iterable[dict[str, taeda.Tensor]]:
    shard: dict[str, taeda.Tensor] = {}
    size = 0
    for name, tensor in tensors.items():
        nbytes = tensor.nbytes
        if shard and size + nbytes > _SHARD_BYTES:
            yield shard
            shard, size = {}, 0
        shard[name] = tensor
        size += nbytes
    yield shard


def _write_tensors(folder: Path, tensors: dict[str, taeda.Tensor]) -> None:
    """The files are written beside those that are there and take their places at the end: a model that is mapped from
    this folder stays whole."""
    shards = list(_shards(tensors))
    names = ["model.safetensors"] if len(shards) == 1 else [
        f"model-{k + 1:05}-of-{len(shards):05}.safetensors" for k in range(len(shards))]
    for name, shard in zip(names, shards, strict=True):
        save_safetensors(shard, folder / f"{name}.part", {"format": "pt"})
    for path in folder.glob("model*.safetensors*"):
        if not path.name.endswith(".part"):
            path.unlink()
    for name in names:
        (folder / f"{name}.part").rename(folder / name)
    if len(shards) > 1:
        total = sum(x.nbytes for x in tensors.values())
        _write_json(folder / "model.safetensors.index.json", {
            "metadata": {"total_size": total},
            "weight_map": {key: name for name, shard in zip(names, shards, strict=True) for key in shard}})
