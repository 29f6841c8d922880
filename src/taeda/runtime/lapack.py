"""LAPACK's functions, which the core's kernels call (csrc/core/lapack.h): SciPy's, found when the first is needed."""

from __future__ import annotations

import functools
import importlib.machinery
import importlib.util
import sys
from pathlib import Path
from typing import Any

from taeda import _core


@functools.cache
def _provide() -> None:
    """Give the core the addresses of the functions."""
    _core.provide_lapack(_functions("cython_lapack"), _functions("cython_blas"))


def _functions(name: str) -> dict[str, Any]:
    """The functions that a module of scipy.linalg offers to other native code, as capsules.

    The extension is loaded by itself: scipy.linalg would import all else that is in it, which takes half a second.
    """
    full = f"scipy.linalg.{name}"
    module = sys.modules.get(full)
    if module is None:
        scipy = importlib.util.find_spec("scipy")
        folders = scipy.submodule_search_locations if scipy is not None else None
        if not folders:
            raise ImportError("matrix decompositions need SciPy's LAPACK: pip install taeda[linalg]", name="scipy")
        places = (Path(folders[0]) / "linalg" / f"{name}{end}" for end in importlib.machinery.EXTENSION_SUFFIXES)
        path = next((p for p in places if p.exists()), None)
        if path is None:  # not where it usually is: by its name, wherever that leads
            module = importlib.import_module(full)
        else:
            spec = importlib.util.spec_from_file_location(full, path)
            assert spec is not None and spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
    functions: dict[str, Any] = module.__pyx_capi__
    return functions


def kernel(name: str, dtype: str) -> int:
    """The address of a kernel."""
    _provide()
    return _core.lapack_kernel(name, dtype)
