"""Programs of torch.jit: saved with their weights, loaded without their source, never silently wrong, never running
code."""

import collections
import copy
import io
import subprocess
import sys

import pytest

import taeda as torch
from taeda.jit.program import ProgramError

nn = torch.nn
F = nn.functional


def loaded(program, **options):
    file = io.BytesIO()
    torch.jit.save(program, file, **options)
    file.seek(0)
    return torch.jit.load(file)


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.lstm, self.norm = nn.Linear(4, 8), nn.LSTM(8, 6, batch_first=True), nn.BatchNorm1d(8)
        self.drop = nn.Dropout(0.5)
        self.register_buffer("scale", torch.tensor(2.0))
        self.register_buffer("passing", torch.tensor(1.0), persistent=False)
        self.w = nn.Parameter(torch.ones(6))

    def forward(self, x, double=True):
        batch, steps, _ = x.shape
        h = self.norm(self.a(x).relu().flatten(0, 1)).view(batch, steps, -1)
        h, (last, _) = self.lstm(h)
        h += torch.zeros(steps, 6)
        h[:, 0] = 1.0
        if double:
            h = h * self.scale * self.passing
        return {"out": self.drop(h) @ self.w, "last": [last]}


def same(a, b):
    a, b = (torch.utils._pytree.tree_leaves(x) for x in (a, b))
    return len(a) == len(b) and all(
        torch.equal(x, y) if isinstance(x, torch.Tensor) else x == y for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize("make", [
    lambda m, x: torch.jit.trace(m, x), lambda m, x: torch.jit.script(m, example_inputs=(x,)),
    lambda m, x: torch.jit.trace(m, example_kwarg_inputs={"x": x}), lambda m, x:
    torch.jit.trace(torch.jit.script(m), x),
], ids=["trace", "script", "named", "both"])  # fmt: skip
def test_a_model(make):
    torch.manual_seed(0)
    model, x = Recurrent().eval(), torch.randn(2, 3, 4)
    scripted = make(model, x)
    assert isinstance(scripted, torch.jit.ScriptModule) and isinstance(scripted, Recurrent)
    assert not isinstance(model, torch.jit.ScriptModule) and scripted.w is model.w
    found = loaded(scripted)
    for other in (x, torch.randn(5, 3, 4), torch.randn(1, 7, 4)):
        assert same(found(other), model(other))
    assert list(found.state_dict()) == list(model.state_dict()) and found.original_name == "Recurrent"
    assert same(loaded(found)(x), model(x)) and same(copy.deepcopy(found)(x), model(x))
    found.train(), model.train()
    torch.manual_seed(1)
    first = found(x)
    torch.manual_seed(1)
    assert same(first, model(x))
    assert same(found.norm.running_mean, model.norm.running_mean)
    first["out"].sum().backward(), model(x)["out"].sum().backward()
    assert found.w.grad.shape == (6,) and all(p.grad is not None for p in found.a.parameters())


def test_recording_changes_nothing():
    model = Recurrent().train()
    before, state = copy.deepcopy(model.state_dict()), torch.get_rng_state()
    file = io.BytesIO()
    torch.jit.trace(model, torch.randn(2, 3, 4)).state_dict()
    traced = torch.jit.trace(model, torch.randn(2, 3, 4))
    before, state = copy.deepcopy(model.state_dict()), torch.get_rng_state()
    traced.save(file)
    assert same(dict(before), dict(model.state_dict())) and torch.equal(state, torch.get_rng_state())


@pytest.mark.parametrize("layer, shape", [
    (nn.Linear(4, 3, bias=False), (2, 4)), (nn.LSTM(4, 3, 2, bidirectional=True), (5, 2, 4)),
    (nn.Conv2d(2, 4, 3, padding=1, padding_mode="circular"), (1, 2, 5, 5)), (nn.GRU(4, 3, batch_first=True), (2, 5, 4)),
    (nn.TransformerEncoderLayer(8, 2, 16, 0.0, batch_first=True), (2, 3, 8)),
    (nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, 0.0, F.gelu), 2), (2, 3, 8)),
    (nn.Sequential(nn.Conv1d(2, 3, 2), nn.BatchNorm1d(3), nn.ReLU(), nn.Flatten(), nn.LazyLinear(2)), (2, 2, 4)),
    (nn.MultiheadAttention(4, 2), None), (nn.PReLU(3), (2, 3)), (nn.GroupNorm(1, 2), (2, 2, 3)),
], ids=range(10))  # fmt: skip
def test_layers(layer, shape):
    args = (torch.randn(3, 2, 4),) * 3 if shape is None else (torch.randn(shape),)
    layer(*args)
    found = loaded(torch.jit.script(layer.eval()))
    assert same(found(*args), layer(*args)) and list(found.state_dict()) == list(layer.state_dict())
    found = loaded(torch.jit.trace(layer, args))
    assert same(found(*args), layer(*args))


