"""Activation checkpointing: save the inputs of a part of the model instead of its activations, and compute those again
when backward needs them (Chen et al. 2016, "Training deep nets with sublinear memory cost").

Example::

    >>> import taeda as torch
    >>> from taeda.utils.checkpoint import checkpoint
    >>> x = torch.ones(3, requires_grad=True)
    >>> checkpoint(lambda v: (v * v).sin(), x, use_reentrant=False).sum().backward()
    >>> x.grad
    tensor([1.0806, 1.0806, 1.0806])
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import taeda
from taeda.autograd.graph import saved_tensors_hooks
from taeda.random import fork_rng
from taeda.utils._python_dispatch import TorchDispatchMode as TorchDispatchMode
from taeda.utils._pytree import tree_map as tree_map
from taeda.utils.selective import (
    SAC_IGNORED_OPS,
    CheckpointPolicy,
    SelectiveCheckpointContext,
    create_selective_checkpoint_contexts,
    saving,
)

__all__ = [
    "SAC_IGNORED_OPS", "CheckpointError", "CheckpointFunction", "CheckpointPolicy", "DefaultDeviceType",
    "SelectiveCheckpointContext", "create_selective_checkpoint_contexts", "get_device_states",
    "set_device_states", "check_backward_validity", "checkpoint", "checkpoint_sequential",
    "detach_variable", "noop_context_fn", "set_checkpoint_debug_enabled", "set_checkpoint_early_stop",
]  # fmt: skip

_DETERMINISM = ("default", "none")
_early_stop = True
_debug: bool | None = None


class CheckpointError(RuntimeError):
    """What was computed again is not what had been computed."""


class _Stop(Exception):
    """All that backward needs has been computed again."""


def noop_context_fn() -> tuple[AbstractContextManager[Any], AbstractContextManager[Any]]:
    """The contexts of forward and of recomputation that change nothing."""
    return contextlib.nullcontext(), contextlib.nullcontext()


@contextlib.contextmanager
def set_checkpoint_early_stop(enable: bool) -> Iterator[None]:
    """Whether recomputation in this block may end as soon as it has what backward needs."""
    global _early_stop
    before, _early_stop = _early_stop, enable
    try:
        yield
    finally:
        _early_stop = before


@contextlib.contextmanager
def set_checkpoint_debug_enabled(enabled: bool | None) -> Iterator[None]:
    """Whether errors about recomputation name all tensors (None: as each call says)."""
    global _debug
    before, _debug = _debug, enabled
    try:
        yield
    finally:
        _debug = before


def detach_variable(inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """The tensors among `inputs` as leaves that require gradients where these did."""
    if not isinstance(inputs, tuple):
        raise RuntimeError(f"Only tuple of tensors is supported. Got Unsupported input type:  {type(inputs).__name__}")
    return tuple(
        x.detach().requires_grad_(x.requires_grad) if isinstance(x, taeda.Tensor) else x for x in inputs
    )


def check_backward_validity(inputs: Iterable[Any]) -> None:
    """Warn where no input requires a gradient: the parameters of the part would get none."""
    if not any(x.requires_grad for x in inputs if isinstance(x, taeda.Tensor)):
        warnings.warn("None of the inputs have requires_grad=True. Gradients will be None", stacklevel=2)


class DefaultDeviceType:
    """The kind of device whose random state is kept where inputs are on none but the CPU."""

    _kind = "cuda"

    @staticmethod
    def set_device_type(device: str = "cuda") -> None:
        """Say which."""
        DefaultDeviceType._kind = device

    @staticmethod
    def get_device_type() -> str:
        """Which it is: "cuda" until it was said."""
        return DefaultDeviceType._kind


def get_device_states(*args: Any) -> tuple[list[int], list[Any]]:
    """Numbers and random states of the devices, beside the CPU, that tensors among `args` are on: none."""
    return [], []


def set_device_states(devices: list[int], states: list[Any], *, device_type: str | None = None) -> None:
    """Set the random states of devices, as get_device_states gave them."""
    if devices:
        raise RuntimeError(f"there are no devices {devices} beside the CPU")


@contextlib.contextmanager
def _random_state(state: Any) -> Iterator[None]:
    """The random numbers drawn in the block are those that were drawn from `state` on (None: whatever comes)."""
    with fork_rng(enabled=state is not None):
        if state is not None:
            taeda.set_rng_state(state)
        yield


def _autocast_now() -> Callable[[], AbstractContextManager[Any]]:
    """Makes contexts in which autocast is what it is now: backward runs outside of the user's `with autocast`."""
    enabled, dtype = taeda.is_autocast_enabled("cpu"), taeda.get_autocast_dtype("cpu")
    return lambda: taeda.autocast("cpu", dtype=dtype, enabled=enabled, cache_enabled=taeda.is_autocast_cache_enabled())


