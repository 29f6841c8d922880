"""`taeda eval MODEL FILE`: the perplexity of a text, or how many questions of a JSON-lines file are answered right."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taeda.llm.commands.options import guarded, model_option, quantize_option

if TYPE_CHECKING:
    from taeda.llm.decoder import Decoder


def arguments(parser: argparse.ArgumentParser) -> None:
    model_option(parser)
    quantize_option(parser)
    parser.add_argument("file", type=Path, help="a text; or *.jsonl with lines "
                        '{"question": ..., "choices": [...], "answer": number of the right one, from 0}')
    parser.add_argument("--length", type=int, default=512, help="tokens of a piece of the text (512)")


def main(options: argparse.Namespace) -> int:
    return guarded("eval", lambda: run(options))


def run(options: argparse.Namespace) -> int:
    from taeda.llm.store import open_model
    from taeda.llm.training import perplexity

    model = open_model(options.model, options.quantize)
    if options.length < 2:
        raise ValueError(f"--length has to be 2 tokens or more, got {options.length}")
    if options.file.suffix == ".jsonl":
        right, count = multiple_choice(model, options.file)
        print(f"{right} of {count} right: {100 * right / count:.1f} %")
        return 0
    if model.tokenizer is None:
        raise ValueError("this model has no tokenizer (tokenizer.json)")
    tokens = model.tokenizer.encode(options.file.read_text(encoding="utf-8", errors="replace"))
    value, count = perplexity(model, tokens, options.length)
    print(f"perplexity {value:.4f} over {count} tokens")
    return 0


def multiple_choice(model: Decoder, path: Path) -> tuple[int, int]:
    """How many questions of a file have their right answer as the likeliest one, by mean log-probability of its tokens;
    and how many there are."""
    right = count = 0
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            entry: Any = json.loads(line)
            question, choices, answer = entry["question"], entry["choices"], entry["answer"]
            scores = [likelihood(model, question, choice) for choice in choices]
            right += max(range(len(scores)), key=scores.__getitem__) == answer
        except (KeyError, TypeError, json.JSONDecodeError) as error:
            raise ValueError(f"{path}, line {number}: expected question, choices and answer: {error}") from None
        count += 1
    if not count:
        raise ValueError(f"{path} holds no questions")
    return right, count


def likelihood(model: Decoder, question: str, answer: str) -> float:
    """The mean log-probability of the tokens of an answer after the question."""
    import taeda

    if model.tokenizer is None:
        raise ValueError("this model has no tokenizer (tokenizer.json)")
    before = model.tokenizer.encode(question)
    tokens = model.tokenizer.encode(f"{question} {answer.strip()}")
    start = next((k for k, (a, b) in enumerate(zip(before, tokens, strict=False)) if a != b),
                 min(len(before), len(tokens) - 1))
    start = max(start, 1)
    with taeda.no_grad():
        logs = model(taeda.tensor([tokens[:-1]]))[0].to(taeda.float32).log_softmax(-1)
    return float(logs[taeda.arange(start - 1, len(tokens) - 1), taeda.tensor(tokens[start:])].mean().item())
