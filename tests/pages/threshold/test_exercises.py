"""What lesson 3 asks, with its right answers computed by the metrics themselves."""

import numpy as np
import pytest

from engine.functional import metrics
from engine.functional.threshold_search import grid, threshold_with
from pages.parts.threshold import exercises

RNG = np.random.default_rng(4)
TARGETS = (RNG.random((80, 6)) < 0.2).astype(np.uint8)
PROBS = np.clip(TARGETS * 0.4 + RNG.random((80, 6)) * 0.6, 0, 1)
GRID = metrics.threshold_curve(PROBS, TARGETS, grid())
NOTHING = metrics.do_nothing_accuracy(TARGETS)


def test_the_lazy_model_is_right_wherever_the_answer_is_no():
    question = exercises.first_guess(TARGETS)
    assert question.right_choice == f"{1 - TARGETS.mean():.2f}"
    says = question.explain("0.50")
    assert f"480 yes-or-no decisions. Only {TARGETS.sum()} of them" in says and f"{NOTHING:.1%}" in says


def _done(threshold: float | None) -> list[str]:
    here = metrics.all_metrics(PROBS, TARGETS, 0.5 if threshold is None else threshold)
    return [task.key for task in exercises.tasks(here, threshold, GRID, NOTHING) if task.is_done]


def test_tasks_are_done_by_the_threshold():
    wanted = threshold_with(GRID, "recall", 0.9)
    assert "recall" in _done(wanted) and "recall" not in _done(round(wanted - 0.01, 2))
    assert "recall" not in _done(round(wanted + 0.01, 2))
    assert _done(1.0) == ["nothing"]
    best = float(GRID["threshold"].iloc[int(GRID["f1"].argmax())])
    assert "f1" in _done(best) and "f1" not in _done(0.05)
    assert _done(None) == []


def test_the_cost_is_said_in_counts_of_a_hundred():
    assert exercises.cost({"recall": 0.9, "precision": 0.51}, 0.35) == (
        "**At 0.35, recall is 0.90, precision 0.51.** Of every 100 labels in the images, 90 are "
        "named. Of every 100 labels named, 49 are wrong."
    )
    assert "1 is wrong" in exercises.cost({"recall": 0.9, "precision": 0.99}, None)
    assert exercises.cost({"recall": 0.0, "precision": float("nan")}, 1.0).startswith(
        "**At 1.00, nothing is named.**"
    )


@pytest.mark.parametrize("in_use", [0.3, 0.5])
def test_the_check_is_right_by_the_metrics(in_use):
    skill, trade, search = exercises.questions(GRID, in_use, NOTHING)
    accuracy = metrics.accuracy_multi(PROBS, TARGETS, in_use)
    assert skill.right_choice == f"{metrics.skill(accuracy, TARGETS):.2f}"
    low, high = (metrics.all_metrics(PROBS, TARGETS, at)["precision"] for at in (0.3, 0.7))
    assert trade.right_choice == ("It rises" if high > low else "It falls")
    assert f"from {low:.3f} to {high:.3f}" in trade.explain("It falls")
    for choice in search.choices:
        recall = metrics.all_metrics(PROBS, TARGETS, float(choice))["recall"]
        assert (recall >= 0.9) == (choice == search.right_choice)
        assert f"recall is {recall:.3f}" in search.explain(choice)


@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_questions_exist_for_a_model_without_mistakes_and_for_one_that_knows_nothing(shift):
    probs = np.clip(TARGETS * shift + RNG.random(TARGETS.shape) * (1 - shift), 0, 1) * 0.98 + 0.01
    curve = metrics.threshold_curve(probs, TARGETS, grid())
    assert len(exercises.questions(curve, 0.5, NOTHING)) == 3
