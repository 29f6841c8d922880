"""Training on parts of unequal length: `Join`, as far as one process needs it."""

from taeda.distributed.algorithms.join import Join, Joinable, JoinHook

__all__ = ["Join", "JoinHook", "Joinable"]
