"""Sparse gradients of embeddings, and the optimizers that take them."""

from __future__ import annotations

from typing import Any

import pytest

import taeda
from expected import agree

OPTIMIZERS: dict[str, Any] = {
    "SGD": lambda o, w: o.SGD([w], lr=0.1),
    "SGD with momentum": lambda o, w: o.SGD([w], lr=0.1, momentum=0.9, nesterov=True),
    "SGD that maximizes": lambda o, w: o.SGD([w], lr=0.01, maximize=True),
    "SparseAdam": lambda o, w: o.SparseAdam([w], lr=0.1),
    "Adagrad": lambda o, w: o.Adagrad([w], lr=0.1, lr_decay=0.1),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.filterwarnings("ignore")
def test_training(name: str) -> None:
    def program(lib: Any) -> Any:
        w = (lib.arange(30.0).reshape(10, 3) / 10).clone().requires_grad_()
        optimizer = OPTIMIZERS[name](lib.optim, w)
        for k in range(4):
            optimizer.zero_grad()
            index = lib.tensor([[1, 2, 1], [k, 9, 5]])
            y = lib.nn.functional.embedding(index, w, sparse=True, padding_idx=5)
            z = lib.nn.functional.embedding_bag(index, w, sparse=True, mode="mean")
            ((y**2).sum() + (z**3).sum()).backward()
            gradient = w.grad.coalesce()
            optimizer.step()
        return [w.detach(), str(w.grad.layout), gradient.indices(), gradient.values()]

    agree(program, 1e-4, 1e-4)


@pytest.mark.filterwarnings("ignore")
def test_where_gradients_meet() -> None:
    """Sparse and strided ones are added; the backward of other ops gets them strided."""

    def program(lib: Any) -> Any:
        found = []
        for after in (lambda w: w.sum(), lambda w: lib.nn.functional.embedding(lib.tensor([0]), w, sparse=True).sum()):
            w = lib.arange(6.0).reshape(3, 2).requires_grad_()
            for _ in range(2):
                (lib.nn.functional.embedding(lib.tensor([1, 2, 1]), w, sparse=True).sum() + after(w)).backward()
            found += [str(w.grad.layout), w.grad.to_dense()]
        w = lib.arange(6.0).reshape(3, 2).requires_grad_()
        lib.nn.functional.embedding(lib.tensor([1, 2]), w * 2, sparse=True).sum().backward()
        seen: list[Any] = []
        v = lib.ones(4, 2, requires_grad=True)
        v.register_hook(lambda g: seen.append([str(g.layout), g.to_dense()]))
        lib.nn.functional.embedding(lib.tensor([3, 3]), v, sparse=True).sum().backward()
        return [*found, w.grad.to_dense(), seen]

    agree(program)


@pytest.mark.parametrize("mode", ["sum", "mean"])
@pytest.mark.filterwarnings("ignore")
def test_modules(mode: str) -> None:
    def program(lib: Any) -> Any:
        table = lib.nn.Embedding(5, 2, sparse=True, padding_idx=0)
        bag = lib.nn.EmbeddingBag(5, 2, sparse=True, mode=mode)
        with lib.no_grad():
            for p in (table.weight, bag.weight):
                p.copy_(lib.arange(10.0).reshape(5, 2))
        index = lib.tensor([[1, 0], [4, 1]])
        (table(index) ** 2).sum().backward()
        (bag(index) ** 2).sum().backward()
        return [table.weight.grad.to_dense(), bag.weight.grad.to_dense(), table.weight.grad.is_sparse, repr(table)]

    agree(program)


@pytest.mark.parametrize("program", [
    lambda lib: lib.optim.SparseAdam([lib.ones(2, requires_grad=True)], lr=-1.0),
    lambda lib: lib.nn.functional.embedding_bag(lib.tensor([[0]]), lib.ones(2, 2), sparse=True, mode="max"),
    lambda lib: lib.nn.functional.embedding_bag(lib.tensor([[0]]), lib.ones(2, 2), scale_grad_by_freq=True, mode="max"),
])  # fmt: skip
def test_refusals(program: Any) -> None:
    agree(program)


def test_dense_gradients_are_refused() -> None:
    w = taeda.ones(2, requires_grad=True)
    w.sum().backward()
    with pytest.raises(RuntimeError, match="SparseAdam does not support dense gradients"):
        taeda.optim.SparseAdam([w]).step()
    with pytest.raises(RuntimeError, match="Adam does not support sparse gradients"):
        v = taeda.ones(3, 2, requires_grad=True)
        taeda.nn.functional.embedding(taeda.tensor([1]), v, sparse=True).sum().backward()
        taeda.optim.Adam([v]).step()


class Doubled(taeda.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        return x * 2

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        return gradients[0] * 2


class Listed(taeda.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        return x.detach().to_sparse()

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        return gradients[0].to_dense()


def test_functions_that_would_lose_gradients() -> None:
    x = taeda.eye(2).to_sparse()
    assert taeda.equal(Doubled.apply(x).to_dense(), 2 * taeda.eye(2))
    with pytest.raises(NotImplementedError, match="sparse tensor that requires a gradient"):
        Doubled.apply(x.requires_grad_())
    with pytest.raises(NotImplementedError, match="returns a sparse tensor"):
        Listed.apply(taeda.ones(2, requires_grad=True))


@pytest.mark.parametrize("layout", [taeda.sparse_coo, taeda.sparse_csr])
def test_updates_of_leaves_by_hand(layout: Any) -> None:
    x = taeda.eye(3).to_sparse(layout=layout).requires_grad_()
    x.to_dense().pow(2).sum().backward()
    with taeda.no_grad():
        x.sub_(x.grad * 0.25).mul_(2)
    assert x.requires_grad and x.is_leaf and x.to_dense().tolist() == taeda.eye(3).tolist()
    assert x.grad.to_dense().tolist() == (taeda.eye(3) * 2).tolist()
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        x.mul_(2)
