"""Composed tensors: tensors that are made of other tensors (sparse, masked and nested ones).

A class of them says by *rules* what ops and functions do with its objects::

    @SparseTensor.rule("neg", "sin")
    def _(x): ...

The name is that of a definition ("neg" of ops/, "torch.zeros_like" of functions/), and a rule gets all arguments of its
signature in order, fitted as the core fits them for every call (csrc/python/composed.h). It computes with the parts,
which are plain tensors: so gradients, dtypes, devices and `taeda.compile` follow from the ops that it calls. A function
without a rule runs as it is, on the ops that it calls; an op without one raises NotImplementedError, as PyTorch does.

In-place forms compute the result and then make the tensor that; `@SparseTensor.in_place_rule(..)` says otherwise where
that is not right (a strided tensor to which a sparse one is added; nested tensors, which are views of their values).

Autograd. A composed tensor has the history of its differentiable part (`values` of sparse ones): it requires a gradient
if that does, and its gradient is composed of the part's gradient as the tensor is of the part.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from taeda import _core
from taeda._binding import definition_of, function_of, internal
from taeda.without_memory import refuse_the_rest

Rule = Callable[..., Any]


def _entered(table: dict[str, Rule], names: tuple[str, ...]) -> Callable[[Rule], Rule]:
    def enter(rule: Rule) -> Rule:
        table.update(dict.fromkeys(names, rule))
        return rule

    return enter


class Composed(_core.Tensor):
    """The base class of composed tensors. Subclasses are made by `Composed.made(sizes, like)`."""

    __slots__ = ("history",)
    __torch_function__ = _core._disabled_torch_function_impl  # the core knows these types
    history: str  # the name of what made it, as its grad_fn is called in print
    rules: ClassVar[dict[str, Rule]] = {}
    in_place_rules: ClassVar[dict[str, Rule]] = {}
    backend: ClassVar[str] = "Composed"  # as PyTorch's errors call it
    priority: ClassVar[int] = 0  # of several classes among the arguments, whose rules hold

    @classmethod
    def made(cls, sizes: Sequence[int], like: Any) -> Any:
        """An object of these sizes, with the dtype and device of a tensor; its parts are still to be set."""
        made = _core.make_composed(cls, tuple(sizes), like)
        made.history = ""
        return made

    @classmethod
    def rule(cls, *names: str) -> Callable[[Rule], Rule]:
        """Decorator: what the ops and functions of these names do with objects of the class."""
        return _entered(cls.rules, names)

    @classmethod
    def in_place_rule(cls, *names: str) -> Callable[[Rule], Rule]:
        """Decorator: what the in-place forms of these names do, which return their first argument."""
        return _entered(cls.in_place_rules, names)

    @classmethod
    def general_rule(cls, name: str) -> Rule | None:
        """The rule of a definition that has none of its own, by what kind of op it is."""
        return None

    @classmethod
    def general_in_place_rule(cls, name: str) -> Rule | None:
        """The same for the in-place form."""
        return None

    @classmethod
    def missing(cls, name: str, arguments: tuple[Any, ...]) -> Any:
        """Raises what a call without a rule gets."""
        raise NotImplementedError(
            f"Could not run 'aten::{name}' with arguments from the '{cls.backend}' backend: it is not there for these "
            "tensors. Convert them with to_dense(), or use their values()")

    # What a subclass must say ----------------------------------------------------------------------------------------

    def differentiable(self) -> Any:
        """The part whose history the tensor has."""
        raise NotImplementedError

    def like_this(self, part: Any) -> Any:
        """A tensor made as this one is, with another differentiable part."""
        raise NotImplementedError

    def become(self, other: Any) -> None:
        """Take over the parts of `other`: what in-place calls do."""
        raise NotImplementedError

    def gradient_part(self, gradient: Any) -> Any:
        """Of a gradient given for this tensor, what the differentiable part gets."""
        raise NotImplementedError

    def plain(self) -> Any:
        """A strided tensor of the same elements; raises where there is none."""
        return self.to_dense()

    def _sizes(self) -> tuple[int, ...]:
        return tuple(self.shape)

    # Autograd --------------------------------------------------------------------------------------------------------

    @property
    def requires_grad(self) -> bool:
        return bool(self.differentiable().requires_grad)

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        self.differentiable().requires_grad = wanted

    def requires_grad_(self, requires_grad: bool = True) -> Any:
        """Say whether gradients are computed for this tensor; the tensor."""
        self.differentiable().requires_grad_(requires_grad)
        return self

    @property
    def grad(self) -> Any:
        found = self.differentiable().grad
        return None if found is None else self.like_this(found)

    @grad.setter
    def grad(self, gradient: Any) -> None:
        self.differentiable().grad = None if gradient is None else self.gradient_part(gradient)

    @property
    def grad_fn(self) -> Any:
        return self.differentiable().grad_fn

    @property
    def is_leaf(self) -> bool:
        return bool(self.differentiable().is_leaf)

    @property
    def _version(self) -> int:
        return int(self.differentiable()._version)

    def retain_grad(self) -> None:
        """Keep the gradient although this is no leaf."""
        self.differentiable().retain_grad()

    @property
    def retains_grad(self) -> bool:
        return bool(self.differentiable().retains_grad)

    def register_hook(self, hook: Callable[[Any], Any]) -> Any:
        """Call `hook` with the gradient of this tensor; it may give another one."""

        def on_part(gradient: Any) -> Any:
            found = hook(self.like_this(gradient))
            return None if found is None else self.gradient_part(found)

        return self.differentiable().register_hook(on_part)

    def detach(self) -> Any:
        """The same tensor without history; the parts are shared."""
        return self.like_this(self.differentiable().detach())

    def detach_(self) -> Any:
        """Forget the history."""
        self.become(self.detach())
        return self

    @property
    def data(self) -> Any:
        return self.detach()

    @data.setter
    def data(self, other: Any) -> None:
        self.become(other)

    _base = None

    def backward(self, gradient: Any = None, retain_graph: bool | None = None, create_graph: bool = False,
                 inputs: Any = None) -> None:
        """Add gradients to the leaves; see `taeda.autograd.backward`."""
        from taeda.autograd import backward

        backward(self, gradient, retain_graph, create_graph, inputs=inputs)

    # What has no elements side by side -------------------------------------------------------------------------------

    def __copy__(self) -> Any:
        return self.like_this(self.differentiable())

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if self.requires_grad and not self.is_leaf:
            raise RuntimeError("Only Tensors created explicitly by the user (graph leaves) support the deepcopy "
                               "protocol at the moment.")
        made = self.like_this(self.differentiable().detach().clone())
        memo[id(self)] = made
        return made.requires_grad_() if self.requires_grad else made

    def __len__(self) -> int:
        if not self.dim():
            raise TypeError("len() of a 0-d tensor")
        return int(self.shape[0])

    def __iter__(self) -> Any:
        return iter(self[k] for k in range(len(self)))

    def __hash__(self) -> int:
        return id(self)

    def __bool__(self) -> bool:
        if self.numel() != 1:
            count = "more than one value" if self.numel() else "no values"
            raise RuntimeError(f"Boolean value of Tensor with {count} is ambiguous")
        return bool(self.item())

    def item(self) -> Any:
        """The value of a tensor of one element."""
        if self.numel() != 1:
            raise RuntimeError(f"a Tensor with {self.numel()} elements cannot be converted to Scalar")
        return self.plain().item()

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        return int(self.plain().__index__())

    def __complex__(self) -> complex:
        return complex(self.item())

    def __contains__(self, element: Any) -> bool:
        return element in self.plain()

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if not self.dim() and spec else repr(self)

    def __setitem__(self, key: Any, value: Any) -> None:
        raise NotImplementedError(f"assigning to elements of a tensor of layout {self.layout}: make a new one")

    def tolist(self) -> Any:
        """Raises RuntimeError: the elements are not side by side."""
        raise RuntimeError("Cannot access data pointer of Tensor that doesn't have storage; use to_dense().tolist()")

    data_ptr = tolist

    def untyped_storage(self) -> Any:
        """Raises NotImplementedError: there is no storage."""
        raise NotImplementedError(f"Cannot access storage of {type(self).__name__}")

    def is_contiguous(self, *, memory_format: Any = None) -> bool:
        """False: the elements are not side by side."""
        return False

    def numpy(self, *, force: bool = False) -> Any:
        """Raises TypeError: say which way the elements are wanted."""
        raise TypeError(f"can't convert {self.backend.removesuffix('CPU')} layout tensor to numpy. Use "
                        "Tensor.to_dense() first.")

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.numpy()


refuse_the_rest(Composed, "a tensor that is not strided", "use its parts, or to_dense()")


@functools.cache
def op(name: str, in_place: bool = False) -> Callable[..., Any]:
    """The op of this unique name, or its in-place form, as a function of all arguments of its signature, in order: what
    rules get."""
    definition = definition_of(name)
    called = getattr(internal, name + "_" * in_place, None) or function_of(name, in_place)
    positional = sum(not p.keyword_only for p in definition.parameters)
    names = [p.name for p in definition.parameters[positional:]]

    def call(*arguments: Any, **named: Any) -> Any:
        return called(*arguments[:positional], **dict(zip(names, arguments[positional:], strict=False)), **named)

    return call


@functools.cache
def is_elementwise(name: str) -> bool:
    """Whether an op computes each element from those at the same place of its arguments."""
    definition = definition_of(name)
    return definition is not None and definition.elementwise


def _composed(arguments: tuple[Any, ...], out: Any) -> Any:
    """The class whose rules hold."""
    found: Any = None
    for a in (*arguments, out):
        for x in a if isinstance(a, tuple) else (a,):
            if isinstance(x, Composed) and (found is None or type(x).priority > found.priority):
                found = type(x)
    return found


def run(name: str, display: str, in_place: bool, is_function: bool, arguments: tuple[Any, ...], out: Any) -> Any:
    """A call with composed tensors among its arguments: what the core asks for."""
    cls = _composed(arguments, out)
    if in_place:
        special = cls.in_place_rules.get(name) or cls.general_in_place_rule(name)
        if not isinstance(arguments[0], _core.Tensor):
            given = type(arguments[0]).__name__
            raise TypeError(f"{display}(): argument 'input' (position 1) must be Tensor, not {given}")
        if special is not None:
            return special(*arguments)
    rule = cls.rules.get(name) or cls.general_rule(name) or Composed.rules.get(name)
    if rule is None:
        if is_function and out is None:
            return NotImplemented
        return cls.missing(display, arguments)
    result = rule(*arguments)
    for made in result if isinstance(result, tuple) else (result,):
        if isinstance(made, Composed) and not made.history:
            made.history = "".join(w[:1].upper() + w[1:] for w in display.rstrip("_").split("_")) + "Backward0"
    if in_place:
        return written(arguments[0], result)
    return result if out is None else written_out(out, result)


def written(target: Any, result: Any) -> Any:
    """The first argument of an in-place call, after it has become the result."""
    sizes, wanted = (x._sizes() if isinstance(x, Composed) else tuple(x.shape) for x in (target, result))
    if sizes != wanted:
        raise RuntimeError(f"output with shape {list(sizes)} doesn't match the broadcast shape {list(wanted)}")
    if not isinstance(target, Composed):
        return target.copy_(result.plain() if isinstance(result, Composed) else result)
    if not _core.can_cast(result.dtype, target.dtype):
        words = (str(d).removeprefix("torch.").capitalize() for d in (result.dtype, target.dtype))
        raise RuntimeError("result type {} can't be cast to the desired output type {}".format(*words))
    made = result.to(target.dtype)
    if not target.requires_grad or not target.is_leaf:
        target.become(made)
        return target
    if _grad_enabled():
        raise RuntimeError("a leaf Variable that requires grad is being used in an in-place operation.")
    gradient = target.grad
    target.become(made.detach().requires_grad_())
    target.grad = gradient
    return target


def written_out(out: Any, result: Any) -> Any:
    """An out= argument, after the results are in it."""
    if isinstance(out, (tuple, list)):
        for target, one in zip(out, result, strict=True):
            written_out(target, one)
    elif isinstance(out, Composed):
        if not isinstance(result, Composed):
            raise RuntimeError(f"out= is of layout {out.layout}, but the result is strided; give a strided tensor")
        out.become(result.detach())
    else:
        dense = result.plain() if isinstance(result, Composed) else result
        if out.shape != dense.shape:
            out.resize_(dense.shape)
        out.copy_(dense)
    return out


def _grad_enabled() -> bool:
    return bool(_core.is_grad_enabled())


# What all of them do, unless the class has a rule of its own ---------------------------------------------------------


@Composed.rule("torch.clone.memory_format", "Tensor.contiguous.memory_format")
def _clone(input: Any, memory_format: Any) -> Any:
    return input.clone()


def _like(name: str, random: bool = False) -> None:
    def rule(input: Any, *arguments: Any) -> Any:
        *given, dtype, _, device, _, requires_grad, _ = arguments
        named = {"generator": given.pop()} if random else {}
        part = input.differentiable().detach()
        return input.like_this(function_of(f"torch.{name}")(part, *given, dtype=dtype, device=device,
                                                            requires_grad=requires_grad, **named))

    Composed.rule(f"torch.{name}")(rule)


for _name in ("zeros_like", "ones_like", "empty_like", "full_like"):
    _like(_name)
for _name in ("rand_like", "randn_like", "randint_like", "randint_like.low"):
    _like(_name, random=True)

_core.register_composed(Composed, run)
