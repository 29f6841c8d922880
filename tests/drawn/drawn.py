"""Weights and inputs that do not come from a library's random numbers, for programs that tests run by themselves."""

import numpy
import torch


def filled(model, scale=1.0):
    """The model with weights drawn by NumPy, in the order of their names."""
    generator = numpy.random.RandomState(0)
    with torch.no_grad():
        for name, p in sorted(model.named_parameters()):
            value = torch.from_numpy(generator.standard_normal(tuple(p.shape)).astype("float32"))
            if p.dim() > 1:
                p.copy_(value * (scale / max(1, p[0].numel()) ** 0.5))
            else:
                is_scale = "norm" in name.lower() or "bn" in name or name.endswith("weight")
                p.copy_(value * 0.1 + (1.0 if is_scale else 0.0))
    return model


def noise(*shape, seed=1):
    return torch.from_numpy(numpy.random.RandomState(seed).standard_normal(shape).astype("float32"))
