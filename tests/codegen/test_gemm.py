"""Matrix product kernels against exact or float64 references: dtypes, layouts, sizes at the edges of tiles, targets."""

from __future__ import annotations

import ctypes
import functools
import mmap
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from taeda.codegen import target as targets  # noqa: E402
from taeda.codegen.templates.gemm import thin as gemm_thin  # noqa: E402
from taeda.compiler.methods import matmul as methods  # noqa: E402
from taeda.ir import loop_interpreter  # noqa: E402
from taeda.runtime import jit  # noqa: E402

_MACHINE = list(targets.TARGETS).index(targets.current().name)
TARGETS = [t for k, t in enumerate(targets.TARGETS.values()) if k <= _MACHINE]
DTYPES = {name: getattr(torch, name) for name in (
    "float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8")}
FLOATS = ["float32", "float64", "float16", "bfloat16"]
_KERNEL = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)


@functools.cache
def compiled(target: targets.Target, template: Any, params: Any) -> Any:
    return _KERNEL(jit.compile_kernel(template(target, **dict(params)), target))


class Tensor:
    """A torch tensor with the interface of a Builder's register."""

    def __init__(self, value: Any) -> None:
        self.value, self.ndim = value, value.dim()
        self.dtype = str(value.dtype).removeprefix("torch.")

    def size(self, dim: int) -> int:
        return int(self.value.size(dim))

    def stride(self, dim: int) -> int:
        return int(self.value.stride(dim))


class RunNow:
    """The part of the Builder that products need, executed at once; `pieces` overrides the grain."""

    def __init__(self, target: targets.Target, pieces: int | None = None) -> None:
        self.target, self.pieces, self.launched = target, pieces, []

    def loops(self, kernel: Any, inputs: Any, outputs: Any, scalars: Any = (), reduced: Any = None,
              keepdim: bool = True, when: Any = None) -> list[Any]:
        """Kernels over whole rows, by the interpreter."""
        if when is not None and not when:
            return [inputs[0]]
        (x,) = (i.value.contiguous() for i in inputs)
        (found,) = loop_interpreter.run(kernel, [x.reshape(-1, x.shape[-1]).numpy()])
        return [type(inputs[0])(torch.from_numpy(np.asarray(found).reshape(*x.shape[:-1], 1)))]

    def launch(self, template: Any, params: dict[str, Any], operands: Any, integers: Any = (), scalars: Any = (),
               work: int = 1, grain: int = 1, scratch: int = 0, faults: Any = (), when: Any = None) -> None:
        if when is not None and not when:
            return
        self.launched.append(template.__name__)
        kernel = compiled(self.target, template, tuple(params.items()))
        data = (ctypes.c_void_p * len(operands))(*[o.value.data_ptr() for o in operands])
        numbers = (ctypes.c_int64 * len(integers))(*integers)
        memory = torch.full((scratch + 128,), 0xFF, dtype=torch.uint8)  # NaN if read before written
        aligned = (memory.data_ptr() + 63) // 64 * 64
        arguments = struct.pack("<5Q", ctypes.addressof(data), ctypes.addressof(numbers), 0, aligned, 0)
        grain = self.pieces or grain
        for begin in range(0, work, grain):
            assert kernel(arguments, begin, min(work, begin + grain)) == 0
        guard = memory[aligned - memory.data_ptr() + scratch:]
        assert bool((guard == 0xFF).all()), "written beyond the scratch memory"


@pytest.fixture(autouse=True)
def same_numbers_in_each_run() -> None:
    torch.manual_seed(0)


def random(shape: Any, dtype: str) -> Any:
    if dtype in FLOATS:
        return torch.randn(shape, dtype=torch.float64).to(DTYPES[dtype])
    low = torch.iinfo(DTYPES[dtype]).min if dtype != "int64" else -(1 << 62)
    high = torch.iinfo(DTYPES[dtype]).max if dtype != "int64" else 1 << 62
    return torch.randint(low, high, shape).to(DTYPES[dtype])


