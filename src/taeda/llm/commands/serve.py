"""`taeda serve MODEL`: a server with OpenAI's interface, and a page to chat with the model."""

from __future__ import annotations

import argparse

from taeda import environment
from taeda.llm.commands.options import cache_bits, guarded, running_options


def arguments(parser: argparse.ArgumentParser) -> None:
    running_options(parser)
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 for other machines too (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--name", help="the name that clients ask for (that of the folder)")
    parser.add_argument("--api-key", default=environment.api_key(),
                        help="what clients have to send (nothing, or TAEDA_API_KEY where it is set)")
    parser.add_argument("--batch", type=int, default=8, help="answers at once (8)")
    parser.add_argument("--queue", type=int, default=64, help="requests that wait; others are refused (64)")
    parser.add_argument("--max-tokens", type=int, default=4096, help="new tokens of an answer at most (4096)")
    parser.add_argument("--prefixes", type=int, default=512, metavar="MB",
                        help="memory for what was read of prompts, for those that begin alike (512 MB)")
    parser.add_argument("--max-body", type=int, default=4 << 20, help="bytes of a request at most (4 MB)")


def main(options: argparse.Namespace) -> int:
    return guarded("serve", lambda: run(options))


def run(options: argparse.Namespace) -> int:
    from taeda.llm.server import Limits, make_app
    from taeda.llm.store import find, open_model
    from taeda.llm.tokenizer import require

    if not 0 <= options.port < 1 << 16:
        raise ValueError(f"--port is a number from 0 to 65535, not {options.port}")
    for option, least in (("batch", 1), ("queue", 0), ("max_tokens", 1), ("prefixes", 0), ("max_body", 1)):
        if getattr(options, option) < least:
            raise ValueError(f"--{option.replace('_', '-')} has to be {least} or more, got {getattr(options, option)}")
    uvicorn = require("uvicorn")
    limits = Limits(options.max_body, options.max_tokens, options.batch, options.queue, options.prefixes << 20)
    path = find(options.model)
    name = options.name or path.resolve().name
    app = make_app(open_model(str(path), options.quantize), name, api_key=options.api_key, limits=limits,
                   cache_bits=cache_bits(options))
    print(f"{name} at http://{options.host}:{options.port} (a page to chat), /v1 (OpenAI's interface)")
    uvicorn.run(app, host=options.host, port=options.port, log_level="warning")
    app.state.worker.stop()
    return 0
