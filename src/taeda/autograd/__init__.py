"""Automatic differentiation.

The graph is recorded by the core while ops run (csrc/tape.h); this package is what users call on it.
"""

import os
from typing import Any

from taeda import _core
from taeda.autograd import anomaly_mode, forward_ad, function, functional, grad_mode, graph, reverse, variable
from taeda.autograd.anomaly_mode import detect_anomaly, set_detect_anomaly
from taeda.autograd.function import Function, NestedIOFunction
from taeda.autograd.grad_mode import (
    enable_grad,
    inference_mode,
    is_multithreading_enabled,
    is_view_replay_enabled,
    no_grad,
    set_grad_enabled,
    set_multithreading_enabled,
)
from taeda.autograd.gradcheck import gradcheck, gradgradcheck
from taeda.autograd.reverse import backward, grad
from taeda.autograd.variable import Variable

_core.set_package_path(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

__all__ = [
    "Function",
    "NestedIOFunction",
    "Variable",
    "anomaly_mode",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "forward_ad",
    "function",
    "functional",
    "grad",
    "grad_mode",
    "gradcheck",
    "gradgradcheck",
    "graph",
    "inference_mode",
    "is_multithreading_enabled",
    "is_view_replay_enabled",
    "no_grad",
    "reverse",
    "set_detect_anomaly",
    "set_grad_enabled",
    "set_multithreading_enabled",
    "variable",
]


def __getattr__(name: str) -> Any:
    if name == "kineto_available":
        from taeda.autograd.profiler import kineto_available

        return kineto_available
    raise AttributeError(f"module 'taeda.autograd' has no attribute {name!r}")
