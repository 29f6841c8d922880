"""Kernels as machine code: loop IR and templates become LLVM IR (codegen/), and that is compiled (jit.py).

Only the text is made under the compiler's lock; threads compile side by side."""

from __future__ import annotations

import functools
import importlib

from taeda.codegen.loops import emit
from taeda.codegen.target import Target
from taeda.compiler.builder import TemplateSpec
from taeda.ir.loop import Kernel
from taeda.runtime.jit import compile_kernel, object_code
from taeda.runtime.lock import one_at_a_time

Variant = tuple[str, int, str]  # axis, inner rank, stride classes


def loop_kernel(kernel: Kernel, variant: Variant, target: Target) -> int:
    """The address of a variant of a loop kernel."""
    return compile_kernel(_text(kernel, variant, target), target)


def template_kernel(spec: TemplateSpec, target: Target) -> int:
    """The address of a kernel from a template."""
    return compile_kernel(_text(spec, None, target), target)


def kernel_object(kernel: Kernel | TemplateSpec, variant: Variant | None, target: Target) -> bytes:
    """The object file of a variant of a loop kernel, or of a kernel from a template."""
    return object_code(_text(kernel, variant, target), target)


@one_at_a_time
@functools.lru_cache(maxsize=8)  # two threads may want the same one
def _text(kernel: Kernel | TemplateSpec, variant: Variant | None, target: Target) -> str:
    """A kernel as LLVM IR."""
    if isinstance(kernel, Kernel):
        assert variant is not None
        return emit(kernel, variant, target)
    module, name, params = kernel
    text: str = getattr(importlib.import_module(module), name)(target, **dict(params))
    return text
