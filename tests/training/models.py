"""Small models that are written once and built in both libraries."""

from typing import Any


def gpt(torch: Any, vocabulary: int = 65, layers: int = 2, heads: int = 4, width: int = 64, block: int = 32) -> Any:
    """A GPT with pre-norm blocks, learned positions and a tied output matrix."""
    nn, F = torch.nn, torch.nn.functional

    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
            self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
            self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

        def forward(self, x: Any) -> Any:
            b, t, _ = x.shape
            q, k, v = (
                y.view(b, t, heads, width // heads).transpose(1, 2) for y in self.qkv(self.first(x)).split(width, 2)
            )
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.out(y.transpose(1, 2).reshape(b, t, width))
            return x + self.down(F.gelu(self.up(self.second(x))))

    class GPT(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.tokens, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(block, width)
            self.blocks = nn.ModuleList([Block() for _ in range(layers)])
            self.norm = nn.LayerNorm(width)

        def forward(self, tokens: Any) -> Any:
            x = self.tokens(tokens) + self.positions(torch.arange(tokens.shape[1]))
            for layer in self.blocks:
                x = layer(x)
            return self.norm(x) @ self.tokens.weight.t()

    return GPT()


def cnn(torch: Any) -> Any:
    """A small convolutional network for 1x28x28 images, with batch norm, pooling and a mean over positions."""
    nn = torch.nn
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(16 * 49, 32),
        nn.ReLU(),
        nn.Linear(32, 10),
    )


def lstm(torch: Any, vocabulary: int = 40, width: int = 32) -> Any:
    """A language model of two LSTM layers."""
    nn = torch.nn

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed, self.lstm = nn.Embedding(vocabulary, width), nn.LSTM(width, width, 2, batch_first=True)
            self.out = nn.Linear(width, vocabulary)

        def forward(self, tokens: Any) -> Any:
            return self.out(self.lstm(self.embed(tokens))[0])

    return Model()
