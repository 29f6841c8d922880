"""Device "meta": every op row gives there what it gives on the CPU, but for the elements: shapes, dtypes and strides of
the results and of the gradients. Nothing is compiled to machine code and no memory is taken."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from test_rows import ROWS, function_of, samples

import taeda
from taeda import _core
from taeda.ops.op import registry
from taeda.testing import forms
from taeda.testing.samples import tensors_of

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

# The sizes of their results depend on values (those of one_hot where it is not told the number of classes).
DATA_DEPENDENT = ("bincount", "masked_select", "nonzero", "repeat_interleave", "unique")


def outcome(name: str, sample: Any, device: str) -> Any:
    """What the call gives on `device`, in words: geometry of results and gradients, or the class of the error."""
    leaves: list[Any] = []

    def leaf(t: Any) -> Any:
        leaves.append(t.detach().to(device).requires_grad_(t.requires_grad))
        return leaves[-1]

    args, kwargs = forms.map_tensors(leaf, (list(sample.args), sample.kwargs), taeda.Tensor)
    try:
        results = tensors_of(function_of(registry.ops[name], taeda)(*args, **kwargs), taeda.Tensor)
    except RuntimeError as e:
        return type(e).__name__, str(e)
    inputs = [t for t in leaves if t.requires_grad]
    live = [r for r in results if r.requires_grad]
    gradients = taeda.autograd.grad(live, inputs, [taeda.ones_like(r) for r in live], allow_unused=True) if live else ()
    assert all(t.device.type == device for t in (*results, *gradients) if t is not None)
    return [t if t is None else (t.shape, t.dtype, t.stride(), t.requires_grad) for t in (*results, *gradients)]


@pytest.mark.parametrize("name", ROWS)
def test_rows(name: str) -> None:
    for sample in samples(registry.ops[name]):
        before = _core.memory_statistics()["allocations"]
        found = outcome(name, sample, "meta")
        made = _core.memory_statistics()["allocations"] - before
        if name in DATA_DEPENDENT or (name == "one_hot" and len(sample.args) == 1):
            assert found[0] == "NotImplementedError" and "depends on the values" in found[1], found
        else:
            assert found == outcome(name, sample, "cpu")
            assert made == 0


def test_modules_take_no_memory() -> None:
    before = _core.memory_statistics()["allocations"]
    with taeda.device("meta"):
        assert taeda.get_default_device() == taeda.device("meta")
        layer = taeda.nn.TransformerEncoderLayer(4096, 8, 16384, batch_first=True)
        x = taeda.randn(8, 1024, 4096)
    assert taeda.get_default_device() == taeda.device("cpu")
    optimizer = taeda.optim.SGD(layer.parameters(), lr=0.1, momentum=0.9)
    layer(x).square().mean().backward()
    optimizer.step()
    assert all(p.grad.is_meta and p.grad.shape == p.shape for p in layer.parameters())
    assert _core.memory_statistics()["allocations"] == before
    assert layer.linear1.weight.untyped_storage().nbytes() == 4 * 4096 * 16384


def test_modules_become_real() -> None:
    layer = taeda.nn.Linear(3, 4, device="meta")
    with pytest.raises(NotImplementedError, match=r"Please use torch.nn.Module.to_empty\(\) instead"):
        layer.to("cpu")
    state = taeda.nn.Linear(3, 4).state_dict()
    layer.load_state_dict(state, assign=True)
    assert layer(taeda.ones(2, 3)).device.type == "cpu" and layer.weight.data_ptr() == state["weight"].data_ptr()
    other = taeda.nn.Linear(3, 4, device="meta").to_empty(device="cpu")
    other.load_state_dict(state)
    assert taeda.equal(other.weight, layer.weight)
    assert other.to("meta").weight.is_meta


def test_optimizer_steps() -> None:
    for kind in (taeda.optim.Adam, taeda.optim.AdamW, taeda.optim.RMSprop, taeda.optim.Adagrad):
        p = taeda.empty(3, 4, device="meta", requires_grad=True)
        optimizer = kind([p], lr=0.1)
        for _ in range(2):
            (p * 2).sum().backward()
            optimizer.step()
        assert all(t.is_meta for n, t in optimizer.state[p].items() if n != "step" and isinstance(t, taeda.Tensor))


def test_copies_between_devices() -> None:
    m, c = taeda.empty(3, 4, device="meta"), taeda.ones(3, 4)
    assert c.to("meta").is_meta and m.copy_(c) is m and (m + taeda.tensor(2.0)).is_meta
    for read in (m.cpu, m.tolist, lambda: c.copy_(m), lambda: m.to("cpu"), lambda: c.__setitem__(0, m[0])):
        with pytest.raises(NotImplementedError, match="Cannot copy out of meta tensor; no data!"):
            read()
    for call in (lambda: m + c, lambda: c + m[0, 0], lambda: taeda.cat([m, c]), lambda: c.add_(m), lambda: m @ c.t()):
        with pytest.raises(RuntimeError, match=r"is not on the expected device .*!\nExpected all tensors"):
            call()
    with pytest.raises(RuntimeError, match="Attempting to copy from device meta to device cpu"):
        taeda.add(m, m, out=c)
    assert taeda.nn.functional.embedding(taeda.tensor([0, 2]), m).shape == (2, 4)
    assert m[taeda.tensor([0, 2])].is_meta


def test_values_are_not_there() -> None:
    s = taeda.empty((), device="meta")
    for read in (s.item, lambda: bool(s), lambda: float(s), lambda: int(s)):
        with pytest.raises(RuntimeError, match=r"Tensor.item\(\) cannot be called on meta tensors"):
            read()
    assert repr(taeda.empty(3, 4, device="meta")) == "tensor(..., device='meta', size=(3, 4))"
    assert s.data_ptr() == 0 and f"{s}" == "tensor(..., device='meta', size=())"


def test_random_numbers_are_not_drawn() -> None:
    taeda.manual_seed(0)
    expected = taeda.randn(3)
    taeda.manual_seed(0)
    taeda.randn(3, device="meta")
    taeda.nn.functional.dropout(taeda.empty(3, device="meta"), 0.5)
    assert taeda.equal(taeda.randn(3), expected)


def test_default_device() -> None:
    taeda.set_default_device("meta")
    try:
        made = [taeda.empty(2), taeda.tensor(1), taeda.as_tensor([1]), taeda.arange(3), taeda.randperm(3), taeda.eye(2)]
        assert all(t.is_meta for t in made)
        assert not taeda.zeros(2, device="cpu").is_meta and not taeda.zeros_like(taeda.ones(2, device="cpu")).is_meta
        with taeda.device("cpu"):
            assert not taeda.zeros(2).is_meta
    finally:
        taeda.set_default_device(None)
    assert not taeda.empty(2).is_meta


def test_kept_and_copied(tmp_path: Any) -> None:
    m = taeda.empty(3, 4, device="meta", dtype=taeda.float64).t().requires_grad_()
    taeda.save({"m": m.detach()}, tmp_path / "m.pt")
    loaded = taeda.load(tmp_path / "m.pt")["m"]
    for t in (loaded, copy.deepcopy(m), pickle.loads(pickle.dumps(m.detach()))):
        assert t.is_meta and t.shape == (4, 3) and t.stride() == (1, 4) and t.dtype is taeda.float64
