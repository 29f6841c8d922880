"""Programs that import torch run on Taeda: in this process, in its children, under `taeda run`."""

import os
import pathlib
import subprocess
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(program: str, *arguments: str, tmp_path: pathlib.Path) -> str:
    file = tmp_path / "program.py"
    file.write_text(textwrap.dedent(program))
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    starter = "import sys; from taeda.running import run; run(sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", starter, str(file), *arguments], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_torch_is_taeda_with_its_deep_modules(tmp_path):
    assert run(
        """
        import sys, importlib.metadata
        import torch, torch.nn.functional as F
        from torch import nn
        from torch.nn.modules.batchnorm import _BatchNorm
        from torch.nn.modules.utils import _pair
        from torch.utils.data.dataloader import DataLoader
        import torch.optim.adamw, torch.nn.parallel
        assert torch.Tensor.__module__ is not None and isinstance(nn.BatchNorm2d(3), _BatchNorm)
        assert torch.nn.modules.conv.Conv2d is nn.Conv2d and torch.nn.modules.Linear is nn.Linear
        assert _pair(3) == (3, 3) and _pair((1, 2)) == (1, 2)
        assert torch.__version__ >= "2.0" and torch.__version__ > (1, 13)
        assert importlib.metadata.version("torch") == "2.13.0"
        assert not torch.cuda.is_available() and torch.cuda.device_count() == 0
        assert sys.argv[1:] == ["--epochs", "3"] and __name__ == "__main__"
        print(torch.arange(3))
        """,
        "--epochs",
        "3",
        tmp_path=tmp_path,
    ) == "tensor([0, 1, 2])\n"


def test_child_processes_run_it_too(tmp_path):
    assert run(
        """
        import subprocess, sys
        code = "import torch, taeda; print(torch is taeda, torch.ones(2))"
        print(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout, end="")
        """,
        tmp_path=tmp_path,
    ) == "True tensor([1., 1.])\n"


def test_what_is_not_there_says_so(tmp_path):
    assert "No module named 'torch.nothing'" in run(
        """
        try:
            import torch.nothing
        except ModuleNotFoundError as error:
            print(error)
        """,
        tmp_path=tmp_path,
    )


def test_without_a_device_cuda_answers_and_refuses():
    import pytest

    import taeda as torch

    torch.cuda.manual_seed_all(3)
    assert torch.cuda.max_memory_allocated() == 0 and not torch.cuda.is_initialized()
    with pytest.raises(AssertionError, match="Torch not compiled with CUDA enabled"):
        torch.cuda.current_device()
    assert not torch.backends.mps.is_available() and not torch.backends.cudnn.is_available()


def test_a_group_of_one_process():
    import pytest

    import taeda as torch
    from taeda import distributed

    with pytest.raises(ValueError, match="Default process group has not been initialized"):
        distributed.get_rank()
    with pytest.raises(NotImplementedError, match="a process group of 2 processes"):
        distributed.init_process_group("gloo", rank=0, world_size=2)
    distributed.init_process_group("gloo", rank=0, world_size=1, store=distributed.HashStore())
    try:
        x = torch.arange(3.0)
        places = [torch.zeros(3)]
        distributed.all_reduce(x)
        distributed.all_gather(places, x)
        assert distributed.get_world_size() == 1 and places[0].tolist() == [0.0, 1.0, 2.0]
        model = torch.nn.parallel.DistributedDataParallel(torch.nn.Linear(3, 2))
        assert list(model.state_dict()) == ["module.weight", "module.bias"]
    finally:
        distributed.destroy_process_group()
