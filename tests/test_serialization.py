"""Files: from Taeda to PyTorch and back, and what damaged and hostile ones get."""

import argparse
import collections
import copy
import dataclasses
import enum
import fractions
import functools
import io
import os
import pathlib
import pickle
import struct
import subprocess
import sys
import types
import zipfile
import zlib

import numpy
import pytest

import taeda
from taeda.serialization import CheckpointError, UnsafePickleError
from taeda.serialization.memory import tensor_on
from taeda.serialization.unpickling import Unpickler

try:
    import torch
except ImportError:
    torch = None

needs_torch = pytest.mark.skipif(torch is None, reason="needs PyTorch, the oracle")

DTYPES = ["float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"]


def saved(value, library=taeda):
    file = io.BytesIO()
    library.save(value, file)
    return file.getvalue()


def loaded(data, library=taeda, **options):
    return library.load(io.BytesIO(data), **options)


def numbers(tensor):
    return tensor.float().tolist()


def structure(taeda_or_torch):
    lib = taeda_or_torch
    base = lib.arange(12.0).view(3, 4)
    return {
        "plain": base,
        "view": base.t()[1:],
        "scalar": lib.tensor(3),
        "empty": lib.zeros(0, 3),
        "values": [1, -(2**40), 2**100, 2.5, None, True, "text ä", b"bytes", (1, (2,)), {3: 4, "5": [6]}, {7, 8}],
        "complex": 1 + 2j,
        "ordered": collections.OrderedDict([("a", 1), ("b", 2)]),
        "dtype": lib.float16,
        "size": lib.Size([1, 2]),
        "device": lib.device("cpu"),
        "parameter": lib.nn.Parameter(lib.ones(2)),
        "gradient": lib.ones(2, requires_grad=True),
        **{name: lib.tensor([0, 1, 2]).to(getattr(lib, name)) for name in DTYPES},
    }


def check_structure(value, lib):
    for name in ("plain", "view", "scalar", "empty", "parameter", "gradient", *DTYPES):
        expected = structure(taeda)[name]
        assert tuple(value[name].shape) == tuple(expected.shape)
        assert numbers(value[name]) == numbers(expected)
        assert str(value[name].dtype) == str(expected.dtype)
        assert tuple(value[name].stride()) == tuple(expected.stride())
    for name in ("values", "complex", "ordered"):
        assert value[name] == structure(taeda)[name]
    assert type(value["ordered"]) is collections.OrderedDict
    assert value["dtype"] is lib.float16 and value["size"] == lib.Size([1, 2])
    assert value["device"] == lib.device("cpu")
    assert isinstance(value["parameter"], lib.nn.Parameter) and value["gradient"].requires_grad
    value["view"].fill_(-1.0)
    assert numbers(value["plain"]) == [[0.0, -1.0, -1.0, -1.0], [4.0, -1.0, -1.0, -1.0], [8.0, -1.0, -1.0, -1.0]]


@pytest.mark.parametrize(("writer", "reader"), [("taeda", "taeda"), ("taeda", "torch"), ("torch", "taeda")])
def test_round_trips(writer, reader):
    writer, reader = (pytest.importorskip(name) for name in (writer, reader))
    options = {"weights_only": True} if reader is torch else {}
    check_structure(loaded(saved(structure(writer), writer), reader, **options), reader)


@needs_torch
def test_file_is_a_zip_of_aligned_entries(tmp_path):
    path = tmp_path / "some.model.pt"
    taeda.save({"a": taeda.ones(3), "b": taeda.zeros(1000)}, path)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert "some.model/data.pkl" in names and "some.model/byteorder" in names
        assert archive.read("some.model/version") == b"3\n"
    raw = path.read_bytes()
    start = raw.index(struct.pack("<3f", 1, 1, 1))
    assert start % 64 == 0
    assert numbers(torch.load(path, weights_only=True)["a"]) == [1.0, 1.0, 1.0]
    assert numbers(torch.load(path, weights_only=True, mmap=True)["b"]) == [0.0] * 1000


