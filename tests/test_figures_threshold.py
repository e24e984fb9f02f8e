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


def _figure(threshold=0.4, **options):
    here = metrics.measures(PROBS, TARGETS, threshold)
    return figures.curves(DRAWN, here, threshold, NOTHING, ALL, **options), here


def _says(figure):
    return [text for _, text in _words(figure)]


def _words(figure):
    """Every word with the height at which it stands."""
    texts = (trace for trace in figure.data if trace.mode == "text")
    return [
        (height, text.strip()) for trace in texts for height, text in zip(trace.y, trace.text, strict=True)
    ]


def test_every_stop_of_the_slider_is_a_vertex_and_there_are_no_more():
    figure, _ = _figure()
    np.testing.assert_allclose(figure.data[0].x, np.arange(101) / 100, atol=1e-15)
    assert max(len(trace.x) for trace in figure.data) == 101


def test_each_vertex_is_the_measure_at_its_threshold():
    figure, _ = _figure()
    accuracy = next(trace for trace in figure.data if trace.name == "accuracy_multi")
    for place in (0, 17, 50, 100):
        assert accuracy.y[place] == metrics.accuracy_multi(PROBS, TARGETS, accuracy.x[place])


def test_the_line_stands_at_the_threshold_with_exact_values_beside_it():
    figure, here = _figure(0.37)
    assert any(shape.x0 == shape.x1 == 0.37 for shape in figure.layout.shapes)
    for measure, name in figures.NAMES.items():
        assert f"{name} {here[measure]:.4f}" in [text.removesuffix(" ↓") for text in _says(figure)]


def test_a_value_below_the_chart_is_named_at_its_edge():
    figure, here = _figure(0.1)
    assert here["skill"] < 0
    height, text = next(word for word in _words(figure) if word[1].startswith("skill"))
    assert text.endswith("↓") and height >= figure.layout.yaxis.range[0]


def test_doing_nothing_and_saying_yes_to_all_are_always_drawn():
    figure, _ = _figure(zoom=True, shown=("f1",), book=False)
    levels = {shape.y0 for shape in figure.layout.shapes if shape.y0 == shape.y1}
    assert levels == {NOTHING, ALL}
    assert f"do nothing {NOTHING:.4f}" in _says(figure) and f"all yes {ALL:.4f}" in _says(figure)


def test_the_title_never_gives_accuracy_without_doing_nothing():
    figure, here = _figure(0.37)
    title = figure.layout.title.text
    assert (
        f"{here['accuracy']:.4f}" in title and f"{NOTHING:.4f}" in title and f"{here['skill']:.3f}" in title
    )


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.5, 0.9, 1.0])
def test_labels_at_the_line_keep_apart(threshold):
    figure, _ = _figure(threshold)
    names = tuple(figures.NAMES.values())
    heights = sorted(height for height, text in _words(figure) if text.startswith(names))
    assert all(above - below > 0.05 for below, above in pairwise(heights))


def test_a_measure_without_a_value_has_no_label():
    figure, here = _figure(1.0)
    assert np.isnan(here["precision"])
    assert not any(text.startswith("precision") for text in _says(figure))


def test_the_books_figures_are_those_of_the_chapter():
    assert figures.BOOK == ((0.1, 0.9315), (0.2, 0.9516), (0.53, 0.9635), (0.9, 0.9567), (0.99, 0.9429))
    with_book, _ = _figure(book=True)
    without, _ = _figure(book=False)
    marks = [trace for trace in with_book.data if trace.marker.symbol == "diamond-open"]
    assert tuple(zip(marks[0].x, marks[0].y, strict=True)) == figures.BOOK
    assert not [trace for trace in without.data if trace.marker.symbol == "diamond-open"]


def test_thresholds_of_their_own_have_no_line():
    here = metrics.measures(PROBS, TARGETS, np.full(6, 0.4))
    figure = figures.curves(DRAWN, here, None, NOTHING, ALL)
    assert all(shape.x0 != shape.x1 for shape in figure.layout.shapes)
    assert figure.layout.title.text.startswith("With a threshold for each class")


def test_values_close_together_are_told_in_a_block_below_their_curves():
    near_one = dict(zip(figures.NAMES, (0.99, 0.93, 0.98, 0.95, 0.97, 0.94), strict=True))
    drawn = metrics.threshold_curve(PROBS, TARGETS, figures.drawn_thresholds())
    figure = figures.curves(drawn, near_one, 0.5, 0.87, 0.13)
    said = {text: height for height, text in _words(figure) if text.split(" 0.")[0] in figures.NAMES.values()}
    assert max(said.values()) < min(near_one.values())
    assert sorted(said, key=said.get) == sorted(said, key=lambda text: float(text.split()[-1]))
