"""Weights and inputs of programs, and how they print what came out."""

import sys
from pathlib import Path

import torch

sys.path.append(str(Path(__file__).parents[2] / "drawn"))

from drawn import filled, noise

__all__ = ["filled", "noise", "show"]


def show(name, *values):
    out = []
    for v in values:
        if isinstance(v, torch.Tensor):
            v = v.detach().double()
            out.append(f"{v.abs().sum().item():.5g} {tuple(v.shape)}")
        elif isinstance(v, float):
            out.append(f"{v:.5g}")
        else:
            out.append(str(v))
    print(name, *out)