@needs_torch
def test_state_dict_with_its_metadata():
    module = taeda.nn.Sequential(taeda.nn.Linear(2, 3), taeda.nn.BatchNorm1d(3))
    state = loaded(saved(module.state_dict()), torch)
    theirs = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3))
    assert str(theirs.load_state_dict(state)) == "<All keys matched successfully>"
    assert state._metadata == theirs.state_dict()._metadata
    back = loaded(saved(theirs.state_dict(), torch))
    assert str(module.load_state_dict(back)) == "<All keys matched successfully>"
    assert back._metadata == module.state_dict()._metadata


@needs_torch
def test_optimizer_state_both_ways():
    ours, theirs = taeda.nn.Linear(2, 3), torch.nn.Linear(2, 3)
    for lib, module in ((taeda, ours), (torch, theirs)):
        optimizer = lib.optim.Adam(module.parameters())
        module(lib.ones(1, 2)).sum().backward()
        optimizer.step()
        other, other_module = (torch, theirs) if lib is taeda else (taeda, ours)
        state = loaded(saved(optimizer.state_dict(), lib), other)
        fresh = other.optim.Adam(other_module.parameters())
        fresh.load_state_dict(state)
        assert float(fresh.state[next(iter(other_module.parameters()))]["step"]) == 1.0


@pytest.mark.parametrize("use_mmap", [False, True])
def test_paths_and_mapping(tmp_path, use_mmap):
    path = tmp_path / "tensor.pt"
    taeda.save(taeda.arange(5.0), path)
    before = path.read_bytes()
    value = taeda.load(path, mmap=use_mmap)
    value.add_(1.0)
    assert numbers(value) == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert path.read_bytes() == before
    with open(path, "rb") as file:
        assert numbers(taeda.load(file)) == [0.0, 1.0, 2.0, 3.0, 4.0]


@needs_torch
def test_map_location():
    data = saved({"a": torch.ones(2)}, torch)
    for location in ("cpu", taeda.device("cpu"), {"cpu": "cpu"}, lambda storage, location: None):
        assert numbers(loaded(data, map_location=location)["a"]) == [1.0, 1.0]
    cuda = data.replace(b"X\x03\x00\x00\x00cpu", b"X\x06\x00\x00\x00cuda:0")
    assert cuda != data


def test_saved_parts_of_a_graph_are_leaves():
    x = taeda.ones(2, requires_grad=True)
    value = loaded(saved(x * 2))
    assert value.is_leaf and value.requires_grad


def test_the_same_memory_with_two_types_is_refused_as_in_pytorch():
    x = taeda.ones(2)
    with pytest.raises(RuntimeError, match="view the same data as different types"):
        saved([x, tensor_on(x.untyped_storage(), taeda.int32, 0, (2,), (1,))])


def test_own_classes_must_be_named():
    data = saved({"point": collections.Counter("aab"), "own": Own(3)})
    with pytest.raises(UnsafePickleError, match=r"add_safe_globals\(\[Own\]\)"):
        loaded(data)
    with pytest.raises(pickle.UnpicklingError, match="Unsupported global"):
        loaded(data, weights_only=True)
    with taeda.serialization.safe_globals([Own]):
        value = loaded(data)
    assert value["own"].value == 3 and value["point"]["a"] == 2
    with pytest.raises(UnsafePickleError):
        loaded(data)


class Own:
    def __init__(self, value):
        self.value = value


@dataclasses.dataclass
class Settings:
    width: int = 3
    sizes: list = dataclasses.field(default_factory=list)


class Color(enum.Enum):
    RED = 1


