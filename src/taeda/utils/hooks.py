"""Handles of hooks, and the pair of autograd functions behind a module's full backward hooks."""

import warnings
import weakref
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import taeda

__all__ = ["BackwardHook", "BackwardHooks", "RemovableHandle", "unserializable_hook", "warn_if_has_hooks"]


class RemovableHandle:
    """Takes its hook out of the dictionary it was put in, at `remove()` or at the end of a `with` block."""

    next_id: int = 0

    def __init__(self, hooks_dict: Any, *, extra_dict: Any = None) -> None:
        self.hooks_dict_ref: Any = weakref.ref(hooks_dict)
        self.id = RemovableHandle.next_id
        RemovableHandle.next_id += 1
        extras = extra_dict if isinstance(extra_dict, (list, tuple)) else [] if extra_dict is None else [extra_dict]
        self.extra_dict_ref = tuple(weakref.ref(extra) for extra in extras)

    def remove(self) -> None:
        for reference in (self.hooks_dict_ref, *self.extra_dict_ref):
            hooks = reference()
            if hooks is not None:
                hooks.pop(self.id, None)

    def __getstate__(self) -> tuple[Any, ...]:
        return self.hooks_dict_ref(), self.id, tuple(reference() for reference in self.extra_dict_ref)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.hooks_dict_ref = weakref.ref(OrderedDict() if state[0] is None else state[0])
        self.id = state[1]
        RemovableHandle.next_id = max(RemovableHandle.next_id, self.id + 1)
        self.extra_dict_ref = tuple(weakref.ref(extra) for extra in (state[2] if len(state) > 2 else ()))

    def __enter__(self) -> "RemovableHandle":
        return self

    def __exit__(self, *exception: Any) -> None:
        self.remove()


