"""In-place operations: what is refused, what the version counters find, how the graph follows writes through views."""

from typing import Any

import pytest
from agreement import agree

import taeda

PROGRAMS = []


def program(function: Any) -> Any:
    PROGRAMS.append(function)
    return function


def leaf(t: Any, *values: float) -> Any:
    return t.tensor([float(v) for v in values or (1, 2, 3)], requires_grad=True)


@program
def on_a_leaf(t: Any) -> Any:
    leaf(t).add_(1)


@program
def on_a_leaf_without_grad(t: Any) -> Any:
    a = leaf(t)
    with t.no_grad():
        a.add_(1)
    (a * a).sum().backward()
    return a, a.grad


@program
def on_a_view_of_a_leaf(t: Any) -> Any:
    leaf(t)[0:2].add_(1)


@program
def on_a_view_of_a_view_of_a_leaf(t: Any) -> Any:
    leaf(t)[0:2][0:1].add_(1)


@program
def setitem_on_a_leaf(t: Any) -> Any:
    leaf(t)[0] = 5.0


@program
def on_a_view_made_in_no_grad(t: Any) -> Any:
    a = leaf(t) * 2
    with t.no_grad():
        v = a[0:2]
    v.add_(1)


@program
def on_one_of_several_views(t: Any) -> Any:
    (leaf(t) * 2).unbind(0)[0].add_(1)


@program
def on_the_base_of_several_views(t: Any) -> Any:
    a = leaf(t) * 2
    v = a.split(1)
    a.add_(1)
    return v[0].grad_fn


@program
def on_an_inference_tensor(t: Any) -> Any:
    with t.inference_mode():
        a = t.ones(3)
    a.add_(1)


@program
def on_an_inference_tensor_without_grad(t: Any) -> Any:
    with t.inference_mode():
        a = t.ones(3)
    with t.no_grad():
        a.add_(1)


@program
def saving_an_inference_tensor(t: Any) -> Any:
    with t.inference_mode():
        a = t.ones(3)
    return leaf(t) * a


@program
def on_an_expanded_tensor(t: Any) -> Any:
    t.ones(1).expand(3).add_(1)


@program
def changed_saved_output(t: Any) -> Any:
    y = leaf(t).exp()
    y.add_(1)
    y.sum().backward()


@program
def changed_saved_input(t: Any) -> Any:
    y = leaf(t) * 1
    z = y * y
    y.add_(1)
    z.sum().backward()


@program
def changed_saved_constant(t: Any) -> Any:
    c = t.ones(3)
    z = leaf(t) * c
    c.mul_(2)
    z.sum().backward()


@program
def changed_twice(t: Any) -> Any:
    c = t.ones(3)
    z = leaf(t) * c
    c.mul_(2)
    c.mul_(2)
    z.sum().backward()


@program
def changed_through_a_view(t: Any) -> Any:
    c = t.ones(3)
    z = leaf(t) * c
    c[0].fill_(7)
    z.sum().backward()


@program
def changed_in_double(t: Any) -> Any:
    c = t.ones(2, 3, dtype=t.float64)
    z = t.ones(2, 3, dtype=t.float64, requires_grad=True) * c
    c.mul_(2)
    z.sum().backward()


@program
def change_of_data_is_not_seen(t: Any) -> Any:
    a = leaf(t)
    c = t.ones(3)
    z = a * c
    c.data.mul_(2)
    z.sum().backward()
    return a.grad


@program
def change_of_what_is_not_saved(t: Any) -> Any:
    a = leaf(t)
    b = a * 2
    c = b + 1
    b.mul_(10)
    (c + b).sum().backward()
    return a.grad, b, c


@program
def versions(t: Any) -> Any:
    a = t.ones(3)
    found = [a._version]
    a.add_(1)
    found.append(a._version)
    a[0:2].mul_(2)
    found.append(a._version)
    a[0] = 3
    found += [a._version, a.detach()._version]
    a.data.add_(1)
    return [*found, a._version]


@program
def add_in_place(t: Any) -> Any:
    a, b = leaf(t), leaf(t, 4, 5, 6)
    c = a * 2
    c.add_(b)
    (c * c).sum().backward()
    return a.grad, b.grad


@program
def multiply_in_place(t: Any) -> Any:
    a, b = leaf(t), leaf(t, 4, 5, 6)
    c = a * 2
    c.mul_(b)
    c.sum().backward()
    return a.grad, b.grad


