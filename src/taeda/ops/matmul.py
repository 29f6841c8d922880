"""Matrix products: one primitive over batches of matrices; everything else is views around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taeda.ir.dtype import COMPLEX, info
from taeda.ir.expression import broadcast_dims, product, to_int, unwrap, wrap
from taeda.ir.loop import Kernel, Operand, Store, call, load
from taeda.ops.dtypes import is_float, is_integer
from taeda.ops.op import Number, Result, Sample, Tensor, check, derived, kernel, sample
from taeda.ops.pointwise import convert
from taeda.ops.reduction import reduce_sum


def _same_dtype(left: Any, right: Any, name: str = "mat1 and mat2") -> None:
    if left.dtype != right.dtype:
        raise RuntimeError(
            f"expected {name} to have the same dtype, but got: {info(left.dtype).cpp} != "
            f"{info(right.dtype).cpp}"
        )
    if left.dtype == "bool":
        raise RuntimeError("\"addmm_impl_cpu_\" not implemented for 'Bool'")


def batch_of(left: Any, right: Any) -> tuple[Any, ...]:
    """The broadcast batch dimensions of two stacks of matrices."""
    a = tuple(unwrap(n) for n in left.shape[:-2])
    b = tuple(unwrap(n) for n in right.shape[:-2])
    return tuple(wrap(e) for e in broadcast_dims(a, b))


def _check_broadcast(b: Any, left: Any, right: Any) -> None:
    for k in range(3, min(left.ndim, right.ndim) + 1):
        x, y = left.shape[-k], right.shape[-k]
        b.check(
            (x == y) + (x == 1) + (y == 1),
            RuntimeError,
            "The size of tensor a ({0}) must match the size of tensor b ({1}) at non-singleton dimension "
            f"{max(left.ndim, right.ndim) - k}",
            x,
            y,
        )


def product_of_matrices(b: Any, left: Any, right: Any, out: Any, bias: Any = None) -> None:
    """Writes left @ right (+ bias) to `out`, registers of a body.

    A complex product is one real product of twice the rows and columns: a row of `left` is in memory its parts in
    turns, a row of `out` too, and `right` is written with each row b followed by i b, in parts:
    (a, c) @ ((d, e), (-e, d)) = (ad - ce, ae + cd).
    """
    if out.dtype not in COMPLEX:
        b.method("matmul", left=left, right=right, out=out, **({} if bias is None else {"bias": bias}))
        return
    part = info(out.dtype).part
    if part == "float16":
        raise NotImplementedError("\"addmm_impl_cpu_\" not implemented for 'ComplexHalf'")

    def in_parts(x: Any) -> Any:
        pairs = b.view_dtype(b.view("unsqueeze", b.contiguous(x), [x.ndim]), part)
        *others, columns = (x.size(k) for k in range(x.ndim))
        return b.view("reshape", pairs, (*others, columns * 2))

    # The copy of `right` has dimensions (*, K, 2, N), of which K and 2 become one.
    *batch, K, N = (right.size(k) for k in range(right.ndim))
    doubled = b.alloc(right.dtype, (*batch, K, 2, N))
    halves = [b.view("select", doubled, [right.ndim - 1, k]) for k in range(2)]
    x = load(0, right.dtype)
    turned = call("complex", -call("imag", x), call("real", x))
    operands = (Operand(right.dtype, "input"), *(Operand(right.dtype, "element") for _ in halves))
    b.loops(Kernel(operands, (Store(1, x), Store(2, turned)), "double_rows"), [right], halves)
    rows = b.view("reshape", doubled, (*batch, K * 2, N))
    added = {}
    if bias is not None:
        sizes = [bias.size(k) for k in range(bias.ndim - 1)]
        added["bias"] = in_parts(b.view("expand", bias, (*sizes, N)))
    b.method("matmul", left=in_parts(left), right=in_parts(rows), out=in_parts(out), **added)


@kernel(public=False, epilogue=lambda left, right: left.dtype not in COMPLEX, prologue="right")
def multiply_matrices(b: Any, left: Tensor, right: Tensor) -> Tensor:
    """left[..., M, K] @ right[..., K, N] with broadcast batch dimensions; both have two dimensions or more."""
    _same_dtype(left, right)
    _check_broadcast(b, left, right)
    out = b.alloc(left.dtype, (*batch_of(left, right), left.shape[-2], right.shape[-1]))
    product_of_matrices(b, left, right, out)
    return out


@multiply_matrices.meta
def _(left: Any, right: Any) -> Result:
    _same_dtype(left, right)
    return Result(left.dtype, (*batch_of(left, right), left.shape[-2], right.shape[-1]))


@multiply_matrices.gradient
def _(grad: Any, left: Any, right: Any) -> Any:
    from taeda.ops.op import sum_to

    by_left = multiply_matrices(grad, transposed(right))
    by_right = multiply_matrices(transposed(left), grad)
    if grad.ndim == 2:
        return by_left, by_right
    return sum_to(by_left, left), sum_to(by_right, right)


@multiply_matrices.batch
def _(batch: Any, left: Any, right: Any) -> Any:
    ndim = max(x.ndim - batch.carries(x) for x in (left, right))
    if batch.carries(left) and not batch.carries(right) and ndim == 2:  # one product of more rows
        rows = left.reshape((batch.size * left.shape[1], left.shape[2]))
        return multiply_matrices(rows, right).reshape((batch.size, left.shape[1], right.shape[-1]))
    left, right = (batch.aligned(x, ndim) if batch.carries(x) else x for x in (left, right))
    if left.dims[-1] == 1 and right.dims[-2] == 1:  # an outer product
        return left * right
    return multiply_matrices(left, right)


@multiply_matrices.batch_sum
def _(batch: Any, left: Any, right: Any) -> Any:
    if left.ndim != 3 or right.ndim != 3:
        return NotImplemented
    columns = transposed(left).reshape((left.shape[0] * left.shape[2], left.shape[1]))
    return multiply_matrices(transposed(columns), right.reshape((right.shape[0] * right.shape[1], right.shape[2])))


def transposed(x: Any) -> Any:
    """The matrices of x transposed."""
    return x.permute((*range(x.ndim - 2), x.ndim - 1, x.ndim - 2))


@derived(out=True, operators=("__matmul__", "__rmatmul__"), modules=("torch", "linalg"), autocast="lower")
def matmul(input: Tensor, other: Tensor) -> Tensor:
    """Matrix product, with PyTorch's rules for vectors and batches.

    Shapes: (K)(K) → (); (M, K)(K) → (M); (K)(K, N) → (N); (*, M, K)(*, K, N) → (*, M, N), batch dimensions broadcast.
    """
    if input.ndim == 0 or other.ndim == 0:
        raise RuntimeError(
            f"both arguments to matmul need to be at least 1D, but they are {input.ndim}D and {other.ndim}D"
        )
    left = input.unsqueeze(0) if input.ndim == 1 else input
    right = other.unsqueeze(1) if other.ndim == 1 else other
    if input.ndim == 1 and other.ndim == 1:
        check(
            input.shape[0] == other.shape[0],
            RuntimeError,
            "inconsistent tensor size, expected tensor [{0}] and src [{1}] to have the same number of elements, "
            "but got {0} and {1} "
            "elements respectively",
            input.shape[0],
            other.shape[0],
        )
        if is_float(input.dtype) and input.dtype == other.dtype:  # one sum, which threads and vectors can share
            wide = info(input.dtype).accumulate
            return convert((convert(input, wide) * convert(other, wide)).sum(), input.dtype)
    elif left.ndim == 2 and right.ndim == 2:
        check(
            left.shape[1] == right.shape[0],
            RuntimeError,
            "mat1 and mat2 shapes cannot be multiplied ({0}x{1} and {2}x{3})",
            *left.shape,
            *right.shape,
        )
    elif right.ndim == 2:
        check(
            left.shape[-1] == right.shape[0],
            RuntimeError,
            "mat1 and mat2 shapes cannot be multiplied ({0}x{1} and {2}x{3})",
            product(left.shape[:-1]),
            left.shape[-1],
            *right.shape,
        )
    else:
        check(
            left.shape[-1] == right.shape[-2],
            RuntimeError,
            "Expected size for first two dimensions of batch2 tensor to be: [{0}, {1}] but got: [{0}, {2}].",
            product(left.shape[:-2]),
            left.shape[-1],
            right.shape[-2],
        )
    if left.ndim > 2 and right.ndim == 2:  # one product over all rows
        rows = left.reshape((product(left.shape[:-1]), left.shape[-1]))
        out = multiply_matrices(rows, right).reshape((*left.shape[:-1], right.shape[-1]))
    else:
        out = multiply_matrices(left, right)
    if other.ndim == 1:
        out = out.reshape(out.shape[:-1])
    if input.ndim == 1:
        out = out.reshape((*out.shape[:-2], out.shape[-1]) if other.ndim != 1 else out.shape[:-1])
    return out


@matmul.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(5), make(5))
    yield sample(make(3, 4), make(4, 5))
    yield sample(make(3, 4), make(4))
    yield sample(make(4), make(4, 5))
    yield sample(make(2, 3, 4), make(4, 5))
    yield sample(make(2, 3, 4), make(2, 4, 5))
    yield sample(make(2, 1, 3, 4), make(3, 4, 5))
    yield sample(make(3, 4), make(2, 4, 5))
    yield sample(make(2, 3, 4), make(4))
    yield sample(make(4), make(2, 4, 5))
    yield sample(make(3, 0), make(0, 5))
    yield sample(make(70, 33), make(33, 50))


@derived(out=True, autocast="lower", aliases=("spmm", "dsmm"))
def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """(M, K) @ (K, N)."""
    if input.ndim != 2:
        raise RuntimeError("self must be a matrix")
    if mat2.ndim != 2:
        raise RuntimeError("mat2 must be a matrix")
    return matmul(input, mat2)


@mm.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(4, 5))


@kernel(public=False)
def multiply_bytes(b: Any, left: Tensor, right: Tensor) -> Tensor:
    """(M, K) @ (K, N) of int8, in int32."""
    out = b.alloc("int32", (left.shape[0], right.shape[1]))
    b.method("matmul", left=left, right=right, out=out)
    return out


@multiply_bytes.meta
def _(left: Any, right: Any) -> Result:
    return Result("int32", (left.shape[0], right.shape[1]))


@derived(public="_int_mm", method=False, out=True, differentiable=False)
def int_mm(input: Tensor, mat2: Tensor) -> Tensor:
    """(M, K) int8 or uint8 @ (K, N) int8, exactly, in int32."""
    for name, x in (("self", input), ("mat2", mat2)):
        if x.ndim != 2:
            raise RuntimeError(f"int_mm_out_cpu: Expected {name} to be of dimension 2 but got {x.ndim}")
    if input.dtype not in ("int8", "uint8"):
        raise RuntimeError("int_mm_out_cpu: Expected self dtype to be int8 or uint8 but got "
                           f"{info(input.dtype).cpp}")
    if mat2.dtype != "int8":
        raise RuntimeError("int_mm_out_cpu: Expected mat2 dtype to be of type int8 but got "
                           f"{info(mat2.dtype).cpp}")
    check(input.shape[1] == mat2.shape[0], RuntimeError,
          "int_mm_out_cpu: self.size(1) needs to match mat2.size(0) but got {0} and {1}", input.shape[1], mat2.shape[0])
    if input.dtype == "int8":
        return multiply_bytes(input, mat2)
    lower = convert(convert(input, "int16") - 128, "int8")
    return multiply_bytes(lower, mat2) + reduce_sum(convert(mat2, "int32"), (0,)) * 128


@int_mm.samples
def _(make: Any) -> Iterator[Sample]:
    for rows, depth, columns in ((3, 4, 5), (2, 0, 3), (0, 4, 3), (40, 37, 19), (65, 64, 33)):
        for dtype in ("int8", "uint8"):
            yield sample(make(rows, depth, dtype=dtype), make(depth, columns, dtype="int8"))


@derived(out=True, autocast="lower")
def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """(B, M, K) @ (B, K, N), without broadcasting."""
    if input.ndim != 3 or mat2.ndim != 3:
        raise RuntimeError("batch1 must be a 3D tensor" if input.ndim != 3 else "batch2 must be a 3D tensor")
    check(
        (input.shape[0] == mat2.shape[0]) * (input.shape[2] == mat2.shape[1]),
        RuntimeError,
        "Expected size for first two dimensions of batch2 tensor to be: [{0}, {1}] but got: [{2}, {3}].",
        input.shape[0],
        input.shape[2],
        mat2.shape[0],
        mat2.shape[1],
    )
    return multiply_matrices(input, mat2)


@bmm.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 4), make(2, 4, 5))


@derived(out=True)
def mv(input: Tensor, vec: Tensor) -> Tensor:
    """(M, K) @ (K)."""
    if input.ndim != 2 or vec.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got {input.ndim}, {vec.ndim}")
    check(
        input.shape[1] == vec.shape[0],
        RuntimeError,
        "size mismatch, got input ({0}), mat ({0}x{1}), vec ({2})",
        *input.shape,
        vec.shape[0],
    )
    return matmul(input, vec)


@mv.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(4))


@derived(out=True, autocast="lower")
def inner(input: Tensor, other: Tensor) -> Tensor:
    """Sum of products over the last dimension of both, (*A, n), (*B, n) → (*A, *B); the product if one has no
    dimensions."""
    if input.ndim == 0 or other.ndim == 0:
        return input * other
    check(
        input.shape[-1] == other.shape[-1],
        RuntimeError,
        "inner() the last dimension must match on both input tensors but got sizes {0} and {1}",
        input.shape[-1],
        other.shape[-1],
    )
    left, right = list(input.shape[:-1]), list(other.shape[:-1])
    rows = input.reshape((product(left), input.shape[-1]))
    columns = other.reshape((product(right), other.shape[-1]))
    return matmul(rows, columns.t()).reshape((*left, *right))


@inner.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(5), make(5))
    yield sample(make(2, 3, 4), make(5, 4))
    yield sample(make(2, 3), make())


@derived(out=True)
def dot(input: Tensor, tensor: Tensor) -> Tensor:
    """Sum of products of two vectors."""
    if input.ndim != 1 or tensor.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {input.ndim}D and {tensor.ndim}D tensors")
    return matmul(input, tensor)


@dot.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(5), make(5))


@derived(out=True, aliases=("ger",))
def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """(M), (N) → (M, N) of products."""
    if input.ndim != 1 or vec2.ndim != 1:
        raise RuntimeError(f"outer: Expected 1-D argument, but got {input.ndim}-D and {vec2.ndim}-D")
    return input.unsqueeze(1) * vec2


@outer.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3), make(4))


def _scaled(name: Any, base: Any, found: Any, beta: Any, alpha: Any) -> Any:
    """beta * base + alpha * found; a beta of 0 is not special-cased, but PyTorch's zero times NaN is."""
    boolean = base.dtype == found.dtype == "bool"
    if is_integer(found.dtype):  # PyTorch converts the factors of integer matrices to integers
        beta, alpha = to_int(beta), to_int(alpha)
    found = found if isinstance(alpha, int) and alpha == 1 else found * alpha
    base = base if isinstance(beta, int) and beta == 1 else base * beta
    total = base + found
    return convert(total, "bool") if boolean else total


