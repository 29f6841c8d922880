"""Functions of tensors as files that C++ programs run, without Python.

`save` runs functions once and writes what they did: their Programs, the machine code these take, and the weights. What
a function is made of does not matter: inference, or a training step with backward and optimizer. `examples/native` is
a C++ program that runs such a file; its results have the same bits.

    step = lambda images, labels: train_step(model, optimizer, images, labels)
    taeda.native.save("model.taeda", {"infer": (model, {"input": x}), "train": (step, {"images": x, "labels": y})},
                      state=model.state_dict())

The recording is of this one run: the sizes, the numbers (a learning rate, the place in a random stream, an optimizer's
count of steps) and the ways that Python took are those of then. The kernels are for this machine's instruction set, or
a lesser one chosen by TAEDA_CPU.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from taeda import Tensor, _core

Function = tuple[Callable[..., Any], Mapping[str, Tensor]]


def save(
    path: str | os.PathLike[str], functions: Mapping[str, Function], state: Mapping[str, Tensor] | None = None
) -> dict[str, Any]:
    """Run each function once, in order, and write them to a file. Gives what they returned, by name.

    functions: for each name a callable and its example arguments by name; the C++ program gives others of the same
        sizes. A function returns a tensor (then named "output"), or a dict of tensors by name.
    state: names for tensors that are kept from run to run, to read and set them; `model.state_dict()`. All that
        functions read is in the file, with or without a name, with the values from before `save`.

    What the functions do to tensors outside (a training step changes its weights) is done.
    RuntimeError if the recording does not give the same bits when it runs again: something in a function is no op of
    Taeda.
    """
    from taeda.runtime.devices import target_of

    results = {}
    try:
        for name, (function, arguments) in functions.items():
            # Copies, so that an input that is part of something larger does not bring all of it along.
            inputs = {k: v.detach().clone().requires_grad_(v.requires_grad) for k, v in arguments.items()}
            _core.begin_recording(name, inputs)
            result = results[name] = function(**inputs)
            outputs = {"output": result} if isinstance(result, Tensor) else result
            if not isinstance(outputs, Mapping):
                raise TypeError(f"{name} must return a tensor or a dict of tensors, not {type(result).__name__}")
            _core.end_recording(dict(outputs))
        content = _core.finish_recording(dict(state or {}), target_of("cpu").name)
    finally:
        _core.drop_recording()
    temporary = f"{os.fspath(path)}.{os.getpid()}"
    try:
        with open(temporary, "xb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise
    return results


def describe(path: str | os.PathLike[str]) -> dict[str, Any]:
    """What is in a file: the processor, functions with the dtypes and sizes of inputs and outputs, the named state.

    ValueError if the file is damaged, of another version, or for another processor.
    """
    with open(path, "rb") as file:
        description: dict[str, Any] = _core.describe_program_file(file.read())
    return description
