"""Names that programs touch beside the ops: settings, streams, memory, control flow, processes of a group of one."""

import importlib

import pytest

import taeda
import taeda as torch
from expected import agree


def test_default_tensor_type():
    try:
        torch.set_default_tensor_type(torch.DoubleTensor)
        assert torch.zeros(1).dtype == torch.float64
        torch.set_default_tensor_type("torch.FloatTensor")
        assert torch.zeros(1).dtype == torch.float32
        with pytest.raises(TypeError, match="only floating-point types"):
            torch.set_default_tensor_type(torch.LongTensor)
        with pytest.raises(TypeError, match="torch.cuda.FloatTensor not available"):
            torch.set_default_tensor_type(torch.cuda.FloatTensor)
    finally:
        torch.set_default_dtype(torch.float32)


def test_streams_and_events():
    start, end = torch.Event(enable_timing=True), torch.Event(enable_timing=True)
    with torch.Stream("cpu") as stream:
        start.record(stream)
        end.record()
    assert end.query() and start.elapsed_time(end) >= 0 and stream == torch.Stream()
    with pytest.raises(RuntimeError, match="enable_timing"):
        torch.Event().elapsed_time(end)
    with pytest.raises(RuntimeError, match="no device"):
        torch.Stream("cuda")
    assert torch.get_device_module() is torch.cpu and torch.get_device_module("cuda") is torch.cuda


def test_removed_functions_say_what_to_write():
    for name in ("solve", "lstsq"):
        with pytest.raises(RuntimeError, match=f"use|torch.linalg.{name}"):
            getattr(torch, name)(torch.eye(2), torch.eye(2))
    for name in ("eig", "symeig", "matrix_rank"):
        with pytest.raises(RuntimeError, match="torch.linalg"):
            getattr(torch, name)(torch.eye(2))


def test_control_flow():
    def program(lib):
        x = lib.tensor(2.0, requires_grad=True)
        y = lib.cond(x > 1, lambda v: v * v, lambda v: -v, (x,))
        y.backward()
        return y, x.grad

    agree(program)
    assert torch.while_loop(lambda i: i < 5, lambda i: (i + 2,), (torch.tensor(0),)) == (6,)
    with pytest.raises(RuntimeError, match="pred must be"):
        torch.cond(torch.ones(2), abs, abs, (torch.ones(1),))
    with pytest.raises(RuntimeError, match="became torch.float64"):
        torch.while_loop(lambda x: True, lambda x: (x.double(),), (torch.ones(2),))


def test_storage():
    def program(lib):
        x = lib.arange(4.0)
        storage = x.untyped_storage()
        copy = storage.clone()
        copy.fill_(0)
        copy.copy_(storage)
        swapped = storage.clone()
        swapped.byteswap(lib.float32)
        swapped.byteswap(lib.float32)
        read = lib.UntypedStorage.from_buffer(bytes([0, 1, 0, 2]), "big", dtype=lib.int16)
        moved = lib.empty(0).set_(x.storage(), 1, (2,), (2,))
        again = lib.tensor([], dtype=lib.float32).set_(swapped)
        return [x.storage().tolist(), copy.tolist(), storage.element_size(), lib.empty(0).set_(x), moved, again,
                read.tolist(), x.untyped_storage().char().tolist()[:4], x.storage().type()]

    agree(program)
    x = torch.zeros(3)
    x.untyped_storage()[0:4] = 1
    assert x.untyped_storage().tolist()[:5] == [1, 1, 1, 1, 0]
    some = x.untyped_storage()[2:6]
    some.fill_(7)
    assert x.untyped_storage()[3] == 7 and x.untyped_storage().tolist()[:7] == [1, 1, 7, 7, 7, 7, 0]
    assert x.untyped_storage()[5:2].nbytes() == 0 and len(list(x.untyped_storage())) == 12
    with pytest.raises(RuntimeError, match="step of 2"):
        x.untyped_storage()[::2]
    with pytest.raises(IndexError):
        x.untyped_storage()[12]


def test_files_as_memory(tmp_path):
    path = tmp_path / "numbers"
    x = torch.from_file(str(path), shared=True, size=3, dtype=torch.float64)
    x.copy_(torch.tensor([1.0, 2.0, 3.0]))
    del x
    assert torch.from_file(str(path), size=2, dtype=torch.float64).tolist() == [1.0, 2.0]
    with pytest.raises(RuntimeError, match="too small for 9"):
        torch.from_file(str(path), size=9)


