"""The text of sparse tensors, as PyTorch prints it."""

from __future__ import annotations

from typing import Any

import taeda
from taeda.printing import contents, with_suffixes
from taeda.sparse.tensors import CooTensor


def _part(name: str, part: Any, indent: int) -> str:
    prefix = f"{name}=tensor("
    text = contents(part.detach(), indent + len(prefix)) if part.numel() and not part.is_meta else \
        "..." if part.is_meta else "[]"
    if not part.numel() or part.is_meta:
        text += f", size={tuple(part.shape)}"
    return f"{prefix}{text})"


def sparse_repr(x: Any) -> str:
    """`repr` of a sparse tensor: its parts, then what is not obvious."""
    prefix = "tensor("
    indent = len(prefix)
    is_coo = isinstance(x, CooTensor)
    if is_coo:
        parts = {"indices": x.indices_part, "values": x.values_part}
    else:
        names = ("crow_indices", "col_indices") if x.by_rows else ("ccol_indices", "row_indices")
        parts = {names[0]: x.pointers_part, names[1]: x.plain_part, "values": x.values_part}
    text = (",\n" + " " * indent).join(_part(name, part, indent) for name, part in parts.items())
    suffixes = [f"device='{x.device}'"] if x.device.type != "cpu" else []
    suffixes += [f"size={tuple(x.shape)}", f"nnz={x._nnz()}"]
    default = taeda.get_default_dtype()
    complex_default = taeda.complex128 if default is taeda.float64 else taeda.complex64
    if x.dtype not in (default, complex_default, taeda.int64, taeda.bool):
        suffixes.append(f"dtype={x.dtype}")
    suffixes.append(f"layout={x.layout}")
    node = x.grad_fn
    if node is not None:
        suffixes.append(f"grad_fn=<{x.history or type(node).__name__}>")
    elif x.requires_grad:
        suffixes.append("requires_grad=True")
    return with_suffixes(prefix + text, suffixes, indent, new_line=is_coo)
