"""The graph behind backward: its nodes, and what they keep of tensors."""

import contextlib
import functools
import threading
import weakref
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import taeda
from taeda import _core
from taeda.utils.hooks import RemovableHandle

__all__ = [
    "GradientEdge",
    "Node",
    "allow_mutation_on_saved_tensors",
    "disable_saved_tensors_hooks",
    "get_gradient_edge",
    "increment_version",
    "register_multi_grad_hook",
    "save_on_cpu",
    "saved_tensors_hooks",
]

Node = _core.Node


def __getattr__(name: str) -> Any:
    if name == "TorchDispatchMode":  # programs import both from here too
        from taeda.utils._python_dispatch import TorchDispatchMode

        return TorchDispatchMode
    if name == "Variable":
        return taeda.autograd.Variable
    raise AttributeError(f"module 'taeda.autograd.graph' has no attribute {name!r}")


class GradientEdge(NamedTuple):
    """Where in the graph the gradient of a tensor arrives: an output of a node.

    `grad` and `backward` take it in place of the tensor.
    """

    node: Any
    output_nr: int
    ownership_token: Any = None


def get_gradient_edge(tensor: Any) -> GradientEdge:
    """The edge where the gradient of `tensor` is computed. It keeps the graph alive, not the tensor."""
    return GradientEdge(*_core.gradient_edge(tensor))


def increment_version(tensor: Any) -> None:
    """Say that a tensor, or each of several, was written to in a way that Taeda could not see."""
    if not isinstance(tensor, (taeda.Tensor, Iterable)):
        raise RuntimeError("increment_version expect a Iterable[Tensor] as input")
    for one in (tensor,) if isinstance(tensor, taeda.Tensor) else tensor:
        if not isinstance(one, taeda.Tensor):
            raise RuntimeError("increment_version expects each element of the iterable to be a tensor")
        if not one.is_inference():
            _core.increment_version(one)


class saved_tensors_hooks:
    """Inside, what is saved for backward goes through `pack_hook`; what that returns is kept, and `unpack_hook` makes
    the tensor of it.

    With this activations can be compressed, moved to disk, or counted. Of nested blocks the innermost counts.

    >>> import taeda
    >>> x = taeda.tensor([2.0], requires_grad=True)
    >>> with taeda.autograd.graph.saved_tensors_hooks(lambda t: t.tolist(), lambda kept: taeda.tensor(kept)):
    ...     y = x * x
    >>> y.backward()
    >>> x.grad
    tensor([4.])
    """

    def __init__(self, pack_hook: Callable[[Any], Any], unpack_hook: Callable[[Any], Any]) -> None:
        self.pack_hook = pack_hook
        self.unpack_hook = unpack_hook

    def __enter__(self) -> None:
        _core.push_saved_tensors_hooks(self.pack_hook, self.unpack_hook)

    def __exit__(self, *exception: Any) -> None:
        _core.pop_saved_tensors_hooks()


class save_on_cpu(saved_tensors_hooks):
    """Inside, what is saved for backward lies in the memory of the CPU until it is used."""

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        if pin_memory:
            raise NotImplementedError("save_on_cpu(pin_memory=True): pinned memory is not there yet")
        super().__init__(lambda tensor: (tensor.device, tensor.to("cpu")), lambda packed: packed[1].to(packed[0]))


@contextlib.contextmanager
def disable_saved_tensors_hooks(error_message: str) -> Iterator[None]:
    """Inside, the use of `saved_tensors_hooks` raises a RuntimeError with this message."""
    before = _core.disable_saved_tensors_hooks(error_message)
    try:
        yield
    finally:
        _core.disable_saved_tensors_hooks(before)


class _ManyHandles(RemovableHandle):
    """The handles of several hooks as one."""

    def __init__(self, handles: tuple[RemovableHandle, ...]) -> None:
        self.handles = handles

    def remove(self) -> None:
        for handle in self.handles:
            handle.remove()

    def __getstate__(self) -> tuple[Any, ...]:
        return self.handles

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.handles = state


