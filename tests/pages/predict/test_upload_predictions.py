"""Uploads: limits, predictions in the file's own pixels, previews without metadata, and marks on images."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from engine.images import ImageError, open_image
from engine.inference import uploads
from engine.inference.attribution_methods import WAYS
from engine.inference.uploads import (
    UploadPredictions,
    point_in,
    predict_upload,
    preview,
    table_row,
    within_limits,
)
from engine.plots.image_overlays import with_heat, with_points
from engine.synthetic import scenes
from engine.tasks import CROP
from tests.pages.predict.files import jpeg

GPS = {34853: {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 36.0)}}


def jpeg_with_a_past() -> bytes:
    """A picture lying on its side, with a position and a comment in it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825).update(GPS[34853])
    return jpeg((96, 48), exif=exif, comment=b"taken at home")


def test_too_many_and_too_large_files_are_told_and_the_rest_goes_on():
    sizes = [("big.jpg", uploads.MAX_BYTES + 1), *((f"{i}.jpg", 10) for i in range(uploads.MAX_FILES + 2))]
    taken, refused = within_limits(sizes)
    assert taken == list(range(1, uploads.MAX_FILES + 1))
    assert len(refused) == 2
    assert "big.jpg has 50 MB" in refused[0]
    assert f"Only the first {uploads.MAX_FILES} of {uploads.MAX_FILES + 2} files are predicted" in refused[1]


def test_files_within_the_limits_are_all_taken():
    assert within_limits([("a", uploads.MAX_BYTES), ("b", 1)]) == ([0, 1], [])


def test_every_model_answers_and_the_point_is_in_the_files_own_pixels(models):
    picture = Image.new("RGB", (640, 480), (10, 200, 30))
    file = io.BytesIO()
    picture.save(file, "PNG")
    answered = predict_upload(file.getvalue(), "a.png", models)
    assert set(answered.predictions) == set(models)
    expected = models["points"].predict([picture])[0].point_px
    assert point_in(answered.size_wh, answered.predictions["points"]) == pytest.approx(
        tuple(expected), abs=0.01
    )


def test_a_point_fits_any_size_of_the_same_picture():
    class Answer:
        point_unit = np.array([0.5, -0.5])

    assert point_in((640, 480), Answer) == pytest.approx((480, 120))
    assert point_in((320, 240), Answer) == pytest.approx((240, 60))


def test_a_picture_larger_than_the_budget_still_gets_its_point_in_its_own_pixels(models):
    large = jpeg((4200, 3000))
    answered = predict_upload(large, "large.jpg", {"points": models["points"]})
    assert max(open_image(large).size) < 4200
    assert answered.size_wh == (4200, 3000)
    row = table_row(answered)
    unit = answered.predictions["points"].point_unit
    assert row["points: x_px"] == pytest.approx((unit[0] + 1) * 2100, abs=0.01)
    assert row["points: y_px"] == pytest.approx((unit[1] + 1) * 1500, abs=0.01)


def test_the_preview_is_upright_and_tells_nothing_of_where_it_was_taken(models):
    source = jpeg_with_a_past()
    assert b"taken at home" in source and Image.open(io.BytesIO(source)).getexif().get_ifd(0x8825)
    answered = predict_upload(source, "a.jpg", models)
    back = Image.open(io.BytesIO(answered.preview))
    assert back.size == (48, 96)
    assert not back.getexif() and "comment" not in back.info and "icc_profile" not in back.info
    assert b"taken at home" not in answered.preview


def test_pictures_with_marks_carry_no_metadata_either():
    picture = Image.new("RGB", (40, 30))
    picture.info = {"comment": b"secret", "exif": b"secret"}
    for shown in (with_points(picture, predicted_px=(3, 4)), with_heat(picture, np.ones((2, 2)))):
        file = io.BytesIO()
        shown.save(file, "PNG")
        assert b"secret" not in file.getvalue()
    assert b"secret" not in preview(picture)


