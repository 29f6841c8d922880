"""The notation of einsum."""

from __future__ import annotations

from collections.abc import Sequence


def parse_equation(equation: str, ndims: Sequence[int]) -> tuple[list[list[str]], list[str]]:
    """Letters of each operand and of the result; the dimensions of an ellipsis are named '.0', '.1', ..., from the
    right."""
    text = equation.replace(" ", "")
    left, arrow, right = text.partition("->")
    terms = left.split(",")
    if len(terms) != len(ndims):
        raise RuntimeError(
            "einsum(): more subscripts in equation than operands were provided"
            if len(terms) > len(ndims)
            else "einsum(): fewer subscripts in equation than operands were provided"
        )
    widest = 0
    for term, ndim in zip(terms, ndims, strict=True):
        if "..." in term:
            widest = max(widest, ndim - len(term.replace("...", "", 1)))

    def letters(term: str, ndim: int | None, k: int) -> list[str]:
        before, dots, after = term.partition("...")
        for c in before + after:
            if not c.isalpha():
                raise RuntimeError(
                    f"einsum(): invalid subscript given at index {term.index(c)} in the equation string, "
                    "subscripts must be in [a-zA-Z]"
                )
        count = 0 if not dots else widest if ndim is None else ndim - len(before) - len(after)
        if ndim is not None and (count < 0 or (not dots and len(before) != ndim)):
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({len(before) + len(after)}) "
                f"{'is more than' if count < 0 else 'does not match'} the number of dimensions ({ndim}) for operand {k}"
                + ("" if dots else " and no ellipsis was given")
            )
        return [*before, *(f".{d}" for d in reversed(range(count))), *after]

    operands = [letters(t, n, k) for k, (t, n) in enumerate(zip(terms, ndims, strict=True))]
    if arrow:
        output = letters(right, None, -1)
        known = {c for o in operands for c in o}
        for c in output:
            if c not in known:
                raise RuntimeError(
                    f"einsum(): output subscript {c} does not appear in the equation for any input operand"
                )
            if output.count(c) > 1:
                raise RuntimeError(f"einsum(): output subscript {c} appears more than once in the output")
    else:
        counts: dict[str, int] = {}
        for o in operands:
            for c in o:
                counts[c] = counts.get(c, 0) + 1
        output = [f".{d}" for d in reversed(range(widest))]
        output += sorted(c for c, n in counts.items() if n == 1 and not c.startswith("."))
    return operands, output
