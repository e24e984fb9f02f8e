"""The command `sweep`: what it prints, and one sentence for everything that is wrong."""

import json

import pytest

from engine.__main__ import main
from engine.jobs.status import FINISHED
from tests.experiments.sweeps.written_sweep import write
from tests.tiny_data import labelled


@pytest.fixture
def sweep(tmp_path):
    return write(tmp_path / "squares", tmp_path / "data")


def refused(capsys, *arguments: object) -> str:
    assert main(["sweep", *map(str, arguments)]) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and len(printed.err.strip().splitlines()) == 1
    return printed.err


def test_the_results_are_a_table_with_the_verdict(sweep, capsys):
    assert main(["sweep", "results", str(sweep.folder)]) == 0
    printed = capsys.readouterr()
    rows = [line.split()[0] for line in printed.out.splitlines()]
    assert rows[:5] == ["trial", "2", "-1", "4", "0"] and "within seed noise" in printed.err


def test_the_results_are_one_json_object(sweep, capsys):
    assert main(["sweep", "results", str(sweep.folder), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["best"]["trial"] == 2 and record["trials"][0]["loss"] == "asymmetric"
    assert record["trials"][-1]["value"] is None


def test_the_status_counts_trials(sweep, capsys):
    assert main(["sweep", "status", str(sweep.folder)]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["state"], record["complete"], record["pruned"], record["failed"]) == (FINISHED, 3, 1, 1)
    assert record["most_trials"] == 5


def test_every_problem_is_in_one_sentence(tmp_path, capsys):
    data, out = labelled(tmp_path / "data"), tmp_path / "out"
    flags = ("start", "--task", "multi-label", "--data", data, "--out", out)
    says = refused(capsys, *flags, "--vary", "lr=1..0.1", "--vary", "loss=best", "--trials", "0")
    assert "lr needs" in says and "'best'" in says and "trials should" in says
    assert "nothing varies" in refused(capsys, *flags)
    assert "is given twice" in refused(capsys, *flags, "--vary", "lr=1..2", "--vary", "lr=2..3")
    assert "should be like lr=" in refused(capsys, *flags, "--vary", "lr")
    assert "Choose one of tpe, random, grid" in refused(capsys, *flags, "--sampler", "best")
    assert not out.exists()
    out.mkdir()
    (out / "mine.txt").write_text("")
    assert "name a new folder" in refused(capsys, *flags, "--vary", "lr=0.001..0.1")
    assert "needs --task, --data, --out" in refused(capsys, "start", "--vary", "lr=0.001..0.1")


def test_a_sweep_is_not_written_among_the_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path / "runs"))
    out = tmp_path / "runs" / "mine"
    flags = ("start", "--task", "multi-label", "--data", labelled(tmp_path / "data"), "--out", out)
    assert str(tmp_path / "runs" / "_sweeps" / "mine") in refused(capsys, *flags, "--vary", "lr=0.001..0.1")
    assert not out.exists()


def test_a_finished_sweep_and_a_folder_without_one_cannot_be_continued(sweep, tmp_path, capsys):
    assert "nothing to continue" in refused(capsys, "resume", sweep.folder)
    assert "There is no sweep in" in refused(capsys, "resume", tmp_path)
    assert "There is no sweep in" in refused(capsys, "results", tmp_path)
