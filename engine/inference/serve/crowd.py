"""Which of many connections ends when there are too many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.inference.serve.connection import Connection


def slowest(waiting: Sequence[Connection], default: Connection) -> Connection:
    """The one that has waited for its client the longest, among those of the address that has most of them.

    A request of ordinary speed waits for milliseconds, so that slow ones go first even behind a proxy, where all have
    one address. An address that opens many connections loses its own before those of others.
    """
    by_address = Counter(_address(one) for one in waiting)
    return max(waiting, key=lambda one: (by_address[_address(one)], -one.since), default=default)


def held_bytes(connections: Iterable[Connection]) -> int:
    """The bytes of all requests that are arriving or in work; no others are kept."""
    return sum(one.arrived for one in connections if one.holds_body)


def _address(connection: Connection) -> str:
    return connection.client[0] if connection.client else ""
