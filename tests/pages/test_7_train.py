"""Train: what the form holds is one configuration and stands in the address; a run is watched, steered, compared."""

import json
import re
import time
from html import unescape

import numpy as np
import pandas as pd
import pytest

from engine import paths, runs
from engine.config import TrainConfig
from engine.data import formats, library, summary
from engine.data.downloads import catalog
from engine.export import fastai_script
from engine.jobs.job import STOP, Job
from engine.jobs.status import Progress
from engine.runs import Run
from engine.runs.disagreements import disagreements
from engine.runs.published_results import REFERENCES
from engine.tasks import CROP, LOSSES, MULTI_LABEL, POINTS, SINGLE_LABEL, TASKS
from engine.training import launch, lr_finder, optional_deps
from engine.training.presets import QUICK, TEXT
from pages.parts.train import address as train_address
from pages.parts.train import chapter as train_chapter
from pages.parts.train import disagreements as train_disagreements
from tests.lesson_data import button, chart, point_app_at, texts, write_all, write_run
from tests.lesson_data import open_page as open_any_page
from tests.shown_code import shown_code
from tests.tiny_data import labelled, pointed

PAGE = "7_Train"


def open_page(name: str, **address: str):
    """The page with the whole form, which the recipe Custom shows."""
    return open_any_page(name, **({"recipe": "custom"} | address))


TINY = {"weights": "none", "size": 32, "batch_size": 8, "hidden": 16, "device": "cpu"}


@pytest.fixture
def home(tmp_path, monkeypatch):
    write_all(tmp_path)
    point_app_at(tmp_path, monkeypatch)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture
def asked(monkeypatch):
    """What the page asks to be trained, instead of a process: (configuration, name)."""
    seen = []

    def start(config, name):
        seen.append((config, name))
        return runs.create(config, paths.runs_folder() / name)

    monkeypatch.setattr(launch, "start", start)
    return seen


def _start(app):
    return button(app, "Start training").click().run()


def _own(home, name, seed=1, **changes) -> Run:
    run = write_run(home / "own" / name, home / "scenes", seed=seed)
    config = TrainConfig(MULTI_LABEL, str(home / "scenes"), **changes)
    (run.folder / "config.json").write_text(config.to_json())
    return Run(run.folder)


@pytest.mark.parametrize("task", TASKS)
def test_a_task_begins_with_its_quick_preset(home, asked, task):
    app = _start(open_page(PAGE, task=task))
    assert not app.exception
    assert asked == [(QUICK[task], "my run")]


def test_a_link_of_the_race_chooses_task_and_loss(home, asked):
    for task in (MULTI_LABEL, POINTS):
        for loss in LOSSES[task]:
            _start(open_page(PAGE, task=task, loss=loss))
            assert (asked[-1][0].task, asked[-1][0].loss) == (task, loss)


def test_the_whole_form_goes_through_the_address(home, asked):
    first = open_page(PAGE, task=POINTS)
    first.number_input(key="train_lr").set_value(0.02)
    first.text_input(key="train_y_range").set_value("-1.5, 1.5")
    first.checkbox(key="train_augment").set_value(True)
    first.selectbox(key="train_loss").set_value("huber").run()
    address = dict(first.query_params.items())
    _start(open_page(PAGE, **address))
    _start(first)
    assert asked[0] == asked[1]
    assert (asked[0][0].lr, asked[0][0].y_range, asked[0][0].augment) == (0.02, (-1.5, 1.5), True)


def test_pictures_may_be_cropped_for_labels(home, asked):
    app = open_page(PAGE, task=MULTI_LABEL)
    app.selectbox(key="train_resize").set_value(CROP).run()
    _start(open_page(PAGE, **dict(app.query_params.items())))
    assert asked[0][0].resize == CROP


@pytest.mark.parametrize("preset", TEXT, ids=lambda one: one.title)
def test_the_texts_recipes_fill_the_form(home, asked, preset):
    app = button(open_page(PAGE), preset.title).click().run()
    _start(app)
    assert asked[0][0] == preset.config


