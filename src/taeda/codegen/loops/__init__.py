"""Loop IR → LLVM IR: `emit`.

The text of a kernel is a loop over outer points (or, on axis 'outer', over blocks of W adjacent outer points) around
*passes* over the inner points. A pass is as much as can be done in one walk: all the Reduce stages whose values need
no later result. Element stores are done in the last pass, so that an output may be the same memory as an input that
earlier passes still read.

    rewrite   what is done to a kernel's loop IR first
    schedule  how many points a vector has
    body      levels, values and passes: what both axes share
    inner     vectors along the inner points
    outer     vectors along the outer points
    reduce    how values are combined, and in which order
    memory    ends of rows and strided operands
"""

from __future__ import annotations

from taeda.codegen.loops.body import FAULT_DIVISION
from taeda.codegen.loops.inner import InnerAxis
from taeda.codegen.loops.outer import OuterAxis
from taeda.codegen.target import Target
from taeda.ir.loop import Kernel, check

Variant = tuple[str, int, str]


def emit(kernel: Kernel, variant: Variant, target: Target) -> str:
    """The LLVM IR module for `kernel`, in the loops convention of ARCHITECTURE.md.

    `variant` is (axis, inner_rank, classes); besides c, z and s, an 'element' output may have class n on axis 'inner':
    contiguous, its rows 64-byte aligned, and so large that it is better written past the cache. Raises ValueError for
    an unknown variant and NotImplementedError for a primitive without code generator. The kernel returns
    FAULT_DIVISION if an integer was divided by zero.
    """
    check(kernel)
    axis, rank, classes = variant
    if axis not in ("inner", "outer") or rank not in (1, 2) or len(classes) != len(kernel.operands) or (
            set(classes) - set("czsn")) or any(
                letter == "n" and (axis == "outer" or operand.role != "element")
                for letter, operand in zip(classes, kernel.operands, strict=True)):
        raise ValueError(f"{variant} is no variant of a kernel of {len(kernel.operands)} operands")
    emitter = (InnerAxis if axis == "inner" else OuterAxis)(kernel, rank, classes, target)
    return emitter.emit()


__all__ = ["FAULT_DIVISION", "Variant", "emit"]
