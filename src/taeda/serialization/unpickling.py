"""Reading pickles without running them: an interpreter of the opcodes that can build plain values and tensors only.

A pickle is a program for a stack machine; Python's own unpickler imports what the program names and calls it. Here a
name must be in a table, and what the table gives is a function of this file that checks its arguments. Nothing is
imported, no attribute is looked up, and the size of what is built is bounded by the size of the file. What may be
named besides where the program says `weights_only=False` is the subject of objects.py.
"""

import enum
import struct
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Any

import taeda
from taeda.nn.parameter import Parameter
from taeda.serialization import objects
from taeda.serialization.errors import CheckpointError, UnsafePickleError
from taeda.serialization.globals import DTYPES, STORAGES, dtype_called
from taeda.serialization.memory import meta_tensor, tensor_on, with_bits

MAX_DIMENSIONS = 64
_MARK = object()


class StorageType:
    """A storage class of PyTorch, which says a dtype; `UntypedStorage` says none."""

    def __init__(self, dtype: str) -> None:
        self.dtype = dtype


class TypedStorage:
    """The bytes of a loaded storage and the dtype it was saved with."""

    def __init__(self, storage: Any, dtype: Any) -> None:
        self.storage, self.dtype = storage, dtype


class Builder:
    """A name of the table that may be called: `build` gets the arguments and checks them."""

    def __init__(self, name: str, build: Callable[..., Any]) -> None:
        self.name, self.build = name, build


def _whole(value: Any, what: str) -> int:
    if type(value) is not int:
        raise CheckpointError(f"{what} is {type(value).__name__} instead of an integer")
    return value


def _extents(values: Any, what: str) -> tuple[int, ...]:
    if not isinstance(values, (tuple, list)) or len(values) > MAX_DIMENSIONS:
        raise CheckpointError(f"{what} is not a tuple of at most {MAX_DIMENSIONS} integers")
    return tuple(_whole(value, what) for value in values)


def _build_tensor(storage: Any, offset: Any, size: Any, stride: Any, requires_grad: Any = False, *rest: Any) -> Any:
    if not isinstance(storage, TypedStorage):
        raise CheckpointError("a tensor stands on something that is not a storage")
    size, stride = _extents(size, "the size of a tensor"), _extents(stride, "the stride of a tensor")
    try:
        tensor = tensor_on(storage.storage, storage.dtype, _whole(offset, "the offset of a tensor"), size, stride)
    except (RuntimeError, OverflowError, ValueError) as error:
        raise CheckpointError(f"a tensor of size {size} does not fit into its storage: {error}") from None
    tensor = with_bits(tensor, rest[-1] if rest else None)
    if requires_grad is True:
        tensor.requires_grad_()
    return tensor


def _build_tensor_v3(
    storage: Any, offset: Any, size: Any, stride: Any, requires_grad: Any, hooks: Any, dtype: Any, *rest: Any
) -> Any:
    if not isinstance(storage, TypedStorage) or not isinstance(dtype, taeda.dtype):
        raise CheckpointError("a tensor stands on something that is not a storage, or has no dtype")
    return _build_tensor(TypedStorage(storage.storage, dtype), offset, size, stride, requires_grad, hooks, *rest)


def _build_meta_tensor(dtype: Any, size: Any, stride: Any, requires_grad: Any) -> Any:
    size, stride = _extents(size, "a size"), _extents(stride, "strides")
    try:
        return meta_tensor(_checked(dtype, taeda.dtype), size, stride, requires_grad is True)
    except (RuntimeError, OverflowError, ValueError) as error:
        raise CheckpointError(f"there is no tensor of size {size} and strides {stride}: {error}") from None


def _build_parameter(data: Any, requires_grad: Any = True, *rest: Any) -> Any:
    if not isinstance(data, taeda.Tensor):
        raise CheckpointError("a parameter is made of something that is not a tensor")
    return Parameter(data, requires_grad is True)


