"""Which instructions a processor is given, by what it says of itself."""

from __future__ import annotations

import dataclasses

import pytest

from taeda.codegen import target
from taeda.codegen.templates.gemm.block import PAGE
from taeda.codegen.templates.gemm.kind import Kind, kind_of
from taeda.compiler.methods.matmul import rows_of_blocks, slow_row

AVX2 = {"avx2", "fma", "f16c"}
AVX512 = AVX2 | {"avx512f", "avx512bw", "avx512dq", "avx512vl"}


@pytest.mark.parametrize(("features", "vendor", "asked", "expected"), [
    ({"sse2"}, "AuthenticAMD", None, "baseline"), (AVX2, "GenuineIntel", None, "avx2"),
    (AVX512, "GenuineIntel", None, "avx512"), (AVX512 | {"avx512_vnni"}, "GenuineIntel", None, "avx512_vnni"),
    (AVX512 | {"avx512_vnni", "avx512_bf16"}, "AuthenticAMD", None, "avx512_dot"),
    (AVX512 | {"avx512_vnni", "avx512_bf16"}, "GenuineIntel", None, "avx512_vnni"),
    (AVX512 | {"avx512_vnni", "avx512_bf16"}, "GenuineIntel", "avx512", "avx512_vnni"),
    (AVX512 | {"avx512_vnni", "avx512_bf16"}, "GenuineIntel", "avx512_dot", "avx512_dot"),
    (AVX512 | {"avx512_vnni"}, "GenuineIntel", "avx2", "avx2"),
])
def test_the_best_that_a_processor_has(features: set[str], vendor: str, asked: str | None, expected: str,
                                       monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(target, "machine_features", lambda: frozenset(features))
    monkeypatch.setattr(target, "vendor", lambda: vendor)
    monkeypatch.setattr("taeda.environment.cpu", lambda: asked)
    assert target.current.__wrapped__().name == expected


def test_more_than_a_processor_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(target, "machine_features", lambda: frozenset(AVX512))
    monkeypatch.setattr("taeda.environment.cpu", lambda: "avx512_vnni")
    with pytest.raises(ValueError, match="this machine has at most 'avx512'"):
        target.current.__wrapped__()


def test_pieces_are_for_the_machine_of_the_target() -> None:
    def on(processors: int, ways: int) -> Kind:
        return kind_of(dataclasses.replace(target.AVX2, processors=processors, first_cache_ways=ways), "float32")

    tall, wide, deep = 4096, 2048, 512
    few, many = (rows_of_blocks(on(n, 8), tall, wide, deep) for n in (2, 8))
    assert few == on(2, 8).tall_row_block and many == on(8, 8).row_block
    assert [rows_of_blocks(on(n, 8), 512, 16, 512) for n in (1, 2, 4)] == [512, 256, 128]
    assert slow_row(on(2, 8)) == PAGE and slow_row(on(2, 12)) > PAGE
    assert on(2, 8).target == target.AVX2  # the same kernels
    assert target.current().processors >= 1
