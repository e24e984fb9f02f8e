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
from engine.inference import image_stream, predict
from engine.inference.batch import Batch, BatchError, predictors
from engine.jobs import process, status
from engine.jobs.job import Job
from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS, TASKS
from tests import exportable_runs

COUNT = 100


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> dict[str, Run]:
    folder = tmp_path_factory.mktemp("batch")
    exportable_runs.draw_images(folder / "pictures")
    return {task: exportable_runs.write_run(folder / task, folder / "pictures", task) for task in TASKS}


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
    (folder / "b" / "text.png").write_text("no image")
    (folder / "notes.txt").write_text("is left out")
    (folder / ".hidden.png").write_bytes(b"")
    return folder


def _predict(run: Run, file: Path, *names: Path, **how):
    problems = []
    done = Batch(run, file).predict([str(name) for name in names], lambda share: None, problems.append, **how)
    return done, problems


def _rows(file: Path) -> list[list[str]]:
    with open(file, newline="", encoding="utf-8") as opened:
        return list(csv.reader(opened))


def _stop_after(batches: int):
    looks = iter(range(1, 1000))
    return lambda: next(looks) >= batches


@pytest.mark.parametrize("task", TASKS)
def test_the_table_is_the_one_that_the_command_prints_and_saves(trained, many, tmp_path, capsys, task):
    run = trained[task]
    done, problems = _predict(run, tmp_path / "out.csv", many)
    assert (done.total, done.predicted, done.skipped, done.is_finished) == (COUNT + 2, COUNT, 2, True)
    assert len(problems) == 2 and "cut.jpg" in problems[0] and "text.png" in problems[1]
    files = [row[0] for row in _rows(tmp_path / "out.csv")[1:]]
    assert main(["predict", "--run", str(run.folder), *files, "--csv", str(tmp_path / "files.csv")]) == 0
    assert (tmp_path / "files.csv").read_bytes() == (tmp_path / "out.csv").read_bytes()
    capsys.readouterr()
    assert main(["predict", "--run", str(run.folder), str(many)]) == 0
    out, problems = capsys.readouterr()
    assert json.loads(out.splitlines()[-1]) == {"total": COUNT + 2, "predicted": COUNT, "skipped": 2}
    assert "cut.jpg" in problems and "text.png" in problems


@pytest.mark.parametrize("task", TASKS)
def test_a_prediction_does_not_depend_on_the_other_images(trained, many, tmp_path, task):
    run = trained[task]
    _predict(run, tmp_path / "all.csv", many)
    rows = _rows(tmp_path / "all.csv")
    for row in (rows[2], rows[-1]):
        _predict(run, tmp_path / "single.csv", Path(row[0]))
        assert _rows(tmp_path / "single.csv")[1] == row
        (tmp_path / "single.csv").unlink()
    images = [Image.open(row[0]) for row in rows[2:6]]
    for prediction, row in zip(predict.load(run).predict(images), rows[2:6], strict=True):
        numbers = prediction.point_px if task == POINTS else prediction.probs
        cells = [float(cell) for cell in row[1 if task == POINTS else 2 : -1]]
        assert cells == pytest.approx(list(numbers), abs=2e-2 if task == POINTS else 2e-6)


def test_a_stopped_batch_has_whole_lines_and_goes_on_to_the_same_bytes(trained, many, tmp_path):
    run, file = trained[MULTI_LABEL], tmp_path / "out.csv"
    _predict(run, tmp_path / "whole.csv", many)
    whole = (tmp_path / "whole.csv").read_bytes()
    done, _ = _predict(run, file, many, stop_is_asked=_stop_after(1))
    assert not done.is_finished and done.predicted < COUNT
    assert file.read_bytes() == whole[: file.stat().st_size] and file.read_bytes().endswith(b"\r\n")
    assert "Run the same command to continue" in done.in_words(file)
    job = Job(tmp_path / "out.job")
    assert job.state == status.STOPPED and job.status.details["predicted"] == done.predicted
    assert 0 < job.status.progress.share < 1
    for _ in range(3):
        done, _ = _predict(run, file, many, stop_is_asked=_stop_after(2))
    assert file.read_bytes() == whole and not done.is_finished
    done, _ = _predict(run, file, many)
    assert done.is_finished and file.read_bytes() == whole and job.state == status.FINISHED
    assert "finished already" in done.in_words(file)


def test_half_a_line_is_cut_off_before_it_goes_on(trained, many, tmp_path):
    run, file = trained[POINTS], tmp_path / "out.csv"
    _predict(run, file, many)
    whole = file.read_bytes()
    inside_a_quoted_name = whole.index(b'",') - 3
    for length in (len(whole) - 1, len(whole) - 7, inside_a_quoted_name, 3):
        file.write_bytes(whole[:length])
        done, _ = _predict(run, file, many)
        assert file.read_bytes() == whole and done.is_finished


def test_a_finished_file_says_so_and_loads_no_network(trained, many, tmp_path, monkeypatch):
    run, file = trained[MULTI_LABEL], tmp_path / "out.csv"
    _predict(run, file, many)
    before = file.read_bytes()
    monkeypatch.setattr(predictors.predict, "load", lambda _: pytest.fail("the network was loaded"))
    done, problems = _predict(run, file, many)
    assert (done.new, done.is_finished, len(problems)) == (0, True, 2) and file.read_bytes() == before


