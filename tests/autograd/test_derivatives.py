"""autograd.functional, gradcheck and gradgradcheck."""

from typing import Any

import pytest
from agreement import agree

import taeda

PROGRAMS = []


def program(function: Any) -> Any:
    PROGRAMS.append(function)
    return function


def values(t: Any, *numbers: float) -> Any:
    return t.tensor([float(n) for n in numbers or (1, 2, 3)])


@program
def vjp(t: Any) -> Any:
    f = t.autograd.functional.vjp
    return (
        f(lambda x: x * x, values(t), values(t, 1, 0.5, 2)),
        f(lambda x, y: (x * y).sum(), (values(t), values(t))),
        f(lambda x: (x * 2, x.exp()), values(t), (values(t), values(t))),
    )


@program
def jvp(t: Any) -> Any:
    f = t.autograd.functional.jvp
    return (
        f(lambda x: x * x, values(t), values(t, 1, 0.5, 2)),
        f(lambda x, y: (x * y).sum(), (values(t), values(t)), (values(t), values(t, 3, 4, 5))),
        f(lambda x: x.exp(), t.tensor([2.0])),
    )


@program
def jacobian(t: Any) -> Any:
    f = t.autograd.functional.jacobian
    return (
        f(lambda x: x * x, values(t)),
        f(lambda x, y: (x * y.sum(), x.sum()), (values(t), values(t, 1, 2))),
        f(lambda x: x.sum(), t.arange(4.0).reshape(2, 2)),
        f(lambda x, y: x * 2, (values(t), values(t))),
        f(lambda x: x.exp(), values(t), vectorize=True),
    )


@program
def hessian(t: Any) -> Any:
    f = t.autograd.functional.hessian
    return (
        f(lambda x: (x * x * x).sum(), values(t)),
        f(lambda x, y: (x * y.exp()).sum(), (values(t), values(t, 0.5, 1, 2))),
    )


@program
def products_with_the_hessian(t: Any) -> Any:
    def f(x: Any) -> Any:
        return (x * x * x).sum()

    return (
        t.autograd.functional.hvp(f, values(t), values(t, 1, 0, 2)),
        t.autograd.functional.vhp(f, values(t), values(t, 1, 0, 2)),
        t.autograd.functional.hvp(lambda x, y: (x * x * y).sum(), (values(t), values(t)), (values(t), values(t))),
    )


@program
def create_graph(t: Any) -> Any:
    x = values(t).requires_grad_()
    found = t.autograd.functional.jacobian(lambda x: x * x * x, x, create_graph=True)
    found.sum().backward()
    return found.requires_grad, x.grad


@program
def strict(t: Any) -> Any:
    return t.autograd.functional.jacobian(lambda x, y: x * 2, (values(t), values(t)), strict=True)


@program
def strict_output(t: Any) -> Any:
    return t.autograd.functional.vjp(lambda x: t.ones(3), values(t), values(t), strict=True)


@program
def strict_hessian(t: Any) -> Any:
    return t.autograd.functional.hessian(lambda x: (2 * x).sum(), values(t), strict=True)


@program
def wrong_input(t: Any) -> Any:
    return t.autograd.functional.jacobian(lambda x: x, [values(t)])


@program
def wrong_output(t: Any) -> Any:
    return t.autograd.functional.jacobian(lambda x: 3, values(t))


@program
def wrong_vector(t: Any) -> Any:
    return t.autograd.functional.vjp(lambda x: x * 2, values(t), values(t, 1, 2))


@program
def no_vector(t: Any) -> Any:
    return t.autograd.functional.vjp(lambda x: x * 2, values(t))


@program
def hessian_of_a_vector(t: Any) -> Any:
    return t.autograd.functional.hessian(lambda x: x * 2, values(t))


@program
def two_outputs_for_hvp(t: Any) -> Any:
    return t.autograd.functional.hvp(lambda x: (x.sum(), x.sum()), values(t), values(t))


def double(t: Any, *numbers: float) -> Any:
    return t.tensor([float(n) for n in numbers or (0.5, 1.5, 2.5)], dtype=t.float64, requires_grad=True)


@program
def gradcheck_passes(t: Any) -> Any:
    check = t.autograd.gradcheck
    return (
        check(lambda x: x.exp() * x, double(t)),
        check(lambda x, y: (x * y, x.sin()), (double(t), double(t, 1, 2, 3))),
        check(lambda x, k: x * k, (double(t), t.tensor(2.0, dtype=t.float64))),
        check(lambda x: (x.reshape(1, 3) * 2).sum(0), (double(t),), fast_mode=True),
    )


