"""The table of runs: what needs no network stands beside what was reached, nothing is empty, and filters choose."""

import json

import numpy as np
import pandas as pd
import pytest

from engine import paths
from engine.__main__ import main
from engine.config import TrainConfig
from engine.runs import Run
from engine.runs import table as runs_table
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL, TASKS

REACHED = {
    SINGLE_LABEL: {"accuracy": 0.9, "most_frequent_accuracy": 0.5},
    MULTI_LABEL: {
        "accuracy_multi": 0.95,
        "do_nothing_accuracy": 0.6,
        "majority_accuracy": 0.9,
        "mean_average_precision": 0.8,
    },
    POINTS: {
        "median_error_px": 5.0,
        "mean_point_median_error_px": 50.0,
        "median_error_percent_of_width": 2.5,
    },
}
REDUCTION = {SINGLE_LABEL: 0.8, MULTI_LABEL: 0.5, POINTS: 0.9}


def _run(folder, task=MULTI_LABEL, state="finished", reached=None, data="some/pictures", **asked) -> Run:
    folder.mkdir()
    (folder / "config.json").write_text(TrainConfig(task, data, **asked).to_json())
    (folder / "status.json").write_text(json.dumps({"state": state}))
    if state == "finished":
        (folder / "metrics.json").write_text(json.dumps({"seconds": 12.0} | REACHED[task] | (reached or {})))
    return Run(folder)


@pytest.mark.parametrize("task", TASKS)
def test_the_error_reduction_is_the_way_from_the_best_constant_to_the_best(task, tmp_path):
    one = runs_table.table([_run(tmp_path / "a", task)]).iloc[0]
    assert one["error reduction"] == pytest.approx(REDUCTION[task])
    for name, value in REACHED[task].items():
        assert name == "do_nothing_accuracy" or one[name] == value


@pytest.mark.parametrize("task", TASKS)
def test_the_best_constant_is_the_one_of_the_verdict(task):
    run = Run(paths.BUNDLED_RUNS / task)
    listed = runs_table.table([run]).iloc[0]
    assert listed[runs_table.HEADLINES[task].baseline] == pytest.approx(run.metrics["baseline"])


def test_runs_of_several_tasks_have_their_figures_as_words(tmp_path):
    table = runs_table.table([_run(tmp_path / task, task) for task in TASKS])
    assert table["reached"].tolist() == ["accuracy 0.9000", "accuracy_multi 0.9500", "median error 5.0 px"]
    assert table["best constant"].tolist() == ["0.5000", "0.9000", "50.0 px"]
    np.testing.assert_allclose(table["error reduction"], list(REDUCTION.values()))
    assert table["data"].tolist() == ["pictures"] * 3
    assert not table.isna().any(axis=None)


def test_a_column_that_no_run_fills_is_left_out(tmp_path):
    waiting = _run(tmp_path / "a", state="queued")
    assert list(runs_table.table([waiting])) == ["run", "state", "task", "data", "loss", "epochs"]
    both = runs_table.table([waiting, _run(tmp_path / "b")])
    assert {"accuracy_multi", "seconds"} <= set(both) and both["accuracy_multi"].isna().tolist() == [
        True,
        False,
    ]


def test_epochs_done_stand_beside_those_asked_for(tmp_path):
    run = _run(tmp_path / "a", epochs=3, freeze_epochs=2)
    assert runs_table.table([run])["epochs"].tolist() == ["0/5"]
    pd.DataFrame({"epoch": [1, 2]}).to_csv(run.folder / "history.csv", index=False)
    assert runs_table.table([run])["epochs"].tolist() == ["2/5"]


def test_epochs_that_are_not_chosen_yet_are_a_question_mark(tmp_path):
    waiting = _run(tmp_path / "a", state="queued", recipe="better")
    assert runs_table.table([waiting])["epochs"].tolist() == ["0/?"]


def test_a_quick_run_trains_no_epochs(tmp_path):
    quick = _run(tmp_path / "a", recipe="quick")
    pd.DataFrame({"epoch": [1]}).to_csv(quick.folder / "history.csv", index=False)
    assert runs_table.table([quick])["epochs"].tolist() == ["–"]


def test_filters_choose_by_task_data_state_and_every_word(tmp_path):
    every = [
        _run(tmp_path / "first", loss="focal"),
        _run(tmp_path / "second", data="/far/away/dogs", arch="resnet34", weights="none"),
        _run(tmp_path / "third", POINTS, state="stopped"),
    ]

    def names(**asked):
        return [run.name for run in runs_table.filtered(every, **asked)]

    assert names() == ["first", "second", "third"]
    assert names(task=POINTS) == ["third"]
    assert names(data="dogs") == ["second"]
    assert names(state="stopped") == ["third"] and names(state="finished", task=POINTS) == []
    assert names(text="FOCAL") == ["first"]
    assert names(text="resnet34 second") == ["second"] and names(text="resnet34 first") == []
    assert names(text="squared") == ["third"]


def test_settings_stand_before_what_they_reached_best_first(tmp_path):
    every = [
        _run(tmp_path / "a", lr=1e-3, reached={"accuracy_multi": 0.91}),
        _run(tmp_path / "b", lr=1e-2, reached={"accuracy_multi": 0.97}),
        _run(tmp_path / "c", lr=1e-1, state="running"),
    ]
    found = runs_table.settings_and_results(every)
    assert list(found) == ["lr", "accuracy_multi"] and found.index.tolist() == ["b", "a"]
    assert found["lr"].tolist() == [1e-2, 1e-3]
    off = [
        _run(tmp_path / name, POINTS, reached={"median_error_px": px})
        for name, px in (("d", 9.0), ("e", 2.0))
    ]
    assert runs_table.settings_and_results(off).index.tolist() == ["e", "d"]
    assert runs_table.settings_and_results([]).empty


def test_a_data_set_is_named_without_its_path_among_the_settings(tmp_path):
    every = [_run(tmp_path / name, data=f"/far/away/{name}") for name in ("fruit", "blood")]
    assert set(runs_table.settings_and_results(every)["data"]) == {"fruit", "blood"}


def test_a_loss_is_named_shortly_among_the_settings(tmp_path):
    every = [_run(tmp_path / loss, loss=loss) for loss in ("focal", "binary_cross_entropy")]
    assert set(runs_table.settings_and_results(every)["loss"]) == {"focal", "BCE"}


def test_broken_figures_do_not_break_the_table(tmp_path):
    run = _run(tmp_path / "a")
    (run.folder / "metrics.json").write_text('{"accuracy_multi": null}')
    assert "error reduction" not in runs_table.table([run])
    same = _run(tmp_path / "b", reached={"majority_accuracy": 1.0, "accuracy_multi": 1.0})
    assert "error reduction" not in runs_table.table([same])


def test_the_command_line_lists_runs_without_holes(tmp_path, monkeypatch, capsys):
    _run(tmp_path / "later", state="stopped")
    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path))
    assert main(["runs", "list"]) == 0
    out = capsys.readouterr().out
    assert "later" in out and "accuracy_multi 0.9917" in out
    assert "None" not in out and "NaN" not in out
