"""Jobs that no node can do: one whose folder the node lacks, and one whose cluster is gone. Each is told and ends."""

import time
from collections.abc import Callable

import pytest

from engine.jobs import executors, status
from engine.jobs.cluster import address, client
from engine.jobs.executors import RAY
from engine.jobs.job import HANDLE, STOPPED_WITHOUT_CLUSTER, Job
from engine.jobs.json_file import write_record
from engine.jobs.status import FAILED, QUEUED, STOPPED, Status
from tests.cluster import loopback_cluster

pytestmark = pytest.mark.ray
SECONDS = 240


def wait_until(is_true: Callable[[], object]) -> None:
    end = time.monotonic() + SECONDS
    while not is_true():
        assert time.monotonic() < end
        time.sleep(0.2)


def test_a_job_on_a_node_that_does_not_see_its_folder_fails_with_one_sentence(cluster, tmp_path):
    """The folder appears here only after the node has looked for it."""
    folder = tmp_path / "job"
    handle = executors.EXECUTORS[RAY].start(("engine", "--help"), folder / "log.txt", "cpu")
    wait_until(lambda: client.call(cluster.address, "trouble", handle["actor"]))
    status.write(folder, Status(QUEUED))
    write_record(folder / HANDLE, {"executor": RAY, "device": "cpu"} | dict(handle))
    wait_until(lambda: Job(folder).state == FAILED)
    assert f"does not see {folder}: let all nodes share that folder" in Job(folder).status.message
    wait_until(lambda: not client.call(cluster.address, "is_known", handle["actor"]))


def test_a_job_that_waits_for_a_cluster_that_is_gone_stops(tmp_path, monkeypatch):
    with loopback_cluster.running(nodes=0) as started:
        monkeypatch.setenv(address.VARIABLE, started.address)
        job = Job(tmp_path / "job")
        job.start("engine", "--help", executor=RAY, device="cpu")
        assert job.state == QUEUED and job.waits_on_cluster
        started.kill_head()
        wait_until(lambda: not _answers(started.address))
        assert job.state == QUEUED
        job.request_stop()
        assert (job.state, job.status.message) == (STOPPED, STOPPED_WITHOUT_CLUSTER)


def _answers(place: str) -> bool:
    try:
        address.must_answer(place)
    except OSError:
        return False
    return True
