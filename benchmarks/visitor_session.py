"""A visitor who uses every kind of widget and uploads files: what `benchmarks.session` does not need for sliders."""

from __future__ import annotations

import asyncio
import http.client
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import connect
from websockets.typing import Origin, Subprotocol

from benchmarks.session import LARGEST_MESSAGE, Response, Session, VisitFailed
from pages.parts.shared.visitor import COOKIE

XSRF = "_streamlit_xsrf"


@dataclass(frozen=True)
class Widget:
    """A widget as the page sent it: its fragment, its kind, and the message that describes it."""

    fragment: str
    kind: str
    proto: object


class VisitorSession(Session):
    """One visitor with a cookie of their own, who goes from page to page."""

    def __init__(self, connection, url: str, xsrf: str, secret: str):
        super().__init__(connection, "")
        self._url, self._xsrf, self.secret = url, xsrf, secret
        self.widgets: dict[str, Widget] = {}

    async def go(self, page: str, address: str = "") -> Response:
        """Open a page; what was set on another one is forgotten."""
        self._page, self._hash, self.address = page, "", address
        self._states.clear()
        self._sliders.clear()
        return await self.again()

    async def again(self) -> Response:
        """Run the whole page, as a rerun does."""
        self.widgets.clear()
        return await self._ask("")

    def widget(self, key: str) -> Widget:
        """The widget of a key, or with that label; raises `VisitFailed`, naming those that there are."""
        if key not in self.widgets:
            known = ", ".join(sorted(self.widgets)) or "none"
            raise VisitFailed(f"The page {self._page} has no widget {key!r}, only {known}.")
        return self.widgets[key]

    async def press(self, key: str) -> Response:
        """Press a button."""
        widget = self.widget(key)
        self._states[widget.proto.id] = WidgetState(id=widget.proto.id, trigger_value=True)
        try:
            return await self._ask(widget.fragment)
        finally:
            self._states.pop(widget.proto.id, None)

    def type(self, key: str, text: str) -> None:
        """Type into a field of a form; the form's button sends it."""
        identity = self.widget(key).proto.id
        self._states[identity] = WidgetState(id=identity, string_value=text)

    async def choose(self, key: str, *options: str) -> Response:
        """Choose options of a group of buttons, by the text in which they are sent."""
        widget = self.widget(key)
        state = WidgetState(id=widget.proto.id)
        state.string_array_value.data.extend(options)
        self._states[widget.proto.id] = state
        return await self._ask(widget.fragment)

    async def upload(self, key: str, files: Sequence[tuple[str, bytes]]) -> Response:
        """Send files to an uploader, as a browser does: addresses first, then each file, then the rerun."""
        widget = self.widget(key)
        question = BackMsg()
        question.file_urls_request.request_id = secrets.token_hex(8)
        question.file_urls_request.session_id = self.session_id
        question.file_urls_request.file_names.extend(name for name, _ in files)
        await self._connection.send(question.SerializeToString())
        while (message := ForwardMsg.FromString(await self._connection.recv())).WhichOneof(
            "type"
        ) != "file_urls_response":
            pass
        state = WidgetState(id=widget.proto.id)
        for (name, content), place in zip(files, message.file_urls_response.file_urls, strict=True):
            await asyncio.to_thread(self._put, place.upload_url, name, content)
            state.file_uploader_state_value.uploaded_file_info.add(
                file_id=place.file_id, name=name, size=len(content), file_urls=place
            )
        self._states[widget.proto.id] = state
        return await self._ask(widget.fragment)

    def _put(self, place: str, name: str, content: bytes) -> None:
        edge = secrets.token_hex(16)
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        body = f"{head}Content-Type: image/jpeg\r\n\r\n".encode() + content + f"\r\n--{edge}--\r\n".encode()
        headers = {
            "Content-Type": f"multipart/form-data; boundary={edge}",
            "X-Xsrftoken": self._xsrf,
            "Cookie": cookies(self._xsrf, self.secret),
        }
        connection = http.client.HTTPConnection(urlsplit(self._url).netloc, timeout=300)
        connection.request("PUT", place, body, headers)
        status = connection.getresponse().status
        connection.close()
        if status >= 300:
            raise VisitFailed(f"The server refused an upload to {place} with {status}.")

    def _note(self, delta) -> bool:
        if delta.WhichOneof("type") == "new_element":
            kind = delta.new_element.WhichOneof("type")
            proto = getattr(delta.new_element, kind) if kind else None
            if identity := getattr(proto, "id", ""):
                key = identity.rsplit("-", 1)[-1]
                self.widgets[getattr(proto, "label", "") if key == "None" else key] = Widget(
                    delta.fragment_id, kind, proto
                )
        return super()._note(delta)


def cookies(xsrf: str, secret: str) -> str:
    """What a visitor's browser sends along."""
    return f"{XSRF}={xsrf}; {COOKIE}={secret}"


def xsrf_token(url: str) -> str:
    """The token that the server wants back with an upload; "" where it gives none."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    connection.request("GET", "/_stcore/health")
    given = connection.getresponse().getheader("Set-Cookie") or ""
    connection.close()
    return given.partition(f"{XSRF}=")[2].partition(";")[0].strip('"')


@asynccontextmanager
async def visiting(url: str, secret: str) -> AsyncIterator[VisitorSession]:
    """A visitor with this secret in the cookie, who has opened no page yet."""
    xsrf = await asyncio.to_thread(xsrf_token, url)
    async with connect(
        f"ws://{urlsplit(url).netloc}/_stcore/stream",
        subprotocols=[Subprotocol("streamlit")],
        origin=Origin(url),
        additional_headers={"Cookie": cookies(xsrf, secret)},
        max_size=LARGEST_MESSAGE,
        compression=None,
        ping_timeout=None,
    ) as connection:
        yield VisitorSession(connection, url, xsrf, secret)
