"""The text of a tensor, as PyTorch prints it.

All elements take the same width. Floats are printed with a fixed number of digits after the point, without digits if
all are whole, or in scientific notation if they differ by more than a factor of 1000 or are very large or small.
"""

import contextlib
import dataclasses
import math
from collections.abc import Iterator
from typing import Any

import taeda

__all__ = ["get_printoptions", "printoptions", "set_printoptions", "tensor_repr"]


@dataclasses.dataclass
class _Options:
    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


PRINT_OPTS = _Options()
_PROFILES: dict[str, dict[str, float]] = {
    "default": {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80},
    "short": {"precision": 2, "threshold": 1000, "edgeitems": 2, "linewidth": 80},
    "full": {"precision": 4, "threshold": math.inf, "edgeitems": 3, "linewidth": 80},
}


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Set how tensors are printed.

    `precision`: digits after the point. `threshold`: number of elements above which only the first and last `edgeitems`
    of each dimension are shown. `linewidth`: characters in a line. `sci_mode`: scientific notation always or never, or
    None to choose. `profile`: `default`, `short` or `full`.
    """
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    chosen: dict[str, Any] = dict(_PROFILES.get(profile, {})) if profile is not None else {}
    chosen.update((name, value) for name, value in given.items() if value is not None)
    for name, value in chosen.items():
        setattr(PRINT_OPTS, name, value)
    PRINT_OPTS.sci_mode = sci_mode


def get_printoptions() -> dict[str, Any]:
    """The options that `set_printoptions` sets."""
    return dataclasses.asdict(PRINT_OPTS)


@contextlib.contextmanager
def printoptions(**options: Any) -> Iterator[None]:
    """Options of `set_printoptions` for the time of a `with` block."""
    before = get_printoptions()
    set_printoptions(**options)
    try:
        yield
    finally:
        set_printoptions(**before)


class _Floats:
    """Formats floats to one width."""

    def __init__(self, values: list[float]) -> None:
        self.whole, self.scientific, self.width = True, False, 1
        finite = [value for value in values if value != 0 and math.isfinite(value)]
        if not finite:
            return
        largest = max(abs(value) for value in finite)
        smallest = min(abs(value) for value in finite)
        self.whole = all(value == math.ceil(value) for value in finite)
        if PRINT_OPTS.sci_mode is None:
            self.scientific = largest / smallest > 1000.0 or largest > 1.0e8 or smallest < 1.0e-4
        else:
            self.scientific = PRINT_OPTS.sci_mode
        self.width = max(1, *(len(self._text(value)) for value in finite))

    def _text(self, value: float) -> str:
        if self.scientific:
            return f"{value:.{PRINT_OPTS.precision}e}"
        if self.whole:
            return f"{value:.0f}." if math.isfinite(value) else f"{value:.0f}"
        return f"{value:.{PRINT_OPTS.precision}f}"

    def __call__(self, value: float) -> str:
        return self._text(value).rjust(self.width)


class _Plain:
    """Formats integers and booleans to one width."""

    def __init__(self, values: list[Any]) -> None:
        self.width = max((len(str(value)) for value in values), default=1)

    def __call__(self, value: Any) -> str:
        return str(value).rjust(self.width)


class _Complex:
    """Formats complex numbers, real and imaginary parts to one width each."""

    def __init__(self, values: list[complex]) -> None:
        self.real = _Floats([value.real for value in values])
        self.imaginary = _Floats([value.imag for value in values])
        self.width = self.real.width + self.imaginary.width + 1

    def __call__(self, value: complex) -> str:
        imaginary = (self.imaginary(value.imag) + "j").lstrip()
        sign = "" if imaginary[0] in "+-" else "+"
        return self.real(value.real) + sign + imaginary


_ELLIPSIS = object()


def _shown(tensor: Any, summarise: bool) -> Any:
    """The elements to print as nested lists, with a mark where some are left out."""
    edge = PRINT_OPTS.edgeitems
    if not summarise or tensor.dim() == 0:
        return tensor.tolist()
    if not edge:
        return [_ELLIPSIS]
    size = tensor.size(0)
    if tensor.dim() == 1:
        if size <= 2 * edge:
            return tensor.tolist()
        return [*tensor[:edge].tolist(), _ELLIPSIS, *tensor[-edge:].tolist()]
    if size <= 2 * edge:
        return [_shown(tensor[place], True) for place in range(size)]
    ends = [_shown(tensor[place], True) for place in (*range(edge), *range(size - edge, size))]
    return [*ends[:edge], _ELLIPSIS, *ends[edge:]]


def _flat(values: Any) -> Iterator[Any]:
    if isinstance(values, list):
        for value in values:
            yield from _flat(value)
    elif values is not _ELLIPSIS:
        yield values


def _text(values: Any, dimensions: int, indent: int, formatter: Any) -> str:
    if dimensions == 0:
        return formatter(values)
    if dimensions > 1:
        parts = [
            "..." if part is _ELLIPSIS else _text(part, dimensions - 1, indent + 1, formatter) for part in values
        ]
        return "[" + ("," + "\n" * (dimensions - 1) + " " * (indent + 1)).join(parts) + "]"
    if values == [_ELLIPSIS]:
        return "[...]"
    words = [" ..." if value is _ELLIPSIS else formatter(value) for value in values]
    per_line = max(1, (PRINT_OPTS.linewidth - indent) // (formatter.width + 2))
    lines = [", ".join(words[start : start + per_line]) for start in range(0, len(words), per_line)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"


def contents(tensor: Any, indent: int) -> str:
    """The text of the elements of a tensor that has some."""
    values = _shown(tensor, tensor.numel() > PRINT_OPTS.threshold)
    flat = list(_flat(values))
    formatter: Any
    if tensor.dtype.is_complex:
        formatter = _Complex(flat)
    elif tensor.dtype.is_floating_point:
        formatter = _Floats(flat)
    else:
        formatter = _Plain(flat)
    return _text(values, tensor.dim(), indent, formatter)


def _tensor_str(tensor: Any, indent: int) -> str:
    """The text of the elements of a tensor, under PyTorch's name."""
    return contents(tensor, indent) if tensor.numel() else "[]"


