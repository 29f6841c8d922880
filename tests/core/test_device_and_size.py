"""device, Size, layout, memory_format."""

import copy
import pickle

import pytest
from same_as_torch import agree, taeda


@pytest.mark.parametrize(
    "source",
    [
        "torch.device('cpu')",
        "torch.device('cpu:0')",
        "torch.device('cuda:1')",
        "torch.device('cuda', 1)",
        "torch.device('meta')",
        "torch.device(type='cpu', index=None)",
        "torch.device(type='cuda', index=3)",
        "torch.device(torch.device('cuda:2'))",
        "str(torch.device('cuda:1'))",
        "str(torch.device('cpu'))",
        "torch.device('cuda:1').index",
        "torch.device('cpu').index",
        "torch.device('cuda:1').type",
        "torch.device('cpu') == torch.device('cpu:0')",
        "torch.device('cuda:1') == torch.device('cuda', 1)",
        "torch.device('cpu') == 'cpu'",
        "torch.device('cpu') != None",
        "torch.device('cuda:x')",
        "torch.device('')",
        "torch.device('cuda:01')",
        "torch.device('cuda:-1')",
        "torch.device('cuda', -1)",
        "torch.device('cuda:')",
        "torch.device('cuda:99999999999')",
        "torch.device('cuda:1', 'a')",
        "len({torch.device('cpu'), torch.device('cpu'), torch.device('cuda')})",
    ],
)
def test_device(source: str) -> None:
    agree(source)


@pytest.mark.parametrize(
    "source",
    [
        "torch.device('foo')",
        "torch.device('foo:1')",
        "torch.device()",
        "torch.device(2.5)",
        "torch.device(None)",
        "torch.device('cuda:1', 1)",
        "torch.device('cpu', foo=1)",
        "torch.device('cpu') < torch.device('cuda')",
    ],
)
def test_device_errors(source: str) -> None:
    agree(source, message=False)


@pytest.mark.parametrize("text", ["cpu", "cuda:3", "meta"])
def test_device_copies(text: str) -> None:
    d = taeda.device(text)
    assert pickle.loads(pickle.dumps(d)) == d and copy.deepcopy(d) is d


@pytest.mark.parametrize(
    "source",
    [
        "torch.Size([2, 3])",
        "torch.Size()",
        "torch.Size([])",
        "torch.Size((2,)) + (1,)",
        "(1,) + torch.Size([2])",
        "torch.Size([2]) + torch.Size([3])",
        "torch.Size([2]) * 2",
        "2 * torch.Size([2])",
        "torch.Size([1, 2, 3])[1:]",
        "torch.Size([1, 2, 3])[::2]",
        "torch.Size([1, 2, 3])[-1]",
        "torch.Size([2, 3]).numel()",
        "torch.Size([]).numel()",
        "torch.Size([2, 3]) == (2, 3)",
        "hash(torch.Size([2, 3])) == hash((2, 3))",
        "torch.Size([2, 1.5])",
        "torch.Size(3)",
        "torch.Size(['a'])",
        "torch.Size([np.int64(3)])",
        "[*torch.Size([4, 5])]",
        "torch.Size([2, 3]).count(2)",
        "torch.Size([2, 3]).index(3)",
        "torch.Size(range(3))",
        "tuple(torch.Size([1]))",
        "torch.Size([True])[0]",
        "isinstance(torch.Size([1]), tuple)",
        "torch.tensor([[1, 2]]).shape",
        "torch.tensor(1).shape",
    ],
)
def test_size(source: str) -> None:
    agree(source)


@pytest.mark.parametrize(
    "source",
    ["torch.Size([1]) + [2]", "torch.Size([1]) + 2", "torch.Size([1])[5]", "torch.Size(a=1)", "torch.Size(1, 2)"],
)
def test_size_errors(source: str) -> None:
    agree(source, message=False)


def test_size_copies() -> None:
    s = taeda.Size([2, 3])
    for t in (pickle.loads(pickle.dumps(s)), copy.copy(s), copy.deepcopy(s)):
        assert type(t) is taeda.Size and t == s


def test_large_numel_does_not_overflow() -> None:
    assert taeda.Size([2**40, 2**40]).numel() == 2**80


def test_constants() -> None:
    assert repr(taeda._core.strided) == "torch.strided" and repr(taeda._core.channels_last) == "torch.channels_last"
    assert taeda.tensor(1.0).layout is taeda._core.strided
