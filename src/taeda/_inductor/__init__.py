"""torch._inductor, as far as programs set its settings."""

from taeda._inductor import config

__all__ = ["config"]
