"""Settings of PyTorch's tracer. They can be set and read; nothing here depends on them."""

from __future__ import annotations

from taeda.utils.settings import patch_of

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

patch = patch_of(__name__)
