"""Convolution of small images, of which much is border: taps that fall outside cost nothing.

The same sum as `conv_gather`, with vectors along output channels as in `conv_direct` and the same columns of weight.
The pixels of an image are divided into classes that have the same taps inside (corners, borders, the middle..). Pixels
of one class, of several images, make up a register tile, which runs over the class's own list of (channel, tap) and
reads x where it stands. A work item is (group, tile of output channels, block of images); channels are taken in blocks
whose weight stays in the second cache while all pixels pass.
"""

from __future__ import annotations

from typing import Any

from taeda.codegen.llvm import SIZES, Arguments, FunctionWriter, ModuleWriter, Value, names_of, vector
from taeda.codegen.squares import transpose
from taeda.codegen.target import Target
from taeda.codegen.templates.conv.direct import pixel_rows, tile_width
from taeda.codegen.templates.conv.finish import Results
from taeda.codegen.templates.conv.integers import GEOMETRY, OUT
from taeda.ir.loop import Expr

INTEGERS = (*GEOMETRY, *OUT, "channel_block", "image_block", "has_bias")
CLASS_WORDS = 4  # taps inside, first entry of its table, first of its pixels, number of its pixels


def heights(target: Target) -> tuple[tuple[int, ...], ...]:
    """Pixels in the register tiles, for 1, 2, ... vectors of output channels; more than one size where it pays."""
    return tuple((r, 3) if r <= 6 else (r, 4) for r in pixel_rows(target))


def scratch_bytes(target: Target, type: str, channel_block: Any, taps: Any, pixels: Any, image_block: Any) -> Any:
    """`pixels` of one image."""
    size = SIZES[type]
    lanes, width = target.lanes(size), tile_width(target, size)
    return ((image_block * pixels + lanes) * (width * size + 16) + lanes * lanes * size
            + channel_block * taps * pixels * 8 + pixels * (8 * CLASS_WORDS + 16) + 512)


def emit_conv_small(target: Target, type: str = "float", epilogue: Expr | None = None) -> str:
    """Operands: x, columns of the weight, bias (or anything), out (see finish.py)."""
    return _Small(ModuleWriter(target), type, epilogue).write()


