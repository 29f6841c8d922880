"""What each target does for the methods that the bodies of ops name.

An op knows what is to be computed, not how: its body writes `b.method("sorting.topk", input=x, values=v, ...)`: the
subject and the function (`"matmul"` is both). While it is lowered, the table below gives for the target of the Program
the module of that subject, and the function of that name in it writes the launches. The choice by shape, by width of
vectors and by sizes of caches is there and nowhere else: in a file of this folder where there is something to choose,
beside the template where there is one way. reference/ says for every method what it takes and does.

Each function takes the Builder and, by name,

* operands: registers. `out`, `values`, `places`, ... were made by the body and are filled, others are read. They may
  have any strides unless something else is said;
* sizes, strides and run-time numbers: ints or Symbols;
* what machine code may be specialised on: plain Python values, and the descriptions of ir/geometry.py;
* a fault: the name of an exception and a message, in which {0}, {1}, ... are what is said there.

Another target is another family here, a row in runtime/devices.py that says who makes kernels for it, and a folder with
both.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any

# Stand in a launch for the module of a template: kernels of the core, the same for all targets.
LAPACK, FOURIER = "lapack", "fourier"

# For each family of targets (Target.family), the module of each subject. They are imported when first asked for: a
# program of products and sums loads no convolution.
SUBJECTS: dict[str, dict[str, str]] = {
    "cpu": {
        "matmul": "compiler.methods.matmul",
        "coded": "compiler.methods.coded",
        "convolution": "compiler.methods.convolution",
        "pooling": "compiler.methods.pooling",
        "indexing": "compiler.methods.indexing",
        "tapping": "codegen.templates.index.taps",
        "margins": "codegen.templates.index.margins",
        "masking": "compiler.methods.masking",
        "sorting": "codegen.templates.sort.rows",
        "scanning": "codegen.templates.sort.scan",
        "searching": "codegen.templates.sort.runs",
        "attention": "compiler.methods.attention",
        "sparse": "compiler.methods.sparse",
        "lapack": "compiler.methods.lapack",
        "fourier": "compiler.methods.fourier",
    },
    "reference": {
        "matmul": "compiler.methods.reference.products",
        "coded": "compiler.methods.reference.products",
        "convolution": "compiler.methods.reference.products",
        "pooling": "compiler.methods.reference.windows",
        "indexing": "compiler.methods.reference.places",
        "tapping": "compiler.methods.reference.places",
        "margins": "compiler.methods.reference.places",
        "masking": "compiler.methods.reference.places",
        "sorting": "compiler.methods.reference.orders",
        "scanning": "compiler.methods.reference.orders",
        "searching": "compiler.methods.reference.orders",
        "attention": "compiler.methods.reference.products",
        "sparse": "compiler.methods.reference.entries",
        "lapack": "compiler.methods.lapack",
        "fourier": "compiler.methods.fourier",
    },
}


@functools.cache
def find(family: str, name: str) -> Callable[..., Any]:
    """The function that carries out method `name` ("subject.function") on targets of a family."""
    subject, _, function = name.rpartition(".")
    module = SUBJECTS[family].get(subject or function)
    found = None if module is None else getattr(importlib.import_module(f"taeda.{module}"), function, None)
    if found is None:
        raise NotImplementedError(f"targets of the family {family!r} have no method {name!r}")
    return found
