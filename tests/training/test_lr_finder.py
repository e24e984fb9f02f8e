"""The search for a learning rate: fastai's own figures, kept by what was asked, and one sentence where it fails."""

import json
import math
import time

import numpy as np
import pytest
import torch
from fastai.callback.schedule import minimum, slide, steep, valley

from engine.__main__ import main
from engine.config import TrainConfig
from engine.data.formats import DatasetError, load
from engine.jobs.job import STOP, Job
from engine.jobs.progress import Listener
from engine.jobs.status import ACTIVE
from engine.tasks import TASKS
from engine.training import commands, fastai_backend, fastai_session, lr_finder, lr_search
from engine.training.fastai_backend import LearnerError, lr_find
from engine.training.fastai_backend.fit import EpochSeeds
from engine.training.lr_finder import RULES, Search
from engine.training.run_logger import Stopped
from tests.tiny_data import labelled, last_json, pointed

TINY = {"arch": "test_resnet", "weights": "none", "size": 32, "batch_size": 8, "hidden": 16, "device": "cpu"}
FLAGS = [part for name, it in TINY.items() for part in (f"--{name.replace('_', '-')}", str(it))]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    squares = labelled(folder / "squares")
    return {"single-label": squares, "multi-label": squares, "points": pointed(folder / "points")}


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    return tmp_path / "cache" / "learning_rates"


