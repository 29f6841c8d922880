"""Loop kernels with vectors along the inner points."""

from __future__ import annotations

from taeda.codegen import scalars as scalar_math
from taeda.codegen.llvm import Loop, Value
from taeda.codegen.loops.body import CALL, MIDDLE, POINT, ROW, Emitter, Pass
from taeda.codegen.loops.memory import TILE, first_lanes, strided_copy, tile_copy
from taeda.codegen.loops.reduce import BLOCK, ORDER, Combiner
from taeda.codegen.loops.schedule import UNIFORM, lanes_for, needs_live_lanes
from taeda.codegen.scalars.convert import to_memory
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

    def inner_stride(self, k: int) -> Value | int:
        return self.sizes[k] if self.classes[k] == "c" else 0 if self.classes[k] == "z" else self.integer(4 + 3 * k)

    def emit(self) -> str:
        f = self.f
        if self.kernel.pointwise and self.rank == 1 and "s" in self.classes:
            self.emit_tiles()
            return self.finish()
        rows = f.open_loop(f["begin"], f["end"])
        self.row = rows.index
        self.rows = [f.at(p, self.row * self.outer_stride(k)) for k, p in enumerate(self.data)]
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
        f = self.f
        step = self.passes()[0]
        inputs, outputs = self.pass_operands(step)
        self.set_lanes(step)
        strided = [k for k in dict.fromkeys((*inputs, *outputs)) if self.classes[k] == "s"]
        pitch = {k: (_TILE_COLUMNS + self.lanes) * self.sizes[k] for k in strided}
        buffers = {k: f.alloca(TILE * pitch[k]) for k in strided}
        tiles = f.open_loop(f["begin"], f["end"], TILE)
        rows = f.minimum(f["end"] - tiles.index, TILE)
        blocks = f.open_loop(0, self.inner, _TILE_COLUMNS)
        count = f.minimum(self.inner - blocks.index, _TILE_COLUMNS)
        corners = {k: f.at(f.at(self.data[k], tiles.index * self.outer_stride(k)),
                           blocks.index * self.inner_stride(k)) for k in strided}
        for k in strided:
            if k in inputs:
                tile_copy(f, self.sizes[k], buffers[k], (pitch[k], self.sizes[k]), corners[k],
                          (self.outer_stride(k), self.inner_stride(k)), rows, count)
        lines = f.open_loop(0, rows)
        self.row = tiles.index + lines.index
        self.rows = [f.at(p, self.row * self.outer_stride(k)) for k, p in enumerate(self.data)]
        self.points = self.rows
        self.enter(ROW)
        self.prepare(self.pass_values(step), ROW)
        sources = [f.at(buffers[k], lines.index * pitch[k]) if k in buffers else
                   f.at(p, blocks.index * self.inner_stride(k)) for k, p in enumerate(self.rows)]
        self.emit_vectors(step, sources, blocks.index, count, [], set(strided))
        lines.end()
        for k in strided:
            if k in outputs:
                tile_copy(f, self.sizes[k], corners[k], (self.outer_stride(k), self.inner_stride(k)), buffers[k],
                          (pitch[k], self.sizes[k]), rows, count)
        blocks.end()
        tiles.end()

    def store_row(self, stage: Store) -> None:
        """Loads here are at the first inner point, whatever the class."""
        f = self.f
        scope = dict(self._scopes[ROW])
        for node in walk((stage.value,)):
            if node.op == "load":
                scope[node, UNIFORM] = self.load_one(node.attribute, self.rows[node.attribute])
            elif (node, UNIFORM) not in scope:
                if self._levels[node] <= ROW:
                    scope[node, UNIFORM] = self.value(node, UNIFORM)
                else:
                    args = [scope[a, UNIFORM] for a in node.args]
                    scope[node, UNIFORM] = scalar_math.lower(f, node, args)
        dtype = self.kernel.operands[stage.operand].dtype
        value = to_memory(f, scope[stage.value, UNIFORM], dtype)
        f.store(value.lane(), self.rows[stage.operand], 1)

    def leaf_value(self, node: Expr, lanes: int) -> Value:
        f = self.f
        if node.op == "scalar":
            return self.scalar_value(node)
        if node.op == "load":
            return self.load_one(node.attribute, self.points[node.attribute])
        if node.op in ("index", "position"):
            base = self.place
            if node.op == "index":
                base = self.integer(2) + self.row * (self.inner * self.middle) + base
            return f.splat(base, lanes) + f.iota(lanes, type="i64")
        raise AssertionError(f"{node.op} is set by what computes it")

    def emit_pass(self, step: Pass) -> None:
        f = self.f
        values = self.pass_values(step)
        inputs, outputs = self.pass_operands(step)
        packed = [k for k in dict.fromkeys((*inputs, *outputs)) if self.classes[k] == "s"]
        combiners = [self.combiners[k] for k in step.reduces]
        ordered = any(c.ordered for c in combiners)
        self.set_lanes(step)
        buffers = {k: f.alloca(BLOCK * self.sizes[k] + self.lanes * self.sizes[k]) for k in packed}
        self.prepare(values, ROW)

        state = [v for c in combiners for v in self.start(c)]
        loops: list[Loop] = []
        points = self.rows
        base = f.constant(0)
        if self.rank == 2:
            loops.append(f.open_loop(0, self.middle, carry=state))
            state = loops[-1].carried
            points = [f.at(p, loops[-1].index * self.middle_stride(k)) for k, p in enumerate(points)]
            base = loops[-1].index * self.inner
            self.points = points
            self.enter(MIDDLE)
            self.prepare(values, MIDDLE)
        count = self.inner
        if packed or ordered:
            loops.append(f.open_loop(0, count, BLOCK, carry=state))
            state = loops[-1].carried
            first = loops[-1].index
            count = f.minimum(count - first, BLOCK)
            points = [f.at(p, first * self.inner_stride(k)) if self.classes[k] != "z" else p
                      for k, p in enumerate(points)]
            base = base + first
        for k in packed:
            if k in inputs:
                strided_copy(f, self.sizes[k], buffers[k], self.sizes[k], points[k], self.inner_stride(k), count)
        totals, state = state, self.block_state(combiners, state)
        sources = [buffers.get(k, p) for k, p in enumerate(points)]
        state = self.emit_vectors(step, sources, base, count, state, set(packed))
        for k in packed:
            if k in outputs:
                strided_copy(f, self.sizes[k], points[k], self.inner_stride(k), buffers[k], self.sizes[k], count)
        state = self.block_end(combiners, totals, state, count)
        for loop in reversed(loops):
            state = loop.end(state)
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

    def start(self, c: Combiner) -> list[Value]:
        state = c.start(self.lanes, self.f.iota(self.lanes, type="i64"))
        return state * (ORDER // self.lanes) if c.ordered else state

    def parts(self, combiners: list[Combiner], state: list[Value]) -> list[list[Value]]:
        """`state` cut into the states of the combiners."""
        result, at = [], 0
        for c in combiners:
            size = ORDER // self.lanes if c.ordered else len(c.start(1))
            result.append(state[at:at + size])
            at += size
        return result

    def block_state(self, combiners: list[Combiner], totals: list[Value]) -> list[Value]:
        """What a block starts with: nothing for ordered combiners, the state so far for others."""
        parts = self.parts(combiners, totals)
        return [v for c, part in zip(combiners, parts, strict=True) for v in (self.start(c) if c.ordered else part)]

    def block_end(self, combiners: list[Combiner], totals: list[Value], state: list[Value],
                  count: Value) -> list[Value]:
        result: list[Value] = []
        turns = ORDER // self.lanes
        for c, total, part in zip(combiners, self.parts(combiners, totals), self.parts(combiners, state), strict=True):
            shift = 1
            while c.ordered and shift < turns:
                # Bit `shift` of the number of turns: were they moved on by that much?
                bit = (count + (self.lanes - 1)).lshr((self.lanes * shift).bit_length() - 1)
                moved = bit.convert("trunc", "i1")
                back = part[-shift:] + part[:-shift]
                part = [moved.select(y, x) for x, y in zip(part, back, strict=True)]
                shift *= 2
            result += [c.combine(x, y) for x, y in zip(total, part, strict=True)] if c.ordered else part
        return result

    def emit_vectors(self, step: Pass, sources: list[Value], base: Value, count: Value, state: list[Value],
                     padded: set[int]) -> list[Value]:
        """The loop over W points at a time; `padded` operands have room for a whole last vector."""
        f, lanes = self.f, self.lanes
        inputs, outputs = self.pass_operands(step)
        combiners = [self.combiners[k] for k in step.reduces]
        loop = f.open_loop(0, count, lanes, carry=state)
        self.enter(POINT)
        self.place = base + loop.index
        left = count - loop.index
        full = left >= lanes
        touched = list(dict.fromkeys((*inputs, *outputs)))
        offsets = {size: loop.index * size for size in sorted({self.sizes[k] for k in touched})}
        direct = {k: f.at(sources[k], offsets[self.sizes[k]]) for k in touched}
        if needs_live_lanes(self.kernel):
            bound = full.select(f.constant(lanes), left)
            f.live = first_lanes(f, bound, lanes, may_be_all=True)
        targets = self.load_vectors(inputs, outputs, direct, padded, full, left)
        values = self.pass_values(step)
        for node in walk(values):
            if self._levels[node] == POINT:
                self.value(node, lanes)
        results = [self.value(v, lanes) for v in values]
        f.live = None
        stored = {s.operand: to_memory(f, v, self.kernel.operands[s.operand].dtype)
                  for s, v in zip(step.stores, results[len(combiners):], strict=True)}
        new_values = [c.prepare(v) for c, v in zip(combiners, results, strict=False)]
        position = None
        if any(c.indexed for c in combiners):
            position = f.splat(self.place, lanes) + f.iota(lanes, type="i64")
        state = self.store_vectors(
            stored, direct, targets, padded, full, left,
            (lambda mask: self.updated(combiners, loop.carried, new_values, position, mask)) if combiners else None)
        return loop.end(state)

    def updated(self, combiners: list[Combiner], state: list[Value], values: list[Value], position: Value | None,
                mask: Value | None = None) -> list[Value]:
        """`state` after `values`, of which only those in `mask` count."""
        result: list[Value] = []
        for c, part, value in zip(combiners, self.parts(combiners, state), values, strict=True):
            new = c.update(part[:1] if c.ordered else part, value, position, mask)
            result += [*part[1:], *new] if c.ordered else new
        return result
