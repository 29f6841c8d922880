"""Rows of a table by index: embedding."""

from __future__ import annotations

from typing import Any

from taeda.ir.expression import logical_not
from taeda.ir.geometry import Bound, Dimension
from taeda.ir.loop import Kernel, Operand, Reduce, Store, cast, index, load, reduced
from taeda.ops.creation import arange, full, generate
from taeda.ops.dtypes import compute_dtype, torch_kernel_name
from taeda.ops.indexing import converted
from taeda.ops.op import Result, SymInt, Tensor, derived, kernel, sample
from taeda.ops.pointwise import where
from taeda.ops.requiring import require
from taeda.ops.searching import search_rows

_OUT_OF_RANGE = ("index out of range in self\nembedding: index {0}, element {2} of the input, but weight has {1} rows; "
                 "valid is 0 <= index < {1}.")


@kernel(public=False)
def embedding_rows(b: Any, weight: Tensor, input: Tensor, padding_idx: SymInt, by_frequency: bool = False) -> Tensor:
    """weight[input]: the row of `weight` for each index. What follows `input` matters for the gradient only."""
    out = b.alloc(weight.dtype, [*input.shape, weight.size(1)])
    _walk(b, "read", out, weight, input)
    return out


def _walk(b: Any, mode: str, rows: Any, table: Any, input: Any, skip: Any = None) -> None:
    dimensions = [Dimension(input.size(d), rows.stride(d), 0, (input.stride(d),), collision=mode != "read")
                  for d in range(input.ndim)]
    dimensions.append(Dimension(table.size(1), rows.stride(input.ndim), table.stride(1), (0,)))
    bound = Bound(table.size(0), table.stride(0), "IndexError", _OUT_OF_RANGE)
    b.method("indexing.walk", mode=mode, regular=rows, indexed=table, indices=[input], dimensions=dimensions,
             bounds=[bound], wrap=False, skip=skip)


@embedding_rows.meta
def _(weight: Any, input: Any, padding_idx: Any, by_frequency: bool = False) -> Result:
    return Result(weight.dtype, [*input.shape, weight.shape[1]])


def _numbered(batch: Any, input: Any, rows: Any) -> Any:
    """Indices of all examples into one table of all examples' tables."""
    input = converted(input, "int64")
    first = arange(0, 1, batch.size, "int64") * rows
    return input + first.reshape((batch.size, *(1,) * (input.ndim - 1)))


@embedding_rows.batch
def _(batch: Any, weight: Any, input: Any, padding_idx: Any, by_frequency: bool) -> Any:
    if not batch.carries(weight):
        return embedding_rows(weight, input, padding_idx, by_frequency)
    return _rows_of_examples(batch, weight, batch.whole(input))


def _rows_of_examples(batch: Any, weight: Any, input: Any) -> Any:
    """Rows at the indices of all examples, each from its own table."""
    rows = weight.shape[1]
    require(converted(input.ge(0), "bool").logical_and(input.lt(rows)), IndexError, "index out of range in self")
    return embedding_rows(weight.reshape((batch.size * rows, weight.shape[2])), _numbered(batch, input, rows), -1)


@embedding_rows.gradient
def _(grad: Any, weight: Any, input: Any, padding_idx: Any, by_frequency: bool) -> Any:
    if by_frequency:
        ones = full((*input.shape, 1), 1, compute_dtype(grad.dtype))
        counts = embedding_sum(ones, input, weight.shape[0], -1)
        grad = grad / converted(embedding_rows(counts, input, -1), grad.dtype)
    return embedding_sum(grad, input, weight.shape[0], padding_idx), None


@kernel(public=False)
def embedding_sum(b: Any, grad_rows: Tensor, input: Tensor, rows: SymInt, padding_idx: SymInt) -> Tensor:
    """The gradient of the table: `grad_rows` summed by index, in the order of `input`, those of `padding_idx` left
    out."""
    out = b.full(compute_dtype(grad_rows.dtype), [rows, grad_rows.size(-1)], 0)
    _walk(b, "sum", grad_rows, out, input, padding_idx)
    if out.dtype == grad_rows.dtype:
        return out
    result = b.alloc(grad_rows.dtype, out.shape)
    b.copy(result, out)
    return result


@embedding_sum.meta
def _(grad_rows: Any, input: Any, rows: Any, padding_idx: Any) -> Result:
    return Result(grad_rows.dtype, [rows, grad_rows.shape[-1]])


@embedding_sum.batch
def _(batch: Any, grad_rows: Any, input: Any, rows: Any, padding_idx: Any) -> Any:
    counted = batch.whole(input)
    values = batch.whole(grad_rows) * counted.ne(padding_idx).unsqueeze(-1)
    found = embedding_sum(values, _numbered(batch, counted, rows), batch.size * rows, -1)
    return found.reshape((batch.size, rows, values.shape[-1]))


