"""Recurrent layers over time: the steps of RNN, LSTM and GRU, and stacks of them in both directions.

The product of all inputs with the input weights is one large product; only the product with the hidden state has to
wait for the step before. The gates of a step are one kernel.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import taeda
from taeda.nn import functional as F
from taeda.nn.functional._legacy import op

State = tuple[Any, ...]


lstm_cell_gates = op("lstm_cell_gates")
gru_cell_gates = op("gru_cell_gates")
lstm_steps = op("lstm_steps")
# Steps that are one Program: many for speed, and small ones for what is left of a sequence.
_PIECES = (16, 4, 1)
# Products of so few rows read a weight fastest along its rows of outputs; it is laid out so for a sequence that is long
# enough to pay for it.
_FEW_ROWS, _LONG = 16, 8


class Weights(NamedTuple):
    """Parameters of one layer and direction; biases None without bias, projection None unless `proj_size` is set."""

    input: Any
    hidden: Any
    input_bias: Any
    hidden_bias: Any
    projection: Any


def _for_sequence(weights: Weights, step: Any, steps: int, rows: int) -> Weights:
    """The weights as the steps of one sequence want them: biases that are merely added go with the inputs' product."""
    if step is not gru_step and weights.input_bias is not None and weights.hidden_bias is not None:
        weights = weights._replace(input_bias=weights.input_bias + weights.hidden_bias, hidden_bias=None)
    if steps >= _LONG and rows <= _FEW_ROWS:
        weights = weights._replace(hidden=weights.hidden.t().contiguous().t())
    return weights


def lstm_step(projected: Any, state: State, weights: Weights) -> State:
    """One step from the input's product (B, 4H) and (h, c)."""
    gates = projected + F.linear(state[0], weights.hidden, weights.hidden_bias)
    hidden, cell = lstm_cell_gates(gates, state[1])
    if weights.projection is not None:
        hidden = F.linear(hidden, weights.projection)
    return hidden, cell


def gru_step(projected: Any, state: State, weights: Weights) -> State:
    """One step from the input's product (B, 3H) and (h,)."""
    return (gru_cell_gates(projected, F.linear(state[0], weights.hidden, weights.hidden_bias), state[0]),)


def tanh_step(projected: Any, state: State, weights: Weights) -> State:
    """One step from the input's product (B, H) and (h,)."""
    return ((projected + F.linear(state[0], weights.hidden, weights.hidden_bias)).tanh(),)


def relu_step(projected: Any, state: State, weights: Weights) -> State:
    """One step from the input's product (B, H) and (h,)."""
    return (F.relu(projected + F.linear(state[0], weights.hidden, weights.hidden_bias)),)


STEPS: dict[str, Callable[[Any, State, Weights], State]] = {
    "LSTM": lstm_step,
    "GRU": gru_step,
    "RNN_TANH": tanh_step,
    "RNN_RELU": relu_step,
}


def _run_lstm(input: Any, state: State, weights: Weights, reverse: bool) -> tuple[Any, State]:
    """Input (T, B, I): outputs (T, B, H) and the last state, several steps at a time."""
    projected = F.linear(input, weights.input, weights.input_bias)
    hidden, cell = state
    weight = weights.hidden.t()
    left, sizes = input.size(0), []
    for size in _PIECES:
        sizes += [size] * (left // size)
        left %= size
    if reverse:
        sizes.reverse()
    pieces = projected.split(sizes)
    outputs = []
    for size, piece in reversed(list(zip(sizes, pieces, strict=True))) if reverse else zip(sizes, pieces, strict=True):
        hiddens, _, _, hidden, cell = lstm_steps(piece, hidden, cell, weight, size, reverse)
        outputs.append(hiddens)
    if reverse:
        outputs.reverse()
    return outputs[0] if len(outputs) == 1 else taeda.cat(outputs), (hidden, cell)


def _run_padded(step: Any, input: Any, state: State, weights: Weights, reverse: bool) -> tuple[Any, State]:
    """Input (T, B, I): outputs (T, B, H) and the last state."""
    weights = _for_sequence(weights, step, input.size(0), input.size(1))
    if step is lstm_step and weights.projection is None and input.size(0):
        return _run_lstm(input, state, weights, reverse)
    steps = list(F.linear(input, weights.input, weights.input_bias).unbind(0))
    outputs = []
    for projected in reversed(steps) if reverse else steps:
        state = step(projected, state, weights)
        outputs.append(state[0])
    if reverse:
        outputs.reverse()
    return taeda.stack(outputs), state


def _run_packed(
    step: Any, input: Any, batch_sizes: list[int], state: State, weights: Weights, reverse: bool
) -> tuple[Any, State]:
    """Input (rows, I) as in a `PackedSequence`: outputs (rows, H) and the last state of each sequence."""
    weights = _for_sequence(weights, step, len(batch_sizes), batch_sizes[0])
    pieces = F.linear(input, weights.input, weights.input_bias).split(batch_sizes)
    outputs = []
    if reverse:
        # Starts with the longest sequences alone; the others join, with their initial state, where they end.
        initial, running = state, tuple(part[: batch_sizes[-1]] for part in state)
        for projected, count in zip(reversed(pieces), reversed(batch_sizes), strict=True):
            present = running[0].size(0)
            if count > present:
                running = tuple(
                    taeda.cat([part, first[present:count]]) for part, first in zip(running, initial, strict=True)
                )
            running = step(projected, running, weights)
            outputs.append(running[0])
        outputs.reverse()
        return taeda.cat(outputs), running
    finished: list[State] = []
    for projected, count in zip(pieces, batch_sizes, strict=True):
        if count < state[0].size(0):
            finished.append(tuple(part[count:] for part in state))
            state = tuple(part[:count] for part in state)
        state = step(projected, state, weights)
        outputs.append(state[0])
    finished.append(state)
    finished.reverse()
    last = tuple(taeda.cat([part[place] for part in finished]) for place in range(len(state)))
    return taeda.cat(outputs), last


def run(
    mode: str,
    input: Any,
    batch_sizes: list[int] | None,
    initial: State,
    weights: list[Weights],
    directions: int,
    dropout: float,
    training: bool,
) -> tuple[Any, State]:
    """A stack of layers.

    Input (T, B, I), or (rows, I) with the `batch_sizes` of a packed sequence; `initial` has (layers * directions, B, *)
    for each part of the state; `weights` one entry for each layer and direction. Returns the last layer's outputs and
    the last states, of the shape of `initial`.
    """
    step = STEPS[mode]
    states = list(zip(*(part.unbind(0) for part in initial), strict=True))
    last: list[State] = []
    layers = len(weights) // directions
    for layer in range(layers):
        outputs = []
        for direction in range(directions):
            place = layer * directions + direction
            if batch_sizes is None:
                output, state = _run_padded(step, input, states[place], weights[place], direction == 1)
            else:
                output, state = _run_packed(step, input, batch_sizes, states[place], weights[place], direction == 1)
            outputs.append(output)
            last.append(state)
        input = outputs[0] if directions == 1 else taeda.cat(outputs, -1)
        if dropout and training and layer < layers - 1:
            input = F.dropout(input, dropout, True)
    return input, tuple(taeda.stack([state[part] for state in last]) for part in range(len(initial)))
