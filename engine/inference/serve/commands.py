"""The command `serve`."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Annotated

import uvicorn
from cyclopts import Parameter, validators

from engine.inference.predict import load
from engine.inference.serve import app, counters
from engine.runs import Run

LOOPBACK = "127.0.0.1"
PORT = 8502
_PORTS = Parameter(validator=validators.Number(gte=1, lte=65535))
_COUNT = Parameter(validator=validators.Number(gte=1, lte=64))


class AddressError(ValueError):
    """Nothing can listen on an address; the message is one sentence."""


def serve(
    *,
    run: Path,
    host: str = LOOPBACK,
    port: Annotated[int, _PORTS] = PORT,
    workers: Annotated[int, _COUNT] = 1,
) -> int:
    """Predict images that are sent over HTTP, until Ctrl-C.

    POST an image to /predict. /docs describes the API, /health says what is served, and /metrics counts for
    Prometheus. There is no sign-in: put a proxy in front of it before others can reach it.

    Parameters
    ----------
    run:
        Folder of a finished run.
    host:
        The address to listen on; 0.0.0.0 is every address of this machine.
    port:
        The port to listen on.
    workers:
        Processes that predict; one that dies is replaced.
    """
    model = load(Run(run))  # whatever is wrong with the run is said once, before any worker starts
    _require_free(host, port)
    print(f"Serving {model.run.name} at http://{host}:{port}/docs; Ctrl-C ends it.", file=sys.stderr)
    run_server = partial(uvicorn.run, host=host, port=port, log_level="warning", access_log=False)
    if workers == 1:
        run_server(app.make(model))
        return 0
    os.environ[app.RUN_VARIABLE] = str(run.resolve())
    with tempfile.TemporaryDirectory() as counts:
        os.environ[counters.FOLDER_VARIABLE] = counts
        run_server(f"{app.__name__}:worker", factory=True, workers=workers)
    return 0


def _require_free(host: str, port: int) -> None:
    """Raises `AddressError` where nothing can listen there."""
    try:
        with socket.create_server((host, port)):
            return
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise AddressError(f"Nothing can listen on {host}:{port} ({why}): choose another --port.") from None
