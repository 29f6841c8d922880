"""Text to tokens and back, and conversations to text by the model's template.

The tokenizer is that of the `tokenizers` library; a chat template is a program in Jinja2 that came with a file, and
runs in a sandbox that lets it reach nothing but the messages.
"""

from __future__ import annotations

import datetime
import functools
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from taeda.serialization import CheckpointError

# What belongs to a tokenizer in a Hugging Face folder.
FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
         "chat_template.jinja", "chat_template.json", "tokenizer.model", "vocab.json", "merges.txt")


def require(module: str) -> Any:
    """An optional dependency, or an error that says how to get it."""
    import importlib

    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ImportError(f"taeda.llm needs {module.partition('.')[0]} for this ({error}): "
                          "pip install 'taeda[llm]'") from None


class TemplateError(ValueError):
    """A chat template that cannot be used, or that refused the messages: the message is its own."""


class Tokenizer:
    """Text to tokens and back. `settings` is tokenizer_config.json; `template` the chat template (None: there is none).
    """

    def __init__(self, inner: Any, settings: dict[str, Any] | None = None, template: str | None = None) -> None:
        self.inner = inner
        self.settings = settings or {}
        self.template = template

    @staticmethod
    def from_folder(folder: Path) -> Tokenizer:
        """Raises `CheckpointError` for damaged files, `ImportError` where `tokenizers` is not installed."""
        library = require("tokenizers")
        try:
            inner = library.Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # the library raises no class of its own
            raise CheckpointError(f"failed reading {folder / 'tokenizer.json'}: {error}") from None
        settings: Any = {}
        for name in ("tokenizer_config.json", "chat_template.json"):
            if (folder / name).is_file():
                try:
                    settings = {**settings, **json.loads((folder / name).read_text(encoding="utf-8"))}
                except (ValueError, TypeError, RecursionError) as error:
                    raise CheckpointError(f"failed reading {folder / name}: {error}") from None
        template = settings.get("chat_template")
        if (folder / "chat_template.jinja").is_file():
            template = (folder / "chat_template.jinja").read_text(encoding="utf-8")
        if isinstance(template, list):  # several by name
            by_name = {t.get("name"): t.get("template") for t in template if isinstance(t, dict)}
            template = by_name.get("default")
        return Tokenizer(inner, settings, template if isinstance(template, str) else None)

    def save(self, folder: Path) -> None:
        """Write tokenizer.json and tokenizer_config.json."""
        self.inner.save(str(folder / "tokenizer.json"))
        settings = self.settings | ({} if self.template is None else {"chat_template": self.template})
        (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2, ensure_ascii=False) + "\n",
                                                      encoding="utf-8")

    @property
    def size(self) -> int:
        return int(self.inner.get_vocab_size())

    def encode(self, text: str, special: bool = True) -> list[int]:
        """The tokens of a text; `special`: with those that the model expects at its begin."""
        # A lone half of a pair of UTF-16 has no bytes: it becomes the replacement character.
        text = text.encode("utf-8", "replace").decode("utf-8")
        return list(self.inner.encode(text, add_special_tokens=special).ids)

    def decode(self, tokens: Sequence[int], special: bool = False) -> str:
        """The text of tokens; `special`: with the names of special ones."""
        return str(self.inner.decode(list(tokens), skip_special_tokens=not special))

    def token(self, name: str) -> int | None:
        """The number of a token by its text."""
        found = self.inner.token_to_id(name)
        return None if found is None else int(found)

    def special(self, kind: str) -> str:
        """The text of "bos_token", "eos_token", ...; empty if there is none."""
        value = self.settings.get(kind)
        value = value.get("content") if isinstance(value, dict) else value
        return value if isinstance(value, str) else ""

    @property
    def stop_tokens(self) -> tuple[int, ...]:
        found = self.token(self.special("eos_token")) if self.special("eos_token") else None
        return () if found is None else (found,)

    def chat(self, messages: Sequence[dict[str, Any]], tools: Any = None, answer: bool = True) -> list[int]:
        """The tokens of a conversation: messages {"role": ..., "content": ...}; `answer`: up to where the model goes
        on.

        Raises `TemplateError` where there is no template, or it does not take these messages.
        """
        return self.encode(self.render(messages, tools, answer), special=False)

    def render(self, messages: Sequence[dict[str, Any]], tools: Any = None, answer: bool = True) -> str:
        """The text of a conversation by the chat template."""
        if self.template is None:
            raise TemplateError("this model has no chat template: it continues texts (taeda generate)")
        names = {kind: self.special(kind) for kind in ("bos_token", "eos_token", "unk_token", "pad_token")}
        return render_template(self.template, messages=list(messages), tools=tools, add_generation_prompt=answer,
                               **names)

    def stream(self) -> TextStream:
        return TextStream(self)


class TextStream:
    """Text out of tokens that come one by one: whole characters only, in the end the same as `decode` of all."""

    _KEPT = 6  # tokens before the new ones that are decoded again, since how a token reads depends on those before

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._tokens: list[int] = []
        self._start = 0  # tokens from here on are decoded again
        self._done = 0  # of them, those whose text was given

    def add(self, token: int) -> str:
        """The new text, which may be empty as long as a character is incomplete."""
        self._tokens.append(token)
        return self._new(False)

    def finish(self) -> str:
        """The rest."""
        return self._new(True)

    def _new(self, last: bool) -> str:
        before = self._tokenizer.decode(self._tokens[self._start:self._done])
        now = self._tokenizer.decode(self._tokens[self._start:])
        if len(now) <= len(before) or (now.endswith("\N{REPLACEMENT CHARACTER}") and not last):
            return ""
        self._done = len(self._tokens)
        self._start = max(self._start, self._done - self._KEPT)
        return now[len(before):]


_TEMPLATE_CHARACTERS = 1 << 20  # a longer text than any template renders from what fits a context


@functools.lru_cache(16)
def _compiled(template: str) -> Any:
    """A chat template, compiled in Jinja2's immutable sandbox."""
    sandbox = require("jinja2.sandbox")

    def refuse(message: str) -> None:
        raise TemplateError(str(message))

    def to_json(value: Any, indent: int | None = None, **options: Any) -> str:
        return json.dumps(value, ensure_ascii=False, indent=indent)

    environment = sandbox.ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True,
                                                        extensions=["jinja2.ext.loopcontrols"])
    environment.filters["tojson"] = to_json
    environment.globals.update(raise_exception=refuse,
                               strftime_now=lambda form: datetime.datetime.now().strftime(str(form)))
    return environment.from_string(template)


def render_template(template: str, **values: Any) -> str:
    """A chat template with these values."""
    jinja2 = require("jinja2")
    try:
        return _joined(_compiled(template).generate(**values))
    except TemplateError:
        raise
    except (jinja2.TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError,
            MemoryError) as error:
        raise TemplateError(f"the chat template failed: {type(error).__name__}: {error}") from None


def _joined(parts: Iterator[str]) -> str:
    found, size = [], 0
    for part in parts:
        found.append(part)
        size += len(part)
        if size > 64 * _TEMPLATE_CHARACTERS:
            raise TemplateError(f"the chat template wrote more than {64 * _TEMPLATE_CHARACTERS} characters")
    return "".join(found)
