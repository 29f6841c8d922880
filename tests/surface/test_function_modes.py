"""TorchFunctionMode: who gets which calls, nesting, what is left after errors."""

import pytest

import taeda as torch
from taeda.overrides import BaseTorchFunctionMode, TorchFunctionMode, resolve_name


class Noting(TorchFunctionMode):
    def __init__(self, notes, mark=""):
        self.notes, self.mark = notes, mark

    def __torch_function__(self, func, types, args=(), kwargs=None):
        self.notes.append(self.mark + func.__name__)
        return func(*args, **(kwargs or {}))


def test_all_calls_are_taken_over():
    notes = []
    with Noting(notes):
        x = torch.ones(2, 3) + 1
        torch.nn.functional.embedding(torch.tensor([1]), x)
        x.sum(dim=0)
    torch.zeros(1).exp()
    assert notes == ["ones", "add", "embedding", "sum"]


def test_modes_nest_and_a_mode_may_be_entered_twice():
    notes = []
    outer, inner = Noting(notes, "outer "), Noting(notes, "inner ")
    with outer, inner, BaseTorchFunctionMode():
        torch.ones(1)
    assert notes == ["inner ones", "outer ones"]
    notes.clear()
    with outer, outer:
        torch.ones(1)
    assert notes == ["outer ones", "outer ones"]
    torch.ones(1)
    assert len(notes) == 2


def test_subclasses_come_after_the_mode():
    notes = []

    class Meters(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            notes.append("class " + func.__name__)
            return super().__torch_function__(func, types, args, kwargs or {})

    x = torch.ones(2).as_subclass(Meters)
    notes.clear()
    with Noting(notes, "mode "):
        torch.exp(x)
    assert notes == ["mode exp", "class exp"]


def test_errors_leave_the_mode():
    class Failing(TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            raise ZeroDivisionError(func.__name__)

    with pytest.raises(ZeroDivisionError, match="ones"), Failing():
        torch.ones(1)
    assert torch.ones(1).tolist() == [1.0]
    with pytest.raises(NotImplementedError), TorchFunctionMode():
        torch.ones(1)


def test_names():
    assert resolve_name(torch.add) == "torch.add"
    assert resolve_name(torch.nn.functional.relu) == "torch.nn.functional.relu"
    assert resolve_name(len) is None


def test_hub_of_a_folder(tmp_path):
    (tmp_path / "hubconf.py").write_text(
        "dependencies = ['json']\nimport taeda\n"
        "def doubled(n):\n    '''n ones, twice.'''\n    return taeda.ones(n) * 2\n"
    )
    assert "doubled" in torch.hub.list(str(tmp_path), source="local")
    assert torch.hub.help(str(tmp_path), "doubled", source="local") == "n ones, twice."
    assert torch.hub.load(str(tmp_path), "doubled", 2, source="local").tolist() == [2.0, 2.0]
    with pytest.raises(RuntimeError, match="Cannot find callable other in hubconf"):
        torch.hub.load(str(tmp_path), "other", source="local")
    with pytest.raises(ValueError, match='Unknown source: "mars"'):
        torch.hub.load(str(tmp_path), "doubled", source="mars")
    torch.save({"w": torch.ones(2)}, tmp_path / "weights.pt")
    loaded = torch.hub.load_state_dict_from_url((tmp_path / "weights.pt").as_uri(), model_dir=str(tmp_path / "kept"))
    assert loaded["w"].tolist() == [1.0, 1.0] and (tmp_path / "kept" / "weights.pt").exists()
