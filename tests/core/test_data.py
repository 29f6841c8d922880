"""Tensors from Python data: taeda.tensor, as_tensor, asarray, frombuffer, Tensor()."""

import array

import hypothesis
import hypothesis.strategies as st
import pytest
from same_as_torch import agree, run, taeda

INFERRED = """1
1.5
True
1+2j
[1, 2, 3, 4]
[1., 2., 3., 4.]
[1, 2.0, True]
[True, 2]
[True, False]
[1+2j, 1]
[]
[[], []]
[[], [1]]
[[[]]]
[[1, 2], [3, 4]]
((1, 2), (3, 4))
[(1, 2), [3., 4]]
range(3)
[range(2), range(2)]
2**62
-2**63
2**63
-2**63 - 1
[2**63]
[2**63, 1.0]
[[1, 2], [3]]
[[1, 2], 3]
[1, [3]]
[1., [3]]
[[1], [2, 3]]
[[[1]], [[2, 3]]]
'a'
b'abc'
['a']
[1, 'a']
[b'ab']
None
[None]
[1, None]
{1: 2}
{1, 2}
[{}]
bytearray(b'abc')
object()
[object()]
float('nan')
[1e400, -1e400]
[torch.tensor(1), torch.tensor(2.)]
[torch.tensor([1]), torch.tensor([2.])]
[torch.ones(2), torch.ones(2)]
[[torch.tensor(1), 2.5]]
np.float64(3)
np.float32(3)
np.int32(3)
np.bool_(True)
np.complex64(1j)
[np.float64(3)]
[np.float32(3), 1.0]
[np.int32(3), np.int8(1)]
[np.uint8(3), np.int8(1)]
[np.int64(3), 1.5]
np.ones((2, 2))
np.ones((2, 2), dtype=np.float16)
np.ones((2, 2), order='F')
np.ones((4, 4))[::2, 1:3]
np.array(5)
np.ones((2, 0))
np.array([True])
[np.ones(2), np.ones(2)]
[[np.ones(2)], [np.ones(2)]]
np.ones((2, 2))[::-1]
np.array([1], dtype=np.int32)
""".strip().split("\n")


@pytest.mark.parametrize("source", INFERRED)
def test_inferred(source: str) -> None:
    agree(f"torch.tensor({source})")


CONVERTED = """300, dtype=torch.uint8
[300], dtype=torch.uint8
[-1], dtype=torch.uint8
[-255], dtype=torch.uint8
[-256], dtype=torch.uint8
[128], dtype=torch.int8
[-128], dtype=torch.int8
[-129], dtype=torch.int8
2**31, dtype=torch.int32
[1.7, -1.7], dtype=torch.int64
[300.5], dtype=torch.uint8
[float('nan')], dtype=torch.int64
[float('nan')], dtype=torch.int32
[1e30], dtype=torch.int64
[1e30], dtype=torch.float16
[1e300], dtype=torch.float32
2**63, dtype=torch.float64
[2**70], dtype=torch.float32
[10**400], dtype=torch.float32
[1.5, 0., float('nan')], dtype=torch.bool
[2, 0], dtype=torch.bool
[1+2j], dtype=torch.float32
[1+2j], dtype=torch.int64
[1+2j, 0j], dtype=torch.complex128
[1, 2.5, True], dtype=torch.complex64
[True, 2.5], dtype=torch.float64
[None], dtype=torch.float32
['a'], dtype=torch.float32
[1], dtype=float
[1], dtype=int
[1], dtype=bool
[1], dtype='float32'
[1, 2], requires_grad=True
[1., 2.], requires_grad=True
1.5, pin_memory=False
[1], foo=2
1, 2
np.ones(3), dtype=torch.int32
np.array([1.7, 2.2]), dtype=torch.int64
np.array([1, 2]), dtype=torch.bool
torch.ones(2), dtype=torch.int64
torch.ones(2, 2)[:, ::1]
[[1, 2], [3, 4]], dtype=torch.bfloat16
[np.int64(3)], dtype=torch.float32
1.5, device='cpu'
1.5, device=torch.device('cpu')
1.5, device='foo'
[np.int64(300)], dtype=torch.uint8
""".strip().split("\n")


@pytest.mark.parametrize("source", CONVERTED)
def test_converted(source: str) -> None:
    agree(f"torch.tensor({source})", message="foo'" not in source)


def test_self_containing_list() -> None:
    loop: list = []
    loop.append(loop)
    with pytest.raises(ValueError, match="too many dimensions 'list'"):
        taeda.tensor(loop)


class Shrinks:
    """An element whose conversion makes the list that holds it shorter."""

    def __init__(self, items: list) -> None:
        self.items = items

    def __float__(self) -> float:
        self.items.clear()
        return 1.0


def test_a_list_that_changes_meanwhile() -> None:
    items: list = []
    items.extend([Shrinks(items), *range(1000)])
    with pytest.raises(ValueError, match="expected sequence of length 1001"):
        taeda.tensor(items, dtype=taeda.float32)


class Sequence:
    """A sequence whose length and items are anything."""

    def __init__(self, length: int, fails: bool = False) -> None:
        self.length, self.fails = length, fails

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, i: int) -> float:
        if self.fails:
            raise ZeroDivisionError
        if i >= self.length:
            raise IndexError
        return float(i)


def test_foreign_sequences() -> None:
    assert taeda.tensor(Sequence(3)).tolist() == [0.0, 1.0, 2.0]
    with pytest.raises(ZeroDivisionError):
        taeda.tensor(Sequence(3, fails=True))


class Endless(Sequence):
    """A sequence that says it has a length, and gives items beyond it."""

    def __getitem__(self, i: int) -> float:
        return float(i)


