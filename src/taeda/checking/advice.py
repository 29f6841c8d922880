"""What to change where a model does not fit, said for the layers whose options decide it."""

from __future__ import annotations

from typing import Any

import taeda


def advice(module: Any, path: str, op: str, arguments: tuple[Any, ...], error: BaseException) -> str:
    """One sentence, or nothing where there is nothing certain to say."""
    nn = taeda.nn
    x = arguments[0] if arguments and isinstance(arguments[0], taeda.Tensor) else None
    name = path or "the layer"
    if "no data" in str(error) or "meta tensors" in str(error):
        return ("The values of a tensor decide what happens next here, so sizes alone cannot tell whether it fits: "
                "keep numbers that are known in Python out of tensors.")
    if x is None:
        return ""
    if isinstance(module, nn.Linear):
        if x.dim() and x.shape[-1] != module.in_features:
            return _linear(module, name, x)
    elif isinstance(module, (nn.Conv1d, nn.Conv2d, nn.Conv3d)):
        return _convolution(module, name, x)
    elif isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)):
        if x.dim() > 1 and x.shape[1] != module.num_features:
            return _say(name, "num_features", module.num_features, x.shape[1])
    elif isinstance(module, nn.GroupNorm):
        if x.dim() > 1 and x.shape[1] != module.num_channels:
            return _say(name, "num_channels", module.num_channels, x.shape[1])
    elif isinstance(module, (nn.LayerNorm, nn.RMSNorm)):
        size = tuple(module.normalized_shape)
        if tuple(x.shape[x.dim() - len(size):]) != size:
            return f"{name} normalises the last dimensions {size}, but those of its input are " \
                   f"{tuple(x.shape[x.dim() - len(size):])}: give it normalized_shape={tuple(x.shape[-len(size):])}."
    elif isinstance(module, nn.Embedding) or op in ("embedding", "embedding_rows"):
        index = arguments[1] if len(arguments) > 1 else x
        if isinstance(index, taeda.Tensor) and index.dtype.is_floating_point:
            return "An embedding takes integers: say the dtype of the input, as in ((\"batch\", 128), taeda.int64) " \
                   "or `--input batchx128:int64`."
    if op in ("add", "sub", "mul", "div") and len(arguments) > 1 and isinstance(arguments[1], taeda.Tensor):
        return _broadcast(x, arguments[1])
    if op in ("matmul", "mm", "bmm") and isinstance(arguments[1], taeda.Tensor):
        a, b = tuple(x.shape), tuple(arguments[1].shape)
        if len(b) > 1 and a and b[-1] == a[-1] != b[-2]:
            return "The last dimensions are equal: did you mean to multiply by the transpose, b.mT?"
    return ""


def _say(name: str, option: str, old: int, new: int) -> str:
    return f"{name} was made for {old} channels and gets {new}: give it {option}={new}, or the layer before it {old}."


def _linear(module: Any, name: str, x: Any) -> str:
    wanted = module.in_features
    behind = 1
    for first in range(x.dim() - 1, 0, -1):
        behind *= x.shape[first]
        if behind == wanted and first < x.dim() - 1:
            return f"{name} takes {wanted} features, which are the last {x.dim() - first} dimensions of its input " \
                   f"together: put .flatten({first}) before it."
    return f"{name} takes {wanted} features and gets {x.shape[-1]}: give it in_features={x.shape[-1]}, or the layer " \
           f"before it {wanted} outputs."


def _convolution(module: Any, name: str, x: Any) -> str:
    rank = len(module.kernel_size)
    if x.dim() not in (rank + 1, rank + 2):
        return f"{name} takes inputs (batch, {module.in_channels}, {', '.join(['size'] * rank)}); this one has " \
               f"{x.dim()} dimensions."
    channels = x.shape[x.dim() - rank - 1]
    if channels == module.in_channels:
        small = [n for n, k in zip(x.shape[-rank:], module.kernel_size, strict=True) if n < k]
        return f"The input of {name} has become smaller than its kernel {tuple(module.kernel_size)}: pad it, or " \
               "pool less before." if small else ""
    if x.shape[-1] == module.in_channels:
        order = (0, x.dim() - 1, *range(1, x.dim() - 1)) if x.dim() == rank + 2 else (rank, *range(rank))
        return f"{name} takes its {module.in_channels} channels in dimension {x.dim() - rank - 1}, where the input " \
               f"has {channels}; its last dimension has {module.in_channels}: put .permute{order} before it."
    return f"{name} takes {module.in_channels} channels and gets {channels}: give it in_channels={channels}, or the " \
           f"layer before it {module.in_channels} output channels."


def _broadcast(a: Any, b: Any) -> str:
    ours, theirs = tuple(a.shape), tuple(b.shape)
    for d in range(1, min(len(ours), len(theirs)) + 1):
        if ours[-d] != theirs[-d] and 1 not in (ours[-d], theirs[-d]):
            return f"Dimension -{d} is {ours[-d]} on one side and {theirs[-d]} on the other: it must be the same, or 1."
    return ""
