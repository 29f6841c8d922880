"""Settings of PyTorch's tracer. They can be set and read; nothing here depends on them."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

cache_size_limit = recompile_limit = 8
accumulated_cache_size_limit = 256
capture_scalar_outputs = False
capture_dynamic_output_shape_ops = False
suppress_errors = False
verbose = False
automatic_dynamic_shapes = True
assume_static_by_default = True
allow_unspec_int_on_nn_module = False
inline_inbuilt_nn_modules = True
optimize_ddp = True


@contextlib.contextmanager
def patch(changes: Any = None, value: Any = None, **more: Any) -> Iterator[None]:
    """Settings that hold for a while: `patch(name=value)`, `patch({"name": value})` or `patch("name", value)`."""
    module = sys.modules[__name__]
    wanted = {changes: value} if isinstance(changes, str) else {**(changes or {}), **more}
    before = {name: getattr(module, name, None) for name in wanted}
    for name, new in wanted.items():
        setattr(module, name, new)
    try:
        yield
    finally:
        for name, old in before.items():
            setattr(module, name, old)
