"""What the C++ core calls on a miss (by way of answers.py): Programs for ops, machine code for kernels.

The contract
------------
An op's **key** is a tuple with one entry per parameter of its schema, in order:

=========================================  ==============================================================
a tensor                                   ("tensor", dtype name, number of dimensions)
absent (None)                              None, also for a static parameter or number whose value is None
a number (Number, float, TensorOrNumber)   ("number", "bool" | "int" | "float" | "complex")
a number or Sizes that was not given       ("default",): a constant of the Program, no attribute
a list of tensors (Tensors)                ("tensors", ((dtype name, number of dimensions), ...))
Sizes                                      ("sizes", length)
SymInt                                     ("int",)
Generator (also when None)                 ("generator",)
static (int, bool, str, DType, Dims, ...)  ("static", value); a DType may be its name or the dtype object
=========================================  ==============================================================

*Run-time attributes* are numbered in the order of parameters: each number, SymInt and Sizes that is given (not None)
takes one; a Generator takes two, the key of the call's random stream and where in it to start. *Tensor inputs* are
numbered in the order of parameters too: each Tensor and each TensorOrNumber takes one number, also when it is absent
or a number (then its register is empty); a Tensors takes as many as it is long, none when it is None.

`compile_forward(op, key)` gives a Program description (ARCHITECTURE.md). A register may be the output more than once,
and an input may be an output.

`compile_backward(op, key, needs, given=None)` gives a dict. `needs` is a mask over tensor inputs: whose gradients are
wanted. `given` has a bool per output of the op: whether a gradient for it is passed; None: for all differentiable
ones of floating dtype. ::

    {"saved":   [("input", i) | ("output", j) | ("shape", i), ...],     what the node has to keep
     "program": Program description; its tensors are the gradients of the given outputs in order, then what was saved;
                its attributes those of the forward call. A "shape" is a tensor without data.
     "grads":   [i, ...]}              for each output of the program the number of the tensor input it belongs to

The gradient of a call is a call too: its key is ("gradient", key, needs, given), its tensor inputs are the tensors of
that backward Program. compile_backward takes such keys, and so gives the gradients of gradients.

A wanted input that is not in "grads" has no gradient (None: it is an integer, or the op does not depend on it
differentiably).

`device` is where the tensors of the call are; its target is what is compiled for.

Kernels are known by *handles*: small integers, equal for equal kernels of one target. `kernel_traits(handle)` says what
a point of a loop kernel costs and whether points are numbered; `kernel_variant(handle, axis, inner_rank, classes)`
gives the address of a loop kernel's variant; `kernel_split(handle)` the two kernels that reduce in chunks, or None;
`template_kernel(handle)` the address of a kernel from a template; `kernel_object` the object file of either.
`copy_kernel`, `fill_kernel` and `sum_kernel` give the handles of kernels the executor uses itself.
"""

from __future__ import annotations

import functools
from typing import Any

from taeda import _core, environment
from taeda.codegen.target import Target
from taeda.compiler import pipeline
from taeda.compiler.builder import TemplateSpec
from taeda.compiler.methods import FOURIER, LAPACK
from taeda.ir import mirror
from taeda.ir.cost import cost_of
from taeda.ir.dtype import plain
from taeda.ir.loop import Kernel, Reduce, Stage, Store, cast, reduce, scalar, split, walk
from taeda.ops import dtypes
from taeda.ops.op import registry
from taeda.runtime import ahead, answers, handles
from taeda.runtime.devices import kernels_of, target_of
from taeda.runtime.handles import kernel_of
from taeda.runtime.lock import one_at_a_time

kernels = handles.kernels
targets = handles.targets
register_kernel = handles.register


def kernel_name(handle: int) -> str:
    """What a kernel is called: by the ops that it was made of, or by its template."""
    kernel = kernel_of(handle)
    return kernel.name if isinstance(kernel, Kernel) else str(kernel[1])


@one_at_a_time
def compile_forward(op_name: str, key: tuple[Any, ...], device: str = "cpu") -> dict[str, Any]:
    """The Program for a call of the op with this unique name (see the top of this file)."""
    target, known = target_of(device), len(kernels)
    register = functools.partial(register_kernel, target)
    made = pipeline.compile_forward(registry.ops[op_name], key, target, register)
    for handle in range(known + 1, len(kernels)):  # the first is compiled by who waits for the Program
        if isinstance(kernels[handle], Kernel):  # templates may be there for other shapes
            _expect(handle)
    return made


@one_at_a_time
def compile_backward(
    op_name: str, key: tuple[Any, ...], needs: int, given: tuple[bool, ...] | None = None, device: str = "cpu"
) -> dict[str, Any]:
    """The Program for the gradients of such a call (see the top of this file)."""
    target, known = target_of(device), len(kernels)
    register = functools.partial(register_kernel, target)
    made = pipeline.compile_backward(registry.ops[op_name], key, needs, target, register, given)
    for handle in range(known, len(kernels)):
        _expect(handle)
    return made


