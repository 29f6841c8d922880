"""Pruning: weights are taken out by a mask that is applied before each call.

The pruned parameter `name` becomes `name_orig`, which is trained, and the buffer `name_mask` of zeros and ones; the
attribute `name` is their product. Pruning what was pruned before takes out more; `remove` makes it final.

Example::

    >>> import taeda as torch
    >>> from taeda.nn.utils import prune
    >>> layer = torch.nn.Linear(4, 2)
    >>> _ = prune.l1_unstructured(layer, "weight", amount=3)
    >>> int((layer.weight == 0).sum()), sorted(dict(layer.named_parameters()))
    (3, ['bias', 'weight_orig'])
"""

from __future__ import annotations

import numbers
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any

import taeda
from taeda.assertions import check_type
from taeda.nn.utils.weight_hooks import find

__all__ = [
    "BasePruningMethod", "CustomFromMask", "Identity", "L1Unstructured", "LnStructured", "PruningContainer",
    "RandomStructured", "RandomUnstructured", "custom_from_mask", "global_unstructured", "identity", "is_pruned",
    "l1_unstructured", "ln_structured", "random_structured", "random_unstructured", "remove",
]  # fmt: skip


# -- how much ----------------------------------------------------------------------------------------------------------


def _check_amount(amount: Any) -> None:
    if not isinstance(amount, numbers.Real):
        raise TypeError(f"Invalid type for amount: {amount}. Must be int or float.")
    highest = float("inf") if isinstance(amount, numbers.Integral) else 1.0
    if not 0.0 <= float(amount) <= highest:
        raise ValueError(f"amount={amount} should either be a float in the range [0, 1] or a non-negative integer")


def _count(amount: Any, size: int) -> int:
    """How many of `size` things `amount` means: a number of them, or a part."""
    if isinstance(amount, numbers.Integral):
        if int(amount) > size:
            raise ValueError(f"amount={amount} should be smaller than the number of parameters to prune={size}")
        return int(amount)
    return round(amount * size)


def _check_dim(t: Any, dim: int) -> None:
    if len(t.shape) <= 1:
        raise ValueError(
            "Structured pruning can only be applied to multidimensional tensors. Found tensor of shape "
            f"{t.shape} with {len(t.shape)} dims"
        )
    if dim >= t.dim():
        raise IndexError(f"Invalid index {dim} for tensor of size {t.shape}")


# -- methods -----------------------------------------------------------------------------------------------------------


class BasePruningMethod(ABC):
    """A way to choose what is taken out: subclasses give `compute_mask`, and PRUNING_TYPE.

    "unstructured": single elements; "structured": slices along a dimension; "global": what it is told.
    """

    PRUNING_TYPE: str
    _tensor_name: str

    @abstractmethod
    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        """The mask of ones (kept) and zeros for importances `t`, where `default_mask` has taken out some already."""

    def __call__(self, module: Any, inputs: Any) -> None:
        """The hook before each call."""
        setattr(module, self._tensor_name, self.apply_mask(module))

    def apply_mask(self, module: Any) -> Any:
        """The product of `name_orig` and `name_mask`."""
        if self._tensor_name is None:
            raise AssertionError(f"Module {module} has to be pruned")
        original = getattr(module, self._tensor_name + "_orig")
        return getattr(module, self._tensor_name + "_mask").to(dtype=original.dtype) * original

    @classmethod
    def apply(cls, module: Any, name: str, *args: Any, importance_scores: Any = None, **kwargs: Any) -> Any:
        """Prune the parameter `name` of a module by this method, made with the further arguments.

        importance_scores: what the choice is made by instead of the values, of the same shape. Gives the hook.
        """
        method: Any = cls(*args, **kwargs)
        method._tensor_name = name
        before = _hook(module, name)
        if before is not None:
            key, old = before
            del module._forward_pre_hooks[key]
            container = old if isinstance(old, PruningContainer) else PruningContainer(old)
            container.add_pruning_method(method)
            method = container
        original = getattr(module, name)
        scores = original if importance_scores is None else importance_scores
        if scores.shape != original.shape:
            raise AssertionError(
                f"importance_scores should have the same shape as parameter {name} of {module}"
            )
        if before is None:
            mask = taeda.ones_like(scores)
            del module._parameters[name]
            module.register_parameter(name + "_orig", original)
        else:
            mask = getattr(module, name + "_mask").detach().clone()
        try:
            mask = method.compute_mask(scores.detach(), mask)
        except BaseException:
            if before is None:
                del module._parameters[name + "_orig"]
                module.register_parameter(name, original)
            else:
                module.register_forward_pre_hook(before[1])
            raise
        module.register_buffer(name + "_mask", mask)
        setattr(module, name, method.apply_mask(module))
        module.register_forward_pre_hook(method)
        return method

    def prune(self, t: Any, default_mask: Any = None, importance_scores: Any = None) -> Any:
        """`t` with what this method takes out set to zero; the tensor alone, no module."""
        scores = t if importance_scores is None else importance_scores
        if scores.shape != t.shape:
            raise AssertionError("importance_scores should have the same shape as tensor t")
        mask = taeda.ones_like(t) if default_mask is None else default_mask
        return t * self.compute_mask(scores, mask)

    def remove(self, module: Any) -> None:
        """Make what was taken out final: the parameter `name` again, with zeros."""
        name = self._tensor_name
        if name is None:
            raise AssertionError(f"Module {module} has to be pruned before pruning can be removed")
        weight = self.apply_mask(module)
        if hasattr(module, name):
            delattr(module, name)
        original = module._parameters.pop(name + "_orig")
        original.data = weight.detach()
        del module._buffers[name + "_mask"]
        setattr(module, name, original)


