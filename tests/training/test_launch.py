"""Runs as child processes: started, queued, stopped, resumed, renamed and deleted, as the pages do it."""

import errno
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine import paths, runs
from engine.__main__ import main
from engine.config import TrainConfig
from engine.jobs import atomic_write
from engine.jobs.job import Job
from engine.jobs.status import ACTIVE
from engine.runs import Run, RunError
from engine.training import launch, lr_finder, preflight
from tests.tiny_data import labelled

TINY = {"arch": "test_resnet", "weights": "none", "size": 32, "batch_size": 8, "hidden": 16, "device": "cpu"}


@pytest.fixture
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    return tmp_path / "runs"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return str(labelled(tmp_path_factory.mktemp("data") / "squares"))


def _wait(holds, seconds=150):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.1)


@pytest.mark.waits
def test_a_run_starts_finishes_and_is_found_again(own, data):
    run = launch.start(TrainConfig("multi-label", data, **TINY, epochs=1), "squares")
    assert run.state in ACTIVE
    _wait(lambda: Run(run.folder).state not in ACTIVE)
    assert (run.state, run.log) and run.state == "finished", run.log
    assert run.progress.share == 1
    assert [ready.name for ready in runs.ready_runs("multi-label")][-1] == "squares"
    assert set(run.watched["fname"]) <= set(run.images.query("is_valid")["fname"])
    with pytest.raises(RunError, match="nothing to resume"):
        launch.resume(run)


@pytest.mark.waits
def test_two_runs_queue_and_both_can_be_stopped(own, data, capsys):
    config = TrainConfig("multi-label", data, **TINY, epochs=500)
    first, second = launch.start(config, "same"), launch.start(config, "same")
    assert second.name == "same-2"
    _wait(lambda: "running" in (first.state, second.state) and "waiting for" in _messages(first, second))
    working, waiting = (first, second) if first.state == "running" else (second, first)
    assert waiting.status == {"state": "queued", "message": f"waiting for {working.name}"}
    assert main(["runs", "list"]) == 0
    listed = capsys.readouterr().out
    assert "queued" in listed and "running" in listed
    with pytest.raises(RunError, match="stop it first"):
        launch.delete(working)
    with pytest.raises(RunError, match="already running"):
        launch.resume(waiting)
    launch.stop(waiting)
    _wait(lambda: waiting.state == "stopped")
    assert working.state == "running"
    _wait(lambda: len(working.history) >= 1)
    launch.stop(working)
    _wait(lambda: working.state == "stopped")
    assert working.problems() == []
    assert "Traceback" not in working.log + waiting.log


def _messages(*some):
    return " ".join(run.status.get("message", "") for run in some)


def test_runs_of_one_name_that_start_at_once_get_a_folder_each(tmp_path):
    def placed(number):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "config.json").touch()
        return launch.put_in_place(tmp_path / str(number), tmp_path / "own" / "same")

    with ThreadPoolExecutor(8) as pool:
        places = list(pool.map(placed, range(24)))
    assert len(set(places)) == 24 and all(place.is_dir() for place in places)


PLACE = """
import sys, tempfile
from pathlib import Path

from engine.training import launch

wanted = Path(sys.argv[1])
for _ in range(5):
    building = Path(tempfile.mkdtemp(dir=wanted.parent, prefix="."))
    (building / "config.json").touch()
    launch.put_in_place(building, wanted)
"""


def test_processes_that_start_runs_of_one_name_get_a_folder_each(tmp_path):
    wanted = tmp_path / "same"
    placing = [subprocess.Popen([sys.executable, "-c", PLACE, wanted], cwd=paths.ROOT) for _ in range(4)]
    assert [process.wait() for process in placing] == [0] * 4
    names = {"same", *(f"same-{number}" for number in range(2, 21))}
    assert {place.name for place in wanted.parent.iterdir()} == names


@pytest.mark.waits
def test_a_run_that_cannot_be_trained_says_why_in_its_status_and_log(own, tmp_path):
    config = TrainConfig("multi-label", str(tmp_path / "nowhere"), **TINY)
    with pytest.raises(RunError, match="There is no folder or table"):
        launch.start(config, "nowhere")
    assert not (own / "nowhere").exists()
    run = runs.create(config, own / "gone")  # its data were deleted after it was started
    Job(run.folder).update(state="stopped", message="")
    launch.resume(run)
    _wait(lambda: run.state == "failed")
    assert "There is no folder or table" in run.status["message"]
    _wait(lambda: "There is no folder or table" in run.log)  # the status is written first
    assert "Traceback" not in run.log


def test_a_full_disk_is_one_sentence_and_leaves_no_run_half_begun(own, monkeypatch, capsys):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device", "somewhere")

    stopped = runs.create(TrainConfig("points", "x"), own / "stopped")
    Job(stopped.folder).update(state="stopped", message="")
    monkeypatch.setattr(preflight, "check", lambda config: None)
    monkeypatch.setattr(atomic_write, "temporary_name", full)
    with pytest.raises(RunError, match="'new' could not be started: the disk is full: free some space"):
        launch.start(TrainConfig("points", "x"), "new")
    assert [folder.name for folder in own.iterdir()] == ["stopped"]
    with pytest.raises(RunError, match="'stopped' could not be resumed: the disk is full"):
        launch.resume(stopped)
    with pytest.raises(RunError, match="search could not be started: the disk is full"):
        lr_finder.start(TrainConfig("points", "x"))
    assert main(["train", "--resume", str(stopped.folder)]) == 2
    assert capsys.readouterr().err.strip() == "The disk is full: free some space, then try again."


def test_runs_are_renamed_and_deleted(own):
    run = runs.create(TrainConfig("points", "x"), own / "old")
    Job(run.folder).update(state="stopped", message="")
    renamed = launch.rename(run, " new name ")
    assert renamed.name == "new name" and not run.folder.exists()
    other = runs.create(TrainConfig("points", "x"), own / "other")
    Job(other.folder).update(state="failed", message="")
    with pytest.raises(RunError, match="choose another name"):
        launch.rename(other, "new name")
    launch.delete(renamed)
    assert [folder.name for folder in own.iterdir()] == ["other"]
    with pytest.raises(RunError, match="bundled"):
        launch.delete(Run(paths.BUNDLED_RUNS / "points"))


@pytest.mark.parametrize("name", ["", "../up", "/root", "a/b", ".hidden", "x" * 90, "nul\0", "a\nb"])
def test_a_name_that_is_no_folders_name_is_refused(own, name):
    with pytest.raises(RunError, match="cannot be called"):
        launch.start(TrainConfig("points", "x"), name)
    assert not own.exists()


def test_a_run_of_several_workers_resumes_with_them_on_a_cluster_alone(own, data, monkeypatch):
    asked = []
    monkeypatch.setattr(launch, "spawn", lambda *words, **details: asked.append((words[1:], details)))
    run = runs.create(TrainConfig("multi-label", data, **TINY, epochs=1), own / "squares")
    run.job.update(state="stopped", details={"workers": 3})
    launch.resume(run)
    monkeypatch.setenv("LOSS_LAB_RAY", "10.0.0.1:6379")
    launch.resume(run)
    words = ("train", "--resume", str(run.folder))
    assert asked == [(("cpu", *words), {}), (("none", *words, "--workers", "3"), {"workers": 3})]
