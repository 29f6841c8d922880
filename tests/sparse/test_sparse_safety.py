"""Sparse tensors have no memory of their own, and whatever their indices are, nothing outside of a buffer is read."""

from __future__ import annotations

import copy
import io
import pickle
from typing import Any

import pytest

import taeda
from taeda._binding import internal

BAD_INDICES = ([[0, 9], [0, 1]], [[0, -1], [0, 1]], [[0, 1], [0, 2**62]], [[-(2**63), 1], [0, 1]])
BAD_POINTERS = ([0, 1, 2**40], [0, -1, 2], [5, 1, 2], [0, 3, 2], [0, 2**62, 2])


def bad(indices: Any) -> Any:
    return taeda.sparse_coo_tensor(indices, [1.0, 2.0], (2, 3), check_invariants=False)


@pytest.mark.parametrize("indices", BAD_INDICES)
def test_bad_indices(indices: Any) -> None:
    with pytest.raises(RuntimeError, match="index"):
        taeda.sparse_coo_tensor(indices, [1.0, 2.0], (2, 3))
    calls: list[Any] = [
        lambda x: x.to_dense(), lambda x: x @ taeda.ones(3, 2), lambda x: x.coalesce(), lambda x: taeda.ones(2, 3) + x,
        lambda x: x * taeda.ones(2, 3), lambda x: taeda.ones(2, 3).sparse_mask(x), lambda x: x.to_sparse_csr(),
        lambda x: taeda.sparse.softmax(x, 1), lambda x: x @ x.t(), lambda x: x.sum(0), lambda x: x.select(0, 1),
        lambda x: x.index_select(0, taeda.tensor([0, 1])), lambda x: x * x, lambda x: repr(x), lambda x: x.t(),
    ]  # fmt: skip
    for call in calls:
        try:
            call(bad(indices))
        except (RuntimeError, IndexError, ValueError):
            continue


@pytest.mark.parametrize("pointers", BAD_POINTERS)
@pytest.mark.parametrize("columns", [[0, 1], [0, 7], [-5, 1]])
@pytest.mark.parametrize("layout", ["sparse_csr", "sparse_csc", "sparse_bsr"])
def test_bad_pointers(pointers: Any, columns: Any, layout: str) -> None:
    values = taeda.ones(2, 1, 1) if layout == "sparse_bsr" else taeda.ones(2)
    size = (3, 2) if layout == "sparse_csc" else (2, 3)
    given = (pointers, columns, values, size)
    with pytest.raises(RuntimeError, match="not satisfied"):
        taeda.sparse_compressed_tensor(*given, layout=getattr(taeda, layout))
    x = taeda.sparse_compressed_tensor(*given, layout=getattr(taeda, layout), check_invariants=False)
    calls: list[Any] = [
        lambda: x.to_dense(), lambda: x @ taeda.ones(size[1], 2), lambda: x.to_sparse(), lambda: x + x,
        lambda: taeda.sparse.sampled_addmm(x, taeda.ones(2, 2), taeda.ones(2, 3)),
        lambda: x.t() @ taeda.ones(size[0], 2),
        lambda: taeda.ones(size).sparse_mask(x), lambda: taeda.ones(size) + x, lambda: taeda.ones(2, size[0]) @ x,
    ]  # fmt: skip
    for call in calls:
        with pytest.raises((RuntimeError, IndexError)):
            call()


def test_kernels_check_what_they_are_given() -> None:
    ones, columns = taeda.ones(2), taeda.tensor([0, 1])
    for pointers in ([], [0, 1, 9], [0, 5], [3, 2]):
        given = taeda.tensor(pointers, dtype=taeda.int64)
        with pytest.raises(RuntimeError):
            internal.sparse_product(ones, given, columns, taeda.ones(2, 2))
    with pytest.raises(IndexError, match="column 7"):
        internal.sparse_product(ones, taeda.tensor([0, 2]), taeda.tensor([0, 7]), taeda.ones(2, 2))
    with pytest.raises(RuntimeError, match="without rows"):
        internal.row_numbers(taeda.tensor([0]), columns)
    with pytest.raises(RuntimeError, match="order"):
        internal.group_numbers(columns, taeda.tensor([0, 9]), 2)
    with pytest.raises(RuntimeError, match="entry 1 has the index 5"):
        internal.group_numbers(taeda.tensor([0, 5]), taeda.tensor([1, 0]), 2)


