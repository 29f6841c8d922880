"""Checking a model before there is data: `taeda.check(model, *inputs)` and `taeda check` in a shell.

The model runs forward and backward on the device "meta", where tensors have sizes and no memory: misfits are found in
milliseconds, and flops and memory are counted. inputs.py reads how inputs are said, trace.py runs the model once,
flops.py says what an op costs, advice.py what to change, report.py prints.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import taeda
from taeda.checking.inputs import assignments, describe, place, read
from taeda.checking.report import Report, merged
from taeda.checking.trace import Misfit, Trace, run


def check(
    model: Any,
    *inputs: Any,
    loss: Callable[[Any], Any] | None = None,
    optimizer_states: int = 2,
    show: bool = True,
    depth: int | None = None,
) -> Report:
    """Run `model` forward and backward on the device "meta" and print what it is made of, or what does not fit.

    `model`: a module, whose parameters are not touched, or a function that makes one. Each of the `inputs` is a tensor
    (of which only size and dtype matter), a size whose numbers may be names, as in `("batch", 3, 224, 224)`, a pair of
    such a size and a dtype, or any other value, which is passed on (of tensors in lists and dicts, the sizes). With
    names the model is run for several distinct sizes, so that a misfit is found for every one of them. `loss` makes a
    scalar of the outputs; without it all their elements are added up. `optimizer_states`: tensors that the optimizer
    keeps for each parameter (Adam: 2), for the peak memory of a training step. `depth`: how deep the table goes into
    the module tree.

    Returns a `Report`; it is true if everything fits. Raises nothing where the model does not fit: `report.misfit` says
    where and why.

    >>> import taeda
    >>> model = taeda.nn.Sequential(taeda.nn.Linear(784, 100), taeda.nn.ReLU(), taeda.nn.Linear(100, 10))
    >>> report = taeda.check(model, ("batch", 784), show=False)
    >>> bool(report), report.parameters, report.rows[-1].outputs
    (True, 79510, ['batch×10 float32'])
    """
    given = [read(x) for x in inputs]
    if not isinstance(model, taeda.nn.Module):
        with taeda.device("meta"):
            model = model()
        if not isinstance(model, taeda.nn.Module):
            raise TypeError(f"check() needs a module or a function that makes one, not {type(model).__name__}")
    traces: list[tuple[dict[str, int], Trace]] = []
    for sizes in assignments(given):
        traces.append((sizes, run(model, [place(x, sizes) for x in given], loss)))
    report = merged(model, traces, [describe(x) for x in given], optimizer_states, depth)
    if show:
        report.show()
    return report


__all__: Sequence[str] = ("Misfit", "Report", "check")
