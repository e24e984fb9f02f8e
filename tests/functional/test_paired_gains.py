"""Paired gains: interval and test agree with scipy and with McNemar, and the number of images needed is right."""

import numpy as np
import pytest
from scipy.stats import binomtest, bootstrap, permutation_test

from engine.functional import paired_gains


def test_the_interval_is_the_percentile_bootstrap_and_covers():
    rng = np.random.default_rng(1)
    gains = rng.normal(0.3, 1.0, 400)
    interval = paired_gains.bootstrap_interval(gains, 0)
    theirs = bootstrap((gains,), np.mean, method="percentile", rng=rng).confidence_interval
    assert interval == pytest.approx((theirs.low, theirs.high), abs=0.02)
    samples = rng.normal(0.3, 1.0, (200, 40))
    covered = [
        low <= 0.3 <= high for low, high in (paired_gains.bootstrap_interval(row, 0) for row in samples)
    ]
    assert 0.88 <= np.mean(covered) <= 0.99
    assert paired_gains.bootstrap_interval(gains, 3) == paired_gains.bootstrap_interval(gains, 3)


@pytest.mark.parametrize(("won", "lost"), [(2, 0), (5, 0), (6, 0), (6, 2), (9, 3)])
def test_for_right_and_wrong_it_is_the_exact_mcnemar_test(won, lost):
    gains = [1] * won + [-1] * lost + [0] * 30
    assert paired_gains.sign_flip_p_value(gains, 0) == pytest.approx(binomtest(won, won + lost).pvalue)


@pytest.mark.parametrize("count", [8, 60])
def test_for_any_gains_it_is_scipys_permutation_test(count):
    gains = np.random.default_rng(count).normal(0.3, 1, count)
    theirs = permutation_test((gains,), np.mean, permutation_type="samples", vectorized=True, rng=1)
    tolerance = 1e-9 if count == 8 else 0.02
    assert paired_gains.sign_flip_p_value(gains, 0) == pytest.approx(theirs.pvalue, abs=tolerance)


def test_equal_predictors_differ_by_chance():
    assert paired_gains.sign_flip_p_value([0.0] * 5, 0) == 1


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_so_many_images_as_needed_reach_a_confidence_of_95_percent(share):
    """Repeated up to the number that it asks for, gains of that mean and spread are about significant."""
    gains = np.repeat([1.0, -1.0, 0.0], [int(100 * share) + 30, 30, 70 - int(100 * share)])
    needed = paired_gains.images_needed(gains, float(gains.mean()))
    repeated = np.quantile(gains, np.linspace(0, 1, needed), method="nearest")
    assert 0.02 < paired_gains.sign_flip_p_value(repeated, 0) < 0.1


def test_without_a_difference_so_far_each_differing_image_is_a_gain():
    assert paired_gains.images_needed([0.0] * 4, 0.25) == 24
    with pytest.raises(ValueError, match="effect should be positive; got 0"):
        paired_gains.images_needed([1.0], 0)
