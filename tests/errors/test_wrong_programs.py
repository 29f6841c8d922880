"""Wrong programs and what they get: PyTorch's exception class and first line."""

from __future__ import annotations

from typing import Any

import pytest

import expected
import taeda
from expected import agree

WRONG = {
    "shapes of add": "torch.ones(2, 3) + torch.ones(4)",
    "shapes of matmul": "torch.ones(2, 3) @ torch.ones(4, 5)",
    "shapes of linear": "torch.nn.functional.linear(torch.ones(2, 3), torch.ones(5, 4))",
    "vectors of dot": "torch.dot(torch.ones(3), torch.ones(2, 2))",
    "view of a transposed tensor": "torch.ones(2, 3).t().view(6)",
    "reshape to another count": "torch.ones(6).reshape(4)",
    "two unknown sizes": "torch.ones(6).reshape(-1, -1)",
    "negative size": "torch.ones(6).view(-2, 3)",
    "expand of a size that is not 1": "torch.ones(3).expand(4)",
    "index out of range": "torch.ones(3)[5]",
    "negative index out of range": "torch.ones(3)[-4]",
    "too many indices": "torch.ones(3)[0, 0]",
    "index tensor out of range": "torch.ones(3)[torch.tensor([0, 7])]",
    "negative step": "torch.ones(3)[::-1]",
    "embedding out of range": "torch.nn.functional.embedding(torch.tensor([0, 9]), torch.ones(4, 2))",
    "gather out of range": "torch.ones(3, 3).gather(1, torch.tensor([[5]]))",
    "index_select out of range": "torch.ones(3).index_select(0, torch.tensor([3]))",
    "dimension out of range": "torch.ones(2, 3).sum(2)",
    "squeeze out of range": "torch.ones(2, 3).squeeze(5)",
    "sizes of cat": "torch.cat([torch.ones(2, 3), torch.ones(3, 2)])",
    "nothing to cat": "torch.cat([])",
    "sizes of stack": "torch.stack([torch.ones(2), torch.ones(3)])",
    "steps of unfold": "torch.nn.functional.unfold(torch.ones(1, 2, 4, 4), (2, 2), stride=0)",
    "negative padding of unfold": "torch.nn.functional.unfold(torch.ones(1, 2, 4, 4), (2, 2), padding=-1)",
    "distances of fold": "torch.nn.functional.fold(torch.ones(1, 8, 4), (4, 4), (2, 2), dilation=0)",
    "kernel of fold": "torch.nn.functional.fold(torch.ones(1, 8, 4), (4, 4), (0, 2))",
    "variable of a number": "torch.autograd.Variable(3)",
    "texts to pad": "torch.nn.utils.rnn.pad_sequence(['a'])",
    "item of many": "torch.ones(3).item()",
    "truth of many": "bool(torch.ones(3))",
    "ragged list": "torch.tensor([[1, 2], [3]])",
    "in place to a smaller shape": "torch.ones(3).add_(torch.ones(2, 3))",
    "in place to an integer": "torch.ones(3, dtype=torch.int64).add_(0.5)",
    "gradient of an integer": "torch.ones(3, dtype=torch.int64, requires_grad=True)",
    "leaf in place": "torch.ones(3, requires_grad=True).add_(1)",
    "backward of many": "torch.ones(3, requires_grad=True).mul(2).backward()",
    "backward without graph": "torch.ones(()).backward()",
    "numpy of a leaf that requires grad": "torch.ones(3, requires_grad=True).numpy()",
    "target out of range": "torch.nn.functional.cross_entropy(torch.ones(2, 3), torch.tensor([0, 3]))",
    "convolution channels": "torch.nn.functional.conv2d(torch.ones(1, 3, 5, 5), torch.ones(2, 4, 3, 3))",
    "normalized_shape": "torch.nn.LayerNorm(4)(torch.ones(2, 3))",
    "missing state": "torch.nn.Linear(2, 2).load_state_dict({})",
    "split sizes": "torch.ones(5).split([2, 2])",
    "arange without end": "torch.arange(0, 5, -1)",
    "subtract bools": "torch.ones(2, dtype=torch.bool) - torch.ones(2, dtype=torch.bool)",
    "optimizer without parameters": "torch.optim.SGD([], lr=0.1)",
    "negative learning rate": "torch.optim.SGD([torch.ones(1)], lr=-1.0)",
    "empty max": "torch.ones(0).max()",
    "memory format of a tensor": "torch.empty(2, memory_format=2)",
    "memory format of a conversion": "torch.ones(2).float(memory_format='channels_last')",
    "layout that is a name": "torch.zeros(2, layout='strided')",
    "graph of no module": "torch.fx.GraphModule(3, torch.fx.Graph())",
    "version of a number": "torch.autograd.graph.increment_version(3)",
    "version of numbers": "torch.autograd.graph.increment_version([3])",
    "trace of a tensor": "torch.jit.trace(torch.ones(2), torch.ones(2))",
    "order of a sparse norm": "torch.norm(torch.ones(2, 2).to_sparse(), p=torch.ones(2))",
    "name of a sparse norm": "torch.norm(torch.ones(2, 2).to_sparse(), p='one')",
    "parameters to clip": "torch.nn.utils.clip_grad_norm_(torch.float32, 1.0)",
    "records of no file": "torch._C.PyTorchFileReader('none')",
    "pieces beyond memory": "torch.ones(3).tensor_split(2**63)",
    "a device that is not there": "torch.ones(2).to('mps')",
    "another device that is not there": "torch.ones(2, device='xpu')",
    "unknown reduction": "torch.nn.functional.mse_loss(torch.ones(2), torch.ones(2), reduction='median')",
}
# PyTorch's first line differs, for a reason
OTHER_WORDS = {
    "pieces beyond memory": "PyTorch names the type that its number does not fit",
    "normalized_shape": "Taeda's sizes are known when the kernel runs, so the message names the dimension that differs",
    "gather out of range": "an index out of range is an IndexError everywhere in Taeda",
}


