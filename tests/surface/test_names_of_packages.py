"""What public packages ask of PyTorch beyond its documented names, each without the package."""

import collections
import io
import pickle
import subprocess
import sys

import pytest

import taeda
from taeda import library
from taeda.dispatch_keys import DispatchKey, DispatchKeySet, ExcludeDispatchKeyGuard
from taeda.utils import _pytree


class Lazy:
    """A type that takes calls over and has no answer to most."""

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        raise AssertionError(f"asked about {func}")


def test_whether_something_is_a_tensor_is_not_taken_over():
    assert not taeda.is_tensor(Lazy())
    assert not taeda.is_storage(Lazy())
    with pytest.raises(AssertionError, match="asked about"):
        taeda.is_floating_point(Lazy())


def test_a_namespace_of_ops_is_there_before_its_ops():
    with pytest.raises(AttributeError, match="'_OpNamespace' 'nobody' object has no attribute 'nms'"):
        taeda.ops.nobody.nms  # noqa: B018
    assert not hasattr(taeda.ops, "_private")
    with pytest.raises(OSError, match="Could not load this library: /some/_C.so"):
        taeda.ops.load_library("/some/_C.so")


def test_a_fake_function_may_come_before_its_op():
    @library.register_fake("packages_test::doubled")
    def _(x):
        return taeda.empty_like(x)

    @library.custom_op("packages_test::doubled", mutates_args=())
    def doubled(x: taeda.Tensor) -> taeda.Tensor:
        return x * 2

    assert doubled(taeda.ones(3, device="meta")).shape == (3,)
    with pytest.raises(ValueError, match="of the form"):
        library.register_fake("nameless", lambda x: x)


def test_records_of_a_file_are_read_one_by_one(tmp_path):
    path = tmp_path / "model.pt"
    taeda.save({"w": taeda.arange(4.0)}, path)
    for source in (str(path), path, io.BytesIO(path.read_bytes())):
        reader = taeda.PyTorchFileReader(source)
        assert reader.has_record("data.pkl") and not reader.has_record("other")
        assert reader.get_storage_from_record("data/0", 4, taeda.float32).tolist() == [0, 1, 2, 3]
        place = reader.get_record_offset("data/0")
        assert path.read_bytes()[place : place + 16] == reader.get_record("data/0")
        with pytest.raises(RuntimeError, match="file not found: .*other"):
            reader.get_record("other")
        with pytest.raises(RuntimeError, match="has 16 bytes; 5 elements"):
            reader.get_storage_from_record("data/0", 5, taeda.float32)
    with pytest.raises(TypeError, match="takes a path"):
        taeda.PyTorchFileReader(3)


def test_layers_of_dispatch_are_left_out():
    x = taeda.ones(2, requires_grad=True)
    keys = DispatchKeySet(DispatchKey.AutocastCPU) | DispatchKeySet(DispatchKey.AutogradCPU)
    with taeda.autocast("cpu"), ExcludeDispatchKeyGuard(keys):
        assert not taeda.is_autocast_enabled("cpu") and not (x * 2).requires_grad
    assert (x * 2).requires_grad
    with taeda.autocast("cpu"), ExcludeDispatchKeyGuard(DispatchKeySet(DispatchKey.CUDA)):
        assert taeda.is_autocast_enabled("cpu") and (x * 2).requires_grad
    assert [k.name for k in keys - DispatchKeySet(DispatchKey.AutogradCPU)] == ["AutocastCPU"]


def test_named_tuples_are_nodes_of_one_kind():
    Point = collections.namedtuple("Point", "x y")
    kind = _pytree._get_node_type(Point(1, 2))
    assert kind is collections.namedtuple and _pytree._get_node_type([1]) is list
    leaves, context = _pytree.SUPPORTED_NODES[kind].flatten_fn(Point(1, 2))
    spec = _pytree.TreeSpec(kind, context, [_pytree.LeafSpec(), _pytree.LeafSpec()])
    assert _pytree.tree_unflatten(leaves, spec) == Point(1, 2)


def test_iterators_of_loaders_are_told_apart():
    from taeda.utils.data import loader

    found = iter(taeda.utils.data.DataLoader([1, 2]))
    assert isinstance(found, loader._SingleProcessDataLoaderIter)
    assert isinstance(found, loader._BaseDataLoaderIter)
    assert not isinstance(found, loader._MultiProcessingDataLoaderIter)


def test_a_transform_knows_that_it_is_active():
    seen = []

    def f(x):
        seen.append(taeda._C._are_functorch_transforms_active())
        return x * 2

    taeda.func.vmap(f)(taeda.ones(2))
    assert seen == [True] and not taeda._C._are_functorch_transforms_active()


