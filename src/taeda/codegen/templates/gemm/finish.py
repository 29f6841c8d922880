"""Epilogues of matrix products: sums are finished in the dtype that they are added up in."""

from __future__ import annotations

from taeda.codegen.llvm import FunctionWriter, ModuleWriter, Value
from taeda.codegen.templates import finish
from taeda.codegen.templates.gemm.kind import Kind
from taeda.ir.loop import Expr, cast, load


def add_bias(kind: Kind, dtype: str | None = None) -> Expr:
    """The epilogue of a product with bias, which has the dtype of the result: added before rounding."""
    dtype = dtype or kind.out_dtype
    return cast(load(0, kind.compute) + cast(load(1, dtype), kind.compute), dtype)


def finish_of(kind: Kind, value: Expr | None) -> finish.Finish:
    """The epilogue `value`; without one given it adds a bias."""
    return finish.finish_of(add_bias(kind) if value is None else value, kind.compute)


def load_old(module: ModuleWriter, kind: Kind) -> FunctionWriter:
    """What C holds, as sums to go on from, where sums are kept apart from C."""
    f = module.function("load_old", [("ptr", "out"), ("i64", "c_row"), ("ptr", "sums"), ("i64", "sums_row"),
                                     ("i64", "rows"), ("i64", "columns")])

    def row(i: Value) -> None:
        sums, out = f.at(f["sums"], i * f["sums_row"]), f.at(f["out"], i * f["c_row"])
        f.loop(0, f["columns"], lambda j: f.store(kind.load_out(f, f.at(out, j * kind.out_itemsize)),
                                                  f.at(sums, j * kind.unit)))
    f.loop(0, f["rows"], row)
    f.ret()
    return f