def unserializable_hook(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a tensor's hook as one that saving may drop without a warning."""
    function.__torch_unserializable__ = True  # type: ignore[attr-defined]
    return function


def warn_if_has_hooks(tensor: Any) -> None:
    """Warn that hooks of `tensor` are not saved with it."""
    for hook in (getattr(tensor, "_backward_hooks", None) or {}).values():
        if not hasattr(hook, "__torch_unserializable__"):
            warnings.warn(
                f"backward hook {hook!r} on tensor will not be serialized.  If this is expected, you can decorate the "
                "function with @torch.utils.hooks.unserializable_hook to suppress this warning",
                stacklevel=2,
            )


_gates: tuple[type, type] | None = None


def _gate_classes() -> tuple[type, type]:
    """The autograd functions at a module's inputs and outputs; made at first use, when autograd is imported."""
    global _gates
    if _gates is None:

        class ModuleInputs(taeda.autograd.Function):
            @staticmethod
            def forward(ctx: Any, hooks: "BackwardHooks", *tensors: Any) -> Any:
                ctx.hooks = hooks
                ctx.mark_non_differentiable(*(tensor for tensor in tensors if not tensor.requires_grad))
                return tuple(tensor.view_as(tensor) for tensor in tensors)

            @staticmethod
            def backward(ctx: Any, *gradients: Any) -> Any:
                return (None, *ctx.hooks.inputs_ready(gradients))

        class ModuleOutputs(taeda.autograd.Function):
            @staticmethod
            def forward(ctx: Any, hooks: "BackwardHooks", *tensors: Any) -> Any:
                ctx.hooks = hooks
                ctx.set_materialize_grads(False)
                ctx.mark_non_differentiable(*(tensor for tensor in tensors if not tensor.requires_grad))
                return tuple(tensor.view_as(tensor) for tensor in tensors)

            @staticmethod
            def backward(ctx: Any, *gradients: Any) -> Any:
                return (None, *ctx.hooks.outputs_ready(gradients))

        _gates = ModuleInputs, ModuleOutputs
    return _gates


class BackwardHooks:
    """Runs a module's full backward hooks during one backward pass.

    Inputs and outputs of the module go through an identity each. The outputs' identity sees the gradients with
    respect to the outputs first (and runs the pre-hooks), the inputs' identity runs the hooks with both.
    """

    def __init__(self, module: Any, hooks: Sequence[Callable[..., Any]], pre_hooks: Sequence[Callable[..., Any]]):
        self.module, self.hooks, self.pre_hooks = module, hooks, pre_hooks
        self.grad_outputs: tuple[Any, ...] | None = None
        self.input_count = self.output_count = 0
        self.input_places: list[int] | None = None
        self.output_places: list[int] | None = None

    def _through(self, gate: type, values: tuple[Any, ...]) -> tuple[tuple[Any, ...], list[int] | None]:
        places = [place for place, value in enumerate(values) if isinstance(value, taeda.Tensor)]
        if not (taeda.is_grad_enabled() and any(values[place].requires_grad for place in places)):
            return values, None
        passed = gate.apply(self, *(values[place] for place in places))  # type: ignore[attr-defined]
        result = list(values)
        for place, tensor in zip(places, passed, strict=True):
            result[place] = tensor
        # A named tuple is built from its fields one by one.
        return (tuple(result) if type(values) is tuple else type(values)(*result)), places

    def setup_input_hook(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        self.input_count = len(values)
        values, self.input_places = self._through(_gate_classes()[0], values)
        return values

    def setup_output_hook(self, value: Any) -> Any:
        values = value if isinstance(value, tuple) else (value,)
        self.output_count = len(values)
        values, self.output_places = self._through(_gate_classes()[1], values)
        return values if isinstance(value, tuple) else values[0]

    def outputs_ready(self, gradients: tuple[Any, ...]) -> tuple[Any, ...]:
        assert self.output_places is not None
        spread: list[Any] = [None] * self.output_count
        for place, gradient in zip(self.output_places, gradients, strict=True):
            spread[place] = gradient
        grad_outputs = tuple(spread)
        for hook in self.pre_hooks:
            changed = hook(self.module, grad_outputs)
            if changed is None:
                continue
            changed = changed if isinstance(changed, tuple) else (changed,)
            if len(changed) != len(grad_outputs):
                raise RuntimeError(
                    f"Backward pre hook returned an invalid number of grad_output, got {len(changed)}, "
                    f"but expected {len(grad_outputs)}"
                )
            grad_outputs = changed
        self.grad_outputs = grad_outputs
        if self.input_places is None:
            # No input needs a gradient, so the inputs' identity does not exist: the hooks run now.
            if self.hooks:
                warnings.warn(
                    "Full backward hook is firing when gradients are computed with respect to module outputs since "
                    "no inputs require gradients. See "
                    "https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html#torch.nn.Module."
                    "register_full_backward_hook for more details.",
                    stacklevel=5,
                )
            for hook in self.hooks:
                changed = hook(self.module, (None,) * self.input_count, grad_outputs)
                if changed is not None and not (isinstance(changed, tuple) and all(part is None for part in changed)):
                    raise RuntimeError(
                        "Backward hook for Modules where no input requires gradient should always return None or "
                        "None for all gradients."
                    )
            self.grad_outputs = None
        return tuple(grad_outputs[place] for place in self.output_places)

    def inputs_ready(self, gradients: tuple[Any, ...]) -> tuple[Any, ...]:
        assert self.input_places is not None
        if self.grad_outputs is None:  # the gradient reached the inputs on a way around the outputs
            return gradients
        spread: list[Any] = [None] * self.input_count
        for place, gradient in zip(self.input_places, gradients, strict=True):
            spread[place] = gradient
        grad_inputs = tuple(spread)
        for hook in self.hooks:
            changed = hook(self.module, grad_inputs, self.grad_outputs)
            if changed is None:
                continue
            changed = changed if isinstance(changed, tuple) else (changed,)
            if len(changed) != len(grad_inputs):
                raise RuntimeError(
                    f"Backward hook returned an invalid number of grad_input, got {len(changed)}, "
                    f"but expected {len(grad_inputs)}"
                )
            grad_inputs = changed
        self.grad_outputs = None
        return tuple(grad_inputs[place] for place in self.input_places)


BackwardHook = BackwardHooks  # PyTorch's name
