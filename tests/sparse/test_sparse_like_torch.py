"""Sparse tensors against PyTorch: text, values, gradients and refusals of everything that takes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from expected import agree, numbers

LAYOUTS = ("sparse_coo", "sparse_csr", "sparse_csc", "sparse_bsr", "sparse_bsc")


def example(lib: Any, kind: str = "coo") -> Any:
    """A sparse tensor of 2 x 3, of whole numbers: printed the same by everybody."""
    if kind == "hybrid":
        return lib.sparse_coo_tensor([[0, 1, 1], [2, 0, 2]], [[3.0, 1.0], [4.0, -1.0], [5.0, 0.0]], (2, 3, 2))
    if kind == "repeated":
        return lib.sparse_coo_tensor([[1, 0, 1, 0], [2, 1, 2, 0]], [3.0, 4.0, -5.0, 1.0], (2, 3))
    if kind == "empty":
        return lib.sparse_coo_tensor(lib.zeros((2, 0), dtype=lib.int64), lib.zeros(0), (2, 3))
    s = lib.sparse_coo_tensor([[0, 1, 1], [2, 0, 2]], [3.0, 4.0, -5.0], (2, 3))
    return s if kind == "coo" else dense_of(lib).to_sparse(layout=getattr(lib, f"sparse_{kind}"),
                                                           blocksize=(2, 1) if kind in ("bsr", "bsc") else None)


def dense_of(lib: Any) -> Any:
    return lib.tensor([[0.0, 0.0, 3.0], [4.0, 0.0, -5.0]])


def shown(value: Any, text: bool = True) -> Any:
    """A sparse tensor as its text, if that is to be the same, and its elements."""
    if isinstance(value, (tuple, list)):
        return [shown(v) for v in value]
    if getattr(value, "layout", None) is not None and "sparse" in str(value.layout):
        return [repr(value), value.to_dense()] if text else value.to_dense()
    return value


def outcome(lib: Any, text: str, kind: str) -> Any:
    x = example(lib, kind)
    names = {"torch": lib, "x": x, "d": lib.ones(2, 3), "m": lib.arange(6.0).reshape(3, 2), "v": lib.arange(3.0),
             "index": lib.tensor([1, 0, 1])}
    # Which entries a product of tensors with repeated ones has is not the same; numbers that are not whole are not.
    return shown(eval(text, names), not (kind == "repeated" and "mul" in text.replace("*", "mul") or "softmax" in text))


# What is done to each of them: the kinds that PyTorch takes it for.
CALLS = {
    "coo hybrid repeated empty": """
        x | x.coalesce() | x.to_dense() | x.to_sparse() | x.clone() | x.detach() | x.neg() | -x | x * 2 | x / 2 | x + x
        x - x | x.sum() | x.double() | x.to(torch.int64) | x.abs() | x.sin() | x.sqrt() | x.relu() | x.log1p()
        x.isnan()
        x.square() | x ** 2 | x.pow(2) | x.dtype | x.shape | x.layout | x.dim() | x.numel() | x.sparse_dim() | x._nnz()
        x.dense_dim() | x.is_coalesced() | x._indices() | x._values() | x.is_sparse | x.is_sparse_csr
        x.is_floating_point()
        x.coalesce().indices() | x.coalesce().values() | x.transpose(0, 1) | x.unsqueeze(0) | x.unsqueeze(2) | x[0]
        x[1]
        x.select(0, 1) | x.select(1, 2) | x.select(0, -1) | x.index_select(0, index) | x.index_select(1, index)
        torch.cat([x, x]) | torch.cat([x, x], 1) | torch.stack([x, x]) | torch.stack([x, x], 1) | torch.zeros_like(x)
        x.norm() | x.sum(0) | x.sum(1) | torch.sparse.sum(x) | torch.sparse.sum(x, 0) | torch.sparse.sum(x, [0, 1])
        x * x | x.mul(x) | x.floor() | x.trunc() | x.round() | x.sign() | x.cpu() | x.float() | len(x)
        x.is_contiguous()
        x.mul_(2) | x.neg_() | x.abs_() | x.add_(x) | x.sub_(x) | x.zero_() | x.requires_grad | x.is_leaf | x.grad
        x.deg2rad() | x.tanh() | x.atan() | x.erf() | x.expm1() | x.asinh() | x.ceil() | x.isinf() | x.signbit()
        x.floor_divide(2) | x // 2 | x.div(2, rounding_mode='trunc') | x.permute(1, 0, *range(2, x.dim())) | x.device
        x.add(x, alpha=2) | x.sub(x, alpha=3) | x * torch.tensor(3.0) | x.type() | x.exp() | x.cos() | x == x | x.max()
        x.view(6) | x.reshape(6) | x.mean() | x.fill_(1) | x.unique() | x.nonzero() | x.clamp(0) | x.cumsum(0) | x + 1
        x.numpy() | x.any() | x.isposinf() | torch.empty_like(x).shape | x.copy_(x * 2) | x + x.to_dense()
        x.to_dense() + x | x.to_dense() - x | x.to_dense().add(x, alpha=2) | x.to_dense().add_(x) | x.to_dense().sub_(x)
        x.to_dense().sparse_mask(x.coalesce()) | x.crow_indices() | x / x.to_dense() | bool(x) | x.resize_as_(x)
        x.data
    """,
    "coo repeated empty": """
        x.t() | x.T | x @ m | x.mm(m) | torch.mm(x, m) | torch.sparse.mm(x, m) | m @ x | torch.mv(x, v) | x @ v
        x[1, 2]
        x @ x.t() | torch.sparse.mm(x, x.t()) | torch.smm(x, m) | torch.hspmm(x, m) | torch.sparse.softmax(x, 1)
        torch.sparse.softmax(x, 0) | torch.sparse.log_softmax(x, 1) | torch.sparse.log_softmax(x, 0) | x * d | d * x
        torch.addmm(torch.ones(2, 2), x, m) | torch.addmm(torch.ones(2, 2), x, m, beta=2, alpha=3) | x.to_sparse_csr()
        torch.sparse.addmm(torch.ones(2, 2), x, m, beta=0.5) | x.to_sparse_csc() | x.to_sparse_bsr((1, 3)) | d.mul(x)
        x.to_sparse_bsc((2, 1)) | x.to_sparse(layout=torch.sparse_csr) | x.sparse_resize_((4, 5), 2, 0) | x[0, 0]
        x[-1]
        torch.sspaddmm(x, x, torch.ones(3, 3)).to_dense() | x.sum(0, keepdim=True)
        torch.bmm(x.unsqueeze(0), m.unsqueeze(0))
        x.sparse_resize_and_clear_((4, 5), 2, 0) | torch.mm(x, torch.ones(2, 2)) | x.values()
        x.indices() | x.index_select(0, torch.tensor([5])) | x.select(0, 7) | x.select(5, 0) | x.transpose(0, 5) | x[7]
    """,
    "coo": """torch.mm(x, m.double()) | torch.mv(x, v.double())""",
    "csr csc": """
        x | x.to_dense() | x.to_sparse() | x.values() | x.dtype | x.shape | x.layout | x._nnz() | x.dim()
        x.sparse_dim()
        x.dense_dim() | x.clone() | x.detach() | x.neg() | x * 2 | x.sin() | x.abs() | x.sqrt() | x.double()
        x.is_sparse
        x.is_sparse_csr | x.t() | x.transpose(0, 1) | x.to_sparse_csr() | x.to_sparse_csc() | x.to_sparse_bsr((1, 1))
        x.to_sparse_bsc((2, 1)) | x @ m | x.mm(m) | torch.addmm(torch.ones(2, 2), x, m, beta=2, alpha=3) | x.relu()
        x.sum()
        x[0] | x[1, 2] | x.select(0, 1) | x.zero_() | torch.sparse.mm(x, m) | x.indices() | x.coalesce() | x._indices()
        x.is_coalesced() | x.view(6) | torch.zeros_like(x) | x.to_dense().sparse_mask(x) | x.requires_grad
        torch.mv(x, v)
        x.crow_indices() | x.col_indices() | x.ccol_indices() | x.row_indices() | d + x | x.tanh() | x.floor()
    """,
    "csr": """
        x + x | x - x | x * x | x.add(x, alpha=2) | x.sum(1, keepdim=True) | x.sum(0, keepdim=True) | x / 2 | m @ x
        m.mm(x)
        torch.sparse.sampled_addmm(x, torch.ones(2, 2), torch.ones(2, 3)) | torch.sparse.softmax(x, 1) | x.mul_(2)
        torch.sparse.sampled_addmm(x, torch.ones(2, 2), torch.ones(2, 3), beta=2, alpha=3)
        torch.sparse.mm(x, m, "sum") | torch.sparse.mm(x, m, "mean") | torch.sparse.mm(x, m, "amax")
        torch.sparse.mm(x, m, "amin") | torch.sparse.mm(x, m, "prod")
        (x @ x.t().to_sparse_csr()).to_dense()
        torch.sparse.sampled_addmm(x, torch.ones(2, 2), torch.ones(2, 2)) | torch.mm(x, torch.ones(2, 2)) | x.numpy()
    """,
    "bsr bsc": """
        x | x.to_dense() | x.to_sparse() | x.values() | x.dtype | x.shape | x.layout | x._nnz() | x.crow_indices()
        x.ccol_indices() | x.col_indices() | x.row_indices() | x.clone() | x.transpose(0, 1) | x.to_sparse_csr()
        x.dense_dim()
        x.to_sparse_csc() | x * 2 | x.neg() | x.indices()
    """,
}  # fmt: skip
CASES = [(kind, call.strip()) for kinds, text in CALLS.items() for kind in kinds.split()
         for line in text.strip().split("\n") for call in line.split(" | ")]
@pytest.mark.parametrize(("kind", "call"), CASES, ids=[f"{k}: {c}" for k, c in CASES])
@pytest.mark.filterwarnings("ignore")
def test_calls(kind: str, call: str) -> None:
    agree(lambda lib: outcome(lib, call, kind), refusals="view" in call or "exp()" in call, messages=False)


MAKING = """
    torch.sparse_coo_tensor([[0, 1], [1, 0]], [1.0, 2.0]) | torch.sparse_coo_tensor((2, 3))
    torch.sparse_coo_tensor([[]], [], (3,))
    torch.sparse_coo_tensor([[0, 1], [1, 0]], [1.0, 2.0], (2, 2), dtype=torch.float64)
    torch.sparse_coo_tensor([[1]], [[1.0, 2.0]])
    torch.sparse_coo_tensor([[0, 1], [1, 0]], [1, 2], (2, 2)) | torch.sparse_coo_tensor([[0, 1]], [True, False], (3,))
    torch.sparse_coo_tensor([[0, 1], [1, 0]], [1.0, 2.0], (2, 2), requires_grad=True)
    torch.sparse_coo_tensor([[0, 1]], [1.0, 2.0], (3, 3))
    torch.sparse_coo_tensor([[0, 1], [1, 0]], [1.0], (2, 2))
    torch.sparse_coo_tensor([[0, 1], [1, 0]], [1.0, 2.0], (2,))
    torch.sparse_csr_tensor([0, 1, 2], [0, 1], [1.0, 2.0])
    torch.sparse_csr_tensor([0, 1, 2], [0, 1], [1.0, 2.0], (2, 3))
    torch.sparse_csc_tensor([0, 1, 2], [0, 1], [1.0, 2.0], (3, 2))
    torch.sparse_bsr_tensor([0, 1], [0], [[[1.0, 2.0]]], (1, 2))
    torch.sparse_bsc_tensor([0, 1], [0], [[[1.0, 2.0]]], (1, 2))
    torch.sparse_compressed_tensor([0, 1], [0], [1.0], layout=torch.sparse_csr)
    torch.sparse_compressed_tensor([0, 1], [0], [1.0])
    torch.sparse_csr_tensor([[0, 1], [0, 1]], [[0], [1]], [[1.0], [2.0]], (2, 1, 2))
    torch.eye(4).to_sparse_bsr((2, 2)) | torch.eye(4).to_sparse_bsc((2, 2)) | torch.eye(3).to_sparse(1)
    torch.eye(3).to_sparse(0)
    torch.eye(3).to_sparse(5) | torch.eye(3).to_sparse_csr().to_sparse_bsr((2, 2)) | torch.eye(4).to_sparse_bsr(2)
    torch.tensor(2.0).to_sparse()
    torch.ones(2, 2, 3).to_sparse_csr() | torch.ones(2, 3, 2).to_sparse_csr(dense_dim=1)
    torch.eye(3, dtype=torch.complex64).to_sparse()
    torch.sparse.spdiags(torch.ones(2, 3), torch.tensor([0, 1]), (3, 3)) | torch.ones(3).indices()
    torch.ones(3).values()
    torch.ones(3).coalesce() | torch.ones(3).is_coalesced() | torch.ones(3).crow_indices() | torch.ones(3).sparse_dim()
    torch.ones(3).dense_dim() | torch.ones(3)._nnz() | torch.ones(3).to_dense() | torch.zeros(2, 3).to_sparse_csr()
    torch.zeros(0, 3).to_sparse()
    torch.sparse_coo_tensor([[0], [5]], [1.0], (2, 2), check_invariants=True)
    torch.sparse_coo_tensor([[0], [-1]], [1.0], (2, 2), check_invariants=True)
    torch.sparse_csr_tensor([0, 1, 3], [0, 1], [1.0, 2.0], (2, 3), check_invariants=True)
    torch.sparse_csr_tensor([1, 1, 2], [0, 1], [1.0, 2.0], (2, 3), check_invariants=True)
    torch.sparse_csr_tensor([0, 2, 2], [1, 0], [1.0, 2.0], (2, 3), check_invariants=True)
    torch.sparse_csr_tensor([0, 1, 2], [0, 7], [1.0, 2.0], (2, 3), check_invariants=True)
    torch.sparse_csr_tensor([0, 1, 2], [0, -1], [1.0, 2.0], (2, 3), check_invariants=True)
    torch.sparse_csr_tensor([0, 2, 1], [0, 1], [1.0, 2.0], (2, 3), check_invariants=True)
    torch.sparse_csr_tensor([0, 1], [0], [1.0], (2, 3), check_invariants=True)
    torch.sparse_bsr_tensor([0, 1], [0], [[[1.0, 2.0]]], (1, 3), check_invariants=True)
