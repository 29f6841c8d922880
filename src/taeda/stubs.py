"""Type stubs from the schemas: `taeda stubs FOLDER`, for editors and type checkers.

What is defined by schemas (functions of the main namespace, of nn.functional, linalg, special and fft, and the
methods of tensors) is written as .pyi; the rest of the package is annotated where it stands. The stubs are a
package `taeda-stubs` beside `taeda`, marked as partial, as PEP 561 has it; a wheel holds them, made when it is built.
"""

from __future__ import annotations

import inspect
import keyword
from pathlib import Path
from typing import Any

import taeda
from taeda import _schemas

__all__ = ["arguments", "main", "write"]

_HEADER = '''"""Made from the schemas of Taeda's ops by `taeda stubs`."""

import builtins as _b
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, overload

'''
_NUMBER = "_b.int | _b.float | _b.bool | _b.complex"
_KINDS = {
    "Tensor": "Tensor", "TensorOrNumber": f"Tensor | {_NUMBER}", "Tensors": "Sequence[Tensor]", "Number": _NUMBER,
    "float": "_b.float", "int": "_b.int", "SymInt": "_b.int", "bool": "_b.bool", "str": "_b.str",
    "Sizes": "Sequence[_b.int] | _b.int", "Dims": "_b.int | Sequence[_b.int]", "DType": "_dtype",
    "IntTuple": "_b.int | Sequence[_b.int]", "Generator": "Generator", "Device": "_device | _b.str | _b.int",
    "Layout": "layout", "MemoryFormat": "memory_format", "Object": "Any",
}  # fmt: skip
# What functions return whose structure no schema says. All others give a tensor.
_RETURNS = {
    "storage": "Any", "storage_type": "Any", "const_data_ptr": "_b.int", "dim_order": "tuple[_b.int, ...]",
    "type": "Any", "result_type": "_dtype", "promote_types": "_dtype", "manual_seed": "Generator", "seed": "_b.int",
    "initial_seed": "_b.int", "broadcast_shapes": "Size", "unique": "Any", "unique_consecutive": "Any",
    "histogramdd": "Any", "gradient": "tuple[Tensor, ...]", "embedding_bag": "tuple[Tensor, Tensor, Tensor, Tensor]",
    "lstm": "tuple[Tensor, Tensor, Tensor]", "gru": "tuple[Tensor, Tensor]", "rnn_tanh": "tuple[Tensor, Tensor]",
    "rnn_relu": "tuple[Tensor, Tensor]", "lstm_cell": "tuple[Tensor, Tensor]", "lu": "Any",
    "native_batch_norm": "tuple[Tensor, Tensor, Tensor]", "svd_lowrank": "tuple[Tensor, Tensor, Tensor]",
    "pca_lowrank": "tuple[Tensor, Tensor, Tensor]", "unravel_index": "tuple[Tensor, ...]", "nonzero": "Any",
    **dict.fromkeys(("atleast_1d", "atleast_2d", "atleast_3d"), "Any"),
    **dict.fromkeys(("split", "split_with_sizes", "chunk", "tensor_split", "hsplit", "vsplit", "dsplit", "unbind",
                     "split_copy", "split_with_sizes_copy", "unbind_copy", "unsafe_split", "unsafe_split_with_sizes",
                     "unsafe_chunk", "meshgrid", "broadcast_tensors"),
                    "tuple[Tensor, ...]"),
}  # fmt: skip

