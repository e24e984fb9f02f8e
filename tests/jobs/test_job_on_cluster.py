"""A job whose executor is a cluster: how it waits, stops, moves to another node, and when it counts as interrupted."""

import json
import time
from dataclasses import replace

import pytest

from engine.jobs import process, status
from engine.jobs.executors import EXECUTORS
from engine.jobs.job import HANDLE, STOPPED_WITHOUT_CLUSTER, Job
from engine.jobs.process import ProcessId
from engine.jobs.status import FAILED, INTERRUPTED, QUEUED, RUNNING, STOPPED


class Cluster:
    """An executor whose jobs wait for a node; `alive` is what it knows of them."""

    name, waiting = "cluster", "waiting for a node"

    def __init__(self):
        self.alive, self.asked, self.trouble = True, 0, None

    def start(self, command, log, device):
        if self.trouble:
            raise self.trouble
        return {"number": 7, "wanted": device}

    def is_alive(self, handle):
        self.asked += 1
        return self.alive if handle["number"] == 7 else False

    def kill(self, handle):
        if self.alive is None:
            return False
        self.alive = False
        return True


@pytest.fixture
def cluster(monkeypatch):
    made = Cluster()
    monkeypatch.setitem(EXECUTORS, "cluster", made)
    return made


def begin(folder, pid: int, host: str = "another-machine", age: float = 0) -> None:
    """Let a process of some machine have reported that it runs, a while ago."""
    known = status.read(folder)
    one = replace(known, state=RUNNING, process=ProcessId(host, pid, 12.5), heartbeat=time.time() - age)
    status.write(folder, one)


def test_another_executor_is_asked_where_its_job_runs(tmp_path, cluster):
    job = Job(tmp_path)
    job.start("module", executor="cluster", device="cuda")
    assert json.loads((tmp_path / HANDLE).read_text())["wanted"] == "cuda"
    assert (job.state, job.status.message) == (QUEUED, cluster.waiting) and job.waits_on_cluster
    assert job.kill() and job.state == INTERRUPTED


def test_a_job_that_waits_for_a_node_stops_at_once(tmp_path, cluster):
    job = Job(tmp_path)
    job.start("module", executor="cluster")
    job.request_stop()
    assert (job.state, job.status.message) == (STOPPED, "stopped before it was its turn")
    assert not cluster.alive and not job.stop_requested


def test_a_job_whose_cluster_is_gone_says_so_and_stops(tmp_path, cluster):
    job = Job(tmp_path)
    job.start("module", executor="cluster")
    cluster.alive = None
    assert job.status.message == cluster.waiting
    status.write(tmp_path, replace(status.read(tmp_path), heartbeat=time.time() - 3600))
    assert job.state == QUEUED and "no sign of life from its cluster since" in job.status.message
    job.request_stop()
    assert (job.state, job.status.message) == (STOPPED, STOPPED_WITHOUT_CLUSTER) and not job.stop_requested


def test_a_job_that_has_begun_on_a_node_stops_itself(tmp_path, cluster):
    job = Job(tmp_path)
    job.start("module", executor="cluster")
    begin(tmp_path, 4711)
    job.request_stop()
    assert job.state == RUNNING and job.stop_requested and cluster.alive


@pytest.mark.parametrize("host", ["another-machine", process.host()])
def test_a_job_whose_node_died_is_not_interrupted_while_the_cluster_moves_it(tmp_path, cluster, host):
    job = Job(tmp_path)
    job.start("module", executor="cluster")
    begin(tmp_path, 2**22 + 1, host, age=3600)  # no system gives a process that number
    assert job.state == RUNNING and job.is_claimed
    cluster.alive = None
    assert job.state == RUNNING and "no sign of life" in job.status.message
    cluster.alive = False
    assert job.state == INTERRUPTED


def test_a_job_of_a_cluster_that_goes_on_elsewhere_runs(tmp_path, cluster):
    """A run that stopped on a cluster is resumed by a command on a third machine: the old handle says nothing."""
    job = Job(tmp_path)
    job.start("module", executor="cluster")
    cluster.alive = False
    begin(tmp_path, 4711)
    assert job.state == RUNNING and cluster.asked == 0


def test_a_job_that_a_cluster_does_not_take_has_failed(tmp_path, cluster):
    job, cluster.trouble = Job(tmp_path), OSError("No cluster answers.")
    with pytest.raises(OSError, match="No cluster"):
        job.start("module", executor="cluster")
    assert (job.state, job.status.message) == (FAILED, "it could not be started: No cluster answers")


def test_a_job_resumes_where_it_ran(tmp_path, cluster):
    job = Job(tmp_path)
    job.start("module", executor="cluster", device="cuda")
    cluster.alive = False
    status.write(tmp_path, replace(job.status, state=STOPPED))
    job.resume()
    handle = json.loads((tmp_path / HANDLE).read_text())
    assert handle["executor"] == "cluster" and handle["wanted"] == "cuda"
