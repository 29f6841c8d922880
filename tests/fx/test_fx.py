"""Tracing, editing, code generation and interpretation of graphs."""

import copy
import math
import operator
import pickle

import pytest

import taeda as torch
import taeda.fx as fx
import taeda.nn.functional as F
from expected import agree
from taeda import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.seq = nn.Sequential(nn.Linear(4, 6), nn.ReLU())
        self.weight = nn.Parameter(torch.full((6,), 0.5))
        self.register_buffer("shift", torch.ones(6))

    def forward(self, x, y=None, *, z: float = 2.0):
        h = self.seq(x) + self.weight * 2 - self.shift.sum()
        a, b = torch.chunk(h, 2, dim=1)
        h = torch.cat([a, b], 0)[:, 1:3]
        q = F.relu(h, inplace=True) ** 2
        q += 1
        up = F.interpolate(q[None], scale_factor=2)
        return {"a": q.view(q.size(0), -1), "b": (up, h.shape[0], 1 - q, -h, h > 0)}


CODE = '''


def forward(self, x, y = None, z : float = 2.0):
    seq_0 = getattr(self.seq, "0")(x);  x = None
    seq_1 = getattr(self.seq, "1")(seq_0);  seq_0 = None
    weight = self.weight
    mul = weight * 2;  weight = None
    add = seq_1 + mul;  seq_1 = mul = None
    _tensor_constant0 = self._tensor_constant0
    sub = add - _tensor_constant0;  add = _tensor_constant0 = None
    chunk = torch.chunk(sub, 2, dim = 1);  sub = None
    getitem = chunk[0]
    getitem_1 = chunk[1];  chunk = None
    cat = torch.cat([getitem, getitem_1], 0);  getitem = getitem_1 = None
    getitem_2 = cat[(slice(None, None, None), slice(1, 3, None))];  cat = None
    relu = torch.nn.functional.relu(getitem_2, inplace = True)
    pow_1 = relu ** 2;  relu = None
    add_1 = pow_1 + 1;  pow_1 = None
    getitem_3 = add_1[None]
    interpolate = torch.nn.functional.interpolate(getitem_3, size = None, scale_factor = 2, mode = 'nearest', \
align_corners = None, recompute_scale_factor = None, antialias = False);  getitem_3 = None
    size = add_1.size(0)
    view = add_1.view(size, -1);  size = None
    getattr_1 = getitem_2.shape
    getitem_4 = getattr_1[0];  getattr_1 = None
    sub_1 = 1 - add_1;  add_1 = None
    neg = -getitem_2
    gt = getitem_2 > 0;  getitem_2 = None
    return {'a': view, 'b': (interpolate, getitem_4, sub_1, neg, gt)}
    '''


def same(left, right):
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[k], right[k]) for k in left)
    if isinstance(left, tuple):
        return all(same(a, b) for a, b in zip(left, right, strict=True))
    return torch.equal(left, right) if isinstance(left, torch.Tensor) else left == right


def test_code_of_a_module():
    traced = fx.symbolic_trace(Model())
    assert traced.code == CODE
    traced.graph.lint()


@pytest.mark.parametrize("made", [lambda g: g, copy.deepcopy, lambda g: pickle.loads(pickle.dumps(g)), copy.copy])
def test_copies_compute_the_same(made):
    model = Model()
    traced = made(fx.symbolic_trace(model))
    assert traced.code == CODE
    x = torch.randn(3, 4)
    assert same(traced(x), model(x))
    assert set(traced.state_dict()) >= {"seq.0.weight", "seq.0.bias", "weight"}


def test_node_text():
    graph = fx.symbolic_trace(lambda x, *rest: torch.add(x, rest[0], alpha=2).relu()).graph
    assert str(graph) == (
        "graph():\n"
        "    %x : [num_users=1] = placeholder[target=x]\n"
        "    %_rest : [num_users=1] = placeholder[target=*rest]\n"
        "    %getitem : [num_users=1] = call_function[target=operator.getitem](args = (%_rest, 0), kwargs = {})\n"
        "    %add : [num_users=1] = call_function[target=torch.add](args = (%x, %getitem), kwargs = {alpha: 2})\n"
        "    %relu : [num_users=1] = call_method[target=relu](args = (%add,), kwargs = {})\n"
        "    return relu"
    )


@pytest.mark.parametrize(
    ("function", "kind", "message"),
    [
        (lambda x: x if x.sum() > 0 else -x, fx.proxy.TraceError, "cannot be used as inputs to control flow"),
        (lambda x: [i for i in x], fx.proxy.TraceError, "Proxy object cannot be iterated"),
        (lambda x: len(x), RuntimeError, "'len' is not supported in symbolic tracing"),
    ],
)
def test_what_cannot_be_traced(function, kind, message):
    with pytest.raises(kind, match=message):
        fx.symbolic_trace(function)
    assert not fx.tracer.is_fx_tracing()
    assert torch.equal(nn.ReLU()(torch.ones(1)), torch.ones(1))  # modules are as they were


@fx.wrap
def halves(x):
    return x.shape[0] // 2


def scaled(x, factor):
    return x * factor if factor else x


def test_wrap_and_math():
    traced = fx.symbolic_trace(lambda x: x + halves(x) + math.sqrt(4))
    assert [n.target for n in traced.graph.nodes if n.op == "call_function"][0] is halves
    assert torch.equal(traced(torch.zeros(4)), torch.full((4,), 4.0))
    assert pickle.loads(pickle.dumps(traced)).code == traced.code


