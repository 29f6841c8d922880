"""Nodes, edges and what is kept of tensors."""

import gc
import math
import sys
import threading
import warnings
import weakref
from typing import Any

import pytest
from agreement import agree

import taeda

PROGRAMS = []


def program(function: Any) -> Any:
    PROGRAMS.append(function)
    return function


def leaf(t: Any) -> Any:
    return t.tensor([1.0, 2.0, 3.0], requires_grad=True)


@program
def saved_tensors_hooks(t: Any) -> Any:
    packed, unpacked = [], []

    def pack(x: Any) -> Any:
        packed.append(x.tolist())
        return x.detach() * 2

    def unpack(x: Any) -> Any:
        unpacked.append(x.tolist())
        return x

    a = leaf(t)
    with t.autograd.graph.saved_tensors_hooks(pack, unpack):
        y = a * a
    y.sum().backward()
    return packed, unpacked, a.grad


@program
def saved_outputs_through_hooks(t: Any) -> Any:
    a = leaf(t)
    with t.autograd.graph.saved_tensors_hooks(lambda x: x.tolist(), lambda x: t.tensor(x)):
        y = a.exp()
    y.sum().backward()
    return a.grad


@program
def hooks_and_second_derivatives(t: Any) -> Any:
    a = leaf(t)
    with t.autograd.graph.saved_tensors_hooks(lambda x: x, lambda x: x):
        b = a * 2
        y = b.exp() * b * a
    (g,) = t.autograd.grad(y.sum(), a, create_graph=True)
    return g, t.autograd.grad(g.sum(), a)


@program
def inner_hooks_count(t: Any) -> Any:
    seen = []
    hooks = t.autograd.graph.saved_tensors_hooks
    with hooks(lambda x: seen.append("outer") or x, lambda x: x):
        with hooks(lambda x: seen.append("inner") or x, lambda x: x):
            leaf(t).exp()
        leaf(t).exp()
    return seen


