"""The class report and metrics next to baselines, against scikit-learn and a hand-counted run."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as reference

from engine import runs
from engine.data import formats
from engine.runs import Run, RunError
from engine.runs.class_report import class_report, metric_report, rare_sentence
from engine.tasks import MULTI_LABEL, SINGLE_LABEL
from tests.lesson_data import write_run, write_scenes


def _run(folder, task=MULTI_LABEL) -> Run:
    scenes = write_scenes(folder / "scenes")
    run = write_run(folder / "run", scenes, task)
    runs.save_table(run.folder, "pictures.csv", runs.images_table(formats.load(scenes, task).table))
    return run


def test_several_labels_agree_with_scikit_learn_at_the_runs_thresholds(tmp_path):
    run = _run(tmp_path)
    run.save_thresholds({"bear": 0.2, "cat": 0.7})
    report, predictions = class_report(run), run.predictions
    answers = predictions.probs > np.array([0.2, 0.7, 0.5, 0.5])
    precision, recall, f1, count = reference.precision_recall_fscore_support(predictions.targets, answers)
    assert report["class"].tolist() == list(run.vocab)
    np.testing.assert_allclose(report[["precision", "recall", "f1"]], np.array([precision, recall, f1]).T)
    np.testing.assert_array_equal(report["valid_images"], count)
    wanted = reference.average_precision_score(predictions.targets, predictions.probs, average=None)
    np.testing.assert_allclose(report["average_precision"], wanted, atol=1e-6)
    table = run.images
    train = table[~table["is_valid"]]
    assert report["train_images"].tolist() == [train["labels"].str.contains(c).sum() for c in run.vocab]


def test_one_label_agrees_with_scikit_learn(tmp_path):
    run = _run(tmp_path, SINGLE_LABEL)
    report, predictions = class_report(run), run.predictions
    true, said = predictions.targets.argmax(axis=1), predictions.probs.argmax(axis=1)
    wanted = reference.recall_score(
        true, said, labels=range(len(run.vocab)), average=None, zero_division=np.nan
    )
    np.testing.assert_allclose(report["recall"], wanted)
    assert "average_precision" not in report
    accuracy = metric_report(run).set_index("metric").loc["accuracy"]
    assert accuracy["value"] == pytest.approx(reference.accuracy_score(true, said))
    assert accuracy["baseline_is"].startswith("always “")


def test_rare_classes_are_named_and_frequent_ones_are_not(tmp_path):
    report = class_report(_run(tmp_path))
    assert report["train_images"].max() < 10 and report["is_rare"].all()
    assert rare_sentence(report).startswith("Fewer than 10 training images: bear, cat, dog, horse. ")
    assert rare_sentence(report, most=2).startswith("Fewer than 10 training images: bear, cat and 2 more. ")
    enough = report.assign(train_images=10, is_rare=False)
    assert rare_sentence(enough) == ""


def test_a_class_that_nobody_predicts_or_has_is_nan_and_no_error(tmp_path):
    run = _run(tmp_path)
    table = pd.read_csv(run.folder / "predictions.csv")
    table["logit:bear"], table["target:bear"] = -9.0, 0
    table["logit:cat"] = -9.0
    runs.save_table(run.folder, "predictions.csv", table)
    report = class_report(run).set_index("class")
    assert report.loc["bear", ["average_precision", "precision", "recall", "f1"]].isna().all()
    assert np.isnan(report.loc["cat", "precision"]) and report.loc["cat", "recall"] == 0
    assert report.loc["cat", "f1"] == 0


def test_every_metric_of_several_labels_stands_next_to_its_baselines(tmp_path):
    table = metric_report(_run(tmp_path))
    accuracy = table[table["metric"] == "accuracy_multi at 0.5"]
    assert accuracy["baseline_is"].tolist() == ["predicting nothing"]  # no class is in most of the images
    assert accuracy["baseline"].tolist() == [0.5]  # every class is in half of the images
    ranking = table.set_index("metric").loc["mean average precision"]
    assert ranking["baseline"] == pytest.approx(0.5) and ranking["is_better"]


def test_points_are_smaller_is_better_next_to_the_mean_training_point(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"task": "points", "data": "somewhere"}))
    (folder / "vocab.json").write_text("[]")
    (folder / "status.json").write_text('{"state": "finished"}')
    sizes = {"width": [100] * 4, "height": [100] * 4}
    pictures = {"fname": list("abcd"), "is_valid": [False, False, True, True], "x": [40, 60, 50, 90]}
    runs.save_table(folder, "pictures.csv", pd.DataFrame(pictures | {"y": [50] * 4} | sizes))
    targets = np.array([[50.0, 50], [90, 50]])
    found = runs.PointPredictions(
        list("cd"), targets + np.array([[3, 4]]), targets, np.full((2, 2), 100.0), [""] * 2
    )
    runs.save_predictions(folder, found)
    table = metric_report(Run(folder)).set_index("metric")
    assert table.loc["median error", ["value", "baseline"]].tolist() == [5, 20]
    assert table["is_better"].all() and set(table["baseline_is"]) == {"always the mean training point"}
    assert table.loc["median error, of the width", "value"] == pytest.approx(5)
    with pytest.raises(RunError, match="no classes"):
        class_report(Run(folder))


def test_a_run_without_training_images_is_one_sentence(tmp_path):
    run = _run(tmp_path)
    runs.save_table(run.folder, "pictures.csv", run.images.assign(is_valid=True))
    with pytest.raises(RunError, match="no training images"):
        class_report(run)
