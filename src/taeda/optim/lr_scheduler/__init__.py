"""Schedules of the learning rate."""

from bisect import bisect_right as bisect_right
from math import inf as inf
from typing import Any

from taeda import Tensor as Tensor
from taeda.optim.lr_scheduler.base import LRScheduler
from taeda.optim.lr_scheduler.combined import ChainedScheduler, SequentialLR
from taeda.optim.lr_scheduler.cosine import CosineAnnealingLR, CosineAnnealingWarmRestarts
from taeda.optim.lr_scheduler.cyclic import CyclicLR, OneCycleLR
from taeda.optim.lr_scheduler.plateau import ReduceLROnPlateau
from taeda.optim.lr_scheduler.simple import (
    ConstantLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiplicativeLR,
    MultiStepLR,
    PolynomialLR,
    StepLR,
)

__all__ = [
    "ChainedScheduler", "ConstantLR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts", "CyclicLR",
    "ExponentialLR", "LRScheduler", "LambdaLR", "LinearLR", "MultiStepLR", "MultiplicativeLR", "OneCycleLR",
    "PolynomialLR", "ReduceLROnPlateau", "SequentialLR", "StepLR",
]  # fmt: skip

_LRScheduler = LRScheduler  # the name before 2.0, which schedules of programs still derive from


def __getattr__(name: str) -> Any:
    if name == "Optimizer":  # programs import it from here too
        from taeda.optim.optimizer import Optimizer

        return Optimizer
    raise AttributeError(f"module 'taeda.optim.lr_scheduler' has no attribute {name!r}")
