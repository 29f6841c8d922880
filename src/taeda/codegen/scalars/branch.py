"""Ways to compute a function that are not plain vector code: the C library, a rare branch, a wider dtype."""

from __future__ import annotations

from collections.abc import Callable

from taeda.codegen.text import Builder, Vec

Function = Callable[..., Vec]  # of a Builder and vectors


def libm(b: Builder, function: str, *args: Vec) -> Vec:
    """The C library's `function` lane by lane, through buffers and a small loop: for what has no vector version.

    `function` is the name for doubles; floats get the one that ends in f.
    """
    x = args[0]
    kind, size = x.kind, 4 if x.kind == "float" else 8
    function += "f" if kind == "float" else ""
    name = f"map_{function}"
    b.declare(function, kind, [kind] * len(args))
    second = "" if len(args) == 1 else (f"  %yi = getelementptr {kind}, ptr %y, i64 %i\n"
                                        f"  %q = load {kind}, ptr %yi\n")
    call = f"call {kind} @{function}({kind} %p{f', {kind} %q' if second else ''})"
    b.helper(name, f"""define internal void @{name}(ptr %x, ptr %y, i64 %n) noinline nounwind {{
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %xi = getelementptr {kind}, ptr %x, i64 %i
  %p = load {kind}, ptr %xi
{second}  %r = {call}
  store {kind} %r, ptr %xi
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, %n
  br i1 %more, label %loop, label %done
done:
  ret void
}}""")
    buffers = [b.alloca(x.lanes * size) for _ in args]
    for value, buffer in zip(args, buffers, strict=True):
        b.store(value, buffer, 64)
    b.do(f"call void @{name}(ptr {buffers[0]}, ptr {buffers[-1]}, i64 {x.lanes})")
    return b.load(kind, x.lanes, buffers[0], 64)


def library(name: str) -> Function:
    return lambda b, *args: libm(b, name, *args)


def in_double(function: Function) -> Function:
    """A float32 function by way of float64, rounded once."""
    def single(b: Builder, *args: Vec) -> Vec:
        return function(b, *(x.convert("fpext", "double") for x in args)).convert("fptrunc", "float")
    return single


def rarely(b: Builder, where: Vec, usual: Vec, otherwise: Callable[[], Vec]) -> Vec:
    """`usual`, but `otherwise()` in the lanes of `where`; a jump skips that code if there are none."""
    name = f"llvm.vector.reduce.or.v{where.lanes}i1"
    b.declare(name, "i1", [where.type])
    some = b.op(f"call i1 @{name}({where})")
    slow, done, before = b.name("rare"), b.name("rare_done"), b.block
    b.branch(some, slow, done, likely=False)
    b.label(slow)
    exact = where.select(otherwise(), usual)
    after = b.block
    b.jump(done)
    b.label(done)
    return Vec(b, usual.kind, usual.lanes, b.phi(usual.type, (usual.name, before), (exact.name, after)))


def where_large(limit: float, function: str, vector: Function) -> Function:
    """`vector` where |x| <= limit, the C library's function elsewhere."""
    return lambda b, x: rarely(b, x.abs().compare("ogt", limit), vector(b, x), lambda: libm(b, function, x))
