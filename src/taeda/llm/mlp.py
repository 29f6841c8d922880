"""The part of a layer that looks at each token by itself: an MLP, or a mixture of them."""

from __future__ import annotations

from collections.abc import Callable

import taeda
import taeda.nn.functional as F
from taeda import nn
from taeda.llm.config import ConfigError, DecoderConfig, Experts


def _gelu_tanh(x: taeda.Tensor) -> taeda.Tensor:
    return F.gelu(x, approximate="tanh")


# By the names that config.json uses.
ACTIVATIONS: dict[str, Callable[[taeda.Tensor], taeda.Tensor]] = {
    "silu": F.silu, "swish": F.silu, "gelu": F.gelu, "gelu_new": _gelu_tanh, "gelu_pytorch_tanh": _gelu_tanh,
    "gelu_fast": _gelu_tanh, "relu": F.relu, "relu2": lambda x: F.relu(x).square(),
    "quick_gelu": lambda x: x * taeda.sigmoid(1.702 * x), "tanh": taeda.tanh,
}


def activation(name: str) -> Callable[[taeda.Tensor], taeda.Tensor]:
    if name not in ACTIVATIONS:
        raise ConfigError(f"config.json: the activation {name!r} is none of {', '.join(sorted(ACTIVATIONS))}")
    return ACTIVATIONS[name]


class MLP(nn.Module):
    """down(act(up(x))), or with a gate down(act(gate(x)) * up(x)). Rows (tokens, features) in and out."""

    def __init__(self, config: DecoderConfig, size: int) -> None:
        super().__init__()
        hidden, bias = config.hidden_size, config.mlp_bias
        self.activation = activation(config.activation)
        self.gate_proj = nn.Linear(hidden, size, bias) if config.mlp == "gated" else None
        self.up_proj = nn.Linear(hidden, size, bias)
        self.down_proj = nn.Linear(size, hidden, bias)

    def forward(self, x: taeda.Tensor) -> taeda.Tensor:
        if self.gate_proj is None:
            return self.down_proj(self.activation(self.up_proj(x)))
        return self.down_proj(self.activation(self.gate_proj(x)) * self.up_proj(x))


class Mixture(nn.Module):
    """A mixture of experts: each token goes through the `active` MLPs that the router `gate` scores highest.

    Their results are added in the order of the experts, so that they do not depend on the other tokens.
    """

    def __init__(self, config: DecoderConfig, experts: Experts) -> None:
        super().__init__()
        self.active, self.normalized = experts.active, experts.normalized
        self.gate = nn.Linear(config.hidden_size, experts.count, False)
        self.experts = nn.ModuleList(MLP(config, experts.size) for _ in range(experts.count))
        shared = experts.shared_size
        self.shared_expert = MLP(config, shared) if shared else None
        self.shared_expert_gate = nn.Linear(config.hidden_size, 1, False) if shared else None

    def forward(self, x: taeda.Tensor) -> taeda.Tensor:
        weights, chosen = self.gate(x).softmax(-1, dtype=taeda.float32).topk(self.active, -1)
        if self.normalized:
            weights = weights / weights.sum(-1, keepdim=True)
        weights = weights.to(x.dtype)
        result = taeda.zeros_like(x)
        for number in sorted(set(chosen.flatten().tolist())):
            rows, places = (chosen == number).nonzero(as_tuple=True)
            found = self.experts[number](x[rows]) * weights[rows, places].unsqueeze(-1)
            result = result.index_add(0, rows, found)
        if self.shared_expert is not None and self.shared_expert_gate is not None:
            result = result + taeda.sigmoid(self.shared_expert_gate(x)) * self.shared_expert(x)
        return result
