"""How other types take over calls of Taeda's functions: PyTorch's `__torch_function__`.

A type with a class method `__torch_function__(cls, func, types, args=(), kwargs=None)` is called in place of `func`
wherever one of its objects is an argument. Subclasses of `Tensor` inherit one that runs the call as it is and makes
objects of the subclass of the tensors among the results. (csrc/python/override.h is where this happens.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Self

from taeda import _core

__all__ = [
    "BaseTorchFunctionMode", "DisableTorchFunctionSubclass", "TorchFunctionMode", "get_default_nowrap_functions",
    "get_ignored_functions", "get_overridable_functions", "get_testing_overrides", "wrap_torch_function",
    "handle_torch_function", "has_torch_function", "is_tensor_like", "is_tensor_method_or_property", "resolve_name",
]  # fmt: skip

has_torch_function = _core.has_torch_function
has_torch_function_variadic = _core.has_torch_function_variadic


def handle_torch_function(
    public_api: Callable[..., Any], relevant_args: Iterable[Any], *args: Any, **kwargs: Any
) -> Any:
    """The call `public_api(*args, **kwargs)` as those of `relevant_args` want it that take calls over.

    Raises TypeError where each of them returns NotImplemented.

    >>> import taeda
    >>> class Meters(taeda.Tensor): pass
    >>> def doubled(x):
    ...     if has_torch_function((x,)):
    ...         return handle_torch_function(doubled, (x,), x)
    ...     return x * 2
    >>> type(doubled(taeda.ones(2).as_subclass(Meters))).__name__
    'Meters'
    """
    return _core.call_overridden(public_api, tuple(relevant_args), args, kwargs)


def take_over(function: Callable[..., Any], positional: int, given: dict[str, Any]) -> Any:
    """The call of `function` with the values in `given` (its `locals()` at the start), the first ones by position."""
    values = list(given.values())[:positional]
    named = {name: given[name] for name in list(given)[positional:]}
    return handle_torch_function(function, values, *values, **named)


def is_tensor_like(inp: Any) -> bool:
    """Whether `inp` is a tensor or takes calls over as one."""
    return isinstance(inp, _core.Tensor) or hasattr(inp, "__torch_function__")


@contextmanager
def DisableTorchFunctionSubclass() -> Iterator[None]:
    """In this context no call is taken over."""
    before = _core.set_overrides(False)
    try:
        yield
    finally:
        _core.set_overrides(before)


class _Entered:
    """A mode as the core knows it: with the one that was innermost before it."""

    __slots__ = ("_mode", "_outer")

    def __init__(self, mode: TorchFunctionMode, outer: Any) -> None:
        self._mode = mode
        self._outer = outer

    def __torch_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return self._mode.__torch_function__(func, types, args, kwargs)


class Mode:
    """A context that may be entered several times; the core hands calls to the innermost one of the thread."""

    _set_innermost: ClassVar[Any]  # gives the core another innermost mode or None; the one before
    _for_core: ClassVar[Any]  # (mode, the one that was innermost before it): what the core is given

    def __enter__(self) -> Self:
        outer = self._set_innermost(None)
        self._set_innermost(self._for_core(self, outer))
        self.__dict__.setdefault("_outers", []).append(outer)
        return self

    def __exit__(self, *error: Any) -> None:
        self._set_innermost(self.__dict__["_outers"].pop())

    @classmethod
    def push(cls, *args: Any, **kwargs: Any) -> Self:
        """An object of this class, to be entered."""
        return cls(*args, **kwargs)


class TorchFunctionMode(Mode):
    """A context in which `__torch_function__` of this object takes over all calls of functions, whatever they get.

    Calls that it makes itself go to the mode outside it.

    Example::

        >>> import taeda
        >>> class Names(TorchFunctionMode):
        ...     def __torch_function__(self, func, types, args=(), kwargs=None):
        ...         print(func.__name__)
        ...         return func(*args, **(kwargs or {}))
        >>> with Names():
        ...     _ = taeda.ones(2) + 1
        ones
        add
    """

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        raise NotImplementedError

    _set_innermost = staticmethod(_core.set_function_mode)
    _for_core = _Entered


class BaseTorchFunctionMode(TorchFunctionMode):
    """The mode that changes nothing."""

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        return func(*args, **(kwargs or {}))


def resolve_name(f: Callable[..., Any]) -> str | None:
    """The name under which a function is known: "torch.add"; None for what is not PyTorch's."""
    from taeda.fx.node import is_tensor_method, public_name

    found = public_name(f)
    if found is None and is_tensor_method(f):
        return f"torch.Tensor.{f.__name__}"
    return found


