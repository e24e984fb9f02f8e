"""What a job takes of a node, and what it is told there."""

import pytest

from engine import paths
from engine.jobs import device_queue, user_scope
from engine.jobs.cluster import placement
from engine.jobs.cluster.address import VARIABLE
from engine.jobs.cluster.errors import ClusterError
from engine.jobs.cluster.placement import NO_DEVICE

PLACE = "10.0.0.1:6379"


def environment(device: str = "cpu", gpus: int = 0) -> dict[str, str]:
    return placement.environment(PLACE, device, gpus)


@pytest.mark.parametrize(
    ("device", "gpus", "takes"),
    [
        ("cpu", 4, {"num_cpus": 1}),
        ("auto", 0, {"num_cpus": 1}),
        ("auto", 4, {"num_cpus": 1, "num_gpus": 1}),
        ("cuda", 0, {"num_cpus": 1, "num_gpus": 1}),
        (NO_DEVICE, 4, {"num_cpus": 0}),
    ],
)
def test_a_job_takes_a_gpu_or_cores(device, gpus, takes):
    assert placement.needs(device, gpus) == takes


def test_the_number_of_cores_can_be_set(monkeypatch):
    monkeypatch.setenv(placement.CPUS_VARIABLE, "4")
    assert placement.needs("cpu", 0) == {"num_cpus": 4}
    for wrong in ("0", "many", "-1", "1.5"):
        monkeypatch.setenv(placement.CPUS_VARIABLE, wrong)
        with pytest.raises(ClusterError, match=f"LOSS_LAB_RAY_CPUS is '{wrong}'"):
            placement.needs("cpu", 0)


def test_a_node_is_told_where_everything_is(monkeypatch):
    monkeypatch.setenv("LOSS_LAB_RUNS", "/shared/runs")
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.setenv("PYTHONPATH", "/more")
    monkeypatch.setenv("HOME_OF_SECRETS", "token")
    told = environment()
    assert told["LOSS_LAB_RUNS"] == "/shared/runs" and told["OMP_NUM_THREADS"] == "3"
    assert told["PYTHONPATH"].startswith(str(paths.ROOT)) and told["PYTHONPATH"].endswith("/more")
    assert "HOME_OF_SECRETS" not in told


def test_only_a_job_that_starts_others_knows_the_cluster(monkeypatch):
    monkeypatch.setenv(VARIABLE, "another:1")
    assert VARIABLE not in environment()
    assert environment(NO_DEVICE)[VARIABLE] == PLACE


def test_a_job_sees_a_gpu_only_where_it_has_one():
    assert environment("cpu", 8)[placement.GPUS_VARIABLE] == ""
    assert placement.GPUS_VARIABLE not in environment("auto", 8)


def test_a_visitor_stays_one_on_a_node(monkeypatch):
    """Whether people sign in is known by the server alone: without it, the node would work for the owner."""
    monkeypatch.setattr(user_scope, "is_private", lambda: True)
    monkeypatch.setenv(user_scope.VISITOR_VARIABLE, "a" * 32)
    told = environment()
    assert told[user_scope.PRIVATE_VARIABLE] == "1" and told[user_scope.VISITOR_VARIABLE] == "a" * 32


def test_a_job_with_its_own_share_does_not_queue_for_the_device(monkeypatch, tmp_path):
    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path))
    monkeypatch.setenv(placement.OWN_SHARE_VARIABLE, "1")
    with (
        device_queue.device_lock("cpu", "one", pytest.fail),
        device_queue.device_lock("cpu", "two", pytest.fail),
    ):
        assert not device_queue.queue_folder("cpu").exists()