@program
def hooks_and_functions(t: Any) -> Any:
    class Foo(t.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x * 2

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g * ctx.saved_tensors[0]

    a = leaf(t)
    with t.autograd.graph.saved_tensors_hooks(lambda x: x + 1, lambda x: x):
        y = Foo.apply(a)
    y.sum().backward()
    return a.grad


@program
def unpack_returns_no_tensor(t: Any) -> Any:
    with t.autograd.graph.saved_tensors_hooks(lambda x: x, lambda x: 3):
        y = leaf(t).exp()
    y.sum().backward()


@program
def pack_writes(t: Any) -> Any:
    with t.autograd.graph.saved_tensors_hooks(lambda x: x.add_(1), lambda x: x):
        y = (leaf(t) * 1).exp()
    return y


@program
def hooks_disabled(t: Any) -> Any:
    with t.autograd.graph.disable_saved_tensors_hooks("not now"):
        with t.autograd.graph.saved_tensors_hooks(lambda x: x, lambda x: x):
            pass


@program
def save_on_cpu(t: Any) -> Any:
    a = leaf(t)
    with t.autograd.graph.save_on_cpu():
        y = a * a
    y.sum().backward()
    return a.grad


@program
def gradient_edges(t: Any) -> Any:
    a = leaf(t)
    b = a * 2
    edge = t.autograd.graph.get_gradient_edge(b)
    leaf_edge = t.autograd.graph.get_gradient_edge(a)
    y = (b * b).sum()
    return edge.output_nr, edge.node.name(), leaf_edge.node.name(), t.autograd.grad(y, (edge, leaf_edge))


@program
def edge_of_what_requires_no_grad(t: Any) -> Any:
    t.autograd.graph.get_gradient_edge(t.ones(2))


@program
def increment_version(t: Any) -> Any:
    c = t.ones(3)
    y = leaf(t) * c
    t.autograd.graph.increment_version(c)
    y.sum().backward()


@program
def metadata(t: Any) -> Any:
    y = leaf(t) * 2
    y.grad_fn.metadata["mine"] = 5
    return y.grad_fn.metadata, y.grad_fn.requires_grad


@program
def sequence_numbers_grow(t: Any) -> Any:
    a = leaf(t)
    b = a * 2
    c = a * 3
    return b.grad_fn._sequence_nr() < c.grad_fn._sequence_nr()


@program
def saved_of_a_node(t: Any) -> Any:
    a = leaf(t)
    y = a * a
    z = y.exp()
    return y.grad_fn._saved_self is a, z.grad_fn._saved_result


@program
def hooks_of_one_saved_tensor(t: Any) -> Any:
    a = leaf(t)
    y = a.exp()
    y.grad_fn._raw_saved_result.register_hooks(lambda x: x.tolist(), lambda x: t.tensor(x) * 2)
    y.sum().backward()
    return a.grad


@program
def hooks_of_one_saved_tensor_twice(t: Any) -> Any:
    y = leaf(t) * leaf(t)  # torch crashes if it is gone
    saved = y.grad_fn._raw_saved_self
    saved.register_hooks(lambda x: x, lambda x: x)
    saved.register_hooks(lambda x: x, lambda x: x)


@program
def hooks_of_a_freed_tensor(t: Any) -> Any:
    y = leaf(t).exp()
    saved = y.grad_fn._raw_saved_result
    y.sum().backward()
    saved.register_hooks(lambda x: x, lambda x: x)


@program
def anomaly(t: Any) -> Any:
    with t.autograd.detect_anomaly():
        z = t.tensor([-1.0], requires_grad=True)
        t.sqrt(z).sum().backward()


@program
def anomaly_without_nan(t: Any) -> Any:
    with t.autograd.set_detect_anomaly(True, check_nan=False):
        z = t.tensor([-1.0], requires_grad=True)
        t.sqrt(z).sum().backward()
    return z.grad


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_agrees(program: Any) -> None:
    agree(program)


def test_saved_tensors_of_another_size() -> None:
    """Kernels trust the sizes that the forward call had: what is put in later is checked."""
    w = taeda.ones(4, 4, requires_grad=True)
    y = (w @ w).sum()
    w.data = taeda.ones(2, 2)
    with pytest.raises(RuntimeError, match=r"saved for its backward is now of size \[2, 2\]"):
        y.backward()
    a = leaf(taeda)
    with taeda.autograd.graph.saved_tensors_hooks(lambda x: x, lambda x: x[:1]):
        y = (a * a).sum()
    with pytest.raises(RuntimeError, match="or by an unpack hook"):
        y.backward()


def test_anomaly_shows_the_forward_call() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with pytest.raises(RuntimeError, match="returned nan values"), taeda.autograd.detect_anomaly():
            z = taeda.tensor([-1.0], requires_grad=True)
            root = taeda.sqrt(z)
            root.sum().backward()
    texts = [str(w.message) for w in caught]
    assert any("Error detected in SqrtBackward0" in t and "root = taeda.sqrt(z)" in t for t in texts), texts


DEPTH = 200_000


@pytest.mark.parametrize("how", ["chain", "saved", "unused", "grad"])
def test_deep_graphs(how: str) -> None:
    """Neither walking nor freeing uses the stack for the depth of the graph."""
    a = taeda.tensor([1.0], requires_grad=True)
    y = a
    for _ in range(DEPTH):
        y = y.abs() if how == "saved" else y + 0.0
    if how in ("chain", "saved"):
        y.backward()
        assert a.grad.tolist() == [1.0]
    if how == "grad":
        assert taeda.autograd.grad(y, a)[0].tolist() == [1.0]
    del y


def test_deep_graph_of_functions() -> None:
    class Foo(taeda.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            ctx.kept = x
            return x * 1

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g

    a = taeda.tensor([1.0], requires_grad=True)
    y = a
    for _ in range(20_000):
        y = Foo.apply(y)
    y.backward(retain_graph=True)
    assert a.grad.tolist() == [1.0]
    del y


def test_the_graph_goes_with_the_tensors() -> None:
    gc.collect()
    gc.disable()
    try:
        a = leaf(taeda)
        b = a * 2
        c = b.exp()
        d = c * b
        d.sum().backward()
        weak = [weakref.ref(x) for x in (b, c, d)]
        nodes = weakref.ref(d.grad_fn)
        del b, c, d
        assert all(w() is None for w in weak)
        assert nodes() is None
        e = (a * a).exp()
        (g,) = taeda.autograd.grad(e.sum(), a, create_graph=True)
        weak = [weakref.ref(x) for x in (e, g)]
        del e, g
        assert all(w() is None for w in weak)
    finally:
        gc.enable()


def test_saved_tensors_go_with_backward() -> None:
    a = leaf(taeda)
    b = a * 2
    y = b.exp() * b
    weak = weakref.ref(b)
    del b
    assert weak() is not None
    y.sum().backward()
    assert weak() is None


def test_leaf_and_accumulator_do_not_hold_each_other() -> None:
    a = leaf(taeda)
    weak = weakref.ref(a)
    node = (a * 2).grad_fn
    accumulator = node.next_functions[0][0]
    del a
    assert weak() is accumulator.variable
    del node, accumulator
    assert weak() is None


def test_threads() -> None:
    """Several threads go through one graph at once."""
    a = taeda.ones(50, requires_grad=True)
    y = a
    for _ in range(50):
        y = y * 1.0 + a * 0.0
    total = y.sum()
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(taeda.autograd.grad(total, a, retain_graph=True)[0].sum().item()))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [50.0] * 8


def test_cycles_through_hooks_are_collected() -> None:
    a = leaf(taeda)
    b = a * 2
    b.register_hook(lambda g, b=b: None)
    node = a * 3
    node.grad_fn.register_hook(lambda i, o, node=node: None)
    c = leaf(taeda)
    c.register_post_accumulate_grad_hook(lambda x, c=c: None)
    weak = [weakref.ref(x) for x in (b, node, c)]
    del b, node, c
    gc.collect()
    assert [w() is None for w in weak] == [True] * 3


def test_cycles_through_a_context_are_collected() -> None:
    class Foo(taeda.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.output = x * 2
            return ctx.output

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g

    y = Foo.apply(leaf(taeda))
    weak = weakref.ref(y)
    del y
    gc.collect()
    assert weak() is None


def test_no_python_of_taeda_runs_in_backward() -> None:
    """Nor does anything else, where there are no hooks and Functions."""
    a = taeda.ones(4, 4, requires_grad=True)

    def step() -> None:
        b = (a @ a + a.t()).exp().sin()
        c = taeda.cat([b[0:2] * 2, b[2:]]).sum(0)
        (c * c).mean().backward()

    step()  # kernels and Programs are compiled the first time
    b = (a @ a + a.t()).exp().sin()
    c = taeda.cat([b[0:2] * 2, b[2:]]).sum(0)
    loss = (c * c).mean()
    seen: list[str] = []

    def profile(frame: Any, event: str, argument: Any) -> None:
        if event == "call":
            seen.append(frame.f_code.co_qualname)

    sys.setprofile(profile)
    try:
        loss.backward()
    finally:
        sys.setprofile(None)
    assert seen == []


NAMED = """1 - x; x - 1; 2 / x; x / 2; 2 ** x; x ** x; x ** 2; x.sum(); x.sum(1); x.mean((0, 1)); x.max()
x.max(1)[0]; x[0]; x[:, 1:2]; x[..., None]; x.view(6, 4); x.reshape(6, 4); x.flatten(); m.T; x.mT; m @ m; m @ v
v @ v; x @ x.mT; x.clamp(0, 1); x.clamp(min=x.detach()); x.double(); x.log1p(); x.unsqueeze(0).squeeze(0); x.norm()
m.det(); t.linalg.inv(m); F.linear(m, m); F.linear(m, m, v); F.linear(v, m, v); F.linear(x, t.ones(5, 4))
F.linear(x, t.ones(5, 4), t.ones(5)); t.cat([x, x]); F.layer_norm(x, (4,))
F.batch_norm(y, None, None, training=True); F.group_norm(y, 3); F.conv2d(y, t.ones(2, 3, 2, 2)); F.max_pool2d(y, 2)
F.avg_pool2d(y, 2); F.interpolate(y, scale_factor=2); F.interpolate(y, scale_factor=2, mode="bilinear")
F.cross_entropy(m, k); F.cross_entropy(m, k, label_smoothing=0.1); F.cross_entropy(m, m.detach().softmax(1))
F.mse_loss(x, z); F.cross_entropy(y, t.zeros(2, 4, 4, dtype=t.int64)); F.l1_loss(x, z)
F.l1_loss(x, z, reduction="sum"); F.kl_div(x, z); F.nll_loss(m, k)
F.binary_cross_entropy_with_logits(x, z.sigmoid()); F.smooth_l1_loss(x, z); F.softmax(x, -1); F.gelu(x)
F.scaled_dot_product_attention(y, y, y); F.pad(x, (1, 1)); F.pad(x, (1, 1), mode="reflect"); F.dropout(x, 0.5)
F.relu6(x); F.embedding(k, m); t.fft.fft(v); t.fft.rfft(v); x.clone().add_(1)
x.scatter(0, t.zeros(1, 3, 4, dtype=t.int64), 0.5)"""


@pytest.mark.parametrize("text", [e.strip() for e in NAMED.replace("\n", ";").split(";")])
def test_nodes_are_called_as_users_know_them(text: str) -> None:
    def name(library: Any) -> str:
        def made(*shape: int) -> Any:
            count = math.prod(shape)
            return (library.arange(count, dtype=library.float32).reshape(shape) / count + 0.25).requires_grad_()

        x, y, m, v = made(2, 3, 4), made(2, 3, 4, 4), made(3, 3), made(3)
        names = {"t": library, "F": library.nn.functional, "x": x, "y": y, "m": m, "v": v, "z": x.detach(),
                 "k": library.tensor([0, 1, 2])}
        return eval(text, names).grad_fn.name()

    assert agree(name)