def test_stubs_hand_on_and_quantisation_is_refused():
    x = taeda.tensor([1.0, -2.0])
    assert taeda.ao.quantization.QuantWrapper(taeda.nn.ReLU())(x).tolist() == [1, 0]
    functional = taeda.nn.quantized.FloatFunctional()
    assert functional.add_relu(x, x).tolist() == [2, 0] and functional.cat([x, x]).shape == (4,)
    with pytest.raises(NotImplementedError, match="quantize_"):
        taeda.ao.quantization.prepare(None)
    with pytest.raises(NotImplementedError, match=r"onnx\.export"):
        taeda.onnx.export(None, ())
    assert not taeda.onnx.is_in_onnx_export()


def test_run_takes_a_module_and_its_options():
    command = [sys.executable, "-m", "taeda", "run"]
    done = subprocess.run([*command, "-m", "this", "--flag"], capture_output=True, text=True)
    assert done.returncode == 0 and "Zen of Python" in done.stdout, done.stderr
    helped = subprocess.run([*command, "--help"], capture_output=True, text=True)
    assert helped.returncode == 0 and "program" in helped.stdout


def test_ops_are_methods_of_tensors_alone():
    """PyTorch's functions do not bind: a class may have one as an attribute, and an instance calls it as it is."""

    class Network(taeda.nn.Module):
        activation = taeda.relu
        convolution = taeda.conv2d
        soft = taeda.nn.functional.gelu
        zeros = taeda.zeros

    network, x = Network(), taeda.tensor([-1.0, 2.0])
    assert network.activation(x).tolist() == [0.0, 2.0] and network.zeros(2, 3).shape == (2, 3)
    activation = network.activation
    assert activation is taeda.relu and activation(x).tolist() == [0.0, 2.0]
    assert taeda.equal(network.soft(x, approximate="tanh"), taeda.nn.functional.gelu(x, approximate="tanh"))
    image, weight = taeda.ones(1, 1, 3, 3), taeda.ones(1, 1, 3, 3)
    assert network.convolution(image, weight=weight, padding=1)[0, 0, 1, 1] == 9
    with pytest.raises(TypeError, match="missing 1 required positional arguments"):
        network.activation()
    assert Network.activation(x).tolist() == x.relu().tolist()


def test_types_of_python_are_dtypes():
    for kind, dtype in ((float, taeda.float64), (int, taeda.int64), (bool, taeda.bool), (complex, taeda.complex128)):
        assert taeda.eye(2, dtype=kind).dtype == taeda.zeros(2).to(kind).dtype == dtype
    assert taeda.ones(2).sum(dtype=float).dtype == taeda.float64
    with pytest.raises(TypeError, match="argument 'dtype' must be torch.dtype, not type"):
        taeda.eye(2, dtype=str)


def test_what_was_computed_is_pickled_as_a_leaf():
    x = taeda.ones(2, requires_grad=True)
    y = pickle.loads(pickle.dumps(x * 2))
    assert y.is_leaf and y.requires_grad and y.tolist() == [2.0, 2.0]


def test_an_assertion_that_need_not_be_waited_for():
    assert taeda._assert_async(taeda.tensor(1.0)) is None
    with pytest.raises(RuntimeError, match="^Expected Tensor with single nonzero value, but got zero$"):
        taeda._assert_async(taeda.tensor(False))
    with pytest.raises(RuntimeError, match="^out of range$"):
        taeda._assert_async(taeda.tensor(0), "out of range")
    with pytest.raises(RuntimeError, match="more than one value is ambiguous"):
        taeda._assert_async(taeda.ones(2))
    with pytest.raises(TypeError, match="must be Tensor, not bool"):
        taeda._assert_async(True)
    taeda._assert_async(taeda.zeros((), device="meta"))


def test_batches_of_sparse_matrices_are_transposed():
    x = taeda.arange(24.0).reshape(2, 3, 4) * (1 + 1j)
    sparse = x.to_sparse()
    assert taeda.equal(sparse.mT.to_dense(), x.mT)
    assert taeda.equal(sparse.mH.to_dense(), x.mH) and taeda.equal(sparse.adjoint().to_dense(), x.mH)
    assert taeda.equal(sparse[1].H.to_dense(), x[1].H)
    for of in (x, sparse):
        with pytest.raises(RuntimeError, match="H is only supported on matrices .2-D tensors.. Got 3-D tensor. For b"):
            _ = of.H
    for name in ("mT", "mH"):
        for of in (x[0, 0], sparse[0, 0]):
            with pytest.raises(RuntimeError, match=f"tensor.{name} is only supported on matrices or batches of matri"):
                getattr(of, name)


def test_the_oldest_way_to_a_new_tensor():
    x = taeda.ones(2, dtype=taeda.float64)
    assert x.new(2, 3).shape == (2, 3) and x.new(2, 3).dtype == taeda.float64
    assert x.new([1, 2]).tolist() == [1.0, 2.0] and x.new().shape == (0,) and x.new(x.size()).shape == (2,)
    assert x.new(x).data_ptr() == x.data_ptr()
    with pytest.raises(TypeError, match="expected a tensor of"):
        x.new(taeda.ones(2))
