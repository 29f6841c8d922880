"""How products with coded weights are carried out: few rows read the codes once, more rows share the numbers."""

from __future__ import annotations

from typing import Any

from taeda.codegen.templates.gemm import coded
from taeda.ir.expression import ceildiv


def coded_matmul(b: Any, *, left: Any, codes: Any, scales: Any, offsets: Any, out: Any, group: int) -> None:
    """See ops/quantized.py, which says the shapes."""
    panels = codes.size(0)
    operands = [b.contiguous(x) for x in (left, codes, scales, *(() if offsets is None else (offsets,)))] + [out]
    integers = [left.size(0), left.size(1), group, panels]
    params = {"packed": codes.dtype == "uint8", "scale": scales.dtype, "offsets": offsets is not None}
    thin = (left.size(0) <= coded.THIN_ROWS) * (left.size(0) >= 1)
    b.launch(coded.emit_coded_thin, params, operands, integers, [],
             work=ceildiv(panels, coded.together(b.target)), when=thin)
    b.launch(coded.emit_coded, params, operands, integers, [], work=panels, scratch=coded.scratch_bytes(),
             when=left.size(0) > coded.THIN_ROWS)
