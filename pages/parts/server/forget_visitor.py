"""The address that gives a browser another secret; only a page of this app can use it."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from engine.jobs import user_scope
from pages.parts.server.visitor_cookie import is_from_own_page, secret_of, set_cookie

PATH = "/visitor/forget"


async def forget(request: Request) -> Response:
    """Replace the cookie of a browser that sends it, which none does for another site; 403 for all others."""
    if secret_of(request.scope) is None or not is_from_own_page(request.scope):
        return PlainTextResponse("Only a page of this app can ask for this.", 403)
    cookie = set_cookie(request.scope, user_scope.new_secret())
    return Response(status_code=204, headers={"Set-Cookie": cookie, "Cache-Control": "no-store"})
