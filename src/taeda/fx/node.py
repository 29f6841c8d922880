"""`Node`: one call of a graph, and what walks through its arguments."""

from __future__ import annotations

import builtins
import inspect
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import taeda
from taeda.fx.immutable_collections import immutable_dict, immutable_list

if TYPE_CHECKING:
    from taeda.fx.graph import Graph

__all__ = ["Node", "has_side_effect", "map_aggregate", "map_arg"]

OPERATIONS = ("placeholder", "call_method", "call_module", "call_function", "get_attr", "output", "root")
_HOMES = ("", "nn.functional", "linalg", "special", "fft", "nn.init", "functional")
_side_effects: set[Any] = set()


class ArgsKwargsPair(NamedTuple):
    """The arguments of a call."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]


def has_side_effect(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Keep calls of `fn` although nobody uses their results. Also a decorator."""
    _side_effects.add(fn)
    return fn


def public_name(function: Any) -> str | None:
    """The name under which PyTorch's users know a function of Taeda, "torch.sin"; None for what is not one."""
    name = getattr(function, "__name__", None)
    if name is None or not (getattr(function, "__module__", None) or "").startswith(("taeda", "torch")):
        return None
    for home in _HOMES:
        place: Any = taeda
        for part in home.split(".") if home else ():
            place = getattr(place, part, None)
        if getattr(place, name, None) is function:
            return f"torch.{home}.{name}" if home else f"torch.{name}"
    return None


def is_tensor_method(function: Any) -> bool:
    """Whether this is only known as a method of tensors."""
    name = getattr(function, "__name__", "")
    if isinstance(function, types.MethodDescriptorType | types.WrapperDescriptorType):
        return True
    return public_name(function) is None and getattr(taeda.Tensor, name, None) is function


def qualified_name(function: Any) -> str:
    """The name of a function with that of its module, as generated code writes it."""
    public = public_name(function)
    if public is not None:
        return public
    name: str = function.__name__
    if getattr(builtins, name, None) is function:
        return name
    module = getattr(function, "__module__", None) or _module_of_descriptor(function)
    module = {"_operator": "operator", "taeda": "torch"}.get(module, module)
    if module.startswith("taeda."):
        module = "torch" + module[len("taeda"):]
    return f"{module}.{name}"


def _module_of_descriptor(function: Any) -> str:
    owner = getattr(function, "__objclass__", None)
    return f"torch.{owner.__name__}" if owner is not None else "builtins"


def map_aggregate(a: Any, fn: Callable[[Any], Any]) -> Any:
    """`fn` of every leaf of nested tuples, lists, dicts and slices."""
    if isinstance(a, tuple):
        items = [map_aggregate(item, fn) for item in a]
        return type(a)(*items) if hasattr(a, "_fields") else tuple(items)
    if isinstance(a, list):
        return immutable_list([map_aggregate(item, fn) for item in a])
    if isinstance(a, dict):
        return immutable_dict([(key, map_aggregate(value, fn)) for key, value in a.items()])
    if isinstance(a, slice):
        return slice(map_aggregate(a.start, fn), map_aggregate(a.stop, fn), map_aggregate(a.step, fn))
    return fn(a)


def map_arg(a: Any, fn: Callable[[Node], Any]) -> Any:
    """`fn` of every node in nested tuples, lists, dicts and slices; what is no node stays."""
    if not callable(fn):
        raise AssertionError("torch.fx.map_arg(a, fn): fn must be a callable")
    return map_aggregate(a, lambda leaf: fn(leaf) if isinstance(leaf, Node) else leaf)


def format_argument(argument: Any) -> str:
    """An argument as the text of a graph shows it."""
    if hasattr(argument, "_custom_fx_repr_fn"):
        return str(argument._custom_fx_repr_fn())
    if isinstance(argument, list):
        return "[" + ", ".join(format_argument(a) for a in argument) + "]"
    if isinstance(argument, tuple):
        items = ", ".join(format_argument(a) for a in argument)
        return f"({items},)" if len(argument) == 1 else f"({items})"
    if isinstance(argument, dict):
        return "{" + ", ".join(f"{k}: {format_argument(v)}" for k, v in argument.items()) + "}"
    return f"%{argument.name}" if isinstance(argument, Node) else str(argument)


def _type_name(kind: Any) -> str:
    from taeda.fx.code_generation import type_repr

    return type_repr(kind)


