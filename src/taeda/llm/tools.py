"""Calls of functions that a model writes: how its template marks them, and how they are found in the text.

Three forms are in use: `<tool_call>{"name": ..., "arguments": ...}</tool_call>` (Hermes, Qwen), a list after a special
token (Mistral), and an object that is the whole answer (Llama 3, which says "parameters").
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from taeda.llm.constraints import Automaton, automaton_of
from taeda.llm.constraints.schema import tool_call
from taeda.llm.constraints.terms import Language, Term
from taeda.llm.tokenizer import Tokenizer

# Special tokens before a call are no text, where the tokenizer knows them as such; else they are these.
_MARKS = ("[TOOL_CALLS]", "<|python_tag|>")


@dataclass(frozen=True)
class CallForm:
    """How calls are written: between `begin` and `end`; without them the whole answer is a call or a list of calls."""

    begin: str = ""
    end: str = ""
    arguments: str = "arguments"
    listed: bool = False

    @staticmethod
    def of_template(template: str | None) -> CallForm | None:
        """The form that a chat template shows, None where it takes no tools."""
        if template is None or "tools" not in template:
            return None
        if "<tool_call>" in template:
            return CallForm("<tool_call>", "</tool_call>")
        if "[TOOL_CALLS]" in template:
            return CallForm(listed=True)
        return CallForm(arguments="parameters" if '"parameters"' in template else "arguments")

    def automaton(self, tokenizer: Tokenizer, functions: Sequence[tuple[str, Any]]) -> Automaton:
        """Answers that are a call of one of these functions (name, JSON schema of its arguments or None).

        Raises `ConstraintError` for schemas that cannot be followed.
        """
        def form(language: Language) -> Term:
            call = tool_call(language, functions, self.arguments)
            before, after = (f"{self.begin}\n", f"\n{self.end}") if self.begin else ("[", "]") if self.listed else ("",
                                                                                                                    "")
            return language.sequence(language.literal(before.encode()), call, language.literal(after.encode()))
        return automaton_of(tokenizer, form, f"call {self} {json.dumps(functions)}")


@dataclass(frozen=True)
class Call:
    """A function's name and its arguments as a text of JSON."""

    name: str
    arguments: str
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:9])

    def as_openai(self) -> dict[str, Any]:
        return {"id": self.id, "type": "function", "function": {"name": self.name, "arguments": self.arguments}}


class CallReader:
    """Parts an answer, which comes piece by piece, in text and calls. `calls` are those that were found so far."""

    def __init__(self, form: CallForm, names: Sequence[str]) -> None:
        self.form, self.names = form, frozenset(names)
        self.calls: list[Call] = []
        self._held = ""
        self._inside = False
        self._blanks = ""  # before the mark that may begin a call
        self._plain = False  # of forms without marks: the answer is no call

    def add(self, piece: str) -> str:
        """The text that is certainly none of a call."""
        if self._plain:
            return piece
        self._held += piece
        return self._between_marks() if self.form.begin else self._whole()

    def finish(self) -> str:
        """The rest of the text."""
        rest, self._held = self._held, ""
        if self._inside:  # the end is missing where the answer was cut, or the mark of the end is a special token
            return "" if self._take(rest.removeprefix(self.form.begin)) else self._blanks + rest
        if not self._plain and not self.form.begin and self._take(_without_mark(rest)):
            return ""
        return "" if self.calls and not rest.strip() else rest

    def _between_marks(self) -> str:
        begin, end = self.form.begin, self.form.end
        text = ""
        while True:
            if not self._inside:
                place = self._held.find(begin)
                if place < 0:
                    keep = max((n for n in range(1, len(begin)) if self._held.endswith(begin[:n])), default=0)
                    # Blanks may lie between calls.
                    keep = len(self._held) - len(self._held[:len(self._held) - keep].rstrip())
                    cut = len(self._held) - keep
                    text += self._held[:cut]
                    self._held = self._held[cut:]
                    return text
                before = self._held[:place].rstrip()
                self._blanks = self._held[len(before):place]
                text += before
                self._held = self._held[place:]
                self._inside = True
            place = self._held.find(end)
            if place < 0:
                return text
            inside, self._held = self._held[len(begin):place], self._held[place + len(end):]
            self._inside = False
            if not self._take(inside):
                text += f"{self._blanks}{begin}{inside}{end}"

    def _whole(self) -> str:
        text = _without_mark(self._held)
        if not text or any(mark.startswith(text) for mark in _MARKS) or text[0] in "{[":
            return ""
        self._plain = True
        text, self._held = self._held, ""
        return text

    def _take(self, text: str) -> bool:
        """Take the calls of a text; whether it is made of calls."""
        found = []
        try:
            for part in _values(text):
                arguments = part.get("arguments", part.get("parameters"))
                if part["name"] not in self.names:
                    return False
                if not isinstance(arguments, str):
                    arguments = json.dumps({} if arguments is None else arguments, ensure_ascii=False)
                found.append(Call(part["name"], arguments))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return False
        self.calls += found
        return bool(found)


def _without_mark(text: str) -> str:
    text = text.lstrip()
    for mark in _MARKS:
        text = text.removeprefix(mark).lstrip()
    return text


def _values(text: str) -> list[Any]:
    """The values of JSON in a text: one, a list, or several one after the other with blanks or ; between."""
    found: list[Any] = []
    decoder, text = json.JSONDecoder(), text.strip()
    while text:
        value, end = decoder.raw_decode(text)
        found += value if isinstance(value, list) else [value]
        text = text[end:].lstrip(" \n\t;")
    return found
