"""The benchmark of training, on tiny pictures: both ways start alike, and what is told was measured."""

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from benchmarks import training, training_ways
from engine.config import TrainConfig
from engine.data.formats import load
from engine.functional.coordinates import to_unit
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from tests.tiny_data import labelled, pointed


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    squares = labelled(folder / "squares")
    return {SINGLE_LABEL: squares, MULTI_LABEL: squares, POINTS: pointed(folder / "points")}


def _config(data, task, **changes):
    sizes = {"weights": "drawings", "size": 32, "batch_size": 8, "epochs": 1, "device": "cpu"}
    return TrainConfig(task, str(data[task]), **sizes | changes)


def test_the_frozen_case_trains_the_head_alone_for_as_many_epochs(data):
    config = _config(data, MULTI_LABEL, epochs=3)
    assert training.case_config(config, "fine_tune") is config
    frozen = training.case_config(config, "frozen")
    assert (frozen.freeze_epochs, frozen.epochs, frozen.augment) == (4, 0, False)


@pytest.mark.parametrize("task", [SINGLE_LABEL, MULTI_LABEL, POINTS])
def test_both_ways_start_from_the_same_body_with_the_same_split_and_loss(data, task):
    config = _config(data, task)
    dataset = load(config.data, task)
    (theirs, _), (ours, _) = (way(dataset, config) for way in training_ways.WAYS.values())
    bodies = [way.model[0].state_dict() for way in (theirs, ours)]
    assert bodies[0].keys() == bodies[1].keys()
    assert all(torch.equal(tensor, bodies[0][name]) for name, tensor in bodies[1].items())
    assert [list(dl.dataset.items) for dl in theirs.dls] == [list(dl.dataset.items) for dl in ours.dls]
    assert type(theirs.loss_func) is type(ours.loss_func)
    assert theirs.dls.train.fake_l.num_workers > 0


@pytest.mark.slow
@pytest.mark.parametrize("way", training.WAYS)
def test_a_training_is_measured_from_outside(data, way):
    found = training.train(way, _config(data, MULTI_LABEL))
    assert set(training.FIGURES) <= found.keys()
    assert found["later_pictures_per_second"] > 0
    assert found["first_epoch_pictures_per_second"] > 0
    assert found["seconds"] > found["prepared_seconds"] > 0
    assert 0 <= found["mean_average_precision"] <= 1
    assert (found["workers_megabytes"] > 0) >= (way == training.CHAPTER)


def test_the_clock_counts_pictures_and_leaves_out_what_follows_an_epoch(monkeypatch):
    now = iter(np.array([[0, 0], [2, 3], [10, 20], [11, 22]]))
    monkeypatch.setattr(training_ways, "_now", lambda: next(now))
    clock = training_ways.Clock()
    clock.learn = _Shown()
    clock.start()
    for _ in range(2):
        clock.before_epoch()
        clock.after_epoch()
    np.testing.assert_array_equal(clock.epochs, [[26, 2, 3], [26, 1, 2]])


class _Loader:
    bs = 10

    def __len__(self):
        return 2


class _Shown:
    """A learner that shows two batches of ten, and six pictures for validation."""

    dls = SimpleNamespace(train=_Loader(), valid=SimpleNamespace(dataset=range(6)))


def test_what_was_reached_is_the_tasks_own_measure(data):
    valid = load(data[POINTS], POINTS).part(valid=True)
    right = to_unit(valid.points_px(), valid.sizes_wh())
    off = right + np.array([3, 4]) * 2 / valid.sizes_wh()
    assert training_ways.reached(valid, off, 0.5) == {"median_error_px": pytest.approx(5)}
    valid = load(data[MULTI_LABEL], MULTI_LABEL).part(valid=True)
    logits = np.where(valid.targets(), 5.0, -5.0)
    assert training_ways.reached(valid, logits, 0.5) == {"mean_average_precision": 1, "skill": 1}
    valid = load(data[SINGLE_LABEL], SINGLE_LABEL).part(valid=True)
    assert training_ways.reached(valid, -valid.targets().astype(float), 0.5) == {"accuracy": 0}


def test_memory_is_that_of_a_process_and_its_children():
    program = "import subprocess, sys; held = b'x' * 60_000_000; "
    program += "subprocess.run([sys.executable, '-c', {!r}])"
    child = "import time; held = b'x' * 90_000_000; time.sleep(2)"
    with subprocess.Popen([sys.executable, "-c", program.format(child)]) as started:
        most, children = training._watch(started)
    assert 90e6 < children < 150e6
    assert 150e6 < most < 300e6


def test_the_report_gives_every_figure_with_its_spread_and_the_aims(data, capsys):
    one = dict.fromkeys(training.FIGURES, 10.0) | {"valid_loss": 0.5, "skill": 0.25}
    two = one | {"skill": 0.75, "later_pictures_per_second": 30.0}
    fast = {"later_pictures_per_second": 40.0, "peak_megabytes": 55.0}
    taken = {training.CHAPTER: [one, two], training.ENGINE: [one | fast, two | fast]}
    training.report("fine_tune", _config(data, MULTI_LABEL), taken)
    printed = capsys.readouterr().out
    assert "n = 2 seeds" in printed
    assert "| pictures/s from the 2nd epoch on | 20.0 (10.0 to 30.0) | 40.0 (40.0 to 40.0) |" in printed
    assert "| skill | 0.5000 ± 0.3536 | 0.5000 ± 0.3536 |" in printed
    assert "aim: 3 times the chapter's pictures/s from the 2nd epoch on" in printed
    assert "2.7 (1.3 to 4.0) times pictures/s from the 2nd epoch on" in printed
    assert "at most 55 MB above the imports (aim: 600)" in printed
