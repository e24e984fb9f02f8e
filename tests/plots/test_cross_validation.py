"""The chart of tried penalties, and reading them from a run's quick.json."""

import json

import pytest

from engine.config import TrainConfig
from engine.plots import cross_validation
from engine.runs import create
from engine.runs.quick_penalties import tried_penalties

TRIED = [[10.0, 0.5], [1.0, 0.2], [0.1, 0.3]]


@pytest.fixture
def run(tmp_path):
    return create(TrainConfig("multi-label", "somewhere"), tmp_path / "run")


def test_penalties_are_read_ascending_with_the_chosen_one(run):
    record = {"version": 1, "penalty": 1.0, "cross_validated_loss": TRIED}
    (run.folder / "quick.json").write_text(json.dumps(record))
    table = tried_penalties(run)
    assert table["penalty"].tolist() == [0.1, 1, 10] and table["is_chosen"].tolist() == [False, True, False]
    figure = cross_validation.penalties(table, "loss")
    assert figure.layout.title.text == "Penalty 1 has the lowest cross-validated loss, 0.2, of 3 tried"
    assert list(figure.data[0].x) == [0.1, 1, 10] and list(figure.data[1].y) == [0.2]
    assert figure.layout.xaxis.type == "log" and "cross-validated loss" in figure.layout.yaxis.title.text


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"penalty": "x", "cross_validated_loss": [[1, 2]]}', "3"])
def test_a_broken_or_missing_record_is_an_empty_table(run, text):
    assert tried_penalties(run).empty
    (run.folder / "quick.json").write_text(text)
    assert tried_penalties(run).empty


def test_one_penalty_and_equal_losses_can_be_drawn(run):
    record = {"penalty": 2.0, "cross_validated_loss": [[2.0, 0.4]]}
    (run.folder / "quick.json").write_text(json.dumps(record))
    low, high = cross_validation.penalties(tried_penalties(run), "loss").layout.yaxis.range
    assert low < 0.4 < high
