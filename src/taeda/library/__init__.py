"""Ops of users with PyTorch's interface: `custom_op`, `register_fake`, `register_autograd`, `Library`, `opcheck`.

Such an op is a Python function: it may call anything, and is opaque to the compiler. An op that should be compiled,
differentiated and fused as Taeda's own are is defined with the decorators of `taeda.ops` (docs/add_an_op.md).

schema.py reads and writes schemas, definition.py is the op, checking.py is `opcheck`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from taeda.library.checking import OpCheckError, opcheck
from taeda.library.definition import CustomOpDef, awaited_fakes, definitions, find, get_ctx
from taeda.library.schema import Schema, infer_schema, parse_schema


def custom_op(
    name: str,
    fn: Callable[..., Any] | None = None,
    /,
    *,
    mutates_args: str | Iterable[str],
    device_types: str | Sequence[str] | None = None,
    schema: str | None = None,
    tags: Any = None,
) -> Any:
    """Make a function an op called `name`, as "mylib::clip": a decorator, or with the function as second argument.

    `mutates_args` names the tensors that the function writes to, or is "unknown". The schema is inferred from the
    annotations unless it is given, as "(Tensor x, float low) -> Tensor". `device_types`: the devices that the function
    is for; None: all.

    >>> import taeda
    >>> @custom_op("documentation::scaled", mutates_args=())
    ... def scaled(x: taeda.Tensor, factor: float) -> taeda.Tensor:
    ...     return taeda.from_numpy(x.numpy() * factor)
    >>> scaled(taeda.ones(2), 3.0)
    tensor([3., 3.])
    >>> taeda.ops.documentation.scaled is scaled
    True
    """

    def define_op(function: Callable[..., Any]) -> CustomOpDef:
        namespace, op_name = _split(name)
        found = parse_schema(op_name + schema) if schema is not None else infer_schema_of(function, mutates_args)
        made = CustomOpDef(namespace, op_name, found, function, device_types)
        definitions[f"{namespace}::{op_name}"] = made
        return made

    return define_op if fn is None else define_op(fn)


def infer_schema_of(function: Callable[..., Any], mutates_args: str | Iterable[str]) -> Schema:
    return parse_schema("op" + infer_schema(function, mutates_args=mutates_args))


def _split(name: str) -> tuple[str, str]:
    namespace, colons, op_name = name.partition("::")
    if not colons or not namespace.isidentifier() or not op_name:
        raise ValueError(
            f'Expected `{name}` to be of the form `namespace::name`, as "mylib::clip"; the namespace is the name of '
            "your library"
        )
    if "." in op_name:
        raise ValueError(f"The op's name should not contain a dot, but got {name}")
    return namespace, op_name


def _decorated(function: Callable[..., Any] | None, register: Callable[[Callable[..., Any]], Any]) -> Any:
    return register if function is None else register(function)


def register_kernel(
    op: str | CustomOpDef, device_types: str | Sequence[str] | None, func: Callable[..., Any] | None = None, /, *,
    lib: Any = None,
) -> Any:
    """The function that an op runs on the given devices, as "cpu"; None: on all that have none of their own."""
    return _decorated(func, lambda f: find(op).register_kernel(device_types, f))


def register_fake(
    op: str | CustomOpDef, func: Callable[..., Any] | None = None, /, *, lib: Any = None, _stacklevel: int = 1,
    allow_override: bool = True,
) -> Any:
    """The function that gives results of the right size and dtype on the device "meta", without reading values.

    The op may be defined later: packages that have compiled ops register these functions whether they are there or not.
    """
    if isinstance(op, str) and op not in definitions:
        _split(op)
        return _decorated(func, lambda f: awaited_fakes.setdefault(op, f))
    return _decorated(func, lambda f: find(op).register_fake(f))


impl_abstract = register_fake


def register_autograd(
    op: str | CustomOpDef, backward: Callable[..., Any], /, *, setup_context: Callable[..., Any] | None = None,
    lib: Any = None,
) -> None:
    """The gradient: `backward(ctx, *grads)` gives one gradient or None for each argument of the op;
    `setup_context(ctx, inputs, output)` keeps what it needs, with `ctx.save_for_backward` for tensors."""
    find(op).register_autograd(backward, setup_context=setup_context)


def define(qualname: str, schema: Any, *, lib: Any = None, tags: Any = ()) -> None:
    """Declare an op, as define("mylib::clip", "(Tensor x, float low) -> Tensor"); `impl` says what it does."""
    namespace, name = _split(qualname)
    if qualname in definitions:
        raise RuntimeError(f"Tried to define the op {qualname}, which is defined already")
    definitions[qualname] = CustomOpDef(namespace, name, parse_schema(name + schema), None, ())


def impl(
    qualname: str, types: str | Sequence[str], func: Callable[..., Any] | None = None, *, lib: Any = None
) -> Any:
    """What a declared op does on devices ("cpu", "cuda", "default" for all)."""
    return _decorated(func, lambda f: find(qualname).implement(types, f))


class Library:
    """Ops of one namespace: `Library("mylib", "DEF")` declares them, "IMPL" says what they do, "FRAGMENT" both.

    >>> lib = Library("documentation_of_libraries", "DEF")
    >>> lib.define("twice(Tensor x) -> Tensor")
    'twice'
    >>> lib.impl("twice", lambda x: x + x, "CompositeImplicitAutograd")
    >>> import taeda
    >>> taeda.ops.documentation_of_libraries.twice(taeda.ones(2))
    tensor([2., 2.])
    """

    def __init__(self, ns: str, kind: str, dispatch_key: str = "") -> None:
        if kind not in ("IMPL", "DEF", "FRAGMENT"):
            raise ValueError("Unsupported kind: ", kind)
        if kind == "DEF" and any(name.startswith(f"{ns}::") for name in definitions):
            raise RuntimeError(f"Only a single Library can be used to define the namespace {ns}; use the kind FRAGMENT")
        self.ns, self.kind, self.dispatch_key = ns, kind, dispatch_key
        self._defined: set[str] = set()

    def define(self, schema: str, alias_analysis: str = "", *, tags: Any = ()) -> str:
        """Declare an op, as "clip(Tensor x, float low) -> Tensor"; returns its name."""
        found = parse_schema(schema)
        define(f"{self.ns}::{found.name}", schema.strip()[len(found.name):])
        self._defined.add(found.name)
        return found.name

    def impl(
        self, op_name: str | CustomOpDef, fn: Callable[..., Any], dispatch_key: str = "", *,
        with_keyset: bool = False, allow_override: bool = False,
    ) -> None:
        """What an op does for a dispatch key: a device, Meta, or one of the composite keys."""
        if with_keyset:
            raise NotImplementedError("Library.impl: there are no sets of dispatch keys to give to the function")
        name = op_name if isinstance(op_name, str) else op_name._qualname
        key = dispatch_key or self.dispatch_key or "CompositeImplicitAutograd"
        find(name if "::" in name else f"{self.ns}::{name}").implement(key, fn)

    def _destroy(self) -> None:
        for name in self._defined:
            definitions.pop(f"{self.ns}::{name}", None)
        self._defined.clear()


__all__ = [
    "CustomOpDef", "Library", "OpCheckError", "custom_op", "define", "get_ctx", "impl", "impl_abstract", "infer_schema",
    "opcheck", "register_autograd", "register_fake", "register_kernel",
]  # fmt: skip
