"""Every environment variable that Taeda reads, in one table.

=====================  ============================================================  ==========================
variable               meaning                                                       default
=====================  ============================================================  ==========================
TAEDA_CPU              instruction set to generate for: baseline, avx2, avx512       what the machine has
TAEDA_CACHE            folder of the compile cache; empty string: no disk cache      $XDG_CACHE_HOME/taeda
TAEDA_CACHE_MB         size the disk cache is kept under                             512
TAEDA_NUM_THREADS      threads of the pool at start                                  cores of this process
TAEDA_DEBUG            1 programs, 2 kernels, 3 loop IR, 4 LLVM IR, 5 assembly       0
TAEDA_CHECK            1: run the IR checkers after every pass                       0
=====================  ============================================================  ==========================
"""

import os
from pathlib import Path


def cpu() -> str | None:
    return os.environ.get("TAEDA_CPU") or None


def cache_folder() -> Path | None:
    given = os.environ.get("TAEDA_CACHE")
    if given == "":
        return None
    if given:
        return Path(given)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "taeda"


def cache_megabytes() -> int:
    return int(os.environ.get("TAEDA_CACHE_MB") or 512)


def num_threads() -> int:
    given = os.environ.get("TAEDA_NUM_THREADS") or os.environ.get("OMP_NUM_THREADS")
    return int(given) if given else len(os.sched_getaffinity(0))


def debug() -> int:
    return int(os.environ.get("TAEDA_DEBUG") or 0)


def check() -> bool:
    return os.environ.get("TAEDA_CHECK") == "1"
