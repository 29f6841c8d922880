"""The scalar primitives of loop IR: one row each, and what dtypes they take and give.

This table is the list that the interpreter (`loop_interpreter.MEANINGS`) and the code generator
(`codegen.scalars`) must cover; a test fails and names the primitive that one of them lacks.

Every primitive works on values of one dtype, unless its rule says otherwise:

* ``same``    (T, ...) → T
* ``bool``    (T, ...) → bool
* ``given``   (T) → any dtype, named by the caller
* ``select``  (bool, T, T) → T
* ``part``    (complex T) → the dtype of its parts
* ``complex`` (part, part) → the complex dtype of them
* ``philox``  (int64, int64) → int32
* ``iterate`` any number of states, each of its own dtype → the dtype of one of them (`loop.iterate`)

Arithmetic on floats of 16 and 8 bits is done in float32 and rounded to the dtype once, after every primitive, so
that fused and separate ops give the same bits. Complex numbers are only taken apart and put together; what other
primitives mean on them `complex_numbers.py` says in real arithmetic. Integer arithmetic wraps. Comparison with NaN is
false, but `ne`.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

from taeda.ir.dtype import BOOL, COMPLEX, COMPLEX_OF, FLOAT8, FLOATS, INTEGERS, REAL, info, itemsize

DOMAINS: dict[str, tuple[str, ...]] = {
    "float": FLOATS,
    "integer": INTEGERS,
    "number": (*INTEGERS, *FLOATS),
    "integral": (BOOL, *INTEGERS),
    "any": REAL,
    "complex": COMPLEX,
}


@dataclass(frozen=True)
class Primitive:
    """`exact`: a float result is representable in the dtype of the arguments, so no rounding step is needed.

    `arity` is -1 for any number.
    """

    name: str
    arity: int
    domain: str
    rule: str = "same"
    exact: bool = False


def _table() -> dict[str, Primitive]:
    rows: list[Primitive] = []

    def add(names: str, arity: int, domain: str, rule: str = "same", exact: bool = False) -> None:
        rows.extend(Primitive(name, arity, domain, rule, exact) for name in names.split())

    add("cast", 1, "any", "given")  # float → int truncates; → bool is `!= 0`
    add("bitcast", 1, "number", "given", True)  # between dtypes of equal size
    add("add sub mul", 2, "number")
    add("truediv", 2, "float")
    add("floordiv remainder", 2, "number")  # floor, and the sign of the divisor, as in Python and torch
    add("truncdiv fmod", 2, "number")  # towards zero, and the sign of the dividend, as in C
    add("neg abs sign", 1, "number", exact=True)  # sign of NaN is 0, as in torch
    add("minimum maximum", 2, "any", exact=True)  # NaN if either is NaN
    add("fmin fmax", 2, "float", exact=True)  # the other one if one is NaN
    add("pow", 2, "number")  # integers: a negative exponent gives 0, but for bases 1 and -1
    add("exp exp2 expm1 log log1p log2 log10 sqrt rsqrt reciprocal", 1, "float")
    add("sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh sigmoid", 1, "float")
    add("erf erfc erfinv lgamma digamma", 1, "float")
    add("atan2 hypot", 2, "float")
    add("floor ceil trunc round", 1, "float", exact=True)  # round: half to even
    add("eq ne lt le gt ge", 2, "any", "bool")
    add("and or xor", 2, "integral", exact=True)
    add("not", 1, "integral", exact=True)
    add("gcd", 2, "integer", exact=True)  # not negative, but for the lowest number, which has no opposite
    add("shift_left shift_right", 2, "integer", exact=True)  # arithmetic for signed; by >= width: 0 or the sign
    add("select", 3, "any", "select", True)  # select(condition, where_true, where_false)
    add("isnan isinf isfinite signbit", 1, "float", "bool")
    add("copysign nextafter", 2, "float", exact=True)
    add("real imag", 1, "complex", "part", True)
    add("complex", 2, "float", "complex", True)
    # Philox4x32-10 with key = seed and counter = (counter, 0): 64-bit each, low word first. The attribute picks
    # which of the four 32-bit words is given, as the bits of an int32.
    add("philox", 2, "integer", "philox", True)
    add("iterate", -1, "any", "iterate", True)
    return {row.name: row for row in rows}


PRIMITIVES: dict[str, Primitive] = _table()
DIVISIONS = frozenset({"floordiv", "truncdiv", "remainder", "fmod"})  # those that integers by 0 are a fault of

# Leaves: they have an attribute and no arguments.
LEAVES = ("load", "scalar", "const", "index", "position", "reduced", "state")
COMBINERS = ("sum", "prod", "max", "min", "argmax", "argmin", "any", "all")


def result_dtype(name: str, dtypes: tuple[str, ...], given: str | None = None) -> str:
    """The dtype of primitive `name` on arguments of `dtypes`.

    Raises TypeError if the number or the dtypes of the arguments do not fit.
    """
    primitive = PRIMITIVES.get(name)
    if primitive is None:
        raise TypeError(f"unknown scalar primitive {name!r}")
    if primitive.rule == "iterate":
        if given not in dtypes:
            raise TypeError(f"iterate gives one of its states, no {given}")
        return given
    if len(dtypes) != primitive.arity:
        raise TypeError(f"{name} takes {primitive.arity} arguments, got {len(dtypes)}")
    rule = primitive.rule
    operands = dtypes[1:] if rule == "select" else dtypes
    if len(set(operands)) != 1:
        raise TypeError(f"{name} takes arguments of one dtype, got {', '.join(dtypes)}; cast first")
    if operands[0] not in DOMAINS[primitive.domain]:
        raise TypeError(f"{name} takes {primitive.domain} arguments, got {operands[0]}")
    if rule == "select":
        if dtypes[0] != BOOL:
            raise TypeError(f"select takes a bool condition, got {dtypes[0]}")
        result = dtypes[1]
    elif rule == "given":
        if given not in REAL:
            raise TypeError(f"{name} needs a dtype, got {given!r}")
        if name == "bitcast" and itemsize(given) != itemsize(dtypes[0]):
            raise TypeError(f"bitcast from {dtypes[0]} to {given}: sizes differ")
        return given
    elif rule == "part":
        result = info(operands[0]).part
    elif rule == "complex":
        if operands[0] not in COMPLEX_OF:
            raise TypeError(f"there are no complex numbers of {operands[0]}")
        result = COMPLEX_OF[operands[0]]
    elif rule == "philox":
        if operands[0] != "int64":
            raise TypeError(f"philox takes int64 seed and counter, got {operands[0]}")
        result = "int32"
    else:
        result = BOOL if rule == "bool" else operands[0]
    if given is not None and given != result:
        raise TypeError(f"{name} on {', '.join(dtypes)} gives {result}, not {given}")
    return result


def round_narrow(value: float, dtype: str) -> float:
    """`value` rounded to the nearest float16, bfloat16 or 8-bit float, ties to even."""
    if dtype in FLOAT8:
        return _round_float8(value, dtype)
    if value != value or value in (float("inf"), float("-inf")):
        return value
    if dtype == "float16":
        try:
            return float(struct.unpack("<e", struct.pack("<e", value))[0])
        except OverflowError:
            return float("inf") if value > 0 else float("-inf")
    try:
        bits = struct.unpack("<I", struct.pack("<f", value))[0]
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
    bits = (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000
    return float(struct.unpack("<f", struct.pack("<I", bits))[0])


def _round_float8(value: float, dtype: str) -> float:
    """What is too large is infinite where the dtype has that, the largest number of the 'finite' form, else NaN."""
    r = info(dtype)
    if value != value:
        return value
    magnitude = abs(value)
    if r.form == "power":  # powers of two, by the size of the fraction; the least for all that is smaller
        fraction, exponent = math.frexp(magnitude) if magnitude < math.inf else (1.0, 1024)
        if magnitude < 2 * r.smallest_normal:  # the fraction of a subnormal float32 has no leading one
            return r.smallest_normal * (1 + (magnitude > r.smallest_normal))
        rounded = 2.0 ** (exponent - (fraction < 0.75)) if exponent < 1024 else math.inf
        return math.nan if rounded > r.highest else rounded
    if magnitude < math.inf:
        step = 2.0 ** (max(math.frexp(magnitude)[1] - 1, 1 - r.bias) - r.mantissa)
        magnitude = round(magnitude / step) * step if magnitude / step < 2.0**53 else magnitude
    if magnitude > r.highest:
        magnitude = math.inf if r.has_infinity else float(r.highest) if r.form == "finite" else math.nan
    return math.copysign(magnitude, 1.0 if r.form == "finite one zero" and magnitude == 0 else value)


def float8_values(dtype: str) -> list[float]:
    """The values of the 256 bit patterns of an 8-bit float."""
    r = info(dtype)
    values = []
    for bits in range(256):
        exponent, fraction = bits >> r.mantissa & (1 << r.exponent) - 1, bits & (1 << r.mantissa) - 1
        sign = -1.0 if r.is_signed and bits >> 7 else 1.0
        if r.form == "power":
            value = math.nan if bits == 255 else 2.0 ** (bits - r.bias)
        elif r.form == "ieee" and exponent == (1 << r.exponent) - 1:
            value = math.nan if fraction else math.inf
        elif r.form == "finite" and bits & 127 == 127 or r.form == "finite one zero" and bits == 128:
            value = math.nan
        else:
            value = (fraction * 2.0**-r.mantissa + (exponent > 0)) * 2.0 ** (max(exponent, 1) - r.bias)
        values.append(sign * value)
    return values
