"""A difference counts only where it is larger than what seeds alone do."""

import math

import pytest
from scipy import stats

from engine.experiments.sweeps import finals
from engine.experiments.sweeps.objective import OBJECTIVES

ACCURACY, PIXELS = OBJECTIVES["single-label"], OBJECTIVES["points"]


def test_noise_is_the_margin_of_students_t_test():
    best, base = [0.91, 0.93, 0.95], [0.90, 0.91, 0.92]
    interval = stats.ttest_ind(best, base).confidence_interval(0.95)
    assert finals.noise(best, base) == pytest.approx((interval.high - interval.low) / 2, rel=1e-3)
    assert math.isclose(finals.difference(best, base), 0.02)


@pytest.mark.parametrize(
    ("objective", "best", "base", "says"),
    [
        (ACCURACY, [0.90, 0.95, 1.0], [0.90, 0.93, 0.96], "within seed noise"),
        (ACCURACY, [0.95, 0.95, 0.96], [0.80, 0.80, 0.81], "The best trial is better by 0.1500"),
        (ACCURACY, [0.80, 0.80, 0.81], [0.95, 0.95, 0.96], "The baseline is better by 0.1500"),
        (ACCURACY, [0.9, 0.9, 0.9], [0.9, 0.9, 0.9], "within seed noise"),
        (PIXELS, [2.0, 2.1, 2.2], [8.0, 8.1, 8.2], "The best trial is better by 6.00 px"),
        (PIXELS, [8.0, 8.1, 8.2], [2.0, 2.1, 2.2], "The baseline is better by 6.00 px"),
    ],
)
def test_the_verdict_says_which_is_better_or_that_seeds_decide(objective, best, base, says):
    said = finals.verdict(objective, best, base, 1)
    assert says in said and "1 image that no trial saw" in said
