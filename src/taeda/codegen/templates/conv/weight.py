"""The gradient of a convolution with respect to its weight.

    result[g, m, c, t] = sum over n, q of g[n, g, m, q] * x[n, g, c, q * s + o + t * d]

Vectors run along m (output channels), so the upstream gradient is first transposed by `emit_conv_lanes` into
tiles [pixels][channels of the tile]. `emit_conv_weight` then multiplies each pixel's vectors with numbers of x,
which it reads from a zero-padded copy of some channels, and sums in registers over a chunk of pixels; chunks
are added up in order. Work is divided by group, tile of m and block of c: never along the sum, whose order is a
function of the sizes alone.
"""

from __future__ import annotations

import functools
from typing import Any

from taeda.codegen.llvm import SIZES, Arguments, FunctionWriter, ModuleWriter, Value, names_of, vector
from taeda.codegen.squares import transpose
from taeda.codegen.target import Target
from taeda.codegen.templates.conv.integers import EXTENT, GEOMETRY

LANES_INTEGERS = ("images", "groups", "rows", "pixels", "image_stride", "group_stride")  # strides in elements
INTEGERS = (
    *GEOMETRY,
    *EXTENT,  # what is touched of x, from origin on
    "channel_block", "image_block",  # how much is copied at a time
    "line_block",  # rows of pixels summed in registers before the sum goes to memory
)


def tap_rows(target: Target) -> tuple[int, ...]:
    """Rows (channel, tap) of the register tile, for 1, 2, ... vectors of output channels."""
    return (10, 10, 8, 6) if target.vector_registers == 32 else (10, 6)


def tile_width(target: Target, itemsize: int) -> int:
    return len(tap_rows(target)) * target.lanes(itemsize)


def scratch_bytes(target: Target, type: str, channel_block: Any, image_block: Any, taps: Any, extent: Any,
                  lines: Any) -> Any:
    """Scratch of `emit_conv_weight`; `extent` elements per copied channel, `lines` rows of pixels per image."""
    size, most = SIZES[type], max(tap_rows(target))
    return (((channel_block * taps + most) * tile_width(target, size) + channel_block * image_block * extent
             + 64) * size + (channel_block * taps + most) * 8 + image_block * lines * 8 + 192)


def emit_conv_lanes(target: Target, type: str = "float", tile_vectors: int = 0) -> str:
    """Transposes matrices [rows][pixels], one for each image and group. Scratch: lanes * lanes elements.

    Operands: source, result.

    The result holds, for each group and each tile of `tile_width` rows (the last one narrower, but whole vectors),
    [images * pixels][rows of the tile]. With `tile_vectors` tiles have that many vectors, the last one too.
    A work item is (group, vector of rows, image).
    """
    module = ModuleWriter(target)
    size = SIZES[type]
    lanes, fixed = target.lanes(size), tile_vectors > 0
    tile_vectors = tile_vectors or len(tap_rows(target))
    vec = vector(lanes, type)
    f = module.kernel()
    arguments = Arguments(f)
    n = names_of(f, arguments.integers, LANES_INTEGERS)
    source, result = arguments.data(0), arguments.data(1)
    vectors = f.ceil_div(n["rows"], lanes)
    pixels = n["pixels"]
    row_bytes = pixels * size
    zero = f.constant(0, vec)

    def item(index: Value) -> None:
        image, rest = index % n["images"], index // n["images"]
        which, group = rest % vectors, rest // vectors
        tile, within = which // tile_vectors, which % tile_vectors
        width_bytes = f.constant(tile_vectors * lanes * size) if fixed else (
            f.minimum(f.constant(tile_vectors), vectors - tile * tile_vectors) * (lanes * size))
        first = which * lanes
        valid = n["rows"] - first  # may exceed the lanes
        at = f.at(source, (image * n["image_stride"] + group * n["group_stride"]) * size + first * row_bytes)
        stored = f.ceil_div(vectors, tile_vectors) * tile_vectors if fixed else vectors
        to = f.at(result, (group * stored + tile * tile_vectors) * (n["images"] * pixels * (lanes * size))
                  + image * pixels * width_bytes + within * (lanes * size))
        row_valid = [f.constant(r) < valid for r in range(lanes)]
        row_offset = [f.select(row_valid[r], row_bytes * r, 0) for r in range(lanes)]

        def transposed(pixel: Value, count: Value) -> list[Value]:
            columns = f.lane_range(lanes, f.constant(0), count)
            loaded = []
            for r in range(lanes):
                mask = f.select(row_valid[r], columns, f.constant(0, columns.type))
                loaded.append(f.masked_load(vec, f.at(f.index(at, type, pixel), row_offset[r]), mask, zero))
            return transpose(f, loaded, size)

        whole = pixels - pixels % lanes

        def block(pixel: Value) -> None:
            place = f.at(to, pixel * width_bytes)
            for r, value in enumerate(transposed(pixel, f.constant(lanes))):
                f.store(value, f.at(place, width_bytes * r))

        f.loop(0, whole, block, step=lanes)

        def rest_of_image() -> None:
            for r, value in enumerate(transposed(whole, pixels - whole)):
                f.store(value, f.at(arguments.scratch, r * lanes * size))
            f.loop(whole, pixels, lambda p: f.store(
                f.load(vec, f.at(arguments.scratch, (p - whole) * (lanes * size))), f.at(to, p * width_bytes)))

        f.branch(whole < pixels, rest_of_image)

    f.loop(f["begin"], f["end"], item)
    f.ret(0)
    return module.text()


