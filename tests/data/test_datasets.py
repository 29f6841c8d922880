"""Data sets, samplers and collation against PyTorch's."""

import collections

import numpy
import pytest

import taeda
import taeda.utils.data as ours
from expected import agree


def plain(value):
    """Tensors of either library as lists, containers as they are."""
    if hasattr(value, "requires_grad_"):
        return (str(value.dtype), tuple(value.shape), value.tolist())
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, *(plain(part) for part in value)]
    return value


Point = collections.namedtuple("Point", "x y")


@pytest.mark.parametrize(
    "make",
    [
        lambda lib: [lib.tensor([1.0, 2.0]), lib.tensor([3.0, 4.0])],
        lambda lib: [1, 2, 3],
        lambda lib: [1.5, 2.5],
        lambda lib: [True, False],
        lambda lib: ["a", "b"],
        lambda lib: [b"a", b"b"],
        lambda lib: [(1, "a"), (2, "b")],
        lambda lib: [[1, 2.0], [3, 4.0]],
        lambda lib: [{"a": 1, "b": lib.tensor([1])}, {"a": 2, "b": lib.tensor([2])}],
        lambda lib: [Point(1, 2), Point(3, 4)],
        lambda lib: [numpy.ones(2, numpy.float32), numpy.zeros(2, numpy.float32)],
        lambda lib: [numpy.float64(1.0), numpy.float64(2.0)],
        lambda lib: [numpy.int32(1), numpy.int32(2)],
        lambda lib: [{"deep": [(lib.tensor(1), 2.0)]}, {"deep": [(lib.tensor(3), 4.0)]}],
    ],
)
def test_default_collate(make):
    agree(lambda lib: repr(plain(lib.utils.data.default_collate(make(lib)))))


def test_default_collate_refuses():
    with pytest.raises(TypeError, match="default_collate: batch must contain tensors, numpy arrays, numbers, dicts"):
        ours.default_collate([object()])
    with pytest.raises(RuntimeError, match="each element in list of batch should be of equal size"):
        ours.default_collate([[1], [1, 2]])


def test_default_convert():
    value = {"a": numpy.ones(2), "b": (1, numpy.zeros(1))}
    agree(lambda lib: repr(plain(lib.utils.data.default_convert(value))))


def test_tensor_dataset():
    data = ours.TensorDataset(taeda.arange(6).view(3, 2), taeda.arange(3))
    assert len(data) == 3
    assert plain(data[1]) == ["tuple", ("torch.int64", (2,), [2, 3]), ("torch.int64", (), 1)]
    with pytest.raises(AssertionError, match="Size mismatch between tensors"):
        ours.TensorDataset(taeda.zeros(3), taeda.zeros(2))


def test_concatenation_and_subsets():
    first, second = ours.TensorDataset(taeda.arange(3)), ours.TensorDataset(taeda.arange(10, 12))
    joined = first + second
    assert [int(joined[place][0]) for place in range(5)] == [0, 1, 2, 10, 11]
    assert int(joined[-1][0]) == 11
    with pytest.raises(ValueError, match="absolute value of index"):
        joined[-6]
    subset = ours.Subset(joined, [4, 0])
    assert [int(sample[0]) for sample in (subset[0], subset[1])] == [11, 0]
    assert len(ours.StackDataset(first, first)[1]) == 2


def test_random_split():
    data = ours.TensorDataset(taeda.arange(10))
    parts = ours.random_split(data, [7, 3])
    assert sorted(parts[0].indices + parts[1].indices) == list(range(10))
    assert [len(part) for part in ours.random_split(data, [0.5, 0.33, 0.17])] == [6, 3, 1]
    seeds = [ours.random_split(data, [5, 5], taeda.Generator().manual_seed(3))[0].indices for _ in range(2)]
    assert seeds[0] == seeds[1]
    with pytest.raises(ValueError, match="Sum of input lengths does not equal"):
        ours.random_split(data, [3, 3])


def test_samplers():
    data = list(range(10))
    assert list(ours.SequentialSampler(data)) == data
    assert sorted(ours.RandomSampler(data)) == data
    assert len(list(ours.RandomSampler(data, num_samples=23))) == 23
    assert len(list(ours.RandomSampler(data, replacement=True, num_samples=40))) == 40
    assert sorted(ours.SubsetRandomSampler([3, 5, 7])) == [3, 5, 7]
    assert list(ours.BatchSampler(range(7), 3, False)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(ours.BatchSampler(range(7), 3, True)) == [[0, 1, 2], [3, 4, 5]]
    assert len(ours.BatchSampler(range(7), 3, False)) == 3
    assert len(ours.BatchSampler(range(7), 3, True)) == 2
    generator = taeda.Generator()
    orders = [list(ours.RandomSampler(data, generator=generator.manual_seed(1))) for _ in range(2)]
    assert orders[0] == orders[1]
    taeda.manual_seed(5)
    first = list(ours.RandomSampler(data))
    taeda.manual_seed(5)
    assert list(ours.RandomSampler(data)) == first
    with pytest.raises(ValueError, match="num_samples should be a positive integer value"):
        ours.RandomSampler([])


def test_weighted_sampler():
    chosen = list(ours.WeightedRandomSampler([0.0, 1.0, 3.0], 400))
    assert set(chosen) == {1, 2}
    assert 240 < chosen.count(2) < 360
    chosen = list(ours.WeightedRandomSampler([3.0, 1.0, 0.0], 400))
    assert set(chosen) == {0, 1} and 240 < chosen.count(0) < 360


def test_a_pipe_that_shuffles_draws_from_its_buffer():
    from taeda.utils.data.datapipes.iter.combinatorics import ShufflerIterDataPipe

    pipe = ShufflerIterDataPipe(range(10), buffer_size=4)
    orders = []
    for _ in range(2):
        pipe.set_seed(1)
        orders.append(list(pipe))
    assert orders[0] == orders[1] == EXPECTED_ORDER and sorted(orders[0]) == list(range(10))
    assert list(pipe.set_shuffle(False)) == list(range(10)) and len(pipe) == 10


EXPECTED_ORDER = [1, 0, 2, 5, 3, 8, 9, 6, 4, 7]  # PyTorch 2.13
