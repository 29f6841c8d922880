"""`torch.distributed.fsdp`: modules whose parameters are spread over processes.

Groups of Taeda have one process, so nothing is spread: programs find the names, ask whether a module is spread (none
is) and write settings down; making one raises NotImplementedError.
"""

from __future__ import annotations

from typing import Any, NoReturn

from taeda import nn
from taeda._module_tree import open_package
from taeda.amp import GradScaler
from taeda.distributed.fsdp import wrap
from taeda.distributed.fsdp.settings import (
    BackwardPrefetch,
    CPUOffload,
    CPUOffloadPolicy,
    FullOptimStateDictConfig,
    FullStateDictConfig,
    LocalOptimStateDictConfig,
    LocalStateDictConfig,
    MixedPrecision,
    MixedPrecisionPolicy,
    OffloadPolicy,
    OptimStateDictConfig,
    OptimStateKeyType,
    ShardedOptimStateDictConfig,
    ShardedStateDictConfig,
    ShardingStrategy,
    StateDictConfig,
    StateDictSettings,
    StateDictType,
)

__all__ = [
    "BackwardPrefetch", "CPUOffload", "CPUOffloadPolicy", "FSDPModule", "FullOptimStateDictConfig",
    "FullStateDictConfig", "FullyShardedDataParallel", "LocalOptimStateDictConfig", "LocalStateDictConfig",
    "MixedPrecision", "MixedPrecisionPolicy", "OffloadPolicy", "OptimStateDictConfig", "OptimStateKeyType",
    "ShardedGradScaler", "ShardedOptimStateDictConfig", "ShardedStateDictConfig", "ShardingStrategy",
    "StateDictConfig", "StateDictSettings", "StateDictType", "UnshardHandle", "fully_shard",
    "register_fsdp_forward_method", "wrap",
]  # fmt: skip


def _refuse(what: str) -> NoReturn:
    raise NotImplementedError(f"{what}: parameters cannot be spread over processes yet; a module is trained by one "
                              "process as it is, or by torch.nn.parallel.DistributedDataParallel")


class FullyShardedDataParallel(nn.Module):
    """A module with its parameters spread over processes. Raises NotImplementedError: that is not there yet."""

    def __init__(self, module: nn.Module, *args: Any, **kwargs: Any) -> None:
        _refuse("FullyShardedDataParallel")

    @staticmethod
    def fsdp_modules(module: nn.Module, root_only: bool = False) -> list[Any]:
        """The modules inside that are spread: none."""
        return [m for m in module.modules() if isinstance(m, FullyShardedDataParallel)]


class FSDPModule:
    """A module that `fully_shard` has spread: none is."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        _refuse("FSDPModule")


class UnshardHandle:
    """What waits for parameters to be gathered."""

    def wait(self) -> None:
        """Wait: there is nothing to wait for."""


class ShardedGradScaler(GradScaler):
    """A GradScaler of a group of processes: with one process it is the GradScaler."""

    def __init__(self, device: str = "cuda", init_scale: float = 2.0**16, backoff_factor: float = 0.5,
                 growth_factor: float = 2.0, growth_interval: int = 2000, enabled: bool = True,
                 process_group: Any = None) -> None:
        super().__init__(device, init_scale, growth_factor, backoff_factor, growth_interval, enabled)


def fully_shard(module: Any, **kwargs: Any) -> Any:
    """Spread the parameters of `module` over processes. Raises NotImplementedError: that is not there yet."""
    _refuse("fully_shard")


def register_fsdp_forward_method(module: nn.Module, method_name: str) -> None:
    """Gather parameters for a method as for `forward`; for a module that is not spread, nothing."""


class _FSDPState:
    """What is known of a module that `fully_shard` has spread."""


open_package(globals())
