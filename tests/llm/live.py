"""A server of the tiny model on a port of this machine, for the tests that speak to it over the network."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from taeda.llm import Decoder
from taeda.llm.server import Limits, make_app


@dataclass
class Live:
    port: int
    app: Any

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextlib.contextmanager
def serving(model: Decoder, **settings: Any) -> Iterator[Live]:
    import uvicorn

    app = make_app(model, "tiny", limits=Limits(**settings))
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs=dict(sockets=[listener]), daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield Live(listener.getsockname()[1], app)
    finally:
        server.should_exit = True
        thread.join(timeout=30)
        app.state.worker.stop()
        listener.close()
