"""An ASGI app on a loopback port of its own, with the options of `serve`, and clients that send what they like."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPResponse

import uvicorn

from engine.inference.serve import server
from engine.inference.serve.connection import Connection
from engine.inference.serve.limits import Limits

SECONDS = 60
POST = b"POST /predict HTTP/1.1\r\nHost: x\r\n"


@dataclass
class Listening:
    """A server that listens on a port of the loopback address."""

    port: int
    server: uvicorn.Server

    def connect(self, *sent: bytes) -> socket.socket:
        """A connection on which these bytes were sent."""
        client = socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS)
        for part in sent:
            client.sendall(part)
        return client

    def open_ones(self) -> list[Connection]:
        """The connections that the server has open."""
        return list(self.server.server_state.connections)

    def connections(self) -> int:
        return len(self.open_ones())


@contextlib.contextmanager
def listening(app, **limits) -> Iterator[Listening]:
    """Serve an app in a thread of this process, with limits of its own."""

    class Limited(Connection):
        pass

    Limited.limits = Limits(**limits)
    options = server.OPTIONS | {"http": Limited, "timeout_graceful_shutdown": 1, "log_config": None}
    taken = socket.create_server(("127.0.0.1", 0))
    one = uvicorn.Server(uvicorn.Config(app, **options))
    thread = threading.Thread(target=one.run, args=([taken],))
    thread.start()
    try:
        wait_for(lambda: one.started)
        yield Listening(taken.getsockname()[1], one)
    finally:
        one.should_exit = True
        thread.join(SECONDS)
    assert not thread.is_alive()


def until_closed(client: socket.socket) -> bytes:
    """All that a server sends before it ends the connection."""
    received = bytearray()
    with contextlib.suppress(ConnectionError):
        while part := client.recv(65536):
            received += part
    return bytes(received)


def body_of_reply(client: socket.socket) -> bytes:
    """The body of a whole reply, after which the connection may stay open."""
    reply = HTTPResponse(client)
    reply.begin()
    return reply.read()


def wait_for(is_so) -> None:
    end = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < end, f"Not so within {SECONDS} s."
        time.sleep(0.01)
