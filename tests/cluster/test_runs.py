"""Runs on the nodes of a real cluster: the weights are those of a local run, whatever dies meanwhile."""

import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from engine.config import TrainConfig
from engine.jobs import executors
from engine.jobs.cluster import attempt
from engine.jobs.executors import RAY
from engine.jobs.job import HANDLE, Job
from engine.jobs.json_file import read_record
from engine.jobs.progress import Listener
from engine.jobs.status import ACTIVE, FINISHED, INTERRUPTED, QUEUED, RUNNING, STOPPED
from engine.runs import Run
from engine.training import launch, trainer
from tests.experiments.sweeps.small_sweep import digest

pytestmark = [pytest.mark.ray, pytest.mark.usefixtures("own_runs")]
SECONDS = 240
SCRATCH = {
    "arch": "test_resnet",
    "weights": "none",
    "size": 32,
    "batch_size": 8,
    "hidden": 16,
    "device": "cpu",
}


@pytest.fixture(scope="module")
def local(data, tmp_path_factory) -> Path:
    """The run that this process trains."""
    folder = tmp_path_factory.mktemp("local") / "run"
    trainer.train(config(data), folder, Listener())
    return folder


def config(data: Path, epochs: int = 4) -> TrainConfig:
    return TrainConfig("multi-label", str(data), **SCRATCH, epochs=epochs)


def wait_until(job: Job, is_true: Callable[[], object], states: list[str] | None = None) -> None:
    """Look at a job until something is true, as a page does; `states` gets every state it is in."""
    end = time.monotonic() + SECONDS
    while not is_true():
        state = job.status.state
        if states is not None and (not states or states[-1] != state):
            states.append(state)
        assert time.monotonic() < end, f"{job.status} {job.log}"
        time.sleep(0.05)


def wait_for(job: Job, *states: str) -> None:
    wait_until(job, lambda: job.state in states)


def test_a_run_on_a_node_has_the_weights_of_a_local_one(cluster, data, local):
    run = launch.start(config(data), "on a node")
    states: list[str] = []
    wait_until(run.job, lambda: not run.job.is_active, states)
    assert (run.state, states) == (FINISHED, [QUEUED, RUNNING]), run.job.log
    assert digest(run.folder) == digest(local)
    assert run.history.equals(Run(local).history)
    assert not run.problems()


def test_the_cluster_listens_on_the_loopback_address_alone(cluster):
    assert cluster.listens_at() and all(ip.endswith(("127.0.0.1", "::1")) for ip in cluster.listens_at())


def test_a_run_whose_node_dies_in_epoch_two_ends_with_the_same_weights(cluster, data, local):
    run = launch.start(config(data), "moved")
    states: list[str] = []
    wait_until(run.job, lambda: len(run.history) == 1, states)
    first = run.job.status.process
    cluster.kill(cluster.node_of(first.pid))
    wait_until(run.job, lambda: not run.job.is_active, states)
    cluster.add_node()
    assert run.state == FINISHED, run.job.log
    assert set(states) <= set(ACTIVE) and INTERRUPTED not in states
    assert run.job.status.process.pid != first.pid
    assert digest(run.folder) == digest(local)
    assert run.history.equals(Run(local).history)


def test_a_killed_process_is_interrupted_and_resumes_to_the_same_weights(cluster, data, local):
    """As on one machine: what ends a process, such as too little memory, would end the next one too."""
    run = launch.start(config(data), "killed")
    wait_until(run.job, lambda: len(run.history) == 1)
    psutil.Process(run.job.status.process.pid).kill()
    wait_for(run.job, INTERRUPTED)
    launch.resume(run)
    wait_for(run.job, FINISHED)
    assert digest(run.folder) == digest(local)


def test_a_run_stops_when_it_is_asked_and_resumes(cluster, data, local):
    run = launch.start(config(data), "stopped")
    wait_until(run.job, lambda: len(run.history) == 1)
    launch.stop(run)
    wait_for(run.job, STOPPED)
    handle = handle_of(run.job)
    wait_until(run.job, lambda: executors.EXECUTORS[RAY].is_alive(handle) is False)
    launch.resume(run)
    wait_for(run.job, FINISHED)
    assert digest(run.folder) == digest(local)


def test_runs_queue_for_the_nodes_and_a_waiting_one_stops_at_once(cluster, data):
    """Two nodes have one core each, so the third run waits."""
    three = [launch.start(config(data, epochs=60), name) for name in ("one", "two", "three")]
    wait_until(three[0].job, lambda: sum(run.state == RUNNING for run in three) == 2)
    waiting = next(run for run in three if run.state == QUEUED)
    assert waiting.job.status.message == "waiting for a free node of the cluster"
    launch.stop(waiting)
    assert waiting.state == STOPPED
    busy = [run for run in three if run is not waiting]
    assert {run.job.kill() for run in busy} == {True}
    assert {run.state for run in busy} == {INTERRUPTED}
    assert all(not run.job.status.process.is_alive for run in busy)


def test_a_job_is_found_again_by_its_folder_alone(cluster, data):
    run = launch.start(config(data, epochs=60), "found")
    wait_for(run.job, RUNNING)
    handle = handle_of(run.job)
    assert attempt.read(run.folder, handle["actor"]).number == 1
    (run.folder / attempt.FILE).unlink()  # so that Ray itself has to be asked
    assert Job(run.folder).status.state == RUNNING
    assert executors.EXECUTORS[RAY].is_alive(handle)
    assert executors.EXECUTORS[RAY].kill(handle)
    wait_for(run.job, INTERRUPTED)


def handle_of(job: Job) -> dict:
    return read_record(job.folder / HANDLE)
