"""`DataLoader`: the same batches as PyTorch's, and no way for workers to hang it."""

import gc
import os
import signal
import threading
import time
import warnings

import numpy
import pytest

import taeda
import taeda.utils.data as ours
from expected import agree

pytestmark = pytest.mark.timeout(120)
WORKERS = [0, 2]


@pytest.fixture(autouse=True)
def _few_cores_are_enough():
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="This DataLoader will create")
        yield


def batches_of(loader):
    return [
        [part.tolist() for part in batch] if isinstance(batch, (list, tuple)) else batch.tolist() for batch in loader
    ]


def tensors(count=23):
    return numpy.arange(count * 3, dtype=numpy.float32).reshape(count, 3), numpy.arange(count)


class Squares(ours.Dataset):
    """Samples computed one by one."""

    def __len__(self):
        return 17

    def __getitem__(self, index):
        return taeda.tensor([float(index * index)]), index


class Fails(Squares):
    def __getitem__(self, index):
        if index == 5:
            raise KeyError("no such sample")
        return super().__getitem__(index)


class Large(Squares):
    """Batches far above the size that goes through a socket."""

    def __getitem__(self, index):
        return taeda.full((300, 400), float(index))


class Counting(ours.IterableDataset):
    def __init__(self, count):
        self.count = count

    def __iter__(self):
        info = ours.get_worker_info()
        start, step = (0, 1) if info is None else (info.id, info.num_workers)
        return iter(range(start, self.count, step))


def loading(lib, num_workers, *args, **options):
    """A program of the library: the batches of some tensors, and how many there are said to be. PyTorch's workers
    would add nothing."""
    data = lib.utils.data
    workers = num_workers if lib is taeda else 0
    loader = data.DataLoader(
        data.TensorDataset(*map(lib.from_numpy, tensors())), *args, num_workers=workers, **options
    )
    return repr(batches_of(loader)), len(loader)


@pytest.mark.parametrize("num_workers", WORKERS)
@pytest.mark.parametrize("options", [{}, {"batch_size": 4}, {"batch_size": 4, "drop_last": True}, {"batch_size": None}])
def test_tensor_batches_are_pytorchs(options, num_workers):
    agree(lambda lib: loading(lib, num_workers, **options))


@pytest.mark.parametrize("num_workers", WORKERS)
def test_sampler_with_negative_and_repeated_indices(num_workers):
    agree(lambda lib: loading(lib, num_workers, 4, sampler=[3, -1, 3, 0, 22, -23]))


def test_batches_do_not_share_memory_with_the_data():
    data = taeda.zeros(8, 2)
    for (batch,) in ours.DataLoader(ours.TensorDataset(data), 4):
        batch.fill_(1.0)
    assert float(data.sum()) == 0.0


def test_index_out_of_range_is_an_index_error():
    with pytest.raises(IndexError):
        list(ours.DataLoader(ours.TensorDataset(taeda.zeros(3)), 2, sampler=[0, 5]))


@pytest.mark.parametrize("num_workers", WORKERS)
def test_shuffling_is_a_permutation_and_follows_the_seed(num_workers):
    data = ours.TensorDataset(taeda.arange(50))
    orders = []
    for seed in (1, 1, 2):
        generator = taeda.Generator().manual_seed(seed)
        loader = ours.DataLoader(data, 7, shuffle=True, generator=generator, num_workers=num_workers)
        orders.append([place for (batch,) in loader for place in batch.tolist()])
    assert orders[0] == orders[1] != orders[2]
    assert sorted(orders[0]) == list(range(50))


@pytest.mark.parametrize("num_workers", WORKERS)
def test_own_samples_and_collation(num_workers):
    loader = ours.DataLoader(Squares(), 5, num_workers=num_workers, collate_fn=len)
    assert list(loader) == [5, 5, 5, 2]
    loader = ours.DataLoader(Squares(), 5, num_workers=num_workers)
    assert batches_of(loader)[1] == [[[25.0], [36.0], [49.0], [64.0], [81.0]], [5, 6, 7, 8, 9]]


def test_large_batches_come_through_shared_memory():
    seen = [batch.mean((1, 2)).tolist() for batch in ours.DataLoader(Large(), 4, num_workers=2)]
    assert [value for values in seen for value in values] == [float(place) for place in range(17)]


def test_batches_stay_valid_after_the_workers_are_gone():
    batches = list(ours.DataLoader(Large(), 4, num_workers=2))
    gc.collect()
    batches[0].add_(1.0)
    assert float(batches[0][3, 0, 0]) == 4.0


@pytest.mark.parametrize("num_workers", [0, 1, 3])
def test_iterable_data_sets(num_workers):
    loader = ours.DataLoader(Counting(20), 3, num_workers=num_workers)
    assert sorted(place for batch in loader for place in batch.tolist()) == list(range(20))
    expected = [batch for batch in ours.DataLoader(Counting(20), 3, drop_last=True)]
    assert [len(batch) for batch in expected] == [3] * 6


@pytest.mark.parametrize("num_workers", WORKERS)
def test_exceptions_keep_their_type_and_traceback(num_workers):
    with pytest.raises(KeyError) as caught:
        list(ours.DataLoader(Fails(), 4, num_workers=num_workers))
    assert "no such sample" in str(caught.value)
    if num_workers:
        assert "Caught KeyError in DataLoader worker process 1" in str(caught.value)
        assert "__getitem__" in str(caught.value)


