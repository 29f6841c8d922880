"""Lowering: a graph of primitives, grouped by fuse.py, to a Program description."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from taeda.compiler.builder import Builder, Register
from taeda.compiler.expand import expand
from taeda.compiler.fuse import Group, Item, fuse, layout_of, layout_of_kernel, walked_like
from taeda.ir import mirror
from taeda.ir.dtype import COMPLEX, FLOATS, info, itemsize
from taeda.ir.epilogue import Epilogue, Prologue
from taeda.ir.expression import Expression, kind_of, make, parts_of, product, rewrite, tensors_of, total, unwrap, wrap
from taeda.ir.graph import Graph, Node, Value, tracing
from taeda.ir.loop import Expr, Kernel, Operand, Reduce, Store, call, cast, load, reduce, scalar, substitute, walk
from taeda.ops.joining import cat, joined_pieces, stack
from taeda.ops.op import KernelOp, Pointwise, Reduction, ViewOp, registry

if TYPE_CHECKING:
    from taeda.codegen.target import Target

MOST_EPILOGUE_OPERANDS = 12  # tensors that an epilogue reads besides the result
MOST_PROLOGUE_OPERANDS = 4
_QUICK = frozenset({"load", "const", "scalar", "cast", "add", "sub", "mul", "neg"})


def lower(graph: Graph, tensors: Sequence[Value | None], items: Sequence[Item],
          target: Target, register_kernel: Callable[[Any], int], only_checks: bool = False) -> dict[str, Any]:
    """The Program description of `graph` for `target`. `tensors` are the inputs that the Program is given, in order
    (None: absent).

    Sizes are read from whichever of these has them: an expression equal to the size of one of them is that size. Beside
    what ARCHITECTURE.md lists, the description says of each instruction in "origins" of which nodes it came. With
    `only_checks` it need not do more than raise its errors (compiler/checks.py).
    """
    lowering = _Lowering(graph, tensors, target, register_kernel)
    lowering.builder.only_checks = only_checks
    return lowering.run(items)


def inputs_needed(graph: Graph, items: Iterable[Item], given: Sequence[Value]) -> tuple[list[Value], list[Value]]:
    """The inputs of `graph` besides `given` whose elements are read, and those of which only the shape is."""
    inputs = set(graph.inputs)
    data = {v for n in graph.nodes for v in n.data_tensors() if v in inputs} | {v for v in graph.outputs if v in inputs}
    data -= set(given)
    table = SizeTable()
    for v in [*given, *(v for v in graph.inputs if v in data)]:
        table.add(v)
    shapes: set[Value] = set()

    def need(e: Expression) -> None:
        for v in table.missing(e):
            shapes.add(v)
            table.add(v)

    for item in items:
        for node in item.nodes if isinstance(item, Group) else [item]:
            for e in _run_time_expressions(node):
                need(e)
            for v in node.shape_tensors():
                if v in inputs and table.same_shape(v) is None:
                    shapes.add(v)
                    table.add(v)
    return ([v for v in graph.inputs if v in data], [v for v in graph.inputs if v in shapes])


def _run_time_expressions(node: Node) -> list[Expression]:
    """The expressions that lowering a node writes into the Program, and those it was called with: a gradient is
    differentiated again from what it was given."""
    found = list(node.expressions())
    if isinstance(node.op, ViewOp):
        given = node.op.view_of(node.arguments).arguments
        found += [unwrap(a) for g in given for a in (g if isinstance(g, (list, tuple)) else (g,))]
    return found


class SizeTable:
    """Where in the tensors at hand a size is found."""

    def __init__(self) -> None:
        self.values: list[Value] = []
        self.sizes: dict[Expression, tuple[Value, int]] = {}

    def add(self, value: Value) -> None:
        self.values.append(value)
        for d, e in enumerate(value.dims):
            self.sizes[("size", value, d)] = (value, d)
            if isinstance(e, tuple):
                self.sizes.setdefault(e, (value, d))

    def same_shape(self, value: Value) -> Value | None:
        """A tensor at hand of certainly the same shape."""
        if value in self.values:
            return value
        return next((v for v in self.values if v.dims == value.dims), None)

    def missing(self, e: Expression) -> list[Value]:
        """The inputs whose sizes `e` needs and that no tensor at hand has."""
        found: list[Value] = []

        def leaf(s: tuple[Any, ...]) -> Expression | None:
            if s in self.sizes:
                return 0
            if s[0] == "numel" and s[1] not in self.values:
                return rewrite(product(s[1].dims).expression, leaf) if s[1].dims else 1
            if s[0] in ("size", "extent", "stride", "offset") and s[1].node is None and s[1] not in self.values:
                found.append(s[1])
                return 0
            return None

        rewrite(e, leaf)
        return found


class _Lowering:
    def __init__(self, graph: Graph, tensors: Sequence[Value | None], target: Target,
                 register_kernel: Callable[[Any], int]):
        self.graph = graph
        self.builder = Builder(target, register_kernel)
        self.builder.resolve = self.resolve
        self.register: dict[Value, Register] = {}
        self.tensors = tensors
        self.table = SizeTable()
        for v in tensors:
            r = self.builder._new("float32" if v is None else v.dtype, 0 if v is None else v.ndim)
            if v is not None:
                self.register[v] = r
                self.table.add(v)
        self.merged_squeeze: dict[Node, Register] = {}
        self.joins: dict[Value, tuple[Node, int]] = {}  # values that are pieces of one concatenation, and which
        self.joined: dict[Node, Register] = {}          # concatenations of which pieces have been stored
        self.placed: set[Value] = set()                 # these pieces

    def run(self, items: Sequence[Item]) -> dict[str, Any]:
        users = users_of(self.graph)
        finished = finishing(self.graph, items, users)
        begun = beginning(self.graph, items, finished, users)
        self.joins = pieces_of_joins(self.graph, items, users)
        origins: list[tuple[int, ...]] = []
        for item in items:
            nodes = item.nodes if isinstance(item, Group) else [item]
            if isinstance(item, Group):
                if item in finished:
                    nodes = [finished[item], *nodes]
                    self.finish(finished[item], item, users)
                elif item in begun:
                    self.begin(item, users)
                else:
                    self.group(item, users)
            elif item not in finished.values():
                self.node(item)
            origin = tuple(sorted({n.origin for n in nodes}))
            origins += [origin] * (len(self.builder.instructions) - len(origins))
        return {
            "origins": origins,
            "tensors": len(self.tensors), "attributes": self.graph.attributes, "registers": self.builder.registers,
            "instructions": self.builder.instructions,
            "outputs": [self.register[v].number for v in self.graph.outputs if v is not None],
        }

    def resolve(self, e: Expression) -> Expression:
        """Values in an expression become registers."""

        def leaf(s: tuple[Any, ...]) -> Expression | None:
            at_hand = self.table.sizes.get(s)
            if at_hand is not None:
                return ("size", self.register[at_hand[0]].number, at_hand[1])
            if s[0] in ("size", "extent", "stride", "offset", "read"):
                if isinstance(s[1], int):
                    return s
                if s[1] in self.register:
                    return ("size" if s[0] == "extent" else s[0], self.register[s[1]].number, *s[2:])
                raise RuntimeError(f"{self.graph.name}: the {s[0]} of {s[1].label} is needed before it is there")
            if s[0] == "numel" and not isinstance(s[1], int):
                if s[1] in self.register:
                    return ("numel", self.register[s[1]].number)
                return rewrite(unwrap(product(s[1].dims)), leaf)
            return None

        return rewrite(e, leaf)

    # -- nodes on their own --------------------------------------------------------------------------------------------

    def node(self, node: Node, values: Sequence[Value] | None = None) -> None:
        """`values` are what it makes, if not its outputs."""
        if node in self.merged_squeeze:
            self._made(node, [self.merged_squeeze[node]])
        elif node in self.joined:
            for k, piece in enumerate(node.arguments[0]):
                if piece not in self.placed:
                    self.builder.copy(self.place(node, k), self.register[piece])
            self._made(node, [self.joined[node]], values)
        elif isinstance(node.op, ViewOp):
            view = node.op.view_of(node.arguments)
            self._made(node, [self.builder.view(view.kind, self.register[node.arguments[0]], view.arguments,
                                                node.outputs[0].ndim)])
        elif isinstance(node.op, KernelOp):
            shape_only = {k for k, p in enumerate(node.op.parameters) if p.name in node.op.shape_only}
            arguments: list[Any] = []
            for k, a in enumerate(node.op.for_body(node.arguments)):
                if isinstance(a, Value):
                    arguments.append(self.shape_register(a) if k in shape_only else self.register[a])
                elif isinstance(a, tuple) and node.op.parameters[k].kind == "Tensors":
                    arguments.append(tuple(self.register[v] for v in a))
                else:
                    arguments.append(a)
            found = node.op.call_body(arguments, self.builder)
            self._made(node, found if isinstance(found, (tuple, list)) else [] if found is None else [found], values)
        else:
            raise NotImplementedError(f"cannot lower {node.op.name} ({node.op.kind})")

    def shape_register(self, value: Value) -> Register:
        """A register whose shape is that of `value`."""
        if value in self.register:
            return self.register[value]
        same = self.table.same_shape(value)
        if same is None:
            raise RuntimeError(f"{self.graph.name}: the shape of {value.label} is needed before it is there")
        return self.register[same]

    def _made(self, node: Node, registers: Sequence[Register], values: Sequence[Value] | None = None) -> None:
        for v, r in zip(node.outputs if values is None else values, registers, strict=True):
            if (r.dtype, r.ndim) != (v.dtype, v.ndim):
                raise TypeError(
                    f"{node.op.name} made a {r.dtype} of {r.ndim} dimensions, its meta rule says {v.dtype} of {v.ndim}"
                )
            self.register[v] = r

    # -- concatenations ------------------------------------------------------------------------------------------------

    def place(self, node: Node, k: int) -> Register:
        """Where the k-th piece of a concatenation is in the result."""
        out, dim = self.joined[node], node.arguments[-1] % node.outputs[0].ndim
        if node.op is stack:
            return self.builder.view("select", out, (dim, k))
        lengths = [wrap(v.dims[dim]) for v in node.arguments[0]]
        start = total(lengths[:k])
        return self.builder.view("slice", out, (dim, start, start + lengths[k], 1))

    def place_of(self, value: Value) -> Register | None:
        """Where to store a value that is a piece of a concatenation, if its sizes are known so early."""
        node, k = self.joins[value]
        like = node.arguments[1] if node.op is joined_pieces else ()
        (whole,) = node.outputs
        if node not in self.joined:
            if not all(v in self.register for v in like) or not all(map(self.known, whole.dims)):
                return None
            self.joined[node] = self.builder.alloc_like(
                whole.dtype, [wrap(e) for e in whole.dims], [self.register[v] for v in like])
        dim = node.arguments[-1] % whole.ndim
        if not all(self.known(v.dims[dim]) for v in node.arguments[0] if node.op is not stack):
            return None
        self.placed.add(value)
        return self.place(node, k)

    def laid_out(self, value: Value, group: Group, reads: Sequence[Value],
                 users: dict[Value, list[Node]]) -> Register | None:
        """Where to store a value that would lie otherwise in memory than what the kernel makes by itself, which sums
        over several dimensions would notice; None where the kernel may make it."""
        if (group.reduced is not None or value.ndim < 2 or value not in users
                or len({n.origin for n in group.nodes}) == 1):
            return None
        like = layout_of(value, group.nodes, group.space)
        kernel = layout_of_kernel(reads, group.space)
        if like == kernel or not all(map(self.known, value.dims)):
            return None
        return self.builder.alloc_like(value.dtype, [wrap(e) for e in value.dims], [self.register[v] for v in like])

    def known(self, e: Expression) -> bool:
        """Whether a size can be computed from the registers there are."""
        try:
            self.resolve(e)
        except RuntimeError:
            return False
        return True

    # -- methods with an epilogue --------------------------------------------------------------------------------------

    def finish(self, node: Node, group: Group, users: dict[Value, list[Node]]) -> None:
        """`node` with the group as its epilogue."""
        (stored,), result = _stored_by(self.graph, group, users), node.outputs[0]
        value, operands, numbers = _expression(group, stored, result)
        self.builder.epilogue = Epilogue(value, result.dtype, tuple(self.register[v] for v in operands[1:]), numbers)
        self.node(node, (stored, *node.outputs[1:]))

    def begin(self, group: Group, users: dict[Value, list[Node]]) -> None:
        """The group as the prologue of the method that reads what it makes."""
        (stored,) = _stored_by(self.graph, group, users)
        value, operands, numbers = _expression(group, stored)
        made = Prologue(value, tuple(self.register[v] for v in operands), numbers)
        self.register[stored] = self.builder.later(made, self.register[operands[0]].shape)

    # -- groups ----------------------------------------------------------------------------------------------

    def group(self, group: Group, users: dict[Value, list[Node]]) -> None:
        inside = set(group.nodes)
        kept = {v for v in self.graph.outputs if v is not None}
        stored = _stored_by(self.graph, group, users)
        kernel, reads, scalars = build_kernel(group, stored)
        keepdim = True
        squeezes: dict[Value, list[Node]] = {}
        if group.reduced:
            rows = [v for v in stored if group.is_row(v)]
            squeezes = {v: [u for u in users.get(v, ()) if _squeezes(u, group.reduced)] for v in rows}
            keepdim = not rows or any(
                v in kept or len(squeezes[v]) != len([u for u in users.get(v, ()) if u not in inside]) for v in rows
            )
        ndims = []
        for v in stored:
            row_without_dims = group.reduced is not None and group.is_row(v) and not keepdim
            ndims.append(v.ndim - len(group.reduced or ()) if row_without_dims else v.ndim)
        inputs = [self.register[v] for v in reads]
        places = [self.place_of(v) if v in self.joins else self.laid_out(v, group, reads, users) for v in stored]
        outputs = [n if p is None else p for n, p in zip(ndims, places, strict=True)]
        registers = self.builder.loops(kernel, inputs, outputs, scalars, group.reduced, keepdim)
        for v, r in zip(stored, registers, strict=True):
            if r.ndim == v.ndim:
                self.register[v] = r
            else:
                for squeeze in squeezes[v]:
                    self.merged_squeeze[squeeze] = r


def pieces_of_joins(graph: Graph, items: Iterable[Item],
                    users: dict[Value, list[Node]]) -> dict[Value, tuple[Node, int]]:
    """The values that a kernel makes for nothing but to be put side by side (or uses itself): for each the
    concatenation, and the number of the piece. They are stored where they end up; but not by sums over several
    dimensions, whose order depends on how what the kernel stores lies in memory."""
    group_of = {n: i for i in items if isinstance(i, Group) for n in i.nodes}
    found: dict[Value, tuple[Node, int]] = {}
    for node in graph.nodes:
        if node.op not in (cat, stack, joined_pieces):
            continue
        (whole,) = node.outputs
        pieces = node.arguments[0]
        for k, v in enumerate(pieces):
            group = group_of.get(v.node)
            if (group is not None and len(group.reduced or ()) < 2 and not group.is_row(v) and v.dtype == whole.dtype
                    and v.ndim == whole.ndim - (node.op is stack) > 0
                    and v not in graph.outputs and pieces.count(v) == 1
                    and all(u is node or u in group.nodes for u in users[v])):
                found[v] = node, k
    return found


def finishing(graph: Graph, items: Iterable[Item], users: dict[Value, list[Node]]) -> dict[Item, Node]:
    """The groups that are epilogues, and the nodes that they finish."""
    found = {group: _finished_by(graph, group, users) for group in items if isinstance(group, Group)}
    return {group: node for group, node in found.items() if node is not None}


def _finished_by(graph: Graph, group: Group, users: dict[Value, list[Node]]) -> Node | None:
    """The node of which the group is the epilogue: nothing else uses its (first) result, and the group makes one value
    of it, of its shape. It is then launched where the group stands, after what else the group reads."""
    stored = _stored_by(graph, group, users)
    if group.reduced is not None or len(stored) != 1 or len(group.reads) > MOST_EPILOGUE_OPERANDS + 1:
        return None
    for v in reversed(group.reads):
        node = v.node
        if (node is not None and isinstance(node.op, KernelOp) and node.op.epilogue is not None
                and v is node.outputs[0] and node.op.epilogue(*node.op.for_body(node.arguments))
                and v not in graph.outputs
                and all(u in group.nodes for u in users[v]) and v.dims == stored[0].dims == group.space
                and _stored_directly(v.dtype, stored[0].dtype)
                and all(r.ndim <= v.ndim and not info(r.dtype).is_mirrored for r in group.reads)):
            return node
    return None


def beginning(graph: Graph, items: Iterable[Item], finished: Container[Item],
              users: dict[Value, list[Node]]) -> set[Item]:
    """The groups that are prologues: not epilogues, which are `finished`."""
    return {item for item in items
            if isinstance(item, Group) and item not in finished and _begins(graph, item, users)}


def _begins(graph: Graph, group: Group, users: dict[Value, list[Node]]) -> bool:
    """Whether the group makes one value, of which nothing is but the operand of a method that can make it as it reads
    it, perhaps transposed. That is worth it where fewer bytes are read then, and no function takes time."""
    stored = _stored_by(graph, group, users)
    if group.reduced is not None or len(stored) != 1 or len(group.reads) > MOST_PROLOGUE_OPERANDS + 1:
        return False
    (value,) = stored
    if (value.dtype not in FLOATS or value.ndim != 2 or value.dims != group.space
            or any(info(v.dtype).is_complex or info(v.dtype).is_mirrored or v.ndim > 2 for v in group.reads)
            or not _is_operand(graph, value, users)):
        return False
    made, operands, _ = _expression(group, value)
    whole = [itemsize(v.dtype) for v in operands if v.dims == value.dims]
    return 0 < sum(whole) < itemsize(value.dtype) and all(e.op in _QUICK for e in walk((made,)))


def _expression(group: Group, stored: Value, first: Value | None = None) -> tuple[Expr, list[Value], tuple[Any, ...]]:
    """What a group stores, over load(k) of the k-th of the values that it reads elements of, and over the numbers. The
    first one is `first`, or one that has the shape, if any does."""
    kernel, reads, scalars = build_kernel(group, [stored])
    (stage,) = kernel.stages
    loaded = {e.attribute for e in walk((stage.value,)) if e.op == "load"}  # not what merely has the right shape
    operands = [v for k, v in enumerate(reads) if k in loaded]
    operands.sort(key=lambda v: v.dims != stored.dims if first is None else v is not first)
    if first is not None and first not in operands:
        operands.insert(0, first)
    renamed = {load(k, v.dtype): load(operands.index(v), v.dtype) for k, v in enumerate(reads) if v in operands}
    return substitute((stage.value,), renamed)[0], operands, tuple(map(wrap, scalars))


def _is_operand(graph: Graph, value: Value, users: dict[Value, list[Node]]) -> bool:
    """Whether nothing but a method that can make it reads the value, perhaps through a permutation."""
    while value not in graph.outputs and len(users[value]) == 1:
        (node,) = users[value]
        if isinstance(node.op, ViewOp) and node.op.view_of(node.arguments).kind == "permute":
            value = node.outputs[0]
            continue
        return (isinstance(node.op, KernelOp) and bool(node.op.prologue)
                and [k for k, a in enumerate(node.arguments) if a is value] == [node.op.index[node.op.prologue]]
                and node.op.epilogue is not None and node.op.epilogue(*node.op.for_body(node.arguments)))
    return False


def _stored_by(graph: Graph, group: Group, users: dict[Value, list[Node]]) -> list[Value]:
    """The values of a group that something outside it needs."""
    inside = set(group.nodes)
    return [v for n in group.nodes for v in n.outputs
            if v in graph.outputs or any(u not in inside for u in users.get(v, ()))]


def users_of(graph: Graph) -> dict[Value, list[Node]]:
    found: dict[Value, list[Node]] = {}
    for node in graph.nodes:
        for value in dict.fromkeys(
            [*node.tensors(), *(v for e in _run_time_expressions(node) for _, v in tensors_of(e))]
        ):
            found.setdefault(value, []).append(node)
    return found


def _stored_directly(dtype: str, stored: str) -> bool:
    """Whether a method that gives `dtype` can store `stored` instead: floats whose sums are of one dtype."""
    return dtype == stored or ({dtype, stored} <= {*FLOATS} and info(dtype).accumulate == info(stored).accumulate)


def _squeezes(node: Node, dims: tuple[int, ...]) -> bool:
    """Whether a node merely leaves out dimensions that were reduced."""
    return bool(node.op.drops) and tuple(node.arguments[node.op.index[node.op.drops]]) == tuple(dims)


def pointwise_kernel(op: Any, operands: Sequence[tuple[str, int] | None]) -> tuple[Kernel, list[int], list[Expression]]:
    """The loop kernel of an op that is pointwise throughout, of operands (dtype, dimensions) of one shape; which of
    them it reads, in order; and its run-time numbers."""
    graph = Graph(op.name, registry)
    first: Value | None = None
    arguments: list[Value | None] = []
    for k, operand in enumerate(operands):
        if operand is None:
            arguments.append(None)
            continue
        dtype, ndim = operand
        arguments.append(graph.input(dtype, ndim if first is None else first.dims, f"operand{k}"))
        first = arguments[-1] if first is None else first
    with tracing(graph):
        found = op(*arguments)
    leaves = [(v, v.label) for v in arguments if v is not None]
    expanded = expand(graph, found if isinstance(found, tuple) else (found,), leaves)
    items = fuse(expanded)
    if len(items) != 1 or not isinstance(items[0], Group) or items[0].reduced is not None:
        raise TypeError(f"{op.name} is not one pointwise kernel")
    kernel, reads, scalars = build_kernel(items[0], [v for v in expanded.outputs if v is not None])
    given = [k for k, v in enumerate(arguments) if v is not None]
    return kernel, [given[expanded.inputs.index(v)] for v in reads], scalars


def build_kernel(group: Group, stored: Sequence[Value]) -> tuple[Kernel, list[Value], list[Expression]]:
    """The loop kernel of a group, the values it reads (its inputs, in order) and its run-time numbers.

    Stages: reductions in order, then the stores of elements, then those of rows.
    """
    reads: list[Value] = []
    scalars: list[Expression] = []
    known: dict[Value, Expr] = {}
    stages: list[Reduce | Store] = []

    def read(v: Value) -> Expr:
        if v not in known:
            known[v] = mirror.read(len(reads), v.dtype)
            reads.append(v)
        return known[v]

    def number(e: Expression, dtype: str) -> Expr:
        if kind_of(e) == "complex":
            real, imaginary = parts_of(e)
            if dtype not in COMPLEX:
                return number(real, dtype)
            return call("complex", *(number(part, info(dtype).part) for part in (real, imaginary)))
        if dtype in COMPLEX:
            return cast(number(e, info(dtype).part), dtype)
        wanted = (
            make("float", e)
            if dtype in FLOATS
            else e
            if kind_of(e) != "float"
            else make("int", e)
        )
        if wanted not in scalars:
            scalars.append(wanted)
        return scalar(scalars.index(wanted), dtype)

    if group.reduced is not None and len(group.reduced) > 1:
        for v in walked_like(group.nodes, group.space)[0]:
            read(v)
    for node in group.nodes:
        if isinstance(node.op, Pointwise):
            known.update(zip(node.outputs, node.op.expressions(node.arguments, read, number), strict=True))
        else:
            assert isinstance(node.op, Reduction)
            (out,) = node.outputs
            known[out] = cast(reduce(stages, node.op.combiner, node.op.element(node.arguments, read)), out.dtype)
    first = len(reads)
    operands = [mirror.operand(v.dtype, "input") for v in reads]
    rows: list[Store] = []
    for k, v in enumerate(stored):
        row = group.is_row(v)
        operands.append(Operand(v.dtype, "row" if row else "element"))
        (rows if row else stages).append(Store(first + k, known[v]))
    name = "_".join(n.op.name.rpartition(".")[2] for n in group.nodes)[:60]
    return Kernel(tuple(operands), (*stages, *rows), name), reads, scalars


