"""Memory that processes share, as files without a name: of tensors (multiprocessing/) and of batches (utils/data/)."""

from __future__ import annotations

import os
import tempfile


def new_file(size: int) -> int:
    """A file of `size` bytes without a name, in memory: its descriptor. RuntimeError where there is no room."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("taeda", os.MFD_CLOEXEC)
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    try:
        os.ftruncate(descriptor, size)
        if hasattr(os, "posix_fallocate"):  # memory that is not there is an error here, not a crash at a write
            os.posix_fallocate(descriptor, 0, size)
    except OSError as error:
        os.close(descriptor)
        raise RuntimeError(f"unable to get {size} bytes of shared memory: {error.strerror}; free some, or make the "
                           "limit of the container larger") from error
    return descriptor
