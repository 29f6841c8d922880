"""Helpers: data loading, hooks."""

from taeda.utils import data, hooks

__all__ = ["data", "hooks"]
