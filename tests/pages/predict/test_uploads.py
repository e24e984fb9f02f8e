"""Your pictures: every ready run predicts each file, and no file or name breaks the page."""

import csv
import io

from engine.inference.uploads import UploadPredictions
from tests.pages.predict.files import captions, cards, drop, jpeg
from tests.shown_code import shown_code


def test_it_makes_sense_before_anything_is_dropped(page):
    page.run()
    assert not page.exception
    assert page.title[0].value == "Your pictures"
    assert {"a bear and a dog", "none of the labels", "a head"} <= set(cards(page))
    assert "LayerGradCam" in shown_code(page)


def test_one_bad_file_among_ten_gets_one_sentence_and_nine_are_answered(page):
    good = [(f"good{i}.jpg", jpeg(colour=(20 * i, 90, 60))) for i in range(9)]
    drop(page, *good[:4], ("broken.jpg", jpeg()[:200]), *good[4:])
    assert not page.exception
    assert len(page.warning) == 1
    assert "9 files of 10 could be read" in page.warning[0].value
    assert page.warning[0].value.count("\n- ") == 1 and "broken\\.jpg" in page.warning[0].value
    assert {f"good{i}.jpg" for i in range(9)} <= set(cards(page))


def test_every_ready_run_answers_each_file(page):
    drop(page, ("a.jpg", jpeg()))
    (said,) = cards(page).values()
    for model in ("Names everything (drawings)", "Names one thing (drawings)", "Finds a point (drawings)"):
        assert model in said
    assert " px" in said


def test_a_files_name_is_text_and_never_markup(page):
    name = "**bold** <img src=x onerror=alert(1)> [a](http://b) $x$ :red[y].jpg"
    drop(page, (name, jpeg()))
    assert not page.exception
    assert list(cards(page)) == [name]
    assert not any("<img src=x" in one.proto.body for one in page.get("html"))
    everything = [*page.markdown, *page.caption, *page.warning, *page.success]
    assert not any("<img src=x" in text.value.replace("\\<", "") for text in everything)


def test_a_bad_files_name_is_text_too(page):
    drop(page, ("<script>alert(1)</script>.jpg", b"no picture"), ("a.jpg", jpeg()))
    assert "<script>" not in page.warning[0].value.replace("\\<", "")


def test_the_csv_holds_the_answers_and_is_safe_in_a_spreadsheet(page):
    drop(page, ("=HYPERLINK(1).jpg", jpeg()), ("b.jpg", jpeg(colour=(1, 2, 3))))
    button = page.download_button[0]
    assert "2 images" in button.label
    from pages.parts.predict import uploads

    text = uploads.as_csv([UploadPredictions("=HYPERLINK(1).jpg", (2, 1), b"", {})]).decode("utf-8-sig")
    assert [row["file"] for row in csv.DictReader(io.StringIO(text))] == ["'=HYPERLINK(1).jpg"]


def test_saved_thresholds_change_the_answer_at_once(page, made):
    run = made[1]["multi-label"]
    try:
        run.save_thresholds(dict.fromkeys(run.vocab, 1.0))
        drop(page, ("a.jpg", jpeg()))
        assert "none of its labels" in cards(page)["a.jpg"]
        run.save_thresholds(dict.fromkeys(run.vocab, 0.0))
        page.run()
        assert "bear, bicycle, bird" in cards(page)["a.jpg"]
    finally:
        run.reset_thresholds()


def test_looking_for_another_class_says_so(page):
    drop(page, ("a.jpg", jpeg()))
    chooser = next(box for box in page.selectbox if box.label.startswith("Class"))
    chooser.set_value("sheep").run()
    assert not page.exception
    assert any("looked for sheep" in caption for caption in captions(page))
