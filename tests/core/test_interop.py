"""NumPy, the buffer protocol and DLPack, both ways."""

import gc
import subprocess
import sys
import weakref

import numpy
import pytest
from same_as_torch import agree, taeda

from taeda import _core

FROM_NUMPY = """np.arange(6.).reshape(2, 3)
np.arange(6, dtype=np.int32).reshape(2, 3).T
np.arange(24.).reshape(2, 3, 4)[:, ::2, 1:]
np.float32(3)
[1]
np.array(['a'])
np.array([1], dtype='M8[s]')
np.array([1], dtype='i4,f4')
np.array([object()])
np.ones(3)[::-1]
np.ones(3, dtype='>f4')
np.ones((2, 0))
np.array(5)
np.broadcast_to(np.ones(3), (2, 3))
np.array([True, False])
np.array([1j])
np.array([1], dtype=np.float16)
np.array([1], dtype=np.longdouble)
np.zeros(3, dtype=[('a', 'i1'), ('b', 'f4')])['b']
np.ones((1,) * 3)
""".strip().split("\n")


@pytest.mark.parametrize("source", FROM_NUMPY)
def test_from_numpy(source: str) -> None:
    # the list of supported types in the message differs
    agree(
        f"torch.from_numpy({source})",
        message="['a']" not in source
        and "M8" not in source
        and "i4,f4" not in source
        and "object" not in source
        and "longdouble" not in source,
    )


@pytest.mark.parametrize(
    "dtype",
    ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64", "complex64", "complex128"],
)
def test_all_dtypes_both_ways(dtype: str) -> None:
    a = numpy.array([[0, 1, 2], [3, 4, 5]]).astype(dtype)
    t = taeda.from_numpy(a)
    assert str(t.dtype) == f"torch.{dtype}" and t.tolist() == a.tolist()
    b = t.numpy()
    assert b.dtype == a.dtype and b.ctypes.data == a.ctypes.data and b.strides == a.strides
    b[0, 0] = 1
    assert t[0, 0].item() == a[0, 0] == 1


def test_memory_is_kept_by_either_side() -> None:
    a = numpy.ones(1000)
    gone = weakref.ref(a)
    t = taeda.from_numpy(a)
    del a
    gc.collect()
    assert gone() is not None and t[999].item() == 1
    b = t.numpy()
    del t
    assert b.sum() == 1000
    del b
    gc.collect()
    assert gone() is None


def test_views_of_tensors() -> None:
    t = taeda.tensor([[1.0, 2.0], [3.0, 4.0]])
    a = t[:, 1].numpy()
    assert a.tolist() == [2, 4] and a.strides == (8,)
    a[0] = 9
    assert t.tolist() == [[1, 9], [3, 4]]
    assert t[2:].numpy().shape == (0, 2) and taeda.tensor(5).numpy().shape == ()


@pytest.mark.parametrize(
    "source",
    [
        "torch.ones(2, requires_grad=True).numpy()",
        "torch.ones(2, dtype=torch.bfloat16).numpy()",
        "np.asarray(torch.ones(2, requires_grad=True))",
        "torch.ones(2, requires_grad=True).numpy(force=True).tolist()",
        "np.asarray(torch.ones(2), dtype=np.float64).dtype.name",
        "torch.ones(2).__array__(np.float64).dtype.name",
        "np.asarray(torch.ones(2)).dtype.name",
        "np.array(torch.ones(2, 2)).shape",
        "np.add(torch.ones(2), 1).tolist()",
        "torch.ones(2).numpy(1)",
        "np.ones(2)[torch.tensor(1)]",
    ],
)
def test_numpy(source: str) -> None:
    agree(source, message="numpy(1)" not in source)


def test_read_only_memory() -> None:
    a = numpy.ones(2)
    a.flags.writeable = False
    with pytest.warns(UserWarning, match="not writable"):
        t = taeda.from_numpy(a)
    assert not t.numpy().flags.writeable
    with pytest.raises(BufferError):
        t.__dlpack__()
    with pytest.warns(UserWarning, match="not writable"):
        b = taeda.frombuffer(b"\0" * 8, dtype=taeda.float32)
    with pytest.raises(TypeError):
        memoryview(b.untyped_storage())[0] = 1