def _build_layout(name: Any) -> Any:
    layout = getattr(taeda, _checked(name, str).removeprefix("torch."), None)
    if not isinstance(layout, taeda.layout):
        raise CheckpointError(f"there is no layout {name!r}")
    return layout


def _build_sparse_tensor(layout: Any, data: Any) -> Any:
    from taeda.sparse.storing import rebuilt

    parts = _checked(data, tuple)
    count = 2 if layout is taeda.sparse_coo else 3  # tensors, then the size
    if len(parts) not in (count + 1, count + 2) or not isinstance(layout, taeda.layout):
        raise CheckpointError(f"a sparse tensor of {objects.called(layout)} is made of {len(parts)} parts")
    for part in parts[:count]:
        if not isinstance(part, taeda.Tensor) or part.layout is not taeda.strided:
            raise CheckpointError("a sparse tensor is made of something that is not a tensor")
    try:
        size = _extents(parts[count], "the size of a sparse tensor")
        return rebuilt(layout, (*parts[:count], size, *parts[count + 1:]))
    except (RuntimeError, IndexError, OverflowError) as error:
        raise CheckpointError(f"a sparse tensor has parts that do not fit: {error}") from None


def _build_from_type(function: Any, kind: Any, arguments: Any, state: Any) -> Any:
    if not isinstance(function, Builder) or not isinstance(arguments, tuple):
        raise UnsafePickleError("a tensor subclass is rebuilt by something that is not on the list")
    return function.build(*arguments)


def _build_bytes(text: Any, encoding: Any = "latin1") -> bytes:
    if type(text) is not str or type(encoding) is not str or encoding != "latin1":
        raise CheckpointError("bytes are encoded in an unknown way")
    return text.encode("latin1")


def _build_bytearray(content: Any = b"", encoding: Any = "latin1") -> bytearray:
    # Not a number, which would ask for that many bytes.
    return bytearray(_build_bytes(content, encoding) if type(content) is str else _checked(content, bytes))


def _checked(value: Any, kind: Any) -> Any:
    if not isinstance(value, kind):
        raise CheckpointError(f"found {type(value).__name__} where another type is needed")
    return value


def _build_set(values: Any = ()) -> set[Any]:
    return {_key(value) for value in _checked(values, (list, tuple))}


def _build_ordered(pairs: Any = ()) -> OrderedDict[Any, Any]:
    result: OrderedDict[Any, Any] = OrderedDict()
    for pair in pairs.items() if type(pairs) in (dict, OrderedDict) else _checked(pairs, (list, tuple)):
        key, value = _checked(pair, (list, tuple))
        result[_key(key)] = value
    return result


def _build_counter(counts: Any = None) -> Counter[Any]:
    result: Counter[Any] = Counter()
    result.update(_checked(counts if counts is not None else {}, dict))
    return result


def _build_device(kind: Any, index: Any = None) -> Any:
    text = _checked(kind, str)
    try:
        return taeda.device(text if index is None else f"{text}:{_whole(index, 'the index of a device')}")
    except (RuntimeError, NotImplementedError, ValueError) as error:
        raise CheckpointError(f"the device {text!r} does not exist here: {error}") from None


