"""Write a small convolutional network and its training step to a file that mnist.cpp runs without Python.

    python examples/native/save_mnist.py mnist.taeda --batch 64
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import taeda
from taeda import nn
from taeda.nn import functional as F

sys.path.append(str(Path(__file__).parent.parent))
from train_mnist import make_model  # noqa: E402

Function = Callable[..., dict[str, taeda.Tensor]]


def inference(model: nn.Module) -> Function:
    def infer(images: taeda.Tensor) -> dict[str, taeda.Tensor]:
        model.eval()
        with taeda.no_grad():
            scores = model(images)
        return {"scores": scores, "digits": scores.argmax(1)}

    return infer


def training_step(model: nn.Module, optimizer: taeda.optim.Optimizer) -> Function:
    def train(images: taeda.Tensor, labels: taeda.Tensor) -> dict[str, taeda.Tensor]:
        model.train()
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        return {"loss": loss}

    return train


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", help="file to write")
    parser.add_argument("--batch", type=int, default=64, help="images in a step (%(default)s)")
    parser.add_argument("--lr", type=float, default=1e-3, help="learning rate (%(default)s)")
    parser.add_argument("--weights", type=Path, help="parameters to start from, as train_mnist.py saves them")
    options = parser.parse_args()

    model = make_model()
    if options.weights:
        model.load_state_dict(taeda.load(options.weights))
    infer = inference(model)
    train = training_step(model, taeda.optim.SGD(model.parameters(), lr=options.lr))
    images, labels = taeda.zeros(options.batch, 1, 28, 28), taeda.zeros(options.batch, dtype=taeda.int64)
    functions = {"infer": (infer, {"images": images}), "train": (train, {"images": images, "labels": labels})}
    taeda.native.save(options.file, functions, state=model.state_dict())


if __name__ == "__main__":
    main()
