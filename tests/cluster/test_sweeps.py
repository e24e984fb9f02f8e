"""A seeded sequential sweep has the same trials, weights and results on a cluster as on this machine, twice."""

import time

import pandas as pd
import pytest

from engine.experiments.sweeps import launch
from engine.experiments.sweeps.folder import Sweep
from engine.jobs.cluster import address
from engine.jobs.executors import RAY
from engine.jobs.job import HANDLE
from engine.jobs.json_file import read_record
from engine.jobs.status import FINISHED
from tests.experiments.sweeps.small_sweep import asked, run, weights
from tests.tiny_data import labelled

pytestmark = pytest.mark.ray
SECONDS = 1200
TRIALS = 3


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("home")
        for name in ("runs", "data", "cache"):
            patch.setenv(f"LOSS_LAB_{name.upper()}", str(folder / name))
        patch.setenv("OMP_NUM_THREADS", "1")
        yield folder


@pytest.fixture(scope="module")
def config(home):
    return asked(labelled(home / "squares", count=60), trials=TRIALS)


@pytest.fixture(scope="module")
def local(home, config) -> Sweep:
    """The sweep of this process; before there is a cluster's address."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(address.VARIABLE, raising=False)
        return run(config, home / "local")


def executor_of(folder) -> str:
    return read_record(folder / HANDLE).get("executor", "")


def assert_same(sweep: Sweep, local: Sweep) -> None:
    """Equal but for the seconds, and for the name under which the best run is kept."""
    pd.testing.assert_frame_equal(sweep.trials.drop(columns="seconds"), local.trials.drop(columns="seconds"))
    assert weights(sweep) == weights(local)
    assert sweep.results | {"kept": ""} == local.results | {"kept": ""}


def test_a_sweep_sends_its_trials_to_the_nodes_and_reaches_the_same(cluster, config, local, home):
    sweep = run(config, home / "trials on nodes")
    assert {executor_of(sweep.trial_folder(number)) for number in range(TRIALS)} == {RAY}
    assert executor_of(sweep.folder) == ""
    assert_same(sweep, local)


def test_a_sweep_that_runs_on_a_node_itself_reaches_the_same(cluster, config, local):
    sweep = launch.start(config, "on a node")
    end = time.monotonic() + SECONDS
    while sweep.is_active:
        assert time.monotonic() < end, f"{sweep.status} {sweep.log}"
        time.sleep(0.2)
    assert sweep.state == FINISHED, sweep.log
    assert executor_of(sweep.folder) == RAY
    assert_same(sweep, local)
