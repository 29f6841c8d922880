"""Loop kernels with vectors along the inner points."""

from __future__ import annotations

from taeda.codegen import scalars as scalar_math
from taeda.codegen.loops.body import CALL, MIDDLE, POINT, ROW, Emitter, Pass
from taeda.codegen.loops.memory import TILE, first_lanes, strided_copy, tile_copy
from taeda.codegen.loops.reduce import BLOCK, ORDER, Combiner
from taeda.codegen.loops.schedule import UNIFORM, Loop, divides_integers, lanes_for
from taeda.codegen.scalars.convert import to_memory
from taeda.codegen.text import Vec
from taeda.ir.loop import Expr, Store, walk

_TILE_COLUMNS = 64


class InnerAxis(Emitter):
    """Vectors along the inner points: lanes are the points i, i + 1, ... of one row."""

    def _leaf(self, node: Expr) -> tuple[int, bool]:
        if node.op in ("const", "scalar"):
            return CALL, False
        if node.op == "reduced":
            return ROW, False
        if node.op == "load" and self.classes[node.attribute] == "z":
            return (ROW if self.rank == 1 else MIDDLE), False
        return POINT, True

    def inner_stride(self, k: int) -> str | int:
        return self.sizes[k] if self.classes[k] == "c" else 0 if self.classes[k] == "z" else self.integer(4 + 3 * k)

    def emit(self) -> str:
        b = self.b
        if self.kernel.pointwise and self.rank == 1 and "s" in self.classes:
            self.emit_tiles()
            return self.finish()
        rows = Loop(b, "%end", 1, start="%begin")
        self.row = rows.index
        self.rows = [b.offset(p, b.i64("mul", self.row, self.outer_stride(k))) for k, p in enumerate(self.data)]
        self.points = self.rows
        self.enter(ROW)
        for step in self.passes():
            self.emit_pass(step)
        for stage in self.kernel.stages:
            if isinstance(stage, Store) and self.kernel.operands[stage.operand].role == "row":
                self.store_row(stage)
        rows.end()
        return self.finish()

    def emit_tiles(self) -> None:
        """Pointwise with strided operands, TILE rows at a time.

        What is strided along a row but adjacent down the rows (a transposed operand) then moves by whole cache lines.
        """
        b = self.b
        step = self.passes()[0]
        inputs, outputs = self.pass_operands(step)
        self.set_lanes(step)
        strided = [k for k in dict.fromkeys((*inputs, *outputs)) if self.classes[k] == "s"]
        pitch = {k: (_TILE_COLUMNS + self.lanes) * self.sizes[k] for k in strided}
        buffers = {k: b.alloca(TILE * pitch[k]) for k in strided}
        tiles = Loop(b, "%end", TILE, start="%begin")
        left = b.op(f"sub i64 %end, {tiles.index}")
        short = b.op(f"icmp slt i64 {left}, {TILE}")
        rows = b.op(f"select i1 {short}, i64 {left}, i64 {TILE}")
        blocks = Loop(b, self.inner, _TILE_COLUMNS)
        left = b.op(f"sub i64 {self.inner}, {blocks.index}")
        short = b.op(f"icmp slt i64 {left}, {_TILE_COLUMNS}")
        count = b.op(f"select i1 {short}, i64 {left}, i64 {_TILE_COLUMNS}")
        corners = {k: b.offset(b.offset(self.data[k], b.i64("mul", tiles.index, self.outer_stride(k))),
                               b.i64("mul", blocks.index, self.inner_stride(k))) for k in strided}
        for k in strided:
            if k in inputs:
                tile_copy(b, self.sizes[k], buffers[k], (pitch[k], self.sizes[k]), corners[k],
                          (self.outer_stride(k), self.inner_stride(k)), rows, count)
        lines = Loop(b, rows, 1)
        self.row = b.i64("add", tiles.index, lines.index)
        self.rows = [b.offset(p, b.i64("mul", self.row, self.outer_stride(k))) for k, p in enumerate(self.data)]
        self.points = self.rows
        self.enter(ROW)
        self.prepare(self.pass_values(step), ROW)
        sources = [b.offset(buffers[k], b.i64("mul", lines.index, pitch[k])) if k in buffers else
                   b.offset(p, b.i64("mul", blocks.index, self.inner_stride(k))) for k, p in enumerate(self.rows)]
        self.emit_vectors(step, sources, blocks.index, count, [], set(strided))
        lines.end()
        for k in strided:
            if k in outputs:
                tile_copy(b, self.sizes[k], corners[k], (self.outer_stride(k), self.inner_stride(k)), buffers[k],
                          (pitch[k], self.sizes[k]), rows, count)
        blocks.end()
        tiles.end()

    def store_row(self, stage: Store) -> None:
        """Loads here are at the first inner point, whatever the class."""
        b = self.b
        scope = dict(self._scopes[ROW])
        for node in walk((stage.value,)):
            if node.op == "load":
                scope[node, UNIFORM] = self.load_one(node.attribute, self.rows[node.attribute])
            elif (node, UNIFORM) not in scope:
                if self._levels[node] <= ROW:
                    scope[node, UNIFORM] = self.value(node, UNIFORM)
                else:
                    args = [scope[a, UNIFORM] for a in node.args]
                    scope[node, UNIFORM] = scalar_math.lower(b, node, args)
        dtype = self.kernel.operands[stage.operand].dtype
        value = to_memory(b, scope[stage.value, UNIFORM], dtype)
        if value.name.startswith("splat"):
            b.do(f"store {value.name[7:-1]}, ptr {self.rows[stage.operand]}, align 1")
        else:
            b.do(f"store {value.kind} {value.lane()}, ptr {self.rows[stage.operand]}, align 1")

    def leaf_value(self, node: Expr, lanes: int) -> Vec:
        b = self.b
        if node.op == "scalar":
            return self.scalar_value(node)
        if node.op == "load":
            return self.load_one(node.attribute, self.points[node.attribute])
        if node.op in ("index", "position"):
            base = self.place
            if node.op == "index":
                first = b.i64("mul", self.row, b.i64("mul", self.inner, self.middle))
                base = b.i64("add", b.i64("add", self.integer(2), first), base)
            return b.spread(base, "i64", lanes) + b.iota("i64", lanes)
        raise AssertionError(f"{node.op} is set by what computes it")

    def emit_pass(self, step: Pass) -> None:
        b = self.b
        values = self.pass_values(step)
        inputs, outputs = self.pass_operands(step)
        packed = [k for k in dict.fromkeys((*inputs, *outputs)) if self.classes[k] == "s"]
        combiners = [self.combiners[k] for k in step.reduces]
        ordered = any(c.ordered for c in combiners)
        self.set_lanes(step)
        buffers = {k: b.alloca(BLOCK * self.sizes[k] + self.lanes * self.sizes[k]) for k in packed}
        self.prepare(values, ROW)

        state = [v for c in combiners for v in self.start(c)]
        loops: list[Loop] = []
        points = self.rows
        base = "0"
        if self.rank == 2:
            loops.append(Loop(b, self.middle, 1, state))
            state = loops[-1].carried
            points = [b.offset(p, b.i64("mul", loops[-1].index, self.middle_stride(k))) for k, p in enumerate(points)]
            base = b.i64("mul", loops[-1].index, self.inner)
            self.points = points
            self.enter(MIDDLE)
            self.prepare(values, MIDDLE)
        count = self.inner
        if packed or ordered:
            loops.append(Loop(b, count, BLOCK, state))
            state = loops[-1].carried
            first = loops[-1].index
            left = b.i64("sub", count, first)
            short = b.op(f"icmp slt i64 {left}, {BLOCK}")
            count = b.op(f"select i1 {short}, i64 {left}, i64 {BLOCK}")
            points = [b.offset(p, b.i64("mul", first, self.inner_stride(k))) if self.classes[k] != "z" else p
                      for k, p in enumerate(points)]
            base = b.i64("add", base, first)
        for k in packed:
            if k in inputs:
                strided_copy(b, self.sizes[k], buffers[k], self.sizes[k], points[k], self.inner_stride(k), count)
        totals, state = state, self.block_state(combiners, state)
        sources = [buffers.get(k, p) for k, p in enumerate(points)]
        state = self.emit_vectors(step, sources, base, count, state, set(packed))
        for k in packed:
            if k in outputs:
                strided_copy(b, self.sizes[k], points[k], self.inner_stride(k), buffers[k], self.sizes[k], count)
        state = self.block_end(combiners, totals, state, count)
        for loop in reversed(loops):
            loop.end(state)
            state = loop.carried
        self.points = self.rows

        for k, combiner, part in zip(step.reduces, combiners, self.parts(combiners, state), strict=True):
            while combiner.ordered and len(part) > 1:  # the first steps of the tree over ORDER partial results
                half = len(part) // 2
                part = [combiner.combine(x, y) for x, y in zip(part[:half], part[half:], strict=True)]
            result = combiner.result(combiner.across(part)).broadcast(UNIFORM)
            self._scopes[ROW][Expr("reduced", (), combiner.dtype, k), UNIFORM] = result

    def set_lanes(self, step: Pass) -> None:
        ordered = any(self.combiners[k].ordered for k in step.reduces)
        inputs, outputs = self.pass_operands(step)
        dtypes = [self.kernel.operands[k].dtype for k in (*inputs, *outputs)]
        if any(self.combiners[k].indexed for k in step.reduces):
            dtypes.append("int64")  # positions, whose lanes also have to be combined at the end of every row
        self.lanes = lanes_for(self.pass_values(step), dtypes, self.target, ORDER if ordered else 1)

    # The state of an ordered combiner is as many vectors as make ORDER lanes. Each turn of the loop adds to the first
    # and moves it to the end; after the loop they are put in order again.

    def start(self, c: Combiner) -> list[Vec]:
        state = c.start(self.lanes, self.b.iota("i64", self.lanes))
        return state * (ORDER // self.lanes) if c.ordered else state

    def parts(self, combiners: list[Combiner], state: list[Vec]) -> list[list[Vec]]:
        """`state` cut into the states of the combiners."""
        result, at = [], 0
        for c in combiners:
            size = ORDER // self.lanes if c.ordered else len(c.start(1))
            result.append(state[at:at + size])
            at += size
        return result

    def block_state(self, combiners: list[Combiner], totals: list[Vec]) -> list[Vec]:
        """What a block starts with: nothing for ordered combiners, the state so far for others."""
        parts = self.parts(combiners, totals)
        return [v for c, part in zip(combiners, parts, strict=True) for v in (self.start(c) if c.ordered else part)]

    def block_end(self, combiners: list[Combiner], totals: list[Vec], state: list[Vec], count: str) -> list[Vec]:
        b = self.b
        result: list[Vec] = []
        turns = ORDER // self.lanes
        for c, total, part in zip(combiners, self.parts(combiners, totals), self.parts(combiners, state), strict=True):
            shift = 1
            while c.ordered and shift < turns:
                # Bit `shift` of the number of turns: were they moved on by that much?
                bit = b.i64("lshr", b.i64("add", count, self.lanes - 1), (self.lanes * shift).bit_length() - 1)
                moved = b.op(f"trunc i64 {bit} to i1")
                back = part[-shift:] + part[:-shift]
                part = [b.vec(x.kind, x.lanes, f"select i1 {moved}, {y}, {x}")
                        for x, y in zip(part, back, strict=True)]
                shift *= 2
            result += [c.combine(x, y) for x, y in zip(total, part, strict=True)] if c.ordered else part
        return result

    def emit_vectors(self, step: Pass, sources: list[str], base: str, count: str, state: list[Vec],
                     padded: set[int]) -> list[Vec]:
        """The loop over W points at a time; `padded` operands have room for a whole last vector."""
        b, lanes = self.b, self.lanes
        inputs, outputs = self.pass_operands(step)
        combiners = [self.combiners[k] for k in step.reduces]
        loop = Loop(b, count, lanes, state)
        self.enter(POINT)
        self.place = b.i64("add", base, loop.index)
        left = b.op(f"sub i64 {count}, {loop.index}")
        full = b.op(f"icmp sge i64 {left}, {lanes}")
        touched = list(dict.fromkeys((*inputs, *outputs)))
        offsets = {size: b.i64("mul", loop.index, size) for size in sorted({self.sizes[k] for k in touched})}
        direct = {k: b.offset(sources[k], offsets[self.sizes[k]]) for k in touched}
        if divides_integers(self.kernel):
            bound = b.op(f"select i1 {full}, i64 {lanes}, i64 {left}")
            self._mask = first_lanes(b, bound, lanes, may_be_all=True)
        targets = self.load_vectors(inputs, outputs, direct, padded, full, left)
        values = self.pass_values(step)
        for node in walk(values):
            if self._levels[node] == POINT:
                self.value(node, lanes)
        results = [self.value(v, lanes) for v in values]
        self._mask = None
        stored = {s.operand: to_memory(b, v, self.kernel.operands[s.operand].dtype)
                  for s, v in zip(step.stores, results[len(combiners):], strict=True)}
        new_values = [c.prepare(v) for c, v in zip(combiners, results, strict=False)]
        position = None
        if any(c.indexed for c in combiners):
            position = b.spread(self.place, "i64", lanes) + b.iota("i64", lanes)
        state = self.store_vectors(
            stored, direct, targets, padded, full, left,
            (lambda mask: self.updated(combiners, loop.carried, new_values, position, mask)) if combiners else None)
        loop.end(state)
        return loop.carried

    def updated(self, combiners: list[Combiner], state: list[Vec], values: list[Vec], position: Vec | None,
                mask: Vec | None = None) -> list[Vec]:
        """`state` after `values`, of which only those in `mask` count."""
        result: list[Vec] = []
        for c, part, value in zip(combiners, self.parts(combiners, state), values, strict=True):
            new = c.update(part[:1] if c.ordered else part, value, position, mask)
            result += [*part[1:], *new] if c.ordered else new
        return result
