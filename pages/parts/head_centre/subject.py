"""Lesson 5: the model whose predictions the page shows, and the words that fit it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from PIL import Image

from engine.runs import PointPredictions, Run


@dataclass(frozen=True)
class Example:
    """An image with its true point, and the true points of all images with their sizes, all in pixels."""

    image: Image.Image
    point_px: np.ndarray
    all_points_px: np.ndarray
    sizes_wh: np.ndarray


@dataclass(frozen=True)
class Subject:
    """What the points are (`point`) and where they belong (`place`), and the errors, where there is a model."""

    point: str
    place: str
    things: str
    frame_wh: tuple[int, int]
    predictions: PointPredictions | None = None
    errors: pd.DataFrame | None = None
    run: Run | None = None
