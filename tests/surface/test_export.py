"""Exported programs: the same results, sizes that may vary and those that may not, files, graphs to edit."""

import dataclasses
import io

import pytest

import taeda as torch

export, Dim = torch.export, torch.export.Dim


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer, self.norm = torch.nn.Linear(3, 4), torch.nn.LayerNorm(4)
        self.register_buffer("scale", torch.tensor(2.0))

    def forward(self, x, *, shift=0.0):
        y = self.norm(self.layer(x).relu())
        return y.view(x.shape[0], -1) * self.scale + shift + torch.ones(4)


def test_program():
    model, x = Model(), torch.randn(5, 3)
    program = export.export(model, (x,), {"shift": 1.0}, dynamic_shapes={"x": {0: Dim("batch", min=2, max=8)}})
    module = program.module()
    assert torch.equal(module(x, shift=1.0), model(x, shift=1.0))
    assert torch.equal(module(x[:2], shift=0.5), model(x[:2], shift=0.5))
    with pytest.raises(RuntimeError, match="batch = 1 .* not between 2 and 8"):
        module(x[:1])
    with pytest.raises(RuntimeError, match=r"x.shape\[1\] == 3, but it is 4"):
        module(torch.ones(5, 4))
    assert list(program.state_dict) == list(model.state_dict()) and program.range_constraints == {"batch": (2, 8)}
    signature = program.graph_signature
    assert signature.parameters == [n for n, _ in model.named_parameters()] and signature.buffers == ["scale"]
    assert "relu" in str(program) and torch.equal(program.graph_module(x, shift=0.0), model(x))
    with pytest.raises(RuntimeError, match="Unable to call"):
        program(x)


def test_files():
    model, x = Model(), torch.randn(5, 3)
    program = export.export(model, (x,), dynamic_shapes=({0: 2 * Dim("half") + 1},))
    file = io.BytesIO()
    export.save(program, file, extra_files={"note": "n"})
    file.seek(0)
    extra = {"note": ""}
    module = export.load(file, extra_files=extra).module()
    assert extra == {"note": "n"} and torch.equal(module(x), model(x)) and torch.equal(module(x[:3]), model(x[:3]))
    with pytest.raises(RuntimeError, match="not 2 . half"):
        module(x[:4])
    again = export.unflatten(program)
    assert torch.equal(again(x), model(x)) and isinstance(again.layer, torch.nn.Linear)


def test_constants_of_submodules():
    class Shift(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.by = torch.tensor([1.0, 2.0])

        def forward(self, x):
            return x + self.by

    x = torch.ones(2)
    program = export.export(torch.nn.Sequential(Shift()), (x,))
    assert list(program.constants) == ["0.by"] and torch.equal(program.constants["0.by"], torch.tensor([1.0, 2.0]))
    assert program.graph_signature.lifted_tensor_constants == ["0.by"]


def test_sizes_from_further_inputs():
    class Add(torch.nn.Module):
        def forward(self, a, b):
            return a + b

    more = export.AdditionalInputs()
    more.add((torch.ones(3, 2), torch.ones(3, 2)))
    program = export.export(Add(), (torch.ones(4, 2), torch.ones(4, 2)), dynamic_shapes=more)
    more.verify(program)
    n = Dim("n")
    program = export.export(Add(), (torch.ones(4, 2), torch.ones(4, 2)), dynamic_shapes={"a": {0: n}, "b": {0: n}})
    with pytest.raises(RuntimeError, match="n is 1 by .* and 3 by"):
        program.module()(torch.ones(1, 2), torch.ones(3, 2))
    shapes, a, b = export.ShapesCollection(), torch.ones(4), torch.ones(4)
    shapes[a] = {0: Dim.AUTO}
    shapes[b] = {0: Dim.AUTO}
    assert export.export(Add(), (a, b), dynamic_shapes=shapes).module()(torch.ones(9), torch.ones(9)).shape == (9,)


def test_refusals():
    with pytest.raises(ValueError, match="instance of `torch.nn.Module`"):
        export.export(abs, (torch.ones(1),))
    with pytest.raises(ValueError, match="dynamic_shapes names"):
        export.export(Model(), (torch.ones(1, 3),), dynamic_shapes={"y": {0: Dim("n")}})
    with pytest.raises(AssertionError, match="inconsistent"):
        Dim("n", min=4, max=3)


def test_dataclasses():
    @dataclasses.dataclass
    class Pair:
        a: torch.Tensor
        b: torch.Tensor

    export.register_dataclass(Pair)
    found = torch.utils._pytree.tree_map(lambda x: x + 1, Pair(torch.zeros(1), torch.ones(1)))
    assert isinstance(found, Pair) and found.b.item() == 2
