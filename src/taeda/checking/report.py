"""The outcome of a check, and how it is printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from taeda.checking.trace import Misfit, Trace, Visit


@dataclass
class Row:
    """A module: its path, class, what it gave, and what is its and its submodules' own."""

    path: str
    kind: str
    depth: int
    outputs: list[str]
    parameters: int
    flops: int
    activations: int


@dataclass
class Report:
    """What a check found. Numbers with named sizes are those of the first run, `sizes`."""

    inputs: list[str]
    rows: list[Row]
    parameters: int
    parameter_bytes: int
    flops: int
    backward_flops: int
    activations: int
    peak: int
    sizes: dict[str, int]
    misfit: Misfit | None = None
    misfits: list[Misfit] = field(default_factory=list)

    def __bool__(self) -> bool:
        return self.misfit is None

    def show(self, file: Any = None) -> None:
        """Print the table, and what does not fit."""
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        console = Console(file=file)
        table = Table(box=None, header_style="bold", pad_edge=False)
        for name, justify in (("module", "left"), ("class", "left"), ("output", "left"), ("parameters", "right"),
                              ("flops", "right"), ("activations", "right")):  # fmt: skip
            table.add_column(name, justify=justify)  # type: ignore[arg-type]
        for row in self.rows:
            table.add_row("  " * row.depth + (row.path.rpartition(".")[2] or "(model)"), row.kind,
                          "\n".join(row.outputs), f"{row.parameters:,}" if row.parameters else "",
                          counted(row.flops), size(row.activations))  # fmt: skip
        console.print(table)
        for line in self.summary():
            console.print(line, highlight=False, soft_wrap=True)
        for misfit in self.misfits:
            console.print()
            console.print(Text(str(misfit), style="red"), soft_wrap=True)

    def summary(self) -> list[str]:
        said = ", ".join(f"{name} = {n}" for name, n in self.sizes.items())
        lines = [f"inputs {', '.join(self.inputs)}" + (f"; numbers are for {said}" if said else "")]
        lines.append(f"parameters {self.parameters:,} ({size(self.parameter_bytes)})")
        if self:
            lines.append(f"flops {counted(self.flops)} forward, {counted(self.backward_flops)} backward")
            lines.append(f"memory {size(self.activations)} of activations, {size(self.peak)} at the peak of a "
                         "training step")
        return lines

    def __str__(self) -> str:
        import io

        text = io.StringIO()
        self.show(text)
        return text.getvalue()


def counted(number: int) -> str:
    """1234567 as 1.23 M."""
    if not number:
        return ""
    for scale, unit in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= scale:
            return f"{number / scale:.3g} {unit}"
    return str(number)


def size(number: int) -> str:
    """Bytes as 1.2 MB."""
    if not number:
        return ""
    for scale, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if number >= scale:
            return f"{number / scale:.3g} {unit}"
    return f"{number} B"


def merged(
    model: Any, traces: Sequence[tuple[dict[str, int], Trace]], inputs: list[str], optimizer_states: int,
    depth: int | None,
) -> Report:
    """One report from the runs with each assignment of sizes to names."""
    fitting = [(sizes, trace) for sizes, trace in traces if trace.misfit is None]
    misfits: list[Misfit] = []
    for sizes, trace in traces:
        if trace.misfit is None:
            continue
        trace.misfit.sizes, trace.misfit.fits = sizes, [s for s, _ in fitting]
        if not any(_same(trace.misfit, other) for other in misfits):
            misfits.append(trace.misfit)
    chosen = fitting or list(traces)
    sizes, first = chosen[0]
    own = {path: sum(p.numel() for p in module.parameters()) for path, module in model.named_modules()}
    rows = []
    for k, visit in enumerate(first.visits):
        level = visit.path.count(".") + 1 if visit.path else 0
        if depth is not None and level > depth:
            continue
        same = [(s, t.visits[k]) for s, t in chosen if k < len(t.visits) and t.visits[k].path == visit.path]
        rows.append(Row(visit.path, visit.kind, level, _outputs(same), own.get(visit.path, 0), visit.flops,
                        visit.activations))
    count = sum(p.numel() for p in model.parameters())
    held = sum(p.nbytes for p in model.parameters())
    trained = sum(p.nbytes for p in model.parameters() if p.requires_grad)
    buffers = sum(b.nbytes for b in model.buffers())
    peak = held + buffers + trained * (1 + optimizer_states) + first.activations + first.inputs
    return Report(inputs, rows, count, held, first.flops, first.backward_flops, first.activations, peak, sizes,
                  misfits[0] if misfits else None, misfits)


def _same(a: Misfit, b: Misfit) -> bool:
    return (a.path, a.op, a.line, a.stage) == (b.path, b.op, b.line, b.stage)


def _outputs(visits: list[tuple[dict[str, int], Visit]]) -> list[str]:
    """The outputs of the same visit in several runs, with the names of sizes where they explain the numbers."""
    first = visits[0][1].outputs
    if any(len(visit.outputs) != len(first) for _, visit in visits):
        return [_plain(shape, dtype) for shape, dtype in first]
    texts = []
    for k, (shape, dtype) in enumerate(first):
        shapes = [(sizes, visit.outputs[k][0]) for sizes, visit in visits]
        if any(len(other) != len(shape) for _, other in shapes):
            texts.append(_plain(shape, dtype))
            continue
        dims = [_dimension([(sizes, other[d]) for sizes, other in shapes]) for d in range(len(shape))]
        texts.append(f"{'×'.join(dims) or 'scalar'} {dtype}")
    return texts


def _plain(shape: tuple[int, ...], dtype: str) -> str:
    return f"{'×'.join(map(str, shape)) or 'scalar'} {dtype}"


def _dimension(seen: list[tuple[dict[str, int], int]]) -> str:
    """A number that is the same in all runs, a name, a multiple of one, or a name plus a number."""
    sizes, number = seen[0]
    if all(other == number for _, other in seen):
        return str(number)
    for name in sizes:
        if all(other % given[name] == 0 and other // given[name] == number // sizes[name] for given, other in seen):
            factor = number // sizes[name]
            return name if factor == 1 else f"{factor}·{name}"
        if len({other - given[name] for given, other in seen}) == 1:
            return f"{name}{number - sizes[name]:+d}"
    return str(number)
