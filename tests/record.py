"""Records PyTorch's outcomes for the tests that compare with them (expected.py): `python tests/record.py [file ..]`.

Needs PyTorch. Run it after adding a sample to an op or a row to a table; without arguments every file that has records
is recorded again. Each file of tests is run alone and whole, because its records are replaced as a whole.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def files() -> list[Path]:
    """The files of tests that call `agree` of expected.py."""
    return [f for f in sorted(FOLDER.rglob("test_*.py")) if re.search(r"import .*\bagree\b", f.read_text())]


def main() -> int:
    failed = []
    for path in [Path(a).resolve() for a in sys.argv[1:]] or files():
        command = [sys.executable, "-m", "pytest", "-q", "--record", "-p", "no:cacheprovider", "-x", str(path)]
        if subprocess.run(command, cwd=FOLDER.parent).returncode:
            failed.append(str(path))
    for path in failed:
        print("not recorded:", path)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
