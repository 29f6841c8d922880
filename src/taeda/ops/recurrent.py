"""The gates of recurrent networks: everything of a step but its two products, in one kernel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ops.elementary import sigmoid, tanh
from taeda.ops.op import Sample, Tensor, derived
from taeda.ops.views import narrow


@derived(public=False)
def lstm_cell_gates(gates: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
    """Hidden and cell state (B, H) from gates (B, 4H), in the order input, forget, candidate, output, and cell state."""
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
