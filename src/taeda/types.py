"""Names for annotations, as `torch.types` has them."""

from __future__ import annotations

import builtins
import os
from collections.abc import Sequence
from typing import IO, Any, TypeAlias

from taeda._core import Size, Tensor, device, dtype
from taeda.dispatch_keys import DispatchKey as DispatchKey

__all__ = ["Device", "FileLike", "Number", "Storage"]

_int = builtins.int
_float = builtins.float
_bool = builtins.bool
_str = builtins.str
_complex = builtins.complex
_device = device
_dtype = dtype
_size: TypeAlias = Size | list[int] | tuple[int, ...]
_TensorOrTensors: TypeAlias = Tensor | Sequence[Tensor]

Number: TypeAlias = int | float | bool
_Number = (int, float, bool)
Device: TypeAlias = device | str | int | None
FileLike: TypeAlias = str | os.PathLike[str] | IO[bytes]
Storage: TypeAlias = Any


def __getattr__(name: str) -> Any:
    if name in ("SymBool", "SymFloat", "SymInt"):
        from taeda import symbolic_numbers

        return getattr(symbolic_numbers, name)
    raise AttributeError(f"module 'taeda.types' has no attribute {name!r}")


BoolLikeType: TypeAlias = bool
IntLikeType: TypeAlias = int
FloatLikeType: TypeAlias = float
