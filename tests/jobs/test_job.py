"""A job's one status file: its states, stop, kill, resume, other machines, throttled writes and damaged files."""

import json
import time
from dataclasses import asdict, replace

import pytest

from engine.jobs import job as job_module
from engine.jobs import process, reporter, status
from engine.jobs.eviction import evict_oldest
from engine.jobs.executors import LOCAL
from engine.jobs.job import HANDLE, STOP, Job, JobStopped
from engine.jobs.process import ProcessId
from engine.jobs.reporter import Reporter, working
from engine.jobs.status import (
    ACTIVE,
    FAILED,
    FINISHED,
    INTERRUPTED,
    QUEUED,
    RUNNING,
    STATES,
    STOPPED,
    Progress,
    Status,
)

ELSEWHERE = ProcessId("another-machine", 4711, 12.5)
COUNTER = """
import sys
from pathlib import Path
from engine.jobs.job import Job, JobStopped
from engine.jobs.reporter import working
job = Job(Path(sys.argv[1]))
print("counting")
with working(job) as report:
    for step in range(int(sys.argv[2])):
        report.show("counting", step / int(sys.argv[2]))
        if job.stop_requested:
            raise JobStopped("stopped at a good moment")
        __import__("time").sleep(0.02)
"""


@pytest.fixture
def counter(tmp_path, monkeypatch):
    """A module that counts to its second argument as the job in its first."""
    (tmp_path / "count_to.py").write_text(COUNTER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return "count_to"


def wait_for(job: Job, *states: str) -> Status:
    end = time.monotonic() + 60
    while (found := job.status).state not in states:
        assert time.monotonic() < end, f"{found} {job.log}"
        time.sleep(0.02)
    return found


def written(folder) -> dict:
    return json.loads((folder / "status.json").read_text())


# --- states -----------------------------------------------------------------------------------------------------


def test_a_job_is_queued_runs_and_finishes(tmp_path, counter):
    job = Job(tmp_path / "job")
    assert not job.exists and not job.is_active
    job.start(counter, str(job.folder), "3", colour="red")
    assert job.state in ACTIVE and job.exists
    found = wait_for(job, FINISHED)
    assert found.command == (counter, str(job.folder), "3") and found.details == {"colour": "red"}
    assert found.progress.text == "counting" and found.progress.share == pytest.approx(2 / 3)
    assert found.process.host == process.host() and "counting" in job.log


def test_a_job_stops_when_it_is_asked_and_resumes_with_its_command(tmp_path, counter):
    job = Job(tmp_path / "job")
    job.start(counter, str(job.folder), "100000")
    wait_for(job, RUNNING)
    with pytest.raises(ValueError, match="running and cannot be resumed"):
        job.resume()
    job.request_stop()
    assert job.stop_requested
    assert wait_for(job, STOPPED).message == "stopped at a good moment"
    assert not job.stop_requested
    job.resume()
    wait_for(job, RUNNING)
    assert job.kill()
    assert job.state == INTERRUPTED
    job.request_stop()
    assert not job.stop_requested


def test_a_killed_job_is_interrupted(tmp_path, counter):
    job = Job(tmp_path / "job")
    job.start(counter, str(job.folder), "100000")
    wait_for(job, RUNNING)
    assert job.kill()
    assert wait_for(job, INTERRUPTED).message == job_module.EXITED
    assert written(job.folder)["state"] == RUNNING


def test_a_process_that_dies_before_its_first_word_is_interrupted(tmp_path):
    job = Job(tmp_path / "job")
    job.start("there.is.no.such.module")
    wait_for(job, INTERRUPTED)
    assert "no.such.module" in job.log or "No module named" in job.log


def test_a_job_without_an_executor_is_queued_for_a_minute(tmp_path):
    job = Job(tmp_path)
    job.create()
    assert job.state == QUEUED
    late = time.time() - job_module.SECONDS_TO_START - 1
    status.write(tmp_path, replace(job.status, heartbeat=late))
    assert job.state == INTERRUPTED


def test_an_error_is_the_message_and_a_stop_is_no_failure(tmp_path):
    job = Job(tmp_path)
    with pytest.raises(KeyError), working(job, colour="red"):
        raise KeyError("what")
    assert (job.state, job.status.message) == (FAILED, "KeyError: 'what'")
    with pytest.raises(KeyboardInterrupt), working(job) as report:
        report.details["size"] = 3
        raise KeyboardInterrupt
    assert (job.state, job.status.details) == (STOPPED, {"colour": "red", "size": 3})
    with pytest.raises(JobStopped), working(job):
        raise JobStopped("enough")
    assert (job.state, job.status.message) == (STOPPED, "enough")


def test_a_job_is_claimed_while_a_process_works_on_it(tmp_path):
    job = Job(tmp_path)
    job.create()
    assert not job.is_claimed
    job.update(state=RUNNING)
    assert job.is_active and job.is_claimed
    status.write(tmp_path, replace(job.status, process=ELSEWHERE))
    assert job.is_claimed
    status.write(tmp_path, replace(job.status, state=FINISHED))
    assert not job.is_claimed


# --- other machines ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ACTIVE)
def test_a_job_of_another_machine_is_never_dead_but_may_be_silent(tmp_path, state):
    job = Job(tmp_path)
    now = time.time()
    status.write(tmp_path, Status(state, process=ELSEWHERE, heartbeat=now))
    assert (job.state, job.status.message) == (state, "")
    status.write(tmp_path, Status(state, process=ELSEWHERE, heartbeat=now - 24 * 3600))
    assert job.state == state and job.is_claimed
    assert "no sign of life from another-machine since" in job.status.message


def test_a_job_queued_on_another_machine_is_not_dead_before_it_reports(tmp_path):
    job = Job(tmp_path)
    not_started = ProcessId(ELSEWHERE.host, 0, 0.0)
    status.write(tmp_path, Status(QUEUED, process=not_started, heartbeat=1.0))
    assert job.state == QUEUED
    handle = {"executor": LOCAL} | asdict(ELSEWHERE)
    (tmp_path / HANDLE).write_text(json.dumps(handle))
    assert job.state == QUEUED and not job.kill()


def test_the_heartbeat_goes_on_while_nothing_is_reported(tmp_path, monkeypatch):
    monkeypatch.setattr(job_module, "SECONDS_BETWEEN_HEARTBEATS", 0.01)
    job = Job(tmp_path)
    with working(job):
        first = written(tmp_path)["heartbeat"]
        end = time.monotonic() + 30
        while written(tmp_path)["heartbeat"] == first:
            assert time.monotonic() < end
    assert written(tmp_path)["state"] == FINISHED


def test_the_number_of_a_process_is_not_enough(tmp_path):
    me = process.identify()
    assert me.is_this and me.is_alive is True
    assert replace(me, started=me.started - 100).is_alive is False
    assert ELSEWHERE.is_alive is None
    assert process.from_record(asdict(me)) == me
    for record in (
        None,
        [],
        {},
        {"host": 1, "pid": 2, "started": 3},
        {"host": "a", "pid": "x", "started": 1},
    ):
        assert process.from_record(record) is None


# --- what is written --------------------------------------------------------------------------------------------


def test_progress_is_written_a_few_times_a_second_and_the_last_word_always(tmp_path, monkeypatch):
    writes = []
    monkeypatch.setattr(reporter, "SECONDS_BETWEEN_WRITES", 1000)
    monkeypatch.setattr(
        Job, "update", lambda self, *, progress=None, **_: writes.append(progress), raising=True
    )
    report = Reporter(Job(tmp_path))
    for step in range(100):
        report.show("counting", step / 1000)
    report.show("resting", 0.5)
    report.show("resting", 0.6)
    assert [(one.text, one.share) for one in writes] == [("counting", 0.0), ("resting", 0.5)]
    report.flush()
    report.flush()
    assert (writes[-1].text, writes[-1].share, len(writes)) == ("resting", 0.6, 3)


@pytest.mark.parametrize("error", [None, JobStopped("enough"), ValueError("wrong")])
def test_a_job_ends_with_what_it_reported_last(tmp_path, monkeypatch, error):
    monkeypatch.setattr(reporter, "SECONDS_BETWEEN_WRITES", 1000)
    job = Job(tmp_path)
    try:
        with working(job) as report:
            report.show("counting", 0.1)
            report.show("counting", 0.2)
            if error:
                raise error
    except (JobStopped, ValueError):
        pass
    assert job.status.progress.share == 0.2 and not job.status.is_active


def test_the_time_left_is_judged_from_what_this_process_did():
    assert Progress("x", 0.75, 0.5, 10.0).seconds_left == pytest.approx(10.0)
    assert Progress("x", 0.5, 0.5, 10.0).seconds_left is None


def test_a_status_is_read_as_it_was_written(tmp_path):
    for state in STATES:
        one = Status(state, "why", ("a", "b"), "me", ELSEWHERE, 5.0, Progress("x", 0.5, 0.1, 2.0), {"n": [1]})
        status.write(tmp_path, one)
        assert status.read(tmp_path) == one


DAMAGED = ["", "{", "[]", "{}", '{"state": "waiting"}', '{"state": 3}', '{"state": []}',
           '{"state": "running", "progress": 3}', '{"state": "running", "heartbeat": "x"}',
           '{"state": "running", "heartbeat": NaN}', '{"state": "running", "command": 3}',
           '{"state": "running", "progress": {"share": null}}']  # fmt: skip


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_status_is_a_failed_job(tmp_path, text):
    (tmp_path / "status.json").write_text(text)
    assert (Job(tmp_path).state, Job(tmp_path).status.message) == (FAILED, status.MISSING)
    assert not Job(tmp_path).is_active


def test_a_status_of_another_version_says_so(tmp_path):
    (tmp_path / "status.json").write_text('{"version": 99, "state": "running"}')
    assert Job(tmp_path).state == FAILED and "version 99" in Job(tmp_path).status.message


def test_a_minimal_status_is_enough(tmp_path):
    (tmp_path / "status.json").write_text('{"state": "finished"}')
    assert Job(tmp_path).state == FINISHED and (tmp_path / STOP).exists() is False


# --- room -------------------------------------------------------------------------------------------------------


def test_the_oldest_folders_give_way_but_not_active_jobs(tmp_path):
    import os

    for age, name in enumerate("edcba"):
        status.write(tmp_path / name, Status(RUNNING if name == "e" else FINISHED, process=ELSEWHERE))
        os.utime(tmp_path / name, (1000 + age, 1000 + age))
    evict_oldest(tmp_path, keep=3, except_for=tmp_path / "new")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a", "b", "e"]
    evict_oldest(tmp_path / "nowhere", keep=3)
