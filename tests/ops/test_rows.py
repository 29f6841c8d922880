"""The generated rows: every op with samples beside its definition, on the real core, against PyTorch.

Forward and gradient in float32 for several layouts of the same values, forward in the other dtypes, second order in
float64. `samples` in ops/*.py are the rows; nothing here knows an op by name but for documented limits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import taeda
from taeda.ops import load_all
from taeda.ops.op import Op, registry

torch = pytest.importorskip("torch")
# What PyTorch warns of (slow paths, deprecated forms) is not what is tested here.
pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore::UserWarning")]

load_all()

FLOATS = ("float16", "bfloat16", "float64")
INTEGERS = ("bool", "uint8", "int8", "int16", "int32", "int64")
TOLERANCE = {"float64": 1e-9, "float32": 3e-5, "float16": 4e-3, "bfloat16": 3e-2}
ABOUT_MEMORY = ("as_strided",)  # their results depend on what lies beside the elements
NO_SECOND_DERIVATIVE = {"digamma": "polygamma(2, x) is not there yet"}


class Make:
    """Makes the tensors of samples: PyTorch's, of one dtype for all that the sample leaves open."""

    def __init__(self, dtype: str = "float32"):
        self.dtype = dtype
        self.generator = torch.Generator().manual_seed(7)

    def __call__(
        self, *shape: Any, dtype: str | None = None, low: float | None = None, high: float | None = None
    ) -> Any:
        sizes = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], tuple) else shape
        kind = getattr(torch, dtype or self.dtype)
        if kind == torch.bool:
            return torch.rand(sizes, generator=self.generator) < 0.5
        if not kind.is_floating_point:
            bottom, top = -9 if low is None else int(low), 10 if high is None else max(int(high), int(low or 0) + 1)
            return torch.randint(
                max(bottom, 0) if kind == torch.uint8 else bottom, top, sizes, dtype=kind, generator=self.generator
            )
        if low is None and high is None:
            x = torch.randn(sizes, dtype=torch.float64, generator=self.generator)
        else:
            bottom = 0.0 if low is None else low
            top = bottom + 2.0 if high is None else high
            x = torch.rand(sizes, dtype=torch.float64, generator=self.generator) * (top - bottom) + bottom
        return x.to(kind).requires_grad_()


def reference(op: Op) -> Callable[..., Any] | None:
    """PyTorch's function (or method) of the same name."""
    places = {"torch": torch, "nn.functional": torch.nn.functional, "linalg": torch.linalg, "special": torch.special}
    for space in (*(places[m] for m in op.modules if m in places), torch.Tensor):
        if op.public and hasattr(space, op.public):
            return getattr(space, op.public)
    return None


ROWS = sorted(name for name, op in registry.ops.items() if op.sample_function and reference(op))

LAYOUTS: dict[str, Callable[[Any], Any]] = {
    "contiguous": lambda x: x.clone(),
    "transposed": lambda x: x.transpose(0, -1).contiguous().transpose(0, -1) if x.dim() > 1 else x.clone(),
    "sliced": lambda x: torch.cat([x.unsqueeze(-1)] * 3, -1).select(-1, 1),
}


def to_taeda(x: Any, requires_grad: bool) -> Any:
    """The same values with the same strides."""
    bits = x.detach()
    size = 1 + sum((n - 1) * s for n, s in zip(bits.shape, bits.stride(), strict=True)) if bits.numel() else 0
    flat = bits.as_strided((size,), (1,), bits.storage_offset())
    if x.dtype == torch.bfloat16:
        base = taeda.from_numpy(flat.clone().view(torch.int16).numpy()).view(taeda.bfloat16)
    else:
        base = taeda.from_numpy(flat.clone().numpy())
    made = base.as_strided(tuple(bits.shape), bits.stride(), 0).detach()
    return made.requires_grad_() if requires_grad else made


def to_torch(x: Any) -> Any:
    x = x.detach()
    if x.dtype == taeda.bfloat16:
        return torch.from_numpy(x.contiguous().view(taeda.int16).numpy().copy()).view(torch.bfloat16)
    return torch.from_numpy(x.numpy().copy())


def convert(value: Any, layout: Callable[[Any], Any], grad: bool, pairs: list[tuple[Any, Any]]) -> tuple[Any, Any]:
    """An argument for both libraries; tensors that require gradients are collected in `pairs`."""
    if isinstance(value, torch.Tensor):
        wants = grad and value.requires_grad
        mine = layout(value.detach())
        theirs = to_taeda(mine, wants)
        mine = mine.requires_grad_() if wants else mine
        if wants:
            pairs.append((mine, theirs))
        return mine, theirs
    if isinstance(value, (list, tuple)):
        parts = [convert(v, layout, grad, pairs) for v in value]
        return type(value)(p[0] for p in parts), type(value)(p[1] for p in parts)
    if isinstance(value, torch.dtype):
        return value, getattr(taeda, str(value).removeprefix("torch."))
    return value, value


