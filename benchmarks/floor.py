#!/usr/bin/env python3
"""How far kernels are from what the machine allows: time over floor for the large kernels of the benchmarks.

    python benchmarks/floor.py                 the page
    python benchmarks/floor.py --only matmul   kernels whose name matches
    python benchmarks/floor.py --smoke         small sizes, a few rounds: does it run?

Two things are measured of the machine, with machine code made for that: how fast it copies memory that fits no cache
(bytes read plus bytes written), and how many fused multiply-adds in registers it does. The floor of a kernel is the
longer of its bytes by the one and its operations by the other. Rounds of kernels and of the two yardsticks take turns,
and the best of each counts: a neighbour on the machine then slows neither alone. Kernels whose operands stay in caches
can be below the floor of their bytes, and say so with a ratio below 1.
"""

from __future__ import annotations

import argparse
import ctypes
import itertools
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import taeda
import taeda.nn.functional as F
from taeda.codegen.llvm import vector
from taeda.codegen.target import Target
from taeda.codegen.templates.rows import start_kernel
from taeda.runtime.devices import target_of
from taeda.runtime.jit import compile_kernel

CHAINS = 12  # multiply-adds that do not wait for each other: two units of a latency of four, and some
STEPS = 20000
ITEMS = 32  # of STEPS each, in one measurement: long against starting a thread


@dataclass
class Work:
    """A kernel, what it does at least, and the ratio that it shall not exceed (None: not said)."""

    name: str
    make: Callable[[int], Callable[[], Any]]  # given what sizes are divided by
    bytes: Callable[[int], int]
    operations: Callable[[int], int] = lambda small: 0
    limit: float | None = None
    times: list[float] = field(default_factory=list)


def _random(*shape: int) -> Any:
    return taeda.randn(*shape)


