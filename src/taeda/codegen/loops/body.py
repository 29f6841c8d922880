"""What both axes of loop kernels share: levels, values of expressions, passes.

Each expression is computed at its *level*: once per call, once per outer point (or block of them), once per `middle`
index, or at every point; and either for W points at once or, if it is the same for all of them, in UNIFORM lanes.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence

from taeda.codegen import scalars as scalar_math
from taeda.codegen.llvm.types import memory_type, register_type
from taeda.codegen.loops.memory import copy_in, copy_out, first_lanes, has_masks, masked_load, masked_store
from taeda.codegen.loops.reduce import Combiner
from taeda.codegen.loops.schedule import HEAVY, UNIFORM, cost_of
from taeda.codegen.scalars import integer as math_integer
from taeda.codegen.scalars.convert import from_memory, round_to
from taeda.codegen.target import Target
from taeda.codegen.text import Builder, Vec
from taeda.ir.dtype import FLOATS, HALVES, itemsize
from taeda.ir.loop import Expr, Kernel, Reduce, Store, substitute, walk
from taeda.ir.scalars import round_half

FAULT_DIVISION = 1  # returned if an integer was divided by zero
CALL, ROW, MIDDLE, POINT = range(4)  # levels


class Pass:
    """One walk over the inner points: which Reduce stages and which element stores it does."""

    def __init__(self) -> None:
        self.reduces: list[int] = []
        self.stores: list[Store] = []


class Emitter:
    """What both axes share: the entry, levels and values of expressions, and the body for W points."""

    def __init__(self, kernel: Kernel, rank: int, classes: str, target: Target) -> None:
        self.kernel, self.rank, self.target = kernel, rank, target
        self.classes = classes.replace("n", "c")
        self.streaming = {k for k, letter in enumerate(classes) if letter == "n"}
        self.b = Builder(target)
        self.lanes = 0  # W, set before any code for points is written
        self.sizes = [itemsize(operand.dtype) for operand in kernel.operands]
        self.combiners = {k: Combiner(self.b, s) for k, s in enumerate(kernel.stages) if isinstance(s, Reduce)}
        self._levels: dict[Expr, int] = {}
        self._varying: dict[Expr, bool] = {}
        self._scopes: list[dict[tuple[Expr, int], Vec]] = [{}, {}, {}, {}]
        self._philox: list[dict[tuple[tuple[Expr, ...], int], list[Vec]]] = [{}, {}, {}, {}]
        self._keys: dict[tuple[Expr, int], list[tuple[Vec, Vec]]] = {}
        self._integers: dict[int, str] = {}
        self._stages: dict[int, str] = {}
        self._fault: str | None = None
        self._mask: Vec | None = None  # which lanes of the present body are points, or None if it does not matter
        self.b.on_fault = self._on_fault
        b = self.b
        with b.at_entry():
            data = b.op("load ptr, ptr %arguments, align 8")
            self._integer_base = b.op(f"load ptr, ptr {b.offset('%arguments', 8)}, align 8")
            if kernel.scalars:
                self._scalar_base = b.op(f"load ptr, ptr {b.offset('%arguments', 16)}, align 8")
            self.data = [b.op(f"load ptr, ptr {b.offset(data, 8 * k)}, align 8") for k in range(len(classes))]
        self._analyse(stage.value for stage in kernel.stages)

    # Levels, and which expressions differ between the points of a vector

    def _leaf(self, node: Expr) -> tuple[int, bool]:
        raise NotImplementedError

    def _analyse(self, values: Iterable[Expr]) -> None:
        for node in walk(values):
            if node.args:
                self._levels[node] = max(self._levels[a] for a in node.args)
                self._varying[node] = any(self._varying[a] for a in node.args)
            else:
                self._levels[node], self._varying[node] = self._leaf(node)

    def passes(self) -> list[Pass]:
        """The walks over the inner points, in order."""
        depth: dict[int, int] = {}

        def depth_of(value: Expr) -> int:
            return max((depth[e.attribute] + 1 for e in walk((value,)) if e.op == "reduced"), default=0)

        result: list[Pass] = []
        element_stores = []
        for k, stage in enumerate(self.kernel.stages):
            at = depth_of(stage.value)
            if isinstance(stage, Reduce):
                depth[k] = at
                while len(result) <= at:
                    result.append(Pass())
                result[at].reduces.append(k)
            elif self.kernel.operands[stage.operand].role == "element":
                element_stores.append((at, stage))
        if element_stores:
            last = max(len(result) - 1, *(at for at, _ in element_stores))
            while len(result) <= last:
                result.append(Pass())
            result[last].stores = [stage for _, stage in element_stores]
            self._keep_for_last_pass(result)
        return result

    def _keep_for_last_pass(self, passes: list[Pass]) -> None:
        """Lets the last pass of a softmax read what an earlier pass computed from where its result will go.

        The pass before it, if it computes an expensive part of a stored value, puts that in the output. This is right
        only if the last pass then reads nothing else, because an output may be the same memory as an input.
        """
        if len(passes) < 2:
            return
        before, last = passes[-2:]
        known = set(walk(self.pass_values(before)))
        early: list[Store] = []
        stores: list[Store] = []
        for store in last.stores:
            parts = [node for node in walk((store.value,)) if node in known and self._levels[node] == POINT
                     and node.dtype == store.value.dtype and cost_of((node,)) >= HEAVY]
            if not parts or last.reduces:
                return
            kept = Expr("load", (), store.value.dtype, store.operand)
            early.append(Store(store.operand, parts[-1]))
            stores.append(Store(store.operand, substitute((store.value,), {parts[-1]: kept})[0]))
        self._analyse(store.value for store in stores)
        for store in stores:
            for node in walk((store.value,)):
                if node.op == "load" and self._varying[node] and node.attribute != store.operand:
                    return
        before.stores, last.stores = early, stores

    # Run-time integers

    def integer(self, k: int) -> str:
        if k not in self._integers:
            with self.b.at_entry():
                self._integers[k] = self.b.op(f"load i64, ptr {self.b.offset(self._integer_base, 8 * k)}, align 8")
        return self._integers[k]

    @property
    def inner(self) -> str:
        return self.integer(0)

    @property
    def middle(self) -> str:
        return self.integer(1) if self.rank == 2 else "1"

    def outer_stride(self, k: int) -> str | int:
        return self.integer(3 + 3 * k)

    def inner_stride(self, k: int) -> str | int:
        return self.integer(4 + 3 * k)

    def middle_stride(self, k: int) -> str | int:
        return self.integer(5 + 3 * k) if self.rank == 2 else 0

    # Values

    def _on_fault(self, where: Vec) -> None:
        b = self.b
        if self._fault is None:
            self._fault = b.alloca(64)
            with b.at_entry():
                b.do(f"store <64 x i8> zeroinitializer, ptr {self._fault}, align 64")
        if self._mask is not None and where.lanes == self._mask.lanes:
            where = where & self._mask
        old = b.load("i8", where.lanes, self._fault)
        b.store(old | where.convert("zext", "i8"), self._fault)

    def finish(self) -> str:
        b = self.b
        if self.streaming and self.target.triple.startswith("x86_64"):
            b.declare("llvm.x86.sse.sfence", "void", [])
            b.do("call void @llvm.x86.sse.sfence()")  # whoever reads next may be another thread
        if self._fault is None:
            b.do("ret i64 0")
        else:
            name = "llvm.vector.reduce.or.v64i8"
            b.declare(name, "i8", ["<64 x i8>"])
            seen = b.op(f"call i8 @{name}({b.load('i8', 64, self._fault)})")
            b.do(f"ret i64 {b.op(f'zext i8 {seen} to i64')}")
        return b.finish()

    def value(self, node: Expr, lanes: int) -> Vec:
        """`node` in `lanes` lanes (UNIFORM or W), computed now if it has not been at its level."""
        level = self._levels[node]
        scope = self._scopes[level]
        found = scope.get((node, lanes))
        if found is not None:
            return found
        if level == CALL and self.b.lines is not self.b.entry:
            with self.b.at_entry():
                return self.value(node, lanes)
        if node.op == "const":
            made = self.b.splat(self._constant(node), register_type(node.dtype), lanes)
        elif not self._varying[node] and lanes != UNIFORM:
            made = self.value(node, UNIFORM).broadcast(lanes)
        elif node.args:
            if node.op == "philox":
                made = self._philox_word(node, lanes)
            else:
                made = scalar_math.lower(self.b, node, [self.value(a, lanes) for a in node.args])
        else:
            made = self.leaf_value(node, lanes)
        scope[node, lanes] = made
        return made

    def _philox_word(self, node: Expr, lanes: int) -> Vec:
        """One of the four words, which are computed together."""
        seed, counter = node.args
        words = self._philox[self._levels[node]]
        if (node.args, lanes) not in words:
            words[node.args, lanes] = math_integer.philox(self._philox_keys(seed, lanes), self.value(counter, lanes))
        return words[node.args, lanes][node.attribute]

    def _philox_keys(self, seed: Expr, lanes: int) -> list[tuple[Vec, Vec]]:
        """Hoisted to the entry if the seed is a number of the call, as it usually is."""
        value = self.value(seed, lanes)
        if self._levels[seed] != CALL:
            return math_integer.philox_keys(value)
        with self.b.at_entry():
            if (seed, lanes) not in self._keys:
                self._keys[seed, lanes] = math_integer.philox_keys(value)
        return self._keys[seed, lanes]

    def _constant(self, node: Expr) -> float | int:
        return round_half(node.attribute, node.dtype) if node.dtype in HALVES else node.attribute

    def leaf_value(self, node: Expr, lanes: int) -> Vec:
        raise NotImplementedError

    def scalar_value(self, node: Expr) -> Vec:
        b = self.b
        place = b.offset(self._scalar_base, 8 * node.attribute)
        kind = register_type(node.dtype)
        if node.dtype in FLOATS:
            value = b.op(f"load double, ptr {place}, align 8")
            if kind == "float":
                value = b.op(f"fptrunc double {value} to float")
            return round_to(b, b.spread(value, kind, UNIFORM), node.dtype)
        value = b.op(f"load i64, ptr {place}, align 8")
        if node.dtype == "bool":
            value = b.op(f"icmp ne i64 {value}, 0")
        elif kind != "i64":
            value = b.op(f"trunc i64 {value} to {kind}")
        return b.spread(value, kind, UNIFORM)

    def load_one(self, operand: int, pointer: str) -> Vec:
        """The value at `pointer` in UNIFORM lanes."""
        dtype = self.kernel.operands[operand].dtype
        kind = memory_type(dtype)
        value = self.b.op(f"load {kind}, ptr {pointer}, align 1")
        return from_memory(self.b, self.b.spread(value, kind, UNIFORM), dtype)

    def enter(self, level: int) -> None:
        """Forgets the values of `level` and of those inside it: their code is elsewhere."""
        for k in range(level, POINT + 1):
            self._scopes[k] = {}
            self._philox[k] = {}

    def prepare(self, values: Sequence[Expr], level: int) -> None:
        """Computes, here, what belongs to `level` or outside it and is needed for `values` at every point."""
        for node in walk(values):
            if self._levels[node] <= level:
                self.value(node, self.lanes if self._varying[node] else UNIFORM)
            if self._varying[node]:
                for a in node.args:
                    if self._levels[a] <= level:
                        self.value(a, self.lanes)
        for node in values:
            if self._levels[node] <= level:
                self.value(node, self.lanes)

    # The body: W points, of which a last vector has fewer

    @property
    def masked(self) -> bool:
        """Does the target have masked loads and stores for all operands?"""
        return all(has_masks(self.b, size) for size in self.sizes)

    def stage_buffer(self, k: int) -> str:
        if k not in self._stages:
            self._stages[k] = self.b.alloca(64 * self.sizes[k])
        return self._stages[k]

    def pass_operands(self, step: Pass) -> tuple[list[int], list[int]]:
        """(operands that are loaded in vectors, operands that are stored) by the pass."""
        loads = {e.attribute for e in walk(self.pass_values(step)) if e.op == "load" and self._varying[e]}
        return sorted(loads), [s.operand for s in step.stores]

    def pass_loads(self, step: Pass) -> set[int]:
        return {e.attribute for e in walk(self.pass_values(step)) if e.op == "load"}

    def pass_values(self, step: Pass) -> list[Expr]:
        return [self.kernel.stages[k].value for k in step.reduces] + [s.value for s in step.stores]

    def load_vectors(self, inputs: Sequence[int], outputs: Sequence[int], direct: dict[int, str],
                     whole: Container[int], full: str, left: str) -> dict[int, str]:
        """Loads W points of each of `inputs`, or `left` points if not `full`; gives where to store `outputs`.

        `direct` is where operands are; those in `whole` have room for W points whatever is left. What is given for
        others is a buffer, from which `store_vectors` fetches an incomplete vector, unless the target has masks.
        """
        b, lanes = self.b, self.lanes
        partial_inputs = [k for k in inputs if k not in whole]
        partial = list(dict.fromkeys((*partial_inputs, *(k for k in outputs if k not in whole))))
        kinds = {k: memory_type(self.kernel.operands[k].dtype) for k in (*inputs, *outputs)}
        targets = dict(direct)
        raw: dict[int, Vec] = {}
        if self.masked and partial_inputs:
            name = b.name("body")
            b.branch(full, name + "_full", name + "_partial", likely=True)
            b.label(name + "_full")
            complete = {k: b.load(kinds[k], lanes, direct[k]) for k in partial_inputs}
            b.jump(name)
            b.label(name + "_partial")
            mask = first_lanes(b, left, lanes)
            incomplete = {k: masked_load(b, kinds[k], direct[k], mask) for k in partial_inputs}
            b.jump(name)
            b.label(name)
            for k in partial_inputs:
                x, y = complete[k], incomplete[k]
                raw[k] = Vec(b, x.kind, lanes,
                             b.phi(x.type, (x.name, name + "_full"), (y.name, name + "_partial")))
        elif not self.masked and partial:
            name, before = b.name("body"), b.block
            b.branch(full, name, name + "_stage", likely=True)
            b.label(name + "_stage")
            mask = first_lanes(b, left, lanes)
            for k in partial_inputs:
                copy_in(b, self.sizes[k], self.stage_buffer(k), direct[k], left, mask)
            after = b.block
            b.jump(name)
            b.label(name)
            for k in partial:
                targets[k] = b.phi("ptr", (direct[k], before), (self.stage_buffer(k), after))
        for k in inputs:
            dtype = self.kernel.operands[k].dtype
            loaded = raw[k] if k in raw else b.load(kinds[k], lanes, targets[k])
            self._scopes[POINT][Expr("load", (), dtype, k), lanes] = from_memory(b, loaded, dtype)
        return targets

    def store_vectors(self, values: dict[int, Vec], direct: dict[int, str], targets: dict[int, str],
                      whole: Container[int], full: str, left: str,
                      state: Callable[[Vec | None], list[Vec]] | None = None) -> list[Vec]:
        """Stores W points of each operand, or `left` points if not `full`, to the places that `load_vectors` gave.

        `state` makes the combiners' new state, for all lanes or those of a mask: it is called for both cases.
        """
        b, lanes = self.b, self.lanes
        partial = {k: v for k, v in values.items() if k not in whole}
        for k, v in values.items():
            if k not in partial or not self.masked:
                self.store_whole(k, v, targets[k])
        if not partial and state is None:
            return []
        state = state or (lambda mask: [])
        name = b.name("end")
        b.branch(full, name + "_full", name + "_partial", likely=True)
        b.label(name + "_full")
        if self.masked:
            for k, v in partial.items():
                self.store_whole(k, v, direct[k])
        complete = state(None)
        before = b.block
        b.jump(name)
        b.label(name + "_partial")
        mask = first_lanes(b, left, lanes)
        for k, v in partial.items():
            if self.masked:
                masked_store(b, v, direct[k], mask)
            else:
                copy_out(b, self.sizes[k], self.stage_buffer(k), direct[k], left, mask)
        incomplete = state(mask)
        after = b.block
        b.jump(name)
        b.label(name)
        return [Vec(b, x.kind, x.lanes, b.phi(x.type, (x.name, before), (y.name, after)))
                for x, y in zip(complete, incomplete, strict=True)]

    def store_whole(self, k: int, value: Vec, pointer: str) -> None:
        streaming = k in self.streaming and self.sizes[k] * value.lanes >= 64
        self.b.store(value, pointer, 64 if streaming else 1, streaming)
