"""A review's models are compared with a baseline first, and no more is flagged than the estimated noise."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.experiments.label_review import heads, model_check, noise, rank
from engine.functional.coordinates import to_unit
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from tests.experiments.label_review.test_review import labels_set


def near_truth(targets, noise_of, seed=0):
    rng = np.random.default_rng(seed)
    return np.clip(np.where(targets == 1, 0.95, 0.05) + rng.normal(0, noise_of, targets.shape), 0.001, 0.999)


@pytest.mark.parametrize("task", [MULTI_LABEL, SINGLE_LABEL])
def test_models_that_guess_flag_nothing_and_say_why(task):
    dataset = labels_set([("a",), ("b",), ("c",)] * 20, task)
    guesses = np.random.default_rng(0).random((60, 3))
    found = rank(dataset, guesses / guesses.sum(axis=1, keepdims=True))
    assert not found.judges.is_fit and not found.table["looks_wrong"].any()
    assert found.judges.verdict.startswith("Nothing is flagged")
    assert found.judges.baseline == pytest.approx(1 / 3)
    good = rank(dataset, near_truth(dataset.targets(), 0.01)).judges
    assert good.is_fit and good.score == 1 and "baseline 0.33" in good.verdict


def test_points_are_compared_with_the_mean_point():
    rng = np.random.default_rng(0)
    places = rng.uniform(10, 90, (40, 2))
    table = pd.DataFrame({"fname": [f"{at}.jpg" for at in range(40)], "x": places[:, 0], "y": places[:, 1]})
    table = table.assign(width=100, height=100, is_valid=False)
    dataset = replace(labels_set([("a",)] * 40), task=POINTS, table=table, vocab=())
    unit = to_unit(dataset.points_px(), dataset.sizes_wh())
    near, far = (
        model_check.check(dataset, unit + rng.normal(0, spread, unit.shape)) for spread in (0.02, 0.8)
    )
    assert near.is_fit and near.score < 3 < near.baseline and near.metric == "median_error_px"
    assert not far.is_fit


def test_flipped_labels_come_first_and_about_as_many_are_flagged():
    rng = np.random.default_rng(0)
    truth = (rng.random((300, 3)) < 0.4).astype(int)
    flipped = rng.choice(900, 30, replace=False)
    given = truth.copy()
    given.ravel()[flipped] ^= 1
    dataset = labels_set(
        [tuple(label for label, yes in zip("abc", row, strict=True) if yes) for row in given]
    )
    probs = near_truth(truth, 0.02)
    ranked = rank(dataset, probs).table
    wrong, flagged = {f"{at // 3}.jpg" for at in flipped}, set(ranked.query("looks_wrong")["fname"])
    assert flagged <= wrong and len(flagged) >= 20
    assert set(ranked["fname"].head(len(flagged))) == flagged


def test_at_most_a_tenth_is_flagged_and_unsure_contradictions_do_not_count():
    doubt, doubtful = np.arange(100.0), np.ones(100, bool)
    assert np.flatnonzero(noise.flagged(doubtful, np.full(100, 0.99), doubt)).tolist() == list(range(90, 100))
    assert not noise.flagged(doubtful, np.full(100, 0.89), doubt).any()
    assert noise.farthest(np.arange(100.0), 4.5).sum() == 10
    assert noise.farthest(np.r_[np.zeros(99), 9.0], 4.5).sum() == 1


def test_points_equal_scikit_learns_ridge():
    from sklearn.linear_model import Ridge

    rng = np.random.default_rng(0)
    train, queries, targets = rng.normal(size=(12, 40)), rng.normal(size=(5, 40)), rng.normal(size=(12, 2))
    found = heads.predictions(
        POINTS, train, targets, queries
    )  # too few images to choose a strength: the first
    scaled = (np.vstack([train, queries]) - train.mean(axis=0)) / (train.std(axis=0) + 1e-6) / np.sqrt(40)
    expected = Ridge(alpha=1 / heads.RIDGES[0]).fit(scaled[:12], targets).predict(scaled[12:])
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_a_class_without_examples_keeps_its_frequency():
    rng = np.random.default_rng(0)
    targets = np.column_stack([np.zeros(30, int), rng.integers(0, 2, 30)])
    probs = heads.predictions(MULTI_LABEL, rng.normal(size=(30, 50)), targets, rng.normal(size=(4, 50)))
    np.testing.assert_allclose(probs[:, 0], 0.5 / 31)
    classes = np.eye(3)[rng.integers(0, 3, 30)]
    single = heads.predictions(SINGLE_LABEL, rng.normal(size=(30, 50)), classes, np.ones((2, 50)))
    np.testing.assert_allclose(single.sum(axis=1), 1)
