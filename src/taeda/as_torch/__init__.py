"""`import taeda.as_torch`: from then on `import torch`, and every `torch.*` module, is Taeda.

Put it first in a program, or start the program by `taeda run program.py`. The real PyTorch is neither needed nor
imported, also where it is installed. Processes that this one starts (loader workers, `subprocess`, `spawn`) do the
same: they find `TAEDA_AS_TORCH` in their environment and the folder `site` beside this file on their path.

Libraries look at the version that is installed; they are told 2.13, the version whose behaviour Taeda follows.

Example::

    >>> import taeda.as_torch
    >>> import torch.nn.functional as F
    >>> F.__name__
    'taeda.nn.functional'
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.metadata
import importlib.util
import os
import sys
import types
from collections.abc import Iterable, Sequence
from typing import Any

from taeda._module_tree import alias_spec

VERSION = "2.13.0"

_MISSING_NOTE = "this part of PyTorch is not there yet in Taeda"


class _Finder(importlib.abc.MetaPathFinder):
    """Finds `torch` and `torch.*` before any folder is searched."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != "torch" and not fullname.startswith("torch."):
            return None
        home = "taeda" + fullname[len("torch"):]
        try:
            found = importlib.util.find_spec(home)
        except ModuleNotFoundError:
            found = None
        if found is None:
            raise ModuleNotFoundError(f"No module named {fullname!r} ({_MISSING_NOTE})", name=fullname)
        return alias_spec(fullname, home, found.origin, found.submodule_search_locations is not None)

    def find_distributions(self, context: Any = None) -> Iterable[importlib.metadata.Distribution]:
        """What `importlib.metadata.version("torch")` asks."""
        name = getattr(context, "name", None)
        return [_Distribution()] if name is not None and name.lower() == "torch" else []


class _Distribution(importlib.metadata.Distribution):
    """The metadata of an installed PyTorch, as far as libraries look at it."""

    def read_text(self, filename: str) -> str | None:
        if filename in ("METADATA", "PKG-INFO"):
            return f"Metadata-Version: 2.1\nName: torch\nVersion: {VERSION}\nSummary: Taeda under PyTorch's names\n"
        return None

    def locate_file(self, path: Any) -> Any:
        return os.path.join(os.path.dirname(__file__), path)


def install() -> None:
    """Make `torch` mean Taeda in this process and in those that it starts."""
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    real = sys.modules.get("torch")
    import taeda
    from taeda.version import TorchVersion

    if real is not None and real is not taeda:
        raise ImportError(
            f"PyTorch itself is imported already (from {getattr(real, '__file__', 'somewhere')}): import "
            "taeda.as_torch before anything that imports torch, or start the program by `taeda run`"
        )
    sys.meta_path.insert(0, _Finder())
    vars(taeda)["__name__"] = "torch"  # libraries that replace functions of a module ask for its name
    taeda.__version__ = TorchVersion(VERSION)
    vars(taeda)["torch"] = taeda  # `torch.torch`, which some libraries write
    taeda.Tensor.__module__ = "torch"  # libraries tell tensors by the name of their module
    site = os.path.join(os.path.dirname(os.path.abspath(__file__)), "site")
    os.environ["TAEDA_AS_TORCH"] = "1"
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if site not in paths:
        os.environ["PYTHONPATH"] = os.pathsep.join([site, *(p for p in paths if p)])


install()