class Net(taeda.nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = taeda.nn.Linear(2, 3)
        self.norm = taeda.nn.BatchNorm1d(3)
        self.lstm = taeda.nn.LSTM(3, 3)
        self.activation, self.other = taeda.nn.functional.gelu, taeda.tanh
        self.settings = Settings(5, [1])

    def forward(self, x):
        return self.norm(self.lstm(self.activation(self.linear(x)))[0])


def test_objects_of_the_program_where_it_asks_for_them():
    net, x = Net().eval(), taeda.randn(4, 2)
    saved_net = {"net": net, "args": argparse.Namespace(lr=0.1), "own": Own(3), "color": Color.RED,
                 "space": types.SimpleNamespace(a=[1]), "level": Level.HIGH,
                 "layers": taeda.nn.Sequential(taeda.nn.MultiheadAttention(4, 2), taeda.nn.ReLU())}
    data = saved(saved_net)
    with pytest.raises(UnsafePickleError, match="Unsupported global"):
        loaded(data)
    value = loaded(data, weights_only=False)
    assert numbers(value["net"](x)) == numbers(net(x)) and value["net"].other is taeda.tanh
    assert value["net"].settings == Settings(5, [1]) and value["args"].lr == 0.1 and value["color"] is Color.RED
    assert value["space"] == types.SimpleNamespace(a=[1]) and value["level"] is Level.HIGH
    assert value["own"].value == 3 and isinstance(value["layers"][0], taeda.nn.MultiheadAttention)


@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_objects_and_what_stands_twice_in_all_protocols(protocol):
    first, second = Own("x"), Own(["y"])
    pickled = pickle.dumps([first, "word", second, ["word"], first, second, "word"], protocol)
    found = loaded(archive_of(pickled), weights_only=False)
    assert [type(value) for value in found] == [Own, str, Own, list, Own, Own, str]
    assert found[0] is found[4] and found[2] is found[5] and found[6] == "word"
    assert (found[0].value, found[2].value, found[3]) == ("x", ["y"], ["word"])


def test_arrays_where_the_program_asks_for_them():
    arrays = [numpy.arange(3.0), numpy.asfortranarray(numpy.ones((2, 3))), numpy.array(["ab", "c"]), numpy.float32(3),
              numpy.arange(3, dtype=">i4"), numpy.array([True]), numpy.dtype("int64"), numpy.zeros((0, 2))]
    value = loaded(saved(arrays), weights_only=False)
    for found, given in zip(value[:6], arrays[:6], strict=True):
        assert found.dtype == given.dtype.newbyteorder("=") and (found == given).all() and type(found) is type(given)
    assert value[1].flags.f_contiguous and value[6] == arrays[6] and value[7].shape == (0, 2)
    with pytest.raises(UnsafePickleError):
        loaded(saved(arrays[0]))
    with pytest.raises(UnsafePickleError, match="not on the list"):
        loaded(saved(numpy.array([{}, None])), weights_only=False)


class Telling(Own):
    """Raises when it is compared, printed or asked."""

    def told(self, *_):
        raise AssertionError("code of an object ran while its file was read")

    __eq__ = __ne__ = __repr__ = __str__ = __bool__ = __len__ = __iter__ = told
    __hash__ = None


class Acting(Own):
    __class__ = property(lambda self: self.__dict__["value"]())


class Slots:
    __slots__ = ("value",)


class Level(enum.IntEnum):
    HIGH = 2


TELLING = "c" + Telling.__module__ + "\nTelling\n)\x81"


@pytest.mark.parametrize("pickled", [
    f"c{Color.__module__}\nColor\n({TELLING}tR",
    f"{TELLING})R",
    f"{TELLING})\x81",
    f"({TELLING}U\x01aU\x01aU\x01aK\x01tQ",
    f"c_codecs\nencode\n(U\x01a{TELLING}tR",
    f"ctorch._utils\n_rebuild_sparse_tensor\n({TELLING})tR",
    f"cnumpy\ndtype\n(U\x02f8tR(K\x03{TELLING}NNNK\x00K\x00K\x00tb",
    f"ctorch\ndevice\n({TELLING}tR",
    f"ctorch\ndevice\n(U\x03cpu{TELLING}tR",
    f"}}{TELLING}K\x01s",
    f"ctorch.serialization\n_get_layout\n({TELLING}tR",
    f"{TELLING}{TELLING}b",
    f"cbuiltins\ngetattr\n({TELLING}{TELLING}tR",
    f"c{Own.__module__}\nOwn\n)\x81{TELLING}b",
])
def test_objects_are_not_asked_while_their_file_is_read(pickled):
    with pytest.raises(CheckpointError):
        loaded(archive_of(f"\x80\x02{pickled}.".encode("latin1")), weights_only=False)


def test_objects_that_cannot_be_built_are_damage():
    for pickled in (f"c{Slots.__module__}\nSlots\n)\x81}}U\x05valueK\x01sb",
                    "cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\n(U\x02U1tRC\x04\xff\xff\xff\xfftR"):
        with pytest.raises(CheckpointError, match="cannot be built"):
            loaded(archive_of(f"\x80\x02{pickled}.".encode("latin1")), weights_only=False)


@pytest.mark.parametrize("name", ["taeda.fx.graph_module\nGraphModule", "taeda.fx.graph\nGraph",
                                  "taeda.fx.node\nNode", f"{Acting.__module__}\nActing"])
def test_neither_graphs_which_become_source_nor_objects_that_act_for_others_are_built(name):
    assert taeda.fx.Graph
    with pytest.raises(UnsafePickleError, match="Unsupported global"):
        loaded(archive_of(f"\x80\x02c{name}\n)\x81}}b.".encode("latin1")), weights_only=False)


class WithDel(Own):
    def __del__(self):
        pass


DANGEROUS = [WithDel(1), fractions.Fraction(1, 2), pathlib.PurePosixPath("a"), functools.partial(int),
             numpy.array(["2020-01-01"], dtype="datetime64[D]")]


@pytest.mark.parametrize("value", DANGEROUS, ids=lambda v: type(v).__name__)
def test_objects_that_would_run_code_are_refused_all_the_same(value):
    with pytest.raises(UnsafePickleError):
        loaded(saved(value), weights_only=False)


@pytest.mark.parametrize("name", ["os\nsystem", "builtins\neval", "subprocess\nPopen", "torch\nload", "numpy\nload",
                                  "torch.nn\nfunctional", "builtins\ngetattr"])
def test_what_may_not_be_called_is_not_where_objects_are_asked_for(name):
    with pytest.raises(CheckpointError):
        loaded(archive_of(f"\x80\x02c{name}\n(U\x02lstR.".encode("latin1")), weights_only=False)


@needs_torch
def test_layers_go_to_pytorch_and_come_from_it():
    def layers(library):
        return library.nn.Sequential(library.nn.Conv2d(1, 2, 3), library.nn.BatchNorm2d(2), library.nn.ReLU(),
                                     library.nn.MultiheadAttention(4, 2))

    file = io.BytesIO(saved(layers(taeda)))
    assert isinstance(torch.load(file, weights_only=False)[0], torch.nn.Conv2d)
    file = io.BytesIO()
    torch.save(layers(torch), file)
    found = loaded(file.getvalue(), weights_only=False)
    assert found[:3].eval()(taeda.ones(1, 1, 4, 4)).shape == (1, 2, 2, 2)


class Answering(Own):
    """Its attributes are looked up in a dictionary, with that dictionary's errors."""

    def __getattr__(self, name):
        if name.startswith("__") and name != "__name__":
            raise AttributeError(name)
        return {"a": 1}[name]


def test_saving_does_not_ask_objects_for_names():
    assert loaded(saved([Answering(2)]), weights_only=False)[0].value == 2


# Hostile pickles


def archive_of(pickled, storages=(b"\0" * 64,), name="archive"):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{name}/data.pkl", pickled)
        archive.writestr(f"{name}/byteorder", "little")
        for key, content in enumerate(storages):
            archive.writestr(f"{name}/data/{key}", content)
        archive.writestr(f"{name}/version", "3\n")
    return file.getvalue()


def tensor_pickle(size="K\x02\x85", stride="K\x01\x85", offset="K\x00", count="K\x10", key="0", kind="FloatStorage"):
    text = (
        "\x80\x02ctorch._utils\n_rebuild_tensor_v2\n((U\x07storagectorch\n"
        f"{kind}\nU{chr(len(key))}{key}U\x03cpu{count}tQ{offset}{size}{stride}\x89ccollections\nOrderedDict\n)RtR."
    )
    return text.encode("latin1")


def test_handmade_pickle_is_read():
    assert tuple(loaded(archive_of(tensor_pickle())).shape) == (2,)


ran = []


class Runs:
    def __reduce__(self):
        return ran.append, ("code ran",)


@pytest.mark.parametrize(
    "pickled",
    [
        pickle.dumps(Runs(), 2),
        pickle.dumps(Runs(), 5),
        b"cos\nsystem\n(S'echo'\ntR.",
        b"\x80\x02cos\nsystem\nX\x04\x00\x00\x00echo\x85R.",
        b"\x80\x02cbuiltins\neval\nX\x03\x00\x00\x001+1\x85R.",
        b"\x80\x02c__builtin__\ngetattr\n.",
        b"\x80\x02ctaeda\nload\n.",
        b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04echo\x85R.",
        b"\x80\x02ctorch\nFloatStorage\n)R.",
        b"\x80\x02ctorch\nFloatStorage\n)\x81.",
        b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n}X\x08\x00\x00\x00__code__Nsb.",
        b"\x80\x02ccollections\nOrderedDict\n)R}X\x05\x00\x00\x00itemsNsb.",
        b"\x80\x02ccollections\nOrderedDict\n)R}X\x09\x00\x00\x00__class__Nsb.",
        b"\x80\x02ccollections\nOrderedDict\n)RN}X\x01\x00\x00\x00aNs\x86b.",
        b"\x80\x02]]Ns.",
        b"\x80\x02}]Ns.",
        b"\x80\x02P1\n.",
        b"\x80\x02(cos\nsystem\nX\x04\x00\x00\x00echoo.",
        b"\x80\x02\x82\x01.",
    ],
)
def test_hostile_pickles_run_nothing(pickled):
    with pytest.raises(CheckpointError, match="failed reading"):
        loaded(archive_of(pickled))
    assert not ran


