"""Modules that run on several devices at once. On a machine with one device they run the module they hold."""

from typing import Any

from taeda._module_tree import open_package
from taeda.nn.module import Module
from taeda.nn.parallel.scatter_gather import gather, parallel_apply, replicate, scatter

__all__ = [
    "DataParallel", "DistributedDataParallel", "DistributedDataParallelCPU", "data_parallel", "gather",
    "parallel_apply", "replicate", "scatter",
]  # fmt: skip


class DataParallel(Module):
    """Splits the batch over the CUDA devices; where there are none, as here, it calls `module` as it is.

    Parameters are found under `module.`, as in PyTorch, so state dicts fit.
    """

    def __init__(self, module: Any, device_ids: Any = None, output_device: Any = None, dim: int = 0) -> None:
        super().__init__()
        self.module = module
        self.device_ids: list[Any] = []
        self.dim = dim

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        return self.module(*inputs, **kwargs)


class DistributedDataParallel(Module):
    """Averages gradients over the processes of a group. A group of one process, the only kind there is yet, has nothing
    to average: it calls `module` as it is."""

    def __init__(self, module: Any, device_ids: Any = None, output_device: Any = None, dim: int = 0,
                 process_group: Any = None, **options: Any) -> None:
        from taeda import distributed

        super().__init__()
        distributed.get_world_size(process_group)  # raises where no group was started
        self.module = module
        self.process_group = process_group
        self.device_ids = device_ids
        self.dim = dim

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        return self.module(*inputs, **kwargs)

    def no_sync(self) -> Any:
        """Gradients in this block are not averaged."""
        import contextlib

        return contextlib.nullcontext()


class DistributedDataParallelCPU(DistributedDataParallel):
    """Old name of DistributedDataParallel."""


def data_parallel(
    module: Any, inputs: Any, device_ids: Any = None, output_device: Any = None, dim: int = 0,
    module_kwargs: dict[str, Any] | None = None,
) -> Any:
    """`module` of `inputs`, split over the devices."""
    inputs = inputs if isinstance(inputs, tuple) else (inputs,)
    return module(*inputs, **(module_kwargs or {}))

open_package(globals())
