"""Optimizers and schedules of their learning rate."""

from taeda._module_tree import open_package
from taeda.optim import lr_scheduler, swa_utils
from taeda.optim.adagrad import Adadelta, Adagrad
from taeda.optim.adam import Adam, AdamW
from taeda.optim.adam_variants import Adamax, NAdam
from taeda.optim.factored import Adafactor, Muon
from taeda.optim.lbfgs import LBFGS
from taeda.optim.optimizer import Optimizer
from taeda.optim.resilient import ASGD, RAdam, Rprop
from taeda.optim.rmsprop import RMSprop
from taeda.optim.sgd import SGD
from taeda.optim.sparse import SparseAdam

__all__ = [
    "ASGD", "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "LBFGS", "Muon", "NAdam", "Optimizer",
    "RAdam", "RMSprop", "Rprop", "SGD", "SparseAdam", "lr_scheduler", "swa_utils",
]  # fmt: skip

open_package(globals())