class PruningContainer(BasePruningMethod):
    """Several methods one after the other; each chooses among what those before left."""

    def __init__(self, *args: Any) -> None:
        self._pruning_methods: tuple[Any, ...] = ()
        given = list(args[0]) if len(args) == 1 and isinstance(args[0], Iterable) else list(args)
        for method in given:
            check_type("PruningContainer", "args", method, BasePruningMethod)
        if given:
            self._tensor_name = given[0]._tensor_name
        for method in given:
            self.add_pruning_method(method)

    def add_pruning_method(self, method: Any) -> None:
        """One more method, for the same tensor."""
        if not isinstance(method, BasePruningMethod) and method is not None:
            raise TypeError(f"{type(method)} is not a BasePruningMethod subclass")
        if method is not None and self._tensor_name != method._tensor_name:
            raise ValueError(
                "Can only add pruning methods acting on the parameter named "
                f"'{self._tensor_name}' to PruningContainer {self}. Found '{method._tensor_name}'"
            )
        self._pruning_methods += (method,)

    def __len__(self) -> int:
        return len(self._pruning_methods)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._pruning_methods)

    def __getitem__(self, idx: Any) -> Any:
        return self._pruning_methods[idx]

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        """The mask of the last method, which sees only what is left, within `default_mask`."""
        method = self._pruning_methods[-1]
        mask = default_mask.to(dtype=t.dtype)
        if method.PRUNING_TYPE == "unstructured":
            left: Any = mask == 1
        elif method.PRUNING_TYPE == "structured":
            rest = [d for d in range(t.dim()) if d != method.dim % t.dim()]
            kept = mask.sum(dim=rest) != 0
            left = tuple(kept if d == method.dim % t.dim() else slice(None) for d in range(t.dim()))
        elif method.PRUNING_TYPE == "global":
            left = (slice(None),) * t.dim()
        else:
            raise ValueError(f"Unrecognized PRUNING_TYPE {method.PRUNING_TYPE}")
        mask = mask.clone()
        mask[left] = method.compute_mask(t[left], mask[left]).to(mask.dtype)
        return mask


class Identity(BasePruningMethod):
    """Takes nothing out."""

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        return default_mask


class RandomUnstructured(BasePruningMethod):
    """Takes out elements at random: a number of them, or a part of all."""

    PRUNING_TYPE = "unstructured"

    def __init__(self, amount: Any) -> None:
        _check_amount(amount)
        self.amount = amount

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        return _without_least(default_mask, taeda.rand_like(t), _count(self.amount, t.nelement()))


def _without_least(mask: Any, scores: Any, count: int) -> Any:
    """`mask` with zeros where the `count` least scores are."""
    mask = mask.clone()
    if count:
        places = taeda.topk(scores.reshape(-1), count, largest=False).indices
        mask.view(-1)[places] = 0
    return mask


class L1Unstructured(BasePruningMethod):
    """Takes out the elements of least magnitude: a number of them, or a part of all."""

    PRUNING_TYPE = "unstructured"

    def __init__(self, amount: Any) -> None:
        _check_amount(amount)
        self.amount = amount

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        return _without_least(default_mask.contiguous(), t.abs(), _count(self.amount, t.nelement()))


class RandomStructured(BasePruningMethod):
    """Takes out slices along `dim` at random."""

    PRUNING_TYPE = "structured"

    def __init__(self, amount: Any, dim: int = -1) -> None:
        _check_amount(amount)
        self.amount, self.dim = amount, dim

    def _importance(self, t: Any) -> Any:
        return taeda.rand(t.shape[self.dim])

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        _check_dim(t, self.dim)
        count = _count(self.amount, t.shape[self.dim])
        if count == 0:
            return default_mask
        least = taeda.topk(self._importance(t), count, largest=False).indices
        mask = default_mask.clone()
        mask.transpose(0, self.dim)[least] = 0
        return mask


