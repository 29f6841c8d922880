"""What goes wrong with files of tensors."""

import pickle


class CheckpointError(RuntimeError):
    """A file that is damaged, hostile, or not of the expected format. The message names the file and the reason."""


class UnsafePickleError(CheckpointError, pickle.UnpicklingError):
    """A file that wants something built that is not on the list of what loading may build."""
