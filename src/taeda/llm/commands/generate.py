"""`taeda generate MODEL "Once upon a time"`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from taeda.llm.commands.options import cache_bits, guarded, running_options, sampling_options, sampling_settings


def arguments(parser: argparse.ArgumentParser) -> None:
    running_options(parser)
    parser.add_argument("prompt", nargs="?", help="the text to continue; standard input if it is not given")
    parser.add_argument("--draft", metavar="MODEL", help="a smaller model with the same tokens, for speed")
    parser.add_argument("--beams", type=int, default=1, help="search with so many beams")
    parser.add_argument("--stop", action="append", default=[], help="a text before which to end; may be repeated")
    parser.add_argument("--regex", help="the continuation matches this regular expression as a whole")
    parser.add_argument("--json-schema", metavar="SCHEMA", help="the continuation is JSON that fits this schema: a "
                                                                "file, or the schema itself")
    parser.add_argument("--json", action="store_true", help="the continuation is a JSON object")
    sampling_options(parser, 256)


def main(options: argparse.Namespace) -> int:
    return guarded("generate", lambda: run(options))


def run(options: argparse.Namespace) -> int:
    from taeda.llm.store import open_model

    model = open_model(options.model, options.quantize)
    prompt = sys.stdin.read() if options.prompt is None else options.prompt
    draft = None if options.draft is None else open_model(options.draft)
    settings = sampling_settings(options) | dict(stop=tuple(options.stop)) | form_settings(options)
    if model.tokenizer is None:
        raise ValueError(f"{options.model} has no tokenizer.json, without which text cannot be read: put that of the "
                         "model beside its config.json")
    if options.beams != 1:
        print(prompt + model.generate(prompt, draft=draft, beams=options.beams, cache_bits=cache_bits(options),
                                      **settings).text)
        return 0
    start, count = time.perf_counter(), 0
    # The prompt comes with the answer, and not before a message about settings that make no sense.
    for piece in model.stream(prompt, draft=draft, cache_bits=cache_bits(options), **settings):
        if not count:
            sys.stdout.write(prompt)
        count += 1
        sys.stdout.write(piece)
        sys.stdout.flush()
    print("" if count else prompt)
    if sys.stderr.isatty():
        print(f"{count / (time.perf_counter() - start):.1f} tokens/s", file=sys.stderr)
    return 0


def form_settings(options: argparse.Namespace) -> dict[str, Any]:
    """What is said of the form of the answer."""
    given = {name: value for name, value in (("regex", options.regex), ("json_schema", options.json or None)) if value}
    text = options.json_schema
    if text is not None:
        if not text.lstrip().startswith("{"):
            text = Path(text).read_text(encoding="utf-8")
        try:
            given["json_schema"] = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"--json-schema is no JSON: {error}") from None
    return given
