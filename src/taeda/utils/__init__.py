"""Helpers: data loading, hooks."""

from taeda.utils import hooks

__all__ = ["hooks"]
