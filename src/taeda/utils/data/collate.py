"""Samples to batches."""

import copy
import re
from collections.abc import Callable, Mapping, MutableMapping, MutableSequence, Sequence
from typing import Any

import taeda

__all__ = ["collate", "default_collate", "default_collate_fn_map", "default_convert"]

_NO_NUMBERS = "SaUO"  # NumPy's kinds of strings and objects
np_str_obj_array_pattern = re.compile(f"[{_NO_NUMBERS}]")


def _is_numpy(value: Any) -> bool:
    return type(value).__module__ == "numpy" and type(value).__name__ not in ("str_", "string_", "bytes_")


def _like(original: Any, values: Any) -> Any:
    """A container of the original's type with other values; a plain one where the type cannot be built like that."""
    try:
        if isinstance(original, MutableMapping):
            clone = copy.copy(original)
            clone.update(values)
            return clone
        if isinstance(original, MutableSequence):
            sequence = copy.copy(original)
            for place, value in enumerate(values):
                sequence[place] = value
            return sequence
        return type(original)(values)
    except TypeError:
        return values


def default_convert(data: Any) -> Any:
    """NumPy arrays and numbers in a structure as tensors; everything else as it is."""
    if isinstance(data, taeda.Tensor):
        return data
    if _is_numpy(data):
        if type(data).__name__ == "ndarray" and data.dtype.kind in _NO_NUMBERS:
            return data
        return taeda.as_tensor(data)
    if isinstance(data, Mapping):
        return _like(data, {key: default_convert(data[key]) for key in data})
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*(default_convert(part) for part in data))
    if isinstance(data, tuple):
        return [default_convert(part) for part in data]
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return _like(data, [default_convert(part) for part in data])
    return data


def _unknown(kind: Any) -> TypeError:
    return TypeError(
        f"default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {kind}"
    )


def collate(batch: Any, *, collate_fn_map: dict[Any, Callable[..., Any]] | None = None) -> Any:
    """A batch of a list of samples: same structure, with what `collate_fn_map` says for each type at its leaves."""
    first = batch[0]
    kind = type(first)
    if collate_fn_map is not None:
        if kind in collate_fn_map:
            return collate_fn_map[kind](batch, collate_fn_map=collate_fn_map)
        for base, function in collate_fn_map.items():
            if isinstance(first, base):
                return function(batch, collate_fn_map=collate_fn_map)
        if _is_numpy(first):
            return _collate_numpy(batch, collate_fn_map)

    def together(values: Any) -> Any:
        return collate(values, collate_fn_map=collate_fn_map)

    if isinstance(first, Mapping):
        return _like(first, {key: together([sample[key] for sample in batch]) for key in first})
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return kind(*(together(values) for values in zip(*batch, strict=True)))
    if isinstance(first, Sequence) and not isinstance(first, (str, bytes)):
        if any(len(sample) != len(first) for sample in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        columns = [together(values) for values in zip(*batch, strict=True)]
        return columns if isinstance(first, tuple) else _like(first, columns)
    raise _unknown(kind)


def _collate_numpy(batch: Any, collate_fn_map: Any) -> Any:
    import numpy

    first = batch[0]
    if isinstance(first, numpy.ndarray):
        if first.dtype.kind in _NO_NUMBERS:
            raise _unknown(first.dtype)
        return collate([taeda.as_tensor(array) for array in batch], collate_fn_map=collate_fn_map)
    return taeda.as_tensor(numpy.asarray(batch))


def _collate_tensors(batch: Any, *, collate_fn_map: Any = None) -> Any:
    return taeda.stack(list(batch), 0)


def _collate_floats(batch: Any, *, collate_fn_map: Any = None) -> Any:
    return taeda.tensor(list(batch), dtype=taeda.float64)


def _collate_integers(batch: Any, *, collate_fn_map: Any = None) -> Any:
    return taeda.tensor(list(batch))


def _collate_text(batch: Any, *, collate_fn_map: Any = None) -> Any:
    return batch


default_collate_fn_map: dict[Any, Callable[..., Any]] = {
    taeda.Tensor: _collate_tensors,
    float: _collate_floats,
    int: _collate_integers,
    str: _collate_text,
    bytes: _collate_text,
}


def default_collate(batch: Any) -> Any:
    """A batch of a list of samples: tensors are stacked, numbers become tensors, containers keep their structure.

    >>> from taeda.utils.data import default_collate
    >>> default_collate([(0, 1.0), (2, 3.0)])
    [tensor([0, 2]), tensor([1., 3.], dtype=torch.float64)]
    """
    return collate(batch, collate_fn_map=default_collate_fn_map)