# The part of tensors that is written in C++, and what operators take.
_TENSOR = '''class Tensor:
    shape: Size
    dtype: _dtype
    device: _device
    layout: _layout
    ndim: _b.int
    itemsize: _b.int
    nbytes: _b.int
    grad: Tensor | None
    grad_fn: Any
    grad_dtype: Any
    data: Tensor
    requires_grad: _b.bool
    is_leaf: _b.bool
    retains_grad: _b.bool
    output_nr: _b.int
    name: Any
    T: Tensor
    mT: Tensor
    H: Tensor
    mH: Tensor
    real: Tensor
    imag: Tensor
    is_cpu: _b.bool
    is_cuda: _b.bool
    is_meta: _b.bool
    is_mkldnn: _b.bool
    is_mps: _b.bool
    is_nested: _b.bool
    is_quantized: _b.bool
    is_sparse: _b.bool
    is_sparse_csr: _b.bool
    is_vulkan: _b.bool
    is_xla: _b.bool
    is_xpu: _b.bool
    volatile: _b.bool
    _version: _b.int
    _base: Tensor | None
    __hash__: Any
    def __init__(self, *args: Any, device: Any = ...) -> None: ...
    def __getattr__(self, name: _b.str) -> Any: ...
    def __len__(self) -> _b.int: ...
    def __iter__(self) -> Any: ...
    def __bool__(self) -> _b.bool: ...
    def __int__(self) -> _b.int: ...
    def __float__(self) -> _b.float: ...
    def __complex__(self) -> _b.complex: ...
    def __index__(self) -> _b.int: ...
    def __contains__(self, item: Any) -> _b.bool: ...
    def __getitem__(self, index: Any) -> Tensor: ...
    def __setitem__(self, index: Any, value: Any) -> None: ...
    def __array__(self, dtype: Any = ...) -> Any: ...
    def __dlpack__(self, *args: Any, **kwargs: Any) -> Any: ...
    def __dlpack_device__(self) -> tuple[_b.int, _b.int]: ...
    def __deepcopy__(self, memo: Any) -> Tensor: ...
    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = ..., kwargs: Any = ...) -> Any: ...
    def __neg__(self) -> Tensor: ...
    def __pos__(self) -> Tensor: ...
    def __abs__(self) -> Tensor: ...
    def __invert__(self) -> Tensor: ...
    def as_subclass(self, cls: Any, /) -> Any: ...
    def backward(self, gradient: Tensor | None = ..., retain_graph: _b.bool | None = ..., create_graph: _b.bool = ...,
                 inputs: Any = ...) -> None: ...
    def data_ptr(self) -> _b.int: ...
    def detach(self) -> Tensor: ...
    def detach_(self) -> Tensor: ...
    def dim(self) -> _b.int: ...
    def element_size(self) -> _b.int: ...
    def get_device(self) -> _b.int: ...
    def is_complex(self) -> _b.bool: ...
    def is_contiguous(self, memory_format: _memory_format = ...) -> _b.bool: ...
    def is_floating_point(self) -> _b.bool: ...
    def is_inference(self) -> _b.bool: ...
    def is_pinned(self, device: Any = ...) -> _b.bool: ...
    def is_set_to(self, tensor: Tensor, /) -> _b.bool: ...
    def is_shared(self) -> _b.bool: ...
    def is_signed(self) -> _b.bool: ...
    def item(self) -> Any: ...
    def module_load(self, other: Tensor, assign: _b.bool = ...) -> Tensor: ...
    def ndimension(self) -> _b.int: ...
    def nelement(self) -> _b.int: ...
    def numel(self) -> _b.int: ...
    def numpy(self, *, force: _b.bool = ...) -> Any: ...
    def record_stream(self, stream: Any) -> None: ...
    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> Any: ...
    def register_post_accumulate_grad_hook(self, hook: Callable[[Tensor], None]) -> Any: ...
    def requires_grad_(self, requires_grad: _b.bool = ...) -> Tensor: ...
    def resize_(self, *sizes: Any, memory_format: Any = ...) -> Tensor: ...
    def retain_grad(self) -> None: ...
    def share_memory_(self) -> Tensor: ...
    def to_device(self, device: Any, /, *, stream: Any = ...) -> Tensor: ...
    @overload
    def size(self, dim: None = ...) -> Size: ...
    @overload
    def size(self, dim: _b.int) -> _b.int: ...
    def storage_offset(self) -> _b.int: ...
    @overload
    def stride(self, dim: None = ...) -> tuple[_b.int, ...]: ...
    @overload
    def stride(self, dim: _b.int) -> _b.int: ...
    def tolist(self) -> Any: ...
    def untyped_storage(self) -> UntypedStorage: ...
'''
_OPERATORS = (
    "add sub mul truediv floordiv mod pow and or xor lshift rshift eq ne lt le gt ge".split(), "matmul".split())
