"""Figures of lesson 1 hold the very matrix they are about."""

import numpy as np
import pytest

from engine.plots import one_hot
from engine.plots.style import TRUTH
from pages.parts.shared import chart_text

VOCAB = ("bear", "cat", "dog")
NAMES = ["a", "b", "c", "d"]
TARGETS = np.array([[0, 0, 1], [1, 0, 1], [0, 0, 0], [1, 0, 1]], np.uint8)


def _place(heat, name: str) -> int:
    return list(np.array(heat.customdata)[0]).index(name)


def test_each_column_of_the_heat_map_is_its_images_vector():
    heat = one_hot.images_by_classes(TARGETS, VOCAB, NAMES).data[0]
    by_name = dict(zip(np.array(heat.customdata)[0], np.array(heat.z).T, strict=True))
    assert sorted(by_name) == NAMES
    for name, vector in zip(NAMES, TARGETS, strict=True):
        assert by_name[name].tolist() == vector.tolist()
    assert tuple(heat.y) == VOCAB


def test_images_with_the_same_labels_stand_together():
    heat = one_hot.images_by_classes(TARGETS, VOCAB, NAMES).data[0]
    assert abs(_place(heat, "b") - _place(heat, "d")) == 1


def test_the_heat_map_counts_its_ones():
    title = one_hot.images_by_classes(TARGETS, VOCAB, NAMES).layout.title.text
    assert title == "Only 5 of 12 cells are 1 (41.7%): almost every cell is 0"


def test_the_current_image_is_pointed_at_in_its_sorted_place():
    figure = one_hot.images_by_classes(TARGETS, VOCAB, NAMES, current="c")
    assert figure.layout.shapes[0].x0 == figure.data[0].x[_place(figure.data[0], "c")]


def test_an_unknown_current_image_is_not_pointed_at():
    assert not one_hot.images_by_classes(TARGETS, VOCAB, NAMES, current="mine.jpg").layout.shapes


def test_labels_together_counts_pairs_and_sets_the_diagonal_apart():
    figure = one_hot.labels_together(TARGETS, VOCAB)
    few, many, alone = figure.data
    assert np.array(few.text).tolist() == [["", "0", ""], ["0", "", "0"], ["", "0", ""]]
    assert np.array(many.text).tolist() == [["", "", "2"], ["", "", ""], ["2", "", ""]]
    assert np.diag(np.array(alone.text)).tolist() == ["2", "0", "3"]
    assert np.isnan(np.diag(np.array(few.z, float))).all()
    assert np.isnan(np.array(alone.z, float)).sum() == 6
    assert "bear and dog appear together most often: in 2 images" in figure.layout.title.text


@pytest.mark.parametrize(("theme", "ink"), [(chart_text.WHITE, "#000000"), (chart_text.DARK, "#ffffff")])
def test_the_number_of_every_pair_can_be_read_in_both_themes(theme, ink):
    for share in np.linspace(0, 1, 101):
        alpha = one_hot._FAINTEST + (1 - one_hot._FAINTEST) * share
        over, under = (
            np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) for colour in (TRUTH, theme)
        )
        cell = "#" + "".join(f"{round(value):02x}" for value in alpha * over + (1 - alpha) * under)
        text = "#000000" if share > one_hot._BLACK_READS else ink
        assert chart_text.contrast(text, cell) >= 4.45, share


def test_labels_that_never_appear_together_are_said_so():
    assert (
        "No two labels ever appear together"
        in one_hot.labels_together(np.eye(3, dtype=np.uint8), VOCAB).layout.title.text
    )


def test_labels_per_image_counts_and_names_the_share_that_one_index_fits():
    figure = one_hot.labels_per_image(TARGETS)
    assert list(figure.data[0].y) == [1, 1, 2]
    assert list(figure.data[0].x) == ["0", "1", "2"]
    assert "25%" in figure.layout.title.text


@pytest.mark.parametrize("targets", [np.zeros((3, 3), np.uint8), np.ones((1, 3), np.uint8)])
def test_extreme_sets_are_drawn(targets):
    assert one_hot.labels_per_image(targets).data[0].y.sum() == len(targets)
    assert "0%" in one_hot.labels_per_image(targets).layout.title.text
