"""Whether tensors are being traced by PyTorch's `make_fx`. They never are: `taeda.fx` traces functions by proxies."""

from __future__ import annotations

__all__ = ["get_proxy_mode"]


def get_proxy_mode() -> None:
    """The mode that traces tensors: none."""
