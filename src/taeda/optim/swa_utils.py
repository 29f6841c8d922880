"""Averages of a model's parameters over training, and the schedule that goes with them (Izmailov et al. 2018)."""

import math
from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any, Literal

import taeda
from taeda import Tensor as Tensor
from taeda.nn.module import Module
from taeda.optim.lr_scheduler import LRScheduler

__all__ = [
    "SWALR", "AveragedModel", "get_ema_avg_fn", "get_ema_multi_avg_fn", "get_swa_avg_fn", "get_swa_multi_avg_fn",
    "update_bn",
]  # fmt: skip


def get_ema_multi_avg_fn(decay: float = 0.999) -> Callable[[Any, Any, Any], None]:
    """A function that updates exponential moving averages of lists of tensors."""
    _check_decay(decay)

    @taeda.no_grad()
    def update(averages: Any, current: Any, _: Any) -> None:
        for average, value in zip(averages, current, strict=True):
            if average.is_floating_point() or average.is_complex():
                average.lerp_(value, 1 - decay)
            else:
                average.copy_(average * decay + value * (1 - decay))

    return update


def get_swa_multi_avg_fn() -> Callable[[Any, Any, Any], None]:
    """A function that updates the plain averages of lists of tensors."""

    @taeda.no_grad()
    def update(averages: Any, current: Any, num_averaged: Any) -> None:
        count = int(num_averaged) + 1
        for average, value in zip(averages, current, strict=True):
            average.add_((value - average) / count)

    return update


def get_ema_avg_fn(decay: float = 0.999) -> Callable[[Any, Any, Any], Any]:
    """A function that gives the next exponential moving average of a tensor."""
    _check_decay(decay)
    return taeda.no_grad()(lambda average, current, _: decay * average + (1 - decay) * current)


def get_swa_avg_fn() -> Callable[[Any, Any, Any], Any]:
    """A function that gives the next plain average of a tensor."""
    return taeda.no_grad()(lambda average, current, count: average + (current - average) / (count + 1))


def _check_decay(decay: float) -> None:
    if not 0.0 <= decay <= 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")


class AveragedModel(Module):
    """A copy of `model` whose parameters are averages: call `update_parameters(model)` after steps of training.

    `avg_fn` or `multi_avg_fn` say how (default: all counted alike); `use_buffers` averages buffers too, else the newest
    are taken.
    """

    n_averaged: Any

    def __init__(
        self, model: Module, device: Any = None, avg_fn: Callable[..., Any] | None = None,
        multi_avg_fn: Callable[..., Any] | None = None, use_buffers: bool = False,
    ) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = deepcopy(model)
        if device is not None:
            self.module = self.module.to(device)
        self.register_buffer("n_averaged", taeda.tensor(0, dtype=taeda.long, device=device))
        self.avg_fn = avg_fn
        self.multi_avg_fn = multi_avg_fn
        self.use_buffers = use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.module(*args, **kwargs)

    def _tensors(self, model: Module) -> list[Any]:
        return [*model.parameters(), *(model.buffers() if self.use_buffers else ())]

    @taeda.no_grad()
    def update_parameters(self, model: Module) -> None:
        """Take the parameters of `model` into the average."""
        own = [t.detach() for t in self._tensors(self.module)]
        new = [t.detach().to(o.device) for o, t in zip(own, self._tensors(model), strict=True)]
        if self.n_averaged == 0:
            for o, t in zip(own, new, strict=True):
                o.copy_(t)
        elif self.avg_fn is None:
            (self.multi_avg_fn or get_swa_multi_avg_fn())(own, new, self.n_averaged)
        else:
            for o, t in zip(own, new, strict=True):
                o.copy_(self.avg_fn(o, t, self.n_averaged))
        if not self.use_buffers:
            for o, t in zip(self.module.buffers(), model.buffers(), strict=True):
                o.detach().copy_(t.detach())
        self.n_averaged += 1


@taeda.no_grad()
def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Compute the running statistics of the model's batch normalisations anew, over the data of `loader`."""
    momenta = {}
    for module in model.modules():
        if isinstance(module, taeda.nn.batchnorm._BatchNorm):
            module.reset_running_stats()
            momenta[module] = module.momentum
    if not momenta:
        return
    was_training = model.training
    model.train()
    for module in momenta:
        module.momentum = None  # a plain average over all batches
    for batch in loader:
        x = batch[0] if isinstance(batch, (list, tuple)) else batch
        model(x if device is None else x.to(device))
    for module, momentum in momenta.items():
        module.momentum = momentum
    model.train(was_training)


class SWALR(LRScheduler):
    """Anneals the learning rate of each group to `swa_lr` within `anneal_epochs`, then keeps it."""

    def __init__(
        self, optimizer: Any, swa_lr: Any, anneal_epochs: int = 10, anneal_strategy: Literal["cos", "linear"] = "cos",
        last_epoch: int = -1,
    ) -> None:
        groups = optimizer.param_groups
        rates = list(swa_lr) if isinstance(swa_lr, (list, tuple)) else [swa_lr] * len(groups)
        if len(rates) != len(groups):
            raise ValueError(f"swa_lr must have the same length as optimizer.param_groups: swa_lr has {len(rates)}, "
                             f"optimizer.param_groups has {len(groups)}")
        for rate, group in zip(rates, groups, strict=True):
            group["swa_lr"] = rate
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must by one of 'cos' or 'linear', instead got {anneal_strategy}")
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        self._anneal_strategy = anneal_strategy
        self.anneal_epochs = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def _annealed(self, t: float) -> float:
        return t if self._anneal_strategy == "linear" else (1 - math.cos(math.pi * t)) / 2

    def get_lr(self) -> list[float]:
        """The rates of the groups for the present epoch, from those they have."""
        step = self._step_count - 1
        groups = self.optimizer.param_groups
        if self.anneal_epochs == 0:
            step = max(1, step)
        before = self._annealed(max(0, min(1, (step - 1) / max(1, self.anneal_epochs))))
        now = self._annealed(max(0, min(1, step / max(1, self.anneal_epochs))))

        def first(group: dict[str, Any]) -> float:  # the rate at the start, seen from the one before
            return group["lr"] if before == 1 else (group["lr"] - before * group["swa_lr"]) / (1 - before)

        return [group["swa_lr"] * now + first(group) * (1 - now) for group in groups]