def test_elements_one_by_one():
    def program(lib):
        x, y = lib.arange(3.0), lib.ones(3)
        x.apply_(lambda v: v * 10)
        y.map_(x, lambda a, b: a + b)
        z, w, u = lib.zeros(3, 4).t(), lib.zeros(7, 2), lib.ones(2, 2, 2)
        z.fill_diagonal_(2.5), w.fill_diagonal_(1, wrap=True), u.fill_diagonal_(0)
        return x, y, z, w, u, lib.eye(3).__reversed__(), lib.arange(6).reshape(2, 3).T.dim_order()

    agree(program)
    with pytest.raises(RuntimeError, match="Can't call apply_"):
        torch.ones(2, requires_grad=True).apply_(abs)


def test_numbers_that_are_expressions():
    n = torch.SymInt(3)
    assert int(n + 1) == 4 and bool(2 * n == 6) and isinstance(n < 4, torch.SymBool) and list(range(n)) == [0, 1, 2]
    assert torch.sym_max(2, 3.0) == 3.0 and torch.sym_int(2.7) == 2 and not torch.sym_not(True)
    assert not isinstance(torch.ones(2).shape[0], torch.SymInt)


def test_a_store_of_this_process():
    dist = torch.distributed
    store = dist.PrefixStore("run", dist.HashStore())
    store.set("a", "1")
    assert store.get("a") == b"1" and store.add("n", 3) == 3 and store.delete_key("a") and store.num_keys() == 1
    import datetime

    with pytest.raises(dist.DistStoreError, match="wait timeout"):
        store.wait(["never"], datetime.timedelta(milliseconds=5))


def test_a_group_of_one_has_nobody_to_send_to():
    dist = torch.distributed
    dist.init_process_group(world_size=1, rank=0, store=dist.HashStore())
    try:
        with pytest.raises(ValueError, match="should not be the same as the rank"):
            dist.send(torch.ones(1), 0)
        with pytest.raises(ValueError, match="not part of a group of one"):
            dist.recv(torch.ones(1), 3)
        own, groups = dist.new_subgroups(1)
        assert own is groups[0] and dist.group.WORLD is not None and dist.get_pg_count() == 1
        assert dist.get_backend_config() == "cpu:gloo"
    finally:
        dist.destroy_process_group()
    assert dist.group.WORLD is None


def test_dtypes_have_short_names():
    agree(lambda lib: [getattr(lib, n).abbr for n in "float32 bfloat16 int64 bool complex64 float8_e4m3fn".split()])


def test_generators_have_a_place():
    g = torch.Generator().manual_seed(1)
    torch.rand(3, generator=g)
    place = g.get_offset()
    after = torch.rand(2, generator=g)
    assert place > 0 and torch.equal(torch.rand(2, generator=g.set_offset(place)), after)


def test_saved_tensors_may_be_written_to():
    def program(lib):
        with lib.autograd.graph.allow_mutation_on_saved_tensors():
            a = lib.ones(3, requires_grad=True)
            b = a.clone()
            part = b[:1]
            out = (b**2).sum()
            part.mul_(7)
            b += 2
            out.backward()
        return a.grad

    agree(program)


def test_every_listed_name_is_there():
    for name in ("cuda", "distributed", "distributed.algorithms", "nn.utils", "utils.checkpoint", "nn.utils.prune"):
        module = importlib.import_module(f"taeda.{name}")
        for public in module.__all__:
            assert hasattr(module, public), f"{name}.{public}"
    assert taeda.__config__.show().startswith("Taeda") and "threads" in taeda.__config__.parallel_info()


def test_lists_of_functions_that_types_take_over():
    from taeda import overrides

    functions = overrides.get_overridable_functions()
    assert torch.add in functions[torch] and torch.nn.functional.relu in functions[torch.nn.functional]
    dummies = overrides.get_testing_overrides()
    assert torch.zeros not in dummies and dummies[torch.add](1, 2) == -1

    class Mine:
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            return func.__name__, len(args)

    assert all(torch.add(*[Mine()] * 2) == ("add", 2) for _ in range(2))

    @overrides.wrap_torch_function(lambda a, b: (a, b))
    def close(a, b):
        return bool((a - b).abs().max() < 1e-6)

    assert close(torch.ones(1), torch.ones(1)) and close(Mine(), 1) == ("close", 2)


