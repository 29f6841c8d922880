"""Rewrites of loop IR before it is emitted: each gives a kernel that means the same, by the interpreter.

    keep_for_last_pass   what the last pass of a softmax needs again waits in its output
"""

from __future__ import annotations

from collections.abc import Callable

from taeda.ir.cost import HEAVY, cost_of
from taeda.ir.loop import Kernel, Reduce, Store, load, substitute, walk


def keep_for_last_pass(kernel: Kernel, varies: Callable[[int], bool]) -> Kernel:
    """Lets the last pass of a softmax read what the pass before it computed from where its result will go.

    If that pass computes an expensive part of a stored value, it stores it. This is right only if the last pass then
    reads nothing else (operands that are the same for a whole row, not `varies`, apart), because an output may be the
    same memory as an input.
    """
    numbers = pass_numbers(kernel)
    last = max(numbers, default=0)
    here = [k for k, stage in enumerate(kernel.stages) if numbers[k] == last and _at_points(kernel, stage)]
    if last == 0 or any(isinstance(kernel.stages[k], Reduce) for k in here):
        return kernel
    known = set(walk(stage.value for k, stage in enumerate(kernel.stages) if numbers[k] == last - 1
                     and isinstance(stage, Reduce)))
    stages = list(kernel.stages)
    for k in here:
        store = stages[k]
        assert isinstance(store, Store)
        parts = [node for node in walk((store.value,)) if node in known and node.dtype == store.value.dtype
                 and cost_of((node,), varies) >= HEAVY]
        if not parts:
            return kernel
        kept = load(store.operand, store.value.dtype)
        stages[k] = Store(store.operand, parts[-1])
        (value,) = substitute((store.value,), {parts[-1]: kept})
        if any(e.op == "load" and e is not kept and varies(e.attribute) for e in walk((value,))):
            return kernel
        stages.append(Store(store.operand, value))
    return Kernel(kernel.operands, tuple(stages), kernel.name)


def pass_numbers(kernel: Kernel) -> list[int]:
    """For each stage the walk over the inner points in which it is done; a Store of a row, after all of them, has 0.

    A pass does all the Reduce stages whose values need no later result. Element stores are done in the last one, so
    that an output may be the same memory as an input that earlier passes read; one that is stored again, before it.
    """
    result = [0] * len(kernel.stages)
    depths = []
    for k, stage in enumerate(kernel.stages):
        if _at_points(kernel, stage):
            result[k] = max((result[e.attribute] + 1 for e in walk((stage.value,)) if e.op == "reduced"), default=0)
            depths.append(result[k])
    last = max(depths, default=0)
    again: set[int] = set()
    for k, stage in reversed(list(enumerate(kernel.stages))):
        if isinstance(stage, Store) and _at_points(kernel, stage):
            result[k] = last - 1 if stage.operand in again else last
            again.add(stage.operand)
    return result


def _at_points(kernel: Kernel, stage: Reduce | Store) -> bool:
    return isinstance(stage, Reduce) or kernel.operands[stage.operand].role == "element"
