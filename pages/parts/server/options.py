"""How the app is served: what `st.App` is given."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from pages.parts.server import forget_visitor, stopping
from pages.parts.server.own_files import OwnFiles
from pages.parts.server.security_headers import SecurityHeaders
from pages.parts.server.visitor_cookie import VisitorCookie
from pages.parts.shared import streamlit_internals, unexpected


def options() -> dict[str, Any]:
    """The middleware, the routes and the functions that Streamlit calls at the start and after a defect."""
    base = base_path()
    streamlit_internals.keep_files_until_replaced()
    streamlit_internals.limit_headers()
    return {
        "middleware": [
            Middleware(SecurityHeaders),
            Middleware(VisitorCookie, base=base),
            Middleware(OwnFiles, base=base),
        ],
        "routes": [Route(f"{base}{forget_visitor.PATH}", forget_visitor.forget, methods=["POST"])],
        "lifespan": _at_work,
        "on_script_error": unexpected.report,
    }


def base_path() -> str:
    """What every address of the app begins with: "" or such as "/lab"."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


@asynccontextmanager
async def _at_work(_: st.App) -> AsyncIterator[None]:
    """Open a browser at the start, and stop as Streamlit does for other apps."""
    stopping.end_without_a_failure()
    streamlit_internals.open_browser()
    yield
