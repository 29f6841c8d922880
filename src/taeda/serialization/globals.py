"""Names that stand in the pickles of PyTorch's files, and what they are here."""

from typing import Any

import taeda
from taeda.ir.dtype import FLOAT8, TENSORS, info

# Storage classes of PyTorch, which say the dtype of a tensor's memory.
# There are none for dtypes that came later: the pickle of such a tensor has the dtype.
_WITHOUT_STORAGE = ("uint16", "uint32", "uint64", "complex32", *FLOAT8)
STORAGES = {info(name).word + "Storage": name for name in TENSORS if name not in _WITHOUT_STORAGE}
STORAGE_OF_DTYPE = {dtype: storage for storage, dtype in STORAGES.items()}

# Names of dtypes in `torch`, with their aliases.
DTYPES = {n: name for name in TENSORS for n in (name, *info(name).aliases)}


def dtype_called(name: str) -> Any:
    """The dtype of a name of `DTYPES`; None if this build does not have it."""
    return getattr(taeda, DTYPES[name], None)


class GlobalName:
    """Stands for `module.name` in a pickle; written as that name, so that PyTorch finds its own object there."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name

    def __call__(self, *_: Any) -> Any:
        raise TypeError(f"{self.module}.{self.name} is only a name to be written")


class StorageReference:
    """A storage in a pickle: the entry of the archive that holds its bytes."""

    def __init__(self, kind: GlobalName, key: str, count: int) -> None:
        self.kind, self.key, self.count = kind, key, count