def _description(t: Any) -> tuple[Any, ...]:
    return tuple(t.shape), t.dtype, t.device


class _Region:
    """One checkpointed call: what it takes to run it again, and what the last run gave."""

    def __init__(self, function: Callable[[], Any], context: AbstractContextManager[Any], check: str, early_stop: bool):
        self.function = function
        self.context = context
        self.autocast = _autocast_now()
        self.state = None
        self.check = check
        self.early_stop = early_stop
        self.saved: list[tuple[Any, ...]] = []  # what forward saved, described
        self.again: dict[int, Any] = {}

    def pack(self, tensor: Any) -> Any:
        if saving():
            return tensor
        self.saved.append(_description(tensor))
        return self, len(self.saved) - 1

    def value(self, place: int) -> Any:
        """The tensor that was saved at `place`; each is given once from one run."""
        if place not in self.again:
            self.run_again()
        return self.again.pop(place)

    def run_again(self) -> None:
        found: list[Any] = []
        self.again = {}

        def pack(tensor: Any) -> Any:
            found.append(tensor.detach())
            if self.early_stop and len(found) == len(self.saved):
                raise _Stop
            return found[-1]

        again = saved_tensors_hooks(pack, lambda t: t)
        with _random_state(self.state), taeda.enable_grad(), self.autocast(), self.context, again:
            with contextlib.suppress(_Stop):
                self.function()
        self.compare(found)
        self.again = dict(enumerate(found))

    def compare(self, found: list[Any]) -> None:
        if len(found) != len(self.saved):
            raise CheckpointError(
                "torch.utils.checkpoint: A different number of tensors was saved during the original forward and "
                f"recomputation.\nNumber of tensors saved during forward: {len(self.saved)}\nNumber of tensors saved "
                f"during recomputation: {len(found)}"
            )
        if self.check == "none":
            return
        wrong = [(k, a, _description(b)) for k, (a, b) in enumerate(zip(self.saved, found, strict=True))
                 if a != _description(b)]
        if wrong:
            lines = "\n".join(
                f"tensor at position {k}:\nsaved metadata: {dict(zip(('shape', 'dtype', 'device'), a, strict=True))}\n"
                f"recomputed metadata: {dict(zip(('shape', 'dtype', 'device'), b, strict=True))}" for k, a, b in wrong)
            raise CheckpointError(
                "torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than "
                f"during the forward pass.\n{lines}"
            )


def _unpack(packed: Any) -> Any:
    if isinstance(packed, taeda.Tensor):  # an op saved it whose result is kept
        return packed
    region, place = packed
    return region.value(place)


