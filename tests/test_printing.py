"""The text of tensors, character by character as PyTorch prints them."""

import math

import numpy
import pytest

from expected import agree

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
    (5, 1, 1, 300), (200, 8),
]  # fmt: skip
DTYPES = ["float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"]


def texts(*tensors):
    return [[repr(t), str(t)] for t in tensors]


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16"])
@pytest.mark.parametrize("name", VALUES)
def test_floats(name, dtype):
    agree(lambda lib: texts(lib.tensor(VALUES[name], dtype=getattr(lib, dtype))))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_and_dtypes(shape, dtype):
    generator = numpy.random.default_rng(0)
    values = (generator.standard_normal(shape) * 30).astype(numpy.float32)
    if dtype in ("uint8", "bool"):
        values = abs(values)
    if dtype == "bool":
        values = values > 20

    def program(lib):
        kind = getattr(lib, dtype)
        return texts(lib.tensor(values.tolist(), dtype=kind) if values.size else lib.zeros(shape, dtype=kind))

    agree(program)


def test_autograd_suffixes():
    def program(lib):
        x = lib.tensor([1.5, 2.0]).requires_grad_()
        wide = lib.tensor([[float(i) + 0.5 for i in range(12)]], dtype=lib.float64).requires_grad_()
        return texts(x, x.exp(), lib.nn.Parameter(x.detach()), wide)

    agree(program)


def test_views():
    def program(lib):
        x = lib.tensor([[1.0, 2.5, 3.0], [4.0, 5.0, 6.0]])
        return texts(x.t(), x[:, 1:], x[0, 0])

    agree(program)


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

    def program(lib):
        x = lib.tensor(values)
        try:
            lib.set_printoptions(**options)
            found = texts(x, x[0], x.to(lib.int64), *([] if options.get("profile") == "full" else [lib.zeros(2000)]))
        finally:
            lib.set_printoptions(profile="default")
        return found + texts(x)

    agree(program)


def test_named_results_print_a_field_a_line():
    def program(lib):
        x = lib.arange(3.0)
        return [repr(r) for r in (x.max(0), lib.linalg.slogdet(lib.eye(2)), lib.aminmax(x), x.sort(), x.topk(2))]

    agree(program)
