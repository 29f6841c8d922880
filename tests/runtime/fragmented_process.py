"""A process that holds 8 GB in thirty pieces and has 10,000 small mappings with holes between compiles 300 kernels.

Run by test_machine_code.py. Code and constants of one kernel must not end up gigabytes apart, whatever holes there are.
"""

import ctypes
import mmap

import taeda
from taeda.runtime import jit

PAGE = 4096
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
NO_RESERVE = 0x4000


def mapped(size: int, protection: int) -> int:
    at = libc.mmap(None, size, protection, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | NO_RESERVE, -1, 0)
    assert at is not None and at != ctypes.c_void_p(-1).value
    return int(at)


both = mmap.PROT_READ | mmap.PROT_WRITE
# Neighbours of different protection are not joined to one mapping.
small = [mapped(PAGE, both if k % 2 else mmap.PROT_READ) for k in range(20_000)]
pieces = [mapped((8 << 30) // 30 // PAGE * PAGE, both) for _ in range(30)]
for at in small[::2]:
    libc.munmap(at, PAGE)
for at in pieces:
    ctypes.memset(at, 1, PAGE)

names = ["sin", "cos", "tan", "exp", "exp2", "expm1", "log", "log1p", "log2", "log10", "sqrt", "rsqrt", "sigmoid"]
names += ["tanh", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh", "erf", "erfc", "floor", "ceil"]
names += ["neg", "abs", "sign", "square", "reciprocal", "relu", "lgamma", "digamma", "erfinv", "isnan", "isinf", "frac"]
names += ["logit", "sinc", "i0", "deg2rad", "rad2deg", "signbit", "isposinf", "nan_to_num"]
names += ["trunc", "cumsum", "sum", "prod", "amax", "amin", "argmax", "argmin", "all", "any", "mean"]
over = {"cumsum": {"dim": 0}}
binary = ["add", "sub", "mul", "div", "fmod", "remainder", "pow", "atan2", "maximum", "minimum", "eq", "ne", "lt", "ge"]
binary += ["hypot", "copysign", "logaddexp", "logaddexp2", "xlogy", "fmax"]
before = jit.statistics["compiled"]
for dtype in (taeda.float32, taeda.float64, taeda.bfloat16, taeda.float16):
    for shape, transposed in (((5,), False), ((4, 3), True)):
        x = taeda.full(shape, 0.5, dtype=dtype)
        x = x.t() if transposed else x
        for name in names:
            result = getattr(x, name)(**over.get(name, {}))
            assert result.numel() > 0
        for name in binary:
            assert getattr(x, name)(x + 1).shape == x.shape
assert taeda.full((3,), 0.5).exp().tolist() == [1.6487212181091309] * 3
print(jit.statistics["compiled"] - before)
