"""autograd.Function: contexts, options, in-place, second derivatives, messages."""

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


def make(t: Any, forward: Any, backward: Any = None, **attributes: Any) -> Any:
    """A Function named Foo."""
    members: dict[str, Any] = {"forward": staticmethod(forward), **attributes}
    if backward is not None:
        members["backward"] = staticmethod(backward)
    return type(t.autograd.Function)("Foo", (t.autograd.Function,), members)


@program
def simple(t: Any) -> Any:
    def forward(ctx: Any, x: Any, y: Any) -> Any:
        ctx.save_for_backward(x, y)
        return x * y

    def backward(ctx: Any, g: Any) -> Any:
        x, y = ctx.saved_tensors
        return g * y, g * x

    a, b = leaf(t), leaf(t)
    out = make(t, forward, backward).apply(a, b)
    name = type(out.grad_fn).__name__, out.grad_fn.name()
    out.sum().backward()
    return out, name, a.grad, b.grad


@program
def saved_output(t: Any) -> Any:
    def forward(ctx: Any, x: Any) -> Any:
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    a = leaf(t)
    out = make(t, forward, lambda ctx, g: g * ctx.saved_tensors[0]).apply(a)
    (g,) = t.autograd.grad(out.sum(), a, create_graph=True)
    return g, t.autograd.grad(g.sum(), a)


@program
def second_order_through_input(t: Any) -> Any:
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return x * x * x

    def backward(ctx: Any, g: Any) -> Any:
        (x,) = ctx.saved_tensors
        return g * 3 * x * x

    a = leaf(t)
    b = a * 2
    (g,) = t.autograd.grad(make(t, forward, backward).apply(b).sum(), a, create_graph=True)
    return g, t.autograd.grad(g.sum(), a)


