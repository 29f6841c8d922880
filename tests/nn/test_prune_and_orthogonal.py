"""Pruning, orthogonal weights, the hook of spectral norm, modules without initialisation: against PyTorch's."""

import pytest
from rows import fill

import taeda
from expected import agree
from taeda import nn
from taeda.nn.utils import prune


def _pruned(lib, change):
    from importlib import import_module

    tools = import_module(f"{lib.__name__}.nn.utils.prune")
    layer = fill(lib.nn.Linear(4, 3), lib)
    change(tools, layer)
    x = lib.ones(2, 4)
    out = layer(x)
    out.sum().backward()
    before = [sorted(layer.state_dict()), layer.weight, out, layer.weight_orig.grad, tools.is_pruned(layer)]
    tools.remove(layer, "weight")
    return [*before, sorted(layer.state_dict()), layer.weight, tools.is_pruned(layer), layer(x)]


@pytest.mark.parametrize("change", [
    lambda t, m: t.l1_unstructured(m, "weight", amount=5),
    lambda t, m: t.l1_unstructured(m, "weight", amount=0.25),
    lambda t, m: (t.l1_unstructured(m, "weight", amount=3), t.l1_unstructured(m, "weight", amount=4)),
    lambda t, m: t.ln_structured(m, "weight", amount=1, n=2, dim=0),
    lambda t, m: t.ln_structured(m, "weight", 0.5, float("inf"), dim=1),
    lambda t, m: (t.ln_structured(m, "weight", 1, 1, dim=0), t.l1_unstructured(m, "weight", amount=0.5)),
    lambda t, m: t.identity(m, "weight"),
    lambda t, m: t.custom_from_mask(m, "weight", m.weight.detach() > 0),
    lambda t, m: t.l1_unstructured(m, "weight", 2, importance_scores=-m.weight.detach().abs()),
    lambda t, m: t.global_unstructured([(m, "weight"), (m, "bias")], t.L1Unstructured, amount=6),
], ids=range(10))  # fmt: skip
def test_pruning(change):
    agree(lambda lib: _pruned(lib, change), 1e-6, 1e-6)


def test_random_pruning_takes_out_as_many_as_it_should():
    layer = prune.random_unstructured(nn.Linear(5, 4), "weight", amount=7)
    assert int((layer.weight_mask == 0).sum()) == 7
    layer = prune.random_structured(nn.Linear(5, 4), "weight", amount=2, dim=1)
    assert int((layer.weight_mask.sum(0) == 0).sum()) == 2


@pytest.mark.parametrize("change", [
    lambda t, m: t.l1_unstructured(m, "weight", amount="much"),
    lambda t, m: t.l1_unstructured(m, "weight", amount=1.5),
    lambda t, m: t.l1_unstructured(m, "weight", amount=99),
    lambda t, m: t.ln_structured(m, "bias", 1, 2, dim=0),
    lambda t, m: t.ln_structured(m, "weight", 1, 2, dim=5),
    lambda t, m: t.remove(m, "weight"),
    lambda t, m: t.global_unstructured([(m, "weight")], t.LnStructured, amount=1, n=2),
], ids=range(7))  # fmt: skip
def test_refusals_of_pruning(change):
    agree(lambda lib: _pruned(lib, change), messages=False)
    layer = nn.Linear(4, 3)
    with pytest.raises((TypeError, ValueError, IndexError)):
        change(prune, layer)
    assert layer(taeda.ones(1, 4)).shape == (1, 3) and "weight" in dict(layer.named_parameters())


@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 5)])
@pytest.mark.parametrize("chosen", [None, "matrix_exp", "cayley", "householder"])
def test_orthogonal(shape, chosen):
    taeda.manual_seed(0)
    layer = nn.utils.parametrizations.orthogonal(nn.Linear(shape[1], shape[0]), orthogonal_map=chosen)
    for _ in range(2):
        w = layer.weight
        product = w @ w.T if shape[0] < shape[1] else w.T @ w
        assert taeda.allclose(product, taeda.eye(min(shape)), atol=1e-5)
        layer(taeda.randn(3, shape[1])).square().sum().backward()
        with taeda.no_grad():
            for p in layer.parameters():
                p -= 0.1 * p.grad
    wanted = nn.init.orthogonal_(taeda.empty(*shape))
    layer.weight = wanted
    assert taeda.allclose(layer.weight, wanted, atol=1e-5)


