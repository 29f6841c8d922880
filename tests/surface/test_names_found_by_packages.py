"""Names that packages of the index ask for, each without the package: what they do, as PyTorch 2.13 does it."""

import io

import pytest

import taeda
from taeda import _higher_order_ops
from taeda._C import _functorch
from taeda.utils._foreach_utils import _group_tensors_by_device_and_dtype

F = taeda.nn.functional


def test_two_numbers_are_added_as_tensors_without_dimensions():
    for found, expected, dtype in (
        (taeda.add(1, 2), 3, taeda.int64), (taeda.add(1, 2, alpha=3), 7, taeda.int64),
        (taeda.mul(2, 3.0), 6, taeda.float32), (taeda.div(7, 2), 3.5, taeda.float32),
        (taeda.div(-7, 2, rounding_mode="floor"), -4, taeda.int64), (taeda.floor_divide(7, 2), 3, taeda.int64),
        (taeda.div(7.5, 2, rounding_mode="trunc"), 3, taeda.float32), (taeda.sub(2, 3), -1, taeda.int64),
        (taeda.add(True, 2), 3, taeda.int64), (taeda.mul(2j, 3), 6j, taeda.complex64),
    ):
        assert found.item() == expected and found.dtype == dtype and found.shape == ()
    for function in (taeda.pow, taeda.remainder, taeda.bitwise_and, taeda.xlogy):
        with pytest.raises(TypeError):
            function(2, 3)


def test_attention_repeats_heads_of_keys_and_of_values_apart():
    q, k, v = taeda.randn(2, 4, 3, 8), taeda.randn(2, 2, 5, 8), taeda.randn(2, 4, 5, 8)
    found = F.scaled_dot_product_attention(q, k, v, enable_gqa=True)
    expected = F.scaled_dot_product_attention(q, k.repeat_interleave(2, 1), v)
    taeda.testing.assert_close(found, expected)
    taeda.testing.assert_close(F.scaled_dot_product_attention(q, v, k, enable_gqa=True),
                               F.scaled_dot_product_attention(q, v, k.repeat_interleave(2, 1)))
    with pytest.raises(RuntimeError, match="must divide the number of heads in query.*4 heads of query and 3 of value"):
        F.scaled_dot_product_attention(q, k, taeda.randn(2, 3, 5, 8), enable_gqa=True)


def test_products_in_groups():
    a, b = taeda.randn(10, 8, requires_grad=True), taeda.randn(3, 8, 4, requires_grad=True)
    ends = taeda.tensor([3, 3, 9], dtype=taeda.int32)
    found = F.grouped_mm(a, b, offs=ends)
    expected = taeda.cat([a[:3] @ b[0], a[3:9] @ b[2], taeda.zeros(1, 4)])
    taeda.testing.assert_close(found, expected)
    taeda.testing.assert_close(taeda.autograd.grad(found.square().sum(), (a, b)),
                               taeda.autograd.grad(expected.square().sum(), (a, b)))
    x, y = taeda.randn(3, 2, 8), taeda.randn(8, 9)
    taeda.testing.assert_close(F.grouped_mm(x, y, offs=ends), taeda.cat([x[0] @ y[:, :3], x[2] @ y[:, 3:]], 1))
    x, y = taeda.randn(2, 9), taeda.randn(9, 4)
    taeda.testing.assert_close(F.grouped_mm(x, y, offs=ends),
                               taeda.stack([x[:, :3] @ y[:3], taeda.zeros(2, 4), x[:, 3:] @ y[3:]]))
    taeda.testing.assert_close(taeda._grouped_mm(b.mT, b), b.mT @ b)
    for offs in ([3, 2, 9], [3, 5, 11]):
        with pytest.raises(RuntimeError, match="offs must rise from 0 to at most 10"):
            F.grouped_mm(a, b, offs=taeda.tensor(offs, dtype=taeda.int32))
    for wrong, words in (((a, b), "Have to provide offsets"), ((a.long(), b), "mat_a to be Float32.*got Long")):
        with pytest.raises(RuntimeError, match=words):
            F.grouped_mm(*wrong)


