"""Modules that run on several devices at once. On a machine with one device they run the module they hold."""

import contextlib
from collections.abc import Iterator
from typing import Any

import taeda
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
    to average: it calls `module` as it is.

    Options that say how gradients are averaged (`find_unused_parameters`, `gradient_as_bucket_view`, `static_graph`,
    ..) are accepted. ValueError where no group was started or `device_ids` are given for a module on the CPU,
    RuntimeError where no parameter requires a gradient.
    """

    def __init__(self, module: Any, device_ids: Any = None, output_device: Any = None, dim: int = 0,
                 broadcast_buffers: bool | None = None, init_sync: bool = True, process_group: Any = None,
                 bucket_cap_mb: float | None = None, find_unused_parameters: bool = False,
                 check_reduction: bool = False, gradient_as_bucket_view: bool = False, static_graph: bool = False,
                 delay_all_reduce_named_params: Any = None, param_to_hook_all_reduce: Any = None,
                 mixed_precision: Any = None, device_mesh: Any = None, skip_all_reduce_unused_params: bool = False,
                 bucket_cap_mb_list: list[int] | None = None, batched_grad_copy: bool = False,
                 forward_sync_buffers: bool | None = None) -> None:
        from taeda import distributed

        super().__init__()
        distributed.get_world_size(process_group)  # raises where no group was started
        if mixed_precision is not None or device_mesh is not None:
            raise NotImplementedError("DistributedDataParallel with mixed_precision or device_mesh: distributed "
                                      "training is missing; use taeda.autocast, and no mesh for one process")
        if not any(p.requires_grad for p in module.parameters()):
            raise RuntimeError("DistributedDataParallel is not needed when a module doesn't have any parameter that "
                               "requires a gradient.")
        devices = {p.device for p in module.parameters()}
        if devices == {taeda.device("cpu")} and (device_ids or output_device is not None):
            raise ValueError("DistributedDataParallel device_ids and output_device arguments only work with "
                             "single-device/multiple-device GPU modules or CPU modules, but got device_ids "
                             f"{device_ids}, output_device {output_device}, and module parameters {devices}.")
        self.module = module
        self.process_group = process_group or distributed.group.WORLD
        self.device_ids = device_ids or None
        self.output_device = output_device
        self.dim = dim
        self.device = next(iter(devices))
        self.broadcast_buffers, self.find_unused_parameters = broadcast_buffers is not False, find_unused_parameters
        self.gradient_as_bucket_view, self.static_graph = gradient_as_bucket_view, static_graph
        self.require_backward_grad_sync = self.require_forward_param_sync = True

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        return self.module(*inputs, **kwargs)

    @contextlib.contextmanager
    def no_sync(self) -> Iterator[None]:
        """Gradients in this block are not averaged."""
        before = self.require_backward_grad_sync
        self.require_backward_grad_sync = False
        try:
            yield
        finally:
            self.require_backward_grad_sync = before

    @contextlib.contextmanager
    def join(self, divide_by_initial_world_size: bool = True, enable: bool = True,
             throw_on_early_termination: bool = False) -> Iterator[None]:
        """Processes with fewer batches wait in this block for the others; one has nobody to wait for."""
        yield

    def register_comm_hook(self, state: Any, hook: Any) -> None:
        """Another way to average gradients, which is missing."""
        raise NotImplementedError("DistributedDataParallel.register_comm_hook: distributed training is missing; a "
                                  "group of one process averages nothing")


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
