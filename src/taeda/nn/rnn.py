"""Recurrent networks as modules: RNN, LSTM, GRU, and their single steps."""

import math
import numbers
import warnings
from typing import Any

import taeda
from taeda.nn import functional as F
from taeda.nn import init
from taeda.nn.module import Module
from taeda.nn.parameter import Parameter
from taeda.nn.recurrence import Weights, gru_cell_gates, lstm_step, relu_step, run, tanh_step
from taeda.nn.utils.rnn import PackedSequence

__all__ = ["GRU", "GRUCell", "LSTM", "LSTMCell", "RNN", "RNNBase", "RNNCell", "RNNCellBase"]

_GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}


def _check_type(name: str, value: Any, expected: type) -> None:
    if not isinstance(value, expected):
        raise TypeError(f"{name} should be of type {expected.__name__}, got: {type(value).__name__}")


class RNNBase(Module):
    """Several layers, maybe in both directions. Parameters start uniform in ±1 / sqrt(hidden_size).

    Names of the parameters: `weight_ih_l{layer}{suffix}`, `weight_hh_…`, `bias_ih_…`, `bias_hh_…` and, with
    `proj_size`, `weight_hr_…`; the suffix is `_reverse` for the backward direction.
    """

    name = "RNN"

    def __init__(
        self,
        mode: str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if not isinstance(dropout, numbers.Number) or not 0 <= dropout <= 1 or isinstance(dropout, bool):
            raise ValueError(
                "dropout should be a number in range [0, 1] representing the probability of an element being zeroed"
            )
        if dropout > 0 and num_layers == 1:
            warnings.warn(
                "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects "
                f"num_layers greater than 1, but got dropout={dropout} and num_layers={num_layers}",
                stacklevel=3,
            )
        _check_type("bias", bias, bool)
        _check_type("batch_first", batch_first, bool)
        _check_type("input_size", input_size, int)
        if input_size <= 0:
            raise ValueError("input_size must be greater than zero")
        _check_type("hidden_size", hidden_size, int)
        if hidden_size <= 0:
            raise ValueError("hidden_size must be greater than zero")
        if num_layers <= 0:
            raise ValueError("num_layers must be greater than zero")
        if proj_size < 0:
            raise ValueError("proj_size should be a positive integer or zero to disable projections")
        if proj_size >= hidden_size:
            raise ValueError("proj_size has to be smaller than hidden_size")
        if mode not in _GATES:
            raise ValueError("Unrecognized RNN mode: " + mode)
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        gates = _GATES[mode] * hidden_size
        directions = 2 if bidirectional else 1
        output_size = proj_size or hidden_size
        self._all_weights: list[list[str]] = []
        for layer in range(num_layers):
            for direction in range(directions):
                layer_input = input_size if layer == 0 else output_size * directions
                shapes: dict[str, tuple[int, ...]] = {
                    "weight_ih": (gates, layer_input),
                    "weight_hh": (gates, output_size),
                }
                if bias:
                    shapes |= {"bias_ih": (gates,), "bias_hh": (gates,)}
                if proj_size:
                    shapes["weight_hr"] = (proj_size, hidden_size)
                suffix = "_reverse" if direction else ""
                names = [f"{kind}_l{layer}{suffix}" for kind in shapes]
                for name, shape in zip(names, shapes.values(), strict=True):
                    setattr(self, name, Parameter(taeda.empty(shape, device=device, dtype=dtype)))
                self._all_weights.append(names)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the parameters anew."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def flatten_parameters(self) -> None:
        """Nothing: there is no library here that wants the weights in one block."""

    @property
    def _flat_weights_names(self) -> list[str]:
        return [name for names in self._all_weights for name in names]

    @property
    def _flat_weights(self) -> list[Any]:
        return [getattr(self, name) for name in self._flat_weights_names]

    @property
    def all_weights(self) -> list[list[Any]]:
        """The parameters of each layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    def _weights(self) -> list[Weights]:
        result = []
        for names in self._all_weights:
            values = [getattr(self, name) for name in names]
            projection = values.pop() if self.proj_size else None
            biases = values[2:] if self.bias else [None, None]
            result.append(Weights(values[0], values[1], biases[0], biases[1], projection))
        return result

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}"
        if self.proj_size != 0:
            text += f", proj_size={self.proj_size}"
        if self.num_layers != 1:
            text += f", num_layers={self.num_layers}"
        if self.bias is not True:
            text += f", bias={self.bias}"
        if self.batch_first is not False:
            text += f", batch_first={self.batch_first}"
        if self.dropout != 0:
            text += f", dropout={self.dropout}"
        if self.bidirectional is not False:
            text += f", bidirectional={self.bidirectional}"
        return text

    def _state_widths(self) -> tuple[int, ...]:
        """The width of each part of the state."""
        return (self.hidden_size,)

    def _check_input(self, input: Any, packed: bool) -> None:
        dtype = getattr(self, self._all_weights[0][0]).dtype
        autocast = getattr(taeda, "is_autocast_enabled", None)
        if input.dtype != dtype and not (autocast is not None and autocast("cpu")):
            raise ValueError(
                f"RNN input dtype ({input.dtype}) does not match weight dtype ({dtype}). Convert input: "
                f"input.to({dtype}), or convert model: model.to({input.dtype})"
            )
        expected = 2 if packed else 3
        if input.dim() != expected:
            raise RuntimeError(f"input must have {expected} dimensions, got {input.dim()}")
        if self.input_size != input.size(-1):
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.size(-1)}"
            )

    def _check_state_rank(self, state: tuple[Any, ...], batched: bool) -> None:
        rank, kind = (3, "batched 3-D") if batched else (2, "unbatched 2-D")
        if all(part.dim() == rank for part in state):
            return
        if len(state) == 2:
            found = f"hx and cx should also be {rank}-D but got ({state[0].dim()}-D, {state[1].dim()}-D) tensors"
        else:
            found = f"hx should also be {rank}-D but got {state[0].dim()}-D tensor"
        raise RuntimeError(f"For {kind} input, {found}")

    def _forward(self, input: Any, state: tuple[Any, ...] | None) -> tuple[Any, tuple[Any, ...]]:
        packed = input if isinstance(input, PackedSequence) else None
        batched = True
        batch_sizes = None
        if packed is not None:
            input = packed.data
            batch_sizes = [int(count) for count in packed.batch_sizes.tolist()]
            self._check_input(input, True)
            batch = batch_sizes[0]
        else:
            if input.dim() not in (2, 3):
                raise ValueError(
                    f"{self.name}: Expected input to be 2D or 3D, got {input.dim()}D "
                    f"{'tensor instead' if self.name == 'RNN' else 'instead'}"
                )
            batched = input.dim() == 3
            if not batched:
                input = input.unsqueeze(1)
            self._check_input(input, False)
            if self.batch_first and batched:
                input = input.transpose(0, 1)
            batch = input.size(1)
        directions = 2 if self.bidirectional else 1
        rows = self.num_layers * directions
        if state is None:
            state = tuple(input.new_zeros((rows, batch, width)) for width in self._state_widths())
        else:
            if packed is None:
                self._check_state_rank(state, batched)
                if not batched:
                    state = tuple(part.unsqueeze(1) for part in state)
            elif packed.sorted_indices is not None:
                state = tuple(part.index_select(1, packed.sorted_indices) for part in state)
            for name, part, width in zip(("hidden[0]", "hidden[1]"), state, self._state_widths(), strict=False):
                expected = (rows, batch, width)
                if tuple(part.shape) != expected:
                    what = f"{name} " if len(state) == 2 else "hidden "
                    raise RuntimeError(f"Expected {what}size {expected}, got {list(part.size())}")
        output, last = run(
            self.mode, input, batch_sizes, state, self._weights(), directions, self.dropout, self.training
        )
        if packed is not None:
            if packed.unsorted_indices is not None:
                last = tuple(part.index_select(1, packed.unsorted_indices) for part in last)
            return PackedSequence(output, packed.batch_sizes, packed.sorted_indices, packed.unsorted_indices), last
        if not batched:
            return output.squeeze(1), tuple(part.squeeze(1) for part in last)
        return (output.transpose(0, 1) if self.batch_first else output), last


class RNN(RNNBase):
    """h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        _refuse_projection(kwargs)
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        super().__init__(
            f"RNN_{nonlinearity.upper()}", input_size, hidden_size, num_layers, bias, batch_first, dropout,
            bidirectional, 0, device, dtype,
        )  # fmt: skip
        self.nonlinearity = nonlinearity

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        output, state = self._forward(input, None if hx is None else (hx,))
        return output, state[0]


def _refuse_projection(kwargs: dict[str, Any]) -> None:
    if "proj_size" in kwargs:
        raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
    if kwargs:
        raise TypeError(f"got an unexpected keyword argument '{next(iter(kwargs))}'")


class LSTM(RNNBase):
    """Long short-term memory (Hochreiter and Schmidhuber 1997); gates in the order input, forget, cell, output.

    Input (T, B, I), (B, T, I) with `batch_first`, (T, I), or a `PackedSequence`; state `(h_0, c_0)`. Returns the
    outputs of the last layer and `(h_n, c_n)`. With `proj_size` the hidden state is projected to that width.
    """

    name = "LSTM"

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            "LSTM", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, proj_size, device,
            dtype,
        )  # fmt: skip

    def _state_widths(self) -> tuple[int, ...]:
        return self.proj_size or self.hidden_size, self.hidden_size

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, tuple[Any, Any]]:
        output, state = self._forward(input, None if hx is None else tuple(hx))
        return output, (state[0], state[1])