class Node:
    """One step of a graph.

    `op` says which kind: "placeholder" (an input), "get_attr" (a parameter or buffer), "call_function",
    "call_method", "call_module" or "output". `args` and `kwargs` hold other nodes wherever they use their results;
    `users` are the nodes that use this one. `meta` is for whoever works on the graph.
    """

    def __init__(
        self, graph: Graph, name: str, op: str, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any],
        return_type: Any = None,
    ) -> None:
        if op not in OPERATIONS:
            raise AssertionError(f"Unsupported op: {op}")
        if op == "call_function" and not callable(target):
            raise ValueError(
                f"Node [graph = {graph}, name = '{name}'] target {target} has type {type(target)} but a Callable is "
                "expected"
            )
        if op != "call_function" and not isinstance(target, str):
            raise ValueError(
                f"Node [graph = {graph}, name = '{name}'] target {target} has type {type(target)} but a str is expected"
            )
        self.graph = graph
        self.name = name
        self.op = op
        self.target = target
        self.users: dict[Node, None] = {}
        self.type = return_type
        self.meta: dict[str, Any] = {}
        self._prev: Node = self
        self._next: Node = self
        self._erased = False
        self._repr_fn: Callable[[Node], str] | None = None
        self._input_nodes: dict[Node, None] = {}
        self._args: Any = ()
        self._kwargs: Any = {}
        self._set_arguments(args, kwargs)

    # -- place in the graph --------------------------------------------------------------------------------------------

    @property
    def next(self) -> Node:
        """The node after this one; the graph's root after the last."""
        return self._next

    @property
    def prev(self) -> Node:
        """The node before this one."""
        return self._prev

    def prepend(self, x: Node) -> None:
        """Put `x`, which is in the graph already, before this node."""
        if self.graph is not x.graph:
            raise AssertionError("Attempting to move a Node into a different Graph")
        if self is x:
            return
        x._remove_from_list()
        before = self._prev
        before._next, x._prev = x, before
        x._next, self._prev = self, x

    def append(self, x: Node) -> None:
        """Put `x` after this node."""
        self._next.prepend(x)

    def _remove_from_list(self) -> None:
        self._prev._next, self._next._prev = self._next, self._prev

    def __lt__(self, other: Node) -> bool:
        """Whether this node stands before the other."""
        order = {node: k for k, node in enumerate(self.graph.nodes)}
        return order[self] < order[other]

    # -- arguments -----------------------------------------------------------------------------------------------------

    @property
    def args(self) -> tuple[Any, ...]:
        """Positional arguments; assign a new tuple to change them."""
        args: tuple[Any, ...] = self._args
        return args

    @args.setter
    def args(self, a: tuple[Any, ...]) -> None:
        self._set_arguments(a, self._kwargs)

    @property
    def kwargs(self) -> dict[str, Any]:
        """Arguments given by name; assign a new dict to change them."""
        kwargs: dict[str, Any] = self._kwargs
        return kwargs

    @kwargs.setter
    def kwargs(self, k: dict[str, Any]) -> None:
        self._set_arguments(self._args, k)

    @property
    def all_input_nodes(self) -> list[Node]:
        """The nodes among the arguments, each once."""
        return list(self._input_nodes)

    def _set_arguments(self, args: Any, kwargs: Any) -> None:
        for old in self._input_nodes:
            old.users.pop(self, None)
        self._input_nodes = {}

        def note(node: Node) -> Node:
            self._input_nodes.setdefault(node)
            node.users.setdefault(self)
            return node

        self._args = map_arg(tuple(args), note)
        self._kwargs = map_arg(dict(kwargs), note)

    def update_arg(self, idx: int, arg: Any) -> None:
        """Change one positional argument."""
        args = list(self.args)
        args[idx] = arg
        self.args = tuple(args)

    def insert_arg(self, idx: int, arg: Any) -> None:
        """Put one more positional argument before argument `idx`."""
        if not 0 <= idx <= len(self.args):
            raise AssertionError("insert_args index must be between 0 and len(self.args)")
        self.args = (*self.args[:idx], arg, *self.args[idx:])

    def update_kwarg(self, key: str, arg: Any) -> None:
        """Change one argument given by name."""
        self.kwargs = {**self.kwargs, key: arg}

    def replace_input_with(self, old_input: Node, new_input: Node) -> None:
        """Use `new_input` wherever the arguments name `old_input`."""
        new = lambda node: new_input if node is old_input else node  # noqa: E731
        self._set_arguments(map_arg(self.args, new), map_arg(self.kwargs, new))

    def replace_all_uses_with(
        self, replace_with: Node, delete_user_cb: Callable[[Node], bool] | None = None, *, propagate_meta: bool = False
    ) -> list[Node]:
        """Let the users of this node use another, where `delete_user_cb` says so; gives the nodes changed."""
        if propagate_meta:
            if replace_with.meta:
                raise AssertionError(
                    "Called node.replace_all_uses_with(replace_with, propagate_meta=True), but replace_with already "
                    "has .meta keys"
                )
            replace_with.meta.update(self.meta)
        changed = [user for user in self.users if delete_user_cb is None or delete_user_cb(user)]
        for user in changed:
            user.replace_input_with(self, replace_with)
        return changed

    # -- what it is ----------------------------------------------------------------------------------------------------

    @property
    def stack_trace(self) -> str | None:
        """Where in the traced program the call was, if the tracer records it."""
        return self.meta.get("stack_trace")

    @stack_trace.setter
    def stack_trace(self, trace: str | None) -> None:
        self.meta["stack_trace"] = trace

    def is_impure(self, impure_random: bool = True) -> bool:
        """Whether dropping the call would change the program although nobody uses its result."""
        if self.op in ("placeholder", "output"):
            return True
        if self.op == "call_function":
            return self.target in _side_effects or getattr(self.target, "__name__", "") in (
                "_assert", "_assert_is_none", "manual_seed", "set_grad_enabled"
            )
        if self.op == "call_method":
            return self.target.endswith("_") and not self.target.endswith("__")
        if self.op == "call_module":
            owner = self.graph.owning_module
            module = owner.get_submodule(self.target) if owner is not None else None
            return bool(getattr(module, "_is_impure", False))
        return False

    def normalized_arguments(
        self, root: Any, arg_types: Any = None, kwarg_types: Any = None, normalize_to_only_use_kwargs: bool = False
    ) -> Any:
        """(args, kwargs) with every argument by the name that the signature gives it; None where that is not known."""
        target = root.get_submodule(self.target).forward if self.op == "call_module" else self.target
        if self.op not in ("call_function", "call_module"):
            return None
        try:
            bound = inspect.signature(target).bind(*self.args, **self.kwargs)
        except (TypeError, ValueError):
            return None
        bound.apply_defaults()
        if normalize_to_only_use_kwargs:
            return ArgsKwargsPair((), dict(bound.arguments))
        given = list(bound.arguments.items())
        return ArgsKwargsPair(tuple(v for _, v in given[: len(self.args)]), dict(given[len(self.args):]))

    def _pretty_print_target(self, target: Any) -> str:
        if isinstance(target, str):
            return target
        if hasattr(target, "__module__") and hasattr(target, "__name__"):
            return "builtins." + target.__name__ if target.__module__ == "builtins" else qualified_name(target)
        return str(target)

    def __repr__(self) -> str:
        return self._repr_fn(self) if self._repr_fn else self.name

    def __deepcopy__(self, memo: Any) -> Node:
        raise RuntimeError("a node belongs to its graph; copy the graph, or use Graph.node_copy")

    def format_node(
        self, placeholder_names: list[str] | None = None, maybe_return_typename: list[str] | None = None, *,
        include_tensor_metadata: bool = False,
    ) -> str | None:
        """The line of this node in the text of its graph."""
        kind = f"{_type_name(self.type)} " if self.type else ""
        head = f"%{self.name} : {kind}[num_users={len(self.users)}] = {self.op}"
        if self.op == "placeholder":
            if placeholder_names is not None:
                placeholder_names.append(f"{self.target} : {kind.strip()}" if kind else self.target)
                if not self.users:
                    return None
            default = f"(default={self.args[0]})" if self.args else ""
            return f"{head}[target={self.target}]{default}"
        if self.op == "get_attr":
            return f"{head}[target={self._pretty_print_target(self.target)}]"
        if self.op == "output":
            if self.type and maybe_return_typename:
                maybe_return_typename[0] = f" -> {_type_name(self.type)}"
            return f"return {self.args[0]}"
        return (
            f"{head}[target={self._pretty_print_target(self.target)}](args = {format_argument(self.args)}, "
            f"kwargs = {format_argument(self.kwargs)})"
        )
