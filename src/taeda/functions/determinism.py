"""Settings of PyTorch about determinism, precision and threads. Taeda's results never depend on threads or on the order
of work, so the first are kept and given back, without effect."""

from __future__ import annotations

from taeda.functions.function import function
from taeda.ops.signature import Object

_deterministic = {"enabled": False, "warn_only": False}
_precision = {"matmul": "highest"}
_interop = {"threads": 1}
_MODES = ("default", "warn", "error")


@function
def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Ask for deterministic algorithms: all of Taeda's are."""
    _deterministic.update(enabled=mode, warn_only=warn_only)


@function
def are_deterministic_algorithms_enabled() -> bool:
    """Whether deterministic algorithms were asked for."""
    return _deterministic["enabled"]


@function
def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """Whether they were asked for with warn_only."""
    return _deterministic["warn_only"]


@function
def set_deterministic_debug_mode(debug_mode: Object) -> None:
    """Ask for deterministic algorithms by "default", "warn", "error", or 0, 1, 2."""
    name = _MODES[debug_mode] if isinstance(debug_mode, int) and 0 <= debug_mode <= 2 else debug_mode
    if not isinstance(name, str):
        raise TypeError(f"debug_mode must be str or int, but got {type(debug_mode)}")
    if name not in _MODES:
        raise RuntimeError("invalid value of debug_mode, expected one of `default`, `warn`, `error`, but got "
                           f"{debug_mode}")
    _deterministic.update(enabled=name != "default", warn_only=name == "warn")


@function
def get_deterministic_debug_mode() -> int:
    """0, 1 or 2: what set_deterministic_debug_mode was last given."""
    return 0 if not _deterministic["enabled"] else 1 if _deterministic["warn_only"] else 2


@function
def set_float32_matmul_precision(precision: str) -> None:
    """How exactly float32 products may be computed: "highest", "high" or "medium". Taeda's are always in float32."""
    if precision not in ("highest", "high", "medium"):
        raise RuntimeError("Invalid precision. Valid values are: 'highest', 'high', 'medium'. Got: " + precision)
    _precision["matmul"] = precision


@function
def get_float32_matmul_precision() -> str:
    """What set_float32_matmul_precision was last given."""
    return _precision["matmul"]


@function
def set_num_interop_threads(num: int) -> None:
    """Threads between operations: Taeda runs one operation at a time, on all threads."""
    if num <= 0:
        raise RuntimeError("set_num_interop_threads expects a positive integer")
    _interop["threads"] = num


@function
def get_num_interop_threads() -> int:
    """What set_num_interop_threads was last given."""
    return _interop["threads"]


@function
def set_flush_denormal(mode: bool) -> bool:
    """Whether numbers below the smallest normal one are made 0. False: Taeda keeps them."""
    return False


@function
def compiled_with_cxx11_abi() -> bool:
    """Whether the core is compiled with C++11's ABI: True."""
    return True
