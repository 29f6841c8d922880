"""Layers by the names of their operators: the arguments of nn.functional and of the modules in another order, modes as
numbers, the parameters of a recurrent network in one list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import taeda
from taeda.functions.function import function
from taeda.ops.signature import Sample, Tensor, Tensors, sample


@function
def batch_norm(input: Tensor, weight: Tensor | None, bias: Tensor | None, running_mean: Tensor | None,
               running_var: Tensor | None, training: bool, momentum: float, eps: float, cudnn_enabled: bool) -> Any:
    """nn.functional.batch_norm, the weights before the running statistics."""
    return taeda.nn.functional.batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)


@function
def instance_norm(input: Tensor, weight: Tensor | None, bias: Tensor | None, running_mean: Tensor | None,
                  running_var: Tensor | None, use_input_stats: bool, momentum: float, eps: float,
                  cudnn_enabled: bool) -> Any:
    """nn.functional.instance_norm, the weights before the running statistics."""
    return taeda.nn.functional.instance_norm(input, running_mean, running_var, weight, bias, use_input_stats, momentum,
                                             eps)


for _f in (batch_norm, instance_norm):
    @_f.samples
    def _(make: Any) -> Iterator[Sample]:
        yield sample(make(3, 2, 4), make(2), make(2), None, None, True, 0.1, 1e-5, True)
        yield sample(make(3, 2, 4), None, None, make(2), make(2, low=0.5, high=1.5), False, 0.1, 1e-5, False)


_BAG_MODES = ("sum", "mean", "max")


@function
def embedding_bag(weight: Tensor, indices: Tensor, offsets: Tensor, scale_grad_by_freq: bool = False, mode: int = 0,
                  sparse: bool = False, per_sample_weights: Tensor | None = None, include_last_offset: bool = False,
                  padding_idx: int | None = None) -> Any:
    """Sums (mode 0), means (1) or maxima (2) of rows of `weight` over bags of indices that start at `offsets`.

    Gives the results (bags, D), the number of the bag of each index (empty for sums), how many indices count in each
    bag, and, for maxima, which index they came from.
    """
    if not 0 <= mode < len(_BAG_MODES):
        raise RuntimeError(f"embedding_bag(): mode must be 0 (sum), 1 (mean) or 2 (max), got {mode}")
    output = taeda.nn.functional.embedding_bag(
        indices, weight, offsets, scale_grad_by_freq=scale_grad_by_freq, mode=_BAG_MODES[mode], sparse=sparse,
        per_sample_weights=per_sample_weights, include_last_offset=include_last_offset, padding_idx=padding_idx)
    starts = offsets[:-1] if include_last_offset else offsets
    ends = taeda.cat([starts[1:], offsets.new_tensor([indices.size(0)]) if not include_last_offset else offsets[-1:]])
    bag_of = taeda.repeat_interleave(ends - starts)
    kept = taeda.ones_like(indices) if padding_idx is None else (indices != padding_idx % weight.size(0)).to(
        indices.dtype)
    sizes = taeda.zeros_like(starts).index_add(0, bag_of, kept.to(starts.dtype))
    if mode != 2:
        return output, bag_of if mode == 1 or padding_idx is not None else bag_of.new_empty(0), sizes, sizes.clone()
    chosen = taeda.full(output.shape, -1, dtype=offsets.dtype)
    for bag, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        places = taeda.arange(start, end)[kept[start:end].bool()]
        if places.numel():
            chosen[bag] = indices[places[weight.detach()[indices[places]].argmax(0)]].to(chosen.dtype)
    return output, bag_of, sizes, chosen


# -- recurrent networks ------------------------------------------------------------------------------------------------


def _recur(mode: str, input: Any, batch_sizes: Any, state: tuple[Any, ...], params: Any, has_biases: bool,
           num_layers: int, dropout: float, train: bool, bidirectional: bool, batch_first: bool) -> tuple[Any, ...]:
    """A stack of layers whose parameters stand in one list, as nn.LSTM and its like keep them."""
    from taeda.nn.recurrence import Weights, run

    directions = 2 if bidirectional else 1
    projected = mode == "LSTM" and state[0].size(-1) != state[1].size(-1)
    each = (4 if has_biases else 2) + projected
    if len(params) != each * num_layers * directions:
        raise RuntimeError(f"{mode.lower()}(): expected {each * num_layers * directions} parameters ({each} for each "
                           f"of {num_layers} layers in {directions} directions), got {len(params)}")
    weights = []
    for start in range(0, len(params), each):
        own = list(params[start:start + each])
        projection = own.pop() if projected else None
        biases = own[2:] if has_biases else [None, None]
        weights.append(Weights(own[0], own[1], biases[0], biases[1], projection))
    if batch_first:
        input = input.transpose(0, 1)
    sizes = None if batch_sizes is None else batch_sizes.tolist()
    output, last = run(mode, input, sizes, state, weights, directions, dropout, train)
    return (output.transpose(0, 1) if batch_first else output, *last)


@function
def lstm(input: Tensor, hx: Tensors, params: Tensors, has_biases: bool, num_layers: int, dropout: float, train: bool,
         bidirectional: bool, batch_first: bool) -> Any:
    """Long short-term memory over an input (T, B, I): outputs, last hidden and last cell states.

    `hx` holds the first hidden and cell states (layers * directions, B, H); `params` the weights of nn.LSTM in its
    order.
    """
    if len(hx) != 2:
        raise RuntimeError(f"lstm expects two hidden states, got {len(hx)}")
    return _recur("LSTM", input, None, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first)


@function(public="lstm", overload="data")
def lstm_packed(data: Tensor, batch_sizes: Tensor, hx: Tensors, params: Tensors, has_biases: bool, num_layers: int,
                dropout: float, train: bool, bidirectional: bool) -> Any:
    """lstm over the data of a packed sequence."""
    return _recur("LSTM", data, batch_sizes, hx, params, has_biases, num_layers, dropout, train, bidirectional, False)


def _simple(public: str, mode: str, what: str) -> None:
    """Define the function for sequences whose state is one tensor, and that for packed ones."""

    def padded(input: Tensor, hx: Tensor, params: Tensors, has_biases: bool, num_layers: int, dropout: float,
               train: bool, bidirectional: bool, batch_first: bool) -> Any:
        return _recur(mode, input, None, (hx,), params, has_biases, num_layers, dropout, train, bidirectional,
                      batch_first)

    def packed(data: Tensor, batch_sizes: Tensor, hx: Tensor, params: Tensors, has_biases: bool, num_layers: int,
               dropout: float, train: bool, bidirectional: bool) -> Any:
        return _recur(mode, data, batch_sizes, (hx,), params, has_biases, num_layers, dropout, train, bidirectional,
                      False)

    padded.__name__, packed.__name__ = public, f"{public}_packed"
    padded.__doc__ = f"""{what} over an input (T, B, I): outputs and the last states (layers * directions, B, H).

    `params` holds the weights of the module in its order.
    """
    packed.__doc__ = f"{public} over the data of a packed sequence."
    made = function(padded)
    function(packed, public=public, overload="data")

    gates = {"GRU": 3}.get(mode, 1)

    @made.samples
    def _(make: Any) -> Iterator[Sample]:
        yield sample(make(3, 2, 4), make(1, 2, 5), (make(5 * gates, 4), make(5 * gates, 5), make(5 * gates),
                                                    make(5 * gates)), True, 1, 0.0, False, False, False)


_simple("gru", "GRU", "Gated recurrent units")
_simple("rnn_tanh", "RNN_TANH", "A recurrent network with tanh")
_simple("rnn_relu", "RNN_RELU", "A recurrent network with relu")


@lstm.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 2, 4), (make(1, 2, 5), make(1, 2, 5)),
                 (make(20, 4), make(20, 5), make(20), make(20)), True, 1, 0.0, False, False, False)
    yield sample(make(2, 3, 4), (make(2, 2, 5), make(2, 2, 5)),
                 (make(20, 4), make(20, 5), make(20, 4), make(20, 5)), False, 1, 0.0, False, True, True)


def _cell(mode: str, input: Any, state: tuple[Any, ...], w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any) -> Any:
    from taeda.nn.recurrence import STEPS, Weights

    projected = taeda.nn.functional.linear(input, w_ih, b_ih)
    return STEPS[mode](projected, state, Weights(w_ih, w_hh, b_ih, b_hh, None))


@function
def lstm_cell(input: Tensor, hx: Tensors, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None,
              b_hh: Tensor | None = None) -> Any:
    """One step of nn.LSTMCell: the next hidden and cell states (B, H)."""
    if len(hx) != 2:
        raise RuntimeError("lstm_cell expects two hidden states")
    return _cell("LSTM", input, hx, w_ih, w_hh, b_ih, b_hh)


@function
def gru_cell(input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None,
             b_hh: Tensor | None = None) -> Any:
    """One step of nn.GRUCell: the next state (B, H)."""
    return _cell("GRU", input, (hx,), w_ih, w_hh, b_ih, b_hh)[0]


@function
def rnn_tanh_cell(input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None,
                  b_hh: Tensor | None = None) -> Any:
    """One step of nn.RNNCell: the next state (B, H)."""
    return _cell("RNN_TANH", input, (hx,), w_ih, w_hh, b_ih, b_hh)[0]


@function
def rnn_relu_cell(input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None,
                  b_hh: Tensor | None = None) -> Any:
    """One step of nn.RNNCell with relu: the next state (B, H)."""
    return _cell("RNN_RELU", input, (hx,), w_ih, w_hh, b_ih, b_hh)[0]


for _f, _gates in ((gru_cell, 3), (rnn_tanh_cell, 1), (rnn_relu_cell, 1)):
    @_f.samples
    def _(make: Any, gates: int = _gates) -> Iterator[Sample]:
        yield sample(make(2, 4), make(2, 5), make(5 * gates, 4), make(5 * gates, 5), make(5 * gates), make(5 * gates))
        yield sample(make(2, 4), make(2, 5), make(5 * gates, 4), make(5 * gates, 5))


@lstm_cell.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 4), (make(2, 5), make(2, 5)), make(20, 4), make(20, 5), make(20), make(20))
