"""Autocast: the dtype that each class of ops gets, its cache, its state, gradients."""

import pytest

import taeda as torch
import taeda.nn.functional as F
from taeda import nn

BF16 = torch.bfloat16
x = torch.linspace(-1, 1, 12).view(3, 4)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize(
    "call",
    [
        lambda: x @ x.mT, lambda: torch.matmul(x, x[0]), lambda: torch.mm(x, x.T),
        lambda: torch.addmm(x[:, :3], x, x.T),
        lambda: F.linear(x, x), lambda: torch.einsum("ij,kj->ik", x, x), lambda: F.prelu(x, x[0, :1]),
        lambda: F.conv1d(x[None], torch.ones(2, 3, 2)), lambda: F.scaled_dot_product_attention(x, x, x),
        lambda: torch.bmm(x[None], x.T[None]), lambda: torch.inner(x, x), lambda: torch.tensordot(x, x.T, 1),
        lambda: torch.linalg.vecdot(x, x), lambda: F.conv1d(x[None], torch.ones(2, 3, 2), padding="same"),
    ],
)  # fmt: skip
def test_products_are_narrow(call, dtype):
    with torch.autocast("cpu", dtype=dtype):
        assert call().dtype == dtype
    assert call().dtype == torch.float32


@pytest.mark.parametrize(
    "call",
    [
        lambda h: F.mse_loss(h, h + 1), lambda h: F.cross_entropy(h, torch.tensor([0, 1, 2])), lambda h: h.prod(),
        lambda h: torch.prod(h, 1), lambda h: torch.cdist(h, h), lambda h: torch.trace(h), lambda h: F.l1_loss(h, h),
        lambda h: torch.cat([h, x]), lambda h: torch.stack([x, h]), lambda h: h + x,
        lambda h: F.kl_div(h, h, reduction="sum"),
        lambda h: torch.quantile(h, 0.5),
    ],
)  # fmt: skip
def test_what_needs_precision_is_float32(call):
    with torch.autocast("cpu"):
        assert call(x.to(BF16)).dtype == torch.float32


@pytest.mark.parametrize(
    "call", [lambda h: h.softmax(-1), lambda h: torch.cat([h, h]), lambda h: h.cumsum(0), lambda h: h * 2]
)
def test_the_rest_stays(call):
    with torch.autocast("cpu"):
        assert call(x.to(BF16)).dtype == BF16
        assert call(x).dtype == torch.float32


def test_float64_integers_and_written_tensors_stay():
    with torch.autocast("cpu"):
        assert (x.double() @ x.double().mT).dtype == torch.float64
        assert (torch.ones(2, 2, dtype=torch.int64) @ torch.ones(2, 2, dtype=torch.int64)).dtype == torch.int64
        out = torch.empty(3, 3)
        assert torch.mm(x, x.T, out=out).dtype == torch.float32
        assert torch.zeros(3, 3).addmm_(x, x.T).dtype == torch.float32


def test_same_result_as_explicit_conversion():
    with torch.autocast("cpu"):
        result = F.linear(x, x)
    assert torch.equal(result, F.linear(x.to(BF16), x.to(BF16)))


def test_training_step_has_float32_gradients_and_converts_each_weight_once():
    layer = nn.Linear(4, 4)
    with torch.autocast("cpu"):
        first = layer(x)
        second = layer(first.float())
        loss = F.mse_loss(second, torch.zeros(3, 4))
    assert (first.dtype, loss.dtype) == (BF16, torch.float32)
    loss.backward()
    assert layer.weight.grad.dtype == torch.float32
    reference = nn.Linear(4, 4)
    reference.load_state_dict(layer.state_dict())
    F.mse_loss(reference(reference(x)), torch.zeros(3, 4)).backward()
    assert torch.allclose(layer.weight.grad, reference.weight.grad, atol=0.02, rtol=0.1)


def test_a_weight_that_changes_in_a_region_is_converted_anew():
    weight = torch.ones(2, 2, requires_grad=True)
    with torch.autocast("cpu"):
        assert torch.mm(weight, weight)[0, 0] == 2
        with torch.no_grad():
            weight.mul_(2)
        assert torch.mm(weight, weight)[0, 0] == 8
        with torch.no_grad():
            torch.mm(weight, weight)
        assert torch.mm(weight, weight).requires_grad


def test_state_and_nesting():
    assert not torch.is_autocast_enabled("cpu") and torch.get_autocast_dtype("cpu") == BF16
    region = torch.autocast("cpu", dtype=torch.float16, cache_enabled=False)
    with region:
        assert torch.is_autocast_enabled("cpu") and torch.get_autocast_dtype("cpu") == torch.float16
        assert not torch.is_autocast_cache_enabled() and not torch.is_autocast_enabled()
        with torch.autocast("cpu", enabled=False):
            assert (x @ x.mT).dtype == torch.float32
        with region:
            assert (x @ x.mT).dtype == torch.float16
        assert (x @ x.mT).dtype == torch.float16
    assert not torch.is_autocast_enabled("cpu") and torch.is_autocast_cache_enabled()
    assert torch.get_autocast_dtype("cpu") == BF16


def test_decorator():
    @torch.autocast("cpu")
    def product(a):
        return a @ a.mT

    assert product(x).dtype == BF16 and product.__name__ == "product"


def test_functions_of_the_user():
    seen = []

    class Product(torch.autograd.Function):
        @staticmethod
        @torch.amp.custom_fwd(device_type="cpu")
        def forward(ctx, a):
            ctx.save_for_backward(a)
            return a @ a.mT

        @staticmethod
        @torch.amp.custom_bwd(device_type="cpu")
        def backward(ctx, grad):
            (a,) = ctx.saved_tensors
            seen.append((torch.is_autocast_enabled("cpu"), (a @ a.mT).dtype))
            return (grad + grad.mT) @ a

    class InFloat32(Product):
        @staticmethod
        @torch.amp.custom_fwd(device_type="cpu", cast_inputs=torch.float32)
        def forward(ctx, a):
            ctx.save_for_backward(a)
            return a @ a.mT

    leaf = x.clone().requires_grad_()
    with torch.autocast("cpu"):
        one, two = Product.apply(leaf), InFloat32.apply(leaf.to(BF16))
    assert (one.dtype, two.dtype) == (BF16, torch.float32)
    one.float().sum().backward()
    two.sum().backward()
    assert seen == [(True, BF16), (False, torch.float32)]


def test_what_is_refused():
    with pytest.raises(ValueError, match="Expected `device_type` of type `str`, got: `<class 'int'>`"):
        torch.autocast(3)
    with pytest.raises(RuntimeError, match="at start of device string: foo"):
        torch.autocast("foo")
    with pytest.warns(UserWarning, match="the target dtype is not supported. Disabling"):
        region = torch.autocast("cpu", dtype=torch.float64)
    with region:
        assert not torch.is_autocast_enabled("cpu")


@pytest.mark.parametrize("name", ["autocast", "GradScaler"])
@pytest.mark.parametrize("kind", ["cuda", "cpu"])
def test_old_homes_say_what_replaced_them(kind, name):
    with pytest.warns(FutureWarning, match=rf"`torch.{kind}.amp.{name}\(args...\)` is deprecated. ") as found:
        getattr(getattr(torch, kind).amp, name)(enabled=False)
    assert found[0].filename == __file__
