"""Op definitions, one file per subject, and what ops are defined with, here and in a user's own files.

`from taeda.ops import pointwise, derived, kernel, Tensor, Number, sample` gives the decorators and annotations that
`op.py` explains, `call`, `select`, `const`, `cast` the expressions of pointwise bodies, `where`, `convert` and the
`promote_…` rules what most definitions use. They are loaded when they are asked for. docs/add_an_op.md shows an op from
its definition to its tests. `taeda.ops.mylib.clip` is the op "mylib::clip" of `taeda.library`.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
import sys
import types
from typing import Any

_PUBLIC = {
    "op": ("pointwise", "derived", "reduction", "view", "kernel", "check", "sample", "Result", "View", "Tensor",
           "TensorOrNumber", "Tensors", "Number", "SymInt", "Sizes", "Dims", "DType", "Device", "Generator", "Object",
           "Sample"),
    "dtypes": ("promote_rule", "promote_to_float", "bool_result", "floats_only", "integers_only"),
    "pointwise": ("where", "convert", "compute"),
}  # fmt: skip
_EXPRESSIONS = ("call", "select", "const", "cast")
_HOME = {name: f"{__name__}.{module}" for module, names in _PUBLIC.items() for name in names} | dict.fromkeys(
    _EXPRESSIONS, "taeda.ir.loop"
)


loaded_libraries: set[str] = set()  # PyTorch's name: files that load_library loaded, of which there are none


def load_library(path: str) -> None:
    """Load compiled ops that were built for PyTorch: always an OSError, since they call PyTorch's own C++ code.

    Packages that have a Python way beside their compiled ops (torchvision) take it then.
    """
    raise OSError(f"Could not load this library: {path}\nCompiled extensions are linked with PyTorch's C++ libraries, "
                  "which Taeda is not; what a package has in Python runs. Ops of your own: taeda.library, or the "
                  "decorators of taeda.ops, which need no compiler.")


def load_all() -> None:
    """Import every file of definitions, which registers its ops."""
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}")


@functools.cache
def _files() -> frozenset[str]:
    """The files of definitions, which `from taeda.ops import pointwise` asks for here before it imports them."""
    return frozenset(found.name for found in pkgutil.iter_modules(__path__))


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    if not name.startswith("_") and name not in _files():
        from taeda.library.definition import Namespace

        return Namespace(name)
    raise AttributeError(f"module 'taeda.ops' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})


class _Package(types.ModuleType):
    """Two files of definitions are called like decorators; the attribute is the decorator, whichever is loaded."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOME and isinstance(value, types.ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
