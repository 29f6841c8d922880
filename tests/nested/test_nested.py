"""Nested tensors: against PyTorch's, and against the same computation of each component by itself."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy
import pytest

import taeda
import taeda.nn.functional as F
from expected import agree
from taeda.nested import nested_tensor, nested_tensor_from_jagged

CALLS = [
    "(n * 2).values()", "(n + n).values()", "(n + row).values()", "(n * per_component).values()", "n.exp().unbind()",
    "F.gelu(n).values()", "(n == n).values()", "torch.where(n > 1, n, 0.0).values()",
    "n.masked_fill(n > 3, 0.0).values()",
    "n.softmax(-1).values()", "n.softmax(1).values()", "n.sum()", "n.sum(1)", "n.sum(1, keepdim=True)",
    "n.sum(2).values()", "n.sum((0, 1))", "n.mean(1)", "n.mean((0, 1))", "n.amax(1)", "n.amin(1)", "n.argmax(1)",
    "n.max()", "n.any(1)", "n.all()", "n.to_padded_tensor(-1.0)", "n.to_padded_tensor(0.0, (3, 6, 4))",
    "n.unbind()", "n[1]", "n[1, 2]", "n[..., 1].values()", "n.transpose(1, 2).values()",
    "n.permute(0, 2, 1).values()", "n.unsqueeze(-1).values()", "n.unsqueeze(1).values()",
    "n.view(3, -1, 2, 2).values()",
    "n.reshape(3, n.size(1), 4).values()", "n.unflatten(-1, (2, 2)).values()",
    "n.unflatten(-1, (2, 2)).flatten(-2).values()",
    "[p.values() for p in n.chunk(2, -1)]", "[p.values() for p in n.split([1, 3], -1)]",
    "[p.values() for p in n.chunk(2, 0)]", "(n @ matrix).values()", "torch.bmm(n, matrices).values()",
    "F.linear(n, matrix.t()).values()", "F.layer_norm(n, (4,)).values()", "torch.cat([n, n * 2], -1).values()",
    "n.to(torch.float64).values()", "torch.zeros_like(n).values()", "n.clone().values()", "n.detach().values()",
    "n.offsets()", "n.lengths()", "len(n)", "n.dim()", "n.numel()", "n.is_contiguous()",
    "n.transpose(1, 2).is_contiguous()", "n.size(0)", "n.size(2)", "n.is_nested", "str(n.layout)", "n._max_seqlen",
    "n._min_seqlen", "n.shape == (n * 2).shape", "n.shape == other.shape", "n.size(1) >= 2", "n.size(1) == 4",
    "torch.nested.as_nested_tensor(torch.arange(12.0).reshape(2, 3, 2), layout=torch.jagged).unbind()",
    "torch.nested.nested_tensor_from_jagged(row8, lengths=torch.tensor([3, 5])).unbind()",
    "torch.nested.masked_select(matrix, matrix > 0).unbind()",
    "torch.nested.narrow(padded, 1, torch.tensor([0, 1]), torch.tensor([2, 3]), layout=torch.jagged).unbind()",
    # What is refused.
    "n.sum(0)", "n.transpose(0, 1)", "n.flatten(1, 2)", "n.size(3)", "n.item()",
    "torch.nested.nested_tensor_from_jagged(row8)",
    "torch.nested.nested_tensor([matrix, row8], layout=torch.jagged)",
]  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
def test_like_torch(call: str) -> None:
    def program(torch: Any) -> Any:
        parts = [(torch.arange(float(k * 4)).reshape(k, 4) * 1.3) % 5 for k in (2, 4, 3)]
        n = torch.nested.nested_tensor(parts, layout=torch.jagged)
        values = {
            "torch": torch, "F": torch.nn.functional, "n": n,
            "other": torch.nested.nested_tensor(parts, layout=torch.jagged),
            "row": torch.arange(4.0), "per_component": torch.arange(12.0).reshape(3, 1, 4), "row8": torch.arange(8.0),
            "matrix": torch.arange(12.0).reshape(4, 3) % 5 - 2, "matrices": torch.arange(24.0).reshape(3, 4, 2) % 7,
            "padded": torch.arange(16.0).reshape(2, 4, 2),
        }
        return eval(call, values)

    agree(program, rtol=1e-5, atol=1e-6)


def components(width: int = 4, sizes: tuple[int, ...] = (3, 1, 5)) -> list[Any]:
    random = numpy.random.RandomState(0)
    return [taeda.tensor(random.randn(n, width).astype("float32")) for n in sizes]


def attention(x: Any, causal: bool = False) -> Any:
    """Two heads, of a nested tensor or of one component."""
    q, k, v = (t.unflatten(-1, (2, -1)).transpose(-3, -2) for t in x.chunk(3, -1))
    if not x.is_nested:
        q, k, v = q[None], k[None], v[None]
    y = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
    return y.transpose(1, 2).flatten(-2) if x.is_nested else y[0].transpose(0, 1).flatten(-2)


WEIGHT = taeda.tensor(numpy.random.RandomState(1).randn(12, 4).astype("float32"))
# name: (of a nested tensor or a component, of how many dimensions the result is then)
SAME: dict[str, Callable[[Any], Any]] = {
    "pointwise": lambda x: (x * 2 + 1).tanh() * x.sigmoid(),
    "gelu": lambda x: F.gelu(x),
    "linear": lambda x: F.linear(x, WEIGHT),
    "layer norm": lambda x: F.layer_norm(x, (4,)),
    "rms norm": lambda x: F.rms_norm(x, (4,)),
    "softmax over features": lambda x: x.softmax(-1),
    "softmax over rows": lambda x: x.softmax(-2),
    "log softmax over rows": lambda x: F.log_softmax(x, -2),
    "cumulative sum over rows": lambda x: x.cumsum(-2),
    "parts": lambda x: taeda.cat([x[..., :1], x[..., 2:] * 3], -1),
    "transposed": lambda x: x.transpose(-2, -1) * 2,
    "attention": lambda x: attention(F.linear(x, WEIGHT)),
    "causal attention": lambda x: attention(F.linear(x, WEIGHT), causal=True),
    "normalize": lambda x: F.normalize(x, dim=-1),
}  # fmt: skip
TO_ROWS: dict[str, Callable[[Any], Any]] = {
    "sum": lambda x: x.sum(-2), "mean": lambda x: x.mean(-2), "max": lambda x: x.amax(-2),
    "max with places": lambda x: x.max(-2).values, "sum of squares": lambda x: (x * x).sum(-2),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_of_each_component(name: str) -> None:
    parts = [p.requires_grad_() for p in components()]
    n = nested_tensor(components(), layout=taeda.jagged, requires_grad=True)
    whole = SAME[name](n)
    alone = [SAME[name](p) for p in parts]
    assert whole.is_nested
    loss = taeda.zeros(())
    for got, want in zip(whole.unbind(), alone, strict=True):
        taeda.testing.assert_close(got, want)
        loss = loss + (want * want).sum()
    (whole * whole).sum().backward()
    loss.backward()
    assert n.grad.is_nested
    for got, part in zip(n.grad.unbind(), parts, strict=True):
        taeda.testing.assert_close(got, part.grad)


@pytest.mark.parametrize("name", TO_ROWS)
def test_reductions_of_each_component(name: str) -> None:
    parts = [p.requires_grad_() for p in components()]
    n = nested_tensor(components(), layout=taeda.jagged, requires_grad=True)
    whole = TO_ROWS[name](n)
    alone = taeda.stack([TO_ROWS[name](p) for p in parts])
    taeda.testing.assert_close(whole, alone)
    (whole * whole).sum().backward()
    (alone * alone).sum().backward()
    for got, part in zip(n.grad.unbind(), parts, strict=True):
        taeda.testing.assert_close(got, part.grad)


def test_bits_of_a_component_do_not_depend_on_the_others() -> None:
    parts = components(64, (7, 30, 2))
    linear = taeda.nn.Linear(64, 64)
    together = linear(nested_tensor(parts, layout=taeda.jagged)).unbind()
    assert all(taeda.equal(got, linear(p)) for got, p in zip(together, parts, strict=True))


def test_padding_and_back() -> None:
    n = nested_tensor(components(), layout=taeda.jagged, requires_grad=True)
    padded = n.to_padded_tensor(7.0)
    assert padded.shape == (3, 5, 4) and bool((padded[1, 1:] == 7).all())
    back = taeda.nested.narrow(padded, 1, 0, taeda.tensor([3, 1, 5]), layout=taeda.jagged)
    assert not back.is_contiguous()
    taeda.testing.assert_close(back.contiguous().values(), n.values())
    back.contiguous().sum().backward()
    assert bool((n.grad.values() == 1).all())


def test_rows_that_belong_to_no_component() -> None:
    values = taeda.arange(10.0).reshape(5, 2)
    n = nested_tensor_from_jagged(values, taeda.tensor([0, 2, 5]), taeda.tensor([1, 2]))
    assert [t.tolist() for t in n.unbind()] == [[[0, 1]], [[4, 5], [6, 7]]]
    assert n.numel() == 6 and float(n.sum()) == 23
    assert n.sum(1).tolist() == [[0, 1], [10, 12]]
    assert [t.tolist() for t in (n * 2).unbind()] == [[[0, 2]], [[8, 10], [12, 14]]]


def test_layout_strided_has_no_shape() -> None:
    n = nested_tensor(components())
    assert n.layout is taeda.strided and n.size(0) == 3 and n.size(-1) == 4
    with pytest.raises(RuntimeError, match="doesn't support sizes"):
        _ = n.shape
    with pytest.raises(RuntimeError, match="Given dimension 1 is irregular"):
        n.size(1)
    assert repr(nested_tensor([taeda.ones(1), taeda.zeros(2)])) == \
        "nested_tensor([\n  tensor([1.]),\n  tensor([0., 0.])\n])"
    assert repr(nested_tensor([taeda.ones(2, 1, 1)])) == \
        "nested_tensor([\n  tensor([[[1.]],\n  \n          [[1.]]])\n])"
    learned = nested_tensor([taeda.ones(1)], requires_grad=True)
    assert repr(learned) == "nested_tensor([\n  tensor([1.], requires_grad=True)\n], requires_grad=True)"
    assert repr(learned * 2) == "nested_tensor([\n  tensor([2.], requires_grad=True)\n], grad_fn=<MulBackward0>)"
    taeda.testing.assert_close(F.linear(n, WEIGHT).unbind()[1], F.linear(components()[1], WEIGHT))


def test_a_model_learns_from_sequences_of_different_lengths() -> None:
    taeda.manual_seed(0)
    random = numpy.random.RandomState(0)
    model = taeda.nn.ModuleDict({"embed": taeda.nn.Embedding(20, 12), "mix": taeda.nn.Linear(12, 36),
                                 "out": taeda.nn.Linear(12, 2)})
    optimizer = taeda.optim.AdamW(model.parameters(), lr=0.02)
    losses = []
    for _ in range(40):
        texts = [taeda.tensor(random.randint(0, 20, random.randint(1, 9))) for _ in range(16)]
        labels = taeda.tensor([int((t < 5).any()) for t in texts])
        x = model["embed"](nested_tensor(texts, layout=taeda.jagged))
        y = x + attention(model["mix"](x))
        loss = F.cross_entropy(model["out"](y.mean(1)), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss))
    assert sum(losses[-5:]) < 0.6 * sum(losses[:5])


def test_a_gradient_reaches_the_components() -> None:
    parts = [p.requires_grad_() for p in components()]
    n = taeda.nested.as_nested_tensor(parts, layout=taeda.jagged)
    (n * n).sum().backward()
    for p in parts:
        taeda.testing.assert_close(p.grad, 2 * p.detach())


def test_copies_and_pickles() -> None:
    n = nested_tensor(components(), layout=taeda.jagged, requires_grad=True)
    for made in (copy.deepcopy(n), pickle.loads(pickle.dumps(n.detach()))):
        assert made.is_nested and taeda.equal(made.values().detach(), n.values().detach())
        assert made.offsets().tolist() == [0, 3, 4, 9]
    assert copy.deepcopy(n).requires_grad


def test_in_place() -> None:
    n = nested_tensor(components(), layout=taeda.jagged)
    before = n.values().clone()
    n.mul_(2)
    taeda.testing.assert_close(n.values(), before * 2)
    n.copy_(n * 0 + 1)
    assert bool((n.values() == 1).all())


@pytest.mark.parametrize("offsets, lengths", [
    ([0, 2, 9], None), ([0, 4, 2, 5], None), ([-1, 5], None), ([1, 5], None), ([], None), ([0, 2], None),
    ([0, 2, 5], [1, 9]), ([0, 2, 5], [-1, 2]), ([0, 2, 5], [1]),
])  # fmt: skip
def test_offsets_outside_of_the_values_are_refused(offsets: list[int], lengths: list[int] | None) -> None:
    with pytest.raises(RuntimeError):
        nested_tensor_from_jagged(taeda.ones(5, 2), taeda.tensor(offsets, dtype=taeda.int64),
                                  None if lengths is None else taeda.tensor(lengths))


def test_what_is_refused_says_what_to_do() -> None:
    n = nested_tensor(components(), layout=taeda.jagged)
    m = nested_tensor(components(), layout=taeda.jagged)
    with pytest.raises(RuntimeError, match=r"add with inputs of shapes .* made by nested_tensor_from_jagged"):
        n + m
    with pytest.raises(NotImplementedError, match=r"median\(\): not supported for nested tensors"):
        n.median()
    with pytest.raises(RuntimeError, match="the ragged dimension must be kept"):
        n.view(3, 12)
    with pytest.raises(RuntimeError, match="query, key and value must all be nested"):
        F.scaled_dot_product_attention(n, taeda.ones(3, 2, 2), n)
    with pytest.raises(NotImplementedError, match="differ in 2 dimensions"):
        nested_tensor([taeda.ones(2, 3), taeda.ones(3, 4)])
    with pytest.raises(TypeError, match="expected a list of tensors"):
        nested_tensor(3)


def test_printing() -> None:
    n = nested_tensor([[1, 2], [3]], layout=taeda.jagged)
    assert repr(n) == f"NestedTensor(size=(2, {n.size(1)}), offsets=tensor([0, 2, 3]), contiguous=True)"


def test_no_components() -> None:
    n = nested_tensor_from_jagged(taeda.ones(0, 3), taeda.tensor([0]))
    assert n.size(0) == 0 and n.unbind() == () and n.sum(1).shape == (0, 3) and float(n.sum()) == 0
    assert n.to_padded_tensor(0.0).shape == (0, 0, 3)


def test_inference_mode() -> None:
    with taeda.inference_mode():
        x = nested_tensor([taeda.ones(2, 4), taeda.ones(3, 4)], layout=taeda.jagged)
        y = nested_tensor_from_jagged(taeda.ones(5, 4), x.offsets())
        assert (x + y).sum(1).tolist() == [[4.0] * 4, [6.0] * 4]
        narrowed = taeda.nested.narrow(taeda.ones(2, 3, 4), 1, 1, taeda.tensor([1, 2]), layout=taeda.jagged)
        assert [len(c) for c in narrowed.unbind()] == [1, 2]


def test_in_place_without_a_shape() -> None:
    x = nested_tensor([taeda.ones(2, 4), taeda.ones(3, 4)])
    assert x.add_(1) is x and x.mul_(taeda.arange(4.0)) is x
    assert [c.tolist() for c in x.unbind()] == [[[0.0, 2.0, 4.0, 6.0]] * n for n in (2, 3)]
    with pytest.raises(RuntimeError, match="doesn't match the broadcast shape"):
        nested_tensor([taeda.ones(2, 1), taeda.ones(3, 1)]).add_(taeda.ones(4))


def test_one_element() -> None:
    one = nested_tensor([taeda.full((1, 1), 3)], layout=taeda.jagged)
    assert one.item() == int(one) == one.__index__() == 3 and bool(one) and 3 in one
    with pytest.raises(NotImplementedError, match=r"to_dense\(\): not supported for nested tensors"):
        nested_tensor(components(), layout=taeda.jagged).to_dense()


def test_random_like_takes_a_generator() -> None:
    n = nested_tensor([taeda.ones(2, 4), taeda.ones(3, 4)], layout=taeda.jagged)
    for call in (taeda.rand_like, taeda.randn_like, lambda x, **named: taeda.randint_like(x, 2, 100, **named)):
        a, b = (call(n, generator=taeda.Generator().manual_seed(3)) for _ in range(2))
        assert a.size(1) == n.size(1) and taeda.equal(a, b) and len(a.values().unique()) > 1


def test_in_place_ops_write_to_the_values() -> None:
    values = taeda.arange(10.0).reshape(5, 2)
    n = nested_tensor_from_jagged(values, taeda.tensor([0, 2, 5]))
    first = n[0]
    assert n.add_(1).mul_(nested_tensor_from_jagged(taeda.full((5, 2), 2.0), n.offsets())).clamp_(max=12) is n
    assert n.values() is values and values.tolist() == [[2, 4], [6, 8], [10, 12], [12, 12], [12, 12]]
    assert first.tolist() == [[2, 4], [6, 8]] and n.zero_() is n and float(values.sum()) == 0
    with pytest.raises(RuntimeError, match="can't be cast"):
        nested_tensor([[1], [2, 3]], layout=taeda.jagged).add_(0.5)


def test_gradients_through_in_place_ops() -> None:
    values = taeda.arange(5.0, requires_grad=True)
    n = nested_tensor_from_jagged(values * 1, taeda.tensor([0, 2, 5]))
    n.mul_(taeda.tensor([[2.0], [3.0]])).exp_()
    n.sum().backward()
    factors = taeda.tensor([2.0, 2.0, 3.0, 3.0, 3.0])
    assert taeda.allclose(values.grad, factors * (factors * values.detach()).exp())
    assert "ExpBackward0" in repr(n)
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        nested_tensor(components(), requires_grad=True).add_(1)
