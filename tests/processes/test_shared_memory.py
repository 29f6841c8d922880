"""Tensors in memory that several processes have: `share_memory_`, queues and pipes, training by several (Hogwild)."""

import gc
import os
import subprocess
import sys
import textwrap

import pytest

import taeda
from taeda import multiprocessing as mp


def test_moving_to_shared_memory_keeps_what_there_is():
    x = taeda.arange(6.0).view(2, 3)
    view, array = x[1], x.numpy()
    assert not x.is_shared()
    assert x.share_memory_() is x and x.is_shared() and view.is_shared()
    view.add_(1)
    assert x.tolist() == [[0, 1, 2], [4, 5, 6]]
    assert array.tolist() == [[0, 1, 2], [3, 4, 5]]  # it goes on to show where the tensor was
    place = x.data_ptr()
    assert x.share_memory_().data_ptr() == place
    del x, view
    gc.collect()
    assert array.sum() == 15


def test_gradients_and_modules():
    model = taeda.nn.Linear(2, 3).share_memory()
    assert all(p.is_shared() and p.requires_grad and p.is_leaf for p in model.parameters())
    model(taeda.ones(2)).sum().backward()
    taeda.optim.SGD(model.parameters(), 0.5).step()
    assert all(p.is_shared() for p in model.parameters())
    empty = taeda.empty(0).share_memory_()
    assert empty.shape == (0,)
    with pytest.raises(NotImplementedError, match="meta"):
        taeda.ones(2, device="meta").share_memory_()
    storage = taeda.ones(3).untyped_storage()
    assert not storage.is_shared() and storage.share_memory_().is_shared()
    with pytest.raises(ValueError, match="12 contiguous bytes"):
        taeda._core.move_storage(storage, memoryview(bytearray(4)))


def test_what_cannot_be_sent():
    x = (taeda.ones(2, requires_grad=True) * 2)
    with pytest.raises(RuntimeError, match="Cowardly refusing to serialize non-leaf tensor"):
        mp.reducer.ForkingPickler.dumps(x)


def test_memory_goes_when_nobody_has_it():
    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("needs a list of open files")
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        taeda.ones(1000).share_memory_()
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) <= before + 1


def _work(model, data, answers, done):
    x, scale = data.get()
    x.mul_(scale)  # the sender's tensor
    for _ in range(20):
        loss = (model(taeda.ones(4, 2)) - 3).square().mean()
        gradients = taeda.autograd.grad(loss, model.parameters())
        with taeda.no_grad():
            for p, g in zip(model.parameters(), gradients, strict=True):
                p.sub_(g, alpha=0.05)
    answers.put((x, taeda.nn.Parameter(taeda.arange(3.0)), taeda.empty(0), taeda.ones(2, dtype=taeda.bfloat16)[1:]))
    done.wait()  # what was sent is had from here


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes_train_one_model(method):
    context = mp.get_context(method)
    taeda.manual_seed(0)
    model = taeda.nn.Linear(2, 1).share_memory()
    x, data, answers, done = taeda.arange(4.0), context.Queue(), context.Queue(), context.Event()
    process = context.Process(target=_work, args=(model, data, answers, done))
    process.start()
    data.put((x, 10))
    back, parameter, empty, half = answers.get(timeout=100)
    done.set()
    process.join(100)
    assert process.exitcode == 0
    assert x.tolist() == [0, 10, 20, 30] == back.tolist()
    back[0] = 7
    assert x[0] == 7 and back.is_shared()  # one memory
    assert type(parameter) is taeda.nn.Parameter and parameter.requires_grad and parameter.tolist() == [0, 1, 2]
    assert empty.shape == (0,) and half.dtype is taeda.bfloat16 and half.tolist() == [1]
    assert (model(taeda.ones(2)) - 3).abs() < 0.1


def test_a_program_with_spawn_and_pytorchs_name(tmp_path):
    program = tmp_path / "hogwild.py"
    program.write_text(textwrap.dedent("""
        import torch
        import torch.multiprocessing as mp

        def train(rank, model, counts):
            counts[rank] += rank + 1
            for _ in range(10):
                loss = (model(torch.ones(1, 2)) - 1).square().sum()
                for p, g in zip(model.parameters(), torch.autograd.grad(loss, model.parameters())):
                    p.data.sub_(g, alpha=0.05)

        if __name__ == "__main__":
            model = torch.nn.Linear(2, 1)
            model.share_memory()
            counts = torch.zeros(2).share_memory_()
            before = (model(torch.ones(1, 2)) - 1).abs().item()
            mp.spawn(train, args=(model, counts), nprocs=2)
            print(counts.tolist(), (model(torch.ones(1, 2)) - 1).abs().item() < before)
    """))
    done = subprocess.run([sys.executable, "-m", "taeda", "run", str(program)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "[1.0, 2.0] True\n"