def test_an_order_that_names_a_place_twice_writes_nothing_behind_the_places() -> None:
    for count in (2, 1000):
        keys = taeda.arange(count)
        pointers, places = internal.group_numbers(keys, taeda.full((count,), count - 1), count)
        assert pointers.tolist() == [0] * count + [count] and places.tolist() == [count - 1] * count


@pytest.mark.parametrize("layout", ["sparse_coo", "sparse_csr"])
def test_no_memory(layout: str) -> None:
    """Methods of the core that read memory, called as functions of Tensor, refuse what has none."""
    x = taeda.eye(3).to_sparse(layout=getattr(taeda, layout))
    assert isinstance(x, taeda.Tensor)
    for name in (
        "tolist", "item", "numpy", "__array__", "__dlpack__", "__float__", "__int__", "__bool__", "__index__",
        "__complex__", "untyped_storage", "detach", "requires_grad_", "__reduce_ex__", "__copy__", "__getitem__",
        "__iter__", "__len__", "__repr__", "data_ptr", "is_set_to", "resize_", "as_subclass", "__setitem__",
        "__contains__", "share_memory_", "detach_", "retain_grad", "register_hook",
    ):
        method = getattr(taeda.Tensor, name)
        for arguments in ((), (0,), (x,), (taeda.Tensor,), (0, 1.0)):
            try:
                method(x, *arguments)
            except Exception as refusal:
                assert not isinstance(refusal, SystemError), (name, refusal)
    for make in (lambda: type(x)(), lambda: taeda.ones(3).as_subclass(type(x)), lambda: taeda.Tensor.detach(x)):
        for _ in range(3):  # what fails must not be counted as a tensor that is gone
            with pytest.raises((TypeError, NotImplementedError)):
                make()
    with pytest.raises(IndexError, match="strided"):
        taeda.ones(3)[x]
    with pytest.raises(NotImplementedError, match="exp"):
        x.exp()
    for make in (lambda: taeda.tensor(x), lambda: taeda.from_dlpack(x), lambda: taeda.nn.Parameter(x)):
        try:
            make()
        except Exception as refusal:
            assert not isinstance(refusal, SystemError), refusal
    before = taeda._core.set_overrides(False)
    try:
        assert taeda.equal((x + x).to_dense(), 2 * taeda.eye(3))
    finally:
        taeda._core.set_overrides(before)


@pytest.mark.parametrize("layout", ["sparse_coo", "sparse_csr", "sparse_csc", "sparse_bsr", "sparse_bsc"])
def test_files(layout: str) -> None:
    x = taeda.eye(4).to_sparse(layout=getattr(taeda, layout), blocksize=(2, 2) if "bs" in layout else None)
    file = io.BytesIO()
    taeda.save({"x": x, "n": 1}, file)
    file.seek(0)
    for y in (taeda.load(file)["x"], pickle.loads(pickle.dumps(x)), copy.deepcopy(x), copy.copy(x)):
        assert repr(y) == repr(x) and y.layout is x.layout


@pytest.mark.filterwarnings("ignore")
def test_files_of_pytorch() -> None:
    torch = pytest.importorskip("torch")
    for layout in ("sparse_coo", "sparse_csr", "sparse_csc"):
        x = torch.eye(3).to_sparse(layout=getattr(torch, layout))
        file = io.BytesIO()
        torch.save(x, file)
        file.seek(0)
        y = taeda.load(file)
        assert repr(y) == repr(x)
        file = io.BytesIO()
        taeda.save(y, file)
        file.seek(0)
        assert repr(torch.load(file)) == repr(x)


