"""A connection to a client, which ends when the client is slow. uvicorn itself waits for ever."""

from __future__ import annotations

import asyncio
import json
import time
from enum import Enum
from http import HTTPStatus
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from engine.inference.serve import crowd
from engine.inference.serve.limits import Limits
from engine.inference.serve.parser import Parser

LATE = "The request took too long to arrive: send a smaller image, or use a faster connection."
FULL = "The server has too many connections: send this request again in a moment."
ENDS = "The server ends: send this request again when it is back."
MALFORMED = "This is not a valid HTTP request."


class Awaited(Enum):
    """What a client has yet to do. Without any of these, the server is at work."""

    HEADERS = "send a request"
    BODY = "send the rest of its body"
    REST = "send the rest of a body that has its reply already"
    READING = "read what was sent"


class Connection(H11Protocol):
    """uvicorn's connection for h11, with a time limit for whatever the client has to do.

    Written for uvicorn 0.54, whose attributes have public names but no documentation; the tests use real sockets.
    """

    limits = Limits()

    def __init__(self, *arguments: Any, **options: Any):
        super().__init__(*arguments, **options)
        self.conn = Parser()
        self.awaited: Awaited | None = None
        self.since = 0.0
        self.arrived = 0
        """Bytes of the current request."""
        self._timer: asyncio.TimerHandle | None = None

    # --- what uvicorn and asyncio call --------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._update()
        if len(self.connections) > self.limits.connections:
            self._drop_one(set(Awaited))

    def data_received(self, data: bytes) -> None:
        self.arrived += len(data)
        super().data_received(data)
        self._update()
        if self.awaited is Awaited.REST and self.arrived > self.limits.unused_bytes:
            self.transport.close()
            self._update()
        if self.awaited is Awaited.BODY and crowd.held_bytes(self._all()) > self.limits.held_bytes:
            self._drop_one({Awaited.BODY})

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._update()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._update()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._update()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._update()

    def send_400_response(self, msg: str) -> None:
        self.refuse(HTTPStatus.BAD_REQUEST, MALFORMED)

    def shutdown(self) -> None:
        if self.awaited is Awaited.BODY:
            self.refuse(HTTPStatus.SERVICE_UNAVAILABLE, ENDS)
        else:
            super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._stop_timer()

    # --- waiting ------------------------------------------------------------------------------------------------------

    def _update(self) -> None:
        """Start the clock again where the client has something else to do than before."""
        awaited = self._awaited_now()
        if awaited is self.awaited:
            return
        if awaited is Awaited.HEADERS or (awaited is Awaited.BODY and self.awaited is not Awaited.HEADERS):
            self.arrived = 0
        self.awaited, self.since = awaited, time.monotonic()
        self._stop_timer()
        if awaited:
            self._timer = self.loop.call_later(self.limits.seconds, self._end_if_late)

    def _awaited_now(self) -> Awaited | None:
        if self.transport.is_closing() or self.flow.write_paused:
            return Awaited.READING
        if self.conn.our_state is h11.IDLE:
            return Awaited.HEADERS
        if self.conn.their_state is h11.SEND_BODY:
            return Awaited.REST if self.conn.our_state is h11.DONE else Awaited.BODY
        return None

    def _end_if_late(self) -> None:
        left = self.since + self.limits.body_seconds(self.arrived) - time.monotonic()
        if self.awaited is Awaited.BODY and left > 0:
            self._timer = self.loop.call_later(left, self._end_if_late)
        else:
            self.refuse(HTTPStatus.REQUEST_TIMEOUT, LATE)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @property
    def holds_body(self) -> bool:
        """Whether the body of a request is in memory."""
        return self.awaited in (Awaited.BODY, None)

    # --- ending -------------------------------------------------------------------------------------------------------

    def refuse(self, status: HTTPStatus, sentence: str) -> None:
        """End the connection; a request that has no reply yet gets this one."""
        if self.awaited is Awaited.READING:
            self.transport.abort()
            return
        if self.arrived and self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self._reply(status, sentence)
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True  # whatever the app would reply is not sent any more
            self.cycle.message_event.set()
        self.transport.close()
        self._update()

    def _reply(self, status: HTTPStatus, sentence: str) -> None:
        body = json.dumps({"detail": sentence}).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        events: list[h11.Event] = [
            h11.Response(status_code=status, headers=headers, reason=status.phrase.encode()),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ]
        self.transport.write(b"".join(self.conn.send(event) or b"" for event in events))

    def _drop_one(self, awaited: set[Awaited]) -> None:
        """End the connection that the server can best do without among those that wait for their clients."""
        waiting = [one for one in self._all() if one.awaited in awaited and one is not self]
        crowd.slowest(waiting, default=self).refuse(HTTPStatus.SERVICE_UNAVAILABLE, FULL)

    def _all(self) -> list[Connection]:
        return [one for one in self.connections if isinstance(one, Connection)]
