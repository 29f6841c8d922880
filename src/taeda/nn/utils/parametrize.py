"""Parametrisations: a parameter computed from others, every time it is asked for.

`register_parametrization(module, "weight", Symmetric())` keeps what the module trains as
`module.parametrizations.weight.original` and makes `module.weight` a property that runs the parametrisation on it.
"""

import contextlib
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

import taeda
from taeda import Tensor as Tensor
from taeda.nn.containers import ModuleDict, ModuleList
from taeda.nn.module import Module
from taeda.nn.parameter import Parameter

__all__ = [
    "ParametrizationList", "cached", "is_parametrized", "register_parametrization", "remove_parametrizations",
    "transfer_parametrizations_and_params", "type_before_parametrizations",
]  # fmt: skip

_cache: dict[tuple[int, str], Any] = {}
_cache_users = 0


@contextlib.contextmanager
def cached() -> Iterator[None]:
    """Compute each parametrised tensor once in the `with` block."""
    global _cache_users
    _cache_users += 1
    try:
        yield
    finally:
        _cache_users -= 1
        if not _cache_users:
            _cache.clear()


def _register(module: Module, name: str, tensor: Any) -> None:
    if isinstance(tensor, Parameter):
        module.register_parameter(name, tensor)
    else:
        module.register_buffer(name, tensor)


class ParametrizationList(ModuleList):
    """The parametrisations of one tensor in order, and the tensor(s) that the first is given: `original`, or
    `original0`, `original1`, … if its `right_inverse` gives several."""

    def __init__(self, modules: Sequence[Module], original: Any, unsafe: bool = False) -> None:
        if len(modules) == 0:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        shape, dtype = original.shape, original.dtype
        new: Any = original
        with taeda.no_grad():
            for module in reversed(list(self)):
                if hasattr(module, "right_inverse"):
                    with contextlib.suppress(NotImplementedError):
                        new = module.right_inverse(new)
        if not isinstance(new, (taeda.Tensor, Sequence)):
            raise ValueError(
                "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got "
                f"{type(new).__name__}"
            )
        self.is_tensor = isinstance(new, taeda.Tensor)
        made: Any = new
        self.ntensors = 1 if self.is_tensor else len(made)
        if self.is_tensor:
            if original.dtype != made.dtype:
                raise ValueError(
                    "When `right_inverse` outputs one tensor, it may not change the dtype.\n"
                    f"original.dtype: {original.dtype}\nright_inverse(original).dtype: {made.dtype}"
                )
            original.data = made.detach()
            _register(self, "original", original)
        else:
            for place, tensor in enumerate(made):
                if not isinstance(tensor, taeda.Tensor):
                    raise ValueError(
                        "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got element "
                        f"{place} of the sequence with type {type(tensor).__name__}."
                    )
                if isinstance(original, Parameter):
                    tensor = Parameter(tensor, original.requires_grad)
                _register(self, f"original{place}", tensor)
        if not unsafe:
            self._check(shape, dtype)

    def _check(self, shape: Any, dtype: Any) -> None:
        made = self()
        if not isinstance(made, taeda.Tensor):
            raise ValueError(f"A parametrization must return a tensor. Got {type(made).__name__}.")
        if made.dtype != dtype:
            raise ValueError(
                "Registering a parametrization may not change the dtype of the tensor, unless `unsafe` flag is "
                f"enabled.\nunparametrized dtype: {dtype}\nparametrized dtype: {made.dtype}"
            )
        if made.shape != shape:
            raise ValueError(
                "Registering a parametrization may not change the shape of the tensor, unless `unsafe` flag is "
                f"enabled.\nunparametrized shape: {shape}\nparametrized shape: {made.shape}"
            )

    def originals(self) -> list[Any]:
        """The tensors that are trained."""
        if self.is_tensor:
            return [self.original]
        return [getattr(self, f"original{place}") for place in range(self.ntensors)]

    def right_inverse(self, value: Any) -> None:
        """Set the originals so that the parametrised tensor becomes `value`."""
        with taeda.no_grad():
            for module in reversed(list(self)):
                if not hasattr(module, "right_inverse"):
                    raise RuntimeError(f"parametrization {type(module).__name__} does not implement right_inverse.")
                value = module.right_inverse(value)
            values = [value] if self.is_tensor else list(value)
            if len(values) != self.ntensors:
                raise ValueError(
                    f"'right_inverse' must return a sequence of tensors of length {self.ntensors}. Got a sequence of "
                    f"length {len(values)}."
                )
            for target, source in zip(self.originals(), values, strict=True):
                if target.dtype != source.dtype:
                    raise ValueError(
                        f"The tensor returned by `right_inverse` has dtype {source.dtype} while `original` has dtype "
                        f"{target.dtype}"
                    )
                target.data = source.detach()

    def forward(self) -> Any:
        first, *rest = list(self)
        value = first(*self.originals())
        for module in rest:
            value = module(value)
        return value


