"""In private mode, a browser gets the files that its own pages show, uploads to them, and continues their sessions.

Streamlit itself serves a file to every browser that has the address, and takes uploads to every session whose number
is known.
"""

from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.parts.server import private_mode, sessions
from pages.parts.server.visitor_cookie import secret_of
from pages.parts.shared import streamlit_internals

MARK = "x-loss-lab-keeps-visitors-apart"
"""The header by which a page finds that its connection came through here; a browser cannot set it."""
PROTOCOLS = "sec-websocket-protocol"
"""The header in which a page names the session that it had before: `streamlit, TOKEN, SESSION`."""


class OwnFiles:
    """Replies that there is no such file where another browser asks, whether there is one or not."""

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self._app = app
        self._media = Route(f"{base}/media/{{file:path}}", lambda _: None)
        self._upload = Route(f"{base}/_stcore/upload_file/{{session}}/{{file}}", lambda _: None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and private_mode.is_on():
            await self._app(_marked(scope), receive, send)
        elif scope["type"] != "http" or (is_own := self._is_own(scope)) is None:
            await self._app(scope, receive, send)
        elif is_own:
            await self._app(scope, receive, _for_one_browser(send))
        else:
            missing = PlainTextResponse("File not found", 404, {"Cache-Control": "no-store"})
            await missing(scope, receive, send)

    def _is_own(self, scope: Scope) -> bool | None:
        """Whether a request concerns a page of the browser that makes it; None where it concerns no page."""
        media, upload = _named(self._media, scope), _named(self._upload, scope)
        if (media is None and upload is None) or not private_mode.is_on():
            return None
        secret = secret_of(scope)
        if secret is None:
            return False
        if upload is not None:
            return sessions.browser_of(upload["session"]) == secret
        return media is not None and streamlit_internals.is_shown(
            media["file"], lambda session: sessions.browser_of(session) == secret
        )


def _named(route: Route, scope: Scope) -> dict[str, Any] | None:
    """What an address names, as Streamlit's own route reads it; None where it is another address."""
    match, found = route.matches(scope)
    return None if match is Match.NONE else found["path_params"]


def _for_one_browser(send: Send) -> Send:
    """Let no cache on the way keep the reply for others."""

    async def send_private(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).append("cache-control", "private")
        await send(message)

    return send_private


def _marked(scope: Scope) -> Scope:
    """A connection with the mark, and without the number of a session that another browser has open."""
    named = [part.strip() for part in Headers(scope=scope).get(PROTOCOLS, "").split(",")]
    if len(named) > 2 and sessions.browser_of(named[2]) != secret_of(scope):
        named = named[:2]
    own = {PROTOCOLS: ", ".join(named), MARK: "yes"}
    kept = [(name, value) for name, value in scope["headers"] if name.decode("latin-1") not in own]
    added = [(name.encode(), value.encode("latin-1")) for name, value in own.items()]
    return {**scope, "headers": [*kept, *added]}
