"""TorchDispatchMode and what stands on it: names of overloads, backwards, counted operations."""

import gc
import pickle
import weakref

import pytest

import taeda
from taeda.utils._python_dispatch import TorchDispatchMode, is_in_torch_dispatch_mode
from taeda.utils.flop_counter import FlopCounterMode, register_flop_formula

aten = taeda.ops.aten


class Names(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.names = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.names.append(str(func).removeprefix("aten."))
        return func(*args, **(kwargs or {}))


def net():
    return taeda.nn.Sequential(taeda.nn.Conv2d(3, 8, 3, padding=1), taeda.nn.ReLU(), taeda.nn.Flatten(),
                               taeda.nn.Linear(8 * 64, 10))


def test_a_step_is_seen_and_stays_what_it_is():
    model, x = net(), taeda.randn(2, 3, 8, 8)
    model(x).sin().sum().backward()
    plain = [p.grad.clone() for p in model.parameters()]
    model.zero_grad()
    with Names() as mode:
        model(x).sin().sum().backward()
    assert mode.names[:6] == ["convolution.default", "relu.default", "flatten.default", "t.default", "addmm.default",
                              "sin.default"]
    assert mode.names[-1] == "convolution_backward.default" and mode.names.count("mm.default") == 2
    for got, expected in zip((p.grad for p in model.parameters()), plain, strict=True):
        taeda.testing.assert_close(got, expected)


@pytest.mark.parametrize(("call", "name"), [
    (lambda x: x + 1, "add.Tensor"), (lambda x: x > 0, "gt.Scalar"), (lambda x: x > x, "gt.Tensor"),
    (lambda x: x**2, "pow.Tensor_Scalar"), (lambda x: x**x, "pow.Tensor_Tensor"), (lambda x: x.sum(), "sum.default"),
    (lambda x: x.sum(0), "sum.dim_IntList"), (lambda x: x.mul_(2), "mul_.Tensor"),
    (lambda x: x.transpose(0, 1), "transpose.int"), (lambda x: taeda.softmax(x, 1), "_softmax.default"),
    (lambda x: taeda.mul(x, 2, out=taeda.empty(2, 2)), "mul.out"), (lambda x: x @ x, "mm.default"),
])  # fmt: skip
def test_overloads(call, name):
    x = taeda.ones(2, 2)
    with Names() as mode:
        found = call(x)
    assert [n for n in mode.names if not n.startswith("empty")] == [name]
    taeda.testing.assert_close(found, call(taeda.ones(2, 2)))


def test_modes_nest_and_results_are_what_they_return():
    class Doubled(TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            return func(*args, **(kwargs or {})) * (2 if func is aten.relu.default else 1)

    x = taeda.ones(2)
    with Names() as outer, Doubled():
        assert is_in_torch_dispatch_mode()
        y = taeda.relu(x)
    assert y.tolist() == [2, 2] and outer.names == ["relu.default", "mul.Tensor"] and not is_in_torch_dispatch_mode()


F = taeda.nn.functional


@pytest.mark.parametrize("dtype", [taeda.float64, taeda.complex128])
@pytest.mark.parametrize(("call", "shapes"), [
    (taeda.mm, ((2, 3), (3, 4))), (taeda.bmm, ((2, 2, 3), (2, 3, 4))), (taeda.addmm, ((4,), (2, 3), (3, 4))),
    (taeda.baddbmm, ((4,), (2, 2, 3), (2, 3, 4))), (F.linear, ((2, 5, 3), (4, 3), (4,))), (F.linear, ((2, 3), (3,))),
    (F.linear, ((2, 2, 0), (4, 0))), (taeda.matmul, ((2, 3, 0), (0, 4))), (taeda.matmul, ((2, 3, 0), (2, 0, 4))),
    (taeda.matmul, ((3, 2), (2, 2, 4))), (taeda.matmul, ((2, 3, 2), (2, 4))), (taeda.matmul, ((3,), (2, 3, 4))),
    (taeda.matmul, ((3,), (3,))), (taeda.matmul, ((2, 3), (3,))),
])  # fmt: skip
def test_products_and_their_gradients_are_those_without_a_mode(call, shapes, dtype):
    taeda.manual_seed(0)
    inputs = [taeda.randn(*shape, dtype=dtype, requires_grad=True) for shape in shapes]

    def found():
        out = call(*inputs)
        return out.detach(), *taeda.autograd.grad(out, inputs, taeda.full_like(out, 1 + 2j if dtype.is_complex else 2))

    plain = found()
    with Names():
        seen = found()
    for got, expected in zip(seen, plain, strict=True):
        taeda.testing.assert_close(got, expected)


def test_products_of_numbers_are_refused_as_without_a_mode():
    with pytest.raises(RuntimeError, match="at least 1D"), Names():
        taeda.matmul(taeda.tensor(1.0), taeda.ones(2, 2))


def test_backwards_with_numbers_of_their_own():
    a, b = taeda.ones(2, 4, requires_grad=True), taeda.randn(4, 3)
    with Names():
        taeda.addmm(taeda.ones(3), a, b, alpha=2).sum().backward()
    taeda.testing.assert_close(a.grad, (2 * b.sum(1)).expand(2, 4))


def test_wrong_returns_are_told():
    class Wrong(TorchDispatchMode):
        def __init__(self, value):
            super().__init__()
            self.value = value

        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            return self.value(args) if "backward" in str(func) else func(*args, **(kwargs or {}))

    for value, text in ((lambda a: 3, "must return a tuple of 1"), (lambda a: (3,), "must return tensors")):
        x = taeda.ones(2, requires_grad=True)
        with pytest.raises(TypeError, match=text), Wrong(value):
            x.sin().sum().backward()

    class Other(TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            return func(*(a.double() if a is args[0] and "sin_b" in str(func) else a for a in args), **(kwargs or {}))

    with pytest.raises(RuntimeError, match="must have shape"), Other():
        taeda.ones(2, requires_grad=True).sin().sum().backward()
    with pytest.raises(TypeError, match="set_dispatch_mode"):
        taeda._core.set_dispatch_mode(3)


@pytest.mark.parametrize("call", [lambda x: x.sinh(), lambda x: taeda.nn.functional.conv2d(x, taeda.ones(2, 3, 3, 3))])
def test_a_backward_keeps_nothing_when_it_is_done(call):
    class Last(Names):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            self.func = func if "backward" in str(func) and "sum" not in str(func) else None
            return super().__torch_dispatch__(func, types, args, kwargs)

    x = taeda.ones(1, 3, 4, 4, requires_grad=True)
    with Last() as mode:
        call(x).sum().backward()
    gone = weakref.ref(x)
    del x
    gc.collect()
    assert gone() is None
    with pytest.raises(NotImplementedError, match="handed this backward"):
        mode.func(taeda.ones(1))


def test_overloads_are_ops():
    assert aten.mm.default.name() == "aten::mm" and aten.add.Tensor.name() == "aten::add.Tensor"
    assert pickle.loads(pickle.dumps(aten.add.Tensor)) is aten.add.Tensor
    assert aten.add.Tensor.overloadpacket is aten.add and aten.add(taeda.ones(1), 1).tolist() == [2]
    with pytest.raises(AttributeError, match="no attribute 'no_such_op'"):
        aten.no_such_op  # noqa: B018


def test_operations_are_counted_by_module(capsys):
    """The numbers are PyTorch's."""
    with FlopCounterMode() as counter:
        net()(taeda.ones(2, 3, 8, 8, requires_grad=True)).sum().backward()
    assert counter.get_total_flops() == 227328
    counts = {name: {str(op): n for op, n in found.items()} for name, found in counter.get_flop_counts().items()}
    assert counts["Sequential.0"] == {"aten.convolution": 55296, "aten.convolution_backward": 110592}
    assert counts["Sequential.3"] == {"aten.addmm": 20480, "aten.mm": 40960}
    assert "Sequential.0" in capsys.readouterr().out


@pytest.mark.parametrize(("call", "geometry"), [
    (lambda x, w: F.conv2d(x, w, stride=(2, 1), padding=1, dilation=1, groups=2), ([2, 1], [1, 1], [1, 1], False, 2)),
    (lambda x, w: F.conv_transpose2d(x, w, stride=2, padding=(1, 0), groups=2), ([2, 2], [1, 0], [1, 1], True, 2)),
])  # fmt: skip
def test_the_backward_of_a_convolution_says_its_strides(call, geometry):
    class Backward(TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            if func is aten.convolution_backward.default:
                self.args = args
            return func(*args, **(kwargs or {}))

    with Backward() as mode:
        call(taeda.ones(1, 4, 5, 5, requires_grad=True), taeda.ones(4, 2, 3, 3, requires_grad=True)).sum().backward()
    stride, padding, dilation, transposed, groups = geometry
    assert mode.args[4:] == (stride, padding, dilation, transposed, [0, 0], groups, [True, True, False])


def test_operations_of_transformers_and_transposed_convolutions():
    layer = taeda.nn.TransformerEncoderLayer(16, 2, 32, batch_first=True, dropout=0.0)
    with FlopCounterMode(display=False) as counter:
        layer(taeda.ones(2, 5, 16)).sum().backward()
    assert counter.get_total_flops() == 107520
    with FlopCounterMode(display=False) as counter:
        x = taeda.ones(1, 4, 5, 5, requires_grad=True)
        taeda.nn.functional.conv_transpose2d(x, taeda.ones(4, 3, 3, 3), stride=2).sum().backward()
    assert counter.get_total_flops() == 10800


def test_formulas_of_ones_own():
    counter = FlopCounterMode(display=False, custom_mapping={aten.sin: lambda shape, out_shape=None: shape[0]})
    with counter:
        taeda.ones(7).sin()
    assert counter.get_total_flops() == 7
    with pytest.raises(RuntimeError, match="duplicate"):
        register_flop_formula(aten.mm)(lambda *a, **k: 0)
