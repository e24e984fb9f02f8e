"""A request to a piece of ASGI middleware, without a server."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse

HOST = "lab.example.org"
SECRET, OTHER = "a" * 32, "b" * 32


class Reply(NamedTuple):
    """What came back, and the scope that the app inside was given; None where it was not asked."""

    status: int
    headers: Headers
    scope: dict | None

    @property
    def cookies(self) -> list[str]:
        return self.headers.getlist("set-cookie")


def ask(make, path="/", scheme="http", kind="http", method="GET", **headers: str) -> Reply:
    """The reply of `make(app)`, where the app inside replies "inside"; `accept_encoding` is written for a header."""
    asked, sent = [], []

    async def inside(scope, receive, send):
        asked.append(scope)
        if scope["type"] == "http":
            await PlainTextResponse("inside", headers={"X-Content-Type-Options": "of the app"})(
                scope, receive, send
            )

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    named = {"host": HOST} | {name.replace("_", "-"): value for name, value in headers.items()}
    raw = [(name.encode(), value.encode()) for name, value in named.items()]
    scope = {"type": kind, "method": method, "path": path, "root_path": "", "scheme": scheme, "headers": raw}
    reply = make(inside)(scope | {"query_string": b""}, receive, send)
    with ThreadPoolExecutor(1) as own:  # the loop of a browser that a test has opened may run in this thread
        own.submit(asyncio.run, reply).result()
    start = sent[0] if sent else {"status": 0, "headers": []}
    return Reply(start["status"], Headers(raw=start["headers"]), asked[0] if asked else None)
