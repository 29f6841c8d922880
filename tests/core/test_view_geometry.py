"""Numbers that no definition writes for a view (a damaged file of Programs may): an error, before memory is read."""

from __future__ import annotations

import pytest

from taeda import _core

WRONG = [
    ("select", (), ValueError, "'select' takes at least 2 numbers, not 0"),
    ("slice", (0, 1, 2), ValueError, "'slice' takes at least 4 numbers, not 3"),
    ("as_strided", (), ValueError, "'as_strided' takes at least 2 numbers, not 0"),
    ("as_strided", (40, *(1,) * 81), NotImplementedError, "more than 16 dimensions"),
    ("as_strided", (-7, 0), RuntimeError, "mismatch in length of strides and shape"),
    ("expand", (1,) * 40 + (3,), NotImplementedError, "more than 16 dimensions"),
    ("permute", (9,), IndexError, "Dimension out of range"),
]


@pytest.mark.parametrize(("kind", "numbers", "error", "message"), WRONG)
def test_wrong_numbers(kind: str, numbers: tuple[int, ...], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        _core.view_geometry(kind, (3,), (1,), numbers)
