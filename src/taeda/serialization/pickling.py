"""Writing objects as PyTorch writes them, and Python's own pickling and copying of tensors."""

import copy
import pickle
import types
import weakref
from collections import OrderedDict
from typing import Any

import taeda
from taeda.ir.dtype import itemsize
from taeda.nn.parameter import Parameter
from taeda.serialization.globals import STORAGE_OF_DTYPE, GlobalName, StorageReference
from taeda.serialization.memory import (
    bytes_of,
    copy_of,
    dtype_name,
    meta_tensor,
    pending_bits,
    storage_from,
    storage_of,
    storage_on,
    tensor_on,
    with_bits,
)
from taeda.utils.hooks import warn_if_has_hooks

_REBUILD_TENSOR = GlobalName("torch._utils", "_rebuild_tensor_v2")
_REBUILD_TENSOR_V3 = GlobalName("torch._utils", "_rebuild_tensor_v3")
_REBUILD_META = GlobalName("torch._utils", "_rebuild_meta_tensor_no_storage")
_REBUILD_PARAMETER = GlobalName("torch._utils", "_rebuild_parameter")
_REBUILD_SPARSE = GlobalName("torch._utils", "_rebuild_sparse_tensor")
_LAYOUT = GlobalName("torch.serialization", "_get_layout")
_SIZE, _DEVICE = GlobalName("torch", "Size"), GlobalName("torch", "device")
_names: dict[tuple[str, str], GlobalName] = {}


def _name(module: str, name: str) -> GlobalName:
    """One object for each name, so that a pickle refers back to it."""
    return _names.setdefault((module, name), GlobalName(module, name))


def _name_in_torch(obj: Any) -> GlobalName | None:
    """Taeda's layers and functions by the names under which PyTorch has its own."""
    # By their types: an object of the program's may answer any question about its attributes.
    kind = type(obj)
    if issubclass(kind, type):
        name: str = obj.__name__
        if obj.__module__.startswith("taeda.nn.") and getattr(taeda.nn, name, None) is obj:
            return _name("torch.nn", name)
    elif issubclass(kind, (types.FunctionType, taeda._core.Op)):
        name = obj.__name__
        for module, place in (("torch.nn.functional", taeda.nn.functional), ("torch", taeda)):
            if getattr(place, name, None) is obj:
                return _name(module, name)
    return None


_PicklerInPython: Any = pickle._Pickler


class TorchPickler(_PicklerInPython):
    """Pickles tensors as references to storages, which it collects in `storages` by key.

    Python's pickler in Python and not the one in C, which insists on importing the names it writes, and `torch` need
    not exist.
    """

    def __init__(self, file: Any, legacy: bool = False) -> None:
        super().__init__(file, 2)
        self.view = (None,) if legacy else ()  # the format before 1.6 had storages that were views of others
        self.storages: list[Any] = []
        self._keys: dict[Any, tuple[str, str]] = {}

    def kinds(self) -> dict[str, str]:
        """For the key of each storage the dtype in which it was met first."""
        return dict(self._keys.values())

    def save(self, obj: Any, save_persistent_id: bool = True) -> None:
        if type(obj) is taeda.dtype:
            obj = _name("torch", dtype_name(obj))
        elif (known_to_torch := _name_in_torch(obj)) is not None:
            obj = known_to_torch
        if type(obj) is GlobalName:
            known = self.memo.get(id(obj))
            if known is not None:
                self.write(self.get(known[0]))
                return
            self.write(pickle.GLOBAL + f"{obj.module}\n{obj.name}\n".encode())
            self.memoize(obj)
            return
        super().save(obj, save_persistent_id)

    def persistent_id(self, obj: Any) -> Any:
        if type(obj) is StorageReference:
            return ("storage", obj.kind, obj.key, "cpu", obj.count, *self.view)
        return None

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, taeda.Tensor):
            return self._reduce_tensor(obj)
        if type(obj) is taeda.Size:
            return _SIZE, (tuple(obj),)
        if type(obj) is taeda.device:
            return _DEVICE, (str(obj),)
        if type(obj) is taeda.layout:
            return _LAYOUT, (str(obj),)
        return NotImplemented

    def _reduce_tensor(self, tensor: Any) -> Any:
        if tensor.layout is not taeda.strided:
            from taeda.sparse.storing import parts_of

            return _REBUILD_SPARSE, parts_of(tensor)
        if isinstance(tensor, Parameter):
            return _REBUILD_PARAMETER, (tensor.detach(), tensor.requires_grad, OrderedDict())
        if not tensor.is_leaf and tensor.requires_grad:
            tensor = tensor.detach().requires_grad_()  # a file has no place for the graph; PyTorch drops it too
        warn_if_has_hooks(tensor)
        if tensor.is_meta:
            return _REBUILD_META, _meta_arguments(tensor)
        name = dtype_name(tensor.dtype)
        storage = storage_of(tensor)
        key, kind = self._keys.get(storage, ("", ""))
        if not kind:
            key, kind = str(len(self.storages)), name
            self.storages.append(storage)
            self._keys[storage] = key, kind
        elif kind != name:
            raise RuntimeError(
                "Cannot save multiple tensors or storages that view the same data as different types: "
                f"{kind} and {name}"
            )
        size, stride = tuple(tensor.size()), tuple(tensor.stride())
        bits = (pending_bits(tensor),) if pending_bits(tensor) else ()
        hooks: OrderedDict[Any, Any] = OrderedDict()
        if name not in STORAGE_OF_DTYPE:
            reference = StorageReference(_name("torch.storage", "UntypedStorage"), key, storage.nbytes())
            return _REBUILD_TENSOR_V3, (reference, tensor.storage_offset(), size, stride, tensor.requires_grad, hooks,
                                        tensor.dtype, *bits)
        count = storage.nbytes() // itemsize(name)
        reference = StorageReference(_name("torch", STORAGE_OF_DTYPE[name]), key, count)
        return _REBUILD_TENSOR, (reference, tensor.storage_offset(), size, stride, tensor.requires_grad, hooks, *bits)


