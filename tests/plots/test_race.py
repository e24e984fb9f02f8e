"""Figures of the race: few points, each loss its colour, names at the lines' ends, baselines that are always there."""

import re
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from engine.experiments.loss_race import Band, lanes
from engine.experiments.loss_race.seeds import joined
from engine.plots import race as figures
from engine.plots.label_layout import spread
from engine.plots.style import LOSSES
from engine.tasks import LOSSES as NAMES
from engine.tasks import MULTI_LABEL, POINTS
from pages.parts.shared import plot_overlay

EPOCHS = 8
LABELS, POINT_LANES = lanes(MULTI_LABEL), lanes(POINTS)


def band(end: float, spread: float = 0.0) -> Band:
    """A score that goes straight from 0.1 to an end, with a band of that half width."""
    mean = np.linspace(0.1, end, EPOCHS + 1)
    return Band(mean, mean - spread, mean + spread)


def progress(
    metric="mean_average_precision", ends=(0.9, 0.8, 0.05, 0.7, 0.6, 0.95), baseline=0.12, spread=0.0
):
    curves = {lane: band(end, spread) for lane, end in zip(LABELS, ends, strict=True)}
    return figures.progress(curves, metric, (baseline, "chance"))


def lines(figure):
    return [trace for trace in figure.data if trace.fill is None]


def test_every_loss_of_every_task_has_a_colour_of_its_own():
    for names in NAMES.values():
        assert len({LOSSES[name] for name in names}) == len(names)


def test_each_line_holds_its_losss_scores_in_its_colour():
    shown = lines(progress())
    assert [trace.line.color for trace in shown] == [LOSSES[name] for name in NAMES[MULTI_LABEL]]
    assert [trace.y[-1] for trace in shown] == pytest.approx([0.9, 0.8, 0.05, 0.7, 0.6, 0.95])
    assert all(list(trace.x) == list(range(EPOCHS + 1)) for trace in shown)


def test_a_band_reaches_from_the_lowest_to_the_highest_seed():
    areas = [trace for trace in progress(spread=0.04).data if trace.fill == "toself"]
    assert len(areas) == 6
    for area, line in zip(areas, lines(progress()), strict=True):
        upper, lower = area.y[: EPOCHS + 1], area.y[EPOCHS + 1 :][::-1]
        assert upper == pytest.approx(line.y + 0.04) and lower == pytest.approx(line.y - 0.04)


def test_scores_of_seeds_become_bands():
    frame = joined(
        [
            pd.DataFrame({"lane": LABELS[0].name, "epoch": [0, 1], "skill": [0.0, value]})
            for value in (0.4, 0.5, 0.9)
        ]
    )
    only = figures.bands(frame, LABELS[:1], "skill")[LABELS[0]]
    assert (only.end, only.low[-1], only.high[-1]) == (pytest.approx(0.6), 0.4, 0.9)


def test_names_at_the_ends_are_apart_with_a_dot_of_their_colour():
    figure = progress(ends=(0.9, 0.901, 0.902, 0.903, 0.904, 0.905))
    names = [note for note in figure.layout.annotations if note.xanchor == "left"]
    for name, lane in zip(names, LABELS, strict=True):
        assert figures.colour(lane) in name.text and f"> {lane.short} " in name.text
    heights = sorted(note.y for note in names)
    assert min(b - a for a, b in pairwise(heights)) > 0.05
    assert min(note.font.size for note in figure.layout.annotations) >= 12


def test_the_baseline_is_drawn_and_named():
    figure = progress(baseline=0.125)
    assert [shape.y0 for shape in figure.layout.shapes] == [0.125]
    assert any("chance 0.12" in note.text for note in figure.layout.annotations)


def test_a_skill_far_below_zero_is_pointed_at_and_does_not_press_the_others_flat():
    figure = progress("skill", (0.8, 0.5, -4.0, 0.7, 0.6, 0.8), baseline=0.0)
    low, high = figure.layout.yaxis.range
    assert -0.7 < low < -0.5 and high > 1
    inverted = next(note for note in figure.layout.annotations if " inverted " in note.text)
    assert "−4.00 ↓" in inverted.text and low <= inverted.y <= high


def test_a_metric_that_is_unknown_leaves_the_others_drawn():
    figure = progress(ends=(0.9, 0.8, 0.05, float("nan"), 0.6, 0.95))
    low, high = figure.layout.yaxis.range
    assert low == pytest.approx(-0.03) and all(low <= note.y <= high for note in figure.layout.annotations)
    assert any(note.text.endswith("focal –") for note in figure.layout.annotations)


def test_points_are_drawn_on_a_logarithmic_scale_with_pairs_in_one_colour():
    ends = (5.0, 6.0, 7.0, 8.0, 9.0, 100.0)
    curves = {lane: band(end) for lane, end in zip(POINT_LANES, ends, strict=True)}
    figure = figures.point_progress(curves, 76.0)
    shown = lines(figure)
    assert figure.layout.yaxis.type == "log"
    assert [trace.line.dash for trace in shown] == ["dot", "solid"] * 3
    pairs = [a.line.color == b.line.color for a, b in pairwise(shown)]
    assert pairs == [True, False, True, False, True]
    low, high = figure.layout.yaxis.range
    for note in figure.layout.annotations:
        assert low <= note.y <= high
    worst = next(note for note in figure.layout.annotations if note.text.endswith("100.0"))
    assert worst.y == pytest.approx(2, abs=0.2)


def test_the_curtain_runs_over_all_epochs():
    assert figures.curtain(EPOCHS).curtain == (0, EPOCHS)
    drawn = plot_overlay.html(progress(), [figures.curtain(EPOCHS)])
    ends = re.search(r"--from:([\d.]+)%;--to:([\d.]+)%", drawn)
    assert float(ends[1]) == 0 and float(ends[2]) == pytest.approx(100 / 1.38, abs=0.01)


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
    shown = [note.text.split("> ")[1].split()[0] for note in figure.layout.annotations]
    assert shown == [lane.short for lane in LABELS]
    domains = [(axis.domain) for axis in figure.select_yaxes()]
    assert all(0 <= low < high <= 1 for low, high in domains) and len(set(domains)) == 3


def test_heights_move_apart_and_stay_above_the_floor():
    heights = spread([0.5, 0.5, 0.0, 0.0], 0.1, 0.0)
    assert min(b - a for a, b in pairwise(sorted(heights))) >= 0.1 - 1e-9
    assert min(heights) >= 0.05 - 1e-9
    assert spread([0.9, 0.1], 0.1, 0.0) == [0.9, 0.1]
