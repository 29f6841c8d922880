"""Convolutions with few output channels in a group, depthwise ones above all: vectors run along pixels.

`emit_conv_planes` computes the sum of `conv_gather` for a block of lines of one group from a zero-padded copy of
what it touches of x. A register tile is some output channels times some vectors of pixels, each of which lies in one
line; where the lines are longer than a vector the last one is moved back over pixels that were already computed, so
that every vector is whole. A work item is (group, image, z of the output, block of lines).

`emit_conv_planes_weight` is the gradient with respect to the weight: products are summed lane by lane over the
pixels of all images in order, and the lanes added up at the end. A work item is (group, input channel).
"""

from __future__ import annotations

from typing import Any

from taeda.codegen.llvm import SIZES, Arguments, FunctionWriter, ModuleWriter, Value, names_of, vector
from taeda.codegen.target import Target
from taeda.codegen.templates.conv.finish import Results, bias_number
from taeda.codegen.templates.conv.gather import fill_weight_table
from taeda.codegen.templates.conv.integers import EXTENT, GEOMETRY, OUT, TAP_BEGIN, WEIGHT
from taeda.codegen.templates.conv.weight import emit_padded_copy
from taeda.ir.loop import Expr

INTEGERS = (*GEOMETRY, *TAP_BEGIN, *OUT, *EXTENT, "line_block", "has_bias", *WEIGHT)
WEIGHT_INTEGERS = (*GEOMETRY, *TAP_BEGIN, *EXTENT)


def tiles_of(target: Target) -> tuple[tuple[int, int], ...]:
    """(output channels, vectors of pixels) of the register tiles, the most channels first."""
    if target.vector_registers == 32:
        return (6, 3), (4, 4), (2, 6), (1, 8)
    return (4, 2), (2, 4), (1, 6)


def gradient_tiles_of(target: Target) -> tuple[tuple[int, int], ...]:
    """(output channels, taps) of the register tiles of the gradient, the most channels first."""
    if target.vector_registers == 32:
        return (4, 5), (2, 5), (1, 5)
    return (2, 5), (1, 5)


def scratch_bytes(target: Target, type: str, depth: Any, extent: Any, lines: Any, line_vectors: Any, step: int) -> Any:
    """`depth`: channels * taps; `extent`: elements of the copy, all channels; `lines` of a block, vectors in each.

    A vector of pixels may reach behind the copy by its own length, `step` elements for each lane.
    """
    size, lanes = SIZES[type], target.lanes(SIZES[type])
    most = max(v for _, v in tiles_of(target))
    return ((extent + (step + 2) * lanes + most * lanes) * size
            + (2 * depth + 3 * (lines * line_vectors + most)) * 8 + 256)


def weight_scratch_bytes(target: Target, type: str, rows: Any, taps: Any, extent: Any, step: int) -> Any:
    size, lanes = SIZES[type], target.lanes(SIZES[type])
    return ((rows + 4) * (taps + 8) * lanes + extent + (step + 2) * lanes) * size + (taps + 8) * 8 + 256


def load_spaced(f: FunctionWriter, type: str, lanes: int, pointer: Value, step: int, step_bytes: Value) -> Value:
    """`lanes` numbers, `step` apart (1, 2, or 0: as far as `step_bytes` says)."""
    vec, size = vector(lanes, type), SIZES[type]
    if step == 1:
        return f.load(vec, pointer)
    if step == 2:
        a, b = f.load(vec, pointer), f.load(vec, f.at(pointer, lanes * size))
        return f.shuffle(a, b, range(0, 2 * lanes, 2))
    value = f.constant(0, vec)
    for k in range(lanes):
        number = f.load(type, f.at(pointer, step_bytes * k))
        value = f.emit(vec, f"insertelement {value}, {number}, i32 {k}")
    return value


