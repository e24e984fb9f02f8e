"""What earlier runs tell about this computer: a factor each, from the start of their process to their end."""

import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from engine import runs
from engine.config import CUSTOM, QUICK, TrainConfig
from engine.jobs import process
from engine.jobs import status as status_file
from engine.jobs.job import HANDLE
from engine.jobs.status import FINISHED, STOPPED, Status
from engine.runs import Run
from engine.tasks import SINGLE_LABEL
from engine.training import time_estimate
from engine.training.earlier_runs import HAS_WAITED, slowdowns


def finished(folder: Path, factor: float, age: float = 0.0, recipe: str = QUICK, **changes) -> Run:
    """A run on 20 images that took `factor` times as long as on idle cores, and ended `age` seconds ago."""
    config = TrainConfig(SINGLE_LABEL, "photos", recipe=recipe, **({"epochs": 1} if recipe == CUSTOM else {}))
    run, ended = runs.create(config, folder), time.time() - age
    (folder / "pictures.csv").write_text(
        "fname,labels,is_valid\n" + "".join(f"{at}.jpg,a,False\n" for at in range(20))
    )
    (folder / "metrics.json").write_text(json.dumps({"seconds": changes.pop("seconds", 0.1)}))
    status = Status(FINISHED, process=process.identify(), heartbeat=ended)
    status_file.write(folder, replace(status, **changes))
    (folder / HANDLE).write_text("{}")
    began = ended - factor * time_estimate.seconds(config, 20)
    os.utime(folder / HANDLE, (began, began))
    return run


def test_a_run_tells_how_many_times_as_long_it_took(tmp_path):
    assert slowdowns([finished(tmp_path / "run", 4.5)]) == pytest.approx([4.5], rel=1e-3)


def test_the_newest_count_and_the_newest_comes_first(tmp_path):
    every = [finished(tmp_path / str(at), 1 + at, age=1000 * at) for at in range(7)]
    assert slowdowns(reversed(every)) == pytest.approx([1, 2, 3, 4, 5], rel=1e-3)


def test_a_recipe_that_loads_torch_is_apart(tmp_path):
    every = [finished(tmp_path / "quick", 2), finished(tmp_path / "custom", 3, recipe=CUSTOM)]
    assert slowdowns(every, QUICK) == pytest.approx([2], rel=1e-3)
    assert slowdowns(every, CUSTOM) == pytest.approx([3], rel=1e-3)


@pytest.mark.parametrize(
    "changes",
    [
        {"state": STOPPED},
        {"details": {HAS_WAITED: True}},
        {"process": process.ProcessId("elsewhere", 1, 0.0)},
        {"seconds": 1e6},  # resumed: it had taken longer before its last process began
    ],
)
def test_some_runs_tell_nothing(tmp_path, changes):
    assert slowdowns([finished(tmp_path / "run", 2, **changes)]) == []


def test_runs_from_the_command_line_and_broken_ones_tell_nothing(tmp_path):
    plain, broken = finished(tmp_path / "plain", 2), finished(tmp_path / "broken", 2)
    (plain.folder / HANDLE).unlink()
    (broken.folder / "pictures.csv").unlink()
    assert slowdowns([plain, broken]) == []


def test_cached_features_and_a_sleeping_computer_do_not_count_in_full(tmp_path):
    assert slowdowns([finished(tmp_path / "cached", 0.05, seconds=0.01)]) == [0.5]
    assert slowdowns([finished(tmp_path / "asleep", 5000)]) == [30]
