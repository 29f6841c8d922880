"""Exceptions of PyTorch's tracer, for programs that catch them."""

__all__ = ["BackendCompilerFailed", "InternalTorchDynamoError", "TorchDynamoException", "TorchRuntimeError",
           "Unsupported", "UserError"]


class TorchDynamoException(RuntimeError):
    """What the tracer could not do."""


class InternalTorchDynamoError(TorchDynamoException):
    """A fault of the tracer."""


class Unsupported(TorchDynamoException):
    """Python that the tracer does not know."""


class TorchRuntimeError(TorchDynamoException):
    """What an op raised while it was traced."""


class BackendCompilerFailed(TorchDynamoException):
    """What the compiler behind the tracer raised."""


class UserError(Unsupported):
    """A use that the tracer refuses."""
