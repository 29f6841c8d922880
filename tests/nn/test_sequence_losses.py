"""ctc_loss, linear_cross_entropy and fractional max pooling, against PyTorch."""

from __future__ import annotations

from typing import Any

import pytest

import taeda
from expected import agree


def weighed(library: Any, value: Any, by: tuple[Any, ...]) -> Any:
    """A result, and the gradients of its elements weighed by 1, 2, .."""
    weights = library.arange(1.0, value.numel() + 1).reshape(value.shape)
    return value, *library.autograd.grad((value * weights).sum(), by)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("weight", [False, True])
@pytest.mark.parametrize("chunk", [None, 2])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.filterwarnings("ignore::UserWarning")  # PyTorch's, where it does not do chunks
def test_linear_cross_entropy(reduction: str, chunk: int | None, weight: bool, smoothing: float) -> None:
    def program(torch: Any) -> Any:
        x = (torch.arange(30.0).reshape(5, 6) * 1.3 % 4 - 1).requires_grad_()
        w = (torch.arange(42.0).reshape(7, 6) * 0.7 % 2 - 1).requires_grad_()
        bias = (torch.arange(7.0) / 7).requires_grad_()
        options = None if chunk is None else torch.nn.LinearCrossEntropyOptions(
            batch_chunk_size=chunk, chunking_method=None)
        loss = torch.nn.functional.linear_cross_entropy(
            x, w, torch.tensor([0, 3, -100, 6, 2]), linear_bias=bias, reduction=reduction, label_smoothing=smoothing,
            weight=torch.arange(1.0, 8) if weight else None, options=options)
        return weighed(torch, loss, (x, w, bias))

    agree(program, rtol=2e-5, atol=1e-6)


def test_chunks_hold_no_more_than_their_rows() -> None:
    options = taeda.nn.LinearCrossEntropyOptions()
    assert options.rows(1024, 64, 50000) == 1
    assert options.rows(4096, 1024, 4096) == 512
    assert taeda.nn.LinearCrossEntropyOptions(chunking_method="aspect_ratio").rows(4096, 1024, 4096) == 1024
    with pytest.raises(ValueError, match="invalid chunking_method: 'rows'"):
        taeda.nn.LinearCrossEntropyOptions(chunking_method="rows")


def test_the_layer() -> None:
    layer = taeda.nn.LinearCrossEntropyLoss(6, 7, bias=True, options=taeda.nn.LinearCrossEntropyOptions())
    assert sorted(layer.state_dict()) == ["linear.bias", "linear.weight"]
    x, target = taeda.randn(5, 6), taeda.tensor([0, 1, 2, 3, 4])
    whole = taeda.nn.functional.cross_entropy(layer.linear(x), target)
    taeda.testing.assert_close(layer(x, target), whole)


POOLS = [
    "F.fractional_max_pool2d(image, 2, (3, 4), _random_samples=two, return_indices=True)",
    "F.fractional_max_pool2d(image, (3, 2), output_ratio=(0.5, 0.6), _random_samples=two)",
    "F.fractional_max_pool2d(image[0], (3, 2), (1, 1), _random_samples=two)",
    "F.fractional_max_pool3d(volume, 2, (2, 3, 4), _random_samples=three, return_indices=True)",
    "F.fractional_max_pool3d(volume[1], (1, 2, 3), output_ratio=0.5, _random_samples=three)",
    "torch.nn.FractionalMaxPool2d(2, output_ratio=0.5, _random_samples=two)(image)",
    "torch.nn.FractionalMaxPool3d((1, 2, 2), 2, _random_samples=three)(volume)",
    "F.fractional_max_pool2d(image, (5, 2), (4, 1), _random_samples=two)",
    "F.fractional_max_pool2d(image, 2)",
    "torch.nn.FractionalMaxPool2d(2)",
    "torch.nn.FractionalMaxPool2d(2, output_ratio=(0.5, 1.5))",
]


