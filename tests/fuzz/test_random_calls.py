"""Random calls of every public callable: no crash, and no exception that tells of an error in the library.

`--calls 100000` makes more of them. A failure names the call as a line of source; `campaign.py` runs it again.
"""

from __future__ import annotations

import datetime

import campaign
import pytest

BATCH = 600
TOLERATED = {key for keys in campaign.listed().values() for key in keys}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The first calls are always the same; those that are asked for beyond them change every day."""
    always, calls = 4800, metafunc.config.getoption("--calls")
    runs = [(0, first) for first in range(0, always, BATCH)]
    today = datetime.date.today().toordinal()
    runs += [(today, first) for first in range(0, calls - always, BATCH)]
    metafunc.parametrize(("seed", "first"), runs)


def test_calls(seed: int, first: int) -> None:
    found = [o for o in campaign.batch(seed, first, BATCH) if o.key not in TOLERATED]
    lines = [f"call {o.number} of seed {seed}: {o.source}\n{o.kind}: {o.text} {o.place}" for o in found]
    assert not lines, "\n".join(lines)
