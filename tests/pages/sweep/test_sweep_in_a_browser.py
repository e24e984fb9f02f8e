"""A sweep in a real browser: filled in, started, watched, stopped and continued; then its result is operated."""

import re
import shutil

import pytest
from playwright.sync_api import expect

from engine.data import library
from engine.experiments.sweeps.folder import SWEEPS, Sweep
from engine.tasks import MULTI_LABEL
from tests.browser import IN_BACKGROUND, open_page, press, wait_until_settled
from tests.browser_lists import choose
from tests.conftest import MINE
from tests.experiments.sweeps import written_sweep
from tests.tiny_data import labelled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def fill(page, label: str, value: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(value)
    field.press("Enter")
    wait_until_settled(page)


def test_a_sweep_from_the_form_to_the_result(app, new_runs, page, tmp_path):
    data = library.add("squares to sweep", MULTI_LABEL, in_place=labelled(tmp_path / "squares", count=24))
    open_page(page, app, "Sweep")
    choose(page, "Data", re.escape(data.name))
    fill(page, "Learning rate", "0.001..0.05")
    fill(page, "Trials", "5")
    fill(page, "Minutes", "5")
    fill(page, "Seed of the sweep", "3")
    choose(page, "How to choose values", "At random")
    page.get_by_text("Prune weak trials", exact=True).click()
    wait_until_settled(page)
    fill(page, "Name of the sweep", "squares")
    page.get_by_role("button", name="Start the sweep").click()
    expect(page.get_by_text("squares is running")).to_be_visible(timeout=IN_BACKGROUND)
    expect(page.get_by_text(re.compile("highest mean average precision so far"))).to_be_visible(
        timeout=IN_BACKGROUND
    )
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text("squares was stopped")).to_be_visible(timeout=IN_BACKGROUND)
    sweep = Sweep(new_runs / SWEEPS / "squares")
    assert sweep.config.trials == 5 and sweep.config.seed == 3 and sweep.config.pruning
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("squares is finished")).to_be_visible(timeout=IN_BACKGROUND)
    expect(page.get_by_role("heading", name="Result")).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)
    assert sweep.results["verdict"]


@pytest.fixture
def finished(new_runs, tmp_path) -> Sweep:
    """A finished sweep among the runs of the app, and the run that it kept."""
    shutil.copytree(new_runs / MINE, new_runs / written_sweep.RESULTS["kept"])
    return written_sweep.write(new_runs / SWEEPS / "squares", labelled(tmp_path / "squares", count=6))


def test_the_result_of_a_sweep_is_looked_into_exported_and_deleted(app, finished, page):
    open_page(page, app, "Sweep?sweep=squares")
    choose(page, "Setting", "loss")
    expect(page.get_by_text("Mean average precision of 3 trials by loss")).to_be_visible()
    page.get_by_role("link", name="Open and export the best run").click()
    expect(page.get_by_role("button", name=f"Export “{written_sweep.RESULTS['kept']}”")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Result")).to_be_visible()
    press(page, "Delete")
    press(page, "Delete it now")
    expect(page.get_by_text("There is no sweep yet")).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)
    assert not finished.folder.exists()
