"""Element types: one row for each, the only table of them in Python.

Everything that depends on an element type (bytes, kinds, the dtype that arithmetic is done in, ranges, the words of
PyTorch's messages and files, LLVM's types in `codegen/llvm`) is read from here or follows from it. The core has a
table of its own for what it needs at run time (`csrc/core/dtype.cpp`); a test compares the two.

`support` says how far a row reaches, and nothing else claims more: 'arithmetic' (loop IR and kernels know it),
'tensors' (the core has tensors of it, kernels do not), 'views' (see below) or 'none' (its properties are known; there
are no tensors).

A *mirrored* dtype ("conjugate complex64", "negative float32") is what a lazy conjugate or negative is stored as: the
elements are the conjugates, or the negatives, of the numbers that the tensor holds. Views pass it on. Everything else
sees numbers of the plain dtype: `Op.record` puts `resolve` before what reads them, which fusion makes part of the
kernel, and what is written to such memory is mirrored as it is stored (`ir/mirror.py`). To Python it is the plain one.

The compiler names a dtype by its name ("float32"); `info` finds the row of a name.
"""

from __future__ import annotations

from typing import NamedTuple


class DType(NamedTuple):
    """An element type.

    `kind` is 'bool', 'unsigned', 'signed', 'floating' or 'complex'. An element of fewer than 8 bits is packed: several
    share a byte. A float of 16 or 8 bits is computed with in float32, and sums of products of small integers are int32.

    `form` says what the bits of a float mean at the ends of its range. 'ieee': the largest exponent is for infinities
    and NaN. 'finite' (PyTorch's suffix fn): it is for numbers too, all but the largest bits, which are NaN. 'finite one
    zero' (fnuz): all of it is for numbers, NaN are the bits of -0, and the exponent counts from one below. 'power'
    (e8m0fnu): an exponent alone, without sign or zero; the largest is NaN.
    """

    name: str
    kind: str
    bits: int                   # of one element; of a complex one, of both parts
    support: str
    compute: str                # what arithmetic on elements is done in, rounded to the dtype after each primitive
    accumulate: str             # what sums of products, and maxima over many places, are done in
    word: str                   # in PyTorch's messages and the names of its tensor types: 'Long'
    cpp: str                    # the C++ type, in other messages of PyTorch: 'long int'
    aliases: tuple[str, ...] = ()  # further names in the `torch` namespace
    method: str | None = None   # the method of tensors that converts to it: 'long'
    safetensors: str | None = None
    mantissa: int = 0           # bits of a float's fraction, without the leading one
    exponent: int = 0           # bits of its exponent
    digits: int = 0             # decimal digits that survive
    form: str = "ieee"          # of a float: see above
    part: str = ""              # the dtype of the parts of a complex number
    stated_eps: float = 0.0     # what PyTorch's finfo says where it is not 2 ** -mantissa

    @property
    def is_packed(self) -> bool:
        return self.bits < 8

    @property
    def itemsize(self) -> int:
        """Bytes of an element; an error for packed ones, which have none of their own."""
        if self.is_packed:
            raise TypeError(f"{self.name} is packed: {8 // self.bits} elements to a byte")
        return self.bits // 8

    @property
    def is_floating(self) -> bool:
        return self.kind == "floating"

    @property
    def is_complex(self) -> bool:
        return self.kind == "complex"

    @property
    def is_integer(self) -> bool:
        return self.kind in ("signed", "unsigned")

    @property
    def is_signed(self) -> bool:
        return self.kind in ("signed", "floating", "complex") and self.form != "power"

    @property
    def is_narrow(self) -> bool:
        """A float of 16 or 8 bits: stored as its bits, computed with as a float32 that it can represent."""
        return self.is_floating and self.bits <= 16

    @property
    def has_infinity(self) -> bool:
        return self.is_floating and self.form == "ieee"

    @property
    def plain(self) -> str:
        """The name of the dtype of the numbers: another one for mirrored dtypes only."""
        return self.name.rpartition(" ")[2]

    @property
    def is_mirrored(self) -> bool:
        return self.plain != self.name

    @property
    def category(self) -> int:
        """Of promotion: 0 bool, 1 integer, 2 floating, 3 complex."""
        return {"bool": 0, "floating": 2, "complex": 3}.get(self.kind, 1)

    @property
    def eps(self) -> float:
        return self.stated_eps or 2.0**-self.mantissa

    @property
    def bias(self) -> int:
        """What the bits of an exponent say more than the exponent."""
        return 2 ** (self.exponent - 1) - (self.form != "finite one zero")

    @property
    def smallest_normal(self) -> float:
        return 2.0 ** -self.bias if self.form == "power" else 2.0 ** (1 - self.bias)

    @property
    def highest(self) -> int | float:
        """The largest finite value."""
        if self.is_floating:
            top = 2**self.exponent - 1  # the largest exponent that is not for NaN alone, and its largest fraction
            fraction = 2 - 2.0**-self.mantissa
            if self.form in ("ieee", "power"):
                top -= 1
            elif self.form == "finite":
                fraction -= 2.0**-self.mantissa
            return fraction * 2.0 ** (top - self.bias)
        return 1 if self.kind == "bool" else (1 << self.bits - self.is_signed) - 1

    @property
    def lowest(self) -> int | float:
        """The lowest finite value."""
        if self.form == "power":
            return self.smallest_normal
        if self.is_floating:
            return -self.highest
        return -(1 << self.bits - 1) if self.is_signed else 0

    @property
    def infinity_bits(self) -> int:
        """The bits of +infinity: every exponent bit, no fraction."""
        return (1 << self.exponent) - 1 << self.mantissa


