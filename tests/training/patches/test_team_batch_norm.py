"""A team's batch norm is torch's where one worker has the whole batch; two workers are tested with their fit."""

import copy

import pytest
import torch
import torch.distributed as dist
from torch import nn

from engine.training.patches.team_batch_norm import shared_by_team


@pytest.fixture
def group(tmp_path):
    dist.init_process_group("gloo", init_method=f"file://{tmp_path / 'store'}", rank=0, world_size=1)
    yield
    dist.destroy_process_group()


def outcome(network: nn.Module, images: torch.Tensor) -> list[torch.Tensor]:
    """Outputs, gradients and running statistics after one step's backward pass."""
    outputs = network(images)
    outputs.square().sum().backward()
    return [outputs, *(one.grad for one in network.parameters()), *network.state_dict().values()]


@pytest.mark.parametrize(
    ("norm", "shape"), [(nn.BatchNorm2d(3), (5, 3, 4, 6)), (nn.BatchNorm1d(4), (6, 4))], ids=["2d", "1d"]
)
def test_alone_it_is_torchs(group, norm, shape):
    images = torch.randn(shape, generator=torch.Generator().manual_seed(0)) * 2 + 1
    ours, theirs = nn.Sequential(norm), nn.Sequential(copy.deepcopy(norm))
    with shared_by_team(ours):
        assert type(ours[0]) is not type(theirs[0])
        found = outcome(ours, images)
    assert type(ours[0]) is type(theirs[0])
    for one, expected in zip(found, outcome(theirs, images), strict=True):
        torch.testing.assert_close(one, expected, rtol=1e-4, atol=1e-4)


def test_what_does_not_learn_stays_as_it_is(group):
    images = torch.randn(2, 3, 4, 4)
    network = nn.Sequential(nn.BatchNorm2d(3)).eval()
    expected = network(images)
    with shared_by_team(network):
        assert torch.equal(network(images), expected)


def test_torchs_own_still_refuses_processors(group):
    with pytest.raises(ValueError, match="GPU"):
        nn.SyncBatchNorm(3)(torch.randn(2, 3, 4, 4))
