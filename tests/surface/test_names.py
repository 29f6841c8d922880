"""Names of PyTorch that programs touch: legacy tensor types, loss scaling, samplers, processes, jit decorators."""

import pytest

import taeda as torch


def test_legacy_tensor_types():
    x = torch.LongTensor([1, 2])
    assert x.dtype == torch.int64 and isinstance(x, torch.LongTensor) and not isinstance(x, torch.FloatTensor)
    assert torch.FloatTensor(2, 3).shape == (2, 3) and torch.ByteTensor(torch.Size([4])).dtype == torch.uint8
    assert torch.FloatTensor([[1, 2], [3, 4]]).tolist() == [[1.0, 2.0], [3.0, 4.0]]
    with pytest.raises(TypeError, match="write x.to"):
        torch.LongTensor(torch.ones(2))
    assert repr(torch.FloatTensor) == "<class 'torch.FloatTensor'>"


def test_loss_scaling():
    scaler = torch.amp.GradScaler("cpu", init_scale=8.0, growth_interval=2)
    w = torch.ones(2, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.5)
    scales = []
    for value in (1.0, float("inf"), 1.0, 1.0):
        optimizer.zero_grad()
        scaler.scale((w * value).sum()).backward()
        scaler.unscale_(optimizer)
        scaler.step(optimizer)
        scaler.update()
        scales.append(scaler.get_scale())
    assert scales == [8.0, 4.0, 4.0, 8.0] and w.tolist() == [-0.5, -0.5]  # the step with infinities was skipped
    other = torch.amp.GradScaler("cpu")
    other.load_state_dict(scaler.state_dict())
    assert other.get_scale() == 8.0
    scaler.scale(w.sum()).backward()
    scaler.unscale_(optimizer)
    with pytest.raises(RuntimeError, match="already been called on this optimizer"):
        scaler.unscale_(optimizer)


def test_autocast_of_a_device_that_is_not_there_is_disabled():
    with pytest.warns(UserWarning, match="CUDA is not available. Disabling"), torch.autocast("cuda"):
        assert torch.ones(2).dtype == torch.float32


def test_parts_for_processes():
    data = list(range(10))
    parts = [list(torch.utils.data.DistributedSampler(data, 3, r, shuffle=False)) for r in range(3)]
    assert parts == [[0, 3, 6, 9], [1, 4, 7, 0], [2, 5, 8, 1]]
    shuffled = torch.utils.data.DistributedSampler(data, 2, 0, seed=1)
    first = list(shuffled)
    shuffled.set_epoch(1)
    assert len(first) == len(shuffled) == 5 and list(shuffled) != first
    with pytest.raises(ValueError, match="Invalid rank 3"):
        torch.utils.data.DistributedSampler(data, 3, 3)


def _square(index, queue):
    queue.put((index, torch.full((2,), float(index)).square().sum().item()))


def _fail(index):
    if index == 1:
        raise KeyError("lost")


def test_spawn():
    queue = torch.multiprocessing.get_context("spawn").SimpleQueue()
    torch.multiprocessing.spawn(_square, args=(queue,), nprocs=2)
    assert sorted(queue.get() for _ in range(2)) == [(0, 0.0), (1, 2.0)]
    with pytest.raises(torch.multiprocessing.ProcessRaisedException, match="KeyError: 'lost'"):
        torch.multiprocessing.spawn(_fail, nprocs=2)


def test_jit_decorators_leave_python_alone():
    @torch.jit.script
    def double(x: torch.Tensor) -> torch.Tensor:
        return x * 2 if not torch.jit.is_scripting() else x

    class Model(torch.nn.Module):
        @torch.jit.export
        def forward(self, x):
            return double(x)

        @torch.jit.ignore
        def helper(self):
            return 1

    model = torch.jit.trace(torch.jit.script(Model()), torch.ones(2))
    assert model(torch.ones(2)).tolist() == [2.0, 2.0] and double.__name__ == "double"
    assert torch.jit.isinstance([1, 2], list[int]) and not torch.jit.isinstance({"a": 1}, dict[str, str])


def test_attention_backends():
    from taeda.nn.attention import SDPBackend, sdpa_kernel

    with sdpa_kernel(SDPBackend.MATH), sdpa_kernel([SDPBackend.FLASH_ATTENTION]):
        pass
    with pytest.raises(AssertionError, match="instance of SDPBackend"), sdpa_kernel(["math"]):
        pass
