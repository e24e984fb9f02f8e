"""Page 8: every file gets its answers or one plain sentence, and what goes back is safe to open."""

import csv
import io
import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from engine import paths
from engine.images import ImageError, open_image
from engine.inference import predict, uploads
from engine.inference.attribution_methods import WAYS
from engine.inference.uploads import (
    UploadPredictions,
    point_in,
    predict_upload,
    preview,
    table_row,
    within_limits,
)
from engine.plots.overlays import with_heat, with_points
from engine.runs import Run
from engine.runs import files as run_files
from engine.synthetic import scenes
from engine.tasks import CROP
from engine.training import familiarity
from engine.training.familiarity import Familiarity
from tests.lesson_data import APP
from tests.shown_code import shown_code
from tests.tiny_runs import all_three

PAGE = "pages/8_Your_pictures.py"
GPS = {34853: {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 36.0)}}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page8")
    return folder / "runs", all_three(folder)


@pytest.fixture(scope="module")
def models(made):
    from engine.inference import predict

    return {task: predict.load(run) for task, run in made[1].items()}


@pytest.fixture
def page(made, monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "BUNDLED_RUNS", made[0])
    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path))
    app = AppTest.from_file(APP, default_timeout=180).switch_page(PAGE)
    app.query_params["from"] = "Your runs"
    return app


def jpeg(size=(96, 72), colour=(120, 90, 60), **options) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG", **options)
    return file.getvalue()


