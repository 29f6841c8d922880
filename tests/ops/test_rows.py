"""The generated rows: every op with samples beside its definition, on the real core.

Values in every dtype and gradients are compared with PyTorch's (recorded, and run where it is installed); gradients and
their gradients with differences in float64; every form and every layout of the operands with the plain call. `samples`
in ops/*.py are the rows; nothing here knows an op by name but for documented limits.
"""

from __future__ import annotations

from typing import Any

import pytest

import expected
import taeda
from expected import agree
from taeda.ops import load_all
from taeda.ops.op import Op, registry
from taeda.testing import Make, check_gradients, forms
from taeda.testing.samples import from_array, tensors_of

# What is warned of (slow paths, deprecated forms) is not what is tested here.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

load_all()

TOLERANCE = {"float64": 1e-7, "float32": 3e-5, "float16": 4e-3, "bfloat16": 3e-2}
DTYPES = (*TOLERANCE, "bool", "uint8", "int8", "int16", "int32", "int64")
# PyTorch's own is an approximation
ROUGH = {"_standard_gamma_grad": 3e-3,
         **dict.fromkeys(("airy_ai", "bessel_j0", "bessel_j1", "bessel_y0", "bessel_y1"), 3e-3)}
# Powers overflow there.
WRONG_IN_PYTORCH = {(name, d) for name in ("matrix_exp", "matrix_exp.linalg") for d in ("float16", "bfloat16")}
# Their results depend on how the elements lie.
ABOUT_MEMORY = ("as_strided", "as_strided_copy", "view", "view_as", "view_as_complex", "view_copy")
NO_DERIVATIVE = {"embedding": "the row of padding_idx is said to get no gradient"} | dict.fromkeys(
    ("fake_quantize_per_channel_affine", "fake_quantize_per_tensor_affine"),
    "a step function, whose gradient is said to be that of the clamping",
)
# Vectors of decompositions are known up to their signs.
UP_TO_SIGN = ("eig", "eigh", "geqrf", "qr", "qr.linalg", "svd", "svd.linalg")
# Of these matrices one triangle is read, but PyTorch's gradient is that of the symmetric or triangular matrix.
SYMMETRIC = ("cholesky", "cholesky.linalg", "cholesky_ex", "eigh", "eigvalsh")
LOWER = ("cholesky_inverse", "cholesky_solve")

ROWS = sorted(name for name, op in registry.ops.items() if op.sample_function)
PUBLIC = [name for name in ROWS if registry.ops[name].public]
RANKED = ("masked_fill",)  # element-wise, but not for every number of dimensions
ELEMENTWISE = [name for name in ROWS if registry.ops[name].kind == "pointwise" and name not in RANKED]


def samples(op: Op, dtype: str = "float32", library: Any = taeda) -> Any:
    return op.sample_function(Make(dtype, library=library))  # type: ignore[misc]


def function_of(op: Op, library: Any) -> Any:
    """The op in Taeda, PyTorch's function (or method) of its public name there."""
    if library is taeda:
        return op if op.modules or not op.public else getattr(taeda.Tensor, op.public)
    places = {m: library for m in ("torch",)} | {"nn.functional": library.nn.functional, "linalg": library.linalg}
    places |= {"special": library.special, "fft": library.fft}
    for space in (*(places[m] for m in op.modules if m in places), library.Tensor):
        if op.public and hasattr(space, op.public):
            return getattr(space, op.public)
    raise NotImplementedError(f"PyTorch has no {op.name}")


def values_and_gradients(op: Op, dtype: str, library: Any) -> list[Any]:
    """For each sample what comes out and, for wide floats, the gradients of all of it, weighed by fixed numbers."""

    def one(sample: Any) -> list[Any]:
        kind = library.Tensor
        leaves: list[Any] = []

        def leaf(t: Any) -> Any:
            leaves.append(t.detach().clone().requires_grad_(t.requires_grad))
            return leaves[-1]

        args, kwargs = forms.map_tensors(leaf, (list(sample.args), sample.kwargs), kind)
        result = tensors_of(function_of(op, library)(*args, **kwargs), kind)
        if op.name in UP_TO_SIGN:
            result = [y.abs() for y in result]
        if library is not taeda and dtype == "bool" and not any(y.any() for y in result):
            raise RuntimeError("nothing was computed: PyTorch would find out only then that it cannot")
        live = [k for k, y in enumerate(result) if y.requires_grad]
        if not live or dtype not in ("float32", "float64", "complex64"):
            return [result, live, []]
        inputs = [t for t in leaves if t.requires_grad]

        def gradients(library: Any) -> list[Any]:
            weights = [expected.numbers(*result[k].shape, seed=k) for k in live]
            seeds = [
                from_array(w, str(result[k].dtype).removeprefix("torch."), library)
                for k, w in zip(live, weights, strict=True)
            ]
            given = library.autograd.grad([result[k] for k in live], inputs, seeds, allow_unused=True)
            return [library.zeros_like(x) if g is None else g for g, x in zip(given, inputs, strict=True)]

        found = expected.outcome(gradients, library)
        # where PyTorch has no derivative, whether it says that one is required means nothing
        return [result, found if isinstance(found, expected.Raised) else live, found]

    return [expected.outcome(lambda _, s=s: one(s), library) for s in samples(op, dtype, library)]


