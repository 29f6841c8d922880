"""Hooks of modules: what registers them, the dictionaries of the global ones, and the call that runs them.

`Module.__call__` comes here only if the module, or the process, ever had a hook.
"""

import functools
import warnings
import weakref
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import taeda
from taeda.utils.hooks import BackwardHooks, RemovableHandle

Hooks = OrderedDict[int, Callable[..., Any]]


class GlobalHooks:
    """Hooks that apply to every module of the process."""

    def __init__(self) -> None:
        self.forward_pre: Hooks = OrderedDict()
        self.forward: Hooks = OrderedDict()
        self.forward_with_kwargs: OrderedDict[int, bool] = OrderedDict()
        self.forward_always_called: OrderedDict[int, bool] = OrderedDict()
        self.backward_pre: Hooks = OrderedDict()
        self.backward: Hooks = OrderedDict()
        self.backward_is_full: bool | None = None
        self.buffer_registration: Hooks = OrderedDict()
        self.module_registration: Hooks = OrderedDict()
        self.parameter_registration: Hooks = OrderedDict()
        # Read by Module.__call__: true from the first call-time hook on. Removing hooks does not reset it, because
        # the handles know nothing of it; the slow call then merely finds its dictionaries empty.
        self.used = False


GLOBAL = GlobalHooks()


def _add_global(hooks: Hooks, hook: Callable[..., Any], extras: list[Any] | None = None) -> RemovableHandle:
    handle = RemovableHandle(hooks, extra_dict=extras)
    hooks[handle.id] = hook
    GLOBAL.used = True
    return handle


def register_module_buffer_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """`hook(module, name, buffer)` runs at every `register_buffer`; what it returns (if not None) is registered."""
    return _add_global(GLOBAL.buffer_registration, hook)


def register_module_module_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """`hook(module, name, submodule)` runs whenever a module gets a child; what it returns (if not None) is used."""
    return _add_global(GLOBAL.module_registration, hook)


def register_module_parameter_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """`hook(module, name, parameter)` runs at every `register_parameter`; what it returns (if not None) is used."""
    return _add_global(GLOBAL.parameter_registration, hook)


def register_module_forward_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """`hook(module, args)` runs before every module's `forward` and may return new arguments."""
    return _add_global(GLOBAL.forward_pre, hook)


def register_module_forward_hook(
    hook: Callable[..., Any], *, with_kwargs: bool = False, always_call: bool = False
) -> RemovableHandle:
    """`hook(module, args, output)` (with `kwargs` third if asked) runs after every module's `forward`."""
    handle = _add_global(GLOBAL.forward, hook, [GLOBAL.forward_with_kwargs, GLOBAL.forward_always_called])
    if with_kwargs:
        GLOBAL.forward_with_kwargs[handle.id] = True
    if always_call:
        GLOBAL.forward_always_called[handle.id] = True
    return handle


def _set_global_backward(full: bool) -> None:
    if GLOBAL.backward_is_full is (not full):
        raise RuntimeError(
            "Cannot use both regular backward hooks and full backward hooks as a global Module hook. "
            "Please use only one of them."
        )
    GLOBAL.backward_is_full = full


