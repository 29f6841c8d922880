"""Forward and backward Programs of every op with samples, run by the interpreter, against PyTorch."""

from __future__ import annotations

from typing import Any

import oracle
import pytest

from taeda.ops import load_all
from taeda.ops.op import Op, registry

torch = pytest.importorskip("torch")

load_all()
# PyTorch's own is an approximation that is differentiable; tests/distributions hold it against SciPy.
APPROXIMATE = {"_standard_gamma_grad"}
ROWS = sorted(
    name for name, op in registry.ops.items()
    if op.sample_function and oracle.reference(op) and name not in APPROXIMATE
)

NO_SECOND_DERIVATIVE = {"digamma": "polygamma(2, x) is not there yet"}
pytestmark = pytest.mark.filterwarnings("ignore:.*padding='same':UserWarning")


@pytest.mark.parametrize("name", ROWS)
def test_samples(name: str) -> None:
    op = registry.ops[name]
    torch.manual_seed(0)
    for sample in op.sample_function(oracle.make):  # type: ignore[misc]
        compare(op, sample.args, sample.kwargs)


def compare(op: Op, args: Any, kwargs: dict[str, Any], rtol: float = 2e-5, atol: float = 2e-5) -> None:
    try:
        expected = oracle.reference(op)(*args, **kwargs)  # type: ignore[misc]
    except (TypeError, RuntimeError, UserWarning) as error:
        pytest.skip(f"PyTorch's {op.public} refuses the sample: {error}")
    expected = list(expected) if isinstance(expected, (tuple, list)) else [expected]
    grads = [torch.randn_like(e) if e.requires_grad else None for e in expected]
    try:
        outputs, found = oracle.run(op, args, kwargs, lambda _: grads)
    except NotImplementedError as error:
        if "template" in str(error):
            pytest.skip("uses a kernel from a template")
        raise
    assert len(outputs) == len(expected)
    for output, e in zip(outputs, expected, strict=True):
        torch.testing.assert_close(output, e.detach(), rtol=rtol, atol=atol, equal_nan=True)
    _, tensors, _ = oracle.arguments(op, args, kwargs)
    wanted = {k: t for k, t in enumerate(tensors) if t is not None and t.requires_grad}
    if not any(g is not None for g in grads):
        assert not found
        return
    try:
        exact = torch.autograd.grad([e for e in expected if e.requires_grad], list(wanted.values()),
                                    [g for g in grads if g is not None], allow_unused=True)
    except RuntimeError as error:
        if "is not implemented" not in str(error) and "Expected a proper Tensor but got None" not in str(error):
            raise
        return  # PyTorch has no derivative
    for (k, t), e in zip(wanted.items(), exact, strict=True):
        got = found.get(k, torch.zeros_like(t))
        torch.testing.assert_close(
            got, torch.zeros_like(t) if e is None else e, rtol=10 * rtol, atol=10 * atol, equal_nan=True
        )


@pytest.mark.parametrize("name", ROWS)
def test_second_order(name: str) -> None:
    """The gradient of the gradient, in float64: every gradient is made of ops that have one."""
    op = registry.ops[name]
    torch.manual_seed(1)

    def make(*shape: int, dtype: str = "float64", **bounds: Any) -> torch.Tensor:
        return oracle.make(*shape, dtype=dtype, **bounds)

    for sample in op.sample_function(make):  # type: ignore[misc]
        try:
            compare_second(op, sample.args, sample.kwargs)
        except NotImplementedError as error:
            if name in NO_SECOND_DERIVATIVE:
                pytest.xfail(str(error))
            raise


def compare_second(op: Op, args: Any, kwargs: dict[str, Any]) -> None:
    try:
        expected = oracle.reference(op)(*args, **kwargs)  # type: ignore[misc]
    except (TypeError, RuntimeError, UserWarning) as error:
        pytest.skip(f"PyTorch's {op.public} refuses the sample: {error}")
    expected = list(expected) if isinstance(expected, (tuple, list)) else [expected]
    _, tensors, _ = oracle.arguments(op, args, kwargs)
    inputs = {k: t for k, t in enumerate(tensors) if t is not None and t.requires_grad}
    grads = [torch.randn_like(e).requires_grad_() if e.requires_grad else None for e in expected]
    if not inputs or not any(g is not None for g in grads):
        return
    try:
        first = torch.autograd.grad([e for e in expected if e.requires_grad], list(inputs.values()),
                                    [g for g in grads if g is not None], create_graph=True, allow_unused=True)
    except RuntimeError as error:
        pytest.skip(f"PyTorch's own gradient fails: {error}")
    vectors = {k: torch.randn_like(g) for k, g in zip(inputs, first, strict=True) if g is not None and g.requires_grad}
    if not vectors:
        return
    sources = {str(k): t for k, t in inputs.items()} | {f"g{k}": g for k, g in enumerate(grads) if g is not None}
    try:
        exact = torch.autograd.grad(
            [g for k, g in zip(inputs, first, strict=True) if k in vectors],
            list(sources.values()),
            list(vectors.values()),
            allow_unused=True,
        )
    except RuntimeError as error:
        pytest.skip(f"PyTorch has no second derivative: {error}")
    try:
        found = oracle.second_order(op, args, kwargs, grads, vectors)
    except NotImplementedError as error:
        if "template" in str(error):
            pytest.skip("uses a kernel from a template")
        raise
    for (n, t), e in zip(sources.items(), exact, strict=True):
        got = found.get(n, torch.zeros_like(t))
        torch.testing.assert_close(got, torch.zeros_like(t) if e is None else e, rtol=1e-7, atol=1e-7, equal_nan=True)