def _number(name: str, kind: str, bits: int, word: str, cpp: str, *, support: str = "arithmetic", compute: str = "",
            accumulate: str = "", **rest: object) -> DType:
    compute = compute or name
    return DType(name, kind, bits, support, compute, accumulate or compute, word, cpp, **rest)  # type: ignore[arg-type]


# In the order of the core's table, then what it does not have.
_ROWS = (
    _number("bool", "bool", 8, "Bool", "bool", method="bool", safetensors="BOOL"),
    _number("uint8", "unsigned", 8, "Byte", "unsigned char", accumulate="int32", method="byte", safetensors="U8"),
    _number("int8", "signed", 8, "Char", "signed char", accumulate="int32", method="char", safetensors="I8"),
    _number("int16", "signed", 16, "Short", "short int", accumulate="int32", aliases=("short",), method="short",
            safetensors="I16"),
    _number("int32", "signed", 32, "Int", "int", aliases=("int",), method="int", safetensors="I32"),
    _number("int64", "signed", 64, "Long", "long int", aliases=("long",), method="long", safetensors="I64"),
    _number("float16", "floating", 16, "Half", "c10::Half", compute="float32", aliases=("half",), method="half",
            safetensors="F16", mantissa=10, exponent=5, digits=3),
    _number("bfloat16", "floating", 16, "BFloat16", "c10::BFloat16", compute="float32", method="bfloat16",
            safetensors="BF16", mantissa=7, exponent=8, digits=2),
    _number("float32", "floating", 32, "Float", "float", aliases=("float",), method="float", safetensors="F32",
            mantissa=23, exponent=8, digits=6),
    _number("float64", "floating", 64, "Double", "double", aliases=("double",), method="double", safetensors="F64",
            mantissa=52, exponent=11, digits=15),
    _number("complex64", "complex", 64, "ComplexFloat", "c10::complex<float>", aliases=("cfloat",),
            method="cfloat", part="float32", safetensors="C64"),
    _number("complex128", "complex", 128, "ComplexDouble", "c10::complex<double>",
            aliases=("cdouble",), method="cdouble", part="float64"),
    _number("uint16", "unsigned", 16, "UInt16", "short unsigned int", accumulate="int32", safetensors="U16"),
    _number("uint32", "unsigned", 32, "UInt32", "unsigned int", safetensors="U32"),
    _number("uint64", "unsigned", 64, "UInt64", "long unsigned int", safetensors="U64"),
    _number("complex32", "complex", 32, "ComplexHalf", "c10::complex<c10::Half>",
            compute="complex64", aliases=("chalf",), method="chalf", part="float16"),
    _number("float8_e5m2", "floating", 8, "Float8_e5m2", "c10::Float8_e5m2", compute="float32",
            safetensors="F8_E5M2", mantissa=2, exponent=5),
    _number("float8_e4m3fn", "floating", 8, "Float8_e4m3fn", "c10::Float8_e4m3fn", compute="float32",
            safetensors="F8_E4M3", mantissa=3, exponent=4, form="finite"),
    _number("float8_e5m2fnuz", "floating", 8, "Float8_e5m2fnuz", "c10::Float8_e5m2fnuz", compute="float32",
            safetensors="F8_E5M2FNUZ", mantissa=2, exponent=5, form="finite one zero", stated_eps=0.125),
    _number("float8_e4m3fnuz", "floating", 8, "Float8_e4m3fnuz", "c10::Float8_e4m3fnuz", compute="float32",
            safetensors="F8_E4M3FNUZ", mantissa=3, exponent=4, form="finite one zero"),
    _number("float8_e8m0fnu", "floating", 8, "Float8_e8m0fnu", "c10::Float8_e8m0fnu", compute="float32",
            safetensors="F8_E8M0", exponent=8, form="power"),
    _number("int4", "signed", 4, "Int4", "c10::int4", support="none", accumulate="int32"),
    _number("uint4", "unsigned", 4, "UInt4", "c10::uint4", support="none", accumulate="int32"),
)
_MIRRORED = tuple(
    row._replace(name=f"{word} {row.name}", support="views", aliases=(), method=None, safetensors=None)
    for word, names in (("conjugate", ("complex32", "complex64", "complex128")),
                        ("negative", ("float16", "float32", "float64")))
    for name in names for row in _ROWS if row.name == name)
