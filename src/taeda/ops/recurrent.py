"""Recurrent networks: the gates of one step in one kernel, and several steps of an LSTM in one Program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ops.elementary import sigmoid, tanh
from taeda.ops.joining import cat, stack
from taeda.ops.matmul import multiply_matrices, transposed
from taeda.ops.op import Result, Sample, Tensor, derived, kernel
from taeda.ops.pointwise import add, zero
from taeda.ops.views import narrow, select


@derived(public=False)
def lstm_gates(into: Tensor, forget: Tensor, candidate: Tensor, out: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
    """Hidden and cell state from the sums before the gates and the cell state before, all (B, H)."""
    after = sigmoid(forget) * cell + sigmoid(into) * tanh(candidate)
    return sigmoid(out) * tanh(after), after


@lstm_gates.samples
def _(make: Any) -> Iterator[Sample]:
    yield Sample(tuple(make(3, 5) for _ in range(5)), {})


@derived(public=False)
def lstm_cell_gates(gates: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
    """Hidden and cell state (B, H) from gates (B, 4H: input, forget, candidate, output) and cell state."""
    width = cell.shape[1]
    return lstm_gates(*(narrow(gates, 1, k * width, width) for k in range(4)), cell)


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


@derived(public=False)
def lstm_gates_gradient(into: Tensor, forget: Tensor, candidate: Tensor, out: Tensor, cell: Tensor, after: Tensor,
                        by_hidden: Tensor, by_cell: Tensor, more_by_hidden: Tensor | None,
                        more_by_cell: Tensor | None) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """The gradients of the four sums and of the cell state before (`cell`), from those of the states after, which come
    from the next step and, perhaps, from outside."""
    into, forget, candidate, out = sigmoid(into), sigmoid(forget), tanh(candidate), sigmoid(out)
    squashed = tanh(after)
    by_hidden = by_hidden if more_by_hidden is None else by_hidden + more_by_hidden
    by_cell = by_cell if more_by_cell is None else by_cell + more_by_cell
    by_cell = by_cell + by_hidden * out * (1 - squashed * squashed)
    return (by_cell * candidate * into * (1 - into), by_cell * cell * forget * (1 - forget),
            by_cell * into * (1 - candidate * candidate), by_hidden * squashed * out * (1 - out), by_cell * forget)


@lstm_gates_gradient.samples
def _(make: Any) -> Iterator[Sample]:
    yield Sample(tuple(make(3, 5) for _ in range(10)), {})
    yield Sample((*(make(3, 5) for _ in range(8)), None, None), {})


def _order(steps: int, reverse: bool) -> list[int]:
    return list(reversed(range(steps))) if reverse else list(range(steps))


def _check_steps(b: Any, sums: Any, state: Any, weight: Any, steps: int) -> None:
    batch, width = state.shape
    fits = (sums.shape[0] == steps) * (sums.shape[1] == batch) * (sums.shape[2] == 4 * width)
    b.check(fits * (weight.shape[0] == width) * (weight.shape[1] == 4 * width), RuntimeError,
            "a state of {0} x {1} does not fit a weight of {3} x {2} and sums of {4} x {5}", batch, width,
            weight.shape[0], weight.shape[1], sums.shape[1], sums.shape[2])


def _gates(b: Any, sums: Any, k: int, width: Any) -> list[Any]:
    """The four parts of step k of `sums` (T, B, 4H)."""
    step = b.view("select", sums, (0, k))
    return [b.view("slice", step, (1, gate * width, (gate + 1) * width, 1)) for gate in range(4)]


@kernel(public=False, autocast="promote")
def lstm_steps(b: Any, projected: Tensor, hidden: Tensor, cell: Tensor, weight: Tensor, steps: int,
               reverse: bool) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """`steps` steps of an LSTM: hidden states (T, B, H), cell states (T, B, H), sums before the gates (T, B, 4H), and
    the last hidden and cell state (B, H).

    `projected` (T, B, 4H): products of the inputs with the input weights, biases included; `hidden`, `cell` (B, H): the
    state before; `weight` (H, 4H). `reverse`: from the last step to the first. A step is a product and one kernel, and
    both write where their results are kept."""
    _check_steps(b, projected, cell, weight, steps)
    batch, width = cell.shape
    hiddens, cells = (b.alloc(cell.dtype, (steps, batch, width)) for _ in range(2))
    sums = b.alloc(cell.dtype, (steps, batch, 4 * width))
    for k in _order(steps, reverse):
        b.method("matmul", left=hidden, right=weight, out=b.view("select", sums, (0, k)),
                 bias=b.view("select", projected, (0, k)))
        before, hidden, cell = cell, b.view("select", hiddens, (0, k)), b.view("select", cells, (0, k))
        b.pointwise(lstm_gates, [*_gates(b, sums, k, width), before], [hidden, cell])
    last = [b.alloc(cell.dtype, (batch, width)) for _ in range(2)]
    for to, state in zip(last, (hidden, cell), strict=True):
        b.copy(to, state)
    return hiddens, cells, sums, *last


@lstm_steps.meta
def _(projected: Any, hidden: Any, cell: Any, weight: Any, steps: int, reverse: bool) -> tuple[Result, ...]:
    for tensor in (projected, hidden, weight):
        if tensor.dtype != cell.dtype:
            raise RuntimeError(f"expected all tensors of an LSTM to have one dtype, but got {tensor.dtype} and "
                               f"{cell.dtype}")
    batch, width = cell.shape
    states = Result(cell.dtype, (steps, batch, width))
    last = Result(cell.dtype, (batch, width))
    return states, states, Result(cell.dtype, (steps, batch, 4 * width)), last, last


@lstm_steps.composition
def _(projected: Any, hidden: Any, cell: Any, weight: Any, steps: int, reverse: bool) -> Any:
    hiddens: list[Any] = [None] * steps
    cells: list[Any] = [None] * steps
    sums: list[Any] = [None] * steps
    for k in _order(steps, reverse):
        sums[k] = select(projected, 0, k) + multiply_matrices(hidden, weight)
        hidden, cell = lstm_cell_gates(sums[k], cell)
        hiddens[k], cells[k] = hidden, cell
    return stack(hiddens), stack(cells), stack(sums), hidden, cell


@lstm_steps.gradient
def _(grads: Any, outputs: Any, hidden: Any, cell: Any, weight: Any, steps: int, reverse: bool) -> Any:
    hiddens, cells, sums, _, _ = outputs
    by_hiddens, by_cells, by_sums, by_last_hidden, by_last_cell = grads
    by_projected, by_hidden, by_cell = lstm_steps_gradient(
        by_hiddens, by_cells, by_sums, by_last_hidden, by_last_cell, cells, sums, cell, weight, steps, reverse)
    # One product for all steps. The transpose of the other order is laid out like the parameter.
    first = hidden.unsqueeze(0)
    kept = narrow(hiddens, 0, int(reverse), steps - 1)
    before = cat((kept, first) if reverse else (first, kept), 0) if steps > 1 else first
    flat = by_projected.reshape((-1, weight.shape[1]))
    by_weight = multiply_matrices(transposed(flat), before.reshape((-1, weight.shape[0])))
    return by_projected, by_hidden, by_cell, transposed(by_weight)


@lstm_steps.samples
def _(make: Any) -> Iterator[Sample]:
    yield Sample((make(3, 2, 20), make(2, 5), make(2, 5), make(5, 20), 3, False), {})
    yield Sample((make(2, 4, 12), make(4, 3), make(4, 3), make(3, 12), 2, True), {})
    yield Sample((make(1, 1, 4), make(1, 1), make(1, 1), make(1, 4), 1, False), {})


@kernel(public=False)
def lstm_steps_gradient(b: Any, by_hiddens: Tensor | None, by_cells: Tensor | None, by_sums: Tensor | None,
                        by_last_hidden: Tensor | None, by_last_cell: Tensor | None, cells: Tensor, sums: Tensor,
                        cell: Tensor, weight: Tensor, steps: int, reverse: bool) -> tuple[Tensor, Tensor, Tensor]:
    """The gradients of what `lstm_steps` projected, and of the state before, from those of its results."""
    _check_steps(b, sums, cell, weight, steps)
    dtype, shape, width = cell.dtype, cell.shape, cell.shape[1]
    by_projected = b.alloc(dtype, sums.shape)
    by_hidden, by_cell = b.alloc(dtype, shape), b.alloc(dtype, shape)
    for to, given in ((by_hidden, by_last_hidden), (by_cell, by_last_cell)):
        b.fill(to, 0) if given is None else b.copy(to, given)
    back = b.view("permute", weight, (1, 0))
    order = _order(steps, reverse)
    for place in reversed(range(steps)):
        k = order[place]
        before = b.view("select", cells, (0, order[place - 1])) if place else cell
        more = [None if given is None else b.view("select", given, (0, k)) for given in (by_hiddens, by_cells)]
        by_gates = _gates(b, by_projected, k, width)
        b.pointwise(lstm_gates_gradient,
                    [*_gates(b, sums, k, width), before, b.view("select", cells, (0, k)), by_hidden, by_cell, *more],
                    [*by_gates, by_cell])
        step = b.view("select", by_projected, (0, k))
        if by_sums is not None:  # only second derivatives ask for it
            b.pointwise(add, [step, b.view("select", by_sums, (0, k))], [step])
        b.method("matmul", left=step, right=back, out=by_hidden)
    return by_projected, by_hidden, by_cell


@lstm_steps_gradient.meta
def _(by_hiddens: Any, by_cells: Any, by_sums: Any, by_last_hidden: Any, by_last_cell: Any, cells: Any, sums: Any,
      cell: Any, weight: Any, steps: int, reverse: bool) -> tuple[Result, Result, Result]:
    return Result(cell.dtype, sums.shape), Result(cell.dtype, cell.shape), Result(cell.dtype, cell.shape)


@lstm_steps_gradient.composition
def _(by_hiddens: Any, by_cells: Any, by_sums: Any, by_last_hidden: Any, by_last_cell: Any, cells: Any, sums: Any,
      cell: Any, weight: Any, steps: int, reverse: bool) -> Any:
    order = _order(steps, reverse)
    width = cell.shape[1]
    by_hidden = zero(cell) if by_last_hidden is None else by_last_hidden
    by_cell = zero(cell) if by_last_cell is None else by_last_cell
    found: list[Any] = [None] * steps
    for place in reversed(range(steps)):
        k = order[place]
        before = select(cells, 0, order[place - 1]) if place else cell
        more = [None if given is None else select(given, 0, k) for given in (by_hiddens, by_cells)]
        gates = [narrow(select(sums, 0, k), 1, gate * width, width) for gate in range(4)]
        *by_gates, by_cell = lstm_gates_gradient(*gates, before, select(cells, 0, k), by_hidden, by_cell, *more)
        found[k] = cat(by_gates, 1)
        if by_sums is not None:
            found[k] = found[k] + select(by_sums, 0, k)
        by_hidden = multiply_matrices(found[k], transposed(weight))
    return stack(found), by_hidden, by_cell


@lstm_steps_gradient.samples
def _(make: Any) -> Iterator[Sample]:
    def sample(steps: int, batch: int, width: int, given: str) -> Sample:
        shapes = [(steps, batch, width), (steps, batch, width), (steps, batch, 4 * width), (batch, width),
                  (batch, width)]
        grads = [make(*shape) if g == "1" else None for shape, g in zip(shapes, given, strict=True)]
        return Sample((*grads, make(*shapes[0]), make(*shapes[2]), make(*shapes[3]), make(width, 4 * width), steps,
                       batch > 2), {})

    yield sample(3, 2, 5, "10000")
    yield sample(2, 3, 4, "11111")
