"""Training steps, compiled and as they are: the same bits after 20 steps, whatever the sizes do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import taeda
import taeda.nn.functional as F
from taeda import nn


class Block(nn.Module):
    """A layer of a GPT."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x: Any) -> Any:
        batch, length, width = x.shape
        q, k, v = (t.view(batch, length, self.heads, width // self.heads).transpose(1, 2)
                   for t in self.qkv(self.before(x)).split(width, 2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.dropout(self.out(y.transpose(1, 2).reshape(batch, length, width)))
        return x + self.down(F.gelu(self.up(self.between(x))))


class Characters(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.tokens, self.places = nn.Embedding(65, 32), nn.Embedding(24, 32)
        self.blocks = nn.ModuleList([Block(32, 4) for _ in range(2)])
        self.norm, self.head = nn.LayerNorm(32), nn.Linear(32, 65, bias=False)

    def forward(self, x: Any) -> Any:
        h = self.tokens(x) + self.places(taeda.arange(x.shape[1]))
        for block in self.blocks:
            h = block(h)
        return self.head(self.norm(h))


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm, self.head = nn.LSTM(8, 16, batch_first=True), nn.Linear(16, 4)

    def forward(self, x: Any) -> Any:
        return self.head(self.lstm(x)[0][:, -1])


def images() -> Any:
    return nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.MaxPool2d(2),
                         nn.Flatten(), nn.Linear(64, 10))


def perceptron() -> Any:
    return nn.Sequential(nn.Linear(20, 32), nn.Tanh(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 10))


def classes(*shape: int) -> Callable[[int], tuple[Any, Any]]:
    return lambda k: (taeda.randn(6 + k % 3, *shape), taeda.randint(0, 4, (6 + k % 3,)))


MODELS: dict[str, tuple[Callable[[], Any], Callable[[int], tuple[Any, Any]]]] = {
    "perceptron": (perceptron, classes(20)),
    "images": (images, classes(1, 8, 8)),
    "recurrent": (Recurrent, classes(5, 8)),
    "characters": (Characters, lambda k: (taeda.randint(0, 65, (3, 16 + k % 4)),
                                          taeda.randint(0, 65, (3 * (16 + k % 4),)))),
}
OPTIMIZERS: dict[str, Callable[[Any], Any]] = {
    "sgd": lambda p: taeda.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    "adamw": lambda p: taeda.optim.AdamW(p, lr=1e-2),
}


def train(name: str, optimizer: str, how: str, steps: int = 20) -> list[Any]:
    taeda.manual_seed(3)
    model = MODELS[name][0]()
    updates = OPTIMIZERS[optimizer](model.parameters())
    called = taeda.compile(model) if how == "model" else model

    def step(x: Any, y: Any) -> Any:
        updates.zero_grad()
        loss = F.cross_entropy(called(x).reshape(len(y), -1), y)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        updates.step()
        return loss.detach()

    run = taeda.compile(step) if how == "step" else step
    losses = [run(*MODELS[name][1](k)).item() for k in range(steps)]
    return [losses, *(t.numpy().tobytes() for t in model.state_dict().values())]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("name", MODELS)
def test_same_bits_after_training(name: str, optimizer: str) -> None:
    plain = train(name, optimizer, "eager")
    assert train(name, optimizer, "step") == plain
    assert train(name, optimizer, "model") == plain


def test_varying_lengths_compile_twice() -> None:
    from taeda.runtime import recorded

    @taeda.compile
    def f(x: Any, w: Any) -> Any:
        h = (x @ w).softmax(-1)
        return (h * x).sum(0) + x.mean()

    w = taeda.randn(8, 8)
    taeda.compiler.reset()
    recorded.log = []
    try:
        for length in range(1, 40):
            f(taeda.randn(length, 8), w)
        assert len(recorded.log) <= 2
    finally:
        recorded.log = None
