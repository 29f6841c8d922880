"""What the core's handles of kernels mean: small numbers, equal for equal kernels of one target.

A kernel is there as it was made, or as the cache has it (`Kept`): then it is made of that when its definition is asked
for, which is not so where its machine code is in the cache too. Importing this file imports no compiler.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from taeda.codegen.target import Target
from taeda.runtime.lock import one_at_a_time

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Kept:
    """A kernel as plain data (runtime/kernel_content.py), and the answers of `kernel_traits` and `kernel_split`."""

    content: bytes
    traits: int
    split: Any = UNKNOWN  # None, or two Kept and the dtypes of what is between them


kernels: list[Any] = []  # Kernel, TemplateSpec or Kept
targets: list[Target] = []  # of each kernel
_handles: dict[tuple[Any, Target], int] = {}
_contents: dict[int, bytes | None] = {}


@one_at_a_time
def register(target: Target, kernel: Any) -> int:
    """The handle of a kernel for a target; the same for an equal one."""
    handle = _handles.get((kernel, target))
    if handle is None:
        handle = _handles[kernel, target] = len(kernels)
        kernels.append(kernel)
        targets.append(target)
    return handle


@one_at_a_time
def kernel_of(handle: int) -> Any:
    """The definition of a kernel: a Kernel or a TemplateSpec."""
    kernel = kernels[handle]
    if isinstance(kernel, Kept):
        from taeda.runtime.kernel_content import decode

        kernel = kernels[handle] = decode(kernel.content)
        _handles.setdefault((kernel, targets[handle]), handle)
    return kernel


@one_at_a_time
def content_of(handle: int) -> bytes | None:
    """A kernel as plain data; None where it cannot be written down."""
    kernel = kernels[handle]
    if isinstance(kernel, Kept):
        return kernel.content
    if handle not in _contents:
        from taeda.runtime.kernel_content import encode

        _contents[handle] = encode(kernel)
    return _contents[handle]


@one_at_a_time
def register_kept(target: Target, kept: Kept) -> int:
    """The handle of a kernel that was written down."""
    handle = register(target, kept)
    _contents[handle] = kept.content
    return handle
