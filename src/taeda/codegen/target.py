"""What code is generated for: the instruction sets of one processor family and their limits."""

from __future__ import annotations

import dataclasses
import functools
import os
from dataclasses import dataclass, field

from taeda import environment


@dataclass(frozen=True)
class Target:
    """An instruction set, as far as the code generators care.

    `family` says whose methods serve it (compiler/methods) and who makes kernels for it (runtime/devices.py).
    `vector_bytes` is the width of a vector register, `vector_registers` how many there are;
    `bf16_dot` and `int8_dot` say whether vdpbf16ps and vpdpbusd are used.

    `processors` and `first_cache_ways` are of the machine that kernels run on, and only say in which pieces they are
    launched: targets that differ in nothing else are equal.
    """

    name: str
    features: str
    vector_bytes: int
    vector_registers: int
    fma: bool
    f16c: bool
    bf16_dot: bool = False
    int8_dot: bool = False
    family: str = "cpu"
    processor: str = "x86-64"
    triple: str = "x86_64-unknown-linux-gnu"
    processors: int = field(default=1, compare=False)
    first_cache_ways: int = field(default=8, compare=False)

    def lanes(self, itemsize: int) -> int:
        return self.vector_bytes // itemsize


_AVX2 = "+sse4.2,+avx,+avx2,+fma,+f16c,+bmi,+bmi2,+lzcnt,+popcnt,+movbe"
_AVX512 = _AVX2 + ",+avx512f,+avx512bw,+avx512dq,+avx512vl,+avx512cd"

BASELINE = Target("baseline", "+sse2", 16, 16, fma=False, f16c=False)
AVX2 = Target("avx2", _AVX2, 32, 16, fma=True, f16c=True)
AVX512 = Target("avx512", _AVX512, 64, 32, fma=True, f16c=True)
AVX512_VNNI = Target("avx512_vnni", _AVX512 + ",+avx512vnni", 64, 32, fma=True, f16c=True, int8_dot=True)
AVX512_DOT = Target(
    "avx512_dot", _AVX512 + ",+avx512bf16,+avx512vnni", 64, 32, fma=True, f16c=True, bf16_dot=True, int8_dot=True
)
# No processor: Programs run by the interpreters (compiler/methods/reference).
REFERENCE = Target("reference", "", 16, 16, fma=False, f16c=False, family="reference")
TARGETS = {t.name: t for t in (BASELINE, AVX2, AVX512, AVX512_VNNI, AVX512_DOT)}


def _first_in_cpuinfo(name: str) -> str:
    try:
        with open("/proc/cpuinfo") as f:
            return next((line.split(":", 1)[1] for line in f if line.startswith(name) and ":" in line), "")
    except OSError:
        return ""


@functools.cache
def machine_features() -> frozenset[str]:
    return frozenset(_first_in_cpuinfo("flags").split())


def _first_cache_ways() -> int:
    """How many lines at the same place of a page the first cache of this processor holds; 8 where the system does not
    say."""
    try:
        with open("/sys/devices/system/cpu/cpu0/cache/index0/ways_of_associativity") as f:
            return int(f.read())
    except (OSError, ValueError):
        return 8


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def vendor() -> str:
    """Who made this processor: "GenuineIntel", "AuthenticAMD", or empty where the system does not say."""
    return _first_in_cpuinfo("vendor_id").strip()


@functools.cache
def current() -> Target:
    """The target of this process: the best that the machine has, or a lesser one named by TAEDA_CPU, on this machine.

    `TAEDA_CPU=avx512` means AVX-512 with whatever dot products the machine has; `TAEDA_CPU=reference` the interpreters.
    """
    return dataclasses.replace(_instruction_set(), processors=_processors(), first_cache_ways=_first_cache_ways())


def _instruction_set() -> Target:
    have = machine_features()
    best = BASELINE
    if {"avx2", "fma", "f16c"} <= have:
        best = AVX2
        if {"avx512f", "avx512bw", "avx512dq", "avx512vl"} <= have:
            best = AVX512 if "avx512_vnni" not in have else AVX512_DOT if "avx512_bf16" in have else AVX512_VNNI
    # Intel's processors multiply pairs of bfloat16 at half the rate of float32 numbers, AMD's at twice that rate.
    liked = AVX512_VNNI if best is AVX512_DOT and "GenuineIntel" in vendor() else best
    asked = environment.cpu()
    if asked == REFERENCE.name:
        return REFERENCE
    if asked is None or asked == "avx512" and best.vector_bytes == 64:
        return liked
    if asked not in TARGETS:
        raise ValueError(f"TAEDA_CPU is {asked!r}; expected one of {', '.join([*TARGETS, REFERENCE.name])}")
    order = list(TARGETS)
    if order.index(asked) > order.index(best.name):
        raise ValueError(f"TAEDA_CPU is {asked!r}, but this machine has at most {best.name!r}")
    return TARGETS[asked]
