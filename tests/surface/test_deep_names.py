"""Names from deep inside PyTorch's tree, by import and by attribute, and the first years' tensor types."""

import importlib
import warnings

import pytest

import taeda as torch

DEEP = """utils.data.dataloader.default_collate optim.adamw.AdamW distributions.normal.Normal nn.modules.conv.LazyConv2d
nn.modules.activation.MultiheadAttention nn.modules.batchnorm.SyncBatchNorm nn.modules.linear.LazyLinear
functional.einsum functional.norm utils.data._utils.collate.default_collate utils.data._utils.worker.get_worker_info
optim.sparse_adam.SparseAdam cuda.amp.grad_scaler.GradScaler cuda.amp.autocast_mode.autocast cuda.memory.empty_cache
autograd.profiler_util.EventList signal.windows.windows.hann
testing._comparison.assert_close jit._script.ScriptModule torch_version.TorchVersion
_functorch.eager_transforms.vjp _jit_internal.is_scripting profiler.profiler.profile""".split()


@pytest.mark.parametrize("path", DEEP)
def test_deep_name(path):
    module, _, name = path.rpartition(".")
    found = getattr(importlib.import_module(f"taeda.{module}"), name)
    value = torch
    for part in path.split(".") if not path.startswith("_") else ():
        value = getattr(value, part)
    assert path.startswith(("_", "torch_version")) or value is found


def test_a_function_that_hides_its_module_can_be_called_still():
    before = torch.nn.utils.weight_norm
    module = importlib.import_module("taeda.nn.utils.weight_norm")
    assert module.WeightNorm.__name__ == "WeightNorm"
    for weight_norm in (before, torch.nn.utils.weight_norm):
        with pytest.warns(FutureWarning, match="weight_norm"):
            assert weight_norm(torch.nn.Linear(2, 3)).weight_g.shape == (3, 1)
    with pytest.raises(TypeError, match="'module' object is not callable"):
        importlib.import_module("taeda.functional")()


def test_all_of_a_module_made_of_several():
    names = {}
    exec("from taeda.nn.modules.activation import *", names)
    assert names["MultiheadAttention"] is torch.nn.MultiheadAttention and "ReLU" in names


def test_types_of_the_first_years_convert():
    x = torch.arange(3)
    assert x.type(torch.FloatTensor).dtype == torch.float32 and x.type(torch.Tensor).dtype == torch.float32
    with pytest.raises(TypeError, match="dtype must be a type, str, or dtype object"):
        x.type(x)
    with pytest.raises(TypeError, match="dtype must be a type, str, or dtype object"):
        x.type(int)


def test_sparse_types_of_the_first_years():
    indices, values = torch.tensor([[0, 1], [1, 0]]), torch.tensor([1.0, 2.0])
    x = torch.sparse.FloatTensor(indices, values, torch.Size([2, 2]))
    assert x.to_dense().tolist() == [[0, 1], [2, 0]] and isinstance(x, torch.sparse.FloatTensor)
    assert not isinstance(values, torch.sparse.FloatTensor) and not isinstance(x, torch.FloatTensor)
    assert torch.sparse.LongTensor(2, 3).shape == (2, 3) and torch.sparse.IntTensor().shape == (0,)
    assert repr(torch.sparse.HalfTensor) == "<class 'torch.sparse.HalfTensor'>"
    assert torch.spmm(x, torch.eye(2)).tolist() == torch.dsmm(x, torch.eye(2)).tolist() == [[0, 1], [2, 0]]


def test_gradients_as_programs_ask_for_them():
    x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    found = torch.autograd.grad(outputs=(x * y).sum(), inputs=x, create_graph=True, only_inputs=True)[0]
    assert found.tolist() == [1, 1]
    named = torch.autograd.grad((x * x * y).sum(), {"x": x, "y": y})
    assert {name: g.tolist() for name, g in named.items()} == {"x": [2, 2], "y": [1, 1]}
    with warnings.catch_warnings(), pytest.raises(FutureWarning, match="only_inputs argument is deprecated"):
        warnings.simplefilter("error")
        torch.autograd.grad((x * y).sum(), x, only_inputs=False)


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_gradients_of_convolutions_by_themselves(dims):
    import taeda.nn.grad as grads

    x = torch.randn(2, 4, *(5,) * dims, requires_grad=True)
    w = torch.randn(6, 2, *(3,) * dims, requires_grad=True)
    options = {"stride": 2, "padding": 1, "groups": 2}
    y = getattr(torch.nn.functional, f"conv{dims}d")(x, w, **options)
    g = torch.randn_like(y)
    for_x, for_w = torch.autograd.grad(y, (x, w), g)
    found_x = getattr(grads, f"conv{dims}d_input")(x.shape, w, g, **options)
    found_w = getattr(grads, f"conv{dims}d_weight")(x, list(w.shape), g, **options)
    assert torch.equal(found_x, for_x) and torch.equal(found_w, for_w) and found_w.requires_grad
    with torch.no_grad():
        assert not getattr(grads, f"conv{dims}d_weight")(x, w.shape, g, **options).requires_grad


@pytest.mark.parametrize("name", ["functional", "nn.modules.batchnorm"])
def test_files_are_not_imported_again_below_second_names(name):
    importlib.import_module(f"taeda.{name}")
    with pytest.raises(ModuleNotFoundError, match="is not a package"):
        importlib.import_module(f"taeda.{name}.linear" if name.startswith("nn") else f"taeda.{name}.hub")


