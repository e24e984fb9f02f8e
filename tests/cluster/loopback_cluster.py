"""A Ray cluster of this machine alone: a head and two nodes, which listen at 127.0.0.1 and nowhere else.

`ray.cluster_utils.Cluster` starts them as processes of their own. Ray turns 127.0.0.1 into the machine's outer address
unless `RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER` is 0, whatever the system; nothing may be asked of a network here.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psutil

HOST = "127.0.0.1"
SETTINGS = {
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DISABLE_IMPORT_WARNING": "1",
    "RAY_raylet_start_wait_time_s": "300",
    "RAY_health_check_period_ms": "1000",
    "RAY_worker_niceness": "0",
}
"""Of every process that is a part of the cluster or talks to it."""
OBJECT_STORE_BYTES = 100 * 1024**2


@dataclass
class LoopbackCluster:
    """A running cluster: `address` is what `LOSS_LAB_RAY` takes; the head itself runs no jobs."""

    cluster: Any
    nodes: list[Any]

    @property
    def address(self) -> str:
        return str(self.cluster.address)

    def node_of(self, pid: int) -> Any:
        """The node among whose processes a process is, by its parents. Raises `LookupError`."""
        above = {one.pid for one in psutil.Process(pid).parents()}
        for node in self.nodes:
            if above & set(pids_of(node)):
                return node
        raise LookupError(f"{pid} belongs to no node")

    def add_node(self) -> Any:
        node = self.cluster.add_node(**_resources(1))
        self.nodes.append(node)
        return node

    def kill(self, node: Any) -> None:
        """End all processes of a node at once, as a power cut does."""
        for process in processes_of(node):
            process.send_signal(signal.SIGKILL)
        self.nodes.remove(node)
        self.cluster.remove_node(node, allow_graceful=False)

    def kill_head(self) -> None:
        """End the head for good; its nodes follow by themselves."""
        head = self.cluster.head_node
        for process in processes_of(head):
            process.send_signal(signal.SIGKILL)
        self.cluster.remove_node(head, allow_graceful=False)

    def listens_at(self) -> set[str]:
        """The addresses at which any process of the cluster listens."""
        every = [one for node in self.cluster.list_all_nodes() for one in processes_of(node)]
        return {
            connection.laddr.ip
            for process in every
            for connection in process.net_connections(kind="inet")
            if connection.status == psutil.CONN_LISTEN
        }


def pids_of(node: Any) -> list[int]:
    """The processes that Ray has started for a node itself."""
    return [info.process.pid for infos in node.all_processes.values() for info in infos]


def processes_of(node: Any) -> list[psutil.Process]:
    """All processes of a node, workers and their children included."""
    found: dict[int, psutil.Process] = {}
    for pid in pids_of(node):
        if psutil.pid_exists(pid):
            top = psutil.Process(pid)
            found |= {one.pid: one for one in (top, *top.children(recursive=True))}
    return list(found.values())


@contextmanager
def running(nodes: int = 2) -> Iterator[LoopbackCluster]:
    """A cluster with a head without processors and some nodes with one each, while the block runs."""
    before = {name: os.environ.get(name) for name in SETTINGS}
    os.environ.update(SETTINGS)
    from ray.cluster_utils import Cluster

    cluster = Cluster()
    try:
        cluster.add_node(**_resources(0))
        started = LoopbackCluster(cluster, [])
        for _ in range(nodes):
            started.add_node()
        yield started
    finally:
        cluster.shutdown()
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def _resources(cpus: int) -> dict[str, Any]:
    return {
        "num_cpus": cpus,
        "num_gpus": 0,
        "node_ip_address": HOST,
        "include_dashboard": False,
        "object_store_memory": OBJECT_STORE_BYTES,
    }
