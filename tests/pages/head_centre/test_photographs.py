"""Lesson 5 on photographs: predictions and errors are the stored ones, and a photograph of one's own is predicted."""

from dataclasses import replace

import numpy as np
import pytest

from engine.data import example_photographs
from engine.functional.coordinates import pixel_distance
from engine.images import open_image
from engine.inference import held_out_faces, photo_showcase
from engine.training.photo_models import files
from pages.parts.head_centre import example_photos
from tests.pages.head_centre.lesson import AUGMENTATION, ERRORS, PHOTO, UNITS, all_text, at, captions, metric


@pytest.fixture
def photographs(page):
    page.query_params["kind"] = "Photographs"
    return page


def test_photographs_show_each_error_beside_the_mean_point_or_say_that_there_is_no_face(photographs):
    photographs.run()
    assert not photographs.exception and not photographs.error
    shown_captions = [caption.replace("\\", "") for caption in captions(photographs)]
    for fname, truth in example_photographs.POINTS_PX.items():
        shown = next(one for one in photo_showcase.stored() if one.fname == fname)
        mean = held_out_faces.mean_point_px(open_image(shown.path).size)
        off, mean_off = (
            pixel_distance(np.array(at), np.array(truth)) for at in (shown.points["point_px"], mean)
        )
        assert f"{shown.title}: {off:.1f} px off (mean point: {mean_off:.0f} px)" in shown_captions
    assert shown_captions.count("A cat: no face found, correctly") == 1
    assert "of all 1,000** points out of the frame" in all_text(at(photographs, AUGMENTATION))


@pytest.mark.parametrize(
    ("asked", "kind"),
    [("Anywhere in a photograph", held_out_faces.PASTED), ("Face crops", held_out_faces.CROPS)],
)
def test_the_errors_on_held_out_faces_are_the_stored_ones(photographs, asked, kind):
    photographs.query_params["faces"] = asked
    photographs.session_state["all_errors"] = True
    at(photographs, ERRORS)
    faces = held_out_faces.load(kind)
    errors_px = pixel_distance(faces.predictions.points_px, faces.predictions.targets_px)
    assert metric(photographs, "Median error").value == f"{np.median(errors_px):.1f} px"
    assert metric(photographs, "Always the mean point").value == f"{np.median(faces.baseline_px):.1f} px"
    missed = int((~faces.is_found).sum())
    assert (f"finds no face in {missed} of them" in all_text(photographs)) == bool(missed)
    assert any(
        "the 5 with the smallest and the 5 with the largest errors" in caption.value
        for caption in photographs.caption
    )


def test_ones_own_photographs_are_predicted_and_a_file_that_is_none_is_one_sentence(photographs):
    at(photographs, PHOTO)
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
    assert "1.1 px across, 1.1 px down" in all_text(at(photographs, UNITS))


def test_the_caption_says_when_the_model_is_wrong():
    shown = {one.fname: one for one in photo_showcase.stored()}
    no_face = replace(shown["astronaut.jpg"], points={"point_px": None})
    assert example_photos.caption(no_face) == "An astronaut: no face found, though there is one"
    a_face = replace(shown["coffee.jpg"], points={"point_px": [1, 2]})
    assert example_photos.caption(a_face) == "A cup of coffee: a face found where there is none"
