"""What lesson 2 asks, with its numbers computed by torch."""

import numpy as np
import pytest
import torch

from pages.parts.losses import exercises, formulas, logits

VOCAB = logits.FOUR
START = logits.SCENARIOS[0].values


def test_the_guess_offers_the_sigmoid_a_half_and_the_softmax():
    question = exercises.dogs_softmax(START, VOCAB)
    values = torch.tensor(START)
    assert list(question.choices) == [f"{values.sigmoid()[2]:.2f}", "0.50", f"{values.softmax(-1)[2]:.2f}"]
    assert question.right_choice == "0.38"
    said = [question.explain(choice) for choice in question.choices]
    assert len(set(said)) == 3 and all(f"{values.softmax(-1)[0]:.2f}" in one for one in said)


def _done(values, present) -> list[str]:
    return [task.key for task in exercises.tasks(np.array(values), present, VOCAB) if task.is_done]


def test_tasks_are_done_by_the_logits_and_what_is_present():
    assert _done(START, ["bear", "dog"]) == []
    assert _done([3, 3, 3, -3], ["bear", "cat", "dog"]) == ["three"]
    assert _done([3, 2, 3, -3], ["bear", "cat", "dog"]) == []
    assert _done([-4, -4, -4, -4], []) == ["nothing"]
    assert _done([-4, -4, -4, -4], ["bear"]) == []
    assert _done([1000, 0, -1000, -500], ["bear", "dog"]) == ["overflow"]


def test_the_check_has_the_numbers_of_the_sliders():
    competition, both, log = exercises.questions(START, VOCAB)
    softmax = torch.tensor(START).softmax(-1)
    assert f"{softmax[0]:.3f}" in competition.explain("It stays the same")
    assert f"{softmax[0]:.2f} and {softmax[2]:.2f}" in both.explain("Cross-entropy")
    prob = torch.tensor(-3.0).sigmoid()
    assert list(log.choices) == [f"{prob:.2f}", f"{1 - prob:.2f}", f"{-prob.log():.2f}"]
    assert log.right_choice == log.choices[2]


@pytest.mark.parametrize("scenario", logits.SCENARIOS)
def test_every_scenario_gives_questions(scenario):
    assert len(exercises.questions(scenario.values, VOCAB)) == 3


def test_formulas_hold_the_numbers_of_the_sliders():
    assert "e^{-3}" in formulas.sigmoid(3.0) and "= 0.9526" in formulas.sigmoid(3.0)
    assert r"-\log(p) = 0.0486" in formulas.binary_cross_entropy(3.0, 1)
    assert r"-\log(1 - p) = 3.0486" in formulas.binary_cross_entropy(3.0, 0)
    prob = torch.tensor(START).softmax(-1)[2]
    assert rf"-\log {prob:.4f} = {-prob.log():.4f}" in formulas.cross_entropy(START, 2)


def test_numbers_are_short_and_never_round_to_nothing():
    assert formulas.number(2.50) == "2.5" and formulas.number(-0.0) == "0"
    assert formulas.decimal(0.0) == "0.0000" and formulas.decimal(2.1e-9) == r"2.1 \times 10^{-9}"


def test_the_address_of_a_scenario_holds_what_differs_from_the_beginning():
    two, nothing, one, huge = (scenario.address for scenario in logits.SCENARIOS)
    assert two == {} and "in_image" not in huge and huge["scale"] == "×100"
    assert nothing == {"in_image": "none", "z_bear": "-3", "z_cat": "-2.5", "z_dog": "-3.5"}
    assert one == {"in_image": "bear", "z_dog": "-1"}
