"""The head that a configuration asks for: fastai's own, one linear layer, or one that sees where things are."""

from typing import Any

from fastai.layers import AdaptiveConcatPool2d, Flatten
from torch import nn

from engine.config import DRAWINGS, FASTAI_HEAD, GRID_HEAD, PHOTOGRAPHS, TrainConfig

CHANNELS = {PHOTOGRAPHS: 1280, DRAWINGS: 512}
"""Channels of each backbone's last layer; fastai's pooling makes twice as many features of them."""

GRID_CHANNELS, GRID_STRIDE = {PHOTOGRAPHS: 112, DRAWINGS: 256}, 16


def head_options(config: TrainConfig, n_out: int) -> dict[str, Any]:
    """What fastai's model builders are told about the head of a network with `n_out` outputs."""
    if config.head == FASTAI_HEAD:
        hidden = [config.hidden] if config.hidden else []
        return {"lin_ftrs": hidden, "ps": config.dropout, "y_range": config.y_range or None}
    return {
        "custom_head": _grid_head(config, n_out) if config.head == GRID_HEAD else _linear_head(config, n_out)
    }


def _linear_head(config: TrainConfig, n_out: int) -> nn.Module:
    """fastai's pooling, and one linear layer."""
    return nn.Sequential(
        AdaptiveConcatPool2d(),
        Flatten(),
        nn.Dropout(config.dropout),
        nn.Linear(2 * CHANNELS[config.weights], n_out),
    )


def _grid_head(config: TrainConfig, n_out: int) -> nn.Module:
    """One linear layer on the whole grid of features: pooling would forget where things are.

    torch's `Flatten` takes a channels-last grid too; fastai's does not.
    """
    side = -(-config.size // GRID_STRIDE)
    count = GRID_CHANNELS[config.weights] * side * side
    return nn.Sequential(nn.Flatten(), nn.Dropout(config.dropout), nn.Linear(count, n_out))


def keep_until_grid(network: nn.Sequential, config: TrainConfig) -> None:
    """Where the head sees the grid, cut what lies behind it off the body, in place."""
    if config.head != GRID_HEAD:
        return
    body: Any = network[0]
    if config.weights == DRAWINGS:
        network[0] = body[:7]
        return
    body = body.model
    body.blocks = body.blocks[:5]
    body.conv_head, body.bn2 = nn.Identity(), nn.Identity()
