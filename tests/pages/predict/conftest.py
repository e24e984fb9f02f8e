"""Runs and the page for the tests of Your pictures."""

import pytest
from streamlit.testing.v1 import AppTest

from engine import paths
from engine.inference import predict
from tests.lesson_data import APP
from tests.pages.predict.files import PAGE
from tests.tiny_runs import all_three


@pytest.fixture(scope="package")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page8")
    return folder / "runs", all_three(folder)


@pytest.fixture(scope="package")
def models(made):

    return {task: predict.load(run) for task, run in made[1].items()}


@pytest.fixture
def page(made, monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "BUNDLED_RUNS", made[0])
    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path))
    app = AppTest.from_file(APP, default_timeout=180).switch_page(PAGE)
    app.query_params["from"] = "Your runs"
    return app
