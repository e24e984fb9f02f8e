"""The main paths in a real browser: what a person does, sees and gets back."""

import io
import json
import re
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from engine import paths
from engine.functional import metrics
from engine.inference.diagram_heads import listed
from engine.runs import Run
from tests.browser import PAGE_SECONDS, app_pages, open_page, serve, wait_until_settled
from tests.conftest import MINE, no_browser

pytestmark = pytest.mark.browser

TILTED = 6
ORIENTATION = 0x0112
BUNDLED = "Names everything (drawings)"


def in_the_sidebar(page: Page) -> Locator:
    return page.get_by_test_id("stSidebar").get_by_test_id("stPageLink-NavLink")


def test_a_cold_deep_link_shows_that_page_in_its_place(page, my_runs, tmp_path):
    with serve(tmp_path, my_runs) as cold:
        open_page(page, cold, "Threshold")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Threshold")
        targets = [link.get_attribute("href").split("/")[-1] for link in in_the_sidebar(page).all()]
        assert sorted(targets) == sorted(app_pages())
        here = in_the_sidebar(page).locator("xpath=self::*[@aria-current='page']")
        expect(here).to_have_text("3. Threshold")
        expect(page.get_by_test_id("stException")).to_have_count(0)
        assert "Traceback" not in cold.said()


@pytest.fixture
def mine(my_runs):
    """The user's run with the thresholds that it had at first."""
    run = Run(my_runs / MINE)
    run.reset_thresholds()
    yield run
    run.reset_thresholds()


def test_moving_the_threshold_changes_the_labels_and_a_reload_keeps_it(app, page, mine):
    said = mine.predictions
    found = {threshold: int((said.targets & (said.probs > threshold)).sum()) for threshold in (0.5, 0.9)}
    open_page(page, app, f"Threshold?run={MINE}")
    _show_me(page)
    slider, chips, counts = _threshold(page), page.locator(".chips"), page.locator(".counts")
    expect(slider).to_have_value("0.5")
    _wait_until_found(counts, found[0.5])
    wait_until_settled(page)
    before = chips.all_inner_texts()
    for _ in range(4):
        slider.press("PageUp")
    expect(page).to_have_url(re.compile(r"threshold=0\.9\b"))
    expect(page.get_by_text("At 0.90, accuracy_multi")).to_be_visible()
    assert found[0.9] < found[0.5]
    _wait_until_found(counts, found[0.9])
    wait_until_settled(page)
    moved = chips.all_inner_texts()
    assert moved != before
    page.reload()
    expect(_threshold(page)).to_have_value("0.9")
    _wait_until_found(counts, found[0.9])
    expect(chips).to_have_text(moved, use_inner_text=True)


def _show_me(page: Page) -> None:
    """Ask to see what a lesson hides until the learner has guessed."""
    page.get_by_role("button", name="Show me").click()
    expect(page.get_by_role("button", name="Show me")).to_have_count(0)
    wait_until_settled(page)


def _threshold(page: Page) -> Locator:
    return page.get_by_role("slider", name=re.compile("^Threshold"))


def _wait_until_found(counts: Locator, number: int) -> None:
    """Wait until the table counts this many labels found: what is on the way is not yet on the screen."""
    end = time.monotonic() + PAGE_SECONDS
    while _found_in_all(counts.inner_text()) != number:
        assert time.monotonic() < end, counts.inner_text()
        counts.page.wait_for_timeout(50)


def _found_in_all(counts: str) -> int:
    """How many labels are found, over all classes: a higher threshold must find fewer."""
    return sum(int(number) for number in re.findall(r"(\d+)\s+found", counts))


def test_saved_thresholds_decide_what_the_next_prediction_says(app, page, mine):
    fname, before, after = _picture_that_changes(mine, 0.9)
    answers = mine.predictions.probs, mine.predictions.targets
    open_page(page, app, f"Threshold?run={MINE}&threshold=0.9&evidence=Best+thresholds")
    _show_me(page)
    expect(_row_in_use(page)).to_contain_text(f"{metrics.all_metrics(*answers, 0.5)['f1']:.4f}")
    page.get_by_role("button", name="Use these thresholds").click()
    expect(page.get_by_text("Every prediction of this run now uses them")).to_be_visible()
    expect(_row_in_use(page)).to_contain_text(f"{metrics.all_metrics(*answers, 0.9)['f1']:.4f}")
    assert set(json.loads((mine.folder / "thresholds.json").read_text()).values()) == {0.9}
    open_page(page, app, "Your_pictures?from=Your+runs")
    _drop(page, mine.image_path(fname))
    expect(_answers(page)).to_have_count(1)
    wait_until_settled(page)
    said = _said(page)
    assert said[BUNDLED] == before
    assert said[f"Names everything ({MINE})"] == after


def _row_in_use(page: Page) -> Locator:
    return page.locator("tr", has_text="the model's own thresholds")


def _picture_that_changes(run: Run, threshold: float) -> tuple[str, str, str]:
    """A validation picture whose labels differ at 0.5 and at `threshold`, with its answers at both."""
    said = run.predictions
    for fname, probs in zip(said.fnames, said.probs, strict=True):
        clear = np.abs(probs[:, None] - [0.5, threshold]).min() > 0.02
        if clear and (probs > 0.5).sum() > (probs > threshold).sum():
            return fname, _in_words(run, probs > 0.5), _in_words(run, probs > threshold)
    raise AssertionError("The bundled run is so sure of everything that no threshold changes an answer.")


