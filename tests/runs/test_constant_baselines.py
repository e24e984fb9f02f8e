"""Constant predictions are chosen on the training images and scored on the validation images, computed by hand."""

import json

import numpy as np
import pandas as pd
import pytest

from engine import paths, tasks
from engine.config import TrainConfig
from engine.functional.constant_predictions import majority_predictions, mean_point_px, most_frequent_class
from engine.runs import PointPredictions, Predictions, Run, RunError
from engine.runs.constant_baselines import baseline, baselines, best_constant, point_baseline_px
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL, TASKS

KEPT = {
    SINGLE_LABEL: "most_frequent_accuracy",
    MULTI_LABEL: "majority_accuracy",
    POINTS: "mean_point_median_error_px",
}


def a_run(folder, task, vocab, **columns) -> Run:
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(TrainConfig(task, "x").to_json())
    (folder / "vocab.json").write_text(json.dumps(vocab))
    pd.DataFrame({"fname": [str(at) for at in range(len(columns["is_valid"]))]} | columns).to_csv(
        folder / "pictures.csv", index=False
    )
    return Run(folder)


@pytest.mark.parametrize("task", TASKS)
def test_before_training_it_is_what_a_finished_run_keeps(task):
    run = Run(paths.BUNDLED_RUNS / task)
    assert baseline(run).value == pytest.approx(run.metrics[KEPT[task]])
    assert baseline(run).value == pytest.approx(run.metrics["baseline"])
    assert tasks.get(task).metrics[0] in run.history


def test_one_label_is_the_most_frequent_one_in_training(tmp_path):
    """“b” is the most frequent one in validation, but nobody knows that beforehand."""
    run = a_run(
        tmp_path, SINGLE_LABEL, ["a", "b"],
        labels=["a", "a", "b", "b", "b", "a", "b"], is_valid=[False] * 3 + [True] * 4,
    )  # fmt: skip
    found = baseline(run)
    assert found.value == 0.25 and found.description == "always “a”"


def test_several_labels_are_the_majority_answer_for_each_class_next_to_nothing(tmp_path):
    """Training says yes to “a” (2 of 3) and no to “b”: right are a, not b, of (a), (b), (): 2 + 0 + 1 of 6."""
    run = a_run(
        tmp_path, MULTI_LABEL, ["a", "b"],
        labels=["a", "a|b", "", "a", "b", ""], is_valid=[False] * 3 + [True] * 3,
    )  # fmt: skip
    best, nothing = baselines(run)
    assert best.value == pytest.approx(3 / 6) and best.description == "the majority for each class"
    assert best.per_image == pytest.approx([1, 0, 0.5])
    assert nothing.value == pytest.approx(4 / 6) and nothing.description == "predicting nothing"


def test_where_no_class_is_frequent_the_majority_is_predicting_nothing(tmp_path):
    run = a_run(tmp_path, MULTI_LABEL, ["a", "b"], labels=["a", "b", "", ""], is_valid=[False] * 3 + [True])
    assert [found.description for found in baselines(run)] == ["predicting nothing"]


def test_points_are_the_mean_of_training_in_units_scaled_to_each_image(tmp_path):
    """Training: -0.5 and 0 across, 0 down: the mean is (-0.25, 0), so (37.5, 40) of 100 x 80, (150, 30) of 400 x 60."""
    run = a_run(
        tmp_path, POINTS, [], x=[25.0, 200.0, 37.5, 250.0], y=[40.0, 30.0, 43.0, 30.0],
        width=[100, 400, 100, 400], height=[80, 60, 80, 60], is_valid=[False, False, True, True],
    )  # fmt: skip
    assert baseline(run).per_image == pytest.approx([3, 100]) and baseline(run).value == pytest.approx(51.5)
    predictions = PointPredictions(
        ["3", "2"],
        np.zeros((2, 2)),
        np.array([[250, 30], [37.5, 43]]),
        np.array([[400, 60], [100, 80]]),
        ["", ""],
    )
    assert best_constant(run, predictions).per_image == pytest.approx([100, 3])
    (tmp_path / "pictures.csv").unlink()
    assert np.isnan(point_baseline_px(run, predictions)).all()


def test_the_mean_point_beats_every_other_constant_on_the_points_it_was_chosen_on():
    points = np.array([[100.0, 100], [300, 200], [500, 400]])
    sizes = np.tile([640, 480], (3, 1))
    chosen = mean_point_px(points, sizes, sizes)
    error = ((points - chosen) ** 2).mean()
    assert all(((points - (x, y)) ** 2).mean() >= error for x in range(0, 641, 20) for y in range(0, 481, 20))


def test_exactly_half_is_no_majority_and_ties_go_to_the_first_class():
    assert majority_predictions([[1, 1], [0, 1]]).tolist() == [False, True]
    assert most_frequent_class([[0, 1, 0], [0, 0, 1]]) == 1


def test_before_the_images_are_read_there_is_none(tmp_path):
    (tmp_path / "config.json").write_text(TrainConfig(POINTS, "x").to_json())
    assert baseline(Run(tmp_path)) is None
    for valid, label in (([False], "a"), ([True], "a"), ([False, True], "unknown")):
        assert (
            baseline(a_run(tmp_path, MULTI_LABEL, ["a"], labels=[label] * len(valid), is_valid=valid)) is None
        )


def test_without_training_images_there_is_one_sentence(tmp_path):
    run = a_run(tmp_path, SINGLE_LABEL, ["a", "b"], labels=["a"], is_valid=[True])
    predictions = Predictions(["0"], np.zeros((1, 2)), np.array([[1, 0]]), ("a", "b"), SINGLE_LABEL)
    with pytest.raises(RunError, match=r"has no training images in its pictures\.csv"):
        best_constant(run, predictions)
