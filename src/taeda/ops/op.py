"""How an op is defined: decorators that turn a Python function into an op, and the registry of all ops.

An op is one paragraph: a signature whose annotations say what each argument is, a docstring, a body, a gradient where
it cannot be derived, and sample inputs for the generated tests. There are five kinds of body.

`@pointwise`: one number from one number of each operand. The body gets loop-IR expressions (ir/loop.py), one per tensor
operand and run-time number, already converted to the dtype that the rule `dtype=` chooses (ops/dtypes.py; float16 and
bfloat16 arrive as float32), and returns one expression, or a tuple of several::

    @pointwise(dtype=promote_to_float)
    def sigmoid(input: Tensor) -> Tensor:
        \"\"\"1 / (1 + exp(-input)), element-wise.\"\"\"
        return call("sigmoid", input)

    @sigmoid.gradient
    def _(grad, output):
        return grad * output * (1 - output)

A pointwise gradient is `grad` times the partial derivative by each operand (or where(mask, grad, 0)): it must be
element-wise and linear in `grad`, so that forward mode follows from it. Broadcasting is undone and the operand's dtype
restored by the mechanism.

`@derived`: a body in terms of other ops on Values. Its gradient is derived from theirs unless one is given. Inside,
sizes and run-time numbers are Symbols (ir/expression.py): use them like numbers, but do not branch on them::

    @derived
    def square_error(input: Tensor, target: Tensor, scale: Number = 1.0) -> Tensor:
        \"\"\"scale * (input - target)^2.\"\"\"
        return (input - target).square() * scale

`@reduction`: the primitive reductions of ops/reduction.py: one combiner of loop IR over static dimensions, which are
kept with size 1. The body maps one element to what is combined. Everything else about reductions is derived.

`@view`: one view instruction. The body returns `View(kind, arguments, shape)`.

`@kernel`: a body that emits instructions. It gets a Builder (compiler/builder.py) and registers, and returns the
result registers. `.meta` says dtype and shape of the results on Values::

    @kernel
    def zeros(b: Any, size: Sizes, dtype: DType) -> Tensor:
        return b.full(dtype, size, 0)

    @zeros.meta
    def _(size, dtype):
        return Result(dtype, size)

Gradients. `@some_op.gradient` decorates a function whose parameters are picked by name from: `grad` (the gradient of
the only differentiable output), `grads` (a tuple, one per output; None where none came), `output`, `outputs`, and the
op's own parameters. What it names and uses is what is saved. It is written in terms of ops, so it can be
differentiated again. It returns one gradient or None per tensor parameter of the signature in order (a list for a
`Tensors` parameter; a bare gradient where there is just one tensor parameter), or a dict from parameter name to
gradient. Where only the shape of an input is needed, use `input.shape`: then only the shape is saved.

Samples. `@some_op.samples` decorates a generator of samples whose tensors are made by the `make` given to it, as
`make(*sizes, dtype="float32", low=, high=)`: ``yield sample(make(3, 4), dim=1)``.

Identities. `@some_op.identity` decorates a function of the op's parameters that returns the argument which a call
would merely repeat (a conversion to the dtype it has), or None.

Random numbers. An op that draws some has a parameter `generator: Generator | None = None`, which the body sees as a
pair of Symbols (the key of this call's stream, and where in it to start), and passes it on to the ops it calls.

Options of every decorator:

=======================  ============================================================================================
public="name"            the public name where it is not the function's own; False: an internal op
overload="suffix"        one of several definitions under the public name; they are tried in order of definition
modules=("torch",)       where it is a function: "torch", "nn.functional", "linalg", ..; () for methods only
method=True              also a method of tensors (default: if it is in "torch" and starts with a tensor)
inplace=True             has a form name_ (default: pointwise ops that are methods)
out=True                 accepts out= (default: public pointwise ops)
operators=("__add__",)   Python's operators, reflected and in-place ones included
aliases=("absolute",)    further public names with the same forms
differentiable=False     no output has a gradient; or a tuple with a bool per output
view=True                a @derived or @kernel op whose result may share the memory of its first argument
shape_only=("like",)     tensor parameters of which only the shape is read
mutates=("input",)       parameters (tensors or lists of them) that are written to (@kernel only); never recorded
fields=("values", ..)    names of the results: they come as a named tuple
=======================  ============================================================================================
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from taeda.ir import graph as graph_ir
from taeda.ir.expression import Expression, Symbol, is_number, kind_of, make, tensors_of, unwrap, wrap
from taeda.ir.graph import LIST_KINDS, NUMBER_KINDS, TENSOR_KINDS, Graph, Node, Value, current, tracing
from taeda.ir.loop import Expr, cast, const
from taeda.ops import dtypes
from taeda.ops.dtypes import Operand, Rule

# What annotations are called. They are names for the reader and for `Parameter.kind`; bodies get what the table in
# ARCHITECTURE.md says, so for the type checker all but the static ones are Any.
Tensor: TypeAlias = Any
TensorOrNumber: TypeAlias = Any
Tensors: TypeAlias = Any
Number: TypeAlias = Any
SymInt: TypeAlias = Any
Sizes: TypeAlias = Any
Dims: TypeAlias = Any
DType: TypeAlias = Any
Device: TypeAlias = Any
Generator: TypeAlias = Any
Object: TypeAlias = Any

KINDS = ("Tensor", "TensorOrNumber", "Tensors", "Number", "float", "SymInt", "Sizes",
         "int", "bool", "str", "DType", "Dims", "IntTuple", "Device", "Generator", "Object")
_ANNOTATIONS = {k: k for k in KINDS} | {"tuple[int, ...]": "IntTuple", "object": "Object"}


class Parameter(NamedTuple):
    """One parameter of an op. `kind` is the name of its annotation; `optional` says that None is allowed."""

    name: str
    kind: str
    default: Any
    has_default: bool
    keyword_only: bool
    optional: bool


class Result(NamedTuple):
    """dtype and shape of a result, for `meta`. `shape` holds ints, Symbols, and None for sizes known only
    afterwards."""

    dtype: str
    shape: Sequence[Any]


class View(NamedTuple):
    """What the body of a view op returns: the kind of the "view" instruction (csrc/views.h), its arguments, and the
    shape of the result (None for sizes known only afterwards). `like` is the tensor that expand_as and reshape_as
    refer to."""

    kind: str
    arguments: Sequence[Any]
    shape: Sequence[Any]
    like: Any = None


class Sample(NamedTuple):
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


def sample(*args: Any, **kwargs: Any) -> Sample:
    """One call for the generated tests: `yield sample(make(3, 4), dim=1)`."""
    return Sample(args, kwargs)


def check(condition: Any, exception: type[Exception], message: str, *numbers: Any) -> None:
    """Raise `exception` when the op runs unless `condition` (a Symbol) holds; {0}, {1}.. in the message are `numbers`.

    Conditions already known while the op is compiled are checked at once.
    """
    if not isinstance(condition, Symbol):
        if not condition:
            raise exception(message.format(*numbers))
        return
    runtime_check.trace((condition, tuple(numbers), exception.__name__, message), {})


class Op:
    """An op. Call it like a function: on tensors it runs, on Values it adds a node to the graph being traced."""

    kind = ""
    check_results: bool | None = None  # whether results_of gives the results cheaply (for the checker)
    pure = True                        # False: kept even if no result is used
    body_parameters = 0                # leading parameters of the body that are no parameters of the op

    def __init__(self, body: Callable[..., Any], *, public: str | bool = True, overload: str = "",
                 modules: tuple[str, ...] = ("torch",), method: bool | None = None, inplace: bool | None = None,
                 out: bool | None = None, operators: tuple[str, ...] = (), aliases: tuple[str, ...] = (),
                 differentiable: bool | tuple[bool, ...] = True, shape_only: tuple[str, ...] = (), view: bool = False,
                 mutates: str | tuple[str, ...] = (), fields: tuple[str, ...] | None = None):
        self.body = body
        own_name = body.__name__.rstrip("_") if not public else body.__name__
        self.public = "" if public is False else public if isinstance(public, str) else own_name
        self.name = (
            f"{self.public}.{overload}" if overload else own_name if public is True or not public else str(public)
        )
        self.overload = overload
        self.__doc__ = body.__doc__
        self.__name__ = body.__name__
        self.__module__ = body.__module__
        self.parameters, self.results = _signature(body, self.body_parameters)
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
        self.fields = fields
        if fields is not None:
            body.fields = fields  # type: ignore[attr-defined]
        self.gradient_function: Callable[..., Any] | None = None
        self._gradient_names: tuple[str, ...] = ()
        self.identity_function: Callable[..., Any] | None = None
        self.sample_function: Callable[..., Iterator[Sample]] | None = None
        self.function: Callable[..., Any] | None = None  # what the core made of it; looked up on the first call
        registry.add(self)

    def _inplace_by_default(self) -> bool:
        return self.kind == "pointwise" and self.method

    # -- the paragraph's other parts -------------------------------------------------------------------------------

    def gradient(self, function: Callable[..., Any]) -> Op:
        """Decorator: the gradient of this op (see the top of this file)."""
        names = _names(function)
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

    # -- calls -----------------------------------------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if current() is not None:
            return self.trace(args, kwargs)
        if self.function is None:
            from taeda import _binding

            self.function = _binding.function_of(self.name)
        return self.function(*args, **kwargs)

    def trace(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Record a call on Values in the current graph. Returns the resulting Value(s)."""
        return self.record(self.bind(args, kwargs))

    def record(self, arguments: tuple[Any, ...]) -> Any:
        """Record a call with bound arguments."""
        graph = current()
        assert graph is not None
        if self.identity_function is not None:
            same = self.identity_function(*self.for_body(arguments))
            if same is not None:
                return same
        return self._pack(graph.add(self, arguments, self.results_of(arguments)).outputs)

    def _pack(self, outputs: tuple[Value, ...]) -> Any:
        return outputs if self.results != 1 else outputs[0]

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """Arguments in the form that nodes keep (ir/graph.py), or TypeError if they do not fit the signature."""
        given: list[Any] = []
        positional = [p for p in self.parameters if not p.keyword_only]
        rest = list(args)
        for k, p in enumerate(positional):
            if not rest:
                break
            spread = p.kind in ("Sizes", "Dims", "IntTuple") and is_number(rest[0]) and (
                len(rest) > len(positional) - k or p.kind == "Sizes")
            if spread:  # x.view(2, 3)
                count = len(rest) - sum(not q.has_default for q in positional[k + 1:])
                given.append(tuple(rest[:count]))
                del rest[:count]
            else:
                given.append(rest.pop(0))
        if rest:
            raise TypeError(
                f"{self.public or self.name}() takes {len(positional)} positional arguments, got {len(args)}"
            )
        bound = []
        for k, p in enumerate(self.parameters):
            if k < len(given):
                if p.name in kwargs:
                    raise TypeError(f"{self.public or self.name}() got multiple values for argument '{p.name}'")
                a = given[k]
            elif p.name in kwargs:
                a = kwargs[p.name]
            elif p.has_default:
                a = p.default
            else:
                raise TypeError(f"{self.public or self.name}() missing argument '{p.name}'")
            bound.append(self._convert(p, a))
        unknown = set(kwargs) - set(self.index)
        if unknown:
            raise TypeError(f"{self.public or self.name}() got an unexpected keyword argument '{min(unknown)}'")
        return tuple(bound)

    def _convert(self, p: Parameter, a: Any) -> Any:
        if p.kind == "Generator":
            if not isinstance(a, tuple) or len(a) != 2:
                raise TypeError(
                    f"{self.public or self.name}() draws random numbers: an op that calls it has to pass on the "
                    "`generator` it was given"
                )
            return tuple(unwrap(x) for x in a)
        if a is None:
            if not (p.optional or p.has_default and p.default is None):
                raise TypeError(f"{self.public or self.name}(): argument '{p.name}' must be {p.kind}, not None")
            return None
        if p.kind == "Tensor" and isinstance(a, Value):
            return a
        if p.kind == "TensorOrNumber" and (isinstance(a, Value) or is_number(a)):
            return a if isinstance(a, Value) else unwrap(a)
        if p.kind == "Tensors" and isinstance(a, (tuple, list)) and all(isinstance(x, Value) for x in a):
            return tuple(a)
        if p.kind in ("Number", "SymInt") and is_number(a):
            return unwrap(a)
        if p.kind == "float" and is_number(a):
            return make("float", unwrap(a))
        if p.kind == "Sizes":
            a = (a,) if is_number(a) else a
            if isinstance(a, (tuple, list)) and all(is_number(x) for x in a):
                return tuple(unwrap(x) for x in a)
        if p.kind not in TENSOR_KINDS and p.kind not in NUMBER_KINDS and not isinstance(a, Value):
            if isinstance(a, Symbol):
                raise TypeError(
                    f"{self.public or self.name}(): argument '{p.name}' is static ({p.kind}), so it cannot be "
                    f"{a!r}, which is known only at run time"
                )
            if p.kind == "DType":
                return dtypes.name_of(a)
            if p.kind in ("Dims", "IntTuple"):
                if isinstance(a, (bool, str)):
                    raise TypeError(
                        f"{self.public or self.name}(): argument '{p.name}' must be {p.kind}, not {type(a).__name__}"
                    )
                return a if isinstance(a, int) and p.kind == "Dims" else tuple([a] if isinstance(a, int) else a)
            if p.kind == "int" and (not isinstance(a, int) or isinstance(a, bool)) or (
                    p.kind == "str" and not isinstance(a, str)) or p.kind == "bool" and not isinstance(a, bool):
                raise TypeError(
                    f"{self.public or self.name}(): argument '{p.name}' must be {p.kind}, not {type(a).__name__}"
                )
            return a
        raise TypeError(f"{self.public or self.name}(): argument '{p.name}' must be {p.kind}, not {type(a).__name__}")

    def for_body(self, arguments: tuple[Any, ...]) -> list[Any]:
        """Bound arguments as bodies and gradients see them: expressions become Symbols or plain numbers."""
        result: list[Any] = []
        for p, a in zip(self.parameters, arguments, strict=True):
            if a is None or isinstance(a, Value):
                result.append(a)
            elif p.kind in LIST_KINDS:
                result.append(tuple(wrap(e) for e in a))
            elif p.kind in NUMBER_KINDS or p.kind == "TensorOrNumber":
                result.append(wrap(a))
            else:
                result.append(a)
        return result

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
        return self._spread(self.gradient_function(*values))

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
            "method": self.method,
            "inplace": self.inplace,
            "out": self.out,
            "operators": self.operators,
            "view": self.is_view,
            "mutates": [self.index[n] for n in self.mutates],
            "fields": self.fields,
            "doc": inspect.getdoc(self.body) or "",
        }

    def recorded_gradient(self, key: tuple[Any, ...], needs: Any, gradients: Sequence[Any], inputs: Sequence[Any],
                          outputs: Sequence[Any], attributes: Sequence[Any]) -> list[Any]:
        """The gradients as recorded ops on tensors, for create_graph (csrc/tape.h says what is passed)."""
        from taeda.compiler.pipeline import run_gradient

        return run_gradient(self, key, needs, gradients, inputs, outputs, attributes)

    def __repr__(self) -> str:
        return f"<op {self.name}>"


