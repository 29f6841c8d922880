"""What only x86-64 has: its intrinsics, by what they do. Who calls one asks first whether the target has it."""

from __future__ import annotations

from collections.abc import Sequence

from taeda.codegen.llvm import FunctionWriter, Value, vector
from taeda.codegen.llvm.types import literal
from taeda.codegen.target import Target


def store_fence(f: FunctionWriter) -> None:
    """Makes stores past the caches visible to other threads."""
    if f.target.triple.startswith("x86_64"):
        f.do_external("llvm.x86.sse.sfence")


def has_scaling(f: FunctionWriter, x: Value) -> bool:
    """Can `x` be scaled by `scale_by_power`: has the target vscalefps, and is `x` whole registers?"""
    return f.target.vector_bytes == 64 and x.lanes * (4 if x.kind == "float" else 8) >= 64


def scale_by_power(f: FunctionWriter, x: Value, n: Value) -> Value:
    """x * 2**n for integral n, rounded once (AVX-512)."""
    lanes, suffix, mask = (16, "ps", "i16") if x.kind == "float" else (8, "pd", "i8")
    parts = []
    for start in range(0, x.lanes, lanes):
        p, q = (x, n) if x.lanes == lanes else (x.slice(start, lanes), n.slice(start, lanes))
        parts.append(f.call_external(f"llvm.x86.avx512.mask.scalef.{suffix}.512", p.type, p, q, p.const(0.0),
                                     extra=f"{mask} -1, i32 4"))
    return f.concatenate(parts)


def split(f: FunctionWriter, x: Value) -> tuple[Value, Value]:
    """(e, m) of float32 numbers with x = 2**e * m and m in [1, 2) (AVX-512; see `has_scaling`).

    e is -infinity for 0 and infinity for that; m is NaN for numbers below 0 and NaN."""
    exponents, mantissas = [], []
    every = "i16 -1, i32 4"
    for start in range(0, x.lanes, 16):
        y = x if x.lanes == 16 else x.slice(start, 16)
        form = f.constant(0b1000, "i32")  # from 1 on, NaN for numbers with a sign
        exponents.append(f.call_external("llvm.x86.avx512.mask.getexp.ps.512", y.type, y, y.const(0.0), extra=every))
        mantissas.append(f.call_external("llvm.x86.avx512.mask.getmant.ps.512", y.type, y, form, y.const(0.0),
                                         extra=every))
    return f.concatenate(exponents), f.concatenate(mantissas)


def has_look_up(target: Target) -> bool:
    return target.vector_bytes >= 32


def look_up(f: FunctionWriter, table: Sequence[float], index: Value) -> Value:
    """table[index & 7] in each lane, for a table of 8 float32 numbers: a permutation of one register (AVX2)."""
    wide = f.target.vector_bytes == 64
    lanes, name = (16, "llvm.x86.avx512.permvar.sf.512") if wide else (8, "llvm.x86.avx2.permps")
    entries = ", ".join(f"float {literal(v, 'float')}" for v in (*table, *table)[:lanes])
    type = vector(lanes, "float")
    numbers = index if index.lanes >= lanes else index.shuffled([k % index.lanes for k in range(lanes)])
    parts = []
    for start in range(0, numbers.lanes, lanes):
        part = numbers if numbers.lanes == lanes else numbers.slice(start, lanes)
        parts.append(f.call_external(name, type, Value(f, type, f"<{entries}>"), part))
    result = f.concatenate(parts)
    return result if result.lanes == index.lanes else result.slice(0, index.lanes)


def dot_pairs(f: FunctionWriter, total: Value, a: Value, b: Value) -> Value:
    """total + a[2 k] * b[2 k] + a[2 k + 1] * b[2 k + 1] of bfloat numbers in float (vdpbf16ps, 512 bits); `a` and `b`
    may be any type of that size."""
    pairs = vector(2 * total.lanes, "bfloat")
    return f.call_external("llvm.x86.avx512bf16.dpbf16ps.512", total.type, total, f.cast("bitcast", a, pairs),
                           f.cast("bitcast", b, pairs))


def dot_fours(f: FunctionWriter, total: Value, unsigned: Value, signed: Value) -> Value:
    """total (i32) + the sum of four neighbouring bytes' products in each lane (vpdpbusd, 512 bits)."""
    return f.call_external("llvm.x86.avx512.vpdpbusd.512", total.type, total, unsigned, signed)


def dot_fours_of_small(f: FunctionWriter, total: Value, unsigned: Value, signed: Value) -> Value:
    """The same with AVX2, where two neighbours' products together fit in 16 bits."""
    ones = f.constant(1, vector(16, "i16"))
    pairs = f.call_external("llvm.x86.avx2.pmadd.ub.sw", ones.type, unsigned, signed)
    return total + f.call_external("llvm.x86.avx2.pmadd.wd", total.type, pairs, ones)


def with_sign_of(f: FunctionWriter, x: Value, sign: Value) -> Value:
    """Bytes of x, negated where those of `sign` are negative, 0 where they are (AVX2)."""
    return f.call_external("llvm.x86.avx2.psign.b", x.type, x, sign)
