"""The actor on a node that starts a job's process there, and starts it again when Ray has moved it to another node.

Ray runs the constructor once more on another node when a node dies. A job then goes on from what it left in its folder,
as it does after `kill -9` on one machine. A process that ends by itself is not started again, and one that has been
stopped while it waited, when its cluster did not answer, is not started at all.
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil

from engine.jobs import process, status
from engine.jobs.cluster import attempt, on_node
from engine.jobs.cluster.attempt import SECONDS_BETWEEN_BEATS, Attempt
from engine.jobs.cluster.errors import does_not_see
from engine.jobs.job import HANDLE
from engine.jobs.json_file import read_record
from engine.jobs.status import QUEUED, STATUS

SECONDS_TO_BE_ASKED = 600
"""So long a supervisor that cannot work can be asked why."""
SECONDS_TO_GIVE_UP = 5 * on_node.SECONDS_BETWEEN_LOOKS
"""After so long a process that a later attempt replaces has ended, wherever it runs."""
MOVED = "its node was lost, so it continues on {host} from its last checkpoint"


def _end_this_actor() -> None:
    import ray

    ray.kill(ray.get_runtime_context().current_actor, no_restart=True)


class Supervisor:
    """Runs one job's command on this node. `leave` ends the actor itself, for good."""

    def __init__(
        self, actor: str, log: str, command: Sequence[str], leave: Callable[[], object] = _end_this_actor
    ):
        self.log, self.folder, self._leave = Path(log), Path(log).parent, leave
        self._child: subprocess.Popen[bytes] | None = None
        self._trouble = ""
        if not (self.folder / STATUS).is_file():
            self._trouble = does_not_see(process.host(), self.folder)
            threading.Thread(target=self._wait_to_be_asked, name="supervisor", daemon=True).start()
            return
        if self._is_forgotten(actor):
            threading.Thread(target=leave, name="supervisor", daemon=True).start()
            return
        earlier = attempt.read(self.folder, actor)
        self._attempt = Attempt(actor, earlier.number + 1 if earlier else 1, process.host())
        attempt.write(self.folder, self._attempt)
        if not earlier or self._takes_over():
            self._start(command)
        threading.Thread(target=self._supervise, name="supervisor", daemon=True).start()

    def trouble(self) -> str:
        """Why the job cannot run on this node, whose disk does not show its folder; "" where it can."""
        return self._trouble

    def end(self) -> None:
        """End the job's process at once, and wait until it is gone."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._write(is_ended=True)

    def _is_forgotten(self, actor: str) -> bool:
        """Whether the job has ended before it began, or was started again by another supervisor since."""
        started_by = str(read_record(self.folder / HANDLE).get("actor", actor))
        return started_by != actor or not (
            attempt.read(self.folder, actor) or status.read(self.folder).is_active
        )

    def _wait_to_be_asked(self) -> None:
        time.sleep(SECONDS_TO_BE_ASKED)
        self._leave()

    def _start(self, command: Sequence[str]) -> None:
        about = (str(self.folder), self._attempt.actor, str(self._attempt.number))
        with open(self.log, "ab") as opened:
            self._child = process.spawn(on_node.MODULE, *about, *command, log=opened)

    def _takes_over(self) -> bool:
        """Wait for the end of an earlier attempt, and free the job for this one; False where it has ended already."""
        time.sleep(SECONDS_TO_GIVE_UP)
        before = status.read(self.folder)
        if not before.is_active:
            return False
        if before.process.pid and before.process.is_alive:
            with suppress(psutil.NoSuchProcess):  # it has just ended
                psutil.Process(before.process.pid).kill()
        message = MOVED.format(host=process.host())
        queued = replace(before, state=QUEUED, message=message, process=process.not_started())
        status.write(self.folder, replace(queued, heartbeat=time.time()))
        return True

    def _supervise(self) -> None:
        """Give signs of life until the process ends, and then end the actor."""
        while self._child is not None and self._child.poll() is None:
            self._write()
            with suppress(subprocess.TimeoutExpired):
                self._child.wait(SECONDS_BETWEEN_BEATS)
        self._write(is_ended=True)
        self._leave()

    def _write(self, is_ended: bool = False) -> None:
        """Write the attempt, unless a later one counts by now."""
        if attempt.is_replaced(self.folder, self._attempt.actor, self._attempt.number):
            return
        with suppress(OSError):
            self._attempt = replace(self._attempt, beat=time.time(), is_ended=is_ended)
            attempt.write(self.folder, self._attempt)