def test_the_texts_recipes_are_the_texts():
    labels, points = (preset.config for preset in TEXT)
    assert (labels.arch, labels.weights, labels.size, labels.threshold) == ("resnet50", "imagenet", 128, 0.2)
    assert (labels.freeze_epochs, labels.epochs, labels.lr) == (4, 3, 3e-3)
    assert (points.arch, points.freeze_epochs, points.epochs, points.lr) == ("resnet18", 1, 3, 1e-2)


def test_only_what_fits_the_task_is_shown(home):
    shown = {}
    for task in TASKS:
        app = open_page(PAGE, task=task)
        fields = {one.key for one in [*app.number_input, *app.text_input, *app.selectbox]}
        shown[task] = tuple(f"train_{name}" in fields for name in ("threshold", "resize", "y_range"))
    assert shown == {
        SINGLE_LABEL: (False, True, False),
        MULTI_LABEL: (True, True, False),
        POINTS: (False, False, True),
    }
    app = open_page(PAGE, task=POINTS, threshold="0.3", loss="focal")
    assert app.selectbox(key="train_loss").value == LOSSES[POINTS][0]
    assert not app.exception and "threshold" not in app.query_params


def test_changing_the_task_brings_its_own_values(home, asked):
    app = open_page(PAGE, loss="focal", lr="0.5")
    app.selectbox(key="train_task").set_value(POINTS).run()
    _start(app)
    assert not app.exception and asked[0][0] == QUICK[POINTS]


def test_everything_wrong_is_said_at_once_and_nothing_starts(home, asked):
    app = open_page(PAGE, size="2", lr="100", arch="resnet50", epochs="nonsense")
    said = app.error[0].value.replace("\\", "")
    for part in ("size should be 16 to 1024", "lr should be", "the weights drawings are for resnet18 only"):
        assert part in said
    assert button(app, "Start training").disabled and not app.exception


def test_a_range_that_is_no_numbers_is_one_sentence(home):
    app = open_page(PAGE, task=POINTS, y_range="left to right")
    assert "two numbers" in app.error[0].value and not app.exception


def test_a_name_that_is_no_folders_name_is_one_sentence(home):
    app = open_page(PAGE)
    app.text_input(key="train_name").set_value("../up")
    _start(app)
    assert "cannot be called" in app.error[0].value.replace("\\", "") and not app.exception


def test_a_started_run_is_watched_and_stands_in_the_address(home, asked):
    app = _start(open_page(PAGE))
    assert app.selectbox(key="train_run").value == "my run"
    assert app.query_params["run"] == "my run"
    again = open_page(PAGE, run="my run")
    assert "**my run** is **queued**" in texts(again)


@pytest.mark.parametrize(
    ("state", "message", "says"),
    [
        ("queued", "waiting for first", "**mine** is **queued**: waiting for first"),
        ("stopped", "stopped in epoch 3", "**mine** is **stopped** in epoch 3"),
        ("failed", "The disk is full.", r"**mine** is **failed**: The disk is full\."),
    ],
)
def test_how_a_run_stands_is_one_sentence(home, state, message, says):
    Job(_own(home, "mine").folder).update(state=state, message=message)
    app = open_page(PAGE, run="mine")
    assert not app.exception
    assert says in texts(app) + " ".join(error.value for error in app.error)


@pytest.mark.parametrize(("task", "make"), [(MULTI_LABEL, labelled), (POINTS, pointed)])
def test_a_run_is_trained_watched_stopped_and_resumed(home, task, make):
    data = make(home / "data")
    address = {name: str(value) for name, value in TINY.items()}
    app = open_page(PAGE, task=task, data=str(data), epochs="400", freeze_epochs="0", **address)
    app.text_input(key="train_name").set_value("mine")
    _start(app)
    run = Run(home / "own" / "mine")
    _wait(lambda: len(run.history) >= 1)
    app.run()
    assert not app.exception and "is **running**" in texts(app)
    button(app, "Stop").click().run()
    _wait(lambda: run.state == "stopped")
    app.run()
    epoch = int(run.watched["epoch"].max())
    assert f"validation pictures after epoch {epoch}" in texts(app)
    assert texts(app).count('<img src="data:image/jpeg') == min(6, len(run.watched.query("epoch == @epoch")))
    assert any(box.value for box in (*app.success, *app.warning))
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
    _own(home, "old")
    app = open_page(PAGE)
    app.text_input(key="train_new_name_old").set_value("new").run()
    button(app, "Rename").click().run()
    assert [folder.name for folder in (home / "own").iterdir()] == ["new"]
    assert button(app, "Delete for good").disabled
    app.checkbox(key="train_sure_new").check().run()
    button(app, "Delete for good").click().run()
    assert not app.exception and list((home / "own").iterdir()) == []


