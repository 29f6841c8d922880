#!/usr/bin/env python3
"""Taeda and PyTorch on the same work, in turns, in one process: the ratios of the README's table.

    python benchmarks/compare.py                  the table
    python benchmarks/compare.py --only matmul    workloads whose name matches
    python benchmarks/compare.py --smoke          each workload a few times in Taeda alone: does it run?

Rounds of the two libraries alternate, so that a machine which becomes slower hits both alike; the ratio is the median
of the ratios of neighbouring rounds. Above 1, Taeda is faster.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

Step = Callable[[], Any]
SETTLE = 0.01  # seconds for which the threads of the library that was on turn may still wait for more work, spinning
WORKLOADS: dict[str, Callable[[Any], Step]] = {}


def workload(name: str) -> Callable[[Callable[[Any], Step]], Callable[[Any], Step]]:
    """Register a function that takes a library and gives one step of work."""

    def register(make: Callable[[Any], Step]) -> Callable[[Any], Step]:
        WORKLOADS[name] = make
        return make

    return register


def normal(torch: Any, *shape: int, seed: int = 0) -> Any:
    """The same numbers in either library, in its own memory."""
    return torch.from_numpy(np.random.default_rng(seed).standard_normal(shape).astype(np.float32)).clone()


def integers(torch: Any, high: int, *shape: int, seed: int = 0) -> Any:
    return torch.from_numpy(np.random.default_rng(seed).integers(0, high, shape)).clone()


def training(torch: Any, model: Any, optimizer: Any, x: Any, y: Any) -> Step:
    def step() -> Any:
        optimizer.zero_grad()
        out = model(x)
        loss = torch.nn.functional.cross_entropy(out.reshape(-1, out.shape[-1]), y.reshape(-1))
        loss.backward()
        optimizer.step()
        return loss

    return step


@workload("4-element add")
def _(torch: Any) -> Step:
    a, b = normal(torch, 4), normal(torch, 4, seed=1)
    return lambda: a + b


@workload("4-element add, recorded for gradients")
def _(torch: Any) -> Step:
    a, b = normal(torch, 4).requires_grad_(), normal(torch, 4, seed=1)
    return lambda: a + b


@workload("gelu, 4 MB")
def _(torch: Any) -> Step:
    x = normal(torch, 1 << 20)
    return lambda: torch.nn.functional.gelu(x)


@workload("softmax, 4096 x 1024")
def _(torch: Any) -> Step:
    x = normal(torch, 4096, 1024)
    return lambda: torch.softmax(x, -1)


@workload("layer_norm, 4096 x 1024")
def _(torch: Any) -> Step:
    x = normal(torch, 4096, 1024)
    return lambda: torch.nn.functional.layer_norm(x, (1024,))


@workload("sum over the first dimension, 4096 x 1024")
def _(torch: Any) -> Step:
    x = normal(torch, 4096, 1024)
    return lambda: x.sum(0)


@workload("float32 matmul, 512")
def _(torch: Any) -> Step:
    a, b = normal(torch, 512, 512), normal(torch, 512, 512, seed=1)
    return lambda: a @ b


@workload("float32 matmul, 1024")
def _(torch: Any) -> Step:
    a, b = normal(torch, 1024, 1024), normal(torch, 1024, 1024, seed=1)
    return lambda: a @ b


@workload("convolution 3x3, 64 channels, 8x56x56")
def _(torch: Any) -> Step:
    x, w = normal(torch, 8, 64, 56, 56), normal(torch, 64, 64, 3, 3, seed=1)
    return lambda: torch.nn.functional.conv2d(x, w, padding=1)


@workload("causal attention, 4x8x512x64")
def _(torch: Any) -> Step:
    q, k, v = (normal(torch, 4, 8, 512, 64, seed=s) for s in range(3))
    return lambda: torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)


@workload("embedding, 2048 of 32000 x 512")
def _(torch: Any) -> Step:
    w, i = normal(torch, 32000, 512), integers(torch, 32000, 8, 256)
    return lambda: torch.nn.functional.embedding(i, w)


def _systems(torch: Any, *shape: int) -> Any:
    x = normal(torch, *shape)
    return x @ x.mT + shape[-1] * torch.eye(shape[-1])


def _linear_algebra(shape: tuple[int, ...], words: str) -> None:
    steps: dict[str, Callable[[Any, Any], Any]] = {
        "svd": lambda torch, x: torch.linalg.svd(x),
        "eigh": lambda torch, x: torch.linalg.eigh(x),
        "solve": lambda torch, x: torch.linalg.solve(x, x),
        "cholesky": lambda torch, x: torch.linalg.cholesky(x),
    }
    for name, step in steps.items():

        def make(torch: Any, step: Callable[[Any, Any], Any] = step) -> Step:
            x = _systems(torch, *shape)
            return lambda: step(torch, x)

        workload(f"{name}, {words}")(make)


_linear_algebra((512, 512), "512 x 512")
_linear_algebra((256, 16, 16), "256 of 16 x 16")


@workload("fft of 2^20 complex numbers")
def _(torch: Any) -> Step:
    x = torch.complex(normal(torch, 1 << 20), normal(torch, 1 << 20, seed=1))
    return lambda: torch.fft.fft(x)


@workload("fft of 1000 rows of 1000")
def _(torch: Any) -> Step:
    x = normal(torch, 1000, 1000)
    return lambda: torch.fft.fft(x)


@workload("fft of 1000 rows of 1000 complex numbers")
def _(torch: Any) -> Step:
    x = torch.complex(normal(torch, 1000, 1000), normal(torch, 1000, 1000, seed=1))
    return lambda: torch.fft.fft(x)


@workload("rfft of 2^20")
def _(torch: Any) -> Step:
    x = normal(torch, 1 << 20)
    return lambda: torch.fft.rfft(x)


@workload("fft2 of 16 images of 256 x 256")
def _(torch: Any) -> Step:
    x = torch.complex(normal(torch, 16, 256, 256), normal(torch, 16, 256, 256, seed=1))
    return lambda: torch.fft.fft2(x)


@workload("fft of 100003, a prime")
def _(torch: Any) -> Step:
    x = torch.complex(normal(torch, 100003), normal(torch, 100003, seed=1))
    return lambda: torch.fft.fft(x)


@workload("stft of ten seconds at 16 kHz")
def _(torch: Any) -> Step:
    x, window = normal(torch, 160000), torch.hann_window(400)
    return lambda: torch.stft(x, 400, 160, window=window, return_complex=True)


@workload("complex matmul, 512")
def _(torch: Any) -> Step:
    a, b = (torch.complex(normal(torch, 512, 512, seed=k), normal(torch, 512, 512, seed=k + 2)) for k in range(2))
    return lambda: a @ b


@workload("bessel_j0 of a million")
def _(torch: Any) -> Step:
    x = normal(torch, 1_000_000) * 10
    return lambda: torch.special.bessel_j0(x)


@workload("lgamma of a million")
def _(torch: Any) -> Step:
    x = normal(torch, 1_000_000).abs() * 10
    return lambda: torch.lgamma(x)


@workload("igamma of a million")
def _(torch: Any) -> Step:
    a, x = (normal(torch, 1_000_000, seed=k).abs() * 10 for k in range(2))
    return lambda: torch.special.gammainc(a, x)


def sparse_product(torch: Any, density: float) -> Step:
    numbers = normal(torch, 4096, 4096) * (torch.from_numpy(np.random.default_rng(1).random((4096, 4096))) < density)
    matrix, dense = numbers.to_sparse_csr(), normal(torch, 4096, 128)
    return lambda: matrix @ dense


@workload("sparse (CSR) 4096 x 4096 at 1 % @ 4096 x 128")
def _(torch: Any) -> Step:
    return sparse_product(torch, 0.01)


@workload("sparse (CSR) 4096 x 4096 at 0.1 % @ 4096 x 128")
def _(torch: Any) -> Step:
    return sparse_product(torch, 0.001)


@workload("training step: MLP 784-512-512-10, Adam")
def _(torch: Any) -> Step:
    nn = torch.nn
    model = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10))
    return training(
        torch, model, torch.optim.Adam(model.parameters()), normal(torch, 128, 784), integers(torch, 10, 128)
    )


@workload("training step: LeNet, SGD")
def _(torch: Any) -> Step:
    nn = torch.nn
    model = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120),
        nn.ReLU(),
        nn.Linear(120, 84),
        nn.ReLU(),
        nn.Linear(84, 10),
    )
    return training(
        torch,
        model,
        torch.optim.SGD(model.parameters(), lr=0.01),
        normal(torch, 64, 1, 28, 28),
        integers(torch, 10, 64),
    )


@workload("training step: transformer layer 256, 8 x 128, AdamW")
def _(torch: Any) -> Step:
    nn = torch.nn
    model = nn.TransformerEncoderLayer(256, 4, 1024, dropout=0.0, batch_first=True)
    return training(
        torch, model, torch.optim.AdamW(model.parameters()), normal(torch, 8, 128, 256), integers(torch, 256, 8, 128)
    )


@workload("training step: LSTM 2 x 256, 32 x 64, Adam")
def _(torch: Any) -> Step:
    nn = torch.nn

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed, self.lstm, self.out = (
                nn.Embedding(100, 256),
                nn.LSTM(256, 256, 2, batch_first=True),
                nn.Linear(256, 100),
            )

        def forward(self, x: Any) -> Any:
            return self.out(self.lstm(self.embed(x))[0])

    model = Model()
    return training(
        torch,
        model,
        torch.optim.Adam(model.parameters()),
        integers(torch, 100, 32, 64),
        integers(torch, 100, 32, 64, seed=1),
    )


def timed(step: Step, count: int) -> float:
    start = time.perf_counter()
    for _ in range(count):
        step()
    return (time.perf_counter() - start) / count


def measure(
    make: Callable[[Any], Step], libraries: tuple[Any, Any], seconds: float, rounds: int
) -> tuple[float, float, float]:
    """Median seconds of a step in each library, and the median ratio."""
    steps = [make(library) for library in libraries]
    counts = []
    for step in steps:
        step(), step()
        counts.append(max(1, int(seconds / max(timed(step, 1), 1e-9))))
        counts[-1] = max(1, int(seconds / timed(step, counts[-1])))
    times: tuple[list[float], list[float]] = ([], [])
    for k in range(rounds):
        for j in (0, 1) if k % 2 else (1, 0):
            time.sleep(SETTLE), steps[j]()
            times[j].append(timed(steps[j], counts[j]))
    return (
        statistics.median(times[0]),
        statistics.median(times[1]),
        statistics.median(a / b for a, b in zip(*times, strict=True)),
    )


def import_seconds(name: str) -> float:
    script = f"import time; t = time.perf_counter(); import {name}; print(time.perf_counter() - t)"
    return min(
        float(subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout)
        for _ in range(3)
    )


def text(seconds: float) -> str:
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds * 1e9:.0f} ns"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="REGEX", help="workloads whose name matches")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=0.1, help="length of a round")
    parser.add_argument("--smoke", action="store_true", help="run each workload three times in Taeda alone")
    options = parser.parse_args()
    import taeda

    chosen = {name: make for name, make in WORKLOADS.items() if re.search(options.only, name)}
    if options.smoke:
        for name, make in chosen.items():
            step = make(taeda)
            print(f"{name:60} {text(min(timed(step, 1) for _ in range(3)))}", flush=True)
        return
    import torch

    torch.set_num_threads(taeda.get_num_threads())
    print("| work | PyTorch | Taeda | PyTorch / Taeda |\n|---|---|---|---|")
    if re.search(options.only, "import"):
        a, b = import_seconds("torch"), import_seconds("taeda")
        print(f"| import | {text(a)} | {text(b)} | {a / b:.2f} |")
    for name, make in chosen.items():
        a, b, ratio = measure(make, (torch, taeda), options.seconds, options.rounds)
        print(f"| {name} | {text(a)} | {text(b)} | {ratio:.2f} |", flush=True)


if __name__ == "__main__":
    main()
