"""Values at places of planes, and windows that cover a plane evenly (adaptive pooling)."""

from __future__ import annotations

from taeda.codegen.llvm import SIZES, Arguments, FunctionWriter, ModuleWriter, Value, is_float, names_of, vector
from taeda.codegen.target import Target
from taeda.codegen.templates.pool.windows import least, zero_fill

PLACES_INTEGERS = ("plane", "out_plane")
OUT_OF_RANGE = 1
ADAPTIVE_INTEGERS = ("size_z", "size_y", "size_x", "out_z", "out_y", "out_x")


def emit_places(target: Target, type: str = "float", mode: str = "take") -> str:
    """Mode "take": out[p, j] = x[p, places[p, j]]; "put": out[p, places[p, j]] += x[p, j], from zero, in order of j;
    "set": the same without adding, the last one stays.

    Operands: x, places (int64), out. A work item is a plane p. A place out of range is fault 1: (place, plane's size).
    """
    module = ModuleWriter(target)
    f = module.kernel()
    arguments = Arguments(f)
    n = names_of(f, arguments.integers, PLACES_INTEGERS)
    x, places, out = (arguments.data(k) for k in range(3))
    lanes = target.lanes(SIZES[type])

    def item(p: Value, code: Value) -> list[Value]:
        at = p * n["out_plane"]
        plane = p * n["plane"]
        if mode != "take":
            zero_fill(f, type, lanes, f.index(out, type, plane), n["plane"])

        def one(j: Value, code: Value) -> list[Value]:
            place = f.load("i64", f.index(places, "i64", at + j))
            inside = f.emit("i1", f"icmp ult {place}, {n['plane'].text}")

            def good() -> None:
                if mode == "take":
                    f.store(f.load(type, f.index(x, type, plane + place)), f.index(out, type, at + j))
                else:
                    to = f.index(out, type, plane + place)
                    value = f.load(type, f.index(x, type, at + j))
                    f.store(f.load(type, to) + value if mode == "put" else value, to)

            def bad() -> None:
                f.store(place, arguments.fault)
                f.store(n["plane"], f.at(arguments.fault, 8))
            f.branch(inside, good, bad)
            return [f.select(inside, code, OUT_OF_RANGE)]
        return f.loop(0, n["out_plane"], one, carry=[code])

    (code,) = f.loop(f["begin"], f["end"], item, carry=[f.constant(0)])
    f.ret(code)
    return module.text()


def _window(f: FunctionWriter, n: dict[str, Value], axis: str, at: Value) -> tuple[Value, Value]:
    size, out = n[f"size_{axis}"], n[f"out_{axis}"]
    return at * size // out, f.ceil_div((at + 1) * size, out)


def _outputs(f: FunctionWriter, n: dict[str, Value], body: object) -> None:
    """Calls body(number of the output, windows of z, y, x) for all outputs of a plane."""
    def at_z(z: Value) -> None:
        def at_y(y: Value) -> None:
            def at_x(x: Value) -> None:
                number = (z * n["out_y"] + y) * n["out_x"] + x
                body(number, *(_window(f, n, axis, at) for axis, at in  # type: ignore[operator]
                               zip("zyx", (z, y, x), strict=True)))
            f.loop(0, n["out_x"], at_x)
        f.loop(0, n["out_y"], at_y)
    f.loop(0, n["out_z"], at_z)


