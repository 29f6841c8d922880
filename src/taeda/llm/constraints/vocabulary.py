"""The bytes that tokens stand for, found from how a tokenizer decodes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from taeda.llm.tokenizer import Tokenizer

_SPACE = "\u2581"  # how SentencePiece writes a space


def byte_characters() -> dict[str, int]:
    """The characters by which byte-level tokenizers write bytes: printable ones as themselves, the others from
    U+0100 on."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    return {chr(byte): byte for byte in plain} | {chr(256 + k): byte for k, byte in enumerate(others)}


def _steps(content: Any) -> Iterator[dict[str, Any]]:
    """The steps of a decoder or pre-tokenizer, those inside of sequences too."""
    if isinstance(content, dict):
        yield content
        for inner in content.get("decoders") or content.get("pretokenizers") or ():
            yield from _steps(inner)


class TokenBytes:
    """The bytes of each token: `texts[k]` of token k, None for special tokens and gaps. `drops_first_space`: a space at
    the beginning of a text is not decoded.

    Raises `NotImplementedError` for tokenizers that are neither byte-level nor of SentencePiece's kind.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        content = json.loads(tokenizer.inner.to_str())
        decoders = list(_steps(content.get("decoder")))
        kinds = {str(step.get("type")) for step in decoders}
        added = {entry["id"]: entry for entry in content.get("added_tokens") or ()}
        byte_level = "ByteLevel" in kinds
        pieces = "Metaspace" in kinds or any(step.get("type") == "Replace" and step.get("content") == " "
                                             for step in decoders)
        if not byte_level and not pieces:
            raise NotImplementedError("constrained answers need a tokenizer that is byte-level or of SentencePiece's "
                                      f"kind; the decoder of this one is {', '.join(sorted(kinds)) or 'none'}")
        self.drops_first_space = pieces and any(
            (step.get("type") == "Strip" and step.get("content") == " " and step.get("start"))
            or (step.get("type") == "Metaspace" and step.get("prepend_scheme", "always") != "never")
            for step in decoders)
        words = tokenizer.inner.get_vocab(with_added_tokens=True)
        self.texts: list[bytes | None] = [None] * (max(words.values(), default=-1) + 1)
        characters = byte_characters()
        for word, number in words.items():
            entry = added.get(number)
            if entry is not None:
                self.texts[number] = None if entry.get("special") else word.encode()
            elif byte_level:
                if all(character in characters for character in word):
                    self.texts[number] = bytes(characters[character] for character in word)
            else:
                byte = re.fullmatch(r"<0x([0-9A-Fa-f]{2})>", word)
                self.texts[number] = (bytes([int(byte[1], 16)]) if byte and "ByteFallback" in kinds
                                      else word.replace(_SPACE, " ").encode("utf-8", "replace"))
