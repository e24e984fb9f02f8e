"""Whole folders through a run: one CSV of whole lines, bounded, stopped and continued, bad pictures listed."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from engine import paths
from engine.__main__ import main
from engine.inference import predict_files
from engine.inference.batch import Batch, BatchError, stream
from engine.inference.batch.find_images import pictures_below
from engine.jobs import process, status
from engine.jobs.job import Job
from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS, TASKS
from tests import runs_to_take

COUNT = 100


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> dict[str, Run]:
    folder = tmp_path_factory.mktemp("batch")
    runs_to_take.draw_pictures(folder / "pictures")
    return {task: runs_to_take.write_run(folder / task, folder / "pictures", task) for task in TASKS}


@pytest.fixture
def many(tmp_path) -> Path:
    """A hundred small pictures in two folders, one name that is a formula, two files that are no pictures."""
    folder = tmp_path / "many"
    for number in range(COUNT):
        place = folder / ("b" if number % 2 else "a")
        place.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (40, 30), (number * 2, 255 - number, 90)).save(place / f"{number:03}.png")
    (folder / "a" / "000.png").rename(folder / "a" / '=cmd|"x",\n.png')
    (folder / "a" / "cut.jpg").write_bytes(b"\xff\xd8\xff")
    (folder / "b" / "text.png").write_text("no picture")
    (folder / "notes.txt").write_text("is left out")
    (folder / ".hidden.png").write_bytes(b"")
    return folder


def _answer(run: Run, file: Path, *names: Path, **how):
    said = []
    done = Batch(run, file).answer([str(name) for name in names], lambda share: None, said.append, **how)
    return done, said


def _rows(file: Path) -> list[list[str]]:
    with open(file, newline="", encoding="utf-8") as opened:
        return list(csv.reader(opened))


def _stop_after(batches: int):
    looks = iter(range(1, 1000))
    return lambda: next(looks) >= batches


@pytest.mark.parametrize("task", TASKS)
def test_the_table_is_the_one_of_single_pictures(trained, many, tmp_path, task):
    run = trained[task]
    done, said = _answer(run, tmp_path / "out.csv", many)
    assert (done.found, done.answered, done.skipped, done.is_finished) == (COUNT + 2, COUNT, 2, True)
    assert len(said) == 2 and "cut.jpg" in said[0] and "text.png" in said[1]
    rows, _ = predict_files.answer_files(run.folder, pictures_below([str(many)]))
    predict_files.save_csv(tmp_path / "single.csv", rows)
    ours, theirs = _rows(tmp_path / "out.csv"), _rows(tmp_path / "single.csv")
    assert [row[:2] for row in ours] == [row[:2] for row in theirs] or task == POINTS
    assert [row[0] for row in ours] == [row[0] for row in theirs] and ours[0] == theirs[0]
    for one, other in zip(ours[1:], theirs[1:], strict=True):
        start = 1 if task == POINTS else 2
        assert [float(cell) for cell in one[start:]] == pytest.approx([float(cell) for cell in other[start:]], abs=2e-2
                                                                      if task == POINTS else 2e-6)  # fmt: skip


def test_a_stopped_batch_has_whole_lines_and_goes_on_to_the_same_bytes(trained, many, tmp_path):
    run, file = trained[MULTI_LABEL], tmp_path / "out.csv"
    _answer(run, tmp_path / "whole.csv", many)
    whole = (tmp_path / "whole.csv").read_bytes()
    done, _ = _answer(run, file, many, stop_is_asked=_stop_after(1))
    assert not done.is_finished and done.answered < COUNT
    assert file.read_bytes() == whole[: file.stat().st_size] and file.read_bytes().endswith(b"\r\n")
    assert "The same command goes on" in done.in_words(file)
    job = Job(tmp_path / "out.job")
    assert job.state == status.STOPPED and job.status.details["answered"] == done.answered
    assert 0 < job.status.progress.share < 1
    for _ in range(3):
        done, _ = _answer(run, file, many, stop_is_asked=_stop_after(1))
    assert file.read_bytes() == whole and not done.is_finished
    done, _ = _answer(run, file, many)
    assert done.is_finished and file.read_bytes() == whole and job.state == status.FINISHED
    assert "finished already" in done.in_words(file)


def test_half_a_line_is_cut_off_before_it_goes_on(trained, many, tmp_path):
    run, file = trained[POINTS], tmp_path / "out.csv"
    _answer(run, file, many)
    whole = file.read_bytes()
    inside_a_quoted_name = whole.index(b'",') - 3
    for length in (len(whole) - 1, len(whole) - 7, inside_a_quoted_name, 3):
        file.write_bytes(whole[:length])
        done, _ = _answer(run, file, many)
        assert file.read_bytes() == whole and done.is_finished


def test_a_finished_file_says_so_and_loads_no_network(trained, many, tmp_path, monkeypatch):
    run, file = trained[MULTI_LABEL], tmp_path / "out.csv"
    _answer(run, file, many)
    before = file.read_bytes()
    monkeypatch.setattr(stream.predict, "load", lambda _: pytest.fail("the network was loaded"))
    done, said = _answer(run, file, many)
    assert (done.new, done.is_finished, len(said)) == (0, True, 2) and file.read_bytes() == before


def test_new_and_mended_pictures_are_answered_by_the_same_command(trained, many, tmp_path):
    run, file = trained[MULTI_LABEL], tmp_path / "out.csv"
    _answer(run, file, many)
    Image.new("RGB", (9, 9)).save(many / "b" / "text.png")
    Image.new("RGB", (9, 9)).save(many / "a" / "new.png")
    done, _ = _answer(run, file, many)
    assert (done.new, done.answered, done.skipped) == (2, COUNT + 2, 1)
    assert [row[0] for row in _rows(tmp_path / "out.skipped.csv")] == ["fname", str(many / "a" / "cut.jpg")]


def test_formulas_are_quoted_and_names_of_any_bytes_are_written(trained, tmp_path, monkeypatch):
    folder = tmp_path / "names"
    folder.mkdir()
    strange = os.fsencode(str(folder)) + b"/\xff\xfe.png"
    for name in (os.fsencode(str(folder / "été.png")), strange):
        with open(name, "wb") as opened:
            Image.new("RGB", (8, 8)).save(opened, "PNG")
    monkeypatch.chdir(folder)
    Image.new("RGB", (8, 8)).save(folder / "=1+1.png")
    run, file = trained[MULTI_LABEL], tmp_path / "out.csv"
    done, _ = _answer(run, file, *(Path(name) for name in ("=1+1.png", ".")))
    assert done.answered == 4 and done.is_finished
    assert _rows(file)[1][0] == "'=1+1.png" and _rows(file)[0][2] == "p(<script>alert(1)</script>)"
    assert _answer(run, file, Path("=1+1.png"), Path("."))[0].new == 0


def test_another_run_or_a_strange_file_is_refused(trained, many, tmp_path):
    file = tmp_path / "out.csv"
    _answer(trained[MULTI_LABEL], file, many, stop_is_asked=_stop_after(1))
    before = file.read_bytes()
    with pytest.raises(BatchError, match="another run, or with other thresholds"):
        _answer(trained[POINTS], file, many)
    trained[MULTI_LABEL].save_thresholds(dict.fromkeys(trained[MULTI_LABEL].vocab, 0.123))
    with pytest.raises(BatchError, match="other thresholds"):
        _answer(trained[MULTI_LABEL], file, many)
    trained[MULTI_LABEL].save_thresholds(runs_to_take.THRESHOLDS)
    assert file.read_bytes() == before
    (tmp_path / "mine.csv").write_text("my own table")
    with pytest.raises(BatchError, match="was not begun by a batch"):
        _answer(trained[POINTS], tmp_path / "mine.csv", many)
    with pytest.raises(BatchError, match=r"call the file out\.csv"):
        _answer(trained[POINTS], tmp_path / "out.txt", many)
    assert (tmp_path / "mine.csv").read_text() == "my own table"


def test_two_processes_do_not_write_one_file(trained, many, tmp_path):
    file = tmp_path / "out.csv"
    _answer(trained[MULTI_LABEL], file, many, stop_is_asked=_stop_after(1))
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        job = Job(tmp_path / "out.job")
        elsewhere = process.ProcessId("elsewhere", other.pid, 1.0)
        for writer, said in ((process.identify(other.pid), "process"), (elsewhere, "process on elsewhere")):
            status.write(job.folder, replace(job.status, state=status.RUNNING, process=writer))
            with pytest.raises(BatchError, match=f"another {said} right now"):
                _answer(trained[MULTI_LABEL], file, many)
        status.write(job.folder, replace(job.status, process=process.identify(other.pid)))
    finally:
        other.kill()
        other.wait()
    assert _answer(trained[MULTI_LABEL], file, many)[0].is_finished


def test_few_pictures_are_held_at_once(trained, many, tmp_path, monkeypatch):
    """However many there are, decoding never runs further ahead than it may."""
    held, most = set(), []
    see, rows = Batch._see, Batch._rows

    def seeing(self, fname):
        held.add(fname)
        most.append(len(held))
        return see(self, fname)

    def answered(self, seen):
        held.difference_update(one.fname for one in seen)
        return rows(self, seen)

    monkeypatch.setattr(stream, "BATCH", 4)
    monkeypatch.setattr(stream, "AHEAD", 8)
    monkeypatch.setattr(Batch, "_see", seeing)
    monkeypatch.setattr(Batch, "_rows", answered)
    _answer(trained[MULTI_LABEL], tmp_path / "out.csv", many)
    assert len(most) == COUNT + 2 and max(most) <= 8 + 4 + 2


def test_the_command_is_interrupted_and_continued(trained, many, tmp_path):
    for number in range(1200):
        os.link(many / "b" / "001.png", many / "b" / f"link {number:04}.png")
    file, run = tmp_path / "out.csv", trained[MULTI_LABEL]
    command = [
        sys.executable,
        "-m",
        "engine",
        "predict",
        "--run",
        str(run.folder),
        str(many),
        "--csv",
        str(file),
    ]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        command, cwd=paths.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    end = time.monotonic() + 200
    while not (file.exists() and file.stat().st_size > 5000):
        assert process.poll() is None and time.monotonic() < end, process.communicate()
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, said = process.communicate(timeout=100)
    assert process.returncode == 130 and "The same command goes on." in said and "Traceback" not in said
    told = json.loads(out.splitlines()[-1])
    assert not told["is_finished"] and 0 < told["answered"] < COUNT + 1200
    assert file.read_bytes().endswith(b"\r\n") and len(_rows(file)) == told["answered"] + 1
    assert {len(row) for row in _rows(file)} == {len(_rows(file)[0])}
    assert main(command[3:]) == 0
    names = [row[0] for row in _rows(file)[1:]]
    assert len(names) == COUNT + 1200 == len(set(names))


def test_a_folder_without_a_csv_prints_its_answers(trained, many, capsys):
    assert main(["predict", "--run", str(trained[POINTS].folder), str(many / "a")]) == 0
    assert len(capsys.readouterr().out.splitlines()) >= COUNT // 2


def test_an_empty_folder_is_no_answer(trained, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    command = [
        "predict",
        "--run",
        str(trained[POINTS].folder),
        str(tmp_path / "empty"),
        "--csv",
        str(tmp_path / "a.csv"),
    ]
    assert main(command) == 2