def _table() -> dict[str, Any]:
    table: dict[str, Any] = {
        "collections.OrderedDict": _build_ordered,
        "collections.Counter": _build_counter,
        "torch._utils._rebuild_tensor": _build_tensor,
        "torch._utils._rebuild_tensor_v2": _build_tensor,
        "torch._utils._rebuild_tensor_v3": _build_tensor_v3,
        "torch._utils._rebuild_meta_tensor_no_storage": _build_meta_tensor,
        "torch._utils._rebuild_parameter": _build_parameter,
        "torch._utils._rebuild_parameter_with_state": _build_parameter,
        "torch._tensor._rebuild_from_type_v2": _build_from_type,
        "torch._utils._rebuild_sparse_tensor": _build_sparse_tensor,
        "torch.serialization._get_layout": _build_layout,
        "torch.nn.parameter.Parameter": _build_parameter,
        "torch.Size": lambda size: taeda.Size(_extents(size, "a size")),
        "torch.device": _build_device,
        "builtins.set": _build_set,
        "builtins.bytearray": _build_bytearray,
        "builtins.bytes": lambda: b"",  # how protocol 2 writes those without content
        "builtins.complex": lambda real, imaginary: complex(
            _checked(real, (int, float)), _checked(imaginary, (int, float))
        ),
        "_codecs.encode": _build_bytes,
    }
    table = {name: Builder(name, build) for name, build in table.items()}
    # The names of modules as Python 2 had them.
    table["__builtin__.set"] = table["builtins.set"]
    table["__builtin__.bytes"] = table["builtins.bytes"]
    table["__builtin__.bytearray"] = table["builtins.bytearray"]
    table["__builtin__.complex"] = table["builtins.complex"]
    table["torch.Tensor"] = StorageType("")  # only named, as the type of a rebuilt tensor
    for name, dtype in STORAGES.items():
        table[f"torch.{name}"] = StorageType(dtype)
    table["torch.storage.UntypedStorage"] = table["torch.UntypedStorage"] = StorageType("uint8")
    for name in DTYPES:
        if dtype_called(name) is not None:
            table[f"torch.{name}"] = dtype_called(name)
    return table


TABLE = _table()
_OBJECTS: dict[str, Any] = {
    "numpy.ndarray": objects.ArrayType(),
    "numpy.dtype": Builder("numpy.dtype", objects.element_type),
    "types.SimpleNamespace": Builder("types.SimpleNamespace", objects.namespace),
    "builtins.getattr": Builder("builtins.getattr", objects.function_of),
    "__builtin__.getattr": Builder("builtins.getattr", objects.function_of),
    **{
        f"numpy.{core}.multiarray.{name}": Builder(f"numpy.{name}", build)
        for core in ("core", "_core")
        for name, build in (("_reconstruct", objects.array), ("scalar", objects.number))
    },
}
_STATES = {
    objects.array: objects.set_array,
    objects.element_type: objects.set_element_type,
    objects.namespace: objects.set_state,
}
_PLAIN_KEYS = (str, int, float, bool, bytes, complex, type(None))


def _key(value: Any) -> Any:
    """A value fit to be a key: hashing a nested tuple could take for ever or overflow the stack."""
    if type(value) in _PLAIN_KEYS or isinstance(value, (taeda.dtype, taeda.device)):
        return value
    if type(value) in (tuple, taeda.Size) and len(value) <= 1024 and all(type(part) in _PLAIN_KEYS for part in value):
        return value
    raise UnsafePickleError(f"a key of type {type(value).__name__} is not on the list of what loading may build")