ROWS: dict[str, DType] = {r.name: r for r in (*_ROWS, *_MIRRORED)}
_MIRROR = {name: other for r in _MIRRORED for name, other in ((r.name, r.plain), (r.plain, r.name))}

BOOL = "bool"
TENSORS = tuple(r.name for r in _ROWS if r.support != "none")  # those that Python sees
ARITHMETIC = tuple(r.name for r in _ROWS if r.support == "arithmetic")
UNSIGNED = tuple(name for name in ARITHMETIC if ROWS[name].kind == "unsigned")
SIGNED = tuple(name for name in ARITHMETIC if ROWS[name].kind == "signed")
INTEGERS = UNSIGNED + SIGNED
NARROW = tuple(name for name in ARITHMETIC if ROWS[name].is_narrow)
FLOAT8 = tuple(name for name in NARROW if ROWS[name].bits == 8)
FLOATS = tuple(name for name in ARITHMETIC if ROWS[name].is_floating)
REAL = tuple(name for name in ARITHMETIC if not ROWS[name].is_complex)
COMPLEX = tuple(name for name in ARITHMETIC if ROWS[name].is_complex)


COMPLEX_OF = {ROWS[name].part: name for name in COMPLEX}


def info(name: str) -> DType:
    """The row of "float32". Raises TypeError for a name that is no dtype."""
    try:
        return ROWS[name]
    except KeyError:
        raise TypeError(f"not a dtype: {name!r}") from None


def mirrored(name: str) -> str:
    """The mirrored dtype of a plain one, and back. Raises TypeError where there is none."""
    try:
        return _MIRROR[name]
    except KeyError:
        raise TypeError(f"{name} has no mirrored dtype") from None


def plain(name: str) -> str:
    """The dtype of the numbers that a tensor of this dtype holds."""
    return info(name).plain


def itemsize(name: str) -> int:
    """Bytes of one element."""
    return info(name).itemsize


def holds(narrow: str, wide: str) -> bool:
    """Does `wide` have every value of `narrow`, so that converting there and back changes nothing?"""
    a, b = info(narrow), info(wide)
    if a.is_complex:
        return b.is_complex and b.bits > a.bits
    if b.is_complex:
        return narrow == b.part or holds(narrow, b.part)
    if a.kind == "bool":
        return b.kind != "bool" and b.form != "power"
    if a.is_floating:
        if a.form == "power":
            return b.is_floating and b.exponent >= a.exponent and b.bits > a.bits
        return b.is_floating and b.mantissa >= a.mantissa and b.exponent >= a.exponent and b.bits > a.bits
    digits = a.bits - a.is_signed
    if b.is_floating:
        return b.mantissa + 1 >= digits
    return b.is_integer and b.bits - b.is_signed >= digits and b.is_signed >= a.is_signed and b.name != a.name
