"""What `nn.functional` exports are ops, with PyTorch's signatures; `inplace` is the op's in-place form."""

import copy
import inspect
import itertools
import pickle

import pytest
from taeda._core import Op

import taeda
import taeda.nn.functional as F

FUNCTIONS = {
    "gumbel_softmax": "passes the gradient of the soft sample through the hard one, which no op does",
    "interpolate": "sizes, factors and lists of them, with None among them, lead to other numbers of ops",
    **dict.fromkeys(["upsample", "upsample_bilinear", "upsample_nearest"], "deprecated names of interpolate"),
    **dict.fromkeys(["batch_norm", "instance_norm"], "write to the running statistics"),
    **dict.fromkeys(["embedding", "embedding_bag"], "rewrite rows of the weight where max_norm is given"),
    "multi_head_attention_forward": "a layer: projections, masks and weights around the attention op",
    "ctc_loss": "one step of the sums for each step of time, and so a number of ops that depends on a size",
    "linear_cross_entropy": "chunks of rows, so that all logits never lie in memory at once",
    **dict.fromkeys([f"fractional_max_pool{n}d{end}" for n in (2, 3) for end in ("", "_with_indices")],
                    "draws the distances of its windows"),
    "triplet_margin_with_distance_loss": "calls a function of the user's",
}


@pytest.mark.parametrize("name", F.__all__)
def test_is_an_op_unless_there_is_a_reason(name):
    assert isinstance(getattr(F, name), Op) != (name in FUNCTIONS)


@pytest.mark.parametrize("name", ["relu", "silu", "gelu", "mse_loss", "conv2d", "max_pool2d", "softmax", "dropout"])
def test_is_copied_and_pickled_by_name(name):
    function = getattr(F, name)
    assert copy.deepcopy(function) is function
    assert pickle.loads(pickle.dumps(function)) is function


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
