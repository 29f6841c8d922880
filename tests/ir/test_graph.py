"""Graph IR: tracing, symbols, shapes, the printer, the checker."""

from __future__ import annotations

import sys
import types
from pathlib import Path

import pytest

try:
    import taeda  # noqa: F401
except ImportError:
    package = types.ModuleType("taeda")
    package.__path__ = [str(Path(__file__).resolve().parents[2] / "src" / "taeda")]
    sys.modules["taeda"] = package

from taeda.ir import expression as ex
from taeda.ir.graph import Graph, tracing
from taeda.ir.graph_checker import check
from taeda.ops import load_all
from taeda.ops.op import registry

load_all()


def test_symbols_fold_constants_and_have_no_truth_value() -> None:
    x = Graph("graph", registry).input("float32", 2, "x")
    n = x.shape[0]
    assert (n * 1).same(n) and (n + 0).same(n) and (0 + n).same(n)
    assert ex.minimum(n, n).same(n)
    assert (n * 2 + 1).expression == ("add", ("mul", ("size", x, 0), 2), 1)
    assert ex.where(True, n, 3).same(n)
    with pytest.raises(TypeError, match="not known while an op is compiled"):
        bool(n > 3)
    with pytest.raises(TypeError, match="not known while an op is compiled"):
        range(n)


def test_kinds_of_expressions() -> None:
    assert ex.kind_of(("attribute", 0, "float")) == "float"
    assert ex.kind_of(("mul", 2, ("attribute", 0, "float"))) == "float"
    assert ex.kind_of(("add", 2, ("item", 0, 1))) == "int"
    assert ex.kind_of(("lt", 2, 3.0)) == "bool"
    assert ex.kind_of(("truediv", 2, 3)) == "float"


def test_broadcast_is_canonical() -> None:
    x = Graph("graph", registry).input("float32", 2, "x")
    a, b = ("size", x, 0), ("size", x, 1)
    assert ex.broadcast(a, 1) == a
    assert ex.broadcast(a, b) == ex.broadcast(b, a) == ex.broadcast(ex.broadcast(a, b), a)
    assert ex.broadcast(a, 5) == 5
    assert ex.without_broadcast(ex.broadcast(a, b)) == ("where", ("eq", a, 1), b, a)
    with pytest.raises(RuntimeError, match="must match the size"):
        ex.broadcast(2, 3)


def test_tracing_knows_shapes() -> None:
    graph = Graph("example", registry)
    x, y = graph.input("float32", 2, "x"), graph.input("float32", 2, "y")
    with tracing(graph):
        total = x.sum(1, True)
        centred = x - total
        both = x * y
    assert total.dims == (x.dims[0], 1)
    assert centred.dims == x.dims
    assert both.dims == ex.broadcast_dims(x.dims, y.dims) and both.dims != x.dims
    graph.outputs = [both]
    check(graph)
    text = str(graph)
    assert text.startswith("def example(x: float32[x.shape[0], x.shape[1]], y: ")
    assert "reduce_sum(x, dim=(1,))" in text


def test_tensors_in_a_trace_have_no_truth_value_and_no_equality() -> None:
    graph = Graph("graph", registry)
    x, y = graph.input("float32", 1, "x"), graph.input("float32", 1, "y")
    with pytest.raises(TypeError, match="no truth value"):
        bool(x)
    assert x != y  # identity: x.eq(y) is the op
    with pytest.raises(AttributeError, match="no op has a method 'frobnicate'"):
        x.frobnicate()


def test_shared_calls_tell_numbers_apart() -> None:
    graph = Graph("graph", registry)
    graph.share_calls()
    x = graph.input("int64", 1, "x")
    with tracing(graph):
        assert (x * 2) is (x * 2)
        assert (x * 1).dtype == "int64" and (x * 1.0).dtype == "float32"


def test_static_arguments_refuse_symbols() -> None:
    graph = Graph("graph", registry)
    x = graph.input("float32", 2, "x")
    with tracing(graph), pytest.raises(TypeError, match="static"):
        x.sum(x.shape[0])


def test_checker_finds_misuse() -> None:
    graph, other = Graph("broken", registry), Graph("other", registry)
    x, y = graph.input("float32", 1, "x"), other.input("float32", 1, "y")
    with tracing(graph):
        z = x + y
    graph.outputs = [z]
    with pytest.raises(ValueError, match="graph broken after test: .*uses y, which is not made before it"):
        check(graph, "test")


def test_every_op_is_documented() -> None:
    missing = [name for name, op in registry.ops.items() if op.public and not op.__doc__]
    assert not missing
