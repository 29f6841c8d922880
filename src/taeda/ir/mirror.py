"""Elements of mirrored dtypes in loop kernels (ir/dtype.py says what those are).

A kernel's operands have plain dtypes. What is loaded from mirrored memory is mirrored at once, and what is stored there
as the last thing: it is a change of signs, so no result has other bits than if the tensor had been resolved before.
"""

from __future__ import annotations

from taeda.ir.dtype import info
from taeda.ir.loop import Expr, Operand, call, cast, load


def mirror(x: Expr, dtype: str) -> Expr:
    """What is stored in memory of `dtype` for the number x, and the number for what is stored."""
    row = info(dtype)
    if not row.is_mirrored:
        return x
    wide = cast(x, row.compute)
    other = call("complex", call("real", wide), -call("imag", wide)) if row.is_complex else -wide
    return cast(other, row.plain)


def read(position: int, dtype: str) -> Expr:
    """The number in operand `position`, a tensor of `dtype`."""
    return mirror(load(position, info(dtype).plain), dtype)


def operand(dtype: str, role: str) -> Operand:
    """The operand of a kernel that a tensor of `dtype` is."""
    return Operand(info(dtype).plain, role)