@derived(out=True, inplace=True, autocast="lower")
def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """beta * input + alpha * (mat1 @ mat2)."""
    return _scaled("addmm", input, mm(mat1, mat2), beta, alpha)


@addmm.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 5), make(3, 4), make(4, 5))
    yield sample(make(5), make(3, 4), make(4, 5), beta=0.5, alpha=2.0)


@derived(out=True, inplace=True, autocast="lower")
def baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """beta * input + alpha * (batch1 @ batch2), per batch."""
    return _scaled("baddbmm", input, bmm(batch1, batch2), beta, alpha)


@baddbmm.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3, 5), make(2, 3, 4), make(2, 4, 5))
    yield sample(make(5), make(2, 3, 4), make(2, 4, 5), beta=0.5, alpha=2.0)


@derived(out=True, inplace=True)
def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """beta * input + alpha * (mat @ vec)."""
    return _scaled("addmv", input, mv(mat, vec), beta, alpha)


@derived(out=True, inplace=True, autocast="lower")
def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """beta * input + alpha * the sum over the batch of batch1 @ batch2."""
    return _scaled("addbmm", input, bmm(batch1, batch2).sum((0,)), beta, alpha)


@derived(out=True, inplace=True)
def addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """beta * input + alpha * outer(vec1, vec2)."""
    return _scaled("addr", input, outer(vec1, vec2), beta, alpha)


