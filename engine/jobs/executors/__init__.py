"""Where jobs run: one executor per place, by name."""

from engine.jobs.executors.base import Executor, Handle
from engine.jobs.executors.local import LocalExecutor

LOCAL = LocalExecutor.name
EXECUTORS: dict[str, Executor] = {LOCAL: LocalExecutor()}
"""Every executor; the status of a job can be read only while its executor is registered here."""

__all__ = ["EXECUTORS", "LOCAL", "Executor", "Handle", "LocalExecutor"]
