"""From the registry of ops to what users call: one core Op per public name, methods, in-place forms, operators."""

from __future__ import annotations

import collections
from collections.abc import Iterable
from typing import Any

from taeda import _core
from taeda.ops.op import REFLECTED, Function, Op, registry

# The parameter that may be spread over several positional arguments, x.view(2, 3), x.permute(0, 2, 1).
_SPREAD = ("Sizes", "Dims", "IntTuple")


def _overload(op: Op, display: str) -> dict[str, Any]:
    """What the core's parser and dispatch need to know of one definition."""
    schema = op.schema()
    words = "".join(word[:1].upper() + word[1:] for word in (op.public or op.name).split("_"))
    return {
        "name": op.name,
        "display": display,
        "backward_name": f"{words}Backward0",
        "parameters": [(p.name, p.kind, p.default if p.has_default else ..., p.keyword_only, p.optional) for p in op.parameters],
        "returns": op.results,
        "returns_list": op.results not in (0, 1),
        "view": schema["view"],
        "differentiable": any(schema["differentiable"]),
        "output_differentiable": schema["differentiable"],
        "mutates": schema["mutates"],
        "definition": op,
        "varargs": next((p.name for p in op.parameters if p.kind in _SPREAD and not p.keyword_only), None),
        "result_type": _result_type(op),
    }


def _result_type(op: Op) -> Any:
    """A named tuple for ops that return one, as x.max(1).values."""
    fields = getattr(op.body, "fields", None)
    if fields is None:
        return None
    made = collections.namedtuple(op.public, fields)  # type: ignore[misc]
    made.__module__ = "torch.return_types"

    class Named(made):  # type: ignore[valid-type, misc]
        """A named tuple made from one tuple, as the core gives it."""

        __slots__ = ()

        def __new__(cls, values: Iterable[Any]) -> Any:
            return super().__new__(cls, *values)

        def __reduce__(self) -> Any:
            return tuple, (tuple(self),)

    Named.__name__ = Named.__qualname__ = op.public
    Named.__module__ = "torch.return_types"
    return Named


def core_op(name: str, definitions: Iterable[Op], inplace: bool = False) -> Any:
    """The callable for one public name."""
    definitions = list(definitions)
    doc = "\n\n".join(d.__doc__ or "" for d in definitions)
    return _core.Op(name, [_overload(d, name) for d in definitions], inplace, doc)


def bind() -> dict[str, dict[str, Any]]:
    """Make all core ops, give the Tensor type its methods and operators. Returns the functions of each module."""
    modules: dict[str, dict[str, Any]] = collections.defaultdict(dict)
    functions: dict[str, Any] = {}
    for name, function in registry.functions.items():
        if not function.definitions:
            continue  # methods only
        op = functions[name] = core_op(name, function.definitions)
        for d in function.definitions:
            if d.function is None or d.public == name:
                d.function = op
            for module in d.modules:
                modules[module][name] = op
    for d in registry.ops.values():
        if not d.public:
            d.function = core_op(d.name, [d])
            if d.inplace:
                d.inplace_function = core_op(d.name + "_", [d], inplace=True)
    tensor = _core.Tensor
    for name, method in registry.methods.items():
        same = name in functions and registry.functions[name].definitions == method.definitions
        op = functions[name] if same else core_op(name, method.definitions)
        setattr(tensor, name, op)
        for d in method.definitions:
            if d.function is None:
                d.function = op
        writable = [d for d in method.definitions if d.inplace]
        if writable:
            op = core_op(name + "_", writable, inplace=True)
            setattr(tensor, name + "_", op)
            functions[name + "_"] = op
            if "torch" in writable[0].modules:
                modules["torch"][name + "_"] = op
            for module in writable[0].modules:
                modules[module][name + "_"] = op
    for d in registry.ops.values():
        for operator in d.operators:
            _bind_operator(operator, d, functions)
    return modules


def _bind_operator(operator: str, d: Op, functions: dict[str, Any]) -> None:
    if operator in REFLECTED or operator == "__pos__":
        return  # without a reflected form the slots call the plain op with the operands in the order they were written
    name = operator.strip("_")
    if name.startswith("i") and name != "invert":
        _core.set_operator(name[1:] + "_", functions[d.public + "_"])
    else:
        _core.set_operator(name, functions[d.public] if d.public else d.function)


def builtin(role: str, op: Op | Function | Any) -> None:
    """Register an op that the core itself calls under `role`."""
    if isinstance(op, Op):
        op = op.function
    _core.register_builtin(role, op)
