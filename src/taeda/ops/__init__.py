"""Op definitions, one file per subject; `op.py` explains how they are written."""

from __future__ import annotations

import importlib
import pkgutil


def load_all() -> None:
    """Import every file of definitions, which registers its ops."""
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}")
