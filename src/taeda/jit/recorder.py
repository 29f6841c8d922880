"""What a function or module calls, as a graph (fx), noted while it runs on example inputs.

The tracer is that of fx, but each stand-in knows the value that it has for the examples. So control flow,
conversions to numbers and loops over values go the way of the examples; the graph then checks, when it runs, that
its inputs go the same way (`check_same`): what was recorded is never silently wrong.
"""

from __future__ import annotations

import copy
import inspect
import operator
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import taeda
from taeda.fx.graph import Graph
from taeda.fx.node import Node
from taeda.fx.proxy import Attribute, Proxy, _unpacked_into
from taeda.fx.tracer import Tracer
from taeda.nn import Module
from taeda.overrides import TorchFunctionMode

__all__ = ["Recorder", "TracerWarning", "check_same", "copied", "is_plain_layer", "record"]

# Ops that draw random numbers without a tensor among their arguments: they are recorded, their results are no
# constants.
_DRAWING = frozenset(("rand", "randn", "randint", "randperm", "normal", "bernoulli", "empty"))
_MISSING: Any = object()


class TracerWarning(Warning):
    """A recording depends on the values of its example inputs."""


def check_same(value: Any, recorded: Any) -> Any:
    """`value`, which was `recorded` when the program was recorded; RuntimeError where it is another now."""
    now = value.item() if isinstance(value, taeda.Tensor) else value
    if now != recorded:
        raise RuntimeError(
            f"the program was recorded where a value was {recorded!r}, which decided how it goes on; for these "
            f"inputs it is {now!r}. Record it with such inputs, or write the choice with torch.where or torch.cond"
        )
    return recorded


def is_plain_layer(module: Any) -> bool:
    """Whether a module is one of taeda.nn's own, without hooks: a loaded program can make it anew by its name."""
    kind = type(module)
    if not kind.__module__.startswith("taeda.nn.") or getattr(taeda.nn, kind.__name__, None) is not kind:
        return False
    hooks = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return not any(vars(m).get(name) for m in module.modules() for name in hooks) and all(
        type(m).__module__.startswith("taeda.nn.") for m in module.modules()
    )


class ValueProxy(Proxy):
    """A stand-in that knows its value for the example inputs."""

    value: Any = _MISSING

    def _known(self, what: str) -> Any:
        if self.value is _MISSING:
            raise self.tracer.unknown(what)  # type: ignore[attr-defined]
        return self.value

    def _decided(self, value: Any, what: str) -> Any:
        self.tracer.decide(self, value, what)  # type: ignore[attr-defined]
        return value

    def __bool__(self) -> bool:
        value = self._known("a Python bool")
        return bool(self._decided(bool(value) if not isinstance(value, taeda.Tensor) else value.item(), "bool"))

    def __int__(self) -> int:
        return int(self._decided(_number(self._known("a Python int")), "int"))

    __index__ = __int__

    def __float__(self) -> float:
        return float(self._decided(_number(self._known("a Python float")), "float"))

    def __len__(self) -> int:
        count = len(self._known("a length"))
        if isinstance(self.value, taeda.Tensor):
            self.tracer.decide(self.size(0), count, "length")  # type: ignore[attr-defined]
        return count

    def __iter__(self) -> Iterator[Any]:
        if self.value is _MISSING:
            frame = inspect.currentframe()
            count = _unpacked_into(frame.f_back) if frame is not None and frame.f_back is not None else None
            return self.tracer.iter(self) if count is None else iter([self._item(k) for k in range(count)])
        return iter([self._item(k) for k in range(len(self))])

    def _item(self, k: int) -> Any:
        return self.tracer.create_proxy("call_function", operator.getitem, (self, k), {})

    def __contains__(self, item: Any) -> bool:
        return bool((self == item).any())

    def __setitem__(self, index: Any, value: Any) -> None:
        self.tracer.create_proxy("call_function", operator.setitem, (self, index, value), {})

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        """That of the value, so that `isinstance(x, torch.Tensor)` is answered as it would be."""
        return ValueProxy if self.value is _MISSING else type(self.value)

    @classmethod
    def __torch_function__(cls, orig_method: Any, types: Any, args: Any = None, kwargs: Any = None) -> Any:
        return Proxy.__torch_function__.__func__(ValueProxy, orig_method, types, args, kwargs)  # type: ignore[attr-defined]