class _Small:
    """The kernel being written: its sizes, what stands where in scratch, and its parts in the order they run."""

    def __init__(self, module: ModuleWriter, type: str, epilogue: Expr | None) -> None:
        target = module.target
        self.type, self.size = type, SIZES[type]
        self.lanes = lanes = target.lanes(self.size)
        self.vec = vector(lanes, type)
        self.shapes = heights(target)
        self.tiles = [[_tile(module, type, rows, k + 1) for rows in sizes] for k, sizes in enumerate(self.shapes)]
        self.tile_vectors = len(self.shapes)
        self.to = Results(module, type, len(INTEGERS), epilogue)
        self.f = f = module.kernel()
        arguments = Arguments(f)
        self.n = n = names_of(f, arguments.integers, INTEGERS)
        self.x, self.weight = arguments.data(0), arguments.data(1)
        self.out = self.to.start(f, arguments, n)
        self.taps = n["taps_z"] * n["taps_y"] * n["taps_x"]
        self.plane = n["size_z"] * n["size_y"] * n["size_x"]
        self.out_plane = n["out_z"] * n["out_y"] * n["out_x"]
        self.pixels = n["pixels_z"] * n["pixels_y"] * n["pixels_x"]
        self.vectors = f.ceil_div(n["rows"], lanes)
        self.tile_count = f.ceil_div(self.vectors, self.tile_vectors)
        self.image_blocks = f.ceil_div(n["images"], n["image_block"])
        most = n["image_block"] * self.pixels
        # Scratch: a square of lanes, results, places of pixels in x and in out, the classes, places of an image's
        # pixels in x and in out, tables.
        self.square = arguments.scratch
        self.results = f.at(self.square, lanes * lanes * self.size)
        self.pixel_places = f.at(self.results, (most + lanes) * (self.tile_vectors * lanes * self.size))
        self.out_places = f.at(self.pixel_places, (most + lanes) * 8)
        self.classes = f.at(self.out_places, (most + lanes) * 8)
        self.image_places = f.at(self.classes, self.pixels * (8 * CLASS_WORDS))
        self.image_out_places = f.at(self.image_places, self.pixels * 8)
        self.tables = f.at(self.image_out_places, self.pixels * 8)

    def write(self) -> str:
        f = self.f
        self.class_count = self.find_classes()
        f.loop(f["begin"], f["end"], self.item)
        f.ret(0)
        return f.module.text()

    # -- classes of pixels

    def find_classes(self) -> Value:
        """Writes all classes; their number."""
        count, _, _ = self.runs("z", lambda *z: self.runs("y", lambda *y: self.runs("x", lambda *x: self.write_class(
            z[:4], y[:4], x[:4], *x[4:]), list(y[4:])), list(z[4:])), [self.f.constant(0)] * 3)
        return count

    def inside(self, axis: str, at: Value) -> tuple[Value, Value]:
        """The first tap inside and the number of them along one axis."""
        f, n = self.f, self.n

        def one(k: Value, first: Value, count: Value) -> list[Value]:
            place = at * n[f"step_{axis}"] + n[f"origin_{axis}"] + k * n[f"tap_step_{axis}"]
            valid = (place >= 0) & (place < n[f"size_{axis}"])
            begins = valid & count.equals(0)
            return [f.select(begins, k, first), count + f.cast("zext", valid, "i64")]
        first, count = f.loop(0, n[f"taps_{axis}"], one, carry=[f.constant(0), f.constant(0)])
        return first, count

    def runs(self, axis: str, body: Any, carry: list[Value]) -> list[Value]:
        """Calls body(first tap, taps, begin, end, *carried) for each run of pixels with the same taps along an axis."""
        f, pixels = self.f, self.n[f"pixels_{axis}"]

        def one_run(begin: Value, *carried: Value) -> list[Value]:
            first, count = self.inside(axis, begin)

            def longer(end: Value) -> Value:
                def same() -> list[Value]:
                    other_first, other_count = self.inside(axis, end)
                    return [other_first.equals(first) & other_count.equals(count)]
                return f.branch(end < pixels, same, lambda: [f.constant(0, "i1")])[0]

            (end,) = f.repeat(longer, lambda end: [end + 1], [begin + 1])
            return [end, *body(first, count, begin, end, *carried)]

        return f.repeat(lambda begin, *_: begin < pixels, one_run, [f.constant(0), *carry])[1:]

    def write_class(self, z: tuple[Value, ...], y: tuple[Value, ...], x: tuple[Value, ...], number: Value,
                    entry: Value, pixel: Value) -> list[Value]:
        """Writes one class, of the taps and pixels of three runs: its words, its table, its pixels."""
        f = self.f
        words = f.at(self.classes, number * (8 * CLASS_WORDS))
        count = z[1] * y[1] * x[1]
        members = (z[3] - z[2]) * (y[3] - y[2]) * (x[3] - x[2])
        for k, word in enumerate((count, entry, pixel, members)):
            f.store(word, f.at(words, 8 * k))
        self.write_table(z, y, x, entry)
        self.write_pixels(z, y, x, pixel)
        return [number + 1, entry + count * self.n["channel_block"], pixel + members]

    def write_table(self, z: tuple[Value, ...], y: tuple[Value, ...], x: tuple[Value, ...], entry: Value) -> None:
        """(place in x, row of the weight) of each channel and tap."""
        f, n = self.f, self.n

        def channel(c: Value, to: Value) -> list[Value]:
            def at_z(kz: Value, to: Value) -> list[Value]:
                def at_y(ky: Value, to: Value) -> list[Value]:
                    def at_x(kx: Value, to: Value) -> list[Value]:
                        place = (c * self.plane + (kz * n["tap_step_z"] * n["size_y"] + ky * n["tap_step_y"])
                                 * n["size_x"] + kx * n["tap_step_x"])
                        row = c * self.taps + (kz * n["taps_y"] + ky) * n["taps_x"] + kx
                        f.store(f.cast("trunc", place * self.size, "i32"), to)
                        f.store(f.cast("trunc", row, "i32"), f.at(to, 4))
                        return [f.at(to, 8)]
                    return f.loop(x[0], x[0] + x[1], at_x, carry=[to])
                return f.loop(y[0], y[0] + y[1], at_y, carry=[to])
            return f.loop(z[0], z[0] + z[1], at_z, carry=[to])
        f.loop(0, n["channel_block"], channel, carry=[f.at(self.tables, entry * 8)])

    def write_pixels(self, z: tuple[Value, ...], y: tuple[Value, ...], x: tuple[Value, ...], pixel: Value) -> None:
        """The places of the class's pixels, in x and in out."""
        f, n = self.f, self.n

        def at_z(oz: Value, k: Value) -> list[Value]:
            def at_y(oy: Value, k: Value) -> list[Value]:
                def at_x(ox: Value, k: Value) -> list[Value]:
                    place = (((oz * n["step_z"] + n["origin_z"]) * n["size_y"] + oy * n["step_y"] + n["origin_y"])
                             * n["size_x"] + ox * n["step_x"] + n["origin_x"])
                    out_place = (((oz * n["out_step_z"] + n["out_origin_z"]) * n["out_y"] + oy * n["out_step_y"]
                                  + n["out_origin_y"]) * n["out_x"] + ox * n["out_step_x"] + n["out_origin_x"])
                    f.store(place, f.index(self.image_places, "i64", k))
                    f.store(out_place, f.index(self.image_out_places, "i64", k))
                    return [k + 1]
                return f.loop(x[2], x[3], at_x, carry=[k])
            return f.loop(y[2], y[3], at_y, carry=[k])
        f.loop(z[2], z[3], at_z, carry=[pixel])

    def for_classes(self, body: Any) -> None:
        """body(taps, first entry of the table, first pixel, number of pixels)"""
        f = self.f

        def one(k: Value) -> None:
            words = f.at(self.classes, k * (8 * CLASS_WORDS))
            body(*(f.load("i64", f.at(words, 8 * j)) for j in range(CLASS_WORDS)))
        f.loop(0, self.class_count, one)

    # -- one work item

    def item(self, index: Value) -> None:
        f, n, lanes, size = self.f, self.n, self.lanes, self.size
        block, rest = index % self.image_blocks, index // self.image_blocks
        self.tile, self.group = rest % self.tile_count, rest // self.tile_count
        self.first_image = block * n["image_block"]
        self.images = f.minimum(n["image_block"], n["images"] - self.first_image)
        self.here = f.minimum(f.constant(self.tile_vectors), self.vectors - self.tile * self.tile_vectors)
        self.width_bytes = self.here * (lanes * size)
        columns = f.at(self.weight, (self.group * self.vectors + self.tile * self.tile_vectors)
                       * (n["channels"] * self.taps * (lanes * size)))
        self.total = self.images * self.pixels
        f.loop(0, (self.total + lanes) * self.here,
               lambda k: f.store(f.constant(0, self.vec), f.at(self.results, k * (lanes * size))))
        self.for_classes(self.list_pixels)
        f.loop(0, n["channels"], lambda channel: self.add_channels(channel, columns), step=n["channel_block"])
        f.loop(0, self.here, self.store_vector)

    def list_pixels(self, count: Value, entry: Value, pixel: Value, members: Value) -> None:
        """The places of a class's pixels in all images of the block, in bytes."""
        f, n = self.f, self.n

        def image(i: Value) -> None:
            number = (self.first_image + i) * n["groups"] + self.group
            start = pixel * self.images + i * members

            def one(k: Value) -> None:
                place = f.load("i64", f.index(self.image_places, "i64", pixel + k))
                f.store((number * n["channels"] * self.plane + place) * self.size,
                        f.index(self.pixel_places, "i64", start + k))
                place = f.load("i64", f.index(self.image_out_places, "i64", pixel + k))
                f.store((number * n["rows"] * self.out_plane + place) * self.size,
                        f.index(self.out_places, "i64", start + k))
            f.loop(0, members, one)
        f.loop(0, self.images, image)

    def add_channels(self, channel: Value, columns: Value) -> None:
        """What a block of channels adds to the results of all pixels."""
        f, n = self.f, self.n
        depth = f.minimum(n["channel_block"], n["channels"] - channel)
        x_here = f.index(self.x, self.type, channel * self.plane)
        columns_here = f.at(columns, channel * self.taps * self.width_bytes)

        def one_class(count: Value, entry: Value, pixel: Value, members: Value) -> None:
            begin, end = pixel * self.images, (pixel + members) * self.images

            def run(p: Value, tile_function: FunctionWriter, rows: int) -> list[Value]:
                f.call(tile_function, x_here, f.index(self.pixel_places, "i64", p), f.at(self.tables, entry * 8),
                       depth * count, columns_here, f.at(self.results, p * self.width_bytes),
                       f.minimum(f.constant(rows), end - p))
                return [p + rows]

            def of_width(functions: list[FunctionWriter], sizes: tuple[int, ...]) -> None:
                large, small = sizes
                (p,) = f.repeat(lambda p: p + small < end, lambda p: run(p, functions[0], large), [begin])
                f.branch(p < end, lambda: _nothing(run(p, functions[1], small)))

            f.switch(self.here - 1, [lambda t=t, s=s: of_width(t, s)  # type: ignore[misc]
                                     for t, s in zip(self.tiles, self.shapes, strict=True)])

        self.for_classes(one_class)

    def store_vector(self, v: Value) -> None:
        """A vector of output channels of all pixels, with the bias, to out."""
        f, n, type, lanes = self.f, self.n, self.type, self.lanes
        first = (self.tile * self.tile_vectors + v) * lanes
        rows = f.minimum(n["rows"] - first, f.constant(lanes))
        extra = self.to.bias_vector(self.group * n["rows"] + first, rows)
        start = f.at(self.results, v * (lanes * self.size))

        def squares(p: Value) -> None:
            loaded = [f.load(self.vec, f.at(start, (p + r) * self.width_bytes)) + extra for r in range(lanes)]
            for m, value in enumerate(transpose(f, loaded, self.size)):
                f.store(value, f.at(self.square, m * lanes * self.size))
            count = f.minimum(f.constant(lanes), self.total - p)

            def row(m: Value) -> None:
                from_row = f.index(self.square, type, m * lanes)
                to_row = f.index(self.out, type, (first + m) * self.out_plane)
                f.loop(0, count, lambda k: f.store(
                    f.load(type, f.index(from_row, type, k)),
                    f.at(to_row, f.load("i64", f.index(self.out_places, "i64", p + k)))))
            f.loop(0, rows, row)
        f.loop(0, self.total, squares, step=lanes)
        if self.to.finish is not None:
            f.loop(0, self.images, lambda i: self.to.finished(
                self.first_image + i, self.group * n["rows"] + first, f.constant(0), rows, self.out_plane))


