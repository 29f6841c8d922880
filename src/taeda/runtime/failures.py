"""When compiling recorded calls fails: a script that does it again, with as few of the calls as still fail."""

from __future__ import annotations

import functools
import os
import pprint
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import Any

from taeda.compiler.builder import TemplateSpec
from taeda.compiler.plan import plan as make_plan
from taeda.compiler.recording import Call, Memory, Recorded
from taeda.ops import dtypes
from taeda.runtime import programs
from taeda.runtime.devices import target_of

Recording = tuple[Sequence[Call], Sequence[Recorded], Sequence[Memory]]
_SECONDS = 5.0  # for finding fewer calls

_SCRIPT = '''\
"""taeda.compile failed on these calls, and ran them one by one instead. Please report this file.

{error}
"""

from taeda.runtime.failures import replay

# Each call: op, key, whether it may be joined, values it takes, values it gives, its first attribute, its attributes,
# pairs of values where it writes. Values: dtype, sizes, storage, call and output that made them, whether it made the
# storage. Storages: the value they were made with, whether they are wanted.
CALLS = {calls}
VALUES = {values}
STORAGES = {memories}

replay(CALLS, VALUES, STORAGES)
'''


def replay(calls: Sequence[Any], values: Sequence[Any], memories: Sequence[Any]) -> None:
    """Plan recorded calls, and compile the kernels of what they become."""
    target = target_of("cpu")
    register = functools.partial(programs.register_kernel, target)
    _, steps = make_plan([Call(*c) for c in calls], [Recorded(*v) for v in values], [Memory(*m) for m in memories],
                         (), target, register)
    for _, _, program, *_ in steps:
        for instruction in program["instructions"] if program is not None else ():
            if instruction[0] == "launch":
                programs.template_kernel(instruction[1])
            elif instruction[0] == "loops":
                kernel = programs.kernels[instruction[1]]
                assert not isinstance(kernel, TemplateSpec)
                programs.kernel_variant(instruction[1], "inner", 1, "c" * len(kernel.operands))


def without(recording: Recording, left_out: Callable[[int], bool]) -> Recording:
    """The recording without some of its calls: what those gave is there before."""
    calls, values, memories = recording
    number: dict[int, int] = {}
    for k in range(len(calls)):
        if not left_out(k):
            number[k] = len(number)
    kept = [c for k, c in enumerate(calls) if k in number]
    given = {v for c in kept for v in (*c.outputs, *(after for _, after in c.writes))}
    new_values = [v._replace(call=number.get(v.call, -1), makes=v.makes and v.call in number) for v in values]
    wanted = {new_values[v].memory for v in given if v >= 0}
    new_memories = [m._replace(maker=m.maker if m.maker >= 0 and new_values[m.maker].makes else -1,
                               wanted=m.wanted or k in wanted) for k, m in enumerate(memories)]
    return kept, new_values, new_memories


def smallest(recording: Recording, fails: Callable[[Recording], bool]) -> Recording:
    """The recording with as many calls left out, in runs of ever shorter length, as it still fails without."""
    end, length = time.monotonic() + _SECONDS, len(recording[0]) // 2
    while length:
        start = 0
        while start < len(recording[0]) and time.monotonic() < end:
            fewer = without(recording, lambda k: start <= k < start + length)  # noqa: B023, called at once
            if fewer[0] and fails(fewer):
                recording = fewer
            else:
                start += length
        length //= 2
    return recording


def _fails_like(error: Exception) -> Callable[[Recording], bool]:
    def fails(recording: Recording) -> bool:
        try:
            replay(*recording)
        except Exception as other:
            return type(other) is type(error)
        return False

    return fails


def _plain(value: Any) -> Any:
    """`value` as what its repr evaluates to."""
    if isinstance(value, tuple):
        return tuple(_plain(v) for v in value)
    return value if isinstance(value, (int, float, str, bool, type(None))) else dtypes.name_of(value)


def write_script(error: Exception, recording: Recording) -> str | None:
    """Write the script to a file; where it is, or None where that cannot be said in a script."""
    fails = _fails_like(error)
    if not fails(recording):  # it needs the values, or the layouts, of the run
        calls, values, memories = recording
    else:
        calls, values, memories = smallest(recording, fails)
    text = _SCRIPT.format(
        error="\n".join(f"{type(error).__name__}: {error}".replace('"""', "'''").replace("\\", "/").splitlines()),
        calls=pprint.pformat([_plain(tuple(c)) for c in calls], width=118),
        values=pprint.pformat([_plain(tuple(v)) for v in values], width=118),
        memories=pprint.pformat([_plain(tuple(m)) for m in memories], width=118, compact=True))
    try:
        file, path = tempfile.mkstemp(".py", "taeda_compile_failure_", text=True)
        with os.fdopen(file, "w", encoding="utf-8") as script:
            script.write(text)
    except OSError:
        return None
    return path


__all__ = ["replay", "smallest", "without", "write_script"]
