"""What the API counts for Prometheus, over all of its worker processes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder in which several workers keep their counts; prometheus_client reads it when it is imported."""

PREDICTED, INVALID, TOO_LARGE = "predicted", "invalid", "too large"
INCOMPLETE, BUSY, FAILED = "incomplete", "busy", "failed"


@dataclass
class Reply:
    """A reply in the making; it has failed until its outcome is known."""

    outcome: str = FAILED


class Counters:
    """Counts of one process: replies by outcome, and their seconds."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._replies = Counter(
            "losslab_replies", "Replies to /predict by outcome", ["outcome"], registry=self._registry
        )
        self._seconds = Histogram(
            "losslab_reply_seconds", "Seconds from a request to its reply", registry=self._registry
        )

    @contextmanager
    def reply(self) -> Iterator[Reply]:
        """Count one reply, made inside the block."""
        made, start = Reply(), time.perf_counter()
        try:
            yield made
        finally:
            self._replies.labels(made.outcome).inc()
            self._seconds.observe(time.perf_counter() - start)

    def text(self) -> bytes:
        """The counts of all worker processes in Prometheus' text format."""
        if FOLDER_VARIABLE not in os.environ:
            return generate_latest(self._registry)
        every = CollectorRegistry()
        multiprocess.MultiProcessCollector(every)
        return generate_latest(every)