class Unpickler:
    """Runs a pickle's opcodes.

    `load_storage(storage type, key, location, count)` gives the storage of a tensor. `allowed` maps the full names that
    the user has put on the list to their classes and functions. `with_objects`: the program asked for more than plain
    values (objects.py).
    """

    def __init__(
        self, data: Any, load_storage: Callable[..., Any], allowed: dict[str, Any], with_objects: bool = False
    ) -> None:
        self.data = memoryview(data).cast("B")
        self.place = 0
        self.load_storage = load_storage
        self.allowed = allowed
        self.allowed_values = {id(value) for value in allowed.values()}
        self.with_objects = with_objects
        # What may be given a state, and how, by its number, which is its own as long as it is kept here. Not in the
        # memo: the opcode MEMOIZE counts what is there.
        self.made: dict[int, tuple[Any, Callable[[Any, Any], None]]] = {}
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    # Reading

    def _take(self, count: int) -> memoryview:
        end = self.place + count
        if count < 0 or end > len(self.data):
            raise CheckpointError(f"the pickle ends at byte {len(self.data)} in the middle of a value")
        view = self.data[self.place : end]
        self.place = end
        return view

    def _number(self, layout: str) -> Any:
        return struct.unpack(layout, self._take(struct.calcsize(layout)))[0]

    def _line(self) -> str:
        end = self.place
        while end < len(self.data) and self.data[end] != 10:
            end += 1
            if end - self.place > 4096:
                raise CheckpointError("a name in the pickle is longer than 4096 bytes")
        text = bytes(self._take(end - self.place))
        self._take(1)
        return text.decode("utf-8")

    # The stack

    def _pop(self) -> Any:
        if not self.stack or self.stack[-1] is _MARK:
            raise CheckpointError("the pickle takes from an empty stack")
        return self.stack.pop()

    def _top(self) -> Any:
        if not self.stack or self.stack[-1] is _MARK:
            raise CheckpointError("the pickle reads from an empty stack")
        return self.stack[-1]

    def _pop_mark(self) -> list[Any]:
        for place in range(len(self.stack) - 1, -1, -1):
            if self.stack[place] is _MARK:
                values = self.stack[place + 1 :]
                del self.stack[place:]
                return values
        raise CheckpointError("the pickle has no mark where it needs one")

    # Running

    def load(self) -> Any:
        """The value that the pickle builds."""
        operations = _OPERATIONS
        while True:
            code = self._take(1)[0]
            if code == 0x2E:  # STOP
                value = self._pop()
                if self.stack:
                    raise CheckpointError("the pickle leaves values behind")
                return value
            operation = operations.get(code)
            if operation is None:
                raise UnsafePickleError(f"opcode {bytes([code])!r} is not on the list of what loading may do")
            operation(self)

    def _find(self, module: str, name: str) -> Any:
        full = f"{module}.{name}"
        if full in self.allowed:
            return self.allowed[full]
        if full in TABLE:
            return TABLE[full]
        if self.with_objects:
            found = _OBJECTS.get(full) or objects.find(module, name)
            if found is not None:
                return found
            builds = "plain values, tensors, arrays, and instances of classes that the program has imported"
        else:
            builds = "plain values and tensors only (weights_only=True)"
        raise UnsafePickleError(
            f"Unsupported global: GLOBAL {full} was not an allowed global by default. Loading builds {builds}, and "
            f"never runs code. If you trust this class or function, import it and pass it to "
            f"`taeda.serialization.add_safe_globals([{name}])`, or load inside "
            f"`with taeda.serialization.safe_globals([{name}]):`"
        )

    def _call(self, function: Any, arguments: Any) -> Any:
        if type(arguments) is not tuple:
            raise CheckpointError("the pickle calls something without a tuple of arguments")
        if isinstance(function, Builder):
            try:
                value = function.build(*arguments)
            except (TypeError, ValueError) as error:
                raise CheckpointError(f"{function.name} cannot be built: {error}") from None
            if (set_state := _STATES.get(function.build)) is not None:
                self._keep(value, set_state)
            return value
        if id(function) in self.allowed_values:
            return function(*arguments)
        if isinstance(function, enum.EnumMeta):
            return objects.member(function, tuple(_key(value) for value in arguments))
        raise UnsafePickleError(
            f"the pickle calls {objects.called(function)}, which is not on the list of what may be called"
        )

    def _keep(self, value: Any, set_state: Callable[[Any, Any], None]) -> None:
        """Let the pickle give `value` its state."""
        self.made[id(value)] = value, set_state

    def _set_state(self, target: Any, state: Any) -> None:
        if id(target) in self.made:
            try:
                self.made[id(target)][1](target, state)
            except (AttributeError, TypeError, ValueError) as error:
                raise CheckpointError(f"a {type(target).__name__} cannot be built: {error}") from None
            return
        if id(type(target)) in self.allowed_values:
            if hasattr(target, "__setstate__"):
                target.__setstate__(state)
            else:
                target.__dict__.update(_checked(state, dict))
        elif type(target) is OrderedDict:
            # `_metadata` of state dicts.
            for key, value in _checked(state, dict).items():
                if type(key) is not str or key.startswith("__") or hasattr(OrderedDict, key):
                    raise UnsafePickleError(f"an OrderedDict wants its attribute {key!r} set")
                target.__dict__[key] = value
        elif not isinstance(target, taeda.Tensor):
            raise UnsafePickleError(f"the pickle sets the state of a {type(target).__name__}")


