"""Limits of memory and processor time for a process that reads what strangers made.

Where the system has no such limits (Windows, and memory on macOS), the process runs without them.
"""

from __future__ import annotations

import atexit
import math
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

GRACE_SECONDS = 10
"""So long a process that is out of time may still say so, before the system ends it."""


class OutOfTime(Exception):
    """The process has used the processor time that it may use."""


@dataclass(frozen=True)
class ResourceLimits:
    """What a process may use.

    Attributes: `memory_bytes`; `processor_seconds`; `counts_mappings`, whether memory means all addresses, mapped
    libraries and files included, which is stricter, but too strict for a process that loads torch.
    """

    memory_bytes: int
    processor_seconds: int
    counts_mappings: bool = True

    def apply(self) -> None:
        """Set the limits for this process, where it has no stricter ones.

        Too much memory raises `MemoryError`, too much time `OutOfTime`.
        """
        try:
            import resource
        except ImportError:  # Windows
            return
        memory = resource.RLIMIT_AS if self.counts_mappings else resource.RLIMIT_DATA
        for kind, most, grace in (
            (memory, self.memory_bytes, 0),
            (resource.RLIMIT_CPU, self.processor_seconds, GRACE_SECONDS),
        ):
            soft, hard = resource.getrlimit(kind)
            highest = most + grace if hard == resource.RLIM_INFINITY else min(most + grace, hard)
            lowest = most if soft == resource.RLIM_INFINITY else min(most, soft)
            try:
                resource.setrlimit(kind, (lowest, highest))
            except (OSError, ValueError):  # macOS refuses limits of memory
                continue
        signal.signal(signal.SIGXCPU, _out_of_time)
        atexit.register(
            signal.signal, signal.SIGXCPU, signal.SIG_IGN
        )  # while the process ends, it may not raise


@contextmanager
def within_seconds(seconds: int) -> Iterator[None]:
    """Raise `OutOfTime` in a block that uses more processor time, in a process that has set itself limits.

    Elsewhere, as in a server whose threads share their time, the block runs without one.
    """
    if not _has_limits():
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    until = math.ceil(time.process_time()) + seconds
    resource.setrlimit(
        resource.RLIMIT_CPU, (until if soft == resource.RLIM_INFINITY else min(until, soft), hard)
    )
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _has_limits() -> bool:
    is_main = threading.current_thread() is threading.main_thread()
    return is_main and hasattr(signal, "SIGXCPU") and signal.getsignal(signal.SIGXCPU) is _out_of_time


def _out_of_time(number: int, frame: object) -> None:
    raise OutOfTime("it takes too long")
