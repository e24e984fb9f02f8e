"""The axis of a metric: around the values, and never beyond what the metric can be."""

import numpy as np
import pandas as pd
import pytest

from engine.plots import metric_range, review, training


@pytest.mark.parametrize("values", [[1.0, 1.0], [0.0, 0.0], [0.0, 1.0], [0.5, 0.99]])
def test_a_share_stays_within_0_and_1_and_holds_its_values(values):
    low, high = metric_range.around(values, is_share=True)
    assert 0 <= low <= min(values) and max(values) <= high <= 1 and low < high


def test_an_error_starts_at_0_at_most_and_has_no_upper_bound():
    low, high = metric_range.around([0.5, 40.0], is_share=False)
    assert low == 0 and high > 40


def test_what_is_below_0_is_in_view():
    assert metric_range.around([-0.4, 0.5], is_share=True)[0] <= -0.4


def test_numbers_that_are_none_are_left_out():
    assert metric_range.around([np.nan, 0.4, 0.6], is_share=True)[1] < 1
    assert metric_range.around([np.nan], is_share=True) == [0, 1]


def test_the_charts_of_accuracy_end_at_1():
    perfect = {"before": [1.0, 1.0], "after": [1.0, 1.0]}
    assert review.before_and_after("accuracy", perfect, "", is_share=True).layout.yaxis.range[1] == 1
    history = pd.DataFrame({"epoch": [1], "accuracy": [1.0]})
    assert training.metric(history, "accuracy", {"always “cat”": 0.5}).layout.yaxis.range[1] == 1