def register_module_backward_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Deprecated form of `register_module_full_backward_hook`: sees the last operation of a module only."""
    _set_global_backward(False)
    return _add_global(GLOBAL.backward, hook)


def register_module_full_backward_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """`hook(module, grad_output)` runs before the backward of every module and may return a new `grad_output`."""
    return _add_global(GLOBAL.backward_pre, hook)


def register_module_full_backward_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """`hook(module, grad_input, grad_output)` runs after the backward of every module."""
    _set_global_backward(True)
    return _add_global(GLOBAL.backward, hook)


class WrappedHook:
    """A hook that gets its module first, held weakly so that the module is not kept alive by its own hook."""

    def __init__(self, hook: Callable[..., Any], module: Any = None) -> None:
        self.hook = hook
        functools.update_wrapper(self, hook)
        self.with_module = module is not None
        self.module: Any = weakref.ref(module) if module is not None else None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not self.with_module:
            return self.hook(*args, **kwargs)
        module = self.module()
        if module is None:
            raise RuntimeError("You are trying to call the hook of a dead Module!")
        return self.hook(module, *args, **kwargs)

    def __getstate__(self) -> dict[str, Any]:
        return {"hook": self.hook, "with_module": self.with_module, "module": self.module() if self.module else None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.hook, self.with_module = state["hook"], state["with_module"]
        if self.with_module and state["module"] is None:
            raise RuntimeError("You are trying to revive the hook of a dead Module!")
        self.module = weakref.ref(state["module"]) if self.with_module else None


class HookRegistration:
    """The part of `Module` that registers hooks."""

    _has_hooks = False  # class default; an instance gets True with its first call-time hook

    def _add_hook(self, kind: str, hook: Callable[..., Any], prepend: bool = False, **flags: bool) -> RemovableHandle:
        hooks: Hooks = getattr(self, kind)
        handle = RemovableHandle(hooks, extra_dict=[getattr(self, flag) for flag in flags])
        hooks[handle.id] = hook
        for flag, value in flags.items():
            if value:
                getattr(self, flag)[handle.id] = True
        if prepend:
            hooks.move_to_end(handle.id, last=False)
        self.__dict__["_has_hooks"] = True
        return handle

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Run `hook(module, args)` before `forward`.

        What it returns, if not None, replaces the arguments (a value that is not a tuple becomes the only one).
        With `with_kwargs` the hook is `hook(module, args, kwargs)` and returns None or `(args, kwargs)`.
        """
        return self._add_hook("_forward_pre_hooks", hook, prepend, _forward_pre_hooks_with_kwargs=with_kwargs)

    def register_forward_hook(
        self,
        hook: Callable[..., Any],
        *,
        prepend: bool = False,
        with_kwargs: bool = False,
        always_call: bool = False,
    ) -> RemovableHandle:
        """Run `hook(module, args, output)` after `forward`; what it returns, if not None, replaces the output.

        With `with_kwargs` the hook is `hook(module, args, kwargs, output)`. With `always_call` it also runs (with the
        output None) when `forward` raised.
        """
        return self._add_hook(
            "_forward_hooks",
            hook,
            prepend,
            _forward_hooks_with_kwargs=with_kwargs,
            _forward_hooks_always_called=always_call,
        )

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Run `hook(module, grad_output)` before the module's gradients are computed; it may return others."""
        return self._add_hook("_backward_pre_hooks", hook, prepend)

    def _set_backward(self, full: bool) -> None:
        if self._is_full_backward_hook is (not full):
            raise RuntimeError(
                "Cannot use both regular backward hooks and full backward hooks on a single Module. "
                "Please use only one of them."
            )
        self._is_full_backward_hook: bool | None = full

    def register_backward_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Deprecated form of `register_full_backward_hook`: sees the last operation of the module only."""
        self._set_backward(False)
        return self._add_hook("_backward_hooks", hook)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Run `hook(module, grad_input, grad_output)` once the gradients with respect to the inputs are known.

        Entries of non-tensor arguments are None. What it returns, if not None, replaces `grad_input`. Inputs and
        outputs pass an identity, so they must not be changed in place.
        """
        self._set_backward(True)
        return self._add_hook("_backward_hooks", hook, prepend)

    def _register_state_dict_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        if getattr(hook, "_from_public_api", False):
            raise RuntimeError(
                "Cannot register the same function as the state dict post hook that was previously registered via "
                "register_state_dict_post_hook"
            )
        return self._add_state_hook("_state_dict_hooks", hook)

    def _add_state_hook(self, kind: str, hook: Callable[..., Any]) -> RemovableHandle:
        hooks = getattr(self, kind)
        handle = RemovableHandle(hooks)
        hooks[handle.id] = hook
        return handle

    def register_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Run `hook(module, state_dict, prefix, local_metadata)` at the end of `state_dict()`."""
        hook._from_public_api = True  # type: ignore[attr-defined]
        return self._add_state_hook("_state_dict_hooks", hook)

    def register_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Run `hook(module, prefix, keep_vars)` before `state_dict()`."""
        return self._add_state_hook("_state_dict_pre_hooks", hook)

    def _register_load_state_dict_pre_hook(
        self, hook: Callable[..., Any], with_module: bool = False
    ) -> RemovableHandle:
        return self._add_state_hook("_load_state_dict_pre_hooks", WrappedHook(hook, self if with_module else None))

    def register_load_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Run `hook(module, state_dict, prefix, metadata, strict, missing, unexpected, errors)` before loading."""
        return self._register_load_state_dict_pre_hook(hook, with_module=True)

    def register_load_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Run `hook(module, incompatible_keys)` after `load_state_dict()`; it may edit the two lists in place."""
        return self._add_state_hook("_load_state_dict_post_hooks", hook)


