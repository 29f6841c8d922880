"""Where the results of a convolution go, and what is done to them there.

Kernels of convolutions end their operands with out. One with an epilogue has before it: sums, to which results are
written as they come (out itself, if it stores their dtype), and the extra operands of the epilogue; behind its integers
stand, for each of these, the strides between images, channels and pixels in bytes. Pixels of such a convolution lie in
out one after another.
"""

from __future__ import annotations

from taeda.codegen.llvm import SIZES, Arguments, FunctionWriter, ModuleWriter, Value
from taeda.codegen.templates.finish import finish_of, finish_rows
from taeda.ir.dtype import itemsize
from taeda.ir.loop import Expr

DTYPES = {"float": "float32", "double": "float64", "i32": "int32", "i64": "int64", "bfloat": "bfloat16"}
OUT = 3  # operands before: x, weight, bias


class Results:
    """What a kernel does with its results. They are of `type`; `integers` is the number of its other integers."""

    def __init__(self, module: ModuleWriter, type: str, integers: int, epilogue: Expr | None) -> None:
        self.type, self.integers = type, integers
        self.finish = None if epilogue is None else finish_of(epilogue, DTYPES[type])
        if self.finish is not None:
            size = 4 if type == "bfloat" else SIZES[type]
            self.function = finish_rows(module, self.finish, module.target.lanes(size))

    def start(self, f: FunctionWriter, arguments: Arguments, n: dict[str, Value]) -> Value:
        """In the kernel's function: where results are written to."""
        self.f, self.arguments = f, arguments
        self.plane = n["out_z"] * n["out_y"] * n["out_x"]
        self.channels = n["groups"] * n["rows"]
        self.sums = arguments.data(OUT)
        if self.finish is not None:
            count = len(self.finish.dtypes)
            self.extras = [(arguments.data(OUT + 1 + k), *(arguments.integer(self.integers + 3 * k + d)
                                                           for d in range(3))) for k in range(count)]
            self.out = arguments.data(OUT + 1 + count)
        return self.sums

    def finished(self, image: Value, channel: Value, pixel: Value, rows: Value, columns: Value,
                 kept: tuple[Value, Value] | None = None) -> None:
        """Finishes `columns` pixels, from `pixel` of the plane on, of `rows` channels from `channel` of all on. They
        are in sums, or else `kept` elsewhere: where, and bytes from channel to channel."""
        if self.finish is None:
            return
        f = self.f
        place = (image * self.channels + channel) * self.plane + pixel
        size, stored = itemsize(self.finish.dtype), itemsize(self.finish.value.dtype)
        sums, row = kept or (f.at(self.sums, place * size), self.plane * size)
        extras: list[Value] = []
        for base, by_image, by_channel, by_pixel in self.extras:
            extras += [f.at(base, image * by_image + channel * by_channel + pixel * by_pixel), by_channel, by_pixel]
        f.call(self.function, sums, row, f.at(self.out, place * stored), self.plane * stored, *extras, f.constant(1),
               self.arguments.scalars, rows, columns)
