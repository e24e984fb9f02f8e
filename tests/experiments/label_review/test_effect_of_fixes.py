"""The difference that fixed labels make: measured on the same images, by heads that saw none of them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine import paths
from engine.data.formats import Dataset
from engine.experiments.label_review.effect_of_fixes import difference
from engine.experiments.label_review.storage import ReviewError
from engine.functional.coordinates import to_px, to_unit
from engine.tasks import POINTS, SINGLE_LABEL
from tests.experiments.label_review.datasets import labels_set


def separable(count=60, wrong=0, seed=0):
    """Features that tell "a" from "b", with some training labels swapped; the last third is for validation."""
    rng = np.random.default_rng(seed)
    is_a = rng.random(count) < 0.5
    seen = (np.where(is_a, 1.0, -1.0)[:, None] + rng.normal(0, 1.2, (count, 8))).astype(np.float32)
    right = [("a",) if one else ("b",) for one in is_a]
    given_ = [("b",) if at < wrong and said == ("a",) else said for at, said in enumerate(right)]
    is_valid = [at >= count * 2 // 3 for at in range(count)]
    return (
        labels_set(given_, SINGLE_LABEL, is_valid=is_valid),
        labels_set(right, SINGLE_LABEL, is_valid=is_valid),
        seen,
    )


def test_without_a_change_both_are_the_same():
    _, right, seen = separable()
    found = difference(right, right, seen, seeds=2)
    accuracy = found["measures"]["accuracy"]
    assert found["changed"] == 0 and accuracy["before"] == accuracy["after"]
    shares = right.part(valid=True).targets().mean(axis=0)
    most_frequent = right.part(valid=False).targets().sum(axis=0).argmax()
    assert accuracy["baseline"] == pytest.approx(shares[most_frequent])


def test_mended_labels_help_and_dropped_pictures_count_as_changed():
    wrong, right, seen = separable(120, wrong=80)
    found = difference(wrong, right, seen, seeds=3)
    accuracy = found["measures"]["accuracy"]
    assert np.mean(accuracy["after"]) > np.mean(accuracy["before"]) + 0.2
    fewer = replace(right, table=right.table.drop(index=[0, 1]).reset_index(drop=True))
    assert difference(right, fewer, seen, seeds=1)["changed"] == 2


def test_neither_head_is_trained_on_a_validation_picture():
    """The validation part's labels are all turned round: a head that had seen one would know."""
    _, right, seen = separable(90)
    seen[:, :] = np.where(right.targets()[:, :1] == 1, 1.0, -1.0)
    table = right.table.copy()
    swap = {("a",): ("b",), ("b",): ("a",)}
    turned = [
        swap[said] if late else said for said, late in zip(table["labels"], table["is_valid"], strict=True)
    ]
    table["labels"] = pd.Series(turned, dtype=object)
    before = replace(right, table=table.assign(is_valid=False))
    after = replace(right, table=table)
    accuracy = difference(before, after, seen, seeds=1)["measures"]["accuracy"]
    assert accuracy["before"] == accuracy["after"] and accuracy["after"] == [0.0]


def test_nothing_to_measure_is_one_sentence():
    _, right, seen = separable()
    with pytest.raises(ReviewError, match="training and validation both need"):
        difference(right, replace(right, table=right.table.assign(is_valid=False)), seen)


def test_points_are_measured_in_pixels():
    rng = np.random.default_rng(0)
    expected = rng.uniform(-0.8, 0.8, (60, 2))
    seen = np.concatenate([expected, rng.normal(size=(60, 2))], axis=1).astype(np.float32)
    places = to_px(expected, (640, 480))
    table = pd.DataFrame(
        {
            "fname": [f"{number}.jpg" for number in range(60)], "x": places[:, 0], "y": places[:, 1],
            "is_valid": [at >= 40 for at in range(60)], "width": 640, "height": 480,
        }
    )  # fmt: skip
    right = Dataset("points", POINTS, paths.ROOT, table)
    moved = table.assign(x=np.where(np.arange(60) < 20, 640 - table["x"], table["x"]))
    found = difference(replace(right, table=moved), right, seen, seeds=2)
    errors = found["measures"]["median_error_px"]
    assert (
        not errors["higher"] and np.mean(errors["after"]) < np.mean(errors["before"]) < errors["baseline"] * 2
    )
    np.testing.assert_allclose(to_unit(places, (640, 480)), expected)
