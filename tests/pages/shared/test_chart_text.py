"""Coloured text in charts can be read in both themes, and no colour of the charts is left out."""

import re

import pytest

from engine import paths
from engine.plots import style as plots_style
from pages.parts.shared import chart_text
from pages.parts.shared.chart_text import DARK, WHITE, contrast, legible

TINTS = {"#BFE3D6", "#000000", "#ffffff"}
"""Fills, and text on them."""


def test_contrast_is_that_of_the_guidelines():
    assert contrast("#000000", WHITE) == pytest.approx(21)
    assert contrast("#767676", WHITE) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("background", [WHITE, DARK])
@pytest.mark.parametrize("colour", chart_text.COLOURS)
def test_every_colour_can_be_read_as_text(colour, background):
    assert contrast(legible(colour, background), background) >= 4.5
    assert (
        contrast(legible(colour, background), background) < 6.5
        or legible(colour, background) == colour.lower()
    )


def test_every_colour_that_charts_are_drawn_with_has_a_form_for_text():
    files = (paths.ROOT / "engine" / "plots").glob("*.py")
    drawn = {colour for file in files for colour in re.findall(r"#[0-9A-Fa-f]{6}\b", file.read_text("utf-8"))}
    assert drawn - TINTS <= {*chart_text.COLOURS, chart_text.INK}


def test_the_rules_name_colours_as_plotly_writes_them():
    style = chart_text.style()
    assert style.count("\n") == len(chart_text.COLOURS) + 1
    assert chart_text.INK == plots_style.INK
    assert 'fill: rgb(1, 2, 3)"] {fill: light-dark(#000, #fff)' in style
    assert 'text[style*="fill: rgb(0, 114, 178)"] {fill: light-dark(#0072b2, #' in style
