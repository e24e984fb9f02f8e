"""The headers that tell a browser what it may do with the replies of this app."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.parts.server import private_mode

ALWAYS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
IN_PRIVATE_MODE = {"Content-Security-Policy": "frame-ancestors 'self'"}
"""Inside a page of another site the cookie would be missing, and a click could be meant for something else."""


class SecurityHeaders:
    """Adds the headers to every reply that does not have them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in (ALWAYS | (IN_PRIVATE_MODE if private_mode.is_on() else {})).items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)
