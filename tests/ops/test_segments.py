"""segment_reduce beyond its rows: segments that are empty or given in other ways, ties, and what is refused."""

import pytest

import taeda as torch
from expected import agree

X = [[0.0, 1.0], [5.0, 2.0], [5.0, 3.0], [0.0, 4.0], [2.0, 0.0]]


@pytest.mark.parametrize("initial", [None, 2.0, 5.0])
@pytest.mark.parametrize("reduce", ["sum", "mean", "max", "min", "prod"])
def test_values_and_gradients_with_empty_segments_ties_and_zeros(reduce, initial):
    def program(lib):
        results = []
        for given in ({"lengths": lib.tensor([2, 0, 3])}, {"offsets": lib.tensor([0, 2, 2, 5])}):
            x = lib.tensor(X, requires_grad=True)
            y = lib.segment_reduce(x, reduce, initial=initial, **given)
            y.backward(lib.arange(1.0, 7.0).reshape(3, 2))
            results += [y, x.grad]
        return results

    agree(program)


def test_rows_have_segments_of_their_own_and_nan_spreads():
    def program(lib):
        x = lib.arange(24.0).reshape(2, 3, 4)
        x[1, 2, 3] = float("nan")
        lengths = lib.tensor([[1, 2], [3, 0]])
        return [lib.segment_reduce(x, how, lengths=lengths, axis=1) for how in ("sum", "max", "min")]

    agree(program)


def test_elements_outside_of_all_segments_do_not_count():
    x = torch.arange(6.0)
    assert torch.segment_reduce(x, "sum", offsets=torch.tensor([1, 3, 4])).tolist() == [3.0, 3.0]
    assert torch.segment_reduce(x, "sum", lengths=torch.tensor([1, 2]), unsafe=True).tolist() == [0.0, 3.0]
    # A program that promises what is not so reads no memory that is not the tensor's.
    assert torch.segment_reduce(x, "sum", lengths=torch.tensor([4, 9]), unsafe=True).tolist() == [6.0, 9.0]


@pytest.mark.parametrize("call, error, message", [
    (lambda x: torch.segment_reduce(x, "sum", lengths=torch.tensor([1, 2])), RuntimeError, "Expected all rows"),
    (lambda x: torch.segment_reduce(x, "sum", lengths=torch.tensor([-1, 6])), RuntimeError, "negative value"),
    (lambda x: torch.segment_reduce(x, "sum", offsets=torch.tensor([0, 3, 1])), RuntimeError, "must not decrease"),
    (lambda x: torch.segment_reduce(x, "sum", offsets=torch.tensor([0, 9])), RuntimeError, "between 0 and the size"),
    (lambda x: torch.segment_reduce(x, "sum"), RuntimeError, "Either lengths or offsets"),
    (lambda x: torch.segment_reduce(x, "sum", indices=torch.tensor([0])), RuntimeError, "indices based reduction"),
    (lambda x: torch.segment_reduce(x, "sum", lengths=torch.tensor([5]), axis=1), RuntimeError, "last dimension of"),
    (lambda x: torch.segment_reduce(x, "sum", lengths=torch.tensor([5.0])), NotImplementedError, "'Float'"),
    (lambda x: torch.segment_reduce(x.long(), "sum", lengths=torch.tensor([5])), NotImplementedError, "'Long'"),
    (lambda x: torch.segment_reduce(x, "median", lengths=torch.tensor([5])), RuntimeError, "unsupported reduction"),
])
def test_what_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call(torch.ones(5, 2))
