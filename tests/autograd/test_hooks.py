"""Hooks on tensors and nodes: order, replacement, removal, messages."""

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
def on_a_leaf(t: Any) -> Any:
    a, seen = leaf(t), []
    a.register_hook(lambda g: seen.append(g.tolist()))
    (a * a).sum().backward()
    return seen, a.grad


@program
def on_an_inner_tensor(t: Any) -> Any:
    a, seen = leaf(t), []
    b = a * 2
    b.register_hook(lambda g: seen.append(g.tolist()))
    (b * b + b).sum().backward()
    return seen, a.grad


@program
def replacement(t: Any) -> Any:
    a = leaf(t)
    b = a * 2
    b.register_hook(lambda g: g * 10)
    b.register_hook(lambda g: g + 1)
    a.register_hook(lambda g: -g)
    b.sum().backward()
    return a.grad


@program
def removed(t: Any) -> Any:
    a = leaf(t)
    handle = a.register_hook(lambda g: g * 100)
    handle.remove()
    with a.register_hook(lambda g: g * 7):
        (a * 2).sum().backward()
    (a * 2).sum().backward()
    return a.grad


@program
def order_of_hooks(t: Any) -> Any:
    a, seen = leaf(t), []
    b = a * 2
    b.register_hook(lambda g: seen.append("tensor"))
    b.grad_fn.register_prehook(lambda g: seen.append("before"))
    b.grad_fn.register_hook(lambda i, o: seen.append("after"))
    a.register_hook(lambda g: seen.append("leaf"))
    a.register_post_accumulate_grad_hook(lambda x: seen.append(("accumulated", x is a)))
    b.sum().backward()
    return [str(s) for s in seen]


@program
def node_hooks_replace(t: Any) -> Any:
    a = leaf(t)
    b = a * 2
    b.grad_fn.register_prehook(lambda g: (g[0] * 3,))
    b.grad_fn.register_hook(lambda i, o: tuple(None if x is None else x + 1 for x in i))
    b.sum().backward()
    return a.grad


@program
def node_hook_sees(t: Any) -> Any:
    a, seen = leaf(t), []
    b = a * a
    b.grad_fn.register_hook(lambda i, o: seen.append((i, o)))
    b.sum().backward()
    return seen


@program
def prehook_of_a_wrong_count(t: Any) -> Any:
    b = leaf(t) * 2
    b.grad_fn.register_prehook(lambda g: (g[0], g[0]))
    b.sum().backward()


@program
def returns_a_number(t: Any) -> Any:
    b = leaf(t) * 2
    b.register_hook(lambda g: 3)
    b.sum().backward()


@program
def returns_another_size(t: Any) -> Any:
    b = leaf(t) * 2
    b.register_hook(lambda g: g[:2])
    b.sum().backward()


@program
def returns_another_dtype(t: Any) -> Any:
    b = leaf(t) * 2
    b.register_hook(lambda g: g.double())
    b.sum().backward()


@program
def without_gradient(t: Any) -> Any:
    t.ones(3).register_hook(print)


@program
def post_accumulate_of_a_non_leaf(t: Any) -> Any:
    (leaf(t) * 2).register_post_accumulate_grad_hook(print)


@program
def post_accumulate_steps(t: Any) -> Any:
    a = leaf(t)

    def step(parameter: Any) -> None:
        with t.no_grad():
            parameter.sub_(parameter.grad * 0.5)
        parameter.grad = None

    a.register_post_accumulate_grad_hook(step)
    (a * 2).sum().backward()
    return a, a.grad


@program
def raises(t: Any) -> Any:
    b = leaf(t) * 2

    def hook(gradient: Any) -> None:
        raise KeyError("mine")

    b.register_hook(hook)
    b.sum().backward()


@program
def in_grad(t: Any) -> Any:
    a, seen = leaf(t), []
    b = a * 2
    b.register_hook(lambda g: seen.append("inner"))
    a.register_hook(lambda g: g * 5)
    return t.autograd.grad(b.sum(), a), seen, a.grad


@program
def in_create_graph(t: Any) -> Any:
    a = leaf(t)
    b = a * a
    b.register_hook(lambda g: g * a)
    (g,) = t.autograd.grad(b.sum(), a, create_graph=True)
    return g, t.autograd.grad(g.sum(), a)


@program
def backward_inside_of_a_hook(t: Any) -> Any:
    a, c = leaf(t), leaf(t)
    b = a * 2
    b.register_hook(lambda g: (c * g).sum().backward())
    with t.enable_grad():
        b.sum().backward()
    return a.grad, c.grad


@program
def retained_and_hooked(t: Any) -> Any:
    a = leaf(t)
    b = a * 2
    b.retain_grad()
    b.register_hook(lambda g: g * 3)
    b.sum().backward()
    return b.grad, a.grad


@program
def retained_twice(t: Any) -> Any:
    a = leaf(t)
    b = a * 2
    b.retain_grad()
    b.retain_grad()
    b.sum().backward(retain_graph=True)
    b.sum().backward()
    return b.grad, a.grad


@program
def multi_grad_all(t: Any) -> Any:
    a, b = leaf(t), leaf(t)
    c, d = a * b, a * b
    seen: list[Any] = []
    t.autograd.graph.register_multi_grad_hook((a, b, c, d), lambda g: seen.append([x is not None for x in g]))
    c.sum().backward(retain_graph=True)
    c.sum().backward(inputs=(a,), retain_graph=True)
    return seen


@program
def multi_grad_any(t: Any) -> Any:
    a, b = leaf(t), leaf(t)
    seen: list[Any] = []
    handle = t.autograd.graph.register_multi_grad_hook((a, b), lambda g: seen.append(1), mode="any")
    (a * b).sum().backward()
    (a * b).sum().backward()
    handle.remove()
    (a * b).sum().backward()
    return len(seen)


@program
def multi_grad_wrong_mode(t: Any) -> Any:
    t.autograd.graph.register_multi_grad_hook((leaf(t),), print, mode="some")


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_agrees(program: Any) -> None:
    agree(program)


def test_hooks_do_not_keep_tensors_alive() -> None:
    a = leaf(taeda)
    b = a * 2
    b.retain_grad()
    b.register_hook(lambda g: g)
    weak = weakref.ref(b)
    node = b.grad_fn
    del b
    assert weak() is None
    node(taeda.ones(3))
