"""A user's op: its kernels by device, what it gives on "meta", its gradient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn, cast

import taeda
from taeda.library.schema import Schema, fits
from taeda.testing.samples import tensors_of

definitions: dict[str, CustomOpDef] = {}  # by qualified name, "mylib::clip"

awaited_fakes: dict[str, Callable[..., Any]] = {}  # what register_fake was given for ops that are not defined yet

_DEVICES = ("cpu", "cuda", "mps", "xpu")
_COMPOSITE = ("CompositeImplicitAutograd", "CompositeExplicitAutograd", "default")


def find(op: str | CustomOpDef) -> CustomOpDef:
    if isinstance(op, CustomOpDef):
        return op
    name = op if isinstance(op, str) else str(op)
    if name not in definitions:
        raise RuntimeError(f"operator {name} does not exist: define it with taeda.library.custom_op or define")
    return definitions[name]


class FakeContext:
    """What `get_ctx()` gives inside of a function registered with `register_fake`."""

    def new_dynamic_size(self, *, min: int = 0, max: int | None = None) -> NoReturn:
        raise NotImplementedError("the size of this op's result depends on the values of its inputs, which tensors on "
                                  "the device 'meta' do not have")

    create_unbacked_symint = new_dynamic_size


_contexts: list[FakeContext] = []


def get_ctx() -> FakeContext:
    """The context of the running fake function."""
    if not _contexts:
        raise RuntimeError("get_ctx() can only be called inside of a function registered with register_fake")
    return _contexts[-1]


class CustomOpDef:
    """An op made by `custom_op`: call it like the function it was made of."""

    def __init__(
        self, namespace: str, name: str, schema: Schema, function: Callable[..., Any] | None,
        device_types: str | Sequence[str] | None,
    ):
        self._namespace, self._name = namespace, name
        self._qualname = f"{namespace}::{name}"
        self._schema = schema
        self._init_fn = function
        self._kernels: dict[str | None, Callable[..., Any]] = {}
        self._fake: Callable[..., Any] | None = None
        self._composite: Callable[..., Any] | None = None
        self._backward: Callable[..., Any] | None = None
        self._setup_context: Callable[..., Any] | None = None
        self.__name__ = self.__qualname__ = name
        self.__module__ = getattr(function, "__module__", namespace)
        self.__doc__ = getattr(function, "__doc__", None)
        if function is not None:
            self.register_kernel(device_types, function)
        self._fake = awaited_fakes.pop(self._qualname, None)

    @property
    def default(self) -> CustomOpDef:
        """The only overload."""
        return self

    # -- what it does ----------------------------------------------------------------------------------------------

    def register_kernel(
        self, device_types: str | Sequence[str] | None, fn: Callable[..., Any] | None = None, /
    ) -> Any:
        """The function for the given devices; None: for all that have none of their own."""

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            names: Sequence[str | None] = [device_types] if isinstance(device_types, str) else device_types or [None]
            for device in names:
                if device is not None and device not in _DEVICES:
                    raise ValueError(f"Unsupported device_type {device!r}: expected one of {', '.join(_DEVICES)}")
                self._kernels[device] = function
            return function

        return register if fn is None else register(fn)

    def register_fake(self, fn: Callable[..., Any], /) -> Callable[..., Any]:
        """The function that gives results of the right size and dtype without reading values."""
        self._fake = fn
        return fn

    def register_autograd(
        self, backward: Callable[..., Any], /, *, setup_context: Callable[..., Any] | None = None
    ) -> None:
        """See `taeda.library.register_autograd`."""
        if self._schema.mutates:
            raise RuntimeError(
                f"Cannot register autograd formula for non-functional operator {self._qualname} with schema "
                f"{self._qualname}{self._schema.text}. Please create a functional operator and register an autograd "
                "formula for that."
            )
        self._backward, self._setup_context = backward, setup_context

    def implement(self, types: str | Sequence[str], function: Callable[..., Any]) -> None:
        """What `impl` says, for devices or dispatch keys."""
        for key in (types,) if isinstance(types, str) else types:
            device = key.lower()
            if key == "CompositeImplicitAutograd":
                self._composite = function  # its gradient is that of the ops it calls
            elif key in _COMPOSITE:
                self._kernels[None] = function
            elif key == "Meta":
                self._fake = function
            elif device in _DEVICES:
                self._kernels[device] = function
            else:
                raise RuntimeError(f"{key!r} is no dispatch key that an op of Taeda can have: use a device, Meta, "
                                   f"{' or '.join(_COMPOSITE[:2])}")

    # -- calls -----------------------------------------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        arguments = self._bind(args, kwargs)
        if self._composite is not None and not self._kernels:
            return self._composite(*args, **kwargs)
        tensors = tensors_of(arguments)
        if taeda.is_grad_enabled() and any(t.requires_grad for t in tensors) and not self._schema.mutates:
            return _with_gradient(self, arguments, tensors)
        with taeda.no_grad():
            return self._run(arguments, tensors)

    def _bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
        """One value for each argument of the schema."""
        schema = self._schema
        positional = [a for a in schema.arguments if not a.keyword_only]
        if len(args) > len(positional):
            self._refuse(f"Expected at most {len(positional)} argument(s) but received {len(args)} argument(s).")
        given = {a.name: v for a, v in zip(positional, args, strict=False)}
        for name, value in kwargs.items():
            if name in given:
                self._refuse(f"argument '{name}' was given twice.")
            if all(name != a.name for a in schema.arguments):
                self._refuse(f"Unknown keyword argument '{name}'.")
            given[name] = value
        values = []
        for position, argument in enumerate(schema.arguments):
            if argument.name not in given:
                if not argument.has_default:
                    self._refuse(f"is missing value for argument '{argument.name}'.")
                values.append(argument.default)
                continue
            value = given[argument.name]
            if not fits(argument.type, value):
                self._refuse(f"Expected a value of type '{argument.type}' for argument '{argument.name}' but instead "
                             f"found type '{type(value).__name__}'.\nPosition: {position}\nValue: {value!r}")
            values.append(value)
        return values

    def _refuse(self, why: str) -> NoReturn:
        raise RuntimeError(f"{self._qualname}() {why}\nDeclaration: {self._qualname}{self._schema.text}")

    def _split(self, values: Sequence[Any]) -> tuple[list[Any], dict[str, Any]]:
        positional = [v for v, a in zip(values, self._schema.arguments, strict=True) if not a.keyword_only]
        named = {a.name: v for v, a in zip(values, self._schema.arguments, strict=True) if a.keyword_only}
        return positional, named

    def _run(self, values: Sequence[Any], tensors: list[Any]) -> Any:
        """The kernel of the tensors' device, below autograd."""
        args, kwargs = self._split(values)
        device = tensors[0].device.type if tensors else "cpu"
        if device == "meta":
            if self._fake is None:
                raise RuntimeError(
                    f"There was no fake impl registered for {self!r}. It says the sizes of results where there are no "
                    f"values. Please use `{self._name}.register_fake` to add a fake impl."
                )
            _contexts.append(FakeContext())
            try:
                return self._fake(*args, **kwargs)
            finally:
                _contexts.pop()
        kernel = self._kernels.get(device) or self._kernels.get(None)
        if kernel is None:
            raise NotImplementedError(
                f"Could not run '{self._qualname}' with arguments from the '{device.upper()}' backend: it has no "
                f"kernel for that. Use register_kernel or impl to add one."
            )
        before = [t._version for t in self._mutated(values)]
        result = kernel(*args, **kwargs)
        for tensor, version in zip(self._mutated(values), before, strict=True):
            if tensor._version == version:  # written to behind our back, as by NumPy
                taeda.autograd.graph.increment_version(tensor)
        self._check_aliases(tensors, tensors_of(result))
        return result

    def _mutated(self, values: Sequence[Any]) -> list[Any]:
        return tensors_of([v for v, a in zip(values, self._schema.arguments, strict=True) if a.mutated])

    def _check_aliases(self, inputs: list[Any], outputs: list[Any]) -> None:
        seen = {t.untyped_storage()._cdata for t in inputs}
        for output in outputs:
            storage = output.untyped_storage()
            if storage._cdata in seen:
                raise RuntimeError(
                    f"{self._qualname}: The output of this custom operator (1) must not also be an input to this "
                    "custom operator and (2) may not alias any inputs to this custom operator or other returns. The "
                    "most common way to trigger this error is if we have y = custom_op(x) and y and x are the same "
                    "Tensor. Please instead return a clone of the offending output tensor(s) (e.g. return x.clone()) "
                    "or refactor the custom operator to not return y."
                )
            if storage.nbytes():
                seen.add(storage._cdata)

    def __repr__(self) -> str:
        return f"<CustomOpDef({self._qualname})>"

    def __reduce__(self) -> Any:
        return find, (self._qualname,)


