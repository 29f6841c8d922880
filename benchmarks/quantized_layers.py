#!/usr/bin/env python3
"""Linear layers with weights in int8 and int4 against the same layers in float32: no shape should be slower.

    python benchmarks/quantized_layers.py                     the layers of models with 0.5 and 1.1 billion weights
    python benchmarks/quantized_layers.py --shapes 896x128 --rows 1,32 --schemes int8,int4-exact
    TAEDA_CPU=avx2 python benchmarks/quantized_layers.py      the same with code for another processor

Rounds of float32 and of each scheme alternate; a ratio is the median of those of neighbouring rounds. Above 1, fewer
bits are faster. At the end stand the ratios below 1. Small weights stay in the caches here, which favours float32.
"""

from __future__ import annotations

import argparse
import functools
import statistics
import time
from collections.abc import Callable

import taeda
from taeda import nn
from taeda.llm.store import scheme_of
from taeda.quantization import QuantizedLinear

SHAPES = "896x896,896x128,896x4864,4864x896,2048x2048,2048x256,2048x5632,5632x2048"
ROWS = "1,2,3,4,5,8,16,32,64,128,256,512"


def seconds(step: Callable[[], object], times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        step()
    return (time.perf_counter() - start) / times


def ratios(layers: dict[str, nn.Module], x: taeda.Tensor, rounds: int) -> tuple[float, dict[str, float]]:
    """The time of the layer "float32" on x, and how many times as fast the others are."""
    steps = {name: functools.partial(layer, x) for name, layer in layers.items()}
    for step in steps.values():
        step()
    times = max(1, int(0.004 / min(seconds(steps["float32"], 1) for _ in range(3))))
    found: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            found[name].append(seconds(step, times))
    plain = found.pop("float32")
    return min(plain), {name: statistics.median(a / b for a, b in zip(plain, some, strict=True))
                        for name, some in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shapes", default=SHAPES, help="inputs x outputs, with commas between")
    parser.add_argument("--rows", default=ROWS, help="numbers of tokens, with commas between")
    parser.add_argument("--schemes", default="int8,int4,int8-exact,int4-exact")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    taeda.set_num_threads(options.threads)
    schemes = options.schemes.split(",")
    print("inputs x outputs, rows: time in float32;", ", ".join(schemes), flush=True)
    slower = []
    with taeda.no_grad():
        for shape in options.shapes.split(","):
            inputs, outputs = map(int, shape.split("x"))
            plain = nn.Linear(inputs, outputs, bias=False)
            layers = {"float32": plain} | {name: QuantizedLinear.from_linear(plain, scheme_of(name))
                                           for name in schemes}
            for rows in map(int, options.rows.split(",")):
                time_of, found = ratios(layers, taeda.randn(rows, inputs), options.rounds)
                print(f"{shape}, {rows}: {time_of * 1e6:.0f} us; "
                      + ", ".join(f"{found[name]:.2f}" for name in schemes), flush=True)
                slower += [f"{shape}, {rows}, {name}: {ratio:.2f}" for name, ratio in found.items() if ratio < 1]
    print("slower than float32:", "; ".join(slower) or "none")


if __name__ == "__main__":
    main()
