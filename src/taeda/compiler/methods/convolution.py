"""How convolutions are carried out: which templates are launched, on what, and with which block sizes.

Strides and dilations are static, with one entry for each spatial dimension (one to three); paddings may be Symbols. The
ways are

* `conv_direct`: vectors along output channels, the input read in place; for images that fill its tiles,
* `conv_small`: the same for images so small that many taps fall outside,
* `conv_planes`: vectors along pixels; for few output channels in a group, depthwise convolution above all,
* `conv_channels`: vectors along the channels of a depthwise convolution of small images,
* `conv_gather`: patches gathered into panels; for everything else: 1x1, very many channels.

The choice, and the order of every sum, depend on the shape of one image only: all candidates are launched with
conditions of which exactly one holds.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from taeda.codegen.llvm import SIZES, memory_type
from taeda.codegen.target import Target
from taeda.codegen.templates.conv import channels as conv_channels
from taeda.codegen.templates.conv import convert as conv_convert
from taeda.codegen.templates.conv import direct as conv_direct
from taeda.codegen.templates.conv import fold as conv_fold
from taeda.codegen.templates.conv import gather as conv_gather
from taeda.codegen.templates.conv import planes as conv_planes
from taeda.codegen.templates.conv import small as conv_small
from taeda.codegen.templates.conv import weight as conv_weight
from taeda.ir.dtype import itemsize
from taeda.ir.epilogue import Epilogue
from taeda.ir.expression import Symbol, all_of, any_of, ceildiv, maximum, minimum, negated, product, where
from taeda.ir.loop import cast, load, substitute

TYPES = {name: memory_type(name) for name in ("float32", "float64", "int32", "int64")}
SMALL_IMAGE = 64  # pixels
MOST_LINE = 128  # elements of a line in the copy of an image [place][channel]
MOST_PLANE = 4096  # elements of such an image
HEAVY_TAPS = 20  # of a depthwise convolution, for which vectors along channels pay in larger images
SMALL_PLANE = 400  # pixels of a depthwise convolution, whose lines are hardly longer than a vector
MOST_REACH = 1 << 22  # elements that a pixel's taps span, for methods that copy them all
MOST_SMALL_INPUT = 1 << 27  # elements of an image, for places in it to be kept in 32 bits
MOST_CLASSES = 9  # residue classes of a stride that are computed one by one
MOST_PARTS = 8  # work items that rows, or lines, are divided for
LEAST_PIXELS = 64  # of a block, where lines are divided for that
FEW_PIXELS = 192  # of a block, for which its copy may leave the second cache
BLOCK_ELEMENTS = 65536  # of what is kept in the second cache, give or take


@dataclass(frozen=True)
class Geometry:
    """A convolution as the templates see it (the formula stands in `conv_gather`). Sequences are (z, y, x).

    The weight is said by strides in elements, so that one tensor serves a convolution and its transpose.
    """

    groups: int
    channels: Any  # of x, in one group
    rows: Any  # of out, in one group
    taps: Sequence[Any]
    pixels: Sequence[Any]
    step: Sequence[int]
    origin: Sequence[Any]
    tap_step: Sequence[int]
    out_origin: Sequence[int]
    out_step: Sequence[int]
    group_stride: Any
    row_stride: Any
    channel_stride: Any
    first: Any  # the first tap, counted in elements
    tap_strides: Sequence[Any]
    columns: str  # "natural": the weight is [row][channel][tap]; "swapped": [channel][row][tap]; "any"

    @property
    def tap_count(self) -> Any:
        return product(self.taps)

    @property
    def depth(self) -> Any:
        return self.channels * self.tap_count


def name_of(tensor: Any) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def type_of(tensor: Any) -> str:
    name = name_of(tensor)
    if name not in TYPES:
        raise NotImplementedError(f"convolution of dtype {name}; {', '.join(TYPES)} are computed directly")
    return TYPES[name]


def itemsize_of(type: str) -> int:
    return SIZES[type]


def three(values: Sequence[Any], fill: Any) -> list[Any]:
    """Values for (z, y, x) of one to three values."""
    return [fill] * (3 - len(values)) + list(values)


class _Conditional:
    """The builder, with a condition on what is launched. Nothing is emitted for what cannot happen."""

    def __init__(self, b: Any, condition: Any) -> None:
        self.b: Any = b.b if isinstance(b, _Conditional) else b
        self.condition: Any = all_of(b.condition, condition) if isinstance(b, _Conditional) else condition

    @property
    def target(self) -> Any:
        return self.b.target

    @property
    def possible(self) -> bool:
        return isinstance(self.condition, Symbol) or bool(self.condition)

    def launch(self, *args: Any, **kwargs: Any) -> None:
        self.b.launch(*args, **kwargs, when=self.condition if isinstance(self.condition, Symbol) else None)

    def alloc(self, dtype: Any, shape: Sequence[Any]) -> Any:
        return self.b.alloc(dtype, shape, when=self.condition if isinstance(self.condition, Symbol) else None)


@dataclass(frozen=True)
class Destination:
    """Where results go, and what kernels are told of the epilogue: its value, and for each operand its strides between
    images, channels and pixels."""

    out: Any
    epilogue: Epilogue | None = None
    strides: tuple[Any, ...] = ()

    @property
    def params(self) -> dict[str, Any]:
        return {} if self.epilogue is None else {"epilogue": self.epilogue.value}

    @property
    def numbers(self) -> tuple[Any, ...]:
        return () if self.epilogue is None else self.epilogue.numbers

    def operands(self, x: Any, weight: Any, bias: Any, sums: Any) -> list[Any]:
        """Where there is no bias something must stand for it, which is read but not used. `sums`: what results are
        written to, and where they are finished."""
        finished = [] if self.epilogue is None else [*self.epilogue.operands, self.out]
        return [x, weight, sums if bias is None else bias, sums, *finished]

    def sums(self, b: _Conditional) -> Any:
        """A tensor for results, which is out itself where that has their dtype."""
        if self.epilogue is None or self.epilogue.dtype == name_of(self.out):
            return self.out
        return b.alloc(self.epilogue.dtype, self.out.shape) if b.possible else None


def _destination(b: Any, out: Any, epilogue: Epilogue | None) -> Destination:
    if epilogue is None:
        return Destination(out)
    shape = (*out.shape[:2], product(out.shape[2:]))
    flat = tuple(b.view("reshape", b.view("expand", t, out.shape), shape) for t in epilogue.operands)
    return Destination(out, replace(epilogue, operands=flat),
                       tuple(t.stride(d) * itemsize(t.dtype) for t in flat for d in range(3)))


def _rounded(epilogue: Epilogue | None) -> Epilogue:
    """The epilogue of sums in float32 that become bfloat16, to which `epilogue` is then applied."""
    result = load(0, "bfloat16")
    first = cast(load(0, "float32"), "bfloat16")
    if epilogue is None:
        return Epilogue(first, "float32")
    return replace(epilogue, value=substitute((epilogue.value,), {result: first})[0], dtype="float32")


def _carry_out(b: Any, x: Any, weight: Any, bias: Any, to: Destination, g: Geometry, image: Any = None) -> None:
    """Writes the convolution of x. `image`: elements of a plane of x, where x itself may not be there."""
    if name_of(x) == "bfloat16":
        _convolve_pairs(b, x, weight, bias, to, g)
        return
    target = b.target
    lanes = target.lanes(itemsize_of(type_of(x)))
    vectors = ceildiv(g.rows, lanes)
    taps, pixels = g.tap_count, product(g.pixels)
    few_rows = g.rows * 5 < vectors * (lanes * 3)
    image = product(x.shape[2:]) if image is None else image
    compact = _reach(g) <= MOST_REACH
    whole = list(g.out_step) == [1, 1, 1] and list(g.out_origin) == [0, 0, 0]
    # Vectors along channels read no line that is not aligned, and steps cost nothing; but they transpose.
    heavy = any_of(taps >= HEAVY_TAPS, g.step[2] > 1)
    channelwise = all_of(whole, g.channels == 1, g.rows == 1, g.groups >= lanes, taps > 1, image >= 1,
                         image <= MOST_PLANE, any_of(pixels <= SMALL_PLANE, heavy), _line_extent(g) <= MOST_LINE)
    planes = all_of(few_rows, any_of(taps > 1, g.channels <= 4), compact, negated(channelwise))
    many_rows = all_of(negated(few_rows), taps > 1, compact)
    direct = all_of(many_rows, g.depth <= 2400, pixels >= SMALL_IMAGE)
    small = all_of(many_rows, pixels < SMALL_IMAGE, g.channels * image <= MOST_SMALL_INPUT)
    gather = negated(any_of(planes, direct, small, channelwise))
    columns = _columns(_Conditional(b, any_of(direct, small)), target, weight, g)
    sums = to.sums(_Conditional(b, negated(any_of(direct, channelwise))))
    _direct(_Conditional(b, direct), target, x, columns, bias, to, g)
    _channels(_Conditional(b, channelwise), target, x, weight, bias, to, g)
    _small(_Conditional(b, small), target, x, columns, bias, to, sums, g)
    _planes(_Conditional(b, planes), target, x, weight, bias, to, sums, g)
    _gather(_Conditional(b, gather), target, x, weight, bias, to, sums, g)


def _line_extent(g: Geometry) -> Any:
    """Elements of x, or zeros beside it, that a line of pixels touches."""
    return maximum(g.taps[2] - 1, 0) * abs(g.tap_step[2]) + maximum(g.pixels[2] - 1, 0) * g.step[2] + 1


def _reach(g: Geometry) -> Any:
    """Elements of x between the first and the last tap of one pixel, in all channels."""
    return product([(t - 1) * abs(d) + 1 for t, d in zip(g.taps, g.tap_step, strict=True)]) * g.channels


def _convolve_pairs(b: Any, x: Any, weight: Any, bias: Any, to: Destination, g: Geometry) -> None:
    """The convolution of bfloat16: directly, with dot products of pairs, or in float32 for what is not worth that."""
    target = b.target
    lanes = target.lanes(4)
    vectors = ceildiv(g.rows, lanes)
    direct = all_of(negated(g.rows * 5 < vectors * (lanes * 3)), g.depth <= 4800, g.channels > 1,
                    product(g.pixels) >= SMALL_IMAGE, _reach(g) <= MOST_REACH)
    pairs = _Conditional(b, direct)
    if pairs.possible:
        columns = pairs.alloc("float32", [g.groups * vectors * lanes * (ceildiv(g.channels, 2) * g.tap_count)])
        pairs.launch(conv_direct.emit_conv_columns, {"type": "bfloat"}, [weight, columns],
                     [g.rows, g.channels, *_weight_places(g)[:3], *g.taps, g.first, *g.tap_strides],
                     work=g.groups * vectors, grain=1)
        _direct(pairs, target, x, columns, bias, to, g)
    wide = _Conditional(b, negated(direct))
    if wide.possible:
        wide_x, wide_weight, wide_bias = (_widened(wide, t) for t in (x, weight, bias))
        rounded = replace(to, epilogue=_rounded(to.epilogue))
        _carry_out(wide, wide_x, wide_weight, wide_bias, rounded, g, product(x.shape[2:]))


def _widened(b: _Conditional, tensor: Any) -> Any:
    """A copy of a bfloat16 tensor in float32 (None for None)."""
    if tensor is None:
        return None
    out = b.alloc("float32", tensor.shape)
    count = product(tensor.shape)
    b.launch(conv_convert.emit_conv_convert, {"source": "bfloat16", "result": "float32"}, [tensor, out], [count],
             work=ceildiv(count, conv_convert.CHUNK), grain=4)
    return out


def _static_step(step: Sequence[int]) -> int:
    return step[2] if step[2] in (1, 2) else 0


def step_along_x(step: Sequence[int], pixels: Sequence[Any]) -> Any:
    """The step along x; 1 where there are no two pixels, so that no memory is set aside for a gigantic step."""
    return step[2] if step[2] in (1, 2) else where(pixels[2] <= 1, 1, step[2])


def _gather(b: _Conditional, target: Target, x: Any, weight: Any, bias: Any, to: Destination, sums: Any,
            g: Geometry) -> None:
    if not b.possible:
        return
    out = to.out
    type = type_of(x)
    itemsize = itemsize_of(type)
    width = conv_gather.panel_width(target, itemsize)
    size, out_size, pixels = three(x.shape[2:], 1), three(out.shape[2:], 1), list(g.pixels)
    if list(g.out_step) == [1, 1, 1]:
        size, pixels, out_size = _as_one_line(g.taps, g.step, [*g.origin, *g.out_origin], size, pixels, out_size)
    tap_count = maximum(g.tap_count, 1)
    channel_block = maximum(minimum(g.channels, 4096 // itemsize // tap_count), 1)
    depth = channel_block * tap_count
    panels = maximum(minimum(393216 // itemsize // (depth * width), 16), 1)
    pixel_block = panels * width
    images = x.shape[0]
    pixel_blocks = ceildiv(images * product(g.pixels), pixel_block)
    places = [int(bias is not None), *_weight_places(g), 1 << 40, 0]
    if g.columns == "swapped":
        # Rows of such a weight are spread over memory: they are brought together.
        lanes = target.lanes(itemsize)
        pack = conv_gather.pack_vectors(target, itemsize)
        packs = ceildiv(g.rows, pack * lanes)
        packed = b.alloc(weight.dtype, [g.groups * packs * (pack * lanes) * g.depth])
        b.launch(conv_weight.emit_conv_lanes, {"type": type, "tile_vectors": pack}, [weight, packed],
                 [g.channels, g.groups, g.rows, g.tap_count, g.channel_stride, g.group_stride],
                 work=g.groups * ceildiv(g.rows, lanes) * g.channels, grain=_lanes_grain(g.tap_count, lanes),
                 scratch=lanes * lanes * itemsize)
        weight, width_of_pack = packed, pack * lanes
        places = [places[0], packs * width_of_pack * g.depth, 1, g.tap_count * width_of_pack, 0,
                  *(product(g.taps[k + 1:]) * width_of_pack for k in range(3)), width_of_pack, g.depth * width_of_pack]
    # A few large blocks of pixels leave threads idle: then the rows are divided too.
    row_block = ceildiv(ceildiv(g.rows, ceildiv(8, maximum(pixel_blocks, 1))), 24) * 24
    b.launch(conv_gather.emit_conv_gather, {"type": type, "step_x": _static_step(g.step), **to.params},
             to.operands(x, weight, bias, sums),
             [images, g.groups, g.channels, g.rows, *size, *g.taps, *pixels, *g.step, *g.origin, *g.tap_step, *out_size,
              *g.out_origin, *g.out_step, channel_block, pixel_block, row_block, *places, *to.strides],
             to.numbers,
             work=g.groups * ceildiv(g.rows, row_block) * pixel_blocks, grain=1,
             scratch=conv_gather.scratch_bytes(target, type, channel_block, tap_count, pixel_block))


def _as_one_line(taps: Sequence[Any], step: Sequence[int], origin: Sequence[Any], size: list[Any], pixels: list[Any],
                 *more: list[Any]) -> tuple[list[Any], ...]:
    """Sizes with (z, y, x) taken as one line, where there is a single tap and each pixel is where an element is."""
    shapes = (size, pixels, *more)
    if list(step) != [1, 1, 1]:
        return shapes
    same = all_of(product(taps) == 1, *(o == 0 for o in origin), *(p == s for p, s in zip(pixels, size, strict=True)))
    return tuple([where(same, 1, s[0]), where(same, 1, s[1]), where(same, product(s), s[2])] for s in shapes)


def _columns(b: _Conditional, target: Target, weight: Any, g: Geometry) -> Any:
    """The weight as `conv_direct` and `conv_small` want it."""
    if not b.possible:
        return None
    type = type_of(weight)
    lanes = target.lanes(itemsize_of(type))
    vectors = ceildiv(g.rows, lanes)
    columns = b.alloc(weight.dtype, [g.groups * vectors * lanes * g.depth])
    if g.columns == "any":
        b.launch(conv_direct.emit_conv_columns, {"type": type}, [weight, columns],
                 [g.rows, g.channels, g.group_stride, g.row_stride, g.channel_stride, *g.taps, g.first, *g.tap_strides],
                 work=g.groups * vectors, grain=1)
    else:
        images, pixels = (1, g.depth) if g.columns == "natural" else (g.channels, g.tap_count)
        b.launch(conv_weight.emit_conv_lanes, {"type": type, "tile_vectors": 0}, [weight, columns],
                 [images, g.groups, g.rows, pixels, g.channel_stride, g.group_stride],
                 work=g.groups * vectors * images, grain=_lanes_grain(pixels, lanes),
                 scratch=lanes * lanes * itemsize_of(type))
    return columns


def _small(b: _Conditional, target: Target, x: Any, columns: Any, bias: Any, to: Destination, sums: Any,
           g: Geometry) -> None:
    if not b.possible:
        return
    out = to.out
    type = type_of(x)
    tap_count, pixels = g.tap_count, product(g.pixels)
    channel_block = maximum(minimum(g.channels, 4096 // itemsize_of(type) // maximum(tap_count, 1)), 1)
    image_block = maximum(minimum(512 // maximum(pixels, 1), x.shape[0]), 1)
    tiles = ceildiv(ceildiv(g.rows, target.lanes(itemsize_of(type))), len(conv_small.heights(target)))
    b.launch(conv_small.emit_conv_small, {"type": type, **to.params},
             to.operands(x, columns, bias, sums),
             [x.shape[0], g.groups, g.channels, g.rows, *three(x.shape[2:], 1), *g.taps, *g.pixels, *g.step, *g.origin,
              *g.tap_step, *three(out.shape[2:], 1), *g.out_origin, *g.out_step, channel_block, image_block,
              int(bias is not None), *to.strides], to.numbers,
             work=g.groups * tiles * ceildiv(x.shape[0], image_block), grain=1,
             scratch=conv_small.scratch_bytes(target, type, channel_block, tap_count, pixels, image_block))


def _direct(b: _Conditional, target: Target, x: Any, columns: Any, bias: Any, to: Destination, g: Geometry) -> None:
    if not b.possible:
        return
    out = to.out
    pairs = name_of(x) == "bfloat16"
    type = "bfloat" if pairs else type_of(x)
    channels = ceildiv(g.channels, 2) if pairs else g.channels
    vectors, tile = ceildiv(g.rows, target.lanes(4 if pairs else itemsize_of(type))), conv_direct.tile_vectors(target)
    others = g.groups * x.shape[0] * g.pixels[0] * ceildiv(vectors, tile)
    extent, lines, columns_of_block = _blocks(g, 512, True, others)
    blocks = (g.groups * x.shape[0] * g.pixels[0] * ceildiv(g.pixels[1], lines)
              * ceildiv(g.pixels[2], columns_of_block))
    # A few blocks leave threads idle: then the rows are divided too, at whole tiles.
    vector_block = ceildiv(ceildiv(vectors, ceildiv(MOST_PARTS, maximum(blocks, 1))), tile) * tile
    parts = ceildiv(vectors, maximum(vector_block, 1))
    b.launch(conv_direct.emit_conv_direct, {"type": type, **to.params}, to.operands(x, columns, bias, out),
             [*_common(x, out, g), *extent, lines, columns_of_block, vector_block, int(bias is not None), *to.strides],
             to.numbers, work=blocks * parts,
             grain=_grain(lines * columns_of_block * ceildiv(g.rows, maximum(parts, 1)) * g.depth),
             scratch=conv_direct.scratch_bytes(target, "float" if pairs else type, channels * g.tap_count,
                                               channels * product(extent), lines * columns_of_block,
                                               to.epilogue is not None))


def _channels(b: _Conditional, target: Target, x: Any, weight: Any, bias: Any, to: Destination, g: Geometry) -> None:
    if not b.possible:
        return
    type = type_of(x)
    size = three(x.shape[2:], 1)
    extent, pixels = _line_extent(g), product(g.pixels)
    lanes = target.lanes(itemsize_of(type))
    b.launch(conv_channels.emit_conv_channels, {"type": type, "step_x": _static_step(g.step), **to.params},
             to.operands(x, weight, bias, to.out),
             [*_common(x, to.out, g), extent, int(bias is not None), *_weight_places(g), *to.strides], to.numbers,
             work=ceildiv(g.groups, lanes) * x.shape[0], grain=_grain(lanes * pixels * g.tap_count),
             scratch=conv_channels.scratch_bytes(target, type, g.tap_count, product(size),
                                                 size[0] * size[1] * extent, pixels))


def _planes(b: _Conditional, target: Target, x: Any, weight: Any, bias: Any, to: Destination, sums: Any,
            g: Geometry) -> None:
    if not b.possible:
        return
    out = to.out
    type = type_of(x)
    extent, line_block, _ = _blocks(g, 8192, False)
    line_vectors = ceildiv(g.pixels[2], target.lanes(itemsize_of(type)))
    b.launch(conv_planes.emit_conv_planes, {"type": type, "step_x": _static_step(g.step), **to.params},
             to.operands(x, weight, bias, sums),
             [*_common(x, out, g), *extent, line_block, int(bias is not None), *_weight_places(g), *to.strides],
             to.numbers,
             work=g.groups * x.shape[0] * g.pixels[0] * ceildiv(g.pixels[1], line_block),
             grain=_grain(line_block * g.pixels[2] * g.rows * g.depth),
             scratch=conv_planes.scratch_bytes(target, type, g.depth, g.channels * product(extent), line_block,
                                               line_vectors, step_along_x(g.step, g.pixels)))


def _grain(products: Any) -> Any:
    """Work items in a piece, for items of so many products: a piece is to be worth starting, and filling tables."""
    return maximum(1000000 // maximum(products, 1), 1)


def _lanes_grain(pixels: Any, lanes: int) -> Any:
    """The same for `emit_conv_lanes`, whose items are so many pixels of a vector."""
    return maximum(16384 // maximum(pixels * lanes, 1), 1)


def _common(x: Any, out: Any, g: Geometry) -> list[Any]:
    # The copy begins at the tap furthest left, which is the last one if taps run backwards.
    reach = [(t - 1) * d for t, d in zip(g.taps, g.tap_step, strict=True)]
    origin = [o + minimum(r, 0) for o, r in zip(g.origin, reach, strict=True)]
    begin = [maximum(-r, 0) if d < 0 else 0 for r, d in zip(reach, g.tap_step, strict=True)]
    return [x.shape[0], g.groups, g.channels, g.rows, *three(x.shape[2:], 1), *g.taps, *g.pixels, *g.step[:2],
            step_along_x(g.step, g.pixels), *origin, *g.tap_step, *begin, *three(out.shape[2:], 1), *g.out_origin,
            *g.out_step]


def _blocks(g: Geometry, most_pixels: int, split_columns: bool, others: Any = 1) -> tuple[list[Any], Any, Any]:
    """Extent (z, y, x) of the copy for one block of the output, and its lines and columns. `others`: the number of work
    items where one block is all."""
    extent = [maximum((t - 1) * abs(d) + 1, 0) for t, d in zip(g.taps, g.tap_step, strict=True)]
    columns = maximum(g.pixels[2], 1)
    if split_columns:
        most = 2 * BLOCK_ELEMENTS // maximum(g.channels * extent[0] * extent[1] * g.step[2], 1)
        columns = _even(columns, minimum(maximum(most, 48), most_pixels))
    extent[2] = extent[2] + (columns - 1) * g.step[2]
    line_elements = maximum(g.channels * extent[0] * extent[2], 1)

    def lines_in(elements: int) -> Any:
        return (elements // line_elements - extent[1]) // g.step[1] + 1
    lines = lines_in(BLOCK_ELEMENTS)
    if split_columns:  # a block of a few pixels reads too much weight for what it computes
        lines = maximum(lines, minimum(lines_in(8 * BLOCK_ELEMENTS), ceildiv(FEW_PIXELS, columns)))
    lines = minimum(lines, most_pixels // columns)
    lines = _even(maximum(g.pixels[1], 1), maximum(lines, 1))
    if split_columns:  # a few large blocks leave threads idle; reading a small weight more often costs less
        items = others * ceildiv(g.pixels[1], lines) * ceildiv(g.pixels[2], columns)
        fewer = maximum(ceildiv(lines * items, MOST_PARTS), ceildiv(LEAST_PIXELS, columns))
        few = all_of(items < MOST_PARTS, g.rows * g.depth <= 2 * BLOCK_ELEMENTS)
        lines = where(few, _even(maximum(g.pixels[1], 1), minimum(maximum(fewer, 1), lines)), lines)
    extent[1] = extent[1] + (lines - 1) * g.step[1]
    return extent, lines, columns


def _even(count: Any, most: Any) -> Any:
    """The size of blocks of at most `most` that divide `count` about evenly."""
    return ceildiv(count, ceildiv(count, most))


def _weight_places(g: Geometry) -> list[Any]:
    return [g.group_stride, g.row_stride, g.channel_stride, g.first, *g.tap_strides]


def convolve(b: Any, *, input: Any, weight: Any, bias: Any, out: Any, stride: Sequence[int], padding: Sequence[Any],
            dilation: Sequence[int], groups: int, epilogue: Epilogue | None = None) -> None:
    """input (N, C, *size), weight (M, C / groups, *kernel), bias (M) or None, out (N, M, *sizes). `epilogue` is what is
    done to the result before it is stored; `out` then has the dtype that it stores."""
    if name_of(input) == "bfloat16" and not b.target.bf16_dot:
        convolve(b, **_in_float32(b, input=input, weight=weight, bias=bias), out=out, stride=stride, padding=padding,
                 dilation=dilation, groups=groups, epilogue=_rounded(epilogue))
        return
    x, weight, bias = _contiguous(b, input, weight, bias)
    rank = len(stride)
    kernel = weight.shape[2:]
    channels, rows, taps = weight.shape[1], weight.shape[0] // groups, product(kernel)
    _carry_out(b, x, weight, bias, _destination(b, out, epilogue), Geometry(
        groups=groups, channels=channels, rows=rows, taps=three(kernel, 1), pixels=three(out.shape[2:], 1),
        step=three(stride, 1), origin=three([-p for p in padding], 0), tap_step=three(dilation, 1),
        out_origin=[0] * 3, out_step=[1] * 3, group_stride=rows * channels * taps, row_stride=channels * taps,
        channel_stride=taps, first=0, tap_strides=three([product(kernel[i + 1:]) for i in range(rank)], 1),
        columns="natural"))


def _contiguous(b: Any, *tensors: Any) -> list[Any]:
    return [None if t is None else b.contiguous(t) for t in tensors]


def _in_float32(b: Any, **tensors: Any) -> dict[str, Any]:
    """Copies of tensors (or None) in float32, in which they are computed with."""
    wide = {}
    for name, tensor in tensors.items():
        wide[name] = None if tensor is None else b.alloc("float32", tensor.shape)
        if tensor is not None:
            b.copy(wide[name], tensor)
    return wide


def convolve_transposed(b: Any, *, input: Any, weight: Any, bias: Any, out: Any, stride: Sequence[int],
                        padding: Sequence[Any], dilation: Sequence[int], groups: int,
                        epilogue: Epilogue | None = None) -> None:
    """The transpose of `convolve`: input (N, M, *in), weight (M, C / groups, *kernel), out (N, C, *sizes). There may be
    an epilogue where all strides are 1.

    It is the gradient of a convolution with respect to its input, and conv_transpose. The positions of the result
    fall into residue classes of the stride; each is an ordinary convolution of stride one with some of the taps,
    which meet the input backwards. Strides with very many classes are carried out otherwise.
    """
    strided = any(s != 1 for s in stride)
    if name_of(input) == "bfloat16" and (not b.target.bf16_dot or strided):
        # With a stride each class writes a part of the result, which is then rounded as a whole.
        result = b.alloc("float32", out.shape) if strided else out
        convolve_transposed(b, **_in_float32(b, input=input, weight=weight, bias=bias), out=result, stride=stride,
                            padding=padding, dilation=dilation, groups=groups,
                            epilogue=None if strided else _rounded(epilogue))
        if strided:
            b.copy(out, result)
        return
    x, weight, bias = _contiguous(b, input, weight, bias)
    sizes = out.shape[2:]
    rank = len(stride)
    kernel = weight.shape[2:]
    channels, rows, all_taps = weight.shape[0] // groups, weight.shape[1], product(kernel)
    to = _destination(b, out, epilogue)
    if math.prod(stride) > MOST_CLASSES:
        _transposed_by_taps(b, x, weight, bias, out, stride, padding, dilation, groups)
        return
    for residues in itertools.product(*(range(s) for s in stride)):
        taps, origin, pixels, tap_step, tap_strides = [], [], [], [], []
        first: Any = 0
        for i in range(rank):
            s, p, d = stride[i], padding[i], dilation[i]
            element = product(kernel[i + 1:])
            pixels.append(maximum(ceildiv(sizes[i] - residues[i], s), 0))
            start, period = _first_tap(residues[i] + p, s, d)
            tap_step.append(-(period * d // s))
            tap_strides.append(element * period)
            count = maximum(ceildiv(kernel[i] - start, period), 0)
            taps.append(where(start < 0, 0, count))
            start = maximum(start, 0)
            origin.append((p + (residues[i] - start * d)) // s)
            first = first + start * element
        _carry_out(b, x, weight, bias, to, Geometry(
            groups=groups, channels=channels, rows=rows, taps=three(taps, 1), pixels=three(pixels, 1), step=[1] * 3,
            origin=three(origin, 0), tap_step=three(tap_step, 1), out_origin=three(residues, 0),
            out_step=three(stride, 1), group_stride=channels * rows * all_taps, row_stride=all_taps,
            channel_stride=rows * all_taps, first=first, tap_strides=three(tap_strides, 1),
            columns="swapped" if all(s == 1 for s in stride) else "any"))


def _transposed_by_taps(b: Any, x: Any, weight: Any, bias: Any, out: Any, stride: Sequence[int],
                        padding: Sequence[Any], dilation: Sequence[int], groups: int) -> None:
    """The same for large strides: products of pixels and taps by a 1x1 convolution, then added by `conv_fold`."""
    kernel, pixels = weight.shape[2:], x.shape[2:]
    channels, rows, taps = weight.shape[0] // groups, weight.shape[1], product(kernel)
    products = b.alloc(x.dtype, [x.shape[0], groups * rows * taps, *pixels])
    _carry_out(b, x, weight, None, Destination(products), Geometry(
        groups=groups, channels=channels, rows=rows * taps, taps=[1] * 3, pixels=three(pixels, 1), step=[1] * 3,
        origin=[0] * 3, tap_step=[1] * 3, out_origin=[0] * 3, out_step=[1] * 3, group_stride=channels * rows * taps,
        row_stride=1, channel_stride=rows * taps, first=0, tap_strides=[1] * 3, columns="any"))
    planes, sizes = x.shape[0] * groups * rows, three(out.shape[2:], 1)
    b.launch(conv_fold.emit_conv_fold, {"type": type_of(x)}, [products, out if bias is None else bias, out],
             [groups * rows, *three(pixels, 1), *three(kernel, 1), *three(stride, 1), *three(padding, 0),
              *three(dilation, 1), *sizes, int(bias is not None)],
             work=where(product(sizes) == 0, 0, planes), grain=maximum(16384 // maximum(product(sizes), 1), 1))


def _first_tap(position: Any, stride: int, dilation: int) -> tuple[Any, int]:
    """The least k with position - k * dilation a multiple of the stride (-1: none), and the period of such k."""
    period = stride // math.gcd(stride, dilation)
    found: Any = -1
    for k in reversed(range(period)):
        found = where((position + k * (stride - 1) * dilation) % stride == 0, k, found)  # never negative
    return found, period


def convolve_weight(b: Any, *, input: Any, upstream: Any, out: Any, stride: Sequence[int], padding: Sequence[Any],
                    dilation: Sequence[int], groups: int) -> None:
    """input (N, C, *size), upstream (N, M, *sizes), out (M, C / groups, *kernel)."""
    if name_of(input) == "bfloat16":
        result = b.alloc("float32", out.shape)
        convolve_weight(b, **_in_float32(b, input=input, upstream=upstream), out=result, stride=stride,
                        padding=padding, dilation=dilation, groups=groups)
        b.copy(out, result)
        return
    x, upstream = _contiguous(b, input, upstream)
    kernel = out.shape[2:]
    target = b.target
    type = type_of(x)
    itemsize = itemsize_of(type)
    lanes = target.lanes(itemsize)
    images = x.shape[0]
    channels, rows = x.shape[1] // groups, upstream.shape[1] // groups
    size, pixels, taps = three(x.shape[2:], 1), three(upstream.shape[2:], 1), three(kernel, 1)
    step, tap_step = three(stride, 1), three(dilation, 1)
    origin = three([-p for p in padding], 0)
    size, pixels = _as_one_line(taps, step, origin, size, pixels)
    tap_count, pixel_count = product(taps), product(pixels)
    extent = [maximum((q - 1) * s + (t - 1) * d + 1, 0)
              for q, s, t, d in zip(pixels, step, taps, tap_step, strict=True)]
    vectors = ceildiv(rows, lanes)
    integers = [images, groups, channels, rows, *size, *taps, *pixels, *step[:2], step_along_x(step, pixels),
                *origin, *tap_step]
    places = [0, 0, 0, *extent]

    few_rows = rows * 5 < vectors * (lanes * 3)
    along_pixels = _Conditional(b, few_rows)
    if along_pixels.possible:
        along_pixels.launch(
            conv_planes.emit_conv_planes_weight, {"type": type, "step_x": _static_step(step)}, [x, upstream, out],
            [*integers, *places], work=groups * channels, grain=1,
            scratch=conv_planes.weight_scratch_bytes(target, type, rows, tap_count, product(extent),
                                                      step_along_x(step, pixels)))
    along_rows = _Conditional(b, negated(few_rows))
    if along_rows.possible:
        columns = along_rows.alloc(x.dtype, [groups * vectors * lanes * images * pixel_count])
        along_rows.launch(conv_weight.emit_conv_lanes, {"type": type, "tile_vectors": 0}, [upstream, columns],
                          [images, groups, rows, pixel_count, groups * rows * pixel_count, rows * pixel_count],
                          work=groups * vectors * images, grain=_lanes_grain(pixel_count, lanes),
                          scratch=lanes * lanes * itemsize)
        most = minimum(1024 // maximum(tap_count, 1), BLOCK_ELEMENTS // maximum(product(extent), 1))
        blocks = maximum(ceildiv(channels, maximum(minimum(channels, most), 1)), 1)
        channel_block = maximum(ceildiv(channels, blocks), 1)
        image_block = maximum(minimum(512 // maximum(pixel_count, 1), images), 1)
        line_block = maximum(512 // maximum(pixels[2], 1), 1)
        tiles = ceildiv(vectors, len(conv_weight.tap_rows(target)))
        along_rows.launch(conv_weight.emit_conv_weight, {"type": type}, [x, columns, out],
                          [*integers, *extent, channel_block, image_block, line_block],
                          work=groups * tiles * ceildiv(channels, channel_block), grain=1,
                          scratch=conv_weight.scratch_bytes(target, type, channel_block, image_block, tap_count,
                                                            product(extent), pixels[0] * pixels[1]))
