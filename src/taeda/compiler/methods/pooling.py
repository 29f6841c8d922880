"""How pooling is carried out: block sizes and launches of the templates in codegen/templates/pool.

The last `rank` dimensions of all operands are pooled over; windows have one number for each of these dimensions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taeda.codegen.llvm import memory_type
from taeda.codegen.templates.pool import places as pool_places
from taeda.codegen.templates.pool import windows as pool
from taeda.compiler.methods.convolution import step_along_x, three
from taeda.ir.expression import maximum, minimum, product
from taeda.ir.geometry import Windows

TYPES = {name: memory_type(name) for name in ("float32", "float64", "int32", "int64")}
COPY_ELEMENTS = 16384  # of the padded lines worked on at a time
_LARGEST_PLANE = (1 << 31) - 256  # places are counted in 32 bits while they are looked for, a few vectors ahead


def type_of(tensor: Any) -> str:
    name = str(tensor.dtype).removeprefix("torch.")
    if name not in TYPES:
        raise NotImplementedError(f"pooling of dtype {name}; {', '.join(TYPES)} are computed directly")
    return TYPES[name]


def _launch(b: Any, template: Any, params: dict[str, Any], operands: list[Any], sizes: Sequence[Any],
            out: Sequence[Any], planes: Any, w: Windows, whole: bool = False, include_padding: bool = True,
            divisor: int = 0) -> None:
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
              int(include_padding), divisor], work=planes, grain=grain,
             scratch=pool.scratch_bytes(b.target, params["type"], product(extent), product(taps), step[2]))


def _plane(x: Any, rank: int) -> list[Any]:
    """The sizes of the dimensions that are pooled over."""
    return list(x.shape[x.ndim - rank:])


def _planes(x: Any, rank: int) -> Any:
    """How many planes there are."""
    return product(x.shape[:x.ndim - rank])


def max_pool(b: Any, *, input: Any, out: Any, places: Any, windows: Windows) -> None:
    """The maximum of each window, and its place in the plane (int64)."""
    rank = windows.rank
    operands = [b.contiguous(input), out, *([] if places is None else [places])]
    mode = "values" if places is None else "indices"
    if places is not None:
        _check_plane(b, input, rank)
    _launch(b, pool.emit_max_pool, {"type": type_of(input), "mode": mode}, operands,
            _plane(input, rank), _plane(out, rank), _planes(input, rank), windows)


def _check_plane(b: Any, input: Any, rank: int) -> None:
    b.check(product(_plane(input, rank)) < _LARGEST_PLANE, NotImplementedError,
            "max_pool with indices over a plane of 2^31 elements or more")


def max_pool_gradient(b: Any, *, upstream: Any, input: Any, out: Any, windows: Windows) -> None:
    """`upstream` added up at the places of the maxima of the input."""
    rank = windows.rank
    _check_plane(b, input, rank)
    _launch(b, pool.emit_max_pool, {"type": type_of(input), "mode": "gradient"},
            [b.contiguous(input), b.contiguous(upstream), out], _plane(input, rank), _plane(upstream, rank),
            _planes(input, rank), windows)


def mean_pool(b: Any, *, input: Any, out: Any, windows: Windows, include_padding: bool, divisor: int) -> None:
    """The sum of each window over its size, or over `divisor` if that is not 0."""
    rank = windows.rank
    _launch(b, pool.emit_avg_pool, {"type": type_of(input)}, [b.contiguous(input), out], _plane(input, rank),
            _plane(out, rank), _planes(input, rank), windows, include_padding=include_padding, divisor=divisor)


def mean_pool_gradient(b: Any, *, upstream: Any, out: Any, windows: Windows, include_padding: bool,
                       divisor: int) -> None:
    """`upstream`, divided as the windows are, added up over each window of the planes of `out`."""
    rank = windows.rank
    _launch(b, pool.emit_avg_pool_gradient, {"type": type_of(upstream)}, [b.contiguous(upstream), out],
            _plane(out, rank), _plane(upstream, rank), _planes(upstream, rank), windows, whole=True,
            include_padding=include_padding, divisor=divisor)


def take_places(b: Any, *, input: Any, places: Any, out: Any, rank: int, fault: tuple[str, str]) -> None:
    """The elements of each plane of the input at `places`."""
    count = product(_plane(places, rank))
    b.launch(pool_places.emit_places, {"type": type_of(input), "mode": "take"},
             [b.contiguous(input), b.contiguous(places), out], [product(_plane(input, rank)), count],
             work=_planes(input, rank), grain=maximum(16384 // maximum(count, 1), 1),
             faults=[(pool_places.OUT_OF_RANGE, *fault)])


def put_places(b: Any, *, input: Any, places: Any, out: Any, rank: int, add: bool, fault: tuple[str, str]) -> None:
    """Planes with the elements of the input added to zero at `places`; unless `add`, the last one there stays."""
    count = product(_plane(out, rank))
    b.launch(pool_places.emit_places, {"type": type_of(input), "mode": "put" if add else "set"},
             [b.contiguous(input), b.contiguous(places), out], [count, product(_plane(input, rank))],
             work=_planes(input, rank), grain=maximum(16384 // maximum(count, 1), 1),
             faults=[(pool_places.OUT_OF_RANGE, *fault)])


def _adaptive(b: Any, template: Any, params: dict[str, Any], operands: list[Any], sizes: Sequence[Any],
              outs: Sequence[Any], planes: Any) -> None:
    b.launch(template, params, operands, [*three(sizes, 1), *three(outs, 1)], work=planes,
             grain=maximum(16384 // maximum(product(sizes), 1), 1))


def adaptive_mean_pool(b: Any, *, input: Any, out: Any, rank: int) -> None:
    """The means of windows that cover the last `rank` dimensions evenly."""
    _adaptive(b, pool_places.emit_adaptive_avg, {"type": type_of(input), "gradient": False}, [b.contiguous(input), out],
              _plane(input, rank), _plane(out, rank), _planes(input, rank))


def adaptive_mean_pool_gradient(b: Any, *, upstream: Any, out: Any, rank: int) -> None:
    """`upstream`, divided by the size of its window, added up over the windows of the planes of `out`."""
    _adaptive(b, pool_places.emit_adaptive_avg, {"type": type_of(upstream), "gradient": True},
              [b.contiguous(upstream), out], _plane(out, rank), _plane(upstream, rank), _planes(upstream, rank))


def adaptive_max_pool(b: Any, *, input: Any, out: Any, places: Any, rank: int) -> None:
    """The maxima of windows that cover the last `rank` dimensions evenly, and their places in the plane."""
    _adaptive(b, pool_places.emit_adaptive_max, {"type": type_of(input)}, [b.contiguous(input), out, places],
              _plane(input, rank), _plane(out, rank), _planes(input, rank))
