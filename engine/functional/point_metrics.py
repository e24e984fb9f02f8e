"""How far predicted points are off, in pixels, next to a baseline that needs no network."""

import numpy as np
import pandas as pd

from engine.functional.coordinates import pixel_distance, to_unit


def error_table(predictions, baseline_px=None) -> pd.DataFrame:
    """One row per image: fname, group, and the distance to the truth in pixels of that image.

    `error_px` is the network's, `baseline_px` (N,) that of the mean training point (see
    `engine.runs.constant_baselines.point_baseline_px`), NaN where it is left out; `error_share` is the network's as a
    share of the image's width.
    """
    error_px = pixel_distance(predictions.points_px, predictions.targets_px)
    return pd.DataFrame(
        {
            "fname": predictions.fnames,
            "group": predictions.groups,
            "error_px": error_px,
            "baseline_px": np.nan if baseline_px is None else baseline_px,
            "error_share": error_px / np.asarray(predictions.sizes_wh, float)[:, 0],
        }
    )


def unit_mse(predictions) -> float:
    """The mean squared error in unit coordinates, over both coordinates: the loss that fastai reports."""
    error = to_unit(predictions.points_px, predictions.sizes_wh) - to_unit(
        predictions.targets_px, predictions.sizes_wh
    )
    return float((error**2).mean())


def root_mse_px(mse_unit: float, size_wh) -> np.ndarray:
    """Convert a mean squared error in unit coordinates to a root mean squared error in pixels: (across, down).

    Each axis runs over 2 units, so the root is scaled by half the side: 0.0001 on 640 x 480 is 3.2 px across and
    2.4 px down.
    """
    return np.sqrt(mse_unit) * np.asarray(size_wh, float) / 2


def frame_of(sizes_wh) -> tuple[int, int]:
    """The most frequent image size (w, h): the frame in which all points can be shown together."""
    sizes, counts = np.unique(np.asarray(sizes_wh, int), axis=0, return_counts=True)
    width, height = sizes[counts.argmax()]
    return int(width), int(height)