def jpeg_with_a_past() -> bytes:
    """A picture lying on its side, with a position and a comment in it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825).update(GPS[34853])
    return jpeg((96, 48), exif=exif, comment=b"taken at home")


def _captions(app):
    return [caption for image in app.image for caption in image.captions]


def _drop(app, *files):
    app.run()
    app.file_uploader(key="files").set_value([(name, data, "image/jpeg") for name, data in files])
    return app.run()


# ---- the engine behind it


def test_too_many_and_too_large_files_are_told_and_the_rest_goes_on():
    sizes = [("big.jpg", uploads.MAX_BYTES + 1), *((f"{i}.jpg", 10) for i in range(uploads.MAX_FILES + 2))]
    taken, refused = within_limits(sizes)
    assert taken == list(range(1, uploads.MAX_FILES + 1))
    assert len(refused) == 2
    assert "big.jpg has 50 MB" in refused[0]
    assert f"{uploads.MAX_FILES + 2} files are more than {uploads.MAX_FILES}" in refused[1]


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
    assert tuple(shown[360, 480]) == (0xD5, 0x5E, 0x00)
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


# ---- the page


def test_it_makes_sense_before_anything_is_dropped(page):
    page.run()
    assert not page.exception
    assert page.title[0].value == "Your pictures"
    assert {"a bear and a dog", "nothing of the vocabulary", "a head"} <= set(_captions(page))
    assert "LayerGradCam" in shown_code(page)


def test_one_bad_file_among_ten_gets_one_sentence_and_nine_are_answered(page):
    good = [(f"good{i}.jpg", jpeg(colour=(20 * i, 90, 60))) for i in range(9)]
    _drop(page, *good[:4], ("broken.jpg", jpeg()[:200]), *good[4:])
    assert not page.exception
    assert len(page.warning) == 1
    assert "9 of 10 files answered" in page.warning[0].value
    assert page.warning[0].value.count("\n- ") == 1 and "broken\\.jpg" in page.warning[0].value
    assert {f"good{i}\\.jpg" for i in range(9)} <= set(_captions(page))


def test_every_ready_run_answers_each_file(page):
    _drop(page, ("a.jpg", jpeg()))
    words = "\n".join(text.value for text in page.markdown)
    assert "multi\\-label \\(bundled\\): **" in words
    assert "single\\-label \\(bundled\\): **" in words
    assert "points \\(bundled\\): **(" in words


def test_a_files_name_is_text_and_never_markup(page):
    name = "**bold** <img src=x onerror=alert(1)> [a](http://b) $x$ :red[y].jpg"
    _drop(page, (name, jpeg()))
    assert not page.exception
    shown = [caption for caption in _captions(page) if "bold" in caption]
    assert shown and all("\\*\\*bold\\*\\*" in caption and "\\<img" in caption for caption in shown)
    everything = [*page.markdown, *page.caption, *page.warning, *page.success]
    assert not any("<img src=x" in text.value.replace("\\<", "") for text in everything)


def test_a_bad_files_name_is_text_too(page):
    _drop(page, ("<script>alert(1)</script>.jpg", b"no picture"), ("a.jpg", jpeg()))
    assert "<script>" not in page.warning[0].value.replace("\\<", "")


def test_the_csv_holds_the_answers_and_is_safe_in_a_spreadsheet(page):
    _drop(page, ("=HYPERLINK(1).jpg", jpeg()), ("b.jpg", jpeg(colour=(1, 2, 3))))
    button = page.download_button[0]
    assert "2 pictures" in button.label
    from pages.parts.predict import uploads as predict_uploads

    text = predict_uploads.as_csv([UploadPredictions("=HYPERLINK(1).jpg", (2, 1), b"", {})]).decode(
        "utf-8-sig"
    )
    assert [row["file"] for row in csv.DictReader(io.StringIO(text))] == ["'=HYPERLINK(1).jpg"]


def test_saved_thresholds_change_the_answer_at_once(page, made):
    run = made[1]["multi-label"]
    try:
        run.save_thresholds(dict.fromkeys(run.vocab, 1.0))
        _drop(page, ("a.jpg", jpeg()))
        assert any(
            "multi\\-label \\(bundled\\): **nothing it knows**" in text.value for text in page.markdown
        )
        run.save_thresholds(dict.fromkeys(run.vocab, 0.0))
        page.run()
        assert any("bear, bicycle, bird" in text.value for text in page.markdown)
    finally:
        run.reset_thresholds()


def test_looking_for_another_class_says_so(page):
    _drop(page, ("a.jpg", jpeg()))
    chooser = next(box for box in page.selectbox if box.label.startswith("Class"))
    chooser.set_value("sheep").run()
    assert not page.exception
    assert any("looked for sheep" in caption for caption in _captions(page))


def test_a_scene_drawn_to_order_is_compared_before_and_after(page):
    page.query_params |= {"from": "Draw a scene", "kinds": ["bear"], "scene": "0"}
    page.run()
    assert not page.exception
    assert {"bear", "bear, dog"} <= set(_captions(page))
    titles = [text.value.replace("\\", "") for text in page.markdown]
    assert any(
        title.startswith("**Softmax, one pie to share: bear ") and "; dog " in title for title in titles
    )
    assert any(
        title.startswith("**Sigmoids, each for itself: bear ") and "; dog " in title for title in titles
    )


def test_the_numbers_of_the_comparison_are_the_networks(page, models):
    page.query_params |= {"from": "Draw a scene", "kinds": ["bear"], "scene": "0"}
    page.run()
    pictures = [scenes.draw(scenes.spec_with(kinds, 0, (400, 300))) for kinds in (["bear"], ["bear", "dog"])]
    before, after = (
        answer.probs[answer.vocab.index("bear")] for answer in models["single-label"].predict(pictures)
    )
    assert any(f"bear {before:.0%} → {after:.0%}" in text.value for text in page.markdown)


def test_what_is_in_the_scene_cannot_be_added_again(page):
    page.query_params |= {"from": "Draw a scene", "kinds": ["dog", "cat"]}
    page.run()
    adding = page.selectbox(key="add")
    assert "dog" not in adding.options and "cat" not in adding.options
    assert not page.exception


def test_a_drawn_scene_stands_in_the_address_with_what_is_added_and_looked_for(page):
    page.query_params |= {"from": "Draw a scene", "kinds": ["bear"], "add": "cat", "class": "sheep"}
    page.run()
    assert page.selectbox(key="add").value == "cat"
    assert any("looked for sheep" in caption for caption in _captions(page))
    page.selectbox(key="add").set_value("horse").run()
    assert page.query_params["add"] == "horse"
    page.selectbox(key="add").set_value("dog").run()
    assert "add" not in page.query_params


def test_other_files_do_not_inherit_which_one_was_looked_at(page):
    _drop(page, *((f"{i}.jpg", jpeg(colour=(40 * i, 90, 60))) for i in range(4)))
    _which(page).set_value(1).run()
    app = _drop(page, ("5.jpg", jpeg(colour=(1, 2, 3))), ("6.jpg", jpeg(colour=(3, 2, 1))))
    assert not app.exception
    assert _which(app).value == 0


def _which(app):
    return next(box for box in app.selectbox if box.label == "Picture")


def test_without_a_run_it_says_how_to_make_one(page, monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "BUNDLED_RUNS", tmp_path / "none")
    page.run()
    assert not page.exception
    assert any("is ready yet" in info.value for info in page.info)


def test_a_run_whose_weights_are_broken_gets_a_sentence_and_the_others_answer(page, made):
    weights = made[1]["single-label"].folder / "weights.safetensors"
    kept = weights.read_bytes()
    weights.write_bytes(kept[:1000])
    try:
        _drop(page, ("a.jpg", jpeg()))
        assert not page.exception
        assert any(
            "single\\-label" in warning.value and "cut off" in warning.value for warning in page.warning
        )
        assert any("multi\\-label \\(bundled\\): **" in text.value for text in page.markdown)
    finally:
        weights.write_bytes(kept)


def test_more_runs_than_are_kept_loaded_all_answer(page, made, monkeypatch, tmp_path):
    for number in range(4):
        shutil.copytree(made[1]["single-label"].folder, tmp_path / f"mine{number}")
    _drop(page, ("a.jpg", jpeg()), ("b.jpg", jpeg(colour=(1, 2, 3))))
    assert not page.exception
    words = [text.value for text in page.markdown if "mine0: **" in text.value]
    assert len(words) == 2
    for title in ("multi\\-label \\(bundled\\)", "mine1", "mine2", "mine3", "points \\(bundled\\)"):
        assert all(f"{title}: **" in said for said in words)


def test_an_image_unlike_all_training_images_is_called_a_guess(page, made):
    square = np.zeros((64, 64, 3), np.uint8)
    folders = [folder for folder in made[0].iterdir() if (folder / "config.json").is_file()]
    for folder in folders:
        width = predict.load(Run(folder)).features([square]).shape[1]
        familiarity.save(folder, Familiarity(np.ones((20, width), np.float16), threshold=-1.0))
    try:
        app = _drop(page, ("a.jpg", jpeg()), ("b.jpg", jpeg(colour=(9, 9, 9))))
        assert not app.success
        assert "2 of 2 images are unlike the images that these runs were trained on" in app.warning[0].value
        (folders[0] / run_files.FAMILIARITY_NOTES).unlink()
        (folders[0] / run_files.FAMILIARITY).unlink()
        some = _drop(page, ("c.jpg", jpeg(colour=(9, 99, 9))))
    finally:
        for folder in folders:
            (folder / run_files.FAMILIARITY_NOTES).unlink(missing_ok=True)
            (folder / run_files.FAMILIARITY).unlink(missing_ok=True)
    assert not some.success and "marked as guesses" in some.warning[0].value
    assert sum("(unfamiliar image: a guess)" in text.value for text in some.markdown) == 1


def test_a_file_that_some_runs_know_marks_the_guesses_of_the_others(models):
    answer = models["points"].predict([Image.new("RGB", (64, 64))])[0]
    known, strange = (replace(answer, is_familiar=is_familiar) for is_familiar in (True, False))
    mixed = UploadPredictions("a.png", (64, 64), b"", {"one": known, "other": strange})
    assert mixed.strange_to == ["other"] and not mixed.is_strange
    assert UploadPredictions("a.png", (64, 64), b"", {"one": strange}).is_strange
    assert not UploadPredictions("a.png", (64, 64), b"", {}).is_strange
    assert (table_row(mixed)["one: familiar"], table_row(mixed)["other: familiar"]) == ("yes", "no")


def test_dropped_images_stay_when_they_are_predicted_with_something_else(page):
    app = _drop(page, ("mine.jpg", jpeg((96, 64))))
    assert any("mine" in caption for caption in _captions(app))
    app.segmented_control(key="from").set_value("Photographs").run()
    assert not app.exception
    assert any("mine" in caption for caption in _captions(app))
    app.segmented_control(key="from").set_value("Your runs").run()
    assert any("mine" in caption for caption in _captions(app))
