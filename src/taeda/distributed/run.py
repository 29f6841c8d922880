"""`torchrun` (`python -m torch.distributed.run`): starts the processes of a program, each with its rank.

Groups of Taeda have one process, so one is started, with the environment that `init_process_group` and Lightning,
Accelerate and others read; more raise NotImplementedError. Rendezvous and restarts are for several, and are accepted
and not used.

    python -m taeda.distributed.run --nproc-per-node 1 train.py --epochs 3
"""

from __future__ import annotations

import argparse
import os
import runpy
import sys
from collections.abc import Sequence

__all__ = ["get_args_parser", "main", "parse_args", "run"]


def get_args_parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    parser = argparse.ArgumentParser(prog="torchrun", description="Start the processes of a program.")
    for name, default in (
        ("nnodes", "1:1"), ("nproc-per-node", "1"), ("rdzv-backend", "static"), ("rdzv-endpoint", ""),
        ("rdzv-id", "none"), ("rdzv-conf", ""), ("node-rank", "0"), ("master-addr", "127.0.0.1"),
        ("master-port", "29500"), ("max-restarts", "0"), ("monitor-interval", "0.1"), ("start-method", "spawn"),
        ("role", "default"), ("log-dir", None), ("local-addr", None),
    ):
        parser.add_argument(f"--{name}", f"--{name.replace('-', '_')}", default=default)
    parser.add_argument("--standalone", action="store_true", help="one node, on its own")
    parser.add_argument("-m", "--module", action="store_true", help="the program is a module's name")
    parser.add_argument("--no-python", "--no_python", action="store_true", help="the program is not Python's")
    parser.add_argument("training_script")
    parser.add_argument("training_script_args", nargs=argparse.REMAINDER)
    return parser


def parse_args(args: Sequence[str] | None) -> argparse.Namespace:
    """The command line taken apart."""
    return get_args_parser().parse_args(args)


def run(args: argparse.Namespace) -> None:
    """Run the program in this process, as rank 0 of 1. Raises NotImplementedError where more than one is asked for."""
    nodes = args.nnodes.rpartition(":")[2]
    each = "1" if args.nproc_per_node in ("auto", "cpu") else args.nproc_per_node
    if nodes != "1" or each != "1":
        raise NotImplementedError(f"torch.distributed.run: {nodes} x {each} processes were asked for; groups of "
                                  "several processes are not there yet: --nnodes 1 --nproc-per-node 1 starts one")
    os.environ.update(
        RANK="0", LOCAL_RANK="0", GROUP_RANK="0", ROLE_RANK="0", WORLD_SIZE="1", LOCAL_WORLD_SIZE="1",
        GROUP_WORLD_SIZE="1", ROLE_WORLD_SIZE="1", ROLE_NAME=args.role, MASTER_ADDR=args.master_addr,
        MASTER_PORT=args.master_port, TORCHELASTIC_RUN_ID=args.rdzv_id, TORCHELASTIC_RESTART_COUNT="0",
        TORCHELASTIC_MAX_RESTARTS=args.max_restarts,
    )
    if args.no_python:
        os.execvp(args.training_script, [args.training_script, *args.training_script_args])
    sys.argv = [args.training_script, *args.training_script_args]
    import taeda.as_torch  # noqa: F401, so that the program's `import torch` is Taeda

    if args.module:
        runpy.run_module(args.training_script, run_name="__main__", alter_sys=True)
    else:
        sys.path.insert(0, os.path.dirname(os.path.abspath(args.training_script)))
        runpy.run_path(args.training_script, run_name="__main__")


def main(args: Sequence[str] | None = None) -> None:
    """Run what the command line says."""
    run(parse_args(args))


if __name__ == "__main__":
    main()
