"""Loop kernels with vectors along the outer points."""

from __future__ import annotations

from taeda.codegen.loops.body import CALL, MIDDLE, POINT, ROW, Emitter, Pass
from taeda.codegen.loops.memory import first_lanes, strided_copy
from taeda.codegen.loops.reduce import BLOCK, ORDER, Combiner
from taeda.codegen.loops.schedule import UNIFORM, Loop, divides_integers, lanes_for
from taeda.codegen.scalars.convert import to_memory
from taeda.codegen.text import BITS, Vec
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

    def outer_stride(self, k: int) -> str | int:
        return self.sizes[k] if self.classes[k] == "c" else 0 if self.classes[k] == "z" else self.integer(3 + 3 * k)

    def emit(self) -> str:
        b = self.b
        passes = self.passes()
        self.lanes = self.choose_lanes(passes)
        blocks = Loop(b, "%end", self.lanes, start="%begin")
        self.row = blocks.index
        self.left = b.op(f"sub i64 %end, {self.row}")
        self.full = b.op(f"icmp sge i64 {self.left}, {self.lanes}")
        self.count = b.op(f"select i1 {self.full}, i64 {self.lanes}, i64 {self.left}")
        self.rows = [b.offset(p, b.i64("mul", self.row, self.outer_stride(k))) for k, p in enumerate(self.data)]
        self.enter(ROW)
        for step in passes:
            self.emit_pass(step)
        for stage in self.kernel.stages:
            if isinstance(stage, Store) and self.kernel.operands[stage.operand].role == "row":
                only = Pass()
                only.stores = [stage]
                self.enter(POINT)
                self.points, self.place = self.rows, "0"
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

    def leaf_value(self, node: Expr, lanes: int) -> Vec:
        b = self.b
        if node.op == "scalar":
            return self.scalar_value(node)
        if node.op == "load":
            return self.load_one(node.attribute, self.points[node.attribute])
        if node.op == "position":
            return b.spread(self.place, "i64", UNIFORM)
        if node.op == "index":
            length = b.i64("mul", self.inner, self.middle)
            first = b.i64("add", self.integer(2), b.i64("mul", self.row, length))
            start = b.spread(b.i64("add", first, self.place), "i64", lanes)
            return start + b.iota("i64", lanes) * b.spread(length, "i64", lanes)
        raise AssertionError(f"{node.op} is set by what computes it")

    def used_lanes(self) -> str:
        """How many of the ORDER partial results of a sum come to be used: a power of two."""
        b = self.b
        with b.at_entry():
            small = b.op(f"icmp slt i64 {self.inner}, {ORDER}")
            n = b.op(f"select i1 {small}, i64 {self.inner}, i64 {ORDER}")
            some = b.op(f"icmp sgt i64 {n}, 1")
            n = b.op(f"select i1 {some}, i64 {n}, i64 1")
            b.declare("llvm.ctlz.i64", "i64", ["i64", "i1"])
            zeros = b.op(f"call i64 @llvm.ctlz.i64(i64 {b.op(f'sub i64 {n}, 1')}, i1 false)")
            return b.op(f"shl i64 1, {b.op(f'sub i64 64, {zeros}')}")

    def emit_pass(self, step: Pass) -> None:
        b, lanes = self.b, self.lanes
        values = self.pass_values(step)
        self.prepare(values, ROW)
        combiners = [self.combiners[k] for k in step.reduces]
        ordered = [c for c in combiners if c.ordered]
        free = [c for c in combiners if not c.ordered]
        memory = {id(c): (b.alloca(ORDER * lanes * BITS[c.kind] // 8), b.alloca(ORDER * lanes * BITS[c.kind] // 8))
                  for c in ordered}
        live = self.used_lanes() if ordered else "0"
        for c in ordered:
            self.fill(c, memory[id(c)][0], live)
        state = [v for c in free for v in c.start(lanes)]
        loops: list[Loop] = []
        points, base = self.rows, "0"
        first: str | None = None
        if self.rank == 2:
            loops.append(Loop(b, self.middle, 1, state))
            state = loops[-1].carried
            points = [b.offset(p, b.i64("mul", loops[-1].index, self.middle_stride(k))) for k, p in enumerate(points)]
            base = b.i64("mul", loops[-1].index, self.inner)
            first = loops[-1].index
        count = self.inner
        targets: dict[int, str] = {}
        if ordered:
            loops.append(Loop(b, count, BLOCK, state))
            state = loops[-1].carried
            at = loops[-1].index
            # The first block of all adds to the totals directly: that is the same as adding to nothing before.
            first = at if first is None else b.op(f"or i64 {first}, {at}")
            is_first = b.op(f"icmp eq i64 {first}, 0")
            left = b.i64("sub", count, at)
            short = b.op(f"icmp slt i64 {left}, {BLOCK}")
            count = b.op(f"select i1 {short}, i64 {left}, i64 {BLOCK}")
            points = [b.offset(p, b.i64("mul", at, self.inner_stride(k))) for k, p in enumerate(points)]
            base = b.i64("add", base, at)
            later, begin = b.name("block_later"), b.name("block")
            b.branch(is_first, begin, later)
            b.label(later)
            for c in ordered:
                self.fill(c, memory[id(c)][1], live)
            b.jump(begin)
            b.label(begin)
            targets = {id(c): b.op(f"select i1 {is_first}, ptr {memory[id(c)][0]}, ptr {memory[id(c)][1]}")
                       for c in ordered}
        inner_loop = Loop(b, count, 1, state)
        self.enter(MIDDLE)
        self.place = b.i64("add", base, inner_loop.index)
        used = self.pass_loads(step) | {s.operand for s in step.stores}
        self.points = [b.offset(p, b.i64("mul", inner_loop.index, self.inner_stride(k))) if k in used else p
                       for k, p in enumerate(points)]
        slot = b.op(f"and i64 {inner_loop.index}, {ORDER - 1}") if ordered else "0"
        addends = {id(c): b.offset(targets[id(c)], b.i64("mul", slot, lanes * BITS[c.kind] // 8)) for c in ordered}
        state = self.emit_points(step, combiners, inner_loop.carried, addends)
        inner_loop.end(state)
        state = inner_loop.carried
        if ordered:
            flush, after = b.name("flush"), b.name("flushed")
            b.branch(is_first, after, flush)
            b.label(flush)
            for c in ordered:
                self.add_lanes(c, memory[id(c)][0], memory[id(c)][1], live)
            b.jump(after)
            b.label(after)
        for loop in reversed(loops):
            loop.end(state)
            state = loop.carried
        at_state = 0
        for k, c in zip(step.reduces, combiners, strict=True):
            if c.ordered:
                result = c.result([self.add_up(c, memory[id(c)][0], live)])
            else:
                parts = len(c.start(1))
                result = c.result(state[at_state:at_state + parts])
                at_state += parts
            self._scopes[ROW][Expr("reduced", (), c.dtype, k), lanes] = result

    def fill(self, c: Combiner, buffer: str, used: str) -> None:
        size = self.lanes * BITS[c.kind] // 8
        loop = Loop(self.b, used, 1)
        self.b.store(c.start(self.lanes)[0], self.b.offset(buffer, self.b.i64("mul", loop.index, size)), 4)
        loop.end()

    def add_lanes(self, c: Combiner, target: str, source: str, used: str) -> None:
        """target[l] = target[l] + source[l] for all lanes l in use."""
        b, size = self.b, self.lanes * BITS[c.kind] // 8
        loop = Loop(b, used, 1)
        at = b.i64("mul", loop.index, size)
        place = b.offset(target, at)
        x, y = b.load(c.kind, self.lanes, place), b.load(c.kind, self.lanes, b.offset(source, at))
        b.store(c.combine(x, y), place)
        loop.end()

    def add_up(self, c: Combiner, buffer: str, used: str) -> Vec:
        """The tree over the partial results, in place."""
        b, size = self.b, self.lanes * BITS[c.kind] // 8
        head, done, before = b.name("tree"), b.name("tree_end"), b.block
        b.jump(head)
        b.label(head)
        width, close = b.late_phi("i64", (used, before))
        half = b.op(f"lshr i64 {width}, 1")
        more = b.op(f"icmp ne i64 {half}, 0")
        b.branch(more, head + "_body", done)
        b.label(head + "_body")
        self.add_lanes(c, buffer, b.offset(buffer, b.i64("mul", half, size)), half)
        close(half, b.block)
        b.jump(head)
        b.label(done)
        return b.load(c.kind, self.lanes, buffer)

    def emit_points(self, step: Pass, combiners: list[Combiner], state: list[Vec],
                    addends: dict[int, str] | None) -> list[Vec]:
        """One inner point of W rows: load, compute, store, combine."""
        b, lanes = self.b, self.lanes
        inputs, outputs = self.pass_operands(step)
        direct = {k: self.points[k] for k in dict.fromkeys((*inputs, *outputs))}
        strided = [k for k in direct if self.classes[k] == "s"]
        whole = {}
        for k in strided:
            whole[k] = self.stage_buffer(k)
            if k in inputs:
                strided_copy(b, self.sizes[k], whole[k], self.sizes[k], direct[k], self.outer_stride(k), self.count)
        places = direct | whole
        if divides_integers(self.kernel):
            self._mask = first_lanes(b, self.count, lanes, may_be_all=True)
        targets = self.load_vectors(inputs, outputs, places, whole, self.full, self.left)
        values = self.pass_values(step)
        for node in walk(values):
            self.value(node, lanes if self._varying[node] else UNIFORM)
        results = [self.value(v, lanes) for v in values]
        self._mask = None
        stored = {s.operand: to_memory(b, v, self.kernel.operands[s.operand].dtype)
                  for s, v in zip(step.stores, results[len(combiners):], strict=True)}
        if stored:
            self.store_vectors(stored, places, targets, whole, self.full, self.left)
        for k in strided:
            if k in outputs:
                strided_copy(b, self.sizes[k], direct[k], self.outer_stride(k), whole[k], self.sizes[k], self.count)
        new_state: list[Vec] = []
        for c, v in zip(combiners, results, strict=False):
            value = c.prepare(v)
            if c.ordered:
                assert addends is not None
                place = addends[id(c)]
                b.store(c.combine(b.load(c.kind, lanes, place), value), place)
            else:
                parts = len(c.start(1))
                position = b.spread(self.place, "i64", lanes) if c.indexed else None
                new_state += c.update(state[len(new_state):len(new_state) + parts], value, position)
        return new_state
