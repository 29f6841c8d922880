"""Taeda: tensors, autograd, nn and the rest, behind PyTorch's names: `import taeda as torch`.

What is here is only names. Functions come from the ops (ops/, bound by _binding.py), from functions/;
the larger parts of the library (nn, optim, utils, ...) are imported when they are first used.
"""

from __future__ import annotations

import importlib
from typing import Any

from taeda import _core, environment
from taeda._core import Generator, Size, Tensor, device, dtype
from taeda._module_tree import install as install_module_tree
from taeda._public import install

__version__ = "0.1.0"

_SUBMODULES = frozenset(
    (
        "__config__",
        "storage",
        "_dynamo",
        "_utils",
        "_higher_order_ops",
        "_inductor",
        "_tensor",
        "_tensor_str",
        "accelerator",
        "_C",
        "amp",
        "array_api",
        "ao",
        "as_torch",
        "autograd",
        "backends",
        "classes",
        "compiler",
        "cpu",
        "cuda",
        "distributed",
        "distributions",
        "export",
        "fft",
        "func",
        "functional",
        "futures",
        "fx",
        "hub",
        "jit",
        "library",
        "linalg",
        "llm",
        "masked",
        "mps",
        "multiprocessing",
        "nested",
        "native",
        "nn",
        "onnx",
        "ops",
        "optim",
        "overrides",
        "printing",
        "profiler",
        "quantization",
        "quasirandom",
        "random",
        "return_types",
        "serialization",
        "signal",
        "sparse",
        "special",
        "testing",
        "types",
        "utils",
        "version",
        "xpu",
    )
)
_LAZY = {
    "BFloat16Storage": "storage",
    "BoolStorage": "storage",
    "ByteStorage": "storage",
    "CharStorage": "storage",
    "ComplexDoubleStorage": "storage",
    "ComplexFloatStorage": "storage",
    "DoubleStorage": "storage",
    "FloatStorage": "storage",
    "HalfStorage": "storage",
    "IntStorage": "storage",
    "LongStorage": "storage",
    "ShortStorage": "storage",
    "TypedStorage": "storage",
    "UntypedStorage": "storage",
    "AcceleratorError": "settings",
    "Event": "streams",
    "Storage": "storage",
    "Stream": "streams",
    "SymBool": "symbolic_numbers",
    "SymFloat": "symbolic_numbers",
    "SymInt": "symbolic_numbers",
    "Tag": "settings",
    "cond": "control_flow",
    "typename": "nn.module",
    "AnyType": "jit.types",
    "BoolType": "jit.types",
    "ComplexType": "jit.types",
    "DeviceObjType": "jit.types",
    "DictType": "jit.types",
    "FloatType": "jit.types",
    "IntType": "jit.types",
    "ListType": "jit.types",
    "NoneType": "jit.types",
    "NumberType": "jit.types",
    "OptionalType": "jit.types",
    "StringType": "jit.types",
    "TensorType": "jit.types",
    "TupleType": "jit.types",
    "qint32": "quantized_types",
    "qint8": "quantized_types",
    "quint2x4": "quantized_types",
    "quint4x2": "quantized_types",
    "quint8": "quantized_types",
    "eig": "removed",
    "get_device_module": "settings",
    "is_warn_always_enabled": "settings",
    "lstsq": "removed",
    "matrix_rank": "removed",
    "set_default_tensor_type": "settings",
    "set_warn_always": "settings",
    "solve": "removed",
    "sym_float": "symbolic_numbers",
    "sym_int": "symbolic_numbers",
    "sym_ite": "symbolic_numbers",
    "sym_max": "symbolic_numbers",
    "sym_min": "symbolic_numbers",
    "sym_not": "symbolic_numbers",
    "sym_sqrt": "symbolic_numbers",
    "sym_sum": "symbolic_numbers",
    "symeig": "removed",
    "to_dlpack": "utils.dlpack",
    "while_loop": "control_flow",
    "_assert": "assertions",
    "_assert_async": "assertions",
    "_check": "assertions",
    "_check_index": "assertions",
    "_check_not_implemented": "assertions",
    "_check_tensor_all": "assertions",
    "_check_tensor_all_with": "assertions",
    "_check_type": "assertions",
    "_check_value": "assertions",
    "_check_with": "assertions",
    "Future": "futures",
    "autocast": "amp",
    "autocast_decrement_nesting": "amp.autocast_mode",
    "autocast_increment_nesting": "amp.autocast_mode",
    "clear_autocast_cache": "amp.autocast_mode",
    "get_autocast_cpu_dtype": "amp.autocast_mode",
    "get_autocast_dtype": "amp.autocast_mode",
    "get_autocast_gpu_dtype": "amp.autocast_mode",
    "is_autocast_cache_enabled": "amp.autocast_mode",
    "is_autocast_cpu_enabled": "amp.autocast_mode",
    "is_autocast_enabled": "amp.autocast_mode",
    "set_autocast_cache_enabled": "amp.autocast_mode",
    "set_autocast_cpu_dtype": "amp.autocast_mode",
    "set_autocast_cpu_enabled": "amp.autocast_mode",
    "set_autocast_dtype": "amp.autocast_mode",
    "set_autocast_enabled": "amp.autocast_mode",
    "GradScaler": "amp",
    "BFloat16Tensor": "legacy_types",
    "BoolTensor": "legacy_types",
    "ByteTensor": "legacy_types",
    "CharTensor": "legacy_types",
    "DoubleTensor": "legacy_types",
    "FloatTensor": "legacy_types",
    "HalfTensor": "legacy_types",
    "IntTensor": "legacy_types",
    "LongTensor": "legacy_types",
    "ShortTensor": "legacy_types",
    "check": "checking",
    "compile": "compilation",
    "PyTorchFileReader": "serialization.records",
    "ScriptFunction": "jit",
    "ScriptModule": "jit",
    "save": "serialization",
    "load": "serialization",
    "save_safetensors": "serialization",
    "load_safetensors": "serialization",
    "set_printoptions": "printing",
    "finfo": "numeric_limits",
    "iinfo": "numeric_limits",
    "no_grad": "autograd",
    "vmap": "func",
    "enable_grad": "autograd",
    "set_grad_enabled": "autograd",
    "inference_mode": "autograd",
}

install(globals())
install_module_tree()
if _threads := environment.num_threads():
    _core.set_num_threads(_threads)


def __getattr__(name: str) -> Any:
    if name in _SUBMODULES:
        try:
            return importlib.import_module(f"taeda.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"taeda.{name}":
                raise
            raise AttributeError(
                f"module 'taeda' has no attribute {name!r}: this part of PyTorch is not there yet"
            ) from None
    if name.startswith("_foreach_"):
        from taeda.foreach import find

        if (function := find(name)) is not None:
            globals()[name] = function
            return function
    if name in _LAZY:
        value = getattr(importlib.import_module(f"taeda.{_LAZY[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'taeda' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_SUBMODULES, *_LAZY})


__all__ = ["Generator", "Size", "Tensor", "_core", "device", "dtype"]
