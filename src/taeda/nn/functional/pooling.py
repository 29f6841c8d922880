"""Pooling: the ops of `taeda.ops.pooling`."""

from typing import Any

from taeda.nn.functional._legacy import legacy, op

avg_pool1d, avg_pool2d, avg_pool3d = op("avg_pool1d"), op("avg_pool2d"), op("avg_pool3d")
lp_pool1d, lp_pool2d, lp_pool3d = op("lp_pool1d"), op("lp_pool2d"), op("lp_pool3d")
max_unpool1d, max_unpool2d, max_unpool3d = op("max_unpool1d"), op("max_unpool2d"), op("max_unpool3d")


def _places(definition: Any, given: dict[str, Any]) -> Any:
    """`return_indices` asks for the op that gives the places of the maxima too."""
    if given.pop("return_indices", False):
        definition = op(definition.__name__.removesuffix("_with_indices") + "_with_indices")
    if given.get("stride", ()) == []:
        given["stride"] = None
    return definition(**given)


def _sizes(definition: Any, given: dict[str, Any]) -> Any:
    """One size for each of the last dimensions; None keeps the input's."""
    size: Any = given.get("output_size")
    input: Any = given.get("input")
    if isinstance(size, (tuple, list)) and hasattr(input, "dim"):
        rank = int(definition.__name__[len("adaptive_max_pool")])
        if rank > 1 and input.dim() <= len(size):
            raise ValueError(f"Input dimension should be at least {len(size) + 1}")
        given["output_size"] = [input.size(axis - len(size)) if n is None else n for axis, n in enumerate(size)]
    return definition(**given)


def _adaptive_max(definition: Any, given: dict[str, Any]) -> Any:
    places = given.pop("return_indices", False)
    values, indices = _sizes(definition, given)
    return (values, indices) if places else values


def _adaptive_max_with_indices(definition: Any, given: dict[str, Any]) -> Any:
    given.pop("return_indices", None)
    return _sizes(definition, given)


_WINDOWS = "input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False"
_ADAPTIVE = "input, output_size, return_indices=False"

max_pool1d, max_pool2d, max_pool3d = (legacy(f"max_pool{rank}d", _WINDOWS, _places) for rank in (1, 2, 3))
max_pool1d_with_indices, max_pool2d_with_indices, max_pool3d_with_indices = (
    legacy(f"max_pool{rank}d_with_indices", _WINDOWS, _places) for rank in (1, 2, 3)
)
adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d = (
    legacy(f"adaptive_avg_pool{rank}d", "input, output_size", _sizes) for rank in (1, 2, 3)
)
adaptive_max_pool1d, adaptive_max_pool2d, adaptive_max_pool3d = (
    legacy(f"adaptive_max_pool{rank}d", _ADAPTIVE, _adaptive_max, of=f"adaptive_max_pool{rank}d_with_indices")
    for rank in (1, 2, 3)
)
adaptive_max_pool1d_with_indices, adaptive_max_pool2d_with_indices, adaptive_max_pool3d_with_indices = (
    legacy(f"adaptive_max_pool{rank}d_with_indices", _ADAPTIVE, _adaptive_max_with_indices) for rank in (1, 2, 3)
)
