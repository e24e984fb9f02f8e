"""The summary of a threshold curve against the whole curve: the same optimum, and an envelope that hides nothing."""

import numpy as np
import pytest

from engine.functional import metrics, threshold_bins, threshold_summary
from engine.functional.threshold_curves import best_threshold, threshold_curve
from engine.functional.threshold_summary import best_thresholds

METRICS = ["accuracy", "skill", "precision", "recall", "f1", "exact_match"]
BINS, TOLERANCE = threshold_bins.BINS, threshold_bins.TOLERANCE


def smooth(rng, n=300, c=7):
    targets = rng.random((n, c)) < 0.2
    return 1 / (1 + np.exp(2 - 4 * targets - 2 * rng.normal(size=(n, c)))), targets


def saturated(rng):
    probs, targets = smooth(rng)
    return np.clip(probs * 3 - 1, 0, 1) ** 9, targets


def tied(rng):
    probs, targets = smooth(rng)
    return np.round(probs, 1), targets


def on_edges_of_bins(rng):
    probs, targets = smooth(rng)
    return np.round(probs * BINS) / BINS, targets


def in_one_bin(rng):
    probs, targets = smooth(rng)
    return (0.25 + probs * 0.9 / BINS), targets


def mostly_present(rng):
    probs, targets = smooth(rng)
    return 1 - probs, ~targets


def pure_chance(rng):
    return rng.random((300, 7)), rng.random((300, 7)) < 0.4


def one_constant(rng):
    return np.full((40, 3), 0.3), rng.random((40, 3)) < 0.5


def zeros_and_ones(rng):
    return rng.integers(0, 2, (60, 4)).astype(float), rng.random((60, 4)) < 0.5


def nothing_present(rng):
    return smooth(rng)[0], np.zeros((300, 7), bool)


def everything_present(rng):
    return smooth(rng)[0], np.ones((300, 7), bool)


CASES = [
    smooth, saturated, tied, on_edges_of_bins, in_one_bin, mostly_present, pure_chance, one_constant,
    zeros_and_ones, nothing_present, everything_present,
]  # fmt: skip


@pytest.fixture(params=["bins", "all sorted"])
def way(request, monkeypatch):
    """Both ways to a summary: small arrays are sorted whole unless `FEW` is 0."""
    if request.param == "bins":
        monkeypatch.setattr(threshold_summary, "FEW", 0)


def cases(case, seed, dtype):
    probs, targets = case(np.random.default_rng(seed))
    return probs.astype(dtype), targets.astype(np.uint8)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("case", CASES)
def test_the_optimum_is_that_of_the_whole_curve(way, case, dtype):
    for seed in range(4):
        probs, targets = cases(case, seed, dtype)
        exact, best = threshold_curve(probs, targets), threshold_summary.best_by_metric(probs, targets)
        assert list(best.index) == METRICS
        for metric in METRICS:
            if exact[metric].isna().all():
                assert best.loc[metric].isna().all(), metric
                continue
            assert best.loc[metric, "value"] == exact[metric].max(), (metric, seed)
            assert best.loc[metric, "threshold"] == best_threshold(exact, metric), (metric, seed)
            reached = metrics.all_metrics(probs, targets, best.loc[metric, "threshold"])[metric]
            assert reached == pytest.approx(best.loc[metric, "value"], abs=1e-12)


