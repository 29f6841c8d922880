"""Kernels as machine code: loop IR and templates become LLVM IR (codegen/), and that is compiled (jit.py)."""

from __future__ import annotations

import importlib

from taeda.codegen.loops import emit
from taeda.codegen.target import Target
from taeda.compiler.builder import TemplateSpec
from taeda.ir.loop import Kernel
from taeda.runtime.jit import compile_kernel


def loop_kernel(kernel: Kernel, variant: tuple[str, int, str], target: Target) -> int:
    """The address of a variant (axis, inner rank, stride classes) of a loop kernel."""
    return compile_kernel(emit(kernel, variant, target), target)


def template_kernel(spec: TemplateSpec, target: Target) -> int:
    """The address of a kernel from a template."""
    module, name, params = spec
    return compile_kernel(getattr(importlib.import_module(module), name)(target, **dict(params)), target)
