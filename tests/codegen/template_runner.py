"""Runs the kernel of a template on NumPy arrays through ctypes, in pieces, as the executor would."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np

from taeda.codegen import target as targets
from taeda.runtime import jit

TARGETS = [t for t in targets.TARGETS.values()
           if list(targets.TARGETS).index(t.name) <= list(targets.TARGETS).index(targets.current().name)]


class KernelArguments(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("integers", ctypes.c_void_p), ("scalars", ctypes.c_void_p),
                ("scratch", ctypes.c_void_p), ("fault", ctypes.c_void_p)]


_TYPE = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)
_compiled: dict[tuple[str, str], Any] = {}


def function(text: str, target: targets.Target) -> Any:
    key = (target.name, text)
    if key not in _compiled:
        _compiled[key] = _TYPE(jit.compile_kernel(text, target))
    return _compiled[key]


def address(a: Any) -> int:
    """Of the first element of a NumPy array or a torch tensor."""
    return int(a.ctypes.data) if isinstance(a, np.ndarray) else int(a.data_ptr())


def strides(a: Any) -> list[int]:
    """In bytes."""
    return list(a.strides) if isinstance(a, np.ndarray) else [s * a.element_size() for s in a.stride()]


class Launch:
    """A kernel bound to its arguments; call it to run work items, `fault` holds the words after a fault."""

    def __init__(self, text: str, target: targets.Target, operands: Sequence[Any], integers: Sequence[int] = (),
                 scalars: Sequence[int | float] = (), scratch: int = 0) -> None:
        self.kernel = function(text, target)
        self.operands = list(operands)
        self._data = (ctypes.c_void_p * max(1, len(operands)))(*(address(o) for o in operands))
        self._integers = (ctypes.c_int64 * max(1, len(integers)))(*integers)
        packed = b"".join(struct.pack("<d" if isinstance(s, float) else "<q", s) for s in scalars)
        self._scalars = ctypes.create_string_buffer(packed or b"\0" * 8)
        self._scratch = ctypes.create_string_buffer(scratch + 64)
        self.fault = (ctypes.c_int64 * 8)()
        aligned = (ctypes.addressof(self._scratch) + 63) // 64 * 64
        self.arguments = KernelArguments(ctypes.addressof(self._data), ctypes.addressof(self._integers),
                                         ctypes.addressof(self._scalars), aligned, ctypes.addressof(self.fault))

    def __call__(self, work: int, grain: int | None = None) -> int:
        grain = grain or max(1, work)
        for begin in range(0, work, grain):
            code = self.kernel(ctypes.byref(self.arguments), begin, min(work, begin + grain))
            if code:
                return int(code)
        return 0
