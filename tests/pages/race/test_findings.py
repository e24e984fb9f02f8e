"""Lesson 6: which loss won, with stars, ties and sentences made from the numbers on the screen."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.experiments import loss_race
from engine.functional.threshold_curves import threshold_curve
from engine.tasks import MULTI_LABEL
from pages.parts.race import best_values, data, findings, labels
from tests.lesson_data import open_page, texts
from tests.pages.race.lesson import PAGE, raced


def raced_labels(made, threshold: float = 0.5):
    finished, course = raced(MULTI_LABEL, made / "scenes")
    ranking = loss_race.mean_average_precisions(finished, course)
    scores = loss_race.label_scores(finished, course, threshold, ranking)
    margins = loss_race.ranking_margins(finished, course)
    return data.Raced(finished, ranking, margins), course, scores


def test_the_table_stars_the_best_of_every_measure(made):
    found, course, scores = raced_labels(made)
    last = found.ranking[-1]
    table = labels.winners(found, course, scores, 0.5)
    assert table.loc[found.race.lanes[int(last.argmax())].loss.title, "mean AP"] == f"★ {last.max():.3f}"
    chance = loss_race.chance_average_precision(course.valid_targets)
    assert table.loc["no network", "mean AP"] == f"{chance:.3f}"
    for column in table:
        assert not all(str(cell).startswith("★") for cell in table[column])
    assert "★" in texts(open_page(PAGE, kind="Drawings"))


def test_at_a_threshold_that_nothing_passes_only_the_baseline_can_win(made):
    found, course, scores = raced_labels(made, 1.0)
    table = labels.winners(found, course, scores, 1.0)
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
    assert labels._classes_won(by_class).tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("threshold", "most"),
    [(0.0, 12), (0.05, 12), (0.2, 4), (0.21, 4), (0.3, 3), (0.5, 1), (0.9, 1), (1.0, 0)],
)
def test_softmax_lets_only_so_many_labels_pass(threshold, most):
    assert findings.most_labels(threshold, 12) == most


def test_the_findings_are_made_from_the_numbers_on_the_screen(made):
    app = open_page(PAGE, kind="Drawings", threshold="0.2")
    said = texts(app)
    assert "can pass a threshold of 0.20" in said and "threshold of 0.5" not in said
    found, course, _ = raced_labels(made, 0.2)
    exact = loss_race.by_labels(found.race, course, 0.2).loc["cross_entropy"]
    assert f"{exact['one label']:.3f} with one label" in said
    app.slider(key="threshold").set_value(0.5).run()
    assert "only one label can pass a threshold of 0.50" in texts(app)


def test_the_findings_name_who_is_in_front_and_who_is_level():
    lanes = loss_race.lanes(MULTI_LABEL)
    last = pd.DataFrame(
        {
            "mean_average_precision": [0.9, 0.5, 0.1, 0.5, 0.5, 0.5],
            "skill": [0.0] * 6,
            "exact_match": [0.40, 0.1, 0.0, 0.38, 0.1, 0.1],
        }
    )
    baselines = {"mean_average_precision": (0.1, "chance")}
    baselines |= {name: (0.0, "predicting nothing") for name in ("skill", "exact_match")}
    says = findings.leaders(lanes, last, baselines, dict.fromkeys(last, np.full((7, 7), 0.05)))
    assert says == (
        "**In front.** By mean average precision: BCE; by skill: all six heads (level, not clearly better than "
        "predicting nothing); by exact match: BCE and focal (level)."
    )


def test_a_threshold_is_to_be_moved_only_where_that_helps(made):
    found, course, _ = raced_labels(made)
    at = [lane.loss.name for lane in found.race.lanes].index("focal")
    lane = found.race.lanes[at]
    curve = threshold_curve(
        lane.predictions(found.race.valid_raw[-1, at]).astype(float), course.valid_targets
    )
    best = float(curve["skill"].max())
    assert "this threshold suits it" in findings.moved_threshold(found.race, course, at, lane, best, 0.3)
    says = findings.moved_threshold(found.race, course, at, lane, best - 0.2, 0.3)
    assert f"it would be {best:.3f}" in says and f"its skill is {best - 0.2:.3f}" in says


def test_the_inverted_loss_is_not_called_wrong_where_it_is_not(made):
    found, _, _ = raced_labels(made)
    at = [lane.loss.name for lane in found.race.lanes].index("binary_cross_entropy_as_printed")
    for value, says in {0.1: "learned to be wrong", 0.3: "level with chance", 0.6: "above chance"}.items():
        ranking, margins = pd.Series([value] * 6), np.full((7, 7), 0.05)
        assert says in findings.inverted(found.race, at, ranking, 0.3, margins)
    for losses, says in {
        (3, 2): "fell from 3 to 2",
        (2, 3): "rose from 2 to 3",
        (2, 2): "stayed at 2",
    }.items():
        moved = replace(found.race, step_losses=np.tile(np.array(losses, float), (6, 1)))
        assert says in findings.inverted(moved, at, ranking, 0.3, margins)
