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
_HELLO = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
"""How a client of gRPC begins: HTTP/2's preface and an empty frame of settings."""
_SETTINGS_AT, _SETTINGS = 3, 4
"""Which byte of the reply names the kind of its first frame, and the kind that a server has to send first."""
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
    """Raise `ClusterError` where nothing listens at an address, or what listens does not speak gRPC, as a head does.

    Ray itself would try for minutes to talk to another server.
    """
    parts = _parts(address)
    if parts is None:
        raise ClusterError(
            f"{address!r} is not the address of a cluster: write HOST:PORT, such as {EXAMPLE}."
        )
    try:
        with socket.create_connection(parts, SECONDS_TO_ANSWER) as connection:
            is_head = _speaks_grpc(connection)
    except OSError as error:
        raise ClusterError(
            f"No Ray cluster answers at {address}: start its head there, or correct the address."
        ) from error
    if not is_head:
        raise ClusterError(
            f"The program at {address} is not the head of a Ray cluster: give the port of ray start --head."
        )


def _speaks_grpc(connection: socket.socket) -> bool:
    """Whether a server's first frame is one of settings. Raises `OSError` where there is no reply in time."""
    connection.sendall(_HELLO)
    reply = b""
    while len(reply) <= _SETTINGS_AT and (more := connection.recv(16)):
        reply += more
    return len(reply) > _SETTINGS_AT and reply[_SETTINGS_AT] == _SETTINGS


def _parts(address: str) -> tuple[str, int] | None:
    """Host and port; None where the text is no address."""
    match = _FORM.fullmatch(address)
    if match is None or not 0 < int(match["port"]) < 65536:
        return None
    return match["host"].strip("[]"), int(match["port"])