@program
def multiply_by_itself_in_place(t: Any) -> Any:
    a = leaf(t)
    c = a * 2
    c.mul_(c)
    c.sum().backward()
    return a.grad


@program
def exp_in_place(t: Any) -> Any:
    a = leaf(t)
    c = a * 2
    c.exp_()
    c.sum().backward()
    return a.grad


@program
def chain_in_place(t: Any) -> Any:
    a = leaf(t)
    c = a * 2
    c.exp_().mul_(3).add_(a).neg_()
    c.sum().backward()
    return a.grad


@program
def makes_a_leaf_a_non_leaf(t: Any) -> Any:
    a = leaf(t)
    c = t.zeros(3)
    c.add_(a)
    (c * 3).sum().backward()
    return c.requires_grad, c.is_leaf, c.grad_fn.name(), a.grad


@program
def copy_into_part(t: Any) -> Any:
    a = leaf(t)
    b = t.zeros(5)
    b[1:4] = a * 2
    (b * t.arange(5.0)).sum().backward()
    return b, b.requires_grad, b.grad_fn.name(), a.grad


@program
def write_into_part(t: Any) -> Any:
    a = leaf(t)
    b = a * 2
    b[0:2].mul_(10)
    (b * b).sum().backward()
    return b, a.grad


@program
def view_after_write_to_base(t: Any) -> Any:
    a = leaf(t)
    b = a * 2
    v = b[0:2]
    b.mul_(3)
    names = b.grad_fn.name(), v.grad_fn.name()
    (v * v).sum().backward()
    return names, v, a.grad


@program
def view_after_write_through_another(t: Any) -> Any:
    a = leaf(t)
    b = a * 2
    v, w = b[0:2], b[1:3]
    v.mul_(5)
    (w * w).sum().backward()
    return w, a.grad, b.grad_fn.name(), w.grad_fn.name()


@program
def base_without_history(t: Any) -> Any:
    a = leaf(t, 1, 2)
    b = t.zeros(2, 3)
    v = b[:, 1]
    before = v.requires_grad
    v.copy_(a)
    after = b.requires_grad, v.requires_grad, v.is_leaf, b.is_leaf
    (b * b).sum().backward()
    return before, after, a.grad, b.grad_fn.name(), [f[0] is None for f in b.grad_fn.next_functions]


@program
def another_view_of_a_base_without_history(t: Any) -> Any:
    a = leaf(t, 1, 2)
    b = t.zeros(2, 3)
    v, w = b[:, 1], b[0]
    v.add_(a)
    found = w.requires_grad, w.is_leaf
    (w * 2).sum().backward()
    return found, w, a.grad


@program
def transposed_view(t: Any) -> Any:
    a = t.arange(6.0).reshape(2, 3).requires_grad_()
    b = a * 1
    v = b.t()
    v[0].mul_(7)
    (b * t.arange(6.0).reshape(2, 3)).sum().backward()
    return b, v, a.grad


@program
def two_writes_to_views(t: Any) -> Any:
    a = leaf(t)
    b = a * 1
    b[0].mul_(2)
    b[0:2].mul_(3)
    b[1:].exp_()
    b.sum().backward()
    return b, a.grad


@program
def write_of_a_function_of_the_view(t: Any) -> Any:
    a = leaf(t)
    b = a * 1
    b[0:2] = b[1:3] * b[0:2]
    b.sum().backward()
    return b, a.grad


@program
def zeroed_part(t: Any) -> Any:
    a = leaf(t)
    b = a * 2
    b[1] = 0.0
    b.sum().backward()
    return b, a.grad


@program
def zero_in_place(t: Any) -> Any:
    a = leaf(t)
    b = a * 2
    b.zero_()
    b.sum().backward()
    return b, a.grad


@program
def view_of_the_view_follows(t: Any) -> Any:
    a = leaf(t)
    b = a * 2
    v = b[0:2]
    w = v[0:1]
    b.mul_(2)
    (w * 3).sum().backward()
    return w, a.grad


@program
def double_backward_through_slices(t: Any) -> Any:
    a = leaf(t)
    b = a * a
    b[0:2].mul_(a[1:3])
    (g,) = t.autograd.grad((b * b).sum(), a, create_graph=True)
    (h,) = t.autograd.grad((g * g).sum(), a)
    return g, h


