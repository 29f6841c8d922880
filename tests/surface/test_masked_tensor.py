"""`MaskedTensor`, against PyTorch: what is computed, printed and refused, and gradients."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

import taeda
from expected import agree
from taeda.masked import MaskedTensor, as_masked_tensor, is_masked_tensor, masked_tensor

CALLS = [
    "x", "x + x", "x * 2", "x + y", "x + z", "x.sum()", "x.sum(1)", "x.mean(0)", "x.amax(1)", "x.amin(0)",
    "x.argmin(1)", "x.argmax()", "x.prod()", "x.all()", "x.all(1)", "x.std(1)", "x.var(1)", "x.get_data()",
    "x.get_mask()", "x.to_tensor(0.0)", "x[0]", "x[0, 1]", "x[:, 1:]", "x[x.get_mask()]", "x.t()", "x.reshape(6)",
    "x.view(3, 2)", "x.transpose(0, 1)", "x.unsqueeze(0)", "torch.where(m, x, x)", "x == x", "x > 1", "x.shape",
    "x.to(torch.float64)", "x.clone()", "x.detach()", "is_masked_tensor(x)", "x.item()", "x.softmax(-1)", "x.sqrt_()",
    "x.add_(1)", "torch.cat([x, x])", "torch.stack([x, x])", "x.split(1)", "x.chunk(2)", "x.expand(2, 2, 3)",
    "x.flatten()", "x.is_contiguous()", "x.isnan()", "x.half()", "x.bool()", "masked_tensor(d, m.float())",
    "masked_tensor(d, torch.ones(3, dtype=torch.bool))", "masked_tensor(x, m)", "as_masked_tensor(d, m)",
    "MaskedTensor(d, m)", "-x", "2 / x", "x ** 2", "x.numel()", "len(x)",
    "masked_tensor(torch.tensor(3.0), torch.tensor(False))",
    "masked_tensor(torch.arange(4), torch.tensor([True, False, True, True]))", "torch.ones_like(x)", "x.max()",
    "x.to_dense()", "torch.nan_to_num(x)", "x.clamp(0, 2)", "x + d", "d + x", "torch.maximum(x, x)",
    "x.unfold(1, 2, 1)", "x.narrow(1, 0, 2)", "x.broadcast_to(2, 2, 3)", "x.copy_(x)", "x.masked_fill(m, 0)",
    "[(g * 2).sum().backward(), g.grad.to_tensor(9.0)]",
    "[g.sum(1).to_tensor(0.0).sum().backward(), g.grad.to_tensor(9.0)]",
    "[(g.softmax(1) * d).to_tensor(0.0).sum().backward(), g.grad.to_tensor(0.0)]",
]  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
def test_like_torch(call: str) -> None:
    def program(torch: Any) -> Any:
        d = torch.tensor([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]])
        m = torch.tensor([[True, False, True], [False, True, True]])
        make = torch.masked.masked_tensor
        values = {name: getattr(torch.masked, name) for name in ("masked_tensor", "as_masked_tensor", "MaskedTensor",
                                                                 "is_masked_tensor")}
        values.update(torch=torch, d=d, m=m, x=make(d.clone(), m), y=make(d * 10, m), z=make(d, ~m),
                      g=make(d.clone(), m, requires_grad=True))
        found = eval(call, values)

        def shown(value: Any) -> Any:
            if isinstance(value, (list, tuple)):
                return [shown(v) for v in value]
            if torch.masked.is_masked_tensor(value):
                return [repr(value), value.to_tensor(0), value.get_mask()]
            return value

        return shown(found)

    agree(program, rtol=1e-5, atol=1e-6, messages=False)


def test_what_does_not_count_has_no_influence() -> None:
    mask = taeda.tensor([[True, False, True], [False, True, True]])
    data = taeda.tensor([[1.0, -1.0, 2.0], [taeda.nan, 4.0, 5.0]], requires_grad=True)
    x = as_masked_tensor(data, mask)
    y = (x.sqrt() * 2).sum(1)
    assert y.get_mask().tolist() == [True, True]
    taeda.testing.assert_close(y.get_data(), taeda.tensor([2 + 2 * 2**0.5, 4 + 2 * 5**0.5]))
    x.sum().get_data().backward()
    assert data.grad.tolist() == [[1, 0, 1], [0, 1, 1]]


def test_rows_without_an_element() -> None:
    x = masked_tensor(taeda.ones(2, 2), taeda.tensor([[True, False], [False, False]]))
    assert repr(x.sum(1)) == "MaskedTensor(\n  [  1.0000,       --]\n)"
    assert x.tolist() == [[1.0, None], [None, None]]


def test_copies_and_pickles() -> None:
    x = masked_tensor(taeda.arange(3.0), taeda.tensor([True, False, True]), requires_grad=True)
    for made in (copy.deepcopy(x), pickle.loads(pickle.dumps(x.detach()))):
        assert is_masked_tensor(made) and taeda.equal(made.detach(), x.detach())
    assert isinstance(x, MaskedTensor) and x.requires_grad and x.is_leaf


def test_what_is_refused_says_what_to_do() -> None:
    x = masked_tensor(taeda.ones(2, 2), taeda.ones(2, 2, dtype=taeda.bool))
    with pytest.raises(TypeError, match=r"torch\.matmul.*get_data\(\)"):
        x @ x
    with pytest.raises(RuntimeError, match="to_tensor"):
        x.numpy()
    with pytest.raises(TypeError, match="complex64 is not supported"):
        masked_tensor(taeda.ones(2, dtype=taeda.complex64), taeda.ones(2, dtype=taeda.bool))
    with pytest.raises(TypeError, match="others"):
        taeda.cat([x, taeda.ones(2, 2)])


def test_elements_as_numbers() -> None:
    one = masked_tensor(taeda.tensor([3]), taeda.tensor([True]))
    assert one.item() == int(one) == one.__index__() == 3 and bool(one) and 3 in one
    assert taeda.ones(1, dtype=taeda.int64).add_(one).tolist() == [4]
    hidden = masked_tensor(taeda.tensor([3]), taeda.tensor([False]))
    for call in (hidden.item, hidden.__index__, lambda: 3 in hidden, lambda: taeda.ones(1).add_(hidden)):
        with pytest.raises(RuntimeError, match=r"does not count; use to_tensor\(value\)"):
            call()


def test_several_results() -> None:
    mantissa, exponent = taeda.frexp(masked_tensor(taeda.tensor([1.0, 6.0]), taeda.tensor([False, True])))
    assert mantissa.tolist() == [None, 0.75] and exponent.tolist() == [None, 3]