def _pointwise(name: str, f: Callable[..., Any], inputs: int) -> Work:
    def make(small: int) -> Callable[[], Any]:
        operands = [_random((1 << 24) // small) for _ in range(inputs)]
        out = taeda.empty_like(operands[0])
        return lambda: f(*operands, out=out)

    return Work(name, make, lambda small: 4 * (inputs + 1) * (1 << 24) // small, limit=1.15)


def _rows(name: str, f: Callable[[Any], Any], passes: int, limit: float | None = 1.15) -> Work:
    """`passes`: how often the elements go through memory."""
    def make(small: int) -> Callable[[], Any]:
        x = _random(16384 // small, 1024)
        return lambda: f(x)

    return Work(name, make, lambda small: 4 * passes * (1 << 24) // small, limit=limit)


def _product(n: int) -> Work:
    def make(small: int) -> Callable[[], Any]:
        m = n // small
        a, b, out = _random(m, m), _random(m, m), taeda.empty(m, m)
        return lambda: taeda.mm(a, b, out=out)

    return Work(f"matmul {n}", make, lambda small: 12 * (n // small) ** 2, lambda small: 2 * (n // small) ** 3, 1.2)


def _convolution() -> Work:
    def make(small: int) -> Callable[[], Any]:
        x, w = _random(32 // small, 64, 56, 56), _random(64, 64, 3, 3)
        return lambda: F.conv2d(x, w, padding=1)

    return Work("conv 3x3, 64 channels, 56x56", make, lambda small: 8 * (32 // small) * 64 * 56 * 56,
                lambda small: 2 * (32 // small) * 64 * 64 * 9 * 56 * 56)


WORK = [
    _pointwise("add 64 MB", taeda.add, 2),
    _pointwise("mul 64 MB", taeda.mul, 2),
    _pointwise("exp 64 MB", taeda.exp, 1),
    _pointwise("tanh 64 MB", taeda.tanh, 1),
    _pointwise("sigmoid 64 MB", taeda.sigmoid, 1),
    _rows("gelu 64 MB", F.gelu, 2),
    _rows("sum 64 MB", lambda x: x.sum(), 1),
    _rows("sum of rows 64 MB", lambda x: x.sum(1), 1),
    _rows("sum of columns 64 MB", lambda x: x.sum(0), 1),
    _rows("amax of rows 64 MB", lambda x: x.amax(1), 1),
    _rows("softmax 16384x1024", lambda x: x.softmax(1), 2),
    _rows("layer_norm 16384x1024", lambda x: F.layer_norm(x, (1024,)), 2),
    _rows("fused: x * rsqrt(mean(x^2))", taeda.compile(lambda x: x * (x * x).mean(1, True).rsqrt()), 2),
    _rows("fused: eight pointwise", taeda.compile(
        lambda x: taeda.tanh(x * 2 + 1 - x) * 0.5 + taeda.sigmoid(x * x) * x), 2),
    _product(1024),
    _product(2048),
    _convolution(),
]


def multiply_adds(target: Target) -> str:
    """A kernel of STEPS rounds of CHAINS vectors of multiply-adds per work item, whose sum it stores."""
    module, f, arguments = start_kernel(target)
    type = vector(target.vector_bytes // 4, "float")
    starts = [f.load(type, f.at(arguments.data(0), k * target.vector_bytes)) for k in range(CHAINS)]
    factor = starts[0]

    def step(_: Any, *sums: Any) -> list[Any]:
        return [f.intrinsic("llvm.fma", s, factor, factor) for s in sums]

    def item(_: Any) -> None:
        sums = f.loop(0, STEPS, step, carry=starts)
        total = sums[0]
        for s in sums[1:]:
            total = total + s
        f.store(total, arguments.data(1))

    f.loop(f["begin"], f["end"], item)
    f.ret(0)
    return module.text()


class _Arguments(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("integers", ctypes.c_void_p), ("scalars", ctypes.c_void_p),
                ("scratch", ctypes.c_void_p), ("fault", ctypes.c_void_p)]


def peak(threads: int) -> Callable[[], float]:
    """A function that measures operations per second, in so many threads."""
    target = target_of("cpu")
    address = compile_kernel(multiply_adds(target), target)
    kernel = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)(address)
    lanes = target.vector_bytes // 4
    pool = ThreadPoolExecutor(threads)

    def one() -> Any:
        x, out = taeda.zeros((CHAINS + 1) * lanes + 16), taeda.zeros(lanes + 16)
        data = (ctypes.c_void_p * 2)(*((t.data_ptr() + 63) // 64 * 64 for t in (x, out)))
        arguments = _Arguments(ctypes.addressof(data), None, None, None, None)
        held = (x, out, data, arguments)
        return lambda: kernel(ctypes.addressof(held[3]), 0, ITEMS)

    workers = [one() for _ in range(threads)]

    def measure() -> float:
        start = time.perf_counter()
        for done in [pool.submit(w) for w in workers]:
            done.result()
        return threads * ITEMS * STEPS * CHAINS * 2 * lanes / (time.perf_counter() - start)

    return measure


def bandwidth(small: int) -> Callable[[], float]:
    """A function that measures bytes per second of copies, done as a copy and as a product with 1 in all threads."""
    source = _random((1 << 24) // small)
    destination = taeda.empty_like(source)

    def measure() -> float:
        times = [time.perf_counter()]
        destination.copy_(source)
        times.append(time.perf_counter())
        taeda.mul(source, 1.0, out=destination)
        times.append(time.perf_counter())
        return 2 * source.nbytes / min(b - a for a, b in itertools.pairwise(times))

    return measure


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--only", default="", help="kernels whose name matches")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--threads", type=int, default=taeda.get_num_threads())
    parser.add_argument("--smoke", action="store_true", help="small and short")
    options = parser.parse_args()
    taeda.set_num_threads(options.threads)
    small = 16 if options.smoke else 1
    rounds = 2 if options.smoke else options.rounds
    chosen = [w for w in WORK if re.search(options.only, w.name)]
    copy, compute = bandwidth(small), peak(options.threads)
    bytes_per_second, operations_per_second = 0.0, 0.0
    for work in chosen:
        run = work.make(small)
        run()
        run()
        for _ in range(rounds):
            start = time.perf_counter()
            run()
            work.times.append(time.perf_counter() - start)
            bytes_per_second = max(bytes_per_second, copy())
            operations_per_second = max(operations_per_second, compute())
    print(f"{options.threads} threads: {bytes_per_second / 1e9:.1f} GB/s in copies, "
          f"{operations_per_second / 1e9:.0f} GFLOP/s of float32 multiply-adds")
    print(f"{'kernel':32}{'time':>12}{'floor':>12}{'ratio':>8}{'limit':>8}")
    for work in chosen:
        best = min(work.times)
        floor = max(work.bytes(small) / bytes_per_second, work.operations(small) / operations_per_second)
        ratio = best / floor
        mark = "" if work.limit is None or ratio <= work.limit else "  above"
        limit = "" if work.limit is None else f"{work.limit:.2f}"
        print(f"{work.name:32}{best * 1e3:9.3f} ms{floor * 1e3:9.3f} ms{ratio:8.2f}{limit:>8}{mark}")


if __name__ == "__main__":
    main()
