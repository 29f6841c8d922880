"""Pooling over windows in one to three dimensions: maxima with their places, means, and the gradients of both.

A window is placed at q * step - padding and has taps at multiples of the dilation. Planes (z, y, x) are the work items.
Some lines of a plane at a time are copied with their padding, filled with what changes no result (the least number, or
zero), so that vectors along x need no masks; vectors run along the output's x.
"""

from __future__ import annotations

from typing import Any

from taeda.codegen.llvm import SIZES, Arguments, FunctionWriter, ModuleWriter, Value, is_float, names_of, vector
from taeda.codegen.target import Target
from taeda.codegen.templates.conv.planes import load_spaced
from taeda.codegen.templates.conv.weight import emit_padded_copy

INTEGERS = (
    "planes",
    "size_z", "size_y", "size_x",
    "taps_z", "taps_y", "taps_x",
    "step_z", "step_y", "step_x",
    "padding_z", "padding_y", "padding_x",
    "tap_step_z", "tap_step_y", "tap_step_x",
    "out_z", "out_y", "out_x",
    "extent_z", "extent_y", "extent_x",  # of the copy for one block of lines
    "line_block",
    "include_padding", "divisor",  # of means: whether padding counts; a divisor for all, or 0
)
NO_PLACE = -(1 << 31)


def scratch_bytes(target: Target, type: str, extent: Any, taps: Any, step: Any) -> Any:
    """`extent`: elements of the copy; `step` along x: a vector may reach behind the copy by its own length."""
    size = SIZES[type]
    lanes = target.lanes(size)
    return (extent + (step + 2) * lanes) * size + taps * 16 + lanes * (size + 8) + 192


def least(type: str) -> float | int:
    return float("-inf") if is_float(type) else -(1 << (8 * SIZES[type] - 1))


