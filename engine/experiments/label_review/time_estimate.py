"""How long a review will take, before it begins: a guess for two CPU cores, not measured yet."""

SECONDS_TO_START = 4.0
SECONDS_PER_IMAGE = 0.015
"""Decoding, the features, and judging by models that never saw the image."""


def seconds(n_images: int) -> float:
    """The predicted duration in seconds of a review of images that were never looked at before."""
    return SECONDS_TO_START + SECONDS_PER_IMAGE * n_images
