"""Which results a checkpointed part keeps, and which it computes again: policies for `checkpoint(context_fn=...)`.

Forward keeps the results of the ops that the policy names, and what these saved for their own backward; recomputation
takes the results from there and does not run the ops.
"""

from __future__ import annotations

import enum
import threading
from collections.abc import Callable
from typing import Any

import taeda
from taeda.overrides import TorchFunctionMode

__all__ = [
    "SAC_IGNORED_OPS", "CheckpointPolicy", "SelectiveCheckpointContext", "create_selective_checkpoint_contexts",
]  # fmt: skip

# Ops whose results are never kept: they have none, or are new names of tensors that are there.
SAC_IGNORED_OPS = frozenset({"detach", "detach_", "requires_grad_", "size", "stride", "dim", "numel", "is_contiguous"})
# The ops here that do the work of PyTorch's inner ones, for lists that name those (torch.ops.aten.mm.default).
_WORK_OF = {
    "mm": ("mm", "matmul", "linear"), "addmm": ("addmm", "linear"), "bmm": ("bmm", "matmul"),
    "baddbmm": ("baddbmm",), "convolution": ("conv1d", "conv2d", "conv3d"),
    "_scaled_dot_product_flash_attention": ("scaled_dot_product_attention",),
    "_scaled_dot_product_efficient_attention": ("scaled_dot_product_attention",),
    "_scaled_dot_product_flash_attention_for_cpu": ("scaled_dot_product_attention",),
}  # fmt: skip


class CheckpointPolicy(enum.Enum):
    """What is to be done with the result of an op. PREFER may be overruled by a compiler, which none does here."""

    MUST_SAVE = 0
    PREFER_SAVE = 1
    MUST_RECOMPUTE = 2
    PREFER_RECOMPUTE = 3
    MUST_CPU_OFFLOAD = 4


class SelectiveCheckpointContext:
    """The first argument of a policy function: which of the two runs this is."""

    def __init__(self, *, is_recompute: bool, op_output: Any = None) -> None:
        self.is_recompute = is_recompute
        self.op_output = op_output


_SAVE = (CheckpointPolicy.MUST_SAVE, CheckpointPolicy.PREFER_SAVE, CheckpointPolicy.MUST_CPU_OFFLOAD)
_state = threading.local()


def saving() -> bool:
    """Whether an op runs now that is kept: what it saves for backward is kept as it is."""
    return getattr(_state, "saving", False)


def _name(op: Any) -> str:
    name = str(getattr(op, "__name__", op))
    return name.rpartition("::")[2].partition(".")[0]


def _policy_of_list(ops: list[Any]) -> Callable[..., CheckpointPolicy]:
    names = {word for op in ops for word in (_name(op), *_WORK_OF.get(_name(op), ()))}

    def policy(context: Any, op: Any, *args: Any, **kwargs: Any) -> CheckpointPolicy:
        return CheckpointPolicy.MUST_SAVE if _name(op) in names else CheckpointPolicy.PREFER_RECOMPUTE

    return policy


class _Selective(TorchFunctionMode):
    """Asks the policy at each op, outside other ops only."""

    def __init__(self, policy: Callable[..., Any], kept: dict[Any, list[Any]], again: bool, mutable: bool) -> None:
        self.policy, self.kept, self.again, self.mutable = policy, kept, again, mutable
        self.taken: dict[Any, int] = {}

    def __enter__(self) -> Any:
        (self.taken if self.again else self.kept).clear()
        return super().__enter__()

    def wanted(self, op: Any, args: Any, kwargs: Any) -> bool:
        answer = self.policy(SelectiveCheckpointContext(is_recompute=self.again), op, *args, **kwargs)
        if isinstance(answer, bool):
            answer = CheckpointPolicy.MUST_SAVE if answer else CheckpointPolicy.PREFER_RECOMPUTE
        if not isinstance(answer, CheckpointPolicy):
            raise TypeError(f"a policy function returns a CheckpointPolicy, not {answer!r}")
        return answer in _SAVE

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if _name(func) in SAC_IGNORED_OPS or not self.wanted(func, args, kwargs):
            return func(*args, **kwargs)
        if self.again:
            return self.take(func)
        before, _state.saving = saving(), True
        try:
            result = func(*args, **kwargs)
        finally:
            _state.saving = before
        leaves, structure = taeda.utils._pytree.tree_flatten(result)
        # What backward of the op needs is kept by its own node; these are for who uses the result.
        kept = [(x.detach(), x.requires_grad, x._version) if isinstance(x, taeda.Tensor) else x for x in leaves]
        self.kept.setdefault(func, []).append((kept, structure))
        return result

    def take(self, func: Any) -> Any:
        place = self.taken.get(func, 0)
        self.taken[func] = place + 1
        if place >= len(self.kept.get(func, ())):
            raise RuntimeError(f"{_name(func)} encountered during backward, but not found in storage: forward ran it "
                               "fewer times than recomputation does")
        kept, structure = self.kept[func][place]
        return taeda.utils._pytree.tree_unflatten([self.leaf(x) for x in kept], structure)

    def leaf(self, kept: Any) -> Any:
        if not isinstance(kept, tuple):
            return kept
        value, differentiable, version = kept
        if value._version != version and not self.mutable:
            raise RuntimeError("Tensor cached during selective activation checkpoint has been mutated")
        return value.detach().requires_grad_(differentiable)


def create_selective_checkpoint_contexts(
    policy_fn_or_list: Any, allow_cache_entry_mutation: bool = False
) -> tuple[Any, Any]:
    """The two contexts for `checkpoint(context_fn=...)` that keep the results of some ops.

    policy_fn_or_list: a list of ops whose results are kept (`torch.matmul`, `nn.functional.linear`), or a function
        (context, op, *args, **kwargs) that gives a CheckpointPolicy.
    allow_cache_entry_mutation: do not raise where a result that is kept was written to.

    Example::

        >>> import functools
        >>> import taeda as torch
        >>> from taeda.utils.checkpoint import checkpoint, create_selective_checkpoint_contexts
        >>> layer, x = torch.nn.Linear(3, 3), torch.ones(2, 3, requires_grad=True)
        >>> keep = functools.partial(create_selective_checkpoint_contexts, [torch.nn.functional.linear])
        >>> checkpoint(lambda v: layer(v).sin(), x, use_reentrant=False, context_fn=keep).sum().backward()
        >>> x.grad.shape
        torch.Size([2, 3])
    """
    if isinstance(policy_fn_or_list, list):
        for op in policy_fn_or_list:
            if not callable(op):
                raise ValueError(f"Expected op in `op_list` to be an OpOverload but got: {op} of type {type(op)}.")
        policy = _policy_of_list(policy_fn_or_list)
    elif callable(policy_fn_or_list):
        policy = policy_fn_or_list
    else:
        raise TypeError("policy_fn_or_list must be either a function or a list of ops.")
    kept: dict[Any, list[Any]] = {}
    return (_Selective(policy, kept, False, allow_cache_entry_mutation),
            _Selective(policy, kept, True, allow_cache_entry_mutation))