def test_marks_lie_where_the_points_are():
    shown = np.asarray(
        with_points(Image.new("RGB", (64, 48)), truth_px=(16, 12), predicted_px=(48, 36), width=640)
    )
    arm = shown[360, 486].astype(int)  # of the crosshair, which is open in its middle
    assert np.abs(arm - (0xD5, 0x5E, 0x00)).max() < 60
    green = (shown == (0x00, 0x9E, 0x73)).all(-1)
    rows, columns = np.nonzero(green)
    assert (columns.mean(), rows.mean()) == pytest.approx((160, 120), abs=1.5)


def test_heat_tints_the_hot_side_only():
    shown = np.asarray(
        with_heat(Image.new("RGB", (64, 48), (90, 90, 90)), np.array([[0.0, 1.0]]), width=64)
    ).astype(int)
    assert shown[24, 2].tolist() == pytest.approx([90, 90, 90], abs=8)
    assert shown[24, 61, 0] - shown[24, 61, 2] > 80


def test_what_a_cropping_network_does_not_see_is_pale_and_never_tinted():
    picture = Image.new("RGB", (64, 48), (90, 90, 90))
    shown = np.asarray(with_heat(picture, np.ones((2, 2)), width=64, resize=CROP)).astype(int)
    assert min(shown[:, :8].min(), shown[:, 56:].min()) > 150
    assert np.ptp(shown[:, :8], axis=2).max() == 0
    assert (shown[:, 8:56, 0] - shown[:, 8:56, 2]).min() > 80


def test_an_unknown_label_or_way_of_looking_is_a_sentence(models):
    from engine.inference.attribution import look

    picture = Image.new("RGB", (64, 48))
    with pytest.raises(ValueError, match=r"label is 'unicorn'; expected one of bear"):
        look(models["multi-label"], picture, "unicorn")
    with pytest.raises(ValueError, match="expected 'Grad-CAM' or 'covering'"):
        look(models["multi-label"], picture, "bear", how="magic")


def test_the_covering_test_begins_with_the_probability_that_was_answered(models):
    from engine.inference.attribution import look

    picture = scenes.draw(scenes.spec_with(["bear"], 0, (96, 72)))
    for task in ("multi-label", "single-label"):
        answer = models[task].predict([picture])[0]
        for how in WAYS:
            found = look(models[task], picture, "dog", how)
            assert found.prob == pytest.approx(answer.probs[answer.vocab.index("dog")], abs=1e-4)
            assert found.heat.min() >= 0 and found.heat.max() <= 1


def test_a_file_that_is_no_picture_is_one_sentence(models):
    with pytest.raises(ImageError, match=r"notes\.txt"):
        predict_upload(b"hello", "notes.txt", models)


def test_the_table_has_a_column_for_each_runs_answer(models):
    answered = predict_upload(jpeg(), "=cmd.jpg", models)
    row = table_row(answered)
    assert row["file"] == "=cmd.jpg" and (row["width"], row["height"]) == (96, 72)
    assert {"multi-label: labels", "single-label: labels", "points: x_px", "points: y_px"} <= set(row)
    assert isinstance(answered, UploadPredictions)


def test_a_file_that_some_runs_know_marks_the_guesses_of_the_others(models):
    answer = models["points"].predict([Image.new("RGB", (64, 64))])[0]
    known, strange = (replace(answer, is_familiar=is_familiar) for is_familiar in (True, False))
    mixed = UploadPredictions("a.png", (64, 64), b"", {"one": known, "other": strange})
    assert mixed.strange_to == ["other"] and not mixed.is_strange
    assert UploadPredictions("a.png", (64, 64), b"", {"one": strange}).is_strange
    assert not UploadPredictions("a.png", (64, 64), b"", {}).is_strange
    assert (table_row(mixed)["one: familiar"], table_row(mixed)["other: familiar"]) == ("yes", "no")