class Pointwise(Op):
    """See @pointwise at the top of this file.

    `dtype` is the rule, `promote` the names of the operands it looks at (default: every Tensor and TensorOrNumber).
    Other tensor operands keep their own dtype; run-time numbers take the dtype of the computation.
    """

    kind = "pointwise"
    check_results = True

    def __init__(self, body: Callable[..., Any], *, dtype: Rule | None = None, promote: tuple[str, ...] | None = None,
                 **options: Any):
        super().__init__(body, **options)
        self.rule = dtype or dtypes.promote_rule
        self.promote = promote if promote is not None else tuple(
            p.name for p in self.parameters if p.kind in ("Tensor", "TensorOrNumber"))
        self._static_dtype = any(p.kind == "DType" for p in self.parameters)

    def types_of(self, arguments: tuple[Any, ...]) -> tuple[str, tuple[str, ...]]:
        """The dtype operands are converted to and those of the results."""
        operands = []
        for n in self.promote:
            a = arguments[self.index[n]]
            if isinstance(a, Value):
                operands.append(Operand(a.dtype, a.ndim))
            elif a is not None:
                operands.append(dtypes.number_operand(kind_of(a)))
        try:
            if self._static_dtype:
                static = {p.name: a for p, a in zip(self.parameters, arguments, strict=True) if p.kind == "DType"}
                common, result = self.rule(operands, **static)
            else:
                common, result = self.rule(operands)
        except NotImplementedError as error:
            raise NotImplementedError(f'"{self.name}_cpu" {error}') from None
        if common in dtypes.COMPLEX:
            raise NotImplementedError(f"{self.public or self.name}: complex numbers are not there yet")
        return common, (result,) * max(self.results, 1) if isinstance(result, str) else result

    def results_of(self, arguments: tuple[Any, ...]) -> list[tuple[str, Sequence[Expression | None]]]:
        dims = graph_ir.broadcast_of(self.operands_of(arguments))
        return [(dtype, dims) for dtype in self.types_of(arguments)[1]]

    def operands_of(self, arguments: tuple[Any, ...]) -> list[Value]:
        found = [a for a in arguments if isinstance(a, Value)]
        if not found:
            raise TypeError(f"{self.name} needs at least one tensor operand")
        return found

    def expressions(self, arguments: tuple[Any, ...], load: Callable[[Value], Expr],
                    number: Callable[[Expression, str], Expr]) -> tuple[Expr, ...]:
        """The results as loop-IR expressions, each of its result's dtype, from those of the operands and numbers."""
        common, results = self.types_of(arguments)
        compute = dtypes.compute_dtype(common)
        values: list[Any] = []
        for p, a in zip(self.parameters, arguments, strict=True):
            if a is None or p.kind not in ("Tensor", "TensorOrNumber", "Number", "float", "SymInt"):
                values.append(a)
            elif isinstance(a, Value):
                x = load(a)
                # Operands take the common dtype first: a float64 zero-dimensional operand among float32 is rounded.
                values.append(cast(cast(x, common), compute) if p.name in self.promote
                              else cast(x, dtypes.compute_dtype(a.dtype)))
            else:
                values.append(const(a, compute) if not isinstance(a, tuple) else number(a, compute))
        found = self.call_body(values)
        found = found if isinstance(found, tuple) else (found,)
        return tuple(cast(e if isinstance(e, Expr) else const(e, compute), dtype)
                     for e, dtype in zip(found, results, strict=True))

    def gradients(
        self, arguments: tuple[Any, ...], outputs: tuple[Value, ...], grads: Sequence[Value | None]
    ) -> list[Any]:
        found = super().gradients(arguments, outputs, grads)
        return [None if g is None or not isinstance(a, Value) or dtypes.category(a.dtype) < 2 else fit_gradient(g, a)
                for g, a in zip(found, arguments, strict=True)]


