"""The job that asks for workers, without Ray: what the run's status says meanwhile, and how it ends."""

import threading

import psutil
import pytest

from engine.config import TrainConfig
from engine.jobs.cluster import address, attempt
from engine.jobs.cluster.attempt import Attempt
from engine.jobs.cluster.errors import ClusterError
from engine.jobs.job import STOP, Job
from engine.jobs.status import FAILED, FINISHED, QUEUED, RUNNING, STOPPED
from engine.runs import RunError, files
from engine.training import on_cluster
from engine.training.data_parallel import coordinator
from tests.tiny_data import labelled


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(address.VARIABLE, "10.0.0.1:6379")
    config = TrainConfig("multi-label", str(labelled(tmp_path / "squares")), epochs=1)
    on_cluster.create(config, tmp_path / "run")
    attempt.write(tmp_path / "run", Attempt("job-1", 3, "node"))
    return tmp_path / "run"


class WorkersFailed(Exception):
    def __init__(self):
        self.worker_failures = {
            1: ValueError("too hot"),
            0: ClusterError("The node a does not see b.\nTrace"),
        }


def fitting(monkeypatch, folder, **changes):
    """What Ray Train is asked for, in a fit that changes the run's status and may raise."""
    asked: list = []
    error = changes.pop("error", None)

    def fit(place, device, workers, about, storage):
        asked.append((place, workers, about, Job(folder).status))
        if changes:
            Job(folder).update(**changes)
        if error:
            raise error

    monkeypatch.setattr(coordinator, "_fit", fit)
    monkeypatch.setattr(coordinator, "_leave_the_queue", lambda job: None)
    return asked


def test_the_run_waits_for_places_until_its_workers_train_it(folder, monkeypatch):
    asked = fitting(monkeypatch, folder, state=FINISHED)
    (folder / files.METRICS).write_text('{"skill": 0.5}')
    assert coordinator.train(folder, 2) == {"skill": 0.5}
    place, workers, about, before = asked[0]
    assert (place, workers) == ("10.0.0.1:6379", 2)
    assert about == {"folder": str(folder.resolve()), "actor": "job-1", "attempt": 3}
    assert (before.state, before.message) == (QUEUED, "waiting for 2 free places on the nodes")


def test_workers_that_are_lost_too_often_end_the_run_with_one_sentence(folder, monkeypatch):
    fitting(monkeypatch, folder, state=RUNNING, error=WorkersFailed())
    with pytest.raises(RunError, match=r"lost 6 times.*Worker 1: The node a does not see b\.$"):
        coordinator.train(folder, 2)
    assert Job(folder).state == FAILED


def test_a_run_that_has_finished_does_not_fail_with_its_cluster(folder, monkeypatch):
    fitting(monkeypatch, folder, state=FINISHED, error=RuntimeError("The actor died."))
    coordinator.train(folder, 2)
    assert Job(folder).state == FINISHED


def test_the_first_workers_own_failure_is_the_jobs(folder, monkeypatch):
    fitting(monkeypatch, folder, state=FAILED, message="The loss became nan.")
    with pytest.raises(RunError, match=r"^The loss became nan\.$"):
        coordinator.train(folder, 2)


def test_outside_of_a_cluster_there_are_no_workers(folder, monkeypatch):
    monkeypatch.delenv(address.VARIABLE)
    with pytest.raises(ClusterError, match="give --on"):
        coordinator.train(folder, 2)


def test_a_stop_while_it_waits_ends_the_process_that_asks(folder, monkeypatch):
    killed = threading.Event()
    monkeypatch.setattr(psutil.Process, "kill", lambda process: killed.set())
    job = Job(folder)
    job.update(state=QUEUED)
    (folder / STOP).touch()
    coordinator._leave_the_queue(job)
    assert killed.is_set() and job.state == STOPPED
