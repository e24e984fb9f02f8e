"""Figures of lesson 3: exact values at the line, baselines that are always there, labels that can be read."""

import numpy as np
import pytest

from engine.functional import metrics
from engine.plots import threshold as figures
from engine.plots.curve_labels import Frame

RNG = np.random.default_rng(3)
TARGETS = (RNG.random((50, 6)) < 0.2).astype(np.uint8)
PROBS = np.clip(TARGETS * 0.5 + RNG.random((50, 6)) * 0.5, 0, 1)
SUMMARY = metrics.threshold_summary(PROBS, TARGETS)
NOTHING, ALL = metrics.do_nothing_accuracy(TARGETS), metrics.all_yes_accuracy(TARGETS)


EVERY = (*figures.NAMES, figures.ALL_YES, figures.THE_BOOK)


def _figure(shown=EVERY, zoom=False):
    return figures.curves(SUMMARY.envelope, NOTHING, ALL, shown, zoom)


def _reach(shown=EVERY, zoom=False):
    return figures.shown_range(SUMMARY.envelope, NOTHING, shown, zoom)


def _at(threshold, shown=EVERY, zoom=False):
    """The marks at a threshold, and the exact values there."""
    here = metrics.all_metrics(PROBS, TARGETS, threshold)
    return figures.marks(threshold, here, shown, _reach(shown, zoom)), here


def _legend(here, shown=EVERY, zoom=False):
    """The text next to each name."""
    entries = figures.legend(here, NOTHING, ALL, shown, _reach(shown, zoom))
    return dict(
        entry.text.rsplit(" ", 1) if "\u2193" not in entry.text else entry.text.split(" ", 1)
        for entry in entries
    )


def test_three_lines_are_drawn_at_first():
    figure = figures.curves(SUMMARY.envelope, NOTHING, ALL)
    assert [trace.name for trace in figure.data] == ["accuracy_multi", "F1"]
    assert [shape.y0 for shape in figure.layout.shapes] == [NOTHING]


def test_every_curve_has_a_colour_of_its_own():
    colours = [trace.line.color for trace in _figure(tuple(figures.NAMES)).data]
    assert len(set(colours)) == len(figures.NAMES)


def test_zoomed_in_the_chart_shows_all_that_happens_between_the_usual_thresholds():
    low, high = _reach(figures.SHOWN_FIRST, zoom=True)
    usual = SUMMARY.envelope[SUMMARY.envelope["threshold"].between(0.1, 0.9)]
    least = min(NOTHING, usual[["accuracy_low", "f1_low"]].min().min())
    assert least - 0.15 < low < least and 1 < high < 1.1
    assert _reach(("accuracy",), zoom=True)[0] > low
    assert _reach(zoom=False) == (-0.02, 1.04)


def test_each_curve_reaches_its_exact_maximum_and_no_further():
    for trace in _figure().data[: len(figures.NAMES)]:
        measure = next(measure for measure, name in figures.NAMES.items() if name == trace.name)
        assert np.nanmax(trace.y) == SUMMARY.best.loc[measure, "value"]
        assert (trace.x[0], trace.x[-1]) == (0, 1)
        assert (np.diff(trace.x) >= 0).all() and len(trace.x) <= 2 * len(SUMMARY.envelope)


@pytest.mark.parametrize("threshold", [0.003, 0.17, 0.5, 0.731])
def test_a_curve_passes_through_the_value_at_every_threshold(threshold):
    """The dot at the slider lies on the line: between two vertices of the pixel column that it stands in."""
    here, half = metrics.all_metrics(PROBS, TARGETS, threshold), 0.5 / len(SUMMARY.envelope)
    for trace in _figure().data[: len(figures.NAMES)]:
        measure = next(measure for measure, name in figures.NAMES.items() if name == trace.name)
        near = np.abs(trace.x - threshold) <= half
        before, after = trace.y[trace.x <= threshold - half], trace.y[trace.x >= threshold + half]
        y = trace.y[near] if near.any() else np.append(before[-1], after[0])
        assert y.min() - 1e-3 <= here[measure] <= y.max() + 1e-3


def test_a_level_stretch_is_drawn_by_its_ends():
    flat = metrics.threshold_summary([[0.9]], [[1]]).envelope
    accuracy = figures.curves(flat, 0.0, 1.0, ("accuracy",)).data[0]
    assert len(accuracy.x) <= 6 and set(accuracy.y) == {0, 1}


