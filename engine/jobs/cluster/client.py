"""Calls to a cluster from any process: a worker of it talks to Ray, so this process never loads Ray itself."""

from __future__ import annotations

import time
from typing import Any

from engine.jobs.cluster import address as cluster_address
from engine.jobs.cluster.errors import ClusterError
from engine.jobs.worker import Worker

SECONDS_OF_SILENCE = 15.0
"""So long a cluster that did not answer is not asked again by a page that only looks."""
MOST_KEPT = 8
DRIVER = Worker("engine.jobs.cluster.driver")
_silent: dict[str, float] = {}


def call(address: str, function: str, *arguments: Any) -> Any:
    """What a function of `engine.jobs.cluster.driver.Driver` returns. Raises `ClusterError`, within seconds."""
    cluster_address.check(address)
    try:
        return DRIVER.call(function, address, *arguments)
    except EOFError as error:
        raise ClusterError(f"The connection to the Ray cluster at {address} broke: try again.") from error


def ask(address: str, function: str, *arguments: Any) -> Any:
    """The same for a page that only looks: None where the cluster does not answer, or did not a moment ago."""
    if time.monotonic() - _silent.get(address, float("-inf")) < SECONDS_OF_SILENCE:
        return None
    try:
        return call(address, function, *arguments)
    except ClusterError:
        if len(_silent) >= MOST_KEPT:
            _silent.clear()
        _silent[address] = time.monotonic()
        return None
