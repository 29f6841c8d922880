"""Loop IR: building expressions, the checker and its messages, printing, splitting."""

from __future__ import annotations

import gc
import pickle

import numpy as np
import pytest

from taeda.ir import loop_interpreter as interpreter
from taeda.ir.loop import (
    Expr,
    Kernel,
    Operand,
    Reduce,
    Store,
    call,
    cast,
    check,
    const,
    format_kernel,
    index,
    load,
    reduced,
    scalar,
    select,
    split,
    substitute,
    walk,
)

F = "float32"
x, y = load(0, F), load(1, F)


def pointwise(value: Expr, inputs: int = 1) -> Kernel:
    return Kernel((Operand(F, "input"),) * inputs + (Operand(value.dtype, "element"),), (Store(inputs, value),))


def test_equal_expressions_are_one_object() -> None:
    assert (x + y * 2) is (x + y * 2)
    assert (x + y) is not (y + x)
    assert const(0.0, F) is not const(-0.0, F)
    assert const(1, "int32") is not const(1, "int64")
    assert const(float("nan"), F) is const(float("nan"), F)
    assert pickle.loads(pickle.dumps(x + y)) is (x + y)


def test_expressions_that_nobody_holds_are_forgotten() -> None:
    from taeda.ir import loop

    before = len(loop._table)
    value = x
    for k in range(50):
        value = value * (k + 1000.25)
    assert len(loop._table) >= before + 50
    del value
    gc.collect()
    assert len(loop._table) <= before + 1


def test_expressions_are_immutable_and_have_no_truth_value() -> None:
    with pytest.raises(AttributeError, match="immutable"):
        x.dtype = "int32"
    with pytest.raises(TypeError, match="use select"):
        bool(x > 0)


def test_numbers_become_constants_of_the_other_dtype() -> None:
    assert (x + 1).args[1] is const(1.0, F)
    assert (2 - load(0, "int8")).args[0] is const(2, "int8")
    assert select(x > 0, x, 0).args[2] is const(0.0, F)
    with pytest.raises(TypeError, match=r"constant 0\.5 is no int8"):
        load(0, "int8") + 0.5