@pytest.mark.parametrize(
    "pickled",
    [
        b"",
        b".",
        b"\x80\x02",
        b"\x80\x09N.",
        b"\x80\x02NN.",
        b"\x80\x02h\x05.",
        b"\x80\x02X\xff\xff\xff\xffab.",
        b"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\x7fab.",
        b"\x80\x02X\x02\x00\x00\x00\xff\xfe.",
        b"\x80\x02t.",
        b"\x80\x02\x85.",
        b"\x80\x02(0.",
        b"\x80\x02]e.",
        b"\x80\x02}(Nu.",
        b"\x80\x02cbuiltins\nbytearray\nJ\xff\xff\xff\x7f\x85R.",
        b"\x80\x02ctorch\nSize\nX\x01\x00\x00\x00a\x85R.",
        b"\x80\x02ctorch\ndevice\nX\x05\x00\x00\x00wrong\x85R.",
        b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\nN\x85R.",
        b"\x80\x02NQ.",
        b"\x80\x02(X\x07\x00\x00\x00storageNNNNtQ.",
        b"\x80\x02c" + b"a" * 100000,
    ],
)
def test_broken_pickles_are_typed_errors(pickled):
    with pytest.raises(CheckpointError, match="failed reading"):
        loaded(archive_of(pickled))


