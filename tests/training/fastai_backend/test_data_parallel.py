"""Two workers with a part of every batch each make the steps of one process, and end when the first one does."""

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
import torch.distributed as dist

from engine import paths
from engine.config import TrainConfig
from engine.jobs.progress import Listener
from engine.training import fastai_backend, fastai_session, images_of
from engine.training.fastai_backend.errors import LearnerError
from engine.training.team import ALONE, Team, WorkersLostError
from tests.tiny_data import pointed

BATCH, EPOCHS = 7, 2
OTHER_WORKER = """
import os, sys
from pathlib import Path
from tests.training.fastai_backend.test_data_parallel import Follower, fit, joined
data, store = map(Path, sys.argv[1:])
with joined(store, rank=1) as team:
    print(fit(data, team, Follower())[0], fit(data, team, Follower())[0], flush=True)
    os._exit(0)  # the first worker trains a third time
"""


class Follower:
    """Keeps what a fit reports; asks it to stop after the first batch where `stops`."""

    def __init__(self, stops: bool = False):
        self.stops, self.losses, self.rows = stops, [], []

    def looking(self, share):
        pass

    def batch(self, epoch, share, loss):
        self.losses.append(float(loss))

    def epoch(self, row):
        self.rows.append(row)

    def stop_is_asked(self):
        return self.stops


def fit(data: Path, team: Team, follower: Follower):
    """Whether a fit came to its end, and its network: nothing is random but the order of images."""
    config = TrainConfig(
        "points", str(data), weights="none", arch="test_resnet", size=32, batch_size=BATCH, epochs=EPOCHS,
        hidden=0, augment=False, device="cpu",
    )  # fmt: skip
    dataset = images_of.load_for(config, data)
    images = fastai_session.decode(dataset, config, Listener())
    learn = fastai_session.make_learner(dataset, images, config, team)
    fastai_backend.full_precision(learn)
    return fastai_backend.fit(learn, config, follower), learn.model


@contextmanager
def joined(store: Path, rank: int):
    dist.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=2)
    try:
        yield Team(rank, 2)
    finally:
        dist.destroy_process_group()


def test_two_workers_make_the_steps_of_one_process_and_end_together(tmp_path):
    data, store = pointed(tmp_path / "squares"), tmp_path / "store"
    alone = Follower()
    _, expected = fit(data, ALONE, alone)
    command = [sys.executable, "-c", OTHER_WORKER, str(data), str(store)]
    other = subprocess.Popen(
        command, cwd=paths.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with joined(store, rank=0) as team:
        together, stopped = Follower(), Follower(stops=True)
        is_done, network = fit(data, team, together)
        is_stopped = not fit(data, team, stopped)[0]
        with pytest.raises(WorkersLostError):
            fit(data, team, Follower())
    printed, errors = other.communicate(timeout=120)
    assert is_done and is_stopped and printed.split() == ["True", "False"], errors
    assert len(stopped.losses) == 1 and len(together.rows) == EPOCHS
    assert together.losses == pytest.approx(alone.losses, rel=1e-4)
    for one, other_row in zip(together.rows, alone.rows, strict=True):
        assert one == pytest.approx(other_row, rel=1e-3)
    for name, tensor in expected.state_dict().items():
        torch.testing.assert_close(network.state_dict()[name], tensor, rtol=1e-3, atol=2e-4, msg=name)


def test_a_batch_that_is_too_small_for_the_team_is_one_sentence(tmp_path):
    with pytest.raises(LearnerError, match=r"7 images is too small for 4 workers.*at most 3"):
        fit(pointed(tmp_path / "squares"), Team(0, 4), Follower())