@kernel(public="linear", modules=("nn.functional",), method=False,
        epilogue=lambda input, weight, bias: weight.ndim == 2 and input.dtype not in COMPLEX, prologue="weight",
        autocast="lower")
def linear(b: Any, input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """input @ weight.T + bias: input (*, K), weight (N, K) or (K), bias (N) or (); the result is (*, N) or (*)."""
    _check_linear(input, weight, bias)
    k = input.shape[-1]
    # numbers of a message are worth the cost only when it is raised
    b.check(
        k == weight.shape[-1],
        RuntimeError,
        "mat1 and mat2 shapes cannot be multiplied ({0}x{1} and {3}x{2})",
        product(input.shape[:-1]),
        k,
        weight.shape[0] if weight.ndim == 2 else 1,
        weight.shape[-1],
    )
    if bias is not None and bias.ndim == 1:
        b.check(
            (bias.shape[0] == weight.shape[0]) + (bias.shape[0] == 1),
            RuntimeError,
            "The expanded size of the tensor ({1}) must match the existing size ({0}) at non-singleton dimension 1",
            bias.shape[0],
            weight.shape[0],
        )
    matrix = b.view("unsqueeze", weight, (0,)) if weight.ndim == 1 else weight
    rows = product(input.shape[:-1])
    flat = input if input.ndim == 2 else b.view("reshape", input, (rows, k))
    right = b.view("permute", matrix, (1, 0))
    if weight.ndim == 1:
        out = b.alloc(input.dtype, (rows, 1))
        product_of_matrices(b, flat, right, out, bias)
        return b.view("reshape", out, input.shape[:-1])
    out = b.alloc(input.dtype, (*input.shape[:-1], weight.shape[0]))
    flat_out = out
    if input.ndim != 2:
        b.flatten_epilogue(out)
        flat_out = b.view("reshape", out, (rows, weight.shape[0]))
    product_of_matrices(b, flat, right, flat_out, bias)
    return out


def _check_linear(input: Any, weight: Any, bias: Any) -> None:
    if weight.ndim not in (1, 2) or input.ndim < 1:
        raise RuntimeError(
            f"linear expects a weight of one or two dimensions and an input of at least one, "
            f"got {weight.ndim} and {input.ndim}"
        )
    _same_dtype(input, weight, "m1 and m2")
    if bias is not None and bias.dtype != input.dtype:
        raise RuntimeError(f"expected bias of dtype {input.dtype}, but got {bias.dtype}")
    if bias is not None and bias.ndim > 1:
        raise RuntimeError("linear: bias must have at most one dimension")
    if input.dtype == "bool":
        raise RuntimeError("\"addmm_impl_cpu_\" not implemented for 'Bool'")


@linear.meta
def _(input: Any, weight: Any, bias: Any = None) -> Result:
    _check_linear(input, weight, bias)
    return Result(input.dtype, input.shape[:-1] if weight.ndim == 1 else (*input.shape[:-1], weight.shape[0]))


@linear.gradient
def _(grad: Any, input: Any, weight: Any, bias: Any) -> Any:
    matrix = weight.unsqueeze(0) if weight.ndim == 1 else weight
    rows = product(input.shape[:-1])
    flat_grad = grad if grad.ndim == 2 and weight.ndim == 2 else grad.reshape((rows, matrix.shape[0]))
    flat_input = input if input.ndim == 2 else input.reshape((rows, input.shape[-1]))
    by_input = multiply_matrices(flat_grad, matrix)
    by_weight = multiply_matrices(transposed(flat_grad), flat_input)
    by_bias = None
    if bias is not None:
        by_bias = flat_grad.sum((0,)) if bias.ndim == 1 else flat_grad.sum()
        if bias.ndim == 1 and weight.ndim == 2:
            from taeda.ops.op import sum_to

            by_bias = sum_to(by_bias, bias)
    return (
        by_input if input.ndim == 2 else by_input.reshape(input.shape),
        by_weight.reshape(weight.shape) if weight.ndim == 1 else by_weight,
        by_bias,
    )


@linear.composition
def _(input: Any, weight: Any, bias: Any = None) -> Any:
    if weight.ndim == 1:
        found = matmul(input, weight)
        return (found if bias is None else found + bias,)
    flat = input if input.ndim == 2 else input.reshape((product(input.shape[:-1]), input.shape[-1]))
    found = mm(flat, weight.t()) if bias is None else addmm(bias, flat, weight.t())
    return (found if input.ndim == 2 else found.reshape((*input.shape[:-1], weight.shape[0])),)


@linear.batch
def _(batch: Any, input: Any, weight: Any, bias: Any) -> Any:
    if not batch.carries(weight) and (bias is None or not batch.carries(bias)):
        return linear(input, weight, bias)
    shape = input.shape[1:] if batch.carries(input) else input.shape
    matrix = weight if weight.ndim - batch.carries(weight) == 2 else weight.unsqueeze(-2)
    rows = batch.whole(input).reshape((batch.size, product(shape[:-1]), shape[-1]))
    out = multiply_matrices(rows, transposed(matrix))
    if bias is not None:
        if bias.ndim - batch.carries(bias) == 0:
            bias = bias.reshape((-1, 1)) if batch.carries(bias) else bias
        out = out + (bias.unsqueeze(1) if batch.carries(bias) else bias)
    scalar = weight.ndim - batch.carries(weight) == 1
    return out.reshape((batch.size, *shape[:-1], *(() if scalar else (matrix.shape[-2],))))


@linear.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(3, 4), make(5, 4))
    yield sample(make(2, 3, 4), make(5, 4), make(5))
    yield sample(make(4), make(5, 4), make(5))
    yield sample(make(3, 4), make(4), make(()))
    yield sample(make(40, 33), make(20, 33), make(20))


@derived(modules=("torch", "nn.functional"), method=False)
def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """input1ᵀ weight[o] input2 + bias[o]: (*, I1), (*, I2) and weight (O, I1, I2) to (*, O)."""
    if input1.ndim != input2.ndim:
        raise RuntimeError(
            "bilinear(): input dimensions do not match: got "
            f"{input1.ndim} and {input2.ndim}"
        )
    outputs, first, second = weight.shape
    for k, (x, size) in enumerate(((input1, first), (input2, second)), 1):
        check(
            x.shape[-1] == size,
            RuntimeError,
            f"bilinear(): input{k} size does not match weight size: got {{0}} but expected {{1}}",
            x.shape[-1],
            size,
        )
    rows = input1.matmul(weight.permute((1, 0, 2)).reshape((first, outputs * second)))
    rows = rows.reshape((*input1.shape[:-1], outputs, second))
    result = convert((rows * input2.unsqueeze(-2)).sum((-1,)), rows.dtype)
    return result if bias is None else result + bias


@bilinear.samples
def _(make: Any) -> Iterator[Sample]:
    yield sample(make(2, 3), make(2, 4), make(5, 3, 4), make(5))
    yield sample(make(2, 2, 3), make(2, 2, 4), make(5, 3, 4))
