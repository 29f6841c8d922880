"""Train an LSTM that writes a text character by character.

    python examples/train_lstm.py FILE

Reads the text once from beginning to end per epoch in parallel streams, carrying the state of the network along, and
prints samples while it learns.
"""

import argparse
import math
import time
from pathlib import Path

import taeda
from taeda import nn
from taeda.nn import functional as F

State = tuple[taeda.Tensor, taeda.Tensor]


class CharLSTM(nn.Module):
    """Scores of the next character, (batch, length) to (batch, length, characters)."""

    def __init__(self, characters: int, width: int, layers: int, dropout: float) -> None:
        super().__init__()
        self.embedding = nn.Embedding(characters, width)
        self.lstm = nn.LSTM(width, width, layers, batch_first=True, dropout=dropout)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(width, characters)

    def forward(self, characters: taeda.Tensor, state: State | None = None) -> tuple[taeda.Tensor, State]:
        hidden, state = self.lstm(self.embedding(characters), state)
        return self.output(self.dropout(hidden)), state


def sample(model: CharLSTM, alphabet: str, start: str, count: int, temperature: float = 0.8) -> str:
    """`start` continued by `count` characters drawn from the model's predictions."""
    model.eval()
    text = [character for character in start if character in alphabet] or [alphabet[0]]
    state = None
    inputs = taeda.tensor([[alphabet.index(character) for character in text]])
    with taeda.no_grad():
        for _ in range(count):
            logits, state = model(inputs, state)
            scores = logits[0, -1] / temperature
            noise = -taeda.log(-taeda.log(taeda.rand(scores.shape).clamp(1e-9, 1 - 1e-7)))
            inputs = (scores + noise).argmax().view(1, 1)
            text.append(alphabet[inputs.item()])
    model.train()
    return "".join(text)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="text to learn")
    parser.add_argument("--steps", type=int, default=600, help="training steps (%(default)s)")
    parser.add_argument("--batch", type=int, default=32, help="parallel streams (%(default)s)")
    parser.add_argument("--length", type=int, default=64, help="characters in a step (%(default)s)")
    parser.add_argument("--width", type=int, default=192, help="width of the network (%(default)s)")
    parser.add_argument("--layers", type=int, default=1, help="layers (%(default)s)")
    parser.add_argument("--dropout", type=float, default=0.0, help="dropout probability (%(default)s)")
    parser.add_argument("--lr", type=float, default=6e-3, help="highest learning rate (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="seed of all random numbers (%(default)s)")
    parser.add_argument("--sample", type=int, default=300, help="characters to write at the end (%(default)s)")
    return parser.parse_args()


def main() -> None:
    from tqdm import tqdm

    options = arguments()
    taeda.manual_seed(options.seed)
    text = options.file.read_text(encoding="utf-8", errors="replace")
    alphabet = "".join(sorted(set(text)))
    codes = {character: code for code, character in enumerate(alphabet)}
    stream = len(text) // options.batch
    if stream <= options.length + 1:
        raise SystemExit(f"{options.file} is too short: {len(text)} characters for {options.batch} streams")
    tokens = taeda.tensor([codes[character] for character in text[: stream * options.batch]])
    tokens = tokens.view(options.batch, stream)

    model = CharLSTM(len(alphabet), options.width, options.layers, options.dropout)
    count = sum(parameter.numel() for parameter in model.parameters())
    print(f"{len(text):,} characters of {len(alphabet)} kinds; a model of {count:,} parameters")
    optimizer = taeda.optim.Adam(model.parameters(), lr=options.lr)
    scheduler = taeda.optim.lr_scheduler.CosineAnnealingLR(optimizer, options.steps)
    state: State | None = None
    place, average = 0, math.log(len(alphabet))
    start = time.perf_counter()
    progress = tqdm(range(options.steps), unit="step")
    for _ in progress:
        if place + options.length + 1 > stream:
            place, state = 0, None
        inputs = tokens[:, place : place + options.length]
        targets = tokens[:, place + 1 : place + options.length + 1]
        place += options.length
        optimizer.zero_grad()
        logits, state = model(inputs, state)
        loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
        state = (state[0].detach(), state[1].detach())  # the gradient goes back through one piece only
        average += 0.05 * (loss.item() - average)
        progress.set_postfix(loss=f"{average:.3f}")
    rate = options.steps * options.batch * options.length / (time.perf_counter() - start)
    print(f"loss {average:.3f} nats per character; {rate:,.0f} characters per second")
    print("---\n" + sample(model, alphabet, "\n", options.sample))


if __name__ == "__main__":
    main()
