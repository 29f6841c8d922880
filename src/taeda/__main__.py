"""The `taeda` command. Each subcommand is a line of COMMANDS: name, module that has `arguments` and `main`, help."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

COMMANDS = (
    ("check", "taeda.checking.command", "check a model without data: shapes, flops, memory, and what does not fit"),
    ("run", "taeda.running", "run a program that is written for PyTorch"),
    ("stubs", "taeda.stubs", "write type stubs for editors and type checkers"),
    ("chat", "taeda.llm.commands.chat", "talk to a language model; without one, train a small one"),
    ("generate", "taeda.llm.commands.generate", "continue a text by a language model"),
    ("models", "taeda.llm.commands.models", "list the language models of this machine, or describe one"),
    ("serve", "taeda.llm.commands.serve", "serve a language model: OpenAI's interface and a page to chat"),
    ("eval", "taeda.llm.commands.eval", "measure a language model on a text or on questions"),
    ("quantize", "taeda.llm.commands.quantize", "write a language model with weights of 8 or 4 bits"),
    ("finetune", "taeda.llm.commands.finetune", "train a language model on a text or on conversations"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; returns the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(prog="taeda", description="Taeda, a deep-learning framework.")
    parser.add_argument("--version", action="store_true", help="print the version")
    commands = parser.add_subparsers(dest="command", metavar="command")
    # Only the subcommand that is asked for is imported.
    name = next((a for a in given if not a.startswith("-")), "")
    handler = None
    for command, module, about in COMMANDS:
        sub = commands.add_parser(command, help=about, description=about[0].upper() + about[1:] + ".",
                                  formatter_class=argparse.RawDescriptionHelpFormatter)
        if command == name:
            handler = importlib.import_module(module)
            handler.arguments(sub)
    # What follows `run` is the program's, though it begins with a dash: argparse would take `run -m package` apart.
    at = given.index(name) + 1 if name else 0
    if handler is not None and getattr(handler, "TAKES_ALL", False) and given[at:at + 1] not in (["-h"], ["--help"]):
        return handler.main(argparse.Namespace(program=given[at:]))
    parsed = parser.parse_args(given)
    if parsed.version:
        import taeda

        print(taeda.__version__)
        return 0
    if handler is None:
        parser.print_help()
        return 2
    return handler.main(parsed)


if __name__ == "__main__":
    sys.exit(main())
