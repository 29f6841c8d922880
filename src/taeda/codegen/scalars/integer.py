"""Integer primitives that are no single instruction: division that cannot trap, shifts, powers, Philox."""

from __future__ import annotations

from taeda.codegen.text import BITS, Builder, Vec


def truncdiv(b: Builder, x: Vec, y: Vec, signed: bool) -> Vec:
    """`x / y` towards zero. Division by 0 is reported as a fault, and gives `x`."""
    zero = y.compare("eq", 0)
    if b.on_fault is not None:
        b.on_fault(zero)
    if x.kind != "i64":
        # The quotient of two 32-bit integers as a double, truncated, is exact.
        widen = "sext" if signed else "zext"
        wide = [v if v.kind == "i32" else v.convert(widen, "i32") for v in (x, zero.select(1, y))]
        numerator, denominator = (v.convert("sitofp", "double") for v in wide)
        quotient = numerator / denominator
        if x.kind == "i32":
            # 2**31 (the lowest number by -1) must wrap; it has no int32.
            return quotient.convert("fptosi", "i64").convert("trunc", "i32")
        return quotient.convert("fptosi", "i32").convert("trunc", x.kind)
    minus = y.compare("eq", -1)  # the lowest number by -1 would trap
    quotient = b.vec("i64", x.lanes, f"sdiv {x}, {(zero | minus).select(1, y).name}")
    return minus.select(-x, quotient)


def remainders(b: Builder, x: Vec, y: Vec, signed: bool) -> tuple[Vec, Vec, Vec]:
    """(quotient towards zero, remainder of it, where the floor differs)."""
    quotient = truncdiv(b, x, y, signed)
    rest = x - quotient * y
    if not signed:
        return quotient, rest, b.splat(False, "i1", x.lanes)
    return quotient, rest, rest.compare("ne", 0) & (rest ^ y).compare("slt", 0)


def floordiv(b: Builder, x: Vec, y: Vec, signed: bool) -> Vec:
    quotient, _, differs = remainders(b, x, y, signed)
    return quotient + differs.convert("sext", x.kind) if signed else quotient


def remainder(b: Builder, x: Vec, y: Vec, signed: bool) -> Vec:
    _, rest, differs = remainders(b, x, y, signed)
    return differs.select(rest + y, rest) if signed else rest


def shift(b: Builder, x: Vec, y: Vec, right: bool, signed: bool) -> Vec:
    """LLVM leaves a shift by the width or more undefined; here it gives 0, or the sign."""
    width = BITS[x.kind]
    outside = y.compare("uge", width)
    if right and signed:
        return x.ashr(outside.select(width - 1, y))
    amount = outside.select(0, y)
    return outside.select(0, x.lshr(amount) if right else x.shl(amount))


def power(b: Builder, x: Vec, y: Vec, signed: bool) -> Vec:
    """`x ** y` that wraps, by repeated squaring, in a loop over the bits of the largest exponent."""
    loop, done = b.name("power"), b.name("power_done")
    before = b.block
    b.jump(loop)
    b.label(loop)
    result, close_result = b.late_phi(x.type, (x.const(1).name, before))
    base, close_base = b.late_phi(x.type, (x.name, before))
    exponent, close_exponent = b.late_phi(x.type, (y.name, before))
    r, s, e = (Vec(b, x.kind, x.lanes, name) for name in (result, base, exponent))
    r2 = (e & 1).compare("ne", 0).select(r * s, r)
    s2 = s * s
    e2 = e.lshr(1)
    name = f"llvm.vector.reduce.or.v{x.lanes}{x.kind}"
    b.declare(name, x.kind, [x.type])
    left = b.op(f"call {x.kind} @{name}({e2})")
    more = b.op(f"icmp ne {x.kind} {left}, 0")
    for close, value in ((close_result, r2), (close_base, s2), (close_exponent, e2)):
        close(value.name, loop)
    b.branch(more, loop, done)
    b.label(done)
    if not signed:
        return r2
    # A negative exponent: 1 / x**|y| as an integer.
    negative = x.compare("eq", 1).select(x.const(1), 0)
    negative = x.compare("eq", -1).select((y & 1).compare("ne", 0).select(x.const(-1), 1), negative)
    return y.compare("slt", 0).select(negative, r2)


def philox_keys(seed: Vec) -> list[tuple[Vec, Vec]]:
    """The keys of the ten rounds, as the low halves of i64 (what is above them does not matter)."""
    return [(seed + k * 0x9E3779B9, seed.lshr(32) + k * 0xBB67AE85) for k in range(10)]


def philox(keys: list[tuple[Vec, Vec]], counter: Vec) -> list[Vec]:
    """The four 32-bit words of Philox4x32-10 (Salmon et al., 2011) as i32.

    All words are kept as the low halves of i64, because that is what 32-bit multiplication takes and gives; only
    its operands need zeros above them.
    """
    mask = 0xFFFFFFFF
    c0, c1 = counter, counter.lshr(32)
    c2 = c3 = counter.const(0)
    for key0, key1 in keys:
        product0, product1 = (c0 & mask) * 0xD2511F53, (c2 & mask) * 0xCD9E8D57
        c0, c1, c2, c3 = (product1.lshr(32) ^ c1 ^ key0, product1, product0.lshr(32) ^ c3 ^ key1, product0)
    return [word.convert("trunc", "i32") for word in (c0, c1, c2, c3)]
