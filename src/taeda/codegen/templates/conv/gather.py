"""Convolution as an implicit matrix product: patches are gathered into panels and multiplied in register tiles.

One kernel serves the forward convolution, its gradient with respect to the input and the transposed convolution,
in one to three spatial dimensions: all of them are, for every group,

    out[n, m, r + q * ds] = sum over c, t of weight[m, c, t] * x[n, c, q * s + o + t * d]  (+ bias[m])

with q over a grid of *pixels*, t over a grid of *taps*, and x zero outside its plane. For the forward convolution
s is the stride, o = -padding, d the dilation, r = 0 and ds = 1. For the gradient it is used once per residue class
of the stride (see `compiler/methods/convolution.py`).

Sums run over c and then t, in blocks of `channel_block` channels, whatever the number of images, pixels and
threads. Pixels of all images form one row, cut in blocks of `pixel_block`; a work item is
(group, block of output channels, block of pixels).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from taeda.codegen.llvm import SIZES, Arguments, FunctionWriter, ModuleWriter, Value, mangled, names_of, vector
from taeda.codegen.target import Target
from taeda.codegen.templates.conv.finish import Results, bias_number
from taeda.codegen.templates.conv.integers import GEOMETRY, OUT, WEIGHT
from taeda.ir.loop import Expr

INTEGERS = (
    *GEOMETRY, *OUT, "channel_block", "pixel_block", "row_block", "has_bias", *WEIGHT,
    "pack_rows", "pack_stride",  # rows stand in packs of so many (a multiple of a tile's), so far apart
)


@dataclass(frozen=True)
class Tile:
    """Rows and vectors of one register tile."""

    rows: int
    vectors: int
    row_variants: tuple[int, ...]


def tile_of(target: Target) -> Tile:
    if target.vector_registers == 32:
        return Tile(8, 3, (2, 4, 6, 8))
    if target.fma:
        return Tile(6, 2, (2, 4, 6))
    return Tile(4, 2, (2, 4))


def pack_vectors(target: Target, itemsize: int) -> int:
    """Vectors in a pack of rows: the least number that has whole tiles in it."""
    rows, lanes = tile_of(target).rows, target.lanes(itemsize)
    return math.lcm(rows, lanes) // lanes


def panel_width(target: Target, itemsize: int) -> int:
    """Pixels in one panel; `pixel_block` must be a multiple of it."""
    return tile_of(target).vectors * target.lanes(itemsize)


def scratch_bytes(target: Target, type: str, channel_block: Any, taps: Any, pixel_block: Any) -> Any:
    """Scratch of one call as a number or expression: one tile, the panels, the places of a row of weight."""
    itemsize = SIZES[type]
    tile = tile_of(target)
    return (channel_block * taps * pixel_block * itemsize
            + tile.rows * panel_width(target, itemsize) * itemsize + channel_block * taps * 8 + 64)


def emit_conv_gather(target: Target, type: str = "float", step_x: int = 1, epilogue: Expr | None = None) -> str:
    """LLVM IR of the kernel. Operands: x, weight, bias (as many readable numbers, where there is none), out (see
    finish.py).

    `type` is `float`, `double`, `i32` or `i64`; `step_x` is 1 or 2 if the step along x is known to be that, else 0.
    """
    module = ModuleWriter(target)
    writer = _Writer(module, type, step_x)
    to = Results(module, type, len(INTEGERS), epilogue)
    tiles = [[writer.microkernel(rows, vectors) for vectors in range(1, writer.tile.vectors + 1)]
             for rows in writer.tile.row_variants]
    pack = writer.pack()
    transfer = writer.transfer()
    writer.kernel(pack, transfer, tiles, to)
    return module.text()


class _Writer:
    def __init__(self, module: ModuleWriter, type: str, step_x: int) -> None:
        self.module, self.type, self.step_x = module, type, step_x
        self.itemsize = SIZES[type]
        self.lanes = module.target.lanes(self.itemsize)
        self.vector = vector(self.lanes, type)
        self.tile = tile_of(module.target)
        self.width = self.tile.vectors * self.lanes

    def microkernel(self, rows: int, vectors: int) -> FunctionWriter:
        """c[rows][vectors * lanes] = a[rows][depth] b[depth][width], plus c if `first` is 0, plus bias if it is 2.

        Row r of a is at r * a_pitch, its numbers at the places of the table.
        """
        size = self.itemsize
        f = self.module.function(f"tile_{rows}x{vectors}", [
            ("ptr", "a"), ("i64", "a_pitch"), ("ptr", "table"), ("ptr", "b"), ("i64", "depth"), ("ptr", "c"),
            ("i64", "c_pitch"), ("i64", "first"), ("ptr", "bias"), ("i64", "valid")])
        last = f["valid"] - 1
        clamped = [f.minimum(f.constant(r), last) for r in range(rows)]
        a = [f.at(f["a"], row * f["a_pitch"]) for row in clamped]
        zero = f.constant(0, self.vector)

        def step(k: Value, *sums: Value) -> list[Value]:
            b = f.at(f["b"], k * (self.width * size))
            columns = [f.load(self.vector, f.at(b, v * self.lanes * size)) for v in range(vectors)]
            place = f.load("i64", f.index(f["table"], "i64", k))
            new = list(sums)
            for r in range(rows):
                weight = f.splat(f.load(self.type, f.at(a[r], place)), self.lanes)
                for v in range(vectors):
                    new[r * vectors + v] = f.fma(weight, columns[v], sums[r * vectors + v])
            return new

        sums = f.loop(0, f["depth"], step, carry=[zero] * (rows * vectors))

        def finish(again: bool) -> None:
            for r in range(rows):
                c = f.at(f["c"], f["c_pitch"] * r)
                if not again:
                    place = f.index(f["bias"], self.type, clamped[r])
                    extra = f.splat(bias_number(f, self.type, place, f["first"].equals(2)), self.lanes)
                for v in range(vectors):
                    place = f.at(c, v * self.lanes * size)
                    value = sums[r * vectors + v]
                    if again:
                        value = value + f.load(self.vector, place)
                    else:
                        value = value + extra
                    f.store(value, place)

        f.branch(f["first"].differs(0), lambda: finish(False), lambda: finish(True))
        f.ret()
        return f

    def pack(self) -> FunctionWriter:
        """Gathers the patches of `count` pixels from pixel `start` on, channels [channel, channel + depth).

        The panels are [pixels / width][depth * taps][width].
        """
        size, lanes = self.itemsize, self.lanes
        f = self.module.function("pack", [
            ("ptr", "x"), ("ptr", "panel"), ("ptr", "integers"), ("i64", "group"), ("i64", "channel"),
            ("i64", "depth"), ("i64", "start"), ("i64", "count")])
        n = names_of(f, f["integers"], INTEGERS)
        taps_yx = n["taps_y"] * n["taps_x"]
        taps = n["taps_z"] * taps_yx
        pixels_yx = n["pixels_y"] * n["pixels_x"]
        pixels = n["pixels_z"] * pixels_yx
        plane = n["size_z"] * n["size_y"] * n["size_x"]
        plane_bytes = plane * size
        panel_bytes = f["depth"] * taps * (self.width * size)
        tap_bytes = self.width * size
        channel_bytes = taps * tap_bytes
        vector_count = f.ceil_div(f["count"], lanes)
        zero = f.constant(0, self.vector)

        def one_vector(v: Value) -> None:
            target = f.at(f["panel"], (v // self.tile.vectors) * panel_bytes
                          + (v % self.tile.vectors) * (lanes * size))
            first_pixel = f["start"] + v * lanes
            valid = f.minimum(f.constant(lanes), f["count"] - v * lanes)

            def segment(lane: Value) -> list[Value]:
                """The pixels from `lane` on that lie in one row of pixels."""
                pixel = first_pixel + lane
                image = pixel // pixels
                rest = pixel % pixels
                z, rest = rest // pixels_yx, rest % pixels_yx
                y, x = rest // n["pixels_x"], rest % n["pixels_x"]
                stop = f.minimum(valid, lane + (n["pixels_x"] - x))
                # Lane j stands at x coordinate left + j * step.
                left = x * n["step_x"] + n["origin_x"] - lane * n["step_x"]
                channel = (image * n["groups"] + f["group"]) * n["channels"] + f["channel"]
                source = f.at(f["x"], channel * plane_bytes)

                def at_z(tz: Value) -> None:
                    sz = z * n["step_z"] + n["origin_z"] + tz * n["tap_step_z"]
                    inside_z = (sz >= 0) & (sz < n["size_z"])

                    def at_y(ty: Value) -> None:
                        sy = y * n["step_y"] + n["origin_y"] + ty * n["tap_step_y"]
                        inside = inside_z & (sy >= 0) & (sy < n["size_y"])
                        row = (sz * n["size_y"] + sy) * n["size_x"]

                        def at_x(tx: Value) -> None:
                            sx = left + tx * n["tap_step_x"]
                            tap = (tz * n["taps_y"] + ty) * n["taps_x"] + tx
                            place = f.at(target, tap * tap_bytes)
                            self.copy_tap(f, n, source, place, row, sx, lane, stop, inside, plane_bytes,
                                          channel_bytes, f["depth"], zero)
                        f.loop(0, n["taps_x"], at_x)
                    f.loop(0, n["taps_y"], at_y)
                f.loop(0, n["taps_z"], at_z)
                return [stop]

            f.repeat(lambda lane: lane < valid, segment, [f.constant(0)])

        f.loop(0, vector_count, one_vector)
        f.ret()
        return f

    def copy_tap(self, f: FunctionWriter, n: dict[str, Value], source: Value, place: Value, row: Value, sx: Value,
                 lane: Value, stop: Value, inside: Value, plane_bytes: Value, channel_bytes: Value, depth: Value,
                 zero: Value) -> None:
        """One tap of one segment, for all channels: lanes [lane, stop) that are inside, others zero or kept."""
        lanes, size = self.lanes, self.itemsize
        if self.step_x == 1:
            low, high = f.maximum(lane, -sx), f.minimum(stop, n["size_x"] - sx)
        elif self.step_x == 2:
            low, high = f.maximum(lane * 2, -sx), f.minimum(stop * 2 - 1, n["size_x"] - sx)
        else:
            low, high = lane, stop
        some = inside & (low < high)
        low, high = f.select(some, low, 0), f.select(some, high, 0)
        # An empty mask reads from the start of the source, so that no wild address is even formed.
        origin = f.at(source, f.select(some, (row + sx) * size, 0))
        pointer_step = f.select(some, plane_bytes, 0)
        if self.step_x == 1:
            mask = f.lane_range(lanes, low, high)

            def read(pointer: Value, previous: Value) -> Value:
                return f.masked_load(self.vector, pointer, mask, previous)
        elif self.step_x == 2:
            mask_low, mask_high = f.lane_range(lanes, low, high), f.lane_range(lanes, low, high, lanes)
            integers = vector(lanes, "i32" if size == 4 else "i64")

            def read(pointer: Value, previous: Value) -> Value:
                a = f.masked_load(self.vector, pointer, mask_low, zero)
                b = f.masked_load(self.vector, f.at(pointer, lanes * size), mask_high, zero)
                value = f.shuffle(a, b, range(0, 2 * lanes, 2))
                if previous is zero:
                    return value
                # The lanes are disjoint: one of both is all zero bits.
                both = f.cast("bitcast", value, integers) | f.cast("bitcast", previous, integers)
                return f.cast("bitcast", both, self.vector)
        else:
            steps = f.iota(lanes, type="i64") * f.splat(n["step_x"], lanes)
            position = steps + f.splat(sx, lanes)
            mask = f.lane_range(lanes, low, high)
            mask = mask & (position >= 0) & (position < f.splat(n["size_x"], lanes))
            bytes_of = steps * f.coerce(size, vector(lanes, "i64"))
            name = f"llvm.masked.gather.{mangled(self.vector)}.v{lanes}p0"
            f.module.declare(f"declare {self.vector} @{name}(<{lanes} x ptr>, i32, <{lanes} x i1>, {self.vector})")

            def read(pointer: Value, previous: Value) -> Value:
                pointers = f.emit(f"<{lanes} x ptr>", f"getelementptr i8, ptr {pointer.text}, {bytes_of}")
                return f.emit(self.vector, f"call {self.vector} @{name}(<{lanes} x ptr> {pointers.text}, i32 {size}, "
                                           f"{mask}, {previous})")

        def first() -> None:
            def one(c: Value, pointer: Value, at: Value) -> list[Value]:
                f.store(read(pointer, zero), at)
                return [f.at(pointer, pointer_step), f.at(at, channel_bytes)]
            f.loop(0, depth, one, carry=[origin, place])

        def later() -> None:
            def one(c: Value, pointer: Value, at: Value) -> list[Value]:
                f.store(read(pointer, f.load(self.vector, at)), at)
                return [f.at(pointer, pointer_step), f.at(at, channel_bytes)]
            f.loop(0, f.select(some, depth, 0), one, carry=[origin, place])

        f.branch(lane.equals(0), first, later)

    def transfer(self) -> FunctionWriter:
        """Moves a tile of `rows` x `count` pixels between `tile` and out (`store`: to out, else from it)."""
        size, lanes = self.itemsize, self.lanes
        f = self.module.function("transfer", [
            ("ptr", "out"), ("ptr", "tile"), ("ptr", "integers"), ("i64", "channel"), ("i64", "rows"),
            ("i64", "start"), ("i64", "count"), ("i64", "store")])
        n = names_of(f, f["integers"], INTEGERS)
        pixels_yx = n["pixels_y"] * n["pixels_x"]
        pixels = n["pixels_z"] * pixels_yx
        plane = n["out_z"] * n["out_y"] * n["out_x"]
        channels = n["groups"] * n["rows"]
        flat = _is_flat(f, n)
        run_length = f.select(flat, pixels, n["pixels_x"])

        def run(done: Value) -> list[Value]:
            pixel = f["start"] + done
            image, inner = pixel // pixels, pixel % pixels
            z, rest = inner // pixels_yx, inner % pixels_yx
            y, x = rest // n["pixels_x"], rest % n["pixels_x"]
            within = f.select(flat, inner, x)
            length = f.minimum(f["count"] - done, run_length - within)
            spread = (((z * n["out_step_z"] + n["out_origin_z"]) * n["out_y"]
                       + y * n["out_step_y"] + n["out_origin_y"]) * n["out_x"]
                      + x * n["out_step_x"] + n["out_origin_x"])
            place = (image * channels + f["channel"]) * plane + f.select(flat, inner, spread)
            base = f.index(f["out"], self.type, place)
            tile = f.index(f["tile"], self.type, done)

            def contiguous(r: Value) -> None:
                to = f.at(base, r * plane * size)
                start = f.at(tile, r * (self.width * size))

                def some(k: Value) -> None:
                    mask = f.lane_range(lanes, f.constant(0), f.minimum(length - k, f.constant(lanes)))
                    outside, inside = f.index(to, self.type, k), f.index(start, self.type, k)
                    zero = f.constant(0, self.vector)
                    f.branch(f["store"].differs(0),
                             lambda: f.masked_store(f.masked_load(self.vector, inside, mask, zero), outside, mask),
                             lambda: f.masked_store(f.masked_load(self.vector, outside, mask, zero), inside, mask))
                f.loop(0, length, some, step=lanes)

            def spaced(r: Value) -> None:
                to = f.at(base, r * plane * size)
                start = f.at(tile, r * (self.width * size))

                def out(k: Value, pointer: Value) -> list[Value]:
                    f.store(f.load(self.type, f.index(start, self.type, k)), pointer)
                    return [f.index(pointer, self.type, n["out_step_x"])]

                def back(k: Value, pointer: Value) -> list[Value]:
                    f.store(f.load(self.type, pointer), f.index(start, self.type, k))
                    return [f.index(pointer, self.type, n["out_step_x"])]
                f.branch(f["store"].differs(0), lambda: _nothing(f.loop(0, length, out, carry=[to])),
                         lambda: _nothing(f.loop(0, length, back, carry=[to])))

            f.branch(n["out_step_x"].equals(1), lambda: _nothing(f.loop(0, f["rows"], contiguous)),
                     lambda: _nothing(f.loop(0, f["rows"], spaced)))
            return [done + length]

        f.repeat(lambda done: done < f["count"], run, [f.constant(0)])
        f.ret()
        return f

    def kernel(self, pack: FunctionWriter, transfer: FunctionWriter, tiles: list[list[FunctionWriter]],
               to: Results) -> None:
        size = self.itemsize
        f = self.module.kernel()
        arguments = Arguments(f)
        n = names_of(f, arguments.integers, INTEGERS)
        x, weight, bias = (arguments.data(k) for k in range(3))
        out = to.start(f, arguments, n)
        tile_rows = self.tile.rows
        pixels = n["pixels_z"] * n["pixels_y"] * n["pixels_x"]
        total = n["images"] * pixels
        taps = n["taps_z"] * n["taps_y"] * n["taps_x"]
        plane_bytes = n["out_z"] * n["out_y"] * n["out_x"] * size
        pitch = n["row_stride"] * size
        pixel_blocks = f.ceil_div(total, n["pixel_block"])
        row_blocks = f.ceil_div(n["rows"], n["row_block"])
        flat = _is_flat(f, n)
        spare = arguments.scratch
        table = f.at(arguments.scratch, tile_rows * self.width * size)
        fill_weight_table(f, n, size, table, n["channel_block"])
        panels = f.at(table, (n["channel_block"] * taps * 8 + 63) // 64 * 64)

        def item(index: Value) -> None:
            pixel_block, rest = index % pixel_blocks, index // pixel_blocks
            row_block, group = rest % row_blocks, rest // row_blocks
            start = pixel_block * n["pixel_block"]
            count = f.minimum(n["pixel_block"], total - start)
            first_row = row_block * n["row_block"]
            stop_row = f.minimum(n["rows"], first_row + n["row_block"])

            def channels(channel: Value) -> None:
                depth = f.minimum(n["channel_block"], n["channels"] - channel)
                f.call(pack, x, panels, arguments.integers, group, channel, depth, start, count)
                steps = depth * taps
                panel_bytes = steps * (self.width * size)
                first = f.select(channel.equals(0), f.select(n["has_bias"].differs(0), f.constant(2), 1), 0)

                def rows(row: Value) -> None:
                    valid = f.minimum(f.constant(tile_rows), stop_row - row)
                    channel_out = group * n["rows"] + row
                    a = f.index(weight, self.type, group * n["group_stride"] + row // n["pack_rows"] * n["pack_stride"]
                                + row % n["pack_rows"] * n["row_stride"] + n["first_tap"]
                                + channel * n["channel_stride"])
                    bias_at = f.index(bias, self.type, channel_out)
                    step = self.tile.row_variants[1] - self.tile.row_variants[0]
                    variant = f.ceil_div(valid, step) - 1
                    whole_rows = (valid % step).equals(0)

                    def panel(column: Value) -> None:
                        columns = f.minimum(f.constant(self.width), count - column)
                        vectors = f.ceil_div(columns, self.lanes)
                        pixel = start + column
                        image, inner = pixel // pixels, pixel % pixels
                        direct = (flat & whole_rows & (inner + columns <= pixels)
                                  & (columns % self.lanes).equals(0))
                        place = f.at(out, (image * (n["groups"] * n["rows"]) + channel_out) * plane_bytes
                                     + inner * size)
                        c = f.select(direct, place, spare)
                        c_pitch = f.select(direct, plane_bytes, self.width * size)
                        b = f.at(panels, (column // self.width) * panel_bytes)
                        f.branch(_not(f, direct) & (first.equals(0)), lambda: _nothing(
                            f.call(transfer, out, spare, arguments.integers, channel_out, valid, pixel, columns, 0)))
                        which = variant * self.tile.vectors + vectors - 1
                        f.switch(which, [lambda t=t: _nothing(  # type: ignore[misc]
                            f.call(t, a, pitch, table, b, steps, c, c_pitch, first, bias_at, valid))
                            for row_of in tiles for t in row_of])
                        f.branch(_not(f, direct), lambda: _nothing(
                            f.call(transfer, out, spare, arguments.integers, channel_out, valid, pixel, columns, 1)))

                    f.loop(0, count, panel, step=self.width)

                    def finish(done: Value) -> list[Value]:
                        image, inner = (start + done) // pixels, (start + done) % pixels
                        length = f.minimum(count - done, pixels - inner)
                        to.finished(image, channel_out, inner, valid, length)
                        return [done + length]
                    if to.finish is not None:
                        whole = channel + n["channel_block"] >= n["channels"]
                        f.repeat(lambda done: whole & (done < count), finish, [f.constant(0)])

                f.loop(first_row, stop_row, rows, step=tile_rows)

            # One round even without channels: the bias, or zero, is still to be written.
            f.loop(0, f.maximum(n["channels"], 1), channels, step=n["channel_block"])

        f.loop(f["begin"], f["end"], item)
        f.ret(0)


def fill_weight_table(f: FunctionWriter, n: dict[str, Value], size: int, table: Value, channels: Value,
                      step: int = 8) -> None:
    """Writes where the weight of each (channel, tap) stands from the first one on, in bytes, `step` bytes apart."""
    def at_channel(c: Value, to: Value) -> list[Value]:
        def at_z(z: Value, to: Value) -> list[Value]:
            def at_y(y: Value, to: Value) -> list[Value]:
                def at_x(x: Value, to: Value) -> list[Value]:
                    place = (c * n["channel_stride"] + z * n["tap_stride_z"] + y * n["tap_stride_y"]
                             + x * n["tap_stride_x"])
                    f.store(place * size, to)
                    return [f.at(to, step)]
                return f.loop(0, n["taps_x"], at_x, carry=[to])
            return f.loop(0, n["taps_y"], at_y, carry=[to])
        return f.loop(0, n["taps_z"], at_z, carry=[to])
    f.loop(0, channels, at_channel, carry=[table])


def _is_flat(f: FunctionWriter, n: dict[str, Value]) -> Value:
    """Whether pixels lie in out one after another: no origin, steps of one, equal planes."""
    flat = n["out_x"].equals(n["pixels_x"]) & n["out_y"].equals(n["pixels_y"]) & n["out_z"].equals(n["pixels_z"])
    for axis in "zyx":
        flat = flat & n[f"out_step_{axis}"].equals(1) & n[f"out_origin_{axis}"].equals(0)
    return flat


def _not(f: FunctionWriter, value: Value) -> Value:
    return f.emit("i1", f"xor i1 {value.text}, true")


def _nothing(value: object) -> None:
    return None
