"""grad, vjp, jvp and what is made of them: against autograd, against each other, nested."""

from __future__ import annotations

from typing import Any

import pytest

import taeda
import taeda.nn.functional as F
from taeda.func import (
    functional_call,
    grad,
    grad_and_value,
    hessian,
    jacfwd,
    jacrev,
    jvp,
    linearize,
    stack_module_state,
    vjp,
    vmap,
)


def randn(*sizes: int, seed: int = 0) -> Any:
    return taeda.randn(*sizes, generator=taeda.Generator().manual_seed(seed))


X, Y, V, W = randn(3, 4), randn(3, 4, seed=1), randn(4, seed=2), randn(5, 4, seed=3)
same = taeda.testing.assert_close


def wave(a: Any) -> Any:
    return (a.sin() * a).sum()


def bent(a: Any) -> Any:
    return (a**3).sum() * a.sin() * a.prod()


def test_grad() -> None:
    x = X.clone().requires_grad_()
    (expected,) = taeda.autograd.grad(wave(x), x)
    found, value = grad_and_value(wave)(X)
    same(found, expected)
    same(value, wave(X))
    assert not found.requires_grad and not value.requires_grad and X.grad is None
    found, aux = grad(lambda a: (wave(a), {"n": a * 2}), has_aux=True)(X)
    same(found, expected)
    same(aux["n"], X * 2)
    a, b = grad(lambda a, b: (a * b.sin()).sum(), argnums=(0, 1))(X, Y)
    same(a, Y.sin())
    same(b, X * Y.cos())
    nested = grad(lambda d: d["p"].sum() * d["q"][0].sum())({"p": X, "q": [Y]})
    same(nested["q"][0], X.sum().expand(3, 4))
    same(grad(lambda a: taeda.ones(()))(X), taeda.zeros(3, 4))


def test_grad_of_grad() -> None:
    cube = grad(grad(grad(lambda a: a**4)))
    same(cube(taeda.tensor(2.0)), taeda.tensor(48.0))
    same(vmap(cube)(V), V * 24)


def test_tensors_around_keep_their_graph() -> None:
    w = W.clone().requires_grad_()
    found = grad(lambda a: (a @ w.t()).sin().sum())(X)
    assert found.requires_grad
    (by_w,) = taeda.autograd.grad(found.sum(), w)
    x = X.clone().requires_grad_()
    (direct,) = taeda.autograd.grad((x @ w.t()).sin().sum(), x, create_graph=True)
    same(by_w, taeda.autograd.grad(direct.sum(), w)[0])
    with taeda.no_grad():
        assert not grad(lambda a: (a @ w.t()).sin().sum())(X).requires_grad
    x = X.clone().requires_grad_()
    grad(wave)(x).sum().backward()
    assert x.grad is not None


def test_vjp() -> None:
    output, pullback = vjp(lambda a, b: (a * b, a.sum()), X, Y)
    same(output, (X * Y, X.sum()))
    cotangents = (taeda.ones(3, 4), taeda.tensor(2.0))
    for _ in range(2):  # as often as one likes
        a, b = pullback(cotangents)
        same(a, Y + 2)
        same(b, X)
    _, pullback, aux = vjp(lambda a: (a.sin(), [a]), X, has_aux=True)
    same(aux[0], X)


def test_jvp() -> None:
    value, tangent = jvp(lambda a: a.softmax(-1).log() * a, (X,), (Y,))
    step = 1e-5
    x, y = X.double(), Y.double()

    def f(a: Any) -> Any:
        return a.softmax(-1).log() * a

    same(value, f(X))
    same(tangent, ((f(x + step * y) - f(x - step * y)) / (2 * step)).float(), rtol=1e-4, atol=1e-4)
    same(jvp(lambda a: taeda.ones(2), (X,), (Y,))[1], taeda.zeros(2))
    twice = jvp(lambda b: jvp(lambda a: a.sin(), (b,), (taeda.ones_like(b),))[1], (X,), (Y,))[1]
    same(twice, -X.sin() * Y)


LAYERS = {
    "linear": lambda a: F.linear(a, W),
    "convolution": lambda a: F.conv1d(a[None, None], W[None, :1, :3], padding=1),
    "views": lambda a: a.flip(0)[1:].repeat(2) * a[:1],
    "indexing": lambda a: a[[0, 2, 2]] * a[-1],
    "norm": lambda a: F.layer_norm(a, (4,)) * a,
    "sort": lambda a: a.sort()[0] * a.cumsum(0),
    "selection": lambda a: taeda.where(a > 0, a.exp(), a**2),
    "in place": lambda a: a.sin().mul_(a).add_(1),
}


@pytest.mark.parametrize("name", LAYERS)
def test_jacobians(name: str) -> None:
    function = LAYERS[name]
    rows, columns = jacrev(function)(V), jacfwd(function)(V)
    same(rows, columns, rtol=1e-4, atol=1e-5)
    same(rows, taeda.autograd.functional.jacobian(function, V), rtol=1e-4, atol=1e-5)


def test_hessians() -> None:
    expected = jacrev(jacrev(bent))(V)
    for found in (hessian(bent), jacfwd(jacfwd(bent)), jacrev(jacfwd(bent))):
        same(found(V), expected, rtol=1e-4, atol=1e-4)
    by_both = hessian(lambda a, b: (a * b.sin()).sum(), argnums=(0, 1))(V, V)
    same(by_both[0][1], taeda.diag(V.cos()))
    same(vmap(hessian(wave))(X), taeda.stack([hessian(wave)(x) for x in X]))


