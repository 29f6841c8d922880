"""What libraries ask of transformed tensors (`torch._C._functorch`), answered from the levels of `taeda.func`."""

from __future__ import annotations

from typing import Any

from taeda import Tensor
from taeda.func.levels import layers
from taeda.func.lifted import Batched, Lifted

__all__ = [
    "_add_batch_dim", "_remove_batch_dim", "current_level", "get_unwrapped", "is_batchedtensor",
    "is_functorch_wrapped_tensor", "is_gradtrackingtensor", "maybe_current_level", "maybe_get_bdim", "maybe_get_level",
]  # fmt: skip


def is_batchedtensor(tensor: Any) -> bool:
    """Whether this is one example of a batch, in a function under vmap."""
    return isinstance(tensor, Batched)


def is_functorch_wrapped_tensor(tensor: Any) -> bool:
    """Whether this stands for other tensors, in a function under vmap or jvp."""
    return isinstance(tensor, Lifted)


def is_gradtrackingtensor(tensor: Any) -> bool:
    """Whether this stands for a tensor and what derivatives need: tangents do, gradients are recorded on the tape."""
    return isinstance(tensor, Lifted) and not isinstance(tensor, Batched)


def get_unwrapped(tensor: Any) -> Any:
    """The tensor that a lifted one stands for. Raises RuntimeError for another."""
    if not isinstance(tensor, Lifted):
        raise RuntimeError("No wrappers present!")
    return tensor.parts()[0]


def maybe_get_bdim(tensor: Any) -> int:
    """The dimension of the whole batch that counts the examples: the first; -1 for what is no example."""
    return 0 if isinstance(tensor, Batched) else -1


def maybe_get_level(tensor: Any) -> int:
    """The level of the transform that made this tensor, or -1."""
    return tensor.level if isinstance(tensor, Lifted) else -1


def maybe_current_level() -> int | None:
    """How many transforms are running, or None."""
    return len(layers()) or None


def current_level() -> int:
    """How many transforms are running. Raises RuntimeError if there is none."""
    if not layers():
        raise RuntimeError("no transform of a function is running")
    return len(layers())


def _add_batch_dim(tensor: Tensor, dim: int, level: int) -> Any:
    """One example of `tensor`, whose dimension `dim` counts the examples, at a level of vmap that is running."""
    return Batched.of(tensor.movedim(dim, 0), level)


def _remove_batch_dim(tensor: Any, level: int, batch_size: int, out_dim: int) -> Any:
    """The whole batch of which `tensor` is an example at `level`, with the examples as dimension `out_dim`."""
    if isinstance(tensor, Batched) and tensor.level == level:
        return tensor.value.movedim(0, out_dim)
    return tensor.unsqueeze(0).expand(batch_size, *tensor.shape).movedim(0, out_dim)
