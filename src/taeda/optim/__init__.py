"""Optimizers and schedules of their learning rate."""

from taeda.optim import lr_scheduler
from taeda.optim.adagrad import Adadelta, Adagrad
from taeda.optim.adam import Adam, AdamW
from taeda.optim.adam_variants import Adamax, NAdam
from taeda.optim.optimizer import Optimizer
from taeda.optim.rmsprop import RMSprop
from taeda.optim.sgd import SGD

__all__ = [
    "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "NAdam", "Optimizer", "RMSprop", "SGD", "lr_scheduler",
]  # fmt: skip
