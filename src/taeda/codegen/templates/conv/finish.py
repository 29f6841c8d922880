"""Where the results of a convolution go, and what is done to them there.

Kernels of convolutions end their operands with out. One with an epilogue has before it: sums, to which results are
written as they come (out itself, if it stores their dtype), and the extra operands of the epilogue; behind its integers
stand, for each of these, the strides between images, channels and pixels in bytes. Pixels of such a convolution lie in
out one after another.
"""

from __future__ import annotations

from taeda.codegen.llvm import SIZES, Arguments, FunctionWriter, ModuleWriter, Value, vector
from taeda.codegen.scalars.convert import from_memory
from taeda.codegen.templates.finish import Finisher
from taeda.ir.loop import Expr

DTYPES = {"float": "float32", "double": "float64", "i32": "int32", "i64": "int64", "bfloat": "bfloat16"}
BIAS = 2  # operands before: x, weight
OUT = 3


def bias_number(f: FunctionWriter, type: str, place: Value, biased: Value) -> Value:
    """What is added to a channel: the number at `place`, which is readable also where there is no bias; then zero."""
    return f.select(biased, f.load(type, place), f.constant(0, type))


class Results:
    """What a kernel does with its results. They are of `type`; `integers` is the number of its other integers."""

    def __init__(self, module: ModuleWriter, type: str, integers: int, epilogue: Expr | None) -> None:
        self.integers = integers
        self.memory = "i16" if type == "bfloat" else type
        self.lanes = module.target.lanes(4 if type == "bfloat" else SIZES[type])
        self.finish = None if epilogue is None else Finisher(module, epilogue, DTYPES[type], self.lanes)

    def start(self, f: FunctionWriter, arguments: Arguments, n: dict[str, Value]) -> Value:
        """In the kernel's function: where results are written to."""
        self.f = f
        self.plane = n["out_z"] * n["out_y"] * n["out_x"]
        self.channels = n["groups"] * n["rows"]
        self.sums = arguments.data(OUT)
        self.bias = arguments.data(BIAS)
        self.has_bias = n["has_bias"]
        if self.finish is not None:
            self.finish.start(f, arguments, OUT + 1, self.integers, 3)
            self.out = arguments.data(OUT + 1 + self.finish.operands)
        return self.sums

    def bias_vector(self, channel: Value, rows: Value) -> Value:
        """What is added to a vector of channels, the first `rows` (at most a vector) from `channel` of all on."""
        f = self.f
        mask = f.lane_range(self.lanes, f.constant(0), f.select(self.has_bias.differs(0), rows, 0))
        loaded = f.masked_load(vector(self.lanes, self.memory), f.index(self.bias, self.memory, channel), mask)
        return from_memory(f, loaded, "bfloat16") if self.memory == "i16" else loaded

    def finished(self, image: Value, channel: Value, pixel: Value, rows: Value, columns: Value,
                 kept: tuple[Value, Value] | None = None) -> None:
        """Finishes `columns` pixels, from `pixel` of the plane on, of `rows` channels from `channel` of all on. They
        are in sums, or else `kept` elsewhere: where, and bytes from channel to channel."""
        if self.finish is None:
            return
        f, finish = self.f, self.finish
        place = (image * self.channels + channel) * self.plane + pixel
        sums = kept or (f.at(self.sums, place * finish.size), self.plane * finish.size)
        finish.rows(*sums, f.at(self.out, place * finish.stored), self.plane * finish.stored, (image, channel, pixel),
                    rows, columns)
