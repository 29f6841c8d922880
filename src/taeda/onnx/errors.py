"""Errors of an export to ONNX."""

from __future__ import annotations

__all__ = ["OnnxExporterError", "OnnxExporterWarning", "SymbolicValueError", "UnsupportedOperatorError"]


class OnnxExporterError(RuntimeError):
    """A model cannot be exported."""


class OnnxExporterWarning(UserWarning):
    """Something about an export."""


class UnsupportedOperatorError(OnnxExporterError):
    """An op has no counterpart in ONNX."""


class SymbolicValueError(OnnxExporterError):
    """A value does not fit an op of ONNX."""
