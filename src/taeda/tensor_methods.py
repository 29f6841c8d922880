"""Methods and properties of tensors that computations do not need: for NumPy's protocols, modules, and old programs.

`_public.py` puts them on the type by name; they are imported when one is first used.
"""

from __future__ import annotations

import warnings
from typing import Any

import taeda
from taeda.assertions import check_type


def array_namespace(self: Any, *, api_version: str | None = None) -> Any:
    """The functions of the Python array API standard for tensors: `taeda.array_api`."""
    from taeda.array_api import namespace

    return namespace(api_version)


def to_device(self: Any, device: Any, /, *, stream: Any = None) -> Any:
    """This tensor on a device, by the name of the array API standard."""
    check_type("to_device", "self", self, taeda.Tensor)
    return self.to(device)


def array_wrap(self: Any, array: Any, context: Any = None, return_scalar: bool = False) -> Any:
    """A tensor of what a function of NumPy made of this one."""
    if array.dtype == bool:
        array = array.astype("uint8")
    return taeda.from_numpy(array)


def reversed(self: Any) -> Any:  # noqa: A001, the name of the method
    """The elements along the first dimension, the last one first."""
    return self if self.dim() == 0 else self.flip(0)


def make_wrapper_subclass(
    cls: Any, size: Any, strides: Any = None, storage_offset: Any = None, memory_format: Any = None, dtype: Any = None,
    layout: Any = None, device: Any = None, pin_memory: bool = False, requires_grad: bool = False,
    dispatch_sizes_strides_policy: str | None = None, dispatch_device: bool = False, dispatch_layout: bool = False,
    _extra_dispatch_keys: Any = None, storage_size: Any = None,
) -> Any:
    """A tensor of the class `cls` with this geometry and no memory: the `__torch_dispatch__` of the class, which it
    must have, says what ops do with it.

    `memory_format`, `layout` and the options of dispatch are taken as they are by default only.
    """
    if layout not in (None, taeda.strided) or memory_format not in (None, taeda.contiguous_format):
        raise NotImplementedError("_make_wrapper_subclass: only contiguous or strided wrappers are there")
    if dispatch_sizes_strides_policy or dispatch_device or dispatch_layout:
        raise NotImplementedError("_make_wrapper_subclass: sizes, strides, device and layout are those that are given; "
                                  "asking the class for them is not there yet")
    return taeda._core.make_wrapper(
        cls, tuple(size), None if strides is None else tuple(strides), storage_offset or 0,
        dtype or taeda.get_default_dtype(), taeda.device(device or "cpu"), requires_grad)


def is_shared(self: Any) -> bool:
    """Whether other processes may have the memory too."""
    return bool(self.untyped_storage().is_shared())


def share_memory_(self: Any) -> Any:
    """Move the memory to where other processes can have it too: those that are forked, and those that the tensor is
    sent to. What was there is still there. The tensor.

    >>> taeda.ones(2).share_memory_().is_shared()
    True
    """
    self.untyped_storage().share_memory_()
    return self


def setstate(self: Any, state: Any) -> None:
    """Take what another tensor is, as old files have it: (storage, offset, sizes, strides) and more."""
    if not self.is_leaf:
        raise RuntimeError("__setstate__ can be only called on leaf Tensors")
    if len(state) == 4:
        self.set_(*state)
        return
    if len(state) == 5:
        self.data = state[0]
        state = state[3], state[4], state[2]
    self.requires_grad, _, self._backward_hooks = state


def module_load(self: Any, other: Any, assign: bool = False) -> Any:
    """What Module.load_state_dict puts in the place of this parameter when it is given `other`, where
    `__future__.set_swap_module_params_on_conversion(True)` was said."""
    return other.detach() if assign else self.detach().copy_(other)


def record_stream(self: Any, stream: Any) -> None:
    """Say that a stream uses the memory, which on the CPU nobody has to know. NotImplementedError, as PyTorch has."""
    raise NotImplementedError("Could not run 'aten::record_stream' with arguments from the 'CPU' backend: the memory "
                              "of the CPU is not handed from stream to stream")


def grad_dtype(self: Any) -> Any:
    """The dtype of the gradient: that of the tensor."""
    return self.dtype


def set_grad_dtype(self: Any, dtype: Any) -> None:
    """NotImplementedError for another dtype than the tensor's."""
    if dtype not in (None, self.dtype):
        raise NotImplementedError(f"a gradient of {dtype} for a tensor of {self.dtype} is not there yet")


def volatile(self: Any) -> bool:
    """False: the flag was removed from PyTorch; use `no_grad`."""
    warnings.warn("volatile was removed (Variable.volatile is always False)", stacklevel=3)
    return False


def set_volatile(self: Any, value: Any) -> None:
    """Nothing: the flag was removed from PyTorch; use `no_grad`."""
    warnings.warn("volatile was removed and now has no effect. Use `with torch.no_grad():` instead.", stacklevel=3)


def cuda_array_interface(self: Any) -> Any:
    """AttributeError: no tensor is on a CUDA device."""
    raise AttributeError(f"Can't get __cuda_array_interface__ on non-CUDA tensor type: {self.type()} If CUDA data is "
                         "required use tensor.cuda() to copy tensor to device memory.")


def set_cuda_array_interface(self: Any, value: Any) -> None:
    """AttributeError: it is read only."""
    raise AttributeError("__cuda_array_interface__ cannot be set")
