"""What a file may name besides plain values and tensors where the program says `weights_only=False`.

That is what can be made without running anything of the file's choice: NumPy's arrays and numbers, PyTorch's functions
as values, and instances of classes that the running program has imported already. Nothing is imported for a file, and
`__init__`, `__new__` and `__reduce__` of such a class do not run: its instance gets its attributes, as Python's own
unpickler gives them; of a module by its `__setstate__`, of others by none. Nor is an instance compared, printed or
asked for what it is while its file is read: its attributes, which these would look at, are the file's choice.
"""

from __future__ import annotations

import enum
import importlib
import math
import sys
import types
from typing import Any

import taeda
from taeda.serialization.errors import CheckpointError, UnsafePickleError

# A plain record of the standard library. Its other classes are refused: some do things when they are thrown away.
_STANDARD = "argparse.Namespace"
_FUNCTION_TABLES = ("torch._C._VariableFunctionsClass", "torch._C._VariableFunctions")
_FUNCTION_MODULES = ("torch", "torch.nn.functional", "torch._C._nn", "torch.special")


def find(module: str, name: str) -> Any:
    """The object that a file calls `module.name`, or None where it is not one that may be built from."""
    full = f"{module}.{name}"
    if full in _FUNCTION_TABLES:
        return FUNCTIONS
    if module in _FUNCTION_MODULES and (function := _function(module, name)) is not None:
        return function
    if module.startswith(("torch.nn.", "taeda.nn.")) or module == "torch.nn":
        try:
            found = getattr(importlib.import_module("taeda" + module[len("torch"):]), name, None)
        except ImportError:
            return None
        return found if isinstance(found, type) and issubclass(found, taeda.nn.Module) else None
    found = _in_module(module, name)
    return found if isinstance(found, type) and _may_be_made(found, full) else None


def _in_module(module: str, name: str) -> Any:
    """What stands in an imported module, or in classes of it; None if it does not. Looks, and runs no properties."""
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        if not isinstance(found, (types.ModuleType, type)):
            return None
        found = vars(found).get(part)
    return found


def _function(module: str, name: str) -> Any:
    """PyTorch's function of that name, to be a value (an activation that a module keeps)."""
    where = {"torch._C._nn": taeda.nn.functional, "torch.nn.functional": taeda.nn.functional}
    found = getattr(where.get(module, taeda.special if module == "torch.special" else taeda), name, None)
    return found if callable(found) and not isinstance(found, type) and not name.startswith("_") else None


def called(value: Any) -> str:
    """What a message calls a value of a file, which is not asked for its `repr`."""
    if issubclass(type(value), (type, types.FunctionType, taeda.layout)):
        return repr(value)
    return f"a {type(value).__name__}"


def _may_be_made(kind: type, full: str) -> bool:
    looks_up_as_usual = isinstance(kind.__getattribute__, types.WrapperDescriptorType)  # not written in Python
    if not looks_up_as_usual or any("__class__" in vars(base) for base in kind.__mro__[:-1]):
        return False  # one that acts for another would run its code when it is asked what it is
    if any(base.__module__.startswith("taeda.fx.") for base in kind.__mro__):
        return False  # graphs become Python source, of names that would be the file's
    if issubclass(kind, (taeda.nn.Module, enum.Enum)) or full == _STANDARD:
        return True
    if kind.__module__.partition(".")[0] in sys.stdlib_module_names - {"__main__"}:
        return False
    return (
        kind.__flags__ & 1 << 9 != 0  # written in Python
        and kind.__new__ is object.__new__
        and not hasattr(kind, "__del__")
        and not hasattr(kind, "__setstate__")
    )


def make(kind: Any, arguments: tuple[Any, ...]) -> Any:
    """An instance of a class that `find` gave, without attributes yet."""
    if arguments:
        raise UnsafePickleError(f"the pickle makes a {kind.__name__} from arguments, which would run its code")
    try:
        return object.__new__(kind)
    except TypeError as error:
        raise CheckpointError(f"a {kind.__name__} cannot be built: {error}") from None