def _meta_arguments(tensor: Any) -> tuple[Any, ...]:
    return tensor.dtype, tuple(tensor.size()), tuple(tensor.stride()), tensor.requires_grad


def _rebuild_meta_tensor_no_storage(dtype: Any, size: Any, stride: Any, requires_grad: bool) -> Any:
    """A tensor on "meta"; what pickles of such tensors call."""
    return meta_tensor(dtype, size, stride, requires_grad)


class _StorageHolder:
    """A storage in Python's own pickles. One object for one storage while a pickler remembers it."""

    alive: "weakref.WeakValueDictionary[Any, _StorageHolder]" = weakref.WeakValueDictionary()

    def __init__(self, storage: Any) -> None:
        self.storage = storage

    @classmethod
    def of(cls, storage: Any) -> "_StorageHolder":
        holder = cls.alive.get(storage)
        if holder is None:
            holder = cls.alive[storage] = cls(storage)
        return holder

    def __reduce_ex__(self, protocol: Any) -> Any:
        content: Any = bytes_of(self.storage)
        return _rebuild_storage, (pickle.PickleBuffer(content) if int(protocol) >= 5 else bytes(content),)


def _rebuild_storage(content: Any) -> Any:
    """A storage from pickled bytes; on writable memory that the pickle came with (protocol 5) without a copy."""
    view = memoryview(content)
    return storage_from(view) if view.readonly else storage_on(view, 0, view.nbytes)


def _rebuild_tensor_v2(
    storage: Any,
    storage_offset: int,
    size: tuple[int, ...],
    stride: tuple[int, ...],
    requires_grad: bool,
    backward_hooks: Any,
    dtype: Any = None,
    bits: Any = None,
) -> Any:
    """A tensor in a storage; what pickles of tensors call."""
    storage = storage.storage if isinstance(storage, _StorageHolder) else storage
    tensor = with_bits(tensor_on(storage, dtype, storage_offset, tuple(size), tuple(stride)), bits)
    return tensor.requires_grad_() if requires_grad else tensor


def _rebuild_parameter(data: Any, requires_grad: bool, backward_hooks: Any) -> Any:
    """A parameter; what pickles of parameters call."""
    return Parameter(data, requires_grad)


def _rebuild_subclass(kind: type, tensor: Any, state: dict[str, Any]) -> Any:
    """A tensor of a subclass with its attributes; what pickles of such tensors call."""
    if kind is not taeda.Tensor:
        tensor = tensor.as_subclass(kind)
    tensor.__dict__.update(state)
    return tensor


