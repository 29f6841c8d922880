"""backward() and grad(): accumulation, several uses, options, messages."""

from typing import Any

import pytest
from agreement import agree

PROGRAMS = []


def program(function: Any) -> Any:
    PROGRAMS.append(function)
    return function


def leaf(t: Any, values: Any = (1.0, 2.0, 3.0), **options: Any) -> Any:
    return t.tensor(list(values), requires_grad=True, **options)


@program
def product_and_sum(t: Any) -> Any:
    a, b = leaf(t), leaf(t, (4.0, 5.0, 6.0))
    (a * b).sum().backward()
    return a.grad, b.grad


@program
def accumulation(t: Any) -> Any:
    a = leaf(t)
    for _ in range(3):
        (a * a).sum().backward()
    return a.grad


@program
def used_several_times(t: Any) -> Any:
    a = leaf(t)
    b = a * 2
    c = b * b + b + a
    (c * b).sum().backward()
    return a.grad


@program
def diamond(t: Any) -> Any:
    a = leaf(t)
    x = a.exp()
    y = x * 2
    z = x * 3
    (y * z + x).sum().backward()
    return a.grad


@program
def broadcast(t: Any) -> Any:
    a, b = leaf(t), leaf(t, (2.0,))
    m = t.ones(2, 3) * 1.5
    ((m * a) + b).sum().backward()
    return a.grad, b.grad


@program
def gradient_argument(t: Any) -> Any:
    a = leaf(t)
    (a * 3).backward(t.tensor([1.0, 0.5, 0.25]))
    return a.grad


@program
def retain_graph(t: Any) -> Any:
    a = leaf(t)
    y = (a * a).sum()
    y.backward(retain_graph=True)
    y.backward()
    return a.grad


@program
def second_backward(t: Any) -> Any:
    a = leaf(t)
    y = (a * a).sum()
    y.backward()
    y.backward()


@program
def second_backward_without_saved(t: Any) -> Any:
    a = leaf(t)
    y = a + a
    y.backward(t.ones(3))
    y.backward(t.ones(3))
    return a.grad


@program
def not_scalar(t: Any) -> Any:
    (leaf(t) * 2).backward()


@program
def nothing_requires_grad(t: Any) -> Any:
    t.ones(()).backward()


@program
def wrong_shape(t: Any) -> Any:
    (leaf(t) * 2).backward(t.ones(2))


@program
def several_roots(t: Any) -> Any:
    a = leaf(t)
    t.autograd.backward([(a * 2).sum(), (a * a).sum()])
    return a.grad


@program
def several_roots_with_gradients(t: Any) -> Any:
    a = leaf(t)
    t.autograd.backward([a * 2, (a * a).sum()], [t.ones(3), None])
    return a.grad


@program
def root_is_a_leaf(t: Any) -> Any:
    a = t.tensor(2.0, requires_grad=True)
    a.backward()
    return a.grad


@program
def backward_into_some_inputs(t: Any) -> Any:
    a, b = leaf(t), leaf(t)
    (a * b).sum().backward(inputs=[a])
    return a.grad, b.grad


@program
def backward_into_a_non_leaf(t: Any) -> Any:
    a = leaf(t)
    b = a * 2
    (b * b).sum().backward(inputs=[b])
    return a.grad, b.grad


@program
def empty_inputs(t: Any) -> Any:
    (leaf(t) * 2).sum().backward(inputs=[])


@program
def grad_of_leaves(t: Any) -> Any:
    a, b = leaf(t), leaf(t)
    found = t.autograd.grad((a * b * b).sum(), (a, b))
    return found, a.grad, b.grad


@program
def grad_of_an_inner_tensor(t: Any) -> Any:
    a = leaf(t)
    b = a * 2
    c = (b * b).sum()
    return t.autograd.grad(c, (b, a))


@program
def grad_of_the_root(t: Any) -> Any:
    a = leaf(t)
    b = (a * 2).sum()
    return t.autograd.grad(b, (b, a))


@program
def grad_unused(t: Any) -> Any:
    a, b = leaf(t), leaf(t)
    return t.autograd.grad((a * 2).sum(), (a, b))


@program
def grad_unused_allowed(t: Any) -> Any:
    a, b = leaf(t), leaf(t)
    return t.autograd.grad((a * 2).sum(), (a, b), allow_unused=True)


@program
def grad_unused_materialized(t: Any) -> Any:
    a, b = leaf(t), leaf(t)
    return t.autograd.grad((a * 2).sum(), (a, b), materialize_grads=True)


@program
def grad_materialize_against_allow_unused(t: Any) -> Any:
    a = leaf(t)
    return t.autograd.grad((a * 2).sum(), a, materialize_grads=True, allow_unused=False)


@program
def grad_of_what_requires_none(t: Any) -> Any:
    a = leaf(t)
    return t.autograd.grad((a * 2).sum(), t.ones(3))


