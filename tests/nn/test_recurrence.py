"""The ops of recurrent layers: several steps of an LSTM as one, and its gradients of both orders."""

import pytest

import taeda
from taeda.nn import recurrence


def cell_gates(gates, cell):
    """One step of an LSTM from its four gates, written out."""
    into, forget, candidate, out = gates.chunk(4, 1)
    cell = forget.sigmoid() * cell + into.sigmoid() * candidate.tanh()
    return out.sigmoid() * cell.tanh(), cell


def gru_gates(from_input, from_hidden, hidden):
    """One step of a GRU from both products, written out."""
    input_reset, input_update, input_new = from_input.chunk(3, 1)
    hidden_reset, hidden_update, hidden_new = from_hidden.chunk(3, 1)
    update = (input_update + hidden_update).sigmoid()
    new = (input_new + (input_reset + hidden_reset).sigmoid() * hidden_new).tanh()
    return (hidden - new) * update + new


def arguments(steps, with_bias, dtype=taeda.float64):
    taeda.manual_seed(0)
    shapes = [(steps, 2, 12), (2, 3), (2, 3), (12, 3)] + ([(12,)] if with_bias else [])
    made = [taeda.randn(shape, dtype=dtype).requires_grad_() for shape in shapes]
    return made if with_bias else [*made, None]


def one_by_one(projected, hidden, cell, weight, bias, steps, reverse):
    hiddens, cells = [None] * steps, [None] * steps
    for k in reversed(range(steps)) if reverse else range(steps):
        gates = projected[k] + taeda.nn.functional.linear(hidden, weight, bias)
        hidden, cell = cell_gates(gates, cell)
        hiddens[k], cells[k] = hidden, cell
    return taeda.stack(hiddens), taeda.stack(cells)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("with_bias", [False, True])
@pytest.mark.parametrize("used", [(0,), (1,), (0, 1)])
def test_steps_together_are_steps_one_by_one(used, with_bias, reverse):
    steps = 4
    given = arguments(steps, with_bias)
    tensors = [tensor for tensor in given if tensor is not None]
    results = []
    for function in (one_by_one, recurrence.lstm_steps):
        outputs = function(*given, steps, reverse)
        loss = sum((outputs[k] * taeda.arange(outputs[k].numel()).view(outputs[k].shape).cos()).sum() for k in used)
        first = taeda.autograd.grad(loss, tensors, create_graph=True)
        second = taeda.autograd.grad(sum((g * g).sum() for g in first), tensors)
        results.append([*outputs[:2], *first, *second])
    for expected, got in zip(*results, strict=True):
        assert bool(((expected - got).abs() < 1e-9).all())


def test_sequences_of_all_lengths():
    lstm = taeda.nn.LSTM(2, 3, bidirectional=True).double()
    for length in (1, 3, 4, 16, 23):
        x = taeda.randn(length, 2, 2, dtype=taeda.float64)
        output, (hidden, cell) = lstm(x)
        weights = lstm._weights()
        for direction in (0, 1):
            zeros = taeda.zeros(2, 3, dtype=taeda.float64)
            own = weights[direction]
            projected = taeda.nn.functional.linear(x, own.input, own.input_bias)
            hiddens, cells = one_by_one(
                projected, zeros, zeros, own.hidden, own.hidden_bias, length, direction == 1
            )
            assert bool(((output[:, :, 3 * direction : 3 * direction + 3] - hiddens).abs() < 1e-12).all())
            last = 0 if direction else length - 1
            assert bool(((hidden[direction] - hiddens[last]).abs() < 1e-12).all())
            assert bool(((cell[direction] - cells[last]).abs() < 1e-12).all())


def test_rows_do_not_depend_on_the_batch():
    lstm = taeda.nn.LSTM(5, 7)
    x = taeda.randn(9, 6, 5)
    whole = lstm(x)[0]
    for row in range(6):
        assert bool((lstm(x[:, row : row + 1])[0][:, 0] == whole[:, row]).all())


def test_gru_gates():
    taeda.manual_seed(1)
    given = [taeda.randn(2, width, dtype=taeda.float64).requires_grad_() for width in (9, 9, 3)]
    results = []
    for function in (gru_gates, recurrence.gru_cell_gates):
        output = function(*given)
        results.append([output, *taeda.autograd.grad((output * output).sum(), given)])
    for expected, got in zip(*results, strict=True):
        assert bool(((expected - got).abs() < 1e-12).all())