@pytest.mark.parametrize(
    "options",
    [
        {"size": "J\xff\xff\xff\x7f\x85"},
        {"size": "K\x11\x85"},
        {"offset": "K\x0f"},
        {"offset": "J\xff\xff\xff\xff"},
        {"stride": "K\x10\x85"},
        {"stride": "J\xff\xff\xff\xff\x85"},
        {"size": "J\xff\xff\xff\xff\x85"},
        {"size": "\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x85"},
        {"size": "K\x02K\x02\x86"},
        {"size": "(" + "K\x01" * 100 + "t", "stride": "(" + "K\x01" * 100 + "t"},
        {"size": "G\x00\x00\x00\x00\x00\x00\x00\x00\x85"},
        {"count": "K\x11"},
        {"count": "J\xff\xff\xff\xff"},
        {"key": "9"},
        {"key": "../0"},
        {"kind": "DoubleStorage"},
    ],
)
def test_tensors_that_leave_their_storage_are_errors(options):
    with pytest.raises(CheckpointError, match="failed reading"):
        loaded(archive_of(tensor_pickle(**options)))


def test_nested_keys_do_not_hang_or_crash():
    deep = b"\x80\x02}K\x01" + b"\x85" * 200000 + b"Ns."
    wide = b"\x80\x02}K\x01" + b"2\x86" * 200 + b"Ns."
    for pickled in (deep, wide):
        with pytest.raises(CheckpointError, match="key of type tuple"):
            loaded(archive_of(pickled))
    # Deep nesting as such is only data.
    value = loaded(archive_of(b"\x80\x02" + b"]" * 1 + b"\x85" * 100000 + b"."))
    assert isinstance(value, tuple)


