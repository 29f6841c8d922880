"""Lazy conjugates and negatives: who passes them on, and that everybody reads and writes the right numbers.

Of a function nothing else need be known than that it gives the same bits for the view and for the numbers of it.
"""

from __future__ import annotations

import copy
import io
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import taeda


def numbers() -> Any:
    return taeda.tensor([[1 + 2j, 3 - 4j], [5 + 6j, -7j]])


def values(x: Any) -> Any:
    return x.resolve_conj().resolve_neg()


def same(a: Any, b: Any) -> bool:
    return a.dtype == b.dtype and taeda.equal(taeda.nan_to_num(values(a)), taeda.nan_to_num(values(b)))


VIEWS: tuple[Callable[[Any], Any], ...] = (
    lambda y: y[0], lambda y: y.t(), lambda y: y.T, lambda y: y.mT, lambda y: y.view(-1), lambda y: y.reshape(-1),
    lambda y: y.flatten(), lambda y: y.unsqueeze(0), lambda y: y.squeeze(), lambda y: y.expand(3, 2, 2),
    lambda y: y.permute(1, 0), lambda y: y.movedim(0, 1), lambda y: y.diagonal(), lambda y: y.unbind()[0],
    lambda y: y.split(1)[0], lambda y: y.chunk(2)[1], lambda y: y.narrow(0, 0, 1), lambda y: y.detach(),
    lambda y: y.data, lambda y: y.unfold(0, 1, 1),
    lambda y: y.expand_as(y), lambda y: taeda.broadcast_to(y, (3, 2, 2)), lambda y: y.to(y.dtype),
)  # fmt: skip


def test_views_pass_them_on() -> None:
    y = numbers().conj()
    for view in VIEWS:
        found, imaginary = view(y), view(y.imag)
        assert found.is_conj() and not found.is_neg() and same(found, view(values(y)))
        assert imaginary.is_neg() and not imaginary.is_conj() and same(imaginary, view(values(y.imag)))
        assert found.untyped_storage().data_ptr() == y.untyped_storage().data_ptr()
    x = numbers()
    assert same(y.as_strided((2,), (1,)), y[0]) and y.as_strided((2,), (1,)).is_conj()
    assert x.mH.is_conj() and x.H.is_conj() and x.adjoint().is_conj()
    assert not y.conj().is_conj() and not y.real.is_neg() and not y.imag.conj().is_conj() and not x.is_conj()
    real = taeda.ones(2)
    assert real.conj().data_ptr() == real.data_ptr() and not real.conj().is_conj()
    assert y.imag.data_ptr() == y.real.data_ptr() + 4


def test_new_tensors_are_plain() -> None:
    y = numbers().conj()
    for made in (y + 1, y.clone(), y.conj_physical(), y.resolve_conj(), taeda.empty_like(y), y.to(taeda.complex128),
                 y @ y, taeda.cat([y, y]), y.T.contiguous(), y.T.reshape(-1), y.T.flatten(),
                 taeda.tensor(y.tolist()), taeda.nn.Parameter(y.clone())):
        assert not made.is_conj()
    assert not y.imag.clone().is_neg() and not y.imag.resolve_neg().is_neg()
    x = numbers()
    assert x.resolve_conj().data_ptr() == x.data_ptr()