def _run_pre_hooks(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], Any]:
    for identity, hook in (*GLOBAL.forward_pre.items(), *module._forward_pre_hooks.items()):
        if identity in module._forward_pre_hooks_with_kwargs:
            changed = hook(module, args, kwargs)
            if changed is None:
                continue
            if not (isinstance(changed, tuple) and len(changed) == 2):
                raise RuntimeError(
                    f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {changed}."
                )
            args, kwargs = changed
        else:
            changed = hook(module, args)
            if changed is not None:
                args = changed if isinstance(changed, tuple) else (changed,)
    return args, kwargs


def _attach_to_last_operation(module: Any, hooks: list[Callable[..., Any]], result: Any) -> None:
    """Old-style backward hooks stand on the operation that made the (first) output."""
    while not isinstance(result, taeda.Tensor):
        if isinstance(result, dict):
            result = next(value for value in result.values() if isinstance(value, taeda.Tensor))
        else:
            result = result[0]
    if result.grad_fn is not None:
        for hook in hooks:
            result.grad_fn.register_hook(WrappedHook(hook, module))


def call_with_hooks(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`module(*args, **kwargs)` with all hooks."""
    if not (
        module._forward_pre_hooks
        or module._forward_hooks
        or module._backward_hooks
        or module._backward_pre_hooks
        or GLOBAL.forward_pre
        or GLOBAL.forward
        or GLOBAL.backward
        or GLOBAL.backward_pre
    ):
        return module.forward(*args, **kwargs)

    result: Any = None
    always_called_done: set[int] = set()
    try:
        args, kwargs = _run_pre_hooks(module, args, kwargs)
        full_hooks: list[Callable[..., Any]] = []
        last_operation_hooks: list[Callable[..., Any]] = []
        for is_full, hooks in (
            (GLOBAL.backward_is_full, GLOBAL.backward),
            (module._is_full_backward_hook, module._backward_hooks),
        ):
            (full_hooks if is_full else last_operation_hooks).extend(hooks.values())
        pre_hooks = [*GLOBAL.backward_pre.values(), *module._backward_pre_hooks.values()]
        backward = BackwardHooks(module, full_hooks, pre_hooks) if full_hooks or pre_hooks else None
        if backward is not None:
            args = backward.setup_input_hook(args)
        result = module.forward(*args, **kwargs)
        for identity, hook in (*GLOBAL.forward.items(), *module._forward_hooks.items()):
            if identity in module._forward_hooks_always_called or identity in GLOBAL.forward_always_called:
                always_called_done.add(identity)
            if identity in module._forward_hooks_with_kwargs or identity in GLOBAL.forward_with_kwargs:
                changed = hook(module, args, kwargs, result)
            else:
                changed = hook(module, args, result)
            if changed is not None:
                result = changed
        if backward is not None:
            if not isinstance(result, (taeda.Tensor, tuple)):
                warnings.warn(
                    "For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but "
                    f"received {type(result)}",
                    stacklevel=2,
                )
            result = backward.setup_output_hook(result)
        if last_operation_hooks:
            _attach_to_last_operation(module, last_operation_hooks, result)
        return result
    except Exception:
        _run_always_called(module, args, kwargs, result, always_called_done)
        raise


def _run_always_called(module: Any, args: Any, kwargs: Any, result: Any, done: set[int]) -> None:
    """Run the forward hooks registered with `always_call` that an exception has skipped."""
    for where, hooks, always, with_kwargs in (
        ("global module", GLOBAL.forward, GLOBAL.forward_always_called, GLOBAL.forward_with_kwargs),
        ("module", module._forward_hooks, module._forward_hooks_always_called, module._forward_hooks_with_kwargs),
    ):
        for identity, hook in hooks.items():
            if identity not in always or identity in done:
                continue
            try:
                if identity in with_kwargs:
                    changed = hook(module, args, kwargs, result)
                else:
                    changed = hook(module, args, result)
                if changed is not None:
                    result = changed
            except Exception as error:
                warnings.warn(
                    f"{where} forward hook with ``always_call=True`` raised an exception that was silenced as another "
                    f"error was raised in forward: {error}",
                    stacklevel=3,
                )
