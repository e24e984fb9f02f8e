"""Train in a real browser: a run is started, the page reloaded while it trains, and its end watched."""

import pytest
from playwright.sync_api import expect

from engine.config import TrainConfig
from engine.export import fastai_script
from engine.jobs.progress import Listener
from engine.runs import Run
from engine.runs.disagreements import disagreements
from engine.training import trainer
from tests.browser import IN_BACKGROUND, open_page, press, wait_until_settled
from tests.tiny_data import labelled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FORM = "weights=none&size=32&batch_size=8&hidden=16&device=cpu&freeze_epochs=0&epochs=8"


def _start(page, app, data, name):
    open_page(page, app, f"Train?task=multi-label&data={data}&{FORM}")
    field = page.get_by_role("textbox", name="Name of the run")
    field.fill(name)
    field.press("Tab")
    press(page, "Start training")
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    page.wait_for_url(lambda url: f"run={name}" in url)


def test_a_run_is_started_found_after_a_reload_and_watched_to_its_end(app, new_runs, page, tmp_path):
    _start(page, app, labelled(tmp_path / "squares"), "watched")
    page.reload()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    expect(page.get_by_text("validation images after epoch")).to_be_visible()
    expect(page.get_by_text("watched is finished")).to_be_visible(timeout=IN_BACKGROUND)
    wait_until_settled(page)
    expect(page.get_by_text("binary cross-entropy").first).to_be_visible()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
    run = Run(new_runs / "watched")
    assert (run.state, len(run.history)) == ("finished", 8)
    assert page.troubles == []


@pytest.mark.parametrize("width", [1280, 390])
def test_a_run_from_the_simple_form_is_watched_to_its_verdict_and_offers_what_is_next(
    app, new_runs, page, tmp_path, width
):
    page.set_viewport_size({"width": width, "height": 844})
    open_page(page, app, f"Train?task=multi-label&data={labelled(tmp_path / 'squares')}")
    start = page.get_by_role("button", name="Start training")
    expect(start).to_be_in_viewport()
    expect(page.get_by_text("This takes").first).to_be_visible()
    expect(page.get_by_role("spinbutton", name="Seed")).not_to_be_visible()
    name = page.get_by_role("textbox", name="Name of the run")
    name.fill(f"quick {width}")
    name.press("Tab")
    before = page.evaluate("history.length")
    press(page, "Start training")
    expect(page.get_by_text(f"quick {width} is finished")).to_be_in_viewport(timeout=IN_BACKGROUND)
    verdict = page.get_by_test_id("stAlert").get_by_text("of the yes/no decisions are right")
    expect(verdict).to_be_visible()
    wait_until_settled(page)
    assert page.evaluate("history.length") == before + 1
    for offer in ("Try a photo", "Adjust thresholds", "Export model"):
        expect(page.get_by_role("link", name=offer)).to_be_visible()
    page.get_by_role("link", name="Export model").click()
    expect(page.get_by_role("button", name=f"Export “quick {width}”")).to_be_in_viewport()
    page.wait_for_url(lambda url: "show=Export" in url)
    page.get_by_role("radio", name="Watch").click()
    expect(page.get_by_role("heading", name="Watch a run")).to_be_in_viewport()
    page.get_by_role("radio", name="Runs").click()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    page.wait_for_url(lambda url: "show=Runs" in url)
    assert (new_runs / f"quick {width}" / "metrics.json").is_file() and page.troubles == []


def test_a_learning_rate_is_searched_for_found_after_a_reload_and_taken(app, page, tmp_path):
    data = labelled(tmp_path / "squares")
    open_page(page, app, f"Train?task=multi-label&data={data}&{FORM}&arch=test_resnet")
    press(page, "Find a learning rate")
    expect(page.get_by_text("Searching for a learning rate")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Valley suggests")).to_be_visible(timeout=IN_BACKGROUND)
    wait_until_settled(page)
    use = page.get_by_role("button", name="(valley)")
    rate = use.inner_text().split()[1]
    use.click()
    page.wait_for_url(lambda url: f"lr={rate}" in url)
    expect(page.get_by_role("spinbutton", name="Learning rate")).to_have_value(rate)
    expect(use).to_be_disabled()
    assert page.troubles == []


def test_two_runs_are_compared_while_another_tab_watches_one(app, new_runs, page, tmp_path):
    data = str(labelled(tmp_path / "squares"))
    for name, asked in (("first", {"lr": 0.01}), ("second", {"lr": 0.0001, "loss": "focal"})):
        config = TrainConfig(
            "multi-label",
            data,
            arch="test_resnet",
            weights="none",
            size=32,
            epochs=2,
            batch_size=8,
            hidden=16,
            **asked,
        )
        trainer.train(config, new_runs / name, Listener())
    other = page.context.new_page()
    open_page(other, app, "Train?run=first")
    expect(other.get_by_text("first is finished")).to_be_visible()
    page.bring_to_front()
    open_page(page, app, "Train?show=Compare&run=second&compare=first&compare=second")
    chart = page.locator(".st-key-together")
    expect(chart.locator(".scatterlayer .trace")).to_have_count(3)  # the two, and the text's
    expect(chart.get_by_text("the book", exact=True)).to_be_visible()
    row = page.get_by_role("row", name="learning rate")
    assert row.get_by_role("cell").all_inner_texts() == ["0.01", "0.0001"]
    found = disagreements([Run(new_runs / "first"), Run(new_runs / "second")])
    differing = int(found.flips.any(axis=1).sum())
    says = (
        f"They label {differing} of 8 images differently"
        if differing
        else "They give the same labels to all 8"
    )
    expect(page.get_by_text(says)).to_be_visible()
    shown = page.locator(".disagree img")
    expect(shown).to_have_count(differing)
    assert all(image.get_attribute("alt").startswith("Validation image") for image in shown.all())
    page.get_by_role("radio", name="Watch").click()

    page.get_by_text("As code", exact=True).click()
    with page.expect_download() as waited:
        page.get_by_role("button", name="Download the script").click()
    assert waited.value.suggested_filename == "second.py"
    assert waited.value.path().read_text("utf-8") == fastai_script.of_run(Run(new_runs / "second"))
    assert page.troubles == []
