"""What the step of every optimizer does before its update rule: gather the tensors of a group, count the step."""

import struct
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import taeda
from taeda.optim import fused

State = dict[str, Any]


# The numbers in step counts and the like, by the tensor's identity: its version when it had the number, and the number.
# What nobody else wrote to since need not be read, which would wait for whatever is still to be computed.
_known: dict[int, list[Any]] = {}  # a weak reference to the tensor, the version, the number


def _entry(tensor: Any) -> list[Any]:
    """What is known of a state tensor of one element, read where somebody else wrote to it since."""
    entry = _known.get(id(tensor))
    if entry is None or entry[0]() is not tensor:
        identity = id(tensor)
        entry = _known[identity] = [weakref.ref(tensor, lambda _: _known.pop(identity, None)), -1, 0.0]
    if entry[1] != tensor._version:
        entry[1], entry[2] = tensor._version, tensor.item()
    return entry


def known_number(tensor: Any) -> float:
    """The number in a state tensor of one element."""
    return _entry(tensor)[2]


def remember_number(tensor: Any, number: float) -> None:
    """Say what number a state tensor has now."""
    identity = id(tensor)
    _known[identity] = [weakref.ref(tensor, lambda _: _known.pop(identity, None)), tensor._version, number]


def new_number(value: float) -> Any:
    """A number of the state: a float32 tensor without dimensions, so that state dicts look like PyTorch's."""
    tensor = taeda.full((), value, dtype=taeda.float32)
    remember_number(tensor, value)
    return tensor


def count_step(step: Any) -> float:
    """Add one to a step count; the count."""
    count = known_number(step) + 1
    step.add_(1)
    remember_number(step, count)
    return count


def multiply_number(tensor: Any, factor: float) -> float:
    """Multiply a float32 number of the state; what it is then."""
    product = _float32(_float32(factor) * known_number(tensor))
    tensor.mul_(factor)
    remember_number(tensor, product)
    return product


def _float32(value: float) -> float:
    return struct.unpack("f", struct.pack("f", value))[0]


def new_step_count() -> Any:
    """The step count of a parameter."""
    return new_number(0.0)


def zeros_like(parameter: Any) -> Any:
    """A state tensor of zeros in the parameter's layout."""
    return taeda.zeros_like(parameter)


def full_like(parameter: Any, value: float) -> Any:
    """A state tensor of one number in the parameter's layout; of a complex parameter both parts are this number."""
    return taeda.full_like(parameter, complex(value, value) if parameter.is_complex() else value)


def with_gradients(
    optimizer: Any, group: dict[str, Any], initialise: Callable[[Any, State], None], sparse_done: bool = False
) -> tuple[list[Any], list[Any], list[State]]:
    """Parameters of the group that have a gradient, the gradients, and the states (made by `initialise` at first).

    `sparse_done`: those with sparse gradients have had their step; else they are refused.
    """
    params, grads, states = [], [], []
    all_states = optimizer.state
    for parameter in group["params"]:
        grad = parameter.grad
        if grad is None:
            continue
        if grad.is_sparse and sparse_done:
            continue
        if grad.is_sparse:
            raise RuntimeError(f"{type(optimizer).__name__} does not support sparse gradients")
        state = all_states[parameter]
        if not state:
            initialise(parameter, state)
        params.append(parameter)
        grads.append(grad)
        states.append(state)
    return params, grads, states


def count_steps(states: list[State]) -> Iterator[tuple[float, list[int]]]:
    """Count one step for all; pairs of the count and the places that have it (one pair unless some joined later)."""
    if not states:
        return
    steps = [state["step"] for state in states]
    entries = [_entry(step) for step in steps]
    fused.count_up(steps)
    places: dict[float, list[int]] = {}
    for place, (step, entry) in enumerate(zip(steps, entries, strict=True)):
        count = entry[2] = entry[2] + 1
        entry[1] = step._version
        places.setdefault(count, []).append(place)
    yield from places.items()


def take(values: list[Any], places: list[int]) -> list[Any]:
    """The values at `places`; the list itself if that is all of them."""
    return values if len(places) == len(values) else [values[place] for place in places]


def tensors(states: list[State], name: str, places: list[int]) -> list[Any]:
    """The state tensors called `name` at `places`."""
    return [state[name] for state in take(states, places)]


def upgrade_numbers(optimizer: Any, names: tuple[str, ...]) -> None:
    """The entries `names` of states, which old files hold as numbers, become tensors."""
    for state in optimizer.state.values():
        for name in names if isinstance(state, dict) else ():
            if name in state and not isinstance(state[name], taeda.Tensor):
                state[name] = taeda.tensor(float(state[name]), dtype=taeda.float32)
