"""The compile cache: a damaged entry is compiled again, never run; a folder that cannot be used is no error."""

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import taeda
from taeda.runtime import jit
x = taeda.ones(5).exp().sum()
print(float(x), jit.statistics["compiled"], jit.statistics["loaded"])
"""


def run(folder: object) -> tuple[float, int, int]:
    environment = dict(os.environ, TAEDA_CACHE=str(folder), TAEDA_PREBUILT="0")
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=environment, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    value, compiled, loaded = done.stdout.split()
    return float(value), int(compiled), int(loaded)


def test_entries_are_used_again(tmp_path: Path) -> None:
    value, compiled, loaded = run(tmp_path)
    assert compiled > 0 and loaded == 0
    assert run(tmp_path) == (value, 0, compiled)


def test_damaged_entries_are_compiled_again(tmp_path: Path) -> None:
    value, compiled, _ = run(tmp_path)
    entries = [p for p in tmp_path.glob("??/*") if p.is_file()]
    assert entries
    for k, path in enumerate(entries):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0xFF
        path.write_bytes(content if k % 2 else content[: len(content) // 2])
    assert run(tmp_path) == (value, compiled, 0)
    assert run(tmp_path) == (value, 0, compiled)


def test_no_folder_to_write_to() -> None:
    value, compiled, loaded = run("/proc/nothing/here")
    assert compiled > 0 and loaded == 0
    assert run("")[0] == value
