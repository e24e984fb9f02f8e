"""Which attempt at a job counts, read from its folder, damaged or not."""

import time
from dataclasses import replace

import pytest

from engine.jobs.cluster import attempt
from engine.jobs.cluster.attempt import Attempt

ONE = Attempt("job-1", 2, "node", beat=5.0, is_ended=True)


def test_an_attempt_is_read_as_it_was_written(tmp_path):
    assert attempt.read(tmp_path, "job-1") is None
    attempt.write(tmp_path, ONE)
    assert attempt.read(tmp_path, "job-1") == ONE


def test_what_an_earlier_supervisor_wrote_does_not_count(tmp_path):
    attempt.write(tmp_path, ONE)
    assert attempt.read(tmp_path, "job-2") is None
    assert attempt.latest(tmp_path) == ONE


@pytest.mark.parametrize(
    ("actor", "number", "is_replaced"),
    [("job-1", 1, True), ("job-1", 2, False), ("job-1", 3, False), ("job-2", 2, True)],
)
def test_an_attempt_is_replaced_by_a_later_one_and_by_a_new_start(tmp_path, actor, number, is_replaced):
    assert not attempt.is_replaced(tmp_path, actor, number)
    attempt.write(tmp_path, ONE)
    assert attempt.is_replaced(tmp_path, actor, number) is is_replaced


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"actor": "job-1", "number": "x", "host": "a", "beat": 1}']
)
def test_a_damaged_file_is_no_attempt(tmp_path, text):
    (tmp_path / attempt.FILE).write_text(text)
    assert attempt.read(tmp_path, "job-1") is None


@pytest.mark.parametrize(("seconds", "is_fresh"), [(0, True), (-15, True), (60, False), (-60, False)])
def test_a_beat_is_fresh_also_where_another_machines_clock_is_ahead(seconds, is_fresh):
    assert replace(ONE, beat=time.time() - seconds).is_fresh is is_fresh