_OTHERS = '''class dtype:
    is_floating_point: _b.bool
    is_complex: _b.bool
    is_signed: _b.bool
    itemsize: _b.int
    abbr: _b.str
    def to_complex(self) -> dtype: ...
    def to_real(self) -> dtype: ...

class device:
    type: _b.str
    index: _b.int | None
    def __init__(self, type: Any, index: _b.int | None = ...) -> None: ...
    def __enter__(self) -> device: ...
    def __exit__(self, *error: Any) -> None: ...

class layout: ...
class memory_format: ...

class Size(tuple[_b.int, ...]):
    def numel(self) -> _b.int: ...

class Generator:
    device: _device
    def __init__(self, device: Any = ...) -> None: ...
    def manual_seed(self, seed: _b.int, /) -> Generator: ...
    def initial_seed(self) -> _b.int: ...
    def seed(self) -> _b.int: ...
    def get_state(self) -> Tensor: ...
    def set_state(self, state: Tensor, /) -> Generator: ...
    def clone_state(self) -> Generator: ...
    def get_offset(self) -> _b.int: ...
    def set_offset(self, offset: _b.int, /) -> Generator: ...

class UntypedStorage:
    device: _device
    def __init__(self, size: _b.int = ..., device: Any = ...) -> None: ...
    def __len__(self) -> _b.int: ...
    def __getitem__(self, index: Any) -> _b.int: ...
    def __setitem__(self, index: Any, value: Any) -> None: ...
    def __getattr__(self, name: _b.str) -> Any: ...
    def data_ptr(self) -> _b.int: ...
    def nbytes(self) -> _b.int: ...
    def size(self) -> _b.int: ...
    def tolist(self) -> list[_b.int]: ...
    def resize_(self, size: _b.int, /) -> UntypedStorage: ...

_dtype = dtype
_device = device
_layout = layout
_memory_format = memory_format

class OutOfMemoryError(RuntimeError): ...
class LinAlgError(RuntimeError): ...
'''
_CORE_FUNCTIONS = '''def tensor(data: Any, *, dtype: _dtype | None = ...,
           device: _device | _b.str | _b.int | None = ..., requires_grad: _b.bool = ...,
           pin_memory: _b.bool = ..., names: Any = ...) -> Tensor: ...
def as_tensor(data: Any, dtype: _dtype | None = ..., device: _device | _b.str | _b.int | None = ...) -> Tensor: ...
def asarray(obj: Any, *, dtype: _dtype | None = ..., device: Any = ..., copy: _b.bool | None = ...,
            requires_grad: _b.bool = ...) -> Tensor: ...
def from_numpy(ndarray: Any, /) -> Tensor: ...
def frombuffer(buffer: Any, *, dtype: _dtype, count: _b.int = ..., offset: _b.int = ...,
               requires_grad: _b.bool = ...) -> Tensor: ...
def from_dlpack(ext_tensor: Any, *, device: Any = ..., copy: _b.bool | None = ...) -> Tensor: ...
def get_num_threads() -> _b.int: ...
def set_num_threads(n: _b.int, /) -> None: ...
def is_grad_enabled() -> _b.bool: ...
def is_inference_mode_enabled() -> _b.bool: ...
def get_default_device() -> _device: ...
def get_default_dtype() -> _dtype: ...
def set_default_device(device: _device | _b.str | None) -> None: ...
'''


# -- one definition ----------------------------------------------------------------------------------------------------


def _parameter(parameter: Any, self_name: bool) -> str:
    name, kind, default, _, optional = parameter
    if keyword.iskeyword(name):
        name += "_"
    annotation = _KINDS[kind]
    if (optional or default is None) and kind != "Object":
        annotation += " | None"
    if self_name:
        return "self"
    return f"{name}: {annotation}" + ("" if default == "..." else " = ...")


def _returns(schema: dict[str, Any]) -> str:
    if schema["kind"] == "function":
        kind = _annotated(schema)
        name = schema["public"]
        if kind in ("bool", "int", "float", "str", "None"):
            return kind if kind == "None" else f"_b.{kind}"
        return _RETURNS.get(name, "Tensor")
    if schema["fields"]:
        return f"_{schema['public'] or schema['name']}"
    count = schema["returns"]
    if schema["public"] in _RETURNS and count == -1:
        return _RETURNS[schema["public"]]
    return {0: "None", 1: "Tensor", -1: "tuple[Tensor, ...]"}.get(count) or f"tuple[{', '.join(['Tensor'] * count)}]"


def _annotated(schema: dict[str, Any]) -> str:
    """What the body of a function says that it returns."""
    from taeda.functions.function import body_of

    return str(body_of(*schema["body"]).__annotations__.get("return"))


