"""Dropout: elements, channels, and the variant that keeps the mean and variance of SELU networks."""

from typing import Any

from taeda.nn.functional._legacy import legacy


def _train(definition: Any, given: dict[str, Any]) -> Any:
    """The ops that `torch` has too call `training` `train`."""
    given["train"] = given.pop("training", _DEFAULT[definition.__name__])
    return definition(**given)


_DEFAULT = {"dropout": True, "alpha_dropout": False, "feature_alpha_dropout": False}

dropout = legacy("dropout", "input, p=0.5, training=True, inplace=False", _train)
dropout1d = legacy("dropout1d", "input, p=0.5, training=True, inplace=False")
dropout2d = legacy("dropout2d", "input, p=0.5, training=True, inplace=False")
dropout3d = legacy("dropout3d", "input, p=0.5, training=True, inplace=False")
alpha_dropout = legacy("alpha_dropout", "input, p=0.5, training=False, inplace=False", _train)
feature_alpha_dropout = legacy("feature_alpha_dropout", "input, p=0.5, training=False, inplace=False", _train)
