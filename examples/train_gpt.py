"""Train a small GPT on text that every machine has: the source of Python's standard library.

    python examples/train_gpt.py                      a model of a million parameters, 2 to 3 minutes on two cores
    python examples/train_gpt.py --text my_book.txt   any other text
    python examples/train_gpt.py --steps 5000 --width 256 --layers 6

Shows a progress bar, writes the curve of the loss as a picture, and prints a sample of what the model writes.
"""

import argparse
import math
import sysconfig
import time
from pathlib import Path

import taeda
from taeda import nn
from taeda.nn import functional as F


class Attention(nn.Module):
    """Every position looks at the positions before it."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.dropout = dropout
        self.qkv_proj = nn.Linear(width, 3 * width)
        self.out_proj = nn.Linear(width, width)

    def forward(self, x: taeda.Tensor) -> taeda.Tensor:
        batch, length, width = x.shape
        q, k, v = (
            part.view(batch, length, self.heads, width // self.heads).transpose(1, 2)
            for part in self.qkv_proj(x).split(width, dim=2)
        )
        y = F.scaled_dot_product_attention(q, k, v, dropout_p=self.dropout if self.training else 0.0, is_causal=True)
        return self.out_proj(y.transpose(1, 2).reshape(batch, length, width))


class Block(nn.Module):
    """Attention and a small network for each position, both added to what came in."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attention = Attention(width, heads, dropout)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width), nn.Dropout(dropout)
        )

    def forward(self, x: taeda.Tensor) -> taeda.Tensor:
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class GPT(nn.Module):
    """Predicts the next token at every position of a sequence of tokens (batch, length)."""

    def __init__(self, vocabulary: int, context: int, width: int, layers: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.context = context
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(context, width)
        self.blocks = nn.ModuleList([Block(width, heads, dropout) for _ in range(layers)])
        self.norm = nn.LayerNorm(width)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                # What is added to the residual stream starts smaller the more layers add to it.
                last = name.endswith(("out_proj.weight", "mlp.2.weight"))
                nn.init.normal_(parameter, std=0.02 / math.sqrt(2 * layers) if last else 0.02)
            elif name.endswith("bias"):
                nn.init.zeros_(parameter)

    def forward(self, tokens: taeda.Tensor) -> taeda.Tensor:
        x = self.tokens(tokens) + self.positions(taeda.arange(tokens.shape[1]))
        for block in self.blocks:
            x = block(x)
        return F.linear(self.norm(x), self.tokens.weight)  # the output matrix is the embedding's

    @taeda.no_grad()
    def write(self, tokens: taeda.Tensor, count: int, temperature: float = 0.8) -> taeda.Tensor:
        """`tokens` (batch, length) with `count` more drawn from the model's predictions."""
        self.eval()
        for _ in range(count):
            logits = self(tokens[:, -self.context :])[:, -1] / temperature
            # The largest of logits plus Gumbel noise is a draw from their softmax.
            noise = -taeda.log(-taeda.log(taeda.rand(logits.shape).clamp(1e-9, 1 - 1e-7)))
            tokens = taeda.cat([tokens, (logits + noise).argmax(-1, keepdim=True)], 1)
        self.train()
        return tokens


class Text:
    """A text as bytes, of which only those that occur are tokens."""

    def __init__(self, content: bytes) -> None:
        self.alphabet = bytes(sorted(set(content)))
        self.tokens = self.encode(content)

    def encode(self, content: bytes) -> taeda.Tensor:
        table = bytearray(256)
        for token, byte in enumerate(self.alphabet):
            table[byte] = token
        known = bytes(byte for byte in content if byte in self.alphabet) if len(content) < 10_000 else content
        return taeda.frombuffer(bytearray(known.translate(bytes(table))), dtype=taeda.uint8)

    def decode(self, tokens: taeda.Tensor) -> str:
        return bytes(self.alphabet[token] for token in tokens.tolist()).decode("utf-8", "replace")


def standard_library(limit: int) -> bytes:
    """The source files of the standard library, one after the other, without its tests; `limit` bytes at most."""
    root = Path(sysconfig.get_paths()["stdlib"])
    skipped = {"test", "tests", "site-packages", "dist-packages", "idlelib", "lib2to3", "__pycache__", "turtledemo"}
    content = bytearray()
    for path in sorted(root.rglob("*.py")):
        if skipped.isdisjoint(path.relative_to(root).parts):
            source = path.read_bytes()
            content += source if source.isascii() else b""
        if len(content) >= limit:
            break
    return bytes(content[:limit])


def batch_of(tokens: taeda.Tensor, batch: int, length: int) -> tuple[taeda.Tensor, taeda.Tensor]:
    """Random pieces of the text, and the same one token later."""
    starts = taeda.randint(0, tokens.shape[0] - length - 1, (batch, 1))
    pieces = tokens[starts + taeda.arange(length + 1)].to(taeda.int64)
    return pieces[:, :-1], pieces[:, 1:]


def loss_of(model: GPT, batch: tuple[taeda.Tensor, taeda.Tensor]) -> taeda.Tensor:
    inputs, targets = batch
    return F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten())


