"""Lesson 5: what it shows is what the run predicted, in pixels, and it says so when there is no run."""

import shutil

import numpy as np
import pytest

from engine import paths
from engine.functional.coordinates import pixel_distance
from engine.synthetic import heads
from tests.pages.head_centre.lesson import (
    AUGMENTATION,
    ERRORS,
    RANGE,
    STEER,
    UNITS,
    all_text,
    at,
    captions,
    errors,
    metric,
)
from tests.shown_code import shown_code


@pytest.fixture(scope="module")
def kept():
    """Pages that several tests read and none operates, by fixture."""
    return {}


@pytest.fixture
def untouched(page, kept):
    return kept.get("untouched") or kept.setdefault("untouched", page.run())


def test_it_opens_and_states_its_goal(untouched):
    assert not untouched.exception
    assert untouched.title[0].value == "5. Head centre"
    assert "**Goal:**" in untouched.markdown[0].value
    assert "vision_learner(dls, resnet18, y_range=(-1, 1))" in shown_code(untouched)


def test_the_median_is_the_runs_own_and_stands_beside_the_mean_centre(page, made):
    at(page, ERRORS)
    targets = made[1].predictions.targets_px
    baseline = np.median(
        pixel_distance(np.tile(targets.mean(0) + np.array([10, 0]), (len(targets), 1)), targets)
    )
    assert metric(page, "Median error").value == f"{np.median(errors(made[1])):.1f} px"
    assert metric(page, "Always the mean centre").value == f"{baseline:.1f} px"


def test_the_predictions_and_the_errors_stay_hidden_until_the_guess(page, made):
    page.session_state["progress_marks"] = {}
    page.run()
    assert not page.exception and not page.metric
    assert captions(page) and not any("off" in caption for caption in captions(page))
    assert "The errors appear after your guess" in all_text(at(page, ERRORS)) and not page.metric
    median = f"{np.median(errors(made[1])):.0f} px"
    next(button for button in page.button if button.label == median).click().run()
    assert not page.exception and metric(at(page, ERRORS), "Median error")
    assert any(f"{median} is right" in success.value for success in page.success)


def test_worst_first_shows_the_largest_error_first(page, made):
    page.query_params["order"] = "Worst first"
    assert f"{errors(made[1]).max():.1f}".replace(".", "\\.") in captions(page.run())[0]


def test_one_person_alone_can_be_shown(page, made):
    page.query_params["who"] = "09"
    page.run()
    shown = [caption for caption in captions(page) if caption.startswith("person")]
    assert shown and all(caption.startswith("person 09") for caption in shown)


def test_steering_draws_the_head_that_was_asked_for_and_measures_in_pixels(page):
    steered = {"person": "25 (in no dataset)", "across": "30", "down": "60", "distance": "1200"}
    addressed = at(page, STEER, **steered)
    assert not addressed.exception
    centre = 0.3 * heads.SIZE_WH[0], 0.6 * heads.SIZE_WH[1]
    said = next(
        text.value for text in addressed.markdown if "true centre" in text.value and "predicted" in text.value
    )
    assert f"true centre ({centre[0]:.0f}, {centre[1]:.0f}) px" in said
    predicted = [float(number) for number in said.split("predicted (")[1].split(")")[0].split(", ")]
    error = float(said.split("Error ")[1].split()[0])
    assert error == pytest.approx(np.hypot(*np.subtract(predicted, centre)), abs=1.2)


def test_a_slider_moves_the_true_centre_and_the_error_along_it_is_drawn_when_asked_for(page):
    at(page, STEER, sweep="distance")
    page.slider(key="across").set_value(20).run()
    assert any("true centre (64, " in text.value for text in page.markdown)
    assert not any("within what training showed" in text.value for text in page.markdown)
    next(button for button in page.button if button.label == "Draw the curve").click().run()
    assert not page.exception
    assert any("px off within what training showed" in text.value for text in page.markdown)


def test_the_unit_coordinates_follow_the_sliders(page):
    said = all_text(at(page, UNITS, unit_x="160", unit_y="480", mse="0.01"))
    assert "160 / 640 − 1 = **−0.500**" in said
    assert "480 / 480 − 1 = **+1.000**" in said
    assert "32.0 px across, 24.0 px down" in said


def test_the_untouched_sliders_give_the_books_loss_in_pixels(page):
    says = "√0.0001 = 0.0100 units, and a unit is half a side: **3.2 px across, 2.4 px down**"
    assert says in all_text(at(page, UNITS))


