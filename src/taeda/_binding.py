"""From the schemas of ops to what users call: one core Op per public name, methods, in-place forms, operators.

Works on plain data (_schemas.py): the definitions themselves are imported when the first op is compiled.
"""

from __future__ import annotations

import collections
import types
from collections.abc import Iterable
from typing import Any

from taeda import _core
from taeda.ops import homes

Schema = dict[str, Any]

# NumPy's names of parameters, which PyTorch takes for its own.
_KEYWORD_ALIASES = {"dim": ("axis",), "keepdim": ("keepdims",), "input": ("x", "a", "x1"), "other": ("x2",)}
# The parameter that may be spread over several positional arguments, x.view(2, 3), x.permute(0, 2, 1).
_SPREAD = ("Sizes", "Dims", "IntTuple")
internal = (
    types.SimpleNamespace()
)  # ops without a public name, and their in-place forms (name_), as functions on tensors
modules: dict[str, dict[str, Any]] = collections.defaultdict(dict)  # functions by module: "torch", "nn.functional", ...
_functions: dict[str, Any] = {}  # what each op's definition calls on tensors, by the op's unique name
_defined: set[str] = set()       # the unique names that the core knows
_methods_of_libraries: set[str] = set()
_in_place: dict[str, Any] = {}   # the same of forms name_, where somebody asked


class _Body:
    """The body of a function, imported when the core first calls it."""

    __slots__ = ("module", "name")

    def __init__(self, module: str, name: str):
        self.module, self.name = module, name

    def __call__(self) -> Any:
        from taeda.functions.function import body_of

        return body_of(self.module, self.name)


def function_of(name: str, in_place: bool = False) -> Any:
    """The callable for tensors of the op with this unique name, or its in-place form.

    That of an op defined outside of Taeda is made when it is first asked for.
    """
    made = _in_place if in_place else _functions
    if name not in made:
        from taeda.ops.registry import registry

        schema = registry.ops[name].schema()
        if in_place and not schema["inplace"]:
            raise TypeError(f"{schema['public'] or name} has no in-place form; define it with inplace=True")
        made[name] = _core_op((schema["public"] or name) + ("_" if in_place else ""), [schema], in_place)
    return made[name]


def definition_of(name: str) -> Any:
    """The definition of the op with this unique name; None if there is none."""
    from taeda.ops.registry import registry

    return registry.ops.get(name)


def bind_method(op: Any) -> None:
    """Make an op defined outside of Taeda a method of tensors, with its in-place form if it has one."""
    forms = {op.public: False} | ({op.public + "_": True} if op.inplace else {})
    for name in forms:
        if hasattr(_core.Tensor, name) and name not in _methods_of_libraries:
            raise ValueError(f"{op.name} cannot be the method {name!r}: tensors have one already")
    for name, in_place in forms.items():
        setattr(_core.Tensor, name, function_of(op.name, in_place))
        _methods_of_libraries.add(name)


def _default(kind: str, default: Any) -> Any:
    if default == "...":
        return ...
    return tuple(default) if isinstance(default, list) else default


def _overload(schema: Schema) -> dict[str, Any]:
    """What the core's parser and dispatch need to know of one definition."""
    parameters = [
        (name, kind, _default(kind, default), keyword_only, optional)
        for name, kind, default, keyword_only, optional in schema["parameters"]
    ]
    return {
        "name": schema["name"],
        "display": schema["public"] or schema["name"],
        "parameters": parameters,
        "keyword_aliases": {
            alias: k for k, (name, *_) in enumerate(parameters) for alias in _KEYWORD_ALIASES.get(name, ())
        },
        "returns": schema["returns"],
        "returns_list": schema["returns"] not in (0, 1),
        "differentiable": any(schema["differentiable"]),
        "output_differentiable": schema["differentiable"],
        "gradient_inputs": ~sum(1 << k for k in schema.get("shape_only", ())),
        "mutates": schema["mutates"],
        "mixed_devices": schema["mixed_devices"],
        "autocast": schema["autocast"],
        "view": schema["view"],
        "varargs": schema["spread"] if schema["spread"] is not None else next(
            (name for name, kind, _, keyword_only, _ in parameters if kind in _SPREAD and not keyword_only), None
        ),
        "result_type": _result_type(schema),
        **({"load": _Body(*schema["body"]), "out": schema["out"], "overridable": schema["overridable"]}
           if schema["kind"] == "function" else {}),
    }


# The types of results that are named tuples, by their names in `torch.return_types`.
result_types: dict[str, Any] = {}


