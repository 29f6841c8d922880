"""dtype, finfo, iinfo."""

import copy
import pickle

import pytest
from same_as_torch import agree, taeda

NAMES = ("bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128 uint16 uint32 uint64 "
         "complex32 float8_e5m2 float8_e4m3fn float8_e5m2fnuz float8_e4m3fnuz float8_e8m0fnu").split()
FLOAT8 = [name for name in NAMES if name.startswith("float8")]


@pytest.mark.parametrize("name", NAMES)
def test_attributes(name: str) -> None:
    fields = "d.itemsize, d.is_floating_point, d.is_complex, d.is_signed"
    agree(f"d = torch.{name}\n[repr(d), str(d), {fields}, d.__reduce__()]")


@pytest.mark.parametrize("name", NAMES)
def test_parts(name: str) -> None:
    agree(f"torch.{name}.to_complex()", message=False)
    agree(f"torch.{name}.to_real()", message=False)


@pytest.mark.parametrize("name", NAMES)
def test_copies_are_the_object(name: str) -> None:
    d = getattr(taeda, name)
    assert copy.copy(d) is d and copy.deepcopy(d) is d and pickle.loads(pickle.dumps(d)) is d


def test_cannot_be_made() -> None:
    with pytest.raises(TypeError):
        taeda.dtype()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["finfo", "iinfo"])
def test_limits(kind: str, name: str) -> None:
    fields = "bits max min dtype" + (" eps tiny smallest_normal resolution" if kind == "finfo" else "")
    agree(f"i = torch.{kind}(torch.{name})\n[repr(i)] + [getattr(i, f) for f in {fields.split()}]")


def test_limits_of_the_default() -> None:
    assert taeda.finfo() == taeda.finfo(taeda.float32) != taeda.finfo(taeda.float64)
    assert hash(taeda.iinfo(taeda.int8)) == hash(taeda.iinfo(taeda.int8))
    with pytest.raises(TypeError):
        taeda.finfo("float32")


def test_default_dtype_is_checked() -> None:
    with pytest.raises(TypeError, match="only floating-point types are supported as the default type"):
        taeda._core.set_default_dtype(taeda.int64)
    assert taeda._core.get_default_dtype() is taeda.float32


@pytest.mark.parametrize(
    "value",
    [
        "0.1",
        "65519.99",
        "65520.0",
        "1e30",
        "-1e30",
        "6e-8",
        "2.98e-8",
        "2.9802322e-8",
        "1e-45",
        "float('nan')",
        "float('inf')",
        "-0.0",
        "1.0009765",
        "3.3895e38",
        "3.4e38",
        "1.00390625",
    ],
)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", *FLOAT8])
def test_rounding(value: str, dtype: str) -> None:
    agree(f"torch.tensor([{value}], dtype=torch.{dtype})")


def test_every_half_survives() -> None:
    import numpy

    bits = numpy.arange(65536, dtype=numpy.uint16)
    halves = bits.view(numpy.float16)
    values = taeda.from_numpy(halves.copy()).tolist()
    numpy.testing.assert_array_equal(numpy.array(values), halves.astype(numpy.float64))
    finite = numpy.isfinite(halves)
    back = taeda.tensor(values, dtype=taeda.float16).numpy().view(numpy.uint16)
    numpy.testing.assert_array_equal(back[finite], bits[finite])
