"""Pretrained backbones: their registry, their weights, and their features without torch."""

from engine.training.backbones.backbone import Backbone
from engine.training.backbones.errors import WeightsError
from engine.training.backbones.onnx_graph import GRID, LOGITS, POOLED, POOLED_AND_TEXTURE, TEXTURE
from engine.training.backbones.registry import (
    BACKBONES,
    DRAWINGS,
    PHOTOGRAPHS,
    default_for,
    get,
    normalization,
    of_weights,
)

__all__ = [
    "BACKBONES",
    "DRAWINGS",
    "GRID",
    "LOGITS",
    "PHOTOGRAPHS",
    "POOLED",
    "POOLED_AND_TEXTURE",
    "TEXTURE",
    "Backbone",
    "WeightsError",
    "default_for",
    "get",
    "normalization",
    "of_weights",
]
