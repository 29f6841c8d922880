"""Where PyTorch has the module that `compile` gives."""

from taeda.compilation import OptimizedModule

__all__ = ["OptimizedModule"]
