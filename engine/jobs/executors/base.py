"""What an executor does: start the process of a job somewhere, see whether it runs, and kill it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

Handle = Mapping[str, Any]
"""A JSON record with which an executor finds a process again, from any process that reads the job's folder."""


class Executor(Protocol):
    """Runs jobs in one kind of place, such as this machine or a cluster.

    The job's process reports its state itself, in the folder's status.json. An executor is asked only about a job that
    has not reported yet, and to kill one that does not stop when it is asked to.
    """

    name: str
    waiting: str
    """What a job's status says until there is a process; "" where it starts at once."""

    def start(self, command: Sequence[str], log: Path, device: str) -> Handle:
        """Start `python -m` with a command where it has a device, its output appended to `log`. Raises `OSError`."""

    def is_alive(self, handle: Handle) -> bool | None:
        """Whether the process still runs; None where that cannot be seen from this machine."""

    def kill(self, handle: Handle) -> bool:
        """End the process at once and wait until it is gone; False where that cannot be done from this machine."""
