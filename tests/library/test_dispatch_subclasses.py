"""Subclasses of Tensor with __torch_dispatch__: wrappers, what they see, and gradients through them."""

import copy
import pickle

import pytest

import taeda
from taeda.utils._python_dispatch import (
    TorchDispatchMode,
    is_traceable_wrapper_subclass,
    return_and_correct_aliasing,
    transform_subclass,
)
from taeda.utils._pytree import tree_map, tree_map_only

F = taeda.nn.functional
aten = taeda.ops.aten
seen = []


class Logging(taeda.Tensor):
    """PyTorch's LoggingTensor: a wrapper that notes the ops it sees."""

    @staticmethod
    def __new__(cls, elem, requires_grad=False):
        made = taeda.Tensor._make_wrapper_subclass(
            cls, elem.size(), strides=elem.stride(), storage_offset=elem.storage_offset(), dtype=elem.dtype,
            layout=elem.layout, device=elem.device, requires_grad=requires_grad)
        made.elem = elem.detach() if requires_grad else elem
        return made

    __torch_function__ = taeda._C._disabled_torch_function_impl

    def __repr__(self, *, tensor_contents=None):
        return f"Logging({self.elem})"

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        assert all(issubclass(t, Logging) for t in types) and types
        seen.append(str(func).removeprefix("aten."))
        args, kwargs = tree_map(lambda x: x.elem if isinstance(x, Logging) else x, (args, kwargs or {}))
        return tree_map_only(taeda.Tensor, cls, func(*args, **kwargs))


class Two(taeda.Tensor):
    """PyTorch's TwoTensor: the same on two tensors at a time."""

    @staticmethod
    def __new__(cls, a, b, size=None, stride=None):
        return taeda.Tensor._make_wrapper_subclass(cls, a.shape, strides=a.stride(), dtype=a.dtype, device=a.device,
                                                   requires_grad=a.requires_grad)

    def __init__(self, a, b, size=None, stride=None):
        self.a, self.b = a, b

    def __tensor_flatten__(self):
        return ["a", "b"], None

    @staticmethod
    def __tensor_unflatten__(inner, context, outer_size, outer_stride):
        return Two(inner["a"], inner["b"])

    def __repr__(self, **options):
        return f"Two({self.a}, {self.b})"

    __torch_function__ = taeda._C._disabled_torch_function_impl

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        first, second = (func(*tree_map_only(Two, lambda x, part=part: getattr(x, part), args),
                              **tree_map_only(Two, lambda x, part=part: getattr(x, part), kwargs)) for part in "ab")
        flat = [first] if isinstance(first, taeda.Tensor) else first
        if not isinstance(flat, (list, tuple)):
            assert first == second
            return first
        pairs = iter([Two(a, b) for a, b in zip(flat, [second] if flat[0] is first else second, strict=True)])
        return return_and_correct_aliasing(func, args, kwargs, tree_map(lambda _: next(pairs), first))


def values(*shapes):
    taeda.manual_seed(0)
    return [taeda.randn(shape, dtype=taeda.float64) for shape in shapes]