def _signatures(schema: dict[str, Any], method: bool, in_place: bool = False) -> list[str]:
    """The signatures of one definition as text after `def name`: with sizes spread, and as they are."""
    plain: list[str] = []
    spread: list[str] = []
    starred = False
    wanted = schema["spread"] if schema["spread"] is not None else next(
        (p[0] for p in schema["parameters"] if p[1] in ("Sizes", "Dims", "IntTuple") and not p[3]), None)
    optional_before = False
    for k, parameter in enumerate(schema["parameters"]):
        name, kind, default, keyword_only, optional = parameter
        if keyword_only and not starred:
            starred = True
            plain.append("*")
            if spread is not None and not any(s.startswith("*") for s in spread):
                spread.append("*")
        text = _parameter(parameter, method and k == 0)
        if default == "..." and optional_before and not keyword_only and text != "self":
            text += " = ..."  # PyTorch's order; a call without it is refused when it runs
        optional_before = optional_before or default != "..." and not keyword_only
        plain.append(text)
        if name == wanted and name and kind in ("Sizes", "IntTuple", "Dims", "Tensors", "Object"):
            spread.append(f"*{name}: " + ("Tensor" if kind == "Tensors" else "Any" if kind == "Object" else "_b.int"))
        elif any(s.startswith("*") for s in spread) and not starred:
            spread.append(text if "=" in text else text + " = ...")
        else:
            spread.append(text)
    if schema["out"] and not method and not in_place:
        annotation = "Any" if schema["returns"] not in (0, 1) or schema["fields"] else "Tensor | None"
        for parts in (plain, spread):
            if not any(p == "*" or p.startswith("*") for p in parts):
                parts.append("*")
            parts.append(f"out: {annotation} = ...")
    result = "Tensor" if in_place else _returns(schema)
    lines = [f"({', '.join(plain)}) -> {result}: ..."]
    if wanted and any(s.startswith("*") and s != "*" for s in spread):
        lines.append(f"({', '.join(spread)}) -> {result}: ...")
    return lines


def _definition(name: str, signatures: list[str], indent: str = "") -> str:
    signatures = list(dict.fromkeys(signatures))
    if len(signatures) == 1:
        return f"{indent}def {name}{signatures[0]}\n"
    return "".join(f"{indent}@overload\n{indent}def {name}{s}\n" for s in signatures)


# -- files -------------------------------------------------------------------------------------------------------------


def _functions(schemas: list[dict[str, Any]], module: str) -> str:
    """The functions of one module."""
    found: dict[str, list[str]] = {}
    for s in schemas:
        if module not in s["modules"] or not s["public"]:
            continue
        for name in (s["public"], *s["aliases"]):
            found.setdefault(name, []).extend(_signatures(s, False))
            if s["inplace"] and not s["view"]:
                found.setdefault(name + "_", []).extend(_signatures(s, False, in_place=True))
    return "".join(_definition(n, found[n]) for n in sorted(found) if n.isidentifier() and not keyword.iskeyword(n))


def _result_types(schemas: list[dict[str, Any]]) -> str:
    lines, seen = [], set()
    for s in schemas:
        name = s["public"] or s["name"]
        if s["fields"] and name not in seen and s["kind"] != "function":
            seen.add(name)
            lines.append(f"class _{name}(NamedTuple):\n" + "".join(f"    {f}: Tensor\n" for f in s["fields"]))
    return "\n".join(lines)


def _tensor_class(schemas: list[dict[str, Any]]) -> str:
    methods: dict[str, list[str]] = {}
    for s in schemas:
        if not s["method"] or not s["public"]:
            continue
        for name in (s["public"], *s["aliases"]):
            methods.setdefault(name, []).extend(_signatures(s, True))
            if s["inplace"]:
                methods.setdefault(name + "_", []).extend(_signatures(s, True, in_place=True))
    written = {line.split("(")[0].removeprefix("    def ") for line in _TENSOR.splitlines()
               if line.startswith("    def ")}
    text = _TENSOR
    for operators, other in ((_OPERATORS[0], f"Tensor | {_NUMBER}"), (_OPERATORS[1], "Tensor")):
        for name in operators:
            kinds = ("", "r", "i") if name not in ("eq", "ne", "lt", "le", "gt", "ge") else ("",)
            ignore = "  # type: ignore[override]" if name in ("eq", "ne") else ""
            for prefix in kinds:
                text += f"    def __{prefix}{name}__(self, other: {other}, /) -> Tensor: ...{ignore}\n"
    for name in sorted(methods):
        if name not in written and name.isidentifier() and not keyword.iskeyword(name):
            text += _definition(name, methods[name], "    ")
    return text


def _constants() -> str:
    lines = [f"{name}: dtype\n" for name, value in sorted(vars(taeda).items()) if isinstance(value, taeda.dtype)]
    lines += [f"{name}: memory_format\n" for name in
              ("contiguous_format", "preserve_format", "channels_last", "channels_last_3d")]
    return "".join(lines) + "strided: layout\ndefault_generator: Generator\n"


_TYPES = "Generator, LinAlgError, OutOfMemoryError, Size, Tensor, UntypedStorage, device, dtype, layout, memory_format"


