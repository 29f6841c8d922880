"""How pooling is carried out: block sizes and launches of the templates in `pool.py` and `pool_places.py`.

Every function takes the builder `b`, contiguous registers whose last `rank` dimensions are pooled over, and static
windows with one number for each of these dimensions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from taeda.codegen.llvm.types import memory_type
from taeda.codegen.target import current
from taeda.codegen.templates.pool import places as pool_places
from taeda.codegen.templates.pool import windows as pool
from taeda.compiler.methods.convolution import step_along_x, three
from taeda.ir.expression import maximum, minimum, product, where

TYPES = {name: memory_type(name) for name in ("float32", "float64", "int32", "int64")}
COPY_ELEMENTS = 16384  # of the padded lines worked on at a time
_OUT_OF_RANGE = ((pool_places.OUT_OF_RANGE, "RuntimeError",
                  "Found an invalid max index: {0} (a plane has {1} elements)"),)
_TOO_LARGE = ((pool.PLANE_TOO_LARGE, "NotImplementedError",
               "max_pool with indices over a plane of 2^31 elements or more"),)


@dataclass(frozen=True)
class Windows:
    """Where windows stand, one number for each pooled dimension."""

    taps: tuple[int, ...]
    step: tuple[int, ...]
    padding: tuple[int, ...]
    tap_step: tuple[int, ...]
    ceil: bool

    @property
    def rank(self) -> int:
        return len(self.taps)

    def output(self, sizes: Sequence[Any]) -> tuple[Any, ...]:
        """How many windows there are along each dimension, by PyTorch's rule: with `ceil` a last window may reach
        outside, but must begin inside or in the padding in front."""
        found = []
        for n, k, s, p, d in zip(sizes, self.taps, self.step, self.padding, self.tap_step, strict=True):
            count = (n + (2 * p - d * (k - 1) - 1 + (s - 1 if self.ceil else 0))) // s + 1
            if self.ceil:
                count = where((count - 1) * s >= n + p, count - 1, count)
            found.append(count)
        return tuple(found)


def type_of(tensor: Any) -> str:
    name = str(tensor.dtype).removeprefix("torch.")
    if name not in TYPES:
        raise NotImplementedError(f"pooling of dtype {name}; {', '.join(TYPES)} are computed directly")
    return TYPES[name]


def _launch(b: Any, template: Any, params: dict[str, Any], operands: list[Any], sizes: Sequence[Any],
            out: Sequence[Any], planes: Any, w: Windows, whole: bool = False, include_padding: bool = True,
            divisor: int = 0, faults: Any = ()) -> None:
    size, outs = three(sizes, 1), three(out, 1)
    taps, step, tap_step = three(w.taps, 1), three(w.step, 1), three(w.tap_step, 1)
    step = [*step[:2], step_along_x(step, outs)]
    extent = [(t - 1) * d + 1 for t, d in zip(taps, tap_step, strict=True)]
    extent[2] = extent[2] + maximum((outs[2] - 1) * step[2], 0)
    if whole:
        extent[0] = extent[0] + maximum((outs[0] - 1) * step[0], 0)
        line_block = maximum(outs[1], 1)
    else:
        lines = COPY_ELEMENTS // maximum(extent[0] * extent[2], 1)
        line_block = maximum(minimum((lines - extent[1]) // step[1] + 1, outs[1]), 1)
    extent[1] = extent[1] + (line_block - 1) * step[1]
    # A launch's piece is some sixteen thousand elements.
    grain = maximum(16384 // maximum(product(sizes), 1), 1)
    b.launch(template, {**params, "step_x": w.step[-1] if w.step[-1] in (1, 2) else 0}, operands,
             [planes, *size, *taps, *step, *three(w.padding, 0), *tap_step, *outs, *extent, line_block,
              int(include_padding), divisor], work=planes, grain=grain, faults=faults,
             scratch=pool.scratch_bytes(current(), params["type"], product(extent), product(taps), step[2]))


def _split(x: Any, rank: int) -> tuple[list[Any], list[Any], Any]:
    lead, sizes = list(x.shape[:x.ndim - rank]), list(x.shape[x.ndim - rank:])
    return lead, sizes, product(lead)


def max_values(b: Any, x: Any, w: Windows) -> Any:
    """The maximum of each window."""
    lead, sizes, planes = _split(x, w.rank)
    outs = w.output(sizes)
    out = b.alloc(x.dtype, [*lead, *outs])
    _launch(b, pool.emit_max_pool, {"type": type_of(x), "mode": "values"}, [x, out], sizes, outs, planes, w)
    return out


def max_places(b: Any, x: Any, w: Windows) -> tuple[Any, Any]:
    """The maximum of each window and its place in the plane (int64)."""
    lead, sizes, planes = _split(x, w.rank)
    outs = w.output(sizes)
    out, places = b.alloc(x.dtype, [*lead, *outs]), b.alloc("int64", [*lead, *outs])
    _launch(b, pool.emit_max_pool, {"type": type_of(x), "mode": "indices"}, [x, out, places], sizes, outs, planes, w,
            faults=_TOO_LARGE)
    return out, places


def max_gradient(b: Any, upstream: Any, x: Any, w: Windows) -> Any:
    """`upstream` added up at the places of the maxima of x."""
    _, sizes, planes = _split(x, w.rank)
    out = b.alloc(x.dtype, x.shape)
    _launch(b, pool.emit_max_pool, {"type": type_of(x), "mode": "gradient"}, [x, upstream, out], sizes, w.output(sizes),
            planes, w, faults=_TOO_LARGE)
    return out


def mean(b: Any, x: Any, w: Windows, include_padding: bool, divisor: int) -> Any:
    """The sum of each window over its size, or over `divisor` if that is not 0."""
    lead, sizes, planes = _split(x, w.rank)
    outs = w.output(sizes)
    out = b.alloc(x.dtype, [*lead, *outs])
    _launch(b, pool.emit_avg_pool, {"type": type_of(x)}, [x, out], sizes, outs, planes, w,
            include_padding=include_padding, divisor=divisor)
    return out


def mean_gradient(b: Any, upstream: Any, sizes: Sequence[Any], w: Windows, include_padding: bool, divisor: int) -> Any:
    """`upstream`, divided as the windows are, added up over each window of planes of `sizes`."""
    lead, outs, planes = _split(upstream, w.rank)
    out = b.alloc(upstream.dtype, [*lead, *sizes])
    _launch(b, pool.emit_avg_pool_gradient, {"type": type_of(upstream)}, [upstream, out], sizes, outs, planes, w,
            whole=True, include_padding=include_padding, divisor=divisor)
    return out


def take(b: Any, x: Any, places: Any, rank: int) -> Any:
    """The elements of each plane of x at `places`."""
    _, sizes, planes = _split(x, rank)
    out = b.alloc(x.dtype, places.shape)
    count = product(places.shape[places.ndim - rank:])
    b.launch(pool_places.emit_places, {"type": type_of(x), "mode": "take"}, [x, places, out], [product(sizes), count],
             work=planes, grain=maximum(16384 // maximum(count, 1), 1), faults=_OUT_OF_RANGE)
    return out


def put(b: Any, x: Any, places: Any, sizes: Sequence[Any], rank: int, add: bool = True) -> Any:
    """Planes of `sizes` with the elements of x added to zero at `places`; unless `add`, the last one there stays."""
    lead, outs, planes = _split(x, rank)
    out = b.alloc(x.dtype, [*lead, *sizes])
    b.launch(pool_places.emit_places, {"type": type_of(x), "mode": "put" if add else "set"}, [x, places, out],
             [product(sizes), product(outs)], work=planes, grain=maximum(16384 // maximum(product(sizes), 1), 1),
             faults=_OUT_OF_RANGE)
    return out


def _adaptive(b: Any, template: Any, params: dict[str, Any], operands: list[Any], sizes: Sequence[Any],
              outs: Sequence[Any], planes: Any) -> None:
    b.launch(template, params, operands, [*three(sizes, 1), *three(outs, 1)], work=planes,
             grain=maximum(16384 // maximum(product(sizes), 1), 1))


def adaptive_mean(b: Any, x: Any, outs: Sequence[Any]) -> Any:
    """The means of windows that cover the last len(outs) dimensions evenly."""
    lead, sizes, planes = _split(x, len(outs))
    out = b.alloc(x.dtype, [*lead, *outs])
    _adaptive(b, pool_places.emit_adaptive_avg, {"type": type_of(x), "gradient": False}, [x, out], sizes, outs, planes)
    return out


def adaptive_mean_gradient(b: Any, upstream: Any, sizes: Sequence[Any]) -> Any:
    """`upstream`, divided by the size of its window, added up over the windows of planes of `sizes`."""
    lead, outs, planes = _split(upstream, len(sizes))
    out = b.alloc(upstream.dtype, [*lead, *sizes])
    _adaptive(b, pool_places.emit_adaptive_avg, {"type": type_of(upstream), "gradient": True}, [upstream, out], sizes,
              outs, planes)
    return out


def adaptive_max(b: Any, x: Any, outs: Sequence[Any]) -> tuple[Any, Any]:
    """The maxima of windows that cover the last len(outs) dimensions evenly, and their places in the plane."""
    lead, sizes, planes = _split(x, len(outs))
    out, places = b.alloc(x.dtype, [*lead, *outs]), b.alloc("int64", [*lead, *outs])
    _adaptive(b, pool_places.emit_adaptive_max, {"type": type_of(x)}, [x, out, places], sizes, outs, planes)
    return out, places