def functions(op: Op) -> tuple[Any, Any]:
    """The op in both libraries; the method where it is no function."""
    theirs = reference(op)
    if theirs is getattr(torch.Tensor, op.public, None) or not op.modules:
        return theirs, lambda x, *a, **k: getattr(x, op.public)(*a, **k)
    return theirs, op


def listed(x: Any) -> list[Any]:
    return list(x) if isinstance(x, (list, tuple)) else [x]


def compare(op: Op, sample: Any, layout: str, tolerance: float, second: bool = False, grad: bool = True) -> bool:
    """Whether PyTorch takes the sample; fails if Taeda disagrees."""
    pairs: list[tuple[Any, Any]] = []
    args = [convert(a, LAYOUTS[layout], grad, pairs) for a in sample.args]
    kwargs = {k: convert(v, LAYOUTS[layout], grad, pairs) for k, v in sample.kwargs.items()}
    their, our = functions(op)
    try:
        expected = listed(their(*(a for a, _ in args), **{k: v for k, (v, _) in kwargs.items()}))
    except (RuntimeError, TypeError, NotImplementedError, IndexError, ValueError):
        return False
    try:
        got = listed(our(*(b for _, b in args), **{k: v for k, (_, v) in kwargs.items()}))
    except RuntimeError as error:
        # PyTorch finds out only where there is something to compute
        if "not implemented for 'Bool'" in str(error) and all(e.numel() == 0 or not e.any() for e in expected):
            return True
        raise
    assert len(got) == len(expected)
    for g, e in zip(got, expected, strict=True):
        assert str(g.dtype) == str(e.dtype) and tuple(g.shape) == tuple(e.shape)
        torch.testing.assert_close(to_torch(g), e.detach(), rtol=tolerance, atol=tolerance, equal_nan=True)
    live = [k for k, e in enumerate(expected) if e.requires_grad]
    assert [k for k, g in enumerate(got) if g.requires_grad] == live
    if not live or not pairs:
        return True
    seeds = [
        torch.randn(expected[k].shape, dtype=expected[k].dtype, generator=torch.Generator().manual_seed(k))
        for k in live
    ]
    cotangents = [(s.requires_grad_() if second else s, to_taeda(s, second)) for s in seeds]
    try:
        theirs = torch.autograd.grad(
            [expected[k] for k in live],
            [a for a, _ in pairs],
            [a for a, _ in cotangents],
            allow_unused=True,
            create_graph=second,
        )
    except (RuntimeError, NotImplementedError):
        return True  # PyTorch has no gradient for this sample
    ours = taeda.autograd.grad(
        [got[k] for k in live],
        [b for _, b in pairs],
        [b for _, b in cotangents],
        allow_unused=True,
        create_graph=second,
    )
    agree(ours, theirs, 10 * tolerance)
    if second:
        kept = [(a, b) for a, b in zip(theirs, ours, strict=True) if a is not None and a.requires_grad]
        if kept:
            roots = [*pairs, *cotangents]
            try:
                exact = torch.autograd.grad(
                    sum((a * a).sum() for a, _ in kept), [a for a, _ in roots], allow_unused=True
                )
            except RuntimeError:
                return True  # PyTorch has no second derivative
            agree(
                taeda.autograd.grad(sum((b * b).sum() for _, b in kept), [b for _, b in roots], allow_unused=True),
                exact,
                100 * tolerance,
            )
    return True


def agree(ours: Any, theirs: Any, tolerance: float) -> None:
    """Gradients are equal; none where the other library has zeros is equal too."""
    for g, e in zip(ours, theirs, strict=True):
        if g is None or e is None:
            present = g if e is None else e
            assert present is None or not bool((present != 0).any()), "a gradient is missing"
            continue
        torch.testing.assert_close(to_torch(g), e.detach(), rtol=tolerance, atol=tolerance, equal_nan=True)


@pytest.mark.parametrize("name", ROWS)
def test_float32(name: str) -> None:
    op = registry.ops[name]
    for layout in LAYOUTS if name not in ABOUT_MEMORY else ("contiguous",):
        taken = [compare(op, s, layout, TOLERANCE["float32"]) for s in op.sample_function(Make())]  # type: ignore[misc]
        assert any(taken), "PyTorch takes none of the samples"


@pytest.mark.parametrize("name", ROWS)
def test_other_dtypes(name: str) -> None:
    op = registry.ops[name]
    for dtype in FLOATS + INTEGERS:
        for s in op.sample_function(Make(dtype)):  # type: ignore[misc]
            compare(op, s, "contiguous", TOLERANCE.get(dtype, 3e-5), grad=dtype == "float64")


@pytest.mark.parametrize("name", ROWS)
def test_second_order(name: str) -> None:
    if name in NO_SECOND_DERIVATIVE:
        pytest.skip(NO_SECOND_DERIVATIVE[name])
    op = registry.ops[name]
    for s in op.sample_function(Make("float64")):  # type: ignore[misc]
        compare(op, s, "contiguous", TOLERANCE["float64"], second=True)
