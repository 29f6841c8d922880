"""Where models are on this machine: folders by path, those of the store by name, downloads from Hugging Face."""

from __future__ import annotations

import re
from pathlib import Path

from taeda import environment
from taeda.llm.checkpoint import load
from taeda.llm.decoder import Decoder
from taeda.llm.tokenizer import require
from taeda.quantization import Scheme, int4, int8

STARTER = "starter"  # the name of the small model that `taeda chat` trains where there is none


def models() -> list[Path]:
    """The folders of models in the store."""
    folder = environment.models_folder()
    return sorted(path.parent for path in folder.rglob("config.json")) if folder.is_dir() else []


def find(name: str) -> Path:
    """The folder of a model: a path, a name in the store, or "hf:organisation/name", which is downloaded into it.

    Raises `FileNotFoundError` saying what there is.
    """
    if name.startswith("hf:"):
        return download(name[3:])
    store = environment.models_folder()
    for place in (Path(name), store / name):
        if (place / "config.json").is_file() or place.is_file():
            return place
    if Path(name).is_dir():
        raise FileNotFoundError(f"the folder {name} holds no config.json: it is no folder of a Hugging Face model, "
                                "or not all of it is there")
    known = ", ".join(str(path.relative_to(store)) for path in models()) or "none"
    raise FileNotFoundError(f"there is no model {name!r}: give a folder with config.json, hf:organisation/name, or one "
                            f"of {store} ({known})")


def download(name: str) -> Path:
    """Fetch a model from Hugging Face; what is there already is not fetched again, what was begun is resumed."""
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", name) or ".." in name:
        raise ValueError(f"{name!r} is no name of a model on Hugging Face: organisation/name is wanted")
    hub = require("huggingface_hub")
    folder = environment.models_folder() / name
    hub.snapshot_download(name, local_dir=str(folder), allow_patterns=[
        "*.safetensors", "*.safetensors.index.json", "config.json", "generation_config.json", "tokenizer*",
        "special_tokens_map.json", "added_tokens.json", "chat_template*", "vocab.json", "merges.txt", "LICENSE*"])
    return folder


def scheme_of(name: str) -> Scheme:
    """int8, int4, or with a group as in int4:32. What products read is rounded to 8 bits too, which is faster and
    changes less than the weights do; with "-exact" at the end it is not."""
    found = re.fullmatch(r"int([48])(?::(\d{1,6}))?(-exact)?", name)
    if found is None:
        raise ValueError(f"{name!r} is none of int8, int4, int8:GROUP and int4:GROUP (and -exact after them)")
    plain = int8() if found[1] == "8" else int4()
    return Scheme(plain.bits, int(found[2]) if found[2] else plain.group, inputs=None if found[3] else 8)


def open_model(name: str, quantize: str | None = None) -> Decoder:
    """The model of a name that `find` understands, its weights rounded to "int8" or "int4" if that is asked for."""
    return load(find(name), quantize=None if quantize is None else scheme_of(quantize))
