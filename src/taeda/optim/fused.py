"""The update rules: one op each, one Program over the parameters of a group; see ops/optimizers.py."""

from collections.abc import Callable
from typing import Any

from taeda._binding import internal

MOST = 256  # parameters of a Program: writing one takes as long as it has, and many parameters share a few


def _in_parts(step: Callable[..., None]) -> Callable[..., None]:
    """`step(*lists, **numbers)` for so many parameters at a time."""

    def in_parts(*lists: list[Any], **numbers: Any) -> None:
        if len(lists[0]) <= MOST:
            step(*lists, **numbers)
            return
        for start in range(0, len(lists[0]), MOST):
            step(*(tensors[start:start + MOST] for tensors in lists), **numbers)

    return in_parts


count_up = _in_parts(internal.count_up)
sgd_step = _in_parts(internal.sgd_step)
adam_step = _in_parts(internal.adam_step)
rmsprop_step = _in_parts(internal.rmsprop_step)
adagrad_step = _in_parts(internal.adagrad_step)
adadelta_step = _in_parts(internal.adadelta_step)
adamax_step = _in_parts(internal.adamax_step)
nadam_step = _in_parts(internal.nadam_step)
asgd_step = _in_parts(internal.asgd_step)
radam_step = _in_parts(internal.radam_step)
rprop_step = _in_parts(internal.rprop_step)
