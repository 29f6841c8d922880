"""Optimizers against PyTorch's: same steps, same state dicts, same errors."""

import copy
import pickle

import numpy
import pytest

import taeda
from expected import agree, torch
from taeda import optim

CASES = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.1, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "maximize": True}),
    ("Adam", {}),
    ("Adam", {"weight_decay": 0.1, "amsgrad": True, "betas": (0.8, 0.9), "eps": 1e-3}),
    ("Adam", {"maximize": True, "decoupled_weight_decay": True, "weight_decay": 0.1}),
    ("AdamW", {"lr": 0.01, "weight_decay": 0.1}),
    ("AdamW", {"amsgrad": True, "maximize": True}),
    ("RMSprop", {}),
    ("RMSprop", {"centered": True, "momentum": 0.9, "weight_decay": 0.1}),
    ("RMSprop", {"momentum": 0.5, "maximize": True}),
    ("Adagrad", {"lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.3}),
    ("Adadelta", {"weight_decay": 0.1}),
    ("Adamax", {"weight_decay": 0.1}),
    ("NAdam", {"weight_decay": 0.1}),
    ("NAdam", {"weight_decay": 0.1, "decoupled_weight_decay": True, "momentum_decay": 0.01}),
    ("ASGD", {"lr": 0.1, "weight_decay": 0.1, "lambd": 0.01}),
    ("ASGD", {"t0": 1, "alpha": 0.5, "maximize": True}),
    ("RAdam", {"weight_decay": 0.1}),
    ("RAdam", {"betas": (0.5, 0.6), "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("Rprop", {}),
    ("Rprop", {"etas": (0.3, 1.5), "step_sizes": (0.005, 0.02), "maximize": True}),
    ("Adafactor", {}),
    ("Adafactor", {"weight_decay": 0.1, "eps": (1e-6, 1e-2), "d": 1.5, "maximize": True}),
]
LIBRARIES = [taeda] if torch is None else [taeda, torch]
BOTH = pytest.mark.parametrize("lib", LIBRARIES, ids=["taeda", "torch"][: len(LIBRARIES)])
cases = pytest.mark.parametrize(("name", "options"), CASES, ids=[f"{n}-{'-'.join(o)}" for n, o in CASES])


def parameters(lib, generator):
    """Two parameters of the same random values in both libraries."""
    arrays = [generator.standard_normal(shape).astype(numpy.float32) for shape in ((3, 4), (5,))]
    return [lib.from_numpy(array.copy()).requires_grad_() for array in arrays]


def run(lib, name, options, steps, exchange=None, skip_second=2, dtype=None):
    generator = numpy.random.default_rng(0)
    params = parameters(lib, generator)
    optimizer = getattr(lib.optim, name)(params, **options)
    for step in range(steps):
        for param in params:
            gradient = generator.standard_normal(tuple(param.shape)).astype(numpy.float32)
            param.grad = lib.from_numpy(gradient)
        if step < skip_second:
            params[1].grad = None  # joins later, so that step counts differ
        optimizer.step()
        if step == exchange:
            yield optimizer
    yield params, optimizer


def as_numpy(value):
    return value.detach().numpy()


@cases
def test_steps_and_state(name, options):
    def program(lib):
        params, optimizer = next(run(lib, name, options, 20))
        return params, optimizer.state_dict(), repr(optimizer)

    agree(program, rtol=2e-5, atol=1e-6)


def converted(state, lib):
    """A state dict of one library as the other's."""

    def convert(value):
        if hasattr(value, "requires_grad_"):
            return lib.from_numpy(as_numpy(value).copy())
        if isinstance(value, dict):
            return {key: convert(part) for key, part in value.items()}
        return type(value)(convert(part) for part in value) if isinstance(value, (list, tuple)) else value

    return convert(state)


@pytest.mark.torch
@cases
def test_state_dicts_are_interchangeable(name, options):
    pytest.importorskip("torch")
    runs = [run(lib, name, options, 7, exchange=4) for lib in (taeda, torch)]
    ours, theirs = (next(steps) for steps in runs)
    our_state, their_state = copy.deepcopy(ours.state_dict()), copy.deepcopy(theirs.state_dict())
    ours.load_state_dict(converted(their_state, taeda))
    theirs.load_state_dict(converted(our_state, torch))
    (our_params, _), (their_params, _) = (next(steps) for steps in runs)
    for own, other in zip(our_params, their_params, strict=True):
        numpy.testing.assert_allclose(as_numpy(own), as_numpy(other), rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Adamax", "NAdam"])
@pytest.mark.parametrize("dtype", ["float64", "bfloat16"])
def test_other_dtypes_and_layouts(name, dtype):
    def program(lib):
        base = lib.arange(12.0).view(3, 4).to(getattr(lib, dtype))
        param = base.t().detach().requires_grad_()
        optimizer = getattr(lib.optim, name)([param], lr=0.125)
        for _ in range(3):
            param.grad = lib.ones(4, 3).to(getattr(lib, dtype))
            optimizer.step()
        return param.float()

    agree(program, rtol=5e-2 if dtype == "bfloat16" else 1e-6)


@BOTH
def test_groups_and_names(lib):
    linear = lib.nn.Linear(2, 2)
    optimizer = lib.optim.SGD([{"params": linear.weight, "lr": 0.5}, {"params": [linear.bias]}], lr=0.1)
    assert [group["lr"] for group in optimizer.param_groups] == [0.5, 0.1]
    optimizer.add_param_group({"params": lib.nn.Linear(1, 1).parameters(), "momentum": 0.9})
    assert len(optimizer.param_groups) == 3 and optimizer.param_groups[2]["momentum"] == 0.9
    named = lib.optim.Adam(linear.named_parameters())
    assert named.param_groups[0]["param_names"] == ["weight", "bias"]
    assert named.state_dict()["param_groups"][0]["params"] == [0, 1]


@BOTH
def test_zero_grad_and_closures(lib):
    param = lib.tensor([1.0, 2.0], requires_grad=True)
    optimizer = lib.optim.SGD([param], lr=0.1)

    def closure():
        optimizer.zero_grad()
        loss = (param * param).sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 5.0
    numpy.testing.assert_allclose(as_numpy(param), [0.8, 1.6], rtol=1e-6)
    gradient = param.grad
    optimizer.zero_grad(set_to_none=False)
    assert param.grad is gradient and float(param.grad.abs().sum()) == 0.0
    optimizer.zero_grad()
    assert param.grad is None
    with lib.no_grad():
        assert optimizer.step(closure).item() > 0


@BOTH
def test_hooks(lib):
    param = lib.ones(1, requires_grad=True)
    optimizer, calls = lib.optim.SGD([param], lr=0.1), []
    handle = optimizer.register_step_pre_hook(lambda opt, args, kwargs: calls.append("pre"))
    optimizer.register_step_post_hook(lambda opt, args, kwargs: calls.append("post"))
    optimizer.register_state_dict_pre_hook(lambda opt: calls.append("state"))
    optimizer.register_state_dict_post_hook(lambda opt, state: {**state, "extra": 1})
    optimizer.register_load_state_dict_pre_hook(lambda opt, state: calls.append("load"))
    optimizer.register_load_state_dict_post_hook(lambda opt: calls.append("loaded"))
    optimizer.step()
    state = optimizer.state_dict()
    assert state["extra"] == 1
    optimizer.load_state_dict(state)
    handle.remove()
    optimizer.step()
    assert calls == ["pre", "post", "state", "load", "loaded", "post"]


@pytest.mark.parametrize(
    "action",
    [
        lambda lib: lib.optim.SGD([], lr=0.1),
        lambda lib: lib.optim.SGD(lib.ones(1, requires_grad=True), lr=0.1),
        lambda lib: lib.optim.SGD([3], lr=0.1),
        lambda lib: lib.optim.SGD([lib.ones(1, requires_grad=True) * 2], lr=0.1),
        lambda lib: lib.optim.SGD([lib.ones(1, requires_grad=True)], lr=-1.0),
        lambda lib: lib.optim.SGD([lib.ones(1, requires_grad=True)], momentum=-1.0),
        lambda lib: lib.optim.SGD([lib.ones(1, requires_grad=True)], nesterov=True),
        lambda lib: lib.optim.Adam([lib.ones(1, requires_grad=True)], betas=(1.0, 0.9)),
        lambda lib: lib.optim.Adam([lib.ones(1, requires_grad=True)], eps=-1),
        lambda lib: lib.optim.RMSprop([lib.ones(1, requires_grad=True)], alpha=-1),
        lambda lib: lib.optim.Adagrad([lib.ones(1, requires_grad=True)], lr_decay=-1),
        lambda lib: lib.optim.Adadelta([lib.ones(1, requires_grad=True)], rho=2),
        lambda lib: lib.optim.SGD([{"params": {lib.ones(1, requires_grad=True)}}], lr=0.1),
        lambda lib: lib.optim.SGD([lib.ones(1, requires_grad=True)], lr=0.1).add_param_group(3),
        lambda lib: lib.optim.SGD([lib.ones(1, requires_grad=True)], lr=0.1).load_state_dict(
            {"state": {}, "param_groups": []}
        ),
        lambda lib: lib.optim.SGD([lib.ones(1, requires_grad=True)], lr=0.1).load_state_dict(
            {"state": {}, "param_groups": [{"params": [0, 1]}]}
        ),
        lambda lib: (lambda p: lib.optim.SGD([{"params": p}, {"params": p}], lr=0.1))(lib.ones(1, requires_grad=True)),
        lambda lib: lib.optim.Optimizer([lib.ones(1, requires_grad=True)], {}).step(),
    ],
)
def test_errors_are_pytorchs(action):
    def program(lib):
        try:
            action(lib)
        except Exception as error:
            return type(error).__name__, str(error)

    agree(program)


def test_pickles_and_copies():
    linear = taeda.nn.Linear(2, 2)
    optimizer = optim.Adam(linear.parameters())
    linear(taeda.ones(1, 2)).sum().backward()
    optimizer.step()
    for other in (pickle.loads(pickle.dumps(optimizer)), copy.deepcopy(optimizer)):
        assert len(other.state) == 2
        other.step()


def test_a_step_runs_no_python_in_autograd_and_records_nothing():
    linear = taeda.nn.Linear(2, 2)
    optimizer = optim.AdamW(linear.parameters())
    linear(taeda.ones(1, 2)).sum().backward()
    optimizer.step()
    assert linear.weight.grad_fn is None and linear.weight.is_leaf
    assert all(not value.requires_grad for state in optimizer.state.values() for value in state.values())