def test_weights_that_are_one_stay_one():
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding, self.head = nn.Embedding(5, 3), nn.Linear(3, 5, bias=False)
            self.head.weight = self.embedding.weight

        def forward(self, x):
            return self.head(self.embedding(x))

    found = loaded(torch.jit.script(Tied()))
    assert found.head.weight is found.embedding.weight and len(list(found.parameters())) == 1


def test_functions():
    Pair = collections.namedtuple("Pair", "low high")

    @torch.jit.script
    def ends(a: torch.Tensor, b=1.5):
        noise = torch.rand(2) * 0
        values, places = torch.sort(a.clamp(max=b) + noise, dim=-1)
        return Pair(values[..., 0], values[..., -1]), places.to(torch.float32), a.shape[0] * 2

    found = loaded(ends)
    x = torch.tensor([[3.0, -1.0], [0.0, 1.0]])
    assert same(found(x), ends(x)) and found(x, b=0.5)[0].high.tolist() == [0.5, 0.5]
    assert found(x)[0]._fields == ("low", "high") and found(x)[2] == 4
    assert "torch.sort" in ends.code and any("sort" in name for name in torch.jit.export_opnames(ends))
    with pytest.raises(TypeError, match="missing value for argument 'a'"):
        found()
    with pytest.raises(TypeError, match="takes 2 arguments"):
        found(x, 1, 2)


class Choosing(nn.Module):
    def forward(self, x):
        if x.sum() > 0:
            return x
        return -x

    @torch.jit.export
    def twice(self, x):
        return x * 2


def test_what_depends_on_values_is_checked():
    with pytest.raises(NotImplementedError, match="needs a Python bool"):
        loaded(torch.jit.script(Choosing()))
    traced = torch.jit.trace(Choosing(), torch.ones(2))
    assert traced(-torch.ones(2)).tolist() == [1.0, 1.0]  # goes on being Python
    with pytest.warns(torch.jit.TracerWarning, match="Python bool"):
        found = loaded(traced)
    assert found(torch.ones(3)).tolist() == [1.0, 1.0, 1.0] and found.twice(torch.ones(1)).tolist() == [2.0]
    with pytest.raises(RuntimeError, match="recorded where a value was True"):
        found(-torch.ones(2))


def test_what_cannot_be_recorded_is_named():
    with pytest.raises(NotImplementedError, match="numpy"):
        loaded(torch.jit.trace(lambda x: torch.from_numpy(x.numpy() * 2), torch.ones(2)))
    counter = [0]

    def impure(x):
        counter[0] += 1
        return x * counter[0]

    with pytest.raises(torch.jit.TracingCheckError, match="does not give what"):
        loaded(torch.jit.trace(impure, torch.ones(2)))
    with pytest.raises(TypeError, match="expected a module or function"):
        torch.jit.save(3, io.BytesIO())


def test_texts_beside_the_program():
    file = io.BytesIO()
    torch.jit.script(nn.Linear(2, 2)).save(file, _extra_files={"labels": "a,b", "raw": b"\1"})
    file.seek(0)
    extra = {"labels": "", "absent": ""}
    torch.jit.load(file, _extra_files=extra)
    assert extra == {"labels": "a,b", "absent": ""}


PROGRAM = """
import taeda as torch
class Mine(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.arange(3.0))
    def forward(self, x):
        return torch.nn.functional.softmax(x * self.weight, -1)
torch.jit.trace(Mine(), torch.ones(3)).save({path!r})
"""


def test_another_process_needs_no_source(tmp_path):
    path = str(tmp_path / "mine.pt")
    subprocess.run([sys.executable, "-c", PROGRAM.format(path=path)], check=True)
    found = torch.jit.load(path)
    assert torch.equal(found(torch.ones(3)), F.softmax(torch.arange(3.0), -1)) and found.original_name == "Mine"


