"""`Op`, what every kind of op is: a definition that can be called, traced, differentiated and described to the core."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from taeda.ir.dtype import COMPLEX, info
from taeda.ir.expression import Expression
from taeda.ir.graph import TENSOR_KINDS, Value, current
from taeda.ops import binding, signature
from taeda.ops.registry import registry
from taeda.ops.signature import Parameter, Sample


def _values_of(arguments: tuple[Any, ...]) -> Iterator[Value]:
    for a in arguments:
        if isinstance(a, Value):
            yield a
        elif isinstance(a, tuple):
            yield from _values_of(a)


def _conjugate(gradient: Any) -> Any:
    """The conjugates of a gradient, or a list of them, where they are complex."""
    if isinstance(gradient, (list, tuple)):
        return [_conjugate(g) for g in gradient]
    if gradient is None or gradient.dtype not in COMPLEX:
        return gradient
    return registry.ops["conj_physical"].trace((gradient,), {})


class Op:
    """An op. Call it like a function: on tensors it runs, on Values it adds a node to the graph being traced."""

    kind = ""
    check_results: bool | None = None  # whether results_of gives the results cheaply (for the checker)
    pure = True                        # False: kept even if no result is used
    body_parameters = 0                # leading parameters of the body that are no parameters of the op

    def __init__(self, body: Callable[..., Any], *, public: str | bool = True, overload: str = "",
                 modules: tuple[str, ...] | None = None, method: bool | None = None, inplace: bool | None = None,
                 out: bool | None = None, operators: tuple[str, ...] = (), aliases: tuple[str, ...] = (),
                 differentiable: bool | tuple[bool, ...] = True, shape_only: tuple[str, ...] = (), view: bool = False,
                 mutates: str | tuple[str, ...] = (), fields: tuple[str, ...] | None = None,
                 library: str | None = None, spread: str | None = None, broadcasts: bool = False, drops: str = "",
                 first: bool = False, mixed_devices: bool = False, role: str = "",
                 conjugate: bool | None = None, autocast: str = "", elementwise: bool = False,
                 takes_mirrored: bool | None = None):
        self.body = body
        # Taeda's own definitions share one space of names; others have the library's, by default their module.
        own = library is None and body.__module__.startswith(f"{__package__}.")
        self.library = "" if own else library or body.__module__
        modules = modules if modules is not None else ("torch",) if own else ()
        own_name = body.__name__.rstrip("_") if not public else body.__name__
        self.public = "" if public is False else public if isinstance(public, str) else own_name
        self.name = (
            f"{self.public}.{overload}" if overload else own_name if public is True or not public else str(public)
        )
        if self.library:
            self.name = f"{self.library}::{self.name}"
        self.overload = overload
        self.__doc__ = body.__doc__
        self.__name__ = body.__name__
        self.__module__ = body.__module__
        self.parameters, self.results = signature.signature_of(body, self.body_parameters)
        self.index = {p.name: k for k, p in enumerate(self.parameters)}
        self.modules = modules if self.public else ()
        starts_with_tensor = bool(self.parameters) and self.parameters[0].kind in ("Tensor", "TensorOrNumber")
        self.method = bool(self.public) and (("torch" in modules and starts_with_tensor) if method is None else method)
        self.inplace = bool(inplace) if inplace is not None else self._inplace_by_default()
        self.out = bool(out) if out is not None else self.kind == "pointwise" and bool(self.public)
        self.operators = operators
        self.aliases = aliases
        self.differentiable = differentiable
        self.shape_only = shape_only
        self.is_view = view or self.kind == "view"
        self.mutates = (mutates,) if isinstance(mutates, str) else mutates
        self.broadcasts = broadcasts
        self.drops = drops
        self.first = first
        self.mixed_devices = mixed_devices
        self.fields = fields
        self.spread = spread
        self.role = role
        self.conjugate = self.kind != "view" if conjugate is None else conjugate
        self.takes_mirrored = self.is_view if takes_mirrored is None else takes_mirrored
        self.autocast = autocast
        self.elementwise = elementwise or self.kind == "pointwise"
        if fields is not None:
            body.fields = fields  # type: ignore[attr-defined]
        self.gradient_function: Callable[..., Any] | None = None
        self._gradient_names: tuple[str, ...] = ()
        self.identity_function: Callable[..., Any] | None = None
        self.inverse_function: Callable[..., Any] | None = None
        self.sample_function: Callable[..., Iterator[Sample]] | None = None
        self.function: Callable[..., Any] | None = None  # what the core made of it; looked up on the first call
        registry.add(self)

    def _inplace_by_default(self) -> bool:
        return self.kind == "pointwise" and self.method

    # -- the paragraph's other parts -------------------------------------------------------------------------------

    def gradient(self, function: Callable[..., Any]) -> Op:
        """Decorator: the gradient of this op (see the top of ops/op.py)."""
        names = signature.names_of(function)
        known = {"grad", "grads", "output", "outputs", *self.index}
        for n in names:
            if n not in known:
                raise TypeError(
                    f"the gradient of {self.name} asks for {n!r}, which is none of {', '.join(sorted(known))}"
                )
        self.gradient_function, self._gradient_names = function, names
        return self

    def samples(self, function: Callable[..., Iterator[Sample]]) -> Op:
        """Decorator: sample inputs for the generated tests."""
        self.sample_function = function
        return self

    def identity(self, function: Callable[..., Any]) -> Op:
        """Decorator: a function of the op's parameters that returns the argument the op would merely repeat, or
        None."""
        self.identity_function = function
        return self

    def inverse(self, function: Callable[..., Any]) -> Op:
        """Decorator: a function of the op's result and its other parameters that gives back the first argument, of
        which the result is a view."""
        self.inverse_function = function
        return self

    # -- calls -----------------------------------------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if current() is not None:
            return self.trace(args, kwargs)
        if self.function is None:
            from taeda import _binding

            self.function = _binding.function_of(self.name)
        return self.function(*args, **kwargs)

    def in_place(self, *args: Any, **kwargs: Any) -> Any:
        """The form that writes its result into the first argument (of an op with inplace=True)."""
        from taeda import _binding

        return _binding.function_of(self.name, in_place=True)(*args, **kwargs)

    def __reduce__(self) -> str:
        return self.__name__  # pickled as a name of its module

    def trace(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Record a call on Values in the current graph. Returns the resulting Value(s)."""
        return self.record(self.bind(args, kwargs))

    def record(self, arguments: tuple[Any, ...]) -> Any:
        """Record a call with bound arguments."""
        graph = current()
        assert graph is not None
        arguments = self.resolved(arguments)
        if self.identity_function is not None:
            same = self.identity_function(*self.for_body(arguments))
            if same is not None:
                return same
        return self._pack(graph.add(self, arguments, self.results_of(arguments)).outputs)

    def resolved(self, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """Bound arguments as numbers of plain dtypes (ir/mirror.py), except for views, which pass on what is stored."""
        if self.takes_mirrored or not any(info(v.dtype).is_mirrored for v in _values_of(arguments)):
            return arguments
        resolve = registry.ops["resolve"]

        def plain(p: Parameter, a: Any) -> Any:
            if isinstance(a, tuple) and p.kind == "Tensors":
                return tuple(plain(p, x) for x in a)
            if not isinstance(a, Value) or not info(a.dtype).is_mirrored or p.name in self.shape_only:
                return a
            if p.name in self.mutates:
                raise NotImplementedError(
                    f"{self.public or self.name}() cannot write to a lazy conjugate or negative; give it "
                    f"{p.name}.resolve_conj().resolve_neg(), and copy_() the result back")
            return resolve.trace((a,), {})

        return tuple(plain(p, a) for p, a in zip(self.parameters, arguments, strict=True))

    def _pack(self, outputs: tuple[Value, ...]) -> Any:
        return outputs if self.results != 1 else outputs[0]

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """Arguments in the form that nodes keep (ir/graph.py), or TypeError if they do not fit the signature."""
        return binding.bind(self.public or self.name, self.parameters, args, kwargs)

    def convert(self, p: Parameter, argument: Any) -> Any:
        """One argument in that form."""
        return binding.convert(self.public or self.name, p, argument)

    def for_body(self, arguments: tuple[Any, ...]) -> list[Any]:
        """Bound arguments as bodies and gradients see them: expressions become Symbols or plain numbers."""
        return binding.for_body(self.parameters, arguments)

    def call_body(self, values: Sequence[Any], *leading: Any) -> Any:
        """The body on one value per parameter."""
        args = [v for v, p in zip(values, self.parameters, strict=True) if not p.keyword_only]
        kwargs = {p.name: v for v, p in zip(values, self.parameters, strict=True) if p.keyword_only}
        return self.body(*leading, *args, **kwargs)

    def results_of(self, arguments: tuple[Any, ...]) -> list[tuple[str, Sequence[Expression | None]]]:
        """dtype and dimensions of the results for bound arguments."""
        raise NotImplementedError(f"{type(self).__name__}.results_of")

    # -- gradients -------------------------------------------------------------------------------------------------

    def output_differentiable(self, k: int) -> bool:
        return self.differentiable if isinstance(self.differentiable, bool) else self.differentiable[k]

    def gradients(self, arguments: tuple[Any, ...], outputs: tuple[Value, ...],
                  grads: Sequence[Value | None]) -> list[Any]:
        """Call the gradient function on Values. One entry per parameter: a Value, None, or a list for Tensors."""
        if self.gradient_function is None:
            raise NotImplementedError(f"derivative for {self.public or self.name} is not implemented")
        complex_numbers = self.conjugate and any(
            v.dtype in COMPLEX for v in (*grads, *outputs, *_values_of(arguments)) if v is not None)
        if complex_numbers:
            grads = [_conjugate(g) for g in grads]
        seen = self.for_body(arguments)
        defined = [g for k, g in enumerate(grads) if self.output_differentiable(k)]
        values: list[Any] = []
        for n in self._gradient_names:
            if n == "grad":
                if len(defined) != 1:
                    raise TypeError(f"the gradient of {self.name} asks for `grad`, but it has {len(defined)} "
                                    "differentiable outputs; ask for `grads`")
                values.append(defined[0])
            elif n in ("grads", "outputs", "output"):
                values.append(tuple(grads) if n == "grads" else outputs if n == "outputs" else outputs[0])
            else:
                values.append(seen[self.index[n]])
        found = self._spread(self.gradient_function(*values))
        return [_conjugate(g) for g in found] if complex_numbers else found

    def _spread(self, found: Any) -> list[Any]:
        """What a gradient function returned, as one entry per parameter."""
        result: list[Any] = [None] * len(self.parameters)
        if isinstance(found, dict):
            for n, g in found.items():
                result[self.index[n]] = g
            return result
        places = [k for k, p in enumerate(self.parameters) if p.kind in TENSOR_KINDS]
        if not isinstance(found, tuple):
            found = (found,) + (None,) * (len(places) - 1) if len(places) == 1 or found is None else (found,)
        if len(found) != len(places):
            raise TypeError(
                f"the gradient of {self.name} returned {len(found)} gradients for {len(places)} tensor parameters"
            )
        for k, g in zip(places, found, strict=True):
            result[k] = g
        return result

    # -- what the core asks ------------------------------------------------------------------------------------------

    def schema(self) -> dict[str, Any]:
        """This op as plain data, for whoever makes the public names (_binding.py) and the core's parser."""
        count = self.results
        return {
            "name": self.name,
            "public": self.public,
            "aliases": self.aliases,
            "modules": self.modules,
            "kind": self.kind,
            "parameters": [
                (p.name, p.kind, p.default if p.has_default else ..., p.keyword_only, p.optional)
                for p in self.parameters
            ],
            "returns": count,
            "differentiable": tuple(self.output_differentiable(k) for k in range(max(count, 1))),
            "shape_only": [
                sum(p.kind in ("Tensor", "TensorOrNumber") for p in self.parameters[:self.index[name]])
                for name in self.shape_only
            ],
            "method": self.method,
            "inplace": self.inplace,
            "out": self.out,
            "operators": self.operators,
            "view": self.is_view,
            "mutates": [self.index[n] for n in self.mutates],
            "fields": self.fields,
            "spread": self.spread,
            "mixed_devices": self.mixed_devices,
            "role": self.role,
            "autocast": self.autocast,
            "doc": inspect.getdoc(self.body) or "",
            "home": self.body.__module__,
        }

    def __repr__(self) -> str:
        return f"<op {self.name}>"
