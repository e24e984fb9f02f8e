"""What needs no network stands beside every run's measure, and is the same before training as at its end."""

import json

import pandas as pd
import pytest

from engine import metrics, paths
from engine.baselines import MEASURES, baseline
from engine.config import TrainConfig
from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL, TASKS

KEPT = {
    SINGLE_LABEL: "most_frequent_accuracy",
    MULTI_LABEL: "do_nothing_accuracy",
    POINTS: "mean_point_median_error_px",
}


@pytest.mark.parametrize("task", TASKS)
def test_it_is_what_a_finished_run_keeps(task):
    run = Run(paths.BUNDLED_RUNS / task)
    assert baseline(run).value == pytest.approx(run.metrics[KEPT[task]])
    assert MEASURES[task] in run.history


def _run(folder, task, vocab, **pictures) -> Run:
    (folder / "config.json").write_text(TrainConfig(task, "x").to_json())
    (folder / "vocab.json").write_text(json.dumps(vocab))
    pd.DataFrame(pictures).to_csv(folder / "pictures.csv", index=False)
    return Run(folder)


def test_only_the_validation_part_counts(tmp_path):
    run = _run(
        tmp_path, MULTI_LABEL, ["a", "b"], fname=["1", "2", "3", "4"], labels=["a|b", "", "a", "a|b"],
        is_valid=[False, True, True, True],
    )  # fmt: skip
    assert baseline(run).value == pytest.approx(0.5)


def test_each_picture_has_its_own_pixels(tmp_path):
    """Unit points -0.5 and 0.5 have the mean 0: the middle, 25 px away in one picture and 100 px in the other."""
    run = _run(
        tmp_path, POINTS, [], fname=["1", "2"], x=[25.0, 300.0], y=[40.0, 30.0], width=[100, 400], height=[80, 60],
        is_valid=[True, True],
    )  # fmt: skip
    assert baseline(run).value == pytest.approx((25 + 100) / 2)


def test_the_most_frequent_class():
    assert metrics.most_frequent_accuracy([[1, 0], [0, 1], [0, 1], [0, 1]]) == 0.75
    with pytest.raises(ValueError, match="expected"):
        metrics.most_frequent_accuracy([1, 0])


def test_before_the_pictures_are_read_there_is_none(tmp_path):
    (tmp_path / "config.json").write_text(TrainConfig(POINTS, "x").to_json())
    assert baseline(Run(tmp_path)) is None
    assert baseline(_run(tmp_path, MULTI_LABEL, ["a"], fname=["1"], labels=["a"], is_valid=[False])) is None
    assert (
        baseline(_run(tmp_path, MULTI_LABEL, ["a"], fname=["1"], labels=["unknown"], is_valid=[True])) is None
    )
