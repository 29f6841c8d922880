"""Direct convolution: vectors run along output channels, numbers of the input are broadcast to them.

The same sum as `conv_gather`, for images large enough to fill the tiles. A block of the output, some lines or a part of
a long one, is computed from a zero-padded copy of the part of x that it touches; a register tile is some pixels
(anywhere in the block) times some vectors of output channels, and runs over all channels and taps. No patch is ever
formed: a table holds where each (channel, tap) lies relative to a pixel. The block's result [pixel][output channel] is
transposed into place at the end. A work item is (block of vectors of output channels, group, image, z of the output,
block of lines, block of columns); the last block of columns is moved back to be as wide as the others.

The weight is first put into columns by `emit_conv_columns`, or `conv_weight.emit_conv_lanes`: for each group and tile
of output channels [channels * taps][output channels of the tile].
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from taeda.codegen import x86
from taeda.codegen.llvm import SIZES, Arguments, FunctionWriter, ModuleWriter, Value, names_of, vector
from taeda.codegen.scalars.convert import round_to, to_memory
from taeda.codegen.squares import transpose
from taeda.codegen.target import Target
from taeda.codegen.templates.conv.finish import Results
from taeda.codegen.templates.conv.integers import EXTENT, GEOMETRY, OUT, TAP_BEGIN
from taeda.codegen.templates.conv.planes import fill_tap_offsets
from taeda.codegen.templates.conv.weight import emit_padded_copy
from taeda.ir.loop import Expr

COLUMNS_INTEGERS = (
    "rows", "channels",  # of one group
    "group_stride", "row_stride", "channel_stride",  # of the source, in elements
    "taps_z", "taps_y", "taps_x",
    "first",  # offset of the first tap in the source
    "tap_stride_z", "tap_stride_y", "tap_stride_x",
)
INTEGERS = (*GEOMETRY, *TAP_BEGIN, *OUT, *EXTENT, "line_block", "column_block", "vector_block", "has_bias")

UNROLLED = 4  # steps of the loop of the largest tile


def pixel_rows(target: Target) -> tuple[int, ...]:
    """Pixels in the register tile, for 1, 2, ... vectors of output channels."""
    return (10, 10, 8, 6) if target.vector_registers == 32 else (10, 6)


def tile_vectors(target: Target) -> int:
    return len(pixel_rows(target))


def tile_width(target: Target, itemsize: int) -> int:
    return tile_vectors(target) * target.lanes(itemsize)


def scratch_bytes(target: Target, type: str, depth: Any, extent: Any, pixels: Any, finished: bool) -> Any:
    """`depth`: channels * taps; `extent`: elements of the copy, all channels; `pixels` of one block of lines; with an
    epilogue, or not."""
    size, most = SIZES[type], max(pixel_rows(target))
    width, lanes = tile_width(target, size), target.lanes(size)
    kept = (pixels + lanes) * lanes if finished else 0
    return (((pixels + most) * width + extent + lanes + lanes * lanes + kept) * size + (depth + 2 * pixels + most) * 8
            + 256)


def emit_conv_columns(target: Target, type: str = "float") -> str:
    """Operands: source, result. A work item is (group, vector of rows of the source).

    For `type` bfloat the channels come in pairs, two numbers in 32 bits.
    """
    module = ModuleWriter(target)
    pairs = type == "bfloat"
    size = 4 if pairs else SIZES[type]
    lanes, tile_vectors = target.lanes(size), len(pixel_rows(target))
    f = module.kernel()
    arguments = Arguments(f)
    n = names_of(f, arguments.integers, COLUMNS_INTEGERS)
    source, result = arguments.data(0), arguments.data(1)
    vectors = f.ceil_div(n["rows"], lanes)
    channels = f.ceil_div(n["channels"], 2) if pairs else n["channels"]
    depth = channels * n["taps_z"] * n["taps_y"] * n["taps_x"]
    element, unit = ("i16", "i32") if pairs else (type, type)

    def item(index: Value) -> None:
        which, group = index % vectors, index // vectors
        tile, within = which // tile_vectors, which % tile_vectors
        width = f.minimum(f.constant(tile_vectors), vectors - tile * tile_vectors) * lanes
        first = which * lanes
        count = f.minimum(f.constant(lanes), n["rows"] - first)
        start = group * n["group_stride"] + first * n["row_stride"] + n["first"]
        to = f.index(result, unit, (group * vectors + tile * tile_vectors) * (depth * lanes) + within * lanes)

        def channel(c: Value, to: Value) -> list[Value]:
            def at_z(z: Value, to: Value) -> list[Value]:
                def at_y(y: Value, to: Value) -> list[Value]:
                    def at_x(x: Value, to: Value) -> list[Value]:
                        at = (start + c * (n["channel_stride"] * (2 if pairs else 1)) + z * n["tap_stride_z"]
                              + y * n["tap_stride_y"] + x * n["tap_stride_x"])
                        f.store(f.constant(0, vector(lanes, unit)), to)

                        def lane(m: Value, at: Value) -> list[Value]:
                            f.store(f.load(element, f.index(source, element, at)), f.index(to, unit, m))
                            return [at + n["row_stride"]]
                        f.loop(0, count, lane, carry=[at])
                        if pairs:
                            both = c * 2 + 1 < n["channels"]

                            def second(m: Value, at: Value) -> list[Value]:
                                f.store(f.load(element, f.index(source, element, at)), f.at(f.index(to, unit, m), 2))
                                return [at + n["row_stride"]]
                            f.loop(0, f.select(both, count, 0), second, carry=[at + n["channel_stride"]])
                        return [f.index(to, unit, width)]
                    return f.loop(0, n["taps_x"], at_x, carry=[to])
                return f.loop(0, n["taps_y"], at_y, carry=[to])
            return f.loop(0, n["taps_z"], at_z, carry=[to])

        f.loop(0, channels, channel, carry=[to])

    f.loop(f["begin"], f["end"], item)
    f.ret(0)
    return module.text()


def emit_conv_direct(target: Target, type: str = "float", epilogue: Expr | None = None) -> str:
    """Operands: x, columns of the weight, bias (or anything, where there is none), out (see finish.py).

    `type` may be bfloat where the target has dot products of pairs: they are added up in float and rounded once.
    """
    module = ModuleWriter(target)
    _Direct(module, type, epilogue)
    return module.text()


class _Direct:
    """Writes the kernel. An item copies the part of x that its pixels touch, then takes the output channels some
    vectors at a time: tiles of pixels into results, which `store_vector` brings to their places."""

    def __init__(self, module: ModuleWriter, type: str, epilogue: Expr | None) -> None:
        target = module.target
        self.pairs = type == "bfloat"
        self.to = Results(module, type, len(INTEGERS), epilogue)
        self.element, unit, self.out_size = ("i16", "i32", 2) if self.pairs else (type, type, SIZES[type])
        self.type = type = "float" if self.pairs else type  # of sums
        self.size = SIZES[type]
        self.lanes = lanes = target.lanes(self.size)
        self.heights = pixel_rows(target)
        self.tiles = [_tile(module, type, height, k + 1, self.pairs) for k, height in enumerate(self.heights)]
        self.copy = emit_padded_copy(module, unit, pairs=self.pairs)
        self.f = f = module.kernel()
        arguments = Arguments(f)
        self.n = n = names_of(f, arguments.integers, INTEGERS)
        self.x, self.weight = arguments.data(0), arguments.data(1)
        self.out = self.to.start(f, arguments, n)
        taps = n["taps_z"] * n["taps_y"] * n["taps_x"]
        self.channels = f.ceil_div(n["channels"], 2) if self.pairs else n["channels"]
        self.depth = self.channels * taps
        extent_yx = n["extent_y"] * n["extent_x"]
        extent = n["extent_z"] * extent_yx
        self.plane = n["size_z"] * n["size_y"] * n["size_x"]
        self.out_plane = n["out_z"] * n["out_y"] * n["out_x"]
        self.vectors = f.ceil_div(n["rows"], lanes)
        self.line_blocks = f.ceil_div(n["pixels_y"], n["line_block"])
        self.column_blocks = f.ceil_div(n["pixels_x"], n["column_block"])
        block_pixels = n["line_block"] * n["column_block"]
        # Are the pixels of a block neighbours in a plane of out?
        self.flat = n["out_step_x"].equals(1) & (n["line_block"].equals(1) | (
            n["out_step_y"].equals(1) & n["out_x"].equals(n["column_block"])))
        # Scratch: a square of lanes, results, those of a vector as they are kept to be finished, offsets of (channel,
        # tap), of pixels in the copy and in out, the copy.
        most = max(self.heights)
        self.square = arguments.scratch
        self.results = f.at(self.square, lanes * lanes * self.size)
        self.kept = f.at(self.results, (block_pixels + most) * (len(self.heights) * lanes * self.size))
        self.kept_row = (block_pixels + lanes) * self.out_size
        self.tap_offsets = self.kept if self.to.finish is None else f.at(self.kept, self.kept_row * lanes)
        self.pixel_offsets = f.at(self.tap_offsets, self.depth * 8)
        self.out_offsets = f.at(self.pixel_offsets, (block_pixels + most) * 8)
        self.padded = f.at(self.out_offsets, (block_pixels * 8 + 63) // 64 * 64)
        fill_tap_offsets(f, n, extent, extent_yx, self.size, self.tap_offsets, self.channels)
        self.fill_pixel_offsets()
        f.loop(f["begin"], f["end"], self.item)
        f.ret(0)

    def fill_pixel_offsets(self) -> None:
        """Tables of where the pixels of a block lie in the copy and in out."""
        f, n = self.f, self.n

        def pixel_line(y: Value, at: Value, to: Value) -> list[Value]:
            def pixel(k: Value, at: Value, to: Value) -> list[Value]:
                f.store((y * n["step_y"] * n["extent_x"] + k * n["step_x"]) * self.size, at)
                f.store((y * n["out_step_y"] * n["out_x"] + k * n["out_step_x"]) * self.out_size, to)
                return [f.at(at, 8), f.at(to, 8)]
            return f.loop(0, n["column_block"], pixel, carry=[at, to])

        end, _ = f.loop(0, n["line_block"], pixel_line, carry=[self.pixel_offsets, self.out_offsets])
        for k in range(max(self.heights)):
            f.store(f.constant(0), f.at(end, 8 * k))

    def item(self, index: Value) -> None:
        f, n, element = self.f, self.n, self.element
        column_block, rest = index % self.column_blocks, index // self.column_blocks
        block, rest = rest % self.line_blocks, rest // self.line_blocks
        z, rest = rest % n["pixels_z"], rest // n["pixels_z"]
        self.image, rest = rest % n["images"], rest // n["images"]
        self.group, part = rest % n["groups"], rest // n["groups"]
        first_vector = part * n["vector_block"]
        group = self.image * n["groups"] + self.group
        line = block * n["line_block"]
        self.lines = lines = f.minimum(n["line_block"], n["pixels_y"] - line)
        column = f.minimum(column_block * n["column_block"], n["pixels_x"] - n["column_block"])
        self.pixels = lines * n["column_block"]
        f.call(self.copy, f.index(self.x, element, group * n["channels"] * self.plane),
               self.padded, self.channels, n["size_z"], n["size_y"], n["size_x"], n["origin_z"] + z * n["step_z"],
               n["origin_y"] + line * n["step_y"], n["origin_x"] + column * n["step_x"],
               n["extent_z"], n["extent_y"], n["extent_x"], *([n["channels"]] if self.pairs else []))
        self.out_image = f.index(self.out, element, group * n["rows"] * self.out_plane)
        out_line = ((z * n["out_step_z"] + n["out_origin_z"]) * n["out_y"]
                    + line * n["out_step_y"] + n["out_origin_y"]) * n["out_x"]
        self.out_line = out_line + n["out_origin_x"] + column * n["out_step_x"]
        f.loop(first_vector, f.minimum(first_vector + n["vector_block"], self.vectors), self.some_vectors,
               step=len(self.heights))

    def some_vectors(self, first_vector: Value) -> None:
        """As many vectors of output channels as a tile has, for all pixels of the block."""
        f, lanes = self.f, self.lanes
        here = f.minimum(f.constant(len(self.heights)), self.vectors - first_vector)
        width_bytes = here * (lanes * self.size)
        columns = f.at(self.weight, (self.group * self.vectors + first_vector) * (self.depth * (lanes * self.size)))

        def run(tile_function: FunctionWriter, rows: int) -> None:
            f.loop(0, self.pixels, lambda p: _nothing(f.call(
                tile_function, self.padded, f.index(self.pixel_offsets, "i64", p), self.tap_offsets, self.depth,
                columns, f.at(self.results, p * width_bytes))), step=rows)

        f.switch(here - 1, [functools.partial(run, t, r) for t, r in zip(self.tiles, self.heights, strict=True)])
        f.loop(0, here, lambda v: self.store_vector(first_vector, v, width_bytes))

    def store_vector(self, first_vector: Value, v: Value, width_bytes: Value) -> None:
        """The results [pixel][channel] of one vector of output channels, with the bias, to out [channel][pixel]."""
        f, n, lanes, element = self.f, self.n, self.lanes, self.element
        first = (first_vector + v) * lanes
        rows = n["rows"] - first
        start = f.at(self.results, v * (lanes * self.size))
        extra = self.to.bias_vector(self.group * n["rows"] + first, f.minimum(rows, f.constant(lanes)))
        to = f.index(self.out_image, element, first * self.out_plane + self.out_line)

        def square_of(p: Value) -> list[Value]:
            loaded = [f.load(vector(lanes, self.type), f.at(start, (p + r) * width_bytes)) + extra
                      for r in range(lanes)]
            return [self.narrow(value) for value in transpose(f, loaded, self.size)]

        def whole(p: Value) -> None:
            """A full square, all rows valid, contiguous in out."""
            for m, value in enumerate(square_of(p)):
                f.store(value, f.index(to, element, p + self.out_plane * m))

        def partial(p: Value) -> None:
            for m, value in enumerate(square_of(p)):
                f.store(value, f.at(self.square, m * lanes * self.out_size))
            count = f.minimum(f.constant(lanes), self.pixels - p)

            def row(m: Value) -> None:
                from_row = f.index(self.square, element, m * lanes)
                to_row = f.index(to, element, m * self.out_plane)
                f.loop(0, count, lambda k: f.store(
                    f.load(element, f.index(from_row, element, k)),
                    f.at(to_row, f.load("i64", f.index(self.out_offsets, "i64", p + k)))))
            f.loop(0, f.minimum(rows, f.constant(lanes)), row)

        if self.to.finish is not None:
            self.finish_vector(first, f.minimum(rows, f.constant(lanes)), square_of)
            return
        simple = self.flat & (rows >= lanes)
        full = f.select(simple, self.pixels - self.pixels % lanes, 0)
        f.loop(0, full, whole, step=lanes)
        f.loop(full, self.pixels, partial, step=lanes)

    def finish_vector(self, first: Value, rows: Value, square_of: Callable[[Value], list[Value]]) -> None:
        """The same with an epilogue. Blocks of columns overlap, so that results are finished before they are in out."""
        f, n = self.f, self.n

        def keep(p: Value) -> None:
            for m, value in enumerate(square_of(p)):
                f.store(value, f.at(self.kept, self.kept_row * m + p * self.out_size))
        f.loop(0, self.pixels, keep, step=self.lanes)

        def finish(line: Value, columns: Value) -> None:
            kept = f.at(self.kept, line * n["column_block"] * self.out_size)
            self.to.finished(self.image, self.group * n["rows"] + first, self.out_line + line * n["out_x"], rows,
                             columns, (kept, self.kept_row))
        f.branch(self.flat, lambda: finish(f.constant(0), self.pixels),
                 lambda: _nothing(f.loop(0, self.lines, lambda y: finish(y, n["column_block"]))))

    def narrow(self, value: Value) -> Value:
        return to_memory(self.f, round_to(self.f, value, "bfloat16"), "bfloat16") if self.pairs else value


def _tile(module: ModuleWriter, type: str, rows: int, vectors: int, pairs: bool) -> FunctionWriter:
    """c[rows][vectors] = sum over k of padded[pixel offset + tap offset k] * b[k]; with `pairs` two products each."""
    size = SIZES[type]
    lanes = module.target.lanes(size)
    vec = vector(lanes, type)
    f = module.function(f"tile_{rows}x{vectors}", [
        ("ptr", "padded"), ("ptr", "pixels"), ("ptr", "taps"), ("i64", "depth"), ("ptr", "b"), ("ptr", "c")])
    a = [f.at(f["padded"], f.load("i64", f.at(f["pixels"], 8 * r))) for r in range(rows)]
    zero = f.constant(0, vec)
    loaded = vector(2 * lanes, "bfloat") if pairs else vec

    def products(k: Value, b: Value, sums: Sequence[Value], count: int) -> list[Value]:
        """The sums with those of (channel, tap) k and the next ones, `count` in all."""
        sums = list(sums)
        for j in range(count):
            offset = f.load("i64", f.at(f.index(f["taps"], "i64", k), 8 * j))
            columns = [f.load(loaded, f.at(b, (j * vectors + v) * lanes * size)) for v in range(vectors)]
            for r in range(rows):
                number = f.splat(f.load("i32" if pairs else type, f.at(a[r], offset)), lanes)
                for v in range(vectors):
                    sums[r * vectors + v] = (x86.dot_pairs(f, sums[r * vectors + v], number, columns[v]) if pairs
                                             else f.fma(number, columns[v], sums[r * vectors + v]))
        return [f.at(b, count * vectors * lanes * size), *sums]

    at_once = UNROLLED if vectors == tile_vectors(module.target) else 1
    whole = f["depth"] - f["depth"] % at_once
    b, *sums = f.loop(0, whole, lambda k, b, *sums: products(k, b, sums, at_once), step=at_once,
                      carry=[f["b"], *[zero] * (rows * vectors)])
    _, *sums = f.loop(whole, f["depth"], lambda k, b, *sums: products(k, b, sums, 1), carry=[b, *sums])
    for k, value in enumerate(sums):
        f.store(value, f.at(f["c"], k * lanes * size))
    f.ret()
    return f


def _nothing(value: object) -> None:
    return None
