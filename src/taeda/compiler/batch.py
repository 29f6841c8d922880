"""Batching over a graph: from what a call computes to what it computes for every example of a batch at once.

A *batched* value has one dimension more than the value of the graph that it stands for, in front: one part for each
example. A value that is the same for all examples stays as it is. Each kind of primitive has one rule:

* pointwise: operands are lined up so that they broadcast behind the batch dimension;
* reductions: the reduced dimensions are one further back;
* views: so are the dimensions that the view instruction names, and sizes begin with that of the batch;
* kernels: the same, by the names of their parameters (`dim`, `dims`, `dim1`, .. and `size`), with all tensors
  batched. Ops for which that is not right say what is, next to their definition (`@some_op.batch`), or that there is
  nothing (`batch=False`: sizes that depend on values).

So every op is batched without a rule of its own, and without a loop. Gradients are not taken through a batched graph:
the gradient of a batched call is the batched gradient of the call (pipeline.py), with the formulas that ops give for
theirs. What is summed over the batch, gradients of tensors that all examples share, is summed where it is made: a
product of matrices then has a longer inner extent (`@some_op.batch_sum`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taeda.compiler.expand import remove_dead
from taeda.ir.expression import TENSOR_LEAVES, Expression, product, rewrite, tensors_of, unwrap, wrap
from taeda.ir.graph import Graph, Node, Value, tracing
from taeda.ops.op import KernelOp, Pointwise, Reduction, ViewOp, registry

# How a tensor takes part in a batched call.
SHARED = "0"      # without the batch dimension
BATCHED = "1"     # with it in front
REPEATED = "2"    # with it in front, and all examples the same: computed with once

_IN_ERROR_MODE = (
    "vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' "
    "randomness flags on vmap or perform the randomness operation out of vmap"
)
_DATA_DEPENDENT = (
    "vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. We don't support that "
    "yet, please file an issue at https://github.com/pytorch/pytorch/issues ."
)


class Batching:
    """One batching of a graph. Rules of ops (`@some_op.batch`) get it as their first argument."""

    def __init__(self, graph: Graph, randomness: str):
        self.source = graph
        self.randomness = randomness  # "error", "same" or "different": vmap's
        self.graph = Graph(graph.name, graph.vocabulary)
        self.graph.attributes = graph.attributes
        self.graph.expand = True
        self.graph.share_calls()
        self._mapping: dict[Value, Value] = {}
        self._batched: set[Value] = set()  # values of the new graph
        self._size: Expression = None
        # Inputs that are not given are there in name only: for sizes that given ones have too, and for their shape.
        self._sizes: dict[Expression, Expression] = {}

    # -- for rules of ops ----------------------------------------------------------------------------------------------

    @property
    def size(self) -> Any:
        """The number of examples."""
        return wrap(self._size)

    def carries(self, value: Any) -> bool:
        """Whether a value of the new graph has the batch dimension."""
        return value in self._batched

    def mark(self, value: Value) -> Value:
        """Say that a value just made has the batch dimension in front."""
        self._batched.add(value)
        return value

    def whole(self, value: Any) -> Any:
        """`value` with the batch dimension, repeated if all examples share it."""
        if value is None or self.carries(value):
            return value
        return self.mark(_op("expand", _op("unsqueeze_dims", value, (0,)), (self._size, *value.dims)))

    def merged(self, value: Any) -> Any:
        """`value` with the examples as part of its own first dimension: a larger batch."""
        value = self.whole(value)
        return None if value is None else value.reshape((self.size * value.shape[1], *value.shape[2:]))

    def parted(self, value: Any) -> Any:
        """What was computed of `merged` values, by examples again."""
        return value.reshape((self.size, value.shape[0] // self.size, *value.shape[1:]))

    def aligned(self, value: Value, ndim: int) -> Value:
        """A batched value of an example's `ndim` dimensions at least: ones are put behind the batch dimension."""
        missing = ndim - (value.ndim - 1)
        return _op("unsqueeze_dims", value, tuple(range(1, missing + 1))) if missing > 0 else value

    # -- the walk ------------------------------------------------------------------------------------------------------

    def run(self, tensors: Sequence[Value | None], states: str, outputs: Sequence[Value],
            sums: Sequence[bool]) -> tuple[list[Value | None], list[Value]]:
        """The new graph's inputs, as `tensors` in the given states, and its outputs: batched, or summed over the
        examples.

        States beyond the tensors are those of tensors that only say how large the batch is.
        """
        made: list[Value | None] = []
        with tracing(self.graph):
            for k, state in enumerate(states):
                value = tensors[k] if k < len(tensors) else None
                if value is None and k < len(tensors):
                    made.append(None)
                    continue
                made.append(self._input(value, state))
            for node in self.source.nodes:
                self._node(node)
            found = [self._summed(v) if s else self.whole(self._mapping[v])
                     for v, s in zip(outputs, sums, strict=True)]
        self.graph.outputs = list(found)
        remove_dead(self.graph)
        return made, found

    def _input(self, value: Value | None, state: str) -> Value:
        if value is None:  # there for the size of the batch alone
            anchor = self.graph.input("float32", [self._size], "batch")
            self._size = self._size or anchor.dims[0]
            return anchor
        dims = [self._known(e) for e in value.dims]
        front = [] if state == SHARED else [self._size]
        new = self.graph.input(value.dtype, [*front, *dims], value.label)
        for old, size in zip(value.dims, new.dims[len(front):], strict=True):
            if isinstance(old, tuple):
                self._sizes.setdefault(old, size)
        if state == SHARED:
            self._mapping[value] = new
            return new
        self._size = self._size or new.dims[0]
        if state == BATCHED:
            self._mapping[value] = self.mark(new)
        else:
            self._mapping[value] = _op("select", new, 0, 0)
        return new

    def _known(self, e: Expression) -> Expression:
        try:
            return self.expression(e)
        except KeyError:  # a size of this very tensor, or of one that comes later
            return None

    def expression(self, e: Expression) -> Expression:
        """A size or number of the graph as one of the new graph."""
        return rewrite(e, self._leaf)

    def _tensor(self, value: Value) -> Value:
        if value in self._mapping:
            return self._mapping[value]
        return next(new for old, new in self._mapping.items() if old.dims == value.dims)

    def _leaf(self, e: tuple[Any, ...]) -> Expression | None:
        if e[0] not in TENSOR_LEAVES:
            return None
        if e[1] not in self._mapping and e[0] == "size":
            return self._sizes[e]
        if e[1] not in self._mapping and e[0] == "numel":
            return unwrap(product([wrap(self.expression(d)) for d in e[1].dims]))
        value = self._mapping[e[1]]
        further = int(self.carries(value))
        if e[0] == "read" and further:
            raise RuntimeError(_DATA_DEPENDENT)
        if e[0] == "numel" and (further or value.node is not None):
            return unwrap(product(value.dims[further:]))
        if e[0] == "size":
            return value.dims[e[2] + further]
        return (e[0], value, *(d + further for d in e[2:]))

    def _node(self, node: Node) -> None:
        arguments = node.map_arguments(self._tensor, self.expression)
        given = [self._tensor(v) for v in node.tensors()]
        batched = any(map(self.carries, given))
        random = isinstance(node.op, KernelOp) and any(p.kind == "Generator" for p in node.op.parameters)
        if random and self.randomness == "error":
            raise RuntimeError(_IN_ERROR_MODE)
        if batched or random and self.randomness == "different":
            results = self._batched_call(node, arguments, random)
            self._batched.update(v for v in results if v not in given)  # an op may hand an argument through
        else:
            results = _results(node.op.record(arguments))
        self._mapping.update(zip(node.outputs, results, strict=True))

    def _batched_call(self, node: Node, arguments: tuple[Any, ...], random: bool) -> tuple[Value, ...]:
        op = node.op
        if isinstance(op, Pointwise):
            return _results(op.record(self._operands(op, node, arguments)))
        if isinstance(op, Reduction):
            return _results(op.record((arguments[0], tuple(d + 1 for d in arguments[1]))))
        if isinstance(op, ViewOp):
            return (self._view(op, node, arguments),)
        assert isinstance(op, KernelOp)
        if op.batch_function is not None:
            found = op.batch_function(self, *op.for_body(arguments))
            if found is not NotImplemented:
                results = _results(found)
                for v in results:
                    self.mark(v)
                return results
        if op.composition_function is not None:
            return self._composed(op, node)
        if op.batch_function is None and not op.batches:
            raise RuntimeError(
                "vmap: We do not support batching operators that can output dynamic shape. Attempted to vmap over "
                f"aten::{op.name}. Please file an issue at https://github.com/pytorch/pytorch/issues if you need this "
                "feature.\nHow many elements it gives depends on values; use where(mask, a, b) or fixed sizes.")
        if random and self.randomness == "same":
            raise NotImplementedError(f"{op.name} in vmap with randomness='same' and a tensor that is batched over")
        return _results(op.record(self._leading(op, node, arguments)))

    def _composed(self, op: KernelOp, node: Node) -> tuple[Value, ...]:
        """What the op is composed of, batched node by node."""
        parts = Graph(op.name, self.source.vocabulary)
        parts._values = self.source._values
        parts.expand = True
        with tracing(parts):
            found = op.compose(node.arguments)
        for part in parts.nodes:
            self._node(part)
        return tuple(self.whole(self._mapping[v]) for v in found)

    def _operands(self, op: Pointwise, node: Node, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """The operands of a pointwise op, broadcasting behind the batch dimension and promoted as without it."""
        ndim = len(node.outputs[0].dims)
        lined: list[Any] = [self.aligned(a, ndim) if isinstance(a, Value) and self.carries(a) else a for a in arguments]
        # A number of each example has a dimension now, which would count in promotion.
        common = op.types_of(node.arguments)[0]
        if op.types_of(tuple(lined)) != op.types_of(node.arguments):
            for name in op.promote:
                k = op.index[name]
                if isinstance(lined[k], Value) and lined[k].dtype != common:
                    carried = self.carries(arguments[k])
                    lined[k] = _op("convert", lined[k], common)
                    if carried:
                        self.mark(lined[k])
        return tuple(lined)

    def _view(self, op: ViewOp, node: Node, arguments: tuple[Any, ...]) -> Value:
        """One view instruction with its dimensions one further back."""
        x, size = arguments[0], self._size
        view = op.view_of(node.arguments)
        given = [self.expression(unwrap(a)) for a in view.arguments if not isinstance(a, (list, tuple))]
        shape = [None if n is None else self.expression(unwrap(n)) if _closed(unwrap(n), node) else None
                 for n in view.shape]
        kind = view.kind
        if kind == "alias":
            return x
        if kind == "permute":
            return _op("permute", x, (0, *(d + 1 for d in given)))
        if kind == "expand":
            new = len(given) - (x.ndim - 1)
            x = _op("unsqueeze_dims", x, tuple(range(1, new + 1))) if new else x
            sizes = [x.dims[d + 1] if _is(n, -1) else n for d, n in enumerate(given)]
            return _op("expand", x, (size, *sizes))
        if kind in ("reshape", "view"):
            sizes = [n if s is None else s for n, s in zip(given, shape, strict=True)]
            return _op(kind, x, (size, *sizes))
        if kind == "squeeze":
            return _op("squeeze_dims", x, tuple(d + 1 for d in given))
        if view.dims:
            shifted = [a + 1 if k in view.dims else a for k, a in enumerate(given)]
            return _op("slice_along" if kind == "slice" else kind, x, *shifted)
        raise NotImplementedError(f"vmap over {op.public or op.name}: what it shows depends on the layout of memory")

    def _leading(self, op: KernelOp, node: Node, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments of a kernel op that takes further dimensions in front, told by the names of its parameters."""
        ndim = max(1, *(v.ndim for v in (*node.tensors(), *node.outputs)))
        result: list[Any] = []
        for p, a in zip(op.parameters, arguments, strict=True):
            if isinstance(a, Value):
                result.append(self.whole(a))
            elif p.kind == "Tensors":
                result.append(tuple(self.whole(v) for v in a))
            elif p.name == "size" and p.kind == "Sizes":
                result.append((self._size, *a))
            elif p.name in ("dim", "dim1", "dim2", "dims") and p.kind in ("int", "IntTuple", "Dims"):
                result.append(tuple(d % ndim + 1 for d in a) if isinstance(a, tuple) else a % ndim + 1)
            else:
                result.append(a)
        return tuple(result)

    # -- sums over the examples ----------------------------------------------------------------------------------------

    def _summed(self, value: Value) -> Value:
        """The sum over all examples of what stands for `value`."""
        here = self._mapping[value]
        if not self.carries(here):  # the same for all
            return _op("mul", here, self._size)
        node = value.node
        if node is not None:
            arguments = node.map_arguments(self._tensor, self.expression)
            rule = getattr(node.op, "batch_sum_function", None)
            if rule is not None:
                found = rule(self, *node.op.for_body(arguments))
                if found is not NotImplemented:
                    return found
            if node.op.name in _LINEAR:
                return node.op.record((self._summed(node.arguments[0]), *arguments[1:]))
        rows = _op("reduce_sum", here, (0,))
        return _op("squeeze_dims", rows, (0,))


# Views of which the sum is the view of the sum.
_LINEAR = frozenset({"permute", "transpose", "t", "reshape", "unsqueeze", "unsqueeze_dims", "squeeze_dims"})


def _op(name: str, *arguments: Any) -> Any:
    op = registry.ops[name]
    plain = tuple(wrap(a) if _is_expression(a) else tuple(wrap(e) if _is_expression(e) else e for e in a)
                  if isinstance(a, tuple) else a for a in arguments)
    return op.trace(plain, {})


def _is_expression(a: Any) -> bool:
    return isinstance(a, tuple) and bool(a) and isinstance(a[0], str)


def _is(n: Any, value: int) -> bool:
    return isinstance(n, int) and n == value


def _closed(e: Expression, node: Node) -> bool:
    """Whether a size is in terms of what was there before `node`."""
    return not any(v in node.outputs for _, v in tensors_of(e))


def _results(found: Any) -> tuple[Value, ...]:
    return found if isinstance(found, tuple) else () if found is None else (found,)


def batch(graph: Graph, tensors: Sequence[Value | None], states: str, outputs: Sequence[Value], sums: Sequence[bool],
          randomness: str = "error") -> tuple[Graph, list[Value | None], list[Value]]:
    """A new graph that computes `outputs` for each example: the graph, its inputs as `tensors`, its outputs.

    `states` has a letter for each of `tensors` (SHARED, BATCHED, REPEATED); `sums` says which outputs are summed over
    the examples instead of being batched.
    """
    batching = Batching(graph, randomness)
    made, found = batching.run(tensors, states, outputs, sums)
    return batching.graph, made, found


__all__ = ["BATCHED", "REPEATED", "SHARED", "Batching", "batch"]
