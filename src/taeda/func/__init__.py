"""Transforms of functions: derivatives and batches, nested in any way.

`levels.py` says how a function that is transformed runs; `batching.py` is vmap, `reverse.py` grad and vjp, `forward.py`
jvp, `modules.py` what makes functions of modules.
"""

from taeda.func import levels  # first: it tells the core who handles lifted tensors
from taeda.func.batching import vmap
from taeda.func.forward import hessian, jacfwd, jvp, linearize
from taeda.func.modules import functional_call, stack_module_state
from taeda.func.reverse import grad, grad_and_value, jacrev, vjp

__all__ = [
    "functional_call", "grad", "grad_and_value", "hessian", "jacfwd", "jacrev", "jvp", "levels", "linearize",
    "stack_module_state", "vjp", "vmap",
]  # fmt: skip
