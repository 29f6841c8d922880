"""The memory that tensors lie in, by PyTorch's names: `UntypedStorage`, its bytes, and `TypedStorage`, its elements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import taeda
from taeda import _core
from taeda.serialization.globals import STORAGE_OF_DTYPE, STORAGES

__all__ = ["TypedStorage", "UntypedStorage", "storage_class"]

UntypedStorage = _core.UntypedStorage


class TypedStorage:
    """Elements of one dtype in the memory of a tensor.

    Example::

        >>> import taeda
        >>> memory = taeda.ones(3).untyped_storage()
        >>> storage = taeda.storage.TypedStorage(wrap_storage=memory, dtype=taeda.float32)
        >>> storage[1] = 5.0
        >>> storage.tolist()
        [1.0, 5.0, 1.0]
    """

    def __init__(
        self, *args: Any, wrap_storage: Any = None, dtype: Any = None, device: Any = None, _internal: bool = False
    ) -> None:
        self.dtype = dtype if dtype is not None else getattr(type(self), "_dtype", None) or taeda.get_default_dtype()
        if wrap_storage is not None:
            if args:
                raise RuntimeError("TypedStorage: a size or values make no sense beside wrap_storage")
            self._untyped_storage = wrap_storage
            return
        values = args[0] if args else 0
        tensor = (
            taeda.empty(values, dtype=self.dtype, device=device) if isinstance(values, int)
            else taeda.tensor(list(values), dtype=self.dtype, device=device)
        )
        self._untyped_storage = tensor.untyped_storage()

    def _tensor(self) -> Any:
        """All elements as a tensor of one dimension on this memory."""
        return _core.tensor_on_storage(self._untyped_storage, self.dtype, 0, (len(self),), (1,))

    def untyped(self) -> Any:
        """The same memory as bytes."""
        return self._untyped_storage

    def element_size(self) -> int:
        """Bytes of an element."""
        return self.dtype.itemsize

    def nbytes(self) -> int:
        """Bytes of all elements."""
        return self._untyped_storage.nbytes()

    def size(self) -> int:
        """How many elements there are."""
        return len(self)

    def data_ptr(self) -> int:
        """The address of the first element."""
        return self._untyped_storage.data_ptr()

    @property
    def device(self) -> Any:
        """Where the memory is."""
        return self._untyped_storage.device

    @property
    def is_cuda(self) -> bool:
        """Whether the memory is that of a CUDA device."""
        return self.device.type == "cuda"

    def __len__(self) -> int:
        return self.nbytes() // self.element_size()

    def __getitem__(self, idx: Any) -> Any:
        if isinstance(idx, slice):
            raise RuntimeError("slices are only supported in UntypedStorage.__getitem__")
        return self._tensor()[idx].item()

    def __setitem__(self, idx: Any, value: Any) -> None:
        self._tensor()[idx] = value

    def __iter__(self) -> Iterator[Any]:
        return iter(self.tolist())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TypedStorage) and self._untyped_storage == other._untyped_storage

    def __hash__(self) -> int:
        return hash(self._untyped_storage)

    def tolist(self) -> list[Any]:
        """The elements as Python numbers."""
        values: list[Any] = self._tensor().tolist()
        return values

    def fill_(self, value: Any) -> TypedStorage:
        """Set all elements."""
        self._tensor().fill_(value)
        return self

    def copy_(self, source: TypedStorage, non_blocking: bool = False) -> TypedStorage:
        """Take the elements of another."""
        self._tensor().copy_(source._tensor())
        return self

    def clone(self) -> TypedStorage:
        """The same elements in memory of their own."""
        return self._of(self._tensor().clone())

    def _of(self, tensor: Any) -> TypedStorage:
        return storage_class(tensor.dtype)(wrap_storage=tensor.untyped_storage(), dtype=tensor.dtype)

    def type(self, dtype: Any = None, non_blocking: bool = False) -> Any:
        """The name of this kind of storage, or the elements as another dtype."""
        if dtype is None:
            return f"torch.{storage_class(self.dtype).__name__}"
        return self._of(self._tensor().to(dtype))

    def cpu(self) -> TypedStorage:
        """This storage, which is on the CPU."""
        return self

    def resize_(self, size: int) -> TypedStorage:
        """Make room for more elements."""
        self._untyped_storage.resize_(size * self.element_size())
        return self

    def pickle_storage_type(self) -> str:
        """The name of the class as files have it."""
        return storage_class(self.dtype).__name__

    def __repr__(self) -> str:
        lines = "".join(f" {value}\n" for value in self.tolist())
        kind = f"torch.storage.TypedStorage(dtype={self.dtype}, device={self.device})"
        return f"{lines}[{kind} of size {len(self)}]"


_made: dict[str, type[TypedStorage]] = {}


def __getattr__(name: str) -> Any:
    if name == "Storage":  # PyTorch's old name of the storages of the default dtype
        return __getattr__("FloatStorage")
    if name not in STORAGES:
        raise AttributeError(f"module 'taeda.storage' has no attribute {name!r}")
    if name not in _made:
        dtype = getattr(taeda, STORAGES[name])
        body = {"_dtype": dtype, "__doc__": f"Elements of {dtype}.", "__module__": "torch"}
        _made[name] = type(name, (TypedStorage,), body)
    return _made[name]


def storage_class(dtype: Any) -> type[TypedStorage]:
    """The class of storages of this dtype: FloatStorage for float32."""
    name = STORAGE_OF_DTYPE.get(str(dtype).removeprefix("torch."))
    made: type[TypedStorage] = TypedStorage if name is None else __getattr__(name)
    return made

