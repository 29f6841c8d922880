"""How an op is defined: decorators that turn a Python function into an op.

An op is one paragraph: a signature whose annotations say what each argument is, a docstring, a body, a gradient where
it cannot be derived, and sample inputs for the generated tests. There are five kinds of body.

`@pointwise`: one number from one number of each operand. The body gets loop-IR expressions (ir/loop.py), one per tensor
operand and run-time number, already converted to the dtype that the rule `dtype=` chooses (ops/dtypes.py; float16 and
bfloat16 arrive as float32), and returns one expression, or a tuple of several::

    @pointwise(dtype=promote_to_float)
    def sigmoid(input: Tensor) -> Tensor:
        \"\"\"1 / (1 + exp(-input)), element-wise.\"\"\"
        return call("sigmoid", input)

    @sigmoid.gradient
    def _(grad, output):
        return grad * output * (1 - output)

A pointwise gradient is `grad` times the partial derivative by each operand (or where(mask, grad, 0)): it must be
element-wise and linear in `grad`, so that forward mode follows from it. Broadcasting is undone and the operand's dtype
restored by the mechanism.

`@derived`: a body in terms of other ops on Values. Its gradient is derived from theirs unless one is given. Inside,
sizes and run-time numbers are Symbols (ir/expression.py): use them like numbers, but do not branch on them::

    @derived
    def square_error(input: Tensor, target: Tensor, scale: Number = 1.0) -> Tensor:
        \"\"\"scale * (input - target)^2.\"\"\"
        return (input - target).square() * scale

`@reduction`: the primitive reductions of ops/reduction.py: one combiner of loop IR over static dimensions, which are
kept with size 1. The body maps one element to what is combined. Everything else about reductions is derived.

`@view`: one view instruction. The body returns `View(kind, arguments, shape)`. The in-place form of a view, x.t_(),
makes the tensor itself what the view is, and writes to no memory.

`@kernel`: a body that emits instructions. It gets a Builder (compiler/builder.py) and registers, and returns the
result registers. What has a way of its own on each machine it names: ``b.method("matmul", left=x, right=y, out=z)``;
the files of compiler/methods/reference list them. `.meta` says dtype and shape of the results on Values::

    @kernel
    def zeros(b: Any, size: Sizes, dtype: DType) -> Tensor:
        return b.full(dtype, size, 0)

    @zeros.meta
    def _(size, dtype):
        return Result(dtype, size)

Gradients. `@some_op.gradient` decorates a function whose parameters are picked by name from: `grad` (the gradient of
the only differentiable output), `grads` (a tuple, one per output; None where none came), `output`, `outputs`, and the
op's own parameters. What it names and uses is what is saved. It is written in terms of ops, so it can be
differentiated again. It returns one gradient or None per tensor parameter of the signature in order (a list for a
`Tensors` parameter; a bare gradient where there is just one tensor parameter), or a dict from parameter name to
gradient. Where only the shape of an input is needed, use `input.shape`: then only the shape is saved.

Samples. `@some_op.samples` decorates a generator of samples whose tensors are made by the `make` given to it, as
`make(*sizes, dtype="float32", low=, high=)`: ``yield sample(make(3, 4), dim=1)``.

Identities. `@some_op.identity` decorates a function of the op's parameters that returns the argument which a call
would merely repeat (a conversion to the dtype it has), or None.

Inverses. `@some_view.inverse` decorates a function of the result and the op's other parameters that gives back the
first argument: where the result is at hand, the argument is too, and need not be computed again.

Batches (vmap). Follow from the kinds of ops (compiler/batch.py). A @kernel op takes a dimension more in front, with its
dimensions one further back and `size` beginning with that of the batch; `@some_kernel.batch` decorates a function of a
Batching and the op's arguments that gives the results where that is not right, `batch=False` says that there are none,
and `@some_kernel.batch_sum` gives their sum over the examples where that is better made in one.

Compositions. `@some_kernel.composition` decorates a function that gives what a @kernel op gives in terms of ops: it
stands for the op where a derivative or a batch has no rule of its own. Bodies run what is pointwise throughout in one
kernel, into registers of theirs: ``b.pointwise(lstm_gates, inputs, outputs)``.

Random numbers. An op that draws some has a parameter `generator: Generator | None = None`, which the body sees as a
pair of Symbols (the key of this call's stream, and where in it to start), and passes it on to the ops it calls.

Ops of others. The same decorators work in any file, also after the import of Taeda. Such an op is called by the object
the decorator returns (`some_op.in_place(x)` is its in-place form), is known to the compiler by a name qualified with
its library, and takes no public name; with method=True it is a method of tensors, if they have none of that name.

Options of every decorator:

=======================  ============================================================================================
public="name"            the public name where it is not the function's own; False: an internal op
overload="suffix"        one of several definitions under the public name; they are tried in order of definition
modules=("torch",)       where it is a function: "torch", "nn.functional", "linalg", ..; () for methods only
method=True              also a method of tensors (default: if it is in "torch" and starts with a tensor)
inplace=True             has a form name_ (default: pointwise ops that are methods)
out=True                 accepts out= (default: public pointwise ops)
operators=("__add__",)   Python's operators, reflected and in-place ones included
aliases=("absolute",)    further public names with the same forms
differentiable=False     no output has a gradient; or a tuple with a bool per output
view=True                a @derived or @kernel op whose result may share the memory of its first argument
shape_only=("like",)     tensor parameters of which only the shape is read
mixed_devices=True       tensors may be on several devices; results are on that of the first
mutates=("input",)       parameters (tensors or lists of them) that are written to (@kernel only); never recorded
fields=("values", ..)    names of the results: they come as a named tuple
broadcasts=True          a view that repeats its first argument: who broadcasts the result may read the argument
drops="dim"              a view without the dimensions that this parameter names, which have size 1
elementwise=True         computes each element from those at the same place, as pointwise ops always do: then nested and
                         masked tensors have it
takes_mirrored=False     a view that wants lazy conjugates resolved (ir/mirror.py): it looks at how numbers are stored
first=True               runs before everything it does not depend on: nothing is written when a check fails
autocast="lower"         which dtype autocast gives the tensors: "lower" (its narrow one), "float32", or "promote" (the
                         widest among them); default: that which they have
role="add"               what the core itself calls it for (csrc/python/op.h)
library="name"           whose op it is (default: Taeda's in taeda/ops, else that of the module it is defined in)
spread="tensors"         the parameter that may be given as several positional arguments, block_diag(a, b), or "" for
                         none (default: the first of sizes or dimensions, x.view(2, 3))
=======================  ============================================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from taeda.ir.expression import Symbol
from taeda.ir.graph import Node
from taeda.ops.definition import Op
from taeda.ops.kinds import Derived, KernelOp, Pointwise, Reduction, ViewOp, fit_gradient
from taeda.ops.registry import Function, find_public, registry
from taeda.ops.signature import (
    Device,
    Dims,
    DType,
    Generator,
    Number,
    Object,
    Parameter,
    Result,
    Sample,
    Sizes,
    SymInt,
    Tensor,
    TensorOrNumber,
    Tensors,
    View,
    sample,
)


def _decorator(kind: type[Any], body: Callable[..., Any] | None, options: dict[str, Any]) -> Any:
    if body is not None:
        return kind(body, **options)
    return lambda function: kind(function, **options)


def pointwise(body: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Define an element-wise op. Options: dtype=, promote=, and those at the top of this file."""
    return _decorator(Pointwise, body, options)


