"""Schedules of the learning rate."""

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