def draw_curve(losses: list[float], checks: list[tuple[int, float]], path: Path) -> None:
    """The losses of all steps, and those on text the model has not seen, as a picture."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 4.5))
    axes.plot(range(1, len(losses) + 1), losses, linewidth=0.7, color="tab:blue", alpha=0.6, label="training batch")
    axes.plot(*zip(*checks, strict=True), marker="o", color="tab:orange", label="unseen text")
    axes.set(xlabel="step", ylabel="loss (nats per byte)", title="GPT")
    axes.legend()
    axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, dpi=120)
    pyplot.close(figure)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=Path, help="text file to learn instead of the standard library")
    parser.add_argument("--limit", type=int, default=8_000_000, help="bytes of text to use at most (%(default)s)")
    parser.add_argument("--steps", type=int, default=1000, help="training steps (%(default)s)")
    parser.add_argument("--batch", type=int, default=16, help="pieces of text in a step (%(default)s)")
    parser.add_argument("--context", type=int, default=128, help="bytes that the model sees (%(default)s)")
    parser.add_argument("--width", type=int, default=144, help="width of the model (%(default)s)")
    parser.add_argument("--layers", type=int, default=4, help="blocks (%(default)s)")
    parser.add_argument("--heads", type=int, default=4, help="attention heads (%(default)s)")
    parser.add_argument("--dropout", type=float, default=0.0, help="dropout probability (%(default)s)")
    parser.add_argument("--lr", type=float, default=3e-3, help="highest learning rate (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="seed of all random numbers (%(default)s)")
    parser.add_argument("--sample", type=int, default=300, help="bytes to write at the end (%(default)s)")
    parser.add_argument("--prompt", default="def ", help="how the sample begins (%(default)r)")
    parser.add_argument("--curve", type=Path, default=Path("gpt_loss.png"), help="picture of the loss (%(default)s)")
    parser.add_argument("--save", type=Path, help="file for the trained parameters")
    return parser.parse_args()


def main() -> None:
    from tqdm import tqdm

    options = arguments()
    taeda.manual_seed(options.seed)
    content = options.text.read_bytes()[: options.limit] if options.text else standard_library(options.limit)
    if len(content) < 20 * options.context + 100:
        raise SystemExit(f"the text has {len(content)} bytes; at least {20 * options.context + 100} are needed")
    text = Text(content)
    # Every tenth of a hundred parts of the text is kept for checking.
    parts = text.tokens[: len(content) // 100 * 100].view(100, -1)
    unseen = parts[::10].flatten()
    seen = taeda.cat([parts[start::10] for start in range(1, 10)]).flatten()
    model = GPT(
        len(text.alphabet), options.context, options.width, options.layers, options.heads, options.dropout
    )
    count = sum(parameter.numel() for parameter in model.parameters())
    print(f"{len(content):,} bytes of {len(text.alphabet)} kinds; a model of {count:,} parameters")

    decayed = [parameter for parameter in model.parameters() if parameter.dim() == 2]
    others = [parameter for parameter in model.parameters() if parameter.dim() != 2]
    optimizer = taeda.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}],
        lr=options.lr,
        betas=(0.9, 0.99),
    )
    scheduler = taeda.optim.lr_scheduler.OneCycleLR(
        optimizer, options.lr, total_steps=max(2, options.steps), pct_start=0.1, cycle_momentum=False
    )
    checks_at = max(1, options.steps // 10)
    losses: list[float] = []
    checks: list[tuple[int, float]] = []
    start = time.perf_counter()
    progress = tqdm(range(1, options.steps + 1), unit="step")
    for step in progress:
        optimizer.zero_grad()
        loss = loss_of(model, batch_of(seen, options.batch, options.context))
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
        if step % checks_at == 0 or step == options.steps:
            model.eval()
            with taeda.no_grad():
                values = [loss_of(model, batch_of(unseen, options.batch, options.context)).item() for _ in range(4)]
            model.train()
            checks.append((step, sum(values) / len(values)))
        progress.set_postfix(loss=f"{losses[-1]:.3f}", unseen=f"{checks[-1][1]:.3f}" if checks else "-")
    if checks:
        seconds = time.perf_counter() - start
        rate = options.steps * options.batch * options.context / seconds
        print(f"loss on unseen text {checks[-1][1]:.3f} nats per byte; {rate:,.0f} bytes per second")
        draw_curve(losses, checks, options.curve)
        print(f"loss curve: {options.curve}")
    if options.save:
        taeda.save(model.state_dict(), options.save)
        print(f"parameters: {options.save}")
    prompt = text.encode(options.prompt.encode()).to(taeda.int64)
    if prompt.numel() == 0:
        prompt = text.tokens[:1].to(taeda.int64)
    print("---\n" + text.decode(model.write(prompt[None], options.sample)[0]))


if __name__ == "__main__":
    main()