@pytest.mark.parametrize("call", POOLS)
def test_fractional_max_pool(call: str) -> None:
    def program(torch: Any) -> Any:
        values = {
            "torch": torch, "F": torch.nn.functional,
            "image": (torch.arange(2 * 3 * 7 * 9.0) * 1.7 % 5).reshape(2, 3, 7, 9).requires_grad_(),
            "volume": (torch.arange(2 * 2 * 5 * 6 * 7.0) * 1.7 % 5).reshape(2, 2, 5, 6, 7).requires_grad_(),
            "two": (torch.arange(12.0) * 0.37 % 1).reshape(2, 3, 2),
            "three": (torch.arange(12.0) * 0.37 % 1).reshape(2, 2, 3),
        }
        found = eval(call, values)
        first = found[0] if isinstance(found, tuple) else found
        source = values["image"] if "2d" in call else values["volume"]
        return found, weighed(torch, first, (source,))[1]

    agree(program)


def test_distances_are_drawn() -> None:
    x = taeda.rand(2, 3, 16, 16)
    taeda.manual_seed(1)
    first = taeda.nn.functional.fractional_max_pool2d(x, 2, output_ratio=0.7)
    taeda.manual_seed(1)
    assert first.shape == (2, 3, 11, 11)
    assert taeda.equal(first, taeda.nn.functional.fractional_max_pool2d(x, 2, output_ratio=0.7))


LENGTHS = [([6, 6, 4], [4, 2, 2]), ([6, 5, 3], [3, 3, 2]), ([6, 6, 6], [0, 1, 2]), ([6, 6, 6], [4, 4, 2])]


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("lengths", LENGTHS, ids=str)
def test_ctc_loss(lengths: Any, reduction: str) -> None:
    """Of the last lengths one target is impossible: the gradient is compared where it counts as 0."""
    def program(torch: Any) -> Any:
        scores = (torch.arange(6 * 3 * 5.0) * 2.3 % 3).reshape(6, 3, 5).requires_grad_()
        targets = torch.tensor([[1, 2, 2, 3], [4, 4, 4, 4], [3, 1, 0, 0]])
        loss = torch.nn.CTCLoss(reduction=reduction, zero_infinity=4 in lengths[1][1:])
        value = loss(scores.log_softmax(2), targets, *map(torch.tensor, lengths))
        plain = torch.nn.functional.ctc_loss(scores.detach().log_softmax(2), targets, *map(torch.tensor, lengths))
        return weighed(torch, value, (scores,)), plain

    agree(program, rtol=1e-4, atol=1e-5)


CALLS = [
    "F.ctc_loss(x, torch.tensor([1, 2, 3, 4, 1]), (6, 6, 6), (2, 1, 2), reduction='none')",
    "F.ctc_loss(x[:, 0], torch.tensor([1, 2, 3]), torch.tensor(6), torch.tensor(3), reduction='none')",
    "F.ctc_loss(x, rows, torch.tensor([6, 6, 6]), torch.tensor([2, 0, 1]), blank=4)",
    "F.ctc_loss(x.double(), rows, [6, 6, 6], [2, 2, 1])",
    "F.ctc_loss(x, rows, torch.tensor([7, 6, 6]), torch.tensor([2, 1, 1]))",
    "F.ctc_loss(x, rows, torch.tensor([6, 6, 6]), torch.tensor([5, 1, 1]))",
    "F.ctc_loss(x, rows, torch.tensor([6, 6]), torch.tensor([2, 1, 1]))",
    "F.ctc_loss(x, rows, torch.tensor([6, 6, 6]), torch.tensor([2, 1, 1]), blank=9)",
]


@pytest.mark.parametrize("call", CALLS)
def test_forms_of_ctc_loss(call: str) -> None:
    def program(torch: Any) -> Any:
        x = (torch.arange(6 * 3 * 5.0) * 2.3 % 3).reshape(6, 3, 5).log_softmax(2)
        rows = torch.tensor([[1, 2, 2, 3], [3, 1, 3, 1], [3, 1, 0, 0]])
        return eval(call, {"torch": torch, "F": torch.nn.functional, "x": x, "rows": rows})

    agree(program, rtol=1e-5, atol=1e-5)
