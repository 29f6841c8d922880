"""The generated rows on complex numbers: values and gradients as PyTorch has them. What it refuses may be anything."""

from __future__ import annotations

import pytest
from test_rows import PUBLIC, values_and_gradients

from expected import agree
from taeda.ops.op import registry

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

# What PyTorch has of complex numbers and Taeda has not.
NOT_THERE = {"conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "conv1d.padding",
             "conv2d.padding", "conv3d.padding", "adaptive_avg_pool2d", "logaddexp", "logcumsumexp", "logsumexp",
             "smooth_l1_loss", "logdet", "slogdet", "slogdet.linalg"}


@pytest.mark.parametrize("name", [name for name in PUBLIC if name not in NOT_THERE])
def test_complex(name: str) -> None:
    agree(lambda library: values_and_gradients(registry.ops[name], "complex64", library), 1e-4, 1e-4, refusals=False)
