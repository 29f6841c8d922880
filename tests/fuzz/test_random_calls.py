"""Random calls of every public callable: no crash, and no exception that tells of an error in the library.

`--calls 100000` makes more of them. A failure names the call as a line of source; `campaign.py` runs it again.
"""

from __future__ import annotations

import datetime

import campaign
import pytest

BATCH = 500
TOLERATED = {key for keys in campaign.listed().values() for key in keys}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Two thirds of the calls are always the same, the others change every day."""
    batches = max(metafunc.config.getoption("--calls") // BATCH, 3)
    today = datetime.date.today().toordinal()
    runs = [(0 if k % 3 else today, k * BATCH) for k in range(batches)]
    metafunc.parametrize(("seed", "first"), runs)


def test_calls(seed: int, first: int) -> None:
    found = [o for o in campaign.batch(seed, first, BATCH) if o.key not in TOLERATED]
    assert not found, "\n".join(
        f"call {o.number} of seed {seed}: {o.source}\n{o.kind}: {o.text} {o.place}" for o in found
    )
