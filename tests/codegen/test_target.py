"""Which instructions a processor is given, by what it says of itself."""

from __future__ import annotations

import pytest

from taeda.codegen import target

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
