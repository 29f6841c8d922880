"""`torch.onnx`, as far as programs ask of it whether they are being exported. Writing ONNX files is not there yet."""

from __future__ import annotations

import enum
from typing import Any, NoReturn

__all__ = [
    "OnnxExporterError", "OperatorExportTypes", "TensorProtoDataType", "TrainingMode", "export", "is_in_onnx_export",
    "register_custom_op_symbolic", "unregister_custom_op_symbolic",
]  # fmt: skip


class OnnxExporterError(RuntimeError):
    """A program could not be exported."""


class TrainingMode(enum.Enum):
    """In which mode a module is exported."""

    EVAL = 0
    PRESERVE = 1
    TRAINING = 2


class OperatorExportTypes(enum.Enum):
    """Which operators an exported file may have."""

    ONNX = 0
    ONNX_ATEN = 1
    ONNX_ATEN_FALLBACK = 2
    ONNX_FALLTHROUGH = 3


class TensorProtoDataType(enum.Enum):
    """ONNX's numbers for dtypes."""

    UNDEFINED = 0
    FLOAT = 1
    UINT8 = 2
    INT8 = 3
    UINT16 = 4
    INT16 = 5
    INT32 = 6
    INT64 = 7
    STRING = 8
    BOOL = 9
    FLOAT16 = 10
    DOUBLE = 11
    UINT32 = 12
    UINT64 = 13
    COMPLEX64 = 14
    COMPLEX128 = 15
    BFLOAT16 = 16


_symbolics: dict[tuple[str, int], Any] = {}


def is_in_onnx_export() -> bool:
    """Whether this code runs to be exported: False."""
    return False


def register_custom_op_symbolic(symbolic_name: str, symbolic_fn: Any, opset_version: int) -> None:
    """Keep what an op ("namespace::name") is to be in files of an opset."""
    if "::" not in symbolic_name:
        raise OnnxExporterError(f"Failed to register operator {symbolic_name}. The symbolic name must match the format "
                                "domain::name, and should start with a letter and contain only alphanumerical "
                                "characters")
    _symbolics[symbolic_name, opset_version] = symbolic_fn


def unregister_custom_op_symbolic(symbolic_name: str, opset_version: int) -> None:
    """Forget what `register_custom_op_symbolic` kept."""
    _symbolics.pop((symbolic_name, opset_version), None)


def export(*args: Any, **kwargs: Any) -> NoReturn:
    """Not there yet: `torch.export.save` and `torch.jit.save` write programs of Taeda, `taeda.native.save` those
    for C++."""
    raise NotImplementedError("writing ONNX files is not there yet; torch.export.save and torch.jit.save write "
                              "programs that "
                              "Taeda loads, and taeda.native.save programs for C++")
