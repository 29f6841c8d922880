"""Public functions that are Python at run time, one file per subject; `function.py` explains how they are written.

An op is traced once for all sizes; what follows a string (einsum), what takes its shape from values (unique), and what
computes nothing (conversions, the state of generators) runs here instead, as the user could have written it.
"""

from __future__ import annotations

import importlib
import pkgutil


def load_all() -> None:
    """Import every file of definitions."""
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}")
