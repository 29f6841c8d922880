"""LLVM IR text → address of a machine-code function.

llvmlite is imported here only, and only when something has to be compiled: what is in the cache is loaded by the
core (csrc/core/object_code.h) alone. Any thread may compile, several at a time; who asks for what another one is
compiling waits for it.
"""

from __future__ import annotations

import ctypes
import functools
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

from taeda import _core, environment
from taeda.codegen.target import Target
from taeda.runtime import cache

_VERSION = "1"
_addresses: dict[str, int] = {}
_names: dict[int, str] = {}  # of machine code, by its address: under what the cache has it
_underway: dict[str, threading.Event] = {}  # what some thread compiles just now
_machines: dict[Target, list[Any]] = {}  # that no thread uses just now: one is for one thread at a time
_changes = threading.Lock()  # held for a moment, to change what stands here
statistics = {"compiled": 0, "loaded": 0, "compile_seconds": 0.0}


class _Gate:
    """Threads that compile. It is closed while the process forks: none of them is there in the child, to let go of a
    lock in LLVM or of a module it was importing, or to finish what it had begun. Who is inside may enter again."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0

    def __enter__(self) -> None:
        with self._changed:
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()

    def close(self) -> None:
        self._changed.acquire()
        self._changed.wait_for(lambda: not self._inside)

    def open(self) -> None:
        self._changed.release()


_gate = _Gate()
os.register_at_fork(before=_gate.close, after_in_parent=_gate.open, after_in_child=_gate.open)


@functools.cache
def _llvm() -> Any:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm


def _emit(machine: Any, module: Any) -> bytes:
    """`machine.emit_object(module)` without the lock that llvmlite holds during every call of LLVM: this one takes
    long, and modules of different contexts may be compiled at the same time by machines of their own."""
    from llvmlite.binding import ffi

    emit = ffi.lib.LLVMPY_TargetMachineEmitToMemory
    with ffi.OutputString() as error:
        buffer = getattr(emit, "_cfn", emit)(machine, module, 1, error)
        if not buffer:
            raise RuntimeError(str(error))
    try:
        return ctypes.string_at(ffi.lib.LLVMPY_GetBufferStart(buffer), ffi.lib.LLVMPY_GetBufferSize(buffer))
    finally:
        ffi.lib.LLVMPY_DisposeMemoryBuffer(buffer)


def _machine(target: Target) -> Any:
    free = _machines.setdefault(target, [])
    try:
        return free.pop()
    except IndexError:
        return _llvm().Target.from_triple(target.triple).create_target_machine(
            cpu=target.processor, features=target.features, opt=2, reloc="pic", codemodel="default"
        )


def object_code(text: str, target: Target) -> bytes:
    """Machine code (an object file) for a module of LLVM IR, from the cache or compiled now.

    The text must be well-formed SSA with explicit vectors: no IR pass is run, because none makes such
    code faster and they double the latency.
    """
    with _gate:
        try:
            return _object_code(text, target)  # whose modules and contexts LLVM has disposed of when it returns
        except BaseException as error:
            traceback.clear_frames(error.__traceback__)  # which would keep them for as long as there is the error
            raise


def _object_key(text: str, target: Target) -> str:
    return cache.key_of(_VERSION, target.name, target.features, text)


def _object_code(text: str, target: Target) -> bytes:
    key = _object_key(text, target)
    body = cache.load(key)
    if body is not None:
        _count("loaded", 1)
        return body
    start = time.perf_counter()
    llvm = _llvm()
    machine = _machine(target)
    with llvm.parse_assembly(f'target triple = "{target.triple}"\n{text}', llvm.create_context()) as module:
        module.verify()
        module.data_layout = str(machine.target_data)
        if environment.debug() >= 5:
            print(machine.emit_assembly(module), file=sys.stderr)
        body = _emit(machine, module)
    _machines[target].append(machine)
    _count("compiled", 1)
    _count("compile_seconds", time.perf_counter() - start)
    cache.store(key, body)
    return body


def _count(what: str, number: float) -> None:
    with _changes:
        statistics[what] += number


def compile_kernel(text: str, target: Target, symbol: str = "kernel") -> int:
    """The address of function `symbol` of the module `text`. Same text, same address."""
    name = _object_key(text, target)

    def code() -> bytes:
        if environment.debug() >= 4:
            print(text, file=sys.stderr)
        return object_code(text, target)

    while name not in _addresses:
        with _gate:
            _compile(name, code, symbol)
    return _addresses[name]


def load_kernel(name: str) -> int | None:
    """The address of a kernel whose machine code is in the cache under this name (`name_of`), or None."""

    def code() -> bytes:
        body = cache.load(name)
        if body is None:
            raise LookupError
        _count("loaded", 1)
        return body

    try:
        while name not in _addresses:
            with _gate:
                _compile(name, code, "kernel")
    except LookupError:
        return None
    return _addresses[name]


def name_of(address: int) -> str | None:
    """Under which name the cache has the machine code at an address."""
    return _names.get(address)


def _compile(name: str, code: Callable[[], bytes], symbol: str) -> None:
    """Into _addresses, unless another thread is about to: then wait for that. If it fails, so does who asks again."""
    with _changes:
        other = _underway.get(name)
        if other is None:
            if name in _addresses:  # meanwhile
                return
            _underway[name] = threading.Event()
    if other is not None:
        other.wait()
        return
    try:
        address = _core.load_object(code(), symbol)
        _names[address] = name
        _addresses[name] = address
    finally:
        _underway.pop(name).set()
