"""`Compare`: a table of measurements."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from taeda.utils.benchmark.measurement import Measurement, select_unit, trim_sigfig, unit_to_english

__all__ = ["Compare"]

_GREEN, _RED, _PLAIN = "\033[92m", "\033[91m", "\033[0m"


class Compare:
    """Measurements as tables, one for each label: a row for each sub-label (and environment and number of threads), a
    column for each description.

    Example::

        >>> from taeda.utils.benchmark import Compare, Timer
        >>> times = [Timer(s, label="sums", sub_label=s, description="ints").timeit(10) for s in ("1 + 1", "2 + 2")]
        >>> table = str(Compare(times))
        >>> [line.split()[0] for line in table.splitlines() if "+" in line]
        ['1', '2']
    """

    def __init__(self, results: Iterable[Measurement]) -> None:
        self._results: list[Measurement] = []
        self._trim = self._by_row = self._by_table = self._warn = False
        self.extend_results(results)

    def extend_results(self, results: Iterable[Measurement]) -> None:
        """More measurements."""
        for result in results:
            if not isinstance(result, Measurement):
                raise ValueError(f"Expected an instance of `Measurement`, but got {type(result)} instead.")
            self._results.append(result)

    def trim_significant_figures(self) -> None:
        """Show the digits that can be trusted alone."""
        self._trim = True

    def colorize(self, rowwise: bool = False) -> None:
        """Show the quickest time of each column (or row) in green, and those of more than twice it in red."""
        self._by_row, self._by_table = rowwise, not rowwise

    def highlight_warnings(self) -> None:
        """Mark times that vary much by (! XX%)."""
        self._warn = True

    def print(self) -> None:
        """Write the tables to the standard output."""
        print(str(self))

    def __str__(self) -> str:
        merged = Measurement.merge(self._results)
        labels = dict.fromkeys(m.task_spec.label for m in merged)
        return "\n".join(self._table(label, [m for m in merged if m.task_spec.label == label]) for label in labels)

    def _table(self, label: str | None, found: list[Measurement]) -> str:
        unit, scale = select_unit(min(m.median for m in found))
        columns = list(dict.fromkeys(m.task_spec.description for m in found))
        several = len({m.task_spec.env for m in found}) > 1
        rows: dict[tuple[int, str], dict[Any, Measurement]] = {}
        for m in sorted(found, key=lambda m: m.task_spec.num_threads):
            name = f"{m.env}: {m.as_row_name}" if several else m.as_row_name
            rows.setdefault((m.task_spec.num_threads, name), {})[m.task_spec.description] = m
        texts = {key: [self._time(cells.get(c), scale) for c in columns] for key, cells in rows.items()}
        names = [f"      {name}" for _, name in rows]
        first = max(map(len, names))
        widths = [max(len(c or ""), *(len(t[k]) for t in texts.values())) for k, c in enumerate(columns)]
        head = "  |  ".join([" " * first, *((c or "").center(w) for c, w in zip(columns, widths, strict=True))])
        lines, threads = [head], 0
        for (count, name), cells in rows.items():
            if count != threads:
                lines.append(f"{count} threads: ".ljust(len(head), "-"))
                threads = count
            row = (self._painted(t.rjust(w), cells, c, rows)
                   for t, w, c in zip(texts[count, name], widths, columns, strict=True))
            lines.append("  |  ".join([f"      {name}".ljust(first), *row]))
        frame = f" {label} ".center(len(head) + 1, "-") if label else "-" * (len(head) + 1)
        end = f"\nTimes are in {unit_to_english(unit)} ({unit}).\n"
        return "\n".join([f"[{frame[1:-1]}]", *lines, end])

    def _time(self, m: Measurement | None, scale: float) -> str:
        if m is None:
            return ""
        value = m.median / scale
        text = f"{trim_sigfig(value, m.significant_figures):g}" if self._trim else f"{value:.1f}"
        return text + (f" (! {m.iqr / m.median * 100:.0f}%)" if self._warn and m.has_warnings else "")

    def _painted(self, text: str, cells: dict[Any, Measurement], column: Any, rows: dict[Any, Any]) -> str:
        if column not in cells or not (self._by_row or self._by_table):
            return text
        rivals = cells.values() if self._by_row else (r[column] for r in rows.values() if column in r)
        best, own = min(m.median for m in rivals), cells[column].median
        colour = _GREEN if own <= best else _RED if own > 2 * best else ""
        return f"{colour}{text}{_PLAIN}" if colour else text
