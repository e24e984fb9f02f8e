"""The added layers against torch and SciPy, on the real backbone."""

from math import ceil

import numpy as np
import pytest
import timm
import torch
from scipy.special import logsumexp

from engine.training.backbones import GRID, PHOTOGRAPHS, sessions, weight_files
from engine.training.backbones.registry import PHOTOGRAPHS_LARGE
from engine.training.photo_models import graphs, groups, point_head
from engine.training.photo_models.point_head import PointHead

GROUPS = [groups.SCENE_GROUPS[label] for label in ("dog", "chair", "person")]


def noise(height: int, width: int) -> np.ndarray:
    small = np.random.default_rng(0).integers(0, 256, (1, height // 16, width // 16, 3))
    return small.repeat(16, 1).repeat(16, 2).astype(np.uint8)


@pytest.mark.parametrize("backbone", [PHOTOGRAPHS, PHOTOGRAPHS_LARGE], ids=lambda backbone: backbone.name)
def test_group_scores_and_features_are_those_of_timm_and_scipy(backbone):
    images = noise(160, 224)
    session = graphs.open_session(graphs.several_labels(groups.weights(GROUPS), backbone))
    scores, mean = graphs.run(session, images, [graphs.SCORES, graphs.MEAN])

    network = timm.create_model(backbone.arch, pretrained=False).eval()
    tensors = {k: torch.tensor(v.astype(np.float32)) for k, v in weight_files.tensors(backbone).items()}
    assert not network.load_state_dict(tensors, strict=False).unexpected_keys
    with torch.inference_mode():
        inputs = (torch.tensor(images).permute(0, 3, 1, 2) / 255 - backbone.mean[0]) / backbone.std[0]
        features = network.forward_features(inputs)[0].numpy()
    np.testing.assert_allclose(mean[0], features.mean((1, 2)), atol=2e-3)
    np.testing.assert_allclose(scores[0], slow_scores(features, network), atol=0.02)


def slow_scores(features: np.ndarray, network) -> list[float]:
    """Window by window: logsumexp inside the group minus logsumexp outside, hints with their weight; the best 5%."""
    weight, bias = (value.detach().numpy() for value in (network.classifier.weight, network.classifier.bias))
    _, height, width = features.shape
    logits = [
        (weight @ features[:, top : top + side, left : left + side].mean((1, 2)) + bias) / 1.5
        for side in (2, 5)
        for top in range(height - side + 1)
        for left in range(width - side + 1)
    ]
    result = []
    for group in GROUPS:
        shares = np.zeros(1000)
        shares[list(group.hints)] = np.exp(-2)
        shares[list(group.members)] = 1
        odds = [logsumexp(v, b=shares) - logsumexp(v, b=1 - shares) for v in logits]
        result.append(np.mean(sorted(odds)[-ceil(0.05 * len(odds)) :]))
    return result


def test_the_point_head_is_a_convolution_of_the_grid():
    images = noise(96, 128)
    rng = np.random.default_rng(1)
    head = PointHead(
        rng.normal(size=(3, 112, 3, 3)).astype(np.float32), rng.normal(size=3).astype(np.float32)
    )
    session = graphs.open_session(graphs.point(head.weight, head.bias))
    cells = graphs.run(session, images, [graphs.CELLS])[0]
    grid = sessions.run(PHOTOGRAPHS, images, [GRID])[0]
    assert grid.shape[2:] == (96 // graphs.STRIDE, 128 // graphs.STRIDE)
    np.testing.assert_allclose(cells, point_head.convolve(head, grid), atol=1e-2)


def test_every_backbone_is_known_by_name():
    assert graphs.backbone("photographs-large") == PHOTOGRAPHS_LARGE
    with pytest.raises(KeyError):
        graphs.backbone("drawings")


def test_members_count_fully_and_belong_to_one_scene_label():
    matrix = groups.weights(list(groups.SCENE_GROUPS.values()))
    assert matrix.shape == (12, 1000)
    assert ((matrix == 1).sum(0) <= 1).all() and (matrix == 1).any(1).all()
    assert (matrix.sum(0) < 1.5).all()
