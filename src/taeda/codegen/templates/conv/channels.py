"""Depthwise convolution of small images: vectors run along channels, since lines of pixels are shorter than them.

The same sum as `conv_planes`. Planes of as many channels as a vector has elements are brought into [place][channel],
with zeros beside each line; a register tile is some pixels of a line, and taps outside in y or z cost nothing. A work
item is (block of channels, image); the last block is moved back over channels that are computed twice.
"""

from __future__ import annotations

from typing import Any

from taeda.codegen.llvm import SIZES, Arguments, FunctionWriter, ModuleWriter, Value, names_of, vector
from taeda.codegen.squares import transpose
from taeda.codegen.target import Target
from taeda.codegen.templates.conv.finish import Results
from taeda.codegen.templates.conv.integers import GEOMETRY, OUT, TAP_BEGIN, WEIGHT
from taeda.ir.loop import Expr

INTEGERS = (
    *GEOMETRY, *TAP_BEGIN, *OUT,
    "extent_x",  # of a line of the copy
    "has_bias", *WEIGHT,
)


def pixels_of_tiles(target: Target) -> tuple[int, ...]:
    """Pixels of a line in the register tiles, the most first."""
    return (14, 7, 4, 2, 1) if target.vector_registers == 32 else (7, 4, 2, 1)


def scratch_bytes(target: Target, type: str, taps: Any, image: Any, copy: Any, pixels: Any) -> Any:
    """`image`: elements of a plane of x; `copy`: places in its copy; `pixels` of the result."""
    lanes = target.lanes(SIZES[type])
    places = taps + copy + 1 + 2 * (pixels + lanes)
    return places * lanes * SIZES[type] + (image + lanes) * 8 + 256


def emit_conv_channels(target: Target, type: str = "float", step_x: int = 1, epilogue: Expr | None = None) -> str:
    """Operands: x, weight, bias (or anything, where there is none), out (see finish.py). Only for groups of one channel
    and one row, as many groups as a vector has elements or more, and pixels that fill out.

    `step_x` is 1, 2, or 0 for any.
    """
    module = ModuleWriter(target)
    _Channels(module, type, step_x, epilogue)
    return module.text()


