"""`autograd.Function` inside of functions that are transformed: a call takes the levels of lifting off, the highest
first, as the call of an op does (levels.py). At a level of vmap the Function says what it is on a batch, by its `vmap`
or, with `generate_vmap_rule`, by being run on lifted tensors itself; at a level of jvp its `jvp` gives the tangents.
What remains are plain tensors, on which the Function is recorded as ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import taeda
from taeda import _core
from taeda.autograd.function import Function, FunctionCtx
from taeda.func.levels import layer, layers, outside_of
from taeda.func.lifted import Batched, Dual, Lifted
from taeda.utils._pytree import _broadcast_to_and_flatten, tree_flatten, tree_map, tree_unflatten

_GUIDE = "For more details, please see https://pytorch.org/docs/main/notes/extending.func.html"


class VmapInfo(NamedTuple):
    """What a Function's `vmap` is told: how many examples there are, and what vmap said of random numbers."""

    batch_size: int
    randomness: str


def apply(cls: Any, args: tuple[Any, ...]) -> Any:
    """The outputs of a Function of whose arguments some may be lifted."""
    leaves, _ = tree_flatten(args)
    level = max((x.level for x in leaves if isinstance(x, Lifted)), default=0)
    separate = cls.setup_context is not Function.setup_context
    if not level:
        return _core.function_apply(cls, args, separate)
    top = next(x for x in leaves if isinstance(x, Lifted) and x.level == level)
    return _apply_batched(cls, args, level) if isinstance(top, Batched) else _apply_dual(cls, args, level)


# -- vmap ------------------------------------------------------------------------------------------------------------


def _apply_batched(cls: Any, args: tuple[Any, ...], level: int) -> Any:
    if cls.setup_context is Function.setup_context:
        raise RuntimeError(
            "In order to use an autograd.Function with functorch transforms (vmap, grad, jvp, jacrev, ...), it must "
            f"override the setup_context staticmethod. {_GUIDE}")
    has_rule = cls.vmap is not Function.vmap
    if cls.generate_vmap_rule and has_rule:
        raise RuntimeError(
            f"You tried to vmap over {cls.__name__}, but it has both generate_vmap_rule=True and an overridden vmap "
            "staticmethod. Please set generate_vmap_rule=False or delete the overridden vmap staticmethod to avoid "
            f"ambiguity. {_GUIDE}")
    if not (cls.generate_vmap_rule or has_rule):
        raise RuntimeError(
            f"You tried to vmap over {cls.__name__}, but it does not have vmap support. Please override and implement "
            f"the vmap staticmethod or set generate_vmap_rule=True. {_GUIDE}")
    here = layers()[level - 1]
    leaves, spec = tree_flatten(args)
    mine = tuple(isinstance(x, Batched) and x.level == level for x in leaves)
    values = tree_unflatten([x.value if own else x for x, own in zip(leaves, mine, strict=True)], spec)
    with outside_of(here):
        if cls.generate_vmap_rule:
            outputs = apply(_on_batches(cls, mine, spec, here.size, here.randomness), tuple(values))
            return tree_map(lambda x: Batched.of(x, level) if isinstance(x, taeda.Tensor) else x, outputs)
        in_dims = tuple(tree_unflatten([0 if own else None for own in mine], spec))
        found = cls.vmap(VmapInfo(here.size, here.randomness), in_dims, *values)
        if not (isinstance(found, tuple) and len(found) == 2):
            raise RuntimeError(
                f"The vmap staticmethod of {cls.__name__} must return (output, out_dims), got {type(found).__name__}")
        outputs, structure = tree_flatten(found[0])
        dims = _broadcast_to_and_flatten(found[1], structure)
        if dims is None:
            raise RuntimeError(
                f"The vmap staticmethod of {cls.__name__} returned out_dims {found[1]}, which do not fit the structure "
                f"of its output, {structure}")
        return tree_unflatten([x if d is None else Batched.of(x.movedim(d, 0) if d else x, level)
                               for x, d in zip(outputs, dims, strict=True)], structure)