CALLS = [
    (lambda x, y: x + y, [(3, 4), (3, 4)], ["add.Tensor"]),
    (lambda x, y: (x * y).sin(), [(3, 4), (4,)], ["mul.Tensor", "sin.default"]),
    (lambda x: x.exp(), [(3, 4)], ["exp.default", "detach.default"]),
    (F.linear, [(3, 4), (5, 4), (5,)], ["t.default", "addmm.default"]),
    (F.linear, [(2, 3, 4), (5, 4)], ["view.default", "t.default", "mm.default", "view.default"]),
    (lambda x, y: x @ y, [(3, 4), (4, 2)], ["mm.default"]),
    (lambda x, y: x @ y, [(3, 4), (4,)], ["mv.default"]),
    (lambda x, y: x @ y, [(2, 2, 3, 4), (2, 2, 4, 3)],
     ["expand.default", "view.default", "expand.default", "view.default", "bmm.default", "view.default"]),
    (lambda x: x.softmax(-1), [(3, 4)], ["_softmax.default", "detach.default"]),
    (F.gelu, [(3, 4)], ["gelu.default"]),
    (lambda x, w, b: F.layer_norm(x, (4,), w, b), [(3, 4), (4,), (4,)], None),
    (lambda x: x[1:, 2], [(3, 4)], ["slice.Tensor", "select.int"]),
    (lambda x: x[taeda.tensor([0, 2])], [(3, 4)], ["index.Tensor"]),
    (lambda x: x[:, None, ...], [(3, 4)], ["unsqueeze.default"]),
    (lambda x: x.reshape(2, 6), [(3, 4)], ["view.default"]),
    (lambda x: x.t().reshape(12), [(3, 4)], ["t.default", "clone.default", "view.default"]),
    (lambda x: x.T.flatten(), [(3, 4)], ["t.default", "clone.default", "view.default"]),
    (lambda x, y: taeda.cat([x, y], 1), [(3, 4), (3, 2)], ["cat.default"]),
    (lambda x: x.max(1).values, [(3, 4)], ["max.dim"]),
    (lambda x: x.sum((0,), keepdim=True), [(3, 4)], ["sum.dim_IntList"]),
    (lambda x: x.var(0), [(3, 4)], ["var.correction"]),
    (lambda x: x.split(2, 1), [(3, 4)], ["slice.Tensor", "slice.Tensor"]),
    (lambda x: list(x), [(2, 4)], ["select.int", "select.int"]),
    (lambda x, w: F.conv2d(x, w, stride=2, padding=1), [(1, 2, 5, 5), (3, 2, 3, 3)], ["convolution.default"]),
    (lambda x: x.float(), [(3, 4)], ["_to_copy.default"]),
    (lambda x: x.clone().mul_(2).add_(x), [(3, 4)], ["clone.default", "mul_.Tensor", "add_.Tensor"]),
    (lambda x, y: (x * 2).mul_(y), [(3, 4), (3, 4)], ["mul.Tensor", "clone.default", "mul_.Tensor"]),
    (lambda x, y: taeda.where(x > 0, x, y), [(3, 4), (3, 4)], ["gt.Scalar", "where.self"]),
    (lambda w: F.embedding(taeda.tensor([0, 2]), w), [(3, 4)], ["embedding.default"]),
    (lambda x: F.cross_entropy(x, taeda.tensor([0, 2, 1])), [(3, 4)], None),
    (F.scaled_dot_product_attention, [(1, 2, 3, 4)] * 3, None),
    (lambda x: F.max_pool2d(x, 2), [(1, 2, 4, 4)], None),
    (lambda x: F.pad(x, (1, 1)), [(3, 4)], None),
    (lambda x: x.gather(1, taeda.tensor([[0], [1], [2]])), [(3, 4)], ["gather.default"]),
    (lambda x: x.expand(2, 3, 4).permute(2, 0, 1), [(3, 4)], ["expand.default", "permute.default"]),
    (lambda x: x.reshape(()), [(1, 1)], ["view.default"]),
    (lambda x, y: x * y, [(3,), ()], ["mul.Tensor"]),
    # whose gradients take the sizes of what comes in from other tensors
    (lambda x: x.tril(), [(3, 4)], ["tril.default"]),
    (lambda x: x.sort(-1).values, [(3, 4)], ["sort.default"]),
    (lambda x: x[taeda.tensor([[True, False], [True, True]])], [(2, 2)], ["index.Tensor"]),
]


@pytest.mark.parametrize(("call", "shapes", "names"), CALLS)
def test_calls_and_gradients_are_those_of_plain_tensors(call, shapes, names):
    plain = [x.requires_grad_() for x in values(*shapes)]
    wrapped = [Logging(x, requires_grad=True) for x in plain]
    seen.clear()
    found, expected = call(*wrapped), call(*plain)
    if names is not None:
        assert seen == names
    found, expected = (list(x) if isinstance(x, (list, tuple)) else [x] for x in (found, expected))
    for got, e in zip(found, expected, strict=True):
        assert type(got) is Logging and got.requires_grad
        taeda.testing.assert_close(got.elem, e.detach())
    sum(x.sin().sum() for x in found).backward()
    sum(x.sin().sum() for x in expected).backward()
    for got, e in zip(wrapped, plain, strict=True):
        assert type(got.grad) is Logging
        taeda.testing.assert_close(got.grad.elem, e.grad)


