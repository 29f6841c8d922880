"""Ops on lists of tensors: each is the op on each, and PyTorch has the same names."""

import pytest

import taeda
from taeda import foreach

try:
    import torch
except ImportError:
    torch = None


def lists(library):
    x, y = ([0.25, 0.5], [[0.75]]), ([2.0, 3.0], [[4.0]])
    return [library.tensor(one) for one in x], [library.tensor(one) for one in y]


def values(results):
    return [x.tolist() for x in results]


@pytest.mark.skipif(torch is None, reason="needs PyTorch, the oracle")
def test_names():
    assert set(foreach.names()) >= {name for name in dir(torch) if name.startswith("_foreach_")}


UNARY = [name for name in foreach.names() if name.removeprefix("_foreach_").removesuffix("_") in foreach._UNARY]


@pytest.mark.parametrize("name", UNARY)
def test_of_one_list(name):
    x, _ = lists(taeda)
    word = name.removeprefix("_foreach_")
    expected = [getattr(taeda.Tensor, word)(one.clone()) for one in x]
    found = getattr(taeda, name)(x)
    assert values(found) == values(expected) and isinstance(found, list if word.endswith("_") else tuple)
    assert not word.endswith("_") or values(x) == values(expected)


CALLS = {
    "a number": lambda t, x, y: t._foreach_add(x, 2),
    "numbers": lambda t, x, y: t._foreach_mul(x, [2.0, 3.0]),
    "a tensor": lambda t, x, y: t._foreach_div(x, t.tensor(2.0)),
    "alpha": lambda t, x, y: t._foreach_sub(x, y, alpha=0.5),
    "in place": lambda t, x, y: (t._foreach_add_(x, y), x)[1],
    "maximum with a number": lambda t, x, y: t._foreach_maximum(x, 0.5),
    "clamp": lambda t, x, y: t._foreach_clamp_max(x, y),
    "power of a number": lambda t, x, y: t._foreach_pow(2.0, x),
    "powers": lambda t, x, y: t._foreach_pow(x, [2, 3]),
    "copy": lambda t, x, y: t._foreach_copy_(x, y),
    "value": lambda t, x, y: t._foreach_addcmul(x, y, y, value=0.5),
    "values": lambda t, x, y: t._foreach_addcdiv_(x, y, y, [1.0, 2.0]),
    "values in a tensor": lambda t, x, y: t._foreach_addcdiv(x, y, y, t.tensor([1.0, 2.0])),
    "weight": lambda t, x, y: t._foreach_lerp_(x, y, 0.5),
    "weights": lambda t, x, y: t._foreach_lerp(x, y, x),
    "norm": lambda t, x, y: t._foreach_norm(x),
    "largest": lambda t, x, y: t._foreach_norm(y, float("inf")),
    "products": lambda t, x, y: t._foreach_mm([x[1]], [y[1]]),
}
EXPECTED = {
    "a number": [[2.25, 2.5], [[2.75]]],
    "numbers": [[0.5, 1.0], [[2.25]]],
    "alpha": [[-0.75, -1.0], [[-1.25]]],
    "power of a number": [[2**0.25, 2**0.5], [[2**0.75]]],
    "values": [[1.25, 1.5], [[2.75]]],
    "weight": [[1.125, 1.75], [[2.375]]],
    "largest": [3.0, 4.0],
}


@pytest.mark.parametrize("what", CALLS)
def test_of_several(what):
    found = values(CALLS[what](taeda, *lists(taeda)))
    if what in EXPECTED:
        taeda.testing.assert_close(found, EXPECTED[what])
    if torch is not None:
        taeda.testing.assert_close(found, values(CALLS[what](torch, *lists(torch))))


@pytest.mark.parametrize("call, error, message", [
    (lambda x, y: taeda._foreach_add(x, y[:1]), RuntimeError, "must have the same number of tensors, got 2 and 1"),
    (lambda x, y: taeda._foreach_abs([]), RuntimeError, "Tensor list must have at least one tensor."),
    (lambda x, y: taeda._foreach_mul(x, [1.0]), RuntimeError, "must have same number of elements as scalar list"),
    (lambda x, y: taeda._foreach_add(x, taeda.ones(2)), RuntimeError, "scalar tensor expected to be 0 dim"),
    (lambda x, y: taeda._foreach_abs(1), TypeError, "argument 'self' must be tuple of Tensors, not int"),
    (lambda x, y: taeda._foreach_abs([1]), TypeError, "argument 'self' must be tuple of Tensors, not int"),
    (lambda x, y: taeda._foreach_nothing(x), AttributeError, "no attribute '_foreach_nothing'"),
])  # fmt: skip
def test_what_does_not_fit(call, error, message):
    with pytest.raises(error, match=message):
        call(*lists(taeda))


def test_gradients():
    x = [taeda.ones(2, requires_grad=True)]
    taeda._foreach_mul(x, 3.0)[0].sum().backward()
    assert x[0].grad.tolist() == [3.0, 3.0]
