"""`assert_close` and `make_tensor`, with PyTorch's messages."""

import pytest

import taeda
from expected import agree
from taeda.testing import assert_close, make_tensor

NAN = float("nan")
CASES = [
    (lambda t: (1.0, 2.0), {}),
    (lambda t: (1, 2), {}),
    (lambda t: (1, 2.0), {}),
    (lambda t: (True, False), {}),
    (lambda t: ([1, 2], [1, 3]), {}),
    (lambda t: ([1], [1, 3]), {}),
    (lambda t: ({"a": 1}, {"b": 1}), {}),
    (lambda t: (t.tensor([1.0, 2.0, 3.0]), t.tensor([1.0, 5.0, 3.0])), {}),
    (lambda t: (t.tensor([1, 2, 3]), t.tensor([1, 5, 4])), {}),
    (lambda t: (t.tensor(1.0), t.tensor(2.0)), {}),
    (lambda t: (t.tensor(1.0), t.tensor([2.0])), {}),
    (lambda t: (t.tensor(1.0), t.tensor(2)), {}),
    (lambda t: (None, t.tensor(2)), {}),
    (lambda t: (t.tensor([1.0, NAN]), t.tensor([1.0, NAN])), {}),
    (lambda t: (t.tensor([1.0, NAN]), t.tensor([1.0, NAN])), {"equal_nan": True}),
    (lambda t: ({"x": [t.zeros(2), t.zeros(3)]}, {"x": [t.zeros(2), t.ones(3)]}), {}),
    (lambda t: (1.0, 1.1), {"rtol": 0, "atol": 0}),
    (lambda t: (1.0, 1.1), {"rtol": 0}),
    (lambda t: (t.zeros(2, 2), t.ones(2, 2)), {"msg": "other words"}),
    (lambda t: (t.tensor([True, False]), t.tensor([True, True])), {}),
    (lambda t: (t.tensor([1.0]), t.tensor([1.0 + 1e-6])), {}),
]


@pytest.mark.parametrize("case", range(len(CASES)))
def test_assert_close(case: int) -> None:
    make, options = CASES[case]

    def program(library):
        try:
            library.testing.assert_close(*make(library), **options)
        except (AssertionError, ValueError) as error:
            return [type(error).__name__, str(error)]
        return None

    agree(program)


def test_what_cannot_be_compared() -> None:
    with pytest.raises(TypeError, match="No comparison pair was able to handle inputs of type"):
        assert_close("a", "b")


def test_make_tensor() -> None:
    x = make_tensor(200, dtype=taeda.float32, low=2, high=3, requires_grad=True)
    assert x.requires_grad and bool(((x >= 2) & (x < 3)).all())
    y = make_tensor((50, 4), dtype=taeda.int64, low=0, high=3)
    assert sorted(set(y.reshape(-1).tolist())) == [0, 1, 2]
    z = make_tensor(2, 4, dtype=taeda.float16, noncontiguous=True)
    assert z.shape == (2, 4) and not z.is_contiguous()
    assert not bool((make_tensor(500, dtype=taeda.int8, exclude_zero=True) == 0).any())
    with pytest.raises(ValueError, match="`low` must be less than `high`"):
        make_tensor(2, dtype=taeda.int64, low=3, high=3)
