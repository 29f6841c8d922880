"""Making arrays."""

from __future__ import annotations

from typing import Any

import taeda
from taeda import from_dlpack

__all__ = ["arange", "asarray", "empty", "empty_like", "eye", "from_dlpack", "full", "full_like", "linspace",
           "meshgrid", "ones", "ones_like", "tril", "triu", "zeros", "zeros_like"]


def asarray(obj: Any, /, *, dtype: Any = None, device: Any = None, copy: Any = None) -> Any:
    """An array of numbers, nested lists of them, or another array; `copy`: True, False (ValueError where one is
    needed), or None where needed."""
    if copy is False and not isinstance(obj, taeda.Tensor) and not hasattr(obj, "__dlpack__") and \
            not hasattr(obj, "__array_interface__"):
        raise ValueError(f"asarray(copy=False) of {type(obj).__name__}: its numbers have to be copied")
    made = taeda.asarray(obj, dtype=dtype, device=device)
    if copy is False and isinstance(obj, taeda.Tensor) and made is not obj and made.data_ptr() != obj.data_ptr():
        raise ValueError("asarray(copy=False): another dtype or device needs a copy")
    return made.clone() if copy and isinstance(obj, taeda.Tensor) else made


def arange(start: Any, /, stop: Any = None, step: Any = 1, *, dtype: Any = None, device: Any = None) -> Any:
    """Evenly spaced numbers from `start` (0 if only a stop is given) to before `stop`."""
    if stop is None:
        start, stop = 0, start
    if (stop - start) * step <= 0:
        if step == 0:
            raise ValueError("arange: step must not be 0")
        given = (start, stop, step)
        dtype = dtype or (taeda.int64 if all(isinstance(n, int) for n in given) else taeda.get_default_dtype())
        return taeda.empty(0, dtype=dtype, device=device)
    return taeda.arange(start, stop, step, dtype=dtype, device=device)


def linspace(start: Any, stop: Any, /, num: int, *, dtype: Any = None, device: Any = None, endpoint: Any = True) -> Any:
    """`num` evenly spaced numbers from `start` to `stop`, with or without that."""
    if endpoint:
        return taeda.linspace(start, stop, num, dtype=dtype, device=device)
    return taeda.linspace(start, stop, num + 1, dtype=dtype, device=device)[:-1]


def empty(shape: Any, *, dtype: Any = None, device: Any = None) -> Any:
    """An array of a shape, with any elements."""
    return taeda.empty(shape, dtype=dtype, device=device)


def zeros(shape: Any, *, dtype: Any = None, device: Any = None) -> Any:
    """An array of zeros."""
    return taeda.zeros(shape, dtype=dtype, device=device)


def ones(shape: Any, *, dtype: Any = None, device: Any = None) -> Any:
    """An array of ones."""
    return taeda.ones(shape, dtype=dtype, device=device)


def full(shape: Any, fill_value: Any, *, dtype: Any = None, device: Any = None) -> Any:
    """An array of one value."""
    return taeda.full((shape,) if isinstance(shape, int) else shape, fill_value, dtype=dtype, device=device)


def empty_like(x: Any, /, *, dtype: Any = None, device: Any = None) -> Any:
    """An array like another, with any elements."""
    return taeda.empty_like(x, dtype=dtype, device=device)


def zeros_like(x: Any, /, *, dtype: Any = None, device: Any = None) -> Any:
    """An array like another, of zeros."""
    return taeda.zeros_like(x, dtype=dtype, device=device)


def ones_like(x: Any, /, *, dtype: Any = None, device: Any = None) -> Any:
    """An array like another, of ones."""
    return taeda.ones_like(x, dtype=dtype, device=device)


def full_like(x: Any, /, fill_value: Any, *, dtype: Any = None, device: Any = None) -> Any:
    """An array like another, of one value."""
    return taeda.full_like(x, fill_value, dtype=dtype, device=device)


def eye(n_rows: int, n_cols: int | None = None, /, *, k: int = 0, dtype: Any = None, device: Any = None) -> Any:
    """A matrix with ones on its diagonal number `k`."""
    n_cols = n_rows if n_cols is None else n_cols
    row, column = taeda.arange(n_rows, device=device), taeda.arange(n_cols, device=device)
    return (column - k == row[:, None]).to(dtype or taeda.get_default_dtype())


def tril(x: Any, /, *, k: int = 0) -> Any:
    """Zeros above diagonal number `k`."""
    return taeda.tril(x, k)


def triu(x: Any, /, *, k: int = 0) -> Any:
    """Zeros below diagonal number `k`."""
    return taeda.triu(x, k)


def meshgrid(*arrays: Any, indexing: str = "xy") -> Any:
    """The coordinates of a grid of vectors, in the order of matrices ("ij") or of drawings ("xy")."""
    if indexing not in ("xy", "ij"):
        raise ValueError(f"meshgrid: indexing must be 'xy' or 'ij', but got {indexing!r}")
    return tuple(taeda.meshgrid(*arrays, indexing=indexing)) if arrays else ()
