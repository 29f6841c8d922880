"""How products with coded weights are carried out: few rows read the codes once, more rows share the numbers."""

from __future__ import annotations

from typing import Any

from taeda.codegen.templates.gemm import coded, rounded
from taeda.codegen.templates.gemm.block import scratch_bytes
from taeda.codegen.templates.gemm.kind import kind_of
from taeda.compiler.methods.matmul import blocks_of, composed, strides_of
from taeda.ir.epilogue import Epilogue
from taeda.ir.expression import ceildiv, maximum, minimum

_PIECE = 1 << 18  # bytes of codes that a thread reads from begin to end


def coded_matmul(b: Any, *, left: Any, codes: Any, scales: Any, offsets: Any, out: Any, group: int, bias: Any = None,
                 epilogue: Epilogue | None = None) -> None:
    """See ops/quantized.py, which says the shapes."""
    kind = kind_of(b.target, "float32", out.dtype)
    rows, k, columns = left.size(0), left.size(1), out.size(1)
    params: dict[str, Any] = {"packed": codes.dtype == "uint8", "scale": scales.dtype, "offsets": offsets is not None,
                              "out_dtype": out.dtype}
    # Where there is no bias something must stand for it, which is not read.
    extras, numbers = [out if bias is None else bias], ()
    if epilogue is not None:
        params["epilogue"], extras = composed(kind, bias, epilogue)
        numbers = epilogue.numbers
    integers = [rows, k, columns, group, int(bias is not None or epilogue is not None), *strides_of(extras)]
    operands = [b.contiguous(x) for x in (left, codes, scales, *(() if offsets is None else (offsets,)))]
    operands += [*extras, out]
    # Pieces of as many panels as one row takes together, of fewer where there are few: each thread has a piece then.
    panels = ceildiv(columns, coded.PANEL)
    few = panels < 4 * coded.together(b.target)
    b.launch(coded.emit_coded_thin, params, operands, integers, numbers, work=panels,
             grain=maximum(1, coded.together(b.target) * (1 - few)), when=(rows >= 1) * (rows <= coded.THIN_ROWS))
    b.launch(coded.emit_coded, params, operands, integers, numbers, work=blocks_of(kind, rows, columns, kind.row_block),
             scratch=scratch_bytes(kind), when=rows > coded.THIN_ROWS)


def rounded_matmul(b: Any, *, input: Any, input_scales: Any, sums: Any, codes: Any, scales: Any, offsets: Any, out: Any,
                   step: int, group: int) -> None:
    """See ops/quantized.py."""
    params = {"packed": codes.dtype == "uint8", "scale": scales.dtype, "offsets": offsets is not None}
    given = (input, input_scales, sums, codes, scales, *(() if offsets is None else (offsets,)))
    panels = codes.size(0)
    # Few rows read the codes from memory, each thread some neighbouring panels: what it asks for ahead of the place
    # where it reads is then its own. Where there are few panels, many threads still have some.
    together = minimum(_PIECE // maximum(codes.size(1) * codes.size(2), 1), ceildiv(panels, 16))
    few = input.size(0) <= rounded.THIN_ROWS
    b.launch(rounded.emit_rounded, params, [*(b.contiguous(x) for x in given), out],
             [input.size(0), input.size(1), step, group, panels], [], work=panels,
             grain=maximum(1, together * few), scratch=rounded.scratch_bytes(),
             when=input.size(0) >= 1)
