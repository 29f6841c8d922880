"""The generated rows of functions: those of ops (test_rows.py), for what is Python at run time (taeda/functions)."""

from __future__ import annotations

from typing import Any

import pytest
from test_rows import DTYPES, TOLERANCE, samples, values_and_gradients

import taeda
from expected import agree
from taeda import functions
from taeda._binding import modules
from taeda.functions.function import Function, definitions
from taeda.testing import check_gradients, forms

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

functions.load_all()

ROWS = sorted(name for name, f in definitions.items() if f.sample_function)


class Public:
    """A function as users call it, in the form in which the rows take an op."""

    def __init__(self, definition: Function):
        self.public, self.modules, self.name = definition.public, definition.modules, definition.name
        self.sample_function = definition.sample_function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not self.modules:
            return getattr(taeda.Tensor, self.public)(*args, **kwargs)
        return modules[self.modules[0]][self.public](*args, **kwargs)


@pytest.mark.parametrize("name", ROWS)
def test_values(name: str) -> None:
    row = Public(definitions[name])
    for dtype in DTYPES:
        tolerance = TOLERANCE.get(dtype, 3e-5)
        agree(lambda lib, d=dtype: values_and_gradients(row, d, lib), tolerance, tolerance, refusals=False)


@pytest.mark.parametrize("name", ROWS)
def test_gradients(name: str) -> None:
    row = Public(definitions[name])
    for s in samples(row, "float64"):
        check_gradients(row, s.args, s.kwargs, order=2)


@pytest.mark.parametrize("name", ROWS)
def test_layouts(name: str) -> None:
    row = Public(definitions[name])
    for s in samples(row):
        forms.check_layouts(row, s.args, s.kwargs)


@pytest.mark.parametrize("name", ROWS)
def test_forms(name: str) -> None:
    definition = definitions[name]
    row = Public(definition)
    for s in samples(row):
        if definition.method and definition.modules:
            forms.check_same("method", getattr(taeda.Tensor, row.public), row, s.args, s.kwargs)
        for alias in definition.aliases:
            forms.check_same(alias, modules[row.modules[0]][alias], row, s.args, s.kwargs)
        if definition.inplace:
            forms.check_inplace_view(getattr(taeda.Tensor, row.public + "_"), row, s.args, s.kwargs)
        if definition.out:
            forms.check_out(row, s.args, s.kwargs)