def _number(value: Any) -> Any:
    return value.item() if isinstance(value, taeda.Tensor) else value


class ValueAttribute(ValueProxy):
    """An attribute of a stand-in: a method if it is called, else a value."""

    def __init__(self, root: ValueProxy, attr: str) -> None:
        self.root, self.attr, self.tracer = root, attr, root.tracer
        self._made: Any = None

    def _proxy(self) -> Any:
        if self._made is None:
            self._made = self.tracer.create_proxy("call_function", getattr, (self.root, self.attr), {})
        return self._made

    @property
    def node(self) -> Node:  # type: ignore[override]
        return self._proxy().node

    @property
    def value(self) -> Any:
        return self._proxy().value

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.tracer.create_proxy("call_method", self.attr, (self.root, *args), kwargs)


def _attribute(self: ValueProxy, name: str) -> Any:
    if name.startswith("__") and name.endswith("__"):
        raise AttributeError(f"a recorded value has no attribute {name!r}")
    value = object.__getattribute__(self, "value") if not isinstance(self, Attribute) else _MISSING
    if value is not _MISSING:
        found = getattr(value, name)  # raises for what is not there, as it would when the function runs
        if not callable(found):
            return self.tracer.create_proxy("call_function", getattr, (self, name), {})
    return ValueAttribute(self, name)


ValueProxy.__getattr__ = _attribute  # type: ignore[method-assign, assignment]


def _in_place(function: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: ValueProxy, other: Any) -> Any:
        if self.value is not _MISSING and not isinstance(self.value, taeda.Tensor | list):
            return NotImplemented
        return self.tracer.create_proxy("call_function", function, (self, other), {})

    return method


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor"):
    setattr(ValueProxy, f"__i{_name}__", _in_place(getattr(operator, f"i{_name}")))