def emit_adaptive_avg(target: Target, type: str = "float", gradient: bool = False) -> str:
    """Operands: x, out; or upstream, gradient of x. A work item is a plane.

    The window of output i spans floor(i * size / out) to ceil((i + 1) * size / out).
    """
    module = ModuleWriter(target)
    f = module.kernel()
    arguments = Arguments(f)
    n = names_of(f, arguments.integers, ADAPTIVE_INTEGERS)
    source, out = arguments.data(0), arguments.data(1)
    size = SIZES[type]
    lanes = target.lanes(size)
    vec = vector(lanes, type)
    plane_size = n["size_z"] * n["size_y"] * n["size_x"]
    out_plane = n["out_z"] * n["out_y"] * n["out_x"]
    x_plane, y_plane = (out, source) if gradient else (source, out)
    whole_lines = n["out_x"].equals(1)  # then the lines of a window are one long line

    def item(p: Value) -> None:
        plane = f.index(x_plane, type, p * plane_size)
        if gradient:
            zero_fill(f, type, lanes, plane, plane_size)

        def one(number: Value, zs: tuple[Value, Value], ys: tuple[Value, Value], xs: tuple[Value, Value]) -> None:
            result = f.index(y_plane, type, p * out_plane + number)
            count = (zs[1] - zs[0]) * (ys[1] - ys[0]) * (xs[1] - xs[0])
            divisor = f.cast("sitofp", count, type)
            lines = f.select(whole_lines, 1, ys[1] - ys[0])
            length = f.select(whole_lines, (ys[1] - ys[0]) * n["size_x"], xs[1] - xs[0])
            if gradient:
                share = f.load(type, result) / divisor
                shares = f.splat(share, lanes)

            def line(z: Value, y: Value, *total: Value) -> list[Value]:
                start = f.index(plane, type, (z * n["size_y"] + ys[0] + y) * n["size_x"] + xs[0])
                whole = length - length % lanes
                if gradient:
                    f.loop(0, whole, lambda k: f.store(f.load(vec, f.index(start, type, k)) + shares,
                                                       f.index(start, type, k)), step=lanes)
                    f.loop(whole, length, lambda k: f.store(f.load(type, f.index(start, type, k)) + share,
                                                            f.index(start, type, k)))
                    return []
                # Four sums, so that additions need not wait for each other.
                much = whole - whole % (4 * lanes)
                sums = f.loop(0, much, lambda k, *s: [
                    s[v] + f.load(vec, f.at(f.index(start, type, k), v * lanes * size)) for v in range(4)],
                    step=4 * lanes, carry=total)
                (first,) = f.loop(much, whole, lambda k, s: [s + f.load(vec, f.index(start, type, k))], step=lanes,
                                  carry=sums[:1])
                mask = f.lane_range(lanes, f.constant(0), length - whole)
                rest = f.masked_load(vec, f.index(start, type, whole), mask, f.constant(0, vec))
                return [first, sums[1] + rest, *sums[2:]]

            start = [] if gradient else [f.constant(0, vec)] * 4
            sums = f.loop(zs[0], zs[1], lambda z, *s: f.loop(
                0, lines, lambda y, *t: line(z, y, *t), carry=s), carry=start)
            if gradient:
                return
            total = (sums[0] + sums[1]) + (sums[2] + sums[3])
            width = lanes
            while width > 1:
                width //= 2
                total = f.shuffle(total, total, range(width)) + f.shuffle(total, total, range(width, 2 * width))
            f.store(f.extract(total, 0) / divisor, result)

        _outputs(f, n, one)

    f.loop(f["begin"], f["end"], item)
    f.ret(0)
    return module.text()


def emit_adaptive_max(target: Target, type: str = "float") -> str:
    """Operands: x, out, places (int64). A work item is a plane. NaN wins, the last one; among equals the first."""
    module = ModuleWriter(target)
    f = module.kernel()
    arguments = Arguments(f)
    n = names_of(f, arguments.integers, ADAPTIVE_INTEGERS)
    source, out, places = (arguments.data(k) for k in range(3))
    plane_size = n["size_z"] * n["size_y"] * n["size_x"]
    out_plane = n["out_z"] * n["out_y"] * n["out_x"]

    def item(p: Value) -> None:
        plane = f.index(source, type, p * plane_size)

        def one(number: Value, zs: tuple[Value, Value], ys: tuple[Value, Value], xs: tuple[Value, Value]) -> None:
            first = (zs[0] * n["size_y"] + ys[0]) * n["size_x"] + xs[0]

            def at(z: Value, y: Value, x: Value, best: Value, place: Value) -> list[Value]:
                here = (z * n["size_y"] + y) * n["size_x"] + x
                value = f.load(type, f.index(plane, type, here))
                if is_float(type):
                    more = f.emit("i1", f"fcmp ogt {value}, {best.text}")
                    more = more | f.emit("i1", f"fcmp uno {value}, {value.text}")
                else:
                    more = value > best
                return [f.select(more, value, best), f.select(more, here, place)]

            best, place = f.loop(zs[0], zs[1], lambda z, *b: f.loop(ys[0], ys[1], lambda y, *c: f.loop(
                xs[0], xs[1], lambda x, *d: at(z, y, x, *d), carry=c), carry=b),
                carry=[f.constant(least(type), type), first])
            f.store(best, f.index(out, type, p * out_plane + number))
            f.store(place, f.index(places, "i64", p * out_plane + number))

        _outputs(f, n, one)

    f.loop(f["begin"], f["end"], item)
    f.ret(0)
    return module.text()
