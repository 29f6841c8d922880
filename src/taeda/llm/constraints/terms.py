"""Languages of bytes as terms, and what remains of a language after a byte (Brzozowski 1964).

A term is a set of bytes, a sequence, a choice, a repetition, a difference, or the name of a rule, which may contain
itself: what remains after a beginning is again a term, so that nested JSON needs no stack beside it. Equal terms of a
`Language` are one object, and count as states of an automaton that is made as far as it is visited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

ALL_BYTES = (1 << 256) - 1
MOST_TERMS = 200_000  # of a language: more means an expression that would fill the memory


class ConstraintError(ValueError):
    """An expression or schema that cannot be followed: the message names the place."""


class Term:
    """One of a `Language`'s terms; compare with `is`. `moves` are what remains, by disjoint sets of bytes."""

    __slots__ = ("kind", "moves", "nullable", "parts")

    def __init__(self, kind: str, parts: tuple[Any, ...]) -> None:
        self.kind, self.parts = kind, parts
        self.moves: list[tuple[int, Term]] | None = None
        self.nullable: bool | None = None


class Language:
    """Makes terms and asks them. A set of bytes is an integer of 256 bits."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], Term] = {}
        self._rules: dict[str, Callable[[], Term] | Term] = {}
        self.nothing = self._term("nothing")
        self.empty = self._term("empty")

    def _term(self, kind: str, *parts: Any) -> Term:
        key = (kind, *parts)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= MOST_TERMS:
                raise ConstraintError(f"the form of the answer needs more than {MOST_TERMS} states: write a simpler "
                                      "expression or schema")
            found = self._known[key] = Term(kind, parts)
        return found

    # -- making ----------------------------------------------------------------------------------------------------

    def byte_set(self, bits: int) -> Term:
        return self._term("bytes", bits) if bits else self.nothing

    def literal(self, data: bytes) -> Term:
        return self.sequence(*(self.byte_set(1 << byte) for byte in data))

    def sequence(self, *terms: Term) -> Term:
        found = self.empty
        for term in reversed(terms):
            found = self._joined(term, found)
        return found

    def _joined(self, first: Term, rest: Term) -> Term:
        if first is self.nothing or rest is self.nothing:
            return self.nothing
        if first is self.empty:
            return rest
        if rest is self.empty:
            return first
        if first.kind == "sequence":
            return self._term("sequence", first.parts[0], self._joined(first.parts[1], rest))
        return self._term("sequence", first, rest)

    def choice(self, terms: Iterable[Term]) -> Term:
        flat: dict[Term, None] = {}
        bits = 0
        for term in terms:
            for part in term.parts if term.kind == "choice" else (term,):
                if part.kind == "bytes":
                    bits |= part.parts[0]
                elif part is not self.nothing:
                    flat[part] = None
        if bits:
            flat[self.byte_set(bits)] = None
        if len(flat) < 2:
            return next(iter(flat), self.nothing)
        return self._term("choice", *sorted(flat, key=id))

    def repeat(self, term: Term, least: int = 0, most: int | None = None) -> Term:
        if most == 0 or term is self.empty:
            return self.empty
        if term is self.nothing:
            return self.nothing if least else self.empty
        if (least, most) == (1, 1):
            return term
        return self._term("repeat", term, least, most)

    def optional(self, term: Term) -> Term:
        return self.choice((term, self.empty))

    def without(self, term: Term, other: Term) -> Term:
        """The texts of `term` that are none of `other`."""
        if other is self.nothing or term is self.nothing:
            return term
        if term is self.empty:
            return self.nothing if self.nullable(other) else term
        return self._term("without", term, other)

    def rule(self, name: str, make: Callable[[], Term]) -> Term:
        """The language of this name; `make` gives it when it is first needed, and may name it again."""
        self._rules.setdefault(name, make)
        return self._term("rule", name)

    def resolved(self, name: str) -> Term:
        """The language of this name itself."""
        found = self._rules[name]
        if not isinstance(found, Term):
            found = self._rules[name] = found()
        return found

    # -- asking ----------------------------------------------------------------------------------------------------

    def nullable(self, term: Term) -> bool:
        """Whether the empty text is in the language: what was written so far may be the end."""
        if term.nullable is None:
            if term.kind == "rule":
                term.nullable = False  # while it is asked: a rule that begins with itself adds nothing by that
            try:
                term.nullable = _NULLABLE[term.kind](self, term.parts)
            except BaseException:  # nested too deeply, too many terms, Ctrl-C: it is asked anew the next time
                term.nullable = None
                raise
        return term.nullable

    def moves(self, term: Term) -> list[tuple[int, Term]]:
        """Disjoint sets of bytes that may come next, with what remains after them."""
        if term.moves is None:
            term.moves = []  # while it is asked, as above
            try:
                term.moves = self._moves(term)
            except BaseException:
                term.moves = None
                raise
        return term.moves

    def _moves(self, term: Term) -> list[tuple[int, Term]]:
        parts: Any = term.parts
        if term.kind == "bytes":
            return [(parts[0], self.empty)]
        if term.kind == "sequence":
            first, rest = parts
            found = [(bits, self._joined(after, rest)) for bits, after in self.moves(first)]
            return self._merged(found + self.moves(rest)) if self.nullable(first) else found
        if term.kind == "choice":
            return self._merged([move for part in parts for move in self.moves(part)])
        if term.kind == "repeat":
            inner, least, most = parts
            # Where the empty text is one of the repeated ones, a text is as good as so many of them.
            least = 0 if self.nullable(inner) else max(least - 1, 0)
            rest = self.repeat(inner, least, None if most is None else most - 1)
            return [(bits, self._joined(after, rest)) for bits, after in self.moves(inner)]
        if term.kind == "without":
            first, other = parts
            found = []
            for bits, after in self.moves(first):
                for minus, remains in self.moves(other):
                    if bits & minus:
                        found.append((bits & minus, self.without(after, remains)))
                        bits &= ~minus
                if bits:
                    found.append((bits, after))
            return self._merged(found)
        return self.moves(self.resolved(parts[0])) if term.kind == "rule" else []

    def _merged(self, moves: list[tuple[int, Term]]) -> list[tuple[int, Term]]:
        """The same with disjoint sets."""
        parts: list[tuple[int, dict[Term, None]]] = []
        for bits, after in moves:
            following = []
            for mine, terms in parts:
                both = mine & bits
                if both:
                    following.append((both, terms | {after: None}))
                    bits &= ~mine
                    mine &= ~both
                if mine:
                    following.append((mine, terms))
            if bits:
                following.append((bits, {after: None}))
            parts = following
        joined: dict[Term, int] = {}
        for bits, terms in parts:
            after = self.choice(terms)
            if after is not self.nothing:
                joined[after] = joined.get(after, 0) | bits
        return [(bits, after) for after, bits in joined.items()]


_NULLABLE: dict[str, Callable[[Language, Any], bool]] = {
    "nothing": lambda language, parts: False,
    "empty": lambda language, parts: True,
    "bytes": lambda language, parts: False,
    "sequence": lambda language, parts: all(map(language.nullable, parts)),
    "choice": lambda language, parts: any(map(language.nullable, parts)),
    "repeat": lambda language, parts: parts[1] == 0 or language.nullable(parts[0]),
    "without": lambda language, parts: language.nullable(parts[0]) and not language.nullable(parts[1]),
    "rule": lambda language, parts: language.nullable(language.resolved(parts[0])),
}
