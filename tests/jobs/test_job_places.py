"""Places for short jobs: as many at once as the machine has cores, no waiting for ever, and a stop that counts."""

import os
import subprocess
import sys
from contextlib import ExitStack

import pytest

from engine import paths
from engine.jobs import device_queue, in_turn, job_places
from engine.jobs.job import Job, JobStopped
from engine.jobs.job_places import IMPORT, LOOK
from engine.jobs.reporter import Reporter


@pytest.fixture
def report(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(job_places, "SECONDS_BETWEEN_LOOKS", 0.0)
    job = Job(tmp_path / "job")
    job.create()
    return Reporter(job)


def test_as_many_work_at_once_as_there_are_cores(report, monkeypatch):
    looks = []
    with ExitStack() as first:
        first.enter_context(job_places.place(IMPORT, report))
        first.enter_context(job_places.place(IMPORT, report))
        monkeypatch.setattr(job_places.time, "sleep", lambda _: looks.append(1) or first.close())
        with job_places.place(IMPORT, report):
            assert looks == [1] and report.job.status.progress.text == "Waiting for other jobs"


def test_a_job_that_waits_has_loaded_nothing_heavy():
    heavy = {"pandas", "sklearn", "onnxruntime", "cyclopts"}
    code = f"import sys, {in_turn.MODULE}; print({heavy} & sys.modules.keys())"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=paths.ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


def test_one_kind_does_not_wait_for_the_other(report, monkeypatch):
    monkeypatch.setattr(job_places.time, "sleep", lambda _: pytest.fail("it waits"))
    with job_places.place(IMPORT, report), job_places.place(IMPORT, report), job_places.place(LOOK, report):
        pass


def test_after_so_long_a_job_begins_all_the_same(report, monkeypatch):
    monkeypatch.setattr(job_places, "MOST_SECONDS", 0.0)
    with job_places.place(LOOK, report), job_places.place(LOOK, report), job_places.place(LOOK, report):
        pass


def test_a_job_that_waits_can_be_stopped(report):
    with (
        job_places.place(LOOK, report),
        job_places.place(LOOK, report),
        pytest.raises(JobStopped),
    ):
        report.job.request_stop()
        with job_places.place(LOOK, report):
            pytest.fail("it works")


def test_without_a_folder_for_places_it_works_at_once(report, tmp_path):
    device_queue.machine_folder().parent.parent.mkdir(parents=True, exist_ok=True)
    device_queue.machine_folder().parent.write_text("no folder")
    with job_places.place(IMPORT, report):
        pass
