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


def arguments(steps, dtype=taeda.float64):
    taeda.manual_seed(0)
    return [taeda.randn(shape, dtype=dtype).requires_grad_() for shape in [(steps, 2, 12), (2, 3), (2, 3), (3, 12)]]


def one_by_one(projected, hidden, cell, weight, steps, reverse):
    hiddens, cells, sums = [None] * steps, [None] * steps, [None] * steps
    for k in reversed(range(steps)) if reverse else range(steps):
        sums[k] = projected[k] + hidden @ weight
        hidden, cell = cell_gates(sums[k], cell)
        hiddens[k], cells[k] = hidden, cell
    return taeda.stack(hiddens), taeda.stack(cells), taeda.stack(sums), hidden, cell


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("steps", [1, 4])
@pytest.mark.parametrize("used", [(0,), (1,), (0, 1), (3,), (4,), (0, 3, 4), (0, 1, 2, 3, 4)])
def test_steps_together_are_steps_one_by_one(used, steps, reverse):
    given = arguments(steps)
    results = []
    for function in (one_by_one, recurrence.lstm_steps):
        outputs = function(*given, steps, reverse)
        loss = sum((outputs[k] * taeda.arange(outputs[k].numel()).view(outputs[k].shape).cos()).sum() for k in used)
        first = taeda.autograd.grad(loss, given, create_graph=True)
        second = taeda.autograd.grad(sum((g * g).sum() for g in first), given)
        results.append([*outputs, *first, *second])
    for expected, got in zip(*results, strict=True):
        assert bool(((expected - got).abs() < 1e-9).all())


def test_batches_and_tangents_of_steps():
    given = arguments(3)
    many = [taeda.stack([t.detach(), t.detach() * 0.5]) for t in given]
    found = taeda.func.vmap(lambda *tensors: recurrence.lstm_steps(*tensors, 3, False))(*many)
    for k in range(2):
        for whole, alone in zip(found, recurrence.lstm_steps(*(t[k] for t in many), 3, False), strict=True):
            assert bool(((whole[k] - alone).abs() < 1e-12).all())
    tangents = [taeda.randn_like(t) for t in given]
    both = [taeda.func.jvp(lambda *tensors, f=function: f(*tensors, 3, False)[0], tuple(t.detach() for t in given),
                           tuple(tangents))[1] for function in (one_by_one, recurrence.lstm_steps)]
    assert bool(((both[0] - both[1]).abs() < 1e-9).all())


def test_a_weight_that_does_not_fit_is_refused():
    projected, hidden, cell, weight = arguments(2)
    with pytest.raises(RuntimeError, match="does not fit"):
        recurrence.lstm_steps(projected, hidden, cell, weight[:, :11], 2, False)
    with pytest.raises(RuntimeError, match="does not fit"):
        recurrence.lstm_steps(projected, hidden, cell, weight, 3, False)
    with pytest.raises(RuntimeError, match="one dtype"):
        recurrence.lstm_steps(projected.float(), hidden, cell, weight, 2, False)


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
            hiddens, cells, *_ = one_by_one(
                projected + own.hidden_bias, zeros, zeros, own.hidden.t(), length, direction == 1
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
