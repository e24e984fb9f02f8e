"""Figures of the race: few points, each loss its colour, names at the lines' ends, baselines that are always there."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from engine.experiments.loss_race import lanes
from engine.plots import race as figures
from engine.plots.label_layout import spread
from engine.plots.style import LOSSES
from engine.tasks import LOSSES as NAMES
from engine.tasks import MULTI_LABEL, POINTS

EPOCHS = 8
LABELS, POINT_LANES = lanes(MULTI_LABEL), lanes(POINTS)


def scores(of, measure: str, ends) -> pd.DataFrame:
    """Scores that go straight from 0.1 to an end for each lane."""
    rows = [
        {"lane": lane.name, "epoch": epoch, measure: 0.1 + (end - 0.1) * epoch / EPOCHS}
        for lane, end in zip(of, ends, strict=True)
        for epoch in range(EPOCHS + 1)
    ]
    return pd.DataFrame(rows)


def progress(measure="mean_average_precision", ends=(0.9, 0.8, 0.05, 0.7, 0.6, 0.95), baseline=0.12):
    return figures.progress(scores(LABELS, measure, ends), LABELS, measure, baseline, "chance")


def test_every_loss_of_every_task_has_a_colour_of_its_own():
    for names in NAMES.values():
        assert len({LOSSES[name] for name in names}) == len(names)


def test_each_line_holds_its_losss_scores_in_its_colour():
    figure = progress()
    assert [trace.line.color for trace in figure.data] == [LOSSES[name] for name in NAMES[MULTI_LABEL]]
    assert [trace.y[-1] for trace in figure.data] == pytest.approx([0.9, 0.8, 0.05, 0.7, 0.6, 0.95])
    assert all(list(trace.x) == list(range(EPOCHS + 1)) for trace in figure.data)


def test_the_title_says_who_leads_and_where_the_inverted_one_is():
    title = progress().layout.title.text
    assert "Mean squared error leads" in title and "0.950" in title
    assert "0.050, below chance (0.120)" in title
    assert "above chance" in progress(ends=(0.9, 0.8, 0.5, 0.7, 0.6, 0.95)).layout.title.text


def test_the_article_fits_the_metric():
    for measure, says in {"exact_match": "an exact match", "skill": "a skill"}.items():
        assert f"leads with {says} of 0.950" in progress(measure).layout.title.text


def test_equal_heads_are_level_and_none_leads():
    title = progress("exact_match", [0.42] * 6, baseline=0.4204).layout.title.text
    assert (
        title
        == "All six heads are level, with an exact match of 0.420: not clearly better than chance (0.420)"
    )
    title = progress(ends=(0.9, 0.8, 0.05, 0.7, 0.6, 0.9001)).layout.title.text
    assert title.startswith(
        "MSE and BCE are level in front, with a mean average precision of 0.900; the inverted"
    )


def test_a_difference_within_its_margin_is_no_lead():
    ends, margins = (0.9, 0.8, 0.13, 0.7, 0.6, 0.95), np.full((7, 7), 0.06)
    frame = scores(LABELS, "skill", ends)
    title = figures.progress(frame, LABELS, "skill", 0.12, "predicting nothing", margins).layout.title.text
    assert title == (
        "MSE and BCE are level in front, with a skill of 0.900 to 0.950; "
        "the inverted loss has reached 0.130, level with predicting nothing (0.120)"
    )


def test_heads_that_all_fall_short_of_the_baseline_are_said_to():
    title = progress("exact_match", [0.1, 0.2, 0.0, 0.1, 0.1, 0.1], baseline=0.422).layout.title.text
    assert title == "Cross-entropy leads with an exact match of 0.200: worse than chance (0.422)"


def test_points_that_are_level_with_the_mean_point_gain_nothing():
    ends, margins = (8.52, 8.49, 9.0, 12.0, 30.0, 40.0), np.full((7, 7), 0.7)
    frame = scores(POINT_LANES, "median_error_px", ends)
    figure = figures.point_progress(frame, POINT_LANES, 8.54, margins)
    assert figure.layout.title.text == (
        "MSE y_range, MSE and MAE are level: half the points within 8.5 to 9.0 px; "
        "the mean point is off by 8.5 px, no clear difference"
    )
    assert any(note.text == "the mean point 8.5 px" for note in figure.layout.annotations)


def test_names_at_the_ends_are_apart_and_in_their_colours():
    figure = progress(ends=(0.9, 0.901, 0.902, 0.903, 0.904, 0.905))
    names = [note for note in figure.layout.annotations if note.x == EPOCHS]
    assert {note.font.color for note in names} == {LOSSES[name] for name in NAMES[MULTI_LABEL]}
    assert {note.text.split()[0] for note in names} == {lane.short for lane in LABELS}
    heights = sorted(note.y for note in names)
    assert min(b - a for a, b in pairwise(heights)) > 0.05


def test_the_baseline_is_drawn_and_named():
    figure = progress(baseline=0.125)
    assert [shape.y0 for shape in figure.layout.shapes] == [0.125]
    assert any("chance 0.12" in note.text for note in figure.layout.annotations)


def test_a_skill_far_below_zero_is_pointed_at_and_does_not_press_the_others_flat():
    figure = progress("skill", (0.8, 0.5, -4.0, 0.7, 0.6, 0.8), baseline=0.0)
    low, high = figure.layout.yaxis.range
    assert -0.7 < low < -0.5 and high > 1
    inverted = next(note for note in figure.layout.annotations if note.text.startswith("inverted"))
    assert "-4.00 ↓" in inverted.text and low <= inverted.y <= high


def test_a_measure_that_is_unknown_leaves_the_others_drawn():
    figure = progress(ends=(0.9, 0.8, 0.05, float("nan"), 0.6, 0.95))
    low, high = figure.layout.yaxis.range
    assert low == pytest.approx(-0.03) and all(low <= note.y <= high for note in figure.layout.annotations)


def test_points_are_drawn_on_a_logarithmic_scale_with_pairs_in_one_colour():
    ends = (5.0, 6.0, 7.0, 8.0, 9.0, 100.0)
    figure = figures.point_progress(scores(POINT_LANES, "median_error_px", ends), POINT_LANES, 76.0)
    assert figure.layout.yaxis.type == "log"
    assert [trace.line.dash for trace in figure.data] == ["dot", "solid"] * 3
    assert [a.line.color == b.line.color for a, b in pairwise(figure.data)] == [
        True,
        False,
        True,
        False,
        True,
    ]
    low, high = figure.layout.yaxis.range
    for note in figure.layout.annotations:
        assert low <= note.y <= high
    assert (
        "Mean squared error: half the points within 5.0 px; the mean point is off by 76.0 px"
        in figure.layout.title.text
    )
    worst = next(note for note in figure.layout.annotations if note.text.endswith("100.0"))
    assert worst.y == pytest.approx(2, abs=0.2)


@pytest.mark.parametrize("steps", [1, 7, 40, 41, 333])
def test_training_curves_have_few_points_that_keep_the_mean(steps):
    losses = np.random.default_rng(0).random((6, steps)).astype(np.float32) + np.arange(6)[:, None]
    figure = figures.training_curves(losses, LABELS, EPOCHS)
    assert len(figure.data) == 6
    for at, trace in enumerate(figure.data):
        assert len(trace.x) == min(steps, figures.VERTICES)
        assert 0 < trace.x[0] <= trace.x[-1] < EPOCHS
        assert trace.y.min() >= at and trace.y.max() <= at + 1
        if steps <= figures.VERTICES:
            np.testing.assert_allclose(trace.y, losses[at], rtol=1e-6)


def test_every_training_curve_has_a_scale_and_a_name_of_its_own():
    figure = figures.training_curves(np.ones((6, 20)), LABELS, EPOCHS)
    assert len({trace.yaxis for trace in figure.data}) == 6
    assert [note.text.split()[0] for note in figure.layout.annotations] == [lane.short for lane in LABELS]
    domains = [(axis.domain) for axis in figure.select_yaxes()]
    assert all(0 <= low < high <= 1 for low, high in domains) and len(set(domains)) == 3


def test_heights_move_apart_and_stay_above_the_floor():
    heights = spread([0.5, 0.5, 0.0, 0.0], 0.1, 0.0)
    assert min(b - a for a, b in pairwise(sorted(heights))) >= 0.1 - 1e-9
    assert min(heights) >= 0.05 - 1e-9
    assert spread([0.9, 0.1], 0.1, 0.0) == [0.9, 0.1]
