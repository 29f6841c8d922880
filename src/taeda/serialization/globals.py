"""Names that stand in the pickles of PyTorch's files, and what they are here."""

from typing import Any

import taeda

# Storage classes of PyTorch, which say the dtype of a tensor's memory.
STORAGES = {
    "DoubleStorage": "float64", "FloatStorage": "float32", "HalfStorage": "float16", "BFloat16Storage": "bfloat16",
    "LongStorage": "int64", "IntStorage": "int32", "ShortStorage": "int16", "CharStorage": "int8",
    "ByteStorage": "uint8", "BoolStorage": "bool", "ComplexDoubleStorage": "complex128",
    "ComplexFloatStorage": "complex64",
}  # fmt: skip
STORAGE_OF_DTYPE = {dtype: storage for storage, dtype in STORAGES.items()}

# Names of dtypes in `torch`, with their aliases.
DTYPES = {
    "float64": "float64", "double": "float64", "float32": "float32", "float": "float32", "float16": "float16",
    "half": "float16", "bfloat16": "bfloat16", "int64": "int64", "long": "int64", "int32": "int32", "int": "int32",
    "int16": "int16", "short": "int16", "int8": "int8", "uint8": "uint8", "bool": "bool", "complex64": "complex64",
    "cfloat": "complex64", "complex128": "complex128", "cdouble": "complex128",
}  # fmt: skip


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
