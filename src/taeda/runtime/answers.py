"""What the C++ core asks on a miss (runtime/programs.py says what these functions give): answered from the cache on
disk where the same was asked before, by this process or another, else by the compiler, which is imported then."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from typing import Any

from taeda import _core, environment
from taeda.codegen.target import Target
from taeda.runtime import ahead, handles, jit, kept
from taeda.runtime.devices import target_of
from taeda.runtime.lock import one_at_a_time

_core.check_programs(environment.check())


def node_name(op_name: str, display: str, key: tuple[Any, ...]) -> str:
    """What the node of such a call is called; `display` is what messages call the op."""
    from taeda.ops import node_names

    return node_names.node_name(op_name, display, key)


def __getattr__(name: str) -> Any:
    """All other questions."""
    if name.startswith("_"):
        raise AttributeError(name)
    return getattr(_compiler(), name)


def _compiler() -> Any:
    from taeda.runtime import programs

    return programs


@one_at_a_time
def compile_forward(op_name: str, key: tuple[Any, ...], device: str = "cpu") -> dict[str, Any]:
    """The Program for a call of the op with this unique name."""
    target = target_of(device)
    if not kept.keeps(target, op_name):
        return _compiler().compile_forward(op_name, key, device)
    return kept.answer(target, ("forward", op_name, key),
                       lambda: _compiler().compile_forward(op_name, key, device))


@one_at_a_time
def compile_backward(
    op_name: str, key: tuple[Any, ...], needs: int, given: tuple[bool, ...] | None = None, device: str = "cpu"
) -> dict[str, Any]:
    """The Program for the gradients of such a call."""
    target = target_of(device)
    if not kept.keeps(target, op_name):
        return _compiler().compile_backward(op_name, key, needs, given, device)
    return kept.answer(target, ("backward", op_name, key, needs, given),
                       lambda: _compiler().compile_backward(op_name, key, needs, given, device))


def kernel_variant(handle: int, axis: str, inner_rank: int, classes: str) -> int:
    """The address of a variant of a loop kernel."""
    return _address(handle, (axis, inner_rank, classes),
                    lambda: _compiler().kernel_variant(handle, axis, inner_rank, classes))


def template_kernel(handle: int) -> int:
    """The address of a kernel from a template."""
    return _address(handle, None, lambda: _compiler().template_kernel(handle))


def _address(handle: int, variant: tuple[str, int, str] | None, make: Callable[[], int]) -> int:
    """The address of a kernel whose text need not be made to know which machine code it is."""
    target = handles.targets[handle]
    content = handles.content_of(handle) if kept.keeps(target) else None
    if content is None:
        return make()
    key = kept.key_of(target, "code", hashlib.sha256(content).hexdigest(), variant)
    name = kept.read(key)
    address = jit.load_kernel(name) if isinstance(name, str) else None
    if address is None:
        address = make()
        name = jit.name_of(address)
        if name is not None:  # else it is no generated code, but a function of the core
            kept.write(key, name)
    return address


def kernel_traits(handle: int) -> int:
    """What the core has to know of a loop kernel."""
    kernel = handles.kernels[handle]
    return kernel.traits if isinstance(kernel, handles.Kept) else _compiler().kernel_traits(handle)


@one_at_a_time
def kernel_split(handle: int) -> tuple[int, int, tuple[str, ...]] | None:
    """The two kernels that reduce in chunks, and what is between them."""
    kernel = handles.kernels[handle]
    if not isinstance(kernel, handles.Kept) or kernel.split is handles.UNKNOWN:
        return _compiler().kernel_split(handle)
    if kernel.split is None:
        return None
    *parts, dtypes = kernel.split
    partial, combine = (handles.register_kept(handles.targets[handle], part) for part in parts)
    return partial, combine, dtypes


@one_at_a_time
def copy_kernel(source: str, destination: str, device: str = "cpu") -> int:
    """The handle of the kernel that converts and copies elements."""
    return kept.kernel(target_of(device), ("copy", source, destination),
                       lambda: _compiler().copy_kernel(source, destination, device))


@one_at_a_time
def fill_kernel(dtype: str, device: str = "cpu") -> int:
    """The handle of the kernel that writes one number everywhere."""
    return kept.kernel(target_of(device), ("fill", dtype), lambda: _compiler().fill_kernel(dtype, device))


@one_at_a_time
def sum_kernel(dtype: str, device: str = "cpu") -> int:
    """The handle of the kernel that sums."""
    return kept.kernel(target_of(device), ("sum", dtype), lambda: _compiler().sum_kernel(dtype, device))


def expect_products(dtype: str, device: str = "cpu") -> None:
    """Matrices of this dtype will be multiplied soon: a layer that does little else is being made. Its kernel takes
    longest to compile of all that a small model asks for, and while parameters are drawn there is time."""
    target = target_of(device)
    if target.family == "cpu" and _core.get_num_threads() > 1:
        ahead.expect(functools.partial(_usual_product, target, dtype))


@functools.cache
def _usual_product(target: Target, dtype: str) -> int:
    return template_kernel(kept.kernel(target, ("usual product", dtype),
                                       lambda: _compiler().usual_product(target, dtype)))