def test_no_resizing_under_foot() -> None:
    t = taeda.tensor([1.0, 2.0])
    a = t.numpy()
    with pytest.raises(RuntimeError, match="not resizable"):
        t.resize_(10000)
    assert a.tolist() == [1, 2] and t.shape == (2,)
    with pytest.raises(RuntimeError, match="not resizable"):
        taeda.from_numpy(numpy.ones(2)).resize_(100)


def test_numpy_is_not_imported_by_tensors() -> None:
    source = (
        "import sys, taeda\n"
        "x = taeda.tensor([1.0]); x[0]; x.tolist(); x == None\n"
        "assert 'numpy' not in sys.modules and 'torch' not in sys.modules\n"
        "x.numpy(); assert 'numpy' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", source], check=True)


# -- DLPack ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "dtype",
    ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64", "complex64", "complex128"],
)
def test_dlpack_with_numpy(dtype: str) -> None:
    a = numpy.arange(6).reshape(2, 3).astype(dtype)
    t = _core.from_dlpack(a.T)
    assert t.tolist() == a.T.tolist() and t.data_ptr() == a.ctypes.data
    b = numpy.from_dlpack(t)
    assert b.tolist() == a.T.tolist() and b.ctypes.data == a.ctypes.data


def test_dlpack_with_torch() -> None:
    torch = pytest.importorskip("torch")
    for dtype in ("bfloat16", "float32", "int64"):
        x = torch.arange(6, dtype=getattr(torch, dtype)).reshape(2, 3)
        t = _core.from_dlpack(x)
        assert str(t.dtype) == f"torch.{dtype}" and t.tolist() == x.tolist() and t.data_ptr() == x.data_ptr()
        y = torch.from_dlpack(t[:, 1:])
        assert y.tolist() == x[:, 1:].tolist() and y.stride() == (3, 1)
        z = torch.utils.dlpack.from_dlpack(t.__dlpack__())
        z[0, 0] = 9
        assert t[0, 0].item() == 9


@pytest.mark.parametrize("version", [None, (0, 8), (1, 0), (2, 3)])
def test_dlpack_capsules(version: tuple[int, int] | None) -> None:
    t = taeda.tensor([1.0, 2.0])
    capsule = t.__dlpack__(max_version=version)
    assert ("versioned" in repr(capsule)) == (version is not None and version >= (1, 0))
    assert _core.from_dlpack(capsule).tolist() == [1, 2]
    with pytest.raises(RuntimeError, match="invalid capsule"):
        _core.from_dlpack(capsule)  # once only
    t.__dlpack__(max_version=version)  # dropped without use


def test_dlpack_lifetimes() -> None:
    before = _core.memory_statistics()["allocated"]
    t = taeda.tensor([1.0] * 1000)
    u = _core.from_dlpack(t)
    del t
    assert u[999].item() == 1 and _core.memory_statistics()["allocated"] > before
    c = u.__dlpack__(copy=True)
    v = _core.from_dlpack(c)
    assert v.data_ptr() != u.data_ptr()
    del u, v, c
    assert _core.memory_statistics()["allocated"] == before


@pytest.mark.parametrize(
    "source",
    [
        "torch.ones(2, requires_grad=True).__dlpack__()",
        "tuple(map(int, torch.ones(2).__dlpack_device__()))",
        "torch.ones(2).__dlpack__(stream=3)",
        "torch.ones(2).__dlpack__(3)",
    ],
)
def test_dlpack_manners(source: str) -> None:
    agree(source, message=False)


class Device:
    """An exporter that claims another device, or gives something that is no capsule."""

    def __init__(self, kind: int, capsule: object = None) -> None:
        self.kind, self.capsule = kind, capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return self.kind, 0

    def __dlpack__(self) -> object:
        return self.capsule


def test_dlpack_of_strange_objects() -> None:
    with pytest.raises(BufferError, match="Unsupported device_type: 2"):
        _core.from_dlpack(Device(2))
    with pytest.raises(RuntimeError, match="invalid capsule"):
        _core.from_dlpack(Device(1, 5))
    with pytest.raises(RuntimeError, match="__dlpack_device__"):
        _core.from_dlpack(3)
    with pytest.raises(ValueError, match="negative"):
        _core.from_dlpack(numpy.ones(3)[::-1])
    assert _core.from_dlpack(Device(1, taeda.tensor([3]).__dlpack__())).tolist() == [3]
