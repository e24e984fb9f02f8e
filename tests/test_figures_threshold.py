"""Figures of lesson 3: exact values at the line, baselines that are always there, labels that can be read."""

from itertools import pairwise

import numpy as np
import pytest

from engine import metrics
from engine.figures import threshold as figures

RNG = np.random.default_rng(3)
TARGETS = (RNG.random((50, 6)) < 0.2).astype(np.uint8)
PROBS = np.clip(TARGETS * 0.5 + RNG.random((50, 6)) * 0.5, 0, 1)
DRAWN = metrics.threshold_curve(PROBS, TARGETS, figures.drawn_thresholds())
NOTHING, ALL = metrics.do_nothing_accuracy(TARGETS), metrics.all_yes_accuracy(TARGETS)


def _figure(**options):
    return figures.curves(DRAWN, NOTHING, ALL, **options)


def _at(threshold, **options):
    """The marks at a threshold, and the exact values there."""
    here = metrics.measures(PROBS, TARGETS, threshold)
    return figures.marks(threshold, here, NOTHING, **options), here


def _says(figure):
    return [text.strip() for trace in figure.data if trace.mode == "text" for text in trace.text]


def test_every_stop_of_the_slider_is_a_vertex_and_there_are_no_more():
    figure = _figure()
    np.testing.assert_allclose(figure.data[0].x, np.arange(101) / 100, atol=1e-15)
    assert max(len(trace.x) for trace in figure.data) == 101


def test_each_vertex_is_the_measure_at_its_threshold():
    figure = _figure()
    accuracy = next(trace for trace in figure.data if trace.name == "accuracy_multi")
    for place in (0, 17, 50, 100):
        assert accuracy.y[place] == metrics.accuracy_multi(PROBS, TARGETS, accuracy.x[place])


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
