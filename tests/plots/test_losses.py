"""Figures of lesson 2 agree with torch at every point that is drawn."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from engine.plots import losses as figures
from engine.plots.overlay_marks import panel

VOCAB = ("bear", "cat", "dog", "horse")
LOGITS = np.array([3.0, -2.0, 2.5, -3.0])
TWO, NONE, ONE = np.array([1, 0, 1, 0]), np.zeros(4, int), np.array([1, 0, 0, 0])


def _sentence(targets):
    logits = torch.tensor(LOGITS)
    return figures.sentence(logits.sigmoid().numpy(), logits.softmax(-1).numpy(), targets, VOCAB)


@pytest.mark.parametrize(
    ("targets", "says"),
    [
        (TWO, "so of 2 present classes dog gets only 0.375"),
        (NONE, "with nothing present bear still gets 0.619"),
        (ONE, "add up to 2.04"),
    ],
)
def test_the_sentence_says_what_softmax_does(targets, says):
    assert says in _sentence(targets)


def _traces(figure, mode, axis):
    return {trace.name: trace for trace in figure.data if trace.mode == mode and trace.xaxis == axis}


@pytest.mark.parametrize("target", [0, 1])
def test_the_loss_curves_against_the_logit_are_torchs(target):
    curves = _traces(figures.loss_curves(target, "bear", 8.0), "lines", "x")
    logits = torch.tensor(np.array(curves["mnist_loss"].x))
    wanted = torch.full_like(logits, target)
    probs = logits.sigmoid()
    bce = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    mnist = torch.where(wanted == 1, 1 - probs, probs)
    printed = -torch.where(wanted == 1, 1 - probs, probs).log()
    for name, expected in (
        ("binary cross-entropy", bce),
        ("mnist_loss", mnist),
        ("formula as printed", printed),
    ):
        np.testing.assert_allclose(curves[name].y, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("target", [0, 1])
def test_the_curves_against_the_probability_are_the_definition(target):
    curves = _traces(figures.loss_curves(target, "bear", 8.0), "lines", "x2")
    p = np.array(curves["mnist_loss"].x)
    right = p if target else 1 - p
    np.testing.assert_allclose(curves["binary cross-entropy"].y, -np.log(right), rtol=1e-9)
    np.testing.assert_allclose(curves["mnist_loss"].y, 1 - right, rtol=1e-9)
    np.testing.assert_allclose(curves["formula as printed"].y, -np.log(1 - right), rtol=1e-9)


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("target", [0, 1])
def test_the_current_prediction_stands_on_its_curves(place, target):
    marks = figures.current_prediction(0.8, target)[place]
    lines = _traces(figures.loss_curves(target, "bear", 8.0), "lines", f"x{marks.axis}")
    for dot, (name, _, _) in zip(marks.dots, figures.CURVES, strict=True):
        assert dot.y == pytest.approx(np.interp(dot.x, lines[name].x, lines[name].y), abs=0.02)
        assert dot.x == pytest.approx(1 / (1 + np.exp(-0.8)) if marks.axis else 0.8)


def test_the_curves_stand_still_while_a_logit_moves_a_little():
    assert figures.curves_reach(1.0) == figures.curves_reach(-6.9) == 8
    assert figures.loss_curves(1, "bear", 8.0) is figures.loss_curves(1, "bear", 8.0)


def test_the_log_is_taken_of_mnist_loss():
    lines = _traces(figures.loss_curves(1, "bear", 8.0), "lines", "x")
    expected = -np.log(1 - np.array(lines["mnist_loss"].y))
    np.testing.assert_allclose(lines["binary cross-entropy"].y, expected, rtol=1e-9)


def test_a_logit_of_1000_stays_in_the_picture():
    reach = figures.curves_reach(-1000.0)
    figure, [above, _] = figures.loss_curves(1, "bear", reach), figures.current_prediction(-1000.0, 1)
    assert above.dots[0].y == 1000
    assert 0 < panel(figure).up(1000) < 1 and 0 < panel(figure).across(-1000) < 1
    assert min(figure.data[0].x) < -1000


def test_both_losses_shows_every_class_under_both():
    bce, ce = np.array([0.1, 2.0, 0.3, 0.4]), np.array([0.2, 3.0, 4.0, 5.0])
    figure = figures.both_losses(bce, ce, TWO, VOCAB)
    assert [list(bar.x) for bar in figure.data] == [ce.tolist(), bce.tolist()]
    assert "cat adds most" in figure.layout.title.text


def test_both_losses_without_a_single_label_network_shows_one():
    assert len(figures.both_losses(np.ones(4), None, TWO, VOCAB).data) == 1


def test_numbers_stand_beside_their_bars_with_room():
    figure = figures.both_losses(
        np.array([0.1, 2.0, 0.3, 0.4]), np.array([np.nan, 3.0, 4.0, 5.0]), TWO, VOCAB
    )
    assert {(bar.textposition, bar.constraintext) for bar in figure.data} == {("outside", "none")}
    assert all(bar.textfont.size >= 12 for bar in figure.data)
    assert figure.layout.xaxis.range[0] == 0 and figure.layout.xaxis.range[1] >= 1.25 * 5
    assert figures.both_losses(np.zeros(4), None, TWO, VOCAB).layout.xaxis.range == (0, 1)