def with_suffixes(text: str, suffixes: list[str], indent: int, new_line: bool = False) -> str:
    """The text of a tensor closed with what is to be said of it, the first part on a line of its own if `new_line`."""
    length = len(text) - text.rfind("\n") + 1
    for k, suffix in enumerate(suffixes):
        if new_line and not k or length + len(suffix) + 2 > PRINT_OPTS.linewidth:
            text += ",\n" + " " * indent + suffix
            length = indent + len(suffix)
        else:
            text += ", " + suffix
            length += len(suffix) + 2
    return text + ")"


def tensor_repr(tensor: Any, *, tensor_contents: str | None = None) -> str:
    """`repr` of a tensor: its elements, and what is not obvious of device, dtype, size and autograd.

    `tensor_contents` stands in for the elements.
    """
    name = type(tensor).__name__
    prefix = "tensor(" if type(tensor) is taeda.Tensor or name == "Parameter" else f"{name}("
    indent = len(prefix)
    plain = tensor.detach()
    suffixes = []
    if plain.device.type != "cpu":
        suffixes.append(f"device='{plain.device}'")
    default = taeda.get_default_dtype()
    default_complex = taeda.complex128 if default == taeda.float64 else taeda.complex64
    if plain.device.type == "meta":
        suffixes.append(f"size={tuple(plain.shape)}")
        if plain.dtype != default:
            suffixes.append(f"dtype={plain.dtype}")
        elements = "..."
    elif plain.numel() == 0:
        if plain.dim() != 1:
            suffixes.append(f"size={tuple(plain.shape)}")
        if plain.dtype != default:
            suffixes.append(f"dtype={plain.dtype}")
        elements = "[]"
    else:
        if not PRINT_OPTS.edgeitems:
            suffixes.append(f"size={tuple(plain.shape)}")
        if plain.dtype not in (default, default_complex, taeda.int64, taeda.bool):
            suffixes.append(f"dtype={plain.dtype}")
        elements = contents(plain, indent) if tensor_contents is None else tensor_contents
    node = tensor.grad_fn
    if node is not None:
        suffixes.append(f"grad_fn=<{type(node).__name__}>")
    elif tensor.requires_grad:
        suffixes.append("requires_grad=True")
    return with_suffixes(prefix + elements, suffixes, indent)
