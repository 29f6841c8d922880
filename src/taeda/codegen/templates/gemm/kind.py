"""What a matrix product kernel is specialised for: the dtypes and the register tile of the target.

Everything else (sizes, strides, transposition, broadcasting, blocking) is a run-time integer, so that one piece of
machine code for each dtype serves every shape.
"""

from __future__ import annotations

from dataclasses import dataclass

from taeda.codegen import x86
from taeda.codegen.llvm import FunctionWriter, Value, memory_type, vector
from taeda.codegen.scalars.convert import cast
from taeda.codegen.target import Target
from taeda.codegen.templates.rows import load_wide
from taeda.ir.dtype import FLOATS, INTEGERS, info, itemsize


@dataclass(frozen=True)
class Kind:
    """Dtypes and tile of a product `out = a @ b`, `a` and `b` of `dtype`.

    Sums are in `compute`: float32 for the 16-bit floats, which are rounded once at the end; int32 for the small
    integers, whose product modulo 2**8 or 2**16 is that of int32. `rows` by `vectors` vectors of `lanes` is the tile
    of C that is held in registers. `depth` neighbours in k are a *unit*, which one instruction multiplies and adds up:
    two of bfloat16 (vdpbf16ps), four of int8 (vpdpbusd); else one. Sizes along k and strides in bytes are always of
    units. vpdpbusd takes one side without sign: 128 is added to the numbers of `b`, and what is added up is too large
    by 128 times the sum of a row of `a`, which the epilogue has to take off.
    """

    target: Target
    dtype: str
    out_dtype: str
    compute: str
    rows: int
    vectors: int
    lanes: int
    depth: int = 1  # elements of k in a unit
    squares: bool = False  # sums of squared differences instead of products

    @property
    def itemsize(self) -> int:
        """Bytes of an element of `a` and `b` in memory."""
        return itemsize(self.dtype)

    @property
    def out_itemsize(self) -> int:
        return itemsize(self.out_dtype)

    @property
    def unit(self) -> int:
        """Bytes of a packed unit, which is also the size of an accumulator."""
        return itemsize(self.compute)

    @property
    def element(self) -> str:
        """LLVM type of the bits of an element in memory."""
        return f"i{8 * self.itemsize}"

    @property
    def type(self) -> str:
        """LLVM type of an accumulator."""
        return memory_type(self.compute)

    @property
    def vector(self) -> str:
        return vector(self.lanes, self.type)

    @property
    def packed_type(self) -> str:
        """LLVM type of a packed unit: that of the accumulators, or the bits of several elements."""
        return "i32" if self.depth > 1 else self.type

    @property
    def converts(self) -> bool:
        """True if elements of `a` and `b` have another form in memory than when packed."""
        return self.dtype != self.compute

    @property
    def converts_out(self) -> bool:
        return self.out_dtype != self.compute

    @property
    def row_block(self) -> int:
        """Rows of the block of C that is one work item, at most: a multiple of `rows`, near 512."""
        return 528 if self.rows == 6 else 512

    @property
    def tall_row_block(self) -> int:
        """The same for a large C and few processors: B is packed half as often. Sums that are kept apart from C would
        leave the second cache."""
        return self.row_block if self.converts_out else 2 * self.row_block

    @property
    def column_blocks(self) -> list[tuple[int, int]]:
        """Columns of that block, by the size of C: (largest M * N, columns). Narrow ones divide small work better.

        They are multiples of `columns` for every dtype and target.
        """
        return [(1 << 15, 96), (1 << 19, 192), (1 << 62, 384)]

    @property
    def k_block(self) -> int:
        """Units of k that are packed at a time: the block of B then takes three quarters of a second cache of 1 MB
        (AVX-512), or of 512 KB. Longer ones are better, as sums go to memory and back for each."""
        return (512 if self.target.vector_registers == 32 else 256) * 4 // self.unit

    @property
    def k_block_thin(self) -> int:
        """The same if C has so few rows that B is used about once: what is packed stays in the first cache."""
        return 128 * 4 // self.unit

    @property
    def group_rows(self) -> int:
        """Rows of A that are copied together: whole vectors and whole tiles."""
        return 24 if self.rows == 6 else 16

    @property
    def columns(self) -> int:
        """Columns of a full panel of B."""
        return self.vectors * self.lanes

    @property
    def masks(self) -> bool:
        """True where vector loads and stores can leave lanes out at no cost."""
        return self.target.vector_bytes == 64

    def load(self, f: FunctionWriter, pointer: Value, lanes: int = 0) -> Value:
        """Elements at `pointer` in the type of arithmetic."""
        return cast(f, load_wide(f, pointer, self.dtype, lanes), self.dtype, self.compute)

    def load_out(self, f: FunctionWriter, pointer: Value, lanes: int = 0) -> Value:
        """Elements of the result (or of the bias, which has its dtype) in the type of arithmetic."""
        return cast(f, load_wide(f, pointer, self.out_dtype, lanes), self.out_dtype, self.compute)

    def across(self, packed: Value) -> Value:
        """Units of a panel of `b` as they are multiplied."""
        return packed ^ 0x80808080 if self.depth == 4 else packed

    def multiply_add(self, f: FunctionWriter, a: Value, b: Value, c: Value) -> Value:
        """c + a * b for vectors of packed units `a` and `b`; or c + (a - b)**2."""
        if self.squares:
            a = b = a - b
        if self.depth == 4:
            return x86.dot_fours(f, c, *(f.cast("bitcast", x, vector(4 * self.lanes, "i8")) for x in (b, a)))
        if self.depth == 2:
            return x86.dot_pairs(f, c, a, b)
        return f.fma(a, b, c) if self.compute in FLOATS else c + a * b


def kind_of(target: Target, dtype: str, out_dtype: str | None = None, squares: bool = False,
            fours: bool = False) -> Kind:
    """The kind for a product of matrices of `dtype`, or for sums of squared differences of their rows and columns.
    `fours`: of int8, four at a time, where the target can.

    Raises NotImplementedError for bool and complex dtypes."""
    out_dtype = out_dtype or dtype
    if not {dtype, out_dtype} <= {*INTEGERS, *FLOATS}:
        raise NotImplementedError(f"matrix product of dtype {dtype} giving {out_dtype}")
    compute = info(dtype).accumulate
    if itemsize(out_dtype) > itemsize(compute) or (out_dtype in FLOATS) != (compute in FLOATS):
        raise NotImplementedError(f"matrix product of dtype {dtype} giving {out_dtype}")
    depth = 4 if fours else 2 if dtype == "bfloat16" and target.bf16_dot and not squares else 1
    lanes = target.lanes(itemsize(compute))
    if target.vector_registers == 32:
        rows, vectors = 8, 3
    elif target.fma:
        rows, vectors = 6, 2
    else:
        rows, vectors = 4, 2
    return Kind(target, dtype, out_dtype, compute, rows, vectors, lanes, depth, squares)