def _tile(module: ModuleWriter, type: str, rows: int, vectors: int) -> FunctionWriter:
    """c[valid rows][vectors] += sum over entries of the table of x[pixel + place] * b[row of weight]."""
    size = SIZES[type]
    lanes = module.target.lanes(size)
    vec = vector(lanes, type)
    f = module.function(f"tile_{rows}x{vectors}", [
        ("ptr", "x"), ("ptr", "pixels"), ("ptr", "table"), ("i64", "depth"), ("ptr", "b"), ("ptr", "c"),
        ("i64", "valid")])
    last = f["valid"] - 1
    a = [f.at(f["x"], f.load("i64", f.index(f["pixels"], "i64", f.minimum(f.constant(r), last)))) for r in range(rows)]
    zero = f.constant(0, vec)

    def step(k: Value, *sums: Value) -> list[Value]:
        entry = f.index(f["table"], "i64", k)
        place = f.cast("sext", f.load("i32", entry), "i64")
        b = f.at(f["b"], f.cast("sext", f.load("i32", f.at(entry, 4)), "i64") * (vectors * lanes * size))
        columns = [f.load(vec, f.at(b, v * lanes * size)) for v in range(vectors)]
        new = list(sums)
        for r in range(rows):
            number = f.splat(f.load(type, f.at(a[r], place)), lanes)
            for v in range(vectors):
                new[r * vectors + v] = f.fma(number, columns[v], sums[r * vectors + v])
        return new

    sums = f.loop(0, f["depth"], step, carry=[zero] * (rows * vectors))
    for r in range(rows):
        def add(r: int = r) -> None:
            for v in range(vectors):
                place = f.at(f["c"], (r * vectors + v) * lanes * size)
                f.store(f.load(vec, place) + sums[r * vectors + v], place)
        f.branch(f.constant(r) < f["valid"], add)
    f.ret()
    return f


def _nothing(_: object) -> None:
    return None