def _result_type(schema: Schema) -> Any:
    """A named tuple for ops that return one, as x.max(1).values."""
    if not schema["fields"]:
        return None
    prefix = "linalg_" if tuple(schema["modules"][:1]) == ("linalg",) else ""
    return result_type(prefix + schema["public"], schema["fields"])


def result_type(name: str, fields: tuple[str, ...]) -> Any:
    """The named tuple that is `torch.return_types.NAME`."""
    made = collections.namedtuple(name, fields)  # type: ignore[misc]

    class Named(made):
        """A named tuple made from one tuple, as the core gives it, or from the values."""

        __slots__ = ()

        def __new__(cls, values: Iterable[Any], *more: Any) -> Any:
            return super().__new__(cls, *((values, *more) if more else values))

        def __reduce__(self) -> Any:
            return tuple, (tuple(self),)

        def __repr__(self) -> str:
            values = [f"{field}={self[place]!r}" for place, field in enumerate(fields)]
            return f"torch.return_types.{name}(\n" + ",\n".join(values) + ")"

    Named.__name__ = Named.__qualname__ = name
    Named.__module__ = "torch.return_types"
    result_types[name] = Named
    return Named


def _core_op(name: str, schemas: list[Schema], inplace: bool = False) -> Any:
    """The callable for one public name."""
    for s in schemas:
        if s["name"] not in _defined:
            _core.define_overload(_overload(s))
            _defined.add(s["name"])
    return _core.Op(name, [s["name"] for s in schemas], inplace, "\n\n".join(s["doc"] for s in schemas))


def bind(schemas: list[Schema]) -> None:
    """Make all core ops, give the Tensor type its methods and operators, fill `modules` and `internal`."""
    homes.fill(schemas)
    public: dict[str, dict[str, list[Schema]]] = {}  # module -> name -> definitions
    methods: dict[str, list[Schema]] = {}
    for s in schemas:
        for name in (s["public"], *s["aliases"]) if s["public"] else ():
            for module in s["modules"]:
                public.setdefault(module, {}).setdefault(name, []).append(s)
            if s["method"]:
                methods.setdefault(name, []).append(s)
    made: dict[tuple[str, ...], Any] = {}

    def op_of(name: str, definitions: list[Schema], inplace: bool = False) -> Any:
        """One op for the same definitions, wherever they are public."""
        key = (name, *(s["name"] for s in definitions))
        if key not in made:
            made[key] = _core_op(name, definitions, inplace)
        return made[key]

    for module, names in public.items():
        for name, definitions in names.items():
            op = modules[module][name] = op_of(name, definitions)
            for s in definitions:
                if s["public"] == name:
                    _functions.setdefault(s["name"], op)
    for s in schemas:
        if not s["public"]:
            _functions[s["name"]] = _core_op(s["name"], [s])
            setattr(internal, s["name"], _functions[s["name"]])
            if s["inplace"]:
                setattr(internal, s["name"] + "_", _core_op(s["name"] + "_", [s], inplace=True))
    for name, definitions in methods.items():
        op = op_of(name, definitions)
        setattr(_core.Tensor, name, op)
        for s in definitions:
            _functions.setdefault(s["name"], op)
        writable = [s for s in definitions if s["inplace"]]
        if writable:
            op = op_of(name + "_", writable, inplace=True)
            setattr(_core.Tensor, name + "_", op)
            for module in () if writable[0]["view"] else writable[0]["modules"]:
                modules[module][name + "_"] = op
    for module, names in public.items():  # nn.functional.elu_ has no method
        for name, definitions in names.items():
            writable = [s for s in definitions if s["inplace"] and not s["method"]]
            if writable:
                modules[module].setdefault(name + "_", op_of(name + "_", writable, inplace=True))
    for s in schemas:
        # Reflected operators are the plain ones with the operands as they were written: the core asks for no more.
        for operator in s["operators"]:
            if operator not in homes.REFLECTED and operator != "__pos__":
                _bind_operator(operator, s)
        if s.get("role"):  # functions have none
            _bind_role(s)


def _bind_role(schema: Schema) -> None:
    """Tell the core the op, or its in-place form, or both, that it calls by the role."""
    role, name = schema["role"], schema["public"] or schema["name"]
    known = _core.set_core_op(role, _core_op(name, [schema]))
    if schema["inplace"]:
        known |= _core.set_core_op(role + "_", _core_op(name + "_", [schema], inplace=True))
    if not known:
        raise ValueError(f"the core calls nothing by the role {role!r}")


def _bind_operator(operator: str, schema: Schema) -> None:
    name = operator.strip("_")
    if name.startswith("i") and name != "invert":
        _core.set_operator(name[1:] + "_", getattr(_core.Tensor, schema["public"] + "_"))
    else:
        _core.set_operator(name, _functions[schema["name"]])
