"""Integer primitives that are no single instruction: division that cannot trap, shifts, powers, common divisors."""

from __future__ import annotations

from taeda.codegen.llvm import BITS, FunctionWriter, Value


def truncdiv(f: FunctionWriter, x: Value, y: Value, signed: bool) -> Value:
    """`x / y` towards zero. Division by 0 is reported as a fault, and gives `x`."""
    zero = y.compare("eq", 0)
    if f.on_fault is not None:
        f.on_fault(zero)
    if x.kind != "i64":
        # The quotient of two 32-bit integers as a double, truncated, is exact.
        widen = "sext" if signed else "zext"
        wide = [v if v.kind == "i32" else v.convert(widen, "i32") for v in (x, zero.select(1, y))]
        to_double = "sitofp" if signed or x.kind != "i32" else "uitofp"
        numerator, denominator = (v.convert(to_double, "double") for v in wide)
        quotient = numerator / denominator
        if x.kind == "i32":
            # 2**31 (the lowest number by -1) must wrap; it has no int32, nor have the larger ones without a sign.
            return quotient.convert("fptosi", "i64").convert("trunc", "i32")
        return quotient.convert("fptosi", "i32").convert("trunc", x.kind)
    if not signed:
        return x // zero.select(1, y)
    minus = y.compare("eq", -1)  # the lowest number by -1 would trap
    quotient = x / (zero | minus).select(1, y)
    return minus.select(-x, quotient)


def remainders(f: FunctionWriter, x: Value, y: Value, signed: bool) -> tuple[Value, Value, Value]:
    """(quotient towards zero, remainder of it, where the floor differs)."""
    quotient = truncdiv(f, x, y, signed)
    rest = x - quotient * y
    if not signed:
        return quotient, rest, f.constant(False, x.like("i1"))
    return quotient, rest, rest.compare("ne", 0) & (rest ^ y).compare("slt", 0)


def floordiv(f: FunctionWriter, x: Value, y: Value, signed: bool) -> Value:
    quotient, _, differs = remainders(f, x, y, signed)
    return quotient + differs.convert("sext", x.kind) if signed else quotient


def remainder(f: FunctionWriter, x: Value, y: Value, signed: bool) -> Value:
    _, rest, differs = remainders(f, x, y, signed)
    return differs.select(rest + y, rest) if signed else rest


def shift(f: FunctionWriter, x: Value, y: Value, right: bool, signed: bool) -> Value:
    """LLVM leaves a shift by the width or more undefined; here it gives 0, or the sign."""
    width = BITS[x.kind]
    if y.is_splat and 0 <= int(y.lane().text) < width:
        return x.lshr(y) if right and not signed else x.ashr(y) if right else x.shl(y)
    outside = y.compare("uge", width)
    if right and signed:
        return x.ashr(outside.select(width - 1, y))
    amount = outside.select(0, y)
    return outside.select(0, x.lshr(amount) if right else x.shl(amount))


def power(f: FunctionWriter, x: Value, y: Value, signed: bool) -> Value:
    """`x ** y` that wraps, by repeated squaring, in a loop over the bits of the largest exponent."""
    def step(result: Value, base: Value, exponent: Value) -> list[Value]:
        return [(exponent & 1).compare("ne", 0).select(result * base, result), base * base, exponent.lshr(1)]

    result, _, _ = f.repeat(lambda result, base, exponent: f.any(exponent.compare("ne", 0)), step,
                            carry=[x.const(1), x, y])
    if not signed:
        return result
    # A negative exponent: 1 / x**|y| as an integer.
    negative = x.compare("eq", 1).select(x.const(1), 0)
    negative = x.compare("eq", -1).select((y & 1).compare("ne", 0).select(x.const(-1), 1), negative)
    return y.compare("slt", 0).select(negative, result)


def gcd(f: FunctionWriter, x: Value, y: Value, signed: bool) -> Value:
    """The greatest common divisor, by shifts and differences of odd numbers (Stein, 1967), until all lanes are done."""
    def trailing(v: Value) -> Value:
        return f.intrinsic("llvm.cttz", v, extra="i1 false")

    p, q = ((v.compare("slt", 0).select(-v, v) if signed else v) for v in (x, y))
    # gcd(p, 0) = p = gcd(p, p). Both zero: the loop runs on ones, whose result is dropped.
    nothing = (p | q).compare("eq", 0)
    first = nothing.select(1, p.compare("eq", 0).select(q, p))
    second = nothing.select(1, q.compare("eq", 0).select(p, q))

    def step(least: Value, other: Value) -> list[Value]:
        finished = other.compare("eq", 0)
        odd = other.lshr(finished.select(0, trailing(other)))
        smaller = odd.compare("ult", least)
        difference = smaller.select(least - odd, odd - least)
        return [finished.select(least, smaller.select(odd, least)), finished.select(0, difference)]

    found, _ = f.repeat(lambda least, other: f.any(other.compare("ne", 0)), step,
                        carry=[first.lshr(trailing(first)), second])
    return nothing.select(0, found.shl(trailing(first | second)))
