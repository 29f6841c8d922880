"""`autograd.Function` inside of vmap, grad and jvp, against what its own formulas say."""

from typing import Any

import pytest

import taeda
from taeda.autograd import forward_ad
from taeda.func import grad, hessian, jacfwd, jacrev, jvp, vmap
from taeda.testing import assert_close

X = taeda.arange(6.0, dtype=taeda.float64).reshape(2, 3) / 3
W = taeda.tensor([0.5, 1.0, 2.0], dtype=taeda.float64)


class Wave(taeda.autograd.Function):
    """sin, whose derivative is said to be twice what it is: so a test sees who computed it."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x: Any) -> Any:
        return x.sin()

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        (x,) = ctx.saved_tensors
        return gradient * x.cos() * 2

    @staticmethod
    def jvp(ctx: Any, tangent: Any) -> Any:
        (x,) = ctx.saved_tensors
        return tangent * x.cos() * 2


class Mixed(taeda.autograd.Function):
    """Two outputs, two tensors and a number; one output depends on what examples may share alone."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x: Any, weight: Any, factor: float) -> Any:
        return x * weight * factor, weight + 1

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        x, weight, ctx.factor = inputs
        ctx.save_for_backward(x, weight)
        ctx.save_for_forward(x, weight)

    @staticmethod
    def backward(ctx: Any, first: Any, second: Any) -> Any:
        x, weight = ctx.saved_tensors
        return first * weight * ctx.factor, first * x * ctx.factor + second, None

    @staticmethod
    def jvp(ctx: Any, by_x: Any, by_weight: Any, _: Any) -> Any:
        x, weight = ctx.saved_tensors
        return (by_x * weight + x * by_weight) * ctx.factor, by_weight


def wave(x: Any) -> Any:
    return Wave.apply(x).sum()


def mixed(x: Any, weight: Any) -> Any:
    return sum(t.sum() for t in Mixed.apply(x, weight, 3.0))


def plain(x: Any, weight: Any) -> Any:
    return (x * weight * 3 + weight + 1).sum()


def test_values_and_gradients() -> None:
    assert_close(vmap(Wave.apply)(X), X.sin())
    assert_close(vmap(vmap(Wave.apply))(X), X.sin())
    for found in (vmap(grad(wave))(X), grad(lambda x: vmap(wave)(x).sum())(X), vmap(vmap(grad(Wave.apply)))(X)):
        assert_close(found, 2 * X.cos())


def test_tangents_and_second_order() -> None:
    value, tangent = jvp(Wave.apply, (X,), (X,))
    assert_close(value, X.sin())
    assert_close(tangent, 2 * X * X.cos())
    assert_close(jacfwd(Wave.apply)(W), taeda.diag(2 * W.cos()))
    assert_close(jacrev(Wave.apply)(W), taeda.diag(2 * W.cos()))
    assert_close(vmap(hessian(wave))(X), taeda.diag_embed(-2 * X.sin()))
    assert_close(jacrev(jacrev(wave))(W), taeda.diag(-2 * W.sin()))
    with forward_ad.dual_level():
        assert_close(forward_ad.unpack_dual(Wave.apply(forward_ad.make_dual(X, X))).tangent, 2 * X * X.cos())


@pytest.mark.parametrize("transform", [
    lambda f: vmap(grad(f, (0, 1)), (0, None))(X, W),
    lambda f: grad(lambda w: vmap(f, (0, None))(X, w).sum())(W),
    lambda f: jvp(lambda w: vmap(f, (0, None))(X, w).sum(), (W,), (W,)),
    lambda f: vmap(lambda x: jvp(f, (x, W), (W, x)))(X),
    lambda f: hessian(f, (0, 1))(X[0], W),
    lambda f: vmap(lambda x, w: grad(lambda v: grad(f)(v, w).square().sum() + f(v, w))(x), (1, None))(X, W[:2]),
], ids=["samples", "shared", "forward over batch", "batch over forward", "hessian", "nested"])
def test_several_arguments_as_if_it_were_ops(transform: Any) -> None:
    assert_close(transform(mixed), transform(plain))


def test_a_batch_on_the_tape() -> None:
    weight = W.clone().requires_grad_()
    vmap(mixed, (0, None))(X, weight).sum().backward()
    assert_close(weight.grad, 3 * X.sum(0) + 2)


def test_rules_of_the_user() -> None:
    told = []

    class Scaled(taeda.autograd.Function):
        @staticmethod
        def forward(x: Any, factor: Any) -> Any:
            return x * factor

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            ctx.save_for_backward(*inputs)

        @staticmethod
        def backward(ctx: Any, gradient: Any) -> Any:
            x, factor = ctx.saved_tensors
            return gradient * factor, (gradient * x).sum_to_size(factor.shape)

        @staticmethod
        def vmap(info: Any, in_dims: Any, x: Any, factor: Any) -> Any:
            told.append((info.batch_size, info.randomness, in_dims))
            return Scaled.apply(x, factor), in_dims[0]

    two = taeda.tensor(2.0, dtype=taeda.float64)
    assert_close(vmap(Scaled.apply, (0, None), randomness="same")(X, two), X * 2)
    assert told == [(2, "same", (0, None))]
    assert_close(vmap(vmap(Scaled.apply, (0, None)), (1, None), 1)(X, two), X * 2)
    assert_close(vmap(grad(lambda x: Scaled.apply(x, two).sum()))(X), taeda.full_like(X, 2))


def test_random_numbers_of_examples() -> None:
    class Noisy(Wave):
        @staticmethod
        def forward(x: Any) -> Any:
            return x + taeda.rand(3, dtype=x.dtype)

    same = vmap(Noisy.apply, randomness="same")(taeda.zeros_like(X))
    different = vmap(Noisy.apply, randomness="different")(taeda.zeros_like(X))
    assert taeda.equal(same[0], same[1]) and not taeda.equal(different[0], different[1])
    with pytest.raises(RuntimeError, match="random"):
        vmap(Noisy.apply)(X)


def test_what_cannot_be_transformed() -> None:
    class Bare(taeda.autograd.Function):
        @staticmethod
        def forward(x: Any) -> Any:
            return x * 2

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            pass

    class Both(Bare):
        generate_vmap_rule = True

        @staticmethod
        def vmap(info: Any, in_dims: Any, x: Any) -> Any:
            return x, 0

    class Old(taeda.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

    for function, error, message in (
        (Bare, RuntimeError, "You tried to vmap over Bare, but it does not have vmap support"),
        (Both, RuntimeError, "You tried to vmap over Both, but it has both generate_vmap_rule=True and"),
        (Old, RuntimeError, "must override the setup_context staticmethod"),
    ):
        with pytest.raises(error, match=message):
            vmap(function.apply)(X)
    with pytest.raises(NotImplementedError, match="You must implement the jvp function"):
        jvp(Bare.apply, (X,), (X,))
