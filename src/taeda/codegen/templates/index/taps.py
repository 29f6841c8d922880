"""Weighted sums of elements at places, the same for many rows: what interpolation and sampling at a grid are.

    take      out[b, r, p, i] = sum over t of weights[b, t, p] * x[b, r, places[b, t, p], i]
    spread    its transpose in x: out[b, r, places[b, t, p], i] += weights[b, t, p] * x[b, r, p, i], from zero
    weigh     its transpose in the weights: out[b, t, p] = sum over r of g[b, r, p] * x[b, r, places[b, t, p]]

Places and weights may be those of all b (`step` 0). Sums are in the order of t; of `spread` in the order of p, then t;
of `weigh` in the order of r. Where i has one element (`inner` is 1) several rows are walked side by side: they share
places and weights, and none waits for a sum of another. Else vectors lie along i. A place beyond the row counts as its
last one, so that nothing is read or written elsewhere.

Operands, all contiguous: take and spread `[x, places int32, weights, out]`, weigh `[g, x, places, out]`. Integers
`[rows, size of x's rows, points, inner, step]`; work: b * ceil(rows / ROWS), or b for weigh.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from taeda.codegen.llvm import SIZES, FunctionWriter, Value, memory_type, vector
from taeda.codegen.llvm.types import mangled
from taeda.codegen.target import Target
from taeda.codegen.templates.rows import Reader, start_kernel
from taeda.ir.expression import ceildiv, maximum, where

ROWS = 4
PIECE = 32768  # elements of a piece of work, about


class _Taps:
    """What the kernels share: sizes, and loads at places."""

    def __init__(self, target: Target, dtype: str, taps: int) -> None:
        self.module, self.f, self.arguments = start_kernel(target)
        self.rows, self.size, self.points, self.inner, self.step = Reader(self.f, self.arguments).many(5)
        self.type, self.taps = memory_type(dtype), taps
        self.bytes = SIZES[self.type]
        self.lanes = target.lanes(self.bytes)
        self.groups = self.f.ceil_div(self.rows, ROWS)

    def element(self, pointer: Value, position: Value) -> Value:
        return self.f.index(pointer, self.type, position)

    def place(self, places: Value, position: Value, lanes: int = 0) -> Value:
        """Places as i32, or one of them as i64, none beyond the row."""
        f, last = self.f, self.size - 1
        if lanes:
            found = f.load(vector(lanes, "i32"), f.index(places, "i32", position), 4)
            return f.intrinsic("llvm.umin", found, f.splat_i32(last, lanes))
        found = f.load("i32", f.index(places, "i32", position)).convert("zext", "i64")
        return f.intrinsic("llvm.umin", found, last)

    def gather(self, row: Value, place: Value) -> Value:
        """The elements of a row at a vector of places, or at one."""
        if not place.lanes:
            return self.f.load(self.type, self.element(row, place))
        return gather(self.f, self.type, row, place)

    def along(self, count: Value, body: Callable[[Value, int], None]) -> None:
        """body(position, lanes) for vectors, then one by one."""
        whole = count - count % self.lanes
        self.f.loop(0, whole, lambda p: body(p, self.lanes), step=self.lanes)
        self.f.loop(whole, count, lambda p: body(p, 0))

    def load(self, pointer: Value, position: Value, lanes: int) -> Value:
        return self.f.load(vector(lanes, self.type) if lanes else self.type, self.element(pointer, position),
                           self.bytes)

    def store(self, value: Value, pointer: Value, position: Value) -> None:
        self.f.store(value, self.element(pointer, position), self.bytes)

    def group(self, item: Value, body: Callable[[Value, list[Value]], None]) -> None:
        """body(b, rows) for the rows of a work item: ROWS of them, or at the end one by one."""
        f, b = self.f, item // self.groups
        first = item % self.groups * ROWS
        left = self.rows - first

        def row(k: Value | int) -> Value:
            return b * self.rows + first + k
        f.branch(left >= ROWS, lambda: body(b, [row(k) for k in range(ROWS)]),
                 lambda: f.loop(0, left, lambda k: body(b, [row(k)])))


def gather(f: FunctionWriter, type: str, base: Value, indices: Value) -> Value:
    """The elements of `type` behind `base` at i32 indices below 2**31."""
    lanes, result = indices.lanes, vector(indices.lanes, type)
    pointers, every = vector(lanes, "ptr"), f.constant(1, vector(lanes, "i1"))
    found = f.emit(pointers, f"getelementptr {type}, {base}, {indices}")
    name = f"llvm.masked.gather.{mangled(result)}.v{lanes}p0"
    f.module.declare(f"declare {result} @{name}({pointers}, i32, {every.type}, {result})")
    return f.emit(result, f"call {result} @{name}({found}, i32 {SIZES[type]}, {every}, {result} zeroinitializer)")


def emit_taps(target: Target, *, dtype: str, taps: int, mode: str) -> str:
    """The kernel described above, for `taps` places of each point; float32 or float64."""
    k = _Taps(target, dtype, taps)
    f = k.f
    if mode == "weigh":
        return _emit_weigh(k)
    source, places, weights, out = (k.arguments.data(n) for n in range(4))

    def tables(b: Value) -> tuple[Value, Value]:
        return f.index(places, "i32", b * k.step), k.element(weights, b * k.step)

    def starts(rows: Sequence[Value]) -> tuple[list[Value], list[Value]]:
        sizes = (k.size, k.points) if mode == "take" else (k.points, k.size)
        found = [[k.element(base, r * size * k.inner) for r in rows]
                 for base, size in zip((source, out), sizes, strict=True)]
        return found[0], found[1]

    def take(b: Value, rows: list[Value]) -> None:
        (here, share), (given, made) = tables(b), starts(rows)

        def point(p: Value, lanes: int) -> None:
            sums: list[Value] = []
            for t in range(taps):
                place, weight = k.place(here, t * k.points + p, lanes), k.load(share, t * k.points + p, lanes)
                found = [k.gather(row, place) for row in given]
                sums = [f.fma(x, weight, s) for x, s in zip(found, sums, strict=True)] if sums else [
                    x * weight for x in found]
            for value, row in zip(sums, made, strict=True):
                k.store(value, row, p)
        k.along(k.points, point)

    def spread(b: Value, rows: list[Value]) -> None:
        (here, share), (given, made) = tables(b), starts(rows)
        clear(made)

        def point(p: Value) -> None:
            values = [k.load(row, p, 0) for row in given]
            for t in range(taps):
                place, weight = k.place(here, t * k.points + p), k.load(share, t * k.points + p, 0)
                for value, row in zip(values, made, strict=True):
                    k.store(f.fma(value, weight, k.load(row, place, 0)), row, place)
        f.loop(0, k.points, point)

    def clear(made: list[Value]) -> None:
        for row in made:
            k.along(k.size * k.inner, lambda at, lanes, row=row: k.store(  # type: ignore[misc]
                f.constant(0, vector(lanes, k.type) if lanes else k.type), row, at))

    def wide(b: Value, rows: list[Value]) -> None:
        (here, share), (given, made) = tables(b), starts(rows)
        if mode == "spread":
            clear(made)

        def point(p: Value) -> None:
            places = [k.place(here, t * k.points + p) for t in range(taps)]
            shares = [k.load(share, t * k.points + p, 0) for t in range(taps)]
            for one, other in zip(given, made, strict=True):
                def elements(at: Value, lanes: int, one: Value = one, other: Value = other) -> None:
                    weights = [f.splat(w, lanes) if lanes else w for w in shares]
                    if mode == "take":
                        total: Any = None
                        for place, weight in zip(places, weights, strict=True):
                            x = k.load(one, place * k.inner + at, lanes)
                            total = x * weight if total is None else f.fma(x, weight, total)
                        k.store(total, other, p * k.inner + at)
                        return
                    x = k.load(one, p * k.inner + at, lanes)
                    for place, weight in zip(places, weights, strict=True):
                        to = place * k.inner + at
                        k.store(f.fma(x, weight, k.load(other, to, lanes)), other, to)
                k.along(k.inner, elements)
        f.loop(0, k.points, point)

    def some_rows(b: Value, rows: list[Value]) -> None:
        narrow = take if mode == "take" else spread
        f.branch(k.inner.equals(1), lambda: narrow(b, rows), lambda: wide(b, rows))
    f.loop(f["begin"], f["end"], lambda item: k.group(item, some_rows))
    f.ret(0)
    return k.module.text()


def _emit_weigh(k: _Taps) -> str:
    f = k.f
    upstream, source, places, out = (k.arguments.data(n) for n in range(4))

    def batch(b: Value) -> None:
        here = f.index(places, "i32", b * k.step)
        result = k.element(out, b * k.taps * k.points)

        def point(p: Value, lanes: int) -> None:
            found = [k.place(here, t * k.points + p, lanes) for t in range(k.taps)]
            zero = f.constant(0, vector(lanes, k.type) if lanes else k.type)

            def row(r: Value, *sums: Value) -> list[Value]:
                g = k.load(upstream, (b * k.rows + r) * k.points + p, lanes)
                x = k.element(source, (b * k.rows + r) * k.size)
                return [f.fma(k.gather(x, place), g, s) for place, s in zip(found, sums, strict=True)]
            for t, total in enumerate(f.loop(0, k.rows, row, carry=[zero] * k.taps)):
                k.store(total, result, t * k.points + p)
        k.along(k.points, point)
    f.loop(f["begin"], f["end"], batch)
    f.ret(0)
    return k.module.text()


def _launch(b: Any, mode: str, operands: Sequence[Any], x: Any, places: Any, size: Any, taps: int) -> None:
    batch, rows, points, inner = x.size(0), x.size(1), places.size(2), x.size(3)
    step = where(places.size(0) > 1, taps * points, 0)
    if mode == "weigh":
        work, grain = batch, 1
    else:
        work, grain = batch * ceildiv(rows, ROWS), maximum(1, PIECE // maximum(1, points * inner * ROWS))
    b.launch(emit_taps, {"dtype": x.dtype, "taps": taps, "mode": mode}, [b.contiguous(o) for o in operands],
             [rows, size, points, inner, step], work=work, grain=grain, when=size > 0)


def take(b: Any, *, input: Any, places: Any, weights: Any, out: Any, taps: int) -> None:
    _launch(b, "take", [input, places, weights, out], input, places, input.size(2), taps)


def spread(b: Any, *, input: Any, places: Any, weights: Any, out: Any, taps: int) -> None:
    _launch(b, "spread", [input, places, weights, out], input, places, out.size(2), taps)


def weigh(b: Any, *, upstream: Any, input: Any, places: Any, out: Any, taps: int) -> None:
    _launch(b, "weigh", [upstream, input, places, out], input, places, input.size(2), taps)
