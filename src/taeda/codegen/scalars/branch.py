"""Ways to compute a function that are not plain vector code: the C library, a rare branch, a wider dtype."""

from __future__ import annotations

from collections.abc import Callable

from taeda.codegen.llvm import SIZES, FunctionWriter, Value

Function = Callable[..., Value]  # of a FunctionWriter and vectors


def libm(f: FunctionWriter, function: str, *args: Value) -> Value:
    """The C library's `function` lane by lane, through buffers and a small loop: for what has no vector version.

    `function` is the name for doubles; floats get the one that ends in f.
    """
    x = args[0]
    kind, size = x.kind, SIZES[x.kind]
    function += "f" if kind == "float" else ""

    def write(g: FunctionWriter) -> None:
        def element(i: Value) -> None:
            places = [g.index(g[name], kind, i) for name in ("x", "y")[:len(args)]]
            g.store(g.call_external(function, kind, *(g.load(kind, p) for p in places)), places[0])
        g.loop(0, g["n"], element)
        g.ret()

    each = f.module.once(f"map_{function}", [("ptr", "x"), ("ptr", "y"), ("i64", "n")], write)
    buffers = [f.alloca(x.lanes * size) for _ in args]
    for value, buffer in zip(args, buffers, strict=True):
        f.store(value, buffer, 64)
    f.call(each, buffers[0], buffers[-1], x.lanes)
    return f.load(x.type, buffers[0], 64)


def library(name: str) -> Function:
    return lambda f, *args: libm(f, name, *args)


def in_double(function: Function) -> Function:
    """A float32 function by way of float64, rounded once."""
    def single(f: FunctionWriter, *args: Value) -> Value:
        return function(f, *(x.convert("fpext", "double") for x in args)).convert("fptrunc", "float")
    return single


def rarely(f: FunctionWriter, where: Value, usual: Value, otherwise: Callable[[], Value]) -> Value:
    """`usual`, but `otherwise()` in the lanes of `where`; a jump skips that code if there are none."""
    return f.branch(f.any(where), lambda: where.select(otherwise(), usual), lambda: usual, likely=False)[0]


def where_large(limit: float, function: str, vector: Function) -> Function:
    """`vector` where |x| <= limit, the C library's function elsewhere."""
    return lambda f, x: rarely(f, x.abs().compare("ogt", limit), vector(f, x), lambda: libm(f, function, x))