READS: tuple[Callable[[Any], Any], ...] = (
    lambda y: y * 2, lambda y: y @ y, lambda y: y.mH @ y, lambda y: y.sum(), lambda y: y.mean(0), lambda y: y.imag + 1,
    lambda y: y.imag.sum(0), lambda y: y.imag @ y.real, lambda y: y.imag.cumsum(0), lambda y: y.imag.sort()[0],
    lambda y: y.imag.argmax(), lambda y: y.imag.half() * 2, lambda y: taeda.stack([y, numbers()]), lambda y: y == y.T,
    lambda y: y[[1]], lambda y: y[y.real > 0], lambda y: y.abs(), lambda y: y.angle(), lambda y: taeda.fft.fft(y),
    lambda y: taeda.where(y.real > 2, y, 1j), lambda y: taeda.einsum("ij,kj->ik", y, y), lambda y: y.imag.int(),
    lambda y: taeda.nn.functional.linear(y, y), lambda y: taeda.complex(y.imag, y.real), lambda y: y.flip(0),
    lambda y: y.masked_fill(y.real > 2, 1j), lambda y: y.scatter(0, taeda.tensor([[0, 1]]), y), lambda y: y.var(),
    lambda y: taeda.addmm(y, y, y), lambda y: taeda.vdot(y[0], y[1]), lambda y: taeda.tensor(y.tolist()),
    lambda y: taeda.tensor([y[0, 0], y[1, 1]]), lambda y: y.to(taeda.complex128), lambda y: taeda.asarray(y) + 0,
    lambda y: y.imag.matmul(y.imag.T) + y.imag.relu(), lambda y: taeda.view_as_real(y.resolve_conj()),
    lambda y: taeda.nn.functional.softmax(y.imag, -1), lambda y: y.to_sparse().to_dense(), lambda y: y.sgn(),
)  # fmt: skip


@pytest.mark.parametrize("k", range(len(READS)))
def test_reads(k: int) -> None:
    y = numbers().conj()
    assert same(READS[k](y), READS[k](values(y)))
    compiled = taeda.compile(lambda x: READS[k](x.mul(2).conj()))
    assert same(compiled(numbers()), READS[k](numbers().mul(2).conj()))


WRITES: tuple[Callable[[Any], Any], ...] = (
    lambda y: y.mul_(1j), lambda y: y.add_(1 + 1j), lambda y: y.zero_(), lambda y: y.fill_(2 - 1j), lambda y: y.exp_(),
    lambda y: y.copy_(numbers()), lambda y: y.neg_(), lambda y: y.imag.mul_(3), lambda y: y.imag.zero_(),
    lambda y: y.imag.fill_(2), lambda y: y.imag.copy_(numbers().real), lambda y: y.real.add_(2), lambda y: y.tril_(),
    lambda y: y.index_fill_(0, taeda.tensor([0]), 1j), lambda y: y.masked_fill_(y.real > 2, 1j), lambda y: y.T.add_(1j),
    lambda y: y.index_add_(0, taeda.tensor([0]), numbers()[1:]), lambda y: y.__setitem__((0, 0), 2j),
    lambda y: y.__setitem__(0, numbers()[1]), lambda y: y.__setitem__(y.real > 2, 1j), lambda y: y.imag.clamp_(min=0),
    lambda y: y.imag.__setitem__(0, 5.0), lambda y: y.imag.cumsum_(0), lambda y: y.addmm_(numbers(), numbers()),
    lambda y: y.put_(taeda.tensor([1]), taeda.tensor([1j])), lambda y: taeda.mm(numbers(), numbers(), out=y),
    lambda y: taeda.sum(numbers(), 0, out=y[0]), lambda y: taeda.add(numbers().real, 1, out=y.imag),
)  # fmt: skip


@pytest.mark.parametrize("k", range(len(WRITES)))
def test_writes_go_through(k: int) -> None:
    def written(x: Any) -> Any:
        x = x * 1
        WRITES[k](x.conj())
        return x

    expected = values(numbers().conj())
    WRITES[k](expected)
    assert same(written(numbers()), values(expected.conj()))
    assert same(taeda.compile(written)(numbers()), values(expected.conj()))


DIFFERENTIATED: tuple[Callable[[Any], Any], ...] = (
    lambda a: a.conj(), lambda a: a.conj() * a * a, lambda a: a.mH @ a, lambda a: a.conj().imag ** 2,
    lambda a: a.conj().conj() ** 2, lambda a: a.conj()[0].exp(), lambda a: taeda.linalg.inv(a.mH),
    lambda a: a.conj().T.reshape(-1) ** 2,
)  # fmt: skip


def _written_and_read(a: Any, write: Callable[[Any], Any]) -> Any:
    a = a * 1
    y = a.conj()
    write(y)
    return y**2 + a