class GRU(RNNBase):
    """Gated recurrent unit (Cho et al. 2014); gates in the order reset, update, new."""

    name = "GRU"

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        _refuse_projection(kwargs)
        super().__init__(
            "GRU", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, 0, device, dtype
        )

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        output, state = self._forward(input, None if hx is None else (hx,))
        return output, state[0]


class RNNCellBase(Module):
    """One step of a recurrent network."""

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool, num_chunks: int, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        gates = num_chunks * hidden_size
        self.weight_ih = Parameter(taeda.empty((gates, input_size), device=device, dtype=dtype))
        self.weight_hh = Parameter(taeda.empty((gates, hidden_size), device=device, dtype=dtype))
        for name in ("bias_ih", "bias_hh"):
            if bias:
                setattr(self, name, Parameter(taeda.empty(gates, device=device, dtype=dtype)))
            else:
                self.register_parameter(name, None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the parameters anew, uniform in ±1 / sqrt(hidden_size)."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}"
        if self.bias is not True:
            text += f", bias={self.bias}"
        nonlinearity = getattr(self, "nonlinearity", "tanh")
        return text if nonlinearity == "tanh" else f"{text}, nonlinearity={nonlinearity}"

    def _check(self, input: Any, state: tuple[Any, ...]) -> None:
        name = type(self).__name__
        if input.dim() not in (1, 2):
            raise ValueError(f"{name}: Expected input to be 1D or 2D, got {input.dim()}D instead")
        for place, part in enumerate(state):
            if part.dim() not in (1, 2):
                what = f"hx[{place}]" if len(state) == 2 else "hidden"
                raise ValueError(f"{name}: Expected {what} to be 1D or 2D, got {part.dim()}D instead")
        if input.size(-1) != self.input_size:
            raise RuntimeError(
                f"input has inconsistent input_size: got {input.size(-1)} expected {self.input_size}"
            )

    def _step(self, input: Any, state: tuple[Any, ...] | None, parts: int) -> tuple[Any, ...]:
        self._check(input, state or ())
        batched = input.dim() == 2
        if not batched:
            input = input.unsqueeze(0)
        if state is None:
            zeros = input.new_zeros((input.size(0), self.hidden_size))
            state = (zeros,) * parts
        elif not batched:
            state = tuple(part.unsqueeze(0) for part in state)
        weights = Weights(self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh, None)
        result = self._compute(F.linear(input, weights.input, weights.input_bias), state, weights)
        return result if batched else tuple(part.squeeze(0) for part in result)

    def _compute(self, projected: Any, state: tuple[Any, ...], weights: Weights) -> tuple[Any, ...]:
        raise NotImplementedError


class RNNCell(RNNCellBase):
    """h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def _compute(self, projected: Any, state: tuple[Any, ...], weights: Weights) -> tuple[Any, ...]:
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        return (tanh_step if self.nonlinearity == "tanh" else relu_step)(projected, state, weights)

    def forward(self, input: Any, hx: Any = None) -> Any:
        return self._step(input, None if hx is None else (hx,), 1)[0]


class LSTMCell(RNNCellBase):
    """One step of an LSTM: input (B, I) or (I,), state `(h, c)`; returns the new state."""

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def _compute(self, projected: Any, state: tuple[Any, ...], weights: Weights) -> tuple[Any, ...]:
        return lstm_step(projected, state, weights)

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        hidden, cell = self._step(input, None if hx is None else tuple(hx), 2)
        return hidden, cell


class GRUCell(RNNCellBase):
    """One step of a GRU: input (B, I) or (I,), state (B, H) or (H,); returns the new state."""

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def _compute(self, projected: Any, state: tuple[Any, ...], weights: Weights) -> tuple[Any, ...]:
        return (gru_cell_gates(projected, F.linear(state[0], weights.hidden, weights.hidden_bias), state[0]),)

    def forward(self, input: Any, hx: Any = None) -> Any:
        return self._step(input, None if hx is None else (hx,), 1)[0]