@program
def setup_context(t: Any) -> Any:
    def setup(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.save_for_backward(inputs[0])
        ctx.factor = inputs[1]

    def backward(ctx: Any, g: Any) -> Any:
        return g * ctx.factor + 0 * ctx.saved_tensors[0], None

    a = leaf(t)
    make(t, lambda x, factor=4: x * factor, backward, setup_context=staticmethod(setup)).apply(a).sum().backward()
    return a.grad


@program
def keywords(t: Any) -> Any:
    a, b = leaf(t), leaf(t)
    make(t, lambda ctx, x, y: x + y * 2, lambda ctx, g: (g, g * 2)).apply(a, y=b).sum().backward()
    return a.grad, b.grad


@program
def attributes_and_numbers(t: Any) -> Any:
    def forward(ctx: Any, x: Any, k: Any, name: Any) -> Any:
        ctx.k = k
        return x * k

    a = leaf(t)
    make(t, forward, lambda ctx, g: (g * ctx.k, None, None)).apply(a, 5, "text").sum().backward()
    return a.grad


@program
def several_outputs(t: Any) -> Any:
    seen = []

    def backward(ctx: Any, g: Any, h: Any) -> Any:
        seen.append((g, h))
        return g * 2 + h * 3

    a = leaf(t)
    x, y = make(t, lambda ctx, x: (x * 2, x * 3), backward).apply(a)
    y.sum().backward()
    return seen, a.grad


@program
def without_materialized(t: Any) -> Any:
    seen = []

    def forward(ctx: Any, x: Any) -> Any:
        ctx.set_materialize_grads(False)
        return x * 2, x * 3

    def backward(ctx: Any, g: Any, h: Any) -> Any:
        seen.append((g is None, h is None))
        return h * 3

    a = leaf(t)
    make(t, forward, backward).apply(a)[1].sum().backward()
    return seen, a.grad


@program
def non_differentiable(t: Any) -> Any:
    def forward(ctx: Any, x: Any) -> Any:
        y = x * 3
        ctx.mark_non_differentiable(y)
        return x * 2, y

    a = leaf(t)
    x, y = make(t, forward, lambda ctx, g, h: g * 2).apply(a)
    x.sum().backward()
    return x.requires_grad, y.requires_grad, y.grad_fn is None, a.grad


@program
def integer_output(t: Any) -> Any:
    a = leaf(t)
    x, y = make(t, lambda ctx, x: (x * 2, (x > 1).long()), lambda ctx, g, h: g * 2).apply(a)
    x.sum().backward()
    return y, y.requires_grad, a.grad


@program
def other_outputs(t: Any) -> Any:
    a = leaf(t)
    n, x = make(t, lambda ctx, x: (3, x * 2), lambda ctx, n, g: g * 2).apply(a)
    x.sum().backward()
    return n, a.grad


@program
def input_returned(t: Any) -> Any:
    a = leaf(t)
    out = make(t, lambda ctx, x: x, lambda ctx, g: g * 2).apply(a)
    out.sum().backward()
    return out is a, a.grad


@program
def input_returned_and_written(t: Any) -> Any:
    out = make(t, lambda ctx, x: x, lambda ctx, g: g * 2).apply(leaf(t) * 1)
    out.add_(1)


@program
def view_returned_and_written(t: Any) -> Any:
    out = make(t, lambda ctx, x: x.view(-1), lambda ctx, g: g * 2).apply(leaf(t) * 1)
    out.add_(1)


@program
def dirty(t: Any) -> Any:
    def forward(ctx: Any, x: Any) -> Any:
        ctx.mark_dirty(x)
        return x.mul_(5)

    a = leaf(t)
    b = a * 2
    out = make(t, forward, lambda ctx, g: g * 5).apply(b)
    (b * b).sum().backward()
    return out is b, b.grad_fn.name(), b, a.grad


@program
def dirty_view(t: Any) -> Any:
    def forward(ctx: Any, x: Any) -> Any:
        ctx.mark_dirty(x)
        return x.mul_(5)

    a = leaf(t)
    b = a * 2
    make(t, forward, lambda ctx, g: g * 5).apply(b[0:2])
    (b * b).sum().backward()
    return b.grad_fn.name(), b, a.grad


@program
def dirty_not_returned(t: Any) -> Any:
    def forward(ctx: Any, x: Any) -> Any:
        ctx.mark_dirty(x)
        return x * 2

    make(t, forward, lambda ctx, g: g).apply(leaf(t) * 1)


@program
def dirty_leaf(t: Any) -> Any:
    def forward(ctx: Any, x: Any) -> Any:
        ctx.mark_dirty(x)
        return x.mul_(2)

    make(t, forward, lambda ctx, g: g).apply(leaf(t))


@program
def needs_input_grad(t: Any) -> Any:
    seen = []

    def backward(ctx: Any, g: Any) -> Any:
        seen.append(ctx.needs_input_grad)
        return g, None, None

    make(t, lambda ctx, x, y, k: x + y, backward).apply(leaf(t), t.ones(3), 2).sum().backward()
    return seen


@program
def too_few_gradients(t: Any) -> Any:
    make(t, lambda ctx, x, y: x + y, lambda ctx, g: g).apply(leaf(t), leaf(t)).sum().backward()


@program
def too_many_gradients(t: Any) -> Any:
    make(t, lambda ctx, x: x + 1, lambda ctx, g: (g, g)).apply(leaf(t)).sum().backward()


@program
def nones_too_many(t: Any) -> Any:
    a = leaf(t)
    make(t, lambda ctx, x: x + 1, lambda ctx, g: (g, None, None)).apply(a).sum().backward()
    return a.grad


@program
def gradient_for_a_number(t: Any) -> Any:
    make(t, lambda ctx, x, k: x + k, lambda ctx, g: (g, g)).apply(leaf(t), 1).sum().backward()


@program
def gradient_of_a_wrong_type(t: Any) -> Any:
    make(t, lambda ctx, x: x + 1, lambda ctx, g: 1).apply(leaf(t)).sum().backward()


@program
def gradient_of_a_wrong_shape(t: Any) -> Any:
    make(t, lambda ctx, x: x + 1, lambda ctx, g: g[:2]).apply(leaf(t)).sum().backward()


@program
def gradient_to_be_summed(t: Any) -> Any:
    a = leaf(t)
    make(t, lambda ctx, x: x + 1, lambda ctx, g: t.ones(4, 3)).apply(a).sum().backward()
    return a.grad


@program
def gradient_of_another_dtype(t: Any) -> Any:
    a = leaf(t)
    make(t, lambda ctx, x: x + 1, lambda ctx, g: g.double()).apply(a).sum().backward()
    return a.grad


@program
def no_gradient(t: Any) -> Any:
    a = leaf(t)
    make(t, lambda ctx, x: x + 1, lambda ctx, g: None).apply(a).sum().backward()
    return a.grad


@program
def saving_a_number(t: Any) -> Any:
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x, 1)
        return x

    make(t, forward, lambda ctx, g: g).apply(leaf(t))


@program
def saving_none(t: Any) -> Any:
    seen = []

    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x, None)
        return x * 2

    def backward(ctx: Any, g: Any) -> Any:
        seen.append(ctx.saved_tensors[1])
        return g

    make(t, forward, backward).apply(leaf(t)).sum().backward()
    return seen


