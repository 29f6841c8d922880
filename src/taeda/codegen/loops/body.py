"""What both axes of loop kernels share: levels, values of expressions, passes.

Each expression is computed at its *level*: once per call, once per outer point (or block of them), once per `middle`
index, or at every point; and either for W points at once or, if it is the same for all of them, in UNIFORM lanes.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence

from taeda.codegen import scalars as scalar_math
from taeda.codegen import x86
from taeda.codegen.llvm import Arguments, ModuleWriter, Value, memory_type, register_type, vector
from taeda.codegen.loops.memory import copy_in, copy_out, first_lanes, has_masks
from taeda.codegen.loops.reduce import Combiner
from taeda.codegen.loops.rewrite import keep_for_last_pass, pass_numbers
from taeda.codegen.loops.schedule import UNIFORM
from taeda.codegen.scalars.convert import from_memory
from taeda.codegen.scalars.expression import read_number
from taeda.codegen.scalars.philox import Keys, keys_of_call, keys_of_lanes, random_words
from taeda.codegen.target import Target
from taeda.ir.dtype import NARROW, itemsize
from taeda.ir.loop import Expr, Kernel, Reduce, Store, walk
from taeda.ir.scalars import round_narrow

LINE = 64  # bytes of a cache line
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
        kernel = keep_for_last_pass(kernel, lambda k: classes[k] != "z")
        self.kernel, self.rank, self.target = kernel, rank, target
        self.classes = classes.replace("n", "c")
        self.streaming = {k for k, letter in enumerate(classes) if letter == "n"}
        self.f = ModuleWriter(target).kernel()
        self.lanes = 0  # W, set before any code for points is written
        self.sizes = [itemsize(operand.dtype) for operand in kernel.operands]
        self.combiners = {k: Combiner(self.f, s) for k, s in enumerate(kernel.stages) if isinstance(s, Reduce)}
        self._levels: dict[Expr, int] = {}
        self._varying: dict[Expr, bool] = {}
        self._scopes: list[dict[tuple[Expr, int], Value]] = [{}, {}, {}, {}]
        self._integers: dict[int, Value] = {}
        self._stages: dict[int, Value] = {}
        self._random_keys: dict[tuple[Expr, int], Keys] = {}
        self._fault: Value | None = None
        self.f.on_fault = self._on_fault
        f = self.f
        with f.at_entry():
            self.arguments = Arguments(f)
            self.data = [self.arguments.data(k) for k in range(len(classes))]
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
        numbers = pass_numbers(self.kernel)
        points = [k for k, stage in enumerate(self.kernel.stages)
                  if isinstance(stage, Reduce) or self.kernel.operands[stage.operand].role == "element"]
        result = [Pass() for _ in range(max((numbers[k] + 1 for k in points), default=0))]
        for k in points:
            stage = self.kernel.stages[k]
            if isinstance(stage, Reduce):
                result[numbers[k]].reduces.append(k)
            else:
                result[numbers[k]].stores.append(stage)
        return result

    # Run-time integers

    def integer(self, k: int) -> Value:
        if k not in self._integers:
            with self.f.at_entry():
                self._integers[k] = self.arguments.integer(k)
        return self._integers[k]

    @property
    def inner(self) -> Value:
        return self.integer(0)

    @property
    def middle(self) -> Value | int:
        return self.integer(1) if self.rank == 2 else 1

    def outer_stride(self, k: int) -> Value | int:
        return self.integer(3 + 3 * k)

    def inner_stride(self, k: int) -> Value | int:
        return self.integer(4 + 3 * k)

    def middle_stride(self, k: int) -> Value | int:
        return self.integer(5 + 3 * k) if self.rank == 2 else 0

    # Values

    def _on_fault(self, where: Value) -> None:
        f = self.f
        if self._fault is None:
            self._fault = f.alloca(64)
            with f.at_entry():
                f.store(f.constant(0, vector(64, "i8")), self._fault, 64)
        if f.live is not None and where.lanes == f.live.lanes:
            where = where & f.live
        old = f.load(where.like("i8"), self._fault)
        f.store(old | where.convert("zext", "i8"), self._fault)

    def finish(self) -> str:
        f = self.f
        if self.streaming:
            x86.store_fence(f)  # whoever reads next may be another thread
        f.ret(0 if self._fault is None else f.any(f.load(vector(64, "i8"), self._fault)).convert("zext", "i64"))
        return f.module.text()

    def value(self, node: Expr, lanes: int) -> Value:
        """`node` in `lanes` lanes (UNIFORM or W), computed now if it has not been at its level."""
        level = self._levels[node]
        scope = self._scopes[level]
        found = scope.get((node, lanes))
        if found is not None:
            return found
        if level == CALL and self.f.lines is not self.f.entry:
            with self.f.at_entry():
                return self.value(node, lanes)
        if node.op == "const":
            made = self.f.constant(self._constant(node), vector(lanes, register_type(node.dtype)))
        elif not self._varying[node] and lanes != UNIFORM:
            made = self.value(node, UNIFORM).broadcast(lanes)
        elif node.op == "philox":
            made = self._random_words(node, lanes, scope)[node.attribute]
        elif node.args:
            made = scalar_math.lower(self.f, node, [self.value(a, lanes) for a in node.args])
        else:
            made = self.leaf_value(node, lanes)
        scope[node, lanes] = made
        return made

    def _random_words(self, node: Expr, lanes: int, scope: dict[tuple[Expr, int], Value]) -> list[Value]:
        """The four words of a counter, of which `node` is one: all are known from now on."""
        seed, counter = node.args
        words = random_words(self.f, self.value(counter, lanes), self._keys(seed, lanes))
        for word, value in enumerate(words):
            scope[Expr("philox", node.args, node.dtype, word), lanes] = value
        return words

    def _keys(self, seed: Expr, lanes: int) -> Keys:
        if self._levels[seed] != CALL:
            return keys_of_lanes(self.f, self.value(seed, lanes))
        if (seed, lanes) not in self._random_keys:
            with self.f.at_entry():
                self._random_keys[seed, lanes] = keys_of_call(self.f, self.value(seed, UNIFORM), lanes)
        return self._random_keys[seed, lanes]

    def _constant(self, node: Expr) -> float | int:
        return round_narrow(node.attribute, node.dtype) if node.dtype in NARROW else node.attribute

    def leaf_value(self, node: Expr, lanes: int) -> Value:
        raise NotImplementedError

    def scalar_value(self, node: Expr) -> Value:
        return self.f.splat(read_number(self.f, self.arguments.scalars, node), UNIFORM)

    def load_one(self, operand: int, pointer: Value) -> Value:
        """The value at `pointer` in UNIFORM lanes."""
        dtype = self.kernel.operands[operand].dtype
        value = self.f.load(memory_type(dtype), pointer, 1)
        return from_memory(self.f, self.f.splat(value, UNIFORM), dtype)

    def enter(self, level: int) -> None:
        """Forgets the values of `level` and of those inside it: their code is elsewhere."""
        for k in range(level, POINT + 1):
            self._scopes[k] = {}

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
        return all(has_masks(self.f, size) for size in self.sizes)

    def stage_buffer(self, k: int) -> Value:
        if k not in self._stages:
            self._stages[k] = self.f.alloca(64 * self.sizes[k])
        return self._stages[k]

    def pass_operands(self, step: Pass) -> tuple[list[int], list[int]]:
        """(operands that are loaded in vectors, operands that are stored) by the pass."""
        loads = {e.attribute for e in walk(self.pass_values(step)) if e.op == "load" and self._varying[e]}
        return sorted(loads), [s.operand for s in step.stores]

    def pass_loads(self, step: Pass) -> set[int]:
        return {e.attribute for e in walk(self.pass_values(step)) if e.op == "load"}

    def pass_values(self, step: Pass) -> list[Expr]:
        return [self.kernel.stages[k].value for k in step.reduces] + [s.value for s in step.stores]

    def load_vectors(self, inputs: Sequence[int], outputs: Sequence[int], direct: dict[int, Value],
                     whole: Container[int], full: Value, left: Value) -> dict[int, Value]:
        """Loads W points of each of `inputs`, or `left` points if not `full`; gives where to store `outputs`.

        `direct` is where operands are; those in `whole` have room for W points whatever is left. What is given for
        others is a buffer, from which `store_vectors` fetches an incomplete vector, unless the target has masks.
        """
        f, lanes = self.f, self.lanes
        partial_inputs = [k for k in inputs if k not in whole]
        partial = list(dict.fromkeys((*partial_inputs, *(k for k in outputs if k not in whole))))
        types = {k: vector(lanes, memory_type(self.kernel.operands[k].dtype)) for k in (*inputs, *outputs)}
        targets = dict(direct)
        raw: dict[int, Value] = {}
        if self.masked and partial_inputs:
            def incomplete() -> list[Value]:
                mask = first_lanes(f, left, lanes)
                return [f.masked_load(types[k], direct[k], mask, align=1) for k in partial_inputs]

            loads = f.branch(full, lambda: [f.load(types[k], direct[k], 1) for k in partial_inputs], incomplete,
                             likely=True)
            raw = dict(zip(partial_inputs, loads, strict=True))
        elif not self.masked and partial:
            def stage() -> list[Value]:
                mask = first_lanes(f, left, lanes)
                for k in partial_inputs:
                    copy_in(f, self.sizes[k], self.stage_buffer(k), direct[k], left, mask)
                return [self.stage_buffer(k) for k in partial]

            places = f.branch(full, lambda: [direct[k] for k in partial], stage, likely=True)
            targets.update(zip(partial, places, strict=True))
        for k in inputs:
            dtype = self.kernel.operands[k].dtype
            loaded = raw[k] if k in raw else f.load(types[k], targets[k], 1)
            self._scopes[POINT][Expr("load", (), dtype, k), lanes] = from_memory(f, loaded, dtype)
        return targets

    def store_vectors(self, values: dict[int, Value], direct: dict[int, Value], targets: dict[int, Value],
                      whole: Container[int], full: Value, left: Value,
                      state: Callable[[Value | None], list[Value]] | None = None) -> list[Value]:
        """Stores W points of each operand, or `left` points if not `full`, to the places that `load_vectors` gave.

        `state` makes the combiners' new state, for all lanes or those of a mask: it is called for both cases.
        """
        f, lanes = self.f, self.lanes
        partial = {k: v for k, v in values.items() if k not in whole}
        for k, v in values.items():
            if k not in partial or not self.masked:
                self.store_whole(k, v, targets[k])
        if not partial and state is None:
            return []
        state = state or (lambda mask: [])

        def complete() -> list[Value]:
            if self.masked:
                for k, v in partial.items():
                    self.store_whole(k, v, direct[k])
            return state(None)

        def incomplete() -> list[Value]:
            mask = first_lanes(f, left, lanes)
            for k, v in partial.items():
                if self.masked and self.streams(k, v):
                    self.store_lines(k, v, direct[k], left)
                elif self.masked:
                    f.masked_store(v, direct[k], mask, align=1)
                else:
                    copy_out(f, self.sizes[k], self.stage_buffer(k), direct[k], left, mask)
            return state(mask)

        return f.branch(full, complete, incomplete, likely=True)

    def streams(self, k: int, value: Value) -> bool:
        return k in self.streaming and self.sizes[k] * value.lanes >= LINE

    def store_whole(self, k: int, value: Value, pointer: Value) -> None:
        streaming = self.streams(k, value)
        self.f.store(value, pointer, LINE if streaming else 1, streaming)

    def store_lines(self, k: int, value: Value, pointer: Value, left: Value) -> None:
        """Stores the first `left` points past the caches, line by line: a masked store of all would fetch also the
        lines of which it writes nothing, and which are written past the caches next."""
        f, lanes = self.f, LINE // self.sizes[k]

        def line(start: int) -> None:
            piece, place = value.slice(start, lanes), f.at(pointer, start * self.sizes[k])

            def some() -> None:
                f.masked_store(piece, place, first_lanes(f, left - start, lanes), align=1)

            def rest() -> None:
                f.branch(left > start, some)

            f.branch(left >= start + lanes, lambda: self.store_whole(k, piece, place), rest)

        for start in range(0, value.lanes, lanes):
            line(start)
