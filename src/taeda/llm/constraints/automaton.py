"""Which tokens of a vocabulary may come next: the states of a language, and for each the mask of tokens.

A state is a term of the language. A table says for each visited state and byte which state follows; all tokens of the
vocabulary walk through it together, a byte at a time, so that a mask costs as many gathers as the longest token has
bytes. Masks are kept.
"""

from __future__ import annotations

import contextlib
import json
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import taeda
from taeda.llm.constraints.regex import regex
from taeda.llm.constraints.schema import json_text
from taeda.llm.constraints.terms import ConstraintError, Language, Term
from taeda.llm.constraints.vocabulary import TokenBytes
from taeda.llm.tokenizer import Tokenizer

MOST_STATES = 20_000
_MASKS_BYTES = 64 << 20
_DEAD = 0


@contextlib.contextmanager
def _depth_checked() -> Iterator[None]:
    try:
        yield
    except RecursionError:
        raise ConstraintError("the form of the answer is nested too deeply") from None


class Vocabulary:
    """The bytes of all tokens, by columns: `columns[j]` has byte j of those that are longer than j, the longest first.

    `tokens` are their numbers in that order; tokens without bytes (special ones, gaps) are left out.
    """

    def __init__(self, texts: Sequence[bytes | None]) -> None:
        self.size, self.texts = len(texts), texts
        order = sorted((k for k, text in enumerate(texts) if text),
                       key=lambda k: -len(texts[k]))  # type: ignore[arg-type]
        self.tokens = taeda.tensor(order, dtype=taeda.int64)
        self.columns: list[taeda.Tensor] = []
        counts = [len(texts[k]) for k in order]  # type: ignore[arg-type]
        have = len(order)
        for place in range(max(counts, default=0)):
            while counts[have - 1] <= place:
                have -= 1
            self.columns.append(taeda.tensor([texts[k][place] for k in order[:have]],  # type: ignore[index]
                                             dtype=taeda.int64))


