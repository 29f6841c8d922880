"""Gradients of functions: grad, grad_and_value, vjp, jacrev; on the tape, to any order and nested in any way."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import taeda
from taeda import _core
from taeda.func.batching import vmap
from taeda.func.levels import Layer, layer, layers
from taeda.func.lifted import Batched, Dual, Lifted
from taeda.utils._pytree import tree_flatten, tree_map, tree_unflatten

__all__ = ["grad", "grad_and_value", "jacrev", "vjp"]


# -- variables, and what comes out -----------------------------------------------------------------------------------


@contextmanager
def recording() -> Iterator[Layer]:
    """A layer of grad or vjp, inside of which gradients are recorded."""
    with layer("grad") as here, taeda.enable_grad():
        yield here


def variables(tree: Any, here: Layer) -> Any:
    """The tensors of `tree` as variables of a layer: what it differentiates by."""
    return tree_map(lambda x: variable(x, here), tree)


def variable(x: Any, here: Layer) -> Any:
    """One of them. Every example of a vmap around has its own: its gradient is one for each example then."""
    if not isinstance(x, taeda.Tensor):
        raise ValueError(f"Thing passed to transform API must be Tensor, got {type(x)}")
    for outer in layers():
        if outer.kind == "vmap" and outer.level < here.level:
            x = _with_examples(x, outer)
    return _variable(x, here.level)


def _with_examples(x: Any, outer: Layer) -> Any:
    if isinstance(x, Lifted) and x.level >= outer.level:
        if x.level == outer.level:
            return x
        if isinstance(x, Batched):
            return Batched.of(_with_examples(x.value, outer), x.level)
        assert isinstance(x, Dual)
        return Dual.of(_with_examples(x.primal, outer), _with_examples(x.tangent, outer), x.level)
    return Batched.of(x.unsqueeze(0).expand(outer.size, *x.shape), outer.level)


def _variable(x: Any, level: int) -> Any:
    if isinstance(x, Batched):
        return Batched.of(_variable(x.value, level), x.level)
    if isinstance(x, Dual):
        return Dual.of(_variable(x.primal, level), x.tangent, x.level)
    if x.requires_grad:  # of a transform around, or the user's: the graph goes on to it
        return x.view_as(x)
    made = x.detach()
    made.requires_grad_()
    _core.set_level(made, level)
    return made


def finished(tree: Any, here: Layer) -> Any:
    """What leaves a layer: results no longer require gradients for its variables, only for those of others."""
    return tree_map(lambda x: _finished(x, here) if isinstance(x, taeda.Tensor) else x, tree)


def _finished(x: Any, here: Layer) -> Any:
    if isinstance(x, Batched):
        return Batched.of(_finished(x.value, here), x.level)
    if isinstance(x, Dual):
        return Dual.of(_finished(x.primal, here), _finished(x.tangent, here), x.level)
    if not x.requires_grad or here.records and _core.lowest_level(x) < here.level:
        return x
    return x.detach()


# -- the gradient of lifted tensors ----------------------------------------------------------------------------------


def pull(outputs: Sequence[Any], cotangents: Sequence[Any], inputs: Sequence[Any], here: Layer,
         retain: bool) -> list[Any]:
    """The gradients of `outputs`, weighted with `cotangents` (None: ones), by `inputs`; None where there is none."""
    level = max((t.level for t in (*outputs, *inputs) if isinstance(t, Lifted)), default=0)
    if not level:
        return _pull_plain(outputs, cotangents, inputs, here, retain)
    top = next(t for t in (*outputs, *inputs) if isinstance(t, Lifted) and t.level == level)
    if isinstance(top, Batched):
        size = int(top.value.shape[0])
        # What is the same for all examples cannot depend on inputs that are not.
        pairs = [(o.value, None if c is None else without_level(c, level, size))
                 for o, c in zip(outputs, cotangents, strict=True) if isinstance(o, Batched) and o.level == level]
        values = [i.value for i in inputs]
        found = pull([o for o, _ in pairs], [c for _, c in pairs], values, here, retain)
        return [None if g is None else with_level(g, level) for g in found]
    primals = [o.primal if isinstance(o, Dual) and o.level == level else o for o in outputs]
    tangents = [o.tangent if isinstance(o, Dual) and o.level == level else None for o in outputs]
    parts = [(None, None) if c is None else _without_tangent(c, level) for c in cotangents]
    weights, moved = [w for w, _ in parts], [m for _, m in parts]
    values = [i.primal if isinstance(i, Dual) and i.level == level else i for i in inputs]
    found = pull(primals, weights, values, here, True)
    # The tangent of the gradient of f is the gradient of f's tangent: the order of derivatives can be exchanged.
    pairs = [(t, w) for t, w in zip(tangents, weights, strict=True) if t is not None]
    pairs += [(p, m) for p, m in zip(primals, moved, strict=True) if m is not None]
    second = pull([o for o, _ in pairs], [c for _, c in pairs], values, here, retain)
    return [g if t is None else _with_tangent(taeda.zeros_like(t) if g is None else g, t, level)
            for g, t in zip(found, second, strict=True)]


def _pull_plain(outputs: Sequence[Any], cotangents: Sequence[Any], inputs: Sequence[Any], here: Layer,
                retain: bool) -> list[Any]:
    pairs = [(o, taeda.ones_like(o) if c is None else c)
             for o, c in zip(outputs, cotangents, strict=True) if o.requires_grad]
    if not pairs:
        return [None] * len(inputs)
    record = here.records and any(_core.lowest_level(o) < here.level for o, _ in pairs)
    roots = tuple(o for o, _ in pairs)
    return list(_core.run_backward(roots, tuple(c for _, c in pairs), retain or record, record, tuple(inputs), True,
                                   False))


def without_level(x: Any, level: int, size: int) -> Any:
    """x with the examples of a vmap at `level` as the first dimension (of what higher levels see)."""
    if isinstance(x, Lifted) and x.level == level and isinstance(x, Batched):
        return x.value
    if isinstance(x, Batched) and x.level > level:
        value = without_level(x.value, level, size)  # [examples of this level, those of the higher one, ...]
        return Batched.of(value.movedim(1, 0), x.level)
    if isinstance(x, Dual) and x.level > level:
        return Dual.of(without_level(x.primal, level, size), without_level(x.tangent, level, size), x.level)
    return x.unsqueeze(0).expand(size, *x.shape)


def with_level(x: Any, level: int) -> Any:
    """The opposite: the first dimension becomes the examples of `level`."""
    if isinstance(x, Batched) and x.level > level:
        return Batched.of(with_level(x.value.movedim(0, 1), level), x.level)
    if isinstance(x, Dual) and x.level > level:
        return Dual.of(with_level(x.primal, level), with_level(x.tangent, level), x.level)
    return Batched.of(x, level)


def _without_tangent(x: Any, level: int) -> tuple[Any, Any]:
    """x and its tangent at `level` (None if it has none), as higher levels see both."""
    if isinstance(x, Dual) and x.level == level:
        return x.primal, x.tangent
    if isinstance(x, Batched) and x.level > level:
        primal, tangent = _without_tangent(x.value, level)
        return Batched.of(primal, x.level), None if tangent is None else Batched.of(tangent, x.level)
    if isinstance(x, Dual) and x.level > level:
        (p, p_moved), (t, t_moved) = _without_tangent(x.primal, level), _without_tangent(x.tangent, level)
        if p_moved is None and t_moved is None:
            return x, None
        p_moved, t_moved = (taeda.zeros_like(v) if m is None else m for v, m in ((p, p_moved), (t, t_moved)))
        return Dual.of(p, t, x.level), Dual.of(p_moved, t_moved, x.level)
    return x, None


def _with_tangent(primal: Any, tangent: Any, level: int) -> Any:
    """The opposite."""
    top = max((x.level for x in (primal, tangent) if isinstance(x, Lifted)), default=0)
    if top <= level:
        return Dual.of(primal, tangent, level)
    over = primal if isinstance(primal, Lifted) and primal.level == top else tangent
    if isinstance(over, Batched):
        size = int(over.value.shape[0])
        p, t = (without_level(x, top, size) for x in (primal, tangent))
        return Batched.of(_with_tangent(p, t, level), top)
    (p, p_moved), (t, t_moved) = _without_tangent(primal, top), _without_tangent(tangent, top)
    p_moved, t_moved = (taeda.zeros_like(v) if m is None else m for v, m in ((p, p_moved), (t, t_moved)))
    return Dual.of(_with_tangent(p, t, level), _with_tangent(p_moved, t_moved, level), top)


# -- arguments by number -----------------------------------------------------------------------------------------------


def checked_argnums(argnums: Any, count: int) -> Any:
    """Which arguments, as non-negative numbers."""
    if isinstance(argnums, int):
        if not -count <= argnums < count:
            raise RuntimeError(f"Got argnum={argnums}, but only {count} positional inputs")
        return argnums % count
    if not isinstance(argnums, tuple):
        raise RuntimeError(f"argnums must be int or Tuple[int, ...], got: {type(argnums)}")
    if not argnums:
        raise RuntimeError("argnums must be non-empty")
    for argnum in argnums:
        if not isinstance(argnum, int):
            raise RuntimeError(f"argnum must be int, got: {type(argnum)}")
    found = tuple(checked_argnums(argnum, count) for argnum in argnums)
    if len(set(found)) != len(found):
        raise RuntimeError(f"argnums elements must be unique, got {argnums}")
    return found


def chosen(args: tuple[Any, ...], argnums: Any) -> Any:
    """The argument of that number, or the tuple of those."""
    return args[argnums] if isinstance(argnums, int) else tuple(args[k] for k in argnums)


def replaced(args: tuple[Any, ...], given: Any, argnums: Any) -> tuple[Any, ...]:
    """`args` with `given` in the places of those numbers."""
    result = list(args)
    for k, value in [(argnums, given)] if isinstance(argnums, int) else zip(argnums, given, strict=True):
        result[k] = value
    return tuple(result)


def split_aux(result: Any, has_aux: bool, call: str) -> tuple[Any, Any]:
    """What a function returned: its output and what it returned beside it."""
    if not has_aux:
        return result, None
    if not (isinstance(result, tuple) and len(result) == 2):
        raise RuntimeError(f"{call}: output of function f should be a tuple: (output, aux) if has_aux is True")
    return result


# -- the transforms --------------------------------------------------------------------------------------------------


def grad(func: Callable[..., Any], argnums: Any = 0, has_aux: bool = False) -> Callable[..., Any]:
    """The gradient of `func`, which returns one number, by the argument `argnums` (or a tuple of them).

    Arguments may be nested structures of tensors. With `has_aux` the function returns (number, anything), and its
    gradient (gradient, anything). May be nested, and used under vmap and jvp.

    >>> import taeda
    >>> from taeda.func import grad
    >>> grad(grad(lambda x: x ** 3))(taeda.tensor(2.0))
    tensor(12.)
    """

    @functools.wraps(func)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        found, value = grad_and_value(func, argnums, has_aux)(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return wrapped


def grad_and_value(func: Callable[..., Any], argnums: Any = 0, has_aux: bool = False) -> Callable[..., Any]:
    """As `grad`, but returns (gradient, number), with `has_aux` (gradient, (number, anything)).

    >>> import taeda
    >>> from taeda.func import grad_and_value
    >>> grad_and_value(lambda x: (x * x).sum())(taeda.tensor([1.0, 2.0]))
    (tensor([2., 4.]), tensor(5.))
    """

    @functools.wraps(func)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        numbers = checked_argnums(argnums, len(args))
        with recording() as here:
            inputs = variables(chosen(args, numbers), here)
            call = "grad_and_value(f)(*args)"
            output, aux = split_aux(func(*replaced(args, inputs, numbers), **kwargs), has_aux, call)
            if not isinstance(output, taeda.Tensor):
                raise RuntimeError(f"{call}: Expected f(*args) to return a Tensor, got {type(output)}")
            if output.dim() != 0:
                raise RuntimeError(
                    f"{call}: Expected f(*args) to return a scalar Tensor, got tensor with {output.dim()} dims. Maybe "
                    "you wanted to use the vjp or jacrev APIs instead?")
            leaves, spec = tree_flatten(inputs)
            found = _filled(pull([output], [None], leaves, here, False), leaves)
            result = tree_unflatten([_finished(g, here) for g in found], spec)
            value = finished((output, aux) if has_aux else output, here)
        return result, value

    return wrapped


def _filled(gradients: Sequence[Any], inputs: Sequence[Any]) -> list[Any]:
    return [taeda.zeros_like(x) if g is None else g for g, x in zip(gradients, inputs, strict=True)]


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """(func(*primals), a function from cotangents of that to those of the primals); with `has_aux` also what the
    function returned beside its output.

    That function takes the structure of the output, and returns one cotangent for one primal, else a tuple.

    >>> import taeda
    >>> from taeda.func import vjp
    >>> output, pullback = vjp(lambda x: x * x, taeda.tensor([1.0, 2.0]))
    >>> pullback(taeda.ones(2))
    (tensor([2., 4.]),)
    """
    return vjp_by(func, primals, None, has_aux)


def vjp_by(func: Callable[..., Any], args: tuple[Any, ...], argnums: Any, has_aux: bool) -> Any:
    """vjp by some of the arguments; None: all of them."""
    with recording() as here:
        numbers = tuple(range(len(args))) if argnums is None else checked_argnums(argnums, len(args))
        inputs = variables(chosen(args, numbers), here)
        result, aux = split_aux(func(*replaced(args, inputs, numbers)), has_aux, "vjp(f, *primals)")
        outputs, structure = tree_flatten(result)
        _check_outputs(outputs, "vjp(f, *primals)")
        for output in outputs:
            if not (output.is_floating_point() or output.is_complex()):
                raise RuntimeError("vjp(f, ...): All outputs of f must be floating-point or complex Tensors, got "
                                   f"Tensor with dtype {output.dtype}")
        value = finished(result, here)
        leaves, spec = tree_flatten(inputs)

    def pullback(cotangents: Any, retain_graph: bool = True, create_graph: bool | None = None) -> Any:
        given, found = tree_flatten(cotangents)
        if found != structure:
            raise RuntimeError(
                "Expected pytree structure of cotangents to be the same as pytree structure of outputs to the "
                f"function. cotangents: {found}, primal output: {structure}")
        for c, o in zip(given, outputs, strict=True):
            if c.shape != o.shape:
                raise RuntimeError(f"Mismatch in shape: grad_output[0] has a shape of {c.shape} and output[0] has a "
                                   f"shape of {o.shape}.")
        gradients = _filled(pull(outputs, given, leaves, here, retain_graph), leaves)
        return tree_unflatten([_finished(g, here) for g in gradients], spec)

    return (value, pullback, finished(aux, here)) if has_aux else (value, pullback)


def _check_outputs(outputs: Sequence[Any], call: str) -> None:
    if not outputs:
        raise RuntimeError(f"{call}: Expected f to be a function that has non-empty output (got output = {outputs})")
    for output in outputs:
        if not isinstance(output, taeda.Tensor):
            raise RuntimeError(f"{call}: expected f(*primals) to return only tensors, got unsupported type "
                               f"{type(output)}")


def jacrev(func: Callable[..., Any], argnums: Any = 0, *, has_aux: bool = False, chunk_size: int | None = None,
           _preallocate_and_copy: bool = False) -> Callable[..., Any]:
    """The Jacobian of `func` by the argument `argnums` (or a tuple of them), row by row of the output, all at once.

    For an output of shape (*o) and an input of shape (*i) it has the shape (*o, *i). `chunk_size`: at most so many rows
    at a time.

    >>> import taeda
    >>> from taeda.func import jacrev
    >>> jacrev(taeda.sin)(taeda.zeros(2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    if not (chunk_size is None or chunk_size > 0):
        raise ValueError("jacrev: `chunk_size` should be greater than 0.")

    @functools.wraps(func)
    def wrapped(*args: Any) -> Any:
        numbers = checked_argnums(argnums, len(args))
        found = vjp_by(func, args, numbers, has_aux)
        output, pullback = found[:2]
        outputs, structure = tree_flatten(output)
        _refuse_complex("jacrev", "inputs", args)
        _refuse_complex("jacrev", "outputs", outputs)
        basis = standard_basis(outputs)
        rows = vmap(lambda *part: pullback(tree_unflatten(part, structure)), chunk_size=chunk_size)(*basis)
        inputs, spec = tree_flatten(chosen(args, numbers))
        columns, _ = tree_flatten(rows)
        pieces = [_split_rows(column, outputs, x.shape) for column, x in zip(columns, inputs, strict=True)]
        # One structure of inputs for each output.
        result = tree_unflatten([tree_unflatten([p[k] for p in pieces], spec) for k in range(len(outputs))], structure)
        return (result, found[2]) if has_aux else result

    return wrapped


def standard_basis(tensors: Sequence[Any]) -> list[Any]:
    """Every unit vector in the space of all elements of `tensors`: for each tensor its part of each vector."""
    counts = [t.numel() for t in tensors]
    result = []
    for k, t in enumerate(tensors):
        part = taeda.zeros((sum(counts), counts[k]), dtype=t.dtype, device=t.device)
        part.diagonal(-sum(counts[:k])).fill_(1)
        result.append(part.view((sum(counts), *t.shape)))
    return result


def _split_rows(column: Any, outputs: Sequence[Any], shape: Any) -> list[Any]:
    parts = column.split([o.numel() for o in outputs], 0)
    return [part.reshape((*o.shape, *shape)) for part, o in zip(parts, outputs, strict=True)]


def _refuse_complex(name: str, what: str, tree: Any) -> None:
    for index, leaf in enumerate(tree_flatten(tree)[0]):
        if isinstance(leaf, taeda.Tensor) and leaf.is_complex():
            raise RuntimeError(f"{name}: Expected all {what} to be real but received complex tensor at flattened "
                               f"input idx: {index}")