@pytest.mark.parametrize("call", [
    lambda x: x.narrow(0, -1, 1), lambda x: x.narrow(-1, -4, 4), lambda x: x.narrow(0, 3, 0),
    lambda x: x.narrow(0, 1, 5), lambda x: x.narrow(0, 1, -1), lambda x: x.narrow(1, -7, 1),
    lambda x: x.narrow(2, 0, 1), lambda x: x[0, 0].narrow(0, 0, 1), lambda x: x[0].mT,
    lambda x: x.flatten(1, -1), lambda x: x.flatten(1, 0), lambda x: x.flatten(0, 5),
    lambda x: aten.slice(x, 2, 0, 1), lambda x: aten.slice(x, -1, -3), lambda x: aten.slice(x, 0, None, 9, 2),
])  # fmt: skip
def test_views_and_their_errors_are_those_of_plain_tensors(call):
    plain = taeda.arange(12.0).view(3, 4)
    try:
        expected = call(plain)
    except (RuntimeError, IndexError) as error:
        with pytest.raises(type(error)) as caught:
            call(Logging(plain))
        assert str(caught.value) == str(error)
    else:
        assert call(Logging(plain)).elem.equal(expected)


def test_two_tensors_at_a_time():
    a, b = values((3, 4), (3, 4))
    x = Two(a, b).requires_grad_()
    model = taeda.nn.Sequential(taeda.nn.Linear(4, 5), taeda.nn.Tanh(), taeda.nn.LayerNorm(5)).double()
    model(x).square().sum().backward()
    assert type(x.grad) is Two and type(model[0].weight.grad) is Two
    for part in "ab":
        plain = getattr(x, part).detach().requires_grad_()
        model.zero_grad()
        model(plain).square().sum().backward()
        taeda.testing.assert_close(getattr(x.grad, part), plain.grad)
    assert is_traceable_wrapper_subclass(x) and not is_traceable_wrapper_subclass(a)
    doubled = transform_subclass(x.detach(), lambda name, t: t * (2 if name == "a" else 1))
    assert doubled.a.equal(2 * a) and doubled.b.equal(b)
    assert x.detach().add_(1).a.equal(a)  # in place, in both
    with pytest.raises(NotImplementedError, match="under gradients"):
        x[0] = 1.0
    y = Two(a.clone(), b.clone())
    y[0] = 1.0
    assert y.a[0].tolist() == y.b[0].tolist() == [1, 1, 1, 1] and y.a[1].equal(a[1])


class Coded(taeda.Tensor):
    """A weight of whole numbers with a scale for each row, that knows three ops: as quantised tensors of libraries."""

    @staticmethod
    def __new__(cls, codes, scale):
        return taeda.Tensor._make_wrapper_subclass(cls, codes.shape, dtype=scale.dtype, requires_grad=False)

    def __init__(self, codes, scale):
        self.codes, self.scale = codes, scale

    __torch_function__ = taeda._C._disabled_torch_function_impl

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        if func is aten.detach.default:
            return cls(args[0].codes, args[0].scale)
        if func is aten.t.default:
            return cls(args[0].codes.t(), args[0].scale.t())
        if func is aten.mm.default:
            return args[0] @ (args[1].codes * args[1].scale)
        return NotImplemented


def test_a_quantised_weight_in_a_module():
    x = taeda.randn(2, 4, requires_grad=True)
    layer = taeda.nn.Linear(4, 3, bias=False)
    codes = (layer.weight.detach() * 100).round().to(taeda.int8)
    layer.weight = taeda.nn.Parameter(Coded(codes, taeda.full((3, 1), 0.01)), requires_grad=False)
    assert type(layer.weight) is Coded and isinstance(layer.weight, taeda.nn.Parameter)
    assert [name for name, _ in layer.named_parameters()] == ["weight"]
    out = layer(x)
    taeda.testing.assert_close(out, x @ (codes.t() * 0.01))
    out.sum().backward()
    taeda.testing.assert_close(x.grad, (codes.sum(0) * 0.01).expand(2, 4), rtol=1e-4, atol=1e-5)
    with pytest.raises(TypeError, match=r"Multiple dispatch failed for 'aten.add.Tensor'[^$]*tensor subclass <class"):
        layer.weight + 1