def _with_gradient(op: CustomOpDef, values: list[Any], tensors: list[Any]) -> Any:
    """Run an op and record its gradient: autograd sees one function of all its tensors, those in lists too."""

    def forward(ctx: Any, *flat: Any) -> Any:
        result = op._run(values, tensors)
        if op._setup_context is not None:
            args, kwargs = op._split(values)
            named = {"keyword_only_inputs": kwargs} if kwargs else {}
            op._setup_context(ctx=ctx, inputs=tuple(args), output=result, **named)
        return tuple(result) if isinstance(result, list) else result

    def backward(ctx: Any, *grads: Any) -> Any:
        if op._backward is None:
            raise RuntimeError(
                f"Trying to backward through {op._qualname.replace('::', '.')}.default but no autograd formula was "
                "registered. Please use register_autograd to add one."
            )
        found = op._backward(ctx, *grads)
        return _flat(op, values, found if isinstance(found, tuple) else (found,))

    name = f"GeneratedBackwardFor_{op._namespace}_{op._name}_default"
    members = {"forward": staticmethod(forward), "backward": staticmethod(backward)}
    recorded: Any = type(name, (taeda.autograd.Function,), members)
    result = recorded.apply(*tensors)
    return list(result) if op._schema.returns == ("Tensor[]",) else result


