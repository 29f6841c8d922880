"""Arguments of all kinds for everything that the core offers: exceptions are fine, anything worse is not."""

from __future__ import annotations

import itertools
import random
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from same_as_torch import taeda

from taeda import _core

# Functions that change what the rest of the process does.
LEFT_OUT = {
    "check_programs",
    "set_operator",
    "set_indexing",
    "register_parameter_type",
    "register_builtin",
    "set_default_dtype",
    "set_package_path",
    "disable_saved_tensors_hooks",
    "push_saved_tensors_hooks",
    "pop_saved_tensors_hooks",
}


@pytest.fixture(autouse=True)
def modes_as_before() -> Iterator[None]:
    """Functions that set a mode are tried too; the tests that come after must not notice."""
    autocast, function_mode = _core.get_autocast(), _core.set_function_mode(None)
    _core.set_function_mode(function_mode)
    yield
    _core.set_autocast(*autocast)
    _core.nest_autocast(-_core.nest_autocast(0))
    _core.set_function_mode(function_mode)
    _core.set_grad_enabled(True)
    _core.set_inference_mode(False)
    _core.set_anomaly_enabled(False, True)
    _core.set_default_device(None)
    _core.set_observer(None)
    _core.set_overrides(True)
    _core.drop_recording()


class Hostile:
    """Every protocol that the core may ask for, with nonsense behind it."""

    def __len__(self) -> int:
        return 3

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, int) and key >= 3:
            raise IndexError(key)  # an endless sequence would be read endlessly, as list() does
        return [self, "a", 2**80][random.Random(repr(key)).randrange(3)]

    def __index__(self) -> int:
        raise ZeroDivisionError("index")

    def __float__(self) -> float:
        raise ZeroDivisionError("float")

    def __dlpack__(self, **options: Any) -> Any:
        return 3

    def __dlpack_device__(self) -> Any:
        return "a"

    def __array__(self) -> Any:
        raise ZeroDivisionError("array")


class Index:
    """An index that is not an int."""

    def __index__(self) -> int:
        return 2**70


def garbage() -> list[Any]:
    import numpy

    t = taeda.tensor([[1.0, 2.0], [3.0, 4.0]])
    loop: list[Any] = [1]
    loop.append(loop)
    return [
        None,
        True,
        0,
        -1,
        2,
        2**31,
        2**63,
        -(2**63),
        2**64,
        10**40,
        1.5,
        float("nan"),
        float("inf"),
        -0.0,
        1j,
        "",
        "a",
        "cpu",
        "cuda:3",
        b"",
        b"abc",
        bytearray(b"abcdefgh"),
        (),
        (1,),
        (2, 3),
        (-1,),
        (2**62, 4),
        [],
        [1, [2]],
        loop,
        {},
        {1},
        range(3),
        slice(None),
        slice(0, 9, -1),
        slice("a"),
        ...,
        NotImplemented,
        object(),
        int,
        float,
        taeda.Tensor,
        Hostile(),
        Index(),
        len,
        t,
        t[0],
        t[0, 0],
        t[:0],
        t.untyped_storage(),
        taeda.tensor(3),
        taeda.tensor(True),
        taeda.tensor([True, False]),
        taeda.tensor([5, -7]),
        taeda.tensor([1.0], device="meta"),
        taeda.float32,
        taeda.bool,
        taeda.device("cpu"),
        taeda.device("meta"),
        taeda.Size([2]),
        taeda.Generator(),
        _core.channels_last,
        numpy.ones(3),
        numpy.ones((2, 2))[::-1],
        numpy.float32(2),
        numpy.array(3),
        numpy.array(["a"]),
        memoryview(b"abcd"),
        memoryview(b"abcd")[::2],
        t.__dlpack__(),
        t.__dlpack__(max_version=(1, 0)),
    ]