def _expect(handle: int) -> None:
    """The kernel will be wanted soon. Of a loop kernel that is the variant for contiguous tensors of one shape, which
    is almost always the one where nothing is reduced, and often where a single tensor is."""
    kernel = kernels[handle]
    if isinstance(kernel, Kernel):
        reduces = any(isinstance(stage, Reduce) for stage in kernel.stages)
        if not reduces or kernel.inputs == 1:
            classes = "".join("z" if operand.role == "row" else "c" for operand in kernel.operands)
            ahead.expect(functools.partial(answers.kernel_variant, handle, "inner", 1, classes))
    elif kernel[0] not in (LAPACK, FOURIER):
        ahead.expect(functools.partial(answers.template_kernel, handle))


@one_at_a_time
def usual_product(target: Target, dtype: str) -> int:
    """The handle of the kernel of most products of matrices of this dtype."""
    from taeda.compiler.methods.matmul import usual_kernel

    return register_kernel(target, usual_kernel(target, dtype))


@functools.lru_cache(maxsize=1024)
@one_at_a_time
def gradient_of(op_name: str, key: tuple[Any, ...]) -> pipeline.Gradient:
    """What the backward Program with this key is compiled from, for who makes its calls one by one."""
    _, inner, needs, given = key
    return pipeline.gradient(registry.ops[op_name], inner, needs, given)


def kernel_variant(handle: int, axis: str, inner_rank: int, classes: str) -> int:
    """The address of a variant of a loop kernel (ARCHITECTURE.md says what variants are)."""
    kernel, target = kernel_of(handle), targets[handle]
    assert isinstance(kernel, Kernel)
    if environment.debug() >= 3:
        import sys

        print(f"# kernel {handle}, variant {axis} {inner_rank} {classes}\n{kernel}", file=sys.stderr)
    return kernels_of(target.family).loop_kernel(kernel, (axis, inner_rank, classes), target)


@one_at_a_time
def kernel_traits(handle: int) -> int:
    """Twice what a loop kernel costs at each point (ir/cost.py), and 1 if it reads the number of a point, so that its
    points have to be walked in order."""
    kernel = kernel_of(handle)
    if not isinstance(kernel, Kernel):
        return 0
    values = [s.value for s in kernel.stages]
    return 2 * cost_of(values) + any(e.op == "index" for e in walk(values))


@one_at_a_time
def kernel_split(handle: int) -> tuple[int, int, tuple[str, ...]] | None:
    """(handle of partial, handle of combine, dtypes of the partial results), or None if the kernel cannot be split."""
    kernel = kernel_of(handle)
    parts = split(kernel) if isinstance(kernel, Kernel) else None
    if parts is None:
        return None
    partial, combine = parts
    return (
        register_kernel(targets[handle], partial),
        register_kernel(targets[handle], combine),
        tuple(o.dtype for o in partial.operands[partial.inputs :]),
    )


def template_kernel(handle: int) -> int:
    """The address of a kernel from a template."""
    spec, target = kernel_of(handle), targets[handle]
    assert isinstance(spec, TemplateSpec)
    if spec[0] in (LAPACK, FOURIER):
        return _core_kernel(spec)
    return kernels_of(target.family).template_kernel(spec, target)


@one_at_a_time
def _core_kernel(spec: TemplateSpec) -> int:
    if spec[0] == FOURIER:
        return _core.fourier_kernel(**dict(spec[2]))
    from taeda.runtime import lapack  # not at the start: few programs decompose matrices

    return lapack.kernel(spec[1], **dict(spec[2]))


def kernel_object(handle: int, variant: tuple[str, int, str] | None) -> bytes:
    """The object file of a kernel, for programs that run without the compiler: of a variant of a loop kernel, or of a
    kernel from a template (None)."""
    target, kernel = targets[handle], kernel_of(handle)
    if isinstance(kernel, TemplateSpec) and kernel[0] in (LAPACK, FOURIER):
        raise NotImplementedError(f"files of Programs do not know kernels of the core yet: {kernel[0]} {kernel[1]!r}")
    content: bytes = kernels_of(target.family).kernel_object(kernel, variant, target)
    return content


@one_at_a_time
def copy_kernel(source: str, destination: str, device: str = "cpu") -> int:
    """The handle of the kernel that converts and copies elements."""
    return register_kernel(
        target_of(device),
        Kernel(
            (mirror.operand(source, "input"), mirror.operand(destination, "element")),
            (Store(1, mirror.mirror(cast(mirror.read(0, source), plain(destination)), destination)),),
            "copy",
        ),
    )


@one_at_a_time
def fill_kernel(dtype: str, device: str = "cpu") -> int:
    """The handle of the kernel that writes one number everywhere."""
    wide = "int64" if dtypes.is_integer(dtype) else "float64"
    value = mirror.mirror(cast(scalar(0, wide), plain(dtype)), dtype)
    kernel = Kernel((mirror.operand(dtype, "element"),), (Store(0, value),), "fill")
    return register_kernel(target_of(device), kernel)


@one_at_a_time
def sum_kernel(dtype: str, device: str = "cpu") -> int:
    """The handle of the kernel that sums, in float32 for 16-bit floats."""
    stages: list[Stage] = []
    total = reduce(stages, "sum", cast(mirror.read(0, dtype), dtypes.compute_dtype(dtype)))
    store = Store(1, mirror.mirror(cast(total, plain(dtype)), dtype))
    kernel = Kernel((mirror.operand(dtype, "input"), mirror.operand(dtype, "row")), (*stages, store), "sum")
    return register_kernel(target_of(device), kernel)
