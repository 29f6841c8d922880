"""Fills a folder with the kernels that the usual layers ask for: `python -m taeda.prebuild FOLDER`.

The build of the package runs it, once for each kind of processor whose code the machine can run, and installs the
folder; `cache.py` looks there first. What a program asks for beyond that is compiled when it is asked for, as ever.

What is run here is chosen for the kernels it leads to, not for what it computes: sizes on both sides of the bounds
between methods, tensors that are contiguous, transposed, broadcast, small and larger than the caches.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

BATCHES = (1, 64)


def layers() -> Iterator[Callable[[], None]]:
    """Calls that ask for the kernels, a subject each."""
    yield from (arithmetic, reductions, moving, perceptron, losses, convolutions, normalisation, attention, recurrence,
                optimizers, narrow)


def arithmetic() -> None:
    import taeda
    from taeda.nn import functional as F

    unary = (taeda.neg, taeda.exp, taeda.log, taeda.sqrt, taeda.rsqrt, taeda.abs, taeda.sin, taeda.cos, taeda.tanh,
             taeda.sigmoid, taeda.square, taeda.reciprocal, taeda.relu, F.gelu, F.silu, F.softplus, F.leaky_relu, F.elu,
             taeda.floor, taeda.sign, lambda x: x + 1.5, lambda x: x * 1.5, lambda x: 1.5 - x, lambda x: x / 1.5,
             lambda x: x**2, lambda x: x**0.5, lambda x: x.clamp(0.1, 0.9), lambda x: x.clone())
    binary = (taeda.add, taeda.sub, taeda.mul, taeda.div, taeda.maximum, taeda.minimum)
    compared = (taeda.eq, taeda.ne, taeda.lt, taeda.le, taeda.gt, taeda.ge)
    for shape in ((64, 64), (1536, 1024)):  # the second past the caches
        x, y = taeda.rand(*shape) + 0.1, taeda.rand(*shape) + 0.1
        row, column = taeda.rand(shape[1]) + 0.1, taeda.rand(shape[0], 1) + 0.1
        for function in unary:
            a = x.clone().requires_grad_()
            function(a).sum().backward()
        for function in binary:
            for other in (y, y.t().contiguous().t(), row, column, taeda.tensor(1.5)):
                a, b = x.clone().requires_grad_(), other.clone().requires_grad_()
                function(a, b).sum().backward()
        for function in compared:
            taeda.where(function(x, y), x, y)
            function(x, 0.5)
            (function(x, y) & function(x, 0.5)).any()
            (~function(x, y)).sum()
        for step in (x.add_, x.sub_, x.mul_, x.div_):
            step(y)
            step(1.5)
        x.zero_()
        x.addcmul_(y, y).copy_(y)
        y.double().float().long().float().int().bool().float()
    n = taeda.arange(100)
    for value in (n + 1, n - 1, n * 2, n // 3, n % 3, n == 3, n < 3, n + n, n * n):
        value.float()
        value.sum()


def reductions() -> None:
    import taeda

    for shape in ((64, 100), (7,), (1536, 1024), (16, 8, 32)):
        x = taeda.rand(*shape).requires_grad_()
        for dim in (None, -1, 0):
            wanted: dict[str, Any] = {} if dim is None else {"dim": dim}
            for function in (taeda.sum, taeda.mean, taeda.var, taeda.std, taeda.logsumexp, taeda.prod, taeda.amax):
                if dim is None and function in (taeda.logsumexp,):
                    continue
                function(x, **wanted).sum().backward()
            for function in (taeda.argmax, taeda.argmin):
                function(x, **wanted)
            for function in (taeda.max, taeda.min):
                found = function(x, **wanted)
                (found if dim is None else found[0]).sum().backward()
            taeda.linalg.vector_norm(x, dim=dim).sum().backward()
        for dim in (-1, 0):
            taeda.softmax(x, dim).sum().backward()
            taeda.log_softmax(x, dim).sum().backward()
            taeda.cumsum(x, dim).sum().backward()
        with taeda.no_grad():
            x.topk(2, -1), x.sort(-1), x.argsort(-1)
            (x > 0.5).any(), (x > 0.5).all(), (x > 0.5).sum(), (x == x.round()).float().mean()


def moving() -> None:
    import taeda
    from taeda.nn import functional as F

    for value in (0.0, 1, True):
        taeda.full((8,), value)
    taeda.rand(100), taeda.randn(100), taeda.randint(10, (100,)), taeda.randperm(100), taeda.rand(100).bernoulli_(0.3)
    taeda.linspace(0, 1, 10), taeda.eye(5), taeda.arange(10.0)
    for size in (16, 1024):
        x = taeda.rand(size, 64).requires_grad_()
        index = taeda.randint(size, (40,))
        for y in (x[index], x.index_select(0, index), x.t().contiguous(), taeda.cat([x, x]), taeda.stack([x, x]),
                  x[1:], x[::2], x[:, :3], x.unsqueeze(0).expand(3, -1, -1).contiguous(), x.reshape(-1),
                  x.masked_fill(x > 0.5, 0.0), x.tril(), x.triu(), x.flip(0), x.roll(1, 0), x.repeat(2, 1),
                  F.embedding(index, x), x.gather(1, taeda.randint(64, (size, 3))), F.pad(x, (1, 1)), x.clone()):
            (y.sum() + (y * y).mean()).backward()
        with taeda.no_grad():
            x[x > 0.5], x[index, 3], (x > 0.9).nonzero(), x.unique()
            taeda.zeros(size, 64).index_add_(0, index, x[index]).scatter_add_(0, index[:, None], x[index][:, :1])
    F.one_hot(taeda.arange(5), 7)


def _trained(model: Any, *inputs: Any) -> None:
    """Forward with and without gradients, backward to parameters and, where they have one, inputs."""
    import taeda

    out = model(*inputs)
    out = out[0] if isinstance(out, tuple) else out
    out.square().mean().backward()
    with taeda.no_grad():
        model.eval()
        model(*inputs)
        model.train()


def perceptron() -> None:
    import taeda
    from taeda import nn

    for batch in (*BATCHES, 1000):
        for sizes in ((784, 256, 10), (64, 64, 1), (3, 50, 50), (768, 3072, 768)):
            if batch == 1000 and sizes[0] == 768:
                continue
            for activation in (nn.ReLU(), nn.Tanh(), nn.GELU(), nn.SiLU(), nn.Sigmoid()):
                if sizes[0] > 500 and not isinstance(activation, (nn.ReLU, nn.GELU)):
                    continue
                model = nn.Sequential(nn.Linear(sizes[0], sizes[1]), activation, nn.Dropout(0.1),
                                      nn.Linear(sizes[1], sizes[2], bias=sizes[2] != 50))
                _trained(model, taeda.rand(batch, sizes[0], requires_grad=sizes[0] < 500))
    for shapes in (((64, 64), (64, 64)), ((256, 128), (128, 300)), ((4, 5), (5,)), ((8, 16, 32), (8, 32, 16)),
                   ((4, 4), (4, 4))):
        a, b = (taeda.rand(*s).requires_grad_() for s in shapes)
        (a @ b).sum().backward()


def losses() -> None:
    import taeda
    from taeda.nn import functional as F

    for rows, classes in ((64, 10), (2, 1000)):
        x = taeda.randn(rows, classes).requires_grad_()
        labels, target = taeda.randint(classes, (rows,)), taeda.rand(rows, classes)
        for loss in (F.cross_entropy(x, labels), F.cross_entropy(x, labels, label_smoothing=0.1),
                     F.cross_entropy(x, labels, reduction="sum"), F.nll_loss(F.log_softmax(x, -1), labels),
                     F.mse_loss(x, target), F.l1_loss(x, target), F.smooth_l1_loss(x, target),
                     F.binary_cross_entropy_with_logits(x, target), F.binary_cross_entropy(x.sigmoid(), target),
                     F.kl_div(F.log_softmax(x, -1), target, reduction="batchmean"), F.huber_loss(x, target)):
            loss.backward()
        (x.argmax(-1) == labels).float().mean().item()


def convolutions() -> None:
    import taeda
    from taeda import nn

    shapes: list[tuple[int, int, int, dict[str, Any]]] = [
        (1, 6, 28, {"kernel_size": 5}), (6, 16, 12, {"kernel_size": 5}), (1, 32, 28, {"kernel_size": 3}),
        (3, 64, 32, {"kernel_size": 3, "padding": 1}), (64, 64, 16, {"kernel_size": 3, "padding": 1}),
        (64, 128, 16, {"kernel_size": 3, "padding": 1, "stride": 2}), (64, 128, 8, {"kernel_size": 1}),
        (64, 128, 16, {"kernel_size": 1, "stride": 2}), (3, 64, 64, {"kernel_size": 7, "padding": 3, "stride": 2}),
        (32, 32, 16, {"kernel_size": 3, "padding": 1, "groups": 32}), (3, 32, 32, {"kernel_size": 4, "stride": 4}),
        (16, 32, 16, {"kernel_size": 4, "padding": 1, "stride": 2}),
    ]  # fmt: skip
    for channels, results, side, options in shapes:
        for batch in (1, 16):
            x = taeda.rand(batch, channels, side, side, requires_grad=channels > 3)
            _trained(nn.Conv2d(channels, results, **options), x)
            if channels == 64:
                _trained(nn.Conv2d(channels, results, bias=False, **options), x)
    for batch in (1, 16):
        _trained(nn.ConvTranspose2d(32, 16, 4, 2, 1), taeda.rand(batch, 32, 8, 8, requires_grad=True))
        _trained(nn.Conv1d(16, 32, 3, padding=1), taeda.rand(batch, 16, 100, requires_grad=True))
        for model in (nn.MaxPool2d(2), nn.MaxPool2d(3, 2, 1), nn.AvgPool2d(2), nn.AdaptiveAvgPool2d(1),
                      nn.Upsample(scale_factor=2), nn.Flatten(), nn.ReLU(inplace=False)):
            _trained(model, taeda.rand(batch, 16, 16, 16, requires_grad=True))


def normalisation() -> None:
    import taeda
    from taeda import nn

    for batch in (2, 32):
        image = taeda.rand(batch, 32, 8, 8, requires_grad=True)
        for norm in (nn.BatchNorm2d(32), nn.GroupNorm(4, 32), nn.InstanceNorm2d(32)):
            _trained(norm, image)
            _trained(nn.Sequential(norm, nn.ReLU()), image)
        _trained(nn.BatchNorm1d(64), taeda.rand(batch, 64, requires_grad=True))
        for size in (64, 768):
            for model in (nn.LayerNorm(size), nn.RMSNorm(size)):
                _trained(model, taeda.rand(batch, 16, size, requires_grad=True))
                _trained(model, taeda.rand(batch, size, requires_grad=True))


def attention() -> None:
    import taeda
    from taeda import nn
    from taeda.nn import functional as F

    for batch, heads, length, size in ((2, 4, 16, 16), (1, 12, 128, 64)):
        q, k, v = (taeda.rand(batch, heads, length, size).requires_grad_() for _ in range(3))
        for causal in (False, True):
            F.scaled_dot_product_attention(q, k, v, is_causal=causal).sum().backward()
        with taeda.no_grad():
            F.scaled_dot_product_attention(q[:, :, -1:], k, v)
        weights = (q @ k.transpose(-2, -1) / size**0.5).masked_fill(taeda.ones(length, length).tril() == 0, -1e9)
        (weights.softmax(-1) @ v).sum().backward()
    x = taeda.rand(4, 32, 64, requires_grad=True)
    for norm_first in (False, True):
        _trained(nn.TransformerEncoderLayer(64, 4, 256, batch_first=True, activation="gelu", norm_first=norm_first), x)
    block = nn.MultiheadAttention(64, 4, batch_first=True)
    block(x, x, x)[0].sum().backward()
    block(x, x, x, need_weights=False)[0].sum().backward()
    _trained(nn.Sequential(nn.Embedding(100, 64), nn.Linear(64, 100)), taeda.randint(100, (4, 32)))


def recurrence() -> None:
    import taeda
    from taeda import nn

    for batch in (1, 32):
        for kind in (nn.LSTM, nn.GRU):
            _trained(kind(64, 128, batch_first=True), taeda.rand(batch, 20, 64, requires_grad=True))


def optimizers() -> None:
    import taeda
    from taeda import nn, optim

    makers: tuple[Callable[[Any], Any], ...] = (
        lambda p: optim.SGD(p, 0.1), lambda p: optim.SGD(p, 0.1, momentum=0.9),
        lambda p: optim.SGD(p, 0.1, momentum=0.9, weight_decay=1e-4), optim.Adam, optim.AdamW,
        lambda p: optim.Adam(p, weight_decay=1e-4), optim.RMSprop, lambda p: optim.AdamW(p, weight_decay=0.0),
    )  # fmt: skip
    for make in makers:
        for size in (16, 1024):
            model = nn.Linear(size, size)
            optimizer = make(model.parameters())
            for _ in range(2):
                optimizer.zero_grad()
                model(taeda.rand(4, size)).sum().backward()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()


def narrow() -> None:
    """Numbers of 16 bits, as autocast and language models have them."""
    import taeda
    from taeda import nn
    from taeda.nn import functional as F

    with taeda.autocast("cpu"):
        _trained(nn.Sequential(nn.Linear(64, 256), nn.GELU(), nn.Linear(256, 64), nn.LayerNorm(64)),
                 taeda.rand(32, 64, requires_grad=True))
        _trained(nn.TransformerEncoderLayer(64, 4, 256, batch_first=True), taeda.rand(4, 32, 64))
    for batch in (1, 64):
        model = nn.Sequential(nn.Linear(64, 256), nn.SiLU(), nn.Linear(256, 64)).bfloat16()
        _trained(model, taeda.rand(batch, 64).bfloat16())
    x = taeda.rand(64, 64).bfloat16()
    (x + x, x * x, x * 0.5, x - x, x / (x + 1), F.silu(x), F.softmax(x, -1), x.float(), x.sum(), x.mean(-1))
    q = taeda.rand(1, 4, 16, 16).bfloat16()
    F.scaled_dot_product_attention(q, q, q, is_causal=True)


def compile_here(folder: Path) -> None:
    """Put into `folder` what the usual layers ask for on the processor of this process (TAEDA_CPU)."""
    from taeda import _schemas
    from taeda.runtime import jit, kept
    from taeda.runtime.devices import target_of

    kept.enabled = False  # answers belong to the files that gave them, times and all: an installation asks anew
    start = time.perf_counter()
    _schemas.store_for_installation()
    for subject in layers():
        subject()
    size = sum(path.stat().st_size for path in folder.glob("??/*"))
    print(f"{jit.statistics['compiled']} kernels for {target_of('cpu').name}, {time.perf_counter() - start:.0f} s; "
          f"{size / 1e6:.1f} MB in all")


def main() -> None:
    what = (__doc__ or "").split(":")[0] + "."
    parser = argparse.ArgumentParser(prog="python -m taeda.prebuild", description=what)
    parser.add_argument("folder", type=Path, help="where the kernels are put, as the compile cache has them")
    parser.add_argument("--here", action="store_true", help="only for the processor of this process, in this process")
    options = parser.parse_args()
    if options.here:
        return compile_here(options.folder)
    if importlib.util.find_spec("llvmlite") is None:
        print("kernels are not prebuilt: llvmlite is not installed")
        return
    options.folder.mkdir(parents=True, exist_ok=True)
    for kind in ("avx2", "avx512"):
        environment = os.environ | {
            "TAEDA_CPU": kind, "TAEDA_CACHE": str(options.folder), "TAEDA_CACHE_MB": "4096", "TAEDA_PREBUILT": "0",
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        }  # fmt: skip
        command = [sys.executable, "-m", "taeda.prebuild", str(options.folder), "--here"]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        last = (done.stdout.strip().splitlines() or ["?"])[-1]
        print(last if done.returncode == 0 else f"kernels are not prebuilt for {kind}: {last}", flush=True)


if __name__ == "__main__":
    main()
