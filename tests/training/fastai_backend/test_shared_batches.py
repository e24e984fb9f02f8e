"""Two workers that share every batch end with the weights of one process that sees all of it."""

import subprocess
import sys

import pytest
import torch

from engine import paths

PROGRAM = """
import sys
import torch
import torch.distributed as dist
from fastai.data.core import DataLoaders
from fastai.learner import Learner
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from engine.training.fastai_backend.shared_batches import SharedBatches, any_worker, worker_count

rank, world, out = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
torch.set_num_threads(1)
if world > 1:
    dist.init_process_group("gloo", init_method=f"file://{out}.group", rank=rank, world_size=world)
assert worker_count() == world
torch.manual_seed(0)
inputs, targets = torch.randn(23, 5), torch.randn(23, 2)
network = nn.Sequential(nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 2))
loaders = [DataLoader(TensorDataset(inputs, targets), 5) for _ in range(2)]  # the last batch has three
learn = Learner(DataLoaders(*loaders, device=torch.device("cpu")), network, nn.MSELoss(), lr=0.05, train_bn=False)
learn.add_cbs([SharedBatches()] * (world > 1))
with learn.no_bar(), learn.no_logging():
    learn.fit(3)
assert any_worker(rank == world - 1)
torch.save((network.state_dict(), [float(loss) for loss in learn.recorder.losses]), f"{out}.{rank}")
"""


def fitted(folder, world):
    """The weights and losses of each worker."""
    out = folder / f"of{world}"
    command = [sys.executable, "-c", PROGRAM]
    workers = [
        subprocess.Popen([*command, str(rank), str(world), str(out)], cwd=paths.ROOT, stderr=subprocess.PIPE)
        for rank in range(world)
    ]
    for worker in workers:
        _, complaint = worker.communicate(timeout=200)
        assert worker.returncode == 0, complaint.decode()
    return [torch.load(f"{out}.{rank}") for rank in range(world)]


@pytest.mark.slow
def test_two_workers_learn_what_one_does(tmp_path):
    (alone,), both = fitted(tmp_path, 1), fitted(tmp_path, 2)
    for weights, losses in both:
        torch.testing.assert_close(weights, alone[0], atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(losses, alone[1], atol=1e-5, rtol=1e-5)
