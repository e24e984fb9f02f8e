"""The process that talks to Ray, as a worker of the process that asks: `engine.jobs.cluster.client` calls it.

Ray ends a process whose cluster is gone for a minute, and takes signals and threads of its own: neither belongs into
the app's process. A job's supervisor is a named, detached actor, so it outlives this process, Ray itself moves it when
its node dies, and any process finds it again by its name.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from engine.jobs.child_process import end_with_parent
from engine.jobs.cluster.errors import ClusterError, first_line
from engine.jobs.cluster.supervisor import Supervisor
from engine.jobs.worker import serve_calls

NAMESPACE = "loss-lab"
RESTARTS = 5
"""So many nodes may die under one job; a job that kills its nodes must not do so for ever."""
SECONDS_TO_END = 20.0
SECONDS_FOR_A_REPLY, MOST_ASKED = 0.2, 64


class Driver:
    """A connection to one cluster at a time, made by the first call."""

    def __init__(self) -> None:
        self._address = ""
        self._asked: dict[str, Any] = {}

    def submit(
        self,
        address: str,
        name: str,
        log: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        needs: Mapping[str, float],
    ) -> None:
        """Ask Ray to run a job's command on a node that has what it `needs`. Raises `ClusterError`."""
        ray = self._ray(address)
        actor = ray.remote(Supervisor).options(
            name=name,
            namespace=NAMESPACE,
            lifetime="detached",
            max_restarts=RESTARTS,
            max_concurrency=2,
            runtime_env={"env_vars": dict(environment)},
            **needs,
        )
        try:
            actor.remote(name, log, tuple(command))
        except (ValueError, ray.exceptions.RayError) as error:
            raise ClusterError(
                f"The Ray cluster at {address} did not take the job: {first_line(error)}"
            ) from error

    def gpus(self, address: str) -> int:
        """How many GPUs the cluster has now. Raises `ClusterError`."""
        return int(self._ray(address).cluster_resources().get("GPU", 0))

    def is_known(self, address: str, name: str) -> bool:
        """Whether a job's supervisor runs, waits for a node, or is being moved to another. Raises `ClusterError`."""
        return self._actor(address, name) is not None

    def trouble(self, address: str, name: str) -> str:
        """Why a job's supervisor, which has a node, cannot work there; "" where it can, or has none yet.

        It is asked without waiting: the reply to one call is read by a later one. Raises `ClusterError`.
        """
        ray, actor = self._ray(address), self._actor(address, name)
        if actor is None:
            return ""
        if name not in self._asked:
            if len(self._asked) >= MOST_ASKED:
                self._asked.clear()
            self._asked[name] = actor.trouble.remote()
        ready, _ = ray.wait([self._asked[name]], timeout=SECONDS_FOR_A_REPLY)
        if ready:
            with suppress(ray.exceptions.RayError):
                return str(ray.get(self._asked.pop(name)))
        return ""

    def end(self, address: str, name: str, is_placed: bool) -> None:
        """End a job's supervisor, and where it is placed on a node, its process before. Raises `ClusterError`."""
        ray, actor = self._ray(address), self._actor(address, name)
        if actor is None:
            return
        if is_placed:
            with suppress(
                ray.exceptions.RayError, TimeoutError
            ):  # its node may be gone, and then the process is too
                ray.get(actor.end.remote(), timeout=SECONDS_TO_END)
        ray.kill(actor, no_restart=True)

    def _actor(self, address: str, name: str) -> Any:
        """The supervisor of that name; None where there is none any more."""
        ray = self._ray(address)
        try:
            return ray.get_actor(name, NAMESPACE)
        except ValueError:
            return None
        except ray.exceptions.RayError as error:  # the head has been replaced
            ray.shutdown()
            raise ClusterError(f"The Ray cluster at {address} failed: {first_line(error)}") from error

    def _ray(self, address: str) -> Any:
        """Ray, connected to a cluster."""
        import ray

        if ray.is_initialized() and address == self._address:
            return ray
        ray.shutdown()
        self._asked.clear()
        try:
            ray.init(address, namespace=NAMESPACE, log_to_driver=False, logging_level=logging.ERROR)
        except (ConnectionError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
            raise ClusterError(f"The Ray cluster at {address} cannot be used: {first_line(error)}") from error
        self._address = address
        return ray


if __name__ == "__main__":
    end_with_parent(os.getppid())  # also while Ray waits for a cluster that is gone
    driver = Driver()
    serve_calls({name: getattr(driver, name) for name in ("submit", "gpus", "is_known", "trouble", "end")})
