"""Adds up the products of a transposed convolution of large stride where they belong.

For strides with many residue classes `conv_plan.transposed` first multiplies every pixel with all taps, and this adds
the results: out[n, c, q * step + t * tap_step - padding] is the sum of products[n, c, t, q], plus bias[c].
"""

from __future__ import annotations

from taeda.codegen.llvm import SIZES, Arguments, ModuleWriter, Value, names_of
from taeda.codegen.target import Target

INTEGERS = (
    "channels",
    "pixels_z", "pixels_y", "pixels_x",
    "taps_z", "taps_y", "taps_x",
    "step_z", "step_y", "step_x",
    "padding_z", "padding_y", "padding_x",
    "tap_step_z", "tap_step_y", "tap_step_x",
    "out_z", "out_y", "out_x",
    "has_bias",
)


def emit_conv_fold(target: Target, type: str = "float") -> str:
    """Operands: products, bias (or as many readable numbers), out. A work item is (image, channel)."""
    module = ModuleWriter(target)
    size = SIZES[type]
    f = module.kernel()
    arguments = Arguments(f)
    n = names_of(f, arguments.integers, INTEGERS)
    products, bias, out = (arguments.data(k) for k in range(3))
    pixels = n["pixels_z"] * n["pixels_y"] * n["pixels_x"]
    taps = n["taps_z"] * n["taps_y"] * n["taps_x"]
    plane = n["out_z"] * n["out_y"] * n["out_x"]

    def item(index: Value) -> None:
        to = f.index(out, type, index * plane)
        number = f.load(type, f.index(bias, type, index % n["channels"]))
        first = f.select(n["has_bias"].differs(0), number, f.constant(0, type))
        f.loop(0, plane, lambda k: f.store(first, f.index(to, type, k)))
        source = f.index(products, type, index * taps * pixels)

        def spot(axis: str, q: Value, t: Value) -> Value:
            return q * n[f"step_{axis}"] + t * n[f"tap_step_{axis}"] - n[f"padding_{axis}"]

        def at_tap(tz: Value, ty: Value, tx: Value) -> None:
            tap = f.index(source, type, ((tz * n["taps_y"] + ty) * n["taps_x"] + tx) * pixels)

            def line(qz: Value, qy: Value) -> None:
                z, y = spot("z", qz, tz), spot("y", qy, ty)

                def add() -> None:
                    row = f.index(to, type, (z * n["out_y"] + y) * n["out_x"])
                    from_row = f.index(tap, type, (qz * n["pixels_y"] + qy) * n["pixels_x"])
                    # The q whose place is in the line.
                    start = spot("x", f.constant(0), tx)
                    low = f.ceil_div(f.maximum(-start, f.constant(0)), n["step_x"])
                    high = f.ceil_div(f.maximum(n["out_x"] - start, f.constant(0)), n["step_x"])

                    def one(q: Value, place: Value) -> list[Value]:
                        f.store(f.load(type, place) + f.load(type, f.index(from_row, type, q)), place)
                        return [f.at(place, n["step_x"] * size)]
                    f.loop(low, f.minimum(high, n["pixels_x"]), one,
                           carry=[f.index(row, type, start + low * n["step_x"])])
                f.branch((z >= 0) & (z < n["out_z"]) & (y >= 0) & (y < n["out_y"]), add)

            f.loop(0, n["pixels_z"], lambda qz: _nothing(f.loop(0, n["pixels_y"], lambda qy: line(qz, qy))))

        f.loop(0, n["taps_z"], lambda tz: _nothing(f.loop(0, n["taps_y"], lambda ty: _nothing(
            f.loop(0, n["taps_x"], lambda tx: at_tap(tz, ty, tx))))))

    f.loop(f["begin"], f["end"], item)
    f.ret(0)
    return module.text()


def _nothing(_: object) -> None:
    return None
