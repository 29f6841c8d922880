"""`Module`: attributes, walking, state dicts with PyTorch's messages, hooks, copies, and where errors come from."""

import collections
import copy
import pickle
import warnings

import pytest
from rows import IDS, LIBRARIES

import taeda
from expected import agree
from taeda import nn

BOTH = pytest.mark.parametrize("lib", LIBRARIES, ids=IDS)


def make_block(lib):
    class Block(lib.nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = lib.nn.Linear(2, 3)
            self.norm = lib.nn.BatchNorm1d(3)
            self.register_buffer("offset", lib.ones(3))
            self.register_buffer("scratch", lib.zeros(1), persistent=False)

        def forward(self, x):
            return self.norm(self.linear(x)) + self.offset

    return Block


def make_model(lib):
    block = make_block(lib)

    class Model(lib.nn.Module):
        def __init__(self):
            super().__init__()
            self.blocks = lib.nn.ModuleList([block(), block()])
            self.head = lib.nn.Linear(3, 1)
            self.shared = self.head
            self.scale = lib.nn.Parameter(lib.ones(1))
            self.nothing = None

        def forward(self, x):
            return self.head(self.blocks[0](x)) * self.scale

    return Model()


@BOTH
def test_walking(lib):
    model = make_model(lib)
    assert [name for name, _ in model.named_children()] == ["blocks", "head"]
    assert [name for name, _ in model.named_modules()] == [
        "", "blocks", "blocks.0", "blocks.0.linear", "blocks.0.norm", "blocks.1", "blocks.1.linear", "blocks.1.norm",
        "head",
    ]  # fmt: skip
    assert [name for name, _ in model.named_parameters()][:3] == [
        "scale",
        "blocks.0.linear.weight",
        "blocks.0.linear.bias",
    ]
    assert len(list(model.parameters())) == 1 + 2 * 4 + 2
    assert len(list(model.named_parameters(remove_duplicate=False))) == 1 + 2 * 4 + 4
    assert len(list(model.parameters(recurse=False))) == 1
    assert [name for name, _ in model.named_buffers()][:2] == ["blocks.0.offset", "blocks.0.scratch"]
    assert model.get_submodule("blocks.1.norm") is model.blocks[1].norm
    assert model.get_parameter("head.weight") is model.head.weight
    assert model.get_buffer("blocks.0.offset") is model.blocks[0].offset
    assert "blocks.0.scratch" not in model.state_dict()
    assert "shared.weight" in model.state_dict()


def test_repr_and_dir():
    agree(lambda lib: repr(make_model(lib)))
    assert {"blocks", "head", "scale", "forward"} <= set(dir(make_model(taeda)))


@pytest.mark.parametrize(
    "action",
    [
        lambda lib: make_model(lib).get_submodule("blocks.7"),
        lambda lib: make_model(lib).get_submodule("scale"),
        lambda lib: make_model(lib).get_parameter("head.nothing"),
        lambda lib: make_model(lib).get_parameter("head"),
        lambda lib: make_model(lib).get_buffer("scale"),
        lambda lib: make_model(lib).missing,
        lambda lib: setattr(make_model(lib), "scale", 3),
        lambda lib: setattr(make_model(lib), "head", 3),
        lambda lib: setattr(make_model(lib).blocks[0], "offset", 3),
        lambda lib: make_model(lib).register_buffer("a.b", None),
        lambda lib: make_model(lib).register_buffer("", None),
        lambda lib: make_model(lib).register_buffer("head", None),
        lambda lib: make_model(lib).register_buffer(3, None),
        lambda lib: make_model(lib).register_buffer("x", 3),
        lambda lib: make_model(lib).register_parameter("a.b", None),
        lambda lib: make_model(lib).register_parameter("x", lib.zeros(1).numpy()),
        lambda lib: make_model(lib).register_parameter("head", None),
        lambda lib: make_model(lib).add_module("a.b", None),
        lambda lib: make_model(lib).add_module("x", 3),
        lambda lib: make_model(lib).add_module("scale", None),
        lambda lib: make_model(lib).train(3),
        lambda lib: make_model(lib).to(lib.int64),
        lambda lib: make_model(lib).load_state_dict(3),
        lambda lib: lib.nn.Module()(1),
        lambda lib: lib.nn.Module(3),
        lambda lib: lib.nn.Module(x=3),
        lambda lib: lib.nn.Linear(2, 3).load_state_dict({"weight": lib.zeros(3, 2)}),
        lambda lib: lib.nn.Linear(2, 3).load_state_dict({"weight": lib.zeros(2, 2), "bias": lib.zeros(3), "x": 1}),
        lambda lib: lib.nn.Linear(2, 3).load_state_dict({"weight": 3, "bias": lib.zeros(3), "a.b": 1}),
        lambda lib: make_model(lib).load_state_dict({}),
        lambda lib: lib.nn.Sequential(lib.nn.ReLU())[3],
        lambda lib: lib.nn.ModuleList([3]),
        lambda lib: lib.nn.ModuleList().extend(3),
        lambda lib: lib.nn.ModuleDict({"a.b": lib.nn.ReLU()}),
        lambda lib: lib.nn.ModuleDict(3),
        lambda lib: lib.nn.Sequential() + 3,
        lambda lib: lib.nn.Dropout(1.5),
        lambda lib: lib.nn.Conv2d(3, 4, 3, groups=2),
        lambda lib: lib.nn.Conv2d(3, 4, 3, padding="same", stride=2),
        lambda lib: lib.nn.LSTM(3, 4, proj_size=4),
        lambda lib: lib.nn.GRU(3, 4, proj_size=2),
        lambda lib: lib.nn.RNN(3, 4, nonlinearity="what"),
        lambda lib: lib.nn.LSTM(3, 0),
        lambda lib: lib.nn.LSTM(3, 4)(lib.zeros(2, 2, 2, 2)),
        lambda lib: lib.nn.LSTM(3, 4)(lib.zeros(2, 2, 5)),
        lambda lib: lib.nn.LSTM(3, 4)(lib.zeros(2, 2, 3), (lib.zeros(1, 3, 4), lib.zeros(1, 2, 4))),
        lambda lib: lib.nn.GRU(3, 4)(lib.zeros(2, 2, 3), lib.zeros(2, 4)),
        lambda lib: lib.nn.LSTMCell(3, 4)(lib.zeros(1, 1, 3)),
        lambda lib: lib.nn.MultiheadAttention(8, 3),
        lambda lib: lib.nn.BatchNorm2d(3)(lib.zeros(2, 3)),
        lambda lib: lib.nn.BatchNorm1d(3)(lib.zeros(1, 3)),
        lambda lib: lib.nn.GroupNorm(2, 3),
        lambda lib: lib.nn.Embedding(3, 2, padding_idx=5),
        lambda lib: lib.nn.functional.dropout(lib.zeros(1), 2.0),
        lambda lib: lib.nn.functional.mse_loss(lib.zeros(1), lib.zeros(1), reduction="what"),
        lambda lib: lib.nn.functional.interpolate(lib.zeros(1, 1, 2), size=2, scale_factor=2),
        lambda lib: lib.nn.functional.pad(lib.zeros(1, 1, 2), (1, 1), "reflect", 3.0),
        lambda lib: lib.nn.utils.clip_grad_norm_([lib.tensor([1.0])], 1.0, error_if_nonfinite=True),
    ],
)
def test_errors_are_pytorchs(action):
    def program(lib):
        try:
            action(lib)
        except Exception as error:  # the whole text, and the name: classes of this file are made anew for each library
            return type(error).__name__, str(error.args[0])

    agree(program)


@BOTH
def test_state_dict_hooks_and_extra_state(lib):
    class Extra(lib.nn.Linear):
        def get_extra_state(self):
            return {"note": 1}

        def set_extra_state(self, state):
            self.seen = state

    module = Extra(2, 2)
    module._register_state_dict_hook(lambda m, state, prefix, meta: state.update({prefix + "added": 1}))
    module.register_state_dict_pre_hook(lambda m, prefix, keep: setattr(m, "asked", prefix))
    state = module.state_dict()
    assert list(state) == ["weight", "bias", "_extra_state", "added"] and module.asked == ""
    seen = []
    module.register_load_state_dict_pre_hook(lambda m, state, *rest: state.pop("added"))
    module.register_load_state_dict_post_hook(lambda m, keys: seen.append(keys))
    module.load_state_dict(state)
    assert module.seen == {"note": 1} and len(seen) == 1
    with pytest.raises(RuntimeError, match="state_dict post-hook must return None"):
        other = lib.nn.Linear(2, 2)
        other.register_state_dict_post_hook(lambda *args: 1)
        other.state_dict()


@BOTH
def test_load_state_dict_variants(lib):
    source, target = lib.nn.Linear(2, 3), lib.nn.Linear(2, 3)
    weight = target.weight
    assert str(target.load_state_dict(source.state_dict())) == "<All keys matched successfully>"
    assert target.weight is weight and bool((target.weight == source.weight).all())
    result = target.load_state_dict({"weight": source.weight, "more": 1}, strict=False)
    assert result.missing_keys == ["bias"] and result.unexpected_keys == ["more"]
    assert str(result).startswith("IncompatibleKeys(") or str(result).startswith("_IncompatibleKeys(")
    given = {name: tensor.clone() for name, tensor in source.state_dict().items()}
    target.load_state_dict(given, assign=True)
    assert isinstance(target.weight, lib.nn.Parameter)
    given["weight"].zero_()
    assert float(target.weight.detach().abs().sum()) == 0.0


@BOTH
def test_forward_hooks(lib):
    module, calls = lib.nn.Linear(2, 2), []
    x = lib.ones(1, 2)
    handles = [
        module.register_forward_pre_hook(lambda m, args: calls.append("pre")),
        module.register_forward_pre_hook(lambda m, args: calls.append("first"), prepend=True),
        module.register_forward_pre_hook(lambda m, args, kwargs: (args, kwargs), with_kwargs=True),
        module.register_forward_hook(lambda m, args, output: output + 1),
        module.register_forward_hook(lambda m, args, kwargs, output: output * 2, with_kwargs=True),
    ]
    expected = (lib.nn.functional.linear(x, module.weight, module.bias) + 1) * 2
    assert bool((module(x) == expected).all()) and calls == ["first", "pre"]
    for handle in handles:
        handle.remove()
    module(x)
    assert calls == ["first", "pre"]
    with module.register_forward_pre_hook(lambda m, args: args[0] * 0):
        assert bool((module(x) == module.bias).all())
    replaced = module.register_forward_pre_hook(lambda m, args, kwargs: 3, with_kwargs=True)
    with pytest.raises(RuntimeError, match="forward pre-hook must return None or a tuple"):
        module(x)
    replaced.remove()
    told = []
    always = module.register_forward_hook(lambda m, args, output: told.append(output), always_call=True)
    with pytest.raises(Exception):  # noqa: B017
        module(lib.ones(1, 7))
    assert told == [None]
    always.remove()


@BOTH
def test_global_hooks(lib):
    module, calls = lib.nn.Sequential(lib.nn.Linear(2, 2)), []
    module_namespace = nn.module_hooks if lib is taeda else lib.nn.modules.module
    handles = [
        module_namespace.register_module_forward_pre_hook(lambda m, args: calls.append(("pre", type(m).__name__))),
        module_namespace.register_module_forward_hook(lambda m, args, out: calls.append(("post", type(m).__name__))),
        module_namespace.register_module_parameter_registration_hook(lambda m, name, p: calls.append(name)),
    ]
    try:
        module(lib.ones(1, 2))
        assert calls == [("pre", "Sequential"), ("pre", "Linear"), ("post", "Linear"), ("post", "Sequential")]
        module.extra = lib.nn.Parameter(lib.ones(1))
        assert calls[-1] == "extra"
    finally:
        for handle in handles:
            handle.remove()


@BOTH
def test_full_backward_hooks(lib):
    module = lib.nn.Linear(2, 3)
    x = lib.ones(4, 2, requires_grad=True)
    seen = []

    def hook(m, grad_input, grad_output):
        seen.append(([tuple(g.shape) for g in grad_input], [tuple(g.shape) for g in grad_output]))
        return (grad_input[0] * 2,)

    module.register_full_backward_hook(hook)
    module.register_full_backward_pre_hook(lambda m, grad_output: (grad_output[0] * 3,))
    module(x).sum().backward()
    expected = lib.ones(4, 3) @ module.weight.detach() * 6
    assert seen == [([(4, 2)], [(4, 3)])]
    assert bool(((x.grad - expected).abs() < 1e-5).all())
    assert bool((module.bias.grad == 12).all())
    with pytest.raises(RuntimeError, match="Cannot use both regular backward hooks and full backward hooks"):
        module.register_backward_hook(hook)


@BOTH
def test_backward_hook_without_input_gradient(lib):
    module, seen = lib.nn.Linear(2, 3), []
    module.register_full_backward_hook(lambda m, grad_input, grad_output: seen.append(grad_input))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module(lib.ones(1, 2)).sum().backward()
    assert seen == [(None,)]


@BOTH
def test_conversions(lib):
    model = make_model(lib)
    model(lib.randn(4, 2)).sum().backward()
    head = model.head.weight
    assert model.double() is model and model.head.weight is head
    assert head.dtype == lib.float64 and head.grad.dtype == lib.float64
    assert model.blocks[0].norm.num_batches_tracked.dtype == lib.int64
    assert model.blocks[0].offset.dtype == lib.float64
    assert model.to(lib.bfloat16).scale.dtype == lib.bfloat16
    assert model.to("cpu", lib.float32).scale.dtype == lib.float32
    assert model.to(lib.zeros(1, dtype=lib.float16)).scale.dtype == lib.float16
    assert model.float().cpu().scale.dtype == lib.float32
    model.requires_grad_(False)
    assert not any(parameter.requires_grad for parameter in model.parameters())
    model.zero_grad()
    assert all(parameter.grad is None for parameter in model.parameters())
    assert model.eval().blocks[0].norm.training is False
    names = []
    model.apply(lambda module: names.append(type(module).__name__))
    assert names[-1] == "Model"


@BOTH
def test_attributes(lib):
    module = lib.nn.Module()
    module.a = lib.nn.Parameter(lib.ones(1))
    module.a = None
    assert module.a is None and list(module.parameters()) == []
    del module.a
    module.a = lib.nn.Linear(1, 1)
    assert "a" in module._modules
    module.b = lib.nn.Buffer(lib.ones(1), persistent=False)
    assert "b" in module._buffers and "b" not in module.state_dict()
    module.b = lib.zeros(2)
    assert tuple(module._buffers["b"].shape) == (2,)
    del module.b, module.a
    assert not hasattr(module, "b")
    module.set_submodule("x", lib.nn.ReLU())
    assert isinstance(module.x, lib.nn.ReLU)
    early = lib.nn.Module.__new__(lib.nn.Module)
    with pytest.raises(AttributeError, match="cannot assign module before Module.__init__\\(\\) call"):
        early.x = lib.nn.ReLU()


@BOTH
def test_containers(lib):
    relu, tanh, linear = lib.nn.ReLU(), lib.nn.Tanh(), lib.nn.Linear(1, 1)
    sequence = lib.nn.Sequential(collections.OrderedDict(first=relu, second=tanh))
    assert sequence.first is relu and sequence[-1] is tanh and len(sequence[:1]) == 1
    assert list(sequence[:1]._modules) == ["first"]
    sequence = lib.nn.Sequential(relu, tanh)
    sequence.insert(1, linear)
    assert list(sequence) == [relu, linear, tanh]
    assert sequence.pop(0) is relu and list(sequence._modules) == ["0", "1"]
    del sequence[0]
    sequence[0] = linear
    assert list(sequence.append(relu).extend([tanh])) == [linear, relu, tanh]
    assert len(sequence + sequence) == 6 and len(sequence * 2) == 6
    modules = lib.nn.ModuleList([relu])
    modules.insert(0, tanh)
    modules += [linear]
    assert list(modules) == [tanh, relu, linear] and list(modules[1:]) == [relu, linear]
    assert modules.pop(1) is relu and len(modules + [relu]) == 3
    named = lib.nn.ModuleDict({"a": relu})
    named.update([("b", tanh)])
    assert list(named) == ["a", "b"] and "a" in named and named.pop("a") is relu and len(named) == 1
    values = lib.nn.ParameterList([lib.ones(1), lib.zeros(2)])
    values.append(lib.ones(3))
    assert [tuple(value.shape) for value in values[1:]] == [(2,), (3,)] and len(list(values.parameters())) == 3
    table = lib.nn.ParameterDict({"x": lib.ones(1)})
    table["y"] = lib.zeros(2)
    assert list(table.keys()) == ["x", "y"] and tuple(table.pop("y").shape) == (2,) and len(table) == 1
    assert list((table | lib.nn.ParameterDict({"z": lib.ones(1)})).keys()) == ["x", "z"]


def test_copies_and_pickles():
    model = make_block(taeda)()
    copied = copy.deepcopy(model)
    copied.linear.weight.data.zero_()
    assert float(model.linear.weight.abs().sum()) > 0
    linear = pickle.loads(pickle.dumps(nn.Sequential(nn.Linear(2, 3), nn.ReLU())))
    assert repr(linear) == repr(nn.Sequential(nn.Linear(2, 3), nn.ReLU()))


class TestErrorsNameTheModule:
    """The note that an exception gets on its way out of modules."""

    def test_path(self):
        model = make_model(taeda)
        with pytest.raises(RuntimeError) as caught:
            model(taeda.ones(4, 5))
        assert caught.value.__notes__[-1] == "in module blocks.0.linear (Linear) of Model"
        with pytest.raises(RuntimeError) as caught:
            nn.Linear(2, 3)(taeda.ones(4, 5))
        assert caught.value.__notes__[-1] == "in module Linear"

    def test_one_note_and_pickles(self):
        class Raises(nn.Module):
            def forward(self, x):
                raise ValueError("no")

        model = nn.Sequential(nn.Sequential(Raises()))
        with pytest.raises(ValueError) as caught:
            model(1)
        assert caught.value.__notes__ == ["in module 0.0 (Raises) of Sequential"]
        assert pickle.loads(pickle.dumps(caught.value)).args == ("no",)

    def test_the_same_exception_again(self):
        error = ValueError("kept")

        class Raises(nn.Module):
            def forward(self):
                raise error

        for _ in range(2):
            with pytest.raises(ValueError):
                Raises()()
        assert all(note.startswith("in module Raises") for note in error.__notes__)


def test_parameters():
    parameter = nn.Parameter(taeda.ones(2))
    assert isinstance(parameter, taeda.Tensor) and parameter.requires_grad and parameter.is_leaf
    assert not nn.Parameter(taeda.ones(2), requires_grad=False).requires_grad
    assert type(parameter * 2) is taeda.Tensor
    assert tuple(nn.Parameter().shape) == (0,)
    base = taeda.ones(2)
    nn.Parameter(base).data.zero_()
    assert float(base.sum()) == 0.0
