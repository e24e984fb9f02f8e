"""Lesson 5 with a small run, after its guess."""

import pytest
from streamlit.testing.v1 import AppTest

from engine import paths
from tests.pages.head_centre.lesson import PAGE
from tests.tiny_runs import all_three


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lesson5")
    return folder / "runs", all_three(folder)["points"]


@pytest.fixture
def page(made, monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "BUNDLED_RUNS", made[0])
    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path))
    app = AppTest.from_file(PAGE, default_timeout=180)
    app.session_state["progress_marks"] = {f"5.guess.{kind}": -1 for kind in ("drawings", "photographs")}
    return app
