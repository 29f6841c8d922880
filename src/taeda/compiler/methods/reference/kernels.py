"""Kernels as callbacks: functions of csrc/core/kernel_abi.h that read their arguments as NumPy arrays."""

from __future__ import annotations

import ctypes
import importlib
import math
import struct
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from taeda.ir import loop_interpreter
from taeda.ir.dtype import FLOATS
from taeda.ir.loop import Kernel, walk
from taeda.ir.loop_interpreter import storage_dtype

Array = np.ndarray[Any, Any]
FAILED = -2  # the code of a callback that raised what it should not (-1 is the executor's own, NO_SCRATCH)


class Arguments(ctypes.Structure):
    _fields_ = (
        ("data", ctypes.POINTER(ctypes.c_void_p)),
        ("integers", ctypes.POINTER(ctypes.c_int64)),
        ("scalars", ctypes.POINTER(ctypes.c_int64)),
        ("scratch", ctypes.c_void_p),
        ("fault", ctypes.POINTER(ctypes.c_int64)),
    )


_KERNEL = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.POINTER(Arguments), ctypes.c_int64, ctypes.c_int64)
_keep: list[Any] = []  # a callback lives as long as its address is known to somebody, which is for ever


def _address(body: Callable[[Arguments, int, int], int]) -> int:
    def callback(arguments: Any, begin: int, end: int) -> int:
        try:
            with np.errstate(all="ignore"):
                return body(arguments.contents, begin, end)
        except ZeroDivisionError:
            return 1
        except Exception:  # nothing may leave a callback; the executor reports the code
            traceback.print_exc(file=sys.stderr)
            return FAILED

    function = _KERNEL(callback)
    _keep.append(function)
    return int(ctypes.cast(function, ctypes.c_void_p).value or 0)


def _strided(address: int, dtype: Any, shape: Sequence[int], strides: Sequence[int]) -> Array:
    """The memory at an address as an array. Strides are in bytes and may be negative."""
    if 0 in shape:
        return np.empty(shape, dtype)
    reach = [(n - 1) * s for n, s in zip(shape, strides, strict=True)]
    before = sum(r for r in reach if r < 0)
    size = sum(abs(r) for r in reach) + dtype.itemsize
    memory = (ctypes.c_char * size).from_address(address + before)
    return np.ndarray(tuple(shape), dtype, memory, -before, tuple(strides))


# -- loop kernels ------------------------------------------------------------------------------------------------------


def loop_kernel(kernel: Kernel, variant: tuple[str, int, str], target: Any) -> int:
    """A loop kernel. Its meaning is the same for all variants."""
    leaves = [e for e in walk(s.value for s in kernel.stages) if e.op == "scalar"]
    floating = {e.attribute for e in leaves if e.dtype in FLOATS}
    operands = kernel.operands

    def body(a: Arguments, begin: int, end: int) -> int:
        inner, middle, index_base = a.integers[0], a.integers[1], a.integers[2]
        arrays = []
        for k, operand in enumerate(operands):
            outer_stride, inner_stride, middle_stride = a.integers[3 + 3 * k:6 + 3 * k]
            row = operand.role == "row"
            shape: tuple[int, ...] = (end - begin,) if row else (end - begin, middle, inner)
            strides = (outer_stride,) if row else (outer_stride, middle_stride, inner_stride)
            start = (a.data[k] or 0) + begin * outer_stride
            arrays.append(_strided(start, storage_dtype(operand.dtype), shape, strides))
        scalars = []
        for k in range(kernel.scalars):
            bits = struct.pack("<q", a.scalars[k])
            scalars.append(struct.unpack("<d" if k in floating else "<q", bits)[0])
        space = end - begin, middle * inner
        results = loop_interpreter.run(kernel, [x.reshape(space) for x in arrays[:kernel.inputs]], scalars,
                                       index_base + begin * space[1], space, inner, division_faults=True)
        for array, result in zip(arrays[kernel.inputs:], results, strict=True):
            array[...] = result.reshape(array.shape)
        return 0

    return _address(body)