def test_concrete_arguments():
    traced = fx.symbolic_trace(scaled, concrete_args={"factor": 3})
    assert torch.equal(traced(torch.ones(1), 3), torch.full((1,), 3.0))
    with pytest.raises(AssertionError, match="factor has been specialized to have value 3"):
        traced(torch.ones(1), 4)


def test_editing():
    graph = fx.Graph()
    x = graph.placeholder("x")
    first = graph.call_function(torch.neg, (x,))
    graph.output(first)
    with graph.inserting_after(first):
        second = graph.call_method("exp", (first,))
    first.replace_all_uses_with(second, lambda user: user is not second)
    unused = graph.create_node("call_function", operator.add, (x, 1))
    graph.erase_node(unused)
    module = fx.GraphModule({}, graph)
    assert torch.equal(module(torch.zeros(2)), torch.ones(2))
    with pytest.raises(RuntimeError, match="Tried to erase Node neg but it still had 1 users"):
        graph.erase_node(first)
    with pytest.raises(NotImplementedError, match="does not support mutation"):
        graph.call_function(torch.cat, ([x, x],)).args[0].append(x)


def test_lint_and_dead_code():
    graph = fx.Graph()
    x = graph.placeholder("x")
    graph.call_function(torch.exp, (x,))
    last = graph.call_method("add_", (x, 1))
    graph.output(x)
    assert graph.eliminate_dead_code()
    assert [n.op for n in graph.nodes] == ["placeholder", "call_method", "output"]
    x.prepend(last)
    with pytest.raises(RuntimeError, match="was used before it has been defined"):
        graph.lint()


def test_interpreter_and_transformer():
    traced = fx.symbolic_trace(nn.Sequential(nn.Linear(2, 2), nn.Sigmoid()))
    x = torch.randn(3, 2)
    assert torch.equal(fx.Interpreter(traced).run(x), traced(x))

    class Tanh(fx.Transformer):
        def call_module(self, target, args, kwargs):
            if target == "1":
                return torch.tanh(args[0])
            return super().call_module(target, args, kwargs)

    changed = Tanh(traced).transform()
    assert torch.equal(changed(x), torch.tanh(getattr(traced, "0")(x)))
    changed.delete_all_unused_submodules()
    assert [name for name, _ in changed.named_children()] == ["0"]


def test_replace_pattern():
    def f(x, w1, w2):
        m1 = torch.cat([w1, w2]).sum()
        m2 = torch.cat([w1, w2]).sum()
        return x + torch.max(m1) + torch.max(m2)

    traced = fx.symbolic_trace(f)
    matches = fx.replace_pattern(traced, lambda a, b: torch.cat([a, b]).sum(), lambda a, b: torch.stack([a, b]))
    assert len(matches) == 2
    assert traced.code.count("torch.stack([w1, w2])") == 2
    assert "cat" not in traced.code


def test_tracer_subclass_sees_calls():
    seen = []

    class Paths(fx.Tracer):
        def call_module(self, m, forward, args, kwargs):
            seen.append(self.path_of_module(m))
            return super().call_module(m, forward, args, kwargs)

    Paths().trace(Model())
    assert seen == ["seq", "seq.0", "seq.1"]


def test_shapes():
    from taeda.fx.passes.shape_prop import ShapeProp

    traced = fx.symbolic_trace(lambda x: torch.cat([x, x]).sum(0))
    ShapeProp(traced).propagate(torch.zeros(2, 3))
    assert [tuple(n.meta["tensor_meta"].shape) for n in traced.graph.nodes] == [(2, 3), (4, 3), (3,), (3,)]


def test_to_folder(tmp_path):
    traced = fx.symbolic_trace(Model())
    traced.to_folder(tmp_path / "exported", "Exported")
    source = (tmp_path / "exported" / "module.py").read_text()
    assert "class Exported(torch.nn.Module):" in source
    assert "def forward(self, x, y = None, z : float = 2.0):" in source


def test_graphs_show_python_functions_with_all_their_options():
    def program(lib):
        functional = lib.nn.functional

        def forward(x, w):
            y = functional.relu(x)
            y = functional.leaky_relu(y, 0.1)
            y = functional.max_pool2d(functional.dropout(y, p=0.2), 2, stride=1)
            y = functional.softmax(y, dim=-1) + lib.softmax(y, -1) + functional.gelu(y)
            y = functional.layer_norm(input=y, normalized_shape=(4,), weight=w)
            return lib.norm(y, dim=0), lib.split(y, 2), lib.tensordot(y, y, 1), functional.l1_loss(y, y)

        graph = lib.fx.symbolic_trace(forward).graph
        return [(node.op, node.name, [str(a) for a in node.args], {k: str(v) for k, v in node.kwargs.items()})
                for node in graph.nodes]

    agree(program)


def test_values_given_for_the_trace_keep_their_defaults():
    def f(x, flag: bool = True, scale=2):
        return x * scale if flag else -x

    graph = fx.symbolic_trace(f, concrete_args={"flag": True})
    assert graph(torch.ones(1)).item() == 2 and graph(torch.ones(1), True, 3).item() == 3
    with pytest.raises(AssertionError, match="flag has been specialized to have value True"):
        graph(torch.ones(1), False)


def test_a_graph_module_is_its_own_root():
    class Doubled(fx.GraphModule):
        def __init__(self):
            super().__init__(self, fx.Graph())
            x = self.graph.placeholder("x")
            self.graph.output(self.graph.call_function(operator.mul, (x, 2)))
            self.recompile()

    module = Doubled()
    assert module(3) == 6 and module.meta == {}
    module.meta["kept"] = 1
    assert fx.GraphModule(module, module.graph).meta == {} and copy.copy(module).meta == {"kept": 1}