def _core_stub(schemas: list[dict[str, Any]]) -> str:
    results = _result_types(schemas)
    return (_HEADER + results + "\n" + _tensor_class(schemas) + "\n" + _OTHERS + "\n" + _CORE_FUNCTIONS + "\n"
            + _constants() + "\ndef __getattr__(name: _b.str) -> Any: ...\n")


def _imports(schemas: list[dict[str, Any]]) -> str:
    results = sorted({f"_{s['public'] or s['name']}" for s in schemas if s["fields"] and s["kind"] != "function"})
    names = [*(n.strip() for n in _TYPES.split(",")), *results]
    names += ["_dtype", "_device", "_layout", "_memory_format"]
    return "from taeda._core import (\n" + "".join(f"    {n} as {n},\n" for n in names) + ")\n\n"


def _main(schemas: list[dict[str, Any]]) -> str:
    lazy = "".join(
        f"from taeda.{home} import {name} as {name}\n" for name, home in sorted(taeda._LAZY.items())
        if not name.startswith("_") and name not in ("Storage",) and not name.endswith("Storage"))
    submodules = "".join(f"from taeda import {name} as {name}\n" for name in sorted(taeda._SUBMODULES)
                         if not name.startswith("_") and _exists(name))
    core = [line.split("(")[0].removeprefix("def ") for line in _CORE_FUNCTIONS.splitlines() if line.startswith("def ")]
    named = "from taeda._core import (\n" + "".join(f"    {n} as {n},\n" for n in core) + ")\n"
    return (_HEADER + _imports(schemas) + named + submodules + lazy + "\n__version__: _b.str\ninf: _b.float\n"
            "nan: _b.float\npi: _b.float\ne: _b.float\nnewaxis: None\n" + _constants() + "\n"
            + _functions(schemas, "torch") + "\ndef __getattr__(name: _b.str) -> Any: ...\n")


def _exists(name: str) -> bool:
    """Whether a part of the package has a file; some are imported only where what they need is installed."""
    here = Path(__file__).parent / name
    return here.is_dir() or here.with_suffix(".py").is_file()


def _module(schemas: list[dict[str, Any]], name: str) -> str:
    return _HEADER + _imports(schemas) + _functions(schemas, name) + "\ndef __getattr__(name: _b.str) -> Any: ...\n"


def _functional(schemas: list[dict[str, Any]]) -> str:
    """nn.functional: the signatures that its functions have, which may take more than their op does (inplace=)."""
    functional = taeda.nn.functional
    one = {s["public"] for s in schemas if "nn.functional" in s["modules"] and s["returns"] == 1 and not s["fields"]}
    text = ""
    for name in sorted(functional.__all__):
        try:
            parameters = inspect.signature(getattr(functional, name)).parameters.values()
        except ValueError:
            continue
        words: list[str] = []
        for p in parameters:
            if p.kind is p.KEYWORD_ONLY and not any(w.startswith("*") for w in words):
                words.append("*")
            star = "*" if p.kind is p.VAR_POSITIONAL else "**" if p.kind is p.VAR_KEYWORD else ""
            words.append(f"{star}{p.name}: Any" + ("" if p.default is p.empty or star else " = ..."))
        text += f"def {name}({', '.join(words)}) -> {'Tensor' if name in one else 'Any'}: ...\n"
    return _HEADER + "from taeda._core import Tensor as Tensor\n\n" + text + (
        "\ndef __getattr__(name: _b.str) -> Any: ...\n")


def write(folder: str | Path) -> Path:
    """Write the package `taeda-stubs` into a folder; gives its path."""
    schemas = _schemas.load()
    package = Path(folder) / "taeda-stubs"
    package.mkdir(parents=True, exist_ok=True)
    files = {
        "py.typed": "partial\n", "__init__.pyi": _main(schemas), "_core.pyi": _core_stub(schemas),
        **{f"{name}.pyi": _module(schemas, name) for name in ("linalg", "special", "fft")},
        "nn/functional/__init__.pyi": _functional(schemas),
    }
    for name, text in files.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text)
    return package


# -- the command -------------------------------------------------------------------------------------------------------


def arguments(parser: Any) -> None:
    """The arguments of `taeda stubs`."""
    parser.add_argument("folder", help="where the package taeda-stubs is written: a folder of the search path")


def main(parsed: Any) -> int:
    """Write the stubs; returns the exit status."""
    print(write(parsed.folder))
    return 0


if __name__ == "__main__":
    import sys

    write(sys.argv[1])
