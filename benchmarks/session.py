"""A visitor without a browser: it speaks with a Streamlit server as a browser does, and draws nothing.

What the server takes is what twenty visitors share; what their browsers draw, each draws on a machine of its own. So
twenty browsers on the server's machine would mostly measure each other.
"""

import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.Slider_pb2 import Slider
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

LARGEST_MESSAGE = 200 * 2**20
_GOOD_ENDS = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


class VisitFailed(RuntimeError):
    """A page did not respond as it should; the message says how."""


@dataclass(frozen=True)
class Response:
    """Seconds from a question to the last plot that came in response, and to the end of the script; and its bytes."""

    plot_seconds: float
    seconds: float
    bytes: int


_ADDRESS = "kind=Drawings"
"""The lessons are measured on drawings, whose widgets and figures are those of earlier measurements."""


class Session:
    """One visitor on one page; make it with `visit`."""

    def __init__(self, connection: ClientConnection, page: str):
        self._connection, self._page = connection, page
        self.address = _ADDRESS
        self._sliders: dict[str, tuple[str, Slider]] = {}
        self._states: dict[str, WidgetState] = {}
        self.session_id = self._hash = ""

    async def open(self) -> Response:
        """Ask for the page for the first time."""
        return await self._ask("")

    async def move(self, key: str, value: float | str) -> Response:
        """Move the slider that the page's script calls `key`, and wait for all that changes.

        A slider over options is told the option's text.
        """
        fragment, slider = self.slider(key)
        state = WidgetState(id=slider.id)
        place = state.string_array_value if isinstance(value, str) else state.double_array_value
        place.data.append(value)
        self._states[slider.id] = state
        return await self._ask(fragment)

    def slider(self, key: str) -> tuple[str, Slider]:
        """The fragment and the slider of that key; raises `VisitFailed`, naming those that there are."""
        if key not in self._sliders:
            known = ", ".join(sorted(self._sliders)) or "none"
            raise VisitFailed(f"The page {self._page} has no slider {key!r}, only {known}.")
        return self._sliders[key]

    async def _ask(self, fragment: str) -> Response:
        question = BackMsg()
        client = question.rerun_script
        client.fragment_id, client.query_string = fragment, self.address
        client.page_name, client.page_script_hash = ("", self._hash) if self._hash else (self._page, "")
        client.widget_states.widgets.extend(self._states.values())
        began, size, plotted = time.perf_counter(), 0, None
        await self._connection.send(question.SerializeToString())
        while True:
            raw = await self._connection.recv()
            now, size = time.perf_counter() - began, size + len(raw)
            message = ForwardMsg.FromString(raw)
            kind = message.WhichOneof("type")
            if kind == "delta":
                plotted = now if self._note(message.delta) else plotted
            elif kind == "navigation":
                self._hash = message.navigation.page_script_hash
            elif kind == "new_session":
                self.session_id = message.new_session.initialize.session_id or self.session_id
            elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                if message.script_finished not in _GOOD_ENDS:
                    raise VisitFailed(f"The script of {self._page} ended with {message.script_finished}.")
                return Response(now if plotted is None else plotted, now, size)

    def _note(self, delta) -> bool:
        """Remember a slider; True for a plot, or for the marks that move over one.

        Raises `VisitFailed` for an exception that the page shows.
        """
        if delta.WhichOneof("type") != "new_element":
            return False
        element = delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            raise VisitFailed(f"{self._page}: {element.exception.type}: {element.exception.message}")
        if kind == "slider":
            self._sliders[_key(element.slider)] = delta.fragment_id, element.slider
        return kind == "plotly_chart" or (kind == "html" and 'class="marks"' in element.html.body)


def _key(slider: Slider) -> str:
    """The key that a script gave a slider: the last part of its id; its label where it gave none."""
    key = slider.id.rsplit("-", 1)[-1]
    return slider.label if key == "None" else key


def visit(url: str, page: str) -> "_Visit":
    """A session on the page of that address, as an asynchronous context, not yet opened."""
    return _Visit(url, page)


class _Visit:
    def __init__(self, url: str, page: str):
        address = f"ws://{urlsplit(url).netloc}/_stcore/stream"
        self._connecting = connect(
            address,
            subprotocols=[Subprotocol("streamlit")],
            origin=Origin(url),
            max_size=LARGEST_MESSAGE,
            compression=None,
        )
        self._page = page

    async def __aenter__(self) -> Session:
        return Session(await self._connecting.__aenter__(), self._page)

    async def __aexit__(self, *raised) -> None:
        await self._connecting.__aexit__(*raised)
