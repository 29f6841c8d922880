"""`taeda run program.py ARGS…` and `taeda run -m package ARGS…`: a PyTorch program, run by Taeda."""

from __future__ import annotations

import argparse
import os
import runpy
import sys
from collections.abc import Sequence

TAKES_ALL = True  # all arguments, whatever they look like, are the program's


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("program", nargs=argparse.REMAINDER, help="a program and its arguments, or -m and a module")


def main(options: argparse.Namespace) -> int:
    run(options.program)
    return 0


def run(arguments: Sequence[str]) -> None:
    """Run a program as `python` would: its path and arguments, or `-m` and a module and arguments."""
    if not arguments:
        raise SystemExit("taeda run: say which program, as in `taeda run train.py --epochs 3`")
    import taeda.as_torch  # noqa: F401

    if arguments[0] == "-m":
        if len(arguments) < 2:
            raise SystemExit("taeda run: -m needs the name of a module")
        sys.argv = list(arguments[1:])
        sys.path.insert(0, os.getcwd())
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
        return
    program = arguments[0]
    if not os.path.exists(program):
        raise SystemExit(f"taeda run: there is no file {program!r} in {os.getcwd()}")
    sys.argv = list(arguments)
    sys.path.insert(0, os.path.dirname(os.path.abspath(program)))
    runpy.run_path(program, run_name="__main__")
