"""Transforms of functions: derivatives and batches, nested in any way.

`levels.py` says how a function that is transformed runs; `batching.py` is vmap, `reverse.py` grad and vjp, `forward.py`
jvp, `modules.py` what makes functions of modules.
"""

from taeda.func import levels  # first: it tells the core who handles lifted tensors
from taeda.func.batching import vmap
from taeda.func.forward import hessian, jacfwd, jvp, linearize
from taeda.func.lifted import debug_unwrap
from taeda.func.modules import functional_call, functionalize, replace_all_batch_norm_modules_, stack_module_state
from taeda.func.reverse import grad, grad_and_value, jacrev, vjp

__all__ = [
    "debug_unwrap", "functional_call", "functionalize", "grad", "grad_and_value", "hessian", "jacfwd", "jacrev",
    "jvp", "levels", "linearize", "replace_all_batch_norm_modules_", "stack_module_state", "vjp", "vmap",
]  # fmt: skip
