"""How far predicted points are off, in pixels, always beside the answer that needs no network."""

import numpy as np
import pandas as pd

from engine.points import pixel_distance, to_px, to_unit


def mean_centre(targets_px, sizes_wh) -> np.ndarray:
    """The baseline (N, 2) in pixels: for every picture the one place that is the mean of all the true points.

    The mean is taken in unit coordinates and scaled to each picture's size. It is the constant answer with the
    smallest mean squared error on these very pictures, so it is a little better than any that could be known
    beforehand.
    """
    mean_unit = to_unit(np.asarray(targets_px, float), sizes_wh).mean(axis=0, keepdims=True)
    return to_px(np.repeat(mean_unit, len(targets_px), axis=0), sizes_wh)


def mean_point_median_px(targets_px, sizes_wh) -> float:
    """The median error, in pixels, of always answering `mean_centre`."""
    return float(np.median(pixel_distance(mean_centre(targets_px, sizes_wh), targets_px)))


def error_table(predictions) -> pd.DataFrame:
    """One row per picture: fname, group, and the distance to the truth in pixels of that picture.

    `error_px` is the network's, `baseline_px` that of `mean_centre`; `error_share` is the network's as a share of
    the picture's width.
    """
    baseline_px = mean_centre(predictions.targets_px, predictions.sizes_wh)
    error_px = pixel_distance(predictions.points_px, predictions.targets_px)
    return pd.DataFrame(
        {
            "fname": predictions.fnames,
            "group": predictions.groups,
            "error_px": error_px,
            "baseline_px": pixel_distance(baseline_px, predictions.targets_px),
            "error_share": error_px / np.asarray(predictions.sizes_wh, float)[:, 0],
        }
    )


def unit_mse(predictions) -> float:
    """The mean squared error in unit coordinates, over both coordinates: the loss that fastai prints."""
    off = to_unit(predictions.points_px, predictions.sizes_wh) - to_unit(
        predictions.targets_px, predictions.sizes_wh
    )
    return float((off**2).mean())


def root_mse_px(mse_unit: float, size_wh) -> np.ndarray:
    """What a mean squared error in unit coordinates is in pixels: (across, down).

    Each axis runs over 2 units, so its root is worth half the side: 0.0001 on 640 x 480 is 3.2 px across and
    2.4 px down.
    """
    return np.sqrt(mse_unit) * np.asarray(size_wh, float) / 2


def frame_of(sizes_wh) -> tuple[int, int]:
    """The picture size (w, h) that occurs most often, the frame in which all points can be shown together."""
    sizes, counts = np.unique(np.asarray(sizes_wh, int), axis=0, return_counts=True)
    width, height = sizes[counts.argmax()]
    return int(width), int(height)
