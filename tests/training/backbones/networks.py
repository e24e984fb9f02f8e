"""timm's and torchvision's own networks with the backbones' weights, to compare the ONNX graphs with."""

import numpy as np
import timm
import torch
from torch import nn
from torchvision import models

from engine.images.preprocess import to_batch
from engine.training.backbones import (
    DRAWINGS,
    GRID,
    LOGITS,
    POOLED,
    TEXTURE,
    Backbone,
    normalization,
    weight_files,
)

SIDE = 64


def squares(count: int = 3, side: int = SIDE) -> np.ndarray:
    """Random uint8 squares (N, side, side, 3): some noise, some of coarse patches."""
    rng = np.random.default_rng(0)
    patches = rng.integers(0, 256, (count, side // 8, side // 8, 3), np.uint8)
    coarse = patches.repeat(8, axis=1).repeat(8, axis=2)
    noise = rng.integers(0, 256, (count, side, side, 3), np.uint8)
    return np.where((np.arange(count) % 2 == 0)[:, None, None, None], coarse, noise)


def expected(backbone: Backbone, images: np.ndarray) -> dict[str, np.ndarray]:
    """What timm's or torchvision's own network computes in float32, by output."""
    batch = to_batch(images, normalization(backbone.name))
    with torch.inference_mode():
        return {name: tensor.numpy() for name, tensor in _NETWORKS[backbone.name](backbone, batch).items()}


def _resnet(backbone: Backbone, batch: torch.Tensor) -> dict[str, torch.Tensor]:
    body = nn.Sequential(*list(models.resnet18(weights=None).children())[:-2])
    body.load_state_dict({k.removeprefix("0."): v for k, v in _floats(backbone).items()}, strict=False)
    body.eval()
    return {POOLED: _pooled(body(batch)), GRID: body[:7](batch), TEXTURE: _texture(body[:5](batch))}


def _efficientnet(backbone: Backbone, batch: torch.Tensor) -> dict[str, torch.Tensor]:
    network = timm.create_model(backbone.arch, pretrained=False).eval()
    network.load_state_dict(_floats(backbone), strict=False)
    early = nn.Sequential(network.conv_stem, network.bn1, network.blocks[:5])
    return {
        POOLED: _pooled(network.forward_features(batch)),
        GRID: early(batch),
        TEXTURE: _texture(nn.Sequential(network.conv_stem, network.bn1, network.blocks[:3])(batch)),
        LOGITS: network(batch),
    }


_NETWORKS = {DRAWINGS.name: _resnet, "photographs": _efficientnet}


def _floats(backbone: Backbone) -> dict[str, torch.Tensor]:
    return {k: torch.from_numpy(v.astype(np.float32)) for k, v in weight_files.tensors(backbone).items()}


def _texture(features: torch.Tensor) -> torch.Tensor:
    return torch.cat([features.mean((2, 3)), features.std((2, 3), correction=0)], dim=1)


def _pooled(features: torch.Tensor) -> torch.Tensor:
    return torch.cat([features.amax((2, 3)), features.mean((2, 3))], dim=1)
