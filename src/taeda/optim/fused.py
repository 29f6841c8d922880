"""The update rules: one op each, one Program over all parameters of a group (ops/optimizers.py says what they compute)."""

from taeda.ops.optimizers import (
    adadelta_step,
    adagrad_step,
    adam_step,
    adamax_step,
    nadam_step,
    rmsprop_step,
    sgd_step,
)

__all__ = ["adadelta_step", "adagrad_step", "adam_step", "adamax_step", "nadam_step", "rmsprop_step", "sgd_step"]
