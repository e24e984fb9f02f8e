"""What lesson 6 asks, with its right answers from races that are made up or run by the engine."""

import numpy as np
import pandas as pd
import pytest

from engine.experiments import loss_race
from engine.experiments.loss_race import RaceConfig, Standings
from engine.experiments.loss_race.standings import METRICS
from engine.tasks import MULTI_LABEL
from pages.parts.race import exercises
from tests.experiments.loss_race.small_races import run_race

LANES = {lane.loss.name: lane for lane in loss_race.lanes(MULTI_LABEL)}
FIRST = tuple(LANES[name] for name in ("binary_cross_entropy", "cross_entropy", "focal"))
CONFIG = RaceConfig(MULTI_LABEL)


def standings(lanes=FIRST, margin: float = 0.05, **ends) -> Standings:
    """Standings with the given scores by metric; 0 where none are given."""
    table = pd.DataFrame({metric: ends.get(metric, [0.0] * len(lanes)) for metric in METRICS})
    margins = dict.fromkeys(METRICS, np.full((len(lanes) + 1,) * 2, margin))
    return Standings(
        lanes, pd.DataFrame(), table, dict.fromkeys(METRICS, (0.0, "predicting nothing")), margins
    )


def test_the_guess_is_explained_with_the_probabilities_of_both_losses():
    probs = {"binary_cross_entropy": np.array([0.98, 0.9]), "cross_entropy": np.array([0.52, 0.47])}
    question = exercises.first_guess([("bear", 0), ("dog", 1)], lambda: probs)
    assert "a bear and a dog" in question.prompt and question.right_choice == "Cross-entropy"
    says = question.explain("Binary cross-entropy")
    assert "Cross-entropy gives bear 0.52 and dog 0.47." in says
    assert "Binary cross-entropy gives bear 0.98 and dog 0.90." in says
    assert question.explain("Cross-entropy") == says


def test_the_guess_asks_for_no_numbers_before_it_is_explained():
    question = exercises.first_guess([("cat", 0)], lambda: pytest.fail("asked for numbers"))
    assert "An image shows two labels" in question.prompt
    assert "add up to 1" in question.explain("Focal loss")


def _done(metric="several_labels", **change) -> list[str]:
    return [task.key for task in exercises.label_tasks(standings(**change), metric, CONFIG) if task.is_done]


def test_tasks_are_done_by_the_race_on_the_screen():
    apart = {"several_labels": [0.8, 0.0, 0.6], "skill": [0.9, 0.5, 0.8]}
    assert _done(**apart) == []
    assert _done(**apart | {"several_labels": [0.8, 0.3, 0.6]}) == ["two_labels"]
    assert _done(**apart, margin=0.9) == ["tie"]
    assert _done(**apart, margin=0.3) == []
    wrong = (FIRST[0], LANES["binary_cross_entropy_as_printed"])
    ends = {"several_labels": [0.8, 0.0], "skill": [0.9, -0.8]}
    assert _done("skill", lanes=wrong, **ends) == ["inverted"]
    assert _done("exact_match", lanes=wrong, exact_match=[0.9, 0.0], skill=[0.9, -0.8]) == []
    assert _done(lanes=wrong, margin=0.9, **ends) == []  # two losses are too few for a tie of three


def test_the_check_is_about_scales_labels_and_ties():
    race = run_race(MULTI_LABEL)
    table = {"exact_match": [0.80, 0.2, 0.0, 0.78, 0.5, 0.6]}
    scales, most, verdict = exercises.label_check(race, standings(race.lanes, **table), CONFIG, 12)
    last = race.step_losses[:, -5:].mean(axis=1)
    assert race.lanes[int(last.argmin())].short in scales.choices[0]
    assert scales.right_choice == exercises.ON_THEIR_OWN_SCALES
    assert "reaches" in scales.explain(scales.choices[0])
    assert most.right_choice == "3" and "4 would add up to more than 1.2" in most.explain("4")
    assert verdict.right_choice == "It is a tie" and "differ by 0.020" in verdict.explain("It is a tie")


def test_a_difference_beyond_the_margin_is_no_tie():
    race = run_race(MULTI_LABEL)
    table = {"exact_match": [0.80, 0.2, 0.0, 0.70, 0.5, 0.35]}
    verdict = exercises.label_check(race, standings(race.lanes, margin=0.01, **table), CONFIG, 3)[2]
    assert verdict.right_choice == "BCE is better"
    assert "more than noise" in verdict.explain("It is a tie")


def test_the_closest_pair_is_found():
    first, second, margin = exercises.closest_pair(standings(exact_match=[0.9, 0.2, 0.85]), "exact_match")
    assert (first, second, margin) == (FIRST[0], FIRST[2], 0.05)
