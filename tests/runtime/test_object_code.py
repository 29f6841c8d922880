"""The loader of object files: everything that LLVM may put into one, and files that are damaged or ask for too much."""

from __future__ import annotations

import ctypes
import functools
import random
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

import pytest

from taeda import _core
from taeda.codegen.target import current

ROOT = Path(__file__).parents[2]
TEXT = """
declare double @pow(double, double)
declare ptr @memcpy(ptr, ptr, i64)
@counter = global i32 40
@buffer = internal global [100 x i64] zeroinitializer, align 64
@table = internal constant [2 x ptr] [ptr @double, ptr @triple]
@words = internal constant [4 x i64] [i64 10, i64 20, i64 30, i64 40], align 32
@far = global ptr @memcpy

define internal i64 @double(i64 %x) {
  %y = mul i64 %x, 2
  ret i64 %y
}
define internal i64 @triple(i64 %x) {
  %y = mul i64 %x, 3
  ret i64 %y
}
define i64 @call_by_table(i64 %which, i64 %x) {
  %slot = getelementptr [2 x ptr], ptr @table, i64 0, i64 %which
  %function = load ptr, ptr %slot
  %y = call i64 %function(i64 %x)
  ret i64 %y
}
define i32 @count() {
  %old = load i32, ptr @counter
  %new = add i32 %old, 1
  store i32 %new, ptr @counter
  ret i32 %new
}
define i64 @zeroed(i64 %at, i64 %value) {
  %slot = getelementptr [100 x i64], ptr @buffer, i64 0, i64 %at
  %old = load i64, ptr %slot
  store i64 %value, ptr %slot
  ret i64 %old
}
define i64 @word(i64 %at) {
  %slot = getelementptr [4 x i64], ptr @words, i64 0, i64 %at
  %copy = alloca i64
  %f = load ptr, ptr @far
  %r = call ptr %f(ptr %copy, ptr %slot, i64 8)
  %value = load i64, ptr %copy
  ret i64 %value
}
define double @power(double %x) nounwind {
  %y = call double @pow(double %x, double 2.5)
  %z = fadd double %y, 0.125
  ret double %z
}
define ptr @address_of_pow() {
  ret ptr @pow
}
"""


@functools.cache
def machine(code_model: str = "default", relocations: str = "pic") -> Any:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = current()
    return llvm.Target.from_triple(target.triple).create_target_machine(
        cpu=target.processor, features=target.features, opt=2, reloc=relocations, codemodel=code_model
    )


@functools.cache
def object_of(text: str, code_model: str = "default", relocations: str = "pic") -> bytes:
    import llvmlite.binding as llvm

    return bytes(machine(code_model, relocations).emit_object(llvm.parse_assembly(text)))


def function(text: str, name: str, result: Any, *arguments: Any) -> Any:
    return ctypes.CFUNCTYPE(result, *arguments)(_core.load_object(object_of(text), name))


def test_constants_tables_variables_and_outside_functions() -> None:
    integer = ctypes.c_int64
    by_table = function(TEXT, "call_by_table", integer, integer, integer)
    assert [by_table(0, 21), by_table(1, 21)] == [42, 63]
    count = function(TEXT, "count", ctypes.c_int32)
    assert [count(), count()] == [41, 42]
    zeroed = function(TEXT, "zeroed", integer, integer, integer)
    assert [zeroed(99, 7), zeroed(99, 8), zeroed(0, 1)] == [0, 7, 0]
    word = function(TEXT, "word", integer, integer)
    assert [word(k) for k in range(4)] == [10, 20, 30, 40]
    power = function(TEXT, "power", ctypes.c_double, ctypes.c_double)
    assert power(4.0) == 32.125
    address = function(TEXT, "address_of_pow", ctypes.c_void_p)()
    assert ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double, ctypes.c_double)(address)(3.0, 2.0) == 9.0
    # Loaded again it has variables of its own.
    assert function(TEXT, "count", ctypes.c_int32)() == 41


