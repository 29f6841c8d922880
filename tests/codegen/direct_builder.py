"""Runs template plans at once on torch tensors through ctypes, without the core: torch is only memory here."""

from __future__ import annotations

import ctypes
import math
import struct
import sys
import types
from pathlib import Path
from typing import Any

import pytest

try:
    import taeda  # noqa: F401
except ImportError:
    package = types.ModuleType("taeda")
    package.__path__ = [str(Path(__file__).resolve().parents[2] / "src" / "taeda")]
    sys.modules["taeda"] = package

from taeda.codegen.target import TARGETS, Target, current
from taeda.runtime.jit import compile_kernel

torch = pytest.importorskip("torch")

# What this machine can run.
RUNNABLE = [t for t in TARGETS.values() if list(TARGETS).index(t.name) <= list(TARGETS).index(current().name)]
GUARD = 1024  # bytes around buffers that must stay as they are
DTYPES = {"float32": torch.float32, "float64": torch.float64,
          "int64": torch.int64, "int32": torch.int32, "bfloat16": torch.bfloat16}
_compiled: dict[tuple[Any, ...], Any] = {}


class Arguments(ctypes.Structure):
    _fields_ = [(name, ctypes.c_void_p) for name in ("data", "integers", "scalars", "scratch", "fault")]


class DirectBuilder:
    """What methods use of the Builder, executed immediately; every work item in pieces of `piece`."""

    def __init__(self, piece: int | None = None, fill: float | None = float("nan"),
                 target: Target | None = None) -> None:
        self.piece, self.fill, self.target = piece, fill, target or current()
        self.guards: list[torch.Tensor] = []

    def alloc(self, dtype: Any, shape: Any, when: Any = None) -> torch.Tensor:
        dtype = DTYPES.get(str(dtype).removeprefix("torch.").removeprefix("taeda."), dtype)
        shape = tuple(int(s) for s in shape)
        if self.fill is None:
            return torch.empty(shape, dtype=dtype)
        size = math.prod(shape) * dtype.itemsize
        memory = torch.full((2 * GUARD + size,), 0xFF, dtype=torch.uint8)  # floating-point NaN
        self.guards += [memory[:GUARD], memory[GUARD + size:]]
        return memory[GUARD:GUARD + size].view(dtype).view(shape)

    def check(self, condition: Any, exception: type[Exception], message: str, *values: Any) -> None:
        if not condition:
            raise exception(message.format(*values))

    def contiguous(self, tensor: torch.Tensor) -> torch.Tensor:
        return tensor.contiguous()

    def copy(self, destination: torch.Tensor, source: torch.Tensor) -> None:
        destination.copy_(source)

    def launch(self, template: Any, params: dict[str, Any], operands: Any, integers: Any = (), scalars: Any = (),
               work: int = 1, grain: int = 1, scratch: int = 0, faults: Any = (), when: Any = None) -> None:
        if when is not None and not when:
            return
        key = (template.__name__, tuple(sorted(params.items())), self.target.name)
        if key not in _compiled:
            _compiled[key] = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)(
                compile_kernel(template(self.target, **params), self.target))
        kernel = _compiled[key]
        assert all(o.is_contiguous() for o in operands)
        data = (ctypes.c_void_p * max(1, len(operands)))(*[o.data_ptr() for o in operands])
        numbers = (ctypes.c_int64 * max(1, len(integers)))(*[int(i) for i in integers])
        bits = [struct.unpack("<q", struct.pack("<d", s))[0] if isinstance(s, float) else s for s in scalars]
        scalar_words = (ctypes.c_int64 * max(1, len(bits)))(*bits)
        fault = (ctypes.c_int64 * 8)()
        size = int(scratch) + 64 + GUARD
        checked = self.fill is not None
        memory = torch.full((size,), 0xFF, dtype=torch.uint8) if checked else torch.empty(size, dtype=torch.uint8)
        aligned = (memory.data_ptr() + 63) // 64 * 64
        arguments = Arguments(ctypes.addressof(data), ctypes.addressof(numbers), ctypes.addressof(scalar_words),
                              aligned, ctypes.addressof(fault))
        piece = self.piece or max(int(work), 1)
        for begin in range(0, int(work), piece):
            code = kernel(ctypes.addressof(arguments), begin, min(int(work), begin + piece))
            if code:
                name, message = next(f[1:] for f in faults if f[0] == code)
                raise RuntimeError(f"{name}: {message.format(*fault)}")
        if checked:
            behind = memory[aligned - memory.data_ptr() + int(scratch):]
            assert bool((behind == 0xFF).all()), f"{template.__name__} wrote behind its scratch"
            for guard in self.guards:
                assert bool((guard == 0xFF).all()), f"{template.__name__} wrote outside of a buffer"
