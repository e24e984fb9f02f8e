"""Runs for one device go one after the other, in the order in which they asked."""

import json
import multiprocessing
import os
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import pytest

from engine.jobs import device_queue, process


@pytest.fixture(autouse=True)
def _line(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path))


def _nobody(_):
    raise AssertionError("there was nobody to wait for")


def test_who_is_alone_need_not_wait(tmp_path):
    with device_queue.device_lock("cpu", "alone", _nobody):
        pass
    with device_queue.device_lock("cpu", "again", _nobody):
        pass
    assert list((device_queue.queue_folder("cpu")).glob("*.json")) == []


def _work(name, log, until=None):
    """Have the device, until the log says so."""
    with device_queue.device_lock("cpu", name, lambda ahead: log.append((name, *ahead))):
        log.append(f"{name} begins")
        _wait(lambda: until is None or until in log)
        log.append(f"{name} ends")


def _wait(holds):
    end = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


@pytest.mark.waits
def test_the_second_waits_for_the_first_and_knows_its_name(tmp_path):
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager:
        log = manager.list()
        first = context.Process(target=_work, args=("first", log, ("second", "first")))
        first.start()
        _wait(lambda: "first begins" in log)
        _work("second", log)
        first.join()
        said = list(log)
    assert [line for line in said if isinstance(line, str)] == [
        "first begins",
        "first ends",
        "second begins",
        "second ends",
    ]


def _entry(place: int, holder: process.ProcessId, name: str) -> Path:
    folder = device_queue.queue_folder("cpu")
    folder.mkdir(parents=True, exist_ok=True)
    entry = folder / f"{place:020d}.json"
    entry.write_text(json.dumps(asdict(holder) | {"name": name}))
    return entry


def test_the_entry_of_a_dead_process_counts_for_nothing():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        gone = process.identify(child.pid)
        child.communicate()
    dead = _entry(0, gone, "gone")
    broken = _entry(1, gone, "broken")
    broken.write_text("cut off")
    with device_queue.device_lock("cpu", "me", _nobody):
        assert not dead.exists() and not broken.exists()


def test_the_entry_of_another_host_keeps_its_place(monkeypatch):
    class Waited(Exception):
        pass

    def stop(ahead):
        raise Waited(*ahead)

    other = _entry(0, process.ProcessId("another-container", 1, 1.0), "theirs")
    with pytest.raises(Waited, match="theirs"), device_queue.device_lock("cpu", "mine", stop):
        pass
    os.utime(other, (1, 1))  # its process was killed long ago
    with device_queue.device_lock("cpu", "mine", _nobody):
        pass
    assert other.exists()


def test_each_machine_has_a_queue_of_its_own(tmp_path, monkeypatch):
    here = device_queue.queue_folder("cpu")
    theirs = tmp_path / ".queue" / "theirs" / "cpu" / f"{0:020d}.json"
    theirs.parent.mkdir(parents=True)
    theirs.write_text(json.dumps({"host": "theirs", "pid": 1, "started": 1.0, "name": "far away"}))
    with device_queue.device_lock("cpu", "me", _nobody):
        assert theirs.exists()
    monkeypatch.setattr(device_queue.process, "_BOOT", tmp_path / "missing")
    assert device_queue.queue_folder("cpu") != here
    assert device_queue.queue_folder("cpu").parent.name.startswith(process.host()[:3])


def test_other_devices_have_queues_of_their_own():
    with device_queue.device_lock("cpu", "one", _nobody), device_queue.device_lock("cuda", "other", _nobody):
        pass


def test_waiting_can_be_ended_and_leaves_no_entry(tmp_path):
    class Enough(Exception):
        pass

    def enough(_):
        raise Enough

    with device_queue.device_lock("cpu", "first", _nobody):
        with pytest.raises(Enough), device_queue.device_lock("cpu", "second", enough):
            pass
        assert len(list((device_queue.queue_folder("cpu")).glob("*.json"))) == 1