@program
def saved_twice_used(t: Any) -> Any:
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return x * 2

    out = make(t, forward, lambda ctx, g: g * ctx.saved_tensors[0]).apply(leaf(t))
    out.sum().backward()
    out.sum().backward()


@program
def saved_and_changed(t: Any) -> Any:
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return x * 2

    b = leaf(t) * 1
    out = make(t, forward, lambda ctx, g: g * ctx.saved_tensors[0]).apply(b)
    b.add_(1)
    out.sum().backward()


@program
def no_forward(t: Any) -> Any:
    t.autograd.Function.apply(leaf(t))


@program
def no_backward(t: Any) -> Any:
    make(t, lambda ctx, x: x * 2).apply(leaf(t)).sum().backward()


@program
def vjp_as_backward(t: Any) -> Any:
    a = leaf(t)
    make(t, lambda ctx, x: x * 2, vjp=staticmethod(lambda ctx, g: g * 2)).apply(a).sum().backward()
    return a.grad


@program
def both_backward_and_vjp(t: Any) -> Any:
    f = make(t, lambda ctx, x: x * 2, lambda ctx, g: g, vjp=staticmethod(lambda ctx, g: g * 2))
    f.apply(leaf(t)).sum().backward()


@program
def once_differentiable(t: Any) -> Any:
    backward = t.autograd.function.once_differentiable(lambda ctx, g: g * 2)
    a = leaf(t)
    y = (make(t, lambda ctx, x: x * 2, backward).apply(a) ** 2).sum()
    (g,) = t.autograd.grad(y, a, create_graph=True)
    g.sum().backward()


@program
def once_differentiable_once(t: Any) -> Any:
    backward = t.autograd.function.once_differentiable(lambda ctx, g: g * 2)
    a = leaf(t)
    make(t, lambda ctx, x: x * 2, backward).apply(a).sum().backward()
    return a.grad


@program
def grad_mode_inside(t: Any) -> Any:
    seen = []

    def forward(ctx: Any, x: Any) -> Any:
        seen.append(t.is_grad_enabled())
        return x * 2

    def backward(ctx: Any, g: Any) -> Any:
        seen.append(t.is_grad_enabled())
        return g

    a = leaf(t)
    f = make(t, forward, backward)
    f.apply(a).sum().backward()
    t.autograd.grad(f.apply(a).sum(), a, create_graph=True)
    return seen


@program
def without_grad(t: Any) -> Any:
    f = make(t, lambda ctx, x: x * 2, lambda ctx, g: g)
    with t.no_grad():
        out = f.apply(leaf(t))
    return out.requires_grad, f.apply(t.ones(3)).requires_grad


@program
def backward_inside_of_backward(t: Any) -> Any:
    def backward(ctx: Any, g: Any) -> Any:
        with t.enable_grad():
            x = g.detach().requires_grad_()
            (x * x).sum().backward()
        return x.grad

    a = leaf(t)
    make(t, lambda ctx, x: x * 2, backward).apply(a).sum().backward()
    return a.grad


@program
def raises_in_backward(t: Any) -> Any:
    def backward(ctx: Any, g: Any) -> Any:
        raise ZeroDivisionError("mine")

    make(t, lambda ctx, x: x * 2, backward).apply(leaf(t)).sum().backward()


@program
def raises_in_forward(t: Any) -> Any:
    def forward(ctx: Any, x: Any) -> Any:
        raise ZeroDivisionError("mine")

    make(t, forward).apply(leaf(t))


@program
def saved_of_the_node(t: Any) -> Any:
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        ctx.mine = 7
        return x * 2

    out = make(t, forward, lambda ctx, g: g).apply(leaf(t))
    return out.grad_fn.saved_tensors, out.grad_fn.mine


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_agrees(program: Any) -> None:
    agree(program)


def test_a_context_outlives_its_node() -> None:
    kept = []

    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        kept.append(ctx)
        return x * 2

    make(taeda, forward, lambda ctx, g: g).apply(leaf(taeda))
    with pytest.raises(RuntimeError, match="second time"):
        _ = kept[0].saved_tensors


def test_a_node_outlives_its_tensor() -> None:
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return x * 2

    node = make(taeda, forward, lambda ctx, g: g * 3).apply(leaf(taeda)).grad_fn
    assert node.next_functions[0][0].name() == "torch::autograd::AccumulateGrad"
    assert node(taeda.ones(3)).tolist() == [3.0, 3.0, 3.0]
