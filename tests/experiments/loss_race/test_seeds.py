"""Races over several seeds are those of each seed alone; margins hold both kinds of noise."""

import numpy as np
import pandas as pd
import pytest

from engine.experiments import loss_race
from engine.experiments.loss_race import seeds, train_heads, worker_client
from engine.experiments.loss_race.standings import METRICS, PARTS
from engine.tasks import MULTI_LABEL, POINTS
from tests.experiments.loss_race.small_races import CONFIGS, COURSES, run_race


@pytest.mark.parametrize("task", [MULTI_LABEL, POINTS])
def test_each_seed_raced_together_is_that_seed_raced_alone(task):
    together = train_heads.run_seeds(CONFIGS[task], COURSES[task], (0, 1, 4))
    for race, seed in zip(together, (0, 1, 4), strict=True):
        alone = run_race(task, seed=seed)
        assert race.config == alone.config
        for name in ("step_losses", "valid_raw", "weights", "biases"):
            np.testing.assert_allclose(getattr(race, name), getattr(alone, name), rtol=2e-3, atol=2e-4)
    assert not np.allclose(together[0].weights, together[1].weights)


def test_some_lanes_race_as_they_do_among_all():
    task = MULTI_LABEL
    every = run_race(task)
    two = tuple(every.lanes[at] for at in (1, 3))
    race = train_heads.run(CONFIGS[task], COURSES[task], two)
    np.testing.assert_allclose(race.valid_raw, every.valid_raw[:, [1, 3]], rtol=2e-3, atol=2e-4)


def test_watched_images_are_predicted_as_validation_images_are():
    from dataclasses import replace

    course = COURSES[MULTI_LABEL]
    watched = replace(course, watched_features=course.valid_features[[3, 5]])
    race = train_heads.run(CONFIGS[MULTI_LABEL], watched)
    assert race.valid_raw.shape[2] == len(course.valid_features)
    for epoch in (0, 2, -1):
        np.testing.assert_allclose(
            race.watched_predictions(1, epoch), race.valid_predictions(5, epoch), atol=1e-5
        )


def test_the_worker_runs_the_lanes_and_seeds_that_it_is_asked_for():
    course, config = COURSES[MULTI_LABEL], CONFIGS[MULTI_LABEL]
    two = loss_race.lanes(MULTI_LABEL)[:2]
    raced = worker_client.run_seeds(config, course, "seeds of a test", (2, 3), two)
    assert [race.config.seed for race, _ in raced] == [2, 3]
    for race, ranking in raced:
        assert race.lanes == two and ranking.shape == (config.epochs + 1, 2)


def scores(values) -> pd.DataFrame:
    """Scores of two lanes at two epochs for each seed; `values` (S, 2) are the last ones."""
    by_seed = [
        pd.DataFrame({"lane": ["a", "b"] * 2, "epoch": [0, 0, 1, 1], "skill": [0.0, 0.0, *row]})
        for row in values
    ]
    return seeds.joined(by_seed)


def test_bands_and_ends_are_over_the_seeds():
    joined = scores([(0.4, 0.1), (0.6, 0.3), (0.8, 0.2)])
    curve = seeds.band(joined, "a", "skill")
    np.testing.assert_allclose(curve, [[0, 0.6], [0, 0.4], [0, 0.8]])
    np.testing.assert_allclose(seeds.last_of(joined, "skill"), [[0.4, 0.1], [0.6, 0.3], [0.8, 0.2]])
    assert seeds.seeds_from(5) == (5, 6, 7)


def test_margins_join_the_noise_of_seeds_and_of_images():
    ends = np.array([(0.4, 0.1), (0.6, 0.3), (0.8, 0.2)])
    over_images = np.full((3, 3), 0.05)
    joined = seeds.margins(ends, over_images)
    of_pair = 2 * np.std(ends[:, 0] - ends[:, 1], ddof=1)
    of_baseline = 2 * np.std(ends[:, 0], ddof=1)
    assert joined[0, 1] == pytest.approx(np.hypot(0.05, of_pair)) == pytest.approx(joined[1, 0])
    assert joined[0, 2] == pytest.approx(np.hypot(0.05, of_baseline))
    np.testing.assert_array_equal(seeds.margins(ends[:1], over_images), over_images)


def test_standings_hold_the_mean_of_every_score_and_its_margins():
    course, config = COURSES[MULTI_LABEL], CONFIGS[MULTI_LABEL]
    races = train_heads.run_seeds(config, course, (0, 1, 2))
    rankings = [loss_race.mean_average_precisions(race, course) for race in races]
    over_images = loss_race.ranking_margins(races[0], course)
    standings = loss_race.label_standings(races, rankings, over_images, course, 0.4)
    exact = np.mean([loss_race.by_labels(race, course, 0.4).to_numpy() for race in races], axis=0)
    np.testing.assert_allclose(standings.ends[list(PARTS)], exact)
    np.testing.assert_allclose(standings.ends["several_labels"], standings.ends["several labels"])
    np.testing.assert_allclose(
        standings.ends["mean_average_precision"], np.mean([r[-1] for r in rankings], axis=0)
    )
    assert set(standings.baselines) == set(METRICS)
    assert standings.baselines["exact_match"][0] == pytest.approx((course.valid_targets.sum(1) == 0).mean())
    assert standings.baselines["several_labels"] == (0.0, "predicting nothing")
    for name in METRICS:
        assert standings.margins[name].shape == (7, 7)
    assert (standings.margins["mean_average_precision"] >= over_images - 1e-12).all()
