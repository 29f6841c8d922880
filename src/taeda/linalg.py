"""Linear algebra: decompositions, systems of equations, inverses, norms and products of matrices.

Decompositions are LAPACK's, which SciPy brings along (`pip install taeda[linalg]`). All take batches of matrices, real
or complex, in single or double precision.
"""

from __future__ import annotations

from typing import Any

from taeda import _core
from taeda._binding import modules

LinAlgError = _core.LinAlgError
globals().update(modules["linalg"])
__all__ = sorted([*modules["linalg"], "LinAlgError"])


def __getattr__(name: str) -> Any:
    raise AttributeError(f"module 'taeda.linalg' has no attribute {name!r}")
