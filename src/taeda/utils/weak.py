"""Weak references by identity: tensors are compared element by element, so dictionaries of them go by who they are."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, MutableMapping
from typing import Any

import taeda

__all__ = ["TensorWeakRef", "WeakIdKeyDictionary", "WeakIdRef", "WeakTensorKeyDictionary"]


class WeakIdRef(weakref.ref[Any]):
    """A weak reference that equals another where both are to the same object."""

    __slots__ = ("_id",)

    def __init__(self, key: Any, callback: Any = None) -> None:
        super().__init__(key, callback)  # type: ignore[call-arg]
        self._id = id(key)

    def __hash__(self) -> int:
        return self._id

    def __eq__(self, other: object) -> bool:
        mine = self()
        if mine is not None and isinstance(other, weakref.ref):
            theirs = other()
            if theirs is not None:
                return mine is theirs
        return self is other


class WeakIdKeyDictionary(MutableMapping[Any, Any]):
    """A dictionary by the identity of its keys, whose entries go when their keys do.

    Example::

        >>> import taeda as torch
        >>> from taeda.utils.weak import WeakIdKeyDictionary
        >>> x, names = torch.ones(2), WeakIdKeyDictionary()
        >>> names[x] = "x"
        >>> names[x], torch.ones(2) in names
        ('x', False)
    """

    def __init__(self, dict: Any = None, ref_type: type[WeakIdRef] = WeakIdRef) -> None:  # noqa: A002, PyTorch's name
        self.data: dict[WeakIdRef, Any] = {}
        self.ref_type = ref_type
        if dict is not None:
            self.update(dict)

    def _remove(self, reference: WeakIdRef) -> None:
        self.data.pop(reference, None)

    def __getitem__(self, key: Any) -> Any:
        return self.data[self.ref_type(key)]

    def __setitem__(self, key: Any, value: Any) -> None:
        whole = weakref.ref(self)

        def remove(reference: Any) -> None:
            alive = whole()
            if alive is not None:
                alive._remove(reference)

        self.data[self.ref_type(key, remove)] = value

    def __delitem__(self, key: Any) -> None:
        del self.data[self.ref_type(key)]

    def __contains__(self, key: object) -> bool:
        try:
            return self.ref_type(key) in self.data
        except TypeError:
            return False

    def __iter__(self) -> Iterator[Any]:
        for reference in list(self.data):
            key = reference()
            if key is not None:
                yield key

    def __len__(self) -> int:
        return sum(reference() is not None for reference in self.data)

    def keyrefs(self) -> list[WeakIdRef]:
        """The weak references to the keys."""
        return list(self.data)

    def copy(self) -> WeakIdKeyDictionary:
        """A dictionary of the same entries."""
        return type(self)(self)

    __copy__ = copy

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {id(self):#x}>"


WeakTensorKeyDictionary = WeakIdKeyDictionary


class TensorWeakRef:
    """A weak reference to a tensor: called, it gives the tensor, or None if nobody holds it any more."""

    def __init__(self, tensor: Any) -> None:
        if not isinstance(tensor, taeda.Tensor):
            raise AssertionError(f"expected a Tensor, got {type(tensor)}")
        self.ref = weakref.ref(tensor)

    def __call__(self) -> Any:
        return self.ref()