@pytest.fixture(autouse=True, scope="module")
def _one_thread():
    """Networks as small as these lose time on every further thread."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def short(monkeypatch):
    """A search of 40 batches instead of 100."""
    monkeypatch.setattr(lr_find, "TRIALS", 40)


def _config(data, task="multi-label", **changes):
    return TrainConfig(task, str(data[task]), **(TINY | changes))


def _find(config, listener=None):
    return lr_search.find(lr_finder.fresh(config).folder, listener or Listener())


@pytest.mark.parametrize("task", TASKS)
def test_curve_and_suggestions_are_fastais(data, task, short):
    config = lr_finder.question(_config(data, task))
    found = _find(config)
    dataset = load(data[task], task)
    learn = fastai_session.make_learner(dataset, fastai_session.decode(dataset, config, Listener()), config)
    learn.unfreeze()
    with learn.added_cbs(EpochSeeds(config.seed)):
        theirs = learn.lr_find(num_it=40, show_plot=False, suggest_funcs=(valley, steep, minimum, slide))
    assert found["suggestions"] == pytest.approx(theirs._asdict())
    search = lr_finder.look(config)
    np.testing.assert_allclose(search.curve["lr"], learn.recorder.lrs, rtol=1e-6)
    np.testing.assert_allclose(search.curve["smooth"], torch.stack(learn.recorder.losses), rtol=1e-6)
    assert search.state == "finished" and 0 <= found["fall"] <= 1
    assert {rule: float(f"{rate:.2g}") for rule, rate in found["suggestions"].items()} == search.suggestions


@pytest.mark.parametrize("augment", [True, False])
def test_a_frozen_body_stays_as_it_is_and_the_folder_holds_no_weights(data, short, augment):
    config = _config(data, arch="resnet18", weights="drawings", freeze_epochs=3, augment=augment)
    found = _find(config)
    folder = lr_finder.look(config).folder
    assert set(found["suggestions"]) == set(RULES)
    kept = {"config.json", "status.json", "curve.csv", "found.json"}
    assert {file.name for file in folder.iterdir()} == kept


def test_what_makes_no_difference_finds_the_same_search(data):
    config = _config(data, epochs=3)
    home = lr_finder.fresh(config).folder
    same = [{"lr": 0.5}, {"epochs": 9}, {"threshold": 0.2}]
    other = [{"batch_size": 4}, {"loss": "focal"}, {"augment": False}, {"seed": 1}, {"size": 64}]
    assert all(lr_finder.look(_config(data, **change)).folder == home for change in same)
    assert [lr_finder.look(_config(data, **change)) for change in other] == [None] * len(other)
    bundled = {"arch": "resnet18", "weights": "drawings", "epochs": 1}
    asked = [lr_finder.question(_config(data, **bundled, freeze_epochs=many)) for many in (0, 1, 5)]
    quick = lr_finder.question(TrainConfig("multi-label", "x"))
    assert (quick.recipe, quick.freeze_epochs, quick.epochs) == ("custom", 1, 0)
    assert asked[0] != asked[1] == asked[2]


def _falling(count):
    lrs = list(np.geomspace(1e-7, 10, count))
    return lrs, [1.0 - 0.8 * at / count for at in range(count)]


def test_nothing_after_the_first_nan_is_judged():
    lrs, smooth = _falling(61)
    smooth[60] = math.nan
    assert len(lr_find.judged(lrs, smooth)[0]) == 50
    lrs, smooth = _falling(98)
    smooth[97] = math.nan
    assert len(lr_find.judged(lrs, smooth)[0]) == 85  # fastai would have gone on to 100 and left out five
    lrs, smooth = _falling(80)
    assert len(lr_find.judged(lrs, smooth)[0]) == 65


def test_a_curve_too_short_to_judge_is_one_sentence():
    lrs, smooth = _falling(30)
    with pytest.raises(LearnerError, match="diverged at a learning rate of 10, too early"):
        fastai_backend.suggested(lrs, smooth)
    with pytest.raises(LearnerError, match="not a number even at a learning rate of 1e-07"):
        fastai_backend.suggested([1e-7], [math.nan])


def _loss_that_turns_nan(monkeypatch, after):
    made = fastai_session.make_learner

    def make(*given):
        learn, seen = made(*given), []
        usual = learn.loss_func

        def loss(outputs, targets):
            seen.append(1)
            return usual(outputs, targets) * (math.nan if len(seen) > after else 1)

        learn.loss_func = loss
        return learn

    monkeypatch.setattr(fastai_session, "make_learner", make)


def test_a_loss_that_turns_nan_late_still_gives_suggestions(data, monkeypatch):
    _loss_that_turns_nan(monkeypatch, 40)
    found = _find(_config(data))
    search = lr_finder.look(_config(data))
    assert len(search.curve) == 41 and search.curve["smooth"].isna().sum() == 1
    rates = search.curve["lr"]
    assert all(rates[10] / 10 <= rate <= rates[39] for rate in found["suggestions"].values())


def test_a_loss_that_is_nan_at_once_is_one_sentence_in_the_status(data, monkeypatch):
    _loss_that_turns_nan(monkeypatch, 0)
    with pytest.raises(LearnerError, match="not a number even"):
        _find(_config(data))
    search = lr_finder.look(_config(data))
    assert (search.state, len(search.curve)) == ("failed", 1)
    assert "not a number even" in search.status["message"]


def test_a_vanished_picture_is_one_sentence(tmp_path):
    folder = labelled(tmp_path / "squares")
    for path in sorted((folder / "train").glob("*.png"))[:-2]:
        path.unlink()
    with pytest.raises(DatasetError, match=r"Not found"):
        _find(_config({"multi-label": folder}))
    assert "Not found" in lr_finder.look(_config({"multi-label": folder})).status["message"]


class _AskToStop(Listener):
    def __init__(self, config):
        self.folder = lr_finder.look(config).folder

    def show(self, activity, share):
        if activity == "trying learning rates":
            (self.folder / STOP).touch()


def test_a_search_is_stopped_and_says_so(data, monkeypatch):
    config = _config(data)
    folder = lr_finder.fresh(config).folder
    with pytest.raises(Stopped, match=r"The search was stopped\."):
        lr_search.find(folder, _AskToStop(config))
    search = Search(folder)
    assert (search.state, search.status["message"]) == ("stopped", "The search was stopped.")
    assert not (folder / STOP).exists() and len(search.curve) < 100


@pytest.mark.waits
def test_a_process_of_its_own_finds_and_a_second_wish_finds_the_same(data):
    config = _config(data)
    first, second = lr_finder.start(config), lr_finder.start(config)
    assert first.folder == second.folder and first.state in ACTIVE
    assert main(["find-lr", "--task", "multi-label", "--data", str(data["multi-label"]), *FLAGS]) == 2
    _wait(lambda: first.state not in ACTIVE)
    assert first.state == "finished", first.log
    assert first.log.count("trying learning rates") and "Traceback" not in first.log
    begun = first.status
    assert lr_finder.look(config).suggestions and lr_finder.look(config).status == begun


def _wait(holds, seconds=150):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.1)


def test_the_command_line_ends_with_one_object_and_remembers_it(data, capsys, short):
    asked = ["find-lr", "--task", "points", "--data", str(data["points"]), *FLAGS]
    assert main(asked) == 0
    first = capsys.readouterr()
    found = last_json(first.out)
    assert set(found) == {*RULES, "fall", "pictures", "seconds"} and first.out.count("\n") == 1
    assert found["pictures"] == 16 and all(1e-8 <= found[rule] <= 10 for rule in RULES)
    assert main([*asked, "--lr", "0.7"]) == 0
    again = capsys.readouterr()
    assert json.loads(again.out) == found and "was done before" in again.err
    (data["points"] / "images" / "one more.png").touch()  # the pictures are not those of before
    assert main(asked) == 0
    anew = last_json(capsys.readouterr().out)
    assert anew["seconds"] != found["seconds"] and anew["valley"] == found["valley"]
    config = _config(data, "points")
    assert commands._search(config, again=False).state == "finished"
    assert commands._search(config, again=True).state == "queued"


def test_only_so_many_searches_are_kept(data, own, monkeypatch):
    monkeypatch.setattr(lr_finder, "KEPT", 2)
    for seed in range(4):
        Job(lr_finder.fresh(_config(data, seed=seed)).folder).update(state="finished", message="")
    assert lr_finder.look(_config(data, seed=0)) is None and lr_finder.look(_config(data, seed=3))
    assert len(list(own.iterdir())) == 2


def test_a_search_at_work_is_never_thrown_away(data, own, monkeypatch):
    monkeypatch.setattr(lr_finder, "KEPT", 1)
    for seed in range(3):
        lr_finder.fresh(_config(data, seed=seed))
    assert len(list(own.iterdir())) == 3