"""
MADE = [call.strip() for line in MAKING.strip().split("\n") for call in line.split(" | ")]


@pytest.mark.parametrize("call", MADE)
@pytest.mark.filterwarnings("ignore")
def test_making(call: str) -> None:
    agree(lambda lib: shown(eval(call, {"torch": lib})), messages=False)


def matrix(lib: Any, layout: str, requires_grad: bool = True) -> Any:
    """A sparse matrix of 6 x 8 of random numbers."""
    x = numbers(6, 8, seed=3)
    x[abs(x) < 0.9] = 0
    made = lib.tensor(x, dtype=lib.float64)
    made = made.to_sparse(layout=getattr(lib, layout), blocksize=(2, 2) if "bs" in layout else None)
    return made.requires_grad_(requires_grad)


GRADIENTS: dict[str, tuple[Callable[[Any, Any, Any], Any], str]] = {
    "product": (lambda lib, s, d: lib.sparse.mm(s, d), "sparse_coo sparse_csr"),
    "matmul": (lambda lib, s, d: s @ d, "sparse_coo sparse_csr"),
    "to_dense": (lambda lib, s, d: s.to_dense() @ d, "sparse_coo sparse_csr sparse_csc sparse_bsr sparse_bsc"),
    "addmm": (lambda lib, s, d: lib.sparse.addmm(d[:6] * 2, s, d, beta=0.5, alpha=2.0), "sparse_coo"),
    "sum": (lambda lib, s, d: lib.sparse.sum(s) * d, "sparse_coo"),
    "sum over rows": (lambda lib, s, d: lib.sparse.sum(s, 0).to_dense()[:, None] * d, "sparse_coo"),
    "softmax": (lambda lib, s, d: lib.sparse.softmax(s, 1).to_dense() @ d, "sparse_coo"),
    "log_softmax": (lambda lib, s, d: lib.sparse.log_softmax(s, 0).to_dense() @ d, "sparse_coo"),
    "transpose": (lambda lib, s, d: s.t().to_dense() @ d[:6], "sparse_coo"),
    "add": (lambda lib, s, d: (s + s * 2).to_dense() @ d, "sparse_coo"),
    "strided + sparse": (lambda lib, s, d: lib.ones(6, 8, dtype=lib.float64) + s, "sparse_coo"),
    "sin": (lambda lib, s, d: s.sin().to_dense() @ d, "sparse_coo"),
    "select": (lambda lib, s, d: s.select(0, 2).to_dense() @ d, "sparse_coo"),
    "index_select": (lambda lib, s, d: s.index_select(0, lib.tensor([1, 1, 0])).to_dense() @ d, "sparse_coo"),
    "mul": (lambda lib, s, d: (s * s.detach()).to_dense() @ d, "sparse_coo"),
}


@pytest.mark.parametrize(("name", "layout"), [(n, y) for n, (_, ys) in GRADIENTS.items() for y in ys.split()])
@pytest.mark.filterwarnings("ignore")
def test_gradients(name: str, layout: str) -> None:
    def program(lib: Any) -> Any:
        s = matrix(lib, layout)
        d = lib.tensor(numbers(8, 5, seed=4), dtype=lib.float64).requires_grad_()
        out = GRADIENTS[name][0](lib, s, d)
        (out * lib.tensor(numbers(*out.shape, seed=5), dtype=lib.float64)).sum().backward()
        # PyTorch gives gradients at all places for some functions; those of Taeda are at the entries.
        gradient = s.grad.to_dense() * (s.detach().to_dense() != 0)
        return [out, gradient, s.is_leaf, d.grad]

    agree(program, refusals=False)


@pytest.mark.parametrize("layout", ["sparse_coo", "sparse_csr"])
def test_gradients_of_values(layout: str) -> None:
    """The gradient of what the values were made of."""

    def program(lib: Any) -> Any:
        v = lib.tensor([1.0, 2.0, 3.0, 4.0], dtype=lib.float64, requires_grad=True)
        if layout == "sparse_coo":
            s = lib.sparse_coo_tensor([[0, 1, 1, 0], [1, 0, 0, 2]], v * v, (2, 3))
        else:
            s = lib.sparse_csr_tensor([0, 2, 4], [0, 2, 0, 1], v * v, (2, 3))
        d = lib.tensor(numbers(3, 4), dtype=lib.float64)
        (lib.sparse.mm(s, d) ** 2).sum().backward()
        return [v.grad, s.requires_grad, s.is_leaf]

    agree(program)


DTYPES = ("float32", "float64", "complex64", "complex128", "int64", "int32", "bfloat16", "float16")


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", ["sparse_coo", "sparse_csr"])
def test_products_of_dtypes(dtype: str, layout: str) -> None:
    def program(lib: Any) -> Any:
        kind = getattr(lib, dtype)
        a, b = (lib.tensor(numbers(*shape, seed=7) * 3).to(kind) for shape in ((5, 9), (9, 33)))
        mask = lib.tensor(numbers(5, 9, seed=8)) > 0.5
        s = (a * mask.to(kind)).to_sparse(layout=getattr(lib, layout))
        return s @ b if "float16" not in dtype else (s @ b).to_dense()

    tolerance = {"bfloat16": 0.1, "float16": 0.02}.get(dtype, 1e-4)
    agree(program, tolerance, tolerance, refusals=False)