def _op_global(u: Unpickler) -> None:
    u.stack.append(u._find(u._line(), u._line()))


def _op_stack_global(u: Unpickler) -> None:
    name, module = _checked(u._pop(), str), _checked(u._pop(), str)
    u.stack.append(u._find(module, name))


def _op_reduce(u: Unpickler) -> None:
    arguments = u._pop()
    u.stack.append(u._call(u._pop(), arguments))


def _op_newobj(u: Unpickler) -> None:
    arguments, kind = _checked(u._pop(), tuple), u._pop()
    if isinstance(kind, Builder):
        u.stack.append(u._call(kind, arguments))
    elif id(kind) in u.allowed_values and isinstance(kind, type):
        u.stack.append(kind.__new__(kind, *arguments))
    elif isinstance(kind, type) and not isinstance(kind, enum.EnumMeta):
        value = objects.make(kind, arguments)
        u._keep(value, objects.set_state)
        u.stack.append(value)
    else:
        raise UnsafePickleError(f"the pickle makes an object of {objects.called(kind)}, which is not on the list")


def _op_build(u: Unpickler) -> None:
    state = u._pop()
    u._set_state(u._top(), state)


def _op_persistent(u: Unpickler) -> None:
    reference = u._pop()
    # The format before 1.6: a sixth element is for views of storages, and modules come with their source.
    if type(reference) is tuple and len(reference) == 6 and reference[5] is None:
        reference = reference[:5]
    if type(reference) is tuple and len(reference) == 4 and type(reference[0]) is str and reference[0] == "module":
        u.stack.append(reference[1])
        return
    if type(reference) is not tuple or len(reference) != 5:
        raise CheckpointError("the pickle refers to something that is not a storage")
    word, kind, key, location, count = reference
    if not all(type(text) is str for text in (word, key, location)) or word != "storage":
        raise CheckpointError("the pickle refers to something that is not a storage")
    if not isinstance(kind, StorageType) or not kind.dtype:
        raise CheckpointError("the pickle refers to a storage in an unknown way")
    u.stack.append(u.load_storage(kind.dtype, key, location, _whole(count, "the length of a storage")))


def _op_append(u: Unpickler) -> None:
    value = u._pop()
    _checked(u._top(), list).append(value)


def _op_appends(u: Unpickler) -> None:
    values = u._pop_mark()
    _checked(u._top(), list).extend(values)


def _set_items(target: Any, values: list[Any]) -> None:
    if len(values) % 2:
        raise CheckpointError("the pickle has a key without a value")
    target = _checked(target, dict)
    for place in range(0, len(values), 2):
        target[_key(values[place])] = values[place + 1]


def _op_setitem(u: Unpickler) -> None:
    value = u._pop()
    key = u._pop()
    _set_items(u._top(), [key, value])


def _op_setitems(u: Unpickler) -> None:
    values = u._pop_mark()
    _set_items(u._top(), values)


def _op_additems(u: Unpickler) -> None:
    values = u._pop_mark()
    _checked(u._top(), set).update(_key(value) for value in values)


def _op_dict(u: Unpickler) -> None:
    values = u._pop_mark()
    result: dict[Any, Any] = {}
    _set_items(result, values)
    u.stack.append(result)


def _op_tuple(count: int) -> Callable[[Unpickler], None]:
    def operation(u: Unpickler) -> None:
        values = [u._pop() for _ in range(count)]
        u.stack.append(tuple(reversed(values)))

    return operation


