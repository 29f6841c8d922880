"""Where the elements of a tensor lie: its storage by PyTorch's names, addresses, the order of its dimensions."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import taeda
from taeda import _core
from taeda.functions.function import function
from taeda.ops.signature import DType, Layout, Number, Object, Sizes, Tensor


@function(modules=(), method=True)
def storage(input: Tensor) -> Any:
    """The memory of the tensor as elements of its dtype. Programs of today ask for untyped_storage()."""
    from taeda.storage import storage_class

    return storage_class(input.dtype)(wrap_storage=input.untyped_storage(), dtype=input.dtype)


@function(modules=(), method=True)
def storage_type(input: Tensor) -> Any:
    """The class of storages with elements of this dtype: FloatStorage for float32."""
    from taeda.storage import storage_class

    return storage_class(input.dtype)


@function(modules=(), method=True)
def const_data_ptr(input: Tensor) -> Any:
    """The address of the first element, for who only reads there."""
    return input.data_ptr()


@function(modules=(), method=True)
def dim_order(input: Tensor, *, ambiguity_check: Object = False) -> Any:
    """The dimensions in the order in which they lie in memory, outermost first.

    With ambiguity_check=True a RuntimeError where strides allow several orders (dimensions of size 1, say); a list of
    memory formats allows those that give the same answer for them.
    """
    sizes, strides = input.shape, input.stride()
    order = tuple(sorted(range(input.dim()), key=lambda d: -strides[d]))
    if ambiguity_check:
        ties = any(sizes[d] == 1 for d in range(input.dim())) or len(set(strides)) < len(strides)
        if ties and ambiguity_check is True:
            raise RuntimeError("The tensor does not have unique dim order, or cannot map to exact one of the given "
                               f"memory formats. (sizes {tuple(sizes)}, strides {strides})")
    return order


@function(modules=(), method=True)
def pin_memory(input: Tensor, device: Object = None) -> Any:
    """Memory that an accelerator reads by itself. RuntimeError: there is no accelerator."""
    raise RuntimeError("Cannot access accelerator device when none is available.")


def _on_memory(of: Any, like: Any, offset: Any, size: Any, stride: Any) -> Any:
    from taeda.storage import TypedStorage

    untyped = of._untyped_storage if isinstance(of, TypedStorage) else of
    if not isinstance(untyped, _core.UntypedStorage):
        raise TypeError(f"set_(): argument 'source' must be Tensor or Storage, not {type(of).__name__}")
    if size is None:
        size = (untyped.nbytes() // like.itemsize - offset,)
    if not stride:
        steps = [1]
        for extent in reversed(size[1:]):
            steps.append(steps[-1] * max(extent, 1))
        stride = tuple(reversed(steps))[:len(size)]
        stride = stride if size else ()
    return _core.tensor_on_storage(untyped, like.dtype, offset, tuple(size), tuple(stride))


@function(modules=(), method=True, spread="")
def set_(input: Tensor, source: Object = None, storage_offset: int = 0, size: Sizes | None = None,
         stride: Sizes | None = None) -> Any:
    """Let the tensor be another: a tensor's memory and geometry, or a part of a storage; empty without a source.

    `storage_offset`, `size` and `stride` are in elements; without a size all of the storage, as one dimension.
    """
    if source is None:
        made = input.new_empty(0)
    elif isinstance(source, _core.Tensor):
        if source.dtype != input.dtype:
            raise RuntimeError(f"Could not set tensor of type {source.dtype} to a tensor of type {input.dtype}")
        made = source.detach() if size is None else _on_memory(source.untyped_storage(), input, storage_offset, size,
                                                               stride)
    else:
        made = _on_memory(source, input, storage_offset, size, stride)
    input.data = made
    return input


@function
def from_file(filename: str, shared: bool | None = None, size: int | None = 0, *, dtype: DType | None = None,
              layout: Layout | None = None, device: Object = None, pin_memory: bool = False) -> Any:
    """`size` elements in a file, mapped and not read: a tensor of one dimension.

    shared=True: writes go to the file, which is made or made larger as needed; else to memory of this process alone.
    """
    import mmap

    dtype = taeda.get_default_dtype() if dtype is None else dtype
    count = size or 0
    wanted = count * dtype.itemsize
    if shared:
        with open(filename, "r+b" if os.path.exists(filename) else "w+b") as file:
            if os.fstat(file.fileno()).st_size < wanted:
                file.truncate(wanted)
            mapped = mmap.mmap(file.fileno(), wanted) if wanted else b""
    else:
        with open(filename, "rb") as file:
            if os.fstat(file.fileno()).st_size < wanted:
                raise RuntimeError(f"file {filename} of {os.fstat(file.fileno()).st_size} bytes is too small for "
                                   f"{count} elements of {dtype} ({wanted} bytes)")
            mapped = mmap.mmap(file.fileno(), wanted, access=mmap.ACCESS_COPY) if wanted else b""
    return taeda.frombuffer(mapped, dtype=dtype) if wanted else taeda.empty(0, dtype=dtype)


# -- elements one by one -----------------------------------------------------------------------------------------------


def _by_element(name: str, input: Any, others: tuple[Any, ...], function: Callable[..., Any]) -> Any:
    if input.requires_grad:
        raise RuntimeError(f"Can't call {name}() on Variable that requires grad. Use var.detach().{name}()")
    rows = [x.expand(input.shape).reshape(-1).tolist() for x in (input, *others)]
    input.copy_(taeda.tensor([function(*values) for values in zip(*rows, strict=True)], dtype=input.dtype)
                .reshape(input.shape))
    return input


@function(modules=(), method=True)
def apply_(input: Tensor, callable: Object) -> Any:
    """Put `callable` of each element in its place. A call of Python for each: slow, and for tensors on the CPU."""
    return _by_element("apply_", input, (), callable)


@function(modules=(), method=True)
def map_(input: Tensor, tensor: Tensor, callable: Object) -> Any:
    """Put `callable(a, b)` in the place of each element a, b the element of `tensor` there; it is broadcast."""
    return _by_element("map_", input, (tensor,), callable)


@function(modules=(), method=True)
def map2_(input: Tensor, x: Tensor, y: Tensor, callable: Object) -> Any:
    """Put `callable(a, b, c)` in the place of each element a, with those of `x` and `y`."""
    return _by_element("map2_", input, (x, y), callable)


@function(modules=(), method=True)
def fill_diagonal_(input: Tensor, fill_value: Number, wrap: bool = False) -> Any:
    """Write `fill_value` to the diagonal of a matrix, or of a cube of any number of dimensions.

    wrap: of a matrix with more rows than columns the diagonal starts anew after each block of columns + 1 rows.
    """
    if input.dim() < 2:
        raise RuntimeError("dimensions must larger than 1")
    if input.dim() > 2 and len(set(input.shape)) > 1:
        raise RuntimeError("all dimensions of input must be of equal length")
    if input.numel():
        step = sum(input.stride())
        count = min(input.shape)
        input.as_strided((count,), (step,), input.storage_offset()).fill_(fill_value)
        rows, columns = input.shape[0], input.shape[1]
        if wrap and input.dim() == 2:
            for top in range(columns + 1, rows, columns + 1):
                block = input[top:top + columns]
                block.diagonal().fill_(fill_value)
    return input

