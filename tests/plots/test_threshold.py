"""Figures of lesson 3: exact values at the line, baselines that are always there, labels that can be read."""

import numpy as np
import pytest

from engine.functional import metrics
from engine.plots import threshold as figures

RNG = np.random.default_rng(3)
TARGETS = (RNG.random((50, 6)) < 0.2).astype(np.uint8)
PROBS = np.clip(TARGETS * 0.5 + RNG.random((50, 6)) * 0.5, 0, 1)
SUMMARY = metrics.threshold_summary(PROBS, TARGETS)
NOTHING, ALL = metrics.do_nothing_accuracy(TARGETS), metrics.all_yes_accuracy(TARGETS)


def _figure(**options):
    return figures.curves(SUMMARY.envelope, NOTHING, ALL, **options)


def _at(threshold, **options):
    """The marks at a threshold, and the exact values there."""
    here = metrics.all_metrics(PROBS, TARGETS, threshold)
    return figures.marks(threshold, here, NOTHING, **options), here


def _legend(here, book=True, **options):
    """The text next to each name."""
    entries = figures.legend(here, NOTHING, ALL, book, **options)
    return dict(
        entry.text.rsplit(" ", 1) if "\u2193" not in entry.text else entry.text.split(" ", 1)
        for entry in entries
    )


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
    accuracy = figures.curves(flat, 0.0, 1.0, shown=("accuracy",)).data[0]
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


def test_predicting_nothing_and_saying_yes_to_all_are_always_drawn_and_named():
    figure = _figure(zoom=True, shown=("f1",), book=False)
    assert {shape.y0: shape.line.dash for shape in figure.layout.shapes} == {NOTHING: "dash", ALL: "dot"}
    said = _legend(metrics.all_metrics(PROBS, TARGETS, 0.3), book=False)
    assert said["predicting nothing"] == f"{NOTHING:.4f}" and said["all yes"] == f"{ALL:.4f}"


@pytest.mark.parametrize("threshold", [None, 0.0, 0.3, 0.5, 0.9, 1.0])
def test_no_words_stand_where_curves_are(threshold):
    assert not any(trace.mode == "text" for trace in _figure().data)
    assert (
        figures.marks(threshold, metrics.all_metrics(PROBS, TARGETS, threshold or 0.5), NOTHING).words == ()
    )


def test_the_sentence_never_gives_accuracy_without_doing_nothing():
    here = metrics.all_metrics(PROBS, TARGETS, 0.37)
    says = figures.sentence(0.37, here, NOTHING)
    assert f"{here['accuracy']:.4f}" in says and f"{NOTHING:.4f}" in says and f"{here['skill']:.3f}" in says
    assert figures.sentence(None, here, NOTHING).startswith("With a threshold for each class")


def test_a_measure_without_a_value_has_a_dash():
    marks, here = _at(1.0)
    assert np.isnan(here["precision"])
    assert _legend(here)["precision"] == "\u2013"
    assert len(marks.dots) == sum(value >= figures.shown_range(NOTHING)[0] for value in here.values())


def test_the_books_figures_are_those_of_the_chapter():
    assert figures.BOOK == ((0.1, 0.9315), (0.2, 0.9516), (0.53, 0.9635), (0.9, 0.9567), (0.99, 0.9429))
    with_book, without = _figure(book=True), _figure(book=False)
    marks = [trace for trace in with_book.data if trace.marker.symbol == "diamond-open"]
    assert tuple(zip(marks[0].x, marks[0].y, strict=True)) == figures.BOOK
    assert not [trace for trace in without.data if trace.marker.symbol == "diamond-open"]
    assert "\u25c7 the book, other" in _legend(_at(0.3)[1]) and len(_legend(_at(0.3)[1], book=False)) == 8
