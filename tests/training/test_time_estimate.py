"""Predicted durations: they grow with the work, and are said as people say them."""

import pytest

from engine.config import BETTER, CUSTOM, TrainConfig
from engine.training import time_estimate


def test_quick_takes_its_start_and_its_seconds_per_image():
    start = time_estimate.SECONDS_TO_START
    assert time_estimate.seconds(TrainConfig("multi-label", "photos"), 300) == pytest.approx(start + 8)
    assert time_estimate.seconds(TrainConfig("points", "photos"), 300) == pytest.approx(start + 14)


def test_better_and_custom_grow_with_epochs_and_size():
    better = TrainConfig("multi-label", "photos", recipe=BETTER)
    assert time_estimate.seconds(better, 300) > 10 * time_estimate.seconds(
        TrainConfig("multi-label", "photos"), 300
    )
    few, many = (TrainConfig("multi-label", "photos", recipe=CUSTOM, epochs=n) for n in (2, 20))
    assert 5 < time_estimate.seconds(many, 1000) / time_estimate.seconds(few, 1000) < 10
    small = TrainConfig("multi-label", "photos", recipe=CUSTOM, epochs=20, size=112)
    assert time_estimate.seconds(small, 1000) < time_estimate.seconds(many, 1000) / 3


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.3, "about 1 second"),
        (7.6, "about 8 seconds"),
        (22, "about 20 seconds"),
        (95, "about 2 minutes"),
        (3000, "about 50 minutes"),
        (9000, "about 2.5 hours"),
    ],
)
def test_durations_in_words(seconds, words):
    assert time_estimate.in_words(seconds) == words


@pytest.mark.parametrize(
    ("slowdowns", "words"),
    [
        ([], "at least 10 seconds"),
        ([2.0], "about 20 seconds"),
        ([2.4, 2.0], "about 20 seconds"),
        ([1.5, 7.5], "15 to 75 seconds"),
        ([6, 30], "1 to 5 minutes"),
        ([60, 700], "0.2 to 1.9 hours"),
    ],
)
def test_earlier_runs_make_an_estimate_or_a_range(slowdowns, words):
    takes = time_estimate.estimate(10, slowdowns)
    assert takes.in_words() == words and takes.is_measured == bool(slowdowns)