def emit_conv_planes(target: Target, type: str = "float", step_x: int = 1, epilogue: Expr | None = None) -> str:
    """Operands: x, weight, bias (as many readable numbers, where there is none), out (see finish.py).

    `step_x` is 1, 2, or 0 for any.
    """
    module = ModuleWriter(target)
    size = SIZES[type]
    lanes = target.lanes(size)
    shapes = tiles_of(target)
    tiles = [_tile(module, type, rows, vectors, step_x) for rows, vectors in shapes]
    copy = emit_padded_copy(module, type)
    to = Results(module, type, len(INTEGERS), epilogue)
    most = max(v for _, v in shapes)
    f = module.kernel()
    arguments = Arguments(f)
    n = names_of(f, arguments.integers, INTEGERS)
    x, weight, bias_data = (arguments.data(k) for k in range(3))
    out = to.start(f, arguments, n)
    taps = n["taps_z"] * n["taps_y"] * n["taps_x"]
    depth = n["channels"] * taps
    extent_yx = n["extent_y"] * n["extent_x"]
    extent = n["extent_z"] * extent_yx
    plane = n["size_z"] * n["size_y"] * n["size_x"]
    out_plane = n["out_z"] * n["out_y"] * n["out_x"]
    line_blocks = f.ceil_div(n["pixels_y"], n["line_block"])
    line_vectors = f.ceil_div(n["pixels_x"], lanes)
    entries = n["line_block"] * line_vectors + most
    # Scratch: one tile row, offsets of (channel, tap) in the copy and in the weight, offsets of vectors in the copy
    # and in out, the copy.
    spare = arguments.scratch
    tap_offsets = f.at(spare, most * lanes * size)
    from_offsets = f.at(tap_offsets, depth * 16)
    to_offsets = f.at(from_offsets, entries * 8)
    padded = f.at(to_offsets, (entries * 8 + 63) // 64 * 64)
    fill_tap_offsets(f, n, extent, extent_yx, size, tap_offsets, n["channels"], step=16)
    fill_weight_table(f, n, size, f.at(tap_offsets, 8), n["channels"], step=16)

    def one_line(y: Value, at: Value, to: Value) -> list[Value]:
        def one_vector(v: Value, at: Value, to: Value) -> list[Value]:
            first = f.maximum(f.minimum(v * lanes, n["pixels_x"] - lanes), f.constant(0))
            f.store((y * n["step_y"] * n["extent_x"] + first * n["step_x"]) * size, at)
            f.store((y * n["out_step_y"] * n["out_x"] + first * n["out_step_x"]) * size, to)
            return [f.at(at, 8), f.at(to, 8)]
        return f.loop(0, line_vectors, one_vector, carry=[at, to])

    f.loop(0, n["line_block"], one_line, carry=[from_offsets, to_offsets])
    _fill_behind(f, type, f.index(padded, type, n["channels"] * extent), n["step_x"])

    def item(index: Value) -> None:
        block, rest = index % line_blocks, index // line_blocks
        z, rest = rest % n["pixels_z"], rest // n["pixels_z"]
        group, image = rest % n["groups"], rest // n["groups"]
        line = block * n["line_block"]
        lines = f.minimum(n["line_block"], n["pixels_y"] - line)
        vectors = lines * line_vectors
        f.call(copy, f.index(x, type, (image * n["groups"] + group) * n["channels"] * plane), padded, n["channels"],
               n["size_z"], n["size_y"], n["size_x"], n["origin_z"] + z * n["step_z"],
               n["origin_y"] + line * n["step_y"], n["origin_x"], n["extent_z"], n["extent_y"], n["extent_x"])
        first_row = group * n["rows"]
        out_base = f.index(out, type, (image * n["groups"] * n["rows"] + first_row) * out_plane + n["out_origin_x"]
                           + ((z * n["out_step_z"] + n["out_origin_z"]) * n["out_y"]
                              + line * n["out_step_y"] + n["out_origin_y"]) * n["out_x"])

        def run(row: Value, tile: FunctionWriter, rows: int, count: int) -> list[Value]:
            f.loop(0, vectors, lambda v: _none(f.call(
                tile, padded, tap_offsets, depth, f.index(from_offsets, "i64", v),
                f.index(to_offsets, "i64", v), vectors - v,
                f.index(weight, type, group * n["group_stride"] + row * n["row_stride"] + n["first_tap"]),
                n["row_stride"] * size,
                f.index(bias_data, type, first_row + row), f.index(out_base, type, row * out_plane),
                out_plane * size, n["step_x"] * size, n["pixels_x"], n["out_step_x"] * size, spare,
                n["has_bias"])), step=count)
            to.finished(image, first_row + row, (z * n["out_y"] + line) * n["out_x"], f.constant(rows),
                        lines * n["pixels_x"])
            return [row + rows]

        row = f.constant(0)
        for (rows, count), tile in zip(shapes, tiles, strict=True):
            (row,) = f.repeat(lambda r, rows=rows: r + rows <= n["rows"],
                              lambda r, t=tile, rows=rows, count=count: run(r, t, rows, count), [row])

    f.loop(f["begin"], f["end"], item)
    f.ret(0)
    return module.text()


def _fill_behind(f: FunctionWriter, type: str, end: Value, step: Value) -> None:
    """Zeros behind the copy, where vectors of short lines reach: what stood there might be subnormal numbers, with
    which processors are slow, although the results are not used."""
    lanes = f.module.target.lanes(SIZES[type])
    f.loop(0, step + 1, lambda k: f.store(f.constant(0, vector(lanes, type)), f.index(end, type, k * lanes)))


def fill_tap_offsets(f: FunctionWriter, n: dict[str, Value], extent: Value, extent_yx: Value, size: int, table: Value,
                     channels: Value, step: int = 8) -> Value:
    """Writes where each (channel, tap) lies in the copy, in bytes. Entries are `step` bytes apart; returns the end."""
    def at_channel(c: Value, to: Value) -> list[Value]:
        def at_z(z: Value, to: Value) -> list[Value]:
            def at_y(y: Value, to: Value) -> list[Value]:
                def at_x(k: Value, to: Value) -> list[Value]:
                    place = (c * extent + (n["tap_begin_z"] + z * n["tap_step_z"]) * extent_yx
                             + (n["tap_begin_y"] + y * n["tap_step_y"]) * n["extent_x"]
                             + n["tap_begin_x"] + k * n["tap_step_x"])
                    f.store(place * size, to)
                    return [f.at(to, step)]
                return f.loop(0, n["taps_x"], at_x, carry=[to])
            return f.loop(0, n["taps_y"], at_y, carry=[to])
        return f.loop(0, n["taps_z"], at_z, carry=[to])
    return f.loop(0, channels, at_channel, carry=[table])[0]


def _tile(module: ModuleWriter, type: str, rows: int, vectors: int, step_x: int) -> FunctionWriter:
    size = SIZES[type]
    lanes = module.target.lanes(size)
    vec = vector(lanes, type)
    f = module.function(f"tile_{rows}x{vectors}", [
        ("ptr", "padded"), ("ptr", "taps"), ("i64", "depth"), ("ptr", "from"),
        ("ptr", "to"), ("i64", "count"), ("ptr", "weight"), ("i64", "pitch"), ("ptr", "bias"), ("ptr", "out"),
        ("i64", "out_pitch"), ("i64", "step"), ("i64", "pixels"), ("i64", "out_step"), ("ptr", "spare"),
        ("i64", "has_bias")])
    last = f["count"] - 1
    which = [f.minimum(f.constant(v), last) for v in range(vectors)]
    start = [f.at(f["padded"], f.load("i64", f.index(f["from"], "i64", w))) for w in which]
    weights = [f.at(f["weight"], f["pitch"] * r) for r in range(rows)]
    zero = f.constant(0, vec)

    def step(k: Value, entry: Value, *sums: Value) -> list[Value]:
        offset = f.load("i64", entry)
        place = f.load("i64", f.at(entry, 8))
        numbers = [f.splat(f.load(type, f.at(w, place)), lanes) for w in weights]
        new = list(sums)
        for v in range(vectors):
            value = load_spaced(f, type, lanes, f.at(start[v], offset), step_x, f["step"])
            for r in range(rows):
                new[v * rows + r] = f.fma(numbers[r], value, sums[v * rows + r])
        return [f.at(entry, 16), *new]

    _, *sums = f.loop(0, f["depth"], step, carry=[f["taps"], *[zero] * (rows * vectors)])
    biased = f["has_bias"].differs(0)
    extra = [f.splat(bias_number(f, type, f.index(f["bias"], type, r), biased), lanes)
             for r in range(rows)]
    sums = [value + extra[k % rows] for k, value in enumerate(sums)]
    dense = f["out_step"].equals(size)

    def each(write: Any) -> None:
        for v in range(vectors):
            to = f.at(f["out"], f.load("i64", f.index(f["to"], "i64", which[v])))
            for r in range(rows):
                write(sums[v * rows + r], f.at(to, f["out_pitch"] * r))

    def short() -> None:
        mask = f.lane_range(lanes, f.constant(0), f["pixels"])
        each(lambda value, pointer: f.masked_store(value, pointer, mask))

    def spaced() -> None:
        def one(value: Value, pointer: Value) -> None:
            f.store(value, f["spare"])
            f.loop(0, f.minimum(f["pixels"], f.constant(lanes)), lambda k: f.store(
                f.load(type, f.index(f["spare"], type, k)), f.at(pointer, k * f["out_step"])))
        each(one)

    f.branch(dense, lambda: _none(f.branch(
        f["pixels"] >= lanes, lambda: each(lambda value, pointer: f.store(value, pointer)), short)), spaced)
    f.ret()
    return f


def emit_conv_planes_weight(target: Target, type: str = "float", step_x: int = 1) -> str:
    """Operands: x, upstream, result [groups * rows][channels][taps]."""
    module = ModuleWriter(target)
    size = SIZES[type]
    lanes = target.lanes(size)
    vec = vector(lanes, type)
    shapes = gradient_tiles_of(target)
    tiles = [_gradient_tile(module, type, rows, taps, step_x) for rows, taps in shapes]
    copy = emit_padded_copy(module, type)
    most = max(t for _, t in shapes)
    f = module.kernel()
    arguments = Arguments(f)
    n = names_of(f, arguments.integers, WEIGHT_INTEGERS)
    x, upstream, result = arguments.data(0), arguments.data(1), arguments.data(2)
    taps = n["taps_z"] * n["taps_y"] * n["taps_x"]
    extent_yx = n["extent_y"] * n["extent_x"]
    extent = n["extent_z"] * extent_yx
    plane = n["size_z"] * n["size_y"] * n["size_x"]
    pixels = n["pixels_z"] * n["pixels_y"] * n["pixels_x"]
    padded_taps = taps + most
    # Scratch: sums [row][tap][lane], offsets of taps, the copy.
    sums = arguments.scratch
    row_bytes = padded_taps * (lanes * size)
    tap_offsets = f.at(sums, n["rows"] * row_bytes)
    padded = f.at(tap_offsets, (padded_taps * 8 + 63) // 64 * 64)
    end = fill_tap_offsets(f, n, extent, extent_yx, size, tap_offsets, f.constant(1))
    for k in range(most):
        f.store(f.constant(0), f.at(end, 8 * k))
    _fill_behind(f, type, f.index(padded, type, extent), n["step_x"])

    def item(index: Value) -> None:
        channel, group = index % n["channels"], index // n["channels"]
        f.loop(0, n["rows"] * padded_taps, lambda k: f.store(f.constant(0, vec), f.at(sums, k * (lanes * size))))

        def image(i: Value) -> None:
            f.call(copy, f.index(x, type, ((i * n["groups"] + group) * n["channels"] + channel) * plane), padded,
                   1, *(n[f"{kind}_{axis}"] for kind in ("size", "origin", "extent") for axis in "zyx"))
            g = f.index(upstream, type, (i * n["groups"] + group) * n["rows"] * pixels)

            def run(row: Value, tile: FunctionWriter, rows: int, count: int) -> list[Value]:
                f.loop(0, taps, lambda t: _none(f.call(
                    tile, padded, f.index(tap_offsets, "i64", t), f.index(g, type, row * pixels), pixels * size,
                    n["pixels_z"], n["pixels_y"], n["pixels_x"], extent_yx * n["step_z"] * size,
                    n["extent_x"] * n["step_y"] * size, n["step_x"] * size,
                    f.at(sums, row * row_bytes + t * (lanes * size)), row_bytes)), step=count)
                return [row + rows]

            row = f.constant(0)
            for (rows, count), tile in zip(shapes, tiles, strict=True):
                (row,) = f.repeat(lambda r, rows=rows: r + rows <= n["rows"],
                                  lambda r, t=tile, rows=rows, count=count: run(r, t, rows, count), [row])

        f.loop(0, n["images"], image)

        def write(row: Value) -> None:
            to = f.index(result, type, ((group * n["rows"] + row) * n["channels"] + channel) * taps)

            def one(t: Value) -> None:
                value = f.load(vec, f.at(sums, row * row_bytes + t * (lanes * size)))
                width = lanes
                while width > 1:
                    width //= 2
                    high = f.shuffle(value, value, range(width, 2 * width))
                    value = f.shuffle(value, value, range(width)) + high
                f.store(f.extract(value, 0), f.index(to, type, t))
            f.loop(0, taps, one)

        f.loop(0, n["rows"], write)

    f.loop(f["begin"], f["end"], item)
    f.ret(0)
    return module.text()


def _gradient_tile(module: ModuleWriter, type: str, rows: int, taps: int, step_x: int) -> FunctionWriter:
    """c[row][tap][lane] += sum over z, y and vectors of a line of g[row] * padded[tap]."""
    size = SIZES[type]
    lanes = module.target.lanes(size)
    vec = vector(lanes, type)
    f = module.function(f"tile_{rows}x{taps}", [
        ("ptr", "padded"), ("ptr", "taps"), ("ptr", "g"), ("i64", "g_pitch"), ("i64", "depth"), ("i64", "lines"),
        ("i64", "pixels"), ("i64", "z_bytes"), ("i64", "line_bytes"), ("i64", "step"), ("ptr", "c"), ("i64", "pitch")])
    starts = [f.at(f["padded"], f.load("i64", f.at(f["taps"], 8 * t))) for t in range(taps)]
    zero = f.constant(0, vec)
    whole = f["pixels"] - f["pixels"] % lanes
    mask = f.lane_range(lanes, f.constant(0), f["pixels"] - whole)
    g = [f.at(f["g"], f["g_pitch"] * r) for r in range(rows)]
    line_size = f["pixels"] * size

    def add(at: Value, offset: Value, sums: tuple[Value, ...] | list[Value], mask: Value | None) -> list[Value]:
        upstream = [f.load(vec, f.at(p, at)) if mask is None else f.masked_load(vec, f.at(p, at), mask, zero)
                    for p in g]
        new = list(sums)
        for t in range(taps):
            value = load_spaced(f, type, lanes, f.at(starts[t], offset), step_x, f["step"])
            if mask is not None:
                value = f.select(mask, value, zero)  # what stands there belongs to no pixel and may be anything
            for r in range(rows):
                new[r * taps + t] = f.fma(upstream[r], value, sums[r * taps + t])
        return new

    def at_z(z: Value, *sums: Value) -> list[Value]:
        def line(y: Value, *sums: Value) -> list[Value]:
            at = (z * f["lines"] + y) * line_size
            offset = z * f["z_bytes"] + y * f["line_bytes"]
            sums = tuple(f.loop(0, whole, lambda k, *s: add(at + k * size, offset + k * f["step"], s, None), step=lanes,
                                carry=sums))
            return f.branch(whole < f["pixels"],
                            lambda: add(at + whole * size, offset + whole * f["step"], sums, mask), lambda: list(sums))
        return f.loop(0, f["lines"], line, carry=sums)

    sums = f.loop(0, f["depth"], at_z, carry=[zero] * (rows * taps))
    for r in range(rows):
        for t in range(taps):
            place = f.at(f["c"], f["pitch"] * r + t * lanes * size)
            f.store(f.load(vec, place) + sums[r * taps + t], place)
    f.ret()
    return f


def _none(_: object) -> None:
    return None