def wrong(t: Any, factor: float = 3.0) -> Any:
    class Wrong(t.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g * factor

    return Wrong.apply


@program
def gradcheck_fails(t: Any) -> Any:
    return t.autograd.gradcheck(wrong(t), double(t))


@program
def gradcheck_fails_fast(t: Any) -> Any:
    return t.autograd.gradcheck(wrong(t), double(t), fast_mode=True, raise_exception=False)


@program
def gradcheck_says_false(t: Any) -> Any:
    return t.autograd.gradcheck(wrong(t), double(t), raise_exception=False)


@program
def gradcheck_without_inputs(t: Any) -> Any:
    return t.autograd.gradcheck(lambda x: x, values(t))


@program
def gradcheck_of_an_expanded_input(t: Any) -> Any:
    x = t.ones(1, dtype=t.float64).expand(3).requires_grad_()
    return t.autograd.gradcheck(lambda x: x * 2, x)


@program
def gradcheck_finds_randomness(t: Any) -> Any:
    calls = []

    class Random(t.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            calls.append(1)
            return g * (2 + 1e-7 * len(calls))

    return t.autograd.gradcheck(Random.apply, double(t))


@program
def gradcheck_finds_a_constant_gradient(t: Any) -> Any:
    class Constant(t.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g * 2 + (g == 0).to(g.dtype).prod()

    return t.autograd.gradcheck(Constant.apply, double(t))


@program
def gradcheck_finds_undefined(t: Any) -> Any:
    class Strict(t.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.set_materialize_grads(False)
            return x * 2, x * 3

        @staticmethod
        def backward(ctx: Any, g: Any, h: Any) -> Any:
            if g is None:
                raise RuntimeError("not for None")
            return g * 2 + (0 if h is None else h * 3)

    return t.autograd.gradcheck(Strict.apply, double(t))


def complexes(t: Any, *numbers: complex) -> Any:
    return t.tensor([complex(n) for n in numbers or (0.5 + 1j, -1.5 + 0.25j)], dtype=t.complex128, requires_grad=True)


@program
def gradcheck_of_complex_numbers(t: Any) -> Any:
    check = t.autograd.gradcheck
    return (
        check(lambda x: x.exp() * x, complexes(t)),
        check(lambda x, y: x * y, (complexes(t), double(t, 1, 2))),
        check(lambda x: (x * 2, x.real.sum(), x.abs()), complexes(t)),
        check(lambda x, y: x * y.conj(), (complexes(t), complexes(t, 1j, 2)), fast_mode=True),
        check(lambda x: x * x, t.zeros(0, dtype=t.complex128, requires_grad=True)),
        t.autograd.gradgradcheck(lambda x: x * x * x, complexes(t)),
    )


def square(t: Any, derivative: Any) -> Any:
    class Square(t.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g * derivative(ctx.saved_tensors[0])

        @staticmethod
        def jvp(ctx: Any, tangent: Any) -> Any:
            return tangent * 3

    return Square.apply


def without_conjugate(t: Any) -> Any:
    return square(t, lambda x: 2 * x)


@program
def gradcheck_of_complex_numbers_fails(t: Any) -> Any:
    return t.autograd.gradcheck(without_conjugate(t), complexes(t), raise_exception=False)


@program
def gradcheck_of_forward_mode(t: Any) -> Any:
    check = t.autograd.gradcheck
    return (
        check(lambda x: x.exp() * x, double(t), check_forward_ad=True, check_backward_ad=False),
        check(lambda x: x.exp() * x, complexes(t), check_forward_ad=True),
        check(lambda x: (x * 2, x.real.sum(), x.abs()), complexes(t), check_forward_ad=True),
        check(lambda x, y: (x * y, x.tanh()), (double(t), double(t)), check_forward_ad=True, fast_mode=True),
    )


@program
def gradcheck_of_forward_mode_fails(t: Any) -> Any:
    return t.autograd.gradcheck(without_conjugate(t), double(t), check_forward_ad=True)


@program
def gradcheck_of_batches(t: Any) -> Any:
    check = t.autograd.gradcheck
    return (
        check(lambda x, y: (x * y, x.sin()), (double(t), double(t, 1, 2, 3)), check_batched_grad=True),
        check(lambda x: x.tanh(), double(t), check_forward_ad=True, check_batched_forward_grad=True),
        t.autograd.gradgradcheck(lambda x: x * x * x, double(t), check_batched_grad=True),
    )


@program
def gradgradcheck(t: Any) -> Any:
    check = t.autograd.gradgradcheck
    return (
        check(lambda x: x.exp() * x, double(t)),
        check(lambda x, y: x * x * y, (double(t), double(t, 1, 2, 3))),
        check(lambda x: x * x * x, double(t), fast_mode=True),
        check(lambda x: x * x, double(t), gen_non_contig_grad_outputs=True),
        check(lambda x: x * x, double(t), grad_outputs=double(t)),
    )


@program
def gradgradcheck_fails(t: Any) -> Any:
    return t.autograd.gradgradcheck(square(t, lambda x: 2 * x.detach()), double(t), raise_exception=False)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_agrees(program: Any) -> None:
    agree(program)


def test_gradcheck_says_which_part_is_wrong() -> None:
    with pytest.raises(RuntimeError, match="^While considering the imaginary part of complex outputs only, Jacobian"):
        taeda.autograd.gradcheck(without_conjugate(taeda), complexes(taeda))


def test_gradcheck_warns_of_float32() -> None:
    with pytest.warns(UserWarning, match="not a double precision"):
        taeda.autograd.gradcheck(lambda x: x * 2, taeda.tensor([1.0, 5.0], requires_grad=True), atol=1.0, rtol=1.0)
