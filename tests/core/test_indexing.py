"""x[...] and x[...] = value: views, bounds, errors."""

import hypothesis
import hypothesis.strategies as st
import pytest
from same_as_torch import agree, run, taeda

READ = """x[0]
x[-1]
x[3]
x[-4]
x[0, 4]
x[0, -5]
x[0, 0, 0]
x[:, :, :]
x[0, ..., 0]
x[..., 0, 0, ...]
x[None]
x[None, ..., None]
x[::2]
x[::-1]
x[::0]
x[5:]
x[2:1]
x[-100:100:3]
x[:, 1::2]
x['a':]
x[1.5:]
x[1.5]
x['a']
x[{}]
x[object()]
x[torch.tensor(1)]
x[torch.tensor(-1, dtype=torch.int8)]
x[torch.tensor(5)]
x[torch.tensor(1.5)]
x[torch.tensor([1.5])]
x[torch.tensor([0, 1], dtype=torch.int8)]
x[(0, 1)]
x[np.int64(1)]
x[np.array(1)]
x[torch.tensor(1):]
x[:torch.tensor([2])]
x[:torch.tensor([2, 3])]
x[slice(torch.tensor(0.5), None)]
torch.tensor(3)[0]
torch.tensor(3)[...]
torch.tensor(3)[None]
torch.tensor(3)[()]
torch.tensor(3)[:]
torch.tensor(3)[0, 0]
torch.tensor(3)[torch.tensor(0)]
x[()]
x[...]
x[:]
x[2**70]
x[:2**70]
x[-2**70:]
torch.ones(0, 3)[0]
torch.ones(2, 0)[0]
torch.ones(2, 0)[:, 0]
[v for v in x]
list(torch.tensor(1))
len(x)
len(torch.tensor(1))
x[[0, slice(None)]]
x[[None, 0]]
x[:, None, 1].shape
x[1:, ..., None, 2:].stride()
x[1:2, 1:3].storage_offset()
x.T[1]
x.T[1:3, 0]
x[::2][1]
x[:, 1:][:, 1]
""".strip().split("\n")


@pytest.mark.parametrize("source", READ)
def test_read(source: str) -> None:
    agree(f"x = torch.arange(12.).reshape(3, 4)\n{source}")


ADVANCED = """x[True]
x[False]
x[True, 0]
x[0, True]
x[torch.tensor(True)]
x[torch.tensor([True, False, True])]
x[torch.tensor([True, False])]
x[torch.ones(2, 2, dtype=torch.bool)]
x[[0, 1]]
x[[0, 1], [0, 1]]
x[[True, False, True]]
x[[]]
x[:, [0, 1]]
x[np.array([0, 1])]
x[np.array([True, False, True])]
x[torch.tensor([0, 1], dtype=torch.int32)]
x[torch.tensor([0, 5])]
x[torch.tensor([0, -4])]
x[range(2)]
x[(0,), (1,)]
x[x > 5]
x[x[0] > 5]
x[torch.tensor([[0, 1], [2, 0]])]
x[torch.tensor([0, 1]), 1:]
x[torch.tensor([0, 1]), None]
x[None, torch.tensor([0, 1]), 0]
x[torch.tensor([0, 1]), torch.tensor([0, 1, 2])]
x[torch.tensor([[0], [1]]), torch.tensor([0, 1, 2])]
""".strip().split("\n")


@pytest.mark.parametrize("source", ADVANCED)
def test_advanced_read(source: str) -> None:
    agree(f"x = torch.arange(12.).reshape(3, 4)\n{source}")


WRITE = """x[0] = torch.ones(1, 1, 4)
x[0] = torch.ones(4, dtype=torch.int64)
x[0] = True
x[0] = 7
x[:] = 2.5
x[...] = torch.arange(4.)
x[1:, ::2] = 9
x[:, None] = 1
x[5] = 1
x[0, 0] = 1+2j
x[0] = 'a'
x[0] = None
x[0] = [1, 2, 3, 4]
x[0] = np.ones(4)
x[:, 1] = torch.arange(3.)
x[()] = 5
x[::2] = torch.tensor([[1.], [2.]])
x[0] = x[1]
x[:, 0] = x[0, 0]
x[0:0] = 3
""".strip().split("\n")


@pytest.mark.parametrize("source", WRITE)
def test_write(source: str) -> None:
    agree(f"x = torch.arange(12.).reshape(3, 4)\n{source}\nx")


ADVANCED_WRITE = """x[True] = 1
x[False] = 1
x[x > 5] = 0
x[[0, 1]] = torch.ones(4)
x[torch.tensor([0, 2])] = torch.arange(8.).reshape(2, 4)
x[:, [0, 1]] = 5
x[[0, 2], 1:3] = torch.tensor([1., 2.])
x[torch.tensor([True, False, True])] = -1
""".strip().split("\n")


@pytest.mark.parametrize("source", ADVANCED_WRITE)
def test_advanced_write(source: str) -> None:
    agree(f"x = torch.arange(12.).reshape(3, 4)\n{source}\nx")


def test_deleting() -> None:
    x = taeda.tensor([1.0])
    with pytest.raises(TypeError, match="does not support deleting items"):
        del x[0]


def test_too_long_keys() -> None:
    x = taeda.tensor([[1.0]])
    with pytest.raises(IndexError):
        x[(0,) * 1000]
    with pytest.raises((IndexError, NotImplementedError)):
        x[(None,) * 30]


def test_views_share() -> None:
    x = taeda.tensor([[1.0, 2.0], [3.0, 4.0]])
    y = x[:, 1]
    x[0, 1] = 9
    assert y.tolist() == [9, 4] and y._base is x and y._is_view()
    y[1] = 8
    assert x.tolist() == [[1, 9], [3, 8]] and x._version == y._version == 2


slices = st.builds(
    slice,
    st.one_of(st.none(), st.integers(-6, 6)),
    st.one_of(st.none(), st.integers(-6, 6)),
    st.one_of(st.none(), st.integers(-1, 4)),
)
items = st.one_of(st.integers(-5, 5), slices, st.none(), st.just(...))


@hypothesis.given(st.lists(st.integers(0, 4), max_size=4), st.lists(items, max_size=5).map(tuple))
@hypothesis.settings(max_examples=400, deadline=None)
def test_any_basic_key(shape: list[int], key: tuple) -> None:
    torch = pytest.importorskip("torch")

    hypothesis.assume(key.count(...) < 2)
    n = taeda.Size(shape).numel()
    source = f"x = torch.arange({n}.).reshape({shape})\ny = x[{key!r}]\n".replace("Ellipsis", "...")
    source += "[y, y.is_contiguous(), y.stride() if y.numel() > 1 else 0]"
    assert run(taeda, source) == run(torch, source)
