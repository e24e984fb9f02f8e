"""Lesson 6: which loss won, with stars, ties and sentences made from the numbers on the screen."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.experiments import loss_race
from engine.experiments.loss_race import RaceConfig, Standings, train_heads
from engine.functional.threshold_curves import best_threshold, threshold_curve
from engine.tasks import MULTI_LABEL
from pages.parts.race import best_values, data, findings, label_evidence, labels
from pages.parts.race.label_subjects import Drawings
from tests.lesson_data import texts
from tests.pages.race.lesson import drawings, raced


def shown_labels(made, threshold: float = 0.5, every: bool = False):
    """What the page holds of a race, and its subject."""
    races, course = raced(MULTI_LABEL, made / "scenes")
    if every:
        races = train_heads.run_seeds(RaceConfig(MULTI_LABEL), course, (0, 1, 2))
    rankings = tuple(loss_race.mean_average_precisions(race, course) for race in races)
    result = data.Raced(races, rankings, loss_race.ranking_margins(races[0], course))
    shown = labels.Shown(races[0].config, result, result.standings(course, threshold), "exact_match")
    return shown, Drawings(course)


def test_the_table_stars_the_best_of_every_metric(made):
    shown, subject = shown_labels(made)
    last = shown.standings.ends["mean_average_precision"]
    table = label_evidence.winners(shown, subject)
    best = shown.standings.lanes[int(last.argmax())].loss.title
    assert table.loc[best, "mean AP"] == f"★ {last.max():.3f}"
    chance = loss_race.chance_average_precision(subject.course.valid_targets)
    assert table.loc["no network", "mean AP"] == f"{chance:.3f}"
    for column in table:
        assert not all(str(cell).startswith("★") for cell in table[column])
    assert "★" in texts(drawings())


def test_at_a_threshold_that_nothing_passes_only_the_baseline_can_win(made):
    table = label_evidence.winners(*shown_labels(made, 1.0))
    assert not any(cell.startswith("★") for cell in table["exact match"])
    assert not any(cell.startswith("★") for cell in table["several labels"])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 0.0, 0.0], ["0.000"] * 3),
        ([0.4201, 0.4199, 0.42], ["0.420"] * 3),
        ([0.1, 0.2, 0.9], ["0.100", "0.200", "★ 0.900"]),
        ([0.9, 0.2, 0.9], ["★ 0.900", "0.200", "★ 0.900"]),
        ([0.0, float("nan"), 0.0], ["0.000", "—", "0.000"]),
    ],
)
def test_a_star_needs_something_that_is_worse(values, expected):
    assert best_values.starred(values, "{:.3f}") == expected


def test_what_is_level_with_the_best_shares_its_star():
    margins = np.full((3, 3), 0.05)
    assert best_values.starred([0.9, 0.86, 0.5], "{:.2f}", margins) == ["★ 0.90", "★ 0.86", "0.50"]
    margins[0, 2] = 0.2
    assert best_values.starred([0.9, 0.8, 0.75], "{:.2f}", margins) == ["★ 0.90", "0.80", "0.75"]
    assert best_values.starred([0.75, 0.8, 0.9], "{:.2f}", margins) == ["0.75", "0.80", "★ 0.90"]
    assert best_values.starred([9, 8, 2], "{:.0f}", is_high_best=False) == ["9", "8", "★ 2"]


def test_a_class_that_two_heads_win_counts_for_none():
    by_class = pd.DataFrame({"cat": [0.9, 0.9001, 0.1], "dog": [0.2, 0.5, 0.4], "cow": [np.nan] * 3})
    assert label_evidence._classes_won(by_class).tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("threshold", "most"),
    [(0.0, 12), (0.05, 12), (0.2, 4), (0.21, 4), (0.3, 3), (0.5, 1), (0.9, 1), (1.0, 0)],
)
def test_softmax_lets_only_so_many_labels_pass(threshold, most):
    assert findings.most_labels(threshold, 12) == most


def test_the_findings_are_made_from_the_numbers_on_the_screen(made):
    app = drawings(threshold="0.2")
    said = texts(app)
    assert "can pass a threshold of 0.20" in said and "threshold of 0.50" not in said
    shown, _ = shown_labels(made, 0.2)
    at = [lane.loss.name for lane in shown.standings.lanes].index("cross_entropy")
    assert f"{shown.standings.ends['one label'].iloc[at]:.3f} with one label" in said
    app.slider(key="threshold").set_value(0.5).run()
    assert "only one label can pass a threshold of 0.50" in texts(app)


def test_the_findings_name_who_is_in_front_and_who_ties():
    lanes = loss_race.lanes(MULTI_LABEL)
    ends = pd.DataFrame(
        {
            "several_labels": [0.8, 0.1, 0.0, 0.1, 0.1, 0.1],
            "exact_match": [0.40, 0.1, 0.0, 0.38, 0.1, 0.1],
            "mean_average_precision": [0.9, 0.5, 0.1, 0.5, 0.5, 0.5],
            "skill": [0.0] * 6,
        }
    )
    baselines = dict.fromkeys(ends, (0.0, "predicting nothing")) | {"mean_average_precision": (0.1, "chance")}
    margins = dict.fromkeys(ends, np.full((7, 7), 0.05))
    says = findings.leaders(Standings(lanes, pd.DataFrame(), ends, baselines, margins))
    assert says == (
        "**In the lead.** Exact match on images with several labels: BCE. Exact match: BCE and focal (tie). "
        "Mean average precision: BCE. Skill: all six losses (tie, no clear gain over predicting nothing)."
    )


def test_a_threshold_is_to_be_moved_only_where_that_helps(made):
    shown, subject = shown_labels(made)
    race, course = shown.raced.race, subject.course
    at = [lane.loss.name for lane in race.lanes].index("focal")
    curve = threshold_curve(
        race.lanes[at].predictions(race.valid_raw[-1, at]).astype(float), course.valid_targets
    )
    best, most = best_threshold(curve), float(curve["skill"].max())
    assert "this threshold suits it" in findings.moved_threshold(race, course, at, race.lanes[at], best)
    says = findings.moved_threshold(race, course, at, race.lanes[at], 0.99)
    assert f"it would be {most:.3f}" in says and f"At {best:.2f}" in says


def test_the_inverted_loss_is_not_called_wrong_where_it_is_not(made):
    shown, _ = shown_labels(made, every=True)
    race, standings = shown.raced.race, shown.standings
    at = [lane.loss.name for lane in race.lanes].index("binary_cross_entropy_as_printed")
    name = "mean_average_precision"

    def told(race, value):
        changed = replace(
            standings,
            ends=standings.ends.assign(**{name: value}),
            baselines={name: (0.3, "chance")},
            margins={name: np.full((7, 7), 0.05)},
        )
        return findings.inverted(race, at, changed)

    for value, says in {
        0.1: "learned to be wrong",
        0.3: "no better than chance",
        0.6: "above chance",
    }.items():
        assert says in told(race, value)
    for losses, says in {
        (3, 2): "fell from 3 to 2",
        (2, 3): "rose from 2 to 3",
        (2, 2): "stayed at 2",
    }.items():
        assert says in told(replace(race, step_losses=np.tile(np.array(losses, float), (6, 1))), 0.6)
