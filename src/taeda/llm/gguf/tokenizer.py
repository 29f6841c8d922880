"""The tokenizer that a GGUF file describes, as one of the `tokenizers` library.

Two kinds are there: byte-level BPE ("gpt2", whose way of parting texts has a name of its own), and SentencePiece's
("llama"), whose merges follow from the scores of its pieces.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from taeda.llm.tokenizer import Tokenizer, require
from taeda.serialization import CheckpointError

_NORMAL, _UNKNOWN, _CONTROL, _USER, _UNUSED, _BYTE, _SPACE = 1, 2, 3, 4, 5, 6, "\u2581"
_WORDS = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
          r"|\s+(?!\S)|\s+")
# How texts are parted before merging: an expression, or None for GPT-2's own.
_PARTS = {"gpt-2": None, "gpt2": None, "default": None, "smollm": None, "llama-bpe": _WORDS % "{1,3}",
          "llama3": _WORDS % "{1,3}", "llama-v3": _WORDS % "{1,3}", "qwen2": _WORDS % ""}


def tokenizer_of(metadata: dict[str, Any], path: Path) -> Tokenizer | None:
    """The tokenizer of a file; None where it has none of its own, or none that can be made (a `tokenizer.json` beside
    the file is taken instead).

    Raises `CheckpointError` for one that is damaged.
    """
    kind, tokens = metadata.get("tokenizer.ggml.model"), metadata.get("tokenizer.ggml.tokens")
    part = metadata.get("tokenizer.ggml.pre", "gpt-2")
    if not isinstance(tokens, list) or not (kind == "llama" or (kind == "gpt2" and part in _PARTS)):
        return None
    library = require("tokenizers")
    try:
        kinds = metadata.get("tokenizer.ggml.token_type") or [1] * len(tokens)
        if len(kinds) != len(tokens) or not all(isinstance(token, str) for token in tokens):
            raise ValueError(f"{len(tokens)} tokens of {len(kinds)} types")
        make = _byte_level if kind == "gpt2" else _pieces
        inner = make(library, metadata, tokens, part)
        added = [library.AddedToken(token, special=kind == _CONTROL, normalized=False)
                 for token, kind in zip(tokens, kinds, strict=True) if kind in (_CONTROL, _USER)]
        inner.add_special_tokens([token for token in added if token.special])
        inner.add_tokens([token for token in added if not token.special])
        settings = {}
        for name in ("bos", "eos", "unknown", "padding"):
            number = metadata.get(f"tokenizer.ggml.{name}_token_id")
            if isinstance(number, int) and 0 <= number < len(tokens):
                settings[{"unknown": "unk", "padding": "pad"}.get(name, name) + "_token"] = tokens[number]
        if metadata.get("tokenizer.ggml.add_bos_token", kind == "llama") and "bos_token" in settings:
            bos = settings["bos_token"]
            inner.post_processor = library.processors.TemplateProcessing(
                single=f"{bos} $A", pair=f"{bos} $A {bos} $B", special_tokens=[(bos, tokens.index(bos))])
    except Exception as error:  # the library raises no class of its own
        raise CheckpointError(f"failed reading the tokenizer of {path}: {error}") from None
    return Tokenizer(inner, settings | {"tokenizer_class": "PreTrainedTokenizerFast"})


def _byte_level(library: Any, metadata: dict[str, Any], tokens: list[str], part: str) -> Any:
    merges = []
    for merge in metadata.get("tokenizer.ggml.merges") or []:
        left, _, right = merge.partition(" ")
        merges.append((left, right))
    expression = _PARTS[part]
    inner = library.Tokenizer(library.models.BPE(
        vocab={token: k for k, token in enumerate(tokens)}, merges=merges, ignore_merges=part.startswith("llama")))
    steps = [library.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=expression is None)]
    if expression is not None:
        steps.insert(0, library.pre_tokenizers.Split(library.Regex(expression), "isolated"))
    if part == "smollm":
        steps.insert(0, library.pre_tokenizers.Digits(individual_digits=True))
    inner.pre_tokenizer = library.pre_tokenizers.Sequence(steps)
    if part == "qwen2":
        inner.normalizer = library.normalizers.NFC()
    inner.decoder = library.decoders.ByteLevel()
    return inner


def _pieces(library: Any, metadata: dict[str, Any], tokens: list[str], part: str) -> Any:
    scores = metadata.get("tokenizer.ggml.scores") or []
    if len(scores) != len(tokens):
        raise ValueError(f"{len(tokens)} tokens and {len(scores)} scores")
    numbers = {token: k for k, token in enumerate(tokens)}
    merges = []
    for token, score in zip(tokens, scores, strict=True):
        for cut in range(1, len(token)):
            left, right = token[:cut], token[cut:]
            if left in numbers and right in numbers:
                merges.append((-score, numbers[left], numbers[right]))
    merges.sort()
    unknown = metadata.get("tokenizer.ggml.unknown_token_id", 0)
    inner = library.Tokenizer(library.models.BPE(
        vocab=numbers, merges=[(tokens[left], tokens[right]) for _, left, right in merges], byte_fallback=True,
        fuse_unk=True, unk_token=tokens[unknown] if isinstance(unknown, int) and 0 <= unknown < len(tokens) else None))
    prefix = metadata.get("tokenizer.ggml.add_space_prefix", True)
    replace = library.normalizers.Replace(" ", _SPACE)
    inner.normalizer = library.normalizers.Sequence([*([library.normalizers.Prepend(_SPACE)] if prefix else []),
                                                     replace])
    inner.decoder = library.decoders.Sequence([
        library.decoders.Replace(_SPACE, " "), library.decoders.ByteFallback(), library.decoders.Fuse(),
        *([library.decoders.Strip(" ", 1, 0)] if prefix else [])])
    return inner


def metadata_of(tokenizer: Tokenizer, count: int) -> dict[str, Any]:
    """What a file says of a tokenizer, for a model of `count` tokens: the other way around.

    Raises `NotImplementedError` for one of a kind that files cannot describe.
    """
    content = json.loads(tokenizer.inner.to_str())
    model, vocabulary = content["model"], tokenizer.inner.get_vocab(with_added_tokens=True)
    if model["type"] != "BPE" or max(vocabulary.values(), default=0) >= count:
        raise NotImplementedError(f"a tokenizer of the kind {model['type']} with {len(vocabulary)} tokens, for a "
                                  f"model of {count}, is not written to GGUF files yet; byte-level BPE and that of "
                                  "SentencePiece are")
    tokens = [f"[PAD{k}]" for k in range(count)]
    kinds = [_UNUSED] * count
    for token, number in vocabulary.items():
        tokens[number], kinds[number] = token, _NORMAL
    for token in content["added_tokens"]:
        kinds[token["id"]] = _CONTROL if token["special"] else _USER
    pieces = bool(model.get("byte_fallback"))
    found: dict[str, Any] = {"tokenizer.ggml.model": "llama" if pieces else "gpt2"}
    merges = [merge.split(" ") if isinstance(merge, str) else merge for merge in model["merges"]]
    if pieces:
        ranks = {"".join(merge): -float(k) for k, merge in reversed(list(enumerate(merges)))}
        found["tokenizer.ggml.scores"] = [ranks.get(token, 0.0) for token in tokens]
        kinds = [_BYTE if re.fullmatch("<0x[0-9A-F]{2}>", token) else kind
                 for token, kind in zip(tokens, kinds, strict=True)]
        found["tokenizer.ggml.add_space_prefix"] = "Prepend" in json.dumps([content["normalizer"],
                                                                          content["pre_tokenizer"]])
    else:
        found["tokenizer.ggml.pre"] = _parting(content)
        found["tokenizer.ggml.merges"] = [" ".join(merge) for merge in merges]
    if model.get("unk_token") is not None:
        kinds[vocabulary[model["unk_token"]]] = _UNKNOWN
    found |= {"tokenizer.ggml.tokens": tokens, "tokenizer.ggml.token_type": kinds}
    for name, kind in (("bos", "bos"), ("eos", "eos"), ("unknown", "unk"), ("padding", "pad")):
        number = vocabulary.get(tokenizer.special(f"{kind}_token"))
        if number is not None:
            found[f"tokenizer.ggml.{name}_token_id"] = number
    bos = found.get("tokenizer.ggml.bos_token_id")
    found["tokenizer.ggml.add_bos_token"] = bos is not None and tokenizer.encode("a")[:1] == [bos]
    if tokenizer.template is not None:
        found["tokenizer.chat_template"] = tokenizer.template
    return found


def _parting(content: dict[str, Any]) -> str:
    """The name of the way in which a byte-level tokenizer parts texts."""
    said = content["pre_tokenizer"] or {}
    steps = said.get("pretokenizers", [said])
    split = next((step["pattern"].get("Regex") for step in steps if step.get("type") == "Split"), None)
    if split is None and [step.get("type") for step in steps] == ["ByteLevel"] and steps[0].get("use_regex", True):
        return "gpt-2"
    if split is None and [step.get("type") for step in steps] == ["Digits", "ByteLevel"]:
        return "smollm"
    name = next((name for name in ("qwen2", "llama-bpe") if split == _PARTS[name]), None)
    if name is None:
        raise NotImplementedError(f"GGUF files have no name for the way in which this tokenizer parts texts: "
                                  f"{json.dumps(said)[:200]}")
    return name