@embedding_sum.batch_sum
def _(batch: Any, grad_rows: Any, input: Any, rows: Any, padding_idx: Any) -> Any:
    return embedding_sum(batch.whole(grad_rows), batch.whole(input), rows, padding_idx)


@embedding_sum.gradient
def _(grad: Any, input: Any, padding_idx: Any) -> Any:
    return embedding_rows(grad, input, -1) * input.ne(padding_idx).unsqueeze(-1), None


def _check_indices(indices: Any) -> None:
    if indices.dtype not in ("int64", "int32"):
        raise RuntimeError("Expected tensor for argument #1 'indices' to have one of the following scalar types: "
                           "Long, Int; "
                           f"but got torch.{torch_kernel_name(indices.dtype)}Tensor instead (while checking "
                           f"arguments for embedding)")


@derived(method=False, mixed_devices=True)
def embedding(weight: Tensor, indices: Tensor, padding_idx: SymInt = -1, scale_grad_by_freq: bool = False,
              sparse: bool = False) -> Tensor:
    """The rows of `weight` (rows, features) that `indices` (any shape, int32 or int64) names: shape (*indices,
    features).

    No gradient flows to row `padding_idx`; -1 is none. With `scale_grad_by_freq` the gradient of a row is divided by
    how often it was taken. An index out of range is an IndexError and touches no memory. Gradients are dense."""
    _check_indices(indices)
    if weight.ndim != 2:
        raise RuntimeError("'weight' must be 2-D")
    if sparse:
        raise NotImplementedError("embedding: sparse gradients")
    return embedding_rows(weight, indices, padding_idx, scale_grad_by_freq)


@embedding.samples
def _(make: Any) -> Any:
    yield sample(make(7, 5), make(3, 2, dtype="int64", low=0, high=7))
    yield sample(make(7, 5), make(6, dtype="int64", low=0, high=7), 3)


@kernel(public=False, differentiable=False)
def classes_of(b: Any, input: Tensor, count: int) -> Tensor:
    """0, 1, ..., the numbers of `count` classes, or of as many as occur if it is -1. `input` must be of these."""
    element = load(0, "int64")
    extremes = Kernel(
        (Operand("int64", "input"), Operand("int64", "row"), Operand("int64", "row")),
        (Reduce("min", element), Reduce("max", element), Store(1, reduced(0, "int64")), Store(2, reduced(1, "int64"))),
        "classes_of",
    )
    lowest, highest = b.loops(extremes, [input], [0, 0], (), tuple(range(input.ndim)), False)
    empty = input.numel() == 0
    if count == -1:
        b.check(logical_not(empty), RuntimeError, "Can not infer total number of classes from empty tensor.")
    b.check(lowest.item() >= 0, RuntimeError, "Class values must be non-negative.")
    size = highest.item() + 1 if count == -1 else count
    b.check((highest.item() < size) + empty > 0, RuntimeError, "Class values must be smaller than num_classes.")
    return generate(b, "int64", (size,), index(), (), "classes")


@classes_of.batch
def _(batch: Any, input: Any, count: int) -> Any:
    if count == -1:
        raise RuntimeError("vmap: Cannot infer num_classes of one_hot while in vmap; give it")
    return batch.whole(classes_of(input, count))


@classes_of.meta
def _(input: Any, count: int) -> Result:
    return Result("int64", [None if count == -1 else count])


@derived(modules=("nn.functional",), method=False, differentiable=False)
def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """1 at the class of each element and 0 elsewhere: class numbers (*) int64 to (*, num_classes) int64.

    -1 classes are as many as occur. Raises RuntimeError for numbers that are no class.
    """
    if tensor.dtype != "int64":
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    if num_classes < 1 and num_classes != -1:
        raise RuntimeError("num_classes should be positive")
    return converted(tensor.unsqueeze(-1).eq(classes_of(tensor, num_classes)), "int64")


@one_hot.samples
def _(make: Any) -> Any:
    yield sample(make(3, 2, dtype="int64", low=0, high=5))
    yield sample(make(4, dtype="int64", low=0, high=5), 7)


# -- bags --------------------------------------------------------------------------------------------------------------


