"""Figures of lesson 3: exact values at the line, baselines that are always there, labels that can be read."""

from itertools import pairwise

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
    here = metrics.measures(PROBS, TARGETS, threshold)
    return figures.marks(threshold, here, NOTHING, **options), here


def _says(figure):
    return [text.strip() for trace in figure.data if trace.mode == "text" for text in trace.text]


def test_each_curve_reaches_its_exact_maximum_and_no_further():
    for trace in _figure().data[: len(figures.NAMES)]:
        measure = next(measure for measure, name in figures.NAMES.items() if name == trace.name)
        assert np.nanmax(trace.y) == SUMMARY.best.loc[measure, "value"]
        assert (trace.x[0], trace.x[-1]) == (0, 1)
        assert (np.diff(trace.x) >= 0).all() and len(trace.x) <= 2 * len(SUMMARY.envelope)


@pytest.mark.parametrize("threshold", [0.003, 0.17, 0.5, 0.731])
def test_a_curve_passes_through_the_value_at_every_threshold(threshold):
    """The dot at the slider lies on the line: between two vertices of the pixel column that it stands in."""
    here, half = metrics.measures(PROBS, TARGETS, threshold), 0.5 / len(SUMMARY.envelope)
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


def test_the_line_stands_at_the_threshold_with_exact_values_beside_it():
    marks, here = _at(0.37)
    assert [line.x for line in marks.uprights] == [0.37]
    said = [word.text.removesuffix(" ↓") for word in marks.words]
    assert said[1:] == [f"{name} {here[measure]:.4f}" for measure, name in figures.NAMES.items()]
    assert {dot.y for dot in marks.dots} <= set(here.values()) and marks.dots


def test_a_value_below_the_chart_is_named_at_its_edge():
    marks, here = _at(0.1)
    assert here["skill"] < 0
    word = next(word for word in marks.words if word.text.startswith("skill"))
    assert word.text.endswith("↓") and word.y >= figures.shown_range(NOTHING)[0]
    assert here["skill"] not in {dot.y for dot in marks.dots}


def test_doing_nothing_and_saying_yes_to_all_are_always_drawn():
    figure = _figure(zoom=True, shown=("f1",), book=False)
    levels = {shape.y0 for shape in figure.layout.shapes if shape.y0 == shape.y1}
    assert levels == {NOTHING, ALL}
    assert f"all yes {ALL:.4f}" in _says(figure)
    for threshold in (None, 0.3):
        word = figures.marks(threshold, metrics.measures(PROBS, TARGETS, 0.3), NOTHING).words[0]
        assert word.text == f"do nothing {NOTHING:.4f}" and word.y == NOTHING


def test_the_sentence_never_gives_accuracy_without_doing_nothing():
    here = metrics.measures(PROBS, TARGETS, 0.37)
    says = figures.sentence(0.37, here, NOTHING)
    assert f"{here['accuracy']:.4f}" in says and f"{NOTHING:.4f}" in says and f"{here['skill']:.3f}" in says
    assert figures.sentence(None, here, NOTHING).startswith("With a threshold for each class")


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.5, 0.9, 1.0])
def test_labels_at_the_line_keep_apart(threshold):
    heights = sorted(word.y for word in _at(threshold)[0].words[1:])
    assert all(above - below > 0.05 for below, above in pairwise(heights))


def test_a_measure_without_a_value_has_no_label():
    marks, here = _at(1.0)
    assert np.isnan(here["precision"])
    assert not any(word.text.startswith("precision") for word in marks.words)


def test_the_books_figures_are_those_of_the_chapter():
    assert figures.BOOK == ((0.1, 0.9315), (0.2, 0.9516), (0.53, 0.9635), (0.9, 0.9567), (0.99, 0.9429))
    with_book, without = _figure(book=True), _figure(book=False)
    marks = [trace for trace in with_book.data if trace.marker.symbol == "diamond-open"]
    assert tuple(zip(marks[0].x, marks[0].y, strict=True)) == figures.BOOK
    assert not [trace for trace in without.data if trace.marker.symbol == "diamond-open"]


def test_values_close_together_are_told_in_a_block_below_their_curves():
    near_one = dict(zip(figures.NAMES, (0.99, 0.93, 0.98, 0.95, 0.97, 0.94), strict=True))
    said = figures.marks(0.5, near_one, 0.87).words[1:]
    assert max(word.y for word in said) < min(near_one.values())
    assert sorted(said, key=lambda word: word.y) == sorted(
        said, key=lambda word: float(word.text.split()[-1])
    )
