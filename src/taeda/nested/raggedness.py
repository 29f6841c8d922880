"""Where the rows of each component of a nested tensor begin, and how many they are.

All nested tensors that were computed from one another share one `Raggedness`. Two tensors fit each other if they have
the same one; so that is also what their size along the ragged dimension is (`NestedSize`).
"""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable
from typing import Any

import taeda

_numbers = itertools.count(1)
_CODE = 1 << 62  # what a NestedSize is as an integer, before its number is added: no size of a tensor with memory


class NestedSize(int):
    """The size of a nested tensor along its ragged dimension: equal to itself, and greater than any other size.

    Where sizes are asked for (`x.view(2, x.size(1), 4, 8)`) it stands for that dimension.
    """

    number: int
    times: int

    def __new__(cls, number: int, times: int = 1) -> NestedSize:
        made = super().__new__(cls, _CODE + number)
        made.number, made.times = number, times
        return made

    def __repr__(self) -> str:
        return f"{self.times}*j{self.number}" if self.times != 1 else f"j{self.number}"

    __str__ = __repr__

    def __mul__(self, other: int) -> NestedSize:
        return NestedSize(self.number, self.times * other)

    __rmul__ = __mul__

    def __eq__(self, other: object) -> bool:
        if isinstance(other, NestedSize):
            return (self.number, self.times) == (other.number, other.times)
        return isinstance(other, int) and int(self) == other  # as rules get it, and no other number

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(int(self))

    def __reduce__(self) -> Any:
        return NestedSize, (self.number, self.times)


class Raggedness:
    """Offsets (components + 1) of the first row of each component, and `lengths` where rows between them belong to
    none. What is computed from them is kept.
    """

    def __init__(self, offsets: Any, lengths: Any = None, shortest: int | None = None,
                 longest: int | None = None) -> None:
        self.offsets, self.lengths = offsets, lengths
        self.components = offsets.shape[0] - 1
        self.size = NestedSize(next(_numbers))
        self._kept: dict[Any, Any] = {}
        if shortest is not None:
            self._kept["shortest"] = int(shortest)
        if longest is not None:
            self._kept["longest"] = int(longest)

    def _once(self, key: Any, compute: Callable[[], Any]) -> Any:
        if key not in self._kept:
            with taeda.no_grad():
                self._kept[key] = compute()
        return self._kept[key]

    @property
    def starts(self) -> Any:
        """The first row of each component."""
        return self.offsets[:-1]

    @property
    def counts(self) -> Any:
        """The number of rows of each component, as a tensor."""
        return self.lengths if self.lengths is not None else self._once("counts", lambda: self.offsets.diff())

    @property
    def sizes(self) -> list[int]:
        """The number of rows of each component."""
        return self._once("sizes", lambda: self.counts.tolist())

    @property
    def longest(self) -> int:
        return self._once("longest", lambda: max(self.sizes, default=0))

    @property
    def shortest(self) -> int:
        return self._once("shortest", lambda: min(self.sizes, default=0))

    @property
    def rows(self) -> Any:
        """For each row the number of its component (of a tensor without rows that belong to none)."""
        return self._once("rows", lambda: taeda.repeat_interleave(
            taeda.arange(self.components, device=self.offsets.device), self.counts.long()))

    @property
    def positions(self) -> Any:
        """For each row its number within its component."""
        return self._once("positions", lambda: taeda.arange(self.rows.shape[0], device=self.offsets.device)
                          - self.starts.long().index_select(0, self.rows))

    def places(self, width: int) -> Any:
        """For each row its place in a tensor of `width` rows per component."""
        return self._once(width, lambda: self.rows * width + self.positions)

    @property
    def used_rows(self) -> Any:
        """Of a tensor with rows that belong to no component, the numbers of those that belong to one."""
        def compute() -> Any:
            counts = self.lengths.long()
            row = taeda.repeat_interleave(taeda.arange(self.components, device=counts.device), counts)
            first = counts.cumsum(0) - counts
            position = taeda.arange(row.shape[0], device=counts.device) - first.index_select(0, row)
            return self.starts.long().index_select(0, row) + position

        return self._once("used_rows", compute)

    @property
    def compacted(self) -> Raggedness:
        """The same lengths, with the components side by side."""
        return self if self.lengths is None else self._once("compacted", lambda: Raggedness(taeda.cat(
            [self.lengths.new_zeros(1), self.lengths.cumsum(0).to(self.lengths.dtype)])))


_known: weakref.WeakValueDictionary[tuple[int, ...], Raggedness] = weakref.WeakValueDictionary()


def _named(x: Any) -> tuple[int, int]:
    return id(x), 0 if x.is_inference() else x._version  # writes to tensors of inference mode are not counted


def raggedness_of(offsets: Any, lengths: Any = None, shortest: int | None = None,
                  longest: int | None = None) -> Raggedness:
    """That of these tensors: the same for the same ones, unless they have been written to."""
    key = _named(offsets) + (() if lengths is None else _named(lengths))
    found = _known.get(key)  # it holds the tensors, so their addresses are theirs
    if found is None:
        _known[key] = found = Raggedness(offsets, lengths, shortest, longest)
    return found
