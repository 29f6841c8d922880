"""The functions of `masked`, against PyTorch."""

from __future__ import annotations

from typing import Any

import pytest

import taeda
from expected import agree

CALLS = [
    *(f"M.{name}(x, 1, mask=m)" for name in ("sum", "prod", "amax", "amin", "argmax", "argmin", "mean", "median", "var",
                                             "std", "logsumexp", "cumsum", "cumprod", "softmax", "log_softmax",
                                             "softmin")),
    "M.sum(x)", "M.sum(n, (0, 1), keepdim=True, mask=m)", "M.prod(n, mask=m)", "M.amax(n, 0, mask=m)",
    "M.amin(n, (), mask=row)", "M.mean(x, (0, 1), dtype=torch.float64, mask=row)", "M.mean(n)",
    "M.var(n, 0, unbiased=False, mask=m)", "M.std(x, 0, correction=0, keepdim=True)", "M.median(n, 1)",
    "M.median(n, 0, mask=m)", "M.norm(x, 3.0, 0, mask=m)", "M.norm(x, -float('inf'), 1, mask=m)",
    "M.normalize(x, 2.0, 1, mask=m)", "M.logaddexp(x, x.flip(0), input_mask=m, other_mask=row)",
    "M.sum(x, 2)", "M.sum(x, (0, 0))", "M.sum(x, mask=torch.ones(1, 3, 4, dtype=torch.bool))",
    "M.amax(n > 1, 0, mask=m)",
]


@pytest.mark.parametrize("call", CALLS)
def test_masked(call: str) -> None:
    def program(torch: Any) -> Any:
        x = (torch.arange(12.0).reshape(3, 4) * 1.7 % 5 - 2).requires_grad_()
        m = torch.tensor([[True, False, True, True], [False, True, True, False], [True, True, False, True]])
        values = {"torch": torch, "M": torch.masked, "x": x, "m": m, "n": (torch.arange(12).reshape(3, 4) * 7) % 5 - 2,
                  "row": torch.tensor([True, True, False, True])}
        y = eval(call, values)
        if not y.requires_grad:
            return y
        weights = torch.arange(1.0, y.numel() + 1).reshape(y.shape)
        y = torch.where(torch.isfinite(y), y, 0.0)
        return y, torch.autograd.grad((y * weights).sum(), x)

    agree(program, rtol=1e-5, atol=1e-6)


def test_what_the_mask_hides_does_not_count() -> None:
    x = taeda.tensor([[1.0, float("nan")], [2.0, float("inf")]])
    mask = taeda.tensor([True, False])
    assert taeda.masked.mean(x, mask=mask).item() == 1.5
    assert taeda.masked.softmax(x, 1, mask=mask).tolist() == [[1.0, 0.0], [1.0, 0.0]]


def test_sums_of_exponentials_of_complex_numbers() -> None:
    x = taeda.tensor([[1 + 2j, 0.5j], [2, 3 - 1j]], dtype=taeda.complex128, requires_grad=True)
    mask = taeda.tensor([[True, False], [True, True]])
    y = taeda.masked.logsumexp(x, 1, mask=mask)
    taeda.testing.assert_close(y, taeda.stack([x[0, 0], x[1].exp().sum().log()]))
    (gradient,) = taeda.autograd.grad(y.real.sum(), x)
    assert gradient[0].tolist() == [1, 0]
    taeda.testing.assert_close(gradient[1], (x[1].exp() / x[1].exp().sum()).conj())