def test_two_runs_are_laid_over_each_other_with_what_differs(home):
    for name, lr, values in (("slow", 1e-3, [0.5, 0.4]), ("fast", 5e-3, [0.4, 0.1])):
        run = _own(home, name, lr=lr)
        runs.save_table(
            run.folder,
            "history.csv",
            pd.DataFrame({"epoch": [1, 2], "train_loss": values, "valid_loss": values}),
        )
    app = open_page(PAGE)
    app.multiselect(key="compare").set_value(["slow", "fast"]).run()
    assert not app.exception
    figure = chart(app, -1)
    assert {trace.name: list(trace.y) for trace in figure.data[:2]} == {
        "slow": [0.5, 0.4],
        "fast": [0.4, 0.1],
    }
    assert list(figure.data[2].y) == REFERENCES[MULTI_LABEL].history["valid_loss"].tolist()
    assert "fast ends lowest" in texts(app)
    table = texts(app).rpartition("<th>lr</th>")[2]
    assert table.startswith("<td>0.001</td><td>0.005</td>") and "<th>task</th>" not in texts(app)


def test_a_run_named_like_a_bundled_one_is_compared_with_it(home):
    _own(home, MULTI_LABEL, lr=5e-3)
    app = open_page(PAGE)
    app.multiselect(key="compare").set_value([f"{MULTI_LABEL} (bundled)", MULTI_LABEL]).run()
    assert not app.exception
    assert texts(app).rpartition("<th>lr</th>")[2].startswith("<td>0.003</td><td>0.005</td>")


def _shown_names(app) -> list[str]:
    return app.dataframe[0].value["run"].tolist()


def test_the_table_has_no_holes_and_is_filtered_from_the_address(home):
    _own(home, "focal one", loss="focal")
    _own(home, "other", lr=1e-2)
    (_own(home, "stopped", arch="resnet34", weights="none").folder / "status.json").write_text(
        '{"state": "stopped"}'
    )
    app = open_page(PAGE)
    assert not app.exception and len(_shown_names(app)) == 5
    assert not app.dataframe[0].value.isna().all().any()
    app.selectbox(key="runs_state").set_value("stopped").run()
    assert _shown_names(app) == ["stopped"]
    app = open_page(PAGE, runs_task=SINGLE_LABEL, runs_state="no such state")
    assert _shown_names(app) == [f"{SINGLE_LABEL} (bundled)"]
    app = open_page(PAGE, runs_search="focal ONE")
    assert _shown_names(app) == ["focal one"]
    app.text_input(key="runs_search").set_value("no such thing").run()
    assert "No run is like that" in texts(app) and not app.exception


def test_where_runs_disagree_is_shown_most_different_first(home, monkeypatch):
    monkeypatch.setattr(train_disagreements, "A_PAGE", 3)
    runs_ = [_own(home, "first", seed=1), _own(home, "second", seed=2)]
    found = disagreements(runs_)
    differing = int(found.flips.any(axis=1).sum())
    assert differing > 3
    app = open_page(PAGE)
    app.multiselect(key="compare").set_value(["first", "second"]).run()
    said = texts(app)
    assert not app.exception and f"They label {differing} of 16 pictures differently" in said
    right = found.right_where_flipped
    assert f"**A** {right[0]} times, **B** {right[1]} times" in said
    gallery = said.rpartition('<div class="disagree">')[2]
    shown = re.findall(r'alt="([^"]+)"', gallery)
    assert shown == [name.rpartition("/")[2] for name in found.fnames[:3]]
    button(app, "more").click().run()
    gallery = texts(app).rpartition('<div class="disagree">')[2]
    assert len(re.findall(r'alt="([^"]+)"', gallery)) == min(6, differing)


def test_runs_that_answer_alike_say_so(home):
    for name in ("first", "second"):
        _own(home, name)
    app = open_page(PAGE)
    app.multiselect(key="compare").set_value(["first", "second"]).run()
    assert "They give the same labels to all 16 pictures" in texts(app) and not app.exception