def attempt(function: Any, *arguments: Any, **options: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = function(*arguments, **options)
            if isinstance(result, taeda.Tensor) and not result.is_meta and result.numel() < 1000:
                result.tolist()
        except Exception as error:
            assert not isinstance(error, SystemError), (function, arguments, error)


def functions() -> list[str]:
    return sorted(n for n in dir(_core) if type(getattr(_core, n)) is type(len) and n not in LEFT_OUT)


@pytest.mark.parametrize("name", functions())
def test_functions(name: str) -> None:
    function, threads = getattr(_core, name), _core.get_num_threads()
    for a in garbage():
        attempt(function, a)
        attempt(function, data=a)
        attempt(function, a, dtype=a)
    generator = random.Random(name)
    for n in (2, 3, 4, 5):
        for _ in range(60):
            attempt(function, *generator.choices(garbage_once, k=n))
    _core.set_num_threads(threads)


class NoBool:
    def __bool__(self) -> bool:
        raise ZeroDivisionError("bool")


@pytest.mark.parametrize("wrong", [None, 0, 1, "a", [], NoBool(), taeda.tensor(True)], ids=lambda v: type(v).__name__)
def test_modes_are_bools(wrong: Any) -> None:
    """What sets a mode of the process takes True and False, and nothing changes for anything else."""
    before = _core.is_grad_enabled(), _core.is_inference_mode_enabled(), _core.is_anomaly_enabled()
    checks_nan = _core.is_anomaly_check_nan_enabled()
    for arguments in ((wrong,), (wrong, False), (False, wrong)):
        with pytest.raises(TypeError):
            _core.set_anomaly_enabled(*arguments)
    for function in (_core.set_grad_enabled, _core.set_inference_mode, _core.set_overrides, _core.check_programs):
        with pytest.raises(TypeError, match="must be bool"):
            function(wrong)
    assert before == (_core.is_grad_enabled(), _core.is_inference_mode_enabled(), _core.is_anomaly_enabled())
    assert checks_nan == _core.is_anomaly_check_nan_enabled()


def test_what_is_set_once_stays() -> None:
    """The tables that the package fills while it is imported refuse everything afterwards."""
    with pytest.raises(ValueError, match="is taken by add"):
        _core.set_core_op("add", taeda.mul)
    with pytest.raises(TypeError, match="a subclass of Tensor"):
        _core.register_parameter_type(taeda.Tensor)
    with pytest.raises(ValueError, match="it already"):
        _core.register_parameter_type(taeda.nn.Parameter)
    with pytest.raises(TypeError, match="two callables"):
        _core.set_indexing(len, 3)
    with pytest.raises(TypeError, match="needs a callable"):
        _core.set_operator("add", 3)
    with pytest.raises(ValueError, match="is defined already"):
        _core.define_overload(overload("add"))
    assert (taeda.ones(2) + 1).tolist() == [2.0, 2.0]


def overload(name: str, **fields: Any) -> dict[str, Any]:
    parameters = [("x", "Tensor", ..., False, False)]
    return {"name": name, "display": name, "backward_name": "", "parameters": parameters, **fields}


@pytest.mark.parametrize(
    "fields",
    [{"mutates": [1]}, {"mutates": [-1]}, {"mutates": [2**80]}, {"mutates": 3}, {"mutates": ["a"]},
     {"parameters": None}, {"parameters": [1]}, {"parameters": [("x", "Nothing", ..., False, False)]},
     {"keyword_aliases": {"a": 1}}, {"keyword_aliases": {1: 0}}, {"keyword_aliases": [1]}, {"display": 3}],
    ids=str,
)
def test_broken_overloads_are_not_defined(fields: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError, OverflowError)):
        _core.define_overload(overload("garbage", **fields))
    with pytest.raises(ValueError, match="there is no overload"):
        _core.Op("garbage", ["garbage"])


def test_recording_that_does_not_begin() -> None:
    with pytest.raises(TypeError):
        _core.begin_recording("a", {"x": 3})
    with pytest.raises(RuntimeError, match="nothing is recorded"):
        _core.end_recording({})


@pytest.mark.parametrize("name", ["Tensor", "device", "Size", "Generator", "UntypedStorage", "dtype", "layout"])
def test_types(name: str) -> None:
    for a in garbage():
        attempt(getattr(_core, name), a)
        attempt(getattr(_core, name), a, a)
        attempt(getattr(_core, name), device=a)


def own_methods(kind: type) -> list[str]:
    # resize_ to a huge size is tried elsewhere; here it would only fill the memory
    return sorted(
        n
        for n, v in vars(kind).items()
        if type(v).__name__ in ("method_descriptor", "wrapper_descriptor") and n not in ("__del__",)
    )


@pytest.mark.parametrize("name", own_methods(taeda.Tensor))
def test_methods(name: str) -> None:
    targets = [
        taeda.tensor([[1.0, 2.0], [3.0, 4.0]]),
        taeda.tensor(5),
        taeda.tensor([], dtype=taeda.int64),
        taeda.tensor([1.0], device="meta"),
    ]
    for target, a in itertools.product(targets, garbage()):
        if name in ("resize_", "__setattr__", "__init__"):
            target = target.clone() if not target.is_meta else taeda.tensor([1.0], device="meta")
        method = getattr(target, name)
        attempt(method)
        attempt(method, a)
        attempt(method, a, a)
        attempt(method, dim=a)


@pytest.mark.parametrize("kind", ["UntypedStorage", "Generator", "Size"])
def test_methods_of_other_types(kind: str) -> None:
    for name in own_methods(getattr(_core, kind)):
        for a in garbage():
            target = {
                "UntypedStorage": taeda.tensor([1.0]).untyped_storage(),
                "Generator": taeda.Generator(),
                "Size": taeda.Size([1, 2]),
            }[kind]
            attempt(getattr(target, name))
            attempt(getattr(target, name), a)
            attempt(getattr(target, name), a, a)


@pytest.mark.parametrize(
    "name", sorted(n for n, v in vars(taeda.Tensor).items() if type(v).__name__ == "getset_descriptor")
)
def test_attributes(name: str) -> None:
    for requires_grad in (False, True):
        for a in garbage():
            x = taeda.tensor([1.0, 2.0], requires_grad=requires_grad)
            attempt(getattr, x, name)
            attempt(setattr, x, name, a)
            attempt(getattr, x, name)
            attempt(repr, x)
            attempt(delattr, x, name)


def test_keys() -> None:
    generator = random.Random(0)
    values = garbage()
    for _ in range(1500):
        x = taeda.arange(24.0).reshape(2, 3, 4)
        key = tuple(generator.choices(values, k=generator.randrange(1, 5)))
        key = key[0] if len(key) == 1 else key
        attempt(x.__getitem__, key)
        attempt(x.__setitem__, key, generator.choice(values))


garbage_once = garbage()
