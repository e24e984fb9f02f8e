"""The command `serve`. What serves is loaded when it is called: it takes a second."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter, validators

LOOPBACK = "127.0.0.1"
PORT = 8502
_PORTS = Parameter(validator=validators.Number(gte=1, lte=65535))
_COUNT = Parameter(validator=validators.Number(gte=1, lte=64))


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
        Folder or s3:// address of a finished run.
    host:
        The address to listen on; 0.0.0.0 is every address of this machine.
    port:
        The port to listen on.
    workers:
        Processes that predict; one that dies is replaced.
    """
    from engine.inference.serve import server
    from engine.runs import in_storage

    server.run(in_storage.local(run), host, port, workers)
    return 0
