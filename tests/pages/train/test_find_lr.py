"""Train: the search for a learning rate."""

import json

import numpy as np
import pandas as pd
import pytest

from engine import runs
from engine.data import summary
from engine.jobs.job import STOP, Job
from engine.tasks import MULTI_LABEL, TASKS
from engine.training import lr_finder
from engine.training.presets import QUICK
from pages.parts.train import address
from tests.lesson_data import button, texts
from tests.pages.train.form_data import PAGE, open_page, start
from tests.tiny_data import labelled


@pytest.fixture
def searched(monkeypatch):
    """A search that is only asked for, and one that has found: what the page sees of both."""
    monkeypatch.setattr(lr_finder, "start", lr_finder.fresh)

    def found(config, **more):
        search = lr_finder.fresh(config)
        lrs = np.geomspace(1e-7, 10, 100)
        smooth = 1 - 0.6 * np.exp(-(np.log10(lrs / 0.1) ** 2))
        runs.save_table(
            search.folder, "curve.csv", pd.DataFrame({"lr": lrs, "loss": smooth, "smooth": smooth})
        )
        rates = {"valley": 0.00213, "steep": 0.03, "minimum": 0.01, "slide": 0.2}
        told = {"suggestions": rates, "fall": 0.6, "pictures": 640, "seconds": 12.3} | more
        told = {"data_stamp": summary.stamp(config.data)} | told
        (search.folder / "found.json").write_text(json.dumps(told))
        Job(search.folder).update(state="finished", message="")
        return search

    return found


def test_a_search_for_a_rate_begins_is_found_after_a_reload_and_can_be_stopped(home, searched):
    app = open_page(PAGE)
    assert "Searching" not in texts(app)
    button(app, "Find a learning rate").click().run()
    assert button(app, "Search again").disabled and "Searching for a learning rate" in texts(app)
    app = open_page(PAGE)
    assert not app.exception and "Searching for a learning rate" in texts(app)
    assert button(app, "Search again").disabled
    app.button(key="train_stop_search").click().run()
    assert (lr_finder.look(QUICK[MULTI_LABEL]).folder / STOP).exists()
    assert "Searching" not in texts(open_page(PAGE, batch_size="16"))


@pytest.mark.parametrize("task", TASKS)
def test_a_suggestion_is_one_click_from_the_form_and_the_curve_stays(home, searched, asked, task):
    searched(QUICK[task])
    app = open_page(PAGE, task=task)
    assert "Valley suggests 0.0021" in texts(app)
    button(app, "Use 0.0021 (valley)").click().run()
    assert not app.exception
    assert app.number_input(key="train_lr").value == 0.0021 and app.query_params["lr"] == "0.0021"
    assert "Valley suggests 0.0021" in texts(app) and button(app, "Use 0.0021 (valley)").disabled
    start(app)
    assert asked[-1][0].lr == 0.0021


def test_a_loss_that_hardly_fell_is_told(home, searched):
    searched(QUICK[MULTI_LABEL], fall=0.013)
    assert "fell by only 1.3%" in texts(open_page(PAGE))


def test_a_search_on_data_that_have_changed_since_is_told(home, searched):
    folder = labelled(home / "squares")
    searched(address.config(address.values({"data": str(folder), "recipe": "custom"})))
    assert "has changed since" not in texts(open_page(PAGE, data=str(folder)))
    (folder / "train" / "new.png").write_bytes((folder / "train" / "000.png").read_bytes())
    app = open_page(PAGE, data=str(folder))
    assert "has changed since" in texts(app) and "Valley suggests" in texts(app)


def test_a_search_that_failed_says_why_and_shows_its_log(home, searched):
    search = searched(QUICK[MULTI_LABEL])
    Job(search.folder).update(state="failed", message="There is no folder “x”.")
    (search.folder / "log.txt").write_text("what was printed")
    app = open_page(PAGE)
    assert "There is no folder “x”" in texts(app).replace("\\", "")
    assert any("what was printed" in code.value for code in app.code)
    assert "Valley suggests" not in texts(app) and not app.exception


def test_a_search_whose_record_is_broken_is_one_sentence(home, searched):
    search = searched(QUICK[MULTI_LABEL])
    for broken in ("{", "[]", '{"suggestions": {}}', '{"suggestions": 3}'):
        (search.folder / "found.json").write_text(broken)
        app = open_page(PAGE)
        assert "Search again" in texts(app) and not app.exception
