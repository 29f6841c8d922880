"""What the C++ core asks about recorded calls (csrc/core/pending.h): which may be put off and joined, and how they
run."""

from __future__ import annotations

import functools
import sys
import warnings
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from taeda.compiler.recording import Call, Memory, Recorded, changed_numbers, numbers_of
from taeda.runtime import kept
from taeda.runtime.devices import target_of
from taeda.runtime.lock import one_at_a_time

if TYPE_CHECKING:
    from taeda.codegen.target import Target
    from taeda.compiler.reasons import Reason

# By the calls of a recording (a hash: a mistake here costs a compilation): the numbers in it when it was last planned.
last_numbers: dict[int, dict[tuple[Any, ...], int]] = {}
failures: list[str] = []  # of plans, in words
_last_recording: Any = None  # the last that was planned
# Gets for each plan the names of the calls, its steps, and why neighbours are not one kernel.
log: list[tuple[list[str], list[tuple[Any, ...]], list[Reason]]] | None = None


def _answer(question: tuple[Any, ...], ops: Iterable[str], make: Callable[[Target], Any]) -> Any:
    target = target_of("cpu")
    if not kept.keeps(target, *ops):
        return make(target)
    return kept.answer(target, question, lambda: make(target))


def _register(target: Target) -> Callable[[Any], int]:
    from taeda.runtime.programs import register_kernel

    return functools.partial(register_kernel, target)


@one_at_a_time
def joins(op: str, key: tuple[Any, ...]) -> bool | None:
    """Whether a call may become part of a larger Program; None: it must run at once."""

    def make(target: Target) -> bool | None:
        from taeda.compiler.join import can_join
        from taeda.ops.op import registry

        return can_join(registry.ops[op], key)

    try:
        answer: bool | None = _answer(("joins", op, key), (op,), make)
        return answer
    except (NotImplementedError, KeyError):
        return None


@one_at_a_time
def checks(op: str, key: tuple[Any, ...]) -> tuple[dict[str, Any], list[int]] | None:
    """For a call that can fail for its values: a Program that only checks them, and the numbers of the tensors that it
    reads; None where there is none, and the call must run at once."""

    def make(target: Target) -> tuple[dict[str, Any], list[int]] | None:
        from taeda.compiler.checks import checks as make_checks
        from taeda.ops.op import registry

        return make_checks(registry.ops[op], key, target, _register(target))

    try:
        answer: tuple[dict[str, Any], list[int]] | None = _answer(("checks", op, key), (op,), make)
        return answer
    except (NotImplementedError, KeyError):
        return None


@one_at_a_time
def plan(recording: tuple[Any, ...], others: tuple[Any, ...]) -> Any:
    """`recording`: calls, values and storages, each as the classes of compiler/recording.py say; `others`: the
    equalities of plans that do not fit."""
    global _last_recording
    calls, values, memories = [Call(*c) for c in recording[0]], [Recorded(*v) for v in recording[1]], [
        Memory(*m) for m in recording[2]]
    _last_recording = calls, values, memories
    key = hash(tuple((c.op, repr(c.key)) for c in calls))
    numbers = numbers_of(calls, values)
    varying = changed_numbers(numbers, last_numbers.get(key, {}))
    if len(last_numbers) > 1024:
        last_numbers.clear()
    last_numbers[key] = {where: number for where, (number, _) in numbers.items()}

    def make(target: Target, reasons: list[Reason] | None = None) -> Any:
        from taeda.compiler.plan import plan as make_plan

        return make_plan(calls, values, memories, others, target, _register(target), reasons, varying)

    if log is not None:
        reasons: list[Reason] = []
        made = make(target_of("cpu"), reasons)
        log.append((["the gradient of " * (c[1][:1] == ("gradient",)) + c[0] for c in calls], made[1], reasons))
        return made
    # Of the numbers that calls were given only those in lists are looked at: others (a learning rate, a place in a
    # random stream) vary.
    asked = [(*c[:6], [a if isinstance(a, tuple) else None for a in c[6]], *c[7:]) for c in recording[0]]
    return _answer(("plan", asked, *recording[1:], others, sorted(varying)), {c.op for c in calls}, make)


def failed(error: Exception) -> None:
    """A plan could not be made or run, so the calls run one by one: the same results, only slower."""
    import traceback

    text = "".join(traceback.format_exception(error))
    failures.append(text)
    if len(failures) == 1:
        print(text, file=sys.stderr)
        path = None
        if _last_recording is not None and not isinstance(error, MemoryError):
            try:
                from taeda.runtime.failures import write_script

                path = write_script(error, _last_recording)
            except Exception as another:  # whatever is wrong here too, the user's program goes on
                print(f"taeda.compile: no script could be made of it: {another!r}", file=sys.stderr)
        script = f" and the script {path}, which does it again" if path else ""
        warnings.warn(
            f"taeda.compile: compiling what was recorded failed ({type(error).__name__}: {error}); it runs without "
            f"being compiled, with the same results. Please report this with the traceback above{script}.",
            stacklevel=2)