def test_second_derivatives_leaves_and_copies():
    x = Logging(taeda.tensor([1.0, 2.0]), requires_grad=True)
    (first,) = taeda.autograd.grad((x**3).sum(), x, create_graph=True)
    (second,) = taeda.autograd.grad(first.sum(), x)
    assert second.elem.tolist() == [6, 12]
    (x * 2).sum().backward()
    (x * 2).sum().backward()
    assert x.grad.elem.tolist() == [4, 4]
    assert type(x.detach()) is Logging and type(x.data) is Logging and not x.detach().requires_grad
    copied = copy.deepcopy(x)
    assert type(copied) is Logging and copied.requires_grad and copied.elem.equal(x.elem)
    assert copied.elem.data_ptr() != x.elem.data_ptr() and copied.grad.elem.tolist() == [4, 4]
    again = pickle.loads(pickle.dumps(x.detach()))
    assert type(again) is Logging and again.elem.equal(x.elem) and again.stride() == x.stride()
    assert Logging(taeda.tensor(3.0)).item() == 3 and bool(Logging(taeda.tensor(3.0)) > 2)
    assert type(taeda.zeros_like(x)) is Logging and type(x.new_zeros(3)) is Logging


def test_a_step_of_an_optimizer():
    layer = taeda.nn.Linear(4, 2)
    layer.weight = taeda.nn.Parameter(Logging(layer.weight.detach().clone()))
    optimizer = taeda.optim.SGD(layer.parameters(), 0.5, momentum=0.9)
    before = layer.weight.elem.clone()
    layer(taeda.ones(3, 4)).sum().backward()
    optimizer.step()
    taeda.testing.assert_close(layer.weight.elem, before - 1.5)


def test_there_is_no_memory():
    x = Logging(taeda.ones(2))
    for ask in (x.numpy, x.tolist, x.data_ptr, lambda: memoryview(x.untyped_storage())):
        with pytest.raises(NotImplementedError, match="has none"):
            ask()
    with taeda._C._DisableTorchDispatch(), pytest.raises(NotImplementedError, match="has none"):
        x + 1
    with pytest.raises(RuntimeError, match="must define a class method __torch_dispatch__"):
        taeda.Tensor._make_wrapper_subclass(type("Plain", (taeda.Tensor,), {}), (2,))
    with pytest.raises(RuntimeError, match="can require gradients"):
        taeda.Tensor._make_wrapper_subclass(Logging, (2,), dtype=taeda.int64, requires_grad=True)


class Scaled(taeda.Tensor):
    """With memory: ops run by Tensor's own method, on it."""

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        seen.append(str(func))
        return super().__torch_dispatch__(func, types, args, kwargs)


def test_classes_with_memory():
    x = taeda.Tensor._make_subclass(Scaled, taeda.tensor([1.0, 2.0]), True)
    seen.clear()
    y = x * 3
    assert seen == ["aten.mul.Tensor"] and y.tolist() == [3, 6]
    y.sum().backward()
    assert x.grad.tolist() == [3, 3]


def test_wrong_returns_are_told():
    class Wrong(Logging):
        @classmethod
        def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
            return 3 if func is aten.sin.default else super().__torch_dispatch__(func, types, args, kwargs)

    x = Wrong(taeda.ones(2), requires_grad=True)
    with pytest.raises(TypeError, match=r"sin\(\): __torch_dispatch__ must return tensors, not int"):
        x.sin()
    with pytest.raises(TypeError, match="must be Tensor, not int"):
        x.cos().sum().backward()  # whose gradient is a sine


def test_where_has_its_condition_first():
    class Conditions(TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            if func is aten.where.self:
                assert args[0] is condition
            return func(*args, **(kwargs or {}))

    x, condition, y = (taeda.tensor(v) for v in ([True, False, True], [False, False, True], [True, True, True]))
    with Conditions():
        for found in (x.where(condition, y), taeda.where(condition, x, y), x.where(condition, y)):
            assert found.tolist() == [True, True, True]


def test_a_mode_comes_before_a_class():
    class Names(TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            assert types == (Logging,)
            seen.append(f"mode {func}")
            return func(*args, **(kwargs or {}))

    x = Logging(taeda.ones(2))
    seen.clear()
    with Names():
        x.sin()
    assert seen == ["mode aten.sin.default", "sin.default"]
