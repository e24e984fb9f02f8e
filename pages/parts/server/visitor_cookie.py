"""The cookie that distinguishes one browser from another: the server sets it, and no script can read it.

The server sets it with its reply to the health check, which a page makes before it opens its connection. It does not
come with the page itself: a browser that follows a link from another site holds a `SameSite=Strict` cookie back, so the
server would replace a cookie that it has not seen. What a page asks for itself always carries the cookie.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine.jobs import user_scope
from pages.parts.server import private_mode

COOKIE = "loss_lab_visitor"
DAYS = 365
HEALTH = "/_stcore/health"


def secret_of(scope: Scope) -> str | None:
    """The secret in the cookie that a request carries, or None."""
    secret = HTTPConnection(scope).cookies.get(COOKIE)
    return secret if user_scope.is_secret(secret) else None


def set_cookie(scope: Scope, secret: str) -> str:
    """The value of a `Set-Cookie` header; the cookie is `Secure` where the browser speaks HTTPS, also to a proxy."""
    to_proxy = Headers(scope=scope).get("x-forwarded-proto", "").partition(",")[0].strip()
    is_secure = "https" in (scope["scheme"], to_proxy)
    kept = f"{COOKIE}={secret}; Path=/; Max-Age={DAYS * 86400}; HttpOnly; SameSite=Strict"
    return f"{kept}; Secure" if is_secure else kept


def is_from_own_page(scope: Scope) -> bool:
    """Whether a page of this app makes the request, so that a missing cookie means that there is none.

    Browsers say so over HTTPS and on the own machine. Elsewhere they name the page that they come from, and ask for
    HTML where they open an address.
    """
    headers = Headers(scope=scope)
    if site := headers.get("sec-fetch-site"):
        return site == "same-origin"
    if page := headers.get("origin") or headers.get("referer"):
        return urlsplit(page).netloc == headers.get("host")
    return "text/html" not in headers.get("accept", "")


class VisitorCookie:
    """Gives each browser a secret in private mode, and renews the cookie of one that has a secret."""

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self._app = app
        self._health = Route(f"{base}{HEALTH}", lambda _: None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._sets(scope):
            await self._app(scope, receive, send)
            return
        cookie = set_cookie(scope, secret_of(scope) or user_scope.new_secret())

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        await self._app(scope, receive, send_with_cookie)

    def _sets(self, scope: Scope) -> bool:
        is_health = scope["type"] == "http" and self._health.matches(scope)[0] is Match.FULL
        return is_health and private_mode.is_on() and is_from_own_page(scope)