def emit_conv_weight(target: Target, type: str = "float") -> str:
    """Operands: x, the result of `emit_conv_lanes`, result. A work item is (group, tile of rows, channel block)."""
    module = ModuleWriter(target)
    _WeightGradient(module, type)
    return module.text()


class _WeightGradient:
    """Writes the kernel. An item makes a table of where taps are, adds up images block by block (a copy of some
    channels, then chunk after chunk of pixels), and transposes its sums into place."""

    def __init__(self, module: ModuleWriter, type: str) -> None:
        target = module.target
        self.type, self.size = type, SIZES[type]
        self.lanes = lanes = target.lanes(self.size)
        self.heights = tap_rows(target)
        self.tiles = [_tile(module, type, height, k + 1) for k, height in enumerate(self.heights)]
        self.copy = emit_padded_copy(module, type)
        self.f = f = module.kernel()
        arguments = Arguments(f)
        self.n = n = names_of(f, arguments.integers, INTEGERS)
        self.x, self.upstream, self.result = (arguments.data(k) for k in range(3))
        taps_yx = n["taps_y"] * n["taps_x"]
        self.taps = n["taps_z"] * taps_yx
        self.lines = n["pixels_z"] * n["pixels_y"]
        self.pixels = self.lines * n["pixels_x"]
        self.plane = n["size_z"] * n["size_y"] * n["size_x"]
        # Without padding x is read where it stands, else from a copy. How far its lines, planes.. are from each other:
        unpadded = n["origin_z"].equals(0) & n["origin_y"].equals(0) & n["origin_x"].equals(0)
        for axis in "zyx":
            unpadded = unpadded & (n[f"extent_{axis}"] <= n[f"size_{axis}"])
        self.unpadded = unpadded
        self.line_pitch = f.select(unpadded, n["size_x"], n["extent_x"])
        self.plane_pitch = f.select(unpadded, n["size_y"], n["extent_y"]) * self.line_pitch
        self.extent = f.select(unpadded, self.plane, n["extent_z"] * self.plane_pitch)
        self.vectors = f.ceil_div(n["rows"], lanes)
        self.tile_count = f.ceil_div(self.vectors, len(self.heights))
        self.blocks = f.ceil_div(n["channels"], n["channel_block"])
        # Scratch: sums, offsets of (channel, tap), offsets of lines of pixels, the padded copy.
        places = n["channel_block"] * self.taps + max(self.heights)
        self.sums = arguments.scratch
        self.offsets = f.at(self.sums, places * (len(self.heights) * lanes * self.size))
        self.line_offsets = f.at(self.offsets, places * 8)
        self.padded = f.at(self.line_offsets, (n["image_block"] * self.lines * 8 + 63) // 64 * 64)
        f.loop(f["begin"], f["end"], self.item)
        f.ret(0)

    def item(self, index: Value) -> None:
        f, n, lanes, most, tile_vectors = self.f, self.n, self.lanes, max(self.heights), len(self.heights)
        block, rest = index % self.blocks, index // self.blocks
        self.tile, self.group = rest % self.tile_count, rest // self.tile_count
        self.channel = block * n["channel_block"]
        self.depth = f.minimum(n["channel_block"], n["channels"] - self.channel)
        self.height = self.depth * self.taps
        self.here = f.minimum(f.constant(tile_vectors), self.vectors - self.tile * tile_vectors)
        self.width_bytes = self.here * (lanes * self.size)
        columns = f.at(self.upstream, (self.group * self.vectors + self.tile * tile_vectors)
                       * (n["images"] * self.pixels * (lanes * self.size)))
        f.loop(0, (self.height + most) * self.here, lambda k: f.store(
            f.constant(0, vector(lanes, self.type)), f.at(self.sums, k * (lanes * self.size))))
        self.fill_offsets()
        self.image_pitch = f.select(self.unpadded, n["groups"] * n["channels"], self.depth) * self.extent
        f.loop(0, n["images"], lambda image: self.add_images(image, columns), step=n["image_block"])
        self.store_sums()

    def fill_offsets(self) -> None:
        """The table of where each (channel, tap) lies relative to a pixel."""
        f, n = self.f, self.n

        def channel_offsets(c: Value, to: Value) -> list[Value]:
            def at_z(z: Value, to: Value) -> list[Value]:
                def at_y(y: Value, to: Value) -> list[Value]:
                    def at_x(k: Value, to: Value) -> list[Value]:
                        place = (c * self.extent + z * n["tap_step_z"] * self.plane_pitch
                                 + y * n["tap_step_y"] * self.line_pitch + k * n["tap_step_x"])
                        f.store(place * self.size, to)
                        return [f.at(to, 8)]
                    return f.loop(0, n["taps_x"], at_x, carry=[to])
                return f.loop(0, n["taps_y"], at_y, carry=[to])
            return f.loop(0, n["taps_z"], at_z, carry=[to])

        (end,) = f.loop(0, self.depth, channel_offsets, carry=[self.offsets])
        for k in range(max(self.heights)):
            f.store(f.constant(0), f.at(end, 8 * k))

    def add_images(self, image: Value, columns: Value) -> None:
        """The products of a block of images, from `image` on, are added to the sums."""
        f, n, type = self.f, self.n, self.type
        count = f.minimum(n["image_block"], n["images"] - image)
        here_x = f.index(self.x, type, ((image * n["groups"] + self.group) * n["channels"] + self.channel) * self.plane)
        read_from = f.select(self.unpadded, here_x, self.padded)
        f.loop(0, count, lambda i: self.copy_image(i, here_x))

        def chunk(line: Value) -> None:
            line_count = f.minimum(n["line_block"], count * self.lines - line)
            b = f.at(columns, (image * self.pixels + line * n["pixels_x"]) * self.width_bytes)
            line_table = f.index(self.line_offsets, "i64", line)

            def run(tile_function: FunctionWriter, rows: int) -> None:
                f.loop(0, self.height, lambda row: _nothing(f.call(
                    tile_function, read_from, f.index(self.offsets, "i64", row), line_table, line_count, b,
                    n["pixels_x"], n["step_x"] * self.size, f.at(self.sums, row * self.width_bytes))), step=rows)

            f.switch(self.here - 1, [functools.partial(run, t, r)
                                     for t, r in zip(self.tiles, self.heights, strict=True)])

        f.loop(0, count * self.lines, chunk, step=n["line_block"])

    def copy_image(self, i: Value, here_x: Value) -> None:
        """Image number i of the block, padded if need be, and the table of where its lines of pixels begin."""
        f, n, type = self.f, self.n, self.type
        f.branch(self.unpadded, lambda: None, lambda: _nothing(f.call(
            self.copy, f.index(here_x, type, i * (n["groups"] * n["channels"] * self.plane)),
            f.index(self.padded, type, i * self.image_pitch), self.depth,
            *(n[f"{kind}_{axis}"] for kind in ("size", "origin", "extent") for axis in "zyx"))))

        def at_z(z: Value) -> None:
            def at_y(y: Value) -> None:
                place = (i * self.image_pitch + z * n["step_z"] * self.plane_pitch
                         + y * n["step_y"] * self.line_pitch)
                f.store(place * self.size, f.index(self.line_offsets, "i64", i * self.lines + z * n["pixels_y"] + y))
            f.loop(0, n["pixels_y"], at_y)
        f.loop(0, n["pixels_z"], at_z)

    def store_sums(self) -> None:
        """Sums [channel, tap][row] to the result [row][channel, tap]: in squares, and what is left one by one."""
        f, n, lanes, type = self.f, self.n, self.lanes, self.type
        first_row = self.tile * (len(self.heights) * lanes)
        valid = f.minimum(self.here * lanes, n["rows"] - first_row)
        row_pitch = n["channels"] * self.taps
        base = f.index(self.result, type, (self.group * n["rows"] + first_row) * row_pitch + self.channel * self.taps)
        height, width_bytes = self.height, self.width_bytes

        def square(m: Value) -> None:
            def block(k: Value) -> None:
                rows = [f.load(vector(lanes, type), f.at(f.index(self.sums, type, m), (k + r) * width_bytes))
                        for r in range(lanes)]
                for r, value in enumerate(transpose(f, rows, self.size)):
                    f.store(value, f.index(base, type, (m + r) * row_pitch + k))
            f.loop(0, height - height % lanes, block, step=lanes)

        def write(m: Value, first: Value) -> None:
            to = f.index(base, type, m * row_pitch)
            start = f.at(f.index(self.sums, type, m), first * width_bytes)

            def one(k: Value, pointer: Value) -> list[Value]:
                f.store(f.load(type, pointer), f.index(to, type, k))
                return [f.at(pointer, width_bytes)]
            f.loop(first, height, one, carry=[start])

        whole_rows = valid - valid % lanes
        f.loop(0, whole_rows, square, step=lanes)
        f.loop(0, whole_rows, lambda m: write(m, height - height % lanes))
        f.loop(whole_rows, valid, lambda m: write(m, f.constant(0)))


def _tile(module: ModuleWriter, type: str, rows: int, vectors: int) -> FunctionWriter:
    """c[rows][vectors] += sum over lines and pixels of padded[tap offset + line offset + pixel] * b[pixel]."""
    size = SIZES[type]
    lanes = module.target.lanes(size)
    vec = vector(lanes, type)
    f = module.function(f"tile_{rows}x{vectors}", [
        ("ptr", "padded"), ("ptr", "offsets"), ("ptr", "lines"), ("i64", "line_count"), ("ptr", "b"),
        ("i64", "pixels"), ("i64", "step"), ("ptr", "c")])
    a = [f.at(f["padded"], f.load("i64", f.at(f["offsets"], 8 * r))) for r in range(rows)]
    zero = f.constant(0, vec)
    length = f["pixels"] * f["step"]

    def line(index: Value, b: Value, *sums: Value) -> list[Value]:
        start = f.load("i64", f.index(f["lines"], "i64", index))

        def pixel(offset: Value, b: Value, *sums: Value) -> list[Value]:
            columns = [f.load(vec, f.at(b, v * lanes * size)) for v in range(vectors)]
            new = list(sums)
            for r in range(rows):
                number = f.splat(f.load(type, f.at(a[r], offset)), lanes)
                for v in range(vectors):
                    new[r * vectors + v] = f.fma(number, columns[v], sums[r * vectors + v])
            return [f.at(b, vectors * lanes * size), *new]

        return f.loop(start, start + length, pixel, step=f["step"], carry=[b, *sums])

    _, *sums = f.loop(0, f["line_count"], line, carry=[f["b"], *[zero] * (rows * vectors)])
    for k, value in enumerate(sums):
        place = f.at(f["c"], k * lanes * size)
        f.store(f.load(vec, place) + value, place)
    f.ret()
    return f


def emit_padded_copy(module: ModuleWriter, type: str, fill: float | int = 0, exact: bool = False,
                     pairs: bool = False) -> FunctionWriter:
    """Copies `count` planes of size (z, y, x) to planes of extent (z, y, x) that begin at origin, `fill` outside.

    Up to one vector is written behind the last plane, unless `exact`. With `pairs` two planes of 16-bit numbers become
    one of 32-bit ones; `type` is i32, `count` that of pairs, and there are `planes` planes, maybe one less than two
    for each pair.
    """
    size = SIZES[type]
    lanes = module.target.lanes(size)
    vec = vector(lanes, type)
    names = [f"{kind}_{axis}" for kind in ("size", "origin", "extent") for axis in "zyx"]
    f = module.function("padded_copy_exact" if exact else "padded_copy", [
        ("ptr", "source"), ("ptr", "to"), ("i64", "count"), *(("i64", name) for name in names),
        *([("i64", "planes")] if pairs else [])])
    outside = f.constant(fill, vec)
    plane = f["size_z"] * f["size_y"] * f["size_x"]
    element, half = ("i16" if pairs else type), vector(lanes, "i16")
    mask_type = vector(lanes, "i1")

    def plane_of(c: Value, to: Value) -> list[Value]:
        source = f.index(f["source"], element, c * (plane * (2 if pairs else 1)))
        both = c * 2 + 1 < f["planes"] if pairs else None

        def read(pointer: Value, mask: Value | None) -> Value:
            if both is None:
                return f.load(vec, pointer) if mask is None else f.masked_load(vec, pointer, mask, outside)
            mask = mask or f.constant(True, mask_type)
            nothing = f.constant(0, half)
            low = f.masked_load(half, pointer, mask, nothing)
            second = f.select(both, mask, f.constant(0, mask_type))
            high = f.masked_load(half, f.index(pointer, "i16", plane), second, nothing)
            return low.convert("zext", "i32") | high.convert("zext", "i32").shl(16)

        def at_z(z: Value, to: Value) -> list[Value]:
            sz = z + f["origin_z"]
            inside_z = (sz >= 0) & (sz < f["size_z"])

            def at_y(y: Value, to: Value) -> list[Value]:
                sy = y + f["origin_y"]
                inside = inside_z & (sy >= 0) & (sy < f["size_y"])
                row = (sz * f["size_y"] + sy) * f["size_x"] + f["origin_x"]
                stop_x = f.select(inside, f["size_x"], 0)

                def edge(x: Value) -> None:
                    sx = x + f["origin_x"]
                    low = f.maximum(f.constant(0), -sx)
                    high = f.minimum(f.constant(lanes), stop_x - sx)
                    some = low < high
                    mask = f.lane_range(lanes, f.select(some, low, 0), f.select(some, high, 0))
                    pointer = f.index(source, element, f.select(some, row + x, 0))
                    value, place = read(pointer, mask), f.index(to, type, x)
                    if exact:
                        within = f.lane_range(lanes, f.constant(0), f.minimum(f["extent_x"] - x, f.constant(lanes)))
                        f.masked_store(value, place, within)
                    else:
                        f.store(value, place)

                # The vectors from `first` to `stop` are inside as a whole, as most are.
                first = f.minimum(f.ceil_div(f.maximum(-f["origin_x"], f.constant(0)), lanes) * lanes, f["extent_x"])
                stop = f.minimum(stop_x - f["origin_x"], f["extent_x"])
                stop = f.maximum(stop - first, f.constant(0)) // lanes * lanes + first
                f.loop(0, first, edge, step=lanes)
                f.loop(first, stop, lambda x: f.store(read(f.index(source, element, row + x), None),
                                                      f.index(to, type, x)), step=lanes)
                f.loop(stop, f["extent_x"], edge, step=lanes)
                return [f.index(to, type, f["extent_x"])]
            return f.loop(0, f["extent_y"], at_y, carry=[to])
        return f.loop(0, f["extent_z"], at_z, carry=[to])

    f.loop(0, f["count"], plane_of, carry=[f["to"]])
    f.ret()
    return f


def _nothing(value: object) -> None:
    return None
