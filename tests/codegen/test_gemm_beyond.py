"""What products read beyond the last column of B is nothing that a processor is slow to add."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from template_runner import TARGETS, Launch

from taeda.codegen.target import Target
from taeda.codegen.templates.gemm import block, thin
from taeda.codegen.templates.gemm.blocked import emit_gemm
from taeda.codegen.templates.gemm.kind import kind_of

COLUMNS, DEPTH = 3, 8


@pytest.mark.parametrize("target", TARGETS, ids=lambda t: t.name)
@pytest.mark.parametrize(("emit", "rows", "scratch_bytes"), [
    (thin.emit_gemm_thin, 4, thin.scratch_bytes), (emit_gemm, 20, block.scratch_bytes)])
def test_beyond_the_last_column(target: Target, emit: Callable[..., str], rows: int,
                                scratch_bytes: Callable[..., int]) -> None:
    kind = kind_of(target, "float32")
    a = np.arange(rows * DEPTH, dtype="float32").reshape(rows, DEPTH)
    b = np.arange(2 * COLUMNS * DEPTH * 2, dtype="float32").reshape(2 * COLUMNS, DEPTH * 2)[::2, ::2].T
    out = np.zeros((rows, COLUMNS), dtype="float32")
    scratch = scratch_bytes(kind)
    integers = [rows, COLUMNS, DEPTH, DEPTH, 1, 2, 4 * DEPTH, COLUMNS, 0, 0, 0, 512, 1 << 62, 0, 0]
    launch = Launch(emit(target, "float32"), target, [a, b, out, out], integers, scratch=scratch)
    tiny = np.float32(1e-42)  # not normal
    memory: Any = np.ctypeslib.as_array((ctypes.c_float * (scratch // 4)).from_address(launch.arguments.scratch))
    memory[:] = tiny
    assert launch(1) == 0
    assert np.array_equal(out, a @ b)
    first = scratch // 4 - 128 * kind.lanes if emit is thin.emit_gemm_thin else 0  # where B is packed
    panel = memory[first:first + DEPTH * kind.lanes].reshape(DEPTH, kind.lanes)
    assert np.array_equal(panel[:, :COLUMNS], b)
    assert not panel[:, COLUMNS:].any()
