"""`taeda check my.py:make_model --input 8x3x224x224`."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
from pathlib import Path
from typing import Any


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", help="file.py:name or package.module:name of a module, or of a function or class that "
                                      "makes one when called without arguments")
    parser.add_argument("--input", "-i", action="append", default=[], metavar="SIZE",
                        help="the size of an input, as 8x3x224x224; sizes may be names, as batchx3x224x224, which are "
                             "tried with several numbers; a dtype may follow a colon, as 8x128:int64. Once for each "
                             "input")
    parser.add_argument("--depth", type=int, default=None, help="how deep the table goes into the module tree")
    parser.add_argument("--optimizer-states", type=int, default=2, metavar="N",
                        help="tensors that the optimizer keeps for each parameter, for the peak memory (Adam: 2, the "
                             "default; SGD with momentum: 1)")
    parser.epilog = ("example:\n  taeda check train.py:make_model --input batchx3x224x224\n\n"
                     "exit status: 0 if the model fits, 1 if it does not, 2 for wrong arguments")


def main(options: argparse.Namespace) -> int:
    """Check the model; returns the exit status."""
    from taeda.checking import check
    from taeda.checking.inputs import parse

    try:
        inputs = [parse(text) for text in options.input]
        model = load(options.model)
    except (ValueError, ImportError, AttributeError, FileNotFoundError) as error:
        print(f"taeda check: {error}", file=sys.stderr)
        return 2
    if not inputs:
        print("taeda check: say the size of each input of the model, as in --input 8x3x224x224", file=sys.stderr)
        return 2
    return 0 if check(model, *inputs, depth=options.depth, optimizer_states=options.optimizer_states) else 1


def load(text: str) -> Any:
    """What `file.py:name` or `package.module:name` means."""
    place, colon, name = text.rpartition(":")
    if not colon or not name:
        raise ValueError(f"{text!r} does not name a model: write file.py:name or package.module:name")
    if place.endswith(".py"):
        path = Path(place).resolve()
        if not path.exists():
            raise FileNotFoundError(f"there is no file {place}")
        sys.path.insert(0, str(path.parent))
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[path.stem] = module
        spec.loader.exec_module(module)
    else:
        sys.path.insert(0, "")
        module = importlib.import_module(place)
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            raise AttributeError(f"{place} has no {name!r}")
        found = getattr(found, part)
    return found
