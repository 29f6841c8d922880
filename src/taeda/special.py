"""Special functions: the ops that are at home here, and PyTorch's other names for ops of the main namespace."""

from __future__ import annotations

from typing import Any

import taeda
from taeda._binding import modules
from taeda._core import Tensor as Tensor

# name here: name in the main namespace
_SAME = {
    "digamma": "digamma",
    "erf": "erf",
    "erfc": "erfc",
    "erfinv": "erfinv",
    "exp2": "exp2",
    "expit": "sigmoid",
    "expm1": "expm1",
    "gammaln": "lgamma",
    "log1p": "log1p",
    "log_softmax": "log_softmax",
    "logit": "logit",
    "logsumexp": "logsumexp",
    "gammainc": "igamma",
    "gammaincc": "igammac",
    "multigammaln": "mvlgamma",
    "psi": "digamma",
    "round": "round",
    "sinc": "sinc",
    "softmax": "softmax",
    "xlogy": "xlogy",
}
globals().update(modules["special"])
globals().update({name: getattr(taeda, other) for name, other in _SAME.items() if hasattr(taeda, other)})
__all__ = sorted({*modules["special"], *(n for n, other in _SAME.items() if hasattr(taeda, other))})


def __getattr__(name: str) -> Any:
    raise AttributeError(f"module 'taeda.special' has no attribute {name!r}: this special function is not there yet")