def _in_words(run: Run, yes: np.ndarray) -> str:
    return listed(np.array(run.vocab)[yes].tolist()) or "none of its labels"


def test_the_predicted_point_follows_the_steered_head(app, page):
    open_page(page, app, "Head_centre?part=Steer+the+head")
    head = page.get_by_role("img", name=re.compile("^A drawn head"))
    says = page.get_by_test_id("stMarkdown").filter(has_text="true centre (")
    drawn_before, said_before = head.get_attribute("src"), says.inner_text()
    across = page.get_by_role("slider", name=re.compile("^Position across"))
    for _ in range(2):
        across.press("PageUp")
    expect(page).to_have_url(re.compile(r"across=70"))
    expect(says).to_contain_text(f"true centre ({0.7 * _width(said_before):.0f},")
    wait_until_settled(page)
    assert head.get_attribute("src") != drawn_before
    (_, before), (true, after) = _across(said_before), _across(says.inner_text())
    assert after > before + 0.1 * _width(said_before), "the head moved by a fifth of the width to the right"
    assert abs(after - true) < 0.1 * _width(said_before)


def _across(says: str) -> tuple[int, int]:
    """How far to the right, in pixels, the true and the predicted centre are."""
    true, predicted = re.findall(r"\((\d+), -?\d+\) px", says)
    return int(true), int(predicted)


def _width(says: str) -> int:
    return int(re.search(r"image (\d+) px wide", says)[1])


def test_a_good_a_bad_and_a_turned_picture_each_get_what_is_due(app, page):
    run = Run(paths.BUNDLED_RUNS / "multi-label")
    fname = run.predictions.fnames[0]
    open_page(page, app, "Your_pictures?from=Your+runs")
    _drop(page, run.image_path(fname), _payload("broken.jpg", b"this is no picture"), _turned())
    expect(page.get_by_test_id("stAlert").first).to_contain_text("2 files of 3 could be read")
    expect(page.get_by_test_id("stAlert").first).to_contain_text("broken.jpg")
    expect(_answers(page)).to_have_count(2)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    assert _said(page)[BUNDLED] == _in_words(run, run.predictions.probs[0] > 0.5)
    turned = page.get_by_role("img", name=re.compile("turned"))
    assert _looks(turned) == {"portrait": True, "top": "red", "bottom": "blue"}


def test_a_file_name_with_markup_is_shown_as_it_is(app, page):
    name = "<img src=x onerror=run=1>*b*[a](b)$x$.jpg"
    open_page(page, app, "Your_pictures?from=Your+runs")
    _drop(page, _payload(name, _jpeg(_half_red_half_blue())), _payload(f"no{name}", b"no picture"))
    expect(_answers(page)).to_have_count(1)
    expect(_answers(page).locator(".file")).to_have_text(name)
    expect(page.get_by_test_id("stAlert").first).to_contain_text(f"no{name}")
    assert page.evaluate("window.run") is None


def test_without_a_browser_tests_skip_but_not_where_one_must_be_had(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="the reason"):
        no_browser("the reason")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="the reason"):
        no_browser("the reason")


def _drop(page: Page, *files: Path | dict) -> None:
    """Upload all files at once and wait until the page has answered."""
    payloads = [file if isinstance(file, dict) else _payload(file.name, file.read_bytes()) for file in files]
    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(payloads)
    expect(page.get_by_test_id("stAlert").first).to_be_visible()
    wait_until_settled(page)
    expect(_answers(page)).not_to_have_count(0)


def _payload(name: str, content: bytes) -> dict:
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


def _answers(page: Page) -> Locator:
    return page.locator(".photo-card")


def _said(page: Page) -> dict[str, str]:
    """What each run predicts for the first image, by the name of the model."""
    card = _answers(page).first
    names = card.locator(".about > div > .model").all_inner_texts()
    return dict(zip(names, card.locator(".predicts").all_inner_texts(), strict=True))


def _half_red_half_blue() -> Image.Image:
    picture = np.zeros((240, 400, 3), np.uint8)
    picture[:, :200, 0] = picture[:, 200:, 2] = 255
    return Image.fromarray(picture)


def _jpeg(picture: Image.Image, **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", **options)
    return buffer.getvalue()


def _turned() -> dict:
    """A camera held upright: stored lying, left half red, with the note to turn it so that red comes on top."""
    exif = Image.Exif()
    exif[ORIENTATION] = TILTED
    return _payload("turned.jpg", _jpeg(_half_red_half_blue(), exif=exif))


def _looks(image: Locator) -> dict:
    """Whether a picture stands upright in the page, and which colour its top and its bottom have."""
    return image.evaluate(
        """image => {
            const canvas = document.createElement('canvas');
            [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
            const drawn = canvas.getContext('2d');
            drawn.drawImage(image, 0, 0);
            const colour = share => {
                const [r, g, b] = drawn.getImageData(canvas.width * .1, canvas.height * share, 1, 1).data;
                return r > 200 && b < 80 ? 'red' : b > 200 && r < 80 ? 'blue' : `rgb(${r}, ${g}, ${b})`;
            };
            return {portrait: canvas.height > canvas.width, top: colour(.05), bottom: colour(.95)};
        }"""
    )