def test_an_image_moved_alone_and_a_point_that_leaves_the_frame_are_warned_of(page, made):
    at(page, AUGMENTATION)
    assert not any("left the frame" in warning.value for warning in page.warning)
    page.toggle(key="with_point").set_value(False).run()
    assert any("Only the image moved" in warning.value for warning in page.warning)
    page.toggle(key="with_point").set_value(True)
    page.slider(key="turn").set_value(0)
    page.slider(key="zoom").set_value(1.0)
    page.slider(key="shift_right").set_value(60).run()
    assert any("left the frame" in warning.value for warning in page.warning)
    targets = made[1].predictions.targets_px
    leaving = int((targets[:, 0] + 0.6 * 320 > 320).sum())
    assert leaving > 0
    assert f"**{leaving} of all {len(targets)}** centres" in all_text(page)


def test_a_foreign_value_in_the_address_falls_back_to_the_default(page):
    page.query_params |= {"order": "<script>", "who": "nobody", "part": "none"}
    page.run()
    assert not page.exception and page.selectbox(key="who").value == "everyone"
    at(page, STEER, yaw="1e9")
    assert not page.exception
    assert page.slider(key="yaw").value == 20


def test_without_a_run_the_lesson_says_how_to_make_one_and_teaches_on(page, monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "BUNDLED_RUNS", tmp_path / "none")
    page.run()
    assert not page.exception
    assert any("No points run is ready yet" in info.value for info in page.info)
    assert any("--task points" in code.value for code in page.code)
    assert "3.2 px across, 2.4 px down" in all_text(at(page, UNITS))
    assert "of all 30** centres out of the frame" in all_text(at(page, AUGMENTATION))
    assert any("needs a trained model" in info.value for info in at(page, STEER).info)


def test_a_picture_that_is_gone_is_one_sentence_and_the_others_are_shown(page, made):
    first = made[1].image_path(made[1].predictions.fnames[0])
    kept = first.read_bytes()
    first.unlink()
    try:
        page.run()
        assert not page.exception
        assert any("is not there" in warning.value for warning in page.warning)
        assert len([caption for caption in captions(page) if caption.startswith("person")]) >= 5
    finally:
        first.write_bytes(kept)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("weights.safetensors", b"cut off", "cut off or is not a safetensors file"),
        ("predictions.csv", b"fname,group\na.jpg,01\n", "predictions\\.csv that does not fit"),
        ("predictions.csv", b"", "broken predictions\\.csv"),
    ],
)
def test_a_run_that_is_cut_off_is_one_sentence_and_the_rest_of_the_lesson_stays(
    page, made, name, content, says
):
    file = made[1].folder / name
    kept = file.read_bytes()
    file.write_bytes(content)
    try:
        at(page, STEER)
        assert not page.exception
        said = [error.value for error in page.error]
        assert len(said) == 1 and says in said[0]
        assert "3.2 px across, 2.4 px down" in all_text(at(page, UNITS))
    finally:
        file.write_bytes(kept)


def test_each_kind_says_what_its_network_is_and_measures_in_its_own_pixels(page):
    said = all_text(at(page, RANGE))
    assert "the one from the other lessons" in said and "14 × 14" not in said
    assert any("of 640" in slider.label for slider in page.slider)
    page.segmented_control(key="kind").set_value("Photographs").run()
    assert not page.exception
    said, labels = all_text(page), [slider.label for slider in page.slider]
    assert "the one from the other lessons" not in said and "no face" in said and "14 × 14" in said
    assert any("of 224" in label for label in labels) and "640" not in said + str(labels)
    said = all_text(at(page, UNITS))
    assert "more pixels across than down" not in said
    assert page.slider(key="photo_unit_x").max == page.slider(key="photo_unit_y").max == 224


def test_a_task_is_ticked_once_it_is_done(page):
    at(page, AUGMENTATION, shift_right="60", zoom="1", turn="0")
    assert page.session_state["progress_marks"]["5.task.leave"] == 1
    assert "5.task.quarter" not in page.session_state["progress_marks"]
    at(page, UNITS, unit_x="160", unit_y="360")
    assert page.session_state["progress_marks"]["5.task.quarter"] == 1


def test_a_run_of_ones_own_is_a_kind_of_its_own(page, made, tmp_path):
    shutil.copytree(made[1].folder, tmp_path / "mine")
    page.query_params["run"] = "mine"
    page.run()
    assert not page.exception and page.segmented_control(key="kind").value == "Your runs"
    assert page.selectbox(key="run").options == ["mine"]
