"""`torch.onnx`: what programs ask about an export to ONNX. There is none here: `export` says so."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

from taeda.onnx.errors import OnnxExporterError, SymbolicValueError, UnsupportedOperatorError

__all__ = [
    "ONNXProgram", "OnnxExporterError", "OperatorExportTypes", "SymbolicValueError", "TensorProtoDataType",
    "TrainingMode", "UnsupportedOperatorError", "export", "is_in_onnx_export", "register_custom_op_symbolic",
    "unregister_custom_op_symbolic",
]  # fmt: skip

producer_name, producer_version = "pytorch", "2.13.0"

# The numbers are ONNX's own (onnx.proto3).
TensorProtoDataType = enum.IntEnum(
    "TensorProtoDataType",
    ["UNDEFINED", "FLOAT", "UINT8", "INT8", "UINT16", "INT16", "INT32", "INT64", "STRING", "BOOL", "FLOAT16", "DOUBLE",
     "UINT32", "UINT64", "COMPLEX64", "COMPLEX128", "BFLOAT16", "FLOAT8E4M3FN", "FLOAT8E4M3FNUZ", "FLOAT8E5M2",
     "FLOAT8E5M2FNUZ"],
    start=0,
)
TrainingMode = enum.IntEnum("TrainingMode", ["EVAL", "PRESERVE", "TRAINING"], start=0)
OperatorExportTypes = enum.IntEnum(
    "OperatorExportTypes", ["ONNX", "ONNX_ATEN", "ONNX_ATEN_FALLBACK", "ONNX_FALLTHROUGH"], start=0
)

_symbolics: dict[tuple[str, int], Callable[..., Any]] = {}  # what an exporter would make of ops of libraries


class ONNXProgram:
    """The class of exported models: nothing is of it."""


def is_in_onnx_export() -> bool:
    """Whether a model is being exported: False."""
    return False


def register_custom_op_symbolic(symbolic_name: str, symbolic_fn: Callable[..., Any], opset_version: int) -> None:
    """Say how an op of a library would be written in ONNX. Kept, for no exporter."""
    if symbolic_name.count("::") != 1:
        raise OnnxExporterError(f"Failed to register operator {symbolic_name}. The symbolic name must match the format "
                                "domain::name, and should start with a letter and contain only alphanumerical "
                                "characters")
    _symbolics[symbolic_name, opset_version] = symbolic_fn


def unregister_custom_op_symbolic(symbolic_name: str, opset_version: int) -> None:
    """Forget what register_custom_op_symbolic was told."""
    _symbolics.pop((symbolic_name, opset_version), None)


def export(model: Any, args: Any = (), f: Any = None, **options: Any) -> Any:
    """Write a model in ONNX's format: not there."""
    raise NotImplementedError("onnx.export: models are not written as ONNX; taeda.native.save writes a function's "
                              "compiled programs to a file that C++ runs, taeda.jit.save one that Python loads")


class _Opset:
    """The ONNX forms of PyTorch's ops in one version of ONNX: none."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __getattr__(self, name: str) -> Any:
        raise NotImplementedError(f"{self.__name__}.{name}: there are no ONNX forms of ops, since nothing exports them")


def __getattr__(name: str) -> Any:
    if name.startswith("symbolic_opset") and name.removeprefix("symbolic_opset").isdigit():
        return _Opset(f"taeda.onnx.{name}")
    raise AttributeError(f"module 'taeda.onnx' has no attribute {name!r}")
