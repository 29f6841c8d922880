"""How the processes of a group find each other: addresses that say who belongs to it, and where its store is."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlparse

from taeda.distributed.stores import FileStore, Store, TCPStore

__all__ = ["register_rendezvous_handler", "rendezvous"]

Found = Iterator[tuple[Store, int, int]]

_handlers: dict[str, Callable[..., Found]] = {}


def register_rendezvous_handler(scheme: str, handler: Callable[..., Any]) -> None:
    """Let `handler` find the other processes for addresses that start with "scheme://"."""
    if scheme in _handlers:
        raise RuntimeError(f"Rendezvous handler for {scheme}:// already registered")
    _handlers[scheme] = handler


def rendezvous(url: str, rank: int = -1, world_size: int = -1, **kwargs: Any) -> Any:
    """Yields (store, rank, size) for an address: env://, tcp://host:port, file:///path, or a registered scheme.

    The rank and the size that are not given are asked of the address ("?rank=0&world_size=1"), for env:// of the
    environment (RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT).
    """
    if not isinstance(url, str | bytes):
        raise RuntimeError(f"`url` must be a string. {type(url)}: {url}")
    scheme = urlparse(url).scheme
    if scheme not in _handlers:
        raise RuntimeError(f"No rendezvous handler for {scheme}://")
    return _handlers[scheme](url, rank=rank, world_size=world_size, **kwargs)


def refuse_several(size: int, rank: int) -> None:
    """NotImplementedError for a group that is not this process alone."""
    if size != 1 or rank != 0:
        raise NotImplementedError(f"a process group of {size} processes (this one is number {rank}): distributed "
                                  "training is missing; Taeda runs groups of one process")


def _parts(url: str, rank: int, world_size: int) -> tuple[Any, int, int]:
    """The address, and rank and size, which are -1 where neither the caller nor the address has them."""
    address = urlparse(url)
    asked = {name: int(values[0]) for name, values in parse_qs(address.query).items() if name in ("rank", "world_size")}
    return (address, asked.get("rank", -1) if rank < 0 else rank,
            asked.get("world_size", -1) if world_size < 0 else world_size)


def _missing(scheme: str, what: str) -> ValueError:
    return ValueError(f"Error initializing torch.distributed using {scheme}:// rendezvous: {what}")


def _alone(scheme: str, rank: int, world_size: int) -> None:
    """That both numbers are known, and are those of a group of one process."""
    if rank < 0:
        raise _missing(scheme, "rank parameter missing")
    if world_size < 0:
        raise _missing(scheme, "world size parameter missing")
    refuse_several(world_size, rank)


def _of_environment(url: str, rank: int = -1, world_size: int = -1, **kwargs: Any) -> Found:
    def variable(name: str) -> str:
        value = os.environ.get(name)
        if value is None:
            raise _missing("env", f"environment variable {name} expected, but not set")
        return value

    _, rank, world_size = _parts(url, rank, world_size)
    rank = int(variable("RANK")) if rank < 0 else rank
    world_size = int(variable("WORLD_SIZE")) if world_size < 0 else world_size
    refuse_several(world_size, rank)
    yield TCPStore(variable("MASTER_ADDR"), int(variable("MASTER_PORT")), 1, True), rank, world_size


def _of_host(url: str, rank: int = -1, world_size: int = -1, **kwargs: Any) -> Found:
    address, rank, world_size = _parts(url, rank, world_size)
    if address.port is None:
        raise _missing("tcp", "port number missing")
    _alone("tcp", rank, world_size)
    yield TCPStore(address.hostname or "", address.port, 1, True), rank, world_size


def _of_file(url: str, rank: int = -1, world_size: int = -1, **kwargs: Any) -> Found:
    address, rank, world_size = _parts(url, rank, world_size)
    if not address.path:
        raise _missing("file", "path missing")
    _alone("file", rank, world_size)
    yield FileStore(address.path, 1), rank, world_size


for _scheme, _handler in (("env", _of_environment), ("tcp", _of_host), ("file", _of_file)):
    register_rendezvous_handler(_scheme, _handler)
