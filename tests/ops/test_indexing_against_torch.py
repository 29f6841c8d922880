"""Indexing, scatter, masks, embedding and attention against torch: values, gradients, second order, dtypes, layouts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from against_torch import DTYPES, check_case, floats, integers, places, tensor

import taeda
from expected import agree, outcome

# (name, function of (library, tensors...), tensors). Floating tensors are differentiated.
CASES: list[tuple[str, Callable[..., Any], list[Any]]] = [
    ("x[i]", lambda t, x, i: x[i], [floats(4, 5), integers((3,), -4, 4)]),
    ("x[i2]", lambda t, x, i: x[i], [floats(4, 5, 2), integers((3, 2), -4, 4)]),
    ("x[:, i]", lambda t, x, i: x[:, i], [floats(4, 5, 3), integers((6,), -5, 5)]),
    ("x[i, j]", lambda t, x, i, j: x[i, j], [floats(4, 5, 3), integers((6,), -4, 4), integers((2, 1), -4, 4)]),
    ("x[i, :, j]", lambda t, x, i, j: x[i, :, j], [floats(4, 5, 4), integers((6,), -4, 4), integers((2, 1), -4, 4)]),
    ("x[..., i]", lambda t, x, i: x[..., i], [floats(4, 5), integers((6,), -5, 5)]),
    ("x[i, 1:3]", lambda t, x, i: x[i, 1:3], [floats(4, 5), integers((6,), -4, 4)]),
    ("x[i, None, 2]", lambda t, x, i: x[i, None, 2], [floats(4, 5, 3), integers((6,), -4, 4)]),
    ("x[i32]", lambda t, x, i: x[i], [floats(4, 5), integers((3,), -4, 4, "int32")]),
    ("x.T[i]", lambda t, x, i: x.transpose(0, 1)[i], [floats(5, 4), integers((3,), -4, 4)]),
    ("x[m]", lambda t, x, m: x[m], [floats(4, 5), integers((4, 5), 0, 2, "bool")]),
    ("x[m1]", lambda t, x, m: x[m], [floats(4, 5), integers((4,), 0, 2, "bool")]),
    ("x[:, m1]", lambda t, x, m: x[:, m], [floats(4, 5, 2), integers((5,), 0, 2, "bool")]),
    ("x[m2, i]", lambda t, x, m, i: x[m, i], [floats(2, 3, 5), integers((2, 3), 0, 2, "bool"), integers((1,), 0,
                                                                                                            5)]),
    ("x[none]", lambda t, x, i: x[i], [floats(4, 5), integers((0,), 0, 4)]),
    ("x[[0, 2]]", lambda t, x: x[[0, 2]], [floats(4, 5)]),
    ("index_select", lambda t, x, i: t.index_select(x, 1, i), [floats(4, 5, 3), integers((7,), 0, 5)]),
    ("index_select 0-d", lambda t, x, i: t.index_select(x, 0, i), [floats(4, 5, 3), integers((), 0, 4)]),
    ("gather 0", lambda t, x, i: t.gather(x, 0, i), [floats(4, 5), integers((7, 3), 0, 4)]),
    ("gather -1", lambda t, x, i: x.gather(-1, i), [floats(4, 5), integers((3, 9), 0, 5)]),
    ("take", lambda t, x, i: t.take(x, i), [floats(4, 5), integers((3, 2), -20, 20)]),
    ("take_along_dim", lambda t, x, i: t.take_along_dim(x, i, 1), [floats(4, 5), integers((1, 3), 0, 5)]),
    ("take_along_dim all", lambda t, x, i: t.take_along_dim(x, i), [floats(4, 5), integers((3,), 0, 20)]),
    ("index_add", lambda t, x, i, y: t.index_add(x, 0, i, y, alpha=2), [floats(4, 5), integers((6,), 0, 4), floats(6,
                                                                                                                   5)]),
    ("index_add 1", lambda t, x, i, y: x.index_add(1, i, y), [floats(4, 5, 3), integers((2,), 0, 5), floats(4, 2, 3)]),
    ("index_copy", lambda t, x, i, y: x.index_copy(0, i, y), [floats(4, 5), places([2, 0]), floats(2, 5)]),
    ("index_fill", lambda t, x, i: x.index_fill(1, i, 2.5), [floats(4, 5), integers((3,), -5, 5)]),
    ("index_put", lambda t, x, i, y: x.index_put((i,), y), [floats(4, 5), places([2, 0]), floats(2, 5)]),
    ("index_put +", lambda t, x, i, y: x.index_put((i,), y, accumulate=True),
     [floats(4, 5), places([2, 0, 2]), floats(3, 5)]),
    ("index_put 2", lambda t, x, i, j, y: x.index_put((i, j), y, accumulate=True),
     [floats(4, 5), integers((8,), -4, 4), integers((8,), -5, 5), floats(8)]),
    ("put", lambda t, x, i, y: x.put(i, y, True), [floats(4, 5), integers((3, 2), -20, 20), floats(3, 2)]),
    ("scatter", lambda t, x, i, y: x.scatter(1, i, y), [floats(4, 5), places([[0, 2], [1, 3]]), floats(2, 2)]),
    ("scatter value", lambda t, x, i: x.scatter(0, i, 1.5), [floats(4, 5), integers((3, 2), 0, 4)]),
    ("scatter_add", lambda t, x, i, y: x.scatter_add(0, i, y), [floats(4, 5), integers((7, 5), 0, 4), floats(7, 5)]),
    *((f"scatter_reduce {r} {s}", lambda t, x, i, y, r=r, s=s: x.scatter_reduce(1, i, y, r, include_self=s),
       [floats(4, 5), integers((4, 3), 0, 5), floats(4, 3)])
      for r in ("sum", "prod", "mean", "amax", "amin") for s in (True, False)),
    ("masked_select", lambda t, x, m: t.masked_select(x, m), [floats(4, 5), integers((5,), 0, 2, "bool")]),
    ("masked_scatter", lambda t, x, m, y: x.masked_scatter(m, y),
     [floats(4, 5), integers((4, 5), 0, 2, "bool"), floats(20)]),
    ("embedding", lambda t, w, i: t.nn.functional.embedding(i, w), [floats(7, 5), integers((3, 4), 0, 7)]),
    ("embedding padding", lambda t, w, i: t.nn.functional.embedding(i, w, 3), [floats(7, 5), integers((30,), 0, 7)]),
    ("embedding frequency", lambda t, w, i: t.nn.functional.embedding(i, w, scale_grad_by_freq=True),
     [floats(7, 5), integers((30,), 0, 7)]),
    ("attention", lambda t, q, k, v: t.nn.functional.scaled_dot_product_attention(q, k, v),
     [floats(2, 3, 7, 8), floats(2, 3, 9, 8), floats(2, 3, 9, 4)]),
    ("attention causal", lambda t, q, k, v: t.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True),
     [floats(3, 7, 8), floats(3, 9, 8), floats(3, 9, 4)]),
    ("attention mask", lambda t, q, k, v, m: t.nn.functional.scaled_dot_product_attention(q, k, v, m, scale=0.5),
     [floats(2, 3, 7, 8), floats(2, 3, 9, 8), floats(2, 3, 9, 4), floats(3, 7, 9)]),
    ("attention bool", lambda t, q, k, v, m: t.nn.functional.scaled_dot_product_attention(q, k, v, m),
     [floats(2, 3, 7, 8), floats(2, 3, 9, 8), floats(2, 3, 9, 4), integers((7, 9), 0, 2, "bool")]),
    ("attention groups", lambda t, q, k, v: t.nn.functional.scaled_dot_product_attention(q, k, v, enable_gqa=True),
     [floats(2, 4, 3, 8), floats(2, 2, 9, 8), floats(2, 2, 9, 8)]),
    ("attention 2-d", lambda t, q, k, v: t.nn.functional.scaled_dot_product_attention(q, k, v),
     [floats(7, 8), floats(9, 8), floats(9, 4)]),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c[0])
def test_values_and_gradients(case: tuple[str, Callable[..., Any], list[Any]]) -> None:
    check_case(case[1], case[2])


@pytest.mark.parametrize("dtype", DTYPES)
def test_dtypes(dtype: str) -> None:
    x, y = floats(6, 7, dtype=dtype), floats(5, 7, dtype=dtype)
    i, m = integers((5,), 0, 6), integers((6, 7), 0, 2, "bool")
    j = integers((5, 7), 0, 6)
    operations: list[Callable[..., Any]] = [
        lambda t, x, y, i, m, j: x[i], lambda t, x, y, i, m, j: x[m], lambda t, x, y, i, m, j: t.gather(x, 0, j),
        lambda t, x, y, i, m, j: x.scatter(0, j, y), lambda t, x, y, i, m, j: t.nonzero(x),
        lambda t, x, y, i, m, j: x.masked_scatter(m, x), lambda t, x, y, i, m, j: x.index_copy(0, i, y),
    ]
    if dtype != "bool":
        operations += [lambda t, x, y, i, m, j: x.index_add(0, i, y), lambda t, x, y, i, m, j: x.scatter_add(0, j, y),
                       lambda t, x, y, i, m, j: x.index_put((i,), y, accumulate=True),
                       lambda t, x, y, i, m, j: x.scatter_reduce(0, j, y, "amax"),
                       lambda t, x, y, i, m, j: x.scatter_reduce(0, j, y, "amin", include_self=False)]
    for f in operations:
        tolerance = 2e-2 if dtype == "bfloat16" else 5e-3 if dtype == "float16" else 1e-6
        agree(lambda lib, f=f: f(lib, *(tensor(v, lib) for v in (x, y, i, m, j))), tolerance, tolerance)


def test_assignment() -> None:
    cases: list[Callable[..., None]] = [
        lambda x, i, m, t: x.__setitem__(i, 1.5), lambda x, i, m, t: x.__setitem__((slice(None), i), x[:, i] * 2),
        lambda x, i, m, t: x.__setitem__(m, 0), lambda x, i, m, t: x.__setitem__(m, x[m] * 3),
        lambda x, i, m, t: x.__setitem__((i, i), t.ones_like(x[0, 0])), lambda x, i, m, t: x.index_add_(0, i, x[i] * 2),
        lambda x, i, m, t: x.index_put_((i,), x[i], accumulate=True), lambda x, i, m, t: x.__setitem__((i, slice(1,
                                                                                                                 3)),
                                                                                                       7),
        lambda x, i, m, t: x.scatter_(0, i[:, None], 3.0), lambda x, i, m, t: x.index_fill_(1, i, 1),
        lambda x, i, m, t: x.transpose(0, 1).__setitem__(i, 4), lambda x, i, m, t: x[1:].__setitem__(i[:1], 4),
    ]
    for f in cases:

        def program(lib: Any, f: Callable[..., Any] = f) -> Any:
            x = tensor(floats(4, 4), lib)
            f(x, lib.tensor([2, 0, 1]), tensor(integers((4, 4), 0, 2, "bool"), lib), lib)
            return x

        agree(program)


WRONG: list[tuple[Callable[[Any, Any], Any], str]] = [
    (lambda t, x: x[t.tensor([5])], "index 5 is out of bounds for dimension 0 with size 3"),
    (lambda t, x: t.index_select(x, 0, t.tensor([-1])), "index out of range in self"),
    (lambda t, x: t.nn.functional.embedding(t.tensor([3]), x), "index out of range in self"),
    (lambda t, x: t.take(x, t.tensor([12])), "out of range: tried to access index 12 on a tensor of 12 elements."),
    (lambda t, x: x[t.tensor([0.5])], "tensors used as indices must be long, int, byte or bool tensors"),
    (lambda t, x: t.gather(x, 0, t.tensor([1])), "Index tensor must have the same number of dimensions as input "
                                                 "tensor"),
    (lambda t, x: x.index_add(0, t.tensor([3]), t.ones(1, 4)), "index 3 is out of bounds for dimension 0 with size 3"),
    (lambda t, x: x.index_copy(0, t.tensor([3]), t.ones(1, 4)),
     "index_copy_(): index 3 is out of bounds for dimension 0 with size 3"),
    (lambda t, x: x.masked_scatter(t.ones(3, 4, dtype=t.bool), t.ones(3)),
     "Number of elements of source < number of ones in mask"),
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda w: w[1][:40])
def test_wrong(wrong: tuple[Callable[[Any, Any], Any], str]) -> None:
    function, message = wrong
    agree(lambda lib: function(lib, lib.ones(3, 4)))
    assert outcome(lambda lib: function(lib, lib.ones(3, 4)), taeda).line == message


def test_out_of_bounds_names_the_dimension() -> None:
    """torch says dimension 0 here, having moved the indexed dimension to the front."""
    with pytest.raises(IndexError, match="index -9 is out of bounds for dimension 1 with size 4"):
        taeda.ones(3, 4)[:, taeda.tensor([0, -9])]


@pytest.mark.parametrize("index", [3, -1, 2 ** 40])
def test_gather_out_of_bounds(index: int) -> None:
    """An IndexError here; torch raises RuntimeError with the same words."""
    message = f"index {index} is out of bounds for dimension 0 with size 3"
    for f in (lambda x, i: x.gather(0, i), lambda x, i: x.scatter(0, i, 1.0), lambda x, i: x.scatter_add(0, i, x)):
        with pytest.raises(IndexError, match=message):
            f(taeda.ones(3, 4), taeda.tensor([[index]]))


def test_same_bits_for_any_number_of_threads() -> None:
    weight, index = tensor(floats(50, 300, dtype="float32"), taeda), tensor(integers((400,), 0, 50), taeda)
    q = tensor(floats(2, 4, 70, 32, dtype="float32"), taeda)
    results = []
    before = taeda.get_num_threads()
    try:
        for threads in (1, 3):
            taeda.set_num_threads(threads)
            w, x = weight.clone().requires_grad_(), q.clone().requires_grad_()
            (taeda.nn.functional.embedding(index, w) ** 2).sum().backward()
            (taeda.nn.functional.scaled_dot_product_attention(x, x, x, is_causal=True) ** 2).sum().backward()
            results.append([w.grad, x.grad, weight.index_add(0, index, weight[index]), weight.sort(1)[0],
                            weight[index]])
    finally:
        taeda.set_num_threads(before)
    for a, b in zip(*results, strict=True):
        assert taeda.equal(a, b)


def test_failed_assignment_changes_nothing() -> None:
    x = taeda.zeros(4, 3)
    for f in (lambda: x.__setitem__(taeda.tensor([1, 9]), 5.0), lambda: x.scatter_(0, taeda.tensor([[1, 1, 4]]), 5.0),
              lambda: x.index_add_(0, taeda.tensor([0, -1]), taeda.ones(2, 3))):
        with pytest.raises(IndexError):
            f()
        assert not x.any()


def test_dropout_of_attention() -> None:
    taeda.manual_seed(1)
    q = taeda.ones(2, 4, 50, 16).requires_grad_()
    out = taeda.nn.functional.scaled_dot_product_attention(q, q, q, dropout_p=0.5)
    assert out.shape == (2, 4, 50, 16)
    assert abs(out.mean().item() - 1) < 0.1 and out.std().item() > 0.01
    out.sum().backward()
    assert q.grad.shape == q.shape


def test_half_attention() -> None:
    def program(lib: Any) -> Any:
        q, k, v = (tensor(floats(2, 3, 40, 16, dtype="bfloat16"), lib) for _ in range(3))
        if lib is not taeda:  # in float32, rounded once
            q, k, v = q.float(), k.float(), v.float()
        return lib.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True).bfloat16()

    agree(program, 1e-2, 1e-2)
