"""vmap: a function of one example as a function of a batch of them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import taeda
from taeda.func.levels import Layer, layer
from taeda.func.lifted import Batched
from taeda.utils._pytree import TreeSpec, _broadcast_to_and_flatten, tree_flatten, tree_unflatten

__all__ = ["name_of", "vmap"]


def name_of(func: Any) -> str:
    """What messages call a function."""
    if isinstance(func, functools.partial):
        return f"functools.partial({name_of(func.func)}, ...)"
    return str(getattr(func, "__name__", None) or repr(func))


def vmap(func: Callable[..., Any], in_dims: Any = 0, out_dims: Any = 0, randomness: str = "error", *,
         chunk_size: int | None = None) -> Callable[..., Any]:
    """`func`, written for one example, as a function of a batch: it runs once, on all examples.

    `in_dims`: for each input (or each leaf of a nested input) the dimension that counts the examples, or None for what
    all examples share. `out_dims`: where that dimension is in the outputs. `randomness`: whether random calls in `func`
    are an "error", give the "same" numbers to all examples, or "different" ones. `chunk_size`: at most so many examples
    at a time.

    In-place ops on a tensor that all examples share, and control flow that depends on values, raise RuntimeError.

    >>> import taeda
    >>> from taeda.func import vmap
    >>> vmap(taeda.dot)(taeda.ones(3, 2), taeda.arange(6.0).reshape(3, 2))
    tensor([1., 5., 9.])
    """
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}")
    if not (chunk_size is None or chunk_size > 0):
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")

    @functools.wraps(func)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        size, dims, leaves, spec = _inputs(func, in_dims, args)
        if chunk_size is None or chunk_size >= size:
            return _run(func, size, dims, leaves, spec, out_dims, randomness, kwargs)
        found: list[list[Any]] = []
        where: list[int] = []
        outputs = None
        for start in range(0, size, chunk_size):
            count = min(chunk_size, size - start)
            part = [x if d is None else x.narrow(d, start, count) for x, d in zip(leaves, dims, strict=True)]
            chunk, outputs = tree_flatten(_run(func, count, dims, part, spec, out_dims, randomness, kwargs))
            where = _out_dims(func, out_dims, outputs, tree_unflatten(chunk, outputs))
            found.append(chunk)
        assert outputs is not None
        together = [taeda.cat(list(parts), 0 if d is None else d)
                    for parts, d in zip(zip(*found, strict=True), where, strict=True)]
        return tree_unflatten(together, outputs)

    return wrapped


def _inputs(func: Any, in_dims: Any, args: tuple[Any, ...]) -> tuple[int, list[Any], list[Any], TreeSpec]:
    """The number of examples; for each leaf of the arguments its dimension and itself; their structure."""
    name = name_of(func)
    call = f"vmap({name}, in_dims={in_dims}, ...)(<inputs>): "
    if not isinstance(in_dims, (int, tuple)):
        raise ValueError(f"{call}expected `in_dims` to be int or a (potentially nested) tuple matching the structure "
                         f"of inputs, got: {type(in_dims)}.")
    if not args:
        raise ValueError(f"vmap({name})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying "
                         "to vmap over a function with no inputs. The latter is unsupported.")
    leaves, spec = tree_flatten(args)
    given = _broadcast_to_and_flatten(in_dims, spec)
    if given is None:
        raise ValueError(f"{call}in_dims is not compatible with the structure of `inputs`. in_dims has structure "
                         f"{tree_flatten(in_dims)[1]} but inputs has structure {spec}.")
    dims = list(given)
    for k, (leaf, dim) in enumerate(zip(leaves, dims, strict=True)):
        if not isinstance(dim, int) and dim is not None:
            raise ValueError(f"{call}Got in_dim={dim} for an input but in_dim must be either an integer dimension or "
                             "None.")
        if isinstance(dim, int) and not isinstance(leaf, taeda.Tensor):
            raise ValueError(f"{call}Got in_dim={dim} for an input but the input is of type {type(leaf)}. We cannot "
                             "vmap over non-Tensor arguments, please use None as the respective in_dim")
        if dim is not None and not -leaf.dim() <= dim < leaf.dim():
            raise ValueError(f"{call}Got in_dim={dim} for some input, but that input is a Tensor of dimensionality "
                             f"{leaf.dim()} so expected in_dim to satisfy -{leaf.dim()} <= in_dim < {leaf.dim()}.")
        if dim is not None and dim < 0:
            dims[k] = dim % leaf.dim()
    sizes = [leaf.size(dim) for leaf, dim in zip(leaves, dims, strict=True) if dim is not None]
    if not sizes:
        raise ValueError("vmap: Expected at least one Tensor to vmap over")
    if any(size != sizes[0] for size in sizes):
        raise ValueError("vmap: Expected all tensors to have the same size in the mapped dimension, got sizes "
                         f"{sizes} for the mapped dimension")
    return sizes[0], dims, leaves, spec


def _run(func: Any, size: int, dims: list[Any], leaves: list[Any], spec: TreeSpec, out_dims: Any, randomness: str,
         kwargs: dict[str, Any]) -> Any:
    with layer("vmap", size=size, randomness=randomness) as here:
        lifted = [x if d is None else Batched.of(x.movedim(d, 0) if d else x, here.level)
                  for x, d in zip(leaves, dims, strict=True)]
        result = func(*tree_unflatten(lifted, spec), **kwargs)
    outputs, structure = tree_flatten(result)
    places = _out_dims(func, out_dims, structure, result)
    return tree_unflatten([_lowered(func, x, d, here) for x, d in zip(outputs, places, strict=True)], structure)


def _out_dims(func: Any, out_dims: Any, spec: TreeSpec, result: Any) -> list[Any]:
    name = name_of(func)
    places = _broadcast_to_and_flatten(tuple(out_dims) if isinstance(out_dims, list) else out_dims, spec)
    if isinstance(result, taeda.Tensor) and isinstance(out_dims, tuple) and len(out_dims) == 1:
        places = list(out_dims)  # the structure of one tensor is not that of a tuple of one
    if places is None:
        raise ValueError(f"vmap({name}, ..., out_dims={out_dims})(<inputs>): out_dims is not compatible with the "
                         f"structure of `outputs`. out_dims has structure {tree_flatten(out_dims)[1]} but outputs has "
                         f"structure {spec}.")
    if not all(d is None or isinstance(d, int) for d in places):
        raise ValueError(f"vmap({name}, ..., out_dims={out_dims}): `out_dims` must be an int, None or a python "
                         "collection of ints representing where in the outputs the vmapped dimension should appear.")
    return list(places)


def _lowered(func: Any, output: Any, dim: int | None, here: Layer) -> Any:
    """An output with the examples as dimension `dim`."""
    name = name_of(func)
    batched = isinstance(output, Batched) and output.level == here.level
    if dim is None:
        if batched:
            raise ValueError(f"vmap({name}, ...): `{name}` can not return a BatchedTensor when out_dim is None")
        return output
    if not isinstance(output, taeda.Tensor):
        raise ValueError(f"vmap({name}, ...): `{name}` must only return Tensors, got type {type(output)}. Did you mean "
                         "to set out_dims= to None for output?")
    value = output.value if batched else output.unsqueeze(0).expand(here.size, *output.shape)
    if not -value.dim() <= dim < value.dim():
        raise IndexError(f"Dimension out of range (expected to be in range of [{-value.dim()}, {value.dim() - 1}], but "
                         f"got {dim})")
    return value.movedim(0, dim) if dim else value
