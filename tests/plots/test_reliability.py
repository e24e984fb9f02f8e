"""The reliability diagram says what its tables say."""

import pandas as pd

from engine.plots.reliability import one_curve, reliability

BEFORE = pd.DataFrame({"confidence": [0.2, 0.9], "accuracy": [0.4, 0.6], "count": [5, 20]})
AFTER = pd.DataFrame({"confidence": [0.35, 0.65], "accuracy": [0.4, 0.6], "count": [5, 20]})


def test_the_title_states_the_point_and_the_curves_are_the_tables():
    figure = reliability(BEFORE, AFTER, 0.28, 0.05)
    assert figure.layout.title.text == "Calibration lowers the error of the probabilities from 0.280 to 0.050"
    perfect, before, after = figure.data
    assert list(perfect.x) == list(perfect.y) == [0, 1]
    assert (list(before.x), list(before.y)) == ([0.2, 0.9], [0.4, 0.6])
    assert list(after.customdata) == [5, 20]
    assert len({before.line.color, after.line.color, perfect.line.color}) == 3
    assert figure.layout.xaxis.title.text and figure.layout.yaxis.title.text


def test_a_calibration_without_effect_is_not_praised():
    assert "as good without" in reliability(AFTER, AFTER, 0.05, 0.05).layout.title.text


def test_one_curve_says_over_what_its_error_is_averaged():
    assert one_curve(AFTER, 0.006).layout.title.text == (
        "The error of the probabilities is 0.006, averaged over all predictions, sure or not"
    )
