"""How long a review will take, before it begins.

The constants are CPU time, measured with 30 and 300 photographs of three labels: 6.0 s and 12.2 s, and 1 s to start
the process. On two cores that are busy with other work it takes three to six times as long.
"""

SECONDS_TO_START = 6.3
SECONDS_PER_IMAGE = 0.023
"""Decoding, the features, and judging by models that never saw the image."""


def seconds(n_images: int) -> float:
    """The predicted duration in seconds of a review of images that were never looked at before."""
    return SECONDS_TO_START + SECONDS_PER_IMAGE * n_images
