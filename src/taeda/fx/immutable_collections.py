"""Lists and dicts as arguments of nodes: they refuse to change, because a graph counts the users of its values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["immutable_dict", "immutable_list"]

_HELP = (
    "If you are attempting to modify the kwargs or args of a torch.fx.Node object,\ninstead create a new copy of it "
    "and assign the copy to the node:\n    new_args = ... # copy and mutate args\n    node.args = new_args\n"
)


def _refusing(name: str) -> Callable[..., Any]:
    def refuse(self: Any, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"'{type(self).__name__}' object does not support mutation. {_HELP}")

    refuse.__name__ = name
    return refuse


class immutable_list(list[Any]):  # noqa: N801, PyTorch's name
    """A list that cannot be changed."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self))

    def __reduce__(self) -> Any:
        return immutable_list, (tuple(self),)


class immutable_dict(dict[Any, Any]):  # noqa: N801, PyTorch's name
    """A dict that cannot be changed."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> Any:
        return immutable_dict, (tuple(self.items()),)


for _kind, _names in (
    (immutable_list, "__delitem__ __iadd__ __imul__ __setitem__ append clear extend insert pop remove reverse sort"),
    (immutable_dict, "__delitem__ __ior__ __setitem__ clear pop popitem setdefault update"),
):
    for _name in _names.split():
        setattr(_kind, _name, _refusing(_name))
