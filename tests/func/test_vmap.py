"""vmap: what it gives is what a loop over the examples gives, with every rule of batching; and its errors."""

from __future__ import annotations

from typing import Any

import pytest

import taeda
import taeda.nn.functional as F
from taeda.func import grad, vmap


def randn(*sizes: int, seed: int = 0) -> Any:
    return taeda.randn(*sizes, generator=taeda.Generator().manual_seed(seed))


def numbers(*values: Any) -> Any:
    return taeda.tensor(values)


def leaves(result: Any) -> list[Any]:
    if isinstance(result, (tuple, list)):
        return [leaf for part in result for leaf in leaves(part)]
    return [result]


def looped(function: Any, in_dims: Any, args: tuple[Any, ...]) -> list[Any]:
    dims = in_dims if isinstance(in_dims, tuple) else (in_dims,) * len(args)
    count = next(a.shape[d] for a, d in zip(args, dims, strict=True) if d is not None)
    rows = [leaves(function(*(a if d is None else a.select(d, k) for a, d in zip(args, dims, strict=True))))
            for k in range(count)]
    return [taeda.stack(parts) for parts in zip(*rows, strict=True)]


X, Y, M = randn(3, 4), randn(3, 4, seed=1), randn(3, 4, 5, seed=2)
W, V = randn(6, 4, seed=3), randn(4, seed=4)
IMAGES, KERNELS = randn(3, 2, 6, 6, seed=5), randn(3, 4, 2, 3, 3, seed=6)
PLACES = numbers([0, 2], [1, 1], [3, 0])

