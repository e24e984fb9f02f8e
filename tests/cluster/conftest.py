"""The cluster of the tests marked `ray`, which `make cluster` runs; without Ray they are skipped."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.jobs.cluster import address
from tests.cluster import loopback_cluster
from tests.cluster.loopback_cluster import LoopbackCluster
from tests.tiny_data import labelled

NO_RAY = "Ray is not installed here: make cluster runs this test in an environment of its own."


@pytest.fixture(autouse=True)
def _with_ray(request) -> None:
    """Skip the tests marked `ray` where there is no Ray."""
    if request.node.get_closest_marker("ray") and importlib.util.find_spec("ray") is None:
        pytest.skip(NO_RAY)


@pytest.fixture(scope="module")
def cluster() -> Iterator[LoopbackCluster]:
    """A head and two nodes on the loopback address, and `LOSS_LAB_RAY` with the head's."""
    if importlib.util.find_spec("ray") is None:
        pytest.skip(NO_RAY)
    with loopback_cluster.running() as started, pytest.MonkeyPatch.context() as patch:
        patch.setenv(address.VARIABLE, started.address)
        yield started


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """A dataset for runs."""
    return labelled(tmp_path_factory.mktemp("data") / "squares", count=160)


@pytest.fixture
def own_runs(monkeypatch, tmp_path) -> None:
    """Folders of the test's own, and one thread for each process."""
    for name in ("runs", "data", "cache"):
        monkeypatch.setenv(f"LOSS_LAB_{name.upper()}", str(tmp_path / name))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