class LnStructured(RandomStructured):
    """Takes out the slices along `dim` of least n-norm."""

    def __init__(self, amount: Any, n: Any, dim: int = -1) -> None:
        super().__init__(amount, dim)
        self.n = n

    def _importance(self, t: Any) -> Any:
        rest = tuple(d for d in range(t.dim()) if d != self.dim % t.dim())
        return taeda.norm(t, p=self.n, dim=rest)


class CustomFromMask(BasePruningMethod):
    """Takes out what a mask says."""

    PRUNING_TYPE = "global"

    def __init__(self, mask: Any) -> None:
        self.mask = mask

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        if default_mask.shape != self.mask.shape:
            raise AssertionError(f"the mask has shape {tuple(self.mask.shape)}, the tensor {tuple(t.shape)}")
        return default_mask * self.mask.to(dtype=default_mask.dtype)


# -- on modules --------------------------------------------------------------------------------------------------------


def _hook(module: Any, name: str) -> tuple[int, Any] | None:
    return find(module, BasePruningMethod, lambda hook: hook._tensor_name == name)


def identity(module: Any, name: str) -> Any:
    """Prune nothing, but with mask and hook. Gives the module, as all of these do."""
    Identity.apply(module, name)
    return module


def random_unstructured(module: Any, name: str, amount: Any) -> Any:
    """Take out elements of the parameter `name` at random: a number (int) or a part (float)."""
    RandomUnstructured.apply(module, name, amount)
    return module


def l1_unstructured(module: Any, name: str, amount: Any, importance_scores: Any = None) -> Any:
    """Take out the elements of least magnitude: a number (int) or a part (float)."""
    L1Unstructured.apply(module, name, amount=amount, importance_scores=importance_scores)
    return module


def random_structured(module: Any, name: str, amount: Any, dim: int) -> Any:
    """Take out slices along `dim` at random."""
    RandomStructured.apply(module, name, amount, dim)
    return module


def ln_structured(module: Any, name: str, amount: Any, n: Any, dim: int, importance_scores: Any = None) -> Any:
    """Take out the slices along `dim` of least n-norm."""
    LnStructured.apply(module, name, amount, n, dim, importance_scores=importance_scores)
    return module


def custom_from_mask(module: Any, name: str, mask: Any) -> Any:
    """Take out where the mask is 0."""
    CustomFromMask.apply(module, name, mask)
    return module


def global_unstructured(parameters: Any, pruning_method: Any, importance_scores: Any = None, **kwargs: Any) -> None:
    """Prune several parameters, pairs (module, name), by an unstructured method that chooses among all their elements.

    importance_scores: a dict by those pairs of what the choice is made by instead of the values.
    """
    if not isinstance(parameters, Iterable):
        raise TypeError("global_unstructured(): parameters is not an Iterable")
    pairs = list(parameters)
    if importance_scores is not None and not isinstance(importance_scores, dict):
        raise TypeError("global_unstructured(): importance_scores must be of type dict")
    scores = importance_scores or {}
    parts = [scores.get((m, name), getattr(m, name)) for m, name in pairs]
    masks = [getattr(m, name + "_mask") if hasattr(m, name + "_mask") else taeda.ones_like(getattr(m, name))
             for m, name in pairs]
    container = PruningContainer()
    container._tensor_name = "temp"
    method = pruning_method(**kwargs)
    method._tensor_name = "temp"
    if method.PRUNING_TYPE != "unstructured":
        raise TypeError(
            'Only "unstructured" PRUNING_TYPE supported for the `pruning_method`. Found method '
            f"{pruning_method} of type {method.PRUNING_TYPE}"
        )
    container.add_pruning_method(method)
    whole = container.compute_mask(taeda.cat([p.detach().reshape(-1) for p in parts]),
                                   taeda.cat([mask.reshape(-1) for mask in masks]))
    start = 0
    for module, name in pairs:
        parameter = getattr(module, name)
        end = start + parameter.numel()
        custom_from_mask(module, name, whole[start:end].view_as(parameter))
        start = end


def remove(module: Any, name: str) -> Any:
    """Make the pruning of the parameter `name` final: it is a parameter again, with zeros where it was pruned."""
    found = _hook(module, name)
    if found is None:
        raise ValueError(f"Parameter '{name}' of module {module} has to be pruned before pruning can be removed")
    found[1].remove(module)
    del module._forward_pre_hooks[found[0]]
    return module


def is_pruned(module: Any) -> bool:
    """Whether a parameter of the module, or of one in it, is pruned."""
    return any(
        isinstance(hook, BasePruningMethod) for part in module.modules() for hook in part._forward_pre_hooks.values()
    )
