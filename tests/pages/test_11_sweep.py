"""Page 11: the form asks for the sweep that is started, and a sweep is shown as its folder has it."""

import json

import pytest

from engine.experiments.sweeps import launch
from engine.experiments.sweeps.folder import Sweep, sweeps_folder
from engine.jobs.status import INTERRUPTED, RUNNING, STOPPED
from pages.parts.sweep import fields
from tests.experiments.sweeps.written_sweep import write
from tests.lesson_data import button, open_page, texts
from tests.tiny_data import labelled, pointed, use_as_samples

PAGE = "11_Sweep"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page11")
    return labelled(folder / "squares", count=60), pointed(folder / "points", count=30)


@pytest.fixture(autouse=True)
def home(data, tmp_path, monkeypatch):
    use_as_samples(monkeypatch, *data, own=tmp_path)
    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path / "runs"))


@pytest.fixture
def started(monkeypatch):
    """What was asked for and steered instead of being done."""
    done = []

    def start(config, name):
        done.append((config, name))
        return Sweep(sweeps_folder() / name)

    monkeypatch.setattr(launch, "start", start)
    for action in ("stop", "resume"):
        monkeypatch.setattr(launch, action, lambda sweep, action=action: done.append((action, sweep.name)))
    return done


def test_without_a_sweep_there_is_a_form_and_a_hint(started):
    app = open_page(PAGE)
    assert not app.exception and any("There is no sweep yet" in one.value for one in app.info)
    button(app, "Start the sweep").click().run()
    [(config, name)] = started
    assert name == "my sweep" and dict(config.vary)["lr"] == "0.0005..0.05" and config.trials == 20


def test_the_form_asks_for_what_it_shows(started):
    app = open_page(PAGE)
    app.number_input(key="sweep_trials").set_value(7)
    app.number_input(key="sweep_minutes").set_value(3)
    app.checkbox(key="sweep_pruning").check()
    app.selectbox(key="sweep_sampler").select("random")
    app.multiselect(key="sweep_vary_multi-label_Head only").set_value(["weight_decay", "dropout"]).run()
    app.text_input(key="sweep_dropout_multi-label").set_value("0.1..0.2").run()
    app.text_input(key="sweep_name").set_value("mine")
    button(app, "Start the sweep").click().run()
    [(config, name)] = started
    assert name == "mine" and dict(config.vary) == {"weight_decay": "0.0001..0.1", "dropout": "0.1..0.2"}
    assert (config.trials, config.minutes, config.pruning, config.sampler) == (7, 3, True, "random")


def test_what_cannot_be_run_is_said_and_the_button_is_off(started):
    app = open_page(PAGE)
    app.text_input(key="sweep_lr_multi-label").set_value("fast..slow").run()
    assert "lr should be a number" in app.error[0].value.replace("\\", "")
    assert button(app, "Start the sweep").disabled
    app.text_input(key="sweep_lr_multi-label").set_value("0.001..0.1").run()
    assert not app.error and not button(app, "Start the sweep").disabled
    app.multiselect(key="sweep_loss_multi-label").set_value([]).run()
    assert "loss" in app.error[0].value and button(app, "Start the sweep").disabled
    app.multiselect(key="sweep_vary_multi-label_Head only").set_value([]).run()
    assert "nothing varies" in app.error[0].value


@pytest.mark.parametrize("task", ["single-label", "multi-label", "points"])
@pytest.mark.parametrize("trained", fields.TRAINED)
def test_every_field_that_is_offered_can_vary(task, trained):
    for name in fields.offered(task, trained):
        is_loss = name == "loss"
        vary = {name: ",".join(fields.losses_first(task)) if is_loss else fields.DEFAULTS[name]}
        values = {
            "task": task,
            "data": "sample_data/heads",
            "trained": trained,
            "vary": vary,
            "sampler": "tpe",
        }
        assert fields.sweep_of(values | {"trials": 5, "minutes": 0, "pruning": False, "seed": 0}).dimensions


def test_a_finished_sweep_shows_the_comparison_and_the_charts(data):
    write(sweeps_folder() / "squares", data[0])
    app = open_page(PAGE)
    said = texts(app).replace("\\", "")
    assert not app.exception and "within seed noise" in said and "Trial 2 was best" in said
    assert "learning rate **0.01**" in said
    kinds = [json.loads(chart.proto.spec)["data"][0]["type"] for chart in app.get("plotly_chart")]
    assert sorted(kinds) == ["bar", "parcoords", "scatter", "scatter"]
    [link] = [link for link in app.main.get("page_link") if "export" in link.proto.label]
    assert "run=squares" in link.proto.query_string and "show=Export" in link.proto.query_string
    phone = said.partition("Best first")[2]
    assert "<th>mean average precision</th><th>learning rate</th><th>loss</th>" in phone
    assert "<th>Trial 2</th><td>0.8</td><td>0.01</td><td>ASL</td>" in phone
    app.selectbox(key="sweep_setting").select("loss").run()
    assert not app.exception


def test_a_running_sweep_can_be_stopped_and_an_ended_one_continued_or_deleted(data, started):
    sweep = write(sweeps_folder() / "squares", data[0], RUNNING, {})
    app = open_page(PAGE)
    app.button(key="sweep_stop").click().run()
    assert started == [("stop", "squares")]
    for state in (STOPPED, INTERRUPTED):
        sweep.update(state=state)
        app = open_page(PAGE)
        app.button(key="sweep_continue").click().run()
        assert started.pop() == ("resume", "squares")
    app.button(key="sweep_delete").click().run()
    assert not app.exception and not sweep.folder.exists()