def test_settings_of_files(tmp_path):
    from taeda import serialization

    with pytest.raises(NotImplementedError, match="big-endian"):
        serialization.set_default_load_endianness(serialization.LoadEndianness.BIG)
    assert serialization.location_tag(torch.ones(1).untyped_storage()) == "cpu" and serialization.get_crc32_options()
    with pytest.raises(RuntimeError, match="CUDA device but torch.cuda.is_available"):
        serialization.validate_cuda_device("cuda:0")
    import fractions

    torch.save({"a": torch.ones(1), "b": fractions.Fraction(1, 2)}, tmp_path / "x.pt")
    assert serialization.get_unsafe_globals_in_checkpoint(tmp_path / "x.pt") == ["fractions.Fraction"]
    assert serialization.storage_to_tensor_type(torch.ones(1).storage()) is torch.FloatTensor


def test_exchanged_tensors():
    a, b = torch.nn.Parameter(torch.zeros(2)), torch.ones(3, requires_grad=True)
    (b * 2).sum().backward()
    a.tag = "a"
    torch.utils.swap_tensors(a, b)
    assert a.tolist() == [1.0] * 3 and a.grad.tolist() == [2.0] * 3 and isinstance(b, torch.nn.Parameter)
    assert b.tag == "a" and b.grad is None and not hasattr(a, "tag") and a.requires_grad
    with pytest.raises(RuntimeError, match="that an op made"):
        torch.utils.swap_tensors(a * 2, b)


def test_questions_about_attention():
    from taeda.nn import attention

    x = torch.ones(1, 2, 3, 4)
    assert attention.can_use_flash_attention(attention.SDPAParams(x, x, x))
    assert not attention.can_use_efficient_attention(attention.SDPAParams(x, x, x, None, 0.5))
    calls = []

    class Handle:
        def remove(self):
            calls.append("out")

    attention.register_flash_attention_impl("mine", register_fn=lambda: calls.append("in") or Handle())
    attention.activate_flash_attention_impl("mine")
    assert attention.current_flash_attention_impl() == "mine" and attention.list_flash_attention_impls() == ["mine"]
    attention.restore_flash_attention_impl()
    assert calls == ["in", "out"] and attention.current_flash_attention_impl() is None
    with pytest.raises(ValueError, match="Unknown flash attention"):
        attention.activate_flash_attention_impl("none")


def test_small_answers():
    assert not torch.onnx.is_in_onnx_export() and not torch.autograd.is_multithreading_enabled()
    with pytest.raises(NotImplementedError, match="not written as ONNX"):
        torch.onnx.export(torch.nn.Linear(1, 1), (torch.ones(1),), "x.onnx")
    with pytest.warns(FutureWarning, match="assert_close"):
        torch.testing.assert_allclose(torch.ones(2), [1.0, 1.0])
    assert torch.func.functionalize(lambda x: x.add_(1))(torch.zeros(1)).item() == 1
    assert torch.ones(1).is_conj() is False and torch.utils.dlpack.DLDeviceType.kDLCPU == 1


def test_complex_numbers_are_close_within_tolerances():
    x = taeda.tensor([1 + 2j, 3.0])
    taeda.testing.assert_close(x, x + 1e-7)
    with pytest.raises(AssertionError, match="1 / 2"):
        taeda.testing.assert_close(x, x + taeda.tensor([0.0, 0.1j]))


def test_states_of_models_by_their_distributed_names():
    from taeda.distributed.checkpoint.state_dict import StateDictOptions, get_model_state_dict, set_model_state_dict

    model, other = taeda.nn.Linear(2, 3), taeda.nn.Linear(2, 3)
    found = set_model_state_dict(other, get_model_state_dict(model), options=StateDictOptions(full_state_dict=True))
    assert not found.missing_keys and other.weight.equal(model.weight)
    found = set_model_state_dict(other, {"bias": taeda.zeros(3), "x": 1}, options=StateDictOptions(strict=False))
    assert found.missing_keys == ["weight"] and found.unexpected_keys == ["x"] and other.bias.sum() == 0
    model.weight.requires_grad_(False)
    assert list(get_model_state_dict(model, options=StateDictOptions(ignore_frozen_params=True))) == ["bias"]
    with taeda.device("meta"):
        empty = taeda.nn.Linear(2, 3)
    set_model_state_dict(empty, model.state_dict())
    assert empty.weight.equal(model.weight)
