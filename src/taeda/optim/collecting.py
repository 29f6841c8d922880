"""What the step of every optimizer does before its update rule: gather the tensors of a group."""

from collections.abc import Callable, Iterator
from typing import Any

import taeda

State = dict[str, Any]


def new_step_count() -> Any:
    """The step count of a parameter: a float32 tensor without dimensions, so that state dicts look like PyTorch's."""
    return taeda.zeros((), dtype=taeda.float32)


def zeros_like(parameter: Any) -> Any:
    """A state tensor of zeros in the parameter's layout."""
    return taeda.zeros_like(parameter)


def with_gradients(
    optimizer: Any, group: dict[str, Any], initialise: Callable[[Any, State], None]
) -> tuple[list[Any], list[Any], list[State]]:
    """Parameters of the group that have a gradient, the gradients, and the states (made by `initialise` at first)."""
    params, grads, states = [], [], []
    all_states = optimizer.state
    for parameter in group["params"]:
        grad = parameter.grad
        if grad is None:
            continue
        if getattr(grad, "is_sparse", False):
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
    places: dict[float, list[int]] = {}
    for place, state in enumerate(states):
        step = state["step"]
        step.add_(1)
        places.setdefault(step.item(), []).append(place)
    yield from places.items()


def take(values: list[Any], places: list[int]) -> list[Any]:
    """The values at `places`; the list itself if that is all of them."""
    return values if len(places) == len(values) else [values[place] for place in places]


def tensors(states: list[State], name: str, places: list[int]) -> list[Any]:
    """The state tensors called `name` at `places`."""
    return [states[place][name] for place in places]


def upgrade_numbers(optimizer: Any, names: tuple[str, ...]) -> None:
    """The entries `names` of states, which old files hold as numbers, become tensors."""
    for state in optimizer.state.values():
        for name in names if isinstance(state, dict) else ():
            if name in state and not isinstance(state[name], taeda.Tensor):
                state[name] = taeda.tensor(float(state[name]), dtype=taeda.float32)
