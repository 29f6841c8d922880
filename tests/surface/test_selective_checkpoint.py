"""Checkpointing that keeps some results: the same gradients, and what is kept is not computed again."""

import functools

import pytest

import taeda as torch
from taeda.utils.checkpoint import CheckpointPolicy, checkpoint, create_selective_checkpoint_contexts


class _Calls(torch.overrides.TorchFunctionMode):
    def __init__(self):
        self.names = []

    def __torch_function__(self, func, types, args=(), kwargs=None):
        self.names.append(func.__name__)
        return func(*args, **(kwargs or {}))


def _run(policy):
    torch.manual_seed(0)
    first, second = torch.nn.Linear(4, 4), torch.nn.Linear(4, 4)
    x = torch.ones(3, 4, requires_grad=True)

    def part(v):
        return second(torch.nn.functional.dropout(first(v).sin(), 0.5)).cos() * v

    keep = functools.partial(create_selective_checkpoint_contexts, policy)
    with _Calls() as calls:
        y = part(x) if policy is None else checkpoint(part, x, use_reentrant=False, context_fn=keep)
        del calls.names[:]
        y.sum().backward()
    return [x.grad, first.weight.grad, second.weight.grad], calls.names


@pytest.mark.parametrize("kept", [
    [torch.nn.functional.linear], [torch.sin], [torch.cos, torch.nn.functional.linear], [torch.nn.functional.dropout],
    [], [torch.sin, torch.cos, torch.nn.functional.linear],
])  # fmt: skip
def test_lists(kept):
    expected, _ = _run(None)
    found, again = _run(kept)
    assert all(torch.equal(a, b) for a, b in zip(expected, found, strict=True))
    assert not {op.__name__ for op in kept} & set(again) and "mul" in again


def test_a_policy_function():
    seen = []

    def policy(context, op, *args, **kwargs):
        seen.append((context.is_recompute, op.__name__))
        return CheckpointPolicy.MUST_SAVE if op is torch.sin else CheckpointPolicy.PREFER_RECOMPUTE

    found, again = _run(policy)
    assert "sin" not in again and "linear" in again and (True, "sin") in seen and (False, "sin") in seen
    assert all(torch.equal(a, b) for a, b in zip(_run(None)[0], found, strict=True))


def test_what_was_kept_must_not_be_written_to():
    def part(v):
        y = v.sin()
        return y, y.cos()

    x = torch.ones(3, requires_grad=True)
    keep = functools.partial(create_selective_checkpoint_contexts, [torch.sin])
    y, z = checkpoint(part, x, use_reentrant=False, context_fn=keep)
    with torch.no_grad():
        y.zero_()
    with pytest.raises(RuntimeError, match="has been mutated"):
        z.sum().backward()
    with pytest.raises(TypeError, match="function or a list"):
        create_selective_checkpoint_contexts(3)