def test_damaged_files() -> None:
    from taeda.serialization import CheckpointError

    wrong = taeda.sparse_coo_tensor([[0, 7]], [1.0, 2.0], (3,), check_invariants=False)
    unordered = taeda.sparse_coo_tensor([[2, 0]], [1.0, 2.0], (3,), is_coalesced=True)
    files = []
    for x in (wrong, unordered):
        files.append(io.BytesIO())
        taeda.save(x, files[-1])
        files[-1].seek(0)
    with pytest.raises(CheckpointError, match="do not fit"):
        taeda.load(files[0])
    assert not taeda.load(files[1]).is_coalesced()


def test_scipy() -> None:
    """Matrices of SciPy, by their arrays."""
    scipy = pytest.importorskip("scipy.sparse")
    m = scipy.random(7, 5, 0.4, format="csr", random_state=0, dtype="float32")
    dense = taeda.from_numpy(m.toarray())
    csr = taeda.sparse_csr_tensor(taeda.from_numpy(m.indptr), taeda.from_numpy(m.indices), taeda.from_numpy(m.data),
                                  size=m.shape)
    assert csr.crow_indices().dtype is taeda.int32 and taeda.equal(csr.to_dense(), dense)
    assert taeda.allclose(csr @ taeda.ones(5, 2), dense @ taeda.ones(5, 2))
    c = m.tocoo()
    coo = taeda.sparse_coo_tensor(taeda.stack([taeda.from_numpy(c.row), taeda.from_numpy(c.col)]),
                                  taeda.from_numpy(c.data), c.shape)
    assert taeda.equal(coo.to_dense(), dense)
    back = scipy.csr_matrix((csr.values().numpy(), csr.col_indices().numpy(), csr.crow_indices().numpy()), csr.shape)
    assert (back != m).nnz == 0


def test_second_order_and_meta() -> None:
    s = taeda.tensor([[0.0, 2.0], [3.0, 0.0]], dtype=taeda.float64).to_sparse_csr().requires_grad_()
    d = taeda.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=taeda.float64, requires_grad=True)
    out = (taeda.sparse.mm(s, d) ** 2).sum()
    by_s, by_d = taeda.autograd.grad(out, (s, d), create_graph=True)
    assert by_s.layout is taeda.sparse_csr and by_s.requires_grad
    second = taeda.autograd.grad(by_s.values().sum() + by_d.sum(), (s, d))
    full = s.detach().to_dense().requires_grad_()
    result = ((full @ d) ** 2).sum()
    first = taeda.autograd.grad(result, (full, d), create_graph=True)
    wanted = taeda.autograd.grad((first[0] * (full != 0)).sum() + first[1].sum(), (full, d))
    assert taeda.allclose(second[1], wanted[1])
    assert taeda.allclose(second[0].to_dense(), wanted[0] * (full != 0))
    nowhere = taeda.empty(2, 5, dtype=taeda.int64, device="meta")
    m = taeda.sparse_coo_tensor(nowhere, taeda.empty(5, device="meta"), (3, 4))
    assert m.is_meta and m.shape == (3, 4) and "meta" in repr(m)


def test_compiled() -> None:
    s = taeda.sparse_csr_tensor([0, 1, 3], [2, 0, 2], [3.0, 4.0, 5.0], (2, 3))

    def f(d: Any) -> Any:
        return (taeda.sparse.mm(s, d * 2) + 1).relu()

    d = taeda.arange(6.0).reshape(3, 2)
    assert taeda.equal(taeda.compile(f)(d), f(d))


def test_bits_do_not_depend_on_threads() -> None:
    taeda.manual_seed(0)
    s = (taeda.rand(300, 200) * (taeda.rand(300, 200) < 0.1)).to_sparse_csr()
    d = taeda.randn(200, 37)
    threads = taeda.get_num_threads()
    results = []
    for n in (1, 2):
        taeda.set_num_threads(n)
        results.append(s @ d)
    taeda.set_num_threads(threads)
    assert taeda.equal(*results)
    assert taeda.equal((s @ d[:, 3:4]).squeeze(1), results[0][:, 3])
