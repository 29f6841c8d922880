"""Hashes of the elements of tensors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import taeda
from taeda.functions.dims import wrap_distinct
from taeda.functions.function import function
from taeda.ir.dtype import info
from taeda.ops.signature import Dims, Sample, Tensor, sample


def _words(input: Any) -> Any:
    """The bits of each element as a float64 or an int64."""
    if input.is_floating_point():
        return input.detach().to(taeda.float64).view(taeda.int64)
    return input.to(taeda.int64)


@function(method=True, out=True)
def hash_tensor(input: Tensor, dim: Dims = (), *, keepdim: bool = False, mode: int = 0) -> Any:
    """The exclusive or of the bits of all elements over `dim`, by default all, each as a float64 or an int64: uint64.

    >>> import taeda
    >>> taeda.hash_tensor(taeda.tensor([1, 2, 4]))
    tensor(7, dtype=torch.uint64)
    """
    if mode != 0:
        raise RuntimeError(f"Unknown hash_tensor mode: {mode}")
    if input.is_complex():
        raise NotImplementedError(f"\"xor_sum_cpu\" not implemented for '{info(input.dtype._name).word}'")
    given = (dim,) if isinstance(dim, int) else tuple(dim or ())
    dims = sorted(wrap_distinct(given or range(input.dim()), input.dim()))
    dims = dims if input.dim() else []
    if input.numel() == 0 and not given:
        raise RuntimeError("hash_tensor: Expected reduction dim to be specified for input.numel() == 0. Specify the "
                           "reduction dim with the 'dim' argument.")
    for d in dims:
        if input.shape[d] == 0:
            raise IndexError(f"hash_tensor: Expected reduction dim {d} to have non-zero size.")
    kept = [d for d in range(input.dim()) if d not in dims]
    shape = [input.shape[d] for d in kept]
    if input.numel() == 0:
        words = taeda.zeros(*shape, 1, dtype=taeda.int64)
    else:
        words = _words(input).permute((*kept, *dims)).reshape(*shape, -1)
    while words.shape[-1] > 1:  # the second half joins the first
        half = (words.shape[-1] + 1) // 2
        rest = words.shape[-1] - half
        joined = words[..., :rest] ^ words[..., half:]
        words = joined if rest == half else taeda.cat([joined, words[..., rest:half]], -1)
    result = words.reshape(shape).contiguous().view(taeda.uint64)
    if keepdim:
        for d in dims:
            result = result.unsqueeze(d)
    return result


@hash_tensor.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 5, dtype="int32", low=0, high=90), 1)
    yield sample(make(2, 3, 4, dtype="int32", low=0, high=90), (0, 2), keepdim=True)
