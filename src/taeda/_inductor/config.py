"""torch._inductor.config: settings that programs set. They are about another compiler, and change nothing here."""

from __future__ import annotations

from taeda.utils.settings import patch_of

coordinate_descent_tuning = False
max_autotune = False
max_autotune_gemm = False
epilogue_fusion = True
conv_1x1_as_mm = False
shape_padding = True
freezing = False
fx_graph_cache = True
fallback_random = False
cpp_wrapper = False
force_fuse_int_mm_with_mul = False
use_mixed_mm = False
debug = False

patch = patch_of(__name__)
