"""Products of coded weights (coded.py) with inputs that are rounded to 8 bits too, in whole numbers.

Along K inputs come in *steps*, which share a scale and divide the groups of the weight. Inside a step the sum of code
times input is exact, in int32; then

    out[m, n] = fma(float(sum), scale_of_input * scale_of_weight, out[m, n])

step after step from zero, and with offsets also fma(float(sum of inputs), scale_of_input * offset, out[m, n]). So the
bits are the same for any number of rows, and on all processors that add and multiply in one rounding.

Four neighbours along K of one column lie in the four bytes of a lane, as vpdpbusd wants them (AVX-512 with VNNI); AVX2
multiplies them two by two. For few rows the codes are brought into that order in registers; for more rows once into
scratch, for all of them.

    operands   inputs int8 (M, K), their scales float32 and sums int32 (M, steps), codes, scales, [offsets],
               out float32 (M, panels * 32); all contiguous
    integers   M, K, step (a multiple of 8), group, panels
    work       panels
    scratch    scratch_bytes()
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from taeda.codegen import x86
from taeda.codegen.llvm import FunctionWriter, ModuleWriter, Value, vector
from taeda.codegen.target import Target
from taeda.codegen.templates.gemm.coded import PANEL, Format
from taeda.codegen.templates.gemm.pack import interleave
from taeda.codegen.templates.rows import Reader, load_wide, start_kernel
from taeda.ir.dtype import itemsize

THIN_ROWS = 4
_FOUR = 4  # neighbours along K in a lane
_DEPTH = 4096  # of K in scratch at a time
_AHEAD = 4096  # bytes that codes are asked for in advance: processors foresee less of one walk through memory


def scratch_bytes() -> int:
    return _DEPTH * PANEL


@dataclass(frozen=True)
class Arithmetic:
    """How a target adds products of bytes: `lanes` of int32, each with four bytes."""

    target: Target
    format: Format

    @property
    def lanes(self) -> int:
        if self.target.int8_dot:
            return 16
        return 8 if self.target.vector_bytes >= 32 else 4

    @property
    def vectors(self) -> int:
        return PANEL // self.lanes

    @property
    def shifts(self) -> int:
        """What is added to the codes to have them without sign, and is taken off the sums again."""
        if self.format.packed:
            return 0 if self.format.offsets else 8
        return 128 if self.target.int8_dot else 0

    @property
    def bytes(self) -> str:
        return vector(self.lanes * _FOUR, "i8")

    def tile(self, rows: int) -> tuple[int, int]:
        """Rows and vectors of sums that registers hold."""
        if self.lanes == 16:
            return min(rows, 8), 2
        return min(rows, 4), 4 if rows <= 2 else 2

    def prepared(self, codes: Value) -> Value:
        """Signed codes as `add` takes them."""
        return codes ^ -128 if self.shifts == 128 else codes

    def add(self, f: FunctionWriter, total: Value, codes: Value, inputs: Value) -> Value:
        if self.target.int8_dot:
            return x86.dot_fours(f, total, codes, inputs)
        if self.lanes == 8 and self.format.packed:
            return x86.dot_fours_of_small(f, total, codes, inputs)
        if self.lanes == 8:
            size = f.intrinsic("llvm.abs", codes, extra="i1 false")
            return x86.dot_fours_of_small(f, total, size, x86.with_sign_of(f, inputs, codes))
        return self.add_one_by_one(f, total, codes, inputs)

    def add_one_by_one(self, f: FunctionWriter, total: Value, codes: Value, inputs: Value) -> Value:
        fours = [f.cast("bitcast", x, vector(self.lanes, "i32")) for x in (codes, inputs)]
        for k in range(_FOUR):
            a, b = (x.shl(24 - 8 * k).ashr(24) for x in fours)
            total = total + a * b
        return total


def in_fours_of(f: FunctionWriter, unit: Value, first: int) -> Value:
    """Lanes of four neighbours along K (`interleave`) of 16 columns from byte `first` of rows on, where `unit` is the
    four rows one after the other.

    In two steps, as AVX-512 has instructions for: words of four columns between the registers, then bytes inside of
    quarters of them.
    """
    words = f.cast("bitcast", unit, vector(unit.lanes // 4, "i32"))
    row = words.lanes // _FOUR
    words = x86.words_at(f, words, [k * row + first // 4 + quarter for quarter in range(4) for k in range(_FOUR)])
    return f.cast("bitcast", words, vector(64, "i8")).shuffled(
        [16 * quarter + 4 * k + c for quarter in range(4) for c in range(4) for k in range(_FOUR)])


class Codes:
    """A panel of codes that are brought into order while they are read."""

    def __init__(self, a: Arithmetic) -> None:
        self.a, self.unit = a, _FOUR * a.format.row_bytes

    def vectors(self, f: FunctionWriter, place: Value, which: range) -> list[Value]:
        a, format, found = self.a, self.a.format, []
        ordered: dict[int, Value] = {}
        for v in which:
            column = v * a.lanes
            at = column % format.row_bytes
            if at not in ordered:
                if a.lanes == 16:
                    ordered[at] = in_fours_of(f, f.load(vector(self.unit, "i8"), place), at)
                else:
                    rows = [f.at(place, k * format.row_bytes + at) for k in range(_FOUR)]
                    ordered[at] = interleave(f, [f.load(vector(a.lanes, "i8"), row) for row in rows])
            value = ordered[at]
            if format.packed:
                words = f.cast("bitcast", value, vector(a.lanes, "i32"))
                words = words.lshr(4) if column >= format.row_bytes else words
                value = f.cast("bitcast", words & 0x0F0F0F0F, a.bytes)
            found.append(a.prepared(value))
        return found


class Ordered:
    """A panel in scratch, in order."""

    def __init__(self, a: Arithmetic) -> None:
        self.a, self.unit = a, _FOUR * PANEL

    def vectors(self, f: FunctionWriter, place: Value, which: range) -> list[Value]:
        return [f.load(self.a.bytes, f.at(place, v * self.a.lanes * _FOUR)) for v in which]


Source = Codes | Ordered


def tile(module: ModuleWriter, a: Arithmetic, source: Source, rows: int, which: range) -> FunctionWriter:
    """Some rows by some vectors of a panel, for the steps from `first` to `stop`, of which there are `steps` in all.

    inputs, out: the first row, for k = 0. weight: the panel's codes, for the step `first`. scales, offsets: all of the
    panel.
    go_on: 0 to start from zero.
    """
    f = module.function(f"tile_{rows}x{which.start}_{which.stop}_{type(source).__name__}", [
        ("ptr", "inputs"), ("i64", "inputs_row"), ("ptr", "input_scales"), ("ptr", "sums"), ("i64", "steps"),
        ("ptr", "weight"), ("ptr", "scales"), ("ptr", "offsets"), ("i64", "step"), ("i64", "in_group"),
        ("i64", "first"), ("i64", "stop"), ("ptr", "out"), ("i64", "out_row"), ("i64", "go_on")])
    lanes, size, scale = a.lanes, itemsize(a.format.scale), a.format.scale
    inputs = [f.at(f["inputs"], f["inputs_row"] * r) for r in range(rows)]
    outs = [f.at(f.at(f["out"], f["out_row"] * r), v * lanes * 4) for r in range(rows) for v in which]
    units = f["step"] // _FOUR
    # Of one row several sums advance side by side, as each addition waits for the one before.
    chains = 2 if rows == 1 else 1
    whole_type = vector(lanes, "i32")
    start = f["go_on"].differs(0)
    totals = f.branch(start, lambda: [f.load(vector(lanes, "float"), p) for p in outs],
                      lambda: [f.constant(0.0, vector(lanes, "float"))] * len(outs))

    def step(s: Value, *totals: Value) -> list[Value]:
        row_steps = [(f["steps"] * r + s) * 4 for r in range(rows)]
        of_inputs = [f.load("i32", f.at(f["sums"], place)) for place in row_steps]
        begin = [f.splat(x * -a.shifts, lanes) if a.shifts else f.constant(0, whole_type) for x in of_inputs]
        zero = f.constant(0, whole_type)
        weight = f.at(f["weight"], (s - f["first"]) * units * source.unit)
        first_input = s * f["step"]

        def some(u: Value, *sums: Value) -> list[Value]:
            new = list(sums)
            if isinstance(source, Codes):
                coming = f.at(weight, u * source.unit + _AHEAD)
                for line in range(0, chains * source.unit, 64):
                    f.prefetch(f.at(coming, line), 3)
            for c in range(chains):
                columns = source.vectors(f, f.at(weight, (u + c) * source.unit), which)
                for r in range(rows):
                    four = f.splat(f.load("i32", f.at(inputs[r], first_input + (u + c) * _FOUR), 1), lanes)
                    four = f.cast("bitcast", four, a.bytes)
                    for n, column in enumerate(columns):
                        k = (c * rows + r) * len(which) + n
                        new[k] = a.add(f, new[k], column, four)
            return new

        sums = f.loop(0, units, some, step=chains, carry=[
            *(begin[r] for r in range(rows) for _ in which), *[zero] * ((chains - 1) * rows * len(which))])
        if chains == 2:
            half = len(sums) // 2
            sums = [x + y for x, y in zip(sums[:half], sums[half:], strict=True)]
        group = s // f["in_group"]
        factors = [[load_wide(f, f.at(f[name], (group * PANEL + v * lanes) * size), scale, lanes) for v in which]
                   for name in ("scales", "offsets")[:1 + a.format.offsets]]
        found = []
        for r in range(rows):
            of_row = f.splat(f.load("float", f.at(f["input_scales"], row_steps[r])), lanes)
            for n in range(len(which)):
                k = r * len(which) + n
                total = f.fma(sums[k].convert("sitofp", "float"), of_row * factors[0][n], totals[k])
                if a.format.offsets:
                    whole = f.splat(of_inputs[r].convert("sitofp", "float"), lanes)
                    total = f.fma(whole, of_row * factors[1][n], total)
                found.append(total)
        return found

    totals = f.loop(f["first"], f["stop"], step, carry=totals)
    for total, place in zip(totals, outs, strict=True):
        f.store(total, place)
    f.ret()
    return f


def order(module: ModuleWriter, a: Arithmetic) -> FunctionWriter:
    """Codes of a panel, `units` fours of them along K, into scratch as `Ordered` wants them."""
    f = module.function("order", [("ptr", "codes"), ("ptr", "panel"), ("i64", "units")])
    codes, ordered, every = Codes(a), Ordered(a), range(a.vectors)

    def unit(u: Value) -> None:
        for v, value in enumerate(codes.vectors(f, f.at(f["codes"], u * codes.unit), every)):
            f.store(value, f.at(f["panel"], u * ordered.unit + v * a.lanes * _FOUR))
    f.loop(0, f["units"], unit)
    f.ret()
    return f


def emit_rounded(target: Target, packed: bool, scale: str, offsets: bool) -> str:
    """LLVM IR of the kernel for any number of rows."""
    module, f, arguments = start_kernel(target)
    a = Arithmetic(target, Format(packed, scale, offsets))
    read = Reader(f, arguments)
    rows, K, step, group, panels = read.many(5)
    inputs, input_scales, sums, codes, scales = (arguments.data(n) for n in range(5))
    all_offsets = arguments.data(5) if offsets else scales
    out = arguments.data(6 if offsets else 5)
    steps, groups = K // step, K // group
    panel_factors = groups * (PANEL * itemsize(scale))
    in_order = order(module, a)

    def tiles(source: Source, count: int) -> list[FunctionWriter]:
        """For `count` rows, by all vectors."""
        wide = a.tile(count)[1]
        return [tile(module, a, source, count, range(first, min(first + wide, a.vectors)))
                for first in range(0, a.vectors, wide)]

    def some_rows(panel: Value, functions: list[FunctionWriter], weight: Value, row: Value, first: Value,
                  stop: Value) -> None:
        for function in functions:
            f.call(function, f.at(inputs, row * K), K, f.at(input_scales, row * steps * 4), f.at(sums, row * steps * 4),
                   steps, weight, f.at(scales, panel * panel_factors), f.at(all_offsets, panel * panel_factors), step,
                   group // step, first, stop, f.at(out, (row * panels + panel) * (PANEL * 4)), panels * (PANEL * 4),
                   first)

    def by_heights(source: Source, heights: list[int]) -> Callable[[Value, Value, Value, Value], None]:
        """All rows: as many as go by the first height, the others by the next."""
        functions = [(height, tiles(source, height)) for height in heights]

        def run(panel: Value, weight: Value, first: Value, stop: Value) -> None:
            done = f.constant(0)
            for height, some in functions:
                end = done + (rows - done) // height * height
                f.loop(done, end, lambda r, some=some: some_rows(panel, some, weight, r, first, stop), step=height)
                done = end
        return run

    heights = [4, 2, 1]
    few = by_heights(Codes(a), [4, 3, 2, 1])
    many = by_heights(Ordered(a), [8, *heights] if a.tile(8)[0] == 8 else heights)

    def panel(n: Value) -> None:
        start = f.at(codes, n * K * a.format.row_bytes)

        def parts() -> None:
            most = f.maximum(f.constant(_DEPTH) // step, 1)

            def part(first: Value) -> None:
                stop = f.minimum(steps, first + most)
                f.call(in_order, f.at(start, first * step * a.format.row_bytes), arguments.scratch,
                       (stop - first) * step // _FOUR)
                many(n, arguments.scratch, first, stop)
            f.loop(0, steps, part, step=most)
        f.branch(rows <= THIN_ROWS, lambda: few(n, start, f.constant(0), steps), parts)

    f.loop(f["begin"], f["end"], panel)
    f.ret(0)
    return module.text()