def _refuse(worker_id):
    raise ValueError("no worker wanted")


def test_exception_in_worker_init_fn():
    with pytest.raises(ValueError, match="no worker wanted"):
        list(ours.DataLoader(Squares(), 4, num_workers=2, worker_init_fn=_refuse))


class Dies(Squares):
    def __getitem__(self, index):
        if index == 9:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__getitem__(index)


class Exits(Squares):
    def __getitem__(self, index):
        if index == 9:
            os._exit(3)
        return super().__getitem__(index)


@pytest.mark.parametrize(("data", "text"), [(Dies, "killed by signal: Killed"), (Exits, "exited unexpectedly")])
def test_dead_workers_are_noticed(data, text):
    with pytest.raises(RuntimeError, match=text):
        list(ours.DataLoader(data(), 4, num_workers=2))


class Sleeps(Squares):
    def __getitem__(self, index):
        time.sleep(30 if index == 4 else 0)
        return super().__getitem__(index)


def test_timeout():
    start = time.monotonic()
    with pytest.raises(RuntimeError, match="DataLoader timed out after 1"):
        list(ours.DataLoader(Sleeps(), 4, num_workers=1, timeout=1))
    assert time.monotonic() - start < 15


def test_stopping_early_ends_the_workers():
    iterator = iter(ours.DataLoader(Squares(), 1, num_workers=2))
    next(iterator)
    processes = [worker.process for worker in iterator._workers]
    del iterator
    gc.collect()
    assert not any(process.is_alive() for process in processes)


class Unpicklable(Squares):
    def __getitem__(self, index):
        return lambda: index


def test_results_that_cannot_be_pickled_are_errors():
    with pytest.raises(Exception, match="pickle"):
        list(ours.DataLoader(Unpicklable(), 2, num_workers=1, collate_fn=lambda samples: samples))


def test_persistent_workers():
    loader = ours.DataLoader(Squares(), 4, num_workers=2, persistent_workers=True)
    first = batches_of(loader)
    processes = [worker.process.pid for worker in loader._iterator._workers]
    for _ in loader:
        break
    assert batches_of(loader) == first
    assert [worker.process.pid for worker in loader._iterator._workers] == processes
    iterable = ours.DataLoader(Counting(7), 2, num_workers=2, persistent_workers=True)
    assert [sorted(value for batch in iterable for value in batch.tolist()) for _ in range(2)] == [list(range(7))] * 2


def test_results_out_of_order():
    loader = ours.DataLoader(Squares(), 4, num_workers=2, in_order=False)
    assert sorted(value for _, indices in loader for value in indices.tolist()) == list(range(17))


def test_spawned_workers():
    loader = ours.DataLoader(
        ours.TensorDataset(taeda.arange(10)), 4, num_workers=1, multiprocessing_context="spawn"
    )
    assert batches_of(loader) == [[[0, 1, 2, 3]], [[4, 5, 6, 7]], [[8, 9]]]


def test_workers_forked_beside_busy_threads():
    """Threads that compute while workers are forked must not leave a lock locked in them."""
    stop = threading.Event()

    x = taeda.ones(64, 64)
    (x @ x).sum()

    def busy():
        while not stop.is_set():
            (x @ x).sum()

    threads = [threading.Thread(target=busy) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(3):
            assert len(list(ours.DataLoader(Squares(), 4, num_workers=2))) == 5
    finally:
        stop.set()
        for thread in threads:
            thread.join()


class Seeds(Squares):
    def __getitem__(self, index):
        info = ours.get_worker_info()
        return info.id, info.num_workers, info.seed, float(taeda.rand(()))


def test_worker_info_and_seeds():
    assert ours.get_worker_info() is None
    rows = []
    for _ in range(2):
        taeda.manual_seed(11)
        loader = ours.DataLoader(Seeds(), batch_size=None, num_workers=2)
        rows.append([[float(part) for part in sample] for sample in loader])
    assert rows[0] == rows[1]
    assert {row[0] for row in rows[0]} == {0.0, 1.0}
    assert rows[0][0][3] != rows[0][1][3]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"num_workers": -1}, "num_workers option should be non-negative"),
        ({"timeout": -1}, "timeout option should be non-negative"),
        ({"prefetch_factor": 2}, "prefetch_factor option could only be specified in multiprocessing"),
        ({"persistent_workers": True}, "persistent_workers option needs num_workers > 0"),
        ({"sampler": [0], "shuffle": True}, "sampler option is mutually exclusive with shuffle"),
        ({"batch_sampler": [[0]], "batch_size": 2}, "batch_sampler option is mutually exclusive"),
        ({"batch_size": None, "drop_last": True}, "batch_size=None option disables auto-batching"),
        ({"batch_size": 0}, "batch_size should be a positive integer value, but got batch_size=0"),
        ({"multiprocessing_context": "fork"}, "multiprocessing_context can only be used with multi-process loading"),
    ],
)
def test_wrong_options_get_pytorchs_errors(options, message):
    with pytest.raises(ValueError, match=message):
        ours.DataLoader([1, 2, 3], **options)
    agree(lambda lib: lib.utils.data.DataLoader([1, 2, 3], **options))


def test_attributes_are_fixed():
    loader = ours.DataLoader([1, 2, 3])
    with pytest.raises(ValueError, match="batch_size attribute should not be set after DataLoader is initialized"):
        loader.batch_size = 2
