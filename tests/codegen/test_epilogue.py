"""Pointwise ops that follow a product in an op's definition become its epilogue, and change no bit."""

from __future__ import annotations

from typing import Any

import pytest

import taeda
from taeda.compiler import lower
from taeda.nn import functional

DTYPES = ("float32", "float64", "bfloat16", "float16", "int32")


def tensor(dtype: str, *shape: int) -> Any:
    x = taeda.randn(shape) if taeda.empty(0, dtype=getattr(taeda, dtype)).is_floating_point() else (
        taeda.randint(-9, 9, shape))
    return x.to(getattr(taeda, dtype))


def same(got: Any, expected: Any) -> None:
    assert got.dtype == expected.dtype and got.shape == expected.shape
    assert taeda.equal(got, expected)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("rows", [3, 70])  # thin and blocked
@pytest.mark.parametrize("factors", [{}, {"alpha": 3}, {"beta": 2, "alpha": -1}, {"beta": 0.7, "alpha": 0.3}])
def test_addmm_is_its_parts(dtype: str, rows: int, factors: dict[str, float]) -> None:
    if dtype == "int32" and factors.get("beta") == 0.7:
        pytest.skip("PyTorch wants integers")
    a, b = tensor(dtype, rows, 33), tensor(dtype, 33, 50)
    for base in (tensor(dtype, rows, 50), tensor(dtype, 50), tensor(dtype, rows, 1), tensor(dtype, 50, rows).t(),
                 tensor(dtype, 1, 1)):
        product = a @ b
        product = product * factors["alpha"] if "alpha" in factors else product
        expected = (base * factors["beta"] if "beta" in factors else base) + product
        same(taeda.addmm(base, a, b, **factors), expected)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_batches(dtype: str) -> None:
    a, b = tensor(dtype, 4, 17, 20), tensor(dtype, 4, 20, 40)
    for base in (tensor(dtype, 4, 17, 40), tensor(dtype, 17, 40), tensor(dtype, 4, 1, 40)):
        same(taeda.baddbmm(base, a, b, beta=0.5, alpha=1.5), base * 0.5 + taeda.bmm(a, b) * 1.5)


def test_nothing_is_read_behind_the_operands() -> None:
    base = taeda.full((50, 50), float("nan"))
    base[:3, :41] = 1
    a, b = taeda.randn(3, 8), taeda.randn(8, 41)
    same(taeda.addmm(base[:3, :41], a, b), base[:3, :41] + a @ b)


def test_gradient_and_forms() -> None:
    a, b, base = taeda.randn(6, 5), taeda.randn(5, 7), taeda.randn(7)
    leaf = a.clone().requires_grad_()
    taeda.addmm(base, leaf, b, alpha=2.0).sum().backward()
    assert taeda.allclose(leaf.grad, taeda.ones(6, 7) @ b.t() * 2.0)
    out = taeda.empty(6, 7)
    same(taeda.addmm(base, a, b, out=out), base + a @ b)
    same(taeda.zeros(6, 7).addmm_(a, b, alpha=0.5), taeda.zeros(6, 7) + a @ b * 0.5)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("rows", [(37,), (3, 7), ()])
def test_heavy_expressions(dtype: str, rows: tuple[int, ...], finished: list[str]) -> None:
    """What an op's definition says may be anything pointwise: a layer with activation and residual, as one op."""
    from taeda.ops.activations import gelu
    from taeda.ops.matmul import linear
    from taeda.ops.op import Tensor, derived

    @derived(public=False)
    def finished_layer(input: Tensor, weight: Tensor, bias: Tensor, residual: Tensor) -> Tensor:
        """gelu(linear(input)) + residual."""
        return gelu(linear(input, weight, bias)) + residual

    x, w, bias = tensor(dtype, *rows, 20), tensor(dtype, 45, 20), tensor(dtype, 45)
    places = [(*rows, 45), (45,), (), (1,) * len(rows) + (45,), rows + (1,)]
    residuals = [*(tensor(dtype, *p) for p in places), tensor(dtype, 45, *rows).movedim(0, -1)]
    for residual in residuals:
        same(finished_layer(x, w, bias, residual), functional.gelu(functional.linear(x, w, bias)) + residual)
    assert set(finished) == {"linear"}