def _inject_class(module: Module) -> None:
    """Give the module a class of its own, on which properties can be set."""
    kind = type(module)

    def deepcopied(self: Any, memo: dict[int, Any]) -> Any:
        if id(self) in memo:
            return memo[id(self)]
        replica = memo[id(self)] = self.__new__(type(self))
        replica.__dict__ = deepcopy(self.__dict__, memo)
        return replica

    def no_state(self: Any) -> Any:
        raise RuntimeError(
            "Serialization of parametrized modules is only supported through state_dict(). See:\n"
            "https://pytorch.org/tutorials/beginner/saving_loading_models.html#saving-loading-a-general-checkpoint-"
            "for-inference-and-or-resuming-training"
        )

    attributes: dict[str, Any] = {"__getstate__": no_state}
    if not hasattr(kind, "__deepcopy__"):
        attributes["__deepcopy__"] = deepcopied
    module.__class__ = type(f"Parametrized{kind.__name__}", (kind,), attributes)


def _inject_property(module: Module, name: str) -> None:
    def get(self: Any) -> Any:
        parametrisation = self.parametrizations[name]
        if not _cache_users:
            return parametrisation()
        key = (id(self), name)
        if key not in _cache:
            _cache[key] = parametrisation()
        return _cache[key]

    def put(self: Any, value: Any) -> None:
        self.parametrizations[name].right_inverse(value)

    setattr(type(module), name, property(get, put))


def register_parametrization(
    module: Module, tensor_name: str, parametrization: Module, *, unsafe: bool = False
) -> Module:
    """Let `module.<tensor_name>` be `parametrization(original)`; further ones are applied after those before.

    `unsafe`: dtype and shape may change, and nothing is tried out first.
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        if not unsafe:
            before = getattr(module, tensor_name)
            after = parametrization(before)
            if not isinstance(after, taeda.Tensor):
                raise ValueError(f"A parametrization must return a tensor. Got {type(after).__name__}.")
            if after.dtype != before.dtype or after.shape != before.shape:
                raise ValueError(
                    "Registering a parametrization may not change the dtype or the shape of the tensor, unless the "
                    f"`unsafe` flag is enabled.\nmodule.{tensor_name}: {before.dtype} {before.shape}\n"
                    f"parametrization(module.{tensor_name}): {after.dtype} {after.shape}"
                )
        parametrisations: Any = module.parametrizations
        parametrisations[tensor_name].append(parametrization)
        parametrisations[tensor_name].unsafe |= unsafe
    elif tensor_name in module._buffers or tensor_name in module._parameters:
        original = getattr(module, tensor_name)
        made = ParametrizationList([parametrization], original, unsafe)
        delattr(module, tensor_name)
        if not is_parametrized(module):
            _inject_class(module)
            module.parametrizations = ModuleDict()
        _inject_property(module, tensor_name)
        module.parametrizations[tensor_name] = made
    else:
        raise ValueError(f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name "
                         f"'{tensor_name}'")  # fmt: skip
    return module


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether the module (or that tensor of it) is parametrised."""
    parametrisations = getattr(module, "__dict__", {}).get("_modules", {}).get("parametrizations")
    if not isinstance(parametrisations, ModuleDict):
        return False
    return len(parametrisations) > 0 if tensor_name is None else tensor_name in parametrisations


def remove_parametrizations(module: Module, tensor_name: str, leave_parametrized: bool = True) -> Module:
    """Make `module.<tensor_name>` a tensor of its own again: of the value it has, or the original."""
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    made: Any = module.parametrizations[tensor_name]
    if made.is_tensor:
        tensor = made.original
        if leave_parametrized:
            with taeda.no_grad():
                tensor.data = getattr(module, tensor_name).detach().clone()
    elif leave_parametrized:
        value = getattr(module, tensor_name).detach()
        tensor = Parameter(value) if made.original0.requires_grad else value
    else:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a "
            "sequence of tensors."
        )
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    _register(module, tensor_name, tensor)
    if not is_parametrized(module):
        delattr(module, "parametrizations")
        module.__class__ = type(module).__bases__[0]
    return module


def type_before_parametrizations(module: Module) -> type:
    """The class that the module had before it was parametrised."""
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def transfer_parametrizations_and_params(
    from_module: Module, to_module: Module, tensor_name: str | None = None
) -> Module:
    """Parametrise `to_module` like `from_module`, with the same originals."""
    if not is_parametrized(from_module):
        return to_module
    names = list(from_module.parametrizations) if tensor_name is None else [tensor_name]
    for name in names:
        source = from_module.parametrizations[name]
        if not hasattr(to_module, name):
            setattr(to_module, name, source.original if source.is_tensor else Parameter(getattr(from_module, name)))
        for module in source:
            register_parametrization(to_module, name, module, unsafe=True)
        for target, original in zip(to_module.parametrizations[name].originals(), source.originals(), strict=True):
            target.data = original.detach()
    return to_module
