"""What is fused, and that fusing changes no bit."""

from __future__ import annotations

from typing import Any

import oracle
import pytest

from taeda.compiler import fuse as fusing
from taeda.compiler.fuse import Group
from taeda.ir import program_interpreter
from taeda.ops import load_all
from taeda.ops.op import registry
from taeda.runtime import programs

torch = pytest.importorskip("torch")

load_all()
FLOAT = ("number", "float")
ROWS: dict[str, tuple[str, tuple[Any, ...], int]] = {
    "softmax": ("softmax", (("tensor", "float32", 2), ("static", -1), None), 1),
    "softmax of the first dimension": ("softmax", (("tensor", "float32", 2), ("static", 0), None), 1),
    "softmax of a vector": ("softmax", (("tensor", "float32", 1), ("static", 0), None), 1),
    "softmax in bfloat16": ("softmax", (("tensor", "bfloat16", 3), ("static", 1), None), 1),
    "log_softmax": ("log_softmax", (("tensor", "float32", 2), ("static", -1), None), 1),
    "logsumexp": ("logsumexp", (("tensor", "float32", 2), ("static", 1), ("static", False)), 1),
    "var": ("var", (("tensor", "float32", 2), ("static", 1), ("number", "int"), ("static", False)), 1),
    "standardize": ("standardize", (("tensor", "float32", 3), ("static", (2,)), FLOAT), 1),
    "silu": ("silu", (("tensor", "bfloat16", 2),), 1),
}


def loops(program: dict[str, Any]) -> list[Any]:
    return [i for i in program["instructions"] if i[0] == "loops"]


@pytest.mark.parametrize("name", ROWS)
def test_one_kernel(name: str) -> None:
    op, key, needs = ROWS[name]
    forward = programs.compile_forward(op, key)
    backward = programs.compile_backward(op, key, needs)
    assert len(loops(forward)) == 1
    assert len(loops(backward["program"])) == 1


def test_full_reductions_can_be_split() -> None:
    """One row is one work item, so a variance over everything has to be made of kernels that reduce in chunks."""
    program = programs.compile_forward("var", (("tensor", "float32", 2), None, ("number", "int"), ("static", False)))
    assert len(loops(program)) == 2
    assert all(programs.kernel_split(i[1]) is not None for i in loops(program))


def test_sums_over_leading_dimensions_do_not_hold_up_elements() -> None:
    """grad * x is stored for one input while its sum is needed for the other."""
    graph_items = _items("mul", (("tensor", "float32", 2), ("tensor", "float32", 1)), 3)
    groups = [i for i in graph_items if isinstance(i, Group)]
    assert [g.reduced for g in groups] == [None, (0,)]


def _items(name: str, key: tuple[Any, ...], needs: int) -> list[Any]:
    found: list[Any] = []
    original = fusing.fuse

    def spy(graph: Any) -> list[Any]:
        found[:] = original(graph)
        return found

    from taeda.compiler import pipeline

    pipeline.fuse = spy  # type: ignore[assignment]
    try:
        programs.compile_backward(name, key, needs)
    finally:
        pipeline.fuse = original
    return found


FUSED = [
    name
    for name, op in registry.ops.items()
    if op.sample_function and op.kind == "derived" and op.public and oracle.reference(op)
]


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
@pytest.mark.parametrize("name", FUSED)
def test_same_bits_as_separate_kernels(name: str, dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    op = registry.ops[name]
    torch.manual_seed(0)

    def make(*shape: int, dtype: str = dtype, **bounds: Any) -> torch.Tensor:
        return oracle.make(*shape, dtype=dtype, **bounds)

    for sample in op.sample_function(make):  # type: ignore[misc]
        results = []
        for separate in (False, True):
            with monkeypatch.context() as patch:
                if separate:
                    patch.setattr(fusing, "_merge", lambda a, b: None)
                torch.manual_seed(1)
                try:
                    outputs, grads = oracle.run(
                        op,
                        sample.args,
                        sample.kwargs,
                        lambda found: [
                            torch.randn(o.shape).to(o.dtype)
                            if o.is_floating_point() and op.output_differentiable(k)
                            else None
                            for k, o in enumerate(found)
                        ],
                    )
                except NotImplementedError as error:
                    pytest.skip(str(error)[:60])
                except RuntimeError as error:
                    if "must be either float or double" not in str(error) and "Expected both inputs" not in str(error):
                        raise  # but for dtypes that the op does not take
                    pytest.skip(str(error)[:60])
            results.append([*outputs, *grads.values()])
        for fused, alone in zip(*results, strict=True):
            fused, alone = (torch.view_as_real(x) if x.is_complex() else x.double() for x in (fused, alone))
            assert torch.equal(torch.nan_to_num(fused), torch.nan_to_num(alone))


def test_interpreter_refuses_templates() -> None:
    program = {"tensors": 0, "attributes": 0, "registers": 0, "outputs": [],
               "instructions": [("launch", 0, [], [], [], 1, 1, 0, (), None)]}
    with pytest.raises(NotImplementedError, match="template"):
        program_interpreter.run(program, [], [], ["gemm"])
