"""The figure of a search for a learning rate: what it draws, what it leaves out, and what its title says."""

import numpy as np
import pandas as pd
import pytest

from engine.plots import lr_finder

SUGGESTED = {"valley": 0.002, "steep": 0.03, "minimum": 0.01, "slide": 0.2}


def _tries(count=100, nan_from=None):
    lrs = np.geomspace(1e-7, 10, count)
    smooth = 1 - 0.6 * np.exp(-(np.log10(lrs / 0.1) ** 2)) + np.where(lrs > 1, 1000 * lrs, 0)
    if nan_from is not None:
        smooth[nan_from:] = np.nan
    return pd.DataFrame({"lr": lrs, "loss": smooth, "smooth": smooth})


def _named(figure, name):
    return next(trace for trace in figure.data if trace.name == name)


def _words(figure):
    return {
        text.strip("\u2002"): (x, y)
        for trace in figure.data
        if trace.mode == "text"
        for text, x, y in zip(trace.text, trace.x, trace.y, strict=True)
    }


def test_both_curves_are_what_was_tried_on_a_logarithmic_axis():
    tries = _tries()
    figure = lr_finder.curve(tries, SUGGESTED, loss="the loss")
    for name, column in (("each batch", "loss"), ("running mean", "smooth")):
        np.testing.assert_array_equal(_named(figure, name).x, tries["lr"])
        np.testing.assert_array_equal(_named(figure, name).y, tries[column])
    assert figure.layout.xaxis.type == "log" and figure.layout.yaxis.title.text == "the loss"
    assert figure.layout.title.text.startswith("Valley suggests 0.002;")


def test_every_suggestion_is_named_above_its_place_on_the_curve():
    tries = _tries()
    figure = lr_finder.curve(tries, SUGGESTED)
    said = _words(figure)
    assert {f"{rule} {rate:g}" for rule, rate in SUGGESTED.items()} == set(said)
    stems = {trace.x[0]: trace.y for trace in figure.data if trace.mode == "lines+markers"}
    for rule, rate in SUGGESTED.items():
        on_curve = np.interp(np.log(rate), np.log(tries["lr"]), tries["smooth"])
        assert stems[rate][0] == pytest.approx(on_curve) and said[f"{rule} {rate:g}"] == (
            rate,
            stems[rate][1],
        )
    heights = sorted(y for _, y in said.values())
    low, top = figure.layout.yaxis.range
    assert min(np.diff(heights)) > 0.05 * (top - low) and heights[-1] < top


def test_what_ran_away_does_not_flatten_the_rest():
    low, top = lr_finder.curve(_tries(), SUGGESTED).layout.yaxis.range
    assert 0 < low < 0.4 and 1 < top < 2.5


def test_a_loss_that_is_no_number_any_more_still_gives_a_chart():
    figure = lr_finder.curve(_tries(nan_from=90), SUGGESTED)
    assert np.isfinite(figure.layout.yaxis.range).all() and "lowest at" in figure.layout.title.text
    nothing = pd.DataFrame({"lr": [1e-7], "loss": [np.nan], "smooth": [np.nan]})
    assert np.isfinite(lr_finder.curve(nothing, {}).layout.yaxis.range).all()


def test_while_it_goes_on_there_are_no_names_and_the_title_says_how_far_it_is():
    figure = lr_finder.curve(_tries().head(60), {})
    assert _words(figure) == {} and "so far" in figure.layout.title.text


def test_the_rate_in_the_form_is_marked():
    figure = lr_finder.curve(_tries(), SUGGESTED, in_form=0.005)
    assert "now 0.005" in _words(figure) and set(_named(figure, "in the form").x) == {0.005}
