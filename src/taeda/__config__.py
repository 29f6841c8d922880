"""What this Taeda is made of, as `torch.__config__` says it: for reports of faults."""

from __future__ import annotations

import os
import platform

import taeda
from taeda import _core

__all__ = ["parallel_info", "show"]


def show() -> str:
    """Versions and the processor that code is generated for, line by line."""
    import importlib.metadata

    from taeda import environment

    try:
        llvm = importlib.metadata.version("llvmlite")
    except importlib.metadata.PackageNotFoundError:
        llvm = "not installed"
    return (f"Taeda {taeda.__version__}, with the behaviour of PyTorch {taeda.version.__version__}:\n"
            f"  - Python {platform.python_version()} on {platform.system()} {platform.machine()}\n"
            f"  - code for: {environment.cpu() or ', '.join(_vectors()) or 'any processor of this kind'}\n"
            f"  - llvmlite: {llvm}\n")


def parallel_info() -> str:
    """How many threads compute, and where that is set."""
    from taeda import environment

    named = environment.num_threads() or "[not set]"
    return (f"Taeda's thread pool:\n\ttaeda.get_num_threads() : {_core.get_num_threads()}\n"
            f"os.cpu_count() : {os.cpu_count()}\nEnvironment variables:\n\tTAEDA_NUM_THREADS : {named}\n")


def _vectors() -> list[str]:
    """The instruction sets of the processor that kernels are made for."""
    return [name for name in ("avx2", "avx512_f", "avx512_bf16", "avx512_vnni")
            if taeda.cpu.get_capabilities().get(name)]
