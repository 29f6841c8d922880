"""PyTorch's rules of promotion, over the element types of `ir/dtype.py`.

Promotion follows PyTorch's: among tensors with dimensions,
zero-dimensional tensors and Python numbers, a lower class of operand changes the result only if its category (bool,
integer, floating, complex) is higher. Source: https://pytorch.org/docs/stable/tensor_attributes.html#torch.dtype.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from taeda.ir.dtype import COMPLEX, COMPLEX_OF, FLOAT8, FLOATS, INTEGERS, NARROW, ROWS, TENSORS, info, itemsize

_default = "float32"


def default_float() -> str:
    """The floating dtype of Python floats: 'float32' unless set_default_dtype said otherwise."""
    return _default


def set_default_float(name: str) -> None:
    """Called by the core's set_default_dtype, which also forgets the Programs compiled before."""
    global _default
    if name not in FLOATS:
        raise TypeError("only floating-point types are supported as the default type")
    _default = name


def name_of(dtype: Any) -> str:
    """'float32' for 'float32', taeda.float32 or anything else that prints as 'torch.float32'."""
    name = dtype if isinstance(dtype, str) else str(dtype).rpartition(".")[2]
    if name not in TENSORS and not (isinstance(dtype, str) and name in ROWS and info(name).is_mirrored):
        raise TypeError(f"not a dtype: {dtype!r}")
    return name


def is_float(dtype: Any) -> bool:
    return name_of(dtype) in FLOATS


def is_complex(dtype: Any) -> bool:
    return name_of(dtype) in COMPLEX


def is_integer(dtype: Any, including_bool: bool = True) -> bool:
    name = name_of(dtype)
    return name in INTEGERS or including_bool and name == "bool"


def category(dtype: str) -> int:
    """0 bool, 1 integer, 2 floating, 3 complex."""
    return info(dtype).category


def real_dtype(dtype: str) -> str:
    """The dtype of the parts of a complex dtype; of another the dtype itself."""
    return info(dtype).part or dtype


def compute_dtype(dtype: Any) -> str:
    """What arithmetic on this dtype is done in: float32 for the 16-bit floats, else the dtype itself."""
    return info(name_of(dtype)).compute


def promote(a: str, b: str) -> str:
    """The dtype of a result of two tensors with dimensions (torch.promote_types)."""
    if a == b:
        return a
    _check_promotion(a, b)
    if category(a) < category(b):
        a, b = b, a
    if a in COMPLEX:  # as wide as what holds both
        other = b if b in COMPLEX else _COMPLEX_WITH.get(b, a)
        return a if itemsize(a) > itemsize(other) else other
    if category(a) > category(b):
        return a
    if a in FLOATS:
        if a in NARROW and b in NARROW:
            return "float32"
        return a if FLOATS.index(a) > FLOATS.index(b) else b
    if "uint8" in (a, b):
        other = b if a == "uint8" else a
        return "int16" if other == "int8" else other
    return a if itemsize(a) > itemsize(b) else b


_COMPLEX_WITH = COMPLEX_OF | {"bfloat16": "complex64"}
_WITHOUT_PROMOTION = ("uint16", "uint32", "uint64")


def _check_promotion(a: str, b: str) -> None:
    """RuntimeError for two dtypes that PyTorch does not promote."""
    kinds = ""
    if a in FLOAT8 or b in FLOAT8:
        kinds = "Float8 Types"
    elif a in _WITHOUT_PROMOTION and b not in FLOATS or b in _WITHOUT_PROMOTION and a not in FLOATS:
        kinds = "uint16, uint32, uint64 types"
    if kinds:
        raise RuntimeError(f"Promotion for {kinds} is not supported, attempted to promote {info(a).word} and "
                           f"{info(b).word}")


class Operand(NamedTuple):
    """What promotion looks at: a tensor's dtype and dimensions; ndim is -1 for a Python number."""

    dtype: str
    ndim: int


def number_operand(kind: str) -> Operand:
    """The operand that a Python bool, int, float or complex number stands for."""
    if kind == "complex":
        return Operand("complex128" if default_float() == "float64" else "complex64", -1)
    return Operand({"bool": "bool", "int": "int64", "float": default_float()}[kind], -1)


def result_type(operands: Iterable[Operand]) -> str:
    """The common dtype of tensors and numbers (torch.result_type)."""
    best: list[str | None] = [None, None, None]  # with dimensions, without, numbers
    for o in operands:
        k = 0 if o.ndim > 0 else 1 if o.ndim == 0 else 2
        previous = best[k]
        best[k] = o.dtype if previous is None else promote(previous, o.dtype)
    result: str | None = None
    for lower in reversed(best):
        result = _combine(lower, result)
    if result is None:
        raise TypeError("promotion needs at least one operand")
    return result


def _combine(higher: str | None, lower: str | None) -> str | None:
    if higher is None or lower is None:
        return higher or lower
    if lower in COMPLEX and higher not in COMPLEX:
        if higher in FLOAT8:
            raise RuntimeError(f"Unknown Complex ScalarType for {info(higher).word}")
        return _COMPLEX_WITH.get(higher, lower)
    return promote(higher, lower) if category(lower) > category(higher) else higher


# -- rules of pointwise ops: operands → (dtype the operands are converted to, dtype of the results) ------------------

Rule = Callable[[Sequence[Operand]], tuple[str, str]]


def promote_rule(operands: Sequence[Operand]) -> tuple[str, str]:
    """Operands and result have the common dtype: add, mul, maximum."""
    common = result_type(operands)
    return common, common


def promote_to_float(operands: Sequence[Operand]) -> tuple[str, str]:
    """As promote_rule, but integers become the default floating dtype: exp, true division."""
    common = result_type(operands)
    if category(common) < 2:
        common = default_float()
    return common, common


def bool_result(operands: Sequence[Operand]) -> tuple[str, str]:
    """Operands have the common dtype, the result is bool: comparisons."""
    return result_type(operands), "bool"


def bool_to_bool(operands: Sequence[Operand]) -> tuple[str, str]:
    """Operands are converted to truth values, the result is bool: logical_and."""
    return "bool", "bool"


def floats_only(operands: Sequence[Operand]) -> tuple[str, str]:
    """As promote_rule, for ops that PyTorch does not define on integers."""
    common = result_type(operands)
    if category(common) < 2:
        raise NotImplementedError(f"not implemented for '{torch_kernel_name(common)}'")
    return common, common


def integers_only(operands: Sequence[Operand]) -> tuple[str, str]:
    """As promote_rule, for ops on bools and integers: bitwise_and."""
    common = result_type(operands)
    if category(common) >= 2:
        raise NotImplementedError(f"not implemented for '{torch_kernel_name(common)}'")
    return common, common


def integers_without_bool(operands: Sequence[Operand]) -> tuple[str, str]:
    """As integers_only, for ops on integers: gcd, shifts."""
    common, result = integers_only(operands)
    if common == "bool":
        raise NotImplementedError("not implemented for 'Bool'")
    return common, result


def torch_kernel_name(dtype: str) -> str:
    """The name that PyTorch's messages give a dtype: 'Long' for int64."""
    return info(dtype).word
