"""Language models: Hugging Face checkpoints, generation, a chat, a server.

`load(folder)` gives a `Decoder`: called on tokens it returns logits, `.generate(...)` continues a text. What needs more
than Taeda (a tokenizer, chat templates, the server) comes with `pip install 'taeda[llm]'` and is imported when used.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {
    "load": "checkpoint", "save": "checkpoint", "MismatchError": "checkpoint", "Decoder": "decoder",
    "ContextError": "decoder", "DecoderConfig": "config", "ConfigError": "config", "SequenceCache": "cache",
    "Sampling": "sampling", "Completion": "generation", "Engine": "engine", "Request": "engine",
    "Tokenizer": "tokenizer", "TemplateError": "tokenizer",
    "ConstraintError": "constraints", "MemoryNeeded": "memory", "PrefixStore": "cache",
}

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module 'taeda.llm' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
