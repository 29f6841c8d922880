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


class Encoder(nn.Module):
    """A layer under autocast."""

    def __init__(self) -> None:
        super().__init__()
        self.layer, self.head = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True), nn.Linear(16, 4)

    def forward(self, x: Any) -> Any:
        with taeda.autocast("cpu", taeda.bfloat16):
            return self.head(self.layer(x).mean(1)).float()


class Residual(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.between = nn.Conv2d(2, 6, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(6)
        self.second, self.after = nn.Conv2d(6, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6)
        self.short, self.head = nn.Conv2d(2, 6, 1, stride=2), nn.Linear(6, 4)

    def forward(self, x: Any) -> Any:
        y = self.after(self.second(self.between(self.first(x)).relu()))
        return self.head((y + self.short(x)).relu().mean((2, 3)))


class Autoencoder(nn.Module):
    """Gives class scores too, so that the same loss can be taken."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Sequential(nn.Conv2d(1, 4, 3, 2, 1), nn.ReLU(), nn.Conv2d(4, 6, 3, 2, 1), nn.SiLU())
        self.up = nn.Sequential(nn.ConvTranspose2d(6, 4, 2, 2), nn.GELU(), nn.ConvTranspose2d(4, 1, 2, 2), nn.Sigmoid())

    def forward(self, x: Any) -> Any:
        y = self.up(self.down(x))
        return taeda.cat([y[:, 0, :2, :2].flatten(1), y.mean((1, 2, 3))[:, None]], 1)


class Rotary(nn.Module):
    """Attention with rotary positions, grouped heads, RMS norm and a gated layer, as language models have them."""

    def __init__(self) -> None:
        super().__init__()
        self.norm, self.q, self.kv = nn.RMSNorm(16), nn.Linear(16, 16, False), nn.Linear(16, 8, False)
        self.gate, self.up, self.down = (nn.Linear(16, 24, False), nn.Linear(16, 24, False), nn.Linear(24, 16, False))
        self.head = nn.Linear(16, 4)

    def forward(self, x: Any) -> Any:
        batch, length, _ = x.shape
        angles = taeda.arange(length)[:, None] / 10 ** (taeda.arange(0, 4, 2) / 4)
        cos, sin = angles.cos().repeat(1, 2), angles.sin().repeat(1, 2)

        def turned(h: Any) -> Any:
            a, b = h.chunk(2, -1)
            return h * cos + taeda.cat((-b, a), -1) * sin

        h = self.norm(x)
        q = turned(self.q(h).view(batch, length, 4, 4).transpose(1, 2))
        k, v = self.kv(h).view(batch, length, 2, 4).transpose(1, 2).chunk(2, 1)
        y = F.scaled_dot_product_attention(q, turned(k).repeat_interleave(4, 1), v.repeat_interleave(4, 1),
                                           is_causal=True)
        x = x + y.transpose(1, 2).reshape(batch, length, 16)
        return self.head((x + self.down(F.silu(self.gate(x)) * self.up(x)))[:, -1])


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
    "encoder": (Encoder, classes(6, 16)),
    "residual": (Residual, classes(2, 9, 9)),
    "autoencoder": (Autoencoder, classes(1, 8, 8)),
    "rotary": (Rotary, classes(6, 16)),
    "characters": (Characters, lambda k: (taeda.randint(0, 65, (3, 16 + k % 4)),
                                          taeda.randint(0, 65, (3 * (16 + k % 4),)))),
}
OPTIMIZERS: dict[str, Callable[[Any], Any]] = {
    "sgd": lambda p: taeda.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    "adamw": lambda p: taeda.optim.AdamW(p, lr=1e-2),
}


def make_step(model: Any, called: Any, updates: Any) -> Callable[[Any, Any], Any]:
    def step(x: Any, y: Any) -> Any:
        updates.zero_grad()
        loss = F.cross_entropy(called(x).reshape(len(y), -1), y)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        updates.step()
        return loss.detach()

    return step


def train(name: str, optimizer: str, how: str, steps: int = 20) -> list[Any]:
    taeda.manual_seed(3)
    model = MODELS[name][0]()
    updates = OPTIMIZERS[optimizer](model.parameters())
    step = make_step(model, taeda.compile(model) if how == "model" else model, updates)
    run = taeda.compile(step) if how == "step" else step
    losses = [run(*MODELS[name][1](k)).item() for k in range(steps)]
    return [losses, *(t.numpy().tobytes() for t in model.state_dict().values())]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("name", MODELS)
def test_same_bits_after_training(name: str, optimizer: str) -> None:
    plain = train(name, optimizer, "eager")
    assert train(name, optimizer, "step") == plain
    assert train(name, optimizer, "model") == plain


# The positions of "characters" are made in the step, so an index out of them is known only then; the LSTM's backward
# looks at its gradients.
@pytest.mark.parametrize(("name", "recordings"), [("perceptron", 1), ("images", 1), ("recurrent", 2),
                                                  ("characters", 2)])
def test_a_training_step_is_hardly_cut(name: str, recordings: int) -> None:
    model = MODELS[name][0]()
    updates = OPTIMIZERS["sgd"](model.parameters())
    step = make_step(model, model, updates)
    step(*MODELS[name][1](0))
    found = taeda.compiler.explain(step, *MODELS[name][1](0))
    assert found.recordings == recordings, found
    assert len(found.programs) == recordings + 1, found  # the optimizer's by itself


def plans_made(run: Callable[[], None]) -> int:
    from taeda.runtime import recorded

    taeda.compiler.reset()
    recorded.log = []
    try:
        run()
        return len(recorded.log)
    finally:
        recorded.log = None


def attention(q: Any, k: Any, v: Any) -> Any:
    return (q @ k.transpose(-1, -2) * 0.3).softmax(-1) @ v


SWEEPS: dict[str, tuple[Callable[..., Any], Callable[[int], tuple[Any, ...]]]] = {
    "rows": (lambda x: ((x @ x.new_ones(8, 8)).softmax(-1) * x).sum(0) + x.mean(), lambda n: (taeda.randn(n, 8),)),
    "vector": (lambda x: (x.exp() + 1).sum(), lambda n: (taeda.randn(n),)),
    "attention": (attention, lambda n: tuple(taeda.randn(1, 2, n, 8) for _ in range(3))),
    "joined": (lambda x, y: taeda.cat([x, y], 0).sin().mean(1), lambda n: (taeda.randn(n, 4), taeda.randn(3, 4))),
    "scan": (lambda x: x.cumsum(0).relu() * 2, lambda n: (taeda.randn(n, 4),)),
}


@pytest.mark.parametrize("name", SWEEPS)
def test_lengths_from_1_to_512_compile_twice(name: str) -> None:
    function, make = SWEEPS[name]
    compiled = taeda.compile(function)

    def sweep() -> None:
        for length in range(1, 513):
            arguments = make(length)
            result = compiled(*arguments)
            if length < 9 or length % 37 == 0:
                assert result.equal(function(*arguments)), length

    assert plans_made(sweep) <= 2


def test_a_layer_compiles_twice_although_a_length_is_that_of_the_batch() -> None:
    taeda.manual_seed(0)
    block = Block(32, 4).eval()
    compiled = taeda.compile(block)

    def sweep() -> None:
        with taeda.no_grad():
            for length in (1, 2, 3, 4, 8, 32, 57):
                x = taeda.randn(2, length, 32)
                assert compiled(x).equal(block(x)), length

    assert plans_made(sweep) <= 2


def test_generation_compiles_twice() -> None:
    def generate(count: int) -> list[float]:
        taeda.manual_seed(1)
        x, found = taeda.randn(1, 2, 1, 8), []
        keys, values = x * 0.5, x.sin()
        for _ in range(count):
            keys, values = taeda.cat([keys, x * 0.5], 2), taeda.cat([values, x.sin()], 2)
            x = attention(x, keys, values).tanh()
            found.append(x.sum().item())
        return found

    found: list[list[float]] = []
    with taeda.no_grad():
        # One for the first token, which has what came before it; two for all others.
        assert plans_made(lambda: found.append(taeda.compile(generate)(200))) <= 3
        assert found[0] == generate(200)


@pytest.mark.parametrize("dims", [(0, 1), (1, 2), (0, 2), (0, 1, 2), (1,)], ids=str)
@pytest.mark.parametrize("sizes", [(6, 6, 16), (3, 100, 8), (64, 5, 3)], ids=str)
def test_sums_over_several_dimensions_have_one_order(sizes: tuple[int, ...], dims: tuple[int, ...]) -> None:
    """Whatever is fused into them: broadcast, permuted, a part of something larger."""
    batch, length, width = sizes
    taeda.manual_seed(0)
    row, x, column = taeda.randn(batch, 1, width), taeda.randn(sizes), taeda.randn(1, length, 1)
    swapped, larger = taeda.randn(length, batch, width).transpose(0, 1), taeda.randn(batch + 1, length + 2, width + 3)
    part = larger[1:, 1:-1, :width]
    for f in (lambda: (row * x).sum(dims), lambda: (x * column).mean(dims), lambda: (x * swapped).sum(dims),
              lambda: (swapped * x).sum(dims), lambda: (swapped * 2).sum(dims), lambda: (part * 2).sum(dims),
              lambda: (row * column).exp().sum(dims), lambda: (part * row * column).amax(dims),
              lambda: (x[0].t().contiguous().t().expand(sizes) * row).sum(dims),
              lambda: (row.expand(sizes) * 2).sum(dims), lambda: (x.permute(2, 0, 1) * 2).sum(dims).exp()):
        assert f().equal(taeda.compile(f)())


def test_operands_that_are_broadcast_have_a_say_in_the_layout() -> None:
    x, row = taeda.ones(5, 7).t(), taeda.arange(3.0)[:, None, None]
    for f in (lambda: x * row, lambda: row * x, lambda: x.expand(3, 7, 5) * row):
        assert f().stride() == taeda.compile(f)().stride() == (35, 1, 7)  # as in PyTorch
