"""Whole training runs follow PyTorch's step by step, and a step leaves Python where it should."""

import subprocess
import sys

import pytest
import torch
from torch_oracle import namespaces, to_taeda

import taeda


def make_gpt(lib):
    nn, F = lib.nn, lib.nn.functional

    class Block(nn.Module):
        def __init__(self, width, heads):
            super().__init__()
            self.heads = heads
            self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
            self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
            self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

        def forward(self, x):
            batch, length, width = x.shape
            q, k, v = (
                part.view(batch, length, self.heads, -1).transpose(1, 2)
                for part in self.qkv(self.norm1(x)).split(width, 2)
            )
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.out(y.transpose(1, 2).reshape(batch, length, width))
            return x + self.mlp(self.norm2(x))

    class GPT(nn.Module):
        def __init__(self):
            super().__init__()
            self.tokens, self.positions = nn.Embedding(50, 32), nn.Embedding(16, 32)
            self.blocks = nn.Sequential(Block(32, 4), Block(32, 4))
            self.norm = nn.LayerNorm(32)

        def forward(self, tokens):
            x = self.tokens(tokens) + self.positions(lib.arange(tokens.shape[1]))
            return F.linear(self.norm(self.blocks(x)), self.tokens.weight).transpose(1, 2)

    return GPT()


def make_cnn(lib):
    nn = lib.nn
    return nn.Sequential(
        nn.Conv2d(1, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 8, 3), nn.ReLU(),
        nn.AvgPool2d(2), nn.Flatten(), nn.Linear(8 * 2 * 2, 10),
    )  # fmt: skip


def make_lstm(lib):
    nn = lib.nn

    class CharLSTM(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding, self.lstm = nn.Embedding(50, 24), nn.LSTM(24, 24, 2, batch_first=True)
            self.output = nn.Linear(24, 50)

        def forward(self, tokens):
            return self.output(self.lstm(self.embedding(tokens))[0]).transpose(1, 2)

    return CharLSTM()


def token_batch():
    tokens = torch.randint(0, 50, (4, 17))
    return tokens[:, :-1].contiguous(), tokens[:, 1:].contiguous()


def image_batch():
    return torch.randn(8, 1, 12, 12), torch.randint(0, 10, (8,))


MODELS = {
    "gpt": (make_gpt, token_batch, "AdamW", {"lr": 1e-3}),
    "cnn": (make_cnn, image_batch, "SGD", {"lr": 0.02, "momentum": 0.9, "weight_decay": 1e-4}),
    "lstm": (make_lstm, token_batch, "Adam", {"lr": 2e-3}),
    "cnn with RMSprop": (make_cnn, image_batch, "RMSprop", {"lr": 1e-3}),
}


@pytest.mark.parametrize("name", MODELS)
def test_losses_follow_pytorch_for_fifty_steps(name):
    make, batch_of, kind, options = MODELS[name]
    torch.manual_seed(0)
    theirs, ours = make(torch), make(taeda)
    ours.load_state_dict(to_taeda(theirs.state_dict()))
    runs = []
    for lib, model in ((torch, theirs), (taeda, ours)):
        optimizer = getattr(lib.optim, kind)(model.parameters(), **options)
        scheduler = lib.optim.lr_scheduler.CosineAnnealingLR(optimizer, 60)
        runs.append((lib, model, optimizer, scheduler))
    losses = []
    for _ in range(50):
        batch = batch_of()
        row = []
        for (lib, model, optimizer, scheduler), (inputs, targets) in zip(runs, (batch, to_taeda(batch)), strict=True):
            optimizer.zero_grad()
            loss = lib.nn.functional.cross_entropy(model(inputs), targets)
            loss.backward()
            lib.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            scheduler.step()
            row.append(loss.item())
        losses.append(row)
    for theirs_value, ours_value in losses:
        assert abs(ours_value - theirs_value) <= 1e-4 * abs(theirs_value)
    assert losses[-1][1] < losses[0][1] * 1.2


@pytest.mark.parametrize("name", ["gpt", "cnn", "lstm"])
def test_no_python_runs_in_backward(name):
    make, batch_of, _, _ = MODELS[name]
    model = make(taeda)
    inputs, targets = to_taeda(batch_of())

    def loss():
        return taeda.nn.functional.cross_entropy(model(inputs), targets)

    loss().backward()  # compiles
    value = loss()
    called = []

    def profile(frame, event, argument):
        if event == "call" and "taeda" in frame.f_code.co_filename:
            called.append(frame.f_code.co_qualname)

    sys.setprofile(profile)
    try:
        value.backward()
    finally:
        sys.setprofile(None)
    assert not called


def test_a_training_step_imports_neither_numpy_nor_torch():
    code = """
import sys
import taeda as torch
model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3))
optimizer = torch.optim.AdamW(model.parameters())
loss = torch.nn.functional.cross_entropy(model(torch.randn(5, 4)), torch.randint(0, 3, (5,)))
loss.backward()
optimizer.step()
print(loss)
assert "numpy" not in sys.modules and "torch" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_namespaces_are_whole():
    _, names = namespaces()
    assert names["nn"].Linear is taeda.nn.Linear
