"""Kernels as machine code: loop IR and templates become LLVM IR (codegen/), and that is compiled (jit.py)."""

from __future__ import annotations

import importlib

from taeda.codegen.loops import emit
from taeda.codegen.target import Target
from taeda.compiler.builder import TemplateSpec
from taeda.ir.loop import Kernel
from taeda.runtime.jit import compile_kernel, object_code

Variant = tuple[str, int, str]  # axis, inner rank, stride classes


def loop_kernel(kernel: Kernel, variant: Variant, target: Target) -> int:
    """The address of a variant of a loop kernel."""
    return compile_kernel(emit(kernel, variant, target), target)


def template_kernel(spec: TemplateSpec, target: Target) -> int:
    """The address of a kernel from a template."""
    return compile_kernel(_template_text(spec, target), target)


def kernel_object(kernel: Kernel | TemplateSpec, variant: Variant | None, target: Target) -> bytes:
    """The object file of a variant of a loop kernel, or of a kernel from a template."""
    if isinstance(kernel, Kernel):
        assert variant is not None
        return object_code(emit(kernel, variant, target), target)
    return object_code(_template_text(kernel, target), target)


def _template_text(spec: TemplateSpec, target: Target) -> str:
    module, name, params = spec
    text: str = getattr(importlib.import_module(module), name)(target, **dict(params))
    return text