def is_tensor_method_or_property(func: Callable[..., Any]) -> bool:
    """Whether this is a method, or the getter of a property, of tensors alone."""
    from taeda.fx.node import is_tensor_method

    return is_tensor_method(func) or func.__name__ == "__get__"


# -- lists of functions ------------------------------------------------------------------------------------------------


def get_default_nowrap_functions() -> set[Callable[..., Any]]:
    """Getters whose results stay what they are when a subclass of Tensor is asked."""
    tensor = _core.Tensor
    return {getattr(tensor, name).__get__ for name in ("_base", "grad", "_version")}


def get_ignored_functions() -> set[Callable[..., Any]]:
    """Functions that no type can take over: they make tensors from sizes, or set what is global."""
    import taeda

    names = (
        "arange as_tensor asarray empty empty_permuted empty_strided eye from_file from_numpy frombuffer full "
        "get_default_dtype get_num_threads get_rng_state initial_seed is_grad_enabled is_inference_mode_enabled "
        "is_storage is_tensor linspace logspace manual_seed normal ones promote_types rand randint randn randperm "
        "range result_type scalar_tensor seed set_default_dtype set_num_threads set_rng_state tensor tril_indices "
        "triu_indices zeros"
    ).split()
    return {getattr(taeda, name) for name in names}


def get_overridable_functions() -> dict[Any, list[Callable[..., Any]]]:
    """The functions that a type can take over, by where they are: `torch`, `torch.nn.functional`, `torch.Tensor`, ...

    Example::

        >>> import taeda as torch
        >>> torch.add in get_overridable_functions()[torch]
        True
    """
    import taeda

    ignored = get_ignored_functions()
    found: dict[Any, list[Callable[..., Any]]] = {}
    homes = (taeda, taeda.nn.functional, taeda.linalg, taeda.fft, taeda.special)
    for home in homes:
        names = [n for n in dir(home) if not n.startswith("_")]
        values = [vars(home).get(n) for n in names]
        found[home] = [f for f in values if isinstance(f, _core.Op) and f not in ignored]
    tensor = _core.Tensor
    methods = [getattr(tensor, n) for n in dir(tensor) if n not in vars(object)]
    found[tensor] = [f if callable(f) else f.__get__ for f in methods if callable(f) or hasattr(f, "__get__")]
    return found


def get_testing_overrides() -> dict[Callable[..., Any], Callable[..., Any]]:
    """For each function that a type can take over one with its signature, that gives -1: to test that a type does."""
    found: dict[Callable[..., Any], Callable[..., Any]] = {}
    for functions in get_overridable_functions().values():
        for function in functions:
            found[function] = _dummy(getattr(function, "__text_signature__", None))
    return found


def _dummy(signature: str | None) -> Callable[..., Any]:
    def dummy(*args: Any, **kwargs: Any) -> int:
        return -1

    if signature:
        dummy.__text_signature__ = signature  # type: ignore[attr-defined]
    return dummy


def wrap_torch_function(dispatcher: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator of a function of yours that types can take over: `dispatcher`, called as it is, gives the arguments
    whose types are asked.

    Example::

        >>> @wrap_torch_function(lambda a, b: (a, b))
        ... def close(a, b):
        ...     return bool((a - b).abs().max() < 1e-6)
    """
    import functools

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            relevant = tuple(dispatcher(*args, **kwargs))
            if has_torch_function(relevant):
                return handle_torch_function(wrapped, relevant, *args, **kwargs)
            return function(*args, **kwargs)

        return wrapped

    return wrap