def _memo_put(u: Unpickler, place: int) -> None:
    u.memo[place] = u._top()


def _memo_get(u: Unpickler, place: int) -> None:
    if place not in u.memo:
        raise CheckpointError(f"the pickle refers to value {place} before it exists")
    u.stack.append(u.memo[place])


def _op_long(layout: str) -> Callable[[Unpickler], None]:
    def operation(u: Unpickler) -> None:
        u.stack.append(int.from_bytes(u._take(u._number(layout)), "little", signed=True))

    return operation


def _text(layout: str) -> Callable[[Unpickler], None]:
    return lambda u: u.stack.append(bytes(u._take(u._number(layout))).decode("utf-8", "surrogatepass"))


def _binary(layout: str, kind: Callable[[memoryview], Any]) -> Callable[[Unpickler], None]:
    return lambda u: u.stack.append(kind(u._take(u._number(layout))))


def _value(value: Any) -> Callable[[Unpickler], None]:
    return lambda u: u.stack.append(value)


def _fresh(kind: Callable[[], Any]) -> Callable[[Unpickler], None]:
    return lambda u: u.stack.append(kind())


def _constant(layout: str) -> Callable[[Unpickler], None]:
    return lambda u: u.stack.append(u._number(layout))


def _op_protocol(u: Unpickler) -> None:
    version = u._take(1)[0]
    if version > 5:
        raise CheckpointError(f"pickle protocol {version} is unknown")


def _op_duplicate(u: Unpickler) -> None:
    u.stack.append(u._top())


def _latin(content: memoryview) -> str:
    return bytes(content).decode("latin1")


_OPERATIONS: dict[int, Callable[[Unpickler], Any]] = {
    ord(code): operation
    for code, operation in {
        "\x80": _op_protocol,
        "\x95": lambda u: u._take(8),  # FRAME
        "c": _op_global,
        "\x93": _op_stack_global,
        "R": _op_reduce,
        "\x81": _op_newobj,
        "b": _op_build,
        "Q": _op_persistent,
        "(": _value(_MARK),
        "0": Unpickler._pop,
        "1": Unpickler._pop_mark,
        "2": _op_duplicate,
        "N": _value(None),
        "\x88": _value(True),
        "\x89": _value(False),
        "J": _constant("<i"),
        "K": _constant("<B"),
        "M": _constant("<H"),
        "G": _constant(">d"),
        "\x8a": _op_long("<B"),
        "\x8b": _op_long("<i"),
        "X": _text("<I"),
        "\x8c": _text("<B"),
        "\x8d": _text("<Q"),
        "U": _binary("<B", _latin),
        "T": _binary("<i", _latin),
        "B": _binary("<I", bytes),
        "C": _binary("<B", bytes),
        "\x8e": _binary("<Q", bytes),
        "\x96": _binary("<Q", bytearray),
        "]": _fresh(list),
        "}": _fresh(dict),
        ")": _value(()),
        "\x8f": _fresh(set),
        "a": _op_append,
        "e": _op_appends,
        "s": _op_setitem,
        "u": _op_setitems,
        "\x90": _op_additems,
        "\x91": lambda u: u.stack.append(frozenset(_key(value) for value in u._pop_mark())),
        "l": lambda u: u.stack.append(u._pop_mark()),
        "d": _op_dict,
        "t": lambda u: u.stack.append(tuple(u._pop_mark())),
        "\x85": _op_tuple(1),
        "\x86": _op_tuple(2),
        "\x87": _op_tuple(3),
        "q": lambda u: _memo_put(u, u._take(1)[0]),
        "r": lambda u: _memo_put(u, u._number("<I")),
        "\x94": lambda u: _memo_put(u, len(u.memo)),
        "h": lambda u: _memo_get(u, u._take(1)[0]),
        "j": lambda u: _memo_get(u, u._number("<I")),
    }.items()
}
