"""Runs for one device go one after the other, in the order in which they asked."""

import multiprocessing
import subprocess
import sys
import time

import pytest

from engine.jobs import device_queue, process


@pytest.fixture(autouse=True)
def _line(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path))


def _nobody(_):
    raise AssertionError("there was nobody to wait for")


def test_who_is_alone_need_not_wait(tmp_path):
    with device_queue.turn("cpu", "alone", _nobody):
        pass
    with device_queue.turn("cpu", "again", _nobody):
        pass
    assert list((tmp_path / ".turns" / "cpu").glob("*.json")) == []


def _work(name, seconds, log):
    with device_queue.turn("cpu", name, lambda ahead: log.append((name, *ahead))):
        log.append(f"{name} begins")
        time.sleep(seconds)
        log.append(f"{name} ends")


def test_the_second_waits_for_the_first_and_knows_its_name(tmp_path):
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager:
        log = manager.list()
        first = context.Process(target=_work, args=("first", 2.0, log))
        first.start()
        while "first begins" not in log:
            time.sleep(0.05)
        _work("second", 0.0, log)
        first.join()
        said = list(log)
    assert ("second", "first") in said
    assert [line for line in said if isinstance(line, str)] == [
        "first begins",
        "first ends",
        "second begins",
        "second ends",
    ]


def test_the_ticket_of_a_dead_process_counts_for_nothing(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    mark = process.mark(gone.pid)
    gone.wait()
    folder = tmp_path / ".turns" / "cpu"
    folder.mkdir(parents=True)
    (folder / f"{0:020d}.json").write_text(
        f'{{"pid": {mark["pid"]}, "born": {mark["born"]}, "name": "gone"}}'
    )
    (folder / f"{1:020d}.json").write_text("cut off")
    with device_queue.turn("cpu", "me", _nobody):
        pass


def test_other_devices_have_lines_of_their_own():
    with device_queue.turn("cpu", "one", _nobody), device_queue.turn("cuda", "other", _nobody):
        pass


def test_waiting_can_be_ended_and_leaves_no_ticket(tmp_path):
    class Enough(Exception):
        pass

    def enough(_):
        raise Enough

    with device_queue.turn("cpu", "first", _nobody):
        with pytest.raises(Enough), device_queue.turn("cpu", "second", enough):
            pass
        assert len(list((tmp_path / ".turns" / "cpu").glob("*.json"))) == 1
