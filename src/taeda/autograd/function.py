"""`Function`: ops whose forward and gradient are Python of the user's own.

A Function runs Python in backward. An op (`taeda.ops`) does not, and is differentiable to any order: prefer it where it
can be written.
"""

import functools
import inspect
import warnings
from collections.abc import Callable
from typing import Any

import taeda
from taeda import _core

__all__ = [
    "BackwardCFunction",
    "Function",
    "FunctionCtx",
    "FunctionMeta",
    "InplaceFunction",
    "NestedIOFunction",
    "once_differentiable",
]


class FunctionCtx:
    """What `forward` and `backward` of a Function get as `ctx`. Anything can be kept in its attributes."""

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep inputs and outputs of forward for backward, where they are `ctx.saved_tensors`. None is allowed."""
        self.to_save = tensors

    def save_for_forward(self, *tensors: Any) -> None:
        """Keep tensors for `jvp`, where they are `ctx.saved_tensors`."""
        self.saved_for_forward = tensors

    def mark_dirty(self, *args: Any) -> None:
        """Say which inputs forward changed in place. They must all be returned."""
        self.dirty_tensors = args

    def mark_non_differentiable(self, *args: Any) -> None:
        """Say which outputs have no gradient. backward still gets a gradient for each output."""
        self.non_differentiable = args

    def set_materialize_grads(self, value: bool) -> None:
        """False: backward gets None for outputs that no gradient came for, instead of zeros."""
        self.materialize_grads = value


class BackwardCFunction(_core.FunctionContext, FunctionCtx):
    """The context of one call: backward is run on it."""

    _forward_cls: Any = None

    def apply(self, *args: Any) -> Any:
        return self._get_user_fn()(self, *args)

    def _get_user_fn(self) -> Callable[..., Any]:
        forward_class = self._forward_cls
        backward, vjp = forward_class.backward, forward_class.vjp
        if vjp is not Function.vjp:
            if backward is not Function.backward:
                raise RuntimeError(
                    "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only "
                    "implement one of them."
                )
            return vjp
        return backward

    def maybe_clear_saved_tensors(self) -> None:
        """There for PyTorch programs: saved tensors go with the graph."""


class FunctionMeta(type):
    """Gives each Function the class of its contexts, named after it: FooBackward for Foo."""

    def __init__(cls, name: str, bases: tuple[type, ...], attributes: dict[str, Any]) -> None:
        cls._backward_cls = type(
            name + "Backward", (BackwardCFunction,), {"_forward_cls": cls, "__module__": "taeda.autograd.function"}
        )
        super().__init__(name, bases, attributes)


class Function(FunctionCtx, metaclass=FunctionMeta):
    """Base class of differentiable functions written in Python. Use with `apply`::

        class Exp(taeda.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                result = x.exp()
                ctx.save_for_backward(result)
                return result

            @staticmethod
            def backward(ctx, grad):
                (result,) = ctx.saved_tensors
                return grad * result

        y = Exp.apply(x)

    With a `setup_context(ctx, inputs, output)` beside it, `forward` takes the arguments alone.
    """

    generate_vmap_rule = False
    # What the methods of a context set, as it is before.
    dirty_tensors: Any = None
    materialize_grads: Any = True
    non_differentiable: Any = None
    saved_for_forward: Any = None
    to_save: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        warnings.warn(
            f"{type(self)} should not be instantiated. Methods on autograd functions are all static, so you should "
            "invoke them on the class itself. Instantiating an autograd function will raise an error in a future "
            "version of PyTorch.",
            DeprecationWarning,
            stacklevel=2,
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd "
            "function with static forward method. (Example: "
            "https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)"
        )

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """The computation: `forward(ctx, *args)`, or `forward(*args)` where there is a `setup_context`."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> Any:
        """Fills `ctx` after `forward(*inputs)` gave `output`."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """The gradients of the arguments of forward, from those of its outputs; None for arguments without one."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with "
            "backward mode AD."
        )

    # PyTorch's other name of backward.
    @staticmethod
    def vjp(ctx: Any, *grad_outputs: Any) -> Any:
        return Function.backward(ctx, *grad_outputs)

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Any:
        """The derivatives of the outputs, from those of the arguments (None for what is no tensor)."""
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with forward mode AD."
        )

    @staticmethod
    def vmap(info: Any, in_dims: Any, *args: Any) -> Any:
        """(The outputs for a batch of arguments, the dimension of each that counts the examples).

        `info.batch_size` says how many examples there are, `info.randomness` what vmap was told; `in_dims` says for
        each argument which of its dimensions counts them, None where all examples share it."""
        raise NotImplementedError("You must implement the vmap function for custom autograd.Function, or set "
                                  "generate_vmap_rule, to use it under vmap.")

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run forward on the arguments and record it."""
        separate = cls.setup_context is not Function.setup_context
        if kwargs or separate:
            args = cls._bind(separate, args, kwargs)
        if any(map(_core.is_lifted, args)):
            from taeda.func import custom

            return custom.apply(cls, args)
        return _core.function_apply(cls, args, separate)

    @classmethod
    def _bind(cls, separate: bool, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """All arguments by position, with the defaults of forward."""
        signature = inspect.signature(cls.forward)
        bound = signature.bind(*args, **kwargs) if separate else signature.bind(None, *args, **kwargs)
        bound.apply_defaults()
        if bound.kwargs:
            raise TypeError(
                f"{cls.__name__}.apply() takes no keyword-only arguments, got {', '.join(map(repr, bound.kwargs))}"
            )
        return bound.args if separate else bound.args[1:]


def once_differentiable(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator of a `backward` that is not made of differentiable ops: a second derivative through it raises."""

    @functools.wraps(function)
    def decorated(ctx: Any, *args: Any) -> Any:
        with taeda.no_grad():
            outputs = function(ctx, *args)
        if not taeda.is_grad_enabled() or not any(isinstance(a, taeda.Tensor) and a.requires_grad for a in args):
            return outputs
        as_tuple = outputs if isinstance(outputs, tuple) else (outputs,)
        marked = _core.delayed_error(
            "trying to differentiate twice a function that was marked with @once_differentiable", as_tuple
        )
        return marked if isinstance(outputs, tuple) else marked[0]

    return decorated


class InplaceFunction(Function):
    """There for PyTorch programs: a Function with a place for the flag `inplace`."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace


class NestedIOFunction(Function):
    """PyTorch's old form with nested arguments; use `Function` on the flat ones."""

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("NestedIOFunction is not there: flatten the arguments and use Function")
