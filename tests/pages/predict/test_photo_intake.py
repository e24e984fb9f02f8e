"""Pasted photographs are checked as uploads are, and examples are chosen by name."""

import base64
import csv
import io
from dataclasses import replace

import pytest

from engine.data.example_photographs import FOLDER
from pages.parts.predict import photo_cards, photo_intake, photo_uploads, prediction_cards
from pages.parts.predict.photo_intake import received
from pages.parts.predict.predict_uploads import File
from tests.lesson_data import open_page, texts
from tests.pages.predict.files import cards

PAGE = "8_Your_pictures"


def test_a_pasted_image_arrives_whole():
    source = (FOLDER / "coffee.jpg").read_bytes()
    assert received({"name": "image.png", "content": base64.b64encode(source).decode()}, 2) == File(
        "pasted 2", source
    )


@pytest.mark.parametrize("event", [None, 3, {}, {"content": 7}, {"bytes": 10**9}])
def test_what_has_no_content_is_too_large(event):
    assert "larger than 20 MB" in received(event, 1)


def test_a_content_that_is_too_long_is_refused_before_it_is_decoded():
    assert "larger than 20 MB" in received({"content": "A" * (photo_intake.MOST_BYTES * 4 // 3 + 8)}, 1)


def test_a_content_that_is_no_base64_is_one_sentence():
    assert "paste it again" in received({"content": "not base64!"}, 1)


def test_the_page_opens_on_a_photograph_with_three_named_models():
    app = open_page(PAGE)
    assert not app.exception
    (said,) = cards(app).values()
    for model in ("Names everything", "Names one thing", "Finds a face"):
        assert model in said
    assert "tripod" in said and "person" in said and "between the eyes" in said
    labels = [button.label for button in app.button]
    assert "Draw a scene" in labels and "None of these" in labels


def test_an_example_is_chosen_and_an_experiment_opened():
    app = open_page(PAGE)
    app.session_state[photo_intake.PICKED] = "coffee.jpg"
    app.run()
    assert list(cards(app)) == ["A cup of coffee"] and "espresso" in texts(app)
    app.button(key="open_None of these").click().run()
    assert not app.exception and app.query_params["from"] == "None of these"


def test_pasted_images_come_instead_of_the_example_until_they_are_removed():
    app = open_page(PAGE)
    app.session_state[photo_intake.PASTED] = [File("pasted 1", (FOLDER / "chelsea.jpg").read_bytes())]
    app.run()
    assert list(cards(app)) == ["pasted 1"]
    assert any("(1 image)" in one.proto.label for one in app.get("download_button"))
    next(one for one in app.button if "Remove" in one.label).click().run()
    assert list(cards(app)) == ["A photographer"]


def test_a_pasted_file_that_is_no_image_is_one_sentence():
    app = open_page(PAGE)
    app.session_state[photo_intake.PASTED] = [File("pasted 1", b"no image")]
    app.run()
    assert not app.exception and "pasted 1" in app.warning[0].value and not cards(app)


def test_the_camera_is_asked_for_only_when_it_is_wanted():
    app = open_page(PAGE)
    assert not app.get("camera_input")
    app.toggle(key="camera").set_value(True).run()
    assert not app.exception and app.get("camera_input")


def test_the_table_has_one_row_for_each_photograph():
    source = (FOLDER / "coffee.jpg").read_bytes()
    file = File("=cmd.jpg", source)
    text = photo_uploads.as_csv([(file, photo_uploads._predicted(file.digest, file.name, source))]).decode(
        "utf-8-sig"
    )
    assert "'=cmd.jpg" in text and "espresso" in text and text.count("\n") == 2
    (row,) = csv.DictReader(io.StringIO(text))
    assert list(row)[-2:] == ["p(face)", "familiar"]
    assert float(row["p(face)"]) < 0.6 and row["familiar"] == "yes"


def test_a_card_says_which_threshold_each_label_and_the_face_must_pass():
    source = (FOLDER / "camera.jpg").read_bytes()
    by_task = photo_uploads._predicted(File("camera", source).digest, "camera", source)
    several, point = by_task["multi-label"], by_task["points"]
    html = prediction_cards.html([photo_cards.card(File("camera", source), by_task)])
    assert f"{several.probs['person']:.2f} <small>≤ {several.thresholds['person']:.2f}</small>" in html
    assert f"{point.probs['face']:.2f} <small>&gt; {point.thresholds['face']:.2f}</small>" in html
    guessed = dict(by_task, **{"single-label": replace(by_task["single-label"], guess_below=0.35)})
    assert "below 0.35 it is a guess" in photo_cards.explanation(guessed)