@program
def double_backward_in_place(t: Any) -> Any:
    a = leaf(t)
    b = a * a
    b.exp_()
    (g,) = t.autograd.grad(b.sum(), a, create_graph=True)
    (h,) = t.autograd.grad(g.sum(), a)
    return g, h


@program
def hooks_stay_with_the_value(t: Any) -> Any:
    a = leaf(t)
    b = a * 2
    seen = []
    b.register_hook(lambda g: seen.append(("before", g.tolist())))
    b.mul_(10)
    b.register_hook(lambda g: seen.append(("after", g.tolist())))
    b.sum().backward()
    return [list(map(str, s)) for s in seen], a.grad


@program
def retained_follows_the_tensor(t: Any) -> Any:
    a = leaf(t)
    b = a * 2
    b.retain_grad()
    b.mul_(10)
    (b * b).sum().backward()
    return b.grad, a.grad


@program
def retained_of_a_view_follows(t: Any) -> Any:
    a = leaf(t)
    b = a * 2
    v = b[0:2]
    v.retain_grad()
    v.mul_(10)
    (b * b).sum().backward()
    return a.grad


@program
def base_in_another_order(t: Any) -> Any:
    a = leaf(t)
    b = t.zeros(3, 2).t().detach()
    v = b[0]
    v.add_(a)
    (b * t.arange(6.0).reshape(2, 3)).sum().backward()
    return b, a.grad


@program
def second_order_with_a_base_in_another_order(t: Any) -> Any:
    a = leaf(t)
    b = t.ones(3, 2).t().detach()
    b[0].mul_(a * a)
    (g,) = t.autograd.grad((b * b).sum(), a, create_graph=True)
    return g, t.autograd.grad(g.sum(), a)


@program
def as_strided_with_an_offset(t: Any) -> Any:
    a = t.arange(12.0).requires_grad_()
    b = (a * a)[2:].detach().requires_grad_()
    y = t.as_strided(b, (2, 3), (3, 1), 4)
    (g,) = t.autograd.grad((y * y * y).sum(), b, create_graph=True)
    (h,) = t.autograd.grad((g * g).sum(), b, create_graph=True)
    return g, h, t.autograd.grad(h.sum(), b)


@program
def as_strided_of_a_transposed_tensor(t: Any) -> Any:
    b = t.arange(6.0).reshape(3, 2).t().detach().requires_grad_()
    y = t.as_strided(b, (2, 2), (2, 2), 1)
    (g,) = t.autograd.grad((y * y * y).sum(), b, create_graph=True)
    (h,) = t.autograd.grad((g * g).sum(), b, create_graph=True)
    return g, h, t.autograd.grad(h.sum(), b)


@program
def expanded_view_after_write_to_base(t: Any) -> Any:
    a = leaf(t)
    b = a * 1
    v = b.expand(2, 3)
    b.mul_(2)
    (v * t.arange(6.0).reshape(2, 3)).sum().backward()
    return v, a.grad


@program
def requires_grad_after_write(t: Any) -> Any:
    c = t.zeros(3)
    c.mul_(leaf(t))
    return c.requires_grad_().requires_grad, c.is_leaf


@program
def view_in_place(t: Any) -> Any:
    a = leaf(t)
    b = (a * 2).reshape(1, 3, 1)
    seen = []
    for change in (lambda x: x.squeeze_(), lambda x: x.unsqueeze_(-1), lambda x: x.transpose_(0, 1),
                   lambda x: x.swapaxes_(-1, 0), lambda x: x.swapdims_(0, 1), lambda x: x.t_(),
                   lambda x: x.squeeze_((0,)), lambda x: x.as_strided_((2, 2), (1, 1))):
        assert change(b) is b
        seen.append((tuple(b.shape), b.stride()))
    (b * t.arange(4.0).reshape(2, 2)).sum().backward()
    return seen, b, a.grad, b._version


@program
def view_in_place_of_a_leaf(t: Any) -> Any:
    leaf(t).unsqueeze_(0)


@program
def view_in_place_of_a_view_of_a_leaf(t: Any) -> Any:
    leaf(t)[:2].unsqueeze_(0)


@program
def view_in_place_of_a_leaf_without_grad(t: Any) -> Any:
    a = leaf(t)
    with t.no_grad():
        a.unsqueeze_(0)
    (a * a).sum().backward()
    return a, a.grad, a._version


