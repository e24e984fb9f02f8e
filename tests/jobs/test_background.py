"""A job's process: how it ends is in the job's status and in the exit status."""

import pytest

from engine.jobs import background, process
from engine.jobs.job import Job, JobStopped
from engine.jobs.status import FAILED, FINISHED, INTERRUPTED, STOPPED, Status, write


def _raising(error: Exception):
    def work(folder, report):
        raise error

    return work


@pytest.mark.parametrize(
    "error, status, state, trouble",
    [
        (JobStopped("enough"), 0, STOPPED, ""),
        (KeyError("x"), 1, FAILED, "KeyError: 'x'"),
        (
            FileNotFoundError(2, "No such file", "a.jpg"),
            1,
            FAILED,
            "FileNotFoundError: [Errno 2] No such file: 'a.jpg'",
        ),
    ],
)
def test_an_expected_error_is_a_sentence_in_the_status(tmp_path, error, status, state, trouble):
    assert background.run(tmp_path, _raising(error), KeyError, ValueError) == status
    assert (Job(tmp_path).state, Job(tmp_path).trouble) == (state, trouble)


def test_work_that_is_done_has_finished(tmp_path):
    assert background.run(tmp_path, lambda folder, report: report.show("half", 0.5)) == 0
    assert (Job(tmp_path).state, Job(tmp_path).trouble) == (FINISHED, "")


def test_an_unexpected_error_is_raised_for_the_log(tmp_path):
    with pytest.raises(ZeroDivisionError):
        background.run(tmp_path, lambda folder, report: 1 / 0, KeyError)
    assert Job(tmp_path).state == FAILED


def test_an_interrupted_process_leaves_its_last_words(tmp_path):
    assert Job(tmp_path / "none").trouble == ""
    write(tmp_path, Status(INTERRUPTED, "its process exited unexpectedly"))
    assert Job(tmp_path).trouble == "It ended early: its process exited unexpectedly"
    (tmp_path / "log.txt").write_text("loading\nout of luck\n")
    assert Job(tmp_path).trouble == "It ended early: out of luck"


def test_it_steps_back_only_a_little_because_a_person_waits(tmp_path, monkeypatch):
    by = []
    monkeypatch.setattr(process, "lower_priority", by.append)
    assert background.run(tmp_path, lambda folder, report: None) == 0
    assert by == [process.WAITED_FOR]
