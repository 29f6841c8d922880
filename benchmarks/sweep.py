#!/usr/bin/env python3
"""Usual ops over sizes, dtypes and layouts, in PyTorch and Taeda in turns: where is Taeda the slower one?

    python benchmarks/sweep.py                        all of it (minutes), the slowest last
    python benchmarks/sweep.py --only 'exp|reduce/'   rows whose name matches
    python benchmarks/sweep.py --below 1.0            print only rows that are below this ratio
    python benchmarks/sweep.py --smoke                each row once in Taeda alone: does it run?

A row's name is group/op/dtype/size. The ratio is that of compare.py: above 1, Taeda is faster.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from compare import Step, integers, measure, text

Make = Callable[[Any], Step]
ROWS: dict[str, Make] = {}
SIZES = {"4K": 1 << 10, "256K": 1 << 16, "4M": 1 << 20, "64M": 1 << 24}  # bytes of float32: elements


def normal(torch: Any, *shape: int, dtype: str = "float32", seed: int = 0) -> Any:
    """The same numbers in either library, in its own memory; of whole numbers those from 0 to 99."""
    random = np.random.default_rng(seed)
    if dtype.startswith("int"):
        return torch.from_numpy(random.integers(0, 100, shape)).to(getattr(torch, dtype)).clone()
    return torch.from_numpy(random.standard_normal(shape, np.float32)).to(getattr(torch, dtype)).clone()


def row(name: str, make: Make) -> None:
    assert name not in ROWS, name
    ROWS[name] = make


def apply(name: str, function: Callable[..., Any], *operands: Callable[[Any], Any]) -> None:
    """A row that applies function(torch, *operands)."""

    def make(torch: Any) -> Step:
        values = [operand(torch) for operand in operands]
        return lambda: function(torch, *values)

    row(name, make)


def of(*shape: int, dtype: str = "float32", seed: int = 0, range: str = "any") -> Callable[[Any], Any]:
    """Normal numbers, or what they become "above 1" or "below 1"."""

    def make(torch: Any) -> Any:
        x = normal(torch, *shape, dtype=dtype, seed=seed)
        return x.abs() + 1 if range == "above 1" else x / 6 if range == "below 1" else x

    return make


def indices(high: int, *shape: int, seed: int = 0) -> Callable[[Any], Any]:
    return lambda torch: integers(torch, high, *shape, seed=seed)


def creation() -> None:
    ops: dict[str, Callable[[Any, int], Any]] = {
        "empty": lambda torch, n: torch.empty(n),
        "zeros": lambda torch, n: torch.zeros(n),
        "ones": lambda torch, n: torch.ones(n),
        "full": lambda torch, n: torch.full((n,), 2.5),
        "arange": lambda torch, n: torch.arange(n),
        "linspace": lambda torch, n: torch.linspace(0, 1, n),
        "rand": lambda torch, n: torch.rand(n),
        "randn": lambda torch, n: torch.randn(n),
        "randint": lambda torch, n: torch.randint(100, (n,)),
        "eye": lambda torch, n: torch.eye(int(n**0.5)),
    }
    for name, op in ops.items():
        for size, n in SIZES.items():
            row(f"creation/{name}/float32/{size}", lambda torch, op=op, n=n: lambda: op(torch, n))
    row("creation/randperm/int64/4M", lambda torch: lambda: torch.randperm(1 << 19))
    for size, n in SIZES.items():
        apply(f"creation/zeros_like/float32/{size}", lambda torch, x: torch.zeros_like(x), of(n))
        apply(f"creation/clone/float32/{size}", lambda torch, x: x.clone(), of(n))
        apply(f"creation/fill_/float32/{size}", lambda torch, x: x.fill_(1.5), of(n))
        apply(f"creation/zero_/float32/{size}", lambda torch, x: x.zero_(), of(n))
    for source, target in (
        ("float32", "bfloat16"),
        ("bfloat16", "float32"),
        ("int64", "float32"),
        ("float32", "int64"),
    ):
        for size in ("256K", "4M"):
            apply(
                f"creation/{source} to {target}/{size}",
                lambda torch, x, target=target: x.to(getattr(torch, target)),
                of(SIZES[size], dtype=source),
            )


def pointwise() -> None:
    above_one = "log log2 log10 log1p sqrt rsqrt acosh".split()
    ranges = dict.fromkeys([*above_one, "pow 2.5"], "above 1")
    ranges |= dict.fromkeys("asin acos atanh erfinv".split(), "below 1")
    unary: dict[str, Callable[[Any, Any], Any]] = {
        name: lambda torch, x, name=name: getattr(torch, name)(x)
        for name in (
            "exp exp2 expm1 log log2 log10 log1p tanh sigmoid erf erfc erfinv sin cos tan atan asin acos sinh cosh "
            "asinh acosh atanh sqrt rsqrt reciprocal abs neg floor round trunc sign square isnan relu lgamma digamma"
        ).split()
    }
    for name in "gelu silu mish softplus elu selu hardswish hardsigmoid leaky_relu logsigmoid relu6".split():
        unary[name] = lambda torch, x, name=name: getattr(torch.nn.functional, name)(x)
    unary |= {
        "gelu tanh": lambda torch, x: torch.nn.functional.gelu(x, approximate="tanh"),
        "pow 2": lambda torch, x: x**2,
        "pow 3": lambda torch, x: x**3,
        "pow 2.5": lambda torch, x: x**2.5,
        "add 1": lambda torch, x: x + 1,
        "clamp": lambda torch, x: x.clamp(-0.5, 0.5),
        "x > 0": lambda torch, x: x > 0,
        "nan_to_num": lambda torch, x: torch.nan_to_num(x),
    }
    for name, op in unary.items():
        for dtype in ("float32", "bfloat16", "float64"):
            for size in {"float32": tuple(SIZES), "bfloat16": ("4K", "4M"), "float64": ("4M",)}[dtype]:
                n = SIZES[size] // (2 if dtype == "float64" else 1)
                apply(f"pointwise/{name}/{dtype}/{size}", op, of(n, dtype=dtype, range=ranges.get(name, "any")))
    binary: dict[str, Callable[[Any, Any, Any], Any]] = {
        "add": lambda torch, x, y: x + y,
        "mul": lambda torch, x, y: x * y,
        "div": lambda torch, x, y: x / y,
        "maximum": lambda torch, x, y: torch.maximum(x, y),
        "pow": lambda torch, x, y: torch.pow(x, y),
        "atan2": lambda torch, x, y: torch.atan2(x, y),
        "lt": lambda torch, x, y: x < y,
        "eq": lambda torch, x, y: x == y,
        "where": lambda torch, x, y: torch.where(x > 0, x, y),
        "remainder": lambda torch, x, y: torch.remainder(x, y),
        "floor_divide": lambda torch, x, y: x // y,
        "lerp": lambda torch, x, y: torch.lerp(x, y, 0.3),
        "add_": lambda torch, x, y: x.add_(y, alpha=1e-6) if x.is_floating_point() else x.add_(y),
    }
    for name, op in binary.items():
        for dtype in ("float32", "bfloat16", "int64"):
            if dtype == "int64" and name in ("pow", "atan2", "lerp"):
                continue
            for size in SIZES if dtype == "float32" else ("4K", "4M"):
                n = SIZES[size] // (2 if dtype == "int64" else 1)
                apply(
                    f"pointwise/{name}/{dtype}/{size}",
                    op,
                    of(n, dtype=dtype, range="above 1" if name == "pow" else "any"),
                    of(n, dtype=dtype, seed=1, range="above 1"),
                )
    for name, op in (("add", binary["add"]), ("mul", binary["mul"])):
        for side in (256, 1024):
            square = of(side, side)
            shape = f"{side}x{side}"
            apply(f"pointwise/{name} row/float32/{shape}", op, square, of(side, seed=1))
            apply(f"pointwise/{name} column/float32/{shape}", op, square, of(side, 1, seed=1))
            apply(
                f"pointwise/{name} transposed/float32/{shape}",
                lambda torch, x, y, op=op: op(torch, x, y.t()),
                square,
                square,
            )
    for dtype in ("float32", "bfloat16", "int64"):
        apply(
            f"pointwise/transposed copy/{dtype}/1024x1024",
            lambda torch, x: x.t().contiguous(),
            of(1024, 1024, dtype=dtype),
        )
        apply(
            f"pointwise/permuted copy/{dtype}/32x128x8x32",
            lambda torch, x: x.transpose(1, 2).contiguous(),
            of(32, 128, 8, 32, dtype=dtype),
        )
    apply("pointwise/exp transposed/float32/1024x1024", lambda torch, x: x.t().exp(), of(1024, 1024))
    apply(
        "pointwise/channels last/float32/16x64x56x56",
        lambda torch, x: x.contiguous(memory_format=torch.channels_last),
        of(16, 64, 56, 56),
    )


def reductions() -> None:
    ops: dict[str, Callable[..., Any]] = {
        "sum": lambda torch, x, *dim: x.sum(*dim),
        "mean": lambda torch, x, *dim: x.mean(*dim),
        "amax": lambda torch, x, *dim: x.amax(*dim),
        "max": lambda torch, x, *dim: x.max(*dim),
        "argmax": lambda torch, x, *dim: x.argmax(*dim),
        "prod": lambda torch, x, *dim: x.prod(*dim),
        "var": lambda torch, x, *dim: x.var(*dim),
        "norm": lambda torch, x, *dim: torch.linalg.vector_norm(x, dim=dim[0] if dim else None),
        "logsumexp": lambda torch, x, *dim: x.logsumexp(*dim) if dim else x.flatten().logsumexp(0),
        "any": lambda torch, x, *dim: (x > 9).any(*dim),
        "cumsum": lambda torch, x, *dim: x.cumsum(dim[0] if dim else 0),
        "softmax": lambda torch, x, *dim: x.softmax(dim[0] if dim else -1),
        "log_softmax": lambda torch, x, *dim: x.log_softmax(dim[0] if dim else -1),
        "sort": lambda torch, x, *dim: x.sort(dim[0] if dim else -1),
        "topk": lambda torch, x, *dim: x.topk(5, dim[0] if dim else -1),
        "median": lambda torch, x, *dim: x.median(*dim),
    }
    shapes = {"32x32": (32, 32), "256x256": (256, 256), "1024x1024": (1024, 1024), "16x64x56x56": (16, 64, 56, 56)}
    for name, op in ops.items():
        for shape, sizes in shapes.items():
            whole_too = name not in ("cumsum", "softmax", "log_softmax", "sort", "topk", "logsumexp")
            dims: tuple[Any, ...] = ((), 0, 1) if whole_too else (0, 1)
            if len(sizes) == 4:
                dims = ((2, 3), (0, 2, 3)) if name in ("sum", "mean", "amax", "var", "norm") else (1,)
            for dim in dims:
                arguments = () if dim == () else (dim,)
                apply(
                    f"reduce/{name} over {'all' if dim == () else dim}/float32/{shape}",
                    lambda torch, x, op=op, arguments=arguments: op(torch, x, *arguments),
                    of(*sizes),
                )
                if shape == "1024x1024" and name in ("sum", "mean", "amax", "softmax", "argmax"):
                    for dtype in ("bfloat16", "int64"):
                        if dtype == "int64" and name in ("mean", "softmax"):
                            continue
                        apply(
                            f"reduce/{name} over {'all' if dim == () else dim}/{dtype}/{shape}",
                            lambda torch, x, op=op, arguments=arguments: op(torch, x, *arguments),
                            of(*sizes, dtype=dtype),
                        )


def indexing() -> None:
    f: dict[str, tuple[Any, ...]] = {
        "index_select rows": (lambda torch, x, i: x.index_select(0, i), of(4096, 256), indices(4096, 2048)),
        "index_select columns": (lambda torch, x, i: x.index_select(1, i), of(1024, 512), indices(512, 256)),
        "index": (lambda torch, x, i: x[i], of(4096, 256), indices(4096, 2048)),
        "index pairs": (lambda torch, x, i, j: x[i, j], of(1024, 1024), indices(1024, 65536), indices(1024, 65536)),
        "index_put_": (lambda torch, x, i, v: x.index_put_((i,), v), of(4096, 256), indices(4096, 2048), of(2048, 256)),
        "index_add_": (lambda torch, x, i, v: x.index_add_(0, i, v), of(4096, 256), indices(4096, 2048), of(2048, 256)),
        "gather 0": (lambda torch, x, i: x.gather(0, i), of(1024, 512), indices(1024, 1024, 512)),
        "gather 1": (lambda torch, x, i: x.gather(1, i), of(1024, 512), indices(512, 1024, 512)),
        "take_along_dim": (lambda torch, x, i: x.take_along_dim(i, 1), of(1024, 512), indices(512, 1024, 1)),
        "scatter": (lambda torch, x, i: x.scatter(1, i, 1.0), of(1024, 512), indices(512, 1024, 64)),
        "scatter_add 0": (
            lambda torch, x, i, v: x.scatter_add(0, i, v),
            of(1024, 512),
            indices(1024, 1024, 512),
            of(1024, 512),
        ),
        "scatter_add 1": (
            lambda torch, x, i, v: x.scatter_add(1, i, v),
            of(1024, 512),
            indices(512, 1024, 512),
            of(1024, 512),
        ),
        "scatter_add 1d": (
            lambda torch, x, i, v: x.scatter_add(0, i, v),
            of(1000),
            indices(1000, 1 << 18),
            of(1 << 18),
        ),
        "masked_fill": (lambda torch, x: x.masked_fill(x > 0, 0.0), of(1024, 1024)),
        "masked_select": (lambda torch, x: x[x > 0], of(1024, 1024)),
        "nonzero": (lambda torch, x: (x > 0).nonzero(), of(1024, 1024)),
        "bincount": (lambda torch, i: i.bincount(), indices(1000, 1 << 18)),
        "bincount small": (lambda torch, i: i.bincount(minlength=10), indices(10, 1 << 10)),
        "bincount weights": (lambda torch, i, w: i.bincount(w), indices(1000, 1 << 18), of(1 << 18)),
        "histc": (lambda torch, x: x.histc(64), of(1 << 18)),
        "unique": (lambda torch, i: i.unique(), indices(1000, 1 << 18)),
        "unique counts": (lambda torch, i: i.unique(return_inverse=True, return_counts=True), indices(1000, 1 << 16)),
        "one_hot": (lambda torch, i: torch.nn.functional.one_hot(i, 128), indices(128, 8192)),
        "embedding": (lambda torch, w, i: torch.nn.functional.embedding(i, w), of(32000, 512), indices(32000, 8, 256)),
        "embedding small": (lambda torch, w, i: torch.nn.functional.embedding(i, w), of(1000, 64), indices(1000, 32)),
        "embedding_bag": (
            lambda torch, w, i: torch.nn.functional.embedding_bag(i, w),
            of(32000, 64),
            indices(32000, 512, 16),
        ),
        "searchsorted": (lambda torch, x, v: torch.searchsorted(x.sort()[0], v), of(4096), of(1 << 16)),
        "sort 1d": (lambda torch, x: x.sort(), of(1 << 18)),
        "sort 1d int64": (lambda torch, x: x.sort(), indices(1 << 30, 1 << 18)),
        "argsort 1d": (lambda torch, x: x.argsort(), of(1 << 16)),
        "topk 1d": (lambda torch, x: x.topk(50), of(1 << 17)),
        "kthvalue": (lambda torch, x: x.kthvalue(500), of(1 << 16)),
        "isin": (lambda torch, i, j: torch.isin(i, j), indices(1000, 1 << 16), indices(1000, 100)),
        "tril": (lambda torch, x: x.tril(), of(1024, 1024)),
        "cdist": (lambda torch, x, y: torch.cdist(x, y), of(512, 64), of(512, 64)),
        "multinomial": (lambda torch, x: x.softmax(-1).multinomial(1), of(64, 1000)),
    }
    for name, (op, *operands) in f.items():
        apply(f"index/{name}", op, *operands)


def shaping() -> None:
    for shape in ((64, 64), (1024, 1024)):
        size = "x".join(map(str, shape))
        ops: dict[str, Callable[..., Any]] = {
            "cat 0": lambda torch, x, y: torch.cat([x, y]),
            "cat 1": lambda torch, x, y: torch.cat([x, y], 1),
            "stack 0": lambda torch, x, y: torch.stack([x, y]),
            "stack -1": lambda torch, x, y: torch.stack([x, y], -1),
            "pad": lambda torch, x, y: torch.nn.functional.pad(x, (1, 1, 1, 1)),
            "pad reflect": lambda torch, x, y: torch.nn.functional.pad(x[None], (1, 1, 1, 1), mode="reflect"),
            "roll 0": lambda torch, x, y: x.roll(3, 0),
            "roll 1": lambda torch, x, y: x.roll(3, 1),
            "flip 0": lambda torch, x, y: x.flip(0),
            "flip 1": lambda torch, x, y: x.flip(1),
            "repeat": lambda torch, x, y: x.repeat(2, 2),
            "repeat_interleave": lambda torch, x, y: x.repeat_interleave(2, 0),
            "chunk+cat": lambda torch, x, y: torch.cat(x.chunk(4, 1)[::-1], 1),
            "meshgrid": lambda torch, x, y: torch.meshgrid(x[0], y[0], indexing="ij")[0].contiguous(),
            "slice copy": lambda torch, x, y: x[::2, ::2].contiguous(),
            "slice assign": lambda torch, x, y: x[:, 1:-1].copy_(y[:, 1:-1]),
        }
        for name, op in ops.items():
            apply(f"shape/{name}/float32/{size}", op, of(*shape), of(*shape, seed=1))
    apply("shape/cat of 32", lambda torch, x: torch.cat([x] * 32, 1), of(64, 256))


def layers() -> None:
    image = of(16, 64, 56, 56)

    def modules(torch: Any) -> dict[str, tuple[Any, Any]]:
        nn = torch.nn
        x, small = image, of(8, 16, 32, 32)
        return {
            "max_pool2d": (nn.MaxPool2d(2), x),
            "max_pool2d 3/2": (nn.MaxPool2d(3, 2, 1), x),
            "avg_pool2d": (nn.AvgPool2d(2), x),
            "adaptive_avg_pool2d 1": (nn.AdaptiveAvgPool2d(1), x),
            "adaptive_avg_pool2d 7": (nn.AdaptiveAvgPool2d(7), x),
            "upsample nearest": (nn.Upsample(scale_factor=2), small),
            "upsample bilinear": (nn.Upsample(scale_factor=2, mode="bilinear"), small),
            "batch_norm": (nn.BatchNorm2d(64), x),
            "batch_norm eval": (nn.BatchNorm2d(64).eval(), x),
            "batch_norm eval small": (nn.BatchNorm2d(16).eval(), small),
            "batch_norm1d": (nn.BatchNorm1d(512), of(128, 512)),
            "batch_norm1d eval": (nn.BatchNorm1d(512).eval(), of(128, 512)),
            "group_norm": (nn.GroupNorm(8, 64), x),
            "instance_norm": (nn.InstanceNorm2d(64), x),
            "layer_norm": (nn.LayerNorm(768), of(512, 768)),
            "layer_norm small": (nn.LayerNorm(64), of(32, 64)),
            "rms_norm": (nn.RMSNorm(768), of(512, 768)),
            "linear 1": (nn.Linear(1024, 1024), of(1, 1024)),
            "linear 4": (nn.Linear(1024, 1024), of(4, 1024)),
            "linear 32": (nn.Linear(64, 64), of(32, 64)),
            "linear 512": (nn.Linear(768, 3072), of(512, 768)),
            "linear to 10": (nn.Linear(512, 10), of(128, 512)),
            "bilinear": (nn.Bilinear(64, 64, 32), None),
            "conv1d": (nn.Conv1d(64, 64, 5, padding=2), of(16, 64, 512)),
            "conv1d depthwise": (nn.Conv1d(256, 256, 4, padding=3, groups=256), of(4, 256, 512)),
            "conv2d 3x3": (nn.Conv2d(64, 64, 3, padding=1), of(4, 64, 56, 56)),
            "conv2d 3x3/2": (nn.Conv2d(64, 128, 3, 2, 1), of(4, 64, 56, 56)),
            "conv2d 1x1": (nn.Conv2d(64, 256, 1), of(4, 64, 56, 56)),
            "conv2d 7x7/2": (nn.Conv2d(3, 64, 7, 2, 3), of(2, 3, 224, 224)),
            "conv2d depthwise": (nn.Conv2d(128, 128, 3, padding=1, groups=128), of(4, 128, 56, 56)),
            "conv2d groups": (nn.Conv2d(128, 128, 3, padding=1, groups=8), of(4, 128, 28, 28)),
            "conv2d dilated": (nn.Conv2d(64, 64, 3, padding=2, dilation=2), of(4, 64, 28, 28)),
            "conv2d 14x14": (nn.Conv2d(256, 256, 3, padding=1), of(4, 256, 14, 14)),
            "conv2d 7x7 maps": (nn.Conv2d(512, 512, 3, padding=1), of(4, 512, 7, 7)),
            "conv3d": (nn.Conv3d(16, 32, 3, padding=1), of(1, 16, 16, 28, 28)),
            "conv_transpose2d": (nn.ConvTranspose2d(64, 32, 4, 2, 1), of(4, 64, 28, 28)),
            "conv_transpose1d": (nn.ConvTranspose1d(64, 32, 4, 2, 1), of(4, 64, 256)),
            "lstm": (nn.LSTM(128, 256, batch_first=True), of(16, 32, 128)),
            "lstm both ways": (nn.LSTM(128, 128, bidirectional=True, batch_first=True), of(16, 32, 128)),
            "lstm 1": (nn.LSTM(128, 128, batch_first=True), of(1, 32, 128)),
            "gru": (nn.GRU(128, 256, batch_first=True), of(16, 32, 128)),
            "gru both ways": (nn.GRU(128, 128, bidirectional=True, batch_first=True), of(16, 32, 128)),
            "rnn": (nn.RNN(128, 256, batch_first=True), of(16, 32, 128)),
            "lstm cell": (nn.LSTMCell(128, 128), of(16, 128)),
            "dropout": (nn.Dropout(0.1), of(1024, 1024)),
            "multihead": (nn.MultiheadAttention(256, 8, batch_first=True), None),
            "prelu": (nn.PReLU(64), x),
            "glu": (nn.GLU(), of(512, 2048)),
            "pixel_shuffle": (nn.PixelShuffle(2), of(4, 64, 56, 56)),
            "unfold": (nn.Unfold(3, padding=1), of(4, 16, 56, 56)),
            "transformer layer": (nn.TransformerEncoderLayer(256, 4, 1024, 0.0, batch_first=True), of(8, 128, 256)),
        }

    import taeda

    for name, (_, operand) in modules(taeda).items():
        for backward in (False, True):

            def make(torch: Any, name: str = name, operand: Any = operand, backward: bool = backward) -> Step:
                torch.manual_seed(0)
                module = modules(torch)[name][0]
                if name == "bilinear":
                    inputs = [normal(torch, 128, 64), normal(torch, 128, 64, seed=1)]
                elif name == "multihead":
                    inputs = [normal(torch, 8, 128, 256)] * 3
                else:
                    inputs = [operand(torch)]
                if not backward:

                    def forward() -> Any:
                        with torch.no_grad():
                            return module(*inputs)

                    return forward
                inputs[0].requires_grad_()

                def step() -> Any:
                    out = module(*inputs)
                    out = out[0] if isinstance(out, tuple) else out
                    out.sum().backward()
                    return out

                return step

            row(f"layer/{name}{'/backward' if backward else ''}", make)


def losses() -> None:
    ops: dict[str, tuple[Any, ...]] = {
        "cross_entropy 10": (
            lambda torch, x, y: torch.nn.functional.cross_entropy(x, y),
            of(128, 10),
            indices(10, 128),
        ),
        "cross_entropy 1000": (
            lambda torch, x, y: torch.nn.functional.cross_entropy(x, y),
            of(256, 1000),
            indices(1000, 256),
        ),
        "cross_entropy 32000": (
            lambda torch, x, y: torch.nn.functional.cross_entropy(x, y),
            of(128, 32000),
            indices(32000, 128),
        ),
        "mse_loss": (lambda torch, x, y: torch.nn.functional.mse_loss(x, y), of(512, 512), of(512, 512, seed=1)),
        "l1_loss": (lambda torch, x, y: torch.nn.functional.l1_loss(x, y), of(512, 512), of(512, 512, seed=1)),
        "smooth_l1_loss": (
            lambda torch, x, y: torch.nn.functional.smooth_l1_loss(x, y),
            of(512, 512),
            of(512, 512, seed=1),
        ),
        "bce": (
            lambda torch, x, y: torch.nn.functional.binary_cross_entropy_with_logits(x, y.sigmoid()),
            of(512, 512),
            of(512, 512, seed=1),
        ),
        "nll_loss": (lambda torch, x, y: torch.nn.functional.nll_loss(x, y), of(256, 1000), indices(1000, 256)),
        "kl_div": (
            lambda torch, x, y: torch.nn.functional.kl_div(x.log_softmax(-1), y.softmax(-1), reduction="batchmean"),
            of(256, 1000),
            of(256, 1000, seed=1),
        ),
        "cosine_similarity": (lambda torch, x, y: torch.cosine_similarity(x, y), of(512, 512), of(512, 512, seed=1)),
        "normalize": (lambda torch, x, y: torch.nn.functional.normalize(x), of(512, 512), of(512, 512, seed=1)),
    }
    for name, (op, *operands) in ops.items():
        apply(f"loss/{name}", op, *operands)

        def make(torch: Any, op: Any = op, operands: Any = operands) -> Step:
            values = [operand(torch) for operand in operands]
            values[0].requires_grad_()
            return lambda: op(torch, *values).sum().backward()

        row(f"loss/{name}/backward", make)


def products() -> None:
    for side in (64, 256, 512, 1024, 2048):
        apply(f"product/matmul/float32/{side}", lambda torch, x, y: x @ y, of(side, side), of(side, side, seed=1))
        apply(
            f"product/matmul transposed/float32/{side}",
            lambda torch, x, y: x @ y.t(),
            of(side, side),
            of(side, side, seed=1),
        )
    apply(
        "product/matmul/bfloat16/512",
        lambda torch, x, y: x @ y,
        of(512, 512, dtype="bfloat16"),
        of(512, 512, dtype="bfloat16"),
    )
    apply(
        "product/matmul/bfloat16/1024",
        lambda torch, x, y: x @ y,
        of(1024, 1024, dtype="bfloat16"),
        of(1024, 1024, dtype="bfloat16"),
    )
    apply("product/left transposed/float32/512", lambda torch, x, y: x.t() @ y, of(512, 512), of(512, 512, seed=1))
    for n, m, k, p in ((64, 8, 8, 8), (256, 16, 16, 16), (64, 64, 64, 64), (16, 128, 64, 128), (512, 4, 4, 4)):
        apply(f"product/bmm/float32/{n} of {m}x{k}x{p}", lambda torch, x, y: torch.bmm(x, y), of(n, m, k), of(n, k, p))
    apply("product/matrix vector 1024", lambda torch, x, y: x @ y, of(1024, 1024), of(1024))
    apply("product/matrix vector 4096", lambda torch, x, y: x @ y, of(4096, 4096), of(4096))
    apply("product/vector matrix 1024", lambda torch, x, y: y @ x, of(1024, 1024), of(1024))
    apply("product/dot", lambda torch, x, y: x @ y, of(1 << 16), of(1 << 16))
    apply("product/outer", lambda torch, x, y: torch.outer(x, y), of(1024), of(1024))
    apply("product/addmm", lambda torch, x, y, z: torch.addmm(x, y, z), of(256), of(128, 512), of(512, 256))
    apply("product/tall", lambda torch, x, y: x.t() @ y, of(65536, 32), of(65536, 32))
    apply(
        "product/einsum bhqd,bhkd",
        lambda torch, x, y: torch.einsum("bhqd,bhkd->bhqk", x, y),
        of(4, 8, 128, 64),
        of(4, 8, 128, 64),
    )
    apply(
        "product/einsum bij,bjk", lambda torch, x, y: torch.einsum("bij,bjk->bik", x, y), of(32, 64, 64), of(32, 64, 64)
    )
    apply("product/einsum i,j", lambda torch, x, y: torch.einsum("i,j->ij", x, y), of(512), of(512))
    for name, arguments in (("full", {}), ("causal", {"is_causal": True}), ("mask", {"attn_mask": True})):
        for b, h, t, d in ((4, 8, 512, 64), (8, 4, 64, 32), (1, 12, 1024, 64)):

            def attend(torch: Any, q: Any, arguments: Any = arguments, t: int = t) -> Step:
                given = dict(arguments)
                if "attn_mask" in given:
                    given["attn_mask"] = torch.ones(t, t, dtype=torch.bool).tril()
                return lambda: torch.nn.functional.scaled_dot_product_attention(q, q, q, **given)

            row(
                f"product/attention {name}/{b}x{h}x{t}x{d}",
                lambda torch, attend=attend, shape=(b, h, t, d): attend(torch, normal(torch, *shape)),
            )


def training() -> None:
    optimizers: dict[str, Callable[[Any, Any], Any]] = {
        "sgd": lambda torch, p: torch.optim.SGD(p, 0.01),
        "sgd momentum": lambda torch, p: torch.optim.SGD(p, 0.01, momentum=0.9),
        "adam": lambda torch, p: torch.optim.Adam(p),
        "adamw": lambda torch, p: torch.optim.AdamW(p),
        "rmsprop": lambda torch, p: torch.optim.RMSprop(p),
        "adagrad": lambda torch, p: torch.optim.Adagrad(p),
    }
    for count, n in ((50, 1000), (10, 250000)):
        for name, optimizer in optimizers.items():

            def make(torch: Any, optimizer: Any = optimizer, count: int = count, n: int = n) -> Step:
                parameters = [torch.nn.Parameter(normal(torch, n)) for _ in range(count)]
                for p in parameters:
                    p.grad = normal(torch, n, seed=1)
                return optimizer(torch, parameters).step

            row(f"optimizer/{name}/{count} of {n}", make)

        def clip(torch: Any, count: int = count, n: int = n) -> Step:
            parameters = [torch.nn.Parameter(normal(torch, n)) for _ in range(count)]
            for p in parameters:
                p.grad = normal(torch, n, seed=1)
            return lambda: torch.nn.utils.clip_grad_norm_(parameters, 1.0)

        row(f"optimizer/clip_grad_norm_/{count} of {n}", clip)


for group in (creation, pointwise, reductions, indexing, shaping, layers, losses, products, training):
    group()


def rows(pattern: str) -> Iterator[tuple[str, Make]]:
    return ((name, make) for name, make in ROWS.items() if re.search(pattern, name))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="REGEX", help="rows whose name matches")
    parser.add_argument("--below", type=float, default=float("inf"), help="print rows whose ratio is below this")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.02, help="length of a round")
    parser.add_argument("--smoke", action="store_true", help="run each row once in Taeda alone")
    options = parser.parse_args()
    import taeda

    if options.smoke:
        for name, make in rows(options.only):
            make(taeda)()
            print(name, flush=True)
        return
    import torch

    torch.set_num_threads(taeda.get_num_threads())
    seen = []
    for name, make in rows(options.only):
        theirs, ours, ratio = measure(make, (torch, taeda), options.seconds, options.rounds)
        seen.append((ratio, name))
        if ratio < options.below:
            print(f"| {name} | {text(theirs)} | {text(ours)} | {ratio:.2f} |", flush=True)
    slower = sorted((ratio, name) for ratio, name in seen if ratio < 1)
    print(f"{len(slower)} of {len(seen)} rows are slower in Taeda:", ", ".join(f"{n} {r:.2f}" for r, n in slower))


if __name__ == "__main__":
    main()