class _Channels:
    """Writes the kernel. An item transposes its planes to a copy, takes tiles of pixels line by line, and transposes
    the results to out."""

    def __init__(self, module: ModuleWriter, type: str, step_x: int, epilogue: Expr | None) -> None:
        target = module.target
        self.type, self.size = type, SIZES[type]
        self.lanes = lanes = target.lanes(self.size)
        self.vec, self.bytes = vector(lanes, type), lanes * self.size
        self.to = Results(module, type, len(INTEGERS), epilogue)
        self.tiles = [(pixels, _tile(module, type, pixels, step_x)) for pixels in pixels_of_tiles(target)]
        self.f = f = module.kernel()
        self.arguments = arguments = Arguments(f)
        self.n = n = names_of(f, arguments.integers, INTEGERS)
        self.x, self.source = arguments.data(0), arguments.data(1)
        self.out = self.to.start(f, arguments, n)
        self.taps = n["taps_z"] * n["taps_y"] * n["taps_x"]
        self.plane = n["size_z"] * n["size_y"] * n["size_x"]
        self.pixels = n["pixels_z"] * n["pixels_y"] * n["pixels_x"]
        # Scratch: the weight [tap][channel], the copy and a place for what is in no line of it, results
        # [pixel][channel], results [channel][pixel] that are to be finished, where elements of a plane go in the copy.
        places = n["size_z"] * n["size_y"] * n["extent_x"]
        self.weight = arguments.scratch
        self.copy = f.at(self.weight, self.taps * self.bytes)
        self.nowhere = places * self.bytes
        self.results = f.at(self.copy, self.nowhere + self.bytes)
        self.kept = f.at(self.results, (self.pixels + lanes) * self.bytes)
        self.kept_row = (self.pixels + lanes) * self.size
        self.places = f.at(self.kept, self.kept_row * lanes)
        f.loop(0, places, lambda k: f.store(f.constant(0, self.vec), f.at(self.copy, k * self.bytes)))
        self.fill_places()
        f.loop(f["begin"], f["end"], self.item)
        f.ret(0)

    def fill_places(self) -> None:
        f, n = self.f, self.n

        def line(number: Value) -> None:
            def one(x: Value) -> None:
                column = x - n["origin_x"]
                place = (number * n["extent_x"] + column) * self.bytes
                place = f.select((column >= 0) & (column < n["extent_x"]), place, self.nowhere)
                f.store(place, f.index(self.places, "i64", number * n["size_x"] + x))
            f.loop(0, n["size_x"], one)
        f.loop(0, n["size_z"] * n["size_y"], line)
        f.loop(0, self.lanes, lambda k: f.store(self.nowhere, f.index(self.places, "i64", self.plane + k)))

    def item(self, index: Value) -> None:
        f, n = self.f, self.n
        image, block = index % n["images"], index // n["images"]
        first = f.minimum(block * self.lanes, n["groups"] - self.lanes)
        f.branch(image.equals(0) | index.equals(f["begin"]), lambda: self.fill_weight(first))
        self.fill_copy(f.index(self.x, self.type, (image * n["groups"] + first) * self.plane))
        f.loop(0, n["pixels_z"], lambda z: _nothing(f.loop(0, n["pixels_y"], lambda y: self.line(z, y))))
        self.store_results(image, first)

    def fill_weight(self, first: Value) -> None:
        f, n = self.f, self.n

        def at_z(z: Value, to: Value) -> list[Value]:
            def at_y(y: Value, to: Value) -> list[Value]:
                def at_x(x: Value, to: Value) -> list[Value]:
                    start = (n["first_tap"] + z * n["tap_stride_z"] + y * n["tap_stride_y"] + x * n["tap_stride_x"]
                             + first * n["group_stride"])
                    f.loop(0, self.lanes, lambda k: f.store(
                        f.load(self.type, f.index(self.source, self.type, start + k * n["group_stride"])),
                        f.index(to, self.type, k)))
                    return [f.at(to, self.bytes)]
                return f.loop(0, n["taps_x"], at_x, carry=[to])
            return f.loop(0, n["taps_y"], at_y, carry=[to])
        f.loop(0, n["taps_z"], at_z, carry=[self.weight])

    def fill_copy(self, x: Value) -> None:
        f, lanes = self.f, self.lanes

        def square(p: Value, mask: Value | None) -> None:
            rows = []
            for m in range(lanes):
                pointer = f.index(x, self.type, self.plane * m + p)
                rows.append(f.load(self.vec, pointer) if mask is None
                            else f.masked_load(self.vec, pointer, mask, f.constant(0, self.vec)))
            for k, value in enumerate(transpose(f, rows, self.size)):
                f.store(value, f.at(self.copy, f.load("i64", f.index(self.places, "i64", p + k))))

        whole = self.plane - self.plane % lanes
        f.loop(0, whole, lambda p: square(p, None), step=lanes)
        f.branch(whole < self.plane,
                 lambda: square(whole, f.lane_range(lanes, f.constant(0), self.plane - whole)))

    def line(self, z: Value, y: Value) -> None:
        """The results of a line of pixels."""
        f, n = self.f, self.n
        to = f.at(self.results, (z * n["pixels_y"] + y) * n["pixels_x"] * self.bytes)
        place_z = z * n["step_z"] + n["origin_z"] + n["tap_begin_z"]
        place_y = y * n["step_y"] + n["origin_y"] + n["tap_begin_y"]
        x = f.constant(0)
        for pixels, tile in self.tiles:
            def run(x: Value, pixels: int = pixels, tile: FunctionWriter = tile) -> list[Value]:
                f.call(tile, self.copy, self.weight, self.arguments.integers, place_z, place_y,
                       x * n["step_x"] + n["tap_begin_x"], f.at(to, x * self.bytes))
                return [x + pixels]
            (x,) = f.repeat(lambda x, pixels=pixels: x + pixels <= n["pixels_x"], run, [x])

    def store_results(self, image: Value, first: Value) -> None:
        f, n, lanes = self.f, self.n, self.lanes
        extra = self.to.bias_vector(first, f.constant(lanes))
        out = f.index(self.out, self.type, (image * n["groups"] + first) * self.pixels)
        finished = self.to.finish is not None

        def square(p: Value, mask: Value | None) -> None:
            rows = [f.load(self.vec, f.at(self.results, (p + r) * self.bytes)) + extra for r in range(lanes)]
            for m, value in enumerate(transpose(f, rows, self.size)):
                if finished:
                    f.store(value, f.at(self.kept, self.kept_row * m + p * self.size))
                elif mask is None:
                    f.store(value, f.index(out, self.type, self.pixels * m + p))
                else:
                    f.masked_store(value, f.index(out, self.type, self.pixels * m + p), mask)

        whole = self.pixels - self.pixels % lanes
        f.loop(0, whole, lambda p: square(p, None), step=lanes)
        f.branch(whole < self.pixels,
                 lambda: square(whole, f.lane_range(lanes, f.constant(0), self.pixels - whole)))
        # Channels may be computed twice: they are finished on their way to out, not in it.
        self.to.finished(image, first, f.constant(0), f.constant(lanes), self.pixels, (self.kept, self.kept_row))


