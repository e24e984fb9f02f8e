"""The verdict: the numbers by hand, its three outcomes, and a sentence that says what to try next."""

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


def test_no_better_than_a_constant_prediction_and_what_to_try(tmp_path):
    found = verdict.judge(labels_run(tmp_path, right=21))
    assert not found.is_better and found.low <= 0
    assert found.sentence.startswith("No better than a constant prediction: 52.5% of the images are right;")
    assert "Try the recipe Better" in found.sentence


@pytest.mark.parametrize(
    ("asked", "advice"),
    [
        ({"train": 60}, "It learned from 60 images"),
        ({"epochs": 2}, "Try the recipe Quick"),
        ({"recipe": "better"}, "Label more images"),
    ],
)
def test_the_advice_fits_the_reason(tmp_path, asked, advice):
    assert advice in verdict.judge(labels_run(tmp_path, **{"right": 10} | asked)).sentence


@pytest.mark.parametrize(
    ("valid", "right", "needed"),
    [
        (4, 4, 12),  # the 2 images that the constant gets wrong: 6 such are needed, so 12 in all
        (
            4,
            2,
            31,
        ),  # no gain seen: enough to see half of what the constant gets wrong, 25 points of spread 0.71
        (20, 12, 189),
    ],
)
def test_too_few_validation_images_to_tell_and_how_many_would_do(tmp_path, valid, right, needed):
    found = verdict.judge(labels_run(tmp_path, right, valid, train=4 * valid))
    assert (found.outcome, found.images, found.needed) == (verdict.TOO_FEW, valid, needed)
    assert not found.is_better and verdict.metrics_of(found)["images_needed"] == needed
    assert found.sentence.startswith("Too few validation images to tell:")
    assert f"{right / valid:.1%} of the images are right; always “a” gets 50.0%." in found.sentence


def test_the_sentence_says_how_many_images_in_all_at_this_split(tmp_path):
    sentence = verdict.judge(labels_run(tmp_path, right=4, valid=4, train=16)).sentence
    assert "with only 4 validation images" in sentence
    assert "You need about 12 validation images: label about 60 images in all" in sentence
    assert max(len(part.split()) for part in sentence.split(". ")) <= 25


def test_with_the_images_it_asks_for_the_same_result_is_better(tmp_path):
    assert verdict.judge(labels_run(tmp_path, right=12, valid=12)).outcome == verdict.BETTER


def test_worse_than_the_constant_is_no_matter_of_few_images(tmp_path):
    assert verdict.judge(labels_run(tmp_path, right=0, valid=16)).outcome == verdict.NO_BETTER


def test_the_sentence_ends_with_the_remark(tmp_path):
    run = labels_run(tmp_path, right=36)
    assert verdict.judge(run, "So it is.").sentence == f"{verdict.judge(run).sentence} So it is."


def points_run(folder, valid: int) -> Run:
    """The mean training point is the middle, 30 px away in each image; the run is 3 px off in each."""
    (folder / "config.json").write_text(TrainConfig(POINTS, "x").to_json())
    (folder / "vocab.json").write_text("[]")
    truth = np.array([[80.0, 50], [20, 50]] * 20)
    fnames = [f"{at}" for at in range(40 + valid)]
    rows = {"fname": fnames, "x": [*truth[:, 0], *truth[:valid, 0]], "y": 50, "width": 100, "height": 100}
    rows |= {"is_valid": [False] * 40 + [True] * valid}
    pd.DataFrame(rows).to_csv(folder / "pictures.csv", index=False)
    truth, sizes = truth[:valid], np.full((valid, 2), 100)
    runs.save_predictions(
        folder, PointPredictions(fnames[40:], truth + np.array([0, 3]), truth, sizes, [""] * valid)
    )
    return Run(folder)


def test_points_by_hand(tmp_path):
    found = verdict.judge(points_run(tmp_path, 40))
    assert (found.score, found.baseline, found.improvement) == pytest.approx((3, 30, 27))
    assert found.sentence.startswith(
        "Median error 3.0 px; always the mean training point misses by 30.0 px: 27.0 px"
    )


def test_several_points_are_too_few_to_tell_and_six_are_enough(tmp_path):
    """The bootstrap interval of equal gains has no width: only the exact test sees that four images prove nothing."""
    found = verdict.judge(points_run(tmp_path, 4))
    assert (found.outcome, found.needed) == (verdict.TOO_FEW, 6) and found.low > 0
    assert "Median error 3.0 px; always the mean training point misses by 30.0 px." in found.sentence
    assert verdict.judge(points_run(tmp_path, 6)).outcome == verdict.BETTER


def several_labels_run(folder, valid: int) -> Run:
    """Every second image shows “a”, none “b”, and every decision of the run is right."""
    (folder / "config.json").write_text(TrainConfig(MULTI_LABEL, "x").to_json())
    (folder / "vocab.json").write_text('["a", "b"]')
    count = 40 + valid
    fnames = [str(at) for at in range(count)]
    table = {
        "fname": fnames,
        "labels": (["a", ""] * count)[:count],
        "is_valid": [False] * 40 + [True] * valid,
    }
    pd.DataFrame(table).to_csv(folder / "pictures.csv", index=False)
    targets = np.array([[1, 0], [0, 0]] * valid, np.uint8)[:valid]
    runs.save_predictions(
        folder, Predictions(fnames[40:], 8.0 * targets - 4, targets, ("a", "b"), MULTI_LABEL)
    )
    return Run(folder)


def test_several_labels_are_counted_as_decisions(tmp_path):
    found = verdict.judge(several_labels_run(tmp_path, 40))
    assert (found.score, found.baseline, found.improvement) == pytest.approx((1, 0.75, 0.25))
    assert "100.0% of the yes/no decisions are right; predicting nothing gets 75.0%" in found.sentence


def test_few_images_with_several_labels_are_too_few_to_tell(tmp_path):
    found = verdict.judge(several_labels_run(tmp_path, 4))
    assert (found.outcome, found.needed) == (verdict.TOO_FEW, 12)
    assert verdict.judge(several_labels_run(tmp_path, 12)).outcome == verdict.BETTER


def test_what_metrics_json_keeps(tmp_path):
    kept = verdict.metrics_of(verdict.judge(labels_run(tmp_path, right=36)))
    assert set(kept) == {
        "baseline", "baseline_is", "improvement", "improvement_low", "improvement_high", "verdict",
    }  # fmt: skip
    assert json.loads(json.dumps(kept, allow_nan=False)) == kept
