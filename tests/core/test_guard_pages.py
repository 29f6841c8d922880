"""No kernel reads or writes outside of a tensor's memory: tensors that end where a forbidden page begins, and begin
where one ends. Memory that others give (NumPy, frombuffer, DLPack) has no room to spare around it."""

import subprocess
import sys

import pytest
from same_as_torch import taeda  # noqa: F401  (skips the file if the core is not built)

PROGRAM = """
import ctypes, mmap, sys
import taeda

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
PAGE = mmap.PAGESIZE
SIZE = {"float32": 4, "float64": 8, "int64": 8, "int32": 4, "uint8": 1, "bfloat16": 2, "float16": 2, "bool": 1}


def guarded(dtype, *shape, at_end=True):
    "A tensor between forbidden pages, right before the second or right after the first."
    bytes = SIZE[dtype]
    for n in shape:
        bytes *= n
    pages = -(-bytes // PAGE)
    base = libc.mmap(None, (pages + 2) * PAGE, 3, 0x22, -1, 0)
    assert libc.mprotect(base, PAGE, 0) == 0 and libc.mprotect(base + (pages + 1) * PAGE, PAGE, 0) == 0
    start = base + (pages + 1) * PAGE - bytes if at_end else base + PAGE
    memory = (ctypes.c_char * bytes).from_address(start)
    t = taeda.frombuffer(memory, dtype=getattr(taeda, dtype)).reshape(*shape)
    values = taeda.arange(t.numel()) % 7
    t.copy_((values % 2 + 1 if dtype == "bool" else values + 1).reshape(*shape))
    return t


which = sys.argv[1]
for at_end in (True, False):
    def g(dtype, *shape):
        return guarded(dtype, *shape, at_end=at_end)
    exec(which)
"""

PROGRAMS = {
    "pointwise": """
for n in (1, 3, 7, 8, 15, 17, 31, 33, 63, 65, 100):
    for d in ("float32", "float64", "int64", "uint8", "bfloat16", "float16"):
        x, y = g(d, n), g(d, n)
        y.copy_(x + y)
        y.add_(x)
        x * 2
        (x == y).any()
        x.to(taeda.float32)
        if d not in ("int64", "uint8"):
            x.exp()
            taeda.tanh(x)
""",
    "strided": """
for m, n in ((1, 1), (3, 5), (7, 17), (17, 7), (5, 33)):
    for d in ("float32", "uint8", "bfloat16"):
        x = g(d, m, n)
        (x.t() + 1).sum()
        (x[:, ::2] + x[:, :1])
        x[1:].t().contiguous()
        x + g(d, n)
        x.t() + g(d, m)
        x[:, -1].clone()
        x.copy_(x.t().contiguous().t())
""",
    "reductions": """
for m, n in ((1, 1), (3, 5), (2, 16), (5, 17), (17, 33), (3, 100)):
    for d in ("float32", "float64", "bfloat16", "int64", "uint8", "bool"):
        x = g(d, m, n)
        x.sum(); x.sum(0); x.sum(1); x.amax(0); x.amax(1); x.any(); x.all()
        if d not in ("bool",):
            x.argmax(); x.argmax(0); x.max(1)
        if d not in ("int64", "uint8", "bool"):
            x.mean(1); x.softmax(0); x.softmax(1); x.var(1); x.log_softmax(-1)
            taeda.nn.functional.layer_norm(x, (n,))
        x.cumsum(1); x.cumsum(0)
""",
    "products": """
for m, k, n in ((1, 1, 1), (1, 17, 5), (3, 5, 7), (17, 9, 33), (16, 16, 16), (65, 31, 49), (1, 99, 99), (99, 99, 1)):
    for d in ("float32", "float64", "bfloat16"):
        a, b, c = g(d, m, k), g(d, k, n), g(d, n, k)
        a @ b
        a @ c.t()
        b.t() @ a.t()
        a @ b[:, 0]
        taeda.nn.functional.linear(a, c, g(d, n))
""",
    "indexing": """
for n in (1, 3, 8, 17):
    x, i = g("float32", n, 5), g("int64", n)
    i.copy_(taeda.arange(n).flip(0))
    x[i]; x[i, 0]; x[x > 2]
    x[i] = 1.0
    x.gather(0, i.reshape(n, 1).expand(n, 5))
    x.index_select(0, i)
    taeda.nn.functional.embedding(i, x)
    x.sort(0); x.sort(1); x.topk(1, 0)
    taeda.cat([x, x], 1); taeda.stack([x, x]); taeda.where(x > 1, x, 0.0)
    x.scatter_add(0, i.reshape(n, 1), x[:, :1])
""",
    "images": """
F = taeda.nn.functional
for c, h, w, k, o in ((1, 5, 5, 3, 1), (3, 7, 9, 3, 5), (4, 8, 8, 1, 17), (16, 6, 6, 3, 16)):
    x, weight, bias = g("float32", 2, c, h, w), g("float32", o, c, k, k), g("float32", o)
    for v in (x, weight, bias):
        v.requires_grad_()
    F.conv2d(x, weight, bias, padding=1).sum().backward()
    F.conv2d(x, weight, None, stride=2)
    F.max_pool2d(x, 2).sum().backward()
    F.avg_pool2d(x, 3, 2, 1).sum().backward()
    F.batch_norm(x, None, None, training=True)
q = g("float32", 1, 2, 17, 8)
F.scaled_dot_product_attention(q, q, q, is_causal=True)
F.cross_entropy(g("float32", 9, 17), g("int64", 9))
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_guard_pages(name: str) -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM, PROGRAMS[name]], capture_output=True, text=True, timeout=280)
    assert run.returncode >= 0, f"died of signal {-run.returncode}"
    assert run.returncode == 0, run.stderr[-3000:]