def test_a_picture_that_is_gone_is_told_in_its_place(home):
    for seed, name in enumerate(("first", "second")):
        _own(home, name, seed=seed)
    for picture in (home / "scenes" / "train").iterdir():
        picture.unlink()
    app = open_page(PAGE)
    app.multiselect(key="compare").set_value(["first", "second"]).run()
    assert "is gone" in texts(app) and not app.exception


def test_runs_of_two_tasks_are_compared_by_what_they_share(home):
    app = open_page(PAGE)
    app.multiselect(key="compare").set_value(
        [f"{task} (bundled)" for task in (MULTI_LABEL, SINGLE_LABEL)]
    ).run()
    assert not app.exception and "choose runs of one task" in texts(app)


def test_three_runs_with_figures_are_drawn_by_their_settings(home):
    for name, lr, reached in (("a", 1e-3, 0.91), ("b", 1e-2, 0.97), ("c", 1e-4, 0.9)):
        run = _own(home, name, lr=lr)
        figures = {"accuracy_multi": reached, "do_nothing_accuracy": 0.9, "seconds": 3.0}
        (run.folder / "metrics.json").write_text(json.dumps(figures))
    app = open_page(PAGE)
    app.multiselect(key="compare").set_value(["a"]).run()
    assert not app.exception and "b has the highest accuracy_multi of 3 runs: 0.97" in texts(app).replace(
        "\\", ""
    )
    axes = chart(app, -1).data[0].dimensions
    assert [axis.label for axis in axes] == ["lr (log)", "accuracy_multi"]


def test_the_measure_of_a_run_stands_beside_doing_nothing(home):
    run = _own(home, "mine")
    table = runs.pictures_table(formats.load(home / "scenes", MULTI_LABEL).table)
    runs.save_table(run.folder, "pictures.csv", table)
    history = pd.DataFrame({"epoch": [1], "valid_loss": [0.3], "accuracy_multi": [0.8]})
    runs.save_table(run.folder, "history.csv", history)
    app = open_page(PAGE, run="mine")
    assert chart(app, 1).layout.shapes[0].y0 == 0.5
    assert "accuracy\\_multi is 0.8 after epoch 1; predicting nothing has 0.5" in texts(app)


def test_a_run_is_offered_as_code(home):
    run = _own(home, "mine")
    app = open_page(PAGE, run="mine")
    assert not app.exception and "has no pictures" in texts(app)
    table = runs.pictures_table(formats.load(home / "scenes", MULTI_LABEL).table)
    runs.save_table(run.folder, "pictures.csv", table)
    app = open_page(PAGE, run="mine")
    assert not app.exception
    offered = [one.proto.label for one in app.get("download_button")]
    assert offered == ["Download the script", "pictures.csv"]
    assert fastai_script.of_run(run) in [
        unescape(re.sub(r"<[^>]+>", "", text)).strip("\n") + "\n" for text in _codes(app)
    ]


def _codes(app) -> list[str]:
    html = [one.proto.body for one in app.get("html") if '<pre class="code"' in one.proto.body]
    return [text.partition("<pre")[2].partition(">")[2] for text in html]


def test_without_any_run_the_page_still_opens(tmp_path, monkeypatch):
    point_app_at(tmp_path, monkeypatch)
    app = open_page(PAGE)
    assert not app.exception and "There is no run yet" in texts(app)


@pytest.mark.parametrize("task", TASKS)
def test_the_code_compiles_and_holds_what_is_asked(home, task):
    for loss in LOSSES[task]:
        code = shown_code(open_page(PAGE, task=task, loss=loss, lr="0.0123"))
        compile(code, "shown", "exec")
        assert "0.0123" in code and "vision_learner" in code


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
    assert button(app, "Find again").disabled and "Searching for a learning rate" in texts(app)
    app = open_page(PAGE)
    assert not app.exception and "Searching for a learning rate" in texts(app)
    assert button(app, "Find again").disabled
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
    _start(app)
    assert asked[-1][0].lr == 0.0021


def test_a_loss_that_hardly_fell_is_told(home, searched):
    searched(QUICK[MULTI_LABEL], fall=0.013)
    assert "fell by only 1.3%" in texts(open_page(PAGE))


