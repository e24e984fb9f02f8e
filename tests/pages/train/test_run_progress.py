"""Train: a run is watched, stopped, resumed, renamed, deleted, and offered as code."""

import re
import time
from html import unescape

import pandas as pd
import pytest

from engine import runs
from engine.data import formats
from engine.export import fastai_script
from engine.jobs.job import Job
from engine.jobs.status import Progress
from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS
from engine.training import launch
from tests.lesson_data import button, chart, identity, point_app_at, texts
from tests.pages.train.form_data import PAGE, open_page, own, start
from tests.tiny_data import labelled, pointed

TINY = {"weights": "none", "size": 32, "batch_size": 8, "hidden": 16, "device": "cpu"}


def test_a_started_run_is_watched_and_stands_in_the_address(home, asked):
    app = start(open_page(PAGE))
    assert app.selectbox(key="train_run").value == "my run"
    assert app.query_params["run"] == "my run"
    again = open_page(PAGE, run="my run")
    assert "**my run** is **queued**" in texts(again)


@pytest.mark.parametrize(
    ("state", "message", "says"),
    [
        ("queued", "waiting for first", r"Waiting in the queue at position 2\, behind first\."),
        ("stopped", "stopped in epoch 3", "**mine** was **stopped** in epoch 3"),
        ("failed", "The disk is full.", r"**mine** has **failed**: The disk is full\."),
    ],
)
def test_how_a_run_stands_is_one_sentence(home, state, message, says):
    Job(own(home, "mine").folder).update(state=state, message=message)
    app = open_page(PAGE, run="mine")
    assert not app.exception
    assert says in texts(app) + " ".join(error.value for error in app.error)


@pytest.mark.waits
@pytest.mark.parametrize(("task", "make"), [(MULTI_LABEL, labelled), (POINTS, pointed)])
def test_a_run_is_trained_watched_stopped_and_resumed(home, task, make):
    data = make(home / "data")
    address = {name: str(value) for name, value in TINY.items()}
    app = open_page(PAGE, task=task, data=str(data), epochs="400", freeze_epochs="0", **address)
    app.text_input(key="train_name").set_value("mine")
    start(app)
    run = Run(home / "own" / "mine")
    _wait(lambda: len(run.history) >= 1)
    app.run()
    assert not app.exception and "is **running**" in texts(app)
    button(app, "Stop").click().run()
    _wait(lambda: run.state == "stopped")
    app.run()
    epoch = int(run.watched["epoch"].max())
    assert f"validation images after epoch {epoch}" in texts(app)
    assert texts(app).count('<img src="data:image/jpeg') == min(6, len(run.watched.query("epoch == @epoch")))
    assert any(box.value for box in (*app.success, *app.warning, *app.info))
    assert chart(app).data[0].y.size > 0
    seen = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launch, "resume", lambda one: seen.append(one.name))
        button(app, "Resume").click().run()
    assert seen == ["mine"] and not app.exception


def _wait(holds, seconds=150):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.1)


def test_a_run_is_renamed_and_deleted_only_when_sure(home):
    own(home, "old")
    app = open_page(PAGE, show="Runs")
    app.text_input(key="train_new_name_old").set_value("new").run()
    button(app, "Rename").click().run()
    assert [folder.name for folder in (home / "own").iterdir()] == ["new"]
    assert button(app, "Delete for good").disabled
    app.checkbox(key="train_sure_new").check().run()
    button(app, "Delete for good").click().run()
    assert not app.exception and list((home / "own").iterdir()) == []


def test_the_measure_of_a_run_stands_beside_doing_nothing(home):
    run = own(home, "mine")
    table = runs.images_table(formats.load(home / "scenes", MULTI_LABEL).table)
    runs.save_table(run.folder, "pictures.csv", table)
    history = pd.DataFrame({"epoch": [1], "valid_loss": [0.3], "accuracy_multi": [0.8]})
    runs.save_table(run.folder, "history.csv", history)
    app = open_page(PAGE, run="mine")
    assert chart(app, 1).layout.shapes[0].y0 == 0.5
    assert "accuracy\\_multi is 0.8 after epoch 1; predicting nothing has 0.5" in texts(app)


def test_a_run_is_offered_as_code(home):
    run = own(home, "mine")
    app = open_page(PAGE, run="mine")
    assert not app.exception and "has no pictures" in texts(app)
    table = runs.images_table(formats.load(home / "scenes", MULTI_LABEL).table)
    runs.save_table(run.folder, "pictures.csv", table)
    app = open_page(PAGE, run="mine")
    assert not app.exception
    offered = [one.proto.label for one in app.get("download_button")]
    assert offered == ["Download the script", "pictures.csv"]
    assert fastai_script.of_run(run) in [
        unescape(re.sub(r"<[^>]+>", "", text)).strip("\n") + "\n" for text in _codes(app)
    ]


def test_code_that_is_open_stays_open_when_the_run_ends(home):
    run = own(home, "mine")
    run.job.update(state="running")
    app = open_page(PAGE, run="mine")
    before = identity(app, "train_code")
    run.job.update(state="finished")
    app.run()
    assert "is **finished**" in texts(app) and identity(app, "train_code") == before


def _codes(app) -> list[str]:
    html = [one.proto.body for one in app.get("html") if '<pre class="code"' in one.proto.body]
    return [text.partition("<pre")[2].partition(">")[2] for text in html]


def test_without_any_run_the_page_still_opens(tmp_path, monkeypatch):
    point_app_at(tmp_path, monkeypatch)
    app = open_page(PAGE)
    assert not app.exception and "There is no run yet" in texts(app)


@pytest.mark.parametrize("state", ["failed", "interrupted"])
def test_a_run_that_ended_badly_shows_why_with_its_log_open(home, state):
    run = own(home, "bad")
    (run.folder / "log.txt").write_text("first\rlast words\n")
    Job(run.folder).update(state=state, message="it was so")
    app = open_page(PAGE, run="bad")
    assert any(f"**{state}**: it was so" in error.value for error in app.error)
    log = next(one for one in app.expander if one.label == "Log")
    assert log.proto.expanded and log.code[0].value == "last words"
    assert button(app, "Resume")
    (run.folder / "history.csv").unlink()
    assert button(open_page(PAGE, run="bad"), "Try again")


def test_a_download_says_how_many_bytes_arrived(home):
    run = own(home, "mine")
    Job(run.folder).update(state="running", message="downloading pascal_2007")
    run.job.update(progress=Progress("downloading pascal_2007", 0.25, 0.0, 60.0), details={"size_mb": 1638.0})
    app = open_page(PAGE, run="mine")
    bars = [one.proto.text.replace("\\", "") for one in app.get("progress")]
    assert bars == ["downloading pascal_2007, 25% (410 of 1,638 MB), about 3 min left"]
