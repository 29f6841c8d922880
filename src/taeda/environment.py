"""Every environment variable that Taeda reads, in one table.

=====================  ============================================================  ==========================
variable               meaning                                                       default
=====================  ============================================================  ==========================
TAEDA_CPU              instruction set to generate for: baseline, avx2, avx512       what the machine has
                       (with the dot products that the machine has; avx512_vnni,
                       avx512_dot: with those); reference: interpreters instead of
                       generated code
TAEDA_API_KEY          what clients of `taeda serve` have to send                    nothing
TAEDA_CACHE            folder of the compile cache; empty string: no disk cache      $XDG_CACHE_HOME/taeda
TAEDA_CACHE_MB         size the disk cache is kept under                             512
TAEDA_PREBUILT         0: the kernels that came with the package are not used        1
TAEDA_MODELS           folder of language models that are downloaded or trained      $XDG_DATA_HOME/taeda/models
TAEDA_NUM_THREADS      threads of the pool at start                                  OMP_NUM_THREADS, or the
                                                                                     cores of this process
TAEDA_DEBUG            1 programs, 2 kernels, 3 loop IR, 4 LLVM IR, 5 assembly       0
TAEDA_CHECK            1: run the IR checkers after every pass                       0
=====================  ============================================================  ==========================
"""

import os
from pathlib import Path


def cpu() -> str | None:
    return os.environ.get("TAEDA_CPU") or None


def api_key() -> str | None:
    return os.environ.get("TAEDA_API_KEY") or None


def cache_folder() -> Path | None:
    given = os.environ.get("TAEDA_CACHE")
    if given == "":
        return None
    if given:
        return Path(given)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "taeda"


def prebuilt() -> bool:
    return os.environ.get("TAEDA_PREBUILT") != "0"


def models_folder() -> Path:
    given = os.environ.get("TAEDA_MODELS")
    if given:
        return Path(given)
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "taeda" / "models"


def cache_megabytes() -> int:
    return int(os.environ.get("TAEDA_CACHE_MB") or 512)


MAX_THREADS = 4096


def num_threads() -> int | None:
    """How many threads were asked for; None: as many as the process has cores.

    A TAEDA_NUM_THREADS that is no such number is an error. OMP_NUM_THREADS is other libraries' as well (its value may
    be a list, one number per level of nesting), so that one is warned about and left aside, as the OpenMP libraries do.
    """
    if given := os.environ.get("TAEDA_NUM_THREADS"):
        threads = _positive(given)
        if threads is None:
            raise ValueError(f"TAEDA_NUM_THREADS is {given!r}; expected a number from 1 to {MAX_THREADS}")
        return threads
    if given := os.environ.get("OMP_NUM_THREADS"):
        threads = _positive(given.split(",")[0])
        if threads is None:
            import warnings

            warnings.warn(f"OMP_NUM_THREADS is {given!r}, which is no number of threads: ignored", stacklevel=2)
        return threads
    return None


def _positive(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_THREADS else None


def debug() -> int:
    return int(os.environ.get("TAEDA_DEBUG") or 0)


def check() -> bool:
    return os.environ.get("TAEDA_CHECK") == "1"
