"""A right operand that is made as it is packed: the prologue of a product.

A *prologue* is a loop-IR expression of an element of B, over `load(0)`, an element of a matrix in memory, and
`load(k)`, that of extra operand k there. A panel is made at a time, in scratch, by the function that finishes results,
and packed from there: each element is made once where one block has all rows of C. In memory the matrix has its columns
or its k as neighbours.
"""

from __future__ import annotations

from taeda.codegen.llvm import FunctionWriter, ModuleWriter, Value
from taeda.codegen.templates.finish import finish_of, finish_rows
from taeda.codegen.templates.gemm import pack
from taeda.codegen.templates.gemm.block import Panels, Part, packed_panels, scratch_bytes
from taeda.codegen.templates.gemm.kind import Kind
from taeda.ir.dtype import itemsize
from taeda.ir.loop import Expr, walk

PADDING = 64  # bytes after each column of a panel, so that they do not share cache sets


def dtypes_of(value: Expr) -> list[str]:
    """The dtypes of the operands, the matrix first."""
    found = {e.attribute: e.dtype for e in walk((value,)) if e.op == "load"}
    return [found[k] for k in sorted(found)]


def made_scratch_bytes(kind: Kind) -> int:
    """A panel as it is made, after what other products need."""
    return scratch_bytes(kind) + kind.columns * (kind.k_block * kind.depth * kind.itemsize + PADDING) + 64


class Made:
    """The B of a block (see block.Right). Parameters: for the matrix and each extra operand its first element and the
    bytes between neighbours along k and between columns, then the run-time numbers."""

    def __init__(self, module: ModuleWriter, kind: Kind, value: Expr, any_order: FunctionWriter) -> None:
        self.kind, self.dtypes = kind, dtypes_of(value)
        self.make = finish_rows(module, finish_of(value, self.dtypes[0]), kind.lanes, "make_b")
        self.pack = pack.b_block(module, kind, any_order)
        names = ["b", *(f"made{k}" for k in range(1, len(self.dtypes)))]
        self.names = [(name, f"{name}_k", f"{name}_column") for name in names]
        self.parameters = [*((type, name) for three in self.names
                             for type, name in zip(("ptr", "i64", "i64"), three, strict=True)), ("ptr", "made_numbers")]

    def panels(self, f: FunctionWriter, part: Part) -> Panels:
        kind = self.kind
        packed = packed_panels(f, kind, part.depth)
        made = f.at(f["scratch"], (scratch_bytes(kind) + 63) // 64 * 64)
        sources = [(f.at(f[name], part.k * f[k]), f[k], f[column]) for name, k, column in self.names]

        def panel(j: Value) -> None:
            count = f.minimum(f["columns"] - j, kind.columns)
            here = [(f.at(base, j * column), k, column) for base, k, column in sources]
            target = f.at(packed.first, j // kind.columns * packed.apart)

            def lines(along_k: bool) -> None:
                """Of the panel's columns, or of its rows."""
                shape = (count, part.elements) if along_k else (part.elements, count)
                line = shape[1] * kind.itemsize + (PADDING if along_k else 0)
                (first, step, _), *extras = [(base, column, k) if along_k else (base, k, column)
                                             for base, k, column in here]
                f.call(self.make, first, step, made, line, *(v for extra in extras for v in extra), f.constant(1),
                       f["made_numbers"], *shape)
                size = f.constant(kind.itemsize)
                f.call(self.pack, made, *((size, line) if along_k else (line, size)), target, packed.apart, count,
                       part.elements)
            f.branch(here[0][1].equals(itemsize(self.dtypes[0])), lambda: lines(True), lambda: lines(False))

        f.loop(0, f["columns"], panel, step=kind.columns)
        return packed
