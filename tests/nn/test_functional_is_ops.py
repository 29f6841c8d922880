"""The functions of `nn.functional` have PyTorch's signatures, and `inplace` is the op's in-place form."""

import inspect
import itertools

import pytest

import taeda
import taeda.nn.functional as F


@pytest.mark.parametrize("name", F.__all__)
def test_signature_is_that_of_pytorch(name):
    functional = pytest.importorskip("torch").nn.functional
    try:
        expected = inspect.signature(getattr(functional, name))
    except ValueError:
        return  # written in C++ there
    if any(p.kind == inspect.Parameter.VAR_KEYWORD for p in expected.parameters.values()):
        return  # a wrapper that hides it
    found = inspect.signature(getattr(F, name))
    for ours, theirs in itertools.zip_longest(found.parameters.values(), expected.parameters.values()):
        assert ours is not None and theirs is not None, (found, expected)
        assert (ours.name, ours.kind, ours.default) == (theirs.name, theirs.kind, theirs.default)


@pytest.mark.parametrize(
    "call",
    [
        lambda x, inplace: F.relu(x, inplace),
        lambda x, inplace: F.elu(x, 0.5, inplace),
        lambda x, inplace: F.elu(alpha=0.5, inplace=inplace, input=x),
        lambda x, inplace: F.hardtanh(x, -0.5, inplace=inplace, max_val=0.5),
        lambda x, inplace: F.silu(input=x, inplace=inplace),
    ],
)
def test_inplace_is_the_in_place_op(call):
    x = taeda.linspace(-2, 2, 9)
    expected = call(x, False)
    assert expected is not x and (x == taeda.linspace(-2, 2, 9)).all()
    version = x._version
    assert call(x, True) is x
    assert (x == expected).all() and x._version == version + 1
