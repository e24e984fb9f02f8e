"""Jobs on the nodes of a Ray cluster, which move to another node when theirs dies.

All nodes see the job's folder, the data and Loss Lab at the same paths. A handle holds the cluster's address and the
name of the job's supervisor, a detached actor, which any process can look up. While the supervisor is heard of in the
folder, Ray is not asked.
"""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from engine.jobs import status
from engine.jobs.cluster import address, attempt, client, placement
from engine.jobs.cluster.attempt import Attempt
from engine.jobs.cluster.errors import ClusterError
from engine.jobs.executors.base import Handle
from engine.jobs.process import NOT_STARTED


class RayExecutor:
    """Starts a job's process on a node of the cluster at `LOSS_LAB_RAY`."""

    name = "ray"
    waiting = "waiting for a free node of the cluster"

    def start(self, command: Sequence[str], log: Path, device: str = "auto") -> Handle:
        """Ask the cluster to start `python -m` with a command. Raises `ClusterError`."""
        place = address.asked_for()
        if not place:
            raise ClusterError(f"{address.VARIABLE} is not set: write HOST:PORT of the cluster's head.")
        gpus = client.call(place, "gpus") if device == "auto" else 0
        name, full_log = f"job-{uuid.uuid4().hex}", str(log.resolve())
        environment, needs = placement.environment(place, device, gpus), placement.needs(device, gpus)
        client.call(place, "submit", name, full_log, tuple(command), environment, needs)
        return {"address": place, "actor": name, "folder": str(log.resolve().parent)}

    def is_alive(self, handle: Handle) -> bool | None:
        """Whether the job runs, waits for a node or moves to one; None where the cluster does not answer.

        A cluster that is gone ends its jobs: one that has run there and was silent for minutes runs no more.
        """
        latest = _latest(handle)
        if latest is not None and latest.is_ended:
            return False
        if latest is not None and latest.is_fresh:
            return True
        about = str(handle.get("address")), str(handle.get("actor"))
        is_known = client.ask(about[0], "is_known", about[1])
        if latest is None and is_known and (trouble := client.ask(about[0], "trouble", about[1])):
            _give_up(handle, str(trouble))
        return False if is_known is None and latest is not None and latest.is_silent else is_known

    def kill(self, handle: Handle) -> bool:
        """End the job's process at once; False where the cluster does not answer."""
        latest = _latest(handle)
        if latest is not None and latest.is_ended:
            return True
        place, name = str(handle.get("address")), str(handle.get("actor"))
        try:
            client.call(place, "end", name, latest is not None)
        except ClusterError:
            return False
        return True


def _give_up(handle: Handle, trouble: str) -> None:
    """Let a job that has come to a node where it cannot run fail, and say why; the node is free again."""
    folder = Path(str(handle.get("folder")))
    waiting = status.read(folder)
    if waiting.is_active and waiting.process.pid == NOT_STARTED:
        with suppress(OSError):
            status.write(folder, replace(waiting, state=status.FAILED, message=trouble))
    client.ask(str(handle.get("address")), "end", str(handle.get("actor")), False)


def _latest(handle: Handle) -> Attempt | None:
    return attempt.read(Path(str(handle.get("folder"))), str(handle.get("actor")))