def laid_out(shape: Any, dtype: str, layout: str) -> Any:
    """A random tensor of `shape`, whose last two dimensions are in memory as `layout` says."""
    *batch, rows, columns = shape
    if layout == "transposed":
        return random((*batch, columns, rows), dtype).transpose(-1, -2)
    if layout == "sliced":
        return random((*batch, rows + 2, columns + 3), dtype)[..., 1:rows + 1, 2:columns + 2]
    if layout == "stepped":
        return random((*batch, rows * 2 + 1, columns * 3), dtype)[..., : rows * 2: 2, : columns * 3: 3]
    if layout == "broadcast":
        return random((*batch, rows, 1), dtype).expand(*batch, rows, columns)
    return random(shape, dtype)


def reference(left: Any, right: Any, bias: Any = None, old: Any = None) -> Any:
    """The exact product modulo 2**64 for integers, in float64 for floats."""
    wide = torch.float64 if left.is_floating_point() else torch.int64
    result = torch.matmul(left.to(wide), right.to(wide))
    for more in (bias, old):
        if more is not None:
            result = result + more.to(wide)
    return result


def assert_close(out: Any, expected: Any, left: Any, right: Any, more: float = 0.0) -> None:
    if not out.is_floating_point():
        assert torch.equal(out, expected.to(out.dtype))
        return
    # The error of a sum of products is bounded by the sum of their magnitudes times half the number of terms; long sums
    # stay far below that, those of some ten terms come near it.
    epsilon = {torch.float64: 2.0 ** -52}.get(out.dtype, 2.0 ** -23)
    bound = torch.matmul(left.double().abs(), right.double().abs()) * epsilon * 8 + more * epsilon
    if out.dtype in (torch.float16, torch.bfloat16):
        bound = bound + (expected.abs() + bound) * (2.0 ** -11 if out.dtype == torch.float16 else 2.0 ** -8) + 1e-7
    error = (out.double() - expected).abs()
    assert out.shape == expected.shape
    assert bool((error <= bound + 1e-300).all()), f"error {float((error - bound).max())} over the bound"


def multiply(target: targets.Target, left: Any, right: Any, pieces: int | None = None, out_dtype: str | None = None,
             bias: Any = None) -> Any:
    """left @ right (+ bias), with the rules of torch.matmul, by the launches of the plan."""
    a, b = left[None] if left.dim() == 1 else left, right[:, None] if right.dim() == 1 else right
    batch = torch.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    out = torch.full((*batch, a.shape[-2], b.shape[-1]), 77).to(DTYPES[out_dtype] if out_dtype else left.dtype)
    methods.matmul(RunNow(target, pieces), left=Tensor(a), right=Tensor(b), out=Tensor(out),
                   bias=None if bias is None else Tensor(bias))
    out = out.squeeze(-1) if right.dim() == 1 else out
    return out if left.dim() > 1 else out.squeeze(-1 if right.dim() == 1 else -2)


@pytest.fixture(params=TARGETS, ids=lambda t: t.name, autouse=True)
def target(request: Any) -> Iterator[targets.Target]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # the references are small
    yield request.param
    torch.set_num_threads(threads)


SHAPES = [(1, 1, 1), (4, 8, 8), (8, 32, 32), (1, 100, 70), (3, 37, 129), (5, 50, 33), (17, 49, 16), (13, 97, 64),
          (7, 16, 300), (50, 200, 31), (33, 1, 40), (2, 1, 3), (64, 64, 2)]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layouts", [
    ("plain", "plain"), ("plain", "transposed"), ("transposed", "plain"), ("transposed", "transposed"),
    ("sliced", "stepped"), ("stepped", "sliced")], ids="-".join)
def test_layouts(target: targets.Target, dtype: str, layouts: tuple[str, str]) -> None:
    for M, N, K in SHAPES:
        left, right = laid_out((M, K), dtype, layouts[0]), laid_out((K, N), dtype, layouts[1])
        assert_close(multiply(target, left, right), reference(left, right), left, right)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "int16"])