def _rebuild_wrapper(
    kind: type, sizes: Any, strides: Any, offset: int, dtype: Any, device: str, requires_grad: bool,
    state: dict[str, Any],
) -> Any:
    """A tensor without memory, of a class with `__torch_dispatch__`, and the attributes that it consists of."""
    made = taeda._core.make_wrapper(kind, sizes, strides, offset, dtype, taeda.device(device), requires_grad)
    made.__dict__.update(state)
    return made


def reduce_tensor(tensor: Any, protocol: Any) -> Any:
    """`Tensor.__reduce_ex__`. Tensors that share memory share it again when they were pickled together.

    Of a tensor's graph nothing is kept: what was computed comes back as a leaf.
    """
    warn_if_has_hooks(tensor)
    if taeda._core.is_wrapper(tensor):
        geometry = tuple(tensor.size()), tuple(tensor.stride()), tensor.storage_offset()
        kind = tensor.dtype, str(tensor.device), tensor.requires_grad
        return _rebuild_wrapper, (type(tensor), *geometry, *kind, dict(tensor.__dict__))
    if tensor.is_meta and type(tensor) is taeda.Tensor:
        return _rebuild_meta_tensor_no_storage, _meta_arguments(tensor)
    arguments: tuple[Any, ...] = (
        _StorageHolder.of(storage_of(tensor)),
        tensor.storage_offset(),
        tuple(tensor.size()),
        tuple(tensor.stride()),
        tensor.requires_grad,
        OrderedDict(),
        tensor.dtype,
        *((pending_bits(tensor),) if pending_bits(tensor) else ()),
    )
    state = getattr(tensor, "__dict__", None) or {}
    if type(tensor) is taeda.Tensor and not state:
        return _rebuild_tensor_v2, arguments
    return _rebuild_subclass, (type(tensor), _Rebuilt(arguments), state)


class _Rebuilt:
    """Pickles as the plain tensor that `_rebuild_tensor_v2` makes of its arguments."""

    def __init__(self, arguments: tuple[Any, ...]) -> None:
        self.arguments = arguments

    def __reduce__(self) -> Any:
        return _rebuild_tensor_v2, self.arguments


def _copied_by_class(tensor: Any, memo: dict[Any, Any]) -> Any:
    """A copy of a tensor whose class says by `__torch_dispatch__` what clone() does."""
    result = tensor.detach().clone()
    if type(result) is not type(tensor):
        raise RuntimeError(
            f"The default implementation of __deepcopy__() for wrapper subclasses only works for subclass types that "
            f"properly implement clone() semantics, returning their own type; that of {type(tensor).__name__} returned "
            f"{type(result).__name__}")
    memo[id(tensor)] = result.requires_grad_(tensor.requires_grad)
    if tensor.grad is not None:
        result.grad = copy.deepcopy(tensor.grad, memo)
    if getattr(tensor, "_is_param", False):
        result._is_param = True
    return result


def deepcopy_tensor(tensor: Any, memo: dict[Any, Any]) -> Any:
    """`Tensor.__deepcopy__`: copies of tensors that share memory share it too."""
    if id(tensor) in memo:
        return memo[id(tensor)]
    if not tensor.is_leaf:
        raise RuntimeError(
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  "
            "If you were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, "
            "see https://github.com/pytorch/pytorch/pull/103001"
        )
    if taeda._core.is_wrapper(tensor):
        return _copied_by_class(tensor, memo)
    storage = storage_of(tensor)
    copied = memo.get(storage)
    if copied is None:
        copied = memo[storage] = copy_of(storage)
    result = tensor_on(
        copied, tensor.dtype, tensor.storage_offset(), tuple(tensor.size()), tuple(tensor.stride())
    )
    result = with_bits(result, pending_bits(tensor))
    if type(tensor) is not taeda.Tensor:
        result = result.as_subclass(type(tensor))
    if tensor.requires_grad:
        result.requires_grad_()
    memo[id(tensor)] = result
    if tensor.grad is not None:
        result.grad = copy.deepcopy(tensor.grad, memo)
    state = getattr(tensor, "__dict__", None)
    if state:
        result.__dict__.update(copy.deepcopy(state, memo))
    return result
