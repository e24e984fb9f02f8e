"""A pretrained backbone: the source of its weights, its training data, and its preprocessing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Backbone:
    """A pretrained image network that heads can be trained on.

    Attributes:
        name: as in a configuration's `weights`.
        arch: name of the timm or torchvision architecture.
        title: its usual name.
        source: where the weights come from.
        licence: SPDX identifier of the licence of the weights.
        trained_on: its training data, in a few words.
        size: side in pixels of the square images it works best on.
        mean, std: per channel, of images scaled to 0..1; the network sees `(image - mean) / std`.
        prefix: the prefix that a fastai vision model (body, head) adds to the names of the body's tensors.
        texture_stage: the early stage whose channel statistics are called texture, as a module of the body.
        texture_columns: the number of these statistics: twice the stage's channels.
    """

    name: str
    arch: str
    title: str
    source: str
    licence: str
    trained_on: str
    size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    prefix: str
    texture_stage: str
    texture_columns: int
