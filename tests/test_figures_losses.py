"""Figures of lesson 2 agree with torch at every point that is drawn."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from engine.figures import losses as figures

VOCAB = ("bear", "cat", "dog", "horse")
LOGITS = np.array([3.0, -2.0, 2.5, -3.0])
TWO, NONE, ONE = np.array([1, 0, 1, 0]), np.zeros(4, int), np.array([1, 0, 0, 0])


def _bars(figure):
    return {bar.name: np.array(bar.x) for bar in figure.data}


def test_both_activations_are_torchs():
    bars = _bars(figures.two_activations(LOGITS, TWO, VOCAB))
    logits = torch.tensor(LOGITS)
    np.testing.assert_allclose(bars["sigmoid"], logits.sigmoid(), rtol=1e-12)
    np.testing.assert_allclose(bars["softmax"], logits.softmax(-1), rtol=1e-12)


def test_present_classes_carry_a_dot():
    assert list(figures.two_activations(LOGITS, TWO, VOCAB).data[0].y) == ["● bear", "cat", "● dog", "horse"]


@pytest.mark.parametrize(
    ("targets", "says"),
    [
        (TWO, "2 are there, and dog is left with 0.375"),
        (NONE, "softmax still gives bear 0.619"),
        (ONE, "sum to 2.04"),
    ],
)
def test_the_title_says_what_softmax_does(targets, says):
    assert says in figures.two_activations(LOGITS, targets, VOCAB).layout.title.text


def test_softmax_never_gives_two_classes_more_than_a_half():
    for logits in np.random.default_rng(0).normal(0, 20, (200, 4)):
        assert (_bars(figures.two_activations(logits, TWO, VOCAB))["softmax"] > 0.5).sum() <= 1


@pytest.mark.parametrize("target", [0, 1])
def test_the_loss_curves_against_the_logit_are_torchs(target):
    figure = figures.loss_against_logit(1.7, target, "bear")
    curves = {trace.name: trace for trace in figure.data if trace.mode == "lines"}
    logits = torch.tensor(np.array(curves["mnist_loss"].x))
    wanted = torch.full_like(logits, target)
    probs = logits.sigmoid()
    bce = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    mnist = torch.where(wanted == 1, 1 - probs, probs)
    printed = -torch.where(wanted == 1, 1 - probs, probs).log()
    for name, expected in (("binary cross-entropy", bce), ("mnist_loss", mnist), ("as printed", printed)):
        np.testing.assert_allclose(curves[name].y, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("draw", [figures.loss_against_logit, figures.loss_against_probability])
@pytest.mark.parametrize("target", [0, 1])
def test_the_current_point_stands_on_its_curve(draw, target):
    figure = draw(0.8, target, "bear")
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    points = [trace for trace in figure.data if trace.mode == "markers"]
    for line, point in zip(lines, points, strict=True):
        on_curve = np.interp(point.x[0], line.x, line.y)
        assert point.y[0] == pytest.approx(on_curve, abs=0.02)


def test_the_log_is_taken_of_mnist_loss():
    figure = figures.loss_against_logit(0.0, 1, "bear")
    lines = {trace.name: np.array(trace.y) for trace in figure.data if trace.mode == "lines"}
    np.testing.assert_allclose(lines["binary cross-entropy"], -np.log(1 - lines["mnist_loss"]), rtol=1e-9)


def test_a_logit_of_1000_stays_in_the_picture():
    figure = figures.loss_against_logit(-1000.0, 1, "bear")
    point = next(trace for trace in figure.data if trace.mode == "markers")
    assert point.y[0] == 1000
    assert figure.layout.yaxis.range[1] > 1000 and min(figure.data[0].x) < -1000


def test_both_losses_shows_every_class_under_both():
    bce, ce = np.array([0.1, 2.0, 0.3, 0.4]), np.array([0.2, 3.0, 4.0, 5.0])
    figure = figures.both_losses(bce, ce, TWO, VOCAB)
    assert [list(bar.x) for bar in figure.data] == [ce.tolist(), bce.tolist()]
    assert "most for cat" in figure.layout.title.text


def test_both_losses_without_a_single_label_network_shows_one():
    assert len(figures.both_losses(np.ones(4), None, TWO, VOCAB).data) == 1