# Damaged archives


def test_every_truncation_is_a_typed_error():
    data = saved({"a": taeda.arange(20.0), "b": [1, 2]})
    for length in [*range(0, 200), *range(200, len(data), 37), len(data) - 1]:
        with pytest.raises(CheckpointError, match="failed reading"):
            loaded(data[:length])


def test_flipped_bytes_never_crash_and_never_change_tensors_unseen():
    data = saved({"a": taeda.arange(20.0)})
    generator = numpy.random.default_rng(0)
    for place in generator.integers(0, len(data), 400):
        damaged = bytearray(data)
        damaged[place] ^= 1 << int(generator.integers(8))
        try:
            value = loaded(bytes(damaged))
        except (CheckpointError, RuntimeError):
            continue
        if isinstance(value, dict) and "a" in value:
            assert numbers(value["a"]) == [float(i) for i in range(20)]


def test_random_pickles_never_crash():
    generator = numpy.random.default_rng(1)
    good = zipfile.ZipFile(io.BytesIO(saved(structure(taeda)))).read("archive/data.pkl")

    def refuse(*_):
        raise CheckpointError("no storages here")

    for _ in range(3000):
        damaged = bytearray(good)
        for place in generator.integers(0, len(good), int(generator.integers(1, 6))):
            damaged[place] = int(generator.integers(256))
        try:
            Unpickler(bytes(damaged), refuse, {}).load()
        except (CheckpointError, UnicodeDecodeError, OverflowError):
            pass


