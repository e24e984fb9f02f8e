"""Train: Quick and Better show a simple form with an estimate; a Quick run shows its verdict and what it tried."""

import pytest

from engine import paths, runs
from engine.config import BETTER, QUICK, TrainConfig
from engine.jobs.progress import Listener
from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from engine.training import launch, trainer
from pages.parts.train import address as train_address
from tests.lesson_data import button, open_page, texts
from tests.tiny_data import labelled, pointed

PAGE = "7_Train"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))
    return labelled(tmp_path / "squares", count=30)


@pytest.fixture
def asked(monkeypatch):
    """The configurations that the page asks to be trained."""
    seen = []

    def start(config, name):
        seen.append(config)
        return runs.create(config, paths.runs_folder() / name)

    monkeypatch.setattr(launch, "start", start)
    return seen


@pytest.mark.parametrize("recipe", [QUICK, BETTER])
def test_a_simple_form_starts_a_run_on_the_photograph_backbone(folder, asked, recipe):
    app = open_page(PAGE, recipe=recipe, data=str(folder))
    assert not app.exception
    assert "on two CPU cores" in texts(app) and not any(n.key == "train_epochs" for n in app.number_input)
    button(app, "Start training").click().run()
    assert asked == [TrainConfig(MULTI_LABEL, str(folder), recipe=recipe)]
    assert asked[0].weights == "photographs"


def test_points_explain_the_grid(folder):
    app = open_page(PAGE, task=POINTS, recipe=QUICK)
    assert "grid of features" in texts(app) and not app.exception


@pytest.mark.parametrize(
    ("address", "recipe"),
    [
        ({}, QUICK),
        ({"epochs": "3"}, "custom"),
        ({"recipe": "better", "epochs": "3"}, BETTER),
        ({"recipe": "nonsense"}, QUICK),
    ],
)
def test_a_link_with_epochs_means_custom(address, recipe):
    assert train_address.values(address)["recipe"] == recipe


@pytest.mark.parametrize("task", [SINGLE_LABEL, MULTI_LABEL, POINTS])
def test_a_finished_quick_run_shows_its_verdict_first(folder, tmp_path, task):
    data = pointed(tmp_path / "points") if task == POINTS else folder
    trainer.train(TrainConfig(task, str(data), size=64), paths.runs_folder() / "mine", Listener())
    app = open_page(PAGE, run="mine")
    assert not app.exception
    shown = [box.value.replace("\\", "") for box in (*app.success, *app.warning, *app.info)]
    assert Run(paths.runs_folder() / "mine").metrics["verdict"] in shown
    assert len(app.get("plotly_chart")) >= 1