CASES: dict[str, tuple[Any, Any, tuple[Any, ...]]] = {
    "pointwise": (lambda a, b: (a.sin() * b).exp(), 0, (X, Y)),
    "shared operand": (lambda a, b: a * b + 1, (0, None), (X, V)),
    "fewer dimensions": (lambda a, b: a * b, 0, (M, X[:, :1])),
    "number of each example": (lambda a, b: a * b, 0, (X[:, 0], M)),
    "other dimension": (lambda a: a.cumsum(0), 1, (X,)),
    "reduction": (lambda a: (a.sum(), a.mean(0), a.amax(-1), a.std(1), a.argmax(0)), 0, (M,)),
    "softmax": (lambda a: (a.softmax(0), a.log_softmax(1), a.logsumexp(0)), 0, (M,)),
    "views": (lambda a: a.t().reshape(2, 10).flip(0).unsqueeze(1).expand(2, 3, 10).flatten(1), 0, (M,)),
    "more views": (lambda a: (a.diagonal(), a.unfold(0, 2, 1), a.movedim(0, 1), a.roll(1, 0), a.repeat(2, 1)), 0, (M,)),
    "triangles": (lambda a: (a.tril(), taeda.diag(a[0])), 0, (M,)),
    "indexing": (lambda a: (a[0], a[1:3, None], a[..., 0], a[[0, 1]], a[:, taeda.tensor([2, 0])], a[-1, 1:]), 0, (M,)),
    "index of each example": (lambda a, i: a[i], 0, (M, PLACES)),
    "second index of each example": (lambda a, i: a[:, i], 0, (M, PLACES)),
    "shared table": (lambda a, i: a[i], (None, 0), (V, PLACES)),
    "gather": (lambda a, i: (a.gather(0, i), a.index_select(0, i), a.scatter(0, i, 1.0)), 0, (X, PLACES)),
    "index_add": (lambda a, i, b: a.index_add(0, i, b), 0, (X, PLACES, X[:, :2])),
    "sort": (lambda a: (*a.sort(0), *a.topk(2, 1), *a.median(0), *a.kthvalue(2)), 0, (M,)),
    "scan": (lambda a: (a.cumsum(0), a.cumprod(1), *a.cummax(0)), 0, (M,)),
    "joining": (lambda a, v: (taeda.cat([a, v]), taeda.stack([a, v], -1), F.pad(a, (1, 2))), (0, None), (X, V)),
    "splitting": (lambda a: (a.split(2), a.chunk(2, 1), a.unbind()), 0, (M,)),
    "matrices": (lambda a, b: (a @ b.t(), a.t() @ b), (0, None), (M, randn(4, 5))),
    "vector": (lambda w, a: taeda.mv(w, a), (None, 0), (W, X)),
    "outer": (lambda a, b: (taeda.outer(a, b), taeda.dot(a, b)), 0, (X, Y)),
    "einsum": (lambda a, w: taeda.einsum("i,oi->o", a, w), (0, None), (X, W)),
    "linear": (lambda a, w, b: F.linear(a, w, b), (0, None, None), (M.mT, W, randn(6))),
    "own linear": (lambda a, w, b: F.linear(a, w, b), (None, 0, 0), (X, randn(3, 6, 4), randn(3, 6))),
    "convolution": (lambda a, w: F.conv2d(a, w, padding=1), (0, None), (IMAGES, KERNELS[0])),
    "own convolution": (lambda a, w: F.conv2d(a, w, padding=1, stride=2), 0, (IMAGES, KERNELS)),
    "own transposed": (lambda a, w: F.conv_transpose2d(a, w, stride=2, padding=1), 0, (randn(3, 1, 4, 5, 5), KERNELS)),
    "pooling": (lambda a: (F.max_pool2d(a, 2), F.avg_pool2d(a, 3, 1), F.adaptive_avg_pool2d(a, 2)), 0, (IMAGES,)),
    "embedding": (lambda t, i: F.embedding(i, t), (None, 0), (W, PLACES)),
    "own embedding": (lambda t, i: F.embedding(i, t), (0, 0), (M, PLACES)),
    "attention": (lambda a: F.scaled_dot_product_attention(a, a, a), 0, (randn(3, 2, 2, 5, 4),)),
    "norms": (lambda a: (F.layer_norm(a, (5,)), F.group_norm(a[None], 2), F.batch_norm(a, None, None, training=True)),
              0, (M,)),
    "losses": (lambda a, t: (F.cross_entropy(a, t), F.mse_loss(a, a * 2)), 0, (X, numbers(0, 2, 1))),
    "one_hot": (lambda t: F.one_hot(t, 4), 0, (PLACES,)),
    "searchsorted": (lambda a, b: taeda.searchsorted(a, b), 0, (X.sort(1)[0], Y)),
    "linear algebra": (lambda a: (taeda.linalg.inv(a), taeda.linalg.det(a)), 0, (M[..., :4] + 4 * taeda.eye(4),)),
    "where": (lambda a: taeda.where(a > 0, a, 0.0).clamp(max=1), 0, (M,)),
    "in place": (lambda a: a.clone().add_(1).mul_(a), 0, (M,)),
    "made inside": (lambda a: a + taeda.arange(4) + taeda.full((4,), 2.0), 0, (X,)),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_it_is_the_loop(name: str) -> None:
    function, in_dims, args = CASES[name]
    found, expected = leaves(vmap(function, in_dims)(*args)), looped(function, in_dims, args)
    assert len(found) == len(expected)
    for a, b in zip(found, expected, strict=True):
        taeda.testing.assert_close(a, b)


SUMMED = ["pointwise", "linear", "own linear", "own convolution", "own transposed", "embedding", "attention", "norms",
          "index of each example", "losses", "convolution", "shared table"]  # fmt: skip


@pytest.mark.parametrize("name", SUMMED)
def test_gradients_of_shared_and_own_tensors(name: str) -> None:
    function, in_dims, args = CASES[name]
    dims = in_dims if isinstance(in_dims, tuple) else (in_dims,) * len(args)
    which = [k for k, a in enumerate(args) if a.is_floating_point()]

    def total(outputs: list[Any]) -> Any:
        return sum((o.float().sin() * (k + 1)).sum() for k, o in enumerate(outputs))

    def gradients(call: Any) -> Any:
        own = [a.clone().requires_grad_(k in which) for k, a in enumerate(args)]
        return taeda.autograd.grad(total(call(own)), [own[k] for k in which])

    found = gradients(lambda own: leaves(vmap(function, dims)(*own)))
    expected = gradients(lambda own: looped(function, dims, tuple(own)))
    for a, b in zip(found, expected, strict=True):
        taeda.testing.assert_close(a, b, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["pointwise", "linear", "convolution", "embedding", "norms", "losses"])
def test_gradients_of_each_example(name: str) -> None:
    function, in_dims, args = CASES[name]
    dims = in_dims if isinstance(in_dims, tuple) else (in_dims,) * len(args)
    which = tuple(k for k, a in enumerate(args) if a.is_floating_point())

    def each(*own: Any) -> Any:
        return sum(o.sin().sum() for o in leaves(function(*own)))

    found = vmap(grad(each, which), dims)(*args)
    for a, b in zip(leaves(found), looped(grad(each, which), dims, args), strict=True):
        taeda.testing.assert_close(a, b, rtol=1e-4, atol=1e-5)


def test_nested() -> None:
    table = vmap(vmap(taeda.dot, (None, 0)), (0, None))(X, Y)
    taeda.testing.assert_close(table, X @ Y.t())
    inner = vmap(lambda a: vmap(lambda b: vmap(lambda c: a.sum() * b * c)(V))(V))(X)
    taeda.testing.assert_close(inner, X.sum(1)[:, None, None] * V[:, None] * V)


def test_structures_and_places() -> None:
    result = vmap(lambda d: {"a": d["p"] + d["q"], "b": (d["p"].sum(),)}, out_dims={"a": 1, "b": (0,)})(
        {"p": X, "q": Y})
    taeda.testing.assert_close(result["a"], (X + Y).t())
    taeda.testing.assert_close(result["b"][0], X.sum(1))
    both = vmap(lambda a: (a, V), out_dims=(-1, None))(X)
    assert both[0].shape == (4, 3) and both[1] is V
    assert vmap(lambda a: V)(X).shape == (3, 4)
    assert vmap(lambda a, n: a * n, (0, None))(X, 2).shape == (3, 4)


def test_chunks() -> None:
    taeda.testing.assert_close(vmap(lambda a: (a.sin(), a.sum()), chunk_size=2)(X), (X.sin(), X.sum(1)))


def test_promotion_is_that_of_an_example() -> None:
    assert vmap(lambda a: a * taeda.ones(2, dtype=taeda.float16))(X[:, 0]).dtype == taeda.float16
    assert vmap(lambda a: taeda.ones(2, dtype=taeda.int64) * a)(X[:, 0]).dtype == taeda.float32
    assert vmap(lambda a: a.double() * taeda.ones(2))(X[:, 0]).dtype == taeda.float32


def test_random_numbers() -> None:
    def drop(a: Any) -> Any:
        return F.dropout(a, 0.5)

    ones = taeda.ones(8, 64)
    same, different = vmap(drop, randomness="same")(ones), vmap(drop, randomness="different")(ones)
    assert (same == same[0]).all() and not (different == different[0]).all()
    noise = vmap(lambda a: a + taeda.rand(4), randomness="different")(X) - X
    assert not taeda.allclose(noise[0], noise[1])
    noise = vmap(lambda a: a + taeda.rand(4), randomness="same")(X) - X
    taeda.testing.assert_close(noise[0], noise[1], atol=1e-6, rtol=0)
    for function in (drop, lambda a: a + taeda.rand(4)):
        with pytest.raises(RuntimeError, match="vmap: called random operation while in randomness error mode"):
            vmap(function)(X)
    taeda.testing.assert_close(vmap(lambda a: F.dropout(a, training=False))(X), X)
    taeda.rand(2)  # outside again


def test_lifted_tensors_are_tensors() -> None:
    seen: list[Any] = []

    def look(a: Any) -> Any:
        seen.append((isinstance(a, taeda.Tensor), a.shape, a.dim(), a.dtype, len(a), a.is_contiguous(), repr(a)[:20]))
        return a

    vmap(look)(M)
    inside: list[Any] = []
    vmap(lambda a: inside.append(taeda.func.debug_unwrap(a)) or a)(M)  # type: ignore[func-returns-value]
    assert inside[0] is M
    assert seen == [(True, (4, 5), 2, taeda.float32, 4, True, "BatchedTensor(lvl=1,")]


def test_what_escapes_is_refused() -> None:
    kept: list[Any] = []
    vmap(lambda a: kept.append(a) or a)(X)  # type: ignore[func-returns-value]
    with pytest.raises(NotImplementedError, match="has no memory of its own"):
        kept[0].numpy()
    assert (kept[0] + 1).shape == (4,)  # still lifted, and no harm done
    with pytest.raises(RuntimeError, match=r"\.item\(\)"):
        taeda.tensor([kept[0].sum()])


ERRORS: list[tuple[Any, type[Exception], str]] = [
    (lambda: vmap(lambda a: a if a.sum() > 0 else -a)(X), RuntimeError, "data-dependent control flow"),
    (lambda: vmap(lambda a: a * a.sum().item())(X), RuntimeError, r"vmap over calling .item\(\) on a Tensor"),
    (lambda: vmap(lambda a: taeda.zeros(4).add_(a))(X), RuntimeError, r"aten::add_\(self, \*extra_args\) is not possi"),
    (lambda: vmap(lambda a: a.nonzero())(X), RuntimeError, "do not support batching operators that can output"),
    (lambda: vmap(lambda a: a.requires_grad_())(X), RuntimeError, "You are attempting to call Tensor.requires_grad_"),
    (lambda: vmap(lambda: 1)(), ValueError, "got no inputs"),
    (lambda: vmap(lambda a: a, in_dims=3)(X), ValueError, "Got in_dim=3 for some input"),
    (lambda: vmap(lambda a: a, in_dims=(None,))(X), ValueError, "Expected at least one Tensor to vmap over"),
    (lambda: vmap(lambda a, b: a)(X, V), ValueError, r"got sizes \[3, 4\] for the mapped dimension"),
    (lambda: vmap(lambda a, b: a)(X, 3), ValueError, "We cannot vmap over non-Tensor arguments"),
    (lambda: vmap(lambda a: 3)(X), ValueError, "must only return Tensors, got type <class 'int'>"),
    (lambda: vmap(lambda a: a, randomness="x"), RuntimeError, "Only allowed values for randomness"),
    (lambda: vmap(lambda a: a, out_dims=None)(X), ValueError, "can not return a BatchedTensor when out_dim is None"),
    (lambda: vmap(lambda a: a, in_dims="0")(X), ValueError, "expected `in_dims` to be int or"),
    (lambda: vmap(lambda a: taeda.add(a, 1, out=taeda.empty(4)))(X), RuntimeError, "out= is not there"),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(ERRORS)))
def test_errors(number: int) -> None:
    call, error, words = ERRORS[number]
    with pytest.raises(error, match=words):
        call()
    assert taeda.func.levels.layers() == []
