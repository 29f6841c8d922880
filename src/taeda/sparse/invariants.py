"""Whether the indices of new sparse tensors are checked, and gradient checks of functions of sparse tensors."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import taeda


class check_sparse_tensor_invariants:
    """Context manager and decorator: whether indices are checked where a sparse tensor is made of them.

    Taeda checks them unless told not to (`check_invariants=False` of the functions that make sparse tensors); what is
    not checked there is checked in the kernels that use it.
    """

    _wanted: bool | None = None

    def __init__(self, enable: bool = True) -> None:
        self.state = enable
        self._before: list[bool | None] = []

    @staticmethod
    def is_enabled() -> bool:
        """Whether checks were asked for."""
        return bool(check_sparse_tensor_invariants._wanted)

    @staticmethod
    def enable() -> None:
        """Check from now on."""
        check_sparse_tensor_invariants._wanted = True

    @staticmethod
    def disable() -> None:
        """Do not check from now on."""
        check_sparse_tensor_invariants._wanted = False

    def __enter__(self) -> None:
        self._before.append(check_sparse_tensor_invariants._wanted)
        check_sparse_tensor_invariants._wanted = self.state

    def __exit__(self, *_: object) -> None:
        check_sparse_tensor_invariants._wanted = self._before.pop()

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def checked(*args: Any, **kwargs: Any) -> Any:
            with type(self)(self.state):
                return function(*args, **kwargs)

        return checked


def wanted() -> bool:
    """Whether indices are to be checked where nothing is said."""
    return check_sparse_tensor_invariants._wanted is not False


def as_sparse_gradcheck(gradcheck: Callable[..., bool]) -> Callable[..., bool]:
    """`gradcheck` for functions that take sparse tensors: of each the values are varied, in the pattern it has."""

    @functools.wraps(gradcheck)
    def check(func: Callable[..., Any], inputs: Any, **options: Any) -> bool:
        from taeda.sparse.tensors import SparseTensor

        options.pop("masked", None)
        given = (inputs,) if isinstance(inputs, taeda.Tensor) else tuple(inputs)
        plain = [x.values_part.detach().clone().requires_grad_(x.requires_grad) if isinstance(x, SparseTensor) else x
                 for x in given]

        def of_plain(*parts: Any) -> Any:
            made = [x.like_this(p) if isinstance(x, SparseTensor) else p for x, p in zip(given, parts, strict=True)]
            found = func(*made)
            results = found if isinstance(found, (tuple, list)) else (found,)
            return tuple(r.values_part if isinstance(r, SparseTensor) else r for r in results)

        return gradcheck(of_plain, tuple(plain), **options)

    return check