def member(kind: Any, arguments: tuple[Any, ...]) -> Any:
    """The member of an enumeration with a value."""
    members = [one for one in kind if (one.value,) == arguments]
    if len(members) != 1:
        raise CheckpointError(f"{kind.__name__} has no member {arguments}")
    return members[0]


def set_state(target: Any, state: Any) -> None:
    """Give an instance that `make` made its attributes."""
    values = state[0] if type(state) is tuple and len(state) == 2 and state[1] is None else state
    if type(values) is not dict or not all(type(name) is str and not name.startswith("__") for name in values):
        raise CheckpointError(f"the state of a {type(target).__name__} is not a dictionary of attributes")
    if isinstance(target, taeda.nn.Module):
        target.__setstate__(values)
    else:
        target.__dict__.update(values)


def namespace() -> types.SimpleNamespace:
    """`types.SimpleNamespace`, which files call, without attributes yet."""
    return types.SimpleNamespace()


class _FunctionTable:
    """Where files find functions of PyTorch that are written in C++: `getattr(torch._C._VariableFunctions, "tanh")`."""


FUNCTIONS = _FunctionTable()


def function_of(table: Any, name: Any) -> Any:
    """What `getattr` means in a file."""
    found = _function("torch", name) if isinstance(table, _FunctionTable) and type(name) is str else None
    if found is None:
        raise UnsafePickleError("the pickle looks up an attribute of something that is not on the list")
    return found


# NumPy


class ArrayType:
    """`numpy.ndarray`, which is only named."""


def array(kind: Any, size: Any, code: Any) -> Any:
    """`numpy._core.multiarray._reconstruct`: an array without elements yet."""
    import numpy

    if not isinstance(kind, ArrayType):
        raise UnsafePickleError("the pickle makes an array of a class that is not on the list")
    return numpy.ndarray((0,), dtype="b")


def set_array(target: Any, state: Any) -> None:
    """Give an array its sizes and elements, which must be bytes: objects are not."""
    import numpy

    if type(state) is not tuple or len(state) != 5:
        raise CheckpointError("the state of an array is not a tuple of five")
    _, size, dtype, columns_first, content = state
    if type(size) is not tuple or len(size) > 32 or not all(type(extent) is int and extent >= 0 for extent in size):
        raise CheckpointError("the size of an array is not a tuple of at most 32 integers")
    if not isinstance(dtype, numpy.dtype) or type(content) is not bytes:
        raise UnsafePickleError("an array of Python objects is not on the list of what loading may build")
    if math.prod(size) * dtype.itemsize != len(content):
        raise CheckpointError(f"an array of size {size} and dtype {dtype} has {len(content)} bytes")
    target.__setstate__((1, size, dtype, columns_first is True, content))


def element_type(code: Any, align: Any = False, copy: Any = True) -> Any:
    """`numpy.dtype`, of numbers, truth values and strings."""
    import numpy

    if type(code) is not str or code[:1] not in "biufcSU" or not code[1:].isdigit():
        raise UnsafePickleError(f"a NumPy dtype {code!r} is not on the list of what loading may build")
    return numpy.dtype(code, copy=True)


def set_element_type(target: Any, state: Any) -> None:
    """Give a dtype its byte order."""
    order = state[1] if type(state) is tuple and len(state) >= 8 else None
    if type(order) is not str or order not in ("<", ">", "|", "=") or any(part is not None for part in state[2:5]):
        raise UnsafePickleError("a NumPy dtype with fields is not on the list of what loading may build")
    target.__setstate__((3, order, None, None, None, *((target.itemsize, target.alignment) if target.kind in "SU" else
                                                       (-1, -1)), 0))


def number(dtype: Any, content: Any) -> Any:
    """`numpy._core.multiarray.scalar`."""
    import numpy

    if not isinstance(dtype, numpy.dtype) or type(content) is not bytes or len(content) != dtype.itemsize:
        raise CheckpointError("a NumPy number does not have the bytes of its dtype")
    try:
        return numpy.frombuffer(content, dtype)[0]
    except SystemError as error:  # characters that there are not
        raise CheckpointError(f"a NumPy number of {dtype} cannot be built: {error}") from None