@program
def view_in_place_of_shared_memory(t: Any) -> Any:
    a = t.ones(1).expand(3, 2)
    return a.t_(), a.stride(), a.is_contiguous()


@program
def view_in_place_of_what_was_saved(t: Any) -> Any:
    a = leaf(t)
    b = a * 2
    c = b * b
    b.unsqueeze_(0)
    try:
        c.sum().backward()
    except RuntimeError as error:  # PyTorch calls the node by another name
        return "is at version 1; expected version 0" in str(error)


@program
def write_to_the_base_after_a_view_in_place(t: Any) -> Any:
    a = leaf(t)
    b = a * 2
    v = b[:2]
    v.unsqueeze_(0)
    b.mul_(3)
    (v * t.tensor([[1.0, 2.0]])).sum().backward()
    return v, b, a.grad


@program
def integers_take_no_gradient(t: Any) -> Any:
    x = t.zeros(3, 3, dtype=t.bool)
    x[0].copy_(leaf(t))
    return x, x.requires_grad


def weights(t: Any) -> Any:
    return t.arange(6.0).reshape(2, 3) + 1


@program
def the_real_part_of_a_complex_tensor(t: Any) -> Any:
    """What a Fourier transform there and back gives, and is added to."""
    z = t.complex(weights(t), 0.5 * weights(t)).requires_grad_()
    y = z * z
    y.real.mul_(weights(t))
    part = y.imag
    part += weights(t)
    part[0] *= 2
    (part.sum() + y.abs().sum()).backward()
    return t.view_as_real(y), t.view_as_real(z.grad), part.grad_fn is not None


@program
def the_parts_of_a_transposed_complex_tensor_whose_base_is_written_to(t: Any) -> Any:
    z = t.complex(weights(t), weights(t)).requires_grad_()
    y = (z * z).t()
    parts = t.view_as_real(y)
    y.mul_(2j)
    parts.sum().backward()
    return parts, t.view_as_real(z.grad)


@program
def complex_numbers_in_a_real_tensor(t: Any) -> Any:
    x = t.arange(12.0).reshape(3, 2, 2).requires_grad_()
    y = x * x
    numbers = t.view_as_complex(y)
    numbers.mul_(1 + 2j)
    numbers[1:] *= x[1:, :, 0].sum()
    (y.sum() + numbers.real.sum()).backward()
    return y, x.grad


@program
def complex_numbers_in_a_real_tensor_to_second_order(t: Any) -> Any:
    x = t.arange(12.0).reshape(3, 2, 2).div(4).requires_grad_()
    y = x * x
    t.view_as_complex(y)[1].mul_(t.view_as_complex(x)[0])
    (first,) = t.autograd.grad((y**2).sum(), x, create_graph=True)
    (second,) = t.autograd.grad((first**2).sum(), x)
    return first, second


@program
def the_imaginary_part_to_second_order(t: Any) -> Any:
    z = t.complex(weights(t), 0.5 * weights(t)).requires_grad_()
    y = z * z
    y.imag.mul_(weights(t))
    (first,) = t.autograd.grad(y.abs().sum(), z, create_graph=True)
    (second,) = t.autograd.grad(first.abs().sum(), z)
    return t.view_as_real(first), t.view_as_real(second)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_agrees(program: Any) -> None:
    agree(program)


def test_what_a_view_is_now_is_known_in_inference_mode_too() -> None:
    v = (taeda.ones(4, 4, requires_grad=True) * 1)[0]
    with taeda.no_grad():
        v.fill_(2.0)
    with taeda.inference_mode():
        assert "grad_fn" in repr(v)
    v.sum().backward()


def test_an_unrecorded_write_to_a_view_of_a_view_that_is_a_leaf() -> None:
    """The memory's first tensor never required grad, so what it became says nothing about gradients."""
    leaf = taeda.arange(4.0).reshape(2, 1, 2).requires_grad_()
    view = leaf.squeeze()
    with taeda.no_grad():
        view.fill_(1.0)
    (view * 3).sum().backward()
    assert leaf.tolist() == [[[1.0, 1.0]], [[1.0, 1.0]]]
    assert leaf.grad.tolist() == [[[3.0, 3.0]], [[3.0, 3.0]]]