class Automaton:
    """The states of a language that were visited, shared by all requests of this form."""

    def __init__(self, language: Language, start: Term, vocabulary: Vocabulary) -> None:
        self.language, self.vocabulary = language, vocabulary
        self._lock = threading.RLock()
        self._states: dict[Term, int] = {language.nothing: _DEAD}
        self._terms: list[Term] = [language.nothing]
        self._written = [False]
        self._table = taeda.zeros(64, 256, dtype=taeda.int64)
        self._masks: OrderedDict[int, taeda.Tensor] = OrderedDict()
        self.start = self._state(start)
        self._row(self.start)

    def __len__(self) -> int:
        return len(self._terms)

    def _state(self, term: Term) -> int:
        found = self._states.get(term)
        if found is None:
            if len(self._terms) >= MOST_STATES:
                raise ConstraintError(f"the form of the answer needs more than {MOST_STATES} states: write a simpler "
                                      "expression or schema")
            found = self._states[term] = len(self._terms)
            self._terms.append(term)
            self._written.append(False)
        return found

    def _row(self, state: int) -> None:
        """Write the row of a state: the state after each byte."""
        if self._written[state]:
            return
        row = [_DEAD] * 256
        for bits, after in self.language.moves(self._terms[state]):
            following = self._state(after)
            while bits:
                least = bits & -bits
                row[least.bit_length() - 1] = following
                bits ^= least
        if state >= self._table.size(0):
            room = taeda.zeros(max(2 * self._table.size(0), state + 1), 256, dtype=taeda.int64)
            room[:self._table.size(0)] = self._table
            self._table = room
        self._table[state] = taeda.tensor(row)
        self._written[state] = True

    def may_end(self, state: int) -> bool:
        """Whether what was written up to this state is whole."""
        with self._lock, _depth_checked():
            return self.language.nullable(self._terms[state])

    def has_more(self, state: int) -> bool:
        """Whether anything may follow."""
        with self._lock, _depth_checked():
            return bool(self.language.moves(self._terms[state]))

    def mask(self, state: int) -> taeda.Tensor:
        """(vocabulary), true for the tokens that may come next."""
        with self._lock, _depth_checked():
            found = self._masks.get(state)
            if found is None:
                found = self._masks[state] = self._walk(state)
                while len(self._masks) > max(_MASKS_BYTES // max(found.numel(), 1), 16):
                    self._masks.popitem(last=False)
            self._masks.move_to_end(state)
            return found

    def _walk(self, state: int) -> taeda.Tensor:
        columns, tokens = self.vocabulary.columns, self.vocabulary.tokens
        good = taeda.zeros(self.vocabulary.size, dtype=taeda.bool)
        if not columns:
            return good
        self._row(state)
        places, states = taeda.arange(columns[0].numel()), self._table[state][columns[0]]
        for k in range(len(columns)):
            alive = states != _DEAD
            longer = columns[k + 1].numel() if k + 1 < len(columns) else 0
            # Tokens stand in the order of their lengths, so that those that end here are at the end.
            ended = int(taeda.searchsorted(places, longer).item())
            good[tokens[places[ended:][alive[ended:]]]] = True
            alive = alive[:ended].nonzero()[:, 0]
            if not alive.numel():
                break
            places, states = places[alive], states[alive]
            reached = taeda.zeros(len(self._terms), dtype=taeda.bool)
            reached[states] = True
            for some in reached.nonzero()[:, 0].tolist():
                self._row(some)
            following = columns[k + 1]
            states = self._table.view(-1)[states * 256 + (following if places.numel() == following.numel()
                                                          else following[places])]
        return good

    def advance(self, state: int, token: int) -> int:
        """The state after a token. Raises `ConstraintError` for one that may not come."""
        with self._lock, _depth_checked():
            text = self.vocabulary.texts[token] if token < self.vocabulary.size else None
            for byte in text or b"":
                term = next((after for bits, after in self.language.moves(self._terms[state]) if bits >> byte & 1),
                            self.language.nothing)
                state = self._state(term)
            if not text or state == _DEAD:
                raise ConstraintError(f"token {token} does not continue the form of the answer")
            return state


class Matcher:
    """Where one answer stands in an automaton."""

    def __init__(self, automaton: Automaton, stop_tokens: Sequence[int]) -> None:
        self._automaton, self._stops = automaton, list(stop_tokens)
        self.state = automaton.start

    def limit(self, logits: taeda.Tensor) -> taeda.Tensor:
        """The logits (vocabulary) with minus infinity for tokens that may not come next."""
        mask = self._automaton.mask(self.state)
        count = logits.numel()
        if mask.numel() != count:
            mask = mask[:count] if mask.numel() > count else taeda.cat(
                [mask, taeda.zeros(count - mask.numel(), dtype=taeda.bool)])
        stops = [token for token in self._stops if 0 <= token < count]
        if stops:
            mask = mask.index_fill(0, taeda.tensor(stops), self._automaton.may_end(self.state))
        if not bool(mask.any()):
            raise ConstraintError("no token of the vocabulary continues the form of the answer")
        return logits.masked_fill(~mask, float("-inf"))

    def take(self, token: int) -> None:
        if token not in self._stops:
            self.state = self._automaton.advance(self.state, token)

    @property
    def complete(self) -> bool:
        """Whether the answer is whole, and nothing may follow."""
        return self._automaton.may_end(self.state) and not self._automaton.has_more(self.state)


class _Shelf:
    """What is kept for a tokenizer: its bytes, and the automata of the last forms."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.bytes: TokenBytes | None = None
        self.vocabulary: Vocabulary | None = None
        self.automata: OrderedDict[str, Automaton] = OrderedDict()


_KEPT = 32  # automata of a tokenizer
_SHELVES: weakref.WeakKeyDictionary[Tokenizer, _Shelf] = weakref.WeakKeyDictionary()


def automaton_of(tokenizer: Tokenizer, form: Callable[[Language], Term], key: str) -> Automaton:
    """The automaton of the language that `form` makes for this tokenizer. It is kept by its `key`.

    Raises `ConstraintError` for what cannot be followed, `NotImplementedError` for other kinds of tokenizers.
    """
    shelf = _SHELVES.setdefault(tokenizer, _Shelf())
    with shelf.lock:
        found = shelf.automata.get(key)
        if found is not None and len(found) < MOST_STATES // 2:
            shelf.automata.move_to_end(key)
            return found
        if shelf.bytes is None or shelf.vocabulary is None:
            shelf.bytes = TokenBytes(tokenizer)
            shelf.vocabulary = Vocabulary(shelf.bytes.texts)
        language = Language()
        with _depth_checked():
            start = form(language)
            if shelf.bytes.drops_first_space:
                start = language.sequence(language.optional(language.byte_set(1 << 32)), start)
            found = shelf.automata[key] = Automaton(language, start, shelf.vocabulary)
        while len(shelf.automata) > _KEPT:
            shelf.automata.popitem(last=False)
        return found


def by_regex(tokenizer: Tokenizer, pattern: str) -> Automaton:
    """Texts that match a regular expression as a whole."""
    return automaton_of(tokenizer, lambda language: regex(language, pattern), f"regex {pattern}")


def by_schema(tokenizer: Tokenizer, schema: Any) -> Automaton:
    """JSON that fits a schema; true: any JSON object."""
    try:
        key = json.dumps(schema)
    except (TypeError, ValueError, RecursionError) as error:
        raise ConstraintError(f"a JSON schema is an object of JSON: {error}") from None
    return automaton_of(tokenizer, lambda language: json_text(language, schema), f"json {key}")