# -- methods -----------------------------------------------------------------------------------------------------------


class Tensor:
    """An operand of a method: its memory as an array (bfloat16 as the uint16 of its bits) and its dtype."""

    def __init__(self, array: Array, dtype: str):
        self.array = array
        self.dtype = dtype

    @property
    def shape(self) -> tuple[int, ...]:
        return self.array.shape

    @property
    def ndim(self) -> int:
        return self.array.ndim

    @property
    def values(self) -> Array:
        """The elements as numbers: 16-bit floats as float32."""
        x = loop_interpreter.from_storage(self.array, self.dtype)
        return x.astype(np.float32) if self.dtype == "float16" else x

    @property
    def wide(self) -> Array:
        """The elements in the dtype that sums are taken in here: float64 or int64."""
        return self.values.astype(np.float64 if self.dtype in FLOATS else np.int64)

    def store(self, values: Any) -> None:
        """Write numbers, rounded to the dtype, everywhere."""
        values = np.broadcast_to(values, self.shape)
        if self.dtype in FLOATS:
            values = loop_interpreter.round_to(values, self.dtype)
        self.array[...] = loop_interpreter.to_storage(values, self.dtype)


def perform(b: Any, function: Callable[..., Any], operands: Sequence[Any], numbers: Sequence[Any] = (),
            scalars: Sequence[Any] = (), faults: Sequence[tuple[str, str]] = (), when: Any = None,
            **static: Any) -> None:
    """Launch `function(*operands, *numbers, *scalars, **static)`; operands come as Tensors, absent ones as None.

    It returns None, or for a fault its number, counted from 1, and what the message names.
    """
    given = [o for o in operands if o is not None]
    params = {"layout": tuple(None if o is None else (o.dtype, o.ndim) for o in operands), "numbers": len(numbers),
              "scalars": len(scalars), "static": tuple(sorted(static.items()))}
    integers = [*(n for o in given for n in (*o.shape, *(o.stride(d) for d in range(o.ndim)))), *numbers]
    b.launch(function, params, given, integers, scalars, faults=[(k + 1, *f) for k, f in enumerate(faults)], when=when)


def template_kernel(spec: Any, target: Any) -> int:
    """The kernel of such a launch."""
    module, name, params = spec
    function, given = getattr(importlib.import_module(module), name), dict(params)
    layout, static = given["layout"], dict(given["static"])

    def body(a: Arguments, begin: int, end: int) -> int:
        at, operand = 0, 0
        arguments: list[Any] = []
        for entry in layout:
            if entry is None:
                arguments.append(None)
                continue
            dtype, ndim = entry
            storage = storage_dtype(dtype)
            shape, strides = a.integers[at:at + ndim], a.integers[at + ndim:at + 2 * ndim]
            array = _strided(a.data[operand] or 0, storage, shape, [s * storage.itemsize for s in strides])
            arguments.append(Tensor(array, dtype))
            at, operand = at + 2 * ndim, operand + 1
        arguments += a.integers[at:at + given["numbers"]]
        arguments += struct.unpack(f"<{given['scalars']}d", struct.pack(f"<{given['scalars']}q",
                                                                        *a.scalars[:given["scalars"]]))
        fault = function(*arguments, **static)
        if fault is None:
            return 0
        for k, word in enumerate(fault[1:]):
            a.fault[k] = int(word)
        return int(fault[0])

    return _address(body)


def elements(tensor: Tensor, offsets: Array) -> Array:
    """The memory from the least of `offsets` to the greatest, counted in elements from the first one of a tensor; they
    need not be in its shape."""
    first, last = int(offsets.min()), int(offsets.max())
    address = tensor.array.__array_interface__["data"][0] + first * tensor.array.itemsize
    flat = _strided(address, tensor.array.dtype, (last - first + 1,), (tensor.array.itemsize,))
    assert math.prod(flat.shape) > 0
    return flat
