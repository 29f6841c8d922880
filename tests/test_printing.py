"""The text of tensors, character by character as PyTorch prints them."""

import math

import numpy
import pytest

import taeda

torch = pytest.importorskip("torch")

VALUES = {
    "whole": [1.0, 2.0, 30.0],
    "digits": [1.5, -2.25, 3.0],
    "wide": [1.0, 1234.5],
    "scientific": [1e-6, 1.0, 3e5],
    "large": [1e9, 2e9],
    "small": [1e-5, 2e-5],
    "special": [math.nan, math.inf, -math.inf, 1.0, 0.0],
    "only special": [math.nan, math.inf],
    "zeros": [0.0, -0.0],
    "negative": [[-1.0, 2.0], [3.0, -4.5]],
    "three": [[[1.0, 2.0]], [[3.0, 4.0]]],
    "scalar": 3.14159,
    "whole scalar": 4.0,
}
SHAPES = [
    (0,), (2, 0), (0, 3, 1), (1,), (40,), (7, 9), (3, 2, 4), (2, 2, 3, 2), (1001,), (30, 40), (8, 2, 100),
    (5, 1, 1, 300),
]  # fmt: skip
DTYPES = ["float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"]


def both(values, dtype):
    """The same numbers as a tensor of each library."""
    theirs = torch.tensor(values, dtype=getattr(torch, dtype))
    ours = taeda.tensor(values, dtype=getattr(taeda, dtype))
    return ours, theirs


def check(ours, theirs):
    assert repr(ours) == repr(theirs)
    assert str(ours) == str(theirs)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16"])
@pytest.mark.parametrize("name", VALUES)
def test_floats(name, dtype):
    check(*both(VALUES[name], dtype))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_and_dtypes(shape, dtype):
    generator = numpy.random.default_rng(0)
    values = (generator.standard_normal(shape) * 30).astype(numpy.float32)
    if dtype in ("uint8", "bool"):
        values = abs(values)
    if dtype == "bool":
        values = values > 20
    if values.size:
        check(*both(values.tolist(), dtype))
    else:
        check(taeda.zeros(shape, dtype=getattr(taeda, dtype)), torch.zeros(shape, dtype=getattr(torch, dtype)))


def test_autograd_suffixes():
    ours, theirs = both([1.5, 2.0], "float32")
    check(ours.requires_grad_(), theirs.requires_grad_())
    check(ours.exp(), theirs.exp())
    check(taeda.nn.Parameter(ours.detach()), torch.nn.Parameter(theirs.detach()))
    wide_ours, wide_theirs = both([[float(i) + 0.5 for i in range(12)]], "float64")
    check(wide_ours.requires_grad_(), wide_theirs.requires_grad_())


def test_views():
    ours, theirs = both([[1.0, 2.5, 3.0], [4.0, 5.0, 6.0]], "float32")
    check(ours.t(), theirs.t())
    check(ours[:, 1:], theirs[:, 1:])
    check(ours[0, 0], theirs[0, 0])


@pytest.mark.parametrize(
    "options",
    [
        {"precision": 2},
        {"precision": 8},
        {"threshold": 5},
        {"threshold": 5, "edgeitems": 1},
        {"threshold": 5, "edgeitems": 0},
        {"linewidth": 30},
        {"sci_mode": True},
        {"sci_mode": False},
        {"profile": "short"},
        {"profile": "full"},
    ],
)
def test_options(options):
    values = [[float(i * j) + (0.25 if i else 0.0) for i in range(6)] for j in range(5)]
    ours, theirs = both(values, "float32")
    try:
        taeda.set_printoptions(**options)
        torch.set_printoptions(**options)
        check(ours, theirs)
        check(ours[0], theirs[0])
        check(ours.to(taeda.int64), theirs.to(torch.int64))
        check(taeda.zeros(2000), torch.zeros(2000)) if options.get("profile") != "full" else None
    finally:
        taeda.set_printoptions(profile="default")
        torch.set_printoptions(profile="default")
    check(ours, theirs)