@pytest.mark.parametrize("build,message", [
    (lambda: x + load(1, "float64"), "one dtype, got float32, float64; cast first"),
    (lambda: call("exp", load(0, "int32")), "exp takes float arguments, got int32"),
    (lambda: call("exp", x, y), "exp takes 1 arguments, got 2"),
    (lambda: call("expp", x), "unknown scalar primitive 'expp'"),
    (lambda: select(x, x, y), "bool condition, got float32"),
    (lambda: call("bitcast", x, dtype="int64"), "sizes differ"),
    (lambda: const(1, "int33"), "unknown dtype 'int33'"),
    (lambda: load(0, "bool") + load(1, "bool"), "add takes number arguments, got bool"),
    (lambda: select(x > 0, 1, 2), "two Python numbers"),
    (lambda: call("philox", index(), index(), attribute=4), "word 0, 1, 2 or 3"),
])
def test_wrong_expressions(build, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        build()


def test_cast_undoes_what_loses_nothing() -> None:
    half = load(0, "bfloat16")
    assert cast(x, F) is x
    assert half.cast(F).cast("bfloat16") is half
    assert x.cast("bfloat16").cast(F).op == "cast"
    assert load(0, "int32").cast(F).cast("int32").op == "cast"


@pytest.mark.parametrize("kernel,message", [
    (Kernel((Operand(F, "row"), Operand(F, "input")), (Store(0, load(1, F)),)), "inputs come before outputs"),
    (Kernel((Operand(F, "input"), Operand(F, "element")), (Store(0, x),)), "operand 0 is no output"),
    (Kernel((Operand(F, "input"), Operand("int32", "element")), (Store(1, x),)), "a float32 stored to int32"),
    (Kernel((Operand(F, "input"), Operand(F, "element")), (Store(1, y),)), r"load\(1\) is no input"),
    (Kernel((Operand(F, "input"), Operand(F, "element")), ()), "operand 1 of loops is never stored"),
    (Kernel((Operand(F, "input"), Operand(F, "element")), (Store(1, x), Store(1, x))), "stored twice"),
    (Kernel((Operand(F, "input"), Operand(F, "row")), (Store(1, reduced(0, F)),)), r"reduced\(0\) is no earlier"),
    (Kernel((Operand(F, "input"), Operand(F, "row")), (Reduce("any", x), Store(1, reduced(0, F)))), "any of float32"),
    (Kernel((Operand("int64", "row"),), (Store(0, index()),)), "index in the Store of a row"),
    (Kernel((Operand("float64", "input"), Operand(F, "element")), (Store(1, x),)), "load has dtype float32, expected"),
])
def test_wrong_kernels(kernel: Kernel, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check(kernel)


def softmax() -> Kernel:
    top = reduced(0, F)
    e = call("exp", x - top)
    return Kernel((Operand(F, "input"), Operand(F, "element")),
                  (Reduce("max", x), Reduce("sum", e), Store(1, e / reduced(1, F))), "softmax")


def test_printing() -> None:
    check(softmax())
    assert format_kernel(softmax()) == """\
def softmax(x0: float32 input, x1: float32 element):
    r0 = max(x0)
    t0 = exp((x0 - r0))  # float32
    r1 = sum(t0)
    x1[i] = t0 / r1"""
    assert repr(select(x > 0, x, -y) * 2) == "select((x0 > 0.0), x0, neg(x1)) * 2.0"


def test_walk_and_substitute() -> None:
    deep = x
    for k in range(3000):
        deep = deep + float(k % 7)
    assert sum(1 for _ in walk((deep,))) == 3000 + 1 + 7
    assert substitute((x * y + 1,), {x: y})[0] is (y * y + 1)


def test_scalars_are_counted_and_names_do_not_matter() -> None:
    kernel = pointwise(x * scalar(2, F) + scalar(0, F))
    assert kernel.scalars == 3 and kernel.inputs == 1 and kernel.pointwise
    assert Kernel(kernel.operands, kernel.stages, "other") == kernel
    assert hash(Kernel(kernel.operands, kernel.stages, "other")) == hash(kernel)
    assert not softmax().pointwise


def test_split_means_the_same() -> None:
    kernel = Kernel((Operand(F, "input"), Operand(F, "row"), Operand(F, "row")),
                    (Reduce("sum", x), Store(1, reduced(0, F) * scalar(0, F)), Reduce("max", x * x),
                     Store(2, reduced(2, F) - reduced(0, F))))
    pair = split(kernel)
    assert pair is not None
    partial, combine = pair
    check(partial)
    check(combine)
    rng = np.random.default_rng(0)
    data = rng.integers(-9, 9, (1, 600)).astype(np.float32)
    want = interpreter.run(kernel, [data], (0.25,))
    pieces = interpreter.run(partial, [data.reshape(6, 100)])
    got = interpreter.run(combine, [p[None, :] for p in pieces], (0.25,))
    for g, w in zip(got, want, strict=True):
        np.testing.assert_array_equal(g, w)


def test_interpreter_rounds_halves_after_every_primitive() -> None:
    b = load(0, "bfloat16")
    kernel = Kernel((Operand("bfloat16", "input"), Operand("bfloat16", "element")), (Store(1, b * b + b),))
    one = np.array([[0x3F81]], np.uint16)  # 1 + 2**-7
    # (1 + 2**-7)**2 = 1 + 2**-6 + 2**-14 → 1 + 2**-6; plus 1 + 2**-7 = 2 + 3 * 2**-7 → halfway, to even: 2 + 2**-5
    assert interpreter.run(kernel, [one])[0][0, 0] == 0x4002
