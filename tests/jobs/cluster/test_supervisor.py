"""A node's part without Ray: the process it starts, how it takes over from a dead node, and that two never work."""

import re
import sys
import time
from threading import Event

import psutil
import pytest

from engine.jobs import process, status
from engine.jobs.cluster import attempt, supervisor
from engine.jobs.cluster.attempt import Attempt
from engine.jobs.cluster.supervisor import Supervisor
from engine.jobs.job import HANDLE, Job
from engine.jobs.json_file import write_record
from engine.jobs.process import ProcessId
from engine.jobs.status import FINISHED, QUEUED, RUNNING, STOPPED, Status

SECONDS = 60
SLEEPER = "import time\nprint('slept', flush=True)\ntime.sleep({})\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder of a queued job, next to modules that sleep for a moment and for an hour."""
    (tmp_path / "sleep_for_a_moment.py").write_text(SLEEPER.format(0))
    (tmp_path / "sleep_for_an_hour.py").write_text(SLEEPER.format(3600))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(supervisor, "SECONDS_TO_GIVE_UP", 0)
    status.write(tmp_path / "job", Status(QUEUED))
    return tmp_path / "job"


def begin(folder, module: str) -> tuple[Supervisor, Event]:
    left = Event()
    return Supervisor("job-1", str(folder / "log.txt"), (module,), left.set), left


def child_of(one: Supervisor) -> psutil.Process:
    assert one._child is not None
    return psutil.Process(one._child.pid)


def wait_until_gone(child: psutil.Process) -> None:
    psutil.wait_procs([child], SECONDS)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_a_process_that_ends_takes_its_supervisor_along(folder):
    _, left = begin(folder, "sleep_for_a_moment")
    assert left.wait(SECONDS)
    latest = attempt.read(folder, "job-1")
    assert latest is not None and latest.is_ended and latest.number == 1
    assert Job(folder).log.strip() == "slept"


def test_a_supervisor_ends_its_process(folder):
    one, left = begin(folder, "sleep_for_an_hour")
    child = child_of(one)
    latest = attempt.read(folder, "job-1")
    assert latest is not None and latest.is_fresh and not latest.is_ended
    one.end()
    assert left.wait(SECONDS) and not child.is_running()


def test_the_next_node_frees_the_job_and_goes_on(folder):
    attempt.write(folder, Attempt("job-1", 1, "dead node", beat=1.0))
    status.write(folder, Status(RUNNING, process=ProcessId("dead node", 4711, 12.5)))
    one, _ = begin(folder, "sleep_for_an_hour")
    found = status.read(folder)
    assert (found.state, found.process.pid) == (QUEUED, process.NOT_STARTED)
    assert found.message == supervisor.MOVED.format(host=process.host())
    latest = attempt.read(folder, "job-1")
    assert latest is not None and latest.number == 2
    one.end()


def test_the_next_node_leaves_a_job_alone_that_has_ended(folder):
    attempt.write(folder, Attempt("job-1", 1, "dead node", beat=1.0))
    status.write(folder, Status(FINISHED))
    one, left = begin(folder, "sleep_for_an_hour")
    assert left.wait(SECONDS) and one._child is None
    assert status.read(folder).state == FINISHED


@pytest.mark.parametrize("later", [Attempt("job-1", 2, "another node"), Attempt("job-2", 1, "another node")])
def test_an_earlier_process_ends_when_a_later_attempt_counts(folder, later):
    one, left = begin(folder, "sleep_for_an_hour")
    child = child_of(one)
    wait_for_text(folder, "slept")
    attempt.write(folder, later)
    wait_until_gone(child)
    assert left.wait(SECONDS) and attempt.latest(folder) == later


def test_a_process_of_this_machine_that_did_not_end_is_killed(folder):
    old = psutil.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
    attempt.write(folder, Attempt("job-1", 1, process.host(), beat=1.0))
    status.write(folder, Status(RUNNING, process=process.identify(old.pid)))
    one, _ = begin(folder, "sleep_for_an_hour")
    assert old.wait(SECONDS) != 0
    one.end()


def test_a_node_that_does_not_see_the_folder_says_so_when_it_is_asked(tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "SECONDS_TO_BE_ASKED", 0)
    one, left = begin(tmp_path / "nowhere", "sleep_for_a_moment")
    assert re.search(r"^The node .* does not see .*nowhere: let all nodes share", one.trouble())
    one.end()
    assert left.wait(SECONDS) and not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("change", ["stopped", "started by another"])
def test_a_job_that_was_given_up_while_its_cluster_was_away_is_not_started(folder, change):
    if change == "stopped":
        status.write(folder, Status(STOPPED))
    else:
        write_record(folder / HANDLE, {"executor": "ray", "actor": "job-2"})
    one, left = begin(folder, "sleep_for_an_hour")
    assert left.wait(SECONDS) and one._child is None and attempt.latest(folder) is None


def wait_for_text(folder, text: str) -> None:
    end = time.monotonic() + SECONDS
    while text not in Job(folder).log:
        assert time.monotonic() < end
        time.sleep(0.02)