def fit_gradient(grad: Value, like: Value) -> Any:
    """`grad` summed to the shape of `like` (undoing broadcasting) and converted to its dtype."""
    return registry.ops["convert"].trace((registry.ops["sum_to"].trace((grad, like), {}), like.dtype), {})


class Reduction(Op):
    """A primitive reduction: parameters (input: Tensor, dim: IntTuple); `dim` are non-negative, ascending, not empty.

    `combiner` is one of loop IR's. The body maps an element (an Expr, 16-bit floats as float32) to what is combined;
    `result` is the dtype of the result, None for the input's.
    """

    kind = "reduction"
    check_results = True

    def __init__(self, body: Callable[..., Any], *, combiner: str, result: str | None = None, **options: Any):
        options.setdefault("public", False)
        super().__init__(body, **options)
        self.combiner = combiner
        self.result = result

    def results_of(self, arguments: tuple[Any, ...]) -> list[tuple[str, Sequence[Expression | None]]]:
        x, dims = arguments
        return [(self.result or x.dtype, tuple(1 if d in dims else e for d, e in enumerate(x.dims)))]

    def element(self, arguments: tuple[Any, ...], load: Callable[[Value], Expr]) -> Expr:
        """What is combined, from the expression of the input."""
        x = arguments[0]
        return self.body(cast(load(x), dtypes.compute_dtype(x.dtype)), arguments[1])


