"""Which sizes of the inputs of an exported program may vary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import taeda
from taeda.assertions import check_type

__all__ = ["AdditionalInputs", "Constraint", "Dim", "ShapesCollection", "checks_of", "dims"]


class Hint(str):
    """A size without a name: Dim.AUTO, Dim.DYNAMIC (may vary), Dim.STATIC (may not)."""


@dataclass(frozen=True)
class Dim:
    """A size that may vary between `min` and `max`; equal names are equal sizes. Also a multiple of one, plus a number:
    `2 * Dim("n") + 1`."""

    name: str
    min: int | None = None
    max: int | None = None
    factor: int = 1
    plus: int = 0

    def __post_init__(self) -> None:
        check_type("Dim", "name", self.name, str)
        if not self.name.isidentifier():
            raise AssertionError(f"Dim name must be a valid identifier, got {self.name}")
        if self.min is not None and self.max is not None and self.max <= self.min:
            raise AssertionError(f"Cannot create Dim with inconsistent min={self.min}, max={self.max}")

    @property
    def __name__(self) -> str:
        return self.name

    def __mul__(self, other: int) -> Dim:
        return Dim(self.name, self.min, self.max, self.factor * other, self.plus * other)

    __rmul__ = __mul__

    def __add__(self, other: int) -> Dim:
        return Dim(self.name, self.min, self.max, self.factor, self.plus + other)

    __radd__ = __add__

    def __sub__(self, other: int) -> Dim:
        return self + -other


Dim.AUTO = Hint("AUTO")  # type: ignore[attr-defined]
Dim.DYNAMIC = Hint("DYNAMIC")  # type: ignore[attr-defined]
Dim.STATIC = Hint("STATIC")  # type: ignore[attr-defined]


def dims(*names: str, min: int | None = None, max: int | None = None) -> tuple[Dim, ...]:
    """A Dim for each name."""
    return tuple(Dim(name, min, max) for name in names)


class Constraint(NamedTuple):
    """What holds of one size of one input: its path, the dimension, and an int or a Dim."""

    path: str
    dim: int
    size: Any


class ShapesCollection:
    """Sizes that may vary, by the tensors themselves: `shapes[x] = {0: Dim("batch")}`; give it as dynamic_shapes."""

    def __init__(self) -> None:
        self._found: list[tuple[Any, Any]] = []

    def __setitem__(self, tensor: Any, shape: Any) -> None:
        if not isinstance(tensor, taeda.Tensor):
            raise AssertionError(f"Cannot assign shape to non-tensor type {type(tensor)}")
        self._found.append((tensor, shape))

    def __getitem__(self, tensor: Any) -> Any:
        for known, shape in self._found:
            if known is tensor:
                return shape
        raise KeyError("no shape was given for this tensor")

    def __len__(self) -> int:
        return len(self._found)

    def dynamic_shapes(self, m: Any, args: tuple[Any, ...], kwargs: dict[str, Any] | None = None) -> Any:
        """The shapes in the structure of the inputs."""
        from taeda.jit.recorder import named_examples

        named = named_examples(getattr(m, "forward", m), args, kwargs or {})
        found = [known for known, _ in self._found]
        return taeda.utils._pytree.tree_map(
            lambda x: self[x] if any(x is known for known in found) else None, named)


class AdditionalInputs:
    """Further inputs: the sizes in which they differ from the first may vary; `verify` runs a program on them."""

    def __init__(self) -> None:
        self._inputs: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def add(self, args: tuple[Any, ...], kwargs: dict[str, Any] | None = None) -> None:
        """One more."""
        if not isinstance(args, tuple):
            raise AssertionError(f"Representation of args should be a tuple, got {type(args)}")
        self._inputs.append((args, kwargs or {}))

    def dynamic_shapes(self, m: Any, args: tuple[Any, ...], kwargs: dict[str, Any] | None = None) -> Any:
        """The shapes in the structure of the inputs: Dim.DYNAMIC where sizes differ."""
        from taeda.jit.recorder import named_examples

        function = getattr(m, "forward", m)
        every = [named_examples(function, *given) for given in ((args, kwargs or {}), *self._inputs)]

        def shape(*tensors: Any) -> Any:
            if not isinstance(tensors[0], taeda.Tensor):
                return None
            return {d: Dim.DYNAMIC for d in range(tensors[0].dim())  # type: ignore[attr-defined]
                    if len({t.shape[d] for t in tensors}) > 1}

        return taeda.utils._pytree.tree_map(shape, *every)

    def verify(self, ep: Any) -> None:
        """Run a program on all of them."""
        module = ep.module()
        for args, kwargs in self._inputs:
            module(*args, **kwargs)


def _walk(value: Any, shape: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """(path, tensor, what was said of its shape) for each tensor."""
    if isinstance(value, taeda.Tensor):
        yield path, value, shape
    elif isinstance(value, dict):
        for k, item in value.items():
            yield from _walk(item, shape.get(k) if isinstance(shape, dict) else None, f"{path}[{k!r}]")
    elif isinstance(value, tuple | list):
        for k, item in enumerate(value):
            said = shape[k] if isinstance(shape, tuple | list) and k < len(shape) else None
            yield from _walk(item, said, f"{path}[{k}]")


def checks_of(examples: dict[str, Any], shapes: Any) -> list[Constraint]:
    """What must hold of the sizes of the inputs."""
    if isinstance(shapes, tuple | list):
        shapes = dict(zip(examples, shapes, strict=False))
    unknown = set(shapes or {}) - set(examples)
    if unknown:
        raise ValueError(f"dynamic_shapes names {sorted(unknown)}, and the inputs are {list(examples)}")
    found: list[Constraint] = []
    for name, value in examples.items():
        for path, tensor, shape in _walk(value, (shapes or {}).get(name), name):
            sizes = dict(enumerate(shape)) if isinstance(shape, tuple | list) else dict(shape or {})
            for d in range(tensor.dim()):
                said = sizes.get(d)
                if isinstance(said, Dim):
                    found.append(Constraint(path, d, said))
                elif said is None or said == "STATIC" or isinstance(said, int):
                    found.append(Constraint(path, d, tensor.shape[d]))
    return found


def check(constraints: list[Constraint], inputs: dict[str, Any]) -> None:
    """RuntimeError for inputs of other sizes."""
    tensors = {path: tensor for name, value in inputs.items() for path, tensor, _ in _walk(value, None, name)}
    known: dict[str, tuple[int, str]] = {}
    for path, d, size in constraints:
        if path not in tensors:
            continue
        place, now = f"{path}.shape[{d}]", tensors[path].shape[d] if d < tensors[path].dim() else None
        if now is None:
            raise RuntimeError(f"Guard failed: {path} has {tensors[path].dim()} dimensions, too few for {place}")
        if not isinstance(size, Dim):
            if now != size:
                raise RuntimeError(f"Guard failed: {place} == {size}, but it is {now}. Name the dimension in "
                                   "dynamic_shapes if it may vary")
            continue
        root, rest = divmod(now - size.plus, size.factor)
        if rest:
            raise RuntimeError(f"Guard failed: {place} is {now}, and not {size.factor} * {size.name} + {size.plus}")
        low, high = size.min or 0, size.max
        if root < low or high is not None and root > high:
            raise RuntimeError(f"Guard failed: {size.name} = {root} ({place}) is not between {low} and {high}")
        before = known.setdefault(size.name, (root, place))
        if before[0] != root:
            raise RuntimeError(f"Guard failed: {size.name} is {before[0]} by {before[1]} and {root} by {place}")
