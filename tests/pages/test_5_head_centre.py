"""Lesson 5: what it shows is what the run predicted, in pixels, and it says so when there is no run."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from engine import paths
from engine.data import example_photographs
from engine.functional.coordinates import pixel_distance
from engine.images import open_image
from engine.inference import held_out_faces, photo_showcase
from engine.synthetic import heads
from engine.training.photo_models import files
from pages.parts.head_centre import example_photos
from tests.shown_code import shown_code
from tests.tiny_runs import all_three

PAGE = str(paths.ROOT / "pages" / "5_Head_centre.py")
STEER, PHOTO, UNITS, RANGE, AUGMENTATION = (
    "Steer the head",
    "Your photograph",
    "Pixels and units",
    "y_range",
    "Augmentation",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lesson5")
    return folder / "runs", all_three(folder)["points"]


@pytest.fixture
def page(made, monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "BUNDLED_RUNS", made[0])
    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path))
    app = AppTest.from_file(PAGE, default_timeout=180)
    app.session_state["progress_marks"] = {f"5.guess.{kind}": -1 for kind in ("drawings", "photographs")}
    return app


@pytest.fixture(scope="module")
def kept():
    """Pages that several tests read and none operates, by fixture."""
    return {}


@pytest.fixture
def untouched(page, kept):
    return kept.get("untouched") or kept.setdefault("untouched", page.run())


def _at(page, part, **parameters):
    """The page with one of its parts open, and settings in its address."""
    page.query_params |= {"part": part, **parameters}
    return page.run()


def _errors(run):
    found = run.predictions
    return pixel_distance(found.points_px, found.targets_px)


def _metric(app, label):
    return next(metric for metric in app.metric if metric.label == label)


def _captions(app):
    return [caption for image in app.image for caption in image.captions]


def _all_text(app):
    return "\n".join(element.value for element in [*app.markdown, *app.info, *app.warning])


def test_it_opens_and_states_its_goal(untouched):
    assert not untouched.exception
    assert untouched.title[0].value == "5. Head centre"
    assert "**Goal:**" in untouched.markdown[0].value
    assert "vision_learner(dls, resnet18, y_range=(-1, 1))" in shown_code(untouched)


def test_the_median_is_the_runs_own_and_stands_beside_the_mean_centre(untouched, made):
    targets = made[1].predictions.targets_px
    baseline = np.median(
        pixel_distance(np.tile(targets.mean(0) + np.array([10, 0]), (len(targets), 1)), targets)
    )
    assert _metric(untouched, "Median error").value == f"{np.median(_errors(made[1])):.1f} px"
    assert _metric(untouched, "Always the mean centre").value == f"{baseline:.1f} px"


def test_the_predictions_and_the_errors_stay_hidden_until_the_guess(page, made):
    page.session_state["progress_marks"] = {}
    page.run()
    assert not page.exception and not page.metric
    assert _captions(page) and not any("off" in caption for caption in _captions(page))
    median = f"{np.median(_errors(made[1])):.0f} px"
    next(button for button in page.button if button.label == median).click().run()
    assert not page.exception and _metric(page, "Median error")
    assert any(f"{median} is right" in success.value for success in page.success)


def test_worst_first_shows_the_largest_error_first(page, made):
    page.query_params["order"] = "Worst first"
    assert f"{_errors(made[1]).max():.1f}".replace(".", "\\.") in _captions(page.run())[0]


def test_one_person_alone_can_be_shown(page, made):
    page.query_params["who"] = "09"
    page.run()
    shown = [caption for caption in _captions(page) if caption.startswith("person")]
    assert shown and all(caption.startswith("person 09") for caption in shown)


def test_steering_draws_the_head_that_was_asked_for_and_measures_in_pixels(page):
    steered = {"person": "25 (in no dataset)", "across": "30", "down": "60", "distance": "1200"}
    addressed = _at(page, STEER, **steered)
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
    _at(page, STEER, sweep="distance")
    page.slider(key="across").set_value(20).run()
    assert any("true centre (64, " in text.value for text in page.markdown)
    assert not any("within what training showed" in text.value for text in page.markdown)
    next(button for button in page.button if button.label == "Draw the curve").click().run()
    assert not page.exception
    assert any("px off within what training showed" in text.value for text in page.markdown)


def test_the_unit_coordinates_follow_the_sliders(page):
    said = _all_text(_at(page, UNITS, unit_x="160", unit_y="480", mse="0.01"))
    assert "160 / 640 − 1 = **-0.500**" in said
    assert "480 / 480 − 1 = **+1.000**" in said
    assert "32.0 px across, 24.0 px down" in said


def test_the_untouched_sliders_give_the_books_loss_in_pixels(page):
    says = "√0.0001 = 0.0100 units, and a unit is half a side: **3.2 px across, 2.4 px down**"
    assert says in _all_text(_at(page, UNITS))


def test_an_image_moved_alone_and_a_point_that_leaves_the_frame_are_warned_of(page, made):
    _at(page, AUGMENTATION)
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
    assert f"**{leaving} of all {len(targets)}** centres" in _all_text(page)


def test_a_foreign_value_in_the_address_falls_back_to_the_default(page):
    page.query_params |= {"order": "<script>", "who": "nobody", "part": "none"}
    page.run()
    assert not page.exception and page.selectbox(key="who").value == "everyone"
    _at(page, STEER, yaw="1e9")
    assert not page.exception
    assert page.slider(key="yaw").value == 20


def test_without_a_run_the_lesson_says_how_to_make_one_and_teaches_on(page, monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "BUNDLED_RUNS", tmp_path / "none")
    page.run()
    assert not page.exception
    assert any("No points run is ready yet" in info.value for info in page.info)
    assert any("--task points" in code.value for code in page.code)
    assert "3.2 px across, 2.4 px down" in _all_text(_at(page, UNITS))
    assert "of all 30** centres out of the frame" in _all_text(_at(page, AUGMENTATION))
    assert any("needs a trained model" in info.value for info in _at(page, STEER).info)


def test_a_picture_that_is_gone_is_one_sentence_and_the_others_are_shown(page, made):
    first = made[1].image_path(made[1].predictions.fnames[0])
    kept = first.read_bytes()
    first.unlink()
    try:
        page.run()
        assert not page.exception
        assert any("is not there" in warning.value for warning in page.warning)
        assert len([caption for caption in _captions(page) if caption.startswith("person")]) >= 5
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
        _at(page, STEER)
        assert not page.exception
        said = [error.value for error in page.error]
        assert len(said) == 1 and says in said[0]
        assert "3.2 px across, 2.4 px down" in _all_text(_at(page, UNITS))
    finally:
        file.write_bytes(kept)


# -- photographs -----------------------------------------------------------------------------------


@pytest.fixture
def photographs(page):
    page.query_params["kind"] = "Photographs"
    return page


def test_photographs_show_each_error_beside_the_mean_point_or_say_that_there_is_no_face(photographs):
    photographs.run()
    assert not photographs.exception and not photographs.error
    captions = [caption.replace("\\", "") for caption in _captions(photographs)]
    for fname, truth in example_photographs.POINTS_PX.items():
        shown = next(one for one in photo_showcase.stored() if one.fname == fname)
        mean = held_out_faces.mean_point_px(open_image(shown.path).size)
        off, mean_off = (
            pixel_distance(np.array(at), np.array(truth)) for at in (shown.points["point_px"], mean)
        )
        assert f"{shown.title}: {off:.1f} px off (mean point: {mean_off:.0f} px)" in captions
    assert captions.count("A cat: no face found, rightly") == 1
    assert "of all 1,000** points out of the frame" in _all_text(_at(photographs, AUGMENTATION))


@pytest.mark.parametrize(
    ("asked", "kind"),
    [("Anywhere in a photograph", held_out_faces.PASTED), ("Face crops", held_out_faces.CROPS)],
)
def test_the_errors_on_held_out_faces_are_the_stored_ones(photographs, asked, kind):
    photographs.query_params["faces"] = asked
    photographs.session_state["all_errors"] = True
    photographs.run()
    faces = held_out_faces.load(kind)
    errors = pixel_distance(faces.predictions.points_px, faces.predictions.targets_px)
    assert _metric(photographs, "Median error").value == f"{np.median(errors):.1f} px"
    assert _metric(photographs, "Always the mean point").value == f"{np.median(faces.baseline_px):.1f} px"
    missed = int((~faces.is_found).sum())
    assert (f"finds no face in {missed} of them" in _all_text(photographs)) == bool(missed)
    assert any(
        "the 5 with the smallest and the 5 with the largest errors" in caption.value
        for caption in photographs.caption
    )


def test_ones_own_photographs_are_predicted_and_a_file_that_is_none_is_one_sentence(photographs):
    _at(photographs, PHOTO)
    for fname, says in (("astronaut.jpg", "Between the eyes at x 22"), ("coffee.jpg", "No face found")):
        source = (example_photographs.FOLDER / fname).read_bytes()
        photographs.file_uploader(key="centre_photograph").set_value((fname, source, "image/jpeg")).run()
        assert not photographs.exception and not photographs.warning
        assert any(header.value.startswith(says) for header in photographs.subheader)
    photographs.file_uploader(key="centre_photograph").set_value(("a.jpg", b"no image", "image/jpeg")).run()
    assert not photographs.exception
    assert len(photographs.warning) == 1 and "a\\.jpg" in photographs.warning[0].value


def test_without_the_held_out_predictions_there_is_one_sentence_and_the_lesson_goes_on(
    photographs, monkeypatch, tmp_path
):
    monkeypatch.setattr(files, "FOLDER", tmp_path)
    photographs.run()
    assert not photographs.exception
    assert any("is missing" in error.value for error in photographs.error)
    assert "1.1 px across, 1.1 px down" in _all_text(_at(photographs, UNITS))


def test_the_caption_says_when_the_model_is_wrong():
    shown = {one.fname: one for one in photo_showcase.stored()}
    no_face = replace(shown["astronaut.jpg"], points={"point_px": None})
    assert example_photos.caption(no_face) == "An astronaut: no face found, though there is one"
    a_face = replace(shown["coffee.jpg"], points={"point_px": [1, 2]})
    assert example_photos.caption(a_face) == "A cup of coffee: a face found where there is none"


def test_each_kind_says_what_its_network_is_and_measures_in_its_own_pixels(page):
    said = _all_text(_at(page, RANGE))
    assert "the one from the other lessons" in said and "14 × 14" not in said
    assert any("of 640" in slider.label for slider in page.slider)
    page.segmented_control(key="kind").set_value("Photographs").run()
    assert not page.exception
    said, labels = _all_text(page), [slider.label for slider in page.slider]
    assert "the one from the other lessons" not in said and "no face" in said and "14 × 14" in said
    assert any("of 224" in label for label in labels) and "640" not in said + str(labels)
    said = _all_text(_at(page, UNITS))
    assert "more pixels across than down" not in said
    assert page.slider(key="photo_unit_x").max == page.slider(key="photo_unit_y").max == 224


def test_a_task_is_ticked_once_it_is_done(page):
    _at(page, AUGMENTATION, shift_right="60", zoom="1", turn="0")
    assert page.session_state["progress_marks"]["5.task.leave"] == 1
    assert "5.task.quarter" not in page.session_state["progress_marks"]
    _at(page, UNITS, unit_x="160", unit_y="360")
    assert page.session_state["progress_marks"]["5.task.quarter"] == 1


def test_a_run_of_ones_own_is_a_kind_of_its_own(page, made, tmp_path):
    shutil.copytree(made[1].folder, tmp_path / "mine")
    page.query_params["run"] = "mine"
    page.run()
    assert not page.exception and page.segmented_control(key="kind").value == "Your runs"
    assert page.selectbox(key="run").options == ["mine"]
