"""How the server ends: with status 0 when it is told to stop, as Streamlit's other servers do."""

import signal
from types import FrameType

import uvicorn

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def end_without_a_failure() -> None:
    """Let the server that runs here finish when it is told to stop, and not end by that signal afterwards.

    uvicorn raises the signal again once it has finished, which would skip what Python does at its end.
    """
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    if not isinstance(server, uvicorn.Server):
        return  # another server runs the app

    def stop(number: int, _: FrameType | None) -> None:
        server.force_exit = server.should_exit and number == signal.SIGINT
        server.should_exit = True

    for number in SIGNALS:
        signal.signal(number, stop)