def test_archives_that_lie():
    data = archive_of(tensor_pickle())
    compressed = io.BytesIO()
    with zipfile.ZipFile(compressed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", tensor_pickle())
        archive.writestr("archive/data/0", b"\0" * 10_000_000)
    with pytest.raises(CheckpointError, match="compressed"):
        loaded(compressed.getvalue())
    with pytest.raises(CheckpointError, match="failed finding central directory"):
        loaded(b"not a zip file")
    # A size in the directory that reaches beyond the file.
    place = data.rindex(b"archive/data/0") - 46
    huge = bytearray(data)
    struct.pack_into("<II", huge, place + 20, 0x7FFFFFFF, 0x7FFFFFFF)
    with pytest.raises(CheckpointError, match="does not lie before the directory"):
        loaded(bytes(huge))
    # Two entries on the same bytes.
    overlap = bytearray(data)
    second = data.rindex(b"archive/version") - 46
    struct.pack_into("<I", overlap, second + 42, struct.unpack_from("<I", data, place + 42)[0])
    struct.pack_into("<III", overlap, second + 16, zlib.crc32(b"\0" * 64), 64, 64)
    with pytest.raises(CheckpointError, match="overlap"):
        loaded(bytes(overlap))
    with pytest.raises(CheckpointError, match="checksum"):
        loaded(data.replace(b"\0" * 64, b"\1" + b"\0" * 63, 1))
    with pytest.raises(CheckpointError, match="byte order"):
        loaded(data.replace(b"little", b"bigbig").replace(
            struct.pack("<I", zlib.crc32(b"little")), struct.pack("<I", zlib.crc32(b"bigbig"))))


def _legacy(value, library=taeda):
    file = io.BytesIO()
    library.save(value, file, _use_new_zipfile_serialization=False)
    return file.getvalue()


def _legacy_content(library):
    x = library.arange(10.0)
    half = library.tensor([1.5, -2.0], dtype=library.bfloat16)
    model = library.nn.Sequential(library.nn.Linear(2, 2), library.nn.BatchNorm1d(2))
    return {"x": x, "part": x[2:5], "half": half, "state": model.state_dict(), "flags": library.tensor([True, False]),
            "epoch": 3, "empty": library.zeros(0)}


def test_format_before_zip_archives():
    content = _legacy_content(taeda)
    back = taeda.load(io.BytesIO(_legacy(content)), map_location="cpu")
    assert back["epoch"] == 3 and back["part"].tolist() == [2.0, 3.0, 4.0] and back["half"].dtype == taeda.bfloat16
    assert all(taeda.equal(back["state"][k], v) for k, v in content["state"].items())
    assert back["flags"].tolist() == [True, False]
    unsigned = taeda.tensor([7, 8], dtype=taeda.uint16)  # PyTorch fails to read these
    assert taeda.load(io.BytesIO(_legacy(unsigned))).tolist() == [7, 8]
    back["part"].fill_(9)
    assert back["x"].tolist()[1:6] == [1.0, 9.0, 9.0, 9.0, 5.0]


def test_format_before_zip_archives_damaged(tmp_path):
    data = _legacy(_legacy_content(taeda))
    for length in range(20, len(data), 37):
        with pytest.raises(CheckpointError):
            taeda.load(io.BytesIO(data[:length]))
    with pytest.raises(CheckpointError, match="should hold"):
        taeda.load(io.BytesIO(_legacy(taeda.ones(4))[:-24] + struct.pack("<q", 5) + bytes(16)))
    (tmp_path / "old.pt").write_bytes(data)
    with pytest.raises(RuntimeError, match="mmap can only be used"):
        taeda.load(tmp_path / "old.pt", mmap=True)
    with pytest.raises(UnsafePickleError, match="Fraction"):
        taeda.load(io.BytesIO(_legacy(fractions.Fraction(1, 2))))


@needs_torch
def test_format_before_zip_archives_is_pytorchs():
    theirs = taeda.load(io.BytesIO(_legacy(_legacy_content(torch), torch)))
    ours = torch.load(io.BytesIO(_legacy(_legacy_content(taeda))), weights_only=True)
    for found in (theirs, ours):
        assert found["x"].tolist() == list(range(10)) and found["part"].tolist() == [2, 3, 4]
        assert found["half"].tolist() == [1.5, -2.0] and found["epoch"] == 3
        found["part"].fill_(9)
        assert found["x"][3] == 9 and sorted(found["state"])[:2] == ["0.bias", "0.weight"]
    model = taeda.load(io.BytesIO(_legacy(torch.nn.Sequential(torch.nn.Linear(2, 3)), torch)), weights_only=False)
    assert model[0].weight.shape == (3, 2)


def test_wrong_arguments():
    with pytest.raises(AttributeError, match="expected 'f' to be string, path, or a file-like object"):
        taeda.save({}, 3)
    with pytest.raises(AttributeError, match="expected 'f' to be string, path, or a file-like object"):
        taeda.load(3)
    with pytest.raises(FileNotFoundError):
        taeda.load("/nowhere/at/all.pt")
    with pytest.raises(ValueError, match="mmap"):
        loaded(saved(1), mmap=True)


# Python's own pickling and copying


@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_pickle_and_deepcopy(protocol):
    base = taeda.arange(6.0).view(2, 3)
    pair = {"base": base, "view": base[1], "half": base.to(taeda.bfloat16), "leaf": taeda.ones(2, requires_grad=True)}
    for value in (pickle.loads(pickle.dumps(pair, protocol)), copy.deepcopy(pair)):
        assert numbers(value["base"]) == numbers(base) and value["leaf"].requires_grad
        assert numbers(value["half"]) == numbers(base)
        value["view"].zero_()
        assert numbers(value["base"]) == [[0.0, 1.0, 2.0], [0.0, 0.0, 0.0]]
    assert numbers(base) == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    with pytest.raises(RuntimeError, match="Only Tensors created explicitly by the user"):
        copy.deepcopy(pair["leaf"] * 2)


def test_pickled_modules_keep_shared_parameters():
    module = taeda.nn.Sequential(taeda.nn.Linear(2, 2), taeda.nn.Linear(2, 2))
    module[1].weight = module[0].weight
    for other in (pickle.loads(pickle.dumps(module)), copy.deepcopy(module)):
        assert other[1].weight is other[0].weight
        assert isinstance(other[0].weight, taeda.nn.Parameter)
        assert numbers(other[0].bias) == numbers(module[0].bias)


# safetensors


def test_safetensors_both_ways(tmp_path):
    safetensors = pytest.importorskip("safetensors.torch")
    path = tmp_path / "file.safetensors"
    tensors = {name: taeda.tensor([[0, 1], [2, 3]]).to(getattr(taeda, name)) for name in DTYPES}
    tensors["transposed"] = taeda.arange(6.0).view(2, 3).t()
    tensors["empty"] = taeda.zeros(0, 2)
    tensors["scalar"] = taeda.tensor(1.5)
    taeda.save_safetensors(tensors, path, {"made": "here"})
    theirs = safetensors.load_file(path)
    back = taeda.load_safetensors(path)
    for name, tensor in tensors.items():
        for other in (theirs[name], back[name]):
            assert tuple(other.shape) == tuple(tensor.shape) and str(other.dtype) == str(tensor.dtype)
            assert numbers(other) == numbers(tensor)
    safetensors.save_file({"a": torch.ones(2, dtype=torch.bfloat16)}, path)
    assert numbers(taeda.load_safetensors(path)["a"]) == [1.0, 1.0]
    data = path.read_bytes()
    for length in (0, 4, 20, len(data) - 1):
        path.write_bytes(data[:length])
        with pytest.raises(CheckpointError, match="file.safetensors"):
            taeda.load_safetensors(path)
    with pytest.raises(ValueError, match="expected a Tensor but received"):
        taeda.save_safetensors({"a": 3}, path)


@needs_torch
def test_loading_does_not_import_torch_or_numpy(tmp_path):
    path = tmp_path / "state.pt"
    torch.save({"a": torch.ones(2)}, path)
    code = (
        f"import sys, taeda; value = taeda.load({os.fspath(path)!r}); taeda.save(value, {os.fspath(path)!r}); "
        "assert 'torch' not in sys.modules and 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ})


def test_what_was_saved_to_a_file_object_is_in_the_file(tmp_path):
    with open(tmp_path / "x.pt", "wb") as file:
        taeda.save({"x": taeda.ones(3)}, file)
        assert taeda.load(tmp_path / "x.pt")["x"].tolist() == [1, 1, 1]
