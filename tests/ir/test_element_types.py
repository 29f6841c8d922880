"""The table of element types against the core's, and against PyTorch where it is installed."""

from __future__ import annotations

import pytest

from taeda import _core
from taeda.codegen.llvm.types import bits_type, memory_type, register_type
from taeda.ir.dtype import ARITHMETIC, FLOATS, INTEGERS, ROWS, TENSORS, holds, info, itemsize, mirrored


def test_the_core_has_the_same_table() -> None:
    names = [name for name in vars(_core) if isinstance(getattr(_core, name), _core.dtype)]
    assert names == list(TENSORS)  # the order is that of the enum in csrc/core/dtype.h
    for name in TENSORS:
        core, here = getattr(_core, name), info(name)
        assert core._name == name
        assert core.itemsize == here.itemsize
        assert core.is_floating_point == here.is_floating
        assert core.is_complex == here.is_complex
        assert core.is_signed == here.is_signed


def test_what_follows_from_a_row() -> None:
    for name in ARITHMETIC:
        assert bits_type(name) == f"i{8 * itemsize(name)}"
        assert info(info(name).compute).support == info(info(name).accumulate).support == "arithmetic"
    assert [memory_type(d) for d in ("bool", "int16", "bfloat16", "float64")] == ["i8", "i16", "i16", "double"]
    assert [register_type(d) for d in ("bool", "int16", "bfloat16", "float64")] == ["i1", "i16", "float", "double"]
    with pytest.raises(TypeError, match="not a dtype: 'float31'"):
        info("float31")
    with pytest.raises(TypeError, match="int4 is packed: 2 elements to a byte"):
        itemsize("int4")


def test_mirrored_dtypes_stand_for_their_plain_ones() -> None:
    for name, row in ROWS.items():
        if row.is_mirrored:
            assert mirrored(name) == row.plain and mirrored(row.plain) == name and name not in TENSORS
            assert row[1:3] == info(row.plain)[1:3] and row.compute == info(row.plain).compute
    with pytest.raises(TypeError, match="int32 has no mirrored dtype"):
        mirrored("int32")


def test_holds() -> None:
    for a in INTEGERS:
        for b in INTEGERS:
            inside = info(b).lowest <= info(a).lowest and info(a).highest <= info(b).highest
            assert holds(a, b) == (inside and a != b), (a, b)
    assert holds("uint8", "bfloat16") and not holds("int16", "float16") and not holds("int64", "float64")
    assert [b for b in FLOATS if holds("bfloat16", b)] == ["float32", "float64"]
    assert [b for b in FLOATS if holds("float8_e5m2", b)] == ["float16", "bfloat16", "float32", "float64"]
    assert all(holds("bool", b) for b in ARITHMETIC[1:] if info(b).form != "power")  # that form has no zero
    assert holds("float16", "complex32") and holds("complex64", "complex128") and not holds("float64", "complex64")


@pytest.mark.filterwarnings("ignore:ComplexHalf support")
@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if not row.is_mirrored])
def test_words_and_ranges_are_pytorchs(name: str) -> None:
    torch = pytest.importorskip("torch")
    here = info(name)
    if here.is_packed:
        return
    dtype = getattr(torch, name)
    assert all(getattr(torch, alias) is dtype for alias in here.aliases)
    assert (dtype.itemsize, dtype.is_floating_point, dtype.is_complex, dtype.is_signed) == (
        here.itemsize, here.is_floating, here.is_complex, here.is_signed)
    assert torch.empty(0, dtype=dtype).type() == f"torch.{here.word}Tensor"
    if here.is_floating:
        limits = torch.finfo(dtype)
        assert (limits.max, limits.min, limits.eps, limits.tiny) == (
            here.highest, here.lowest, here.eps, here.smallest_normal)
        if here.has_infinity:
            bits = {8: torch.uint8, 16: torch.int16, 32: torch.int32, 64: torch.int64}[here.bits]
            assert torch.tensor([float("inf")], dtype=dtype).view(bits).item() == here.infinity_bits
    elif here.is_integer:
        limits = torch.iinfo(dtype)
        assert (limits.max, limits.min) == (here.highest, here.lowest)
    if name not in ("bool", "float32"):
        with pytest.raises(RuntimeError) as e:
            torch.mm(torch.ones(1, 1, dtype=dtype), torch.ones(1, 1))
        assert f"but got: {here.cpp} != float" in str(e.value)
