"""The loss of whole models follows PyTorch's, step by step, from the same weights and batches."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from expected import agree
from taeda.testing.samples import from_array

sys.path.insert(0, str(Path(__file__).parent))
import models  # noqa: E402

STEPS = 50


def weights_of(model: Any, library: Any) -> dict[str, Any]:
    """Random weights of the size that the layers would get themselves."""
    rng = np.random.default_rng(0)
    state = model.state_dict()
    for name, value in state.items():
        if value.dim() > 1:
            fan = value[0].numel()
            state[name] = from_array(rng.uniform(-1, 1, tuple(value.shape)) / fan**0.5, "float32", library)
    return state


def losses(
    library: Any,
    build: Callable[[Any], Any],
    batches: list[tuple[np.ndarray, np.ndarray]],
    optimizer: Callable[[Any, Any], Any],
) -> list[float]:
    model = build(library)
    for p in model.parameters():
        p.detach().zero_().add_(1.0 if p.dim() == 1 and p.numel() % 2 else 0.5)
    model.load_state_dict(weights_of(model, library))
    model.train()
    step = optimizer(library, model.parameters())
    found = []
    for x, y in batches:
        out = model(library.from_numpy(x))
        loss = library.nn.functional.cross_entropy(out.reshape(-1, out.shape[-1]), library.from_numpy(y).reshape(-1))
        step.zero_grad()
        loss.backward()
        step.step()
        found.append(loss.item())
    assert found[-1] < found[0]  # it is a training run, not noise
    return found


def follow(
    build: Callable[[Any], Any], batches: list[tuple[np.ndarray, np.ndarray]], optimizer: Callable[[Any, Any], Any]
) -> None:
    agree(lambda library: losses(library, build, batches, optimizer), 1e-4, 0.0)


def sequences(vocabulary: int, batch: int, length: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Batches with something to learn: each token depends on the one before."""
    rng = np.random.default_rng(0)
    following = rng.permutation(vocabulary)
    made = []
    for _ in range(STEPS):
        tokens = np.empty((batch, length + 1), np.int64)
        tokens[:, 0] = rng.integers(0, vocabulary, batch)
        for k in range(length):
            tokens[:, k + 1] = np.where(
                rng.random(batch) < 0.9, following[tokens[:, k]], rng.integers(0, vocabulary, batch)
            )
        made.append((tokens[:, :-1].copy(), tokens[:, 1:].copy()))
    return made


def test_gpt() -> None:
    follow(models.gpt, sequences(65, 4, 32), lambda library, p: library.optim.AdamW(p, lr=1e-3))


def test_lstm() -> None:
    follow(models.lstm, sequences(40, 8, 20), lambda library, p: library.optim.Adam(p, lr=2e-3))


@pytest.mark.parametrize(("dtype", "steps"), [("float32", 40), ("float64", STEPS)])
def test_cnn(dtype: str, steps: int) -> None:
    """In float32 PyTorch's own losses with AVX2 and with AVX-512 part after step 40: by then rounding decides which
    values ReLU and pooling take. In float64 they stay together."""
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((10, 1, 28, 28)).astype(np.float32)
    batches = []
    for _ in range(steps):
        y = rng.integers(0, 10, 16)
        batches.append(((centres[y] + rng.standard_normal((16, 1, 28, 28)).astype(np.float32)).astype(dtype), y))
    follow(lambda library: models.cnn(library).to(getattr(library, dtype)), batches,
           lambda library, p: library.optim.SGD(p, lr=0.02, momentum=0.9, weight_decay=1e-4))
