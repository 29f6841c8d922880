"""Parts of PyTorch that libraries reach for: storages, profiles, layouts, attention with functions, trees, devices."""

import json

import pytest

import taeda as torch
from taeda import nn
from taeda.nn.attention.flex_attention import BlockMask, and_masks, create_block_mask, flex_attention
from taeda.utils import _pytree


def test_memory_formats():
    x = torch.arange(24.0).view(1, 2, 3, 4).requires_grad_()
    for made in (x.clone(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last),
                 x.to(memory_format=torch.channels_last), torch.clone(x, memory_format=torch.channels_last)):
        assert made.stride() == (24, 1, 8, 2) and torch.equal(made, x)
        assert made.is_contiguous(memory_format=torch.channels_last)
    back = x.to(memory_format=torch.channels_last).clone(memory_format=torch.contiguous_format)
    assert back.stride() == (24, 12, 4, 1)
    back.sum().backward()
    assert torch.equal(x.grad, torch.ones_like(x))
    assert torch.empty_like(x, memory_format=torch.channels_last).stride() == (24, 1, 8, 2)
    assert nn.Conv2d(2, 3, 3).to(memory_format=torch.channels_last).weight.stride() == (18, 1, 6, 2)
    with pytest.raises(RuntimeError, match="required rank 4 tensor to use channels_last format"):
        torch.ones(2).clone(memory_format=torch.channels_last)


def test_typed_storages():
    x = torch.arange(4.0)
    storage = torch.TypedStorage(wrap_storage=x.untyped_storage(), dtype=torch.float32)
    storage[1] = 7
    assert x.tolist() == [0, 7, 2, 3] and storage.tolist() == x.tolist() and len(storage) == 4
    assert (storage.nbytes(), storage.element_size(), storage.data_ptr()) == (16, 4, x.data_ptr())
    longs = torch.LongStorage([1, 2])
    assert longs.dtype == torch.int64 and longs.type() == "torch.LongStorage" and list(longs) == [1, 2]
    assert longs.clone().fill_(3).tolist() == [3, 3] and longs.tolist() == [1, 2]
    assert isinstance(x.untyped_storage(), torch.UntypedStorage)


def test_profile(tmp_path):
    from taeda.profiler import ProfilerActivity, profile, record_function

    with profile(activities=[ProfilerActivity.CPU], record_shapes=True) as made, record_function("mine"):
        torch.ones(2, 3).exp()
        torch.ones(4).exp()
    averages = {e.key: e for e in made.key_averages()}
    assert averages["exp"].count == 2 and averages["mine"].cpu_time_total >= averages["exp"].cpu_time_total
    assert len([e for e in made.key_averages(group_by_input_shapes=True) if e.key == "exp"]) == 2
    assert "Self CPU time total" in made.key_averages().table(sort_by="cpu_time_total", row_limit=1)
    made.export_chrome_trace(str(tmp_path / "trace.json"))
    assert {e["name"] for e in json.loads((tmp_path / "trace.json").read_text())["traceEvents"]} >= {"mine", "exp"}
    torch.ones(2).exp()
    assert sum(e.key == "exp" for e in made.events()) == 2


def test_flex_attention():
    q, k, v = torch.randn(3, 2, 4, 8, 16).unbind()
    q = q.requires_grad_()
    expected = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    causal = create_block_mask(lambda b, h, i, j: i >= j, None, None, 8, 8, BLOCK_SIZE=4)
    assert causal.to_dense().tolist() == [[[[1, 0], [1, 1]]]] and causal.sparsity() == 25.0
    result = flex_attention(q, k, v, block_mask=causal)
    assert torch.allclose(result, expected, atol=1e-6)
    result.sum().backward()
    distance = torch.arange(8)[None] - torch.arange(8)[:, None]
    biased = flex_attention(q, k, v, score_mod=lambda score, b, h, i, j: score + (j - i))
    assert torch.allclose(biased, nn.functional.scaled_dot_product_attention(q, k, v, distance.float()), atol=1e-6)
    grouped, sums = flex_attention(q, k[:, :2], v[:, :2], enable_gqa=True, return_lse=True)
    assert grouped.shape == (2, 4, 8, 16) and sums.shape == (2, 4, 8)
    nobody = create_block_mask(and_masks(lambda b, h, i, j: i >= j, lambda b, h, i, j: i < j), None, None, 8, 8)
    assert torch.equal(flex_attention(q, k, v, block_mask=nobody), torch.zeros(2, 4, 8, 16))
    # Only the blocks that are named take part: of two by two the diagonal.
    diagonal = BlockMask.from_kv_blocks(torch.ones(1, 1, 2, dtype=torch.int32),
                                        torch.tensor([[[[0, 1], [1, 0]]]], dtype=torch.int32), BLOCK_SIZE=4)
    within = torch.arange(8)[:, None] // 4 == torch.arange(8) // 4
    expected = nn.functional.scaled_dot_product_attention(q, k, v, within)
    assert torch.allclose(flex_attention(q, k, v, block_mask=diagonal), expected, atol=1e-6)
    with pytest.raises(ValueError, match="same number of heads"):
        flex_attention(q, k[:, :2], v[:, :2])


