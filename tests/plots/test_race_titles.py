"""Titles of the race: a leader is named only where the difference counts, and ties are called ties."""

import numpy as np
import pytest

from engine.experiments.loss_race import lanes
from engine.plots.race_titles import front, joined, label_title, names_of, point_title
from engine.tasks import MULTI_LABEL, POINTS

LABELS, POINT_LANES = lanes(MULTI_LABEL), lanes(POINTS)
BY_NAME = {lane.loss.name: lane for lane in LABELS}
THREE = ("binary_cross_entropy", "cross_entropy", "focal")


def title(
    values, metric="several_labels", baseline=(0.0, "predicting nothing"), margin=0.0, names=THREE
) -> str:
    ends = dict(zip((BY_NAME[name] for name in names), values, strict=True))
    return label_title(ends, metric, baseline, np.full((len(ends) + 1,) * 2, margin))


def test_a_leader_and_those_behind():
    assert title((0.826, 0.0, 0.671), margin=0.08) == (
        "Binary cross-entropy leads with 0.83 exact match on images with several labels; focal 0.67 and CE 0.00"
    )


@pytest.mark.parametrize("margin", [0.05, 0.09])
def test_within_the_margin_nothing_leads(margin):
    says = title((0.826, 0.0, 0.80), margin=margin)
    assert says.startswith("A tie: BCE and focal reach 0.80 to 0.83 exact match")
    assert says.endswith("; CE 0.00") and "lead" not in says


def test_what_looks_alike_ties_without_a_margin():
    assert title((0.601, 0.2, 0.599), "exact_match").startswith(
        "A tie: BCE and focal reach 0.60 exact match;"
    )


def test_a_tie_of_all_and_no_gain_over_the_baseline():
    says = title((0.0, 0.0, 0.0), margin=0.01)
    assert says == (
        "A tie: all three losses reach 0.00 exact match on images with several labels, "
        "no clear gain over predicting nothing (0.00)"
    )


def test_a_leader_below_the_baseline_is_said_to_be_worse():
    says = title((0.2, 0.1, 0.1), "exact_match", (0.422, "predicting nothing"))
    assert says == "Binary cross-entropy leads with 0.20 exact match, worse than predicting nothing (0.42)"


def test_the_inverted_loss_is_placed_next_to_chance():
    names = ("binary_cross_entropy", "binary_cross_entropy_as_printed")
    low = title((0.9, 0.05), "mean_average_precision", (0.12, "chance"), names=names)
    assert low.endswith("; the inverted loss 0.05 (below chance, 0.12)")
    near = title((0.9, 0.13), "mean_average_precision", (0.12, "chance"), 0.06, names)
    assert near.endswith("; the inverted loss 0.13 (no clear difference to chance, 0.12)")


def test_more_than_three_behind_are_a_range():
    names = tuple(BY_NAME)
    says = title((0.9, 0.5, 0.05, 0.7, 0.6, 0.8), "mean_average_precision", (0.12, "chance"), names=names)
    assert says == (
        "Binary cross-entropy leads with 0.90 mean average precision; the others 0.50 to 0.80 and the inverted loss "
        "0.05 (below chance, 0.12)"
    )


def test_a_value_that_is_unknown_neither_leads_nor_ties():
    says = title((0.9, float("nan"), 0.8), "mean_average_precision", (0.12, "chance"))
    assert (
        says
        == "Binary cross-entropy leads with 0.90 mean average precision; focal 0.80 and CE without a value"
    )


def test_points_that_tie_with_the_mean_point_gain_nothing():
    ends = dict(zip(POINT_LANES, (8.52, 8.49, 9.0, 12.0, 30.0, 40.0), strict=True))
    assert point_title(ends, 8.54, np.full((7, 7), 0.7)) == (
        "A tie: MSE y_range, MSE and MAE put half the points within 8.5 to 9.0 px; "
        "the mean point is off by 8.5 px, no clear difference"
    )
    assert point_title(dict(zip(POINT_LANES[:2], (5.0, 9.0), strict=True)), 76.0) == (
        "Mean squared error leads and puts half the points within 5.0 px; the mean point is off by 76.0 px"
    )


def test_the_front_is_ordered_and_knows_its_side():
    ends = dict(zip(LABELS[:3], (0.8, 0.82, 0.1), strict=True))
    in_front = front(ends, 0.3, np.full((4, 4), 0.05))
    assert in_front.group == [LABELS[1], LABELS[0]] and in_front.is_tie
    assert [in_front.side(lane) for lane in LABELS[:3]] == [1, 1, -1]


def test_names_in_a_sentence():
    assert joined(["a"]) == "a" and joined(["a", "b", "c"]) == "a, b and c"
    assert names_of(LABELS[:2], 2) == "both losses" and names_of(LABELS[:1], 1) == LABELS[0].short
