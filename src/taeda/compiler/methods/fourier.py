"""Fourier transforms: one kernel of the core (csrc/core/fourier.h) for a whole batch of rows, which splits its work
over the pool itself.

fourier: input, out (contiguous), n, kind, inverse, scale, trailing: transforms along the dimension that has so many
behind it; csrc/core/fourier.h says which. With a height, of planes of so many rows the columns too, times column_scale.
"""

from __future__ import annotations

from typing import Any

from taeda.compiler.methods import FOURIER
from taeda.ir.expression import product

_LIMIT = 2 ** 40  # elements of a row: beyond it sizes of buffers would not fit their integers


def fourier(b: Any, *, input: Any, out: Any, n: Any, kind: int, inverse: bool, scale: Any, trailing: int,
            height: Any = 0, column_scale: Any = 1.0) -> None:
    b.check(n <= _LIMIT, RuntimeError, "a Fourier transform of {0} elements is too long", n)
    complex_dtype = out.dtype if out.dtype.startswith("complex") else input.dtype
    dim = input.ndim - 1 - trailing
    b.launch((FOURIER, "transform"), {"dtype": complex_dtype, "vector_bytes": b.target.vector_bytes},
             [b.contiguous(input), out],
             [product(input.shape[:dim]), n, kind, int(inverse), product(input.shape[dim + 1:]), height],
             [scale, column_scale],
             faults=[(1, "RuntimeError", "not enough memory for the work space of a Fourier transform")])