def test_the_line_stands_at_the_threshold_and_the_legend_gives_the_exact_values():
    marks, here = _at(0.37)
    assert [line.x for line in marks.uprights] == [0.37]
    assert {dot.y for dot in marks.dots} <= set(here.values()) and marks.dots
    said = _legend(here)
    assert {name: said[name].removesuffix(" \u2193") for name in figures.NAMES.values()} == {
        name: f"{here[measure]:.4f}" for measure, name in figures.NAMES.items()
    }


def test_a_value_below_the_chart_has_an_arrow_and_no_dot():
    marks, here = _at(0.1)
    assert here["skill"] < 0
    assert _legend(here)["skill"] == f"{here['skill']:.4f} \u2193"
    assert here["skill"] not in {dot.y for dot in marks.dots}


def test_predicting_nothing_is_always_drawn_and_named_and_all_yes_where_it_is_chosen():
    figure = _figure(("f1",), zoom=True)
    assert {shape.y0: shape.line.dash for shape in figure.layout.shapes} == {NOTHING: "dash"}
    assert {shape.y0: shape.line.dash for shape in _figure().layout.shapes} == {NOTHING: "dash", ALL: "dot"}
    here = metrics.all_metrics(PROBS, TARGETS, 0.3)
    assert _legend(here, ("f1",))["predicting nothing"] == f"{NOTHING:.4f}"
    assert _legend(here)["all yes"] == f"{ALL:.4f}"


@pytest.mark.parametrize("zoom", [True, False])
@pytest.mark.parametrize("shown", [figures.SHOWN_FIRST, tuple(figures.NAMES)])
def test_no_name_in_the_chart_stands_where_a_curve_is(shown, zoom):
    figure, reach = _figure(shown, zoom), _reach(shown, zoom)
    frame = Frame((0, 1), reach, figures.HEIGHT - 60)
    for note in figure.layout.annotations:
        wide, high = frame.size_of(note.text.split("> ")[1])
        for trace in figure.data:
            y = np.interp(np.linspace(note.x - wide / 2, note.x + wide / 2, 60), trace.x, trace.y)
            assert not (np.nanmin(y) < note.y < np.nanmax(y))
            assert np.nanmin(np.abs(y - note.y)) > high / 2.5
    assert figure.layout.annotations


def test_the_sentence_never_gives_accuracy_without_predicting_nothing():
    here = metrics.all_metrics(PROBS, TARGETS, 0.55)
    says = figures.sentence(0.55, here, NOTHING)
    assert f"is {here['accuracy']:.4f}, " in says
    assert f"{100 * (here['accuracy'] - NOTHING):.1f} points above predicting nothing" in says
    low = metrics.all_metrics(PROBS, TARGETS, 0.01)
    assert f"no better than predicting nothing ({NOTHING:.4f})" in figures.sentence(0.01, low, NOTHING)
    assert figures.sentence(None, here, NOTHING).startswith("With a threshold for each class")


@pytest.mark.parametrize(
    ("accuracy", "gain"), [(0.9722, " 35.0 points"), (0.7, " only 7.8 points"), (0.8, " only 17.8 points")]
)
def test_a_gain_is_small_where_it_is_less_than_half_of_what_there_is_to_gain(accuracy, gain):
    says = figures.sentence(0.5, {"accuracy": accuracy, "f1": 0.9}, 0.6222)
    assert f",{gain} above predicting nothing" in says


def test_a_measure_without_a_value_has_a_dash():
    marks, here = _at(1.0)
    assert np.isnan(here["precision"])
    assert _legend(here)["precision"] == "\u2013"
    assert len(marks.dots) == sum(here[name] >= _reach()[0] for name in figures.NAMES)


def test_the_books_figures_are_those_of_the_chapter():
    assert figures.BOOK == ((0.1, 0.9315), (0.2, 0.9516), (0.53, 0.9635), (0.9, 0.9567), (0.99, 0.9429))
    marks = [trace for trace in _figure().data if trace.marker.symbol == "diamond-open"]
    assert tuple(zip(marks[0].x, marks[0].y, strict=True)) == figures.BOOK
    assert not [trace for trace in _figure(("f1",)).data if trace.marker.symbol == "diamond-open"]
    here = metrics.all_metrics(PROBS, TARGETS, 0.3)
    assert "\u25c7 the book, other" in _legend(here) and len(_legend(here, ("f1",))) == 2