def test_new_and_repaired_images_are_predicted_by_the_same_command(trained, many, tmp_path):
    run, file = trained[MULTI_LABEL], tmp_path / "out.csv"
    _predict(run, file, many)
    Image.new("RGB", (9, 9)).save(many / "b" / "text.png")
    Image.new("RGB", (9, 9)).save(many / "a" / "new.png")
    done, _ = _predict(run, file, many)
    assert (done.new, done.predicted, done.skipped) == (2, COUNT + 2, 1)
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
    done, _ = _predict(run, file, *(Path(name) for name in ("=1+1.png", ".")))
    assert done.predicted == 4 and done.is_finished
    assert _rows(file)[1][0] == "'=1+1.png" and _rows(file)[0][2] == "p(<script>alert(1)</script>)"
    assert _predict(run, file, Path("=1+1.png"), Path("."))[0].new == 0


def test_another_run_or_a_strange_file_is_refused(trained, many, tmp_path):
    file = tmp_path / "out.csv"
    _predict(trained[MULTI_LABEL], file, many, stop_is_asked=_stop_after(1))
    before = file.read_bytes()
    with pytest.raises(BatchError, match="another run, or with other thresholds"):
        _predict(trained[POINTS], file, many)
    trained[MULTI_LABEL].save_thresholds(dict.fromkeys(trained[MULTI_LABEL].vocab, 0.123))
    with pytest.raises(BatchError, match="other thresholds"):
        _predict(trained[MULTI_LABEL], file, many)
    trained[MULTI_LABEL].save_thresholds(exportable_runs.THRESHOLDS)
    assert file.read_bytes() == before
    (tmp_path / "mine.csv").write_text("my own table")
    with pytest.raises(BatchError, match="was not written by a batch"):
        _predict(trained[POINTS], tmp_path / "mine.csv", many)
    with pytest.raises(BatchError, match=r"name the file out\.csv"):
        _predict(trained[POINTS], tmp_path / "out.txt", many)
    assert (tmp_path / "mine.csv").read_text() == "my own table"


def test_two_processes_do_not_write_one_file(trained, many, tmp_path):
    file = tmp_path / "out.csv"
    _predict(trained[MULTI_LABEL], file, many, stop_is_asked=_stop_after(1))
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        job = Job(tmp_path / "out.job")
        elsewhere = process.ProcessId("elsewhere", other.pid, 1.0)
        for writer, said in ((process.identify(other.pid), "process"), (elsewhere, "process on elsewhere")):
            status.write(job.folder, replace(job.status, state=status.RUNNING, process=writer))
            with pytest.raises(BatchError, match=f"another {said} right now"):
                _predict(trained[MULTI_LABEL], file, many)
        status.write(job.folder, replace(job.status, process=process.identify(other.pid)))
    finally:
        other.kill()
        other.wait()
    assert _predict(trained[MULTI_LABEL], file, many)[0].is_finished


def test_few_pictures_are_held_at_once(trained, many, tmp_path, monkeypatch):
    """However many there are, decoding never runs further ahead than it may."""
    in_memory, counts = set(), []
    decode, predict_batch = image_stream.decode, image_stream.predict_batch

    def counted_decode(config, fname):
        in_memory.add(fname)
        counts.append(len(in_memory))
        return decode(config, fname)

    def counted_predict_batch(model, images):
        in_memory.difference_update(image.fname for image in images)
        return predict_batch(model, images)

    monkeypatch.setattr(image_stream, "BATCH_SIZE", 4)
    monkeypatch.setattr(image_stream, "DECODED_AHEAD", 8)
    monkeypatch.setattr(image_stream, "decode", counted_decode)
    monkeypatch.setattr(image_stream, "predict_batch", counted_predict_batch)
    _predict(trained[MULTI_LABEL], tmp_path / "out.csv", many)
    assert len(counts) == COUNT + 2 and max(counts) <= 8 + 4 + 2


@pytest.mark.waits
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
    assert (
        process.returncode == 130 and "Run the same command to continue." in said and "Traceback" not in said
    )
    told = json.loads(out.splitlines()[-1])
    assert not told["is_finished"] and 0 < told["predicted"] < COUNT + 1200
    assert file.read_bytes().endswith(b"\r\n") and len(_rows(file)) == told["predicted"] + 1
    assert {len(row) for row in _rows(file)} == {len(_rows(file)[0])}
    assert main(command[3:]) == 0
    names = [row[0] for row in _rows(file)[1:]]
    assert len(names) == COUNT + 1200 == len(set(names))


def test_a_folder_without_a_csv_prints_its_answers(trained, many, capsys):
    assert main(["predict", "--run", str(trained[POINTS].folder), str(many / "a")]) == 0
    assert len(capsys.readouterr().out.splitlines()) >= COUNT // 2


def test_an_empty_folder_is_no_predict(trained, tmp_path, capsys):
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
