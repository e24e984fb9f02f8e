"""Heat maps against the definition written out by hand, and against networks whose eyes are known."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from engine.inference.attribution import covering, covering_test, grad_cam  # noqa: E402

SIDE = 64


def one_eyed_network():
    """Output 0 is the mean of the red, output 1 that of the green; the feature map is the picture in 8 x 8 cells."""
    body = nn.AvgPool2d(SIDE // 8)
    head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 2, bias=False))
    head[2].weight.data = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    return nn.Sequential(body, head)


def red_left_top_green_right_bottom():
    batch = torch.zeros(1, 3, SIDE, SIDE)
    batch[0, 0, :24, :16] = 2.0
    batch[0, 1, 48:, 40:] = 3.0
    return batch


def small_convolutional_network():
    torch.manual_seed(1)
    body = nn.Sequential(nn.Conv2d(3, 8, 5, stride=4), nn.ReLU(), nn.Conv2d(8, 6, 3, stride=2), nn.ReLU())
    head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 10), nn.ReLU(), nn.Linear(10, 4))
    return nn.Sequential(body, head)


def grad_cam_by_hand(network, batch, output):
    features = network[0](batch).detach().requires_grad_(True)
    network[1](features)[0, output].backward()
    weights = features.grad.mean((2, 3), keepdim=True)
    heat = torch.relu((weights * features).sum(1))[0].detach().numpy()
    return heat / heat.max() if heat.max() > 0 else heat * 0


@pytest.mark.parametrize("output", range(4))
def test_grad_cam_equals_its_definition(output):
    network, batch = small_convolutional_network(), torch.randn(1, 3, SIDE, SIDE)
    expected = grad_cam_by_hand(network, batch, output)
    found = grad_cam(network, batch, output)
    assert found.shape == expected.shape
    assert found == pytest.approx(expected, abs=1e-5)


def test_grad_cam_works_on_a_frozen_network_and_leaves_nothing_behind():
    network, batch = small_convolutional_network().requires_grad_(False), torch.randn(1, 3, SIDE, SIDE)
    grad_cam(network, batch, 1)
    assert not network[0]._forward_hooks and not batch.requires_grad
    assert all(parameter.grad is None for parameter in network.parameters())


@pytest.mark.parametrize(
    ("output", "rows", "columns"), [(0, slice(0, 3), slice(0, 2)), (1, slice(6, 8), slice(5, 8))]
)
def test_each_output_looks_at_its_own_corner(output, rows, columns):
    heat = grad_cam(one_eyed_network(), red_left_top_green_right_bottom(), output)
    expected = np.zeros((8, 8))
    expected[rows, columns] = 1
    assert heat == pytest.approx(expected)


def test_a_picture_without_the_colour_is_cold_everywhere():
    assert not grad_cam(one_eyed_network(), torch.zeros(1, 3, SIDE, SIDE), 0).any()


@pytest.mark.parametrize(
    ("output", "rows", "columns"), [(0, slice(0, 3), slice(0, 2)), (1, slice(6, 8), slice(5, 8))]
)
def test_covering_finds_the_same_corners(output, rows, columns):
    heat = covering(one_eyed_network(), red_left_top_green_right_bottom(), output)
    at = np.unravel_index(heat.argmax(), heat.shape)
    inside = np.zeros((8, 8), bool)
    inside[rows, columns] = True
    assert heat.shape == (8, 8) and heat.min() >= 0
    assert inside[at]


def test_covering_the_hot_part_lowers_the_answer_and_the_cold_part_does_not():
    network, batch = one_eyed_network(), red_left_top_green_right_bottom()
    whole, hottest, coldest = covering_test(network, batch, 0, grad_cam(network, batch, 0))
    assert whole == pytest.approx(2.0 * 24 * 16 / SIDE**2)
    assert hottest == pytest.approx(0, abs=1e-6)
    assert coldest == pytest.approx(whole)


def test_the_covering_test_leaves_the_batch_as_it_was():
    network, batch = one_eyed_network(), red_left_top_green_right_bottom()
    before = batch.clone()
    covering_test(network, batch, 0, grad_cam(network, batch, 0))
    assert torch.equal(batch, before)
