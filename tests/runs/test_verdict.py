"""The verdict: the numbers by hand, an interval that covers, and a sentence that says what to try next."""

import json

import numpy as np
import pandas as pd
import pytest

from engine import runs
from engine.config import TrainConfig
from engine.runs import PointPredictions, Predictions, Run, verdict
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL


def labels_run(folder, right: int, valid: int = 40, train: int = 200, **asked) -> Run:
    """A single-label run that gets the first `right` of `valid` images right; half of all images are “a”."""
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(TrainConfig(SINGLE_LABEL, "x", **asked).to_json())
    (folder / "vocab.json").write_text('["a", "b"]')
    truth = np.arange(valid) % 2
    rows = [(f"t{at}", "a" if at % 3 else "b", False) for at in range(train)]
    rows += [(f"v{at}", "ab"[truth[at]], True) for at in range(valid)]
    pd.DataFrame(rows, columns=["fname", "labels", "is_valid"]).to_csv(folder / "pictures.csv", index=False)
    said = np.where(np.arange(valid) < right, truth, 1 - truth)
    predictions = Predictions(
        [f"v{at}" for at in range(valid)], 5.0 * np.eye(2)[said], np.eye(2, dtype=np.uint8)[truth], ("a", "b"),
        SINGLE_LABEL,
    )  # fmt: skip
    runs.save_predictions(folder, predictions)
    return Run(folder)


def test_a_single_label_run_by_hand(tmp_path):
    found = verdict.judge(labels_run(tmp_path, right=36))
    assert found.score == 0.9 and found.baseline == 0.5 and found.improvement == pytest.approx(0.4)
    assert found.low < 0.4 < found.high and found.is_better
    assert found.sentence.startswith(
        "90.0% of the images are right; always “a” gets 50.0%: 40.0 points better"
    )


def test_the_interval_is_the_bootstraps_and_covers(tmp_path):
    """Its half width is about 1.96 standard errors, and of 200 samples of mean 0.3 about 95% of intervals hold 0.3."""
    rng = np.random.default_rng(1)
    gains = rng.normal(0.3, 1.0, 400)
    low, high = np.percentile(verdict.resampled_means(gains, 0), (2.5, 97.5))
    assert (high - low) / 2 == pytest.approx(1.96 * gains.std() / 20, rel=0.1)
    covered = 0
    for _ in range(200):
        means = verdict.resampled_means(rng.normal(0.3, 1.0, 40), 0)
        low, high = np.percentile(means, (2.5, 97.5))
        covered += low <= 0.3 <= high
    assert 0.88 <= covered / 200 <= 0.99
    assert (verdict.resampled_means(gains, 0) == verdict.resampled_means(gains, 0)).all()


def test_no_better_than_a_constant_prediction_and_what_to_try(tmp_path):
    found = verdict.judge(labels_run(tmp_path, right=21))
    assert not found.is_better and found.low <= 0
    assert found.sentence.startswith("No better than a constant prediction: 52.5% of the images are right;")
    assert "Try the recipe Better" in found.sentence


@pytest.mark.parametrize(
    ("asked", "advice"),
    [
        ({"valid": 20}, "20 validation images are too few"),
        ({"train": 60}, "It learned from 60 images"),
        ({"epochs": 2}, "Try the recipe Quick"),
        ({"recipe": "better"}, "Label more images"),
    ],
)
def test_the_advice_fits_the_reason(tmp_path, asked, advice):
    assert advice in verdict.judge(labels_run(tmp_path, **{"right": 10} | asked)).sentence


def test_the_sentence_ends_with_the_remark(tmp_path):
    run = labels_run(tmp_path, right=36)
    assert verdict.judge(run, "So it is.").sentence == f"{verdict.judge(run).sentence} So it is."


def test_points_by_hand(tmp_path):
    """The mean training point is the middle, 30 px away in each image; the run is 3 px off in each."""
    (tmp_path / "config.json").write_text(TrainConfig(POINTS, "x").to_json())
    (tmp_path / "vocab.json").write_text("[]")
    truth = np.array([[80.0, 50], [20, 50]] * 20)
    rows = {"fname": [f"t{at}" for at in range(40)] + [f"v{at}" for at in range(40)]}
    rows |= {
        "x": [*truth[:, 0]] * 2,
        "y": 50,
        "width": 100,
        "height": 100,
        "is_valid": [False] * 40 + [True] * 40,
    }
    pd.DataFrame(rows).to_csv(tmp_path / "pictures.csv", index=False)
    predictions = PointPredictions(
        rows["fname"][40:], truth + np.array([0, 3]), truth, np.full((40, 2), 100), [""] * 40
    )
    runs.save_predictions(tmp_path, predictions)
    found = verdict.judge(Run(tmp_path))
    assert (found.score, found.baseline, found.improvement) == pytest.approx((3, 30, 27))
    assert found.sentence.startswith(
        "Median error 3.0 px; always the mean training point misses by 30.0 px: 27.0 px"
    )


def test_several_labels_are_counted_as_decisions(tmp_path):
    (tmp_path / "config.json").write_text(TrainConfig(MULTI_LABEL, "x").to_json())
    (tmp_path / "vocab.json").write_text('["a", "b"]')
    fnames = [str(at) for at in range(80)]
    table = {"fname": fnames, "labels": ["a", ""] * 40, "is_valid": [False] * 40 + [True] * 40}
    pd.DataFrame(table).to_csv(tmp_path / "pictures.csv", index=False)
    targets = np.array([[1, 0], [0, 0]] * 20, np.uint8)
    runs.save_predictions(
        tmp_path, Predictions(fnames[40:], 8.0 * targets - 4, targets, ("a", "b"), MULTI_LABEL)
    )
    found = verdict.judge(Run(tmp_path))
    assert (found.score, found.baseline, found.improvement) == pytest.approx((1, 0.75, 0.25))
    assert "100.0% of the yes/no decisions are right; predicting nothing gets 75.0%" in found.sentence


def test_what_metrics_json_keeps(tmp_path):
    kept = verdict.metrics_of(verdict.judge(labels_run(tmp_path, right=36)))
    assert set(kept) == {
        "baseline", "baseline_is", "improvement", "improvement_low", "improvement_high", "verdict",
    }  # fmt: skip
    assert json.loads(json.dumps(kept, allow_nan=False)) == kept
