"""Runs loop kernels by the calling convention, from NumPy arrays, without the core."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from taeda.codegen import loops
from taeda.codegen.target import AVX2, AVX512, BASELINE, Target, machine_features
from taeda.ir.dtype import FLOATS, itemsize
from taeda.ir.loop import Kernel
from taeda.ir.loop_interpreter import storage_dtype as storage
from taeda.runtime import jit

Array = np.ndarray[Any, Any]


def _available() -> list[Target]:
    have = machine_features()
    targets = [BASELINE]
    if {"avx2", "fma", "f16c"} <= have:
        targets.append(AVX2)
    if {"avx512f", "avx512bw", "avx512dq", "avx512vl"} <= have:
        targets.append(AVX512)
    return targets


TARGETS = _available()


class Arguments(ctypes.Structure):
    _fields_ = [(name, ctypes.c_void_p) for name in ("data", "integers", "scalars", "scratch", "fault")]


Function = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.POINTER(Arguments), ctypes.c_int64, ctypes.c_int64)


@functools.cache
def compiled(kernel: Kernel, variant: loops.Variant, target: Target) -> Any:
    return Function(jit.compile_kernel(loops.emit(kernel, variant, target), target))


def letter(stride: int, size: int, extent: int) -> str:
    return "c" if stride == size else "z" if stride == 0 or extent == 1 else "s"


def scalar_words(values: Sequence[float | int], dtypes: Sequence[str]) -> Array:
    words = np.zeros(max(1, len(values)), np.uint64)
    for k, (value, dtype) in enumerate(zip(values, dtypes, strict=True)):
        words[k] = np.array([value], np.float64 if dtype in FLOATS else np.int64).view(np.uint64)[0]
    return words


def run(kernel: Kernel, inputs: Sequence[Array], *, target: Target, axis: str = "inner", middle: int | None = None,
        scalars: Sequence[float | int] = (), scalar_dtypes: Sequence[str] = (), outputs: Sequence[Array] | None = None,
        shape: tuple[int, int] | None = None, pieces: int = 1, index_base: int = 0, returns: int = 0,
        letters: dict[int, str] | None = None) -> list[Array]:
    """The outputs of `kernel`. Inputs broadcast to (outer, inner), or to (outer, middle, inner) if `middle` is given.

    Outputs are allocated in C order if they are not given; `pieces` splits the outer points over several calls;
    `letters` are classes other than those that the strides say.
    """
    full = shape or np.broadcast_shapes(*(x.shape for x in inputs))
    if middle is not None:
        assert full[1] == middle
    arrays = [np.broadcast_to(x, full) for x in inputs]
    if outputs is None:
        outputs = [np.full(full if o.role == "element" else full[:1], 77, storage(o.dtype))
                   for o in kernel.operands if o.role != "input"]
    for o, out in zip(kernel.operands[len(inputs):], outputs, strict=True):
        arrays.append(out if o.role == "element" else
                      np.lib.stride_tricks.as_strided(out, full, (out.strides[0],) + (0,) * (len(full) - 1)))
    along = 0 if axis == "outer" else len(full) - 1
    classes = "".join((letters or {}).get(k) or letter(x.strides[along], itemsize(o.dtype), full[along])
                      for k, (x, o) in enumerate(zip(arrays, kernel.operands, strict=True)))
    function = compiled(kernel, (axis, 1 if middle is None else 2, classes), target)
    integers = [full[-1], 1 if middle is None else middle, index_base]
    for x in arrays:
        integers += [x.strides[0], x.strides[-1], 0 if middle is None else x.strides[1]]
    words = np.array(integers, np.int64)
    numbers = scalar_words(scalars, scalar_dtypes)
    data = np.array([x.ctypes.data for x in arrays], np.int64)
    fault = np.zeros(8, np.int64)
    arguments = Arguments(data.ctypes.data, words.ctypes.data, numbers.ctypes.data, None, fault.ctypes.data)
    bounds = np.linspace(0, full[0], pieces + 1).astype(int)
    codes = [function(ctypes.byref(arguments), int(a), int(b)) for a, b in zip(bounds[:-1], bounds[1:], strict=True)]
    assert max(codes, default=0) == returns
    return list(outputs)