def test_large_objects_get_a_region_of_their_own() -> None:
    text = f"@large = global [{10 << 20} x i8] zeroinitializer\n" + """
define ptr @kernel() {
  ret ptr @large
}"""
    first, second = (function(text, "kernel", ctypes.c_void_p)() for _ in range(2))
    for at in (first, second):
        assert ctypes.string_at(at + (10 << 20) - 8, 8) == bytes(8)
        ctypes.memset(at, 1, 10 << 20)
    assert abs(first - second) >= 10 << 20


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("declare i32 @system(ptr)\ndefine i32 @kernel() {\n  %r = call i32 @system(ptr null)\n  ret i32 %r\n}",
         "generated code may not call 'system'"),
        ("@t = thread_local global i32 1\ndefine i32 @kernel() {\n  %r = load i32, ptr @t\n  ret i32 %r\n}",
         "thread-local or compressed section, '.tdata'"),
        ("@v = global i32 1, align 8192\ndefine ptr @kernel() {\n  ret ptr @v\n}", "strange alignment, '.data'"),
        (f"@v = global [{17 << 20} x i8] zeroinitializer\ndefine ptr @kernel() {{\n  ret ptr @v\n}}",
         "asks for more than 16 MB"),
        ("define void @other() {\n  ret void\n}", "no function 'kernel'"),
        ("define internal void @kernel() {\n  ret void\n}\n@t = global ptr @kernel", "no function 'kernel'"),
        ("@kernel = global i32 1", "no function 'kernel'"),
        ("@llvm.global_ctors = appending global [1 x { i32, ptr, ptr }] [{ i32, ptr, ptr } "
         "{ i32 1, ptr @kernel, ptr null }]\ndefine void @kernel() {\n  ret void\n}", "unknown kind, '.ctors"),
    ],
)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError) as error:
        _core.load_object(object_of(text), "kernel")
    assert message in str(error.value)


def test_out_of_reach_and_unknown_relocations() -> None:
    text = "@v = dso_local global i32 1\ndefine ptr @kernel() {\n  ret ptr @v\n}"
    # Code for fixed addresses below 2 GB, and for a table of addresses that is not there.
    with pytest.raises(ValueError, match="relocation R_X86_64_32S? at .text.0x[0-9a-f]+ does not reach '"):
        _core.load_object(object_of(text, relocations="static"), "kernel")
    with pytest.raises(ValueError, match="relocation of unknown type [0-9]+ in '.ltext'"):
        _core.load_object(object_of(text, "large"), "kernel")


def test_other_files() -> None:
    body = object_of(TEXT)
    for damaged in (b"", b"\x7fELF", bytes(100), body[:64], b"x" * 5000):
        with pytest.raises(ValueError, match="damaged object file"):
            _core.load_object(damaged, "count")
    for offset, kind, value, message in (
        (18, "<H", 183, "for processor 183"), (16, "<H", 3, "not relocatable"), (4, "<B", 1, "not of 64 bits")
    ):
        other = bytearray(body)
        struct.pack_into(kind, other, offset, value)
        with pytest.raises(ValueError, match=message):
            _core.load_object(bytes(other), "count")
    sections, text = struct.unpack_from("<Q", body, 40)[0], 0
    while not struct.unpack_from("<Q", body, sections + 64 * text + 8)[0] & 4:
        text += 1
    other = bytearray(body)
    other[sections + 64 * text + 8] |= 1
    with pytest.raises(ValueError, match="writable and executable, '.text'"):
        _core.load_object(bytes(other), "count")
    with pytest.raises(TypeError):
        _core.load_object("text", "count")


def test_damaged_files_are_errors() -> None:
    body = object_of(TEXT)
    for size in range(len(body)):
        with pytest.raises(ValueError):
            _core.load_object(body[:size], "count")
    generator = random.Random(7)
    tables = struct.unpack_from("<Q", body, 40)[0]  # where the section headers begin: most checks are about them
    for _ in range(4000):
        changed = bytearray(body)
        for _ in range(generator.choice((1, 1, 2, 5))):
            where = generator.choice((generator.randrange(len(body)), generator.randrange(tables, len(body))))
            changed[where] = generator.choice((0, 1, 255, generator.randrange(256)))
        try:
            _core.load_object(bytes(changed), "count")
        except (ValueError, MemoryError):
            pass


def test_damaged_files_under_sanitizers(tmp_path: Path) -> None:
    compiler = shutil.which("g++") or shutil.which("clang++")
    if compiler is None:
        pytest.skip("no C++ compiler")
    sources = [ROOT / f"csrc/core/{name}.cpp" for name in
               ("object_code", "code_memory", "relocations", "outside_functions")]
    program, body = tmp_path / "fuzz", tmp_path / "object"
    body.write_bytes(object_of(TEXT))
    build = subprocess.run(
        [compiler, "-std=c++20", "-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined",
         f"-I{ROOT / 'csrc'}", *map(str, sources), str(Path(__file__).with_name("object_code_fuzz.cpp")),
         "-o", str(program)],
        capture_output=True, text=True,
    )
    if build.returncode and "cannot find" in build.stderr:
        pytest.skip("no runtime library of the sanitizers")
    assert build.returncode == 0, build.stderr
    run = subprocess.run([str(program), str(body), "5000"], capture_output=True, text=True, timeout=240)
    assert run.returncode == 0, run.stderr[-4000:]
    refused = int(run.stdout.split()[0])
    assert 1000 < refused < 5000