def test_scatter_and_gather():
    from taeda.nn.parallel import gather, parallel_apply, scatter
    from taeda.nn.parallel.scatter_gather import scatter_kwargs

    x = torch.arange(4.0)
    parts = scatter((x, {"n": 1}), ["cpu", "cpu"])
    assert [p[0].tolist() for p in parts] == [[0, 1], [2, 3]] and parts[1][1] == {"n": 1}
    results = parallel_apply([nn.Identity(), nn.Identity()], [p[0] for p in parts])
    assert torch.equal(gather(results, "cpu"), x)
    assert scatter_kwargs((x,), {}, ["cpu", "cpu"])[1] == ({}, {})


def test_trees_of_registered_types():
    class Output(dict):
        pass

    _pytree.register_pytree_node(
        Output, _pytree._dict_flatten, lambda v, c: Output(zip(c, v, strict=True)),
        flatten_with_keys_fn=_pytree._dict_flatten_with_keys,
    )
    paths, spec = _pytree.tree_flatten_with_path(Output(a=1, b=[2]))
    assert [_pytree.keystr(p) for p, _ in paths] == ["['a']", "['b'][0]"]
    assert isinstance(_pytree.tree_unflatten([3, 4], spec), Output)


def test_devices_answer():
    assert torch.cpu.is_available() and torch.cpu.current_device() == "cpu" and torch.cpu.device_count() == 1
    assert torch.cpu.current_stream().query() and "avx2" in torch.cpu.get_capabilities()
    assert not torch.accelerator.is_available() and torch.accelerator.current_accelerator() is None
    with pytest.raises(RuntimeError, match="Cannot access accelerator device"):
        torch.accelerator.synchronize()
    with pytest.raises(RuntimeError, match="Tried to instantiate dummy base class CUDAGraph"):
        torch.cuda.CUDAGraph()


def test_names_of_the_tracer():
    import taeda._dynamo as dynamo

    before = dynamo.config.cache_size_limit
    with dynamo.config.patch(cache_size_limit=3):
        assert dynamo.config.cache_size_limit == 3
    assert dynamo.config.cache_size_limit == before and not dynamo.is_compiling()
    assert issubclass(dynamo.exc.Unsupported, RuntimeError)


def test_optimizer_of_a_group_of_one():
    from taeda.distributed.optim import ZeroRedundancyOptimizer

    w = torch.ones(2, requires_grad=True)
    optimizer = ZeroRedundancyOptimizer([w], torch.optim.SGD, lr=0.5)
    w.sum().backward()
    optimizer.step()
    assert w.tolist() == [0.5, 0.5] and optimizer.state_dict()["param_groups"][0]["lr"] == 0.5


def test_wrappers_of_optimizers_step():
    class Wrapper(torch.optim.Optimizer):
        def __init__(self, optimizer):
            self.optimizer = optimizer

        def step(self, closure=None):
            return self.optimizer.step(closure)

    w = torch.ones(1, requires_grad=True)
    w.sum().backward()
    Wrapper(torch.optim.SGD([w], lr=1.0)).step()
    assert w.item() == 0.0


def test_spread_tensors_are_none():
    from taeda.distributed.tensor import DTensor, Shard

    assert not isinstance(torch.ones(1), DTensor) and Shard(1).is_shard(1) and not Shard(1).is_replicate()
    with pytest.raises(NotImplementedError, match="groups of several processes"):
        torch.distributed.init_device_mesh("cpu", (2,))


def test_gradients_go_by_their_old_name():
    # Training by several processes gives its shared parameters the gradients of a process's own.
    own, shared = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    (own * 3).sum().backward()
    shared._grad = own.grad
    assert shared.grad is own.grad and own._grad.tolist() == [3.0, 3.0]