def test_flat_lists_and_exceptions_from_elsewhere():
    from taeda import _utils

    tensors = [torch.ones(2, 3), torch.zeros(0), torch.full((2,), 3.0)]
    flat = _utils._flatten_dense_tensors(tensors)
    parts = _utils._unflatten_dense_tensors(flat, tensors)
    assert flat.shape == (8,) and all(map(torch.equal, parts, tensors)) and parts[2].data_ptr() != tensors[2].data_ptr()
    groups = list(_utils._take_tensors([torch.ones(2), torch.ones(2).long(), torch.ones(2), torch.ones(9)], 16))
    assert [[len(t) for t in group] for group in groups] == [[2, 2], [9], [2]]
    try:
        {}["missing"]
    except KeyError:
        wrapped = _utils.ExceptionWrapper(where="in worker 0")
    with pytest.raises(KeyError, match="Caught KeyError in worker 0.\nOriginal Traceback"):
        wrapped.reraise()


def test_settings_of_libraries_that_are_not_there():
    for module, options in ((torch.backends.mkldnn, {"enabled": False}), (torch.backends.nnpack, {"enabled": False})):
        with module.flags(**options):
            assert module.enabled is False
        assert module.enabled is True
    with torch.backends.mkl.verbose(torch.backends.mkl.VERBOSE_ON):
        pass
    with pytest.raises(RuntimeError, match="NVTX functions not installed. Are you sure you have a CUDA build?"):
        torch.cuda.nvtx.range_push("step")
    assert torch.cuda.OutOfMemoryError is torch.OutOfMemoryError


def test_the_default_backend_of_compiled_functions():
    assert torch.compiler.get_default_backend() == "inductor"
    torch.compiler.set_default_backend("eager")
    try:
        def double(x):
            return 2 * x

        assert torch.compile(double) is double or torch.compile(double)(1) == 2
        with pytest.raises(RuntimeError, match="Invalid backend: 'other'"):
            torch.compiler.set_default_backend("other")
    finally:
        torch.compiler.set_default_backend(None)
    assert torch.compiler.nested_compile_region(double) is double


@pytest.mark.parametrize("path", """fft.Tensor special.Tensor nn.utils.rnn.PackedSequence_
distributions.transforms.Distribution
autograd.graph.TorchDispatchMode autograd.graph.Variable utils.checkpoint.tree_map types.DispatchKey
nn.Module.T_destination autograd.kineto_available""".split())
def test_names_that_programs_import_from_where_pytorch_uses_them(path):
    value = torch
    for part in path.split("."):
        value = getattr(value, part)


def test_types_of_the_first_years_take_what_pytorchs_take():
    numpy = pytest.importorskip("numpy")
    for given in (range(3), numpy.arange(3), [0.0, 1.5, 2.0], numpy.array([0.0, 1.5, 2.0]), (False, True, 2)):
        assert torch.LongTensor(given).tolist() == [0, 1, 2]
    assert torch.HalfTensor(numpy.float64([1.5])).dtype == torch.float16
    assert torch.LongTensor(numpy.int64(2)).shape == (2,) and torch.LongTensor().shape == (0,)
    for given in (2.5, numpy.float32(2), {1}, {}, iter([1])):
        with pytest.raises(TypeError, match=r"new\(\): data must be a sequence \(got "):
            torch.LongTensor(given)
    with pytest.raises(AssertionError, match="^Torch not compiled with CUDA enabled"):
        torch.ones(2).cuda()


PRIVATE = """
nn.modules.transformer._get_clones nn.modules.transformer._get_activation_fn nn.modules.conv._ConvTransposeNd
nn.modules.padding._ReflectionPadNd nn.modules.module._addindent nn.init._no_grad_trunc_normal_
nn.common_types._size_2_t nn.functional._in_projection nn.functional._in_projection_packed
distributions.utils._sum_rightmost distributions.multivariate_normal._batch_mahalanobis
distributions.transforms._clipped_sigmoid optim.optimizer._use_grad_for_differentiable optim.optimizer._get_value
optim.optimizer.ParamsT optim.optimizer.required utils.data.dataloader._DatasetKind optim.lr_scheduler._LRScheduler
""".split()


@pytest.mark.parametrize("path", PRIVATE)
def test_private_names_that_programs_use(path):
    module, _, name = path.rpartition(".")
    assert getattr(importlib.import_module(f"taeda.{module}"), name) is not None


def test_an_optimizer_written_with_pytorchs_own_parts():
    from taeda.optim.optimizer import Optimizer, _dispatch_sqrt, _get_value, _use_grad_for_differentiable, _view_as_real

    class Descent(Optimizer):
        def __init__(self, params, lr=torch.optim.optimizer.required, differentiable=False):
            super().__init__(params, {"lr": lr, "differentiable": differentiable})

        @_use_grad_for_differentiable
        def step(self, closure=None):
            for group in self.param_groups:
                for p in group["params"]:
                    assert not torch.is_grad_enabled()
                    p.add_(p.grad, alpha=-_get_value(group["lr"]) * _dispatch_sqrt(4.0))

    x = torch.ones(2, requires_grad=True)
    with pytest.raises(ValueError, match="required optimization parameter lr"):
        Descent([x])
    optimizer = Descent([x], lr=torch.tensor(0.25))
    (x * x).sum().backward()
    optimizer.step()
    assert x.tolist() == [0.0, 0.0]
    tensors = [torch.ones(2, dtype=torch.complex64), torch.ones(2)]
    _view_as_real(tensors)
    assert [t.shape for t in tensors] == [(2, 2), (2,)]


def test_a_schedule_written_before_2_0():
    class Half(torch.optim.lr_scheduler._LRScheduler):
        def get_lr(self):
            return [base / 2**self.last_epoch for base in self.base_lrs]

    optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
    schedule = Half(optimizer)
    optimizer.step()
    schedule.step()
    assert schedule.get_last_lr() == [0.5]