def _tile(module: ModuleWriter, type: str, pixels: int, step_x: int) -> FunctionWriter:
    """to[pixel][channel] = sum over taps inside of copy * weight, for pixels of a line. Where the first tap of the
    first pixel is: (z, y) in x, and its column in the copy."""
    size = SIZES[type]
    lanes = module.target.lanes(size)
    vec, width = vector(lanes, type), lanes * size
    f = module.function(f"tile_{pixels}", [("ptr", "copy"), ("ptr", "weight"), ("ptr", "integers"), ("i64", "z"),
                                           ("i64", "y"), ("i64", "column"), ("ptr", "to")])
    n = names_of(f, f["integers"], INTEGERS)
    step: Any = step_x * width if step_x else n["step_x"] * width

    def at_z(tz: Value, *sums: Value) -> list[Value]:
        z = f["z"] + tz * n["tap_step_z"]

        def at_y(ty: Value, *sums: Value) -> list[Value]:
            y = f["y"] + ty * n["tap_step_y"]
            inside = (z >= 0) & (z < n["size_z"]) & (y >= 0) & (y < n["size_y"])

            def at_x(tx: Value, weight: Value, place: Value, *sums: Value) -> list[Value]:
                number = f.load(vec, weight)
                new = [f.fma(f.load(vec, f.at(place, step * r)), number, sums[r]) for r in range(pixels)]
                return [f.at(weight, width), f.at(place, n["tap_step_x"] * width), *new]

            def row() -> list[Value]:
                weight = f.at(f["weight"], (tz * n["taps_y"] + ty) * n["taps_x"] * width)
                place = f.at(f["copy"], ((z * n["size_y"] + y) * n["extent_x"] + f["column"]) * width)
                return f.loop(0, n["taps_x"], at_x, carry=[weight, place, *sums])[2:]
            return f.branch(inside, row, lambda: list(sums))
        return f.loop(0, n["taps_y"], at_y, carry=list(sums))

    sums = f.loop(0, n["taps_z"], at_z, carry=[f.constant(0, vec)] * pixels)
    for r, value in enumerate(sums):
        f.store(value, f.at(f["to"], r * width))
    f.ret()
    return f


def _nothing(_: object) -> None:
    return None