def reduction(body: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Define a primitive reduction. Options: combiner=, result=."""
    return _decorator(Reduction, body, options)


def derived(body: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Define an op in terms of other ops."""
    return _decorator(Derived, body, options)


def view(body: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Define a view: the body returns View(kind, arguments, shape)."""
    return _decorator(ViewOp, body, options)


def kernel(body: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Define an op whose body emits instructions. Options: pure=, epilogue=, prologue= (see KernelOp)."""
    return _decorator(KernelOp, body, options)


def check(condition: Any, exception: type[Exception], message: str, *numbers: Any) -> None:
    """Raise `exception` when the op runs unless `condition` (a Symbol) holds; {0}, {1}.. in the message are `numbers`.

    Conditions already known while the op is compiled are checked at once.
    """
    if not isinstance(condition, Symbol):
        if not condition:
            raise exception(message.format(*numbers))
        return
    runtime_check.trace((condition, tuple(numbers), exception.__name__, message), {})


@kernel(public=False, pure=False, first=True)
def runtime_check(b: Any, condition: Number, numbers: Sizes, exception: str, message: str) -> None:
    """Raise the named exception unless `condition` holds. Recorded by `check`."""
    b.check(condition, exception, message, *numbers)


@runtime_check.meta
def _(condition: Any, numbers: Any, exception: str, message: str) -> tuple[()]:
    return ()


def sum_to(input: Any, like: Any) -> Any:
    """`input` summed to the shape of `like`, undoing broadcasting: what gradients of broadcasting ops need
    (ops/views.py)."""
    return registry.ops["sum_to"](input, like)


__all__ = [
    "DType",
    "Derived",
    "Device",
    "Dims",
    "Function",
    "Generator",
    "KernelOp",
    "Node",
    "Number",
    "Object",
    "Op",
    "Parameter",
    "Pointwise",
    "Reduction",
    "Result",
    "Sample",
    "Sizes",
    "SymInt",
    "Tensor",
    "TensorOrNumber",
    "Tensors",
    "View",
    "ViewOp",
    "check",
    "derived",
    "find_public",
    "fit_gradient",
    "kernel",
    "pointwise",
    "reduction",
    "registry",
    "sample",
    "sum_to",
    "view",
]
