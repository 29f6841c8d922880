"""Checkpoints of models that are spread over processes, as far as one process needs them: the states of a model."""

from taeda.distributed.checkpoint import state_dict

__all__ = ["state_dict"]
