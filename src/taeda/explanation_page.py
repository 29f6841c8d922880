"""The page that `taeda.compiler.explain(..).save_html(path)` writes: memory over time, the kernels in their order with
what each reads of which, and why there are not fewer. One file that needs nothing else, readable on a phone."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from taeda.checking import report

if TYPE_CHECKING:
    from taeda.compilation import ExplainedKernel, Explanation

_STYLE = """
:root { --ink: #1c2321; --soft: #66706c; --line: #d9dedb; --paper: #fff; --shade: #f4f6f5; --accent: #2c7a4b;
  --memory: #cfe6d8; --warm: #b4541a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebe8; --soft: #98a39e; --line: #333b38; --paper: #151918;
  --shade: #1d2321; --accent: #6fc795; --memory: #244a36; --warm: #e0925c; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 60rem; background: var(--paper); color: var(--ink);
  font: 15px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.3rem; margin: 0 0 .3rem; } h2 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
p { margin: .3rem 0; color: var(--soft); }
.numbers { display: flex; flex-wrap: wrap; gap: .5rem 1.4rem; margin: .6rem 0; padding: 0; list-style: none; }
.numbers b { display: block; font-size: 1.15rem; font-variant-numeric: tabular-nums; }
.numbers span { color: var(--soft); font-size: .82rem; }
svg { display: block; max-width: 100%; }
.memory { width: 100%; height: auto; background: var(--shade); border-radius: 6px; }
.memory path { fill: var(--memory); stroke: var(--accent); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.graph { position: relative; }
.graph svg { position: absolute; left: 0; top: 0; }
.graph path { fill: none; stroke: var(--line); stroke-width: 1.2; }
.graph path.on { stroke: var(--accent); stroke-width: 2.2; }
.kernels { list-style: none; margin: 0; padding: 0 0 0 58px; }
.kernels li { height: 46px; padding: 3px 0; border-bottom: 1px solid var(--line); cursor: pointer; overflow: hidden; }
.kernels li.on { background: var(--shade); }
.kernels .ops { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.kernels .facts { display: flex; gap: .8rem; color: var(--soft); font-size: .8rem; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
.bar { display: inline-block; height: 8px; background: var(--accent); border-radius: 2px; vertical-align: middle;
  min-width: 1px; }
.slow { color: var(--warm); }
#detail { position: sticky; bottom: 0; background: var(--paper); border-top: 2px solid var(--accent); padding: .5rem 0;
  font-size: .85rem; overflow-wrap: anywhere; max-height: 40vh; overflow-y: auto; }
table { border-collapse: collapse; width: 100%; font-size: .85rem; }
td { border-bottom: 1px solid var(--line); padding: .25rem .5rem .25rem 0; vertical-align: top;
  overflow-wrap: anywhere; }
td:first-child { white-space: nowrap; color: var(--soft); }
"""

_SCRIPT = """
const rows = [...document.querySelectorAll('.kernels li')], arcs = [...document.querySelectorAll('.graph path')];
const detail = document.getElementById('detail');
function show(k) {
  rows.forEach((r, i) => r.classList.toggle('on', i === k));
  arcs.forEach(a => a.classList.toggle('on', +a.dataset.from === k || +a.dataset.to === k));
  arcs.filter(a => a.classList.contains('on')).forEach(a => a.parentNode.append(a));
  detail.innerHTML = rows[k].querySelector('template').innerHTML;
}
rows.forEach((r, k) => r.addEventListener('click', () => show(k)));
"""

_ROW = 46     # pixels of a kernel's row
_GUTTER = 54  # and of what is left of it for arcs


def page(found: Explanation) -> str:
    """The page, as text."""
    kernels = found.ran
    total = sum(k.time for k in kernels)
    peak = max((k.allocated for k in kernels), default=0)
    numbers = [(f"{found.calls}", "calls put off"), (f"{found.recordings}", "recordings"),
               (f"{len(kernels)}", "kernels"), (time_text(total), "in kernels"),
               (size_text(sum(k.bytes for k in kernels)), "read and written"), (size_text(peak), "most in use")]
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8>",
        '<meta name=viewport content="width=device-width, initial-scale=1">',
        f"<title>{html.escape(found.name)}: what it was made of</title><style>{_STYLE}</style>",
        f"<h1>{html.escape(found.name)}</h1><ul class=numbers>",
        *(f"<li><b>{value}</b><span>{name}</span></li>" for value, name in numbers), "</ul>",
        "<h2>Memory over time</h2>", _memory(kernels, peak),
        "<h2>Kernels, in order</h2><p>An arc goes from the kernel that makes something to one that reads it. Touch a "
        "row for its ops and the lines they come from.</p>", _graph(kernels),
        _table("Not one kernel", [(f"{n} ×", f"{giver} → {reader}: {why}")
                                  for (giver, reader, why), n in found.not_fused.items()]),
        _table("Not put off", [(f"{n} ×", f"{op}: {why}") for (op, why), n in found.at_once.items()]),
        "<div id=detail></div>", f"<script>{_SCRIPT}</script></html>",
    ]
    return "\n".join(p for p in parts if p)


def time_text(microseconds: float) -> str:
    return f"{microseconds / 1000:.2f} ms" if microseconds >= 1000 else f"{microseconds:.1f} µs"


def size_text(count: int) -> str:
    return report.size(count) or "0 B"


def _memory(kernels: list[ExplainedKernel], peak: int) -> str:
    """Bytes in use while each kernel ran, above what was in use when the first one did."""
    if not kernels:
        return "<p>Nothing ran.</p>"
    width, height = 1000, 260
    begin, end = kernels[0].start, max(k.start + k.time for k in kernels)
    span = max(end - begin, 1e-9)
    low = min(k.allocated for k in kernels)
    scale = (height - 20) / max(peak - low, 1)
    points = []
    for k in kernels:
        y = height - (k.allocated - low) * scale
        points += [(width * (k.start - begin) / span, y), (width * (k.start + k.time - begin) / span, y)]
    line = " ".join(f"L{x:.1f} {y:.1f}" for x, y in points)
    return (f'<svg class=memory viewBox="0 0 {width} {height}" preserveAspectRatio=none role=img '
            f'aria-label="memory over time"><path d="M0 {height} {line} L{width} {height} Z"/></svg>'
            f"<p>{time_text(span)} from left to right; from {size_text(low)} (weights, inputs and what was kept "
            f"before) at the bottom to {size_text(peak)} at the top.</p>")


def _graph(kernels: list[ExplainedKernel]) -> str:
    longest = max((k.time for k in kernels), default=1) or 1
    arcs = []
    for to, kernel in enumerate(kernels):
        for source in kernel.after:
            y0, y1 = source * _ROW + _ROW / 2, to * _ROW + _ROW / 2
            reach = min(_GUTTER - 4, 6 + 9 * (to - source) ** 0.5)
            arcs.append(f'<path data-from={source} data-to={to} d="M{_GUTTER} {y0} C{_GUTTER - reach * 1.3:.1f} {y0} '
                        f'{_GUTTER - reach * 1.3:.1f} {y1} {_GUTTER} {y1}"/>')
    rows = []
    for k in kernels:
        floor = f"<span{' class=slow' * (k.time > 1.5 * k.floor)}>{k.time / k.floor:.2f} × floor</span>" \
            if k.floor >= 20 else ""
        lines = "".join(f"<div>{html.escape(line)}</div>" for line in k.lines)
        ops = html.escape(" ".join(k.ops) or k.kind)
        rows.append(
            f"<li><div class=ops>{ops}</div><div class=facts><span>{time_text(k.time)}</span>"
            f"<span class=bar style='width:{max(60 * k.time / longest, 1):.0f}px'></span>"
            f"<span>{size_text(k.bytes)}</span>{floor}</div><template><b>{ops}</b>{lines}"
            f"<div>{time_text(k.time)}, {size_text(k.bytes)} read and written, {size_text(k.allocated)} in use</div>"
            "</template></li>")
    size = f"width={_GUTTER + 2} height={len(kernels) * _ROW}"
    return (f"<div class=graph><svg {size} aria-hidden=true>{''.join(arcs)}</svg>"
            f"<ol class=kernels>{''.join(rows)}</ol></div>")


def _table(title: str, rows: list[tuple[str, str]]) -> str:
    if not rows:
        return ""
    cells = "".join(f"<tr><td>{html.escape(a)}<td>{html.escape(b)}" for a, b in rows)
    return f"<h2>{title}</h2><table>{cells}</table>"