class CheckpointFunction(taeda.autograd.Function):
    """The old way (use_reentrant=True): backward runs the part again and calls backward inside it."""

    @staticmethod
    def forward(ctx: Any, run_function: Callable[..., Any], preserve_rng_state: bool, *args: Any) -> Any:
        check_backward_validity(args)
        ctx.run_function = run_function
        ctx.autocast = _autocast_now()
        ctx.state = taeda.get_rng_state() if preserve_rng_state else None
        ctx.inputs = [None if isinstance(a, taeda.Tensor) else a for a in args]
        ctx.tensor_places = [k for k, a in enumerate(args) if isinstance(a, taeda.Tensor)]
        ctx.save_for_backward(*(args[k] for k in ctx.tensor_places))
        with taeda.no_grad():
            return run_function(*args)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        inputs = list(ctx.inputs)
        for place, tensor in zip(ctx.tensor_places, ctx.saved_tensors, strict=True):
            inputs[place] = tensor
        leaves = detach_variable(tuple(inputs))
        with _random_state(ctx.state), taeda.enable_grad(), ctx.autocast():
            outputs = ctx.run_function(*leaves)
        outputs = (outputs,) if isinstance(outputs, taeda.Tensor) else outputs
        pairs = [(o, g) for o, g in zip(outputs, grads, strict=True)
                 if isinstance(o, taeda.Tensor) and o.requires_grad]
        if not pairs:
            raise RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary")
        taeda.autograd.backward([o for o, _ in pairs], [g for _, g in pairs])
        return None, None, *(x.grad if isinstance(x, taeda.Tensor) else None for x in leaves)


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Callable[[], tuple[AbstractContextManager[Any], AbstractContextManager[Any]]] = noop_context_fn,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    **kwargs: Any,
) -> Any:
    """`function(*args, **kwargs)`, whose activations are not kept but computed again in backward.

    `use_reentrant=False` is the better way (nested, with keyword arguments, inputs in containers, `autograd.grad`);
    `context_fn` gives two contexts, for forward and for recomputation; `preserve_rng_state=True` makes dropout draw the
    same numbers again; `early_stop` ends recomputation when all is there that backward needs. Raises CheckpointError
    where recomputation saves other tensors than forward did.
    """
    preserve = kwargs.pop("preserve_rng_state", True)
    if use_reentrant is None:
        warnings.warn(
            "torch.utils.checkpoint: the use_reentrant parameter should be passed explicitly. use_reentrant=False is "
            "recommended, but if you need to preserve the current default behavior, you can pass use_reentrant=True.",
            stacklevel=2,
        )
        use_reentrant = True
    if determinism_check not in _DETERMINISM:
        raise ValueError(f"determinism_check should be one of {list(_DETERMINISM)}, but got {determinism_check}")
    if use_reentrant:
        if kwargs:
            raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
        if context_fn is not noop_context_fn or debug:
            raise ValueError("Passing `context_fn` or `debug` is only supported when use_reentrant=False.")
        return CheckpointFunction.apply(function, preserve, *args)
    before, again = context_fn()
    region = _Region(lambda: function(*args, **kwargs), again, determinism_check, early_stop and _early_stop)
    region.state = taeda.get_rng_state() if preserve else None
    with before, saved_tensors_hooks(region.pack, _unpack):
        return function(*args, **kwargs)


def checkpoint_sequential(
    functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, **kwargs: Any
) -> Any:
    """A Sequential (or a list of functions) run in `segments` parts, each but the last checkpointed."""
    if use_reentrant is None:
        warnings.warn(
            "torch.utils.checkpoint.checkpoint_sequential: the use_reentrant parameter should be passed explicitly.",
            stacklevel=2,
        )
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    parts = list(functions.children()) if isinstance(functions, taeda.nn.Sequential) else list(functions)
    size = len(parts) // segments

    def run(first: int, last: int) -> Callable[[Any], Any]:
        def forward(x: Any) -> Any:
            for part in parts[first:last]:
                x = part(x)
            return x

        return forward

    end = 0
    for start in range(0, size * (segments - 1), size):
        end = start + size
        input = checkpoint(run(start, end), input, use_reentrant=use_reentrant, preserve_rng_state=preserve)
    return run(end, len(parts))(input)
