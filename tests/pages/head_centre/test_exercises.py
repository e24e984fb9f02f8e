"""What lesson 5 asks: each task is done by what it names, and each right answer is worked out here again."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from pages.parts.head_centre import exercises

ERRORS = pd.DataFrame({"error_px": [2.0, 4.0, 9.0], "baseline_px": [30.0, 40.0, 50.0]})


def _done(tasks) -> list[str]:
    return [task.key for task in tasks if task.is_done]


def test_the_guess_is_the_median_error_and_names_the_baselines():
    question = exercises.median_error(ERRORS, 320, "centre")
    assert question.choices == ["0.5 px", "4.0 px", "40 px"] and question.right_choice == "4.0 px"
    assert "1.2% of the width" in question.explain("4.0 px")
    assert "always the mean centre" in question.explain("40 px")
    assert "always the mean centre" not in question.explain("0.5 px")


def test_a_model_that_is_no_better_than_the_baseline_still_gets_three_choices():
    errors = pd.DataFrame({"error_px": [40.0], "baseline_px": [41.0]})
    assert exercises.median_error(errors, 320, "centre").choices == ["5.0 px", "40 px", "320 px"]
    unknown = pd.DataFrame({"error_px": [40.0], "baseline_px": [np.nan]})
    question = exercises.median_error(unknown, 320, "centre")
    assert all("mean centre" not in question.explain(choice) for choice in question.choices)


def test_each_task_is_done_by_what_it_names():
    assert _done(exercises.steer_tasks(10.0)) == [] and _done(exercises.steer_tasks(10.1)) == ["far"]
    assert _done(exercises.crops_tasks(False)) == [] and _done(exercises.crops_tasks(True)) == ["crops"]
    assert _done(exercises.unit_tasks((160, 360), (640, 480))) == ["quarter"]
    assert _done(exercises.unit_tasks((170, 360), (640, 480))) == []
    assert _done(exercises.range_tasks(0.02)) == [] and _done(exercises.range_tasks(0.009)) == ["slope"]
    assert _done(exercises.motion_tasks(True)) == [] and _done(exercises.motion_tasks(False)) == ["leave"]


@pytest.mark.parametrize("is_photographs", [True, False])
def test_every_task_is_among_the_keys_of_its_lesson(is_photographs):
    made = [
        *(exercises.crops_tasks(True) if is_photographs else exercises.steer_tasks(0)),
        *exercises.unit_tasks((0, 0), (2, 2)),
        *exercises.range_tasks(1),
        *exercises.motion_tasks(True),
    ]
    assert tuple(task.key for task in made) == exercises.KEYS[is_photographs]


def test_the_check_asks_for_the_loss_in_pixels_and_the_flipped_point():
    predictions = SimpleNamespace(
        points_px=np.array([[163.2, 122.4]]),
        targets_px=np.array([[160.0, 120.0]]),
        sizes_wh=np.array([[320, 240]]),
    )
    baseline, loss, flip = exercises.questions(predictions, ERRORS, (100.0, 50.0), (320, 240), "centre")
    assert "median error of 40 px" in baseline.explain(baseline.right_choice)
    assert (
        loss.right_choice == "3.2 px"
    )  # 0.02 units each way: a mean squared error of 0.0004, half a side is 160 px
    assert "2 units" in loss.explain("6.4 px") and "root" in loss.explain("0.06 px")
    assert flip.right_choice == "220 px" and "label would stay" in flip.explain("100 px")


def test_a_point_in_the_middle_can_be_flipped_too():
    assert exercises.flipped(160.0, 320).right_choice == "160 px"
    assert len(exercises.flipped(0.0, 320).choices) == 3
