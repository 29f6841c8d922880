"""Options that several commands have, and what they do with errors."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

# What a user can do wrong: the message is enough, without where in Taeda it was found.
_EXPECTED = (OSError, ValueError, IndexError, NotImplementedError, ImportError, RuntimeError, TypeError, MemoryError)


def model_option(parser: argparse.ArgumentParser, required: bool = True) -> None:
    parser.add_argument("model", nargs=None if required else "?", default=None,
                        help="a folder with config.json and safetensors, a name from `taeda models`, or "
                             "hf:organisation/name to download it")


def quantize_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quantize", metavar="BITS", help="round the weights to int8, int4 or as in int4:32, groups "
                                                           "of 32, while loading, and what products read to 8 bits; "
                                                           "with -exact as in int4-exact the weights alone")


def running_options(parser: argparse.ArgumentParser, required: bool = True) -> None:
    """Which model writes text, and in how many bits."""
    model_option(parser, required)
    quantize_option(parser)
    parser.add_argument("--cache", choices=["int8"], help="keep keys and values of the text in int8, with less memory")


def cache_bits(options: argparse.Namespace) -> int | None:
    return None if options.cache is None else 8


def sampling_options(parser: argparse.ArgumentParser, max_tokens: int = 512) -> None:
    group = parser.add_argument_group("generation", "what is not given is as the model's generation_config.json says")
    group.add_argument("--max-tokens", type=int, default=max_tokens, help=f"new tokens at most ({max_tokens})")
    group.add_argument("--temperature", type=float, help="0 takes the likeliest token each time")
    group.add_argument("--top-k", type=int, help="draw from so many of the likeliest tokens")
    group.add_argument("--top-p", type=float, help="draw from the likeliest tokens that reach this probability")
    group.add_argument("--min-p", type=float, help="leave out tokens less likely than this part of the likeliest")
    group.add_argument("--repetition-penalty", type=float, help="above 1 for fewer repetitions")
    group.add_argument("--seed", type=int, help="for the same draws again")


def sampling_settings(options: argparse.Namespace) -> dict[str, Any]:
    names = ("max_tokens", "temperature", "top_k", "top_p", "min_p", "repetition_penalty", "seed")
    return {name: getattr(options, name) for name in names if getattr(options, name) is not None}


def guarded(name: str, body: Callable[[], int]) -> int:
    """The exit status of a command: 2 with a message for what its user did wrong, 130 for Ctrl-C."""
    try:
        return body()
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 141
    except FileNotFoundError as error:
        print(f"taeda {name}: {error if error.filename is None else f'there is no file {error.filename}'}",
              file=sys.stderr)
        return 2
    except _EXPECTED as error:
        about_file = isinstance(error, OSError) and error.filename is not None
        said = f"{error.filename}: {str(error.strerror).lower()}" if about_file else str(error)  # type: ignore[union-attr]
        print(f"taeda {name}: {said}", file=sys.stderr)
        return 2
