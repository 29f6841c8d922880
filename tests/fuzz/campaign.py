"""Runs random calls in processes of their own and says which of them misbehaved.

`python tests/fuzz/campaign.py --calls 100000 --seed 7` runs a long campaign and prints every offence. With `--write`
and PyTorch installed it also sorts the kinds of offences into offences.json: what PyTorch raises as well for the same
call (an AttributeError of a function that takes anything), and what is still to be mended.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parent
LIST = FOLDER / "offences.json"
PATIENCE = 120  # seconds; a call that takes longer is a hang


class Offence(NamedTuple):
    number: int
    target: str
    source: str
    kind: str  # the class of the exception, or "crash"
    text: str
    place: str

    @property
    def key(self) -> str:
        return f"{self.target}: {self.kind}"


def batch(seed: int, first: int, count: int) -> list[Offence]:
    """The offences of some calls. A call that ends the process is one, and the calls after it are still made."""
    found: list[Offence] = []
    end = first + count
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(FOLDER), *sys.path])}
    while first < end:
        with tempfile.NamedTemporaryFile() as progress:
            command = [sys.executable, str(FOLDER / "calls.py"), str(seed), str(first), str(end - first), progress.name]
            process = subprocess.Popen(
                command,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                cwd=tempfile.gettempdir(),
            )
            at, before, ending = "", None, ""
            while not ending:
                try:
                    output, errors = process.communicate(timeout=PATIENCE)
                    ending = f"exit status {process.returncode}"
                except subprocess.TimeoutExpired:
                    at = Path(progress.name).read_text()
                    if at == before:  # the same call as long ago
                        process.kill()
                        output, errors = process.communicate()
                        ending = f"nothing for {PATIENCE} s"
                    before = at
            found += [Offence(*json.loads(line)) for line in output.splitlines() if line.startswith("[")]
            if process.returncode == 0:
                return found
            at = Path(progress.name).read_text().strip()
            if not at:
                raise RuntimeError(f"random calls did not start: {errors[-2000:]}")
            if process.returncode < 0:
                ending = f"{ending} ({signal.Signals(-process.returncode).name})"
            target, source = source_of(seed, int(at))
            last = errors.strip().splitlines()[-1:] or [""]
            found.append(Offence(int(at), target, source, "crash", f"{ending} {last[0]}".strip(), ""))
            first = int(at) + 1
    return found


def source_of(seed: int, number: int) -> tuple[str, str]:
    import taeda
    from taeda import _schemas

    sys.path.insert(0, str(FOLDER))
    from calls import Calls

    return Calls(taeda, _schemas.load()).source(seed, number)


def listed() -> dict[str, list[str]]:
    """The kinds of offences that are tolerated: {"PyTorch raises it too": [..], "to be mended": [..]}."""
    return json.loads(LIST.read_text())


def pytorchs_classes(calls: list[tuple[str, str]]) -> list[str]:
    """The classes of what PyTorch raises for some calls (target, source): "" for nothing and for a target that it does
    not have, "crash" where it does not come back."""
    code = (
        "import json, sys, torch, calls\n"
        "calls.limit_memory(12 << 30)\n"
        "names = calls.names_for(torch)\n"
        "for target, source in json.load(sys.stdin):\n"
        "    missing = isinstance(calls.run(target, names), AttributeError)\n"
        "    error = None if missing else calls.run(source, names)\n"
        "    torch.set_grad_enabled(True)\n"
        "    print('class', '' if error is None else type(error).__name__, flush=True)\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(FOLDER), *sys.path])}
    found: list[str] = []
    while len(found) < len(calls):
        command = [sys.executable, "-c", code]
        given = json.dumps(calls[len(found) :])
        done = subprocess.run(command, env=environment, input=given, capture_output=True, text=True)
        found += [line.removeprefix("class").strip() for line in done.stdout.splitlines() if line.startswith("class")]
        if done.returncode and len(found) < len(calls):
            found.append("crash")
    return found


def sort(offences: list[Offence]) -> dict[str, list[str]]:
    """Offences by whether PyTorch raises an exception of the same class for (one of) the calls."""
    known = listed() if LIST.exists() else {"PyTorch raises it too": [], "to be mended": []}
    alike = set(known["PyTorch raises it too"])
    calls = [o for o in offences if o.kind != "crash" and o.key not in alike]
    kinds = pytorchs_classes([(o.target, o.source) for o in calls])
    alike |= {o.key for o, kind in zip(calls, kinds, strict=True) if kind == o.kind}
    return {"PyTorch raises it too": sorted(alike), "to be mended": sorted({o.key for o in offences} - alike)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--batch", type=int, default=2000)
    parser.add_argument("--write", action="store_true", help="sort the kinds of offences into offences.json")
    options = parser.parse_args()
    tolerated = {key for keys in listed().values() for key in keys} if LIST.exists() else set()
    found: list[Offence] = []
    for first in range(options.first, options.first + options.calls, options.batch):
        count = min(options.batch, options.first + options.calls - first)
        for o in batch(options.seed, first, count):
            found.append(o)
            if o.key not in tolerated:
                print(f"{o.number}: {o.source}\n    {o.kind}: {o.text} {o.place}", flush=True)
    if options.write:
        LIST.write_text(json.dumps(sort(found), indent=1) + "\n")
    new = {o.key for o in found} - tolerated
    print(f"{options.calls} calls, {len(found)} offences of {len({o.key for o in found})} kinds, {len(new)} new kinds")
    return bool(new)


if __name__ == "__main__":
    sys.exit(main())