def _on_batches(cls: Any, mine: tuple[bool, ...], spec: Any, size: int, randomness: str) -> Any:
    """The Function that runs `cls` on all examples at once. Those among its arguments (as leaves) that are `mine` have
    the examples as first dimension, and so have all its outputs."""
    made = cls.__dict__.get("_functions_on_batches")
    if made is None:
        made = cls._functions_on_batches = {}
    key = mine, str(spec), size, randomness
    if key not in made:
        made[key] = _make_on_batches(cls, mine, size, randomness)
    return made[key]


def _make_on_batches(cls: Any, mine: tuple[bool, ...], size: int, randomness: str) -> Any:
    def lifted(tree: Any, level: int, which: tuple[bool, ...] | None = None) -> Any:
        leaves, spec = tree_flatten(tree)
        own = which or tuple(isinstance(x, taeda.Tensor) for x in leaves)
        return tree_unflatten([Batched.of(x, level) if o else x for x, o in zip(leaves, own, strict=True)], spec)

    def whole(x: Any, level: int) -> Any:
        if not isinstance(x, taeda.Tensor):
            return x
        return x.value if isinstance(x, Batched) and x.level == level else x.unsqueeze(0).expand(size, *x.shape)

    depth = getattr(cls, "depth", 0) + 1

    class OnBatches(Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(*values: Any) -> Any:
            with layer("vmap", size=size, randomness=randomness) as here:
                outputs = cls.forward(*lifted(values, here.level, mine))
                return tree_map(lambda x: whole(x, here.level), outputs)

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            with layer("vmap", size=size, randomness=randomness) as here:
                arguments = tuple(lifted(inputs, here.level, mine))
                inner = _ContextOfExamples(ctx, here.level, depth)
                inner.notes.shapes = [x.shape if isinstance(x, taeda.Tensor) else None for x in arguments]
                inner.notes.batched = [isinstance(x, Batched) and x.level == here.level for x in arguments]
                cls.setup_context(inner, arguments, lifted(output, here.level))

        @staticmethod
        def backward(ctx: Any, *gradients: Any) -> Any:
            with layer("vmap", size=size, randomness=randomness) as here:
                inner = _ContextOfExamples(ctx, here.level, depth)
                returned = _user_backward(cls)(inner, *lifted(gradients, here.level))
                found = returned if isinstance(returned, tuple) else (returned,)
                return tuple(back(inner.notes, k, g, here.level) for k, g in enumerate(found))

        @staticmethod
        def jvp(ctx: Any, *tangents: Any) -> Any:
            with layer("vmap", size=size, randomness=randomness) as here:
                inner = _ContextOfExamples(ctx, here.level, depth)
                own = [t is not None and batched for t, batched in zip(tangents, inner.notes.batched, strict=True)]
                given = tuple(Batched.of(t, here.level) if o else t for t, o in zip(tangents, own, strict=True))
                returned = cls.jvp(inner, *given)
                return tree_map(lambda x: whole(x, here.level), returned)

    def back(notes: _Notes, place: int, gradient: Any, level: int) -> Any:
        """A gradient in the shape of its argument: one for each example, or their sum where examples share it."""
        if gradient is None or place >= len(notes.shapes) or notes.shapes[place] is None:
            return gradient
        if gradient.shape != notes.shapes[place]:
            gradient = gradient.sum_to_size(notes.shapes[place])
        if notes.batched[place]:
            return whole(gradient, level)
        return whole(gradient, level).sum(0)

    OnBatches.depth = depth  # type: ignore[attr-defined]
    OnBatches.__name__ = OnBatches.__qualname__ = f"Vmapped{cls.__name__}"
    OnBatches._backward_cls.__name__ = f"Vmapped{cls.__name__}Backward"
    return OnBatches


class _Notes:
    """What a Function on batches keeps in its context, beside what the Function of one example keeps there."""

    shapes: list[Any]           # of each argument, for one example; None for what is no tensor
    batched: list[bool]         # whether each argument has the examples as first dimension
    saved: list[bool] = []      # whether each saved tensor has


class _ContextOfExamples:
    """The context of a Function on batches, as the Function of one example sees it: tensors saved there are lifted.

    Where vmaps nest, that one is on batches too, and all of them keep their notes in the one context there is."""

    def __init__(self, ctx: Any, level: int, depth: int) -> None:
        name = f"_notes_{depth}"
        if not hasattr(ctx, name):
            setattr(ctx, name, _Notes())
        for key, value in (("_ctx", ctx), ("_level", level), ("notes", getattr(ctx, name))):
            object.__setattr__(self, key, value)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ctx, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._ctx, name, value)

    def _values(self, tensors: tuple[Any, ...]) -> tuple[list[Any], list[bool]]:
        own = [isinstance(x, Batched) and x.level == self._level for x in tensors]
        return [x.value if o else x for x, o in zip(tensors, own, strict=True)], own

    def save_for_backward(self, *tensors: Any) -> None:
        values, self.notes.saved = self._values(tensors)
        self._ctx.save_for_backward(*values)

    def save_for_forward(self, *tensors: Any) -> None:
        values, self.notes.saved = self._values(tensors)
        self._ctx.save_for_forward(*values)

    def mark_dirty(self, *tensors: Any) -> None:
        self._ctx.mark_dirty(*self._values(tensors)[0])

    def mark_non_differentiable(self, *tensors: Any) -> None:
        self._ctx.mark_non_differentiable(*self._values(tensors)[0])

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        saved = self._ctx.saved_tensors
        return tuple(Batched.of(x, self._level) if own else x
                     for x, own in zip(saved, self.notes.saved, strict=True)) if saved else ()


