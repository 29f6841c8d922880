"""The generated rows on complex numbers: values and gradients as PyTorch has them. What it refuses may be anything."""

from __future__ import annotations

import pytest
from test_rows import PUBLIC, values_and_gradients

from expected import agree
from taeda.ops.op import registry

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

# What PyTorch has of complex numbers and Taeda has not.
NOT_THERE = {"adaptive_avg_pool2d", "logcumsumexp", "smooth_l1_loss"}


@pytest.mark.parametrize("name", [name for name in PUBLIC if name not in NOT_THERE])
def test_complex(name: str) -> None:
    agree(lambda library: values_and_gradients(registry.ops[name], "complex64", library), 1e-4, 1e-4, refusals=False)