def test_jacobian_structures() -> None:
    found = jacrev(lambda a, d: {"s": a.sum() * d["w"], "p": a * 2}, argnums=(0, 1))(V, {"w": V})
    assert found["s"][0].shape == (4, 4) and found["p"][1]["w"].shape == (4, 4)
    same(found["p"][0], 2 * taeda.eye(4))
    for chunk in (1, 3):
        same(jacrev(bent, chunk_size=chunk)(V), jacrev(bent)(V))
    found, aux = jacfwd(lambda a: (a * 2, a.sum()), has_aux=True)(V)
    same(aux, V.sum())


def test_hessian_vector_products() -> None:
    expected = (hessian(wave)(V) @ Y[0])
    same(jvp(grad(wave), (V,), (Y[0],))[1], expected)
    same(grad(lambda a: (grad(wave)(a) * Y[0]).sum())(V), expected)
    same(vjp(grad(wave), V)[1](Y[0])[0], expected)
    same(grad(lambda a: jvp(wave, (a,), (Y[0],))[1])(V), expected)


def test_linearize() -> None:
    value, push = linearize(lambda a: (a.exp() * a, a.sum()), X)
    for tangent in (Y, X):
        same(push(tangent), jvp(lambda a: (a.exp() * a, a.sum()), (X,), (tangent,))[1])
    same(value[0], X.exp() * X)


def test_dual_tensors() -> None:
    import taeda.autograd.forward_ad as forward

    with forward.dual_level():
        x = forward.make_dual(X, Y)
        assert isinstance(x, taeda.Tensor) and x.shape == X.shape
        value, tangent = forward.unpack_dual(wave(x))
        same((value, tangent), jvp(wave, (X,), (Y,)))
        assert forward.unpack_dual(X * 2).tangent is None
        if x.sum() < 1e9:  # values may be looked at
            x = x.clone()
        x.mul_(x)
        same(forward.unpack_dual(x).tangent, 2 * X * Y)
        with pytest.raises(RuntimeError, match="Nested forward mode AD is not supported"):
            forward.enter_dual_level()
    with pytest.raises(RuntimeError, match="no level exists"):
        forward.make_dual(X, Y)


def test_gradients_of_rows() -> None:
    x = V.clone().requires_grad_()
    (rows,) = taeda.autograd.grad(bent(x), x, taeda.eye(4), is_grads_batched=True)
    same(rows, jacrev(bent)(V))


class Net(taeda.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = taeda.nn.Conv2d(2, 4, 3)
        self.head = taeda.nn.Linear(4 * 4 * 4, 3)

    def forward(self, x: Any) -> Any:
        return self.head(self.conv(x).relu().flatten(1))


def test_gradients_of_each_sample_and_ensembles() -> None:
    models = [Net() for _ in range(3)]
    images, targets = randn(5, 2, 6, 6), taeda.tensor([0, 1, 2, 1, 0])
    weights = {name: p.detach() for name, p in models[0].named_parameters()}

    def loss(weights: Any, image: Any, target: Any) -> Any:
        return F.cross_entropy(functional_call(models[0], weights, image[None]), target[None])

    found = vmap(grad(loss), in_dims=(None, 0, 0))(weights, images, targets)
    for k in range(5):
        models[0].zero_grad()
        loss(dict(models[0].named_parameters()), images[k], targets[k]).backward()
        for name, p in models[0].named_parameters():
            same(found[name][k], p.grad, rtol=1e-4, atol=1e-5)

    parameters, buffers = stack_module_state(models)
    outputs = vmap(lambda p, b, x: functional_call(models[0], (p, b), x), (0, 0, None))(parameters, buffers, images)
    same(outputs, taeda.stack([m(images) for m in models]), rtol=1e-4, atol=1e-5)
    outputs.sum().backward()
    assert parameters["conv.weight"].grad.shape == (3, 4, 2, 3, 3)


ERRORS: list[tuple[Any, type[Exception], str]] = [
    (lambda: grad(lambda a: a)(X), RuntimeError, "to return a scalar Tensor, got tensor with 2 dims"),
    (lambda: grad(lambda a: 3)(X), RuntimeError, "to return a Tensor, got <class 'int'>"),
    (lambda: grad(wave)(3), ValueError, "Thing passed to transform API must be Tensor, got <class 'int'>"),
    (lambda: grad(wave, argnums=2)(X), RuntimeError, "Got argnum=2, but only 1 positional inputs"),
    (lambda: grad(wave, argnums=())(X), RuntimeError, "argnums must be non-empty"),
    (lambda: grad(wave, has_aux=True)(X), RuntimeError, r"should be a tuple: \(output, aux\)"),
    (lambda: grad(lambda a: a.sum())(taeda.ones(2, dtype=taeda.int64)), RuntimeError, "only Tensors of floating point"),
    (lambda: jvp(wave, X, X), RuntimeError, "Expected primals to be a tuple"),
    (lambda: jvp(wave, (X,), (X, X)), RuntimeError, "to have the same python structure"),
    (lambda: jvp(wave, (X,), (V,)), RuntimeError, "has a different size than that of the original Tensor"),
    (lambda: jvp(lambda a: V, (X,), (X,), strict=True), RuntimeError, "not allowed with strict=True"),
    (lambda: vjp(taeda.sin, X)[1]((X, X)), RuntimeError, "Expected pytree structure of cotangents"),
    (lambda: jacrev(wave, chunk_size=0), ValueError, "should be greater than 0"),
    (lambda: stack_module_state([]), RuntimeError, "Expected at least one model, got 0."),
    (lambda: functional_call(Net(), 3, X), ValueError, "Expected parameter_and_buffer_dicts to be a dict"),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(ERRORS)))
def test_errors(number: int) -> None:
    call, error, words = ERRORS[number]
    with pytest.raises(error, match=words):
        call()