def test_the_gradient_of_softmax_is_an_op():
    x, g = taeda.randn(3, 4, requires_grad=True), taeda.randn(3, 4)
    for function, gradient in ((taeda.softmax, taeda._softmax_backward_data),
                               (taeda.log_softmax, taeda._log_softmax_backward_data)):
        y = function(x, 1)
        taeda.testing.assert_close(gradient(g, y, 1, x.dtype), taeda.autograd.grad(y, x, g)[0])


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 8])
@pytest.mark.parametrize("mode", ["pointwise", "generic"])
def test_associative_scan(count, mode):
    x = taeda.rand(3, count, dtype=taeda.float64, requires_grad=True)
    scan = _higher_order_ops.associative_scan
    for reverse in (False, True):
        found = scan(taeda.mul, x, 1, reverse, combine_mode=mode)
        expected = x.flip(1).cumprod(1).flip(1) if reverse else x.cumprod(1)
        taeda.testing.assert_close(found, expected)
        taeda.testing.assert_close(taeda.autograd.grad(found.sum(), x), taeda.autograd.grad(expected.sum(), x))
    # A linear recurrence h = a h + b, as a scan of pairs.
    a, b = taeda.rand(count, 2), taeda.rand(count, 2)
    _, states = scan(lambda p, q: (p[0] * q[0], q[0] * p[1] + q[1]), (a, b), 0, combine_mode=mode)
    h = taeda.zeros(2)
    for k in range(count):
        h = a[k] * h + b[k]
        taeda.testing.assert_close(states[k], h)


def test_scans_refuse_what_has_no_steps():
    from taeda._higher_order_ops.associative_scan import associative_scan

    with pytest.raises(ValueError, match="as many steps along dim 0, but they have"):
        associative_scan(lambda p, q: p, (taeda.ones(2), taeda.ones(3)), 0)
    with pytest.raises(ValueError, match="there is no step"):
        associative_scan(taeda.add, taeda.ones(0), 0)
    with pytest.raises(RuntimeError, match="must return what it is given"):
        associative_scan(lambda p, q: p.sum(), taeda.ones(4), 0)
    with pytest.raises(ValueError, match="Combine_mode must either"):
        associative_scan(taeda.add, taeda.ones(4), 0, combine_mode="wrong")


def test_scan_and_map_go_step_by_step():
    x = taeda.arange(6.0).view(2, 3)
    total, made = _higher_order_ops.scan(lambda c, x: (c + x, {"y": c * x}), taeda.zeros(2), x, dim=1, reverse=True)
    assert total.tolist() == [3, 12]
    assert made["y"].tolist() == [[0, 27], [2, 20], [0, 0]]
    assert _higher_order_ops.map(lambda x, k: (x * k, x.sum()), x, 2)[1].tolist() == [3, 12]
    with pytest.raises(RuntimeError, match="carry of the same structure"):
        _higher_order_ops.scan(lambda c, x: ((c, x), x), taeda.zeros(2), x, dim=1)


def test_points_of_sobol():
    pytest.importorskip("scipy")
    engine = taeda.quasirandom.SobolEngine(3)
    assert engine.draw(4).tolist() == [[0, 0, 0], [0.5, 0.5, 0.5], [0.75, 0.25, 0.25], [0.25, 0.75, 0.75]]
    rest = engine.draw(4, dtype=taeda.float64)
    assert rest.dtype == taeda.float64 and engine.num_generated == 8
    assert engine.reset().fast_forward(4).draw(4).tolist() == rest.tolist()
    scrambled = taeda.quasirandom.SobolEngine(3, scramble=True, seed=4)
    points = scrambled.draw_base2(6)
    assert (points.mean(0) - 0.5).abs().max() < 0.02 and taeda.equal(scrambled.reset().draw(64), points)
    with pytest.raises(ValueError, match="n=64\\+2\\*\\*2=68"):
        scrambled.draw_base2(2)
    with pytest.raises(ValueError, match="Supported range of dimensionality"):
        taeda.quasirandom.SobolEngine(0)