@pytest.mark.parametrize("dtypes", [("float32", "bfloat16"), ("bfloat16", "float32"), ("float16", "bfloat16"),
                                    ("bfloat16", "float16"), ("float32", "float16")])
@pytest.mark.parametrize("rows", [3, 70])
def test_conversion_of_results(dtypes: tuple[str, str], rows: int, finished: list[str]) -> None:
    """A product may be stored in another dtype than its own, to which it is rounded first."""
    from taeda.ops.matmul import linear, multiply_matrices
    from taeda.ops.op import Tensor, derived
    from taeda.ops.pointwise import convert

    source, result = dtypes

    @derived(public=False)
    def converted_layer(input: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return convert(linear(input, weight, bias), result)

    @derived(public=False)
    def converted_product(input: Tensor, weight: Tensor, other: Tensor) -> Tensor:
        return convert(multiply_matrices(input, weight), result) * 2 + other

    x, w, bias = tensor(source, rows, 50), tensor(source, 21, 50), tensor(source, 21)
    wanted = getattr(taeda, result)
    same(converted_layer(x, w, bias), functional.linear(x, w, bias).to(wanted))
    same(converted_layer(x[None], w, bias), functional.linear(x, w, bias).to(wanted)[None])
    other = tensor(result, rows, 21)
    same(converted_product(x, w.t(), other), (x @ w.t()).to(wanted) * 2 + other)
    assert finished == ["linear", "linear", "multiply_matrices"]


def test_coded_products_are_finished_too(finished: list[str]) -> None:
    """Bias and conversion of a layer with coded weights are its product's epilogue."""
    from taeda.quantization import QuantizedLinear, int4

    layer = QuantizedLinear.from_linear(taeda.nn.Linear(64, 45), int4(32))
    for rows in (1, 3, 37):
        x = tensor("bfloat16", rows, 64)
        same(layer(x), (functional.linear(x.float(), layer.weight) + layer.bias).bfloat16())
    assert set(finished) == {"coded_matmul"}


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16", "float16"])
@pytest.mark.parametrize("queries", [2, 37])  # few and blocks
@pytest.mark.parametrize("mask", [None, "bool", "float"])
def test_attention(dtype: str, queries: int, mask: str | None, finished: list[str]) -> None:
    """The rows that attention gives are scaled, gated and converted where they are made."""
    taeda.compiler.reset()
    q, k, v = tensor(dtype, 2, 3, queries, 8), tensor(dtype, 2, 3, 41, 8), tensor(dtype, 2, 3, 41, 21)
    bias = None if mask is None else tensor(dtype, 3, queries, 41)
    bias = bias > 0 if mask == "bool" else bias
    gates = [tensor(dtype, 2, 3, queries, 21), tensor(dtype, 3, 1, 1), tensor(dtype, queries, 1), tensor(dtype, 21),
             tensor(dtype, 2, queries, 3, 21).transpose(1, 2)]

    def gated(gate: Any, factor: float) -> Any:
        return functional.scaled_dot_product_attention(q, k, v, bias) * factor * gate.sigmoid()
    for gate in gates:
        same(taeda.compile(gated)(gate, 0.5), gated(gate, 0.5))
    assert len(finished) >= len(gates) - 1  # gates of the same sizes, strided or not, are one program
    other = {"float32": taeda.bfloat16, "bfloat16": taeda.float32}.get(dtype)
    if other:
        def converted() -> Any:
            return functional.scaled_dot_product_attention(q, k, v, bias).to(other)
        same(taeda.compile(converted)(), converted())


@pytest.mark.parametrize("call", [
    lambda x: functional.scaled_dot_product_attention(x, x, x), lambda x: functional.conv2d(x, x)])
def test_rounding_is_a_part_of_the_op(call: Any) -> None:
    """Also outside of compiled functions: kernels convert what is read, but what is stored is so where it is made."""
    from taeda.profiler import profile

    x = taeda.randn(8, 8, 5, 5).half()
    call(x)
    with profile() as ran:
        call(x)
    names = [kernel.name for kernel in ran.kernels]
    assert names[:2] == ["convert"] * 2 and names[-1].startswith("emit_")


def test_attention_that_is_learned() -> None:
    """What gradients read is kept as it is."""
    q, k, v = (tensor("float32", 2, 3, 9, 8).requires_grad_() for _ in range(3))

    def gradients() -> Any:
        loss = (functional.scaled_dot_product_attention(q, k, v, is_causal=True).sigmoid() * 3).sum()
        return taeda.autograd.grad(loss, (q, k, v))
    for got, expected in zip(taeda.compile(gradients)(), gradients(), strict=True):
        same(got, expected)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """One for each operand that a product is to make itself."""
    seen: list[bool] = []
    begin = lower._Lowering.begin
    monkeypatch.setattr(lower._Lowering, "begin", lambda self, *rest: (seen.append(True), begin(self, *rest))[1])
    return seen


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float64"])
@pytest.mark.parametrize("sizes", [(3, 1500, 701), (30, 200, 70), (30, 199, 1), (300, 200, 70), (30, 50, 70),
                                   (0, 200, 70), (2, 1100, 1000)])  # rows, columns and k
def test_operands_that_are_made_as_they_are_packed(dtype: str, sizes: tuple[int, int, int], begun: list[bool]) -> None:
    """Codes times scales, conversions: from rows, from columns, from neither, followed by an epilogue."""
    taeda.compiler.reset()
    rows, columns, k = sizes
    wanted = getattr(taeda, dtype)
    x, scale, shift = tensor(dtype, rows, k), tensor(dtype, columns, 1), tensor(dtype, k)
    codes = taeda.randint(-128, 127, (columns, 2 * k)).to(taeda.int8)
    for weight in (codes[:, k:], codes[:, :k].t().contiguous().t(), codes[:, ::2]):
        functions = [lambda w=weight: functional.linear(x, w.to(wanted) * scale - shift),
                     lambda w=weight: (x @ (w.to(wanted) * 0.3).t()).relu() + scale.t(),
                     lambda w=weight: (x @ w.t().to(wanted)).float()]
        for function in functions:
            same(taeda.compile(function)(), function())
    assert len(begun) >= 2  # the third one where a size of 1 is not that of two dimensions


def test_operands_that_are_better_made_before(begun: list[bool]) -> None:
    """Functions take their time, what others read is stored anyway, and a batch of products would make it again."""
    taeda.compiler.reset()
    x, codes = tensor("float32", 30, 70), taeda.randint(-9, 9, (70, 200)).to(taeda.int8)
    w = tensor("float32", 70, 200)

    def read_twice() -> Any:
        weight = codes.float() * 2
        return x @ weight + weight[0]
    for function in (lambda: x @ functional.gelu(codes.float()), read_twice, lambda: x @ (w * 2)):
        same(taeda.compile(function)(), function())
    assert not begun
    batch = tensor("float32", 3, 30, 70)
    same(taeda.compile(lambda: batch @ (codes.float() * 2))(), batch @ (codes.float() * 2))


@pytest.mark.parametrize("write", [lambda codes: codes.add_(1), lambda codes: codes[:3].zero_()])
def test_operands_are_those_that_were_there(write: Any) -> None:
    """What is written between an operand and its product changes nothing of it."""
    def function(codes: Any) -> Any:
        weight = codes.float() * 0.5
        write(codes)
        return x @ weight, codes
    x, codes = tensor("float32", 30, 70), taeda.randint(-9, 9, (70, 200)).to(taeda.int8)
    for got, wanted in zip(taeda.compile(function)(codes.clone()), function(codes.clone()), strict=True):
        same(got, wanted)


def test_explanations_know_of_prologues_and_epilogues() -> None:
    """What a product does itself is no kernel that could have been spared."""
    x, codes = tensor("float32", 30, 70), taeda.randint(-9, 9, (200, 70)).to(taeda.int8)
    explained = taeda.compiler.explain(lambda: (x @ (codes.float() * 0.5).t()).relu())
    assert not explained.not_fused and len(explained.ran) == 1
