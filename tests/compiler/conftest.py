"""Lets the compiler be tested where the core is not built."""

from __future__ import annotations

import sys
import types
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
try:
    import taeda  # noqa: F401
except ImportError:
    package = types.ModuleType("taeda")
    package.__path__ = [str(Path(__file__).resolve().parents[2] / "src" / "taeda")]
    sys.modules["taeda"] = package