def test_tensors_taken_apart_by_dtype():
    a = [taeda.ones(1), taeda.ones(1, dtype=taeda.float64), taeda.ones(2)]
    found = _group_tensors_by_device_and_dtype([a, [None, a[1], a[2]], []], True)
    assert {key[1]: ([len(part) for part in lists], places) for key, (lists, places) in found.items()} == {
        taeda.float32: ([2, 2, 0], [0, 2]), taeda.float64: ([1, 1, 0], [1])}
    assert list(taeda.optim.SGD(a[:1])._group_tensors_by_device_and_dtype([a])) == list(found)


def test_types_of_results_have_names():
    from taeda import return_types

    assert type(taeda.ones(2, 2).max(1)) is return_types.max is getattr(return_types, "max")  # noqa: B009
    assert return_types.linalg_qr in return_types.all_return_types
    with pytest.raises(AttributeError):
        return_types.nothing  # noqa: B018


def test_what_stands_for_an_example_of_a_batch():
    seen = []

    def function(x):
        seen.append((_functorch.is_batchedtensor(x), _functorch.maybe_get_level(x), _functorch.current_level(),
                     _functorch.get_unwrapped(x).shape))
        return x

    taeda.vmap(function)(taeda.ones(3, 2))
    assert seen == [(True, 1, 1, (3, 2))]
    assert not _functorch.is_batchedtensor(taeda.ones(1)) and _functorch.maybe_current_level() is None
    with pytest.raises(RuntimeError, match="No wrappers present"):
        _functorch.get_unwrapped(taeda.ones(1))


def test_small_names():
    assert taeda.typename(taeda.ones(1)) == "torch.FloatTensor" and taeda.typename([]) == "list"
    assert taeda.legacy_contiguous_format is taeda.contiguous_format
    assert taeda._shape_as_tensor(taeda.ones(2, 3)).tolist() == [2, 3]
    drawn = taeda._sample_dirichlet(taeda.ones(4, 3))
    taeda.testing.assert_close(drawn.sum(-1), taeda.ones(4))
    assert taeda.random.default_generator is taeda.default_generator
    assert taeda.serialization.DEFAULT_PROTOCOL == 2 and taeda.serialization.MAP_LOCATION
    assert taeda.ops.aten.alias(taeda.ones(2)).tolist() == [1, 1]
    weight = taeda.ones(1, 1, 2)
    assert taeda.ops.aten._convolution(taeda.ones(1, 1, 3), weight, None, [1], [0], [1], False, [0], 1, False, False,
                                       True, True).tolist() == [[[2, 2]]]
    assert taeda._tensor_str.PRINT_OPTS.threshold == 1000
    with pytest.raises(ValueError, match="not all"):
        taeda._check_tensor_all_with(ValueError, taeda.tensor([True, False]), lambda: "not all")
    with pytest.raises(TypeError, match="torch.bool"):
        taeda._check_tensor_all_with(ValueError, taeda.ones(2))
    with pytest.raises(RuntimeError, match=r"Class pyg\.Sampler not registered"):
        taeda.classes.pyg.Sampler  # noqa: B018
    with pytest.raises(NotImplementedError, match="compiled for PyTorch"):
        taeda.classes.load_library("x.so")


def test_a_tensor_of_a_subclass_is_made_again():
    class Marked(taeda.Tensor):
        pass

    made = taeda._tensor._rebuild_from_type_v2(taeda.ones, Marked, (2,), {"mark": 3})
    assert type(made) is Marked and made.mark == 3 and made.tolist() == [1, 1]
    file = io.BytesIO()
    taeda.save(taeda.ones(2), file)


def test_kinds_of_devices_that_are_not_there_answer():
    assert not taeda.xpu.is_available() and taeda.xpu.memory_allocated() == 0 and taeda.xpu.get_rng_state_all() == []
    assert taeda.mps.driver_allocated_memory() == 0 and not taeda.backends.mps.is_macos_or_newer(14, 0)
    with taeda.xpu.device(None):
        taeda.xpu.manual_seed_all(0)
    with pytest.raises(AssertionError, match="Torch not compiled with XPU enabled"):
        taeda.xpu.current_device()


