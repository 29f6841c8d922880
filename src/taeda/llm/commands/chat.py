"""`taeda chat`: a conversation in the terminal."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING, Any

from taeda.llm.commands.options import cache_bits, guarded, running_options, sampling_options, sampling_settings

if TYPE_CHECKING:
    from taeda.llm.conversation import Conversation
    from taeda.llm.decoder import Decoder

HELP = """\
/reset            forget the conversation
/system TEXT      tell the model its part; without TEXT: none
/set NAME VALUE   change temperature, top_k, top_p, min_p, repetition_penalty, max_tokens or seed
/history          show the messages
/help             this
/exit             end (also Ctrl-D)
Ctrl-C stops the answer. A line that ends in \\ goes on in the next one."""


def arguments(parser: argparse.ArgumentParser) -> None:
    running_options(parser, required=False)
    parser.add_argument("--system", help="what the model is told about its part")
    parser.add_argument("--steps", type=int, default=500, help="steps of training, where a small model is trained")
    parser.add_argument("--yes", action="store_true", help="train a small model without asking, where there is none")
    sampling_options(parser)
    parser.epilog = "commands in the conversation:\n" + HELP


def main(options: argparse.Namespace) -> int:
    return guarded("chat", lambda: run(options))


def run(options: argparse.Namespace) -> int:
    from taeda.llm.conversation import Conversation
    from taeda.llm.store import open_model

    model = open_model(options.model, options.quantize) if options.model else _first_model(options)
    if model is None:
        return 2
    conversation = Conversation(model, options.system, cache_bits(options))
    settings = sampling_settings(options)
    if sys.stdin.isatty():
        import readline  # noqa: F401  (input() edits and remembers lines)

        print("Type a message, /help for commands, Ctrl-D to end.")
    while True:
        text = _read()
        if text is None:
            return 0
        if text.startswith("/"):
            if not _command(text, conversation, settings):
                return 0
        elif text.strip():
            _say(conversation, text, settings)


def _first_model(options: argparse.Namespace) -> Decoder | None:
    """The small model, which is trained where there is none yet."""
    from taeda import environment
    from taeda.llm.starter import train_starter
    from taeda.llm.store import STARTER, models, open_model

    folder = environment.models_folder() / STARTER
    if folder in models():
        return open_model(str(folder))
    print("There is no model yet. A small one can be trained on the documentation of Python's standard library: it\n"
          "takes some minutes, is kept, and answers questions like 'What does os.path.join do?', more or less.\n"
          "For a real one: taeda chat FOLDER, or taeda chat hf:organisation/name.")
    if not options.yes:
        if not sys.stdin.isatty():
            print("taeda chat: say which model, or --yes to train the small one", file=sys.stderr)
            return None
        try:
            answer = input("Train it now? [Y/n] ").strip().lower()
        except EOFError:  # Ctrl-D
            print()
            return None
        if answer not in ("", "y", "yes"):
            return None
    return train_starter(folder, options.steps)


def _read() -> str | None:
    """A message of one or more lines; None at the end of the input."""
    lines: list[str] = []
    prompt = "\n> " if sys.stdin.isatty() else ""
    while True:
        try:
            line = input(prompt)
        except EOFError:
            return "\n".join(lines) if lines else None
        except KeyboardInterrupt:  # a line begun and given up
            print()
            lines, prompt = [], "\n> "
            continue
        if not line.endswith("\\"):
            return "\n".join([*lines, line])
        lines.append(line[:-1])
        prompt = "  " if sys.stdin.isatty() else ""


def _say(conversation: Conversation, text: str, settings: dict[str, Any]) -> None:
    start = time.perf_counter()
    answer = conversation.answer(text, **settings)
    try:
        for piece in answer:
            sys.stdout.write(piece)
            sys.stdout.flush()
    except KeyboardInterrupt:
        answer.close()
        sys.stdout.write(" [stopped]")
    except (ValueError, MemoryError) as error:  # a message too long, or settings that make no sense
        print(error, file=sys.stderr)
        return
    print()
    request = conversation.last
    if request is not None and request.first_token is not None and sys.stdout.isatty():
        seconds = max(time.perf_counter() - request.first_token, 1e-9)
        print(f"\033[2m{len(request.tokens)} tokens, {len(request.tokens) / seconds:.1f} per second, the first after "
              f"{request.first_token - start:.2f} s\033[0m")


def _command(text: str, conversation: Conversation, settings: dict[str, Any]) -> bool:
    """Carry out a command; whether the conversation goes on."""
    name, _, rest = text[1:].strip().partition(" ")
    rest = rest.strip()
    if name in ("exit", "quit", "bye"):
        return False
    if name == "reset":
        conversation.reset()
    elif name == "system":
        conversation.system = rest or None
    elif name == "history":
        for message in conversation.messages:
            print(f"{message['role']}: {message['content']}")
    elif name == "set":
        _set(rest, settings)
    else:
        print(HELP)
    return True


def _set(text: str, settings: dict[str, Any]) -> None:
    from taeda.llm.sampling import Sampling

    name, _, value = text.partition(" ")
    try:
        number = int(value) if name in ("top_k", "max_tokens", "seed") else float(value)
        Sampling.with_defaults({}, **{name: number})
    except (ValueError, TypeError) as error:
        print(error)
        return
    settings[name] = number