@pytest.mark.parametrize("columns", [1, 64, 512])
@pytest.mark.parametrize("case", CASES)
def test_the_envelope_hides_no_value_of_its_columns(way, case, columns):
    probs, targets = cases(case, 5, np.float32)
    exact = threshold_curve(probs, targets)
    envelope = threshold_summary.threshold_summary(probs, targets, columns).envelope
    assert envelope["threshold"].tolist() == (np.arange(columns) / columns).tolist()
    starts = exact["threshold"].to_numpy()
    for metric in METRICS:
        values = exact[metric].to_numpy()
        for column in range(columns):
            left, right = (np.float32(edge / columns) for edge in (column, column + 1))
            inside = values[(starts > left) & (starts <= right)]
            held = [*inside, values[np.flatnonzero(starts <= left)[-1]]]
            low, high = envelope[f"{metric}_low"][column], envelope[f"{metric}_high"][column]
            if np.isnan(held).all():
                assert np.isnan(low) and np.isnan(high)
                continue
            assert np.nanmin(held) <= low <= np.nanmin(held) + TOLERANCE, (metric, column)
            assert np.nanmax(held) - TOLERANCE <= high <= np.nanmax(held), (metric, column)
        if not np.isnan(values).all():
            assert envelope[f"{metric}_high"].max() == np.nanmax(values)


def test_many_predictions_are_counted_in_parts_and_agree():
    probs, targets = smooth(np.random.default_rng(1), n=60_000, c=20)
    probs = probs.astype(np.float32)
    assert probs.size > 8 * threshold_bins.BLOCK and probs.size > threshold_summary.FEW
    exact, best = threshold_curve(probs, targets), threshold_summary.best_by_metric(probs, targets)
    assert best["value"].to_dict() == exact[METRICS].max().to_dict()
    assert best["threshold"].to_dict() == {metric: best_threshold(exact, metric) for metric in METRICS}


def test_few_of_many_predictions_are_sorted(monkeypatch):
    """What makes it quick: far from the best values nothing is ordered."""
    probs, targets = smooth(np.random.default_rng(1), n=20_000, c=20)
    sizes = []
    real = threshold_bins.sorted_keys
    monkeypatch.setattr(
        threshold_bins, "sorted_keys", lambda probs, yes: sizes.append(probs.size) or real(probs, yes)
    )
    threshold_summary.threshold_summary(probs, targets)
    assert len(sizes) == 1 and sizes[0] < probs.size / 20


def test_minus_zero_is_zero(way):
    probs, targets = np.float32([[-0.0, 0.5], [0.0, 1.0], [-0.0, 0.25]]), np.array([[1, 0], [0, 1], [0, 0]])
    best = threshold_summary.best_by_metric(probs, targets)
    expected = threshold_summary.best_by_metric(np.abs(probs), targets)
    assert best.equals(expected)


def test_the_best_for_each_class_are_those_of_their_own_curves(way):
    probs, targets = smooth(np.random.default_rng(2))
    targets[:, 3] = False
    for metric in METRICS:
        for place, threshold in enumerate(best_thresholds(probs, targets, metric)):
            curve = threshold_curve(probs[:, [place]], targets[:, [place]])
            expected = np.nan if curve[metric].isna().all() else best_threshold(curve, metric)
            np.testing.assert_equal(threshold, expected)


@pytest.mark.parametrize("columns", [0, 3, 2 * BINS])
def test_columns_are_whole_bins(columns):
    with pytest.raises(ValueError, match=f"columns is {columns}; expected a power of two from 1 to"):
        threshold_summary.threshold_summary([[0.5]], [[1]], columns)


@pytest.mark.parametrize(
    ("probs", "targets", "says"),
    [
        ([[1.5]], [[1]], "probs runs from 1.5 to 1.5.*apply the sigmoid first"),
        ([[np.nan]], [[1]], "probs holds 1 NaN"),
        ([[-0.1]], [[1]], "probs runs from -0.1"),
        ([[0.5]], [[3]], "targets holds numbers other"),
        ([0.5], [1], r"probs has shape \(1,\)"),
    ],
)
def test_bad_input_is_named(way, probs, targets, says):
    with pytest.raises(ValueError, match=says):
        threshold_summary.threshold_summary(probs, targets)


def test_an_unknown_metric_is_named(way):
    with pytest.raises(ValueError, match="metric is 'acuracy'; expected one of accuracy, skill"):
        best_thresholds([[0.5]], [[1]], "acuracy")
