"""Padding."""

from taeda.nn.functional._legacy import op

pad = op("pad")