def test_a_sequence_without_an_end() -> None:
    assert taeda.tensor(Endless(3)).tolist() == [0.0, 1.0, 2.0]
    assert taeda.tensor([Endless(2), Endless(2)]).shape == (2, 2)


numbers = st.one_of(st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(width=32))


@st.composite
def nested(draw: st.DrawFn) -> object:
    """Mostly regular nestings of numbers, some ragged."""
    shape = draw(st.lists(st.integers(0, 3), max_size=4))

    def build(dims: list[int]) -> object:
        if not dims:
            return draw(numbers)
        n = dims[0] + (draw(st.integers(0, 30)) == 0)
        return [build(dims[1:]) for _ in range(n)]

    return build(shape)


@hypothesis.given(nested())
@hypothesis.settings(max_examples=300, deadline=None)
def test_any_nesting(data: object) -> None:
    torch = pytest.importorskip("torch")

    data = repr(data).replace("nan", "float('nan')").replace("inf", "float('inf')")
    assert run(taeda, f"torch.tensor({data})") == run(torch, f"torch.tensor({data})")


def test_a_copy_is_made() -> None:
    import numpy

    a = numpy.ones(3)
    t = taeda.tensor(a)
    a[0] = 5
    assert t.tolist() == [1, 1, 1]


def test_meta() -> None:
    t = taeda.tensor([[1, 2]], device="meta")
    assert t.shape == (1, 2) and t.device.type == "meta" and t.dtype is taeda.int64 and t.is_meta
    for call in (t.item, t.tolist, t.numpy, t.__dlpack__, lambda: bool(t[0, 0])):
        with pytest.raises((RuntimeError, TypeError, NotImplementedError, BufferError)):
            call()


@pytest.mark.parametrize(
    "source",
    [
        "torch.Tensor()",
        "torch.Tensor(2, 3).shape",
        "torch.Tensor([1, 2])",
        "torch.Tensor([[1, 2], [3, 4]])",
        "torch.Tensor(torch.Size([2, 3])).shape",
        "torch.Tensor('a')",
        "torch.Tensor(np.ones(2))",
        "torch.Tensor(torch.ones(2))",
        "torch.Tensor(torch.ones(2, dtype=torch.int64))",
        "torch.Tensor(2.5)",
        "torch.Tensor(2, 3).dtype",
        "torch.Tensor(0).shape",
        "torch.Tensor(2, -1)",
    ],
)
def test_old_constructor(source: str) -> None:
    agree(source)


@pytest.mark.parametrize(
    "source",
    [
        "torch.as_tensor([1, 2])",
        "torch.as_tensor(np.ones(2))",
        "torch.as_tensor(np.ones(2), dtype=torch.float32)",
        "torch.as_tensor(2.5)",
        "t = torch.ones(2)\ntorch.as_tensor(t) is t",
        "t = torch.ones(2)\ntorch.as_tensor(t, dtype=torch.float64)",
        "a = np.ones(2)\nt = torch.as_tensor(a)\na[0] = 5\nt",
        "torch.as_tensor([1, 2], torch.float64)",
        "torch.as_tensor([1], torch.float64, 'cpu')",
        "t = torch.ones(2)\ntorch.asarray(t) is t",
        "t = torch.ones(2)\ntorch.asarray(t, copy=True) is t",
        "torch.asarray([1, 2.5])",
        "torch.asarray(3)",
        "torch.asarray([1], copy=False)",
        "torch.asarray(np.ones(2), dtype=torch.int32)",
        "a = np.ones(2)\nt = torch.asarray(a)\na[0] = 5\nt",
        "a = np.ones(2)\nt = torch.asarray(a, copy=True)\na[0] = 5\nt",
        "torch.asarray(bytearray(b'abcdefgh'), dtype=torch.int32)",
        "torch.asarray(torch.ones(2), requires_grad=True).requires_grad",
    ],
)
def test_without_copies(source: str) -> None:
    agree(source, message="copy=False" not in source)


@pytest.mark.parametrize(
    "source",
    [
        "b'abcdefgh', dtype=torch.float32",
        "bytearray(b'abcdefgh'), dtype=torch.float32",
        "bytearray(b'abcdefg'), dtype=torch.float32",
        "bytearray(b''), dtype=torch.float32",
        "bytearray(b'abcdefgh'), dtype=torch.float32, count=3",
        "bytearray(b'abcdefgh'), dtype=torch.int16, offset=2",
        "bytearray(b'abcdefgh'), dtype=torch.float32, offset=9",
        "bytearray(b'abcdefgh'), dtype=torch.float32, count=-2",
        "bytearray(b'abcdefgh'), dtype=torch.float32, count=0",
        "3, dtype=torch.float32",
        "bytearray(b'abcdefgh'), dtype=torch.uint8, count=2, offset=6",
        "bytearray(b'abcdefgh'), dtype=torch.float32, offset=-1",
        "bytearray(b'abcdefgh'), dtype=torch.int32, requires_grad=True",
        "bytearray(b'abcdefgh'), dtype=torch.uint8, count=2**62",
        "bytearray(b'\\0\\0\\x80?'), dtype=torch.float32, requires_grad=True",
    ],
)
def test_frombuffer(source: str) -> None:
    agree(f"torch.frombuffer({source})")


def test_frombuffer_shares_and_keeps_the_memory() -> None:
    a = array.array("f", [1, 2, 3])
    t = taeda.frombuffer(a, dtype=taeda.float32)
    a[1] = 7
    assert t.tolist() == [1, 7, 3]
    with pytest.raises(BufferError):
        a.append(1.0)  # would move the memory away
    del a
    assert t.tolist() == [1, 7, 3]
