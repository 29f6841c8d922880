"""LLVM IR text → address of a machine-code function.

llvmlite is imported here only, and only when something has to be compiled: what is in the cache is loaded by the
core (csrc/core/object_code.h) alone.
"""

from __future__ import annotations

import functools
import sys
import time
from typing import Any

from taeda import _core, environment
from taeda.codegen.target import Target
from taeda.runtime import cache

_VERSION = "1"
_addresses: dict[str, int] = {}
statistics = {"compiled": 0, "loaded": 0, "compile_seconds": 0.0}


@functools.cache
def _llvm() -> Any:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm


@functools.cache
def _machine(target: Target) -> Any:
    llvm = _llvm()
    return llvm.Target.from_triple(target.triple).create_target_machine(
        cpu=target.processor, features=target.features, opt=2, reloc="pic", codemodel="default"
    )


def object_code(text: str, target: Target) -> bytes:
    """Machine code (an object file) for a module of LLVM IR, from the cache or compiled now.

    The text must be well-formed SSA with explicit vectors: no IR pass is run, because none makes such
    code faster and they double the latency.
    """
    key = cache.key_of(_VERSION, target.name, target.features, text)
    body = cache.load(key)
    if body is not None:
        statistics["loaded"] += 1
        return body
    start = time.perf_counter()
    llvm = _llvm()
    module = llvm.parse_assembly(f'target triple = "{target.triple}"\n{text}')
    module.verify()
    machine = _machine(target)
    module.data_layout = str(machine.target_data)
    if environment.debug() >= 5:
        print(machine.emit_assembly(module), file=sys.stderr)
    body = machine.emit_object(module)
    statistics["compiled"] += 1
    statistics["compile_seconds"] += time.perf_counter() - start
    cache.store(key, body)
    return body


def compile_kernel(text: str, target: Target, symbol: str = "kernel") -> int:
    """The address of function `symbol` of the module `text`. Same text, same address."""
    name = cache.key_of(target.name, text)
    if name not in _addresses:
        if environment.debug() >= 4:
            print(text, file=sys.stderr)
        _addresses[name] = _core.load_object(object_code(text, target), symbol)
    return _addresses[name]
