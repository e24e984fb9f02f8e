"""Where jobs run: one executor per place, by name."""

from engine.jobs.cluster import address
from engine.jobs.executors.base import Executor, Handle
from engine.jobs.executors.local import LocalExecutor
from engine.jobs.executors.ray import RayExecutor

LOCAL, RAY = LocalExecutor.name, RayExecutor.name
EXECUTORS: dict[str, Executor] = {LOCAL: LocalExecutor(), RAY: RayExecutor()}
"""Every executor; the status of a job can be read only while its executor is registered here."""


def chosen() -> str:
    """The executor of jobs that may run elsewhere: the cluster that `LOSS_LAB_RAY` names, else this machine.

    Raises `ClusterError` for a value that is no address.
    """
    return RAY if address.asked_for() else LOCAL


__all__ = ["EXECUTORS", "LOCAL", "RAY", "Executor", "Handle", "LocalExecutor", "RayExecutor", "chosen"]
