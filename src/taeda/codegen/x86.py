"""What only x86-64 has: its intrinsics, by what they do. Who calls one asks first whether the target has it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from taeda.codegen.llvm import FunctionWriter, Value, vector
from taeda.codegen.llvm.types import literal
from taeda.codegen.target import Target


def store_fence(f: FunctionWriter) -> None:
    """Makes stores past the caches visible to other threads."""
    if f.target.triple.startswith("x86_64"):
        f.do_external("llvm.x86.sse.sfence")


def _by_registers(f: FunctionWriter, lanes: int, operation: Callable[..., Value], *values: Value) -> Value:
    """`operation` on registers of `lanes` lanes each; what is shorter is repeated to fill one."""
    count = values[0].lanes
    if not count:
        return _by_registers(f, lanes, operation, *(f.splat(v, lanes) for v in values)).lane()
    if count < lanes:
        values = tuple(v.shuffled([k % count for k in range(lanes)]) for v in values)
    whole = values[0].lanes == lanes
    result = f.concatenate([operation(*(v if whole else v.slice(start, lanes) for v in values))
                            for start in range(0, values[0].lanes, lanes)])
    return result.slice(0, count) if count < lanes else result


def has_scaling(target: Target) -> bool:
    """Has it `scale_by_power`, `exponent` and `mantissa` (AVX-512)?"""
    return target.vector_bytes == 64


_ROUNDED = {"float": (16, "ps", "i16 -1, i32 4"), "double": (8, "pd", "i8 -1, i32 4")}  # in all lanes, as usual


def scale_by_power(f: FunctionWriter, x: Value, n: Value) -> Value:
    """x * 2**n for integral n, rounded once (AVX-512)."""
    lanes, suffix, how = _ROUNDED[x.kind]
    name = f"llvm.x86.avx512.mask.scalef.{suffix}.512"
    return _by_registers(f, lanes, lambda x, n: f.call_external(name, x.type, x, n, x.const(0.0), extra=how), x, n)


def exponent(f: FunctionWriter, x: Value) -> Value:
    """The integer e with |x| = 2**e * m and m in [1, 2), as a float; -infinity for 0, infinity for that (AVX-512)."""
    lanes, suffix, how = _ROUNDED[x.kind]
    name = f"llvm.x86.avx512.mask.getexp.{suffix}.512"
    return _by_registers(f, lanes, lambda x: f.call_external(name, x.type, x, x.const(0.0), extra=how), x)


def mantissa(f: FunctionWriter, x: Value) -> Value:
    """x times a power of 2, in [3/4, 3/2); 1 for 0 and infinity, NaN for numbers below 0 and NaN (AVX-512)."""
    lanes, suffix, how = _ROUNDED[x.kind]
    name = f"llvm.x86.avx512.mask.getmant.{suffix}.512"
    form = f.constant(0b1011, "i32")  # from 3/4 on, NaN for numbers with a sign
    return _by_registers(f, lanes, lambda x: f.call_external(name, x.type, x, form, x.const(0.0), extra=how), x)


def reciprocal_root(f: FunctionWriter, x: Value) -> Value:
    """1 / sqrt(x) to 14 bits (AVX-512)."""
    lanes, suffix, how = _ROUNDED[x.kind]
    name = f"llvm.x86.avx512.rsqrt14.{suffix}.512"
    return _by_registers(f, lanes, lambda x: f.call_external(name, x.type, x, x.const(0.0), extra=how.split(",")[0]), x)


def has_look_up(target: Target) -> bool:
    return target.vector_bytes >= 32


def look_up(f: FunctionWriter, table: Sequence[float], index: Value) -> Value:
    """table[index % len(table)] in each lane, by a permutation of registers: for a table of 8 float32 numbers (AVX2),
    or of 16 or 32 (AVX-512)."""
    lanes = f.target.vector_bytes // 4
    type = vector(lanes, "float")
    assert len(table) <= 2 * lanes if lanes == 16 else len(table) == 8
    parts = [Value(f, type, "<" + ", ".join(f"float {literal(table[(start + k) % len(table)], 'float')}"
                                            for k in range(lanes)) + ">")
             for start in range(0, max(len(table), lanes), lanes)]

    def permuted(numbers: Value) -> Value:
        if len(parts) == 2:
            return f.call_external("llvm.x86.avx512.vpermi2var.ps.512", type, parts[0], numbers, parts[1])
        name = "llvm.x86.avx512.permvar.sf.512" if lanes == 16 else "llvm.x86.avx2.permps"
        return f.call_external(name, type, parts[0], numbers)
    return _by_registers(f, lanes, permuted, index)


def words_at(f: FunctionWriter, words: Value, places: Sequence[int]) -> Value:
    """16 of 16 or 32 words (i32) by one instruction (AVX-512). LLVM would join a shuffle of words with one of their
    bytes after it, and take it apart again in a worse way."""
    if words.lanes != 16:
        return words.shuffled(places)
    index = Value(f, words.type, "<" + ", ".join(f"i32 {place}" for place in places) + ">")
    return f.call_external("llvm.x86.avx512.permvar.si.512", words.type, words, index)


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