def test_a_search_on_data_that_have_changed_since_is_told(home, searched):
    folder = labelled(home / "squares")
    searched(train_address.config(train_address.values({"data": str(folder), "recipe": "custom"})))
    assert "has changed since" not in texts(open_page(PAGE, data=str(folder)))
    (folder / "train" / "new.png").write_bytes((folder / "train" / "000.png").read_bytes())
    app = open_page(PAGE, data=str(folder))
    assert "has changed since this was found" in texts(app) and "Valley suggests" in texts(app)


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
        assert "find again" in texts(app) and not app.exception


def test_the_form_says_at_once_what_the_data_hold_and_what_to_beat(home):
    app = open_page(PAGE)
    said = texts(app).replace("\\", "")
    assert "640 pictures for training and 160 for validation, with 12 labels: bear" in said
    assert "accuracy_multi **0.8771** (never says any label" in said


@pytest.mark.parametrize("data", ["/no/such/place", "README.md", "sample_data/heads", "<b>*no*</b>"])
def test_data_that_cannot_be_trained_on_is_said_and_nothing_starts(home, asked, data):
    app = open_page(PAGE, data=data)
    assert not app.exception and "cannot be trained on" in app.error[0].value
    assert data.strip("/").rpartition("/")[2] in app.error[0].value.replace("\\", "")
    assert button(app, "Start training").disabled and button(app, "Find a learning rate").disabled


def test_all_problems_of_a_data_set_come_together(home):
    folder = labelled(home / "squares")
    for name in ("003.png", "004.png"):
        (folder / "train" / name).unlink()
    (folder / "train.csv").write_text((folder / "train.csv").read_text() + "001.png,red,True\n")
    app = open_page(PAGE, data=str(folder))
    said = app.error[0].value.replace("\\", "")
    assert "003.png, 004.png" in said and "001.png (2 times)" in said
    (folder / "train.csv").unlink()
    assert "has no" in app.run().error[0].value or "folder for each class" in app.error[0].value


def test_what_was_brought_can_be_chosen_by_its_name(home, asked, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(home / "shelf"))
    one = library.add("My <squares>", MULTI_LABEL, elsewhere=labelled(home / "squares"))
    library.add("points of mine", POINTS, elsewhere=pointed(home / "points"))
    app = open_page(PAGE)
    field = app.selectbox(key="train_data")
    assert "My <squares> (your data)" in field.options and "points of mine (your data)" not in field.options
    field.set_value(str(one.data_path)).run()
    assert not app.exception and "16 pictures for training" in texts(app)
    assert app.query_params["data"] == str(one.data_path)
    _start(app)
    assert asked[0][0].data == str(one.data_path)


