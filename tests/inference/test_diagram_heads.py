"""The three heads of Home's diagram: predictions, targets and losses, against the losses' own functions."""

import math

import numpy as np
import pytest

from engine.functional import losses
from engine.inference import diagram_heads, photo_diagram, photo_showcase
from engine.inference.diagram_heads import SMALLEST_PROB


def test_cross_entropy_is_that_of_the_logits():
    logits = np.array([2.0, 0.5, -1.0])
    probs = dict(zip("abc", map(float, losses.softmax(logits)), strict=True))
    head = diagram_heads.single_label(probs, "b", "")
    assert head.loss == pytest.approx(float(losses.cross_entropy(logits[None], np.array([1]))))
    assert (head.prediction, head.is_right) == ("a", False)
    assert diagram_heads.single_label(probs, "a", "").is_right


def test_binary_cross_entropy_is_the_mean_over_all_labels():
    logits = np.array([2.0, 0.5, -1.0])
    probs = dict(zip("abc", map(float, losses.sigmoid(logits)), strict=True))
    head = diagram_heads.multi_label(probs, ["a", "b"], ["a", "c"])
    wanted = losses.binary_cross_entropy(logits[None], np.array([[1, 0, 1]]))
    assert head.loss == pytest.approx(float(wanted))
    assert (head.prediction, head.target, head.is_right) == ("a and b", "a and c", False)
    assert head.working.startswith("mean of 3; most from c")
    assert diagram_heads.multi_label(probs, [], []).is_right


def test_mean_squared_error_is_taken_in_units_of_half_the_image():
    head = diagram_heads.point((160, 120), (192, 120), (320, 240))
    assert head.loss == pytest.approx((0.2**2 + 0) / 2)
    assert head.working == "32 px off" and not head.is_right
    assert diagram_heads.point((160, 120), (170, 120), (320, 240)).is_right


def test_without_a_target_there_is_no_loss():
    assert diagram_heads.single_label({"a": 1.0}, None, "why").loss is None
    nothing = diagram_heads.point(None, None, (10, 10), 0.1)
    assert nothing.loss is None and nothing.is_right
    assert not diagram_heads.point((1, 1), None, (10, 10)).is_right
    missed = diagram_heads.point(None, (1, 1), (10, 10))
    assert missed.loss is None and not missed.is_right


def test_a_probability_that_was_rounded_to_0_has_a_finite_loss():
    assert diagram_heads.single_label({"a": 1.0, "b": 0.0}, "b", "").loss == -math.log(SMALLEST_PROB)
    assert math.isfinite(diagram_heads.multi_label({"a": 1.0}, ["a"], []).loss)


def test_losses_are_written_with_two_digits():
    assert [diagram_heads.loss_text(loss) for loss in (None, 0.0, 0.05003, 1.76, 12.3)] == [
        "–",
        "0",
        "0.05",
        "1.8",
        "12",
    ]


def test_the_first_photograph_is_one_on_which_all_three_are_right_and_failures_are_known():
    right = {shown.fname: photo_diagram.is_all_right(shown) for shown in photo_showcase.stored()}
    assert next(iter(right.values()))
    assert right["coffee.jpg"] and not right["astronaut.jpg"] and not right["chelsea.jpg"]


def test_every_target_is_a_class_that_the_model_can_predict():
    from engine.inference import photo_models

    vocab = photo_models.files.read(photo_models.files.FOLDER, "single-label")["vocab"]
    assert set(photo_diagram.CLASSES.values()) <= set(vocab)
    every = {shown.fname for shown in photo_showcase.stored()}
    assert every == photo_diagram.CLASSES.keys() | photo_diagram.NO_CLASS.keys()
