"""Optimizers of `torch.distributed.optim`, for a group of one process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from taeda.optim import Optimizer

__all__ = ["ZeroRedundancyOptimizer"]


class ZeroRedundancyOptimizer(Optimizer):
    """An optimizer whose state is spread over the processes of a group: in a group of one, all of it is here."""

    def __init__(
        self, params: Any, optimizer_class: type[Optimizer], process_group: Any = None,
        parameters_as_bucket_view: bool = False, overlap_with_ddp: bool = False, **defaults: Any,
    ) -> None:
        if overlap_with_ddp:
            raise NotImplementedError("overlap_with_ddp: there are no groups of several processes yet")
        self.optim = optimizer_class(params, **defaults)
        super().__init__(self.optim.param_groups, defaults)
        self.param_groups, self.state = self.optim.param_groups, self.optim.state

    def step(self, closure: Callable[[], Any] | None = None, **kwargs: Any) -> Any:
        """A step of the optimizer that this one is made of."""
        return self.optim.step(closure, **kwargs)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """More parameters."""
        if all(param_group is not group for group in self.optim.param_groups):
            self.optim.add_param_group(param_group)
        self.param_groups = self.optim.param_groups

    def consolidate_state_dict(self, to: int = 0) -> None:
        """Bring the state to one process: it is there."""

    def state_dict(self) -> dict[str, Any]:
        """The state of the optimizer that this one is made of."""
        return self.optim.state_dict()

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take a state up."""
        self.optim.load_state_dict(state_dict)
        self.param_groups, self.state = self.optim.param_groups, self.optim.state