WRITTEN_FROM = len(DIFFERENTIATED)
for _write in (lambda y: y.mul_(2j), lambda y: y.imag.mul_(3), lambda y: y.real.add_(y.imag.clone()),
               lambda y: y.T.mul_(y.clone()), lambda y: y.__setitem__(0, y[1].clone() ** 2), lambda y: y.imag.sin_()):
    DIFFERENTIATED += (lambda a, write=_write: _written_and_read(a, write),)


@pytest.mark.parametrize("k", range(len(DIFFERENTIATED)))
def test_gradients(k: int) -> None:
    def of_parts(parts: Any) -> Any:
        found = DIFFERENTIATED[k](taeda.view_as_complex(parts)).resolve_conj()
        return taeda.view_as_real(found) if found.is_complex() else found

    parts = taeda.view_as_real(numbers().to(taeda.complex128) / 4).clone().requires_grad_()
    assert taeda.autograd.gradcheck(of_parts, (parts,))
    assert taeda.autograd.gradgradcheck(of_parts, (parts,))
    x, v = numbers(), numbers().conj()  # directions and cotangents may be lazy themselves
    function = DIFFERENTIATED[k]
    assert same(taeda.func.jvp(function, (x,), (v,))[1], taeda.func.jvp(function, (x,), (values(v),))[1])
    value, pull = taeda.func.vjp(function, x)
    if value.shape == v.shape and value.is_complex():
        assert same(pull(v)[0], pull(values(v))[0])
    if k < WRITTEN_FROM and value.shape == v.shape and value.is_complex():
        batched = taeda.vmap(lambda t: pull(t.conj())[0])(taeda.stack([x, v]))
        assert same(batched[0], pull(values(v))[0]) and same(batched[1], pull(x)[0])


def test_copies_keep_what_is_pending() -> None:
    y = numbers().conj()
    file = io.BytesIO()
    taeda.save({"y": y, "imaginary": numbers().conj().imag}, file)
    file.seek(0)
    loaded = taeda.load(file)
    assert loaded["y"].is_conj() and same(loaded["y"], y)
    assert loaded["imaginary"].is_neg() and same(loaded["imaginary"], y.imag)
    for other in (pickle.loads(pickle.dumps(y)), copy.deepcopy(y), copy.copy(y)):
        assert other.is_conj() and same(other, y)
    assert str(y) == str(values(y)) and repr(y.imag) == repr(values(y.imag))
    assert y[0, 1].item() == 3 + 4j and y.tolist() == values(y).tolist() and complex(y[0, 0]) == 1 - 2j


def test_files_of_pytorch() -> None:
    torch = pytest.importorskip("torch")
    for here, there in ((taeda, torch), (torch, taeda)):
        file = io.BytesIO()
        here.save(here.tensor([1 + 2j]).conj(), file)
        file.seek(0)
        loaded = there.load(file)
        assert loaded.is_conj() and loaded.tolist() == [1 - 2j]


def test_refusals() -> None:
    y = numbers().conj()
    with pytest.raises(RuntimeError, match=r"conjugate bit set. Use tensor.resolve_conj\(\).numpy"):
        y.numpy()
    with pytest.raises(RuntimeError, match=r"negative bit set. Use tensor.resolve_neg\(\).numpy"):
        y.imag.numpy()
    assert y.numpy(force=True).tolist() == y.tolist()
    with pytest.raises(BufferError, match="Can't export tensors with the conjugate bit set"):
        y.__dlpack__()
    with pytest.raises(RuntimeError, match="view_as_real doesn't work on unresolved conjugated tensors"):
        taeda.view_as_real(y)
    with pytest.raises(RuntimeError, match="not supported for conjugate view tensors when converting"):
        y.view(taeda.float32)
    with pytest.raises(NotImplementedError, match="cannot write to a lazy conjugate or negative"):
        parameter = taeda.nn.Parameter(y)
        parameter.grad = taeda.ones_like(y)
        taeda.optim.SGD([parameter], lr=0.1).step()