class _Drawing(TorchFunctionMode):
    """Makes nodes of calls that draw numbers; all others run."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if not self.recorder.computing and getattr(func, "__name__", "") in _DRAWING:
            return self.recorder.create_proxy("call_function", func, args, kwargs or {})
        return func(*args, **(kwargs or {}))


class Recorder(Tracer):
    """The tracer: with `examples` stand-ins have values, without only what does not depend on them can be traced."""

    proxy_buffer_attributes = True

    def __init__(self, examples: dict[str, Any] | None, method: str = "forward") -> None:
        super().__init__()
        self.examples = examples
        self.computing = False
        self.traced_func_name = method
        self.warned = False

    def is_leaf_module(self, m: Any, module_qualified_name: str) -> bool:
        return is_plain_layer(m) and not isinstance(m, taeda.nn.Sequential)

    def iter(self, obj: Any) -> Any:
        raise self.unknown("the length")

    def unknown(self, what: str) -> Exception:
        """What to raise where a value is asked for that has none."""
        return NotImplementedError(
            f"recording a program without example inputs: it needs {what} of a value that its inputs decide; record it "
            "with torch.jit.trace(model, example_inputs), whose program checks that its inputs go the same way"
        )

    def decide(self, proxy: Any, value: Any, what: str) -> None:
        """Note that the recording goes on with this value."""
        if isinstance(object.__getattribute__(proxy, "value"), taeda.Tensor) and not self.warned:
            self.warned = True
            warnings.warn(
                f"Converting a tensor to a Python {what} makes the recording depend on its value: the recorded program "
                "raises where it has another", TracerWarning, stacklevel=4)
        super().create_proxy("call_function", check_same, (proxy, value), {})

    # -- values --------------------------------------------------------------------------------------------------------

    def proxy(self, node: Node) -> Proxy:
        return ValueProxy(node, self)

    def create_arg(self, a: Any) -> Any:
        # A stand-in says it is of the class of its value.
        if type(a) in (ValueProxy, ValueAttribute):
            return a.node
        return super().create_arg(a)

    def create_proxy(self, kind: str, target: Any, args: Any, kwargs: Any, *rest: Any, **options: Any) -> Any:
        if kind == "call_method" and target in ("numpy", "data_ptr", "untyped_storage", "backward", "register_hook"):
            raise NotImplementedError(f"a program that calls {target}() of a tensor cannot be recorded: what it does "
                                      "then is no op of Taeda")
        made: Any = super().create_proxy(kind, target, args, kwargs, *rest, **options)
        if self.examples is not None and kind != "output":
            made.value = self._compute(kind, target, args, kwargs)
        return made

    def _compute(self, kind: str, target: Any, args: Any, kwargs: Any) -> Any:
        def value(x: Any) -> Any:
            return x.value if type(x) in (ValueProxy, ValueAttribute) else x

        if kind == "placeholder":
            return self._example(target, args)
        args, kwargs = _map_values(tuple(args), value), _map_values(dict(kwargs), value)
        self.computing = True
        try:
            if kind == "get_attr":
                return operator.attrgetter(target)(self.root)
            if kind == "call_function":
                return target(*args, **kwargs)
            if kind == "call_method":
                return getattr(args[0], target)(*args[1:], **kwargs)
            return self.root.get_submodule(target)(*args, **kwargs)
        finally:
            self.computing = False

    def _example(self, target: str, default: tuple[Any, ...]) -> Any:
        assert self.examples is not None
        name = target.lstrip("*")
        if name in self.examples:
            return self.examples[name]
        if default:
            return default[0]
        if target.startswith("*"):
            return {} if target.startswith("**") else ()
        raise TypeError(f"there is no example for the input {name!r}")

    def call_module(self, m: Any, forward: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        return forward(*args, **kwargs) if self.computing else super().call_module(m, forward, args, kwargs)

    def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: dict[str, Any]) -> Any:
        return attr_val if self.computing else super().getattr(attr, attr_val, parameter_proxy_cache)


def _map_values(a: Any, value: Callable[[Any], Any]) -> Any:
    """`value` of every leaf; containers stay of their own kind."""
    if type(a) in (ValueProxy, ValueAttribute):
        return value(a)
    if isinstance(a, tuple):
        items = [_map_values(x, value) for x in a]
        return type(a)(*items) if hasattr(a, "_fields") else tuple(items)
    if isinstance(a, list):
        return [_map_values(x, value) for x in a]
    if isinstance(a, dict):
        return {k: _map_values(x, value) for k, x in a.items()}
    if isinstance(a, slice):
        return slice(*(_map_values(x, value) for x in (a.start, a.stop, a.step)))
    return value(a)


def copied(examples: Any) -> Any:
    """Examples that a run may write to."""
    return taeda.utils._pytree.tree_map(
        lambda x: x.detach().clone().requires_grad_(x.requires_grad) if isinstance(x, taeda.Tensor) else x, examples)


def named_examples(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Example inputs by the names of the parameters."""
    bound = inspect.signature(function).bind(*args, **kwargs)
    return dict(bound.arguments)


def record(
    root: Any, args: tuple[Any, ...] | None = None, kwargs: dict[str, Any] | None = None, method: str = "forward"
) -> tuple[Module, Graph]:
    """(module with what the graph reads, graph) of a module or function; with example inputs its values are known.

    The module is a copy: nothing of `root` is changed, and the state of the random generator stays.
    """
    if isinstance(root, Module):
        root = copy.deepcopy(root)
    examples = None
    if args is not None:
        called = getattr(root, method) if isinstance(root, Module) else root
        examples = named_examples(called, *copied((tuple(args), kwargs or {})))
    tracer = Recorder(examples, method)
    with taeda.random.fork_rng(), _Drawing(tracer):
        graph = tracer.trace(root)
    return tracer.root, graph
