"""Following a job of another process: what is told, and a stop that nobody else could heed."""

from dataclasses import replace

from engine.jobs import follow, status
from engine.jobs.follow import follow as followed
from engine.jobs.job import STOP, Job
from engine.jobs.progress import Listener
from engine.jobs.status import FINISHED, QUEUED, RUNNING, Progress, Status


class Told(Listener):
    def __init__(self):
        self.shown, self.notes = [], []

    def show(self, activity, share):
        self.shown.append((activity, share))

    def note(self, sentence):
        self.notes.append(sentence)


def test_a_listener_is_told_until_the_job_has_ended(tmp_path, monkeypatch):
    job, told = Job(tmp_path), Told()
    job.update(state=QUEUED, message="waiting for its turn")
    steps = iter(
        [(RUNNING, Progress("training", 0.5)), (RUNNING, Progress("training", 0.9)), (FINISHED, Progress())]
    )

    def go_on(_):
        state, progress = next(steps)
        job.update(state=state, message="", progress=progress)

    monkeypatch.setattr(follow.time, "sleep", go_on)
    assert followed(job, told).state == FINISHED
    assert told.shown == [("", 0.0), ("training", 0.5), ("training", 0.9)]
    assert told.notes == ["waiting for its turn"]


def test_a_job_that_waits_for_a_node_is_stopped_by_who_follows_it(tmp_path, monkeypatch):
    asked: list[bool] = []
    status.write(tmp_path, Status(QUEUED))
    monkeypatch.setattr(Job, "waits_on_cluster", True)

    def stop(job):
        asked.append(True)
        status.write(tmp_path, replace(status.read(tmp_path), state="stopped"))

    monkeypatch.setattr(Job, "request_stop", stop)
    (tmp_path / STOP).touch()
    assert followed(Job(tmp_path), Told()).state == "stopped" and asked == [True]
