"""`taeda generate MODEL "Once upon a time"`."""

from __future__ import annotations

import argparse
import sys
import time

from taeda.llm.commands.options import guarded, model_option, quantize_option, sampling_options, sampling_settings


def arguments(parser: argparse.ArgumentParser) -> None:
    model_option(parser)
    quantize_option(parser)
    parser.add_argument("prompt", nargs="?", help="the text to continue; standard input if it is not given")
    parser.add_argument("--draft", metavar="MODEL", help="a smaller model with the same tokens, for speed")
    parser.add_argument("--beams", type=int, default=1, help="search with so many beams")
    parser.add_argument("--stop", action="append", default=[], help="a text before which to end; may be repeated")
    sampling_options(parser, 256)


def main(options: argparse.Namespace) -> int:
    return guarded("generate", lambda: run(options))


def run(options: argparse.Namespace) -> int:
    from taeda.llm.store import open_model

    model = open_model(options.model, options.quantize)
    prompt = sys.stdin.read() if options.prompt is None else options.prompt
    draft = None if options.draft is None else open_model(options.draft)
    settings = sampling_settings(options) | dict(stop=tuple(options.stop))
    sys.stdout.write(prompt)
    if options.beams > 1:
        print(model.generate(prompt, beams=options.beams, **settings).text)
        return 0
    start, count = time.perf_counter(), 0
    for piece in model.stream(prompt, draft=draft, **settings):
        count += 1
        sys.stdout.write(piece)
        sys.stdout.flush()
    print()
    if sys.stderr.isatty():
        print(f"{count / (time.perf_counter() - start):.1f} tokens/s", file=sys.stderr)
    return 0
