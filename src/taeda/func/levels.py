"""The levels of transforms: who transforms what runs now, and what the tensors are that it sees.

Each transform (vmap, grad, jvp, ...) pushes a *layer* while the function that it transforms runs; the number of layers
is the layer's level. Under vmap and jvp that function sees lifted tensors (csrc/python/lifted.h): `Batched`, which
stands for a tensor with a dimension more, and `Dual`, which stands for a tensor and its tangent. What they stand for
may be lifted at lower levels in turn. Under grad and vjp it sees tensors as they are, on the tape.

A call of an op on lifted tensors takes their levels off, the highest first, and notes for each a transform of the call;
what is left are plain tensors and a chain of transforms, for which the core has a Program (compiler/pipeline.py).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import taeda
from taeda import _core


class Layer:
    """One transform that is running."""

    def __init__(self, kind: str, level: int, *, size: int = 0, randomness: str = "error"):
        self.kind = kind              # "vmap", "grad" or "jvp"
        self.level = level
        self.size = size              # of a vmap: how many examples
        self.randomness = randomness  # of a vmap: "error", "same" or "different"
        self.records = taeda.is_grad_enabled()  # whether gradients are recorded around the transform
        self._anchor: Any = None

    @property
    def anchor(self) -> Any:
        """A tensor that says how large the batch is, for calls that draw random numbers from nothing."""
        if self._anchor is None:
            self._anchor = taeda.zeros(1).expand(self.size)
        return self._anchor


class _Stack(threading.local):
    def __init__(self) -> None:
        self.layers: list[Layer] = []


_stack = _Stack()


def layers() -> list[Layer]:
    """The transforms that are running on this thread, the outermost first."""
    return _stack.layers


@contextmanager
def layer(kind: str, **options: Any) -> Iterator[Layer]:
    """Push a layer for the time of a `with` block."""
    stack = _stack.layers
    made = Layer(kind, len(stack) + 1, **options)
    stack.append(made)
    before = _core.lift_draws(True) if kind == "vmap" else None
    try:
        yield made
    finally:
        stack.pop()
        if before is not None:
            _core.lift_draws(before)


@contextmanager
def outside_of(inner: Layer | None) -> Iterator[None]:
    """For the time of a `with` block only the layers around `inner` are there (None: all are)."""
    before = _stack.layers
    if inner is not None:
        _stack.layers = before[:inner.level - 1]
    draws = _core.lift_draws(any(x.kind == "vmap" for x in _stack.layers))
    try:
        yield
    finally:
        _stack.layers = before
        _core.lift_draws(draws)


def run(site: Any, tensors: Sequence[Any], draws: bool, chain: str = "") -> tuple[Any, ...]:
    """A call on tensors lifted or not: what the core asks for (csrc/python/lifted.h)."""
    top: Any = None
    for t in tensors:
        if isinstance(t, Lifted) and (top is None or t.level > top.level):
            top = t
    if draws:
        over = _drawing_over(0 if top is None else top.level, chain)
        if over is not None:
            return _run_batched(site, (*tensors, Batched.of(over.anchor, over.level)), draws, chain, over.level)
    if top is None:
        found: tuple[Any, ...] = site.run(tuple(tensors), chain)
        return found
    if isinstance(top, Batched):
        return _run_batched(site, tensors, draws, chain, top.level)
    return _run_dual(site, tensors, draws, chain, top.level)


def _drawing_over(level: int, chain: str) -> Layer | None:
    """The innermost vmap above `level` whose examples get random numbers of their own (or none). Those already in the
    chain of the call have been looked at."""
    done = chain.count("b")
    for over in [x for x in reversed(_stack.layers) if x.kind == "vmap"][done:]:
        if over.level <= level:
            return None
        if over.randomness != "same":
            return over
    return None


def _run_batched(site: Any, tensors: Sequence[Any], draws: bool, chain: str, level: int) -> tuple[Any, ...]:
    states, values = [], []
    for t in tensors:
        if isinstance(t, Batched) and t.level == level:
            value = t.value
            states.append("2" if value.stride(0) == 0 else "1")
            values.append(value)
        else:
            states.append("0")
            values.append(t)
    mode = next((x.randomness[0] for x in _stack.layers if x.level == level), "e")
    transform = f"b{mode}{''.join(states)}"
    found = run(site, values, draws, f"{chain}|{transform}" if chain else transform)
    return tuple(None if value is None else Batched.of(value, level) for value in found)


def _run_dual(site: Any, tensors: Sequence[Any], draws: bool, chain: str, level: int) -> tuple[Any, ...]:
    mask, primals, tangents = [], [], []
    for t in tensors:
        dual = isinstance(t, Dual) and t.level == level
        primals.append(t.primal if dual else t)
        mask.append("1" if dual and t.tangent is not None else "0")
        if mask[-1] == "1":
            tangents.append(t.tangent)
    results = run(site, primals, draws, chain)
    if not tangents:
        return results
    flags = site.differentiable or (True,)
    which = [k for k, r in enumerate(results)
             if r is not None and flags[min(k, len(flags) - 1)] and (r.is_floating_point() or r.is_complex())]
    if not which:
        return results
    transform = "t" + "".join(mask)
    moved = run(site, [*primals, *tangents], draws, f"{chain}|{transform}" if chain else transform)
    found = list(results)
    for k, tangent in zip(which, moved, strict=True):
        if _is_view(tangent) and not _is_view(results[k]):  # of a copy: writes must not reach the tangent of the source
            tangent = tangent.clone()
        found[k] = Dual.of(results[k], tangent, level)
    return tuple(found)


def _is_view(x: Any) -> bool:
    while isinstance(x, Lifted):
        x = x.parts()[0]
    return bool(x._is_view())


# The types stand on the functions above.
from taeda.func.lifted import Batched, Dual, Lifted  # noqa: E402

_core.register_lifted(Lifted, run)
