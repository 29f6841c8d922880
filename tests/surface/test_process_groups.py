"""Groups of one process: how they start, what collectives do and refuse, and what stands on them."""

import pytest

import taeda as torch
from expected import agree
from taeda import distributed as dist

ADDRESS = {"RANK": "0", "WORLD_SIZE": "1", "MASTER_ADDR": "localhost", "MASTER_PORT": "29500"}


@pytest.fixture
def group():
    dist.init_process_group("gloo", rank=0, world_size=1, store=dist.HashStore())
    yield
    dist.destroy_process_group()


@pytest.mark.parametrize("options", [
    {"init_method": "tcp://127.0.0.1:29533", "rank": 0, "world_size": 1},
    {"init_method": "tcp://127.0.0.1:29533?rank=0&world_size=1"},
    {"init_method": "file:///tmp/a_file_that_is_never_written", "rank": 0, "world_size": 1},
    {"store": "HashStore", "rank": 0, "world_size": 1},
    {"store": "TCPStore", "rank": 0, "world_size": 1},
    {},
])
def test_a_group_starts_from_each_kind_of_address(options, monkeypatch):
    for name, value in ADDRESS.items():
        monkeypatch.setenv(name, value)
    stores = {"HashStore": lambda: dist.HashStore(), "TCPStore": lambda: dist.TCPStore("localhost", 29533, 1, True)}
    if "store" in options:
        options = options | {"store": stores[options["store"]]()}
    dist.init_process_group("gloo", **options)
    try:
        assert (dist.get_rank(), dist.get_world_size(), dist.get_backend()) == (0, 1, "gloo") and dist.is_available()
    finally:
        dist.destroy_process_group()
    assert not dist.is_initialized() and not dist.is_available() and not dist.is_nccl_available()


@pytest.mark.parametrize("options, error, message", [
    ({}, ValueError, "environment variable RANK expected, but not set"),
    ({"rank": 0, "world_size": 1}, ValueError, "environment variable MASTER_ADDR expected"),
    ({"backend": "nccl"}, RuntimeError, "Distributed package doesn't have NCCL built in"),
    ({"backend": "cpu:gloo,cuda:nccl"}, RuntimeError, "NCCL built in"),
    ({"backend": "pigeon"}, AssertionError, "Unknown backend type pigeon"),
    ({"init_method": "pigeon://x"}, RuntimeError, "No rendezvous handler for pigeon://"),
    ({"init_method": "tcp://localhost:1"}, ValueError, "tcp:// rendezvous: rank parameter missing"),
    ({"init_method": "tcp://localhost:1", "rank": 1, "world_size": 4}, NotImplementedError,
     "a process group of 4 processes .* distributed training is missing"),
    ({"rank": 0, "world_size": 2}, NotImplementedError, "a process group of 2 processes"),
])
def test_what_does_not_start(options, error, message, monkeypatch):
    for name in ADDRESS:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(error, match=message):
        dist.init_process_group(**options)
    assert not dist.is_initialized()


def test_collectives_copy(group):
    x, place, other = torch.arange(4.0), [torch.zeros(4)], torch.zeros(4)
    dist.all_gather(place, x)
    dist.scatter(other, [x])
    work = dist.all_reduce(x, async_op=True)
    assert torch.equal(place[0], x) and torch.equal(other, x) and work.wait() and work.get_future().wait()[0] is x
    objects = [None]
    dist.all_gather_object(objects, {"a": 1})
    assert objects == [{"a": 1}]


@pytest.mark.parametrize("call, error, message", [
    (lambda x: dist.all_gather([x, x], x), RuntimeError, r"expected length 1, got 2"),
    (lambda x: dist.all_gather([torch.zeros(3)], x), RuntimeError, r"invalid tensor size at index 0 \(expected"),
    (lambda x: dist.broadcast(x, 1), RuntimeError, "broadcast: invalid root rank: 1"),
    (lambda x: dist.broadcast(x), ValueError, "Must specify global_rank or group_rank"),
    (lambda x: dist.gather(x), ValueError, "``gather_list`` must be specified"),
    (lambda x: dist.scatter(x, [x, x]), RuntimeError, "Incorrect input list size 2"),
    (lambda x: dist.all_reduce(x, dist.ReduceOp.BAND), RuntimeError, "Cannot use ReduceOp.BAND with non-integral"),
    (lambda x: dist.all_reduce([x]), TypeError, "Expected parameter `tensor` of type torch.Tensor"),
    (lambda x: dist.new_group([1]), ValueError, r"Rank 1 is out of range. Valid ranks are 0 to 0"),
])
def test_wrong_collectives(group, call, error, message):
    with pytest.raises(error, match=message):
        call(torch.arange(4.0))


def test_a_model_in_a_group_of_one(group):
    model = torch.nn.parallel.DistributedDataParallel(torch.nn.Linear(2, 3), find_unused_parameters=True)
    with model.no_sync():
        assert not model.require_backward_grad_sync
        model(torch.ones(1, 2)).sum().backward()
    model(torch.ones(1, 2)).sum().backward()
    assert model.require_backward_grad_sync and model.module.bias.grad.tolist() == [2.0, 2.0, 2.0]
    with pytest.raises(RuntimeError, match="doesn't have any parameter that requires a gradient"):
        torch.nn.parallel.DistributedDataParallel(torch.nn.ReLU())
    with pytest.raises(ValueError, match=r"device_ids \[0\], output_device None"):
        torch.nn.parallel.DistributedDataParallel(torch.nn.Linear(2, 3), device_ids=[0])
    with pytest.raises(NotImplementedError, match="register_comm_hook"):
        model.register_comm_hook(None, None)


def test_gradients_pass_through_collectives(group):
    from taeda.distributed.nn.functional import all_gather, all_reduce, reduce_scatter

    x = torch.tensor([1.0, 2.0], requires_grad=True)
    (all_gather(x)[0] * all_reduce(x) * reduce_scatter(torch.zeros(2), [x])).sum().backward()
    assert x.grad.tolist() == [3.0, 12.0]


def test_the_error_of_a_main_function_is_recorded(tmp_path, monkeypatch):
    import json

    from taeda.distributed.elastic.multiprocessing.errors import record

    monkeypatch.setenv("TORCHELASTIC_ERROR_FILE", str(tmp_path / "error.json"))

    @record
    def main():
        raise KeyError("lost")

    with pytest.raises(KeyError):
        main()
    assert json.loads((tmp_path / "error.json").read_text())["message"]["message"] == "KeyError: 'lost'"


def test_samplers_of_one_process(group):
    def program(lib):
        sampler = lib.utils.data.DistributedSampler(range(10), num_replicas=1, rank=0, shuffle=False)
        sampler.set_epoch(2)
        return list(sampler)

    agree(program)
    assert len(torch.utils.data.DistributedSampler(range(10))) == 10