def test_weights_that_must_be_downloaded_are_told_with_what_to_choose_instead(home, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    app = button(open_page(PAGE), TEXT[0].title).click().run()
    said = texts(app).replace("\\", "")
    assert (
        "ImageNet's weights for resnet50 are not on this machine yet" in said
        and "choose the weights photographs" in said
    )
    app.selectbox(key="train_weights").set_value("none").run()
    assert "ImageNet's weights" not in texts(app).replace("\\", "") and not app.error


def test_a_random_body_is_never_frozen(home, asked):
    app = button(open_page(PAGE, data="sample_data/scenes"), TEXT[0].title).click().run()
    app.selectbox(key="train_data").set_value("sample_data/scenes")
    app.selectbox(key="train_weights").set_value("none").run()
    _start(app)
    config = asked[0][0]
    assert (config.arch, config.weights, config.freeze_epochs, config.epochs) == ("resnet50", "none", 0, 7)


def test_tensorboard_is_asked_for_and_missed_in_one_sentence(home, asked, monkeypatch):
    monkeypatch.setattr(optional_deps.importlib.util, "find_spec", lambda name: None)
    app = open_page(PAGE)
    app.checkbox(key="train_tensorboard").check().run()
    assert [error.value for error in app.error] == [optional_deps.NO_TENSORBOARD]
    assert button(app, "Start training").disabled and app.query_params["tensorboard"] == "yes"
    monkeypatch.setattr(optional_deps.importlib.util, "find_spec", lambda name: object())
    _start(open_page(PAGE, tensorboard="yes"))
    assert asked[0][0].tensorboard is True


@pytest.mark.parametrize("state", ["failed", "interrupted"])
def test_a_run_that_ended_badly_shows_why_with_its_log_open(home, state):
    run = _own(home, "bad")
    (run.folder / "log.txt").write_text("first\rlast words\n")
    Job(run.folder).update(state=state, message="it was so")
    app = open_page(PAGE, run="bad")
    assert any("is **" + state + "**: it was so" in error.value for error in app.error)
    log = next(one for one in app.expander if one.label == "Log")
    assert log.proto.expanded and log.code[0].value == "last words"
    assert button(app, "Resume")
    (run.folder / "history.csv").unlink()
    assert button(open_page(PAGE, run="bad"), "Try again")


@pytest.fixture
def no_downloads(home, monkeypatch):
    monkeypatch.setenv("FASTAI_HOME", str(home / "fastai"))
    monkeypatch.setattr(train_chapter, "free_bytes", lambda folder: 50e9)
    return home


def test_the_books_photographs_say_their_cost_first_and_start_with_one_click(no_downloads, asked):
    app = open_page(PAGE)
    said = texts(app)
    assert (
        "Downloads 1.6 GB: about 3 minutes at 80 Mbit/s. Needs 4.9 GB of disk space; 50.0 GB are free" in said
    )
    assert "Trains with the recipe Quick: about 2 minutes on two CPU cores" in said
    app.button(key="train_chapter_biwi_head_pose").click().run()
    assert not app.exception
    assert asked == [(TrainConfig(POINTS, "biwi_head_pose"), "biwi_head_pose")]
    assert app.query_params["run"] == "biwi_head_pose"
    assert not [one for one in app.button if one.key == "train_chapter_biwi_head_pose"]


def test_the_books_photographs_need_disk_space(no_downloads, monkeypatch):
    monkeypatch.setattr(train_chapter, "free_bytes", lambda folder: 3e9)
    app = open_page(PAGE)
    assert app.button(key="train_chapter_pascal_2007").disabled
    assert not app.button(key="train_chapter_biwi_head_pose").disabled


def test_the_books_photographs_without_a_network_are_one_sentence(no_downloads, monkeypatch):
    monkeypatch.setitem(catalog.URLS, "pascal_2007", "http://127.0.0.1:9/pascal_2007.tgz")
    app = open_page(PAGE)
    app.button(key="train_chapter_pascal_2007").click().run()
    assert not app.exception and "its server cannot be reached: connect to a network" in texts(app).replace(
        "\\", ""
    )
    assert not (no_downloads / "own").exists()


def test_a_download_says_how_many_bytes_arrived(home):
    run = _own(home, "mine")
    Job(run.folder).update(state="running", message="downloading pascal_2007")
    run.job.update(progress=Progress("downloading pascal_2007", 0.25, 0.0, 60.0), details={"size_mb": 1638.0})
    app = open_page(PAGE, run="mine")
    bars = [one.proto.text.replace("\\", "") for one in app.get("progress")]
    assert bars == ["downloading pascal_2007, 25% (410 of 1,638 MB), about 3 min left"]


def test_a_finished_run_on_the_books_photographs_links_to_its_lesson(no_downloads):
    run = _own(no_downloads, "mine")
    (run.folder / "config.json").write_text(
        TrainConfig(MULTI_LABEL, str(paths.download_folder("pascal_2007"))).to_json()
    )
    app = open_page(PAGE)
    links = [one.proto for one in app.get("page_link")]
    assert any("Threshold" in link.label and "mine" in link.label for link in links)


def test_quick_says_which_backbone_generated_samples_use_and_keeps_the_resize_method(
    home, asked, monkeypatch
):
    monkeypatch.setattr(paths, "SCENES", paths.ROOT / "sample_data" / "scenes")
    app = open_any_page(PAGE)
    assert "Generated samples use a backbone trained on drawings" in texts(app)
    app.selectbox(key="train_resize").set_value(CROP).run()
    _start(app)
    assert (asked[0][0].recipe, asked[0][0].resize) == ("quick", CROP)
    photographs = open_any_page(PAGE, data=str(labelled(home / "squares")))
    assert "Generated samples" not in texts(photographs) and not photographs.exception
