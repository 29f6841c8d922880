"""Conversion between bfloat16 and float32 of contiguous tensors, for convolutions that are only computed in float32."""

from __future__ import annotations

from taeda.codegen.llvm import Arguments, ModuleWriter, Value, memory_type, vector
from taeda.codegen.scalars.convert import cast, from_memory, to_memory
from taeda.codegen.target import Target

CHUNK = 4096  # elements of a work item


def emit_conv_convert(target: Target, source: str, result: str) -> str:
    """Operands: source, result, of these dtypes. Integers: the number of elements."""
    module = ModuleWriter(target)
    f = module.kernel()
    arguments = Arguments(f)
    count = arguments.integer(0)
    a, b = arguments.data(0), arguments.data(1)
    lanes = target.lanes(4)
    from_type, to_type = memory_type(source), memory_type(result)

    def converted(value: Value) -> Value:
        return to_memory(f, cast(f, from_memory(f, value, source), source, result), result)

    def item(k: Value) -> None:
        start = k * CHUNK
        stop = f.minimum(start + CHUNK, count)
        whole = start + (stop - start) // lanes * lanes

        def several(j: Value) -> None:
            f.store(converted(f.load(vector(lanes, from_type), f.index(a, from_type, j))), f.index(b, to_type, j))

        f.loop(start, whole, several, step=lanes)
        mask = f.lane_range(lanes, f.constant(0), stop - whole)
        last = f.masked_load(vector(lanes, from_type), f.index(a, from_type, whole), mask)
        f.masked_store(converted(last), f.index(b, to_type, whole), mask)

    f.loop(f["begin"], f["end"], item)
    f.ret(0)
    return module.text()