@pytest.mark.parametrize("chosen", ["matrix_exp", "cayley", "householder"])
def test_orthogonal_maps(chosen):
    def program(lib):
        layer = fill(lib.nn.Linear(3, 4), lib)
        made = lib.nn.utils.parametrizations.orthogonal(layer, "weight", chosen, use_trivialization=False)
        with lib.no_grad():
            made.parametrizations.weight.original.copy_(lib.arange(12.0).reshape(4, 3).sin())
            made.parametrizations.weight.original.diagonal().fill_(1.0)
        made.weight.sum().backward()
        return made.weight, made.parametrizations.weight.original.grad

    agree(program, 1e-5, 1e-5)


def test_spectral_norm_by_a_hook():
    def program(lib):
        layer = fill(lib.nn.utils.spectral_norm(lib.nn.Linear(4, 3), n_power_iterations=2), lib)
        x = lib.ones(2, 4)
        made = [sorted(layer.state_dict()), layer(x), layer.eval()(x)]
        lib.nn.utils.remove_spectral_norm(layer)
        return [*made, sorted(layer.state_dict()), layer(x)]

    agree(program, 1e-4, 1e-5)


def test_small_helpers():
    layer = nn.utils.skip_init(nn.Linear, 3, 2)
    assert layer.weight.shape == (2, 3) and layer.weight.device.type == "cpu"
    with pytest.raises(RuntimeError, match="Expected a Module"):
        nn.utils.skip_init(int)
    conv = nn.Conv2d(3, 4, 3)
    before = conv.weight.detach().clone()
    nn.utils.convert_conv2d_weight_memory_format(conv, taeda.channels_last)
    assert conv.weight.is_contiguous(memory_format=taeda.channels_last) and bool((conv.weight == before).all())
    assert nn.factory_kwargs({"device": "cpu", "factory_kwargs": {"dtype": taeda.float64}}) == {
        "device": "cpu", "dtype": taeda.float64}
    with pytest.raises(TypeError, match="unexpected kwargs"):
        nn.factory_kwargs({"size": 1})


def test_sync_batch_norm_of_one_process():
    model = nn.Sequential(nn.Conv2d(2, 3, 1), nn.BatchNorm2d(3))
    x = taeda.randn(4, 2, 3, 3)
    expected = model(x)
    model[1].reset_running_stats()
    made = nn.SyncBatchNorm.convert_sync_batchnorm(model)
    assert isinstance(made[1], nn.SyncBatchNorm) and list(made.state_dict()) == list(model.state_dict())
    with pytest.raises(ValueError, match="Default process group has not been initialized"):
        made(x)
    taeda.distributed.init_process_group("gloo", "tcp://localhost:29500", rank=0, world_size=1)
    try:
        assert taeda.equal(made(x), expected)
    finally:
        taeda.distributed.destroy_process_group()


def test_lazy_layers_take_the_arguments_of_their_layers():
    layer = nn.LazyConvTranspose1d(4, 3, output_padding=0, bias=False)
    assert layer(taeda.ones(1, 2, 5)).shape == (1, 4, 7) and layer.bias is None
    norm = nn.LazyBatchNorm1d(bias=False)
    norm(taeda.randn(3, 2))
    assert norm.bias is None and norm.weight.shape == (2,)
    with pytest.warns(FutureWarning, match="min_value"):
        assert nn.Hardtanh(min_value=-2.0).min_val == -2.0


@pytest.mark.parametrize("size", [2, 3, 5, 12])
def test_cross_map_normalisation(size):
    def program(lib):
        x = lib.arange(2.0 * 9 * 2 * 2).reshape(2, 9, 2, 2).sin()
        return lib.nn.CrossMapLRN2d(size, alpha=0.3, k=2.0)(x)

    agree(program, 1e-5, 1e-6)
    with pytest.raises(ValueError, match="Expected input to be 4D"):
        nn.CrossMapLRN2d(size)(taeda.ones(2, 3))
