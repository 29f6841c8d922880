"""The deeper name of what `taeda.distributed` has."""

from taeda.distributed import *  # noqa: F403
from taeda.distributed.further import *  # noqa: F403