class _Windows:
    """What all kernels over windows do: walk planes, blocks of lines and vectors of the output."""

    def __init__(self, target: Target, type: str, step_x: int, fill: float | int) -> None:
        self.module = ModuleWriter(target)
        self.type, self.step_x, self.size = type, step_x, SIZES[type]
        self.lanes = target.lanes(self.size)
        self.vec = vector(self.lanes, type)
        self.copy = emit_padded_copy(self.module, type, fill)
        self.f = f = self.module.kernel()
        self.arguments = Arguments(f)
        self.n = n = names_of(f, self.arguments.integers, INTEGERS)
        self.taps = n["taps_z"] * n["taps_y"] * n["taps_x"]
        self.plane = n["size_z"] * n["size_y"] * n["size_x"]
        self.out_lines = n["out_z"] * n["out_y"]
        self.out_plane = self.out_lines * n["out_x"]
        # Scratch: a vector of values and one of places, (offset in the copy, place in the plane) of taps, the copy.
        self.spare = self.arguments.scratch
        self.spare_places = f.at(self.spare, self.lanes * self.size)
        self.table = f.at(self.spare_places, self.lanes * 8)
        self.padded = f.at(self.table, (self.taps * 16 + 63) // 64 * 64)
        self.line_bytes = n["extent_x"] * self.size
        self.fill_table()

    def fill_table(self) -> None:
        f, n = self.f, self.n

        def at_z(z: Value, to: Value) -> list[Value]:
            def at_y(y: Value, to: Value) -> list[Value]:
                def at_x(x: Value, to: Value) -> list[Value]:
                    dz, dy, dx = z * n["tap_step_z"], y * n["tap_step_y"], x * n["tap_step_x"]
                    f.store(((dz * n["extent_y"] + dy) * n["extent_x"] + dx) * self.size, to)
                    f.store((dz * n["size_y"] + dy) * n["size_x"] + dx, f.at(to, 8))
                    return [f.at(to, 16)]
                return f.loop(0, n["taps_x"], at_x, carry=[to])
            return f.loop(0, n["taps_y"], at_y, carry=[to])
        f.loop(0, n["taps_z"], at_z, carry=[self.table])

    def walk(self, source: Value | None, line: Any, before: Any = None) -> None:
        """Calls line(plane, z, y, pointer in the copy) for each line of the output, the copy being of `source`."""
        f, n = self.f, self.n

        def item(plane: Value) -> None:
            if before is not None:
                before(plane)

            def at_z(z: Value) -> None:
                def block(first: Value) -> None:
                    if source is not None:
                        f.call(self.copy, f.index(source, self.type, plane * self.plane), self.padded, 1,
                               n["size_z"], n["size_y"], n["size_x"], z * n["step_z"] - n["padding_z"],
                               first * n["step_y"] - n["padding_y"], -n["padding_x"],
                               n["extent_z"], n["extent_y"], n["extent_x"])
                    count = f.minimum(n["line_block"], n["out_y"] - first)
                    f.loop(0, count, lambda k: line(plane, z, first + k,
                                                    f.at(self.padded, k * n["step_y"] * self.line_bytes)))
                f.loop(0, n["out_y"], block, step=n["line_block"])
            f.loop(0, n["out_z"], at_z)

        f.loop(f["begin"], f["end"], item)

    def vectors(self, body: Any, overlapping: bool) -> None:
        """Calls body(first x) for the vectors of a line; if `overlapping`, the last one is moved back to be whole."""
        f, n = self.f, self.n
        if not overlapping:
            f.loop(0, n["out_x"], body, step=self.lanes)
            return
        f.loop(0, f.ceil_div(n["out_x"], self.lanes), lambda v: body(
            f.maximum(f.minimum(v * self.lanes, n["out_x"] - self.lanes), f.constant(0))))

    def load_tap(self, base: Value, entry: Value) -> Value:
        return load_spaced(self.f, self.type, self.lanes, f_at(self.f, base, entry), self.step_x,
                           self.n["step_x"] * self.size)

    def write(self, value: Value, pointer: Value) -> None:
        """Stores a vector of a line, or as much of it as the line is long."""
        f, n = self.f, self.n
        mask = f.lane_range(self.lanes, f.constant(0), n["out_x"])
        f.branch(n["out_x"] >= self.lanes, lambda: f.store(value, pointer),
                 lambda: f.masked_store(value, pointer, mask))


def f_at(f: FunctionWriter, base: Value, entry: Value) -> Value:
    return f.at(base, f.load("i64", entry))


def emit_max_pool(target: Target, type: str = "float", mode: str = "values", step_x: int = 1) -> str:
    """Operands for mode "values": x, out; "indices": x, out, places (int64, in the plane); "gradient": x, upstream,
    gradient of x. `type` may be i32 or i64 too; `step_x` is 1, 2, or 0 for any.

    NaN wins, the last one; among equals the first. A window of the least numbers alone has the place of its first
    element. Places are counted in 32 bits while they are looked for: planes must not have more elements than that.
    """
    w = _Windows(target, type, step_x, least(type))
    f, n = w.f, w.n
    data = [w.arguments.data(k) for k in range(2 if mode == "values" else 3)]
    places_type = vector(w.lanes, "i32")

    def line(plane: Value, z: Value, y: Value, lines: Value) -> None:
        out_at = plane * w.out_plane + (z * n["out_y"] + y) * n["out_x"]
        # Where the first tap of the first window of this line would stand in the plane.
        corner = (((z * n["step_z"] - n["padding_z"]) * n["size_y"] + y * n["step_y"] - n["padding_y"]) * n["size_x"]
                  - n["padding_x"])

        def one(x: Value) -> None:
            base = f.at(lines, x * n["step_x"] * w.size)
            start = [f.constant(least(type), w.vec)]
            if mode != "values":
                start.append(f.constant(NO_PLACE, places_type))

            def tap(k: Value, best: Value, *place: Value) -> list[Value]:
                entry = f.at(w.table, k * 16)
                value = w.load_tap(base, entry)
                if is_float(type):
                    mask_type = vector(w.lanes, "i1")
                    more = f.emit(mask_type, f"fcmp ogt {value}, {best.text}")
                    strange = f.emit(mask_type, f"fcmp uno {value}, {value.text}")
                    more = more | strange
                else:
                    more = value > best
                new = [f.select(more, value, best)]
                if place:
                    here = f.splat_i32(f.load("i64", f.at(entry, 8)), w.lanes)
                    new.append(f.select(more, here, place[0]))
                return new

            found = f.loop(0, w.taps, tap, carry=start)
            if mode == "values":
                w.write(found[0], f.index(data[1], type, out_at + x))
                return
            shift = f.iota(w.lanes, type="i32") * f.splat_i32(n["step_x"], w.lanes)
            place = found[1] + shift + f.splat_i32(corner + x * n["step_x"], w.lanes)
            missing = found[1].equals(NO_PLACE)
            bits = f.emit(f"i{w.lanes}", f"bitcast {missing} to i{w.lanes}")
            any_missing = f.emit("i1", f"icmp ne {bits}, 0")
            f.store(place, w.spare_places)
            f.branch(any_missing, lambda: first_places(z, y, x, missing))
            count = f.minimum(n["out_x"] - x, f.constant(w.lanes))
            if mode == "indices":
                w.write(found[0], f.index(data[1], type, out_at + x))
                f.loop(0, count, lambda k: f.store(
                    f.cast("sext", f.load("i32", f.index(w.spare_places, "i32", k)), "i64"),
                    f.index(data[2], "i64", out_at + x + k)))
                return

            def scatter(k: Value) -> None:
                where = f.cast("sext", f.load("i32", f.index(w.spare_places, "i32", k)), "i64")
                to = f.index(data[2], type, plane * w.plane + where)
                f.store(f.load(type, to) + f.load(type, f.index(data[1], type, out_at + x + k)), to)
            f.loop(0, count, scatter)

        w.vectors(one, overlapping=mode != "gradient")

    def first_places(z: Value, y: Value, x: Value, missing: Value) -> None:
        """For the windows where nothing was more than the least number: the place of the first element inside."""
        flags = f.emit(vector(w.lanes, "i8"), f"zext {missing} to {vector(w.lanes, 'i8')}")
        f.store(flags, w.spare)

        def lane(k: Value) -> None:
            def fix() -> None:
                where = None
                for axis, at in (("z", z), ("y", y), ("x", x + k)):
                    start = at * n[f"step_{axis}"] - n[f"padding_{axis}"]
                    skipped = f.ceil_div(f.maximum(-start, f.constant(0)), n[f"tap_step_{axis}"])
                    inside = f.minimum(start + skipped * n[f"tap_step_{axis}"], n[f"size_{axis}"] - 1)
                    where = inside if where is None else where * n[f"size_{axis}"] + inside
                assert where is not None
                f.store(f.cast("trunc", where, "i32"), f.index(w.spare_places, "i32", k))
            f.branch(f.load("i8", f.index(w.spare, "i8", k)).differs(0), fix)
        f.loop(0, w.lanes, lane)

    def clear(plane: Value) -> None:
        zero_fill(f, type, w.lanes, f.index(data[2], type, plane * w.plane), w.plane)

    w.walk(data[0], line, clear if mode == "gradient" else None)
    f.ret(0)
    return w.module.text()


def zero_fill(f: FunctionWriter, type: str, lanes: int, pointer: Value, count: Value) -> None:
    zero = f.constant(0, vector(lanes, type))
    whole = count - count % lanes
    f.loop(0, whole, lambda k: f.store(zero, f.index(pointer, type, k)), step=lanes)
    f.loop(whole, count, lambda k: f.store(f.constant(0, type), f.index(pointer, type, k)))


def _extent(f: FunctionWriter, n: dict[str, Value], axis: str, at: Value) -> Value:
    """How many elements count along one axis for the window at `at`."""
    start = at * n[f"step_{axis}"] - n[f"padding_{axis}"]
    stop = f.minimum(start + n[f"taps_{axis}"], n[f"size_{axis}"] + n[f"padding_{axis}"])
    inner = f.minimum(stop, n[f"size_{axis}"]) - f.maximum(start, f.constant(0))
    return f.select(n["include_padding"].differs(0), stop - start, inner)


def _divisors(w: _Windows, zy: Value, x: Value) -> Value:
    """The numbers to divide by, for the vector of windows at x; `zy`: the extent of the other axes together."""
    f, n = w.f, w.n
    places = vector(w.lanes, "i32")
    start = (f.iota(w.lanes) * f.splat_i32(n["step_x"], w.lanes)
             + f.splat_i32(x * n["step_x"] - n["padding_x"], w.lanes))
    stop = f.minimum(start + f.splat_i32(n["taps_x"], w.lanes), f.splat_i32(n["size_x"] + n["padding_x"], w.lanes))
    inner = f.minimum(stop, f.splat_i32(n["size_x"], w.lanes)) - f.maximum(start, f.constant(0, places))
    include = n["include_padding"].differs(0)
    extent = f.emit(places, f"select {include}, {stop - start}, {inner}")
    counted = extent * f.splat_i32(zy, w.lanes)
    given = f.splat_i32(n["divisor"], w.lanes)
    chosen = n["divisor"].differs(0)
    divisor = f.emit(places, f"select {chosen}, {given}, {counted}")
    return f.cast("sitofp" if is_float(w.type) else "sext", divisor, w.vec)


def divided(f: FunctionWriter, value: Value, by: Value) -> Value:
    """The quotient; of integers rounded towards zero, and without a trap for the divisors 0 and -1."""
    if is_float(value.type):
        return value / by
    negative = by.equals(-1)
    safe = f.select(by.equals(0) | negative, f.constant(1, by.type), by)
    return f.select(negative, f.constant(0, value.type) - value, value / safe)


def emit_avg_pool(target: Target, type: str = "float", step_x: int = 1) -> str:
    """Operands: x, out."""
    w = _Windows(target, type, step_x, 0)
    f, n = w.f, w.n
    x_data, out = w.arguments.data(0), w.arguments.data(1)

    def line(plane: Value, z: Value, y: Value, lines: Value) -> None:
        out_at = plane * w.out_plane + (z * n["out_y"] + y) * n["out_x"]
        zy = _extent(f, n, "z", z) * _extent(f, n, "y", y)

        def one(x: Value) -> None:
            base = f.at(lines, x * n["step_x"] * w.size)
            (total,) = f.loop(0, w.taps, lambda k, total: [total + w.load_tap(base, f.at(w.table, k * 16))],
                              carry=[f.constant(0, w.vec)])
            w.write(divided(f, total, _divisors(w, zy, x)), f.index(out, type, out_at + x))

        w.vectors(one, overlapping=True)

    w.walk(x_data, line)
    f.ret(0)
    return w.module.text()


def emit_avg_pool_gradient(target: Target, type: str = "float", step_x: int = 1) -> str:
    """Operands: upstream, gradient of x. `extent` is that of the whole padded plane, `line_block` all lines."""
    w = _Windows(target, type, step_x, 0)
    back = emit_padded_copy(w.module, type, exact=True)
    f, n = w.f, w.n
    upstream, out = w.arguments.data(0), w.arguments.data(1)
    extent = n["extent_z"] * n["extent_y"] * n["extent_x"]

    def plane_of(plane: Value) -> None:
        zero_fill(f, type, w.lanes, w.padded, extent)

        def at_z(z: Value) -> None:
            def at_y(y: Value) -> None:
                line = f.at(w.padded, (z * n["step_z"] * n["extent_y"] + y * n["step_y"]) * w.line_bytes)
                zy = _extent(f, n, "z", z) * _extent(f, n, "y", y)
                at = plane * w.out_plane + (z * n["out_y"] + y) * n["out_x"]

                def one(x: Value) -> None:
                    count = f.minimum(n["out_x"] - x, f.constant(w.lanes))
                    mask = f.lane_range(w.lanes, f.constant(0), count)
                    g = f.masked_load(w.vec, f.index(upstream, type, at + x), mask, f.constant(0, w.vec))
                    g = f.select(mask, g / _divisors(w, zy, x), f.constant(0, w.vec))
                    f.store(g, w.spare)
                    base = f.at(line, x * n["step_x"] * w.size)
                    f.loop(0, w.taps, lambda k: spread(g, f_at(f, base, f.at(w.table, k * 16)), count))

                f.loop(0, n["out_x"], one, step=w.lanes)
            f.loop(0, n["out_y"], at_y)
        f.loop(0, n["out_z"], at_z)
        f.call(back, w.padded, f.index(out, type, plane * w.plane), 1, n["extent_z"], n["extent_y"], n["extent_x"],
               n["padding_z"], n["padding_y"], n["padding_x"], n["size_z"], n["size_y"], n["size_x"])

    def spread(g: Value, pointer: Value, count: Value) -> None:
        """Adds a vector to places `step_x` apart; lanes behind `count` are zero and may be added to anything."""
        if step_x == 1:
            f.store(f.load(w.vec, pointer) + g, pointer)
            return
        if step_x == 2:
            zero = f.constant(0, w.vec)
            for half in range(2):
                lanes = [half * (w.lanes // 2) + k // 2 if k % 2 == 0 else w.lanes + k for k in range(w.lanes)]
                place = f.at(pointer, half * w.lanes * w.size)
                f.store(f.load(w.vec, place) + f.shuffle(g, zero, lanes), place)
            return

        def one(k: Value) -> None:
            place = f.index(pointer, type, k * n["step_x"])
            f.store(f.load(type, place) + f.load(type, f.index(w.spare, type, k)), place)
        f.loop(0, count, one)

    f.loop(f["begin"], f["end"], plane_of)
    f.ret(0)
    return w.module.text()
