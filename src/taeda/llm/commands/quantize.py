"""`taeda quantize MODEL OUTPUT --bits int4`: write a model with weights of fewer bits."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from taeda.llm.commands.options import guarded, model_option

if TYPE_CHECKING:
    from taeda.llm.decoder import Decoder
    from taeda.quantization import Scheme


def arguments(parser: argparse.ArgumentParser) -> None:
    model_option(parser)
    parser.add_argument("output", type=Path, help="the folder to write, or the file (*.gguf)")
    parser.add_argument("--format", choices=["gguf", "gptq", "awq"], help="write what other programs read too: a GGUF "
                        "file, or a folder as tools for GPTQ or AWQ write it; gguf if OUTPUT ends so")
    parser.add_argument("--bits", default="int8", help="int8, int4, or with a group as in int4:32; -exact at the "
                                                       "end as for --quantize of the other commands (int8)")
    parser.add_argument("--calibration", type=Path, metavar="FILE",
                        help="a text like those that the model will read, or *.jsonl as for finetune: weights are "
                             "rounded by what layers read there, which loses less")
    parser.add_argument("--method", choices=["gptq", "awq"], help="how they are rounded by it: making up for errors "
                        "(gptq), or more finely where what is read is large (awq); gptq if it is not said")
    parser.add_argument("--calibration-tokens", type=int, default=32768, help="tokens of it at most (32768)")
    parser.add_argument("--length", type=int, default=512, help="tokens of a piece of the text (512)")


def main(options: argparse.Namespace) -> int:
    return guarded("quantize", lambda: run(options))


def run(options: argparse.Namespace) -> int:
    from taeda.llm.checkpoint import save, shrink_
    from taeda.llm.memory import weight_bytes
    from taeda.llm.store import find, open_model, scheme_of
    from taeda.quantization import QuantizedLinear

    if options.method is not None and options.calibration is None:
        raise ValueError(f"--method {options.method} rounds by what layers read in a text: name one by --calibration "
                         "FILE")
    path, scheme = str(find(options.model)), scheme_of(options.bits)
    format = options.format or ("gguf" if options.output.suffix == ".gguf" else None)
    if format == "gguf" and scheme.group is None:
        scheme = dataclasses.replace(scheme, group=32)  # as its blocks are
    if Path(path).resolve() == options.output.resolve():
        raise ValueError(f"{options.output} is the model itself, which would be lost: name another folder")
    model = open_model(path)
    before = weight_bytes(model)
    if format is not None and any(isinstance(m, QuantizedLinear) for m in model.modules()):
        print("its weights have few bits already, which they keep")
    elif options.calibration is None:
        shrink_(model, scheme)
    else:
        _calibrated(model, scheme, options)
    save(model, options.output, format)
    print(f"{before / 1e6:,.1f} MB → {weight_bytes(model) / 1e6:,.1f} MB in {options.output}")
    return 0


def _calibrated(model: Decoder, scheme: Scheme, options: argparse.Namespace) -> None:
    from tqdm import tqdm

    from taeda.llm.checkpoint import shrink_
    from taeda.llm.training import pack, text_examples

    if model.tokenizer is None:
        raise ValueError("this model has no tokenizer (tokenizer.json)")
    for name in ("length", "calibration_tokens"):
        if getattr(options, name) < 2:
            raise ValueError(f"--{name.replace('_', '-')} has to be 2 or more, got {getattr(options, name)}")
    length = min(options.length, model.config.context)
    rows, _ = pack(text_examples(model.tokenizer, options.calibration), length)
    rows = rows[:max(options.calibration_tokens // length, 1)]
    with tqdm(desc="rounding", unit="layer", dynamic_ncols=True) as bar:
        def report(done: int, count: int) -> None:
            bar.total = count
            bar.update(done - bar.n)

        shrink_(model, scheme, rows.split(1), report, options.method or "gptq")
