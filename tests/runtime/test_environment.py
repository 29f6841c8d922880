"""What environment variables say is obeyed, or refused with a reason."""

import os
import subprocess
import sys

import pytest

SCRIPT = "import taeda; print(taeda.get_num_threads(), taeda.ones(300, 300).sum().item())"


def run(**variables: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k not in ("TAEDA_NUM_THREADS", "OMP_NUM_THREADS")}
    return subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=120, env=environment | variables
    )


@pytest.mark.parametrize(
    ("variables", "threads"),
    [
        ({"TAEDA_NUM_THREADS": "3"}, 3),
        ({"OMP_NUM_THREADS": "5"}, 5),
        ({"OMP_NUM_THREADS": " 2,4"}, 2),
        ({"TAEDA_NUM_THREADS": "1", "OMP_NUM_THREADS": "7"}, 1),
        ({"TAEDA_NUM_THREADS": "", "OMP_NUM_THREADS": ""}, len(os.sched_getaffinity(0))),
    ],
)
def test_threads_at_start(variables: dict[str, str], threads: int) -> None:
    done = run(**variables)
    assert done.stdout.split() == [str(threads), "90000.0"] and done.stderr == ""


@pytest.mark.parametrize("bad", ["many", "0", "-1", "1.5", "5000", "٣"])
def test_bad_numbers_of_threads(bad: str) -> None:
    done = run(TAEDA_NUM_THREADS=bad)
    assert done.returncode and f"ValueError: TAEDA_NUM_THREADS is {bad!r}; expected a number from 1 to" in done.stderr
    done = run(OMP_NUM_THREADS=bad)
    assert done.stdout.split() == [str(len(os.sched_getaffinity(0))), "90000.0"]
    assert f"UserWarning: OMP_NUM_THREADS is {bad!r}, which is no number of threads: ignored" in done.stderr
