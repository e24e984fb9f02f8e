"""A connection to a Ray cluster for Ray Data. Ray is loaded here, and only where an address is given."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from engine.jobs.cluster import address as cluster_address
from engine.jobs.cluster import placement
from engine.jobs.cluster.errors import ClusterError, first_line


@contextmanager
def connected(address: str) -> Iterator[None]:
    """Be a driver of the cluster at HOST:PORT while the block runs. Raises `ClusterError`."""
    cluster_address.check(address)
    import ray

    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        ray.init(address, log_to_driver=False, logging_level=logging.ERROR)
        import ray.data

        logging.getLogger("ray.data").setLevel(logging.ERROR)
        for number, handler in handlers.items():
            signal.signal(number, handler)  # Ray's own would end the process before it says what is done
        yield
    except (ConnectionError, ray.exceptions.RayError) as error:
        raise ClusterError(f"The Ray cluster at {address} failed: {first_line(error)}") from error
    finally:
        ray.shutdown()


def actors(address: str) -> tuple[dict[str, Any], int]:
    """What an actor needs of a node, and how many the cluster has room for: one for each GPU, else for each core."""
    import ray

    resources = ray.cluster_resources()
    gpus = int(resources.get("GPU", 0))
    needs: dict[str, Any] = dict(placement.needs("auto", gpus))
    needs["runtime_env"] = {"env_vars": placement.environment(address, "auto", gpus)}
    return needs, max(1, gpus or int(resources.get("CPU", 1) // needs["num_cpus"]))


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
