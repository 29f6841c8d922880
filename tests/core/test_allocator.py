"""The caching allocator: reuse, limits, statistics."""

import random
import re

import pytest
from same_as_torch import taeda

from taeda import _core


def empty(n: int) -> taeda.Tensor:
    return taeda.Tensor(n)  # float32, uninitialised


def in_use() -> int:
    return _core.memory_statistics()["allocated"]


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 100, 1000, 2**14, 2**16, 2**18, 2**20, 10**6])
def test_alignment_and_reuse(size: int) -> None:
    before = in_use()
    x = empty(size)
    assert in_use() - before == 4 * size
    address = x.data_ptr()
    assert address % 64 == 0 and (address == 0) == (size == 0)
    del x
    assert in_use() == before
    if size and not _core.sanitized:
        assert empty(size).data_ptr() == address


def test_blocks_do_not_overlap() -> None:
    """A random history of allocations, each block filled with its own pattern."""
    generator = random.Random(0)
    live: list[tuple[taeda.Tensor, memoryview, int]] = []
    for step in range(3000):
        if live and generator.random() < 0.48:
            x, memory, pattern = live.pop(generator.randrange(len(live)))
            assert memory[0] == memory[-1] == memory[len(memory) // 2] == pattern
            del memory, x
        else:
            n = int(2 ** generator.uniform(0, 17 if step % 50 else 20))
            x = empty(n)
            memory = memoryview(x.untyped_storage())
            pattern = generator.randrange(256)
            for at in (0, len(memory) // 2, len(memory) - 1):
                memory[at] = pattern
            live.append((x, memory, pattern))
    spans = sorted((x.data_ptr(), x.nbytes) for x, _, _ in live)
    for (a, n), (b, _) in zip(spans, spans[1:], strict=False):
        assert a + n <= b


def test_large_blocks_are_aligned_for_huge_pages() -> None:
    x = empty(2**20)
    assert x.data_ptr() % 2**21 == 0


def test_cached_memory_is_bounded_and_can_be_released() -> None:
    _core.release_cached_memory()
    start = _core.memory_statistics()["reserved"]
    for n in range(1, 40):  # ever larger: nothing can be reused
        empty(n * 2**20)
    held = _core.memory_statistics()["reserved"] - start
    assert held < 2.5 * 40 * 2**22 + 2**27
    _core.release_cached_memory()
    assert _core.memory_statistics()["reserved"] - start < 2**22


def test_peaks() -> None:
    _core.reset_memory_peaks()
    before = in_use()
    x = empty(10**6)
    del x
    s = _core.memory_statistics()
    assert s["allocated"] == before and s["allocated_peak"] == before + 4 * 10**6


@pytest.mark.parametrize("elements", [10**15, 2**50, 2**58])
def test_absurd_sizes(elements: int) -> None:
    before = _core.memory_statistics()["reserved"]
    with pytest.raises(RuntimeError, match=re.escape(f"you tried to allocate {4 * elements} bytes")) as caught:
        empty(elements)
    assert isinstance(caught.value, MemoryError) and isinstance(caught.value, _core.OutOfMemoryError)
    assert "the allocator holds" in str(caught.value)
    assert _core.memory_statistics()["reserved"] <= before
    assert empty(10).shape == (10,)


def test_more_than_the_machine_has() -> None:
    with open("/proc/meminfo") as f:
        kilobytes = sum(int(line.split()[1]) for line in f if line.startswith(("MemTotal", "SwapTotal")))
    with pytest.raises(_core.OutOfMemoryError):
        empty(kilobytes * 1024 // 4 + 2**20)


def test_sizes_that_overflow() -> None:
    with pytest.raises(
        RuntimeError,
        match=r"Storage size calculation overflowed with sizes=\[4611686018427387904, 4611686018427387904\]",
    ):
        taeda.Tensor(2**62, 2**62)
    with pytest.raises(RuntimeError, match="Storage size calculation overflowed"):
        taeda.Tensor(2**61, 3)
    with pytest.raises(RuntimeError, match=r"negative dimension -1: \[2, -1\]"):
        taeda.Tensor(2, -1)
    with pytest.raises(OverflowError):
        taeda.Tensor(2**70)