@pytest.mark.parametrize("change, message", [
    (lambda d: d["methods"]["forward"].insert(1, ["call_function", "os.system", ["tuple"], ["dict"]]), "os.system"),
    (lambda d: d["methods"]["forward"].insert(1, ["call_function", "torch.load", ["tuple"], ["dict"]]), "torch.load"),
    (lambda d: d["methods"]["forward"].insert(1, ["call_function", "torch.from_file", ["tuple"], ["dict"]]),
    "from_file"), (lambda d: d["methods"]["forward"].insert(1, ["call_method", "__reduce__", ["tuple", ["node", 0]],
    ["dict"]]),
     "which none may"),
    (lambda d: d["methods"]["forward"].insert(1, ["get_attr", "__class__", ["tuple"], ["dict"]]), "which none may"),
    (lambda d: d["methods"]["forward"].insert(1, ["run", "x", ["tuple"], ["dict"]]), "unknown kind"),
    (lambda d: d["methods"]["forward"].insert(1, ["call_method", "a b", ["tuple"], ["dict"]]), "no name"),
    (lambda d: d["layers"]["a"].update({"class": "subprocess.Popen"}), "taeda.nn has not"),
    (lambda d: d["layers"]["a"].update({"class": "taeda.nn.functional.linear"}), "taeda.nn has not"),
    (lambda d: d["layers"]["a"]["settings"].update({"__class__": ["value", 1]}), "setting called"),
    (lambda d: d["layers"]["a"]["settings"].update({"bad": ["function", "builtins.eval"]}), "builtins.eval"),
    (lambda d: d.pop("tensors"), "damaged"),
    (lambda d: d.update({"taeda program": 99}), "this version reads"),
    (lambda d: d["methods"]["forward"].pop(0), "damaged"),
], ids=range(14))  # fmt: skip
def test_files_that_were_tampered_with(change, message):
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Linear(2, 2)

        def forward(self, x):
            return self.a(x).relu()

    file = io.BytesIO()
    torch.jit.script(Model()).save(file)
    file.seek(0)
    data = torch.load(file)
    change(data)
    file = io.BytesIO()
    torch.save(data, file)
    file.seek(0)
    with pytest.raises(ProgramError, match=message):
        torch.jit.load(file)


def test_attributes_are_not_a_way_out():
    from taeda.jit.program import _attribute

    for value, name in ((torch.ones(1), "__class__"), (torch.ones(1), "backward"), (nn.Linear(1, 1), "weight")):
        with pytest.raises(ProgramError):
            _attribute(value, name)


def test_other_files(tmp_path):
    with pytest.raises(ValueError, match="does not exist"):
        torch.jit.load(str(tmp_path / "none"))
    torch.save({"a": 1}, tmp_path / "plain.pt")
    with pytest.raises(ProgramError, match="no program"):
        torch.jit.load(tmp_path / "plain.pt")


def test_freezing_and_units():
    scripted = torch.jit.script(nn.Sequential(nn.Linear(2, 2), nn.Dropout()))
    with pytest.raises(RuntimeError, match="eval mode"):
        torch.jit.freeze(scripted)
    frozen = torch.jit.freeze(scripted.eval())
    x = torch.ones(1, 2)
    assert torch.equal(frozen(x), scripted(x)) and not any(p.requires_grad for p in frozen.parameters())
    unit = torch.jit.CompilationUnit("def add(x, y):\n    return torch.add(x, y)")
    assert loaded(unit.add)(x, x).tolist() == [[2.0, 2.0]]
    assert torch.jit.wait(torch.jit.fork(lambda a: a + 1, x)).tolist() == [[2.0, 2.0]]


def test_a_list_that_is_written_to():
    def total(parts):
        parts.append(parts[0] * 2)
        return torch.cat(parts)

    parts = [torch.ones(1), torch.ones(2)]
    program = loaded(torch.jit.script(total, example_inputs=(list(parts),)))
    assert program(list(parts)).tolist() == [1, 1, 1, 2]


def test_examples_that_require_gradients():
    def seen(x):
        return x.detach() if x.requires_grad else -x

    x = torch.ones(2, requires_grad=True)
    assert loaded(torch.jit.trace(seen, x))(x).tolist() == [1, 1]