def register_multi_grad_hook(tensors: Sequence[Any], fn: Callable[[Any], Any], *, mode: str = "all") -> RemovableHandle:
    """Call `fn` when the gradients of several tensors are there.

    "all": once per backward, with a list of the gradients (None for tensors that get none in it), after the last of
    them. "any": with the first gradient that is there.
    """
    if mode == "any":
        return _any_hook(tensors, fn)
    if mode != "all":
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    lock = threading.Lock()
    found: dict[int, list[Any]] = {}
    left: dict[int, int] = {}
    nodes = [get_gradient_edge(tensor).node for tensor in tensors]

    def hook(index: int, gradient: Any) -> None:
        backward = _core.current_backward()
        with lock:
            if backward not in found:
                found[backward] = [None] * len(nodes)
                left[backward] = sum(_core.will_run(node) for node in nodes)
            left[backward] -= 1
            found[backward][index] = gradient
            last = left[backward] == 0
        if last:
            del left[backward]
            fn(found.pop(backward))

    return _ManyHandles(tuple(t.register_hook(functools.partial(hook, k)) for k, t in enumerate(tensors)))


def _any_hook(tensors: Iterable[Any], fn: Callable[[Any], Any]) -> RemovableHandle:
    lock = threading.Lock()
    ran: dict[int, bool] = defaultdict(bool)

    @functools.wraps(fn)
    def hook(gradient: Any) -> None:
        backward = _core.current_backward()
        with lock:
            before, ran[backward] = ran[backward], True
        if not before:
            fn(gradient)

    return _ManyHandles(tuple(tensor.register_hook(hook) for tensor in tensors if tensor.requires_grad))


class _Kept:
    """A saved tensor: itself while nobody writes to it, a copy of what it was from then on."""

    def __init__(self, tensor: Any) -> None:
        self.tensor = tensor
        self.version = tensor._version
        self.copy: Any = None

    def before_write(self) -> None:
        if self.copy is None and self.tensor._version == self.version:
            self.copy = self.tensor.detach().clone()

    def value(self) -> Any:
        if self.copy is not None:
            return self.copy
        if self.tensor._version != self.version:
            raise RuntimeError(
                f"a tensor of shape {tuple(self.tensor.shape)} that was saved for backward was written to outside of "
                "the block of allow_mutation_on_saved_tensors")
        return self.tensor


class _AllowMutationOnSavedContext:
    """What `allow_mutation_on_saved_tensors` gives: the tensors that are saved in its block."""

    def __init__(self) -> None:
        self.by_storage: dict[int, list[Any]] = defaultdict(list)

    def clear(self) -> None:
        """Forget the saved tensors."""
        self.by_storage.clear()

    def pack(self, tensor: Any) -> _Kept:
        kept = _Kept(tensor.detach())
        self.by_storage[tensor.untyped_storage()._cdata].append(weakref.ref(kept))
        return kept

    def before_write(self, tensor: Any) -> None:
        """Copy what is saved of the memory that is about to be written to."""
        for reference in self.by_storage.pop(tensor.untyped_storage()._cdata, ()):
            kept = reference()
            if kept is not None:
                kept.before_write()


def _written(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
    """The tensors that a call writes to."""
    name = getattr(function, "__name__", "")
    found = []
    if args and ((name.endswith("_") and not name.endswith("__")) or name in ("__setitem__", "index_put_")):
        found.append(args[0])
    out = kwargs.get("out")
    found += list(out) if isinstance(out, (tuple, list)) else [] if out is None else [out]
    return [x for x in found if isinstance(x, taeda.Tensor)]


@contextlib.contextmanager
def allow_mutation_on_saved_tensors() -> Iterator[_AllowMutationOnSavedContext]:
    """Inside, tensors that were saved for backward may be written to: backward gets what they were.

    What is written to is copied first, if it was saved in this block.

    >>> import taeda
    >>> with taeda.autograd.graph.allow_mutation_on_saved_tensors():
    ...     a = taeda.ones(2, requires_grad=True)
    ...     b = a.clone()
    ...     out = (b**2).sum()
    ...     _ = b.sin_()
    ...     out.backward()
    >>> a.grad
    tensor([2., 2.])
    """
    from taeda.overrides import TorchFunctionMode

    context = _AllowMutationOnSavedContext()

    class Watch(TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            for tensor in _written(func, args, kwargs or {}):
                context.before_write(tensor)
            return func(*args, **(kwargs or {}))

    with Watch(), saved_tensors_hooks(context.pack, _Kept.value):
        yield context