@pytest.mark.parametrize("name", PUBLIC)
def test_values(name: str) -> None:
    op = registry.ops[name]
    for dtype in DTYPES:
        if (name, dtype) in WRONG_IN_PYTORCH:
            continue
        tolerance = max(TOLERANCE.get(dtype, 3e-5), ROUGH.get(name, 0.0))
        agree(lambda lib, d=dtype: values_and_gradients(op, d, lib), tolerance, tolerance, refusals=False)


def _of_triangle(function: Any) -> Any:
    """The function of the triangle that it reads of its last matrix."""

    def given(*args: Any) -> Any:
        upper = args[-1] is True
        at = max(k for k, a in enumerate(args) if isinstance(a, taeda.Tensor))
        return function(*args[:at], args[at].triu() if upper else args[at].tril(), *args[at + 1:])

    return given


@pytest.mark.parametrize("name", [n for n in ROWS if n not in NO_DERIVATIVE])
def test_gradients(name: str) -> None:
    op = registry.ops[name]
    function = function_of(op, taeda)
    for s in samples(op, "float64"):
        given = function
        if name in SYMMETRIC:
            given = lambda x, *rest, **options: function((x + x.mT) / 2, *rest, **options)  # noqa: E731
        elif name in LOWER:
            given = _of_triangle(function)
        check_gradients(given, s.args, s.kwargs, order=2)


@pytest.mark.parametrize("name", [n for n in ROWS if n not in ABOUT_MEMORY])
def test_layouts(name: str) -> None:
    op = registry.ops[name]
    for s in samples(op):
        forms.check_layouts(function_of(op, taeda), s.args, s.kwargs)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_small(name: str) -> None:
    op = registry.ops[name]
    for s in samples(op):
        forms.check_small(function_of(op, taeda), s.args, s.kwargs)


@pytest.mark.parametrize("name", PUBLIC)
def test_forms(name: str) -> None:
    op = registry.ops[name]
    function = function_of(op, taeda)
    for s in samples(op):
        if op.method:
            forms.check_same("method", getattr(taeda.Tensor, op.public), function, s.args, s.kwargs)
        for alias in op.aliases:
            for place in (taeda.Tensor,) if not op.modules else (taeda,) if "torch" in op.modules else ():
                forms.check_same(alias, getattr(place, alias), function, s.args, s.kwargs)
        if op.inplace and op.is_view:
            forms.check_inplace_view(getattr(taeda.Tensor, op.public + "_"), function, s.args, s.kwargs)
        elif op.inplace and isinstance(s.args[0], taeda.Tensor):
            method, place = op.public + "_", None if op.method else taeda.nn.functional
            if place is None or hasattr(place, method):
                forms.check_inplace(method, function, s.args, s.kwargs, place)
        if "nn.functional" in op.modules and hasattr(taeda.nn.functional, op.public):
            check_inplace_option(op, function, s)
        if op.out and op.modules:
            forms.check_out(function, s.args, s.kwargs)
        for operator in op.operators:
            if not operator.startswith("__i") or operator == "__invert__":
                check_operator(operator, function, s)


def check_inplace_option(op: Op, function: Any, sample: Any) -> None:
    """nn.functional's function is the op, and `inplace=True` writes what it returns into the argument."""
    public = getattr(taeda.nn.functional, op.public)
    forms.check_same("nn.functional", public, function, sample.args, sample.kwargs)
    if "inplace=" not in (getattr(public, "__text_signature__", None) or ""):
        return
    with taeda.no_grad():
        target = sample.args[0].detach().clone()
        assert public(target, *sample.args[1:], **sample.kwargs, inplace=True) is target
        forms.equal(target, function(*sample.args, **sample.kwargs), what="inplace=True")


def check_operator(name: str, function: Any, sample: Any) -> None:
    """Operators take what has no names; a reflected one has its operands the other way round."""
    if sample.kwargs or len(sample.args) > 2 or not all(isinstance(a, taeda.Tensor) for a in sample.args[:1]):
        return
    if name.startswith("__r") and len(sample.args) == 2:
        if isinstance(sample.args[1], taeda.Tensor):
            forms.check_same(name, lambda x, y: getattr(y, name)(x), function, sample.args, {})
        return
    forms.check_same(name, lambda x, *rest: getattr(x, name)(*rest), function, sample.args, {})
