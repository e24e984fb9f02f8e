"""Processes are known whatever the clock says, and helpers end with the process that waits for them."""

import os
import runpy
import subprocess
import sys
import time
from dataclasses import replace

import psutil
import pytest

from engine import paths
from engine.jobs import process
from engine.jobs.process import _step_back as step_back

HOUR = 3600


def test_a_process_is_the_same_when_the_clock_is_set_back(monkeypatch):
    me = process.identify()
    now, create_time = time.time, psutil.Process.create_time
    monkeypatch.setattr(time, "time", lambda: now() - HOUR)
    if sys.platform == "linux":  # elsewhere the system keeps the start itself
        monkeypatch.setattr(psutil.Process, "create_time", lambda self: create_time(self) - HOUR)
    assert me.is_alive and process.identify() == me


@pytest.mark.skipif("sys.platform != 'linux'", reason="only Linux names the start of the machine")
def test_a_process_from_before_the_machine_was_started_again_is_gone():
    assert process.identify().is_alive
    assert not replace(process.identify(), boot="another").is_alive


@pytest.mark.skipif("sys.platform == 'win32'", reason="priorities have classes there")
def test_a_process_steps_back_before_it_loads_anything(monkeypatch):
    monkeypatch.setattr(process, "_step_back", step_back)
    child = process.spawn("timeit", "-n", "1", "import time; time.sleep(60)")
    try:
        assert psutil.Process(child.pid).nice() >= process.WAITED_FOR
    finally:
        child.kill()
        child.wait()


PARENT = """
import os, subprocess, sys
from engine.jobs.child_process import waited_for
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], env=waited_for(os.environ))
print(child.pid, flush=True)
child.wait()
"""
HELPER = """
import time
from engine.jobs import child_process
child_process.SECONDS_BETWEEN_LOOKS = 0.05
child_process.end_with_parent()
time.sleep(60)
"""


@pytest.mark.waits
@pytest.mark.skipif("sys.platform == 'win32'", reason="a process does not notice there")
def test_a_helper_ends_when_its_parent_is_killed():
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, HELPER], cwd=paths.ROOT, stdout=subprocess.PIPE, text=True
    )
    helper = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    end = time.monotonic() + 30
    while helper.is_running() and helper.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < end, "it runs on"
        time.sleep(0.02)
    assert os.getppid() != helper.pid


def test_an_export_that_a_person_waits_for_steps_back_only_a_little(monkeypatch, tmp_path):
    by = []
    monkeypatch.setattr(process, "lower_priority", by.append)
    monkeypatch.setattr("engine.export.bundle.job.make", lambda run, folder: 0)
    monkeypatch.setattr("engine.runs.Run", lambda folder: None)
    monkeypatch.setattr("engine.jobs.access.authorize", lambda *args, **options: None)
    monkeypatch.setattr(sys, "argv", ["bundle", str(tmp_path), str(tmp_path)])
    with pytest.raises(SystemExit):
        runpy.run_module("engine.export.bundle", run_name="__main__")
    assert by == [process.WAITED_FOR] and process.WAITED_FOR < process.LEAST