class ViewOp(Op):
    """See @view at the top of this file."""

    kind = "view"
    check_results = True

    def results_of(self, arguments: tuple[Any, ...]) -> list[tuple[str, Sequence[Expression | None]]]:
        view = self.view_of(arguments)
        return [(arguments[0].dtype, tuple(None if n is None else unwrap(n) for n in view.shape))]

    def view_of(self, arguments: tuple[Any, ...]) -> View:
        with tracing(None):
            return self.call_body(self.for_body(arguments))


class Derived(Op):
    """See @derived at the top of this file."""

    kind = "derived"

    def record(self, arguments: tuple[Any, ...]) -> Any:
        graph = current()
        assert graph is not None
        if graph.expand or self.gradient_function is None and self.differentiable is not False:
            return self.inline(arguments)
        return super().record(arguments)

    def inline(self, arguments: tuple[Any, ...]) -> Any:
        """Run the body in the current graph."""
        found = self.call_body(self.for_body(arguments))
        if isinstance(found, list):
            found = tuple(found)
        for v in found if isinstance(found, tuple) else (found,):
            if not isinstance(v, Value):
                raise TypeError(f"the body of {self.name} returned {type(v).__name__}, not a tensor")
        return found

    def results_of(self, arguments: tuple[Any, ...]) -> list[tuple[str, Sequence[Expression | None]]]:
        outer = current()
        assert outer is not None
        scratch = Graph(self.name)
        scratch._values = outer._values
        with tracing(scratch):
            found = self.inline(arguments)
        inner = {v for n in scratch.nodes for v in n.outputs}

        def outside(e: Expression) -> Expression | None:
            return None if any(t in inner for _, t in tensors_of(e)) else e

        return [(v.dtype, tuple(outside(e) for e in v.dims)) for v in (found if isinstance(found, tuple) else (found,))]


