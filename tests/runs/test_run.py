"""A run's folder: what is written is read back, and what is broken is told in one sentence."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine import paths, runs
from engine.config import TrainConfig
from engine.data import library
from engine.jobs import process, status
from engine.jobs.job import Job
from engine.jobs.log_tail import LOG_BYTES
from engine.jobs.status import Status
from engine.runs import PointPredictions, Predictions, Run, RunError
from tests.tiny_data import labelled

VOCAB = ("bear", "dog")


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "config.json").write_text(
        TrainConfig("multi-label", "sample_data/scenes", threshold=0.4).to_json()
    )
    (folder / "vocab.json").write_text(json.dumps(VOCAB))
    (folder / "status.json").write_text('{"state": "finished"}')
    (folder / "metrics.json").write_text('{"accuracy_multi": 0.9}')
    (folder / "weights.safetensors").write_bytes(b"only its presence counts here")
    runs.save_table(folder, "history.csv", pd.DataFrame({"epoch": [1, 2], "valid_loss": [0.5, 0.25]}))
    runs.save_table(folder, "predictions.csv", runs.labels_table(_labels()))
    return Run(folder)


def _labels():
    logits = np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32) * 1000
    names = ["a.jpg", "NA", "=1+1", "ünï, code.jpg", '"quoted".jpg']
    return Predictions(
        names, logits, np.array([[0, 1], [1, 1], [0, 0], [1, 0], [0, 1]], np.uint8), VOCAB, "multi-label"
    )


def test_predictions_read_back_to_the_last_bit(run):
    read, written = run.predictions, _labels()
    assert read.fnames == written.fnames
    np.testing.assert_array_equal(read.logits, written.logits)
    np.testing.assert_array_equal(read.targets, written.targets)


def test_probs_are_sigmoids_for_several_labels_and_softmax_for_one():
    several = Predictions(
        ["a"], np.array([[0.0, 2.0]], np.float32), np.array([[0, 1]], np.uint8), VOCAB, "multi-label"
    )
    single = Predictions(
        ["a"], np.array([[0.0, 2.0]], np.float32), np.array([[0, 1]], np.uint8), VOCAB, "single-label"
    )
    np.testing.assert_allclose(several.probs, [[0.5, 1 / (1 + np.exp(-2))]], rtol=1e-6)
    np.testing.assert_allclose(single.probs.sum(axis=1), 1, rtol=1e-6)


def test_points_read_back(tmp_path):
    written = PointPredictions(
        ["01/a.jpg", "02/b.jpg"],
        np.array([[1.5, 2.25], [3, 4]]),
        np.array([[1, 2], [3, 5.5]]),
        np.array([[640, 480], [320, 240]]),
        ["01", "02"],
    )
    (tmp_path / "config.json").write_text(TrainConfig("points", "x").to_json())
    runs.save_table(tmp_path, "predictions.csv", runs.points_table(written))
    read = Run(tmp_path).predictions
    assert read.groups == ["01", "02"]
    for name in ("points_px", "targets_px", "sizes_wh"):
        np.testing.assert_array_equal(getattr(read, name), getattr(written, name))


def test_thresholds_are_the_configurations_until_saved(run):
    assert run.thresholds == {"bear": 0.4, "dog": 0.4}
    run.save_thresholds({"bear": 0.25})
    assert Run(run.folder).thresholds == {"bear": 0.25, "dog": 0.4}
    run.reset_thresholds()
    assert run.thresholds == {"bear": 0.4, "dog": 0.4}


@pytest.mark.parametrize(
    ("thresholds", "sentence"),
    [
        ({"cat": 0.5}, "'cat' is not one of its labels"),
        ({"bear": 1.5}, "should be a number from 0 to 1, but is 1.5"),
        ({"bear": float("nan")}, "should be a number from 0 to 1"),
        ({"bear": "0.5"}, "should be a number from 0 to 1"),
    ],
)
def test_thresholds_that_do_not_fit_are_refused_and_nothing_is_written(run, thresholds, sentence):
    with pytest.raises(RunError, match=sentence):
        run.save_thresholds(thresholds)
    assert not (run.folder / "thresholds.json").exists()


def test_a_folder_without_a_run_is_one_sentence(tmp_path):
    with pytest.raises(RunError, match=r"There is no run in .*config\.json is missing"):
        Run(tmp_path)


def test_every_missing_piece_is_named_at_once(run):
    for name in ("weights.safetensors", "predictions.csv"):
        (run.folder / name).unlink()
    (run.folder / "metrics.json").write_text('{"accuracy')
    assert run.problems() == [
        "weights.safetensors is missing",
        "predictions.csv is missing",
        "metrics.json is broken",
    ]


def test_predictions_cut_off_half_way_are_one_sentence(run):
    file = run.folder / "predictions.csv"
    file.write_text("fname,logit:bear\na.jpg,1")
    with pytest.raises(RunError, match=r"predictions\.csv that does not fit"):
        _ = run.predictions
    file.write_text("")
    with pytest.raises(RunError, match=r"broken predictions\.csv"):
        _ = run.predictions


def test_an_unfinished_run_is_readable_but_not_ready(run):
    Job(run.folder).update(state="running", message="")
    assert run.history["valid_loss"].tolist() == [0.5, 0.25]
    assert run.problems() == ["it is running"]


def test_a_stopped_run_is_ready_with_what_it_learned(run):
    Job(run.folder).update(state="stopped", message="stopped in epoch 2")
    assert run.problems() == []


def test_a_run_whose_process_is_gone_is_interrupted(run):
    gone = replace(process.identify(), started=1.0)
    status.write(run.folder, Status("running", process=gone))
    assert run.status == {"state": "interrupted", "message": "its process exited unexpectedly"}
    assert run.problems() == ["it is interrupted"]


def test_a_run_that_trains_on_another_machine_is_running(run):
    status.write(run.folder, Status("running", process=process.ProcessId("elsewhere", 1, 1.0), heartbeat=1.0))
    assert run.state == "running" and "no sign of life from elsewhere" in run.status["message"]


def test_a_run_that_was_asked_for_waits_for_its_process(tmp_path):
    created = runs.create(TrainConfig("points", "x"), tmp_path / "new")
    assert created.state == "queued"
    with pytest.raises(RunError, match="There is already a run in"):
        runs.create(TrainConfig("points", "x"), tmp_path / "new")


def test_only_whole_runs_are_ready(run, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_RUNS", str(run.folder.parent))
    monkeypatch.setattr(paths, "BUNDLED_RUNS", run.folder.parent / "none")
    (run.folder.parent / "no run").mkdir()
    assert [ready.name for ready in runs.ready_runs("multi-label")] == ["mine"]
    assert runs.ready_runs("points") == []
    (run.folder / "vocab.json").unlink()
    assert runs.ready_runs() == []


@pytest.mark.parametrize("is_table", [False, True])
def test_the_pictures_of_a_imported_set_are_found(tmp_path, monkeypatch, is_table):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "library"))
    folder = labelled(tmp_path / "squares")
    one = library.add("mine", "multi-label", in_place=folder / "train.csv" if is_table else folder)
    run = runs.create(TrainConfig("multi-label", str(one.data_path)), tmp_path / "run")
    assert all(run.image_path(fname).is_file() for fname in one.record().table["fname"])
    (one.folder / "set.json").write_text("{")
    assert not Run(run.folder).image_path("train/000.png").exists()


def test_the_log_is_what_a_terminal_would_show(run):
    (run.folder / "log.txt").write_bytes(
        "reading:  0%\rreading: 50%\rreading: 100%\r\nepoch 1\n½\rend".encode()
    )
    assert run.log == "reading: 100%\nepoch 1\nend"
    (run.folder / "log.txt").write_bytes(b"\xff" * 30_000)
    assert 0 < len(run.log) <= LOG_BYTES
