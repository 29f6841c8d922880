"""Weights and inputs of scenarios, and how they print what came out."""

import sys
from pathlib import Path

import torch

sys.path.append(str(Path(__file__).parents[2] / "drawn"))

from drawn import filled
from drawn import noise as inputs

__all__ = ["filled", "inputs", "show"]


def show(name, *values):
    """Of a tensor the sum of the absolute values, how much of it remains in the sum, and the shape."""
    out = []
    for v in values:
        if isinstance(v, (list, tuple)) and isinstance(v[0], torch.Tensor):
            out.append(f"{sum(t.double().abs().sum().item() for t in v):.4g}")
        elif isinstance(v, torch.Tensor):
            v = v.detach().double()
            size = v.abs().sum().item()
            out.append(f"{size:.4g} {v.sum().item() / max(size, 1e-30):.3f} {tuple(v.shape)}")
        else:
            out.append(str(v))
    print(name, *out)
