"""The margins are those of a plain bootstrap that scores each sample with the page's own metrics."""

from types import SimpleNamespace

import numpy as np
import pytest

from engine.experiments import loss_race
from engine.experiments.loss_race import uncertainty
from engine.functional import metrics
from engine.tasks import MULTI_LABEL

LANES = loss_race.lanes(MULTI_LABEL)


def race_and_course(count: int = 40, classes: int = 5):
    chance = np.random.default_rng(3)
    targets = (chance.random((count, classes)) < 0.3).astype(np.uint8)
    raw = chance.normal(size=(1, len(LANES), count, classes)) + np.arange(len(LANES))[:, None, None] * targets
    race = SimpleNamespace(lanes=LANES, valid_raw=raw.astype(np.float32))
    return race, SimpleNamespace(valid_targets=targets)


def plain_margins(scores) -> np.ndarray:
    """Twice the standard deviation of each pair's difference; `scores` of the rows of one sample gives (K,)."""
    by_sample = np.array([scores(rows) for rows in uncertainty._samples(40)])
    return 2 * (by_sample[:, :, None] - by_sample[:, None]).std(axis=0, ddof=1)


def test_the_margins_of_the_ranking_are_a_plain_bootstraps():
    race, course = race_and_course()
    ranks = [lane.ranks(raw) for lane, raw in zip(LANES, race.valid_raw[-1], strict=True)]

    def scores(rows):
        targets = course.valid_targets[rows]
        found = [metrics.mean_average_precision(rank[rows], targets) for rank in ranks]
        return [*found, loss_race.chance_average_precision(targets)]

    expected = plain_margins(scores)
    # equal rows of a sample tie, which metrics.average_precision takes together
    np.testing.assert_allclose(loss_race.ranking_margins(race, course), expected, rtol=0.02, atol=1e-3)


@pytest.mark.parametrize("threshold", [0.2, 0.5])
def test_the_margins_of_skill_and_exact_match_are_a_plain_bootstraps(threshold):
    race, course = race_and_course()
    probs = [lane.predictions(raw) for lane, raw in zip(LANES, race.valid_raw[-1], strict=True)]
    probs.append(np.zeros_like(probs[0]))
    found = loss_race.label_margins(race, course, threshold)
    for name in ("skill", "exact_match"):
        expected = plain_margins(
            lambda rows, name=name: [
                metrics.all_metrics(one[rows], course.valid_targets[rows], threshold)[name] for one in probs
            ]
        )
        np.testing.assert_allclose(found[name], expected, rtol=1e-3, atol=1e-5)
    assert set(found) == {
        "skill",
        "exact_match",
        "several_labels",
        *loss_race.by_labels(race, course, threshold),
    }
    assert (found["several_labels"] == found["several labels"]).all()


def test_heads_that_predict_the_same_have_no_margin():
    race, course = race_and_course()
    race.valid_raw[:, 3] = race.valid_raw[:, 0]  # focal and BCE are both read through a sigmoid
    assert loss_race.ranking_margins(race, course)[0, 3] == 0
    assert loss_race.label_margins(race, course, 0.4)["exact_match"][0, 3] == 0
    assert (loss_race.ranking_margins(race, course)[0, [1, 2]] > 0).all()


def test_a_part_without_images_has_margins_of_zero():
    race, course = race_and_course()
    course.valid_targets[:] = 1
    assert not loss_race.label_margins(race, course, 0.5)["no label"].any()


def test_level_with_the_best():
    margins = np.full((3, 3), 0.1)
    assert loss_race.level_with_best(np.array([0.9, 0.82, 0.7]), margins).tolist() == [True, True, False]
    assert loss_race.level_with_best(np.array([9.0, 2, np.nan]), margins, False).tolist() == [
        False,
        True,
        False,
    ]
