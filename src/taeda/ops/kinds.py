"""The five kinds of op, by what their bodies are (the top of ops/op.py says what each body gets and returns)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from taeda.ir import graph as graph_ir
from taeda.ir.expression import Expression, kind_of, tensors_of, unwrap
from taeda.ir.graph import Graph, Value, current, tracing
from taeda.ir.loop import Expr, cast, const
from taeda.ops import dtypes
from taeda.ops.definition import Op
from taeda.ops.dtypes import Operand, Rule
from taeda.ops.registry import registry
from taeda.ops.signature import Result, View


class Pointwise(Op):
    """See @pointwise at the top of ops/op.py.

    `dtype` is the rule, `promote` the names of the operands it looks at (default: every Tensor and TensorOrNumber).
    Other tensor operands keep their own dtype; run-time numbers take the dtype of the computation. `float8`: whether
    the op is there for 8-bit floats, which PyTorch stores, moves and converts but hardly computes with. `numbers`:
    whether it may be called with numbers alone, of which the first is then a tensor without dimensions.
    """

    kind = "pointwise"
    check_results = True

    def __init__(self, body: Callable[..., Any], *, dtype: Rule | None = None, promote: tuple[str, ...] | None = None,
                 float8: bool = False, numbers: bool = False, **options: Any):
        super().__init__(body, **options)
        self.rule = dtype or dtypes.promote_rule
        self.float8 = float8
        self.numbers = numbers
        self.promote = promote if promote is not None else tuple(
            p.name for p in self.parameters if p.kind in ("Tensor", "TensorOrNumber"))
        self._static_dtype = any(p.kind == "DType" for p in self.parameters)

    def record(self, arguments: tuple[Any, ...]) -> Any:
        if self.numbers and not any(isinstance(a, Value) for a in arguments):
            k = self.index[self.promote[0]]
            first = registry.ops["full"].record(((), arguments[k], dtypes.number_operand(kind_of(arguments[k])).dtype))
            arguments = (*arguments[:k], first, *arguments[k + 1:])
        return super().record(arguments)

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
            if common in dtypes.FLOAT8 and not self.float8:
                raise NotImplementedError(f"not implemented for '{dtypes.torch_kernel_name(common)}'")
        except NotImplementedError as error:
            raise NotImplementedError(f'"{self.name}_cpu" {error}') from None
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
        if x.dtype in dtypes.FLOAT8 and self.combiner not in ("any", "all"):
            raise NotImplementedError(f'"{self.name}_cpu" not implemented for \'{dtypes.torch_kernel_name(x.dtype)}\'')
        return [(self.result or x.dtype, tuple(1 if d in dims else e for d, e in enumerate(x.dims)))]

    def element(self, arguments: tuple[Any, ...], load: Callable[[Value], Expr]) -> Expr:
        """What is combined, from the expression of the input."""
        x = arguments[0]
        return self.body(cast(load(x), dtypes.compute_dtype(x.dtype)), arguments[1])


class ViewOp(Op):
    """See @view at the top of ops/op.py."""

    kind = "view"
    check_results = True

    def results_of(self, arguments: tuple[Any, ...]) -> list[tuple[str, Sequence[Expression | None]]]:
        view = self.view_of(arguments)
        return [(arguments[0].dtype, tuple(None if n is None else unwrap(n) for n in view.shape))]

    def view_of(self, arguments: tuple[Any, ...]) -> View:
        with tracing(None):
            return self.call_body(self.for_body(arguments))


class Derived(Op):
    """See @derived at the top of ops/op.py."""

    kind = "derived"

    def record(self, arguments: tuple[Any, ...]) -> Any:
        graph = current()
        assert graph is not None
        arguments = self.resolved(arguments)
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
        scratch = Graph(self.name, outer.vocabulary)
        scratch._values = outer._values
        with tracing(scratch):
            found = self.inline(arguments)
        inner = {v for n in scratch.nodes for v in n.outputs}

        def outside(e: Expression) -> Expression | None:
            return None if any(t in inner for _, t in tensors_of(e)) else e

        return [(v.dtype, tuple(outside(e) for e in v.dims)) for v in (found if isinstance(found, tuple) else (found,))]


class KernelOp(Op):
    """See @kernel at the top of ops/op.py."""

    kind = "kernel"
    check_results = True
    body_parameters = 1  # the Builder

    def __init__(self, body: Callable[..., Any], *, pure: bool = True, epilogue: Callable[..., bool] | None = None,
                 prologue: str = "", batch: bool = True, **options: Any):
        super().__init__(body, **options)
        self.pure = pure and not self.mutates
        self.batches = batch and not self.mutates
        self.batch_function: Callable[..., Any] | None = None
        self.batch_sum_function: Callable[..., Any] | None = None
        # Of the op's arguments: does the body end in one method that takes an epilogue, whose result it gives as it is,
        # as the first one?
        self.epilogue = epilogue
        # The argument that such a method makes of others as it reads it: given to it as it is, or as a view.
        self.prologue = prologue
        self.meta_function: Callable[..., Any] | None = None
        self.composition_function: Callable[..., Any] | None = None

    def meta(self, function: Callable[..., Any]) -> KernelOp:
        """Decorator: a function of the op's parameters that gives a Result, or a tuple of them."""
        self.meta_function = function
        return self

    def composition(self, function: Callable[..., Any]) -> KernelOp:
        """Decorator: a function of the op's parameters that gives the same results in terms of ops. It stands for the
        op where derivatives that no gradient function gives, or batches, are derived."""
        self.composition_function = function
        return self

    def compose(self, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """Run the composition in the current graph."""
        assert self.composition_function is not None
        return tuple(self.composition_function(*self.for_body(arguments)))

    def batch(self, function: Callable[..., Any]) -> KernelOp:
        """Decorator: the call for a batch of examples, where it is not the same call with a dimension more in front
        (compiler/batch.py). Gets a Batching and the op's arguments; gives results with the batch in front."""
        self.batch_function = function
        return self

    def batch_sum(self, function: Callable[..., Any]) -> KernelOp:
        """Decorator: the sum over all examples of what such a call gives, where that is better made in one, or
        NotImplemented."""
        self.batch_sum_function = function
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