class KernelOp(Op):
    """See @kernel at the top of this file."""

    kind = "kernel"
    check_results = True
    body_parameters = 1  # the Builder

    def __init__(self, body: Callable[..., Any], *, pure: bool = True, **options: Any):
        super().__init__(body, **options)
        self.pure = pure and not self.mutates
        self.meta_function: Callable[..., Any] | None = None

    def meta(self, function: Callable[..., Any]) -> KernelOp:
        """Decorator: a function of the op's parameters that gives a Result, or a tuple of them."""
        self.meta_function = function
        return self

    def results_of(self, arguments: tuple[Any, ...]) -> list[tuple[str, Sequence[Expression | None]]]:
        if self.meta_function is None:
            raise NotImplementedError(f"kernel op {self.name} has no meta rule")
        values = self.for_body(arguments)
        args = [v for v, p in zip(values, self.parameters, strict=True) if not p.keyword_only]
        kwargs = {p.name: v for v, p in zip(values, self.parameters, strict=True) if p.keyword_only}
        found = self.meta_function(*args, **kwargs)
        if isinstance(found, Result):
            found = (found,)
        return [
            (dtypes.name_of(r.dtype), tuple(None if n is None else unwrap(n) for n in r.shape)) for r in found or ()
        ]


def _names(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names of a function's parameters (inspect.signature costs half of the time of `import taeda`)."""
    code = function.__code__
    return code.co_varnames[:code.co_argcount + code.co_kwonlyargcount]


def _signature(body: Callable[..., Any], skip: int) -> tuple[list[Parameter], int]:
    """Parameters and number of results (-1: a list) from the annotations of a definition."""
    names, count = _names(body), body.__code__.co_argcount
    defaults = dict(zip(names[count - len(body.__defaults__ or ()):count], body.__defaults__ or (), strict=True))
    defaults.update(body.__kwdefaults__ or {})
    annotations = {
        n: a if isinstance(a, str) else getattr(a, "__name__", str(a)) for n, a in body.__annotations__.items()
    }
    parameters = []
    for k, name in enumerate(names[skip:], skip):
        kind, _, optional = annotations.get(name, "nothing").partition(" | ")
        if kind not in _ANNOTATIONS or optional not in ("", "None"):
            raise TypeError(f"{body.__name__}: parameter {name!r} has annotation {annotations.get(name)!r}; "
                            f"expected one of {', '.join(_ANNOTATIONS)}, optionally with ' | None'")
        parameters.append(
            Parameter(name, _ANNOTATIONS[kind], defaults.get(name), name in defaults, k >= count, bool(optional))
        )
    returns = annotations.get("return", "nothing")
    if returns in ("Tensor", "None"):
        return parameters, int(returns == "Tensor")
    if returns == "Tensors":
        return parameters, -1
    if returns.startswith("tuple[") and returns.endswith("]"):
        return parameters, returns.count("Tensor")
    raise TypeError(f"{body.__name__} returns {returns!r}; expected Tensor, tuple[Tensor, ...] or Tensors")


class Function:
    """A public name: one op, or several definitions that are tried in order until the arguments fit."""

    def __init__(self, name: str):
        self.name = name
        self.definitions: list[Op] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(self.definitions) == 1 or current() is None:
            return self.definitions[0](*args, **kwargs)  # the core knows the overloads
        errors = []
        for op in self.definitions:
            try:
                bound = op.bind(args, kwargs)
            except TypeError as error:
                errors.append(f"  {error}")
                continue
            return op.record(bound)
        raise TypeError(f"{self.name}() got an invalid combination of arguments:\n" + "\n".join(errors))

    def __repr__(self) -> str:
        return f"<function {self.name}: {', '.join(d.name for d in self.definitions)}>"


@dataclass
class Registry:
    """All ops by unique name, and all public names."""

    ops: dict[str, Op] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    methods: dict[str, Function] = field(default_factory=dict)

    def add(self, op: Op) -> None:
        if op.name in self.ops:
            raise ValueError(f"there are two ops named {op.name!r}; give one of them overload= or public=")
        self.ops[op.name] = op
        for name in (op.public, *op.aliases) if op.public else ():
            public = self.functions.setdefault(name, Function(name))
            if op.modules:
                public.definitions.append(op)
            if op.method:
                method = self.methods.setdefault(name, Function(name))
                method.definitions.append(op)
                graph_ir.methods[name] = method
        for name in op.operators:
            if name.startswith("__i") and name != "__invert__":
                continue  # in-place operators exist on tensors only
            if name in graph_ir.operators:
                continue
            function: Function | Op = self.functions[op.public] if op.public else op
            graph_ir.operators[name] = _swapped(function) if name in REFLECTED else function

    def schemas(self) -> list[dict[str, Any]]:
        """The schema of every op (see Op.schema), in order of definition."""
        return [op.schema() for op in self.ops.values()]


REFLECTED = frozenset(
    f"__r{n}__"
    for n in (
        "add",
        "sub",
        "mul",
        "truediv",
        "floordiv",
        "mod",
        "pow",
        "matmul",
        "and",
        "or",
        "xor",
        "lshift",
        "rshift",
    )
)


def _swapped(op: Op | Function) -> Callable[..., Any]:
    return lambda a, b: op(b, a)


registry = Registry()


def find_public(name: str) -> Any:
    """The public function `name` as the core made it (how pickle finds an op)."""
    import taeda

    return getattr(taeda, name)


def _decorator(kind: type[Any], body: Callable[..., Any] | None, options: dict[str, Any]) -> Any:
    if body is not None:
        return kind(body, **options)
    return lambda function: kind(function, **options)


def pointwise(body: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Define an element-wise op. Options: dtype=, promote=, and those at the top of this file."""
    return _decorator(Pointwise, body, options)


def reduction(body: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Define a primitive reduction. Options: combiner=, result=."""
    return _decorator(Reduction, body, options)


def derived(body: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Define an op in terms of other ops."""
    return _decorator(Derived, body, options)


def view(body: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Define a view: the body returns View(kind, arguments, shape)."""
    return _decorator(ViewOp, body, options)


def kernel(body: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Define an op whose body emits instructions. Options: pure=."""
    return _decorator(KernelOp, body, options)


@kernel(public=False, pure=False)
def runtime_check(b: Any, condition: Number, numbers: Sizes, exception: str, message: str) -> None:
    """Raise the named exception unless `condition` holds. Recorded by `check`."""
    b.check(condition, exception, message, *numbers)


@runtime_check.meta
def _(condition: Any, numbers: Any, exception: str, message: str) -> tuple[()]:
    return ()


def sum_to(input: Any, like: Any) -> Any:
    """`input` summed to the shape of `like`, undoing broadcasting: what gradients of broadcasting ops need
    (ops/views.py)."""
    return registry.ops["sum_to"](input, like)


__all__ = [
    "DType",
    "Derived",
    "Device",
    "Dims",
    "Function",
    "Generator",
    "KernelOp",
    "Node",
    "Number",
    "Object",
    "Op",
    "Parameter",
    "Pointwise",
    "Reduction",
    "Result",
    "Sample",
    "Sizes",
    "SymInt",
    "Tensor",
    "TensorOrNumber",
    "Tensors",
    "View",
    "ViewOp",
    "check",
    "derived",
    "fit_gradient",
    "kernel",
    "pointwise",
    "reduction",
    "registry",
    "sample",
    "sum_to",
    "view",
]
