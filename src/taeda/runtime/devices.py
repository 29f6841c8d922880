"""What stands behind a device: the target that Programs are compiled for, and who makes the kernels of its family."""

from __future__ import annotations

import functools
import importlib
from typing import Any

from taeda.codegen import target
from taeda.codegen.target import Target

# For each family of targets a module with two functions, which give the address of a kernel of csrc/core/kernel_abi.h:
# loop_kernel(kernel, (axis, inner_rank, classes), target) and template_kernel(spec, target). One whose kernels can be
# written to a file has kernel_object(kernel or spec, variant or None, target) as well.
_MAKERS = {"cpu": "taeda.runtime.machine_code", "reference": "taeda.compiler.methods.reference.kernels"}


@functools.cache
def target_of(device: str) -> Target:
    """What is compiled for when tensors are on `device` ("cpu"). Nobody else asks what machine this is."""
    if device != "cpu":
        raise NotImplementedError(f"no code is generated for the device {device!r}")
    return target.current()


@functools.cache
def kernels_of(family: str) -> Any:
    """The module that makes kernels for targets of a family."""
    return importlib.import_module(_MAKERS[family])