def test_dictionaries_by_identity_forget_what_is_gone():
    from taeda.utils.weak import TensorWeakRef, WeakIdKeyDictionary, WeakTensorKeyDictionary

    x, y = taeda.ones(2), taeda.ones(2)
    found = WeakTensorKeyDictionary({x: 1, y: 2})
    assert found[x] == 1 and found[y] == 2 and len(found) == 2 and taeda.ones(2) not in found and "x" not in found
    reference = TensorWeakRef(y)
    assert reference() is y and isinstance(found.copy(), WeakIdKeyDictionary)
    del y
    assert reference() is None and list(found.values()) == [1] and next(iter(found)) is x
    del found[x]
    assert not found.keyrefs()


def test_contexts_that_decorate():
    from taeda.utils._contextlib import _DecoratorContextManager, _NoParamDecoratorContextManager

    seen = []

    class Named(_DecoratorContextManager):
        def __init__(self, name):
            self.name = name

        def __enter__(self):
            seen.append(self.name)

        def __exit__(self, *error):
            seen.append("end")

        def clone(self):
            return Named(self.name)

    class Plain(_NoParamDecoratorContextManager):
        def __enter__(self):
            seen.append("plain")

        def __exit__(self, *error):
            seen.append("end")

    assert Named("a")(lambda x: x + 1)(1) == 2 and Plain(lambda: 3)() == 3

    @Named("b")
    def numbers():
        seen.append((yield 1))

    generator = numbers()
    assert next(generator) == 1
    with pytest.raises(StopIteration):
        generator.send("sent")
    assert seen == ["a", "end", "plain", "end", "b", "end", "b", "sent", "end"]


def test_extensions_in_cpp_are_refused_with_what_to_write_instead():
    from taeda.utils import cpp_extension

    for build in (cpp_extension.load, cpp_extension.load_inline, cpp_extension.CppExtension,
                  cpp_extension.CUDAExtension):
        with pytest.raises(NotImplementedError, match=r"'mine'.*compiled against PyTorch's C\+\+ libraries.*library"):
            build("mine", ["a.cpp"])
    with pytest.raises(NotImplementedError):
        cpp_extension.BuildExtension.with_options(use_ninja=False)()
    assert cpp_extension.include_paths() == [] and not cpp_extension.check_compiler_ok_for_platform("no-such-compiler")


def test_modules_spread_over_processes_are_names_with_answers():
    from taeda.distributed._composable.fsdp import FSDPModule
    from taeda.distributed._tensor.experimental import implicit_replication
    from taeda.distributed.fsdp.fully_sharded_data_parallel import FullyShardedDataParallel, StateDictType

    from taeda.distributed import fsdp
    from taeda.distributed.fsdp import wrap

    model = taeda.nn.Sequential(taeda.nn.Linear(4, 4), taeda.nn.Linear(4, 2))
    assert not isinstance(model, (FullyShardedDataParallel, FSDPModule))
    assert FullyShardedDataParallel.fsdp_modules(model) == []
    assert [kind.name for kind in StateDictType] == ["FULL_STATE_DICT", "LOCAL_STATE_DICT", "SHARDED_STATE_DICT"]
    for make in (lambda: FullyShardedDataParallel(model), lambda: fsdp.fully_shard(model), FSDPModule):
        with pytest.raises(NotImplementedError, match="cannot be spread over processes yet"):
            make()
    with implicit_replication():
        assert wrap.wrap(model) is model
    with wrap.enable_wrap(wrapper_cls=taeda.nn.Sequential):
        assert type(wrap.wrap(model[0])) is taeda.nn.Sequential
    policy = wrap.ModuleWrapPolicy({taeda.nn.Linear})
    assert policy(model[0], recurse=False) and not policy(model, recurse=False) and policy(model, recurse=True)
    assert wrap.size_based_auto_wrap_policy(model, False, 30, min_num_params=20)
    assert not wrap.size_based_auto_wrap_policy(taeda.nn.ModuleList(), False, 30, min_num_params=20)
    assert fsdp.MixedPrecision(param_dtype=taeda.bfloat16).param_dtype == taeda.bfloat16
    assert not taeda.distributed.rpc.is_available()
    with pytest.raises(NotImplementedError, match="not there yet"):
        taeda.distributed.rpc.rpc_sync("worker", len)


