"""A connection to a Ray cluster for Ray Data. Ray is loaded here, and only where an address is given."""

from __future__ import annotations

import importlib.util
import logging
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from engine import paths
from engine.inference.batch.table import BatchError
from engine.jobs import user_scope

NO_RAY = "Ray is not installed: run “pip install -r requirements-ray.txt”, or leave --on out."
_SECONDS_TO_CONNECT = 5.0


@contextmanager
def connected(address: str) -> Iterator[None]:
    """Be a driver of the cluster at HOST:PORT while the block runs. Raises `BatchError`."""
    if importlib.util.find_spec("ray") is None:
        raise BatchError(NO_RAY)
    _must_listen(address)
    import ray

    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    logging.getLogger("ray").setLevel(logging.ERROR)
    try:
        ray.init(
            address,
            log_to_driver=False,
            logging_level=logging.ERROR,
            runtime_env={"env_vars": _environment()},
        )
        import ray.data

        logging.getLogger("ray.data").setLevel(logging.ERROR)
        for number, handler in handlers.items():
            signal.signal(number, handler)  # Ray has one of its own, which ends the process
        yield
    except (ConnectionError, ray.exceptions.RayError) as error:
        raise BatchError(f"The Ray cluster at {address} failed: {_first_line(error)}") from error
    finally:
        ray.shutdown()


def actors() -> tuple[dict[str, float], int]:
    """What an actor takes of a node, and how many the cluster has room for: one for each GPU, else for each core."""
    import ray

    resources = ray.cluster_resources()
    if gpus := int(resources.get("GPU", 0)):
        return {"num_cpus": 1, "num_gpus": 1}, gpus
    return {"num_cpus": 1}, max(1, int(resources.get("CPU", 1)))


@contextmanager
def small_blocks(size: int) -> Iterator[None]:
    """Let Ray Data pass results on once they reach `size` bytes, and print nothing, while the block runs."""
    from ray.data import DataContext

    context = DataContext.get_current()
    wanted: dict[str, Any] = {
        "target_max_block_size": size,
        "target_min_block_size": 1,
        "enable_progress_bars": False,
        "print_on_execution_start": False,
    }
    before = {name: getattr(context, name) for name in wanted}
    for name, value in wanted.items():
        setattr(context, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(context, name, value)


def _must_listen(address: str) -> None:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), _SECONDS_TO_CONNECT).close()
    except (OSError, ValueError, OverflowError) as error:
        raise BatchError(
            f"There is no Ray cluster at {address!r}: give HOST:PORT of its head, such as 10.0.0.1:6379."
        ) from error


def _environment() -> dict[str, str]:
    """The variables that workers on the nodes need: where Loss Lab and its folders are, and for whom they work."""
    mine = user_scope.child_environment()
    own = {name: value for name, value in mine.items() if name.startswith("LOSS_LAB_")}
    return own | {"PYTHONPATH": os.pathsep.join(filter(None, [str(paths.ROOT), mine.get("PYTHONPATH", "")]))}


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:300]
