"""Lifted tensors: what a function under vmap or jvp sees in place of a tensor (levels.py).

They are tensors with sizes, dtype and device, and their ops are those of tensors. What else a tensor offers is here,
where it can be answered; the rest raises an error that names it.
"""

from __future__ import annotations

from typing import Any

import taeda
from taeda import _core
from taeda.without_memory import refuse_the_rest


class Lifted(_core.Tensor):
    """A tensor of a function that is being transformed, at the level of the transform."""

    __slots__ = ("level",)
    __torch_function__ = _core._disabled_torch_function_impl  # the core knows these types
    level: int

    @staticmethod
    def write_result(target: Any, result: Any, name: str) -> None:
        """What an in-place op does after its result has been computed: write it into `target`."""
        if result.shape != target.shape:
            raise RuntimeError(
                f"output with shape {list(target.shape)} doesn't match the broadcast shape {list(result.shape)}")
        if name != "copy_" and not taeda.can_cast(result.dtype, target.dtype):
            words = (str(d).removeprefix("torch.").capitalize() for d in (result.dtype, target.dtype))
            raise RuntimeError("result type {} can't be cast to the desired output type {}".format(*words))
        _write(target, result, name)

    def __getitem__(self, key: Any) -> Any:
        from taeda.func.indexing import get_item

        return get_item(self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        from taeda.func.indexing import set_item

        set_item(self, key, value)

    def __len__(self) -> int:
        if not self.dim():
            raise TypeError("len() of a 0-d tensor")
        return int(self.shape[0])

    def __iter__(self) -> Any:
        if not self.dim():
            raise TypeError("iteration over a 0-d tensor")
        return iter(taeda.unbind(self))

    def __hash__(self) -> int:
        return id(self)

    def __copy__(self) -> Any:
        return self.view_as(self)

    def requires_grad_(self, requires_grad: bool = True) -> Any:
        raise RuntimeError(
            "You are attempting to call Tensor.requires_grad_() (or perhaps using torch.autograd.functional.* APIs) "
            "inside of a function being transformed by a functorch transform. This is unsupported, please attempt to "
            "use the functorch transforms (e.g. grad, vjp, jacrev, jacfwd, hessian) or call requires_grad_() outside "
            "of a function being transformed instead."
        )

    @property
    def data(self) -> Any:
        return self.detach()

    grad = None
    _base = None

    @property
    def requires_grad(self) -> bool:
        return any(part.requires_grad for part in self.parts())

    @property
    def grad_fn(self) -> Any:
        return self.parts()[0].grad_fn

    @property
    def is_leaf(self) -> bool:
        return bool(self.parts()[0].is_leaf)

    @property
    def _version(self) -> int:
        return int(self.parts()[0]._version)

    def parts(self) -> tuple[Any, ...]:
        """The tensors that this one stands for."""
        raise NotImplementedError

    @staticmethod
    def pieces(whole: Any, along: bool, dim: int, lengths: list[int]) -> tuple[Any, ...]:
        """What split() and unbind() give: pieces along `dim`, or slices without it."""
        if not along:
            return tuple(whole.select(dim, k) for k in range(len(lengths)))
        starts = [sum(lengths[:k]) for k in range(len(lengths))]
        return tuple(whole.narrow(dim, start, n) for start, n in zip(starts, lengths, strict=True))


def _write(target: Any, result: Any, name: str) -> None:
    level = max((t.level for t in (target, result) if isinstance(t, Lifted)), default=0)
    if not level:
        target.copy_(result)
        return
    top = target if isinstance(target, Lifted) and target.level == level else None
    if isinstance(result, Batched) and result.level == level:
        repeated = result.value.stride(0) == 0
        if top is None and not repeated:
            raise RuntimeError(
                f"vmap: aten::{name}(self, *extra_args) is not possible because there exists a Tensor `other` in "
                "extra_args that has more elements than `self`. This happened due to `other` being vmapped over but "
                f"`self` not being vmapped over in a vmap. Please try to use out-of-place operators instead of {name}. "
                "If said operator is being called inside the PyTorch framework, please file a bug report instead.")
        if top is None or top.value.stride(0) == 0 and repeated:
            _write(top.value.select(0, 0) if top is not None else target, result.value.select(0, 0), name)
        else:
            _write(top.value, result.value, name)
        return
    if isinstance(top, Batched):
        _write(top.value, result.unsqueeze(0), name)
        return
    if top is None:
        raise NotImplementedError(
            f"{name}() of a tensor without a tangent with one that has one: write it out of place")
    moved = result.tangent if isinstance(result, Dual) and result.level == level else None
    _write(top.primal, result.primal if moved is not None else result, name)
    if moved is None:
        top.tangent.zero_()
    else:
        _write(top.tangent, moved, name)


class Batched(Lifted):
    """One example of `value`, whose first dimension counts the examples."""

    __slots__ = ("value",)
    value: Any

    @staticmethod
    def of(value: Any, level: int) -> Batched:
        """The lifted tensor that stands for `value`."""
        made: Batched = _core.make_lifted(Batched, value, 0)
        made.value = value
        made.level = level
        return made

    def parts(self) -> tuple[Any, ...]:
        return (self.value,)

    def detach(self) -> Any:
        """The same elements without history."""
        return Batched.of(self.value.detach(), self.level)

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        inner = repr(self.value).replace("\n", "\n    ")
        return f"BatchedTensor(lvl={self.level}, bdim=0, value=\n    {inner}\n)"

    def __bool__(self) -> bool:
        raise RuntimeError(
            "vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. We don't "
            "support that yet, please file an issue at https://github.com/pytorch/pytorch/issues .")

    def item(self) -> Any:
        """Raises RuntimeError: there is a value for each example."""
        raise RuntimeError(
            "vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling .item() on a "
            "Tensor, please try to rewrite what you're doing with other operations. If error is occurring somewhere "
            "inside PyTorch internals, please file a bug report.")

    tolist = __float__ = __int__ = __index__ = __complex__ = item

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __contains__(self, element: Any) -> bool:
        return bool((self == element).any())


class Dual(Lifted):
    """`primal` and the direction `tangent` in which the function is differentiated."""

    __slots__ = ("primal", "tangent")
    primal: Any
    tangent: Any

    @staticmethod
    def of(primal: Any, tangent: Any, level: int) -> Dual:
        """The lifted tensor that stands for both."""
        made: Dual = _core.make_lifted(Dual, primal, -1)
        if _core.is_mirrored(tangent):  # the Program of the tangents knows the dtypes of the primals alone
            tangent = tangent.resolve_conj().resolve_neg()
        made.primal, made.tangent = primal, tangent
        made.level = level
        return made

    def parts(self) -> tuple[Any, ...]:
        return (self.primal, self.tangent)

    def detach(self) -> Any:
        """The same elements without history and tangent."""
        return self.primal.detach()

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        text = repr(self.primal)
        return f"{text[:-1]}, tangent={self.tangent!r})" if text.endswith(")") else text

    def __bool__(self) -> bool:
        return bool(self.primal)

    def __index__(self) -> int:
        return int(self.primal.__index__())

    def __float__(self) -> float:
        return float(self.primal)

    def __int__(self) -> int:
        return int(self.primal)

    def __complex__(self) -> complex:
        return complex(self.primal)

    def __format__(self, spec: str) -> str:
        return format(self.primal, spec)

    def __contains__(self, element: Any) -> bool:
        return element in self.primal

    def item(self) -> Any:
        """The value of the primal."""
        return self.primal.item()

    def tolist(self) -> Any:
        """The values of the primal."""
        return self.primal.tolist()


def debug_unwrap(tensor: Any, *, recurse: bool = True) -> Any:
    """What a lifted tensor stands for (of one with a tangent the primal), down to a plain tensor with `recurse`: to
    look at inside of a function that is transformed, never to compute with."""
    while isinstance(tensor, Lifted):
        tensor = tensor.parts()[0]
        if not recurse:
            break
    return tensor


refuse_the_rest(Lifted, "a tensor of a function that is being transformed (vmap, jvp)",
                "so this is only there outside of the transform")
