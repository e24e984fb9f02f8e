"""A process beside this one: it answers as the functions would, survives its own death, and ends with its master."""

import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace

import numpy as np
import psutil
import pytest

from engine import paths
from engine.experiments import loss_race
from engine.experiments.loss_race import train_heads
from engine.experiments.loss_race import worker_client as race_beside
from engine.jobs.worker import Worker
from engine.tasks import MULTI_LABEL, POINTS
from tests.experiments.loss_race.small_races import CONFIGS, COURSES


@pytest.fixture
def process(tmp_path, monkeypatch):
    """A process that can add, fail, print and tell its number."""
    (tmp_path / "module_of_worker.py").write_text(
        textwrap.dedent("""
            import os
            from engine.jobs.worker import serve_calls

            def fail(says):
                raise ValueError(says)

            def talk():
                print("something", flush=True)
                return "said"

            serve_calls({"add": lambda a, b: a + b, "fail": fail, "talk": talk, "pid": os.getpid})
        """)
    )
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{paths.ROOT}")
    beside = Worker("module_of_worker")
    yield beside
    beside.end()


def test_calls_are_answered_by_one_process_that_is_another(process):
    assert process.call("add", 2, 3) == 5
    assert process.call("pid") == process.call("pid") != os.getpid()


def test_what_it_raises_is_raised_here_and_it_goes_on(process):
    with pytest.raises(ValueError, match="no such luck"):
        process.call("fail", "no such luck")
    assert process.call("add", "a", "b") == "ab"


def test_what_it_prints_does_not_disturb_its_answers(process):
    assert process.call("talk") == "said"
    assert process.call("add", 1, 1) == 2


@pytest.mark.waits
def test_a_process_that_was_killed_is_started_again(process):
    first = process.call("pid")
    os.kill(first, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(first)], timeout=60)
    assert process.call("pid") != first


def test_large_answers_come_whole(process):
    half = np.arange(500_000.0)
    assert np.array_equal(process.call("add", half, half), 2 * half)


@pytest.mark.waits
def test_it_ends_when_its_master_is_killed(tmp_path):
    (tmp_path / "module_that_ends.py").write_text(
        "import os\nfrom engine.jobs.worker import serve_calls\nserve_calls({'pid': os.getpid})\n"
    )
    master = subprocess.Popen(
        [sys.executable, "-c", "from engine.jobs.worker import Worker; import time\n"
         "print(Worker('module_that_ends').call('pid'), flush=True); time.sleep(60)"],
        stdout=subprocess.PIPE, text=True, cwd=paths.ROOT,
        env=os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{paths.ROOT}"},
    )  # fmt: skip
    child = psutil.Process(int(master.stdout.readline()))
    master.kill()
    master.wait()
    assert psutil.wait_procs([child], timeout=60)[1] == []


@pytest.mark.parametrize("task", [MULTI_LABEL, POINTS])
def test_a_race_beside_is_the_race_here(task):
    found, scores = race_beside.run(CONFIGS[task], COURSES[task], task)
    here = train_heads.run(CONFIGS[task], COURSES[task])
    assert found.lanes == here.lanes
    for name in ("step_losses", "valid_raw", "weights", "biases"):
        assert np.array_equal(getattr(found, name), getattr(here, name))
    if task == POINTS:
        assert scores.equals(loss_race.point_scores(here, COURSES[task]))
    else:
        assert np.array_equal(scores, loss_race.mean_average_precisions(here, COURSES[task]))


def test_a_course_that_is_no_longer_kept_is_told_again():
    config = replace(CONFIGS[POINTS], epochs=1)
    first, _ = race_beside.run(config, COURSES[POINTS], "course 0")
    for number in range(1, race_beside.COURSES_KEPT + 1):
        race_beside.run(config, COURSES[POINTS], f"course {number}")
    again, _ = race_beside.run(config, COURSES[POINTS], "course 0")
    assert np.array_equal(first.weights, again.weights)


def test_asking_for_a_race_loads_no_torch():
    modules = "engine.training.features, engine.experiments.loss_race.worker_client"
    script = f"import sys, {modules}; print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=paths.ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