@kernel(public=False, differentiable=False, batch=False)
def checked_offsets(b: Any, offsets: Tensor, total: SymInt) -> Tensor:
    """`offsets` (bags,) of int64 itself; RuntimeError unless they begin with 0, do not fall and end within `total`."""
    first, last = (b.view("select", offsets, [0, k]) for k in (0, -1))
    b.check(first.item() == 0, RuntimeError, "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has "
            "to start from position 0. However, got {0}", first.item())
    b.check(last.item() <= total, RuntimeError, "offsets[-1] can not be greater than input's length {0} but got "
            "offsets[-1] of {1}", total, last.item())
    size = offsets.size(0)
    before, behind = (b.view("slice", offsets, [0, start, stop, 1]) for start, stop in ((0, size - 1), (1, size)))
    falls = Kernel(
        (Operand("int64", "input"), Operand("int64", "input"), Operand("int64", "row")),
        (Reduce("sum", cast(load(0, "int64") > load(1, "int64"), "int64")), Store(2, reduced(0, "int64"))),
        "falling_offsets",
    )
    (count,) = b.loops(falls, [before, behind], [0], (), (0,), False)
    b.check(count.item() == 0, RuntimeError, "offsets must not decrease, and {0} of them do", count.item())
    return b.alias(offsets)


@checked_offsets.meta
def _(offsets: Any, total: Any) -> Result:
    return Result(offsets.dtype, offsets.shape)


@kernel(public=False)
def bag_sums(b: Any, weight: Tensor, input: Tensor, padding_idx: SymInt, padded: bool) -> Tensor:
    """The sums of the rows of `weight` (rows, D) that each row of `input` (bags, length) names, in its order, without
    those of `padding_idx` if `padded`: (bags, D) in the dtype of sums."""
    _check_indices(input)
    out = b.full(compute_dtype(weight.dtype), [input.size(0), weight.size(1)], 0)
    dimensions = [
        Dimension(input.size(0), out.stride(0), 0, (input.stride(0),)),
        Dimension(input.size(1), 0, 0, (input.stride(1),), collision=True),
        Dimension(weight.size(1), out.stride(1), weight.stride(1), (0,)),
    ]
    bound = Bound(weight.size(0), weight.stride(0), "RuntimeError",
                  "Index {2} of input takes value {0} which is not in the valid range [0, {1})")
    b.method("indexing.walk", mode="collect", regular=out, indexed=weight, indices=[input], dimensions=dimensions,
             bounds=[bound], wrap=False, skip=padding_idx if padded else None)
    return out


@bag_sums.meta
def _(weight: Any, input: Any, padding_idx: Any, padded: bool) -> Result:
    return Result(compute_dtype(weight.dtype), [input.shape[0], weight.shape[1]])


def _sums_of_rows(read: Any, dtype: str, input: Any, padding_idx: Any, padded: bool) -> Any:
    """What bag_sums gives, but for the order of the sums, where read(input) are the rows."""
    if not padded:
        return converted(read(input), compute_dtype(dtype)).sum((-2,))
    kept = input.ne(padding_idx)
    rows = converted(read(where(kept, input, 0)), compute_dtype(dtype))
    return where(kept.unsqueeze(-1), rows, 0.0).sum((-2,))


@bag_sums.composition
def _(weight: Any, input: Any, padding_idx: Any, padded: bool) -> Any:
    return (_sums_of_rows(lambda at: embedding_rows(weight, at, -1), weight.dtype, input, padding_idx, padded),)


@bag_sums.batch
def _(batch: Any, weight: Any, input: Any, padding_idx: Any, padded: bool) -> Any:
    if not batch.carries(weight):
        return batch.parted(bag_sums(weight, batch.merged(input), padding_idx, padded))
    return _sums_of_rows(lambda at: _rows_of_examples(batch, weight, at), weight.dtype, batch.whole(input), padding_idx,
                         padded)


@bag_sums.gradient
def _(grad: Any, weight: Any, input: Any, padding_idx: Any, padded: bool) -> Any:
    rows = grad.unsqueeze(1).expand((input.shape[0], input.shape[1], weight.shape[1]))
    return converted(embedding_sum(rows, input, weight.shape[0], padding_idx if padded else -1), weight.dtype), None


@bag_sums.samples
def _(make: Any) -> Any:
    yield sample(make(7, 5), make(3, 2, dtype="int64", low=0, high=7), -1, False)
    yield sample(make(7, 3), make(2, 6, dtype="int32", low=0, high=7), 3, True)


@derived(public=False, differentiable=False)
def bag_numbers(offsets: Tensor, total: SymInt) -> Tensor:
    """The bag of each of `total` elements, where `offsets` (bags,), at least one, say at which each bag begins."""
    offsets = checked_offsets(converted(offsets, "int64"), total)
    return search_rows(offsets, arange(0, 1, total, "int64"), None, True, "int64") - 1


@bag_numbers.samples
def _(make: Any) -> Any:
    yield sample(make(4, dtype="int64", low=0, high=1), 5)
    yield sample(make(1, dtype="int32", low=0, high=1), 0)
