"""Regular expressions as languages of bytes, in the notation of Python's `re` as far as that is regular."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from re import _constants as names  # type: ignore[attr-defined]  # private, and there since Python 3.11
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from taeda.llm.constraints.terms import ConstraintError, Language, Term

LONGEST = 10_000  # characters of an expression
MOST_TIMES = 10_000  # of a repetition
Ranges = list[tuple[int, int]]  # of characters, both ends included

_EVERY: Ranges = [(0, 0xD7FF), (0xE000, 0x10FFFF)]  # no halves of pairs of UTF-16, which have no bytes
_CATEGORIES: dict[Any, Ranges] = {
    names.CATEGORY_DIGIT: [(48, 57)], names.CATEGORY_SPACE: [(9, 13), (32, 32)],
    names.CATEGORY_WORD: [(48, 57), (65, 90), (95, 95), (97, 122)]}
_OPPOSITES = {names.CATEGORY_NOT_DIGIT: names.CATEGORY_DIGIT, names.CATEGORY_NOT_SPACE: names.CATEGORY_SPACE,
              names.CATEGORY_NOT_WORD: names.CATEGORY_WORD}


def complement(ranges: Ranges) -> Ranges:
    """All other characters."""
    found, at = [], 0
    for low, high in [*sorted([*ranges, (0xD800, 0xDFFF)]), (0x110000, 0x110000)]:
        if at < low:
            found.append((at, low - 1))
        at = max(at, high + 1)
    return found


def characters(language: Language, ranges: Ranges) -> Term:
    """One character of these, in UTF-8."""
    def bits(low: int, high: int) -> int:
        return (1 << high + 1) - (1 << low)

    return language.choice(language.sequence(*(language.byte_set(bits(*ends)) for ends in steps))
                           for low, high in ranges for steps in _steps(low, high))


def _steps(low: int, high: int) -> Iterator[list[tuple[int, int]]]:
    """The characters from `low` to `high` as sequences of ranges of bytes."""
    if low > high:
        return
    cuts = [0x7F, 0x7FF, 0xD7FF, 0xDFFF, 0xFFFF]
    # Blocks that share their first bytes: cut where the last 6, 12 or 18 bits begin anew.
    for width in (6, 12, 18):
        if high > 0x7F and low >> width != high >> width:
            block = (1 << width) - 1
            if low & block:
                cuts.append(low | block)
            if high & block != block:
                cuts.append((high & ~block) - 1)
    for cut in cuts:
        if low <= cut < high:
            yield from _steps(low, cut)
            yield from _steps(cut + 1, high)
            return
    if 0xD800 <= low <= 0xDFFF:
        return
    yield list(zip(chr(low).encode(), chr(high).encode(), strict=True))


def regex(language: Language, pattern: str, one_of: Callable[[Ranges], Term] | None = None,
          search: bool = False) -> Term:
    r"""The texts that match a pattern as a whole; with `search`, those in which it is found.

    `one_of` writes a character of these ranges (as itself in UTF-8). \d, \s and \w are those of ASCII. Raises
    `ConstraintError` for what is no expression, and for what is not regular: references, looking around, anchors but at
    the ends.
    """
    if not isinstance(pattern, str) or len(pattern) > LONGEST:
        raise ConstraintError(f"a regular expression is a text of {LONGEST} characters at most")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = parser.parse(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ConstraintError(f"{pattern!r} is no regular expression: {error}") from None
    items = list(parsed)
    starts = bool(items) and items[0] in _STARTS
    ends = bool(items[starts:]) and items[-1] in _ENDS
    reader = _Reader(language, pattern, parsed.state.flags, one_of or (lambda ranges: characters(language, ranges)))
    try:
        found = reader.sequence(items[starts:len(items) - ends])
    except RecursionError:
        raise ConstraintError(f"{pattern[:60]!r}... is nested too deeply") from None
    if search:
        rest = language.repeat(reader.one_of(_EVERY))
        found = language.sequence(*([] if starts else [rest]), found, *([] if ends else [rest]))
    return found


_STARTS = [(names.AT, names.AT_BEGINNING), (names.AT, names.AT_BEGINNING_STRING)]
_ENDS = [(names.AT, names.AT_END), (names.AT, names.AT_END_STRING)]


class _Reader:
    """What Python's parser of expressions found, as terms."""

    def __init__(self, language: Language, pattern: str, flags: int, one_of: Callable[[Ranges], Term]) -> None:
        self.language, self.pattern, self.one_of = language, pattern, one_of
        self.ignore_case, self.dot_all = bool(flags & re.IGNORECASE), bool(flags & re.DOTALL)

    def sequence(self, items: Any) -> Term:
        return self.language.sequence(*(self.item(kind, value) for kind, value in items))

    def item(self, kind: Any, value: Any) -> Term:
        if kind is names.LITERAL:
            return self.one_of(self.cased([(value, value)]))
        if kind is names.NOT_LITERAL:
            return self.one_of(complement(self.cased([(value, value)])))
        if kind is names.ANY:
            return self.one_of(_EVERY if self.dot_all else complement([(10, 10)]))
        if kind is names.IN:
            return self.one_of(self.members(value))
        if kind is names.BRANCH:
            return self.language.choice([self.sequence(branch) for branch in value[1]])
        if kind is names.SUBPATTERN and not value[1] and not value[2]:
            return self.sequence(value[3])
        if kind in (names.MAX_REPEAT, names.MIN_REPEAT):
            least, most, inner = value
            bound = None if most is names.MAXREPEAT else int(most)
            if max(least, bound or 0) > MOST_TIMES:
                raise ConstraintError(f"{self.pattern!r} repeats up to {max(least, bound or 0)} times; {MOST_TIMES} "
                                      "are possible")
            return self.language.repeat(self.sequence(inner), int(least), bound)
        what = {"at": "an anchor that is not at the end of the whole", "groupref": "a reference to a group",
                "assert": "looking around", "assert_not": "looking around"}.get(str(kind).lower(), str(kind).lower())
        raise ConstraintError(f"{self.pattern!r} has {what}, which no constraint can follow")

    def members(self, items: Any) -> Ranges:
        found: Ranges = []
        negate = bool(items) and items[0][0] is names.NEGATE
        for kind, value in items[negate:]:
            if kind is names.LITERAL:
                found.append((value, value))
            elif kind is names.RANGE:
                found.append(value)
            else:
                opposite = _OPPOSITES.get(value)
                found += _CATEGORIES[value] if opposite is None else complement(_CATEGORIES[opposite])
        found = self.cased(found)
        return complement(found) if negate else found

    def cased(self, ranges: Ranges) -> Ranges:
        """With the other case of each letter where case does not count."""
        if not self.ignore_case:
            return ranges
        if sum(high - low + 1 for low, high in ranges) > 4096:
            raise ConstraintError(f"{self.pattern!r} ignores the case of a set of more than 4096 characters")
        every = {ord(other) for low, high in ranges for code in range(low, high + 1)
                 for other in (chr(code), chr(code).lower(), chr(code).upper()) if len(other) == 1}
        return [(code, code) for code in sorted(every)]
