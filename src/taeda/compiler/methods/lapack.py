"""Decompositions of matrices by LAPACK. Their kernels are functions of the core (csrc/core/lapack_factors.cpp, ..): one
item of work is one matrix of a batch.

lapack: kernel, dtype, operands (contiguous), integers, batch (matrices), side (the longest of each), fault (None; {0}
the number of the matrix, {1} what LAPACK says of it): csrc/core/lapack.h says what each kernel takes.

Operands are contiguous, of any number of batch dimensions. Results that LAPACK gives column by column are written so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taeda.compiler.methods import LAPACK
from taeda.ir.expression import maximum, where

# From here on LAPACK's own threads work on one matrix after the other, in one piece during which other threads run (a
# grain of 0); smaller ones are spread over the pool, and for those LAPACK uses no threads. The sides of a matrix
# decide, so its bits do not depend on its batch.
_LARGE = 64
_ITEMS = 1 << 17  # operations that are worth a piece of work of its own
_LIMIT = 2 ** 31 - 1


def lapack(b: Any, *, kernel: str, dtype: str, operands: Sequence[Any], integers: Sequence[Any], batch: Any,
           side: Any, scalars: Sequence[Any] = (), fault: tuple[str, str] | None = None,
           not_finite: tuple[str, str] | None = None) -> None:
    """Launch `kernel` for `batch` matrices; `side` is the longest one of each. The fault's message may name {0}, the
    number of the matrix, and {1}, what LAPACK says of it; that of `not_finite`, of a matrix with NaN elements, {0}."""
    b.check(side <= _LIMIT, NotImplementedError, "LAPACK counts in 32 bits: a side of {0} is too long", side)
    piece = maximum(1, _ITEMS // maximum(1, side * side * side))
    faults = [(2, "RuntimeError", "not enough memory for the work space of a decomposition")]
    if fault is not None:
        faults.append((1, *fault))
    if not_finite is not None:
        faults.append((3, *not_finite))
    b.launch((LAPACK, kernel), {"dtype": dtype}, operands, integers, scalars, work=batch,
             grain=where(side >= _LARGE, 0, piece), faults=faults)
