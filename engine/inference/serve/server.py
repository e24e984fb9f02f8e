"""The server of the HTTP API: in this process, or in several workers."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

import uvicorn

from engine.images import decoder
from engine.inference.predict import load
from engine.inference.serve import app, counters
from engine.inference.serve.connection import Connection
from engine.runs import Run

OPTIONS: dict[str, Any] = {
    "http": Connection,
    "ws": "none",
    "timeout_graceful_shutdown": round(2 * Connection.limits.seconds),
    "log_level": "error",
    "access_log": False,
}
"""uvicorn's options. A connection's parser is h11: httptools takes headers of any length, in time that grows with its
square. Warnings, one for each malformed request, would let clients fill the log."""


class AddressError(ValueError):
    """Nothing can listen on an address; the message is one sentence."""


def run(folder: Path, host: str, port: int, workers: int) -> None:
    """Serve a run until Ctrl-C. Raises `RunError`, `WeightsError` or `AddressError` where it cannot be."""
    model = load(Run(folder))  # whatever is wrong with the run is said once, before any worker starts
    _require_free(host, port)
    print(f"Serving {model.run.name} at http://{host}:{port}/docs; Ctrl-C ends it.", file=sys.stderr)
    if workers == 1:
        decoder.set_decoder(decoder.WITH_LIMITS)
        uvicorn.run(app.make(model), host=host, port=port, **OPTIONS)
        return
    os.environ[app.RUN_VARIABLE] = str(folder.resolve())
    with tempfile.TemporaryDirectory() as counts:
        os.environ[counters.FOLDER_VARIABLE] = counts
        app_name = f"{app.__name__}:worker"
        uvicorn.run(app_name, factory=True, host=host, port=port, workers=workers, **OPTIONS)


def _require_free(host: str, port: int) -> None:
    """Raises `AddressError` where nothing can listen there."""
    try:
        with socket.create_server((host, port)):
            return
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise AddressError(
            f"The server cannot listen on {host}:{port} ({why}): choose another --port."
        ) from None
