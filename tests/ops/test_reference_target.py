"""The rows of all ops on the target made of interpreters, through the same executor, against this machine's code.

The target is that of a process, so the interpreters run in another one, which leaves its outcomes in a file.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_rows import PUBLIC, TOLERANCE, values_and_gradients

import expected
import taeda
from taeda.ops.op import registry
from taeda.runtime import devices, jit

DTYPES = ("float32", "int64")


def outcomes() -> dict[str, Any]:
    return {f"{name} {dtype}": values_and_gradients(registry.ops[name], dtype, taeda)
            for name in PUBLIC for dtype in DTYPES}


@pytest.fixture(scope="module")
def interpreted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    file = tmp_path_factory.mktemp("reference") / "outcomes"
    folders = [str(Path(__file__).parent), str(Path(expected.__file__).parent), *sys.path]
    environment = os.environ | {"TAEDA_CPU": "reference", "PYTHONPATH": os.pathsep.join(folders)}
    subprocess.run([sys.executable, __file__, str(file)], env=environment, check=True, timeout=600)
    yield pickle.loads(file.read_bytes())


@pytest.mark.parametrize("name", PUBLIC)
def test_agrees_with_machine_code(name: str, interpreted: dict[str, Any]) -> None:
    for dtype in DTYPES:
        tolerance = TOLERANCE.get(dtype, 3e-5)
        found = values_and_gradients(registry.ops[name], dtype, taeda)
        difference = expected.Comparison(tolerance, tolerance).difference(found, interpreted[f"{name} {dtype}"])
        assert difference is None, f"{dtype}: {difference}"


if __name__ == "__main__":
    assert devices.target_of("cpu").family == "reference"
    found = outcomes()
    assert jit.statistics["compiled"] + jit.statistics["loaded"] == 0, "machine code was used"
    Path(sys.argv[1]).write_bytes(pickle.dumps(found))
