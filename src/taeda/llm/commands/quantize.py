"""`taeda quantize MODEL OUTPUT --bits int4`: write a model with weights of fewer bits."""

from __future__ import annotations

import argparse
from pathlib import Path

from taeda.llm.commands.options import guarded, model_option


def arguments(parser: argparse.ArgumentParser) -> None:
    model_option(parser)
    parser.add_argument("output", type=Path, help="the folder to write")
    parser.add_argument("--bits", default="int8", help="int8, int4, or with a group as in int4:32 (int8)")


def main(options: argparse.Namespace) -> int:
    return guarded("quantize", lambda: run(options))


def run(options: argparse.Namespace) -> int:
    from taeda.llm.checkpoint import save
    from taeda.llm.decoder import Decoder
    from taeda.llm.store import find, open_model

    def size(model: Decoder) -> float:
        return sum(x.nbytes for x in model.state_dict().values()) / 1e6

    path = str(find(options.model))
    before = size(open_model(path))
    model = open_model(path, options.bits)
    save(model, options.output)
    print(f"{before:,.1f} MB → {size(model):,.1f} MB in {options.output}")
    return 0