def test_blocks(target: targets.Target, dtype: str) -> None:
    """Several blocks of rows, columns and k, with ends that are not whole."""
    for M, N, K in [(530, 400, 37), (700, 800, 9), (20, 793, 300), (140, 200, 530), (1, 1100, 4300), (1100, 1, 600)]:
        for a, b in [("plain", "transposed"), ("transposed", "plain"), ("sliced", "sliced")]:
            left, right = laid_out((M, K), dtype, a), laid_out((K, N), dtype, b)
            assert_close(multiply(target, left, right), reference(left, right), left, right)


@pytest.mark.parametrize("dtype", FLOATS)
def test_same_bits_in_every_method(target: targets.Target, dtype: str) -> None:
    """A row, some rows, some columns, a part of a batch: the bits they have in the whole product; any pieces."""
    for K in (5, 129, 1030):
        left, right = random((40, K), dtype), random((K, 130), dtype)
        whole = multiply(target, left, right)
        turned = right.t().contiguous().t()
        for rows in (1, 2, 3, 4, 5, 8, 11):
            for b in (right, turned):
                assert torch.equal(multiply(target, left[:rows], b), whole[:rows])
        assert torch.equal(multiply(target, left.t().contiguous().t(), right), whole)
        assert torch.equal(multiply(target, left, right[:, 7:8]), whole[:, 7:8])
        assert torch.equal(multiply(target, left, turned[:, 7]), whole[:, 7])
        assert torch.equal(multiply(target, left[3], right), whole[3])
        assert torch.equal(multiply(target, left, right[:, 50:77]), whole[:, 50:77])
        assert torch.equal(multiply(target, left[None].expand(3, -1, -1), right[None].expand(3, -1, -1))[1], whole)
        for pieces in (1, 3, 100):
            assert torch.equal(multiply(target, left, right, pieces=pieces), whole)


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16", "int32"])
def test_batches(target: targets.Target, dtype: str) -> None:
    for a, b in [((3, 5, 7), (3, 7, 9)), ((2, 1, 5, 7), (3, 7, 9)), ((5, 7), (2, 3, 7, 20)), ((2, 3, 6, 7), (7, 4)),
                 ((4, 1, 7), (4, 7, 30)), ((0, 5, 7), (0, 7, 9)), ((2, 3, 9), (9,)), ((9,), (2, 9, 4)), ((9,), (9,))]:
        left, right = random(a, dtype), random(b, dtype)
        for pieces in (None, 1, 2):
            assert_close(multiply(target, left, right, pieces), reference(left, right), left, right)
    left, right = random((5, 3, 7), dtype).permute(1, 0, 2), random((3, 9, 7), dtype).transpose(1, 2)
    assert_close(multiply(target, left, right), reference(left, right), left, right)
    left, right = random((1, 5, 7), dtype).expand(4, 5, 7), random((7, 9), dtype)
    assert_close(multiply(target, left, right), reference(left, right), left, right)


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "int8"])
def test_bias_and_accumulation(target: targets.Target, dtype: str) -> None:
    for M, N, K in [(3, 20, 9), (12, 50, 700), (40, 1, 30), (1, 70, 600), (9, 5, 0)]:
        left, right = random((M, K), dtype), random((K, N), dtype)
        of_elements = random((M, 2 * N), dtype)[:, ::2]
        for bias in (random((N,), dtype), random((1,), dtype), random((M, 1), dtype), of_elements):
            out = multiply(target, left, right, bias=bias)
            assert_close(out, reference(left, right, bias), left, right, float(bias.double().abs().max()) + 1)
        out = Tensor(random((M, N), dtype))
        old = out.value.clone()
        methods.matmul(RunNow(target), left=Tensor(left), right=Tensor(right), out=out, accumulate=True)
        assert_close(out.value, reference(left, right, old=old), left, right,
                     (K + 1) * (float(old.double().abs().max()) + 1))


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "int64"])
def test_empty(target: targets.Target, dtype: str) -> None:
    for M, N, K in [(0, 5, 4), (5, 0, 4), (5, 6, 0), (1, 6, 0), (9, 1, 0), (0, 0, 0)]:
        out = multiply(target, random((M, K), dtype), random((K, N), dtype))
        assert torch.equal(out, torch.zeros(M, N, dtype=DTYPES[dtype]))


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16"])
def test_wide_integers(target: targets.Target, dtype: str) -> None:
    """Products of small integers in int32, as torch._int_mm."""
    left, right = random((19, 65), dtype), random((65, 50), dtype)
    out = multiply(target, left, right, out_dtype="int32")
    assert torch.equal(out, reference(left, right).to(torch.int32))


