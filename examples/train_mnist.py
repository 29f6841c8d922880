"""Train a small convolutional network on files in MNIST's format and test it on images it has not seen.

    python examples/train_mnist.py FOLDER

The folder holds `t10k-images-idx3-ubyte.gz` and `t10k-labels-idx1-ubyte.gz` (or a pair of other names, see --images and
--labels). Of the 10,000 images 8,000 train the network and 2,000 test it.
"""

import argparse
import gzip
import struct
import time
from pathlib import Path

import taeda
from taeda import nn
from taeda.nn import functional as F
from taeda.utils.data import DataLoader, TensorDataset, random_split


def read_idx(path: Path) -> taeda.Tensor:
    """A file of the IDX format, which is a header of sizes and then bytes: a uint8 tensor."""
    opened = gzip.open(path, "rb") if path.suffix == ".gz" else open(path, "rb")
    with opened as file:
        content = file.read()
    if len(content) < 4 or content[:3] != b"\0\0\x08":
        raise SystemExit(f"{path} is not an IDX file of bytes")
    dimensions = content[3]
    size = struct.unpack_from(f">{dimensions}I", content, 4)
    start = 4 + 4 * dimensions
    count = len(content) - start
    expected = 1
    for extent in size:
        expected *= extent
    if count != expected:
        raise SystemExit(f"{path} should hold {expected} bytes for sizes {size}, but has {count}")
    return taeda.frombuffer(bytearray(content[start:]), dtype=taeda.uint8).view(size)


def make_model() -> nn.Module:
    """Images (N, 1, 28, 28) to scores (N, 10)."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1, bias=False),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1, bias=False),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.3),
        nn.Linear(32 * 7 * 7, 64),
        nn.ReLU(),
        nn.Linear(64, 10),
    )


def shifted(images: taeda.Tensor) -> taeda.Tensor:
    """The images moved by up to two pixels in a random direction, so that the network sees more of them."""
    down, right = taeda.randint(0, 5, (2,)).tolist()
    return F.pad(images, (2, 2, 2, 2))[:, :, down : down + 28, right : right + 28]


def accuracy(model: nn.Module, loader: DataLoader) -> float:
    """The share of images whose highest score is their label's."""
    model.eval()
    right = total = 0
    with taeda.no_grad():
        for images, labels in loader:
            right += int((model(images).argmax(1) == labels).sum())
            total += labels.shape[0]
    model.train()
    return right / total


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder of the files")
    parser.add_argument("--images", default="t10k-images-idx3-ubyte.gz", help="file of images (%(default)s)")
    parser.add_argument("--labels", default="t10k-labels-idx1-ubyte.gz", help="file of labels (%(default)s)")
    parser.add_argument("--test", type=int, default=2000, help="images kept for the test (%(default)s)")
    parser.add_argument("--epochs", type=int, default=6, help="passes over the training images (%(default)s)")
    parser.add_argument("--batch", type=int, default=64, help="images in a step (%(default)s)")
    parser.add_argument("--lr", type=float, default=4e-3, help="highest learning rate (%(default)s)")
    parser.add_argument("--workers", type=int, default=0, help="processes that load images (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="seed of all random numbers (%(default)s)")
    parser.add_argument("--save", type=Path, help="file for the trained parameters")
    return parser.parse_args()


def main() -> None:
    from tqdm import tqdm

    options = arguments()
    taeda.manual_seed(options.seed)
    images = read_idx(options.folder / options.images).unsqueeze(1).to(taeda.float32) / 255
    labels = read_idx(options.folder / options.labels).to(taeda.int64)
    data = TensorDataset((images - 0.1307) / 0.3081, labels)
    training, test = random_split(data, [len(data) - options.test, options.test])
    batches = DataLoader(training, options.batch, shuffle=True, num_workers=options.workers, drop_last=True)
    test_batches = DataLoader(test, 500)

    model = make_model()
    optimizer = taeda.optim.Adam(model.parameters(), lr=options.lr)
    scheduler = taeda.optim.lr_scheduler.OneCycleLR(optimizer, options.lr, total_steps=options.epochs * len(batches))
    start = time.perf_counter()
    for epoch in range(options.epochs):
        progress = tqdm(batches, desc=f"epoch {epoch + 1}/{options.epochs}", unit="batch")
        for inputs, targets in progress:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(shifted(inputs)), targets)
            loss.backward()
            optimizer.step()
            scheduler.step()
            progress.set_postfix(loss=f"{loss.item():.3f}")
        print(f"epoch {epoch + 1}: test accuracy {accuracy(model, test_batches):.2%}")
    print(f"{len(training)} images trained on, {len(test)} tested, {time.perf_counter() - start:.1f} s")
    if options.save:
        taeda.save(model.state_dict(), options.save)


if __name__ == "__main__":
    main()