def _user_backward(cls: Any) -> Callable[..., Any]:
    found: Callable[..., Any] = cls.backward if cls.vjp is Function.vjp else cls.vjp
    return found


# -- jvp -------------------------------------------------------------------------------------------------------------


class _ContextOfTangents(FunctionCtx):
    """What `jvp` gets as `ctx`."""

    needs_input_grad: tuple[bool, ...] = ()
    non_differentiable: tuple[Any, ...] = ()
    materialize_grads = True
    to_save: Any = ()
    saved_for_forward: Any = None

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        return tuple(self.to_save if self.saved_for_forward is None else self.saved_for_forward)


def _apply_dual(cls: Any, args: tuple[Any, ...], level: int) -> Any:
    def dual(x: Any) -> bool:
        return isinstance(x, Dual) and x.level == level

    primals = tree_map(lambda x: x.primal if dual(x) else x, args)
    here = layers()[level - 1] if len(layers()) >= level else None
    with outside_of(here):
        ctx = _ContextOfTangents()
        ctx.needs_input_grad = tuple(dual(x) for x in args)
        if cls.setup_context is Function.setup_context:  # it is forward that fills the context
            with taeda.no_grad():
                outputs = cls.forward(ctx, *primals)
            if taeda.is_grad_enabled() and any(x.requires_grad for x in primals if isinstance(x, taeda.Tensor)):
                outputs = apply(cls, primals)
        else:
            outputs = apply(cls, primals)
            cls.setup_context(ctx, primals, outputs)
        tangents = []
        for x in args:
            missing = isinstance(x, taeda.Tensor) and ctx.materialize_grads and x.is_floating_point()
            tangents.append(x.tangent if dual(x) else taeda.zeros_like(x) if missing else None)
        returned = cls.jvp(ctx, *tangents)
    single = not isinstance(outputs, tuple)
    results = (outputs,) if single else outputs
    moved = returned if isinstance(returned, tuple) else (returned,)
    if len(moved) != len(results):
        raise RuntimeError(f"{cls.__name__}: jvp_fn returned an incorrect number of forward gradients "
                           f"(expected {len(results)} got {len(moved)})")
    found = tuple(r if t is None or any(r is x for x in ctx.non_differentiable) else Dual.of(r, t, level)
                  for r, t in zip(results, moved, strict=True))
    return found[0] if single else found
