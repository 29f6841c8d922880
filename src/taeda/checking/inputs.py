"""How the inputs of a check are said: tensors, sizes, sizes with names, pairs of a size and a dtype."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import taeda

# What named sizes stand for, one column a run: distinct, small and large, primes among them. The second name starts
# one further on, so that two names never stand for the same size. No batch of one: in training some layers refuse it.
SIZES = (8, 7, 13, 32, 3, 64, 11)
RUNS = 4


class Input(NamedTuple):
    """A tensor to be made: sizes, of which some are names, and a dtype."""

    size: tuple[int | str, ...]
    dtype: Any

    def tensor(self, sizes: dict[str, int]) -> Any:
        numbers = [sizes[n] if isinstance(n, str) else n for n in self.size]
        made = taeda.empty(numbers, dtype=self.dtype, device="meta")
        return made.requires_grad_(False)


def read(given: Any) -> Any:
    """What was given as an `Input`, if it says one."""
    if isinstance(given, taeda.Tensor):
        return Input(tuple(given.shape), given.dtype)
    if _is_size(given):
        return Input(tuple(given), taeda.get_default_dtype())
    if isinstance(given, (tuple, list)) and len(given) == 2 and isinstance(given[1], taeda.dtype):
        size = (given[0],) if isinstance(given[0], (int, str)) else given[0]
        if _is_size(size):
            return Input(tuple(size), given[1])
    return given


def place(given: Any, sizes: dict[str, int]) -> Any:
    """What the model gets for what was given: tensors without memory, those in lists, tuples and dicts too."""
    if isinstance(given, Input):
        return given.tensor(sizes)
    if isinstance(given, taeda.Tensor):
        return taeda.empty_strided(given.size(), given.stride(), dtype=given.dtype, device="meta")
    if isinstance(given, dict):
        return type(given)((name, place(value, sizes)) for name, value in given.items())
    if isinstance(given, tuple) and hasattr(given, "_fields"):
        return type(given)(*(place(value, sizes) for value in given))
    if isinstance(given, (list, tuple)):
        return type(given)(place(value, sizes) for value in given)
    return given


def _is_size(given: Any) -> bool:
    return isinstance(given, (tuple, list)) and all(
        isinstance(n, (int, str)) and not isinstance(n, bool) for n in given
    )


def parse(text: str) -> Input:
    """8x3x224x224, batchx3x224x224, batch,128:int64: sizes, and maybe a dtype after a colon."""
    sizes, _, dtype = text.partition(":")
    parts = [part.strip() for part in (sizes.split(",") if "," in sizes else sizes.split("x"))]
    if not all(part.isdigit() or part.isidentifier() for part in parts):
        raise ValueError(f"{text!r} is no input: write sizes as 8x3x224x224, named ones as batchx3x224x224, and a "
                         "dtype behind a colon as 8x128:int64")
    kind = getattr(taeda, dtype or "float32", None)
    if not isinstance(kind, taeda.dtype):
        raise ValueError(f"{dtype!r} is no dtype")
    return Input(tuple(int(part) if part.isdigit() else part for part in parts), kind)


def names_of(inputs: Sequence[Any]) -> list[str]:
    found = [n for x in inputs if isinstance(x, Input) for n in x.size if isinstance(n, str)]
    return list(dict.fromkeys(found))


def assignments(inputs: Sequence[Any]) -> Iterator[dict[str, int]]:
    """A size for each name, once for each run; one run if there are no names."""
    names = names_of(inputs)
    for run in range(RUNS if names else 1):
        yield {name: SIZES[(run + 2 * k) % len(SIZES)] for k, name in enumerate(names)}


def describe(given: Any) -> str:
    if isinstance(given, Input):
        return "×".join(map(str, given.size)) + f" {str(given.dtype).removeprefix('torch.')}"
    return repr(given)
