"""Predictions as rows of a table, which says where they are guesses."""

import numpy as np
import pytest

from engine.inference import prediction_table
from engine.inference.image_stream import PredictedImage
from engine.inference.predict import PointPrediction
from engine.paths import BUNDLED_RUNS
from engine.runs import Run


@pytest.mark.parametrize(("is_familiar", "cell"), [(True, "yes"), (False, "no"), (None, "")])
def test_a_row_says_whether_the_image_is_familiar(is_familiar, cell):
    point = PointPrediction(np.array([32.0, 24.0]), np.zeros(2), is_familiar=is_familiar)
    row = prediction_table.file_row(PredictedImage("1.jpg", (64, 48), point))
    assert row == {"fname": "1.jpg", "x_px": 32.0, "y_px": 24.0, "familiar": cell}


@pytest.mark.parametrize("name", ["single-label", "multi-label", "points"])
def test_the_columns_end_with_familiar(name):
    columns = prediction_table.columns(Run(BUNDLED_RUNS / name))
    assert (columns[0], columns[-1]) == ("fname", "familiar")


def test_guesses_are_counted():
    rows = [{"familiar": "no"}, {"familiar": "no"}, {"familiar": ""}]
    assert prediction_table.guesses(rows) == (
        "2 of 3 images are unlike the training images: their predictions are guesses."
    )
    assert prediction_table.guesses([{"familiar": "yes"}, {"familiar": ""}]) == ""
