"""Loop kernels with vectors along the outer points."""

from __future__ import annotations

from taeda.codegen.llvm import SIZES, Loop, Value, vector
from taeda.codegen.loops.body import CALL, MIDDLE, POINT, ROW, Emitter, Pass
from taeda.codegen.loops.memory import first_lanes, strided_copy
from taeda.codegen.loops.reduce import BLOCK, ORDER, Combiner
from taeda.codegen.loops.schedule import UNIFORM, lanes_for, needs_live_lanes
from taeda.codegen.scalars.convert import to_memory
from taeda.ir.loop import Expr, Store, walk


class OuterAxis(Emitter):
    """Vectors along the outer points: lanes are neighbouring rows, which are walked together."""

    def _leaf(self, node: Expr) -> tuple[int, bool]:
        if node.op in ("const", "scalar"):
            return CALL, False
        if node.op == "reduced":
            return ROW, True
        if node.op == "load" and self.classes[node.attribute] == "z" or node.op == "position":
            return POINT, False
        return POINT, True

    def outer_stride(self, k: int) -> Value | int:
        return self.sizes[k] if self.classes[k] == "c" else 0 if self.classes[k] == "z" else self.integer(3 + 3 * k)

    def emit(self) -> str:
        f = self.f
        passes = self.passes()
        self.lanes = self.choose_lanes(passes)
        blocks = f.open_loop(f["begin"], f["end"], self.lanes)
        self.row = blocks.index
        self.left = f["end"] - self.row
        self.full = self.left >= self.lanes
        self.count = self.full.select(f.constant(self.lanes), self.left)
        self.rows = [f.at(p, self.row * self.outer_stride(k)) for k, p in enumerate(self.data)]
        self.enter(ROW)
        for step in passes:
            self.emit_pass(step)
        for stage in self.kernel.stages:
            if isinstance(stage, Store) and self.kernel.operands[stage.operand].role == "row":
                only = Pass()
                only.stores = [stage]
                self.enter(POINT)
                self.points, self.place = self.rows, f.constant(0)
                self.prepare(self.pass_values(only), ROW)
                self.emit_points(only, [], [], None)
        blocks.end()
        return self.finish()

    def choose_lanes(self, passes: list[Pass]) -> int:
        """As the heaviest pass wants, but two registers: each row of a block costs the loop around it."""
        dtypes = [operand.dtype for operand in self.kernel.operands]
        if not passes:
            return lanes_for([stage.value for stage in self.kernel.stages], dtypes, self.target)
        return min(64, 2 * min(lanes_for(self.pass_values(p), dtypes, self.target) for p in passes))

    def leaf_value(self, node: Expr, lanes: int) -> Value:
        f = self.f
        if node.op == "scalar":
            return self.scalar_value(node)
        if node.op == "load":
            return self.load_one(node.attribute, self.points[node.attribute])
        if node.op == "position":
            return f.splat(self.place, UNIFORM)
        if node.op == "index":
            length = self.inner * self.middle
            start = f.splat(self.integer(2) + self.row * length + self.place, lanes)
            return start + f.iota(lanes, type="i64") * f.splat(length, lanes)
        raise AssertionError(f"{node.op} is set by what computes it")

    def used_lanes(self) -> Value:
        """How many of the ORDER partial results of a sum come to be used: a power of two."""
        f = self.f
        with f.at_entry():
            n = f.maximum(f.minimum(self.inner, ORDER), 1)
            return f.constant(1).shl(64 - f.intrinsic("llvm.ctlz", n - 1, extra="i1 false"))

    def emit_pass(self, step: Pass) -> None:
        f, lanes = self.f, self.lanes
        values = self.pass_values(step)
        self.prepare(values, ROW)
        combiners = [self.combiners[k] for k in step.reduces]
        ordered = [c for c in combiners if c.ordered]
        free = [c for c in combiners if not c.ordered]
        memory = {id(c): (f.alloca(ORDER * lanes * SIZES[c.kind]), f.alloca(ORDER * lanes * SIZES[c.kind]))
                  for c in ordered}
        live = self.used_lanes() if ordered else f.constant(0)
        for c in ordered:
            self.fill(c, memory[id(c)][0], live)
        state = [v for c in free for v in c.start(lanes)]
        loops: list[Loop] = []
        points, base = self.rows, f.constant(0)
        first: Value | None = None
        if self.rank == 2:
            loops.append(f.open_loop(0, self.middle, carry=state))
            state = loops[-1].carried
            points = [f.at(p, loops[-1].index * self.middle_stride(k)) for k, p in enumerate(points)]
            base = loops[-1].index * self.inner
            first = loops[-1].index
        count = self.inner
        targets: dict[int, Value] = {}
        if ordered:
            loops.append(f.open_loop(0, count, BLOCK, carry=state))
            state = loops[-1].carried
            at = loops[-1].index
            # The first block of all adds to the totals directly: that is the same as adding to nothing before.
            later = (at if first is None else first | at).differs(0)
            count = f.minimum(count - at, BLOCK)
            points = [f.at(p, at * self.inner_stride(k)) for k, p in enumerate(points)]
            base = base + at

            def fill() -> None:
                for c in ordered:
                    self.fill(c, memory[id(c)][1], live)
            f.branch(later, fill)
            targets = {id(c): later.select(memory[id(c)][1], memory[id(c)][0]) for c in ordered}
        inner_loop = f.open_loop(0, count, carry=state)
        self.enter(MIDDLE)
        self.place = base + inner_loop.index
        used = self.pass_loads(step) | {s.operand for s in step.stores}
        self.points = [f.at(p, inner_loop.index * self.inner_stride(k)) if k in used else p
                       for k, p in enumerate(points)]
        addends = {}
        if ordered:
            slot = inner_loop.index & (ORDER - 1)
            addends = {id(c): f.at(targets[id(c)], slot * (lanes * SIZES[c.kind])) for c in ordered}
        state = inner_loop.end(self.emit_points(step, combiners, inner_loop.carried, addends))
        if ordered:
            def flush() -> None:
                for c in ordered:
                    self.add_lanes(c, memory[id(c)][0], memory[id(c)][1], live)
            f.branch(later, flush)
        for loop in reversed(loops):
            state = loop.end(state)
        at_state = 0
        for k, c in zip(step.reduces, combiners, strict=True):
            if c.ordered:
                result = c.result([self.add_up(c, memory[id(c)][0], live)])
            else:
                parts = len(c.start(1))
                result = c.result(state[at_state:at_state + parts])
                at_state += parts
            self._scopes[ROW][Expr("reduced", (), c.dtype, k), lanes] = result

    def fill(self, c: Combiner, buffer: Value, used: Value) -> None:
        f, size = self.f, self.lanes * SIZES[c.kind]
        f.loop(0, used, lambda lane: f.store(c.start(self.lanes)[0], f.at(buffer, lane * size), 4))

    def add_lanes(self, c: Combiner, target: Value, source: Value, used: Value) -> None:
        """target[k] = target[k] + source[k] for all lanes k in use."""
        f, size, type = self.f, self.lanes * SIZES[c.kind], vector(self.lanes, c.kind)

        def add(k: Value) -> None:
            place = f.at(target, k * size)
            f.store(c.combine(f.load(type, place, 1), f.load(type, f.at(source, k * size), 1)), place, 1)
        f.loop(0, used, add)

    def add_up(self, c: Combiner, buffer: Value, used: Value) -> Value:
        """The tree over the partial results, in place."""
        f, size = self.f, self.lanes * SIZES[c.kind]

        def level(half: Value) -> Value:
            self.add_lanes(c, buffer, f.at(buffer, half * size), half)
            return half.lshr(1)
        f.repeat(lambda half: half.differs(0), level, carry=[used.lshr(1)])
        return f.load(vector(self.lanes, c.kind), buffer, 1)

    def emit_points(self, step: Pass, combiners: list[Combiner], state: list[Value],
                    addends: dict[int, Value] | None) -> list[Value]:
        """One inner point of W rows: load, compute, store, combine."""
        f, lanes = self.f, self.lanes
        inputs, outputs = self.pass_operands(step)
        direct = {k: self.points[k] for k in dict.fromkeys((*inputs, *outputs))}
        strided = [k for k in direct if self.classes[k] == "s"]
        whole = {}
        for k in strided:
            whole[k] = self.stage_buffer(k)
            if k in inputs:
                strided_copy(f, self.sizes[k], whole[k], self.sizes[k], direct[k], self.outer_stride(k), self.count)
        places = direct | whole
        if needs_live_lanes(self.kernel):
            f.live = first_lanes(f, self.count, lanes, may_be_all=True)
        targets = self.load_vectors(inputs, outputs, places, whole, self.full, self.left)
        values = self.pass_values(step)
        for node in walk(values):
            self.value(node, lanes if self._varying[node] else UNIFORM)
        results = [self.value(v, lanes) for v in values]
        f.live = None
        stored = {s.operand: to_memory(f, v, self.kernel.operands[s.operand].dtype)
                  for s, v in zip(step.stores, results[len(combiners):], strict=True)}
        if stored:
            self.store_vectors(stored, places, targets, whole, self.full, self.left)
        for k in strided:
            if k in outputs:
                strided_copy(f, self.sizes[k], direct[k], self.outer_stride(k), whole[k], self.sizes[k], self.count)
        new_state: list[Value] = []
        for c, v in zip(combiners, results, strict=False):
            value = c.prepare(v)
            if c.ordered:
                assert addends is not None
                place = addends[id(c)]
                f.store(c.combine(f.load(vector(lanes, c.kind), place, 1), value), place, 1)
            else:
                parts = len(c.start(1))
                position = f.splat(self.place, lanes) if c.indexed else None
                new_state += c.update(state[len(new_state):len(new_state) + parts], value, position)
        return new_state
