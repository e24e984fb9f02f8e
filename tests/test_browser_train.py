"""Train in a real browser: a run is started, the page reloaded while it trains, and its end watched."""

import pytest
from playwright.sync_api import expect

from engine.runs import Run
from tests.browser import open_page, wait_until_settled
from tests.tiny_data import labelled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FORM = "weights=none&size=32&batch_size=8&hidden=16&device=cpu&freeze_epochs=0&epochs=8"


def _start(page, app, data, name, form=FORM):
    open_page(page, app, f"Train?task=multi-label&data={data}&{form}")
    field = page.get_by_role("textbox", name="Name of the run")
    field.fill(name)
    field.press("Tab")
    page.get_by_role("button", name="Start training").click()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    page.wait_for_url(lambda url: f"run={name}" in url)


def test_a_run_is_started_found_after_a_reload_and_watched_to_its_end(app, page, my_runs, tmp_path):
    _start(page, app, labelled(tmp_path / "squares"), "watched")
    page.reload()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    expect(page.get_by_text("validation pictures after epoch")).to_be_visible()
    expect(page.get_by_text("Reached:")).to_be_visible()
    wait_until_settled(page)
    expect(page.get_by_text("watched is finished")).to_be_visible()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
    run = Run(my_runs / "watched")
    assert (run.state, len(run.history)) == ("finished", 8)
    assert page.troubles == []


def test_a_learning_rate_is_searched_for_found_after_a_reload_and_taken(app, page, tmp_path):
    data = labelled(tmp_path / "squares")
    open_page(page, app, f"Train?task=multi-label&data={data}&{FORM}")
    page.get_by_role("button", name="Find a learning rate").click()
    expect(page.get_by_text("Searching for a learning rate")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Valley suggests")).to_be_visible()
    wait_until_settled(page)
    use = page.get_by_role("button", name="(valley)")
    rate = use.inner_text().split()[1]
    use.click()
    page.wait_for_url(lambda url: f"lr={rate}" in url)
    expect(page.get_by_role("spinbutton", name="Learning rate")).to_have_value(rate)
    expect(use).to_be_disabled()
    assert page.troubles == []
