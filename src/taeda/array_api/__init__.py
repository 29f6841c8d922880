"""The Python array API standard (2025.12): one set of names for the arrays of all libraries.

Programs written for the standard ask an array for its namespace, `x.__array_namespace__()`, and use the functions here.
Arrays are tensors: gradients, devices and `taeda.compile` work as ever.

>>> import taeda
>>> x = taeda.tensor([[3.0, 1.0], [2.0, 4.0]])
>>> xp = x.__array_namespace__()
>>> xp.max(x, axis=1)
tensor([3., 4.])

Where tensors keep PyTorch's ways: `x.size` is a method (`x.numel()` has the number), and `x.T` of more or fewer than
two dimensions reverses all.
"""

from __future__ import annotations

from math import e, inf, nan, pi
from typing import Any

from taeda.array_api import creation, data_types, elementwise, fft, linalg, manipulation, searching, statistics
from taeda.array_api.linalg import matmul, matrix_transpose, tensordot, vecdot

newaxis = None
__array_api_version__ = "2025.12"
_parts = (creation, data_types, elementwise, manipulation, searching, statistics)
__all__ = ["__array_api_version__", "e", "fft", "inf", "linalg", "matmul", "matrix_transpose", "nan", "newaxis", "pi",
           "tensordot", "vecdot"]
for _part in _parts:
    globals().update({name: getattr(_part, name) for name in _part.__all__})
    __all__ += _part.__all__


def namespace(api_version: str | None = None) -> Any:
    """This module, if it has that version of the standard. ValueError otherwise."""
    import taeda.array_api

    known = ("2021.12", "2022.12", "2023.12", "2024.12", "2025.12")
    if api_version is not None and api_version not in known:
        raise ValueError(f"version {api_version!r} of the array API standard is not there, but {', '.join(known)} are")
    return taeda.array_api
