"""Training a decoder on text: rows of tokens, a loop with a progress bar, checkpoints of which it goes on."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import taeda
import taeda.nn.functional as F
from taeda.llm.decoder import Decoder
from taeda.llm.tokenizer import Tokenizer

IGNORED = -100  # the target of tokens that are not learned


@dataclass(frozen=True)
class Example:
    """Tokens, and for each whether the model should learn to say it."""

    tokens: list[int]
    learned: list[bool]


def text_examples(tokenizer: Tokenizer, path: Path) -> list[Example]:
    """A file of text, or of JSON lines with {"text": ...} or {"messages": [...]}, of which only answers are learned."""
    content = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix not in (".jsonl", ".json"):
        return [_learned(tokenizer.encode(content))]
    found = []
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            found.append(chat_example(tokenizer, entry["messages"]) if "messages" in entry
                         else _learned(tokenizer.encode(entry["text"])))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f'{path}, line {number}: expected {{"text": ...}} or {{"messages": [...]}}: '
                             f"{error}") from None
    return found


def _learned(tokens: list[int]) -> Example:
    return Example(tokens, [True] * len(tokens))


def chat_example(tokenizer: Tokenizer, messages: Sequence[dict[str, Any]]) -> Example:
    """A conversation by the chat template; what the assistant says is learned."""
    tokens: list[int] = []
    learned: list[bool] = []
    for k, message in enumerate(messages):
        if message["role"] != "assistant":
            continue
        before = tokenizer.chat(messages[:k])
        whole = tokenizer.chat(messages[:k + 1], answer=False)
        start = len(before) if whole[:len(before)] == before else len(tokens)
        learned = learned[:len(tokens)] + [False] * (start - len(tokens)) + [True] * (len(whole) - start)
        tokens = whole
    return Example(tokens, learned[:len(tokens)])


def pack(examples: Sequence[Example], length: int) -> tuple[taeda.Tensor, taeda.Tensor]:
    """Examples one after the other in rows of `length` tokens: inputs and targets (rows, length)."""
    tokens = [token for example in examples for token in example.tokens]
    learned = [flag for example in examples for flag in example.learned]
    if len(tokens) < 2:
        raise ValueError("there is no text to learn from: two tokens at least are wanted, of conversations with an "
                         "answer in each")
    while len(tokens) <= length:  # one row at least
        tokens, learned = tokens * 2, learned * 2
    rows = (len(tokens) - 1) // length
    every = taeda.tensor(tokens[:rows * length + 1])
    marks = taeda.tensor(learned[:rows * length + 1])
    targets = every[1:].masked_fill(~marks[1:], IGNORED)
    return every[:-1].view(rows, length), targets.view(rows, length)


def batches(inputs: taeda.Tensor, targets: taeda.Tensor, size: int, seed: int) -> Iterator[tuple[taeda.Tensor,
                                                                                              taeda.Tensor]]:
    """Batches without end, in a new order each time around."""
    rng = random.Random(seed)
    while True:
        order = list(range(inputs.size(0)))
        rng.shuffle(order)
        order *= -(-size // len(order))  # fewer rows than a batch
        for first in range(0, len(order) - size + 1, size):
            chosen = taeda.tensor(order[first:first + size])
            yield inputs[chosen], targets[chosen]


def fit(model: Decoder, inputs: taeda.Tensor, targets: taeda.Tensor, *, steps: int, batch: int = 8,
        rate: float = 3e-4, checkpoint: Path | None = None, seed: int = 0, title: str = "training") -> list[float]:
    """Train the parameters that take gradients, with AdamW, a short warm-up and a cosine; gives the losses.

    With `checkpoint`, a file, what is trained and where the training stands are written there from time to time and at
    the end, and read from there at the start: it goes on where it stopped, with the same batches.
    """
    from tqdm import tqdm

    trained = {name: p for name, p in model.named_parameters() if p.requires_grad}
    matrices = [p for p in trained.values() if p.dim() > 1]
    others = [p for p in trained.values() if p.dim() <= 1]
    optimizer = taeda.optim.AdamW([{"params": matrices, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}],
                                  lr=rate, betas=(0.9, 0.95))
    losses: list[float] = []
    if checkpoint is not None and checkpoint.exists():
        losses = _resume(checkpoint, trained, optimizer)
    source = batches(inputs, targets, batch, seed)
    for _ in range(len(losses)):
        next(source)
    model.train()
    every = max(steps // 10, 1)
    with tqdm(total=steps, initial=len(losses), desc=title, unit="step", dynamic_ncols=True) as bar:
        for step in range(len(losses), steps):
            for group in optimizer.param_groups:
                group["lr"] = rate * _schedule(step, steps)
            x, y = next(source)
            loss = F.cross_entropy(model(x).flatten(0, 1), y.flatten(), ignore_index=IGNORED)
            optimizer.zero_grad()
            loss.backward()
            taeda.nn.utils.clip_grad_norm_(list(trained.values()), 1.0)
            optimizer.step()
            losses.append(float(loss.item()))
            bar.set_postfix(loss=f"{sum(losses[-20:]) / len(losses[-20:]):.3f}")
            bar.update()
            if checkpoint is not None and ((step + 1) % every == 0 or step + 1 == steps):
                taeda.save({"parameters": trained, "optimizer": optimizer.state_dict(), "losses": losses}, checkpoint)
    model.eval()
    return losses


def _schedule(step: int, steps: int) -> float:
    warm = max(min(steps // 10, 100), 1)
    if step < warm:
        return (step + 1) / warm
    return 0.1 + 0.45 * (1 + math.cos(math.pi * (step - warm) / max(steps - warm, 1)))


def _resume(path: Path, trained: dict[str, Any], optimizer: Any) -> list[float]:
    state = taeda.load(path)
    if set(state["parameters"]) != set(trained):
        raise ValueError(f"{path} is the checkpoint of another training: other parameters were trained; remove it to "
                         "start anew")
    with taeda.no_grad():
        for name, parameter in trained.items():
            parameter.copy_(state["parameters"][name])
    optimizer.load_state_dict(state["optimizer"])
    return list(state["losses"])


def perplexity(model: Decoder, tokens: Sequence[int], length: int = 512) -> tuple[float, int]:
    """exp of the mean negative log-probability of each token but the first, given those before it in its piece of
    `length` tokens; and how many tokens were counted."""
    length = min(length, model.config.context)
    total, count = 0.0, 0
    with taeda.no_grad():
        for first in range(0, len(tokens) - 1, length):
            piece = taeda.tensor(list(tokens[first:first + length + 1]))
            logits = model(piece[:-1].unsqueeze(0))[0].to(taeda.float32)
            total += float(F.cross_entropy(logits, piece[1:], reduction="sum").item())
            count += piece.numel() - 1
    if not count:
        raise ValueError("a perplexity needs two tokens at least")
    return math.exp(total / count), count
