"""Recurrent networks: the gates of one step in one kernel, and several steps of an LSTM in one Program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ops.elementary import sigmoid, tanh
from taeda.ops.joining import cat, stack
from taeda.ops.matmul import linear, multiply_matrices, transposed
from taeda.ops.op import Sample, Tensor, derived
from taeda.ops.views import narrow, select


@derived(public=False)
def lstm_cell_gates(gates: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
    """Hidden and cell state (B, H) from gates (B, 4H: input, forget, candidate, output) and cell state."""
    width = cell.shape[1]
    into, forget, candidate, out = (narrow(gates, 1, k * width, width) for k in range(4))
    after = sigmoid(forget) * cell + sigmoid(into) * tanh(candidate)
    return sigmoid(out) * tanh(after), after


@lstm_cell_gates.samples
def _(make: Any) -> Iterator[Sample]:
    yield Sample((make(3, 20), make(3, 5)), {})


@derived(public=False)
def gru_cell_gates(from_input: Tensor, from_hidden: Tensor, hidden: Tensor) -> Tensor:
    """Hidden state (B, H) from both products (B, 3H), in the order reset, update, new, and the state before."""
    width = hidden.shape[1]
    input_reset, input_update, input_new = (narrow(from_input, 1, k * width, width) for k in range(3))
    hidden_reset, hidden_update, hidden_new = (narrow(from_hidden, 1, k * width, width) for k in range(3))
    update = sigmoid(input_update + hidden_update)
    new = tanh(input_new + sigmoid(input_reset + hidden_reset) * hidden_new)
    return (hidden - new) * update + new


@gru_cell_gates.samples
def _(make: Any) -> Iterator[Sample]:
    yield Sample((make(3, 15), make(3, 15), make(3, 5)), {})


def _order(steps: int, reverse: bool) -> list[int]:
    return list(reversed(range(steps))) if reverse else list(range(steps))


@derived(public=False)
def lstm_steps(projected: Tensor, hidden: Tensor, cell: Tensor, weight: Tensor, bias: Tensor | None, steps: int,
               reverse: bool) -> tuple[Tensor, Tensor, Tensor]:
    """`steps` steps of an LSTM: hidden states (T, B, H), cell states (T, B, H), and sums before the gates (T, B, 4H).

    `projected` (T, B, 4H): products of the inputs with the input weights; `hidden`, `cell` (B, H): the state before;
    `weight` (4H, H), `bias` (4H). `reverse`: from the last step to the first. One Program for all steps, and in its
    gradient one product for the weight's instead of one for each step."""
    hiddens: list[Any] = [None] * steps
    cells: list[Any] = [None] * steps
    sums: list[Any] = [None] * steps
    for k in _order(steps, reverse):
        sums[k] = select(projected, 0, k) + linear(hidden, weight, bias)
        hidden, cell = lstm_cell_gates(sums[k], cell)
        hiddens[k], cells[k] = hidden, cell
    return stack(hiddens), stack(cells), stack(sums)


@lstm_steps.gradient
def _(grads: Any, outputs: Any, hidden: Any, cell: Any, weight: Any, bias: Any, steps: int, reverse: bool) -> Any:
    hiddens, cells, sums = outputs
    order = _order(steps, reverse)
    width = cell.shape[1]
    by_hidden = by_cell = None
    by_sums: list[Any] = [None] * steps
    before: list[Any] = [None] * steps
    for place in reversed(range(steps)):
        k = order[place]
        cell_before = select(cells, 0, order[place - 1]) if place else cell
        before[k] = select(hiddens, 0, order[place - 1]) if place else hidden
        into, forget, candidate, out = (narrow(select(sums, 0, k), 1, g * width, width) for g in range(4))
        into, forget, candidate, out = sigmoid(into), sigmoid(forget), tanh(candidate), sigmoid(out)
        squashed = tanh(select(cells, 0, k))
        for given in grads[0], grads[1]:
            if given is None:
                continue
            if given is grads[0]:
                by_hidden = select(given, 0, k) + (0.0 if by_hidden is None else by_hidden)
            else:
                by_cell = select(given, 0, k) + (0.0 if by_cell is None else by_cell)
        through = 0.0 if by_hidden is None else by_hidden * out * (1 - squashed * squashed)
        by_cell = through if by_cell is None else by_cell + through
        by_out = 0.0 * out if by_hidden is None else by_hidden * squashed * out * (1 - out)
        by_sums[k] = cat((by_cell * candidate * into * (1 - into), by_cell * cell_before * forget * (1 - forget),
                          by_cell * into * (1 - candidate * candidate), by_out), 1)
        if grads[2] is not None:  # only second derivatives ask for it
            by_sums[k] = by_sums[k] + select(grads[2], 0, k)
        by_cell = by_cell * forget
        by_hidden = multiply_matrices(by_sums[k], weight)
    by_projected = stack(by_sums)
    flat = by_projected.reshape((-1, 4 * width))
    by_weight = multiply_matrices(transposed(flat), stack(before).reshape((-1, weight.shape[1])))
    by_bias = None if bias is None else flat.sum((0,))
    return by_projected, by_hidden, by_cell, by_weight, by_bias


@lstm_steps.samples
def _(make: Any) -> Iterator[Sample]:
    yield Sample((make(3, 2, 20), make(2, 5), make(2, 5), make(20, 5), make(20), 3, False), {})
    yield Sample((make(2, 4, 12), make(4, 3), make(4, 3), make(12, 3), None, 2, True), {})
