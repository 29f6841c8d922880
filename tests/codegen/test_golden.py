"""The LLVM text of representative kernels, against files in `tests/golden/`.

A refactoring of the code generators shows here that no kernel changed, or which lines did. Where a change is meant,
`pytest tests/codegen --update-golden` writes the files anew and `git diff` shows it.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path

import pytest

from taeda.codegen import loops
from taeda.codegen.llvm import ModuleWriter
from taeda.codegen.target import AVX2, AVX512_DOT, Target
from taeda.codegen.templates.attention.decode import emit_attention_decode
from taeda.codegen.templates.conv.convert import emit_conv_convert
from taeda.codegen.templates.conv.fold import emit_conv_fold
from taeda.codegen.templates.gemm.coded import emit_coded_thin
from taeda.codegen.templates.gemm.kind import kind_of
from taeda.codegen.templates.gemm.micro import copy_elements, tile
from taeda.codegen.templates.index.walk import emit_index
from taeda.codegen.templates.pool.places import emit_adaptive_avg
from taeda.codegen.templates.sort.scan import emit_scan
from taeda.ir.loop import Kernel, Operand, Reduce, Store, call, cast, const, load, reduced, scalar, select

GOLDEN = Path(__file__).parent.parent / "golden"


def _add() -> Kernel:
    x = load(0, "float32") + load(1, "float32") * scalar(0, "float32")
    return Kernel((Operand("float32", "input"), Operand("float32", "input"), Operand("float32", "element")),
                  (Store(2, x),), "add")


def _gelu() -> Kernel:
    x = load(0, "bfloat16")
    half = const(0.5, "bfloat16")
    return Kernel((Operand("bfloat16", "input"), Operand("bfloat16", "element")),
                  (Store(1, x * half * (call("erf", x * 0.7071067811865476) + 1.0)),), "gelu")


def _softmax() -> Kernel:
    x, top = load(0, "float32"), reduced(0, "float32")
    e = call("exp", x - top)
    return Kernel((Operand("float32", "input"), Operand("float32", "element")),
                  (Reduce("max", x), Reduce("sum", e), Store(1, e / reduced(1, "float32"))), "softmax")


def _sum() -> Kernel:
    return Kernel((Operand("float16", "input"), Operand("float16", "row")),
                  (Reduce("sum", cast(load(0, "float16"), "float32")),
                   Store(1, cast(reduced(0, "float32"), "float16"))), "sum")


def _floor_divide() -> Kernel:
    x, y = load(0, "int32"), load(1, "int32")
    return Kernel((Operand("int32", "input"), Operand("int32", "input"), Operand("int32", "element")),
                  (Store(2, select(x > y, x // y, y)),), "floor_divide")


def _gemm_tile(target: Target) -> str:
    module = ModuleWriter(target)
    kind = kind_of(target, "bfloat16")
    tile(module, kind, 2, 1, None if kind.masks else copy_elements(module, kind))
    return module.text()


def loop(kernel: Callable[[], Kernel], axis: str, rank: int, classes: str) -> Callable[[Target], str]:
    return lambda target: loops.emit(kernel(), (axis, rank, classes), target)


KERNELS: dict[str, Callable[[Target], str]] = {
    "loop_add_streaming": loop(_add, "inner", 1, "czn"),
    "loop_add_transposed": loop(_add, "inner", 1, "csc"),
    "loop_gelu_bfloat16": loop(_gelu, "inner", 1, "cc"),
    "loop_softmax": loop(_softmax, "inner", 1, "cc"),
    "loop_softmax_outer": loop(_softmax, "outer", 1, "cc"),
    "loop_sum_float16": loop(_sum, "inner", 2, "sc"),
    "loop_floor_divide": loop(_floor_divide, "inner", 1, "ccc"),
    "coded_thin": lambda target: emit_coded_thin(target, True, "float16", False),
    "gemm_tile": _gemm_tile,
    "conv_fold": lambda target: emit_conv_fold(target, "float"),
    "conv_convert": lambda target: emit_conv_convert(target, "float32", "bfloat16"),
    "attention_decode": lambda target: emit_attention_decode(target, dtype="float32", causal=True, mask=None),
    "adaptive_avg_pool": lambda target: emit_adaptive_avg(target, "float"),
    "scan_float16": lambda target: emit_scan(target, operation="sum", source="float16", dtype="float16"),
    "index_sum": lambda target: emit_index(target, mode="sum", regular="float32", indexed="float32",
                                           indices=("int64",), safe=1, inner_indexed=False, wrap=True),
}


@pytest.mark.parametrize("target", [AVX2, AVX512_DOT], ids=lambda target: target.name)
@pytest.mark.parametrize("name", KERNELS)
def test_text(name: str, target: Target, request: pytest.FixtureRequest) -> None:
    made = KERNELS[name](target)
    path = GOLDEN / f"{name}.{target.name}.ll"
    if request.config.getoption("--update-golden", default=False):
        path.parent.mkdir(exist_ok=True)
        path.write_text(made)
        return
    expected = path.read_text()
    if made != expected:
        lines = list(difflib.unified_diff(expected.splitlines(), made.splitlines(), "golden", "generated", "", "", 2))
        pytest.fail(f"{path.name} differs; if that is meant, write it anew with --update-golden\n"
                    + "\n".join(lines[:80]), pytrace=False)