def outcome(library: Any, program: str) -> Any:
    """The class and first line of what a program raises."""
    return expected.outcome(lambda lib: eval(program, {"torch": lib}) and None, library)


@pytest.mark.parametrize("name", [n for n in WRONG if n not in OTHER_WORDS])
def test_like_pytorch(name: str) -> None:
    agree(lambda lib: eval(WRONG[name], {"torch": lib}))


@pytest.mark.parametrize("name", WRONG)
def test_refused(name: str) -> None:
    found = outcome(taeda, WRONG[name])
    assert isinstance(found, expected.Raised), "nothing is found wrong with this"
    assert found.kind not in ("SystemError", "NotImplementedError") and found.line


def test_a_size_that_cannot_be_had() -> None:
    with pytest.raises(RuntimeError) as caught:
        taeda.empty(1 << 50)
    assert isinstance(caught.value, taeda.OutOfMemoryError)
    assert str(4 << 50) in str(caught.value)
    assert taeda.ones(3).sum().item() == 3.0  # the process goes on


def test_the_line_of_the_user_in_backward() -> None:
    x = taeda.ones(3, requires_grad=True)
    y = x.exp()  # the line that saved what is changed below
    y.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation") as caught:
        y.sum().backward()
    text = str(caught.value) + "\n".join(getattr(caught.value, "__notes__", []))
    assert "test_wrong_programs.py" in text and "Exp" in text


def test_the_module_in_forward() -> None:
    nn = taeda.nn
    model = nn.Sequential(nn.Linear(3, 4), nn.Sequential(nn.ReLU(), nn.Linear(5, 2)))
    with pytest.raises(RuntimeError) as caught:
        model(taeda.ones(2, 3))
    assert any("1.1" in note and "Linear" in note for note in getattr(caught.value, "__notes__", []))


def test_other_things_than_tensors() -> None:
    """A TypeError that names the argument, not an attribute that the thing does not have."""
    sparse = taeda.eye(2).to_sparse()
    for wrong in (
        lambda: taeda.sub_(2, sparse),
        lambda: taeda.Tensor.to_device((1, 2), "cpu"),
        lambda: taeda.ones(2).set_([1, 2]),
        lambda: taeda.nn.utils.fuse_conv_bn_weights(taeda.ones(1, 1, 1), None, 1, 3, 1e-5, None, None),
        lambda: taeda.nn.utils.rnn.pack_padded_sequence(..., taeda.ones(3)),
        lambda: taeda.ones(2).clone(memory_format=3),
    ):
        with pytest.raises(TypeError):
            wrong()
    with pytest.raises(ValueError):
        taeda.profiler.ProfilerActivity("CUDA")
    assert taeda.fft.rfftfreq(3, 0).tolist()[1] == float("inf")


def test_convolutions_of_other_ranks_in_dispatch_modes() -> None:
    class Passing(taeda.utils._python_dispatch.TorchDispatchMode):
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            return func(*args, **(kwargs or {}))

    one, three = taeda.ones(3, 3), taeda.ones(3, 2, 2)
    for function in (taeda.conv1d, taeda.conv2d, taeda.conv_transpose1d):
        with Passing(), pytest.raises(RuntimeError):
            function(one, taeda.ones(0, 3))
    with Passing(), pytest.raises(RuntimeError):
        taeda.conv2d(taeda.ones(1, 2, 5), three)
    with Passing():
        assert taeda.conv1d(taeda.ones(2, 5), three).shape == (3, 4)
    for weight in (one, taeda.ones(1, 1, 1, 1, 1, 1)):
        with pytest.raises(RuntimeError, match="dimensions"):
            taeda.ops.aten.convolution.default(one, weight, None, [1], [0], [1], False, [0], 1)


def test_devices_that_programs_ask_for() -> None:
    """They have names, so that programs can compare them; what is put on them is refused."""
    for name in ("cuda", "mps", "xpu", "hpu", "mtia", "xla", "privateuseone"):
        assert taeda.device(name).type == name and taeda.device(f"{name}:1").index == 1
        assert taeda.ones(1).device != taeda.device(name)
        with pytest.raises((RuntimeError, AssertionError), match="Taeda has kernels for device 'cpu' only"):
            taeda.empty(2, device=name)
    with pytest.raises(RuntimeError, match="device type at start of device string: npu"):
        taeda.device("npu")


def test_dimensions_of_tensorsolve() -> None:
    with pytest.raises(IndexError, match="Dimension out of range"):
        taeda.linalg.tensorsolve(taeda.eye(4).reshape(2, 2, 4), taeda.ones(2, 2), (5,))
    with pytest.raises(RuntimeError):
        taeda.linalg.tensorsolve(taeda.ones(()), taeda.ones(5), -1)