def test_torchrun_starts_one_process(tmp_path):
    import subprocess
    import sys

    program = tmp_path / "program.py"
    program.write_text("import os, sys, torch\n"
                       "torch.distributed.init_process_group('gloo')\n"
                       "print(torch.distributed.get_rank(), os.environ['LOCAL_RANK'], sys.argv[1:])\n")
    command = [sys.executable, "-m", "taeda.distributed.run", "--standalone", "--nproc_per_node"]
    done = subprocess.run([*command, "1", str(program), "--epochs", "3"], capture_output=True, text=True)
    assert done.stdout == "0 0 ['--epochs', '3']\n", done.stderr
    done = subprocess.run([*command, "2", str(program)], capture_output=True, text=True)
    assert done.returncode and "1 x 2 processes were asked for" in done.stderr


def test_divergences_may_be_registered_for_bases_of_other_libraries():
    from taeda.distributions import kl_divergence, register_kl

    class Base:
        pass

    class Mine(Base, taeda.distributions.Distribution):
        pass

    @register_kl(Mine, Base)
    def _(p, q):
        return "mine"

    assert kl_divergence(Mine(validate_args=False), Mine(validate_args=False)) == "mine"
    with pytest.raises(TypeError, match="Expected type_q to be a Distribution subclass but got 3"):
        register_kl(Mine, 3)


def test_workers_seed_numpy_as_pytorch_does():
    pytest.importorskip("numpy")
    from taeda.utils.data.worker import _generate_state

    assert _generate_state(12345, 3) == [388367306, 2732186161, 3264781304, 1215154576]
    assert _generate_state(2**40 + 77, 1) == [2185177214, 2801339687, 225810643, 1629209054]
    assert taeda.utils.data._utils.collate.np_str_obj_array_pattern.search("<U3")


def test_tensors_of_modules_are_swapped():
    from taeda.nn.utils._named_member_accessor import set_tensor, swap_tensor

    module, new = taeda.nn.Linear(2, 1), taeda.ones(1, 2)
    weight = module.weight
    assert swap_tensor(module, "weight", new) is weight and module.weight is new
    set_tensor(module, "weight", weight)
    assert module.weight is weight
    with pytest.raises(AttributeError, match="Linear has no attribute `other`"):
        swap_tensor(module, "other", new)
    assert swap_tensor(module, "other", new, allow_missing=True) is not None and module.other is new
    with pytest.raises(KeyError, match="tensor name can"):
        set_tensor(module, "a.b", new)
    with pytest.raises(TypeError, match="not an instance of torch.Tensor"):
        swap_tensor(module, "weight", 3)


def test_a_tensor_that_only_gives_its_shape_has_no_gradient():
    x, like = taeda.ones(3), taeda.ones(3, requires_grad=True)
    for made in (x.view_as(like), x.expand_as(like), x.reshape_as(like)):
        assert not made.requires_grad and made.grad_fn is None
    made = like.view_as(taeda.ones(3, requires_grad=True))
    assert taeda.autograd.grad(made.sum(), like)[0].tolist() == [1, 1, 1]


def test_types_of_torchscript_are_only_names():
    assert not isinstance(taeda.ones(1), taeda.TensorType) and taeda.DeviceObjType is not taeda.FloatType
    with pytest.raises(NotImplementedError, match="TorchScript's types are not there"):
        taeda.TensorType()


def test_names_of_quantised_types_are_only_names():
    import pickle

    assert repr(taeda.qint8) == "torch.qint8" and pickle.loads(pickle.dumps(taeda.qint8)) is taeda.qint8
    with pytest.raises(TypeError):
        taeda.ones(2, dtype=taeda.qint8)


def test_ops_by_the_names_below_autograd():
    aten = taeda.ops.aten
    x = taeda.arange(6.0).view(2, 3)
    assert aten.sym_size(x, 1) == 3 and aten._is_all_true(x >= 0)
    with pytest.raises(RuntimeError, match="no.* available"):
        aten._pin_memory.default(x)
    assert [y.tolist() for y in aten._foreach_add([taeda.ones(1)], 1)] == [[2.0]]
    sparse = taeda.eye(3).to_sparse_csr()
    taeda.testing.assert_close(aten._sparse_addmm(x.T, sparse, x.T), 2 * x.T)
