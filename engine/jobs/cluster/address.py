"""The address of a Ray cluster: from `--on`, or else from `LOSS_LAB_RAY`. Without one there is no cluster."""

from __future__ import annotations

import importlib.util
import os
import re
import socket

from engine.jobs.cluster.errors import ClusterError

VARIABLE = "LOSS_LAB_RAY"
EXAMPLE = "10.0.0.1:6379"
SECONDS_TO_ANSWER = 3.0
_FORM = re.compile(
    r"(?P<host>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]):(?P<port>\d{1,5})"
)


def asked_for(on: str | None = None) -> str:
    """The address that `--on` gives, else the one in `LOSS_LAB_RAY`; "" without either. Raises `ClusterError`.

    >>> asked_for("10.0.0.1:6379")
    '10.0.0.1:6379'
    """
    given, source = (on, "--on") if on is not None else (os.environ.get(VARIABLE, ""), VARIABLE)
    address = given.strip()
    if not address and on is None:
        return ""
    if _parts(address) is None:
        client = " Ray Client's ray:// addresses do not work here." if "://" in address else ""
        raise ClusterError(
            f"{source} is {given!r}: write HOST:PORT of the cluster's head, such as {EXAMPLE}.{client}"
        )
    return address


def check(address: str) -> None:
    """Raise `ClusterError` where Ray is not installed, or where nothing answers at an address within seconds."""
    if importlib.util.find_spec("ray") is None:
        raise ClusterError(
            f"Ray is not installed, so nothing can run on the cluster at {address}: "
            "run “pip install -r requirements-ray.txt”, or leave the address out."
        )
    must_answer(address)


def must_answer(address: str) -> None:
    """Raise `ClusterError` where nothing listens at an address."""
    parts = _parts(address)
    if parts is None:
        raise ClusterError(f"{address!r} is no address of a cluster: write HOST:PORT, such as {EXAMPLE}.")
    try:
        socket.create_connection(parts, SECONDS_TO_ANSWER).close()
    except OSError as error:
        raise ClusterError(
            f"No Ray cluster answers at {address}: start its head there, or correct the address."
        ) from error


def _parts(address: str) -> tuple[str, int] | None:
    """Host and port; None where the text is no address."""
    match = _FORM.fullmatch(address)
    if match is None or not 0 < int(match["port"]) < 65536:
        return None
    return match["host"].strip("[]"), int(match["port"])
