"""Training tells MLflow as it goes, and goes on where MLflow does not."""

import shutil
import threading

import pytest

from engine import paths
from engine.jobs.progress import Listener
from engine.runs import files
from engine.training.mlflow_tracking import follow
from engine.training.mlflow_tracking.tracked_run import TrackedRun
from tests.training.mlflow_tracking.memory_target import MemoryTarget
from tests.training.mlflow_tracking.test_tracked_run import write_epochs


class Notes(Listener):
    def __init__(self):
        self.notes, self.epochs = [], []

    def note(self, sentence):
        self.notes.append(sentence)

    def epoch(self, row):
        self.epochs.append(row["epoch"])


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(paths.BUNDLED_RUNS / "multi-label", tmp_path / "mine")


def follower(folder, target, listener):
    return follow.Follower(TrackedRun(folder, target, lambda run, out: out.write_bytes(b"zip")), listener)


def test_without_a_server_the_listener_stays_as_it_is(folder):
    listener = Listener()
    with follow.followed(folder, None, listener) as same:
        assert same is listener


def test_training_does_not_wait_for_a_slow_server(folder):
    target, listener, go = MemoryTarget(), Notes(), threading.Event()
    target.before_log = lambda: go.wait(60)
    following = follower(folder, target, listener)
    for count in (1, 2, 3, 4):  # all while the server has not replied to the first
        write_epochs(folder, count)
        following.epoch({"epoch": count})
    assert listener.epochs == [1, 2, 3, 4] and target.steps == []
    go.set()
    following.finish()
    assert target.steps == [1, 2, 3, 4] and target.statuses[-1] == "FINISHED" and listener.notes == []


def test_a_server_that_is_away_costs_one_sentence_and_says_how_to_send_the_rest(folder):
    target, listener = MemoryTarget(), Notes()
    target.is_away = True
    following = follower(folder, target, listener)
    for count in (1, 2):
        write_epochs(folder, count)
        following.epoch({"epoch": count})
        following._sender.submit(lambda: None).result()
    following.finish()
    assert len(listener.notes) == 2 and "Training continues" in listener.notes[0]
    command = f"python -m engine runs track {folder} --mlflow {target.shown}"
    assert listener.notes[1].endswith(command)
    target.is_away = False
    follow.send(follow.Run(folder), target, lambda run, out: out.write_bytes(b"zip"))
    assert target.steps == [1, 2] and target.bundles == [b"zip"]


def test_a_run_that_never_began_is_not_sent(tmp_path):
    target, listener = MemoryTarget(), Notes()
    follower(tmp_path / "none", target, listener).finish()
    assert target.runs == [] and listener.notes == []
    assert not (tmp_path / "none" / files.MLFLOW).exists()
