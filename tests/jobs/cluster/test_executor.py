"""What the executor asks of a cluster, and when the job's folder alone tells enough."""

import time
from pathlib import Path

import pytest

from engine.jobs import executors, status
from engine.jobs.cluster import address, attempt, client, errors
from engine.jobs.cluster.attempt import Attempt
from engine.jobs.cluster.errors import ClusterError
from engine.jobs.cluster.placement import NO_DEVICE
from engine.jobs.executors import LOCAL, RAY, RayExecutor
from engine.jobs.status import FAILED, QUEUED, Status

PLACE = "10.0.0.1:6379"


class Driver:
    """A cluster that knows its jobs by name; `calls` lists what it was asked, `fails` whether it answers."""

    def __init__(self):
        self.calls, self.known, self.fails, self.trouble = [], True, False, ""

    def call(self, place, function, *arguments):
        self.calls.append((place, function, *arguments))
        if self.fails:
            raise ClusterError("No Ray cluster answers.")
        return {"gpus": 2, "is_known": self.known, "trouble": self.trouble}.get(function)

    @property
    def functions(self) -> list[str]:
        return [call[1] for call in self.calls]


@pytest.fixture
def driver(monkeypatch) -> Driver:
    made = Driver()
    monkeypatch.setattr(client, "call", made.call)
    monkeypatch.setattr(client, "_silent", {})
    monkeypatch.setenv(address.VARIABLE, PLACE)
    return made


def started(folder: Path, device: str = "cpu") -> dict:
    return dict(RayExecutor().start(("engine", "train"), folder / "log.txt", device))


def test_jobs_go_to_the_cluster_that_is_named(driver, monkeypatch):
    assert executors.chosen() == RAY
    monkeypatch.delenv(address.VARIABLE)
    assert executors.chosen() == LOCAL
    monkeypatch.setenv(address.VARIABLE, "nonsense")
    with pytest.raises(ClusterError, match="LOSS_LAB_RAY is 'nonsense'"):
        executors.chosen()


@pytest.mark.parametrize(
    ("device", "takes"),
    [("cpu", {"num_cpus": 1}), ("auto", {"num_cpus": 1, "num_gpus": 1}), (NO_DEVICE, {"num_cpus": 0})],
)
def test_a_job_is_submitted_with_what_it_needs(driver, tmp_path, device, takes):
    handle = started(tmp_path, device)
    place, function, name, log, command, environment, needs = driver.calls[-1]
    assert (place, function, name) == (PLACE, "submit", handle["actor"])
    assert log == str((tmp_path / "log.txt").resolve()) and command == ("engine", "train")
    assert needs == takes and "PYTHONPATH" in environment
    assert driver.functions.count("gpus") == (device == "auto")
    assert started(tmp_path)["actor"] != handle["actor"]


def test_a_cluster_that_does_not_answer_starts_nothing(driver, tmp_path, monkeypatch):
    driver.fails = True
    with pytest.raises(ClusterError):
        started(tmp_path)
    monkeypatch.delenv(address.VARIABLE)
    with pytest.raises(ClusterError, match="LOSS_LAB_RAY is not set"):
        started(tmp_path)


@pytest.mark.parametrize(
    ("age", "is_ended", "alive", "is_asked"),
    [
        (0, False, True, False),
        (0, True, False, False),
        (3600, True, False, False),
        (3600, False, "Ray's", True),
    ],
)
def test_ray_is_asked_only_about_a_job_that_is_silent(driver, tmp_path, age, is_ended, alive, is_asked):
    handle = started(tmp_path)
    attempt.write(tmp_path, Attempt(handle["actor"], 1, "node", time.time() - age, is_ended))
    driver.known = "Ray's"
    assert RayExecutor().is_alive(handle) == alive
    assert ("is_known" in driver.functions) is is_asked


def test_a_job_that_waits_is_known_to_ray_alone(driver, tmp_path):
    handle = started(tmp_path)
    assert RayExecutor().is_alive(handle) is True
    driver.known = False
    assert RayExecutor().is_alive(handle) is False
    driver.fails = True
    assert RayExecutor().is_alive(handle) is None


def test_a_job_on_a_node_that_does_not_see_its_folder_fails_with_one_sentence(driver, tmp_path):
    status.write(tmp_path, Status(QUEUED))
    handle = started(tmp_path)
    assert RayExecutor().is_alive(handle) and status.read(tmp_path).state == QUEUED
    driver.trouble = errors.does_not_see("node-3", tmp_path)
    assert RayExecutor().is_alive(handle)
    found = status.read(tmp_path)
    assert (found.state, found.message) == (FAILED, driver.trouble)
    assert driver.calls[-1] == (PLACE, "end", handle["actor"], False)


@pytest.mark.parametrize(("age", "alive"), [(60, None), (3600, False)])
def test_a_job_that_ran_on_a_cluster_that_is_gone_can_be_resumed(driver, tmp_path, age, alive):
    handle = started(tmp_path)
    attempt.write(tmp_path, Attempt(handle["actor"], 1, "node", time.time() - age))
    driver.fails = True
    assert RayExecutor().is_alive(handle) is alive


def test_a_kill_says_whether_the_job_has_a_node_and_whether_it_worked(driver, tmp_path):
    handle = started(tmp_path)
    assert RayExecutor().kill(handle)
    assert driver.calls[-1] == (PLACE, "end", handle["actor"], False)
    attempt.write(tmp_path, Attempt(handle["actor"], 1, "node"))
    assert RayExecutor().kill(handle)
    assert driver.calls[-1] == (PLACE, "end", handle["actor"], True)
    driver.fails = True
    assert not RayExecutor().kill(handle)
    attempt.write(tmp_path, Attempt(handle["actor"], 1, "node", is_ended=True))
    assert RayExecutor().kill(handle)
