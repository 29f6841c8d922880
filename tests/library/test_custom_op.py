"""Ops of users with PyTorch's interface."""

import pickle

import pytest

import taeda
import taeda.ops
from taeda import Tensor
from taeda.library import CustomOpDef, Library, OpCheckError, custom_op, infer_schema, opcheck, register_autograd


@custom_op("tests::clip", mutates_args=())
def clip(x: Tensor, low: float, high: float = 1.0) -> Tensor:
    """Clipped by NumPy."""
    return taeda.from_numpy(x.detach().numpy().clip(low, high))


def keep(ctx, inputs, output):
    ctx.save_for_backward(inputs[0])
    ctx.low, ctx.high = inputs[1], inputs[2]


def backward(ctx, grad):
    (x,) = ctx.saved_tensors
    return grad * ((x > ctx.low) & (x < ctx.high)), None, None


register_autograd("tests::clip", backward, setup_context=keep)

EAGER = ("test_schema", "test_autograd_registration", "test_aot_dispatch_dynamic")


def test_calls_and_gradient() -> None:
    x = taeda.linspace(-2, 2, 5, requires_grad=True)
    y = taeda.ops.tests.clip(x, low=-1.5)
    assert y.tolist() == [-1.5, -1.0, 0.0, 1.0, 1.0] and "GeneratedBackwardFor_tests_clip" in repr(y.grad_fn)
    y.sum().backward()
    assert x.grad.tolist() == [0.0, 1.0, 1.0, 0.0, 0.0]
    assert not clip(x.detach(), -1.0).requires_grad
    assert set(opcheck(clip, (x, -1.5), test_utils=EAGER).values()) == {"SUCCESS"}


def test_names() -> None:
    assert isinstance(clip, CustomOpDef) and clip.__doc__ == "Clipped by NumPy."
    assert taeda.ops.tests.clip is clip and clip.default is clip and "clip" in dir(taeda.ops.tests)
    assert pickle.loads(pickle.dumps(clip)) is clip
    with pytest.raises(AttributeError, match="'_OpNamespace' 'tests' object has no attribute 'nope'"):
        taeda.ops.tests.nope  # noqa: B018


def test_schemas() -> None:
    def many(a: Tensor | None, b: list[Tensor], n: int, k: list[int], *, s: str = "x", d: taeda.dtype | None = None
             ) -> tuple[Tensor, Tensor]:
        raise NotImplementedError

    assert infer_schema(many, mutates_args={"b"}) == (
        '(Tensor? a, Tensor(a0!)[] b, SymInt n, SymInt[] k, *, str s="x", ScalarType? d=None) -> (Tensor, Tensor)'
    )
    with pytest.raises(ValueError, match="Parameter x must have a type annotation"):
        infer_schema(lambda x: x, mutates_args=())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1, 2.0), "Expected a value of type 'Tensor' for argument 'x' but instead found type 'int'"),
        ((taeda.ones(1),), "is missing value for argument 'low'"),
        ((taeda.ones(1), 1.0, 2.0, 3.0), "Expected at most 3"),
    ],
)
def test_wrong_arguments(arguments, message) -> None:
    with pytest.raises(RuntimeError, match=message):
        clip(*arguments)


def test_lists_and_several_results() -> None:
    @custom_op("tests::both", mutates_args=())
    def both(xs: list[Tensor], dim: int = 0) -> tuple[Tensor, Tensor]:
        return taeda.cat(xs, dim), taeda.stack(xs, dim)

    both.register_autograd(lambda ctx, g, h: ([g[:2] + h[0], g[2:] + h[1]], None))
    a, b = (taeda.ones(2, requires_grad=True) for _ in range(2))
    joined, stacked = both([a, b])
    (joined.sum() + 2 * stacked[1].sum()).backward()
    assert a.grad.tolist() == [1.0, 1.0] and b.grad.tolist() == [3.0, 3.0]


def test_writes_to_its_arguments() -> None:
    @custom_op("tests::twice_into", mutates_args={"out"})
    def twice_into(x: Tensor, out: Tensor) -> None:
        out.numpy()[...] = x.numpy() * 2

    out = taeda.zeros(2)
    twice_into(taeda.ones(2), out)
    assert out.tolist() == [2.0, 2.0] and out._version == 1
    with pytest.raises(RuntimeError, match="non-functional operator"):
        twice_into.register_autograd(lambda ctx, g: None)


def test_what_goes_wrong_is_found() -> None:
    @custom_op("tests::same", mutates_args=())
    def same(x: Tensor) -> Tensor:
        return x

    @custom_op("tests::secret", mutates_args=())
    def secret(x: Tensor) -> Tensor:
        x += 1
        return x * 2

    @custom_op("tests::plain", mutates_args=())
    def plain(x: Tensor) -> Tensor:
        return x * 2

    with pytest.raises(RuntimeError, match="may not alias any inputs"):
        same(taeda.ones(2))
    with pytest.raises(OpCheckError, match="Argument x is not defined as mutable but was mutated"):
        opcheck(secret, (taeda.ones(2),), test_utils="test_schema")
    y = plain(taeda.ones(2, requires_grad=True))
    with pytest.raises(RuntimeError, match="no autograd formula was registered"):
        y.sum().backward()
    found = opcheck(plain, (taeda.ones(2, requires_grad=True),), test_utils=EAGER, raise_exception=False)
    assert found["test_schema"] == "SUCCESS" and isinstance(found["test_autograd_registration"], RuntimeError)


def test_library() -> None:
    library = Library("tests_of_library", "DEF")
    assert library.define("power(Tensor x, *, int p=2) -> Tensor") == "power"
    with pytest.raises(NotImplementedError, match="Could not run 'tests_of_library::power'"):
        taeda.ops.tests_of_library.power(taeda.ones(1))
    library.impl("power", lambda x, p=2: x**p, "CPU")
    assert taeda.ops.tests_of_library.power(taeda.tensor([3.0]), p=3).tolist() == [27.0]
    with pytest.raises(RuntimeError, match="Only a single Library"):
        Library("tests_of_library", "DEF")
    library.define("half(Tensor x) -> Tensor")
    library.impl("half", lambda x: x / 2, "CompositeImplicitAutograd")
    x = taeda.ones(1, requires_grad=True)
    taeda.ops.tests_of_library.half(x).backward()
    assert x.grad.tolist() == [0.5]


def test_decorators_of_ops_stay_decorators() -> None:
    import taeda.ops.pointwise  # noqa: F401 a file of that name
    from taeda.ops import pointwise, reduction

    assert callable(pointwise) and callable(reduction)
