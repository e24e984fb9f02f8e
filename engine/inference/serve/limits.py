"""How much of the server one client may take, and for how long."""

from __future__ import annotations

from dataclasses import dataclass

from engine.inference.serve.request_body import FORM_MARGIN, MAX_BYTES


@dataclass(frozen=True)
class Limits:
    """What a worker process gives its clients, in seconds, bytes and connections.

    The lowest speed counts only what has arrived: a length that the client promises buys no time. Apache's
    mod_reqtimeout (`MinRate`) works the same way.
    """

    seconds: float = 10
    """For the headers; for the body, in addition to `lowest_speed`; for reading a reply."""

    lowest_speed: int = 50_000
    """Bytes a second: each so many bytes of a body that have arrived give the rest another second."""

    connections: int = 200
    """At the same time; macOS lets a process open 256 files. One more ends the one that has waited the longest."""

    held_bytes: int = 1024**3
    """The bodies of all requests together. More end a request that is still arriving."""

    unused_bytes: int = 64 * 1024**2
    """Of a request that has its reply before its end: a client may send all of a large file before it reads."""

    def body_seconds(self, arrived: int) -> float:
        """The seconds from its headers in which a body must be complete, when so many bytes have arrived."""
        return self.seconds + min(arrived, MAX_BYTES + FORM_MARGIN) / self.lowest_speed
