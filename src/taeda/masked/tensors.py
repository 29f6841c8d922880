"""Tensors of which some elements do not count: `MaskedTensor`, made of the data and a mask of the same shape.

What is computed element by element is computed of the data, and the mask stays; views are views of both; reductions
are those of `taeda.masked`, of the elements that the mask lets through.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ClassVar

import taeda
from taeda import _core
from taeda._binding import definition_of, function_of
from taeda.composed import Composed, is_elementwise, op
from taeda.masked import reductions, rows


class MaskedTensor(Composed):
    """A tensor `data` whose elements count where `mask`, a bool tensor of its shape, is true.

    >>> import taeda
    >>> x = MaskedTensor(taeda.tensor([1.0, 2.0, 3.0]), taeda.tensor([True, False, True]))
    >>> x.mean()
    MaskedTensor(  2.0000, True)
    >>> x.to_tensor(0.0)
    tensor([1., 0., 3.])
    """

    __slots__ = ("data_part", "mask_part")
    data_part: Any
    mask_part: Any
    rules: ClassVar[dict[str, Any]] = {}
    in_place_rules: ClassVar[dict[str, Any]] = {}
    backend = "MaskedTensor"
    layout = _core.strided
    priority = 3

    def __new__(cls, data: Any, mask: Any, requires_grad: bool = False) -> Any:
        _check(data, mask)
        made = masked(data.detach() if requires_grad else data, mask)
        return made.requires_grad_() if requires_grad else made

    def differentiable(self) -> Any:
        return self.data_part

    def like_this(self, part: Any) -> Any:
        return masked(part, self.mask_part)

    def become(self, other: Any) -> None:
        self.data_part, self.mask_part = other.data_part, other.mask_part
        _core.reshape_composed(self, tuple(other.data_part.shape), other.data_part)

    def gradient_part(self, gradient: Any) -> Any:
        return gradient.to_tensor(0) if isinstance(gradient, MaskedTensor) else gradient

    @classmethod
    def missing(cls, name: str, arguments: tuple[Any, ...]) -> Any:
        raise TypeError(f"no implementation found for 'torch.{name}' on types that implement __torch_function__: "
                        "[MaskedTensor]. Use get_data() and get_mask(), or to_tensor(value)")

    @classmethod
    def general_rule(cls, name: str) -> Callable[..., Any] | None:
        return _rule_of_kind(name)

    def get_data(self) -> Any:
        """The data, where the mask is false too; with its gradients."""
        return self.data_part

    def get_mask(self) -> Any:
        """Which elements count."""
        return self.mask_part

    def to_tensor(self, value: Any) -> Any:
        """The data with `value` where the mask is false."""
        return self.data_part.masked_fill(~self.mask_part, value)

    def is_sparse_coo(self) -> bool:
        """False: data and mask are strided."""
        return False

    is_sparse_csr = is_sparse_coo

    def stride(self, dim: int | None = None) -> Any:
        """Those of the data."""
        return self.data_part.stride() if dim is None else self.data_part.stride(dim)

    def is_contiguous(self, *, memory_format: Any = None) -> bool:
        """Whether the data is."""
        return bool(self.data_part.is_contiguous())

    def to_dense(self, dtype: Any = None, *, masked_grad: bool | None = None) -> Any:
        """This tensor: data and mask are strided."""
        return self if dtype is None else self.to(dtype)

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        from taeda.masked.printing import masked_repr

        return masked_repr(self)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, MaskedTensor):
            key = key.to_tensor(False)
        return masked(self.data_part[key], self.mask_part[key])

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _rebuild, (self.data_part, self.mask_part)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        made = super().__deepcopy__(memo)
        made.mask_part = self.mask_part.clone()
        return made

    def tolist(self) -> Any:
        """The data as lists, None where the mask is false."""
        def lists(data: Any, mask: Any) -> Any:
            if isinstance(data, list):
                return [lists(d, m) for d, m in zip(data, mask, strict=True)]
            return data if mask else None

        return lists(self.data_part.tolist(), self.mask_part.tolist())

    def plain(self) -> Any:
        """The data, if all elements count; RuntimeError otherwise."""
        if not self.mask_part.all():
            raise RuntimeError("the value of an element of a MaskedTensor that does not count; use to_tensor(value)")
        return self.data_part

    def numpy(self, *, force: bool = False) -> Any:
        """Raises RuntimeError: say what is to stand where the mask is false."""
        raise RuntimeError(".numpy() is not supported for masked tensors: use to_tensor(value).numpy()")


def _check(data: Any, mask: Any) -> None:
    for name, x in (("data", data), ("mask", mask)):
        if not isinstance(x, taeda.Tensor) or isinstance(x, MaskedTensor):
            raise TypeError(f"{name} must be a Tensor")
        if isinstance(x, Composed):
            raise NotImplementedError(f"a MaskedTensor of {name} of layout {x.layout}: use to_dense()")
    if data.dim() != mask.dim():
        raise ValueError("data.dim() must equal mask.dim()")
    if data.shape != mask.shape:
        raise ValueError("data.size() must equal mask.size()")
    if mask.dtype is not taeda.bool:
        raise TypeError("mask must have dtype bool.")
    if data.is_complex():
        raise TypeError(f"{data.dtype} is not supported in MaskedTensor.")


def masked(data: Any, mask: Any) -> MaskedTensor:
    """A masked tensor of parts that are known to fit."""
    made: MaskedTensor = MaskedTensor.made(tuple(data.shape), data)
    made.data_part, made.mask_part = data, mask
    return made


def _rebuild(data: Any, mask: Any) -> MaskedTensor:
    """What pickles call."""
    _check(data, mask)
    return masked(data, mask)


def masked_tensor(data: Any, mask: Any, requires_grad: bool = False) -> MaskedTensor:
    """A MaskedTensor that is a leaf: data and mask are shared, the history of data is not.

    >>> import taeda
    >>> masked_tensor(taeda.tensor([1, 2, 3]), taeda.tensor([True, False, True])).sum()
    MaskedTensor(4, True)
    """
    _check(data, mask)
    made = masked(data.detach(), mask)
    return made.requires_grad_() if requires_grad else made


def as_masked_tensor(data: Any, mask: Any) -> MaskedTensor:
    """A MaskedTensor through which gradients reach `data`."""
    _check(data, mask)
    return masked(data, mask)


def is_masked_tensor(obj: Any) -> bool:
    """Whether this is a MaskedTensor."""
    return isinstance(obj, MaskedTensor)


# Ops by kind --------------------------------------------------------------------------------------------------------

# What rearranges elements: done to data and mask alike.
_REARRANGING = frozenset((
    "broadcast_to", "flip", "fliplr", "flipud", "narrow", "unflatten", "movedim", "expand_as", "view_as", "reshape_as",
    "index_select", "roll", "rot90", "tile", "repeat", "tril", "triu", "diag", "atleast_1d", "atleast_2d",
    "atleast_3d", "matrix_transpose", "reversed_dims", "ravel",
))  # fmt: skip
_REARRANGING_FUNCTIONS = (
    "torch.split", "Tensor.split.method", "torch.split_with_sizes", "torch.chunk", "torch.unbind", "torch.squeeze",
    "torch.squeeze.dim", "torch.tensor_split", "torch.tensor_split.python", "torch.hsplit", "torch.vsplit",
    "torch.dsplit",
)  # fmt: skip


@functools.cache
def _rule_of_kind(name: str) -> Callable[..., Any] | None:
    if is_elementwise(name):
        return functools.partial(_elementwise, op(name), name)
    definition = definition_of(name)
    if name in _REARRANGING or definition is not None and definition.kind == "view":
        return functools.partial(_rearranged, op(name))
    return None


def _elementwise(function: Callable[..., Any], name: str, *arguments: Any) -> Any:
    like = next(a for a in arguments if isinstance(a, MaskedTensor))
    mask = like.mask_part
    for a in arguments:
        if isinstance(a, MaskedTensor) and a.mask_part is not mask and not (
                a.mask_part.shape == mask.shape and bool(taeda.equal(a.mask_part, mask))):
            raise ValueError("Input masks must match. If you need support for this, fill one in with to_tensor(value): "
                             f"{name} of masked tensors of shapes {tuple(mask.shape)} and {tuple(a.mask_part.shape)}")
    result = function(*(a.data_part if isinstance(a, MaskedTensor) else a for a in arguments))
    results = result if isinstance(result, tuple) else (result,)
    if results[0].shape != mask.shape:
        mask = mask.broadcast_to(results[0].shape)
    made = tuple(masked(r, mask) for r in results)
    return made if isinstance(result, tuple) else made[0]


def _rearranged(function: Callable[..., Any], input: Any, *rest: Any) -> Any:
    if any(isinstance(r, MaskedTensor) for r in rest):
        rest = tuple(r.data_part if isinstance(r, MaskedTensor) else r for r in rest)
    data, mask = function(input.data_part, *rest), function(input.mask_part, *rest)
    return tuple(map(masked, data, mask)) if isinstance(data, tuple) else masked(data, mask)


def _rearranging_function(name: str) -> None:
    def rule(input: Any, *rest: Any) -> Any:
        return _rearranged(lambda x, *r: tuple(found) if isinstance(found := function_of(name)(x, *r), (list, tuple))
                           else found, input, *rest)

    MaskedTensor.rule(name)(rule)


for _name in _REARRANGING_FUNCTIONS:
    _rearranging_function(_name)


def _joining(name: str) -> None:
    def rule(tensors: Any, dim: int) -> Any:
        if any(not isinstance(t, MaskedTensor) for t in tensors):
            raise TypeError(f"{name}() of masked tensors and others: give the others a mask with masked_tensor()")
        return masked(op(name)([t.data_part for t in tensors], dim), op(name)([t.mask_part for t in tensors], dim))

    MaskedTensor.rule(name)(rule)


for _name in ("cat", "stack"):
    _joining(_name)


@MaskedTensor.rule("where")
def _where(condition: Any, input: Any, other: Any) -> Any:
    parts = [x.data_part if isinstance(x, MaskedTensor) else x for x in (condition, input, other)]
    masks = [x.mask_part if isinstance(x, MaskedTensor) else True for x in (input, other)]
    data = op("where")(*parts)
    mask = op("where")(parts[0], *masks)
    return masked(data, mask.broadcast_to(data.shape))


@MaskedTensor.rule("masked_fill")
def _masked_fill(input: Any, mask: Any, value: Any) -> Any:
    return MaskedTensor.missing("masked_fill", ())


@MaskedTensor.rule("copy")
def _copy(input: Any, source: Any, *rest: Any) -> Any:
    if not isinstance(source, MaskedTensor):
        return input.like_this(input.data_part.detach().clone().copy_(source))
    return masked(source.data_part.to(input.dtype), source.mask_part)


@MaskedTensor.rule("torch.equal")
def _equal(input: Any, other: Any) -> bool:
    if not isinstance(input, MaskedTensor) or not isinstance(other, MaskedTensor):
        raise TypeError("equal() of a masked tensor and one that is not")
    return bool(taeda.equal(input.mask_part, other.mask_part) and taeda.equal(input.to_tensor(0), other.to_tensor(0)))


# Reductions ---------------------------------------------------------------------------------------------------------


def _reduced_mask(mask: Any, dim: Any, keepdim: bool) -> Any:
    """An element of the result counts if one that it was made of does."""
    dims = tuple(range(mask.dim())) if dim is None or dim == () else dim
    return op("any")(mask, dims, keepdim)


def _reducing(name: str, function: Callable[..., Any], takes_dtype: bool) -> None:
    def rule(input: Any, dim: Any, keepdim: bool, dtype: Any = None) -> Any:
        given = {"dtype": dtype} if takes_dtype else {}
        data = function(input.data_part, dim, keepdim=keepdim, mask=input.mask_part, **given)
        return masked(data, _reduced_mask(input.mask_part, dim, keepdim))

    MaskedTensor.rule(name)(rule)


for _name, _function, _takes_dtype in (
    ("sum", reductions.sum, True), ("mean", reductions.mean, True), ("amax", reductions.amax, False),
    ("amin", reductions.amin, False), ("argmax", reductions.argmax, False), ("argmin", reductions.argmin, False),
    ("logsumexp", reductions.logsumexp, False),
):  # fmt: skip
    _reducing(_name, _function, _takes_dtype)


@MaskedTensor.rule("prod", "prod.dim")
def _prod(input: Any, *rest: Any) -> Any:
    dim, keepdim, dtype = rest if len(rest) == 3 else (None, False, *rest)
    return masked(reductions.prod(input.data_part, dim, keepdim=keepdim, dtype=dtype, mask=input.mask_part),
                  _reduced_mask(input.mask_part, dim, keepdim))


def _truth(name: str, neutral: bool) -> None:
    def rule(input: Any, dim: Any, keepdim: bool) -> Any:
        data = op(name)(input.to_tensor(neutral), dim, keepdim)
        return masked(data, _reduced_mask(input.mask_part, dim, keepdim))

    MaskedTensor.rule(name)(rule)


_truth("all", True)
_truth("any", False)


def _spread(name: str, function: Callable[..., Any]) -> None:
    def over_dims(input: Any, dim: Any, correction: Any, keepdim: bool) -> Any:
        data = function(input.data_part, dim, correction=correction, keepdim=keepdim, mask=input.mask_part)
        return masked(data, _reduced_mask(input.mask_part, dim, keepdim))

    @MaskedTensor.rule(name)
    def _(input: Any, dim: Any, correction: Any, keepdim: bool) -> Any:
        return over_dims(input, dim, correction, keepdim)

    @MaskedTensor.rule(f"{name}.unbiased")
    def _(input: Any, dim: Any, unbiased: bool, keepdim: bool) -> Any:
        return over_dims(input, dim, int(unbiased), keepdim)

    @MaskedTensor.rule(f"{name}.all")
    def _(input: Any, unbiased: bool) -> Any:
        return over_dims(input, None, int(unbiased), False)


_spread("std", reductions.std)
_spread("var", reductions.var)


def _along(name: str, function: Callable[..., Any]) -> None:
    def rule(input: Any, dim: int, dtype: Any = None) -> Any:
        return input.like_this(function(input.data_part, dim, dtype=dtype, mask=input.mask_part))

    MaskedTensor.rule(name)(rule)


for _name in ("softmax", "log_softmax", "softmin", "cumsum", "cumprod"):
    _along(_name, getattr(rows, _name))
