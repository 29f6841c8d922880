"""Conversion between bfloat16 and float32 of contiguous tensors, for convolutions that are only computed in float32."""

from __future__ import annotations

from taeda.codegen.target import Target
from taeda.codegen.templates.conv_ir import SIZES, Arguments, Module, Value, vector

CHUNK = 4096  # elements of a work item


def emit_conv_convert(target: Target, source: str, result: str) -> str:
    """Operands: source, result. Integers: the number of elements. `source` and `result`: bfloat or float."""
    module = Module(target)
    f = module.kernel()
    arguments = Arguments(f)
    count = arguments.integer(0)
    a, b = arguments.data(0), arguments.data(1)
    lanes = target.lanes(4)
    instruction = "fpext" if SIZES[source] < SIZES[result] else "fptrunc"
    from_type, to_type = vector(lanes, source), vector(lanes, result)
    nothing = Value(f, from_type, "zeroinitializer")

    def item(k: Value) -> None:
        start = k * CHUNK
        stop = f.minimum(start + CHUNK, count)
        whole = start + (stop - start) // lanes * lanes
        f.loop(start, whole, lambda j: f.store(f.cast(instruction, f.load(from_type, f.index(a, source, j)), to_type),
                                               f.index(b, result, j)), step=lanes)
        mask = f.lane_range(lanes, f.constant(0), stop - whole)
        f.masked_store(f.cast(instruction, f.masked_load(from_type, f.index(a, source, whole), mask, nothing), to_type),
                       f.index(b, result, whole), mask)

    f.loop(f["begin"], f["end"], item)
    f.ret(0)
    return module.text()