class Fenced:
    """Memory that ends where a page begins that must not be touched: reading beyond it is a segmentation fault."""

    def __init__(self, size: int) -> None:
        pages = -(-size // mmap.PAGESIZE) + 1
        self.map = mmap.mmap(-1, pages * mmap.PAGESIZE)
        start = ctypes.addressof(ctypes.c_char.from_buffer(self.map))
        self.address = start + (pages - 1) * mmap.PAGESIZE - size
        self.fence = start + (pages - 1) * mmap.PAGESIZE
        self.protect(0)

    def protect(self, access: int) -> None:
        assert ctypes.CDLL(None).mprotect(ctypes.c_void_p(self.fence), mmap.PAGESIZE, access) == 0

    def tensor(self, like: Any) -> Any:
        """A copy of `like`, with its strides, whose last element is the last of this memory."""
        count = sum((n - 1) * s for n, s in zip(like.shape, like.stride(), strict=True)) + 1
        content = (ctypes.c_char * (count * like.element_size())).from_address(self.address)
        result = torch.frombuffer(content, dtype=like.dtype).as_strided(like.shape, like.stride())
        return result.copy_(like)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16", "int8"])
def test_nothing_beyond_the_operands_is_touched(target: targets.Target, dtype: str) -> None:
    for M, N, K in [(1, 37, 45), (3, 50, 33), (7, 1, 35), (9, 33, 35), (21, 70, 131)]:
        for a, b in [("plain", "plain"), ("plain", "transposed"), ("transposed", "plain"), ("stepped", "stepped")]:
            values = laid_out((M, K), dtype, a), laid_out((K, N), dtype, b), random((N,), dtype), random((M, N), dtype)
            fenced, tensors = [], []
            for value in values:
                size = (sum((n - 1) * s for n, s in zip(value.shape, value.stride(), strict=True)) + 1)
                fenced.append(Fenced(size * value.element_size()))
                tensors.append(Tensor(fenced[-1].tensor(value)))
            left, right, bias, out = tensors
            methods.matmul(RunNow(target), left=left, right=right, out=out, bias=bias)
            assert_close(out.value, reference(*values[:3]), values[0], values[1],
                         float(values[2].double().abs().max()) + 1)
            for memory in fenced:
                memory.protect(mmap.PROT_READ | mmap.PROT_WRITE)


def test_special_values(target: targets.Target) -> None:
    """Infinities and NaN stay in their rows and columns; zeros do not hide them."""
    for rows in (2, 20):
        left, right = torch.randn(rows, 40), torch.randn(40, 37)
        left[1, 3], right[5, 36] = float("inf"), float("nan")
        out = multiply(target, left, right)
        assert bool(out[:, 36].isnan().all()) and bool(out[0, :36].isfinite().all())
        assert not out[1, :36].isfinite().any()


def test_broadcast_operands(target: targets.Target) -> None:
    for M, N, K in [(3, 20, 9), (12, 50, 70)]:
        left, right = laid_out((M, K), "float32", "broadcast"), laid_out((K, N), "float32", "broadcast")
        assert_close(multiply(target, left, right), reference(left, right), left, right)


def test_method(target: targets.Target) -> None:
    few = gemm_thin.THIN_ROWS
    for shape, expected in [((few, 9), "emit_gemm_thin"), ((50, 9), "emit_gemm"), ((50, 1), "emit_gemm_thin")]:
        run = RunNow(target)
        methods.matmul(run, left=Tensor(torch.randn(shape[0], 5)), right=Tensor(torch.randn(5, shape[1])),
                       out=Tensor(torch.empty(shape)))
        assert run.launched == [expected]


def test_no_product_of_bool(target: targets.Target) -> None:
    with pytest.raises(NotImplementedError, match="matrix product of dtype bool"):
        flags = Tensor(torch.ones(2, 2, dtype=torch.bool))
        methods.matmul(RunNow(target), left=flags, right=flags, out=flags)