def _flat(op: CustomOpDef, values: list[Any], found: tuple[Any, ...]) -> tuple[Any, ...]:
    """The gradients that a backward gave for each argument, one for each tensor."""
    positional = [k for k, a in enumerate(op._schema.arguments) if not a.keyword_only]
    if len(found) != len(positional):
        names = ", ".join(op._schema.arguments[k].name for k in positional)
        raise RuntimeError(
            f"Expected the return from backward of {op._qualname} to be of the same structure as the inputs: "
            f"{len(positional)} gradients or None, one for each of ({names}), but got {len(found)}"
        )
    by_argument = dict(zip(positional, found, strict=True))
    flat: list[Any] = []
    for k, value in enumerate(values):
        grad, count = by_argument.get(k), len(tensors_of(value))
        if isinstance(value, taeda.Tensor):
            flat.append(grad)
        elif count:
            parts = list(grad) if isinstance(grad, (list, tuple)) else [None] * len(value)
            flat += [g for g, v in zip(parts, value, strict=True) if isinstance(v, taeda.Tensor)]
    return tuple(flat)


class Namespace:
    """The ops of one library: `taeda.ops.mylib.clip`."""

    def __init__(self, name: str):
        self._namespace = name

    def __getattr__(self, name: str) -> CustomOpDef:
        op = definitions.get(f"{self._namespace}::{name}")
        if op is None and self._namespace == "aten" and not name.startswith("__"):
            from taeda.library.overloads import packet

            return cast(Any, packet("aten", name))
        if op is None:
            raise AttributeError(f"'_OpNamespace' '{self._namespace}' object has no attribute '{name}'")
        return op

    def __dir__(self) -> list[str]:
        return [n.split("::")[1] for n in definitions if n.startswith(f"{self._namespace}::")]

    def __repr__(self) -> str:
        return f"<ops of {self._namespace}: {', '.join(dir(self))}>"