@program
def grad_with_grad_outputs(t: Any) -> Any:
    a = leaf(t)
    return t.autograd.grad([a * 2, a * a], a, [t.ones(3), t.full((3,), 2.0)])


@program
def grad_of_float64_root(t: Any) -> Any:
    a = leaf(t, dtype=t.float64)
    return t.autograd.grad((a * 2).sum(), a)


@program
def gradient_of_another_dtype(t: Any) -> Any:
    a = leaf(t)
    (a * 2).backward(t.ones(3, dtype=t.float64))
    return a.grad


@program
def no_grad_inside(t: Any) -> Any:
    a = leaf(t)
    with t.no_grad():
        b = a * 2
    return b.requires_grad, b.is_leaf, (a * b).requires_grad


@program
def detached(t: Any) -> Any:
    a = leaf(t)
    b = (a * 2).detach()
    (a * b).sum().backward()
    return a.grad, b.requires_grad, b.is_leaf


@program
def second_order(t: Any) -> Any:
    a = leaf(t)
    (first,) = t.autograd.grad((a * a * a).sum(), a, create_graph=True)
    (second,) = t.autograd.grad(first.sum(), a, create_graph=True)
    (third,) = t.autograd.grad(second.sum(), a)
    return first, second, third


@program
def backward_with_create_graph(t: Any) -> Any:
    a = leaf(t)
    (a.exp() * a).sum().backward(create_graph=True)
    first = a.grad
    required = first.requires_grad
    a.grad = None
    first.sum().backward()
    return required, first, a.grad


@program
def gradient_penalty(t: Any) -> Any:
    w, x = leaf(t), leaf(t, (0.5, -1.0, 2.0))
    y = (w * x).sum().tanh()
    (g,) = t.autograd.grad(y, x, create_graph=True)
    ((g * g).sum() + y).backward()
    return w.grad, x.grad


@program
def accumulates_in_place(t: Any) -> Any:
    a = leaf(t)
    (a * 2).sum().backward()
    first = a.grad
    (a * 3).sum().backward()
    return first is a.grad, first


@program
def grad_is_not_shared(t: Any) -> Any:
    a, b = leaf(t), leaf(t)
    (a + b).backward(t.ones(3))
    a.grad.mul_(2)
    return a.grad, b.grad


@program
def the_gradient_given_stays(t: Any) -> Any:
    a = leaf(t)
    g = t.ones(3)
    (a + 0).backward(g)
    a.grad.mul_(5)
    return g, a.grad


@program
def grad_layout_follows_the_leaf(t: Any) -> Any:
    a = t.arange(6.0).reshape(2, 3).t().contiguous().t().requires_grad_()
    (a * 2).sum().backward()
    return a.stride(), a.grad.stride(), a.grad


@program
def views_share_no_gradient(t: Any) -> Any:
    a, b = leaf(t, (1.0, 2.0, 3.0, 4.0)), t.ones(2, 2, requires_grad=True)
    (a.view(2, 2) + b).backward(t.ones(2, 2))
    a.grad.mul_(3)
    return a.grad, b.grad


@program
def retained(t: Any) -> Any:
    a = leaf(t)
    b = a * 2
    b.retain_grad()
    (b * b).sum().backward()
    return b.grad, b.retains_grad, a.retains_grad


@program
def retain_grad_without_gradient(t: Any) -> Any:
    t.ones(2).retain_grad()


@program
def grads_batched(t: Any) -> Any:
    return t.autograd.backward([])


@program
def leaf_flags(t: Any) -> Any:
    a = leaf(t)
    b = a * 2
    c = t.ones(2)
    return a.is_leaf, b.is_leaf, c.is_leaf, a.requires_grad, b.requires_grad, c.requires_grad, a.grad_fn is None


@program
def integers_cannot(t: Any) -> Any:
    t.ones(3, dtype=t.int64).requires_grad_()


@program
def non_leaf_cannot_be_turned_off(t: Any) -> Any:
    (leaf(t) * 2).requires_grad_(False)


@program
def detach_in_place(t: Any) -> Any:
    a = leaf(t)
    b = a * 2
    b.detach_()
    return b.requires_grad, b.is_leaf, b.grad_fn is None


@program
def detach_in_place_of_a_view(t: Any) -> Any:
    (leaf(t) * 2)[0:2].detach_()


@program
def names_of_nodes(t: Any) -> Any:
    a = leaf(t)
    b = (a * a).exp()
    node = b.grad_fn
    inner = node.next_functions[0][0]
    accumulate = inner.next_functions[0][0]
    return (
        node.name(),
        type(inner).__name__,
        accumulate.name(),
        accumulate.variable is a,
        inner.next_functions[1][0] is accumulate,
        accumulate.next_functions,
        b.grad_fn is node,
        isinstance(node, t.autograd.graph.Node),
    )


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_agrees(program: Any) -> None:
    agree(program)
