"""Small helpers of `torch.utils`: exchanging tensors, names of modules, calls per second."""

from __future__ import annotations

import itertools
import time
import traceback
from typing import Any, NamedTuple

import taeda

__all__ = ["ExecutionStats", "ThroughputBenchmark", "get_cpp_backtrace", "set_module", "swap_tensors"]


def swap_tensors(t1: Any, t2: Any) -> None:
    """Let two leaf tensors be each other: memory, class, attributes and gradients. Who holds one sees the other then.

    Example::

        >>> import taeda as torch
        >>> a, b = torch.zeros(2), torch.ones(3)
        >>> torch.utils.swap_tensors(a, b)
        >>> a, b
        (tensor([1., 1., 1.]), tensor([0., 0.]))
    """
    for t in (t1, t2):
        if not isinstance(t, taeda.Tensor):
            raise TypeError(f"swap_tensors expects tensors, got {type(t).__name__}")
        if not t.is_leaf:
            raise RuntimeError("swap_tensors: a tensor that an op made cannot be exchanged; its graph holds it")
    if type(t1) is not type(t2):
        t1.__class__, t2.__class__ = type(t2), type(t1)
    t1.__dict__, t2.__dict__ = t2.__dict__, t1.__dict__
    first, second = (t.grad for t in (t1, t2))
    flags = t1.requires_grad, t2.requires_grad
    t1.grad = t2.grad = None
    t1.requires_grad_(False), t2.requires_grad_(False)
    held = t1.detach()
    t1.data, t2.data = t2.detach(), held
    t1.requires_grad_(flags[1]), t2.requires_grad_(flags[0])
    t1.grad, t2.grad = second, first


def set_module(obj: Any, mod: str) -> None:
    """Say which module a class or function belongs to."""
    if not isinstance(mod, str):
        raise TypeError("The mod argument should be a string")
    obj.__module__ = mod


def get_cpp_backtrace(frames_to_skip: int = 0, maximum_number_of_frames: int = 64) -> str:
    """The calls that lead here, innermost first: those of Python, since the core keeps no names."""
    frames = traceback.extract_stack()[:-1][::-1][frames_to_skip:][:maximum_number_of_frames]
    return "".join(f"frame #{k}: {f.name} ({f.filename}:{f.lineno})\n" for k, f in enumerate(frames))


class ExecutionStats(NamedTuple):
    """What `ThroughputBenchmark.benchmark` measured."""

    latency_avg_ms: float
    num_iters: int
    iters_per_second: float


class ThroughputBenchmark:
    """Calls a module with inputs that were added, in turns, and says how long a call takes.

    Example::

        >>> import taeda as torch
        >>> bench = torch.utils.ThroughputBenchmark(torch.nn.Linear(2, 2))
        >>> bench.add_input(torch.ones(1, 2))
        >>> bench.benchmark(num_warmup_iters=1, num_iters=3).num_iters
        3
    """

    def __init__(self, module: Any) -> None:
        self._module = module
        self._inputs: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def run_once(self, *args: Any, **kwargs: Any) -> Any:
        """One call."""
        return self._module(*args, **kwargs)

    def add_input(self, *args: Any, **kwargs: Any) -> None:
        """Further arguments."""
        self._inputs.append((args, kwargs))

    def benchmark(self, num_calling_threads: int = 1, num_warmup_iters: int = 10, num_iters: int = 100,
                  profiler_output_path: str = "") -> ExecutionStats:
        """Call `num_iters` times after `num_warmup_iters`; NotImplementedError for several calling threads."""
        if num_calling_threads != 1:
            raise NotImplementedError("ThroughputBenchmark with several calling threads: the threads of one call are "
                                      "busy already; use num_calling_threads=1")
        if not self._inputs:
            raise RuntimeError("ThroughputBenchmark: add_input() first")
        for args, kwargs in itertools.islice(itertools.cycle(self._inputs), num_warmup_iters):
            self.run_once(*args, **kwargs)
        start = time.perf_counter()
        for args, kwargs in itertools.islice(itertools.cycle(self._inputs), num_iters):
            self.run_once(*args, **kwargs)
        took = time.perf_counter() - start
        return ExecutionStats(took * 1000 / num_iters, num_iters, num_iters / took)
